"""Count the prime numbers below a limit by trial division.

The numbers are cut into many small ranges. Each thread takes a range, counts
the primes in it, and takes the next: large numbers take longer than small
ones, so handing the work out in small pieces keeps all threads busy.
"""

from concurrent.futures import ThreadPoolExecutor

from speedup import compare, options

RANGES = 200

# How many primes there are below these limits, from any table.
KNOWN = {10: 4, 100: 25, 1_000: 168, 10_000: 1_229, 100_000: 9_592, 1_000_000: 78_498, 2_000_000: 148_933}


def is_prime(number):
    if number < 4:
        return number > 1
    if number % 2 == 0 or number % 3 == 0:
        return False
    divisor = 5
    while divisor * divisor <= number:
        if number % divisor == 0 or number % (divisor + 2) == 0:
            return False
        divisor += 6
    return True


def count_primes(start, stop):
    count = 0
    for number in range(start, stop):
        if is_prime(number):
            count += 1
    return count


def count_below(limit, threads):
    step = max(1, limit // RANGES)
    starts = range(0, limit, step)
    stops = [min(start + step, limit) for start in starts]
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(count_primes, starts, stops))


def sieve(limit):
    """Count by another method, the sieve of Eratosthenes."""
    composite = bytearray(limit)
    count = 0
    for number in range(2, limit):
        if not composite[number]:
            count += 1
            multiples = range(number * number, limit, number)
            composite[multiples.start :: number] = b"\1" * len(multiples)
    return count


def is_right(limit, count):
    known = KNOWN.get(limit)
    return count == (sieve(limit) if known is None else known)


if __name__ == "__main__":
    chosen = options(__doc__, 2_000_000, "count the primes below this")
    count = compare(count_below, is_right, chosen.size, chosen.threads)
    print(f"{count} primes below {chosen.size}")
