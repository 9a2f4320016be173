"""Sorting, by the library's sort with and without keys, and by a merge sort in Python."""

import random

import team


def merge_sort(items):
    if len(items) < 2:
        return items
    middle = len(items) // 2
    left, right = merge_sort(items[:middle]), merge_sort(items[middle:])
    result = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            result.append(left[i])
            i += 1
        else:
            result.append(right[j])
            j += 1
    return result + left[i:] + right[j:]


def portion(number):
    generator = random.Random(number)
    items = [generator.randrange(100000) for _ in range(7000)]
    pairs = sorted(((n % 100, n) for n in items), key=lambda pair: (pair[0], -pair[1]))
    words = sorted(map(str, items))
    floats = sorted([n / 7 for n in items], reverse=True)
    merged = merge_sort(items)
    return merged == sorted(items), pairs[0], words[0], round(floats[0], 3)


def bench_sorting(threads):
    return team.run(threads, portion)
