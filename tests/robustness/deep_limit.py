# stdout: ok
# With a limit of 20,000, Python 15,000 calls deep works on the main thread and on others. Through natives it works as
# well, where CPython's machine stack is too small.
import sys
import threading

sys.setrecursionlimit(20_000)


def plain(n):
    return n and plain(n - 1)


def by_map(n):
    return n and next(map(by_map, [n - 1]))


def by_sorted(n):
    return n and sorted([1], key=lambda _: by_sorted(n - 1)) and 0


class Node:
    def __init__(self, n):
        self.next = Node(n - 1) if n else None

    def __repr__(self):
        return repr(self.next)

    def __eq__(self, other):
        return self.next == other.next

    def __hash__(self):
        return hash(self.next)

    def __len__(self):
        return len(self.next) if self.next is not None else 3

    def __getattr__(self, name):
        return getattr(self.next, name) if self.next is not None else 1

    def __call__(self):
        return self.next() if self.next is not None else 2

    def __add__(self, other):
        return self.next + other if self.next is not None else other

    def __iter__(self):
        if self.next is not None:
            yield from self.next


def generator(n):
    if n:
        yield from generator(n - 1)
    yield n


def main():
    assert plain(15_000) == 0
    assert by_map(9_000) == 0
    assert by_sorted(9_000) == 0
    node, other = Node(15_000), Node(15_000)
    assert repr(node) == "None"
    assert node == other
    assert hash(node) == hash(None)
    assert len(node) == 3
    assert node.missing == 1
    assert node() == 2
    assert node + 5 == 5
    assert list(node) == []
    assert next(generator(15_000)) == 0
    nested = []
    for _ in range(15_000):
        nested = [nested]
    assert len(repr(nested)) == 2 * 15_001
    assert nested == eval("nested", {"nested": nested})
    try:
        plain(30_000)
    except RecursionError:
        pass
    else:
        raise AssertionError


main()
done = []
threads = [threading.Thread(target=lambda: (main(), done.append(1))) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len(done) == 8

# Small stacks raise instead of overflowing.
for size in (0, 65536, 1 << 18, 1 << 20):
    threading.stack_size(size)
    outcomes = []

    def works():
        for call in (lambda: by_sorted(15_000), lambda: repr(Node(15_000)), lambda: by_map(15_000)):
            try:
                outcomes.append(call())
            except RecursionError:
                outcomes.append(RecursionError)

    thread = threading.Thread(target=works)
    thread.start()
    thread.join()
    assert len(outcomes) == 3
print("ok")
