"""Trees of asyncio tasks: some compute, some wait, some remember, some hand over through a queue."""

import asyncio

BRANCHES = 5
LEVELS = 4


async def leaf_none(number, cache):
    return number


async def leaf_sleep(number, cache):
    await asyncio.sleep(0)
    return number


async def leaf_cached(number, cache):
    key = number % 40
    if key not in cache:
        await asyncio.sleep(0)
        cache[key] = sum(range(key))
    return cache[key]


async def tree(level, number, leaf, cache):
    if level == 0:
        return await leaf(number, cache)
    parts = await asyncio.gather(
        *[tree(level - 1, number * BRANCHES + branch, leaf, cache) for branch in range(BRANCHES)]
    )
    return sum(parts)


async def pipeline(items):
    queue = asyncio.Queue(maxsize=8)

    async def produce():
        for item in range(items):
            await queue.put(item)
        await queue.put(None)

    async def consume():
        total = 0
        while (item := await queue.get()) is not None:
            total += item
        return total

    async with asyncio.TaskGroup() as group:
        group.create_task(produce())
        task = group.create_task(consume())
    return task.result()


async def main():
    results = []
    for leaf in (leaf_none, leaf_sleep, leaf_cached):
        cache = {}
        results.append(await tree(LEVELS, 0, leaf, cache))
    results.append(await pipeline(2000))
    return results


def bench_async_tasks(threads):
    return [asyncio.run(main()) for _ in range(20)]
