# Slices of lists, read and assigned: of lists, of other things, of the list itself, with objects whose end runs code.


def check(found, expected):
    assert found == expected, (found, expected)


# Reading.
items = list(range(10))
for start in (None, -12, -3, 0, 2, 9, 15):
    for stop in (None, -12, -3, 0, 2, 9, 15):
        for step in (None, 1, 2, 3, 100, -1, -2, -100, 2**70, -(2**70)):
            indices = range(*slice(start, stop, step).indices(10))
            check(items[start:stop:step], [items[i] for i in indices])
        check(items[start:stop], items[slice(start, stop)])
        check("0123456789"[start:stop], "".join(map(str, items[start:stop])))
check([][::-1], [])
check([][1:2], [])
check(items[2**70 :], [])
check(items[-(2**70) : 2**70], items)
check(items[True:4], [1, 2, 3])
assert items[:] is not items


class Index:
    def __init__(self, value, then=None):
        self.value, self.then = value, then

    def __index__(self):
        if self.then:
            self.then()
        return self.value


check(items[Index(2) : Index(5)], [2, 3, 4])
shrinking = list(range(10))
check(shrinking[2 : Index(8, lambda: shrinking.__delitem__(slice(4, None)))], [2, 3])
text = "text"
check(text[Index(1) : Index(3)], "ex")

for bad in "a", 1.5:
    for container in [1, 2], "text", (1, 2):
        try:
            container[bad:]
        except TypeError as e:
            check(str(e), "slice indices must be integers or None or have an __index__ method")
        else:
            raise AssertionError
try:
    items[::0]
except ValueError as e:
    check(str(e), "slice step cannot be zero")

# Assigning: as many, fewer, more; beyond the ends; to the list itself.
for new in [], [7], [7, 8], [7, 8, 9, 10, 11], list(range(100)):
    for start in (None, -12, -3, 0, 2, 9, 15):
        for stop in (None, -12, -3, 0, 2, 9, 15):
            given = list(range(10))
            given[start:stop] = new
            first, last, _ = slice(start, stop).indices(10)
            check(given, [*range(first), *new, *range(max(first, last), 10)])
            given = list(range(10))
            given[start:stop] = tuple(new)
            check(given, [*range(first), *new, *range(max(first, last), 10)])

same = [1, 2, 3, 4]
same[1:3] = same
check(same, [1, 1, 2, 3, 4, 4])
same[:] = same
check(same, [1, 1, 2, 3, 4, 4])
same[:3] = same[2::-1]
check(same, [2, 1, 1, 3, 4, 4])

fresh = []
fresh[:] = [1, 2]
fresh[5:] = [3]
check(fresh, [1, 2, 3])

try:
    fresh[0:1] = 5
except TypeError as e:
    check(str(e), "must assign iterable to extended slice")
try:
    fresh[::2] = [1]
except ValueError as e:
    check(str(e), "attempt to assign sequence of size 1 to extended slice of size 2")


# What is displaced ends after the assignment, and may look at the list and change it.
class Ending:
    def __init__(self, label):
        self.label = label

    def __del__(self):
        seen.append((self.label, [getattr(x, "label", x) for x in holder]))
        if holder:
            holder.pop()


seen = []
holder = [Ending("a"), 1, Ending("b"), 2]
holder[0:3] = [Ending("c"), 5, 6]
check(sorted(label for label, _ in seen), ["a", "b"])
check(seen[0][1], ["c", 5, 6, 2])
seen.clear()
holder[:] = [0]
check([label for label, _ in seen], ["c"])
seen.clear()

# Objects are counted right.
import sys

thing = object()
before = sys.getrefcount(thing)
many = [thing] * 6
many[1:3] = [thing, 1, thing]
check(sys.getrefcount(thing) - before, 6)
part = many[::-2]
turned = tuple(part)
check(sys.getrefcount(thing) - before, 6 + 2 * part.count(thing))
del part, turned, many[:]
check(sys.getrefcount(thing) - before, 0)

# Tuples of lists and generators.
assert tuple([]) is tuple()
check(tuple([1, "a", thing]), (1, "a", thing))
check((*[1, 2], *(3, 4)), (1, 2, 3, 4))
check(tuple(x for x in range(3)), (0, 1, 2))


class Tuple(tuple):
    pass


check(type(Tuple([1])), Tuple)


class List(list):
    def __getitem__(self, key):
        return "mine", key

    def __setitem__(self, key, value):
        self.append((key, value))

    def __iter__(self):
        return iter("xy")


mine = List([1, 2])
check(mine[1:2], ("mine", slice(1, 2)))
mine[0:1] = [3]
check(list.__getitem__(mine, 2), (slice(0, 1), [3]))
plain = [0]
plain[:] = mine
check(plain, ["x", "y"])
check(tuple(mine), ("x", "y"))
