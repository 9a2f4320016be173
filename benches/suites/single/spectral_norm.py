"""The greatest singular value of an infinite matrix, by power iteration."""


def entry(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(vector):
    n = len(vector)
    return [sum(entry(i, j) * v for j, v in enumerate(vector)) for i in range(n)]


def transposed_times(vector):
    result = []
    for i in range(len(vector)):
        total = 0.0
        for j, v in enumerate(vector):
            total += entry(j, i) * v
        result.append(total)
    return result


def both(vector):
    return transposed_times(times(vector))


def bench_spectral_norm(threads):
    u = [1.0] * 240
    for _ in range(10):
        v = both(u)
        u = both(v)
    above = sum(a * b for a, b in zip(u, v))
    below = sum(b * b for b in v)
    return round((above / below) ** 0.5, 9)
