"""Coroutines that await coroutines, driven by a small loop of their own."""

from collections import deque


class Suspend:
    """Awaiting one gives control back to the loop, with a message."""

    def __init__(self, message):
        self.message = message

    def __await__(self):
        return (yield self.message)


async def fibonacci(n):
    if n <= 1:
        return n
    return await fibonacci(n - 1) + await fibonacci(n - 2)


async def worker(name, turns, inbox, outbox):
    total = 0
    for turn in range(turns):
        while not inbox:
            await Suspend("wait")
        total += inbox.popleft()
        outbox.append(total % 1000)
        if turn % 4 == 0:
            await Suspend("tick")
    return name, total


def run(coroutines):
    ready = deque((coroutine, None) for coroutine in coroutines)
    results = []
    ticks = 0
    while ready:
        coroutine, value = ready.popleft()
        try:
            message = coroutine.send(value)
        except StopIteration as stop:
            results.append(stop.value)
        else:
            ticks += message == "tick"
            ready.append((coroutine, ticks))
    return results, ticks


def bench_coroutines(threads):
    first = run([fibonacci(28)])
    queues = [deque() for _ in range(9)]
    queues[0].extend(range(80000))
    stages = [worker(n, 80000, queues[n], queues[n + 1]) for n in range(8)]
    results, ticks = run(stages)
    return first, sorted(results), ticks
