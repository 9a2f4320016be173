"""A loop over floats: the sum of a series."""

from measure import measure


def work():
    total = 0.0
    sign = 1.0
    for number in range(3_000_000):
        total += sign / (2.0 * number + 1.0)
        sign = -sign
    return round(4.0 * total, 9)


measure(work, 3.14159232)
