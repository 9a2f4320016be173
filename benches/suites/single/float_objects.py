"""Many small objects of floats: made, normalised, and the greatest of each coordinate found."""

from math import cos, sin, sqrt


class Point:
    __slots__ = ("x", "y", "z")

    def __init__(self, number):
        self.x = x = sin(number)
        self.y = cos(number) * 3
        self.z = x * x / 2

    def __repr__(self):
        return f"<Point {self.x:.4f}, {self.y:.4f}, {self.z:.4f}>"

    def normalize(self):
        x, y, z = self.x, self.y, self.z
        norm = sqrt(x * x + y * y + z * z)
        self.x /= norm
        self.y /= norm
        self.z /= norm

    def greatest(self, other):
        self.x = self.x if self.x > other.x else other.x
        self.y = self.y if self.y > other.y else other.y
        self.z = self.z if self.z > other.z else other.z
        return self


def bench_float_objects(threads):
    points = [Point(n) for n in range(450000)]
    for point in points:
        point.normalize()
    best = points[0]
    for point in points[1:]:
        best = best.greatest(point)
    return repr(best)
