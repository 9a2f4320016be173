"""Reading and writing the attributes of objects."""

from measure import measure


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def work():
    point = Point(0, 0)
    step = Point(1, 2)
    for _ in range(6_000_000):
        point.x += step.x
        point.y += step.y
    return point.x, point.y


measure(work, (6_000_000, 12_000_000))
