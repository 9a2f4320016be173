"""Recursive calls of a function."""

from measure import measure


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


measure(lambda: fib(33), 3_524_578)
