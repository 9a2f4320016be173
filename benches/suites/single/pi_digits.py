"""Digits of pi, one after the other, from a continued product of integers that grow without bound."""

from itertools import count, islice


def digits():
    """Gibbons' unbounded spigot: a transformation takes in terms until the next digit is certain."""
    q, r, t = 1, 0, 1
    for k in count(1):
        q, r, t = q * k, (2 * q + r) * (2 * k + 1), t * (2 * k + 1)
        if q > r:
            continue
        digit = (q * 3 + r) // t
        if digit == (q * 4 + r) // t:
            yield digit
            q, r = 10 * q, 10 * (r - digit * t)


def bench_pi_digits(threads):
    text = "".join(map(str, islice(digits(), 3200)))
    return text[:20], text[-20:]
