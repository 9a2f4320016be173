"""Work that goes through queues and pools."""

import queue
from concurrent.futures import ThreadPoolExecutor

import team


def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


def through(made, threads, items):
    """Half of the threads put, the other half get; one alone does both in turn."""
    if threads == 1:
        total = 0
        for n in range(0, items, 50):
            for k in range(n, n + 50):
                made.put(k)
            for _ in range(50):
                total += made.get()
        return total
    pairs = threads // 2
    each = items // pairs

    def member(number):
        pair, gets = divmod(number, 2)
        if not gets:
            for k in range(pair * each, (pair + 1) * each):
                made.put(k)
            return 0
        return sum(made.get() for _ in range(each))

    return sum(team.together(threads, member))


def bench_queue(threads):
    return through(queue.Queue(maxsize=100), threads, 288000)


def bench_simple_queue(threads):
    return through(queue.SimpleQueue(), threads, 3200000)


def bench_pool_map(threads):
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(collatz, range(1, 25601), chunksize=16))


def bench_pool_submit(threads):
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(collatz, n) for n in range(1, 25601)]
        return sum(future.result() for future in futures)
