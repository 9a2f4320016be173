"""Short strings, in a list."""

import growth


def make(count):
    return [f"item number {n}" for n in range(count)]


growth.report(make)
