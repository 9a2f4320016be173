"""Count the ways to place n queens on a board so that none attacks another.

Every placement of the first two queens is a task of its own for a
ThreadPoolExecutor; the rest of the search for it is a recursive function.
"""

from concurrent.futures import ThreadPoolExecutor

from speedup import compare, options

# Solutions for boards of 1, 2, 3, ... rows: https://oeis.org/A000170
KNOWN = [1, 0, 0, 2, 10, 4, 40, 92, 352, 724, 2_680, 14_200, 73_712, 365_596]


def place(size, row, columns, rising, falling):
    """Count the ways to fill the rows from this one on.

    The three sets hold the columns and diagonals that are under attack.
    """
    if row == size:
        return 1
    count = 0
    for column in range(size):
        up, down = row + column, row - column
        if column in columns or up in rising or down in falling:
            continue
        columns.add(column)
        rising.add(up)
        falling.add(down)
        count += place(size, row + 1, columns, rising, falling)
        columns.remove(column)
        rising.remove(up)
        falling.remove(down)
    return count


def openings(size):
    """The columns of the first two queens, wherever they do not attack each other."""
    return [(a, b) for a in range(size) for b in range(size) if abs(a - b) > 1]


def count_from(size, first, second):
    return place(size, 2, {first, second}, {first, 1 + second}, {-first, 1 - second})


def count_solutions(size, threads):
    if size == 1:
        return 1
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(count_from, size, *opening) for opening in openings(size)]
        return sum(future.result() for future in futures)


def is_right(size, count):
    return size > len(KNOWN) or count == KNOWN[size - 1]


if __name__ == "__main__":
    chosen = options(__doc__, 13, "queens, and rows of the board")
    count = compare(count_solutions, is_right, chosen.size, chosen.threads)
    print(f"{count} ways to place {chosen.size} queens")
