"""Trees walked by asynchronous generators under asyncio, with stages between source and sink."""

import asyncio


class Tree:
    def __init__(self, left, value, right):
        self.left = left
        self.value = value
        self.right = right

    async def __aiter__(self):
        if self.left:
            async for value in self.left:
                yield value
        yield self.value
        if self.right:
            async for value in self.right:
                yield value


def balanced(items):
    n = len(items)
    if n == 0:
        return None
    i = n // 2
    return Tree(balanced(items[:i]), items[i], balanced(items[i + 1 :]))


async def pausing(source, every):
    number = 0
    async for value in source:
        number += 1
        if number % every == 0:
            await asyncio.sleep(0)
        yield value


async def main():
    tree = balanced(range(4000))
    total = 0
    async for value in pausing(tree, 100):
        total += value
    squares = [value * value async for value in tree if value % 2]
    return total, len(squares), sum(squares)


def bench_async_generators(threads):
    return [asyncio.run(main()) for _ in range(14)]
