# stdout: ok
# bytearray, memoryview, array, deque and the iterators over them, changed from inside the operations that use them.
import array
import bisect
import collections
import functools
import heapq
import io
import itertools
import threading


class Index:
    def __init__(self, action, value=1):
        self.action, self.value = action, value

    def __index__(self):
        self.action()
        return self.value

    def __float__(self):
        self.action()
        return 1.0

    def __len__(self):
        self.action()
        return 5

    def __iter__(self):
        self.action()
        yield 1
        self.action()
        yield self

    def __eq__(self, other):
        self.action()
        return False

    def __lt__(self, other):
        self.action()
        return True

    __hash__ = object.__hash__

    def __del__(self):
        self.action()

    def __bool__(self):
        self.action()
        return True

    def __repr__(self):
        self.action()
        return "i"


class Bytes:
    def __init__(self, action):
        self.action = action

    def __buffer__(self, flags):
        self.action()
        return memoryview(b"abc")


def attempt(call):
    try:
        return call()
    except (ValueError, IndexError, RuntimeError, TypeError, BufferError, OverflowError, StopIteration) as error:
        return type(error).__name__


def bytearrays(b, i, view):
    yield lambda: b[i]
    yield lambda: b.__setitem__(i, i)
    yield lambda: b.__setitem__(0, i)
    yield lambda: b.__setitem__(slice(0, i), i)
    yield lambda: b.__setitem__(slice(0, 3), view)
    yield lambda: b.__setitem__(slice(0, 3), b)
    yield lambda: b.__setitem__(slice(None, None, i), b"xx")
    yield lambda: b.__delitem__(i)
    yield lambda: b.__delitem__(slice(i, 100, i))
    yield lambda: b.pop(i)
    yield lambda: b.insert(i, i)
    yield lambda: b.append(i)
    yield lambda: b.remove(i)
    yield lambda: b.extend(i)
    yield lambda: b.extend(b)
    yield lambda: b.extend(view)
    yield lambda: b.__iadd__(view)
    yield lambda: b.__iadd__(b)
    yield lambda: b.__imul__(i)
    yield lambda: b * i
    yield lambda: b.find(b"a", i, i)
    yield lambda: b.count(i, i)
    yield lambda: b.find(view, i)
    yield lambda: i in b
    yield lambda: view in b
    yield lambda: b.replace(view, view, i)
    yield lambda: b.split(view, i)
    yield lambda: b.join([view, b, view])
    yield lambda: b.translate(view)
    yield lambda: b.translate(None, view)
    yield lambda: b.center(i, b"x")
    yield lambda: b.expandtabs(i)
    yield lambda: b.startswith(view, i)
    yield lambda: b.strip(view)
    yield lambda: b.hex(":", i)
    yield lambda: b.__init__(i)
    yield lambda: b.__init__(view)
    yield lambda: b.resize(i)
    yield lambda: b == view
    yield lambda: b < view
    yield lambda: b"%b" % view
    yield lambda: b % (i, i)
    yield lambda: bytes(b).join([b, view, b])
    yield lambda: bytes([i, i])
    yield lambda: bytearray([i, i])
    yield lambda: int.from_bytes([i, i, 3], "big")
    yield lambda: io.BytesIO(b).readinto(b)
    yield lambda: memoryview(b)[i]
    yield lambda: memoryview(b).__setitem__(i, i)
    yield lambda: memoryview(b).__setitem__(0, i)
    yield lambda: memoryview(b).__setitem__(slice(0, 3), view)
    yield lambda: memoryview(b)[i:i]
    yield lambda: memoryview(b).tolist()
    yield lambda: list(b)
    yield lambda: [b.append(1) if len(b) < 200 else i for _ in b]
    yield lambda: b.maketrans(view, view)
    yield lambda: b.decode()


def arrays(a, i, view):
    yield lambda: a[i]
    yield lambda: a.__setitem__(i, i)
    yield lambda: a.__setitem__(0, i)
    yield lambda: a.__setitem__(slice(0, i), a)
    yield lambda: a.__delitem__(slice(i, 100, i))
    yield lambda: a.pop(i)
    yield lambda: a.insert(i, i)
    yield lambda: a.append(i)
    yield lambda: a.remove(i)
    yield lambda: a.extend(i)
    yield lambda: a.extend(a)
    yield lambda: a.fromlist([i, i, 4])
    yield lambda: a.frombytes(view)
    yield lambda: a.__imul__(i)
    yield lambda: a.index(i, i, i)
    yield lambda: a.count(i)
    yield lambda: i in a
    yield lambda: a == array.array("l", [1, 2])
    yield lambda: a.byteswap()
    yield lambda: array.array("d", [i, i])
    yield lambda: [a.append(1) if len(a) < 200 else i for _ in a]
    yield lambda: repr(a)


