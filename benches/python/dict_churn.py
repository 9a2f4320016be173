"""Filling, reading, changing and emptying dictionaries."""

from measure import measure


def work():
    found = 0
    for _ in range(40):
        counts = {}
        for number in range(60_000):
            key = number * 7919 % 30_011
            counts[key] = counts.get(key, 0) + 1
        for key in range(0, 60_000, 2):
            if key in counts:
                found += counts.pop(key)
        names = {str(key): value for key, value in counts.items() if key < 5_000}
        found += sum(names.values())
    return found


measure(work, 1_399_960)
