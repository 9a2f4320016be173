# Event loops in several threads: each has its tasks, and any thread may ask which those are.
import asyncio
import gc
import threading

THREADS = 4


def in_threads(function, *args):
    failures = []

    def run(number):
        try:
            function(number, *args)
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


def trees(number):
    async def leaf(value):
        await asyncio.sleep(0)
        return value

    async def tree(level, value):
        if level == 0:
            return await leaf(value)
        return sum(await asyncio.gather(*[tree(level - 1, value * 3 + part) for part in range(3)]))

    async def main():
        loop = asyncio.get_running_loop()
        for _ in range(3):
            assert await tree(4, number) == sum(range(number * 81, number * 81 + 81))
            (only,) = asyncio.all_tasks()
            assert only is asyncio.current_task() and only.get_loop() is loop

    for _ in range(3):
        asyncio.run(main())


in_threads(trees)


# Others list the tasks of a loop while it makes and ends them.
class Host:
    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()


host = Host()
waiting = []


async def wait_until(future):
    await future


async def add(count):
    for _ in range(count):
        future = host.loop.create_future()
        task = asyncio.create_task(wait_until(future))
        waiting.append((task, future))
    await asyncio.sleep(0)


async def end(count):
    for task, future in waiting[:count]:
        future.set_result(None)
        await task
    del waiting[:count]


def listing(number):
    for _ in range(10):
        kept = {task for task, _ in waiting[-50:]}
        found = asyncio.all_tasks(host.loop)
        assert kept <= found, len(kept - found)
        for task in found:
            assert task.get_loop() is host.loop
        current = asyncio.current_task(host.loop)
        assert current is None or current.get_loop() is host.loop


host.call(add(100))
in_threads(listing)


def changing(number):
    if number == 0:
        for _ in range(10):
            host.call(add(20))
            host.call(end(20))
    else:
        for _ in range(30):
            for task in asyncio.all_tasks(host.loop):
                assert task.get_loop() is host.loop and task.get_name()


in_threads(changing)
host.call(end(len(waiting)))
host.stop()
assert asyncio.all_tasks(host.loop) == set() and asyncio.current_task(host.loop) is None
host.loop.close()

# What a thread leaves pending when it ends is still listed, and belongs to whoever finds it.
left = []


def leave(number):
    loop = asyncio.new_event_loop()
    task = loop.create_task(wait_until(loop.create_future()))
    loop.call_soon(loop.stop)
    loop.run_forever()
    left.append((loop, task))


in_threads(leave)
for loop, task in left:
    assert asyncio.all_tasks(loop) == {task}
    task.cancel()
    try:
        loop.run_until_complete(task)
    except asyncio.CancelledError:
        pass
    assert asyncio.all_tasks(loop) == set()
    loop.close()
del left, loop, task
gc.collect()


# A loop that another thread's work wakes.
async def gathering():
    loop = asyncio.get_running_loop()
    futures = [loop.create_future() for _ in range(THREADS * 50)]

    def answer(number):
        for index in range(number, len(futures), THREADS):
            loop.call_soon_threadsafe(futures[index].set_result, index)

    threads = [threading.Thread(target=answer, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    assert await asyncio.gather(*futures) == list(range(len(futures)))
    for thread in threads:
        thread.join()
    answers = await asyncio.gather(*[asyncio.to_thread(pow, number, 2) for number in range(20)])
    assert answers == [number * number for number in range(20)]


asyncio.run(gathering())


# Tasks of a program's own kind.
class Own:
    def __init__(self, loop):
        self.loop = loop
        self.ended = False

    def get_loop(self):
        return self.loop

    def done(self):
        return self.ended


loop = asyncio.new_event_loop()
own = Own(loop)
asyncio.tasks._register_task(own)
asyncio.tasks._register_eager_task(own)
assert asyncio.all_tasks(loop) == {own}
asyncio.tasks._unregister_eager_task(own)
assert asyncio.all_tasks(loop) == {own}
own.ended = True
assert asyncio.all_tasks(loop) == set()
asyncio.tasks._unregister_task(own)
own.ended = False
assert asyncio.all_tasks(loop) == set()
loop.close()