def deques(d, i, view):
    yield lambda: d[i]
    yield lambda: d.__setitem__(i, i)
    yield lambda: d.__delitem__(i)
    yield lambda: d.insert(i, i)
    yield lambda: d.remove(i)
    yield lambda: d.remove(3)
    yield lambda: d.index(i, i, i)
    yield lambda: d.index(3)
    yield lambda: d.count(i)
    yield lambda: i in d
    yield lambda: d.rotate(i)
    yield lambda: d.extend(i)
    yield lambda: d.extendleft(i)
    yield lambda: d.extend(d)
    yield lambda: d == d.copy()
    yield lambda: d < d.copy()
    yield lambda: d * i
    yield lambda: d.__imul__(i)
    yield lambda: repr(d)
    yield lambda: [i == x for x in d]
    yield lambda: [i == x for x in reversed(d)]
    yield lambda: d.__init__(i, i)
    yield lambda: d.__init__(i, 2)
    yield lambda: d.clear()
    yield lambda: d.pop() == d.popleft()
    yield lambda: d.copy()
    yield lambda: d + d


def natives(x, i, view):
    yield lambda: heapq.heapify(x)
    yield lambda: heapq.heappush(x, i)
    yield lambda: heapq.heappop(x)
    yield lambda: heapq.heapreplace(x, i)
    yield lambda: heapq.heappushpop(x, i)
    yield lambda: bisect.bisect(x, i)
    yield lambda: bisect.bisect_left(x, i, key=lambda item: i)
    yield lambda: bisect.insort(x, i)
    yield lambda: list(itertools.islice(x, i, i, i))
    yield lambda: list(itertools.product(x, repeat=i))
    yield lambda: list(itertools.combinations(x, i))
    yield lambda: list(itertools.groupby(x, lambda item: i))
    yield lambda: list(itertools.accumulate(x, lambda a, b: (i.action(), b)[1]))
    yield lambda: list(itertools.chain.from_iterable([x, i, x]))
    yield lambda: list(itertools.compress(x, x))
    yield lambda: list(itertools.zip_longest(x, x, i))
    yield lambda: functools.reduce(lambda a, b: (i.action(), b)[1], x)
    yield lambda: sorted(x, key=functools.cmp_to_key(lambda a, b: (i.action(), 0)[1]))


def mutations(target):
    def swell():
        if len(target) < 500:
            target.extend(range(40))

    def pop():
        if target:
            target.pop()

    clear = getattr(target, "clear", None) or (lambda: target.__delitem__(slice(None)))

    def refill():
        clear()
        target.append(1)

    def append():
        if len(target) < 500:
            target.append(7)

    return [clear, swell, pop, refill, append]


def run(make, operations):
    class Nothing:
        action = None
    length = len(list(operations(make(), Index(lambda: None), b"")))
    for which in range(5):
        for position in range(length):
            target = make()
            mutate = mutations(target)[which]
            busy = False

            def action():
                nonlocal busy
                if not busy:
                    busy = True
                    try:
                        mutate()
                    except BufferError:
                        pass
                    finally:
                        busy = False

            if isinstance(target, (list, collections.deque)):
                target.extend([Index(action), 3, Index(action)])
            operation = list(operations(target, Index(action), Bytes(action)))[position]
            attempt(operation)
            assert len(target) == len(list(target)), (target, which, position)
            del operation


def main():
    run(lambda: bytearray(b"abcdefgh"), bytearrays)
    run(lambda: array.array("l", [1, 2, 3, 4, 5]), arrays)
    run(lambda: array.array("B", [1, 2, 3, 4, 5]), arrays)
    run(lambda: collections.deque([1, 2, 3, 4]), deques)
    run(lambda: [1, 2, 3, 4], natives)


main()
threads = [threading.Thread(target=main) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("ok")
