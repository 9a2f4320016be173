"""Products of matrices held in lists of lists."""

import team


def multiply(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


def multiply_in_place(a, b):
    n = len(a)
    result = [[0.0] * n for _ in range(n)]
    for i in range(n):
        row, target = a[i], result[i]
        for k in range(n):
            factor = row[k]
            other = b[k]
            for j in range(n):
                target[j] += factor * other[j]
    return result


def portion(number):
    n = 55
    a = [[(i * j + number) % 10 / 10 for j in range(n)] for i in range(n)]
    b = [[(i + j) % 7 / 7 for j in range(n)] for i in range(n)]
    one = multiply(a, b)
    other = multiply_in_place(one, b)
    return round(sum(map(sum, other)), 4)


def bench_matrices(threads):
    return round(sum(team.run(threads, portion)), 3)
