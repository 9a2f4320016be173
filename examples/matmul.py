"""Multiply two square matrices of integers, with lists of lists.

The rows of the product are independent of each other: each thread computes
the rows of one band, from its own copy of the second matrix.
"""

import random
from concurrent.futures import ThreadPoolExecutor

from speedup import compare, options


def matrix(size, seed):
    generator = random.Random(seed)
    return [[generator.randrange(-99, 100) for _ in range(size)] for _ in range(size)]


def multiply_band(rows, matrix):
    """Multiply some rows of the first matrix with the second one."""
    columns = [list(column) for column in zip(*matrix)]
    product = []
    for row in rows:
        line = []
        for column in columns:
            total = 0
            for index, value in enumerate(row):
                total += value * column[index]
            line.append(total)
        product.append(line)
    return product


def bands(rows, count):
    """Cut a list of rows into that many parts of about the same length."""
    bounds = [len(rows) * part // count for part in range(count + 1)]
    return [rows[start:stop] for start, stop in zip(bounds, bounds[1:])]


def multiply(size, threads):
    first, second = matrix(size, "first"), matrix(size, "second")
    with ThreadPoolExecutor(threads) as pool:
        parts = pool.map(lambda rows: multiply_band(rows, second), bands(first, threads))
        return [row for part in parts for row in part]


def times(matrix, vector):
    return [sum(a * b for a, b in zip(row, vector)) for row in matrix]


def is_right(size, product):
    """Apply both sides to a random vector, as Freivalds proposed: far cheaper than another product."""
    vector = [random.randrange(1_000_000) for _ in range(size)]
    expected = times(matrix(size, "first"), times(matrix(size, "second"), vector))
    return times(product, vector) == expected


if __name__ == "__main__":
    chosen = options(__doc__, 360, "rows and columns of the matrices")
    product = compare(multiply, is_right, chosen.size, chosen.threads)
    print(f"{chosen.size} x {chosen.size} matrices, trace {sum(row[i] for i, row in enumerate(product))}")
