"""Generators that feed each other."""

from measure import measure


def numbers(limit):
    for number in range(limit):
        yield number


def evens(source):
    for number in source:
        if number % 2 == 0:
            yield number


def both(limit):
    yield from evens(numbers(limit))
    yield from numbers(limit // 2)


def work():
    return sum(both(4_000_000)) + sum(number * 2 for number in numbers(500_000))


measure(work, 6_249_996_500_000)
