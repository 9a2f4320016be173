"""Small dicts with the same keys, in a list."""

import growth


def make(count):
    return [{"name": n, "size": -n, "kind": None} for n in range(count)]


growth.report(make)
