"""Kernels of scientific computing in plain Python: relaxation, factorisation, transforms, sparse products, chance."""

import math
import random
from array import array


def bench_relaxation(threads):
    size = 128
    grid = [array("d", [0.0] * size) for _ in range(size)]
    for y in range(size):
        for x in range(size):
            grid[y][x] = (x * y) % 7 / 7
    omega = 1.25
    quarter, keep = omega * 0.25, 1.0 - omega
    for _ in range(100):
        for y in range(1, size - 1):
            row, above, below = grid[y], grid[y - 1], grid[y + 1]
            for x in range(1, size - 1):
                row[x] = quarter * (above[x] + below[x] + row[x - 1] + row[x + 1]) + keep * row[x]
    return round(sum(map(sum, grid)), 6)


def factorise(matrix, pivots):
    n = len(matrix)
    for j in range(n):
        pivot = j
        most = abs(matrix[j][j])
        for i in range(j + 1, n):
            size = abs(matrix[i][j])
            if size > most:
                most = size
                pivot = i
        pivots[j] = pivot
        if pivot != j:
            matrix[pivot], matrix[j] = matrix[j], matrix[pivot]
        factor = 1.0 / matrix[j][j]
        for i in range(j + 1, n):
            matrix[i][j] *= factor
        top = matrix[j]
        for i in range(j + 1, n):
            row = matrix[i]
            scale = row[j]
            for k in range(j + 1, n):
                row[k] -= scale * top[k]


def bench_factorisation(threads):
    generator = random.Random(9)
    total = 0.0
    for _ in range(140):
        matrix = [[generator.random() for _ in range(50)] for _ in range(50)]
        pivots = [0] * 50
        factorise(matrix, pivots)
        total += math.prod(abs(matrix[i][i]) for i in range(10)) + sum(pivots)
    return round(total, 6)


def transform(data, sign):
    """A fast Fourier transform in place; real and imaginary parts alternate."""
    n = len(data) // 2
    j = 0
    for i in range(n - 1):
        if i < j:
            a, b = 2 * i, 2 * j
            data[a], data[b] = data[b], data[a]
            data[a + 1], data[b + 1] = data[b + 1], data[a + 1]
        k = n >> 1
        while k <= j:
            j -= k
            k >>= 1
        j += k
    half = 1
    while half < n:
        angle = sign * math.pi / half
        sine, step = math.sin(angle), math.sin(angle / 2)
        step = 2 * step * step
        wr, wi = 1.0, 0.0
        for a in range(half):
            for b in range(a, n, 2 * half):
                i, j = 2 * b, 2 * (b + half)
                tr = wr * data[j] - wi * data[j + 1]
                ti = wr * data[j + 1] + wi * data[j]
                data[j] = data[i] - tr
                data[j + 1] = data[i + 1] - ti
                data[i] += tr
                data[i + 1] += ti
            wr, wi = wr - step * wr - sine * wi, wi - step * wi + sine * wr
        half *= 2


def bench_fourier(threads):
    generator = random.Random(2)
    n = 4096
    data = [generator.random() for _ in range(2 * n)]
    original = list(data)
    for _ in range(18):
        transform(data, 1.0)
        transform(data, -1.0)
        data = [v / n for v in data]
    return round(max(abs(a - b) for a, b in zip(data, original)), 6)


def bench_sparse(threads):
    n = 1000
    generator = random.Random(4)
    starts, columns, values = [0], array("i"), array("d")
    for _ in range(n):
        for column in sorted(generator.sample(range(n), 5)):
            columns.append(column)
            values.append(generator.random())
        starts.append(len(columns))
    x = array("d", [1.0] * n)
    y = array("d", [0.0] * n)
    for _ in range(450):
        for row in range(n):
            total = 0.0
            for k in range(starts[row], starts[row + 1]):
                total += x[columns[k]] * values[k]
            y[row] = total
        top = max(y)
        x = array("d", [v / top for v in y])
    return round(sum(x), 6)


class Chance:
    """A lagged Fibonacci generator."""

    def __init__(self, seed):
        self.table = []
        value = seed | 1
        for _ in range(17):
            value = value * 16807 % 2147483647
            self.table.append(value)
        self.i, self.j = 4, 16

    def next(self):
        table = self.table
        value = table[self.i] - table[self.j]
        if value < 0:
            value += 2147483647
        table[self.j] = value
        self.i = self.i - 1 if self.i else 16
        self.j = self.j - 1 if self.j else 16
        return value / 2147483647


def bench_monte_carlo(threads):
    chance = Chance(113)
    inside = 0
    for _ in range(700000):
        x = chance.next()
        y = chance.next()
        if x * x + y * y <= 1.0:
            inside += 1
    return inside
