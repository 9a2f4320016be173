"""A loop over small integers: add, multiply, compare, take remainders."""

from measure import measure


def work():
    total = 0
    number = 0
    while number < 3_000_000:
        if number % 3 == 0:
            total += number * 2
        else:
            total -= number & 7
        number += 1
    return total


measure(work, 2_999_990_000_000)
