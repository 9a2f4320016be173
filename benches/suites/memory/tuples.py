"""Pairs, in a list."""

import growth


def make(count):
    return [(n, -n) for n in range(count)]


growth.report(make)
