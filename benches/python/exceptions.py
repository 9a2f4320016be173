"""Raising exceptions and catching them, near and far."""

from measure import measure


class Odd(ValueError):
    pass


def check(number):
    if number % 2:
        raise Odd(number)
    return number


def through(number):
    try:
        return check(number)
    finally:
        number += 1


def work():
    total = 0
    for number in range(900_000):
        try:
            total += through(number)
        except Odd as error:
            total -= error.args[0]
        try:
            {}[number]
        except KeyError:
            total += 1
    return total


measure(work, 450_000)
