"""Pipelines of generators."""

import team


def numbers(count):
    for n in range(count):
        yield n


def doubled(source):
    for n in source:
        yield n * 2


def accumulated(source):
    total = 0
    for n in source:
        total += n
        received = yield total
        if received:
            total = received


def flattened(nested):
    for inner in nested:
        yield from inner


def portion(number):
    total = sum(accumulated(doubled(numbers(100000)))) + number
    total += sum(flattened([n, n + 1] for n in range(40000)))
    return total + sum(n * n for n in numbers(100000) if n % 3)


def bench_generators(threads):
    return sum(team.run(threads, portion))
