"""Exceptions raised and caught, near and far."""

import team


class Refused(Exception):
    pass


def check(n):
    if n % 3 == 0:
        raise Refused(n)
    return n


def nested(n, depth):
    if depth:
        return nested(n, depth - 1)
    return check(n)


def portion(number):
    total = number
    table = {}
    for n in range(50000):
        try:
            total += check(n)
        except Refused as error:
            total += error.args[0]
        try:
            total += table[n]
        except KeyError:
            total += 1
        if n % 8 == 0:
            try:
                total += nested(n, 5)
            except Refused:
                total += 2
            finally:
                total -= 1
    return total


def bench_errors(threads):
    return sum(team.run(threads, portion))
