# Heaps of ints, of objects that Python compares, and of both, keep their items and their order.
import heapq
import random
import sys


class Item:
    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return self.value < other.value


random.seed(5)
value = lambda item: getattr(item, "value", item)
for kind in int, float, str, Item, lambda n: (n, "x"), lambda n: 2**80 + n:
    for size in (0, 1, 2, 3, 10, 65):
        items = [kind(random.randrange(50)) for _ in range(size)]
        counts = [sys.getrefcount(item) for item in items]
        heap = items[:]
        heapq.heapify(heap)
        for new in [kind(n) for n in (3, 60, 0)]:
            heapq.heappush(heap, new)
            expected = min(heap, key=value)
            assert value(heapq.heappop(heap)) == value(expected)
            heapq.heappush(heap, expected)
            least = min([*heap, new], key=value)
            assert value(heapq.heappushpop(heap, new)) == value(least)
            top = min(heap, key=value)
            assert value(heapq.heapreplace(heap, new)) == value(top)
        assert len(heap) == size + 3
        rest = [value(heapq.heappop(heap)) for _ in range(len(heap))]
        assert rest == sorted(rest)
        del expected, least, top, new, rest
        assert [sys.getrefcount(item) for item in items] == counts

for function in heapq.heappop, lambda heap: heapq.heapreplace(heap, 1):
    try:
        function([])
    except IndexError as e:
        assert str(e) == "index out of range"
    else:
        raise AssertionError
assert heapq.heappushpop([], 4) == 4
