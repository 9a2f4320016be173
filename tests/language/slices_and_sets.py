"""Parts of lists and tuples, and keys of sets, in all the ways in which their bounds and hashes may come."""

import sys

HUGE = (0, 1, 2, 3, 7, 8, 9, -1, -3, -8, -9, sys.maxsize, -sys.maxsize - 1, 1 << 70, -(1 << 70), None, True)


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


def expected(items, start, stop, step):
    indices = range(len(items))[slice(start, stop, step)]
    return [items[i] for i in indices]


def check_reading(items):
    for start in HUGE:
        for stop in HUGE:
            want = expected(items, start, stop, 1)
            assert list(items[start:stop]) == want, (start, stop)
            for step in (1, -1, 2, -2, 3, sys.maxsize, -sys.maxsize - 1, 1 << 70):
                got = items[start:stop:step]
                assert type(got) is type(items) and list(got) == expected(items, start, stop, step), (start, stop, step)
    assert list(items[Index(1) : Index(-1)]) == list(items)[1:-1]


for count in (0, 1, 8):
    numbers = list(range(count))
    objects = [object() for _ in range(count)]
    mixed = [object() if i % 2 else i for i in range(count)]
    for items in (numbers, objects, mixed):
        check_reading(items)
        check_reading(tuple(items))

whole = (1, 2, 3)
assert whole[:] is whole and whole[0:3] is whole and whole[-3:] is whole
start, stop = 0, 9
assert whole[start:stop] is whole
stop = 0
assert whole[start:stop] == ()
copy = numbers[:]
assert copy == numbers and copy is not numbers

for wrong in ("a", 1.5, [], (1, 2)):
    for items in (numbers, tuple(numbers), "text"):
        for bounds in ((wrong, None), (None, wrong)):
            try:
                items[bounds[0] : bounds[1]]
            except TypeError as e:
                assert str(e) == "slice indices must be integers or None or have an __index__ method", e
            else:
                raise AssertionError(wrong)


class Shrinks:
    """An index that empties the list that it is for."""

    def __index__(self):
        victim.clear()
        return 5


victim = list(range(20))
assert victim[0 : Shrinks()] == []
victim = list(range(20))
victim[0 : Shrinks()] = [1, 2]
assert victim == [1, 2]


def check_writing(make):
    for start in HUGE:
        for stop in HUGE:
            for new in ([], [10], [10, 11, 12], list(range(20))):
                items = make()
                before, behind = items[:], slice(start, stop).indices(len(items))
                items[start:stop] = new
                low, high = behind[0], max(behind[0], behind[1])
                assert items == before[:low] + new + before[high:], (start, stop, new)
            items = make()
            del items[start:stop]
            assert items == before[:low] + before[high:], (start, stop)
            for step in (-1, 2, -3):
                items = make()
                gone = set(range(len(items))[start:stop:step])
                del items[start:stop:step]
                assert items == [item for i, item in enumerate(before) if i not in gone], (start, stop, step)


shared = [object() for _ in range(8)]
check_writing(lambda: list(range(8)))
check_writing(lambda: shared[:])
items = [1, 2, 3]
items[1:2] = items
assert items == [1, 1, 2, 3, 3]
items[:] = items[::-1]
assert items == [3, 3, 2, 1, 1]
del items[::-1]
assert items == []


class Dies:
    def __init__(self, log):
        self.log = log

    def __del__(self):
        self.log.append(len(holder))


log = []
holder = [Dies(log) for _ in range(3)]
del holder[:]
import gc

gc.collect()
assert log == [0, 0, 0] and holder == [], (log, holder)

for times in range(6):
    for items in ([], [0], [1, object()], list("abc")):
        repeated = items * times
        assert len(repeated) == len(items) * times
        assert all(item is items[i % len(items)] for i, item in enumerate(repeated))


# Keys of sets: the same word, equal in another form, other keys with the same hash.
def check_sets(keys, want):
    assert {key for key in keys} == want and set(keys) == want and set(iter(keys)) == want
    grown = set()
    for key in keys:
        grown.add(key)
    assert grown == want and len(grown) == len(want)
    return grown


