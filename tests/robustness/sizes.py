# stdout: ok
# Requests for more than there can be end in MemoryError or OverflowError, quickly, and the program goes on.
import array
import collections
import itertools
import threading

HUGE = 10**15
LARGE = 10**12


def check(expected, call):
    try:
        result = call()
    except (MemoryError, OverflowError, ValueError) as error:
        outcome = type(error).__name__
    else:
        outcome = f"{type(result).__name__}"
    if outcome not in expected:
        mistakes.append((call.__code__.co_firstlineno, expected, outcome))


mistakes = []


class Long:
    def __len__(self):
        return 2**62

    def __getitem__(self, index):
        raise IndexError


class Hint:
    def __iter__(self):
        return iter([1])

    def __length_hint__(self):
        return 2**62


def main():
    memory, overflow, either = ("MemoryError",), ("OverflowError",), ("MemoryError", "OverflowError")
    check(memory, lambda: 1 << LARGE * 100)
    check(overflow + memory, lambda: 1 << 10**30)
    assert 0 << 10**30 == 0
    assert 1 >> 10**30 == 0 and -1 >> 10**30 == -1
    check(memory, lambda: "a" * HUGE)
    check(memory, lambda: "ä" * HUGE)
    check(overflow, lambda: "a" * 10**30)
    check(either, lambda: "aa" * (2**62))
    check(memory, lambda: b"a" * HUGE)
    check(memory, lambda: bytearray(b"a") * HUGE)
    check(memory, lambda: bytes(HUGE))
    check(memory, lambda: bytearray(HUGE))
    check(overflow, lambda: bytes(10**30))
    check(overflow, lambda: bytearray(10**30))
    check(memory, lambda: [0] * (10**13))
    check(memory, lambda: [0] * (2**62))
    check(memory, lambda: (0,) * (10**13))
    check(overflow, lambda: [0] * 10**30)
    check(memory, lambda: [0, 1, 2] * (2**62))
    check(memory, lambda: list(range(10**17)))
    check(overflow, lambda: len(range(10**30)))
    check(memory, lambda: "a".center(HUGE))
    check(memory, lambda: "a".ljust(HUGE))
    check(memory, lambda: "a".zfill(HUGE))
    check(memory, lambda: b"a".center(HUGE))
    check(memory, lambda: b"a".zfill(HUGE))
    check(memory, lambda: format("a", f"{HUGE}"))
    check(memory + ("ValueError",), lambda: format(1, f"{HUGE}"))
    check(memory + ("ValueError",), lambda: format(1.5, f"{HUGE}"))
    check(memory + ("ValueError",), lambda: format(1.5, f".{HUGE}f"))
    check(overflow + ("ValueError",), lambda: "%.*f" % (HUGE, 1.5))
    check(either + ("ValueError",), lambda: "%*d" % (HUGE, 1))
    check(either + ("ValueError",), lambda: "%*s" % (HUGE, 1))
    check(either + ("ValueError",), lambda: b"%*d" % (HUGE, 1))
    check(either + ("ValueError",), lambda: "%.99999999999999999999f" % 1)
    check(("ValueError",), lambda: "{:99999999999999999999}".format(1))
    check(either, lambda: "\t".join(["x"] * 10).expandtabs(HUGE))
    check(either, lambda: (b"\t" * 100000).expandtabs(2**31 - 1))
    check(either, lambda: ("a" * 10**6).replace("a", "b" * 10**8) if False else ("a" * 10**6).replace("", "b" * 10**14))
    check(either, lambda: (5).to_bytes(HUGE, "big"))
    check(either, lambda: array.array("l", [0]) * 10**15)
    check(either, lambda: [None] * 2**60 + [None])
    check(memory + overflow, lambda: list(Hint()) and bytearray(2**62))
    check(overflow, lambda: list(itertools.repeat(1, 10**30)))
    check(overflow, lambda: round(1.5, 10**30) and (1).__round__(-10**30) or 1 << 10**30)
    check(overflow, lambda: float(10**400))
    check(overflow, lambda: 10**400 * 1.0)
    check(("ValueError",), lambda: int("1" * 5000))
    check(("ValueError",), lambda: str(10**5000))
    check(either, lambda: memoryview(b"x").cast("B", [2**62]) if False else bytes(2**63 - 1))
    check(either, lambda: list(range(5)).__imul__(2**62))
    check(either, lambda: bytearray(b"abc").__imul__(2**62))
    check(either, lambda: bytearray().extend(itertools.repeat(1, 2**62)) if False else "x" * (2**63 - 1))


main()
threads = [threading.Thread(target=main) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not mistakes, mistakes
print("ok")
