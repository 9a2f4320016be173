"""What the examples share: options, and timing one thread against several."""

import argparse
import os
import sys
import time


def options(description, size, meaning):
    """Read the command line: how much work, and with how many threads."""
    parser = argparse.ArgumentParser(description=description.strip().partition("\n")[0])
    parser.add_argument("--size", type=int, default=size, help=f"{meaning} (default: {size})")
    parser.add_argument(
        "--threads",
        type=int,
        default=os.process_cpu_count() or 1,
        help="threads to use (default: one for each core, %(default)s here)",
    )
    chosen = parser.parse_args()
    if chosen.size < 1 or chosen.threads < 1:
        parser.error("--size and --threads must be at least 1")
    return chosen


def compare(work, is_right, size, threads):
    """Time work(size, 1) and work(size, threads), and return what it returns.

    The program ends with status 1 if is_right(size, result) is false for
    either of the two.
    """
    before = None
    for count in (1, threads):
        start = time.perf_counter()
        result = work(size, count)
        seconds = time.perf_counter() - start
        line = f"{count:3} thread{'s' if count > 1 else ' '} {seconds:8.3f} s"
        if before is not None:
            line += f"   speed-up {before / seconds:.2f}"
        print(line, flush=True)
        if not is_right(size, result):
            sys.exit(f"wrong result with {count} thread(s): {result!r:.200}")
        if threads == 1:
            break
        before = seconds
    return result
