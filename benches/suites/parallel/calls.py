"""Functions that call functions, with nothing shared but their code."""

import team


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def scaled(value, factor=3, *, offset=0):
    return value * factor + offset


def portion(number):
    total = 0
    for n in range(70000):
        total += scaled(n, offset=number) & 0xFFFF
    return total + fibonacci(21)


def bench_calls(threads):
    return sum(team.run(threads, portion))
