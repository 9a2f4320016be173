"""Sequences taken apart into names: tuples and lists, nested, starred, and swapped."""


def tuples(pairs):
    total = 0
    for a, b in pairs:
        total += a
        a, b = b, a
        total -= b
        c, d, e, f = a, b, total, 1
        total += f + (c - d) * 0 + e * 0
    return total


def lists(rows):
    total = 0
    for row in rows:
        a, b, c, d, e = row
        total += a + e
        first, *middle, last = row
        total += first + last + len(middle)
        (p, q), r = (b, c), d
        total += p + q + r
    return total


def strings(words):
    total = 0
    for word in words:
        a, b, *rest = word
        total += (a > b) + len(rest)
    return total


def bench_unpacking(threads):
    pairs = [(n, n + 1) for n in range(1000)]
    rows = [[n, n + 1, n + 2, n + 3, n + 4] for n in range(1000)]
    words = [f"word {n}" for n in range(1000)]
    return [(tuples(pairs), lists(rows), strings(words)) for _ in range(700)][-1]
