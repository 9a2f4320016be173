"""Queens that do not threaten each other, found by trying all orders of rows."""


def orders(items):
    """All orders of a sequence's items, each made by rotating a pool in place."""
    pool = tuple(items)
    n = len(pool)
    indices = list(range(n))
    cycles = list(range(n, 0, -1))
    yield tuple(pool[i] for i in indices)
    while True:
        for i in reversed(range(n)):
            cycles[i] -= 1
            if cycles[i] == 0:
                indices[i:] = indices[i + 1 :] + indices[i : i + 1]
                cycles[i] = n - i
            else:
                j = cycles[i]
                indices[i], indices[-j] = indices[-j], indices[i]
                yield tuple(pool[i] for i in indices)
                break
        else:
            return


def queens(n):
    columns = range(n)
    for rows in orders(columns):
        if n == len({rows[i] + i for i in columns}) == len({rows[i] - i for i in columns}):
            yield rows


def bench_n_queens(threads):
    counts = [sum(1 for _ in queens(n)) for n in range(4, 9)]
    found = list(queens(9))
    return counts, len(found), found[0], found[-1]