assert len(check_sets([1, True, 1.0, 1 + 0j], {1})) == 1
assert [type(key) for key in {key for key in (1, True, 1.0)}] == [int]
assert [type(key) for key in {key for key in (True, 1, 1.0)}] == [bool]
assert [type(key) for key in {key for key in (1.0, True, 1)}] == [float]
assert len(check_sets([-1, -2, -1, -2], {-1, -2})) == 2
assert len(check_sets([0, 8, 16, 24, 0, 8], {0, 8, 16, 24})) == 4
assert len(check_sets([2**60, 2**60 - 1, -(2**60), 1 - 2**60, 2**61 - 1, 2**61], {2**60, 2**60 - 1, -(2**60), 1 - 2**60, 2**61 - 1, 2**61})) == 6
words = ["".join(["a", str(i % 5)]) for i in range(20)]
assert len(check_sets(words, {"a0", "a1", "a2", "a3", "a4"})) == 5
for word in words:
    hash(word)
assert len(check_sets(words, {"a0", "a1", "a2", "a3", "a4"})) == 5
assert len(check_sets(words + list(range(100)), set(range(100)) | set(words))) == 105


class SameHash:
    def __hash__(self):
        return 3

    def __eq__(self, other):
        return other == 3 or self is other


assert len(check_sets([3, SameHash()], {3})) == 1
assert len({key for key in (SameHash(), SameHash(), 3)}) == 1

for count in range(70):
    numbers = {i * 7 for i in range(count)}
    assert sorted(numbers) == [i * 7 for i in range(count)]
    for i in range(0, count, 2):
        numbers.remove(i * 7)
    for i in range(count):
        numbers.add(i * 7)
        numbers.add(i * 7)
    assert len(numbers) == count and sorted(numbers) == [i * 7 for i in range(count)]
    assert all(i * 7 in numbers and i * 7 + 1 not in numbers for i in range(count))

for container in ({1, "a", (1, 2)}, frozenset({1, "a", (1, 2)})):
    assert 1 in container and True in container and 1.0 in container and "a" in container and (1, 2) in container
    assert 2 not in container and "b" not in container and not "" in container
    try:
        [] in container
    except TypeError as e:
        assert "unhashable type: 'list'" in str(e), e
    else:
        raise AssertionError
    assert {1} not in container and {1} in {frozenset({1})}


class Odd(set):
    def __contains__(self, item):
        return item == "yes"

    def add(self, item):
        raise AssertionError


assert "yes" in Odd() and "no" not in Odd({"no"})

log = []


class Key:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        log.append(self.n)


for count in (1, 4, 5, 20, 100):
    log.clear()
    held = {Key(i) for i in range(count)}
    held.update(range(count))
    del held
    gc.collect()
    assert sorted(log) == list(range(count)), log
assert tuple([key for key in range(5)]) == (0, 1, 2, 3, 4) and tuple(i for i in ()) == ()
assert tuple(shared) == tuple(item for item in shared) and tuple([]) is tuple()


# Slices of three parts that are made for one subscript, of lists and of others.
class Shows:
    def __getitem__(self, key):
        return key


def by_three(container, start, stop, step):
    return container[start:stop:step]


assert by_three(Shows(), 1, None, -1) == slice(1, None, -1)
for _ in range(20):
    for start in HUGE:
        for step in (1, -1, 2, -3, None, True):
            assert by_three(list(range(8)), start, None, step) == expected(range(8), start, None, step)
            assert by_three("abcdefgh", start, None, step) == "".join(expected("abcdefgh", start, None, step))
for container in ([1, 2], (1, 2), "12", b"12"):
    try:
        by_three(container, None, None, 0)
    except ValueError as e:
        assert str(e) == "slice step cannot be zero", e
    else:
        raise AssertionError
    try:
        by_three(container, None, None, "a")
    except TypeError as e:
        assert str(e) == "slice indices must be integers or None or have an __index__ method", e
    else:
        raise AssertionError


class Listed(list):
    def __getitem__(self, key):
        return "own"

    def __setitem__(self, key, value):
        raise KeyError(key)


assert by_three(Listed([1, 2]), 0, 1, 1) == "own" and Listed([1])[0:1] == "own"
try:
    Listed([1])[0:1] = [2]
except KeyError as e:
    assert e.args == (slice(0, 1, None),), e
else:
    raise AssertionError


def flips(pile):
    count = 0
    while first := pile[0]:
        pile[: first + 1] = pile[first::-1]
        count += 1
    return count


assert flips([object, 1][1:] + [0]) == 1
objects = [object() for _ in range(6)]
for _ in range(10):
    objects[:4] = objects[3::-1]
assert len({id(item) for item in objects}) == 6
