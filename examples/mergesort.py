"""Sort a list with a parallel merge sort.

First each thread sorts a part of the list by itself. Merging the parts two
by two would leave fewer and fewer threads with something to do, so the parts
are cut at common values instead: all numbers up to the first value, from
there to the second, and so on. Each thread then merges one slice of every
part, and the results in a row are the sorted list.
"""

import random
from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor

from speedup import compare, options


def merge(left, right):
    """Merge two sorted lists."""
    merged = []
    i = j = 0
    while i < len(left) and j < len(right):
        if right[j] < left[i]:
            merged.append(right[j])
            j += 1
        else:
            merged.append(left[i])
            i += 1
    merged.extend(left[i:])
    merged.extend(right[j:])
    return merged


def merge_sort(numbers):
    if len(numbers) < 2:
        return numbers[:]
    middle = len(numbers) // 2
    return merge(merge_sort(numbers[:middle]), merge_sort(numbers[middle:]))


def merge_all(parts):
    """Merge any number of sorted lists, two by two."""
    while len(parts) > 1:
        parts = [merge(*pair) if len(pair) == 2 else pair[0] for pair in pairs(parts)]
    return parts[0] if parts else []


def pairs(items):
    return [items[index : index + 2] for index in range(0, len(items), 2)]


def cut(items, count):
    bounds = [len(items) * part // count for part in range(count + 1)]
    return [items[start:stop] for start, stop in zip(bounds, bounds[1:])]


def slices(parts, count):
    """Cut every sorted part at the same values, into `count` slices.

    The values are chosen from samples of all parts, so that the slices
    with the same place are together about as long as any others.
    """
    samples = sorted(value for part in parts for value in part[:: max(1, len(part) // 64)])
    values = [samples[len(samples) * place // count] for place in range(1, count)]
    rows = []
    for part in parts:
        bounds = [0, *(bisect_left(part, value) for value in values), len(part)]
        rows.append([part[start:stop] for start, stop in zip(bounds, bounds[1:])])
    return [list(column) for column in zip(*rows)]


def parallel_sort(numbers, threads):
    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(merge_sort, cut(numbers, threads)))
        merged = pool.map(merge_all, slices(parts, threads))
        return [number for part in merged for number in part]


def main():
    chosen = options(__doc__, 1_200_000, "numbers to sort")
    generator = random.Random(2024)
    numbers = [generator.randrange(1_000_000_000) for _ in range(chosen.size)]
    expected = sorted(numbers)
    compare(
        lambda size, threads: parallel_sort(numbers, threads),
        lambda size, result: result == expected,
        chosen.size,
        chosen.threads,
    )
    print(f"{chosen.size} numbers from {expected[0]} to {expected[-1]}")


if __name__ == "__main__":
    main()
