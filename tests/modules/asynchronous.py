# asyncio on the natives of sockets, selectors and processes.
import asyncio
import sys


async def echo(reader, writer):
    writer.write((await reader.readline()).upper())
    await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"hello\n")
    assert await reader.readline() == b"HELLO\n"
    writer.close()
    server.close()
    process = await asyncio.create_subprocess_exec("echo", "child", stdout=asyncio.subprocess.PIPE)
    assert await process.communicate() == (b"child\n", None)
    assert await asyncio.gather(asyncio.to_thread(sum, [1, 2]), asyncio.sleep(0, 5)) == [3, 5]
    try:
        async with asyncio.timeout(0.05):
            await asyncio.sleep(20)
    except TimeoutError:
        pass
    else:
        raise AssertionError("TimeoutError was expected")
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(asyncio.sleep(0, number)) for number in range(3)]
    assert [task.result() for task in tasks] == [0, 1, 2]


asyncio.run(main())
assert "asyncio" in sys.modules
