"""Estimate pi from random points: how many of them fall into the circle?

Each batch of points has a generator of random numbers of its own, seeded
with the batch's number. So threads share nothing, and the result does not
depend on how many there are.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from random import Random

from speedup import compare, options

BATCH = 50_000

# Points in the circle, for the default number of batches.
KNOWN = {700: 27_489_306}


def count_inside(seed):
    random = Random(seed).random
    inside = 0
    for _ in range(BATCH):
        x = random()
        y = random()
        if x * x + y * y < 1.0:
            inside += 1
    return inside


def count_all(batches, threads):
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(count_inside, range(batches)))


def is_right(batches, inside):
    if batches in KNOWN:
        return inside == KNOWN[batches]
    points = batches * BATCH
    share = math.pi / 4
    deviation = math.sqrt(points * share * (1 - share))
    return abs(inside - points * share) < 6 * deviation


if __name__ == "__main__":
    chosen = options(__doc__, 700, f"batches of {BATCH} points")
    inside = compare(count_all, is_right, chosen.size, chosen.threads)
    print(f"pi is about {4 * inside / (chosen.size * BATCH):.6f}")
