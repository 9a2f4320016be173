# options: -W ignore
"""Heaps and deques that threads share: each operation is one piece where comparing runs no Python."""

import heapq
import random
import threading
from collections import deque


def together(*functions):
    barrier = threading.Barrier(len(functions))
    errors = []

    def run(function):
        barrier.wait()
        try:
            function()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors


def is_heap(items):
    return all(items[(i - 1) >> 1] <= items[i] for i in range(1, len(items)))


def is_max_heap(items):
    return all(items[(i - 1) >> 1] >= items[i] for i in range(1, len(items)))


# What comes out is what went in, whatever the kind of item.
KINDS = [
    lambda i: i,
    lambda i: i * 10**20,
    lambda i: i / 7,
    lambda i: str(i),
    lambda i: b"%d" % i,
    lambda i: (i % 5, str(i)),
    lambda i: i if i % 2 else i / 3,
]
for kind in KINDS:
    items = [kind(i) for i in range(300)]
    random.Random(7).shuffle(items)
    heap = []

    def push():
        for item in items:
            heapq.heappush(heap, item)

    together(push, push, push)
    assert is_heap(heap) and len(heap) == 900
    taken = []

    def pop():
        mine = [heapq.heappop(heap) for _ in range(300)]
        assert mine == sorted(mine)
        taken.extend(mine)

    together(pop, pop, pop)
    assert heap == [] and sorted(taken) == sorted(items * 3)

heap = list(range(1000))
random.Random(3).shuffle(heap)
together(*[lambda: heapq.heapify_max(heap)] * 4)
assert is_max_heap(heap) and sorted(heap) == list(range(1000))


def replace():
    for i in range(500):
        heapq.heapreplace_max(heap, i)
        assert heapq.heappushpop_max(heap, 10**6) == 10**6


together(replace, replace)
assert is_max_heap(heap) and len(heap) == 1000


# Where Python compares, the order holds for one thread, and a list that is changed meanwhile is noticed.
class Item:
    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return self.value < other.value


heap = []
for i in (5, 3, 9, 1, 7):
    heapq.heappush(heap, Item(i))
assert [heapq.heappop(heap).value for _ in range(5)] == [1, 3, 5, 7, 9]
heap = [1, "a"]
try:
    heapq.heappush(heap, 0.5)
    heapq.heapify(heap)
    raise AssertionError
except TypeError:
    pass
nan = float("nan")
assert heapq.heappushpop([1.0], nan) is nan
assert heapq.nsmallest(2, [3, True, 2.5]) == [True, 2.5]

# A search meets the deque as it is at one moment.
numbers = deque(range(100))


def index():
    for _ in range(2000):
        try:
            assert numbers.index(50) in (50, 51)
            assert 7 in numbers and numbers.count(99) == 1
        except ValueError:
            pass


def turn():
    for _ in range(500):
        numbers.appendleft(-1)
        numbers.popleft()
        numbers.insert(200, "x")
        numbers.pop()


together(index, turn)
assert list(numbers) == list(range(100))
bounded = deque(range(3), 4)
bounded.insert(-1, "a")
assert list(bounded) == [0, 1, "a", 2]
try:
    bounded.insert(0, "b")
    raise AssertionError
except IndexError as error:
    assert str(error) == "deque already at its maximum size"
