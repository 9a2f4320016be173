"""How much more memory is resident after something has been made than before."""

import gc
import os

# So many of each thing are made.
COUNT = 1_000_000


def resident_bytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def report(make):
    """Print by how many bytes the process has grown while it keeps what `make(COUNT)` returns."""
    make(1000)  # what is needed only once is there before
    gc.collect()
    before = resident_bytes()
    kept = make(COUNT)
    gc.collect()
    print(resident_bytes() - before)
    assert len(kept) == COUNT
