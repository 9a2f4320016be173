"""One loop over iterators of every kind in turn; containers that change under it; calls of every form."""

import gc
import threading


def collect(iterable):
    found = []
    for item in iterable:
        found.append(item)
    return found


def pairs(iterable):
    found = []
    for a, b in iterable:
        found.append((b, a))
    return found


def numbers(n):
    for i in range(n):
        yield i


class Own:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n


class Strange(list):
    def __iter__(self):
        return iter("strange")


for _ in range(30):
    assert collect([1, 2]) == [1, 2]
    assert collect((3, None)) == [3, None]
    assert collect({4: 5}) == [4] and collect({4: 5}.values()) == [5] and collect({4: 5}.items()) == [(4, 5)]
    assert collect({6}) == [6] and collect("ab") == ["a", "b"] and collect(b"ab") == [97, 98]
    assert collect(numbers(3)) == [0, 1, 2] == collect(range(3)) == collect(reversed(Own(3).__class__.__mro__[:0] or [2, 1, 0]))
    assert collect(Own(2)) == [1, 0] and collect(Strange()) == list("strange")
    assert collect(i for i in range(2**62, 2**62 + 2)) == [2**62, 2**62 + 1] == collect(range(2**62, 2**62 + 2))
    assert pairs({1: 2}.items()) == [(2, 1)] == pairs([(1, 2)]) == pairs(zip([1], [2, 3])) == pairs(["12"] and [[1, 2]])
    assert pairs(enumerate("x", 5)) == [("x", 5)] and pairs(zip("ab", "cd", strict=True)) == [("c", "a"), ("d", "b")]

for wrong, error in ((zip([1], [2], [3]), ValueError), ([1], TypeError), (["abc"], ValueError), ({1: 2}, TypeError)):
    try:
        pairs(wrong)
    except error:
        pass
    else:
        raise AssertionError(wrong)

# A list that grows and shrinks under its loop; a dict that must not.
growing = [1]
for item in growing:
    if item < 50:
        growing.append(item + 1)
assert growing[-1] == 50
for item in growing:
    growing.clear()
assert growing == []
for change in (lambda d: d.pop(1), lambda d: d.update(x=1)):
    for view in (lambda d: d, dict.values, dict.items):
        d = {1: 2, 3: 4}
        try:
            for item in view(d):
                change(d)
        except RuntimeError as error:
            assert "changed size" in str(error)
        else:
            raise AssertionError
try:
    for item in zip([1, 2], [1], strict=True):
        pass
except ValueError as error:
    assert "argument 2 is shorter" in str(error)

# Lists and other sequences taken apart.
for _ in range(5):
    a, b, c = [1, [2], "3"]
    assert (a, b, c) == (1, [2], "3")
    try:
        a, b = [1, 2, 3]
    except ValueError as error:
        assert str(error) == "too many values to unpack (expected 2, got 3)"
    try:
        a, b = [1]
    except ValueError as error:
        assert str(error) == "not enough values to unpack (expected 2, got 1)"
constant = lambda: [1, "two", None]
first = constant()
first.append(4)
assert constant() == [1, "two", None]


# Calls with unpacked arguments, keywords, bound methods, callable instances, items of instances.
def f(a, b=2, *rest, c=3, **named):
    return a, b, rest, c, named


class Called:
    def __init__(self, base):
        self.base = base

    def __call__(self, *args, k=0):
        return self.base, args, k

    def __getitem__(self, key):
        if key == "raise":
            raise KeyError(key)
        return self.base, key

    def method(self, x, y=1):
        return self.base, x, y


called = Called("base")
for _ in range(5):
    assert f(*(1,)) == (1, 2, (), 3, {}) and f(*(1, 2, 3), **{"d": 4}) == (1, 2, (3,), 3, {"d": 4})
    assert f(*[1], c=5) == (1, 2, (), 5, {}) and f(1, c=7, e=8) == (1, 2, (), 7, {"e": 8})
    assert called() == ("base", (), 0) and called(1, k=2) == ("base", (1,), 2) and called(*range(3)) == ("base", (0, 1, 2), 0)
    assert called[3] == ("base", 3) and called[1:2] == ("base", slice(1, 2, None))
    bound = called.method
    assert bound(1) == ("base", 1, 1) and bound(1, y=2) == ("base", 1, 2) and bound(*(5,)) == ("base", 5, 1)
    try:
        called["raise"]
    except KeyError as error:
        assert error.args == ("raise",)
    try:
        f(*())
    except TypeError as error:
        assert str(error) == "f() missing 1 required positional argument: 'a'"
    for wrong in (lambda: bound(), lambda: called[1](2), lambda: f(**{"a": 1, 2: 3})):
        try:
            wrong()
        except TypeError:
            pass
        else:
            raise AssertionError

# Bound natives, while others ask something of the threads that call them.
def append_bound(count):
    found = []
    append, pop, get = found.append, [1].copy, {"a": 1}.get
    for i in range(count):
        append(i)
        assert get("a") == 1 and pop() == [1]
    assert found == list(range(count))
    done.append(count)


done = []
callers = [threading.Thread(target=append_bound, args=(20_000,)) for _ in range(2)]
for thread in callers:
    thread.start()
while any(thread.is_alive() for thread in callers):
    gc.collect()
assert done == [20_000, 20_000]

# More arguments than the stack of a small thread has room for are an error, not a crash.
big = tuple(range(10**6))
try:
    assert len(f(*big)[2]) == 10**6 - 2
except RecursionError:
    pass

# Threads that loop over the same containers while one of them changes.
shared_list, shared_dict, shared_tuple = list(range(100)), {i: str(i) for i in range(100)}, tuple("abc")
stop = threading.Event()


def change():
    while not stop.is_set():
        shared_list.append(1)
        shared_list.pop()
        shared_dict[5] = "five"


def look():
    for _ in range(150):
        assert len([x for x in shared_list]) >= 100
        assert sum(len(v) for k, v in shared_dict.items()) >= 190
        assert [k for k in shared_dict][:3] == [0, 1, 2]
        assert [c for c in shared_tuple] == ["a", "b", "c"]


changer = threading.Thread(target=change)
lookers = [threading.Thread(target=look) for _ in range(2)]
changer.start()
for thread in lookers:
    thread.start()
for thread in lookers:
    thread.join()
stop.set()
changer.join()

# Keys that are equal to ints without being those ints, and texts that are put together where a variable is stored.
class Five(int):
    def __eq__(self, other):
        return other == "never"

    __hash__ = int.__hash__


numbers = {5: "five", 6.0: "six", True: "one", 1 << 70: "big", -1: "minus"}
for _ in range(40):
    assert [numbers[5], numbers[6], numbers[1], numbers[1 << 70], numbers[-1]] == ["five", "six", "one", "big", "minus"]
    assert numbers[5.0] == "five"
    for missing in (7, 0, Five(8)):
        try:
            numbers[missing]
        except KeyError as error:
            assert error.args == (missing,) or isinstance(missing, Five)
        else:
            raise AssertionError
odd = {Five(5): "odd"}
try:
    odd[5]
except KeyError:
    pass
else:
    raise AssertionError


def together(n):
    text, other = "", "-"
    for i in range(n):
        text = text + "a"
        kept = text + other
        text += other
        other = text[:1] + "b"
        assert kept == text
    return text


assert together(50) == "a-" + "aab" * 49, together(50)
