"""Instances of a small class, in a list."""

import growth


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def make(count):
    return [Point(n, -n) for n in range(count)]


growth.report(make)
