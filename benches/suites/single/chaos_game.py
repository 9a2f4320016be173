"""A fern of points: splines are transformed at random, and the picture they leave is counted."""

import math
import random


class Vector:
    def __init__(self, x=0.0, y=0.0, z=0.0):
        self.x = x
        self.y = y
        self.z = z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def length(self):
        return math.sqrt(self.x**2 + self.y**2 + self.z**2)

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    def mixed(self, other, t):
        s = 1.0 - t
        return Vector(self.x * s + other.x * t, self.y * s + other.y * t, self.z * s + other.z * t)


class Spline:
    """A uniform B-spline, evaluated by de Boor's recurrence."""

    def __init__(self, points, degree=3):
        self.points = points
        self.degree = degree
        inner = len(points) - degree
        self.knots = [0] * degree + list(range(inner + 1)) + [inner] * degree

    def domain(self):
        return self.knots[self.degree], self.knots[-self.degree - 1]

    def span(self, u):
        low, high = self.domain()
        place = self.degree
        while place < len(self.points) - 1 and self.knots[place + 1] <= u:
            place += 1
        return place

    def __call__(self, u):
        k = self.span(u)
        points = [self.points[k - self.degree + i] for i in range(self.degree + 1)]
        for level in range(1, self.degree + 1):
            for i in range(self.degree, level - 1, -1):
                left = self.knots[k - self.degree + i]
                width = self.knots[i + 1 + k - level] - left
                points[i] = points[i - 1].mixed(points[i], (u - left) / width if width else 0.0)
        return points[self.degree]

    def __len__(self):
        return len(self.points)


class Game:
    def __init__(self, splines, thickness, generator):
        self.splines = splines
        self.thickness = thickness
        self.generator = generator
        xs = [p.x for s in splines for p in s.points]
        ys = [p.y for s in splines for p in s.points]
        self.low = Vector(min(xs), min(ys))
        self.size = Vector(max(xs) - min(xs), max(ys) - min(ys))

    def transform(self, point):
        spline = self.generator.choice(self.splines)
        low, high = spline.domain()
        u = low + (high - low) * (point.x - self.low.x) / self.size.x
        u = min(max(u, low), high)
        base = spline(u)
        ahead = spline(u + 0.001) if u + 0.001 < high else base + (base - spline(u - 0.001))
        slope = ahead - base
        norm = slope.length() or 1.0
        offset = (point.y - self.low.y) / self.size.y - 0.5
        base.x += slope.y / norm * offset * self.thickness
        base.y -= slope.x / norm * offset * self.thickness
        base.x = min(max(base.x, self.low.x), self.low.x + self.size.x)
        base.y = min(max(base.y, self.low.y), self.low.y + self.size.y)
        return base

    def picture(self, width, height, points):
        rows = [[0] * width for _ in range(height)]
        point = self.low + Vector(self.size.x / 2, self.size.y / 2)
        for _ in range(points):
            point = self.transform(point)
            x = int((point.x - self.low.x) / self.size.x * (width - 1))
            y = int((point.y - self.low.y) / self.size.y * (height - 1))
            rows[y][x] += 1
        return rows


def bench_chaos_game(threads):
    splines = [
        Spline([Vector(1.6, 0.3), Vector(1.6, 1.8), Vector(1.6, 1.9), Vector(0.7, 1.2), Vector(0.3, 0.8)]),
        Spline([Vector(2.8, 0.2), Vector(2.3, 2.1), Vector(1.3, 2.2), Vector(0.6, 1.0), Vector(0.1, 0.4)]),
        Spline([Vector(0.2, 0.1), Vector(1.2, 0.9), Vector(2.1, 2.4), Vector(2.9, 1.5), Vector(3.0, 0.6)]),
    ]
    game = Game(splines, 0.25, random.Random(1234))
    rows = game.picture(160, 120, 40000)
    return sum(1 for row in rows for cell in row if cell), max(map(max, rows))
