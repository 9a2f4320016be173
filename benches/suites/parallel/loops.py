"""Loops over ints and floats."""

import team


def ints(number):
    total = number
    for n in range(220000):
        total = (total * 31 + n) & 0xFFFFFF
        if total & 1:
            total ^= n
    return total


def floats(number):
    x = 0.5 + number / 100
    total = 0.0
    for _ in range(340000):
        x = 3.7 * x * (1.0 - x)
        total += x
    return round(total, 3)


def bench_int_loop(threads):
    return sum(team.run(threads, ints))


def bench_float_loop(threads):
    return round(sum(team.run(threads, floats)), 3)
