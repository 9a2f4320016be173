"""Timing for the programs in this folder: `cargo xtask bench python` reads what it prints."""

from time import perf_counter


def measure(work, expected):
    """Print the seconds that work() takes, if it returns what is expected."""
    start = perf_counter()
    result = work()
    seconds = perf_counter() - start
    if result != expected:
        raise SystemExit(f"wrong result: {result!r}, not {expected!r}")
    print(f"{seconds:.6f}")
