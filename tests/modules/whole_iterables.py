# Functions that go through a whole iterable see what becomes of it meanwhile, as its iterator does, and stop where it ends.
import array
import csv
import functools
import io
import math
import operator


def raises(error, f, *args):
    try:
        f(*args)
    except error as caught:
        return str(caught)
    raise AssertionError("no " + error.__name__)


class Stops:
    # An iterator that ends by an exception, and counts how often it is asked.
    def __init__(self, items, end=StopIteration):
        self.items, self.end, self.asked, self.begun = list(items), end, 0, 0

    def __iter__(self):
        self.begun += 1
        return self

    def __next__(self):
        self.asked += 1
        if not self.items:
            raise self.end("the end")
        return self.items.pop(0)


# Each is asked for its iterator once (array asks that for its own again), and for nothing behind the end.
consumers = {
    "reduce": lambda it: functools.reduce(operator.add, it),
    "countOf": lambda it: operator.countOf(it, 1),
    "sumprod": lambda it: math.sumprod(it, [1, 1, 1]),
    "fromkeys": dict.fromkeys,
    "isdisjoint": lambda it: {9}.isdisjoint(it),
    "issuperset": lambda it: {1, 2, 3}.issuperset(it),
    "keys disjoint": lambda it: {9: 9}.keys().isdisjoint(it),
    "keys common": lambda it: {1: 1}.keys() & it,
    "extend": lambda it: array.array("i").extend(it),
    "array": lambda it: array.array("i", it),
    "writerow": lambda it: csv.writer(io.StringIO()).writerow(it),
}
for name, consume in consumers.items():
    it = Stops([1, 2, 3])
    consume(it)
    assert (it.begun, it.asked) == (2 if name == "array" else 1, 4), (name, it.begun, it.asked)
    it = Stops([1, 2, 3], LookupError)
    assert raises(LookupError, consume, it) == "the end", name
    for plain in ([1, 2, 3], (1, 2, 3)):
        consume(plain)

assert raises(TypeError, functools.reduce, operator.add, 5) == "reduce() arg 2 must support iteration"
assert raises(TypeError, operator.countOf, 5, 5) == "argument of type 'int' is not iterable"
assert raises(csv.Error, csv.writer(io.StringIO()).writerow, 5) == "iterable expected, not int"

# A list that grows and shrinks meanwhile.
numbers = [1, 2, 3]


def grow(a, b):
    if len(numbers) < 6:
        numbers.append(10)
    return a + b


assert functools.reduce(grow, numbers) == 36


class Shrinks:
    def __init__(self, of):
        self.of = of

    def __eq__(self, other):
        del self.of[2:]
        return False

    __hash__ = object.__hash__


numbers = [1, 2, 3, 4]
assert operator.countOf(numbers, Shrinks(numbers)) == 0
assert numbers == [1, 2]
numbers = [1, 2, 3, 4]
assert raises(ValueError, operator.indexOf, numbers, Shrinks(numbers)) == "sequence.index(x): x not in sequence"

# Pairs.
pairs = [(1, 2), [3, 4], "ab"]
assert dict(pairs) == {1: 2, 3: 4, "a": "b"}
assert dict(zip([1, 2], "ab")) == {1: "a", 2: "b"}
assert dict(iter(zip([1, 2], "ab", strict=True))) == {1: "a", 2: "b"}
assert raises(ValueError, dict, [(1, 2), (3, 4, 5)]) == (
    "dictionary update sequence element #1 has length 3; 2 is required"
)


class Mapping:
    def keys(self):
        return ["a", "b"]

    def __getitem__(self, key):
        return key * 2


assert dict(Mapping()) == {"a": "aa", "b": "bb"}

# Nothing is asked once the answer is known.
it = Stops([1, 2, 3])
assert not {2}.isdisjoint(it) and it.asked == 2
it = Stops([1, 2, 3])
assert not {1}.issuperset(it) and it.asked == 2
it = Stops([1, 2, 3])
assert operator.indexOf(it, 2) == 1 and it.asked == 2

# Lines.
out = io.BytesIO()
out.writelines([b"a", b"b"])
out.writelines(iter((b"c",)))
assert out.getvalue() == b"abc"
assert raises(TypeError, out.writelines, 5) == "'int' object is not iterable"
assert out.read(2) == b"" and out.seek(1) == 1 and out.read(1) == b"b" and out.read() == b"c"
out.seek(10)
assert out.read() == b"" and out.tell() == 10
room = bytearray(2)
assert out.seek(2) == 2 and out.readinto(room) == 1 and room == b"c\0"
out.close()
assert raises(ValueError, out.read) == "I/O operation on closed file."
