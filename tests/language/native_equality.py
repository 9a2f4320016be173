"""Equality, order and hashes of values that natives compare without asking a class, and of those that they must ask."""

import collections
import math

nan = float("nan")
inf = float("inf")
big = 1 << 80


class Anything:
    def __eq__(self, other):
        return True

    __hash__ = None


class Plain:
    pass


class Left(int):
    def __eq__(self, other):
        return "left" if other == 1 else NotImplemented

    __hash__ = int.__hash__


class Odd(tuple):
    def __eq__(self, other):
        return False

    __hash__ = tuple.__hash__


class OnlyNe:
    def __ne__(self, other):
        return False


Point = collections.namedtuple("Point", "x y")
plain = Plain()

# Immediate values of all kinds, with each other.
NUMBERS = [0, 1, -1, 2, True, False, 0.0, -0.0, 1.0, -1.0, 2.0, 2.5, 1 << 53, (1 << 53) + 1, float(1 << 53), (1 << 61) - 1,
           float((1 << 61) - 1), 1e70, 5e-324, big, float(big), inf, -inf, nan]
OTHERS = [None, ..., NotImplemented, "", "a", b"", b"a", (), (1,), [], [1], {}, {1: 2}, set(), frozenset(), plain, Plain, len, 1j]


def by_parts(a, b):
    """`a == b` of numbers by what int and float say of themselves."""
    if a != a or b != b:
        return False
    if a in (inf, -inf) or b in (inf, -inf):
        return repr(float(a) if abs(a) in (0, 1, inf) else a) == repr(float(b) if abs(b) in (0, 1, inf) else b)
    return float(a).as_integer_ratio() == float(b).as_integer_ratio() and a - int(float(a)) == b - int(float(b))


for a in NUMBERS:
    for b in NUMBERS:
        equal = a == b
        assert equal == by_parts(a, b) or a in (inf, -inf) or b in (inf, -inf), (a, b)
        same = equal or a is b
        assert (a in [b]) == (a in (b,)) == ([a] == [b]) == ((a,) == (b,)) == same, (a, b)
        assert [b].count(a) == (b,).count(a) == same, (a, b)
        assert (((a, 1),) in [((b, 1),)]) == same, (a, b)
        if equal:
            assert hash(a) == hash(b) and {a: 1}[b] == 1 and {(a, "k"): 1}[b, "k"] == 1, (a, b)
        else:
            assert a is b or ({a: 1}.get(b) is None and {(a, "k"): 1}.get((b, "k")) is None), (a, b)
    for b in OTHERS:
        if b == 1j or isinstance(b, complex):
            continue
        assert a not in [b] and b not in [a] and (a,) != (b,) and [a] != [b], (a, b)

assert 1 in [1j * -1j] and 1j * -1j in [1] and 1 + 0j in (1, 2)
for a in OTHERS:
    for b in OTHERS:
        assert (a in [b]) == (a is b or a == b) == ([a] == [b]) == ((a, 1) == (b, 1)), (a, b)
assert frozenset() in [set()] and bytearray(b"a") in [b"a"] and b"a" in [bytearray(b"a")]
assert collections.OrderedDict() in [{}] and {} in [collections.OrderedDict()] and None not in [collections.OrderedDict()]
assert collections.deque() not in [[]] and collections.deque() in [collections.deque()]

# What a class says is asked for.
for value in None, 1, 1.5, "a", b"a", (), (1,), [], plain, ..., True, Plain:
    assert Anything() in [value] and value in [Anything()] and [value].index(Anything()) == 0
    assert (value, 1) == (Anything(), 1) and [value] == [Anything()]
assert 1 in [Left(5)] and 2 not in [Left(5)] and Left(5) in [1]
assert Odd((1,)) not in [(1,)] and (1,) not in [Odd((1,))] and Odd(()) not in [(), ()]
assert {(1,): 2}.get(Odd((1,))) is None
assert OnlyNe() not in [OnlyNe()] and not OnlyNe() != OnlyNe()

# A class that learns to compare.
assert Plain() not in [plain, None] and None not in [plain]
Plain.__eq__ = lambda self, other: True
assert Plain() in [plain] and None in [plain] and plain in [None] and (None, plain) == (plain, None)
del Plain.__eq__
assert Plain() not in [plain] and None not in [plain]

# Tuples, named ones, and deep ones.
assert Point(1, 2) == (1, 2) and (1, 2) in [Point(1, 2)] and Point(1, 2) in [(1, 2)]
assert {Point(1, 2): "p"}[1, 2] == "p" and {(1, 2): "t"}[Point(1.0, True + 1)] == "t"
assert ((1, (2, (3, (4, (5, (6,))))))) in [(1, (2, (3, (4, (5, (6,))))))]
assert ((1, (2, (3, (4, (5, (6,))))))) not in [(1, (2, (3, (4, (5, (7,))))))]
assert {((((((1,),),),),),): 1}[(((((1.0,),),),),),] == 1
assert (b"a", b"b") == (bytes([97]), bytes([98])) and (b"a", "b") != (b"a", b"b") and (b"a",) in [(bytes([97]),)]
assert {(b"ab", 1): 5}[bytes([97, 98]), 1] == 5
assert (1, 2) != (1, 2, 3) and (1, 2) not in [(1, 2, 3), (1,), ()] and (nan,) in [(nan,)] and (nan,) != (float("nan"),)

met = []


class Noted:
    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        met.append((self.name, other.name))
        return self.name == other.name

    def __hash__(self):
        return 1


assert (Noted("a"), 1) != (Noted("a"), 2, 3) and met == [("a", "a")]
met.clear()
assert (1, Noted("b")) == (1.0, Noted("b")) and met == [("b", "b")]
met.clear()
assert (2, Noted("b")) != (1, Noted("b")) and met == []
table = {Noted("x"): 1, Noted("y"): 2}
met.clear()
assert table[Noted("y")] == 2 and met == [("x", "y"), ("y", "y")]

# Searches.
items = [None, 1, "a", 2.5, (1, 2), ...]
for n, item in enumerate(items):
    assert items.index(item) == n and items.count(item) == 1
    assert items.index(item, n) == n
    try:
        items.index(item, n + 1)
    except ValueError:
        pass
    else:
        raise AssertionError(item)
long = [None] * 5000 + [3]
assert long.index(3) == 5000 and 4 not in long and long.index(3.0, 4999) == 5000 and True not in long
copy = items[:]
copy.remove(...)
copy.remove(None)
assert copy == [1, "a", 2.5, (1, 2)]


class Shrinks:
    def __eq__(self, other):
        shrinking.clear()
        return False


shrinking = [1, 2, 3, 4]
assert Shrinks() not in shrinking and shrinking == []
shrinking = [1, 2, 3, 4]
assert shrinking.count(Shrinks()) == 0


# Order.
assert min(3, 2.5, True) is True and max(1, 2.5, 2) == 2.5 and type(max(1, 1.0)) is int
assert type(min(1.0, 1)) is float and min(nan, 1) is nan and max(1, nan) == 1 and math.isnan(max(nan, 1))
assert max([(1, 2), (1, 3), (0, 9)]) == (1, 3) and min([("a", 2), ("a", 1.5)]) == ("a", 1.5)
assert max([(1, (2, (3,))), (1, (2, (4,))), (1.0, (2, ()))]) == (1, (2, (4,)))
assert min([(1, "b"), (1, "a"), (1,)]) == (1,) and max("b", "a", "c") == "c"
assert max([3, 1, 2], key=lambda n: -n) == 1 and min([3, 1, 2], key=lambda n: (n == 3, -n)) == 2
assert max("ab", "cd", key=len) == "ab" and min("ab", "cd", key=len) == "ab"
assert max([], default=4) == 4 and max([None]) is None and min((None,), key=lambda n: n) is None
assert sorted([(1, nan), (0, 5), (1.0, 2)])[0] == (0, 5)
assert sorted([(2, "b"), (1, "z"), (2, "a"), (True, "y")]) == [(True, "y"), (1, "z"), (2, "a"), (2, "b")]
for few in [(1, None), (1, 2)], [None, 1], [(1, (2, None)), (1, (2, 3))], [1, "a"], [plain, None], [(plain,), (plain, 1), (None,)]:
    for function in min, max, sorted:
        try:
            function(few)
        except TypeError as error:
            assert "not supported between instances of" in str(error)
        else:
            raise AssertionError(few)

# Hashes.
assert hash((1, 2)) == hash((1.0, True + 1)) == hash(Point(1, 2)) and hash((-1,)) == hash((-2,))
pair = ("k", 1)
assert hash(pair) == hash(pair) == hash(("k", 1))


class Hashed:
    def __init__(self, answer):
        self.answer = answer

    def __hash__(self):
        return self.answer


assert hash(Hashed(-1)) == -2 and hash(Hashed(True)) == 1 and hash(Hashed(1 << 64)) == hash(1 << 64) == 8
for wrong in Hashed("a"), Hashed(None), Anything(), ([],), (Anything(), 1):
    try:
        hash(wrong)
    except TypeError as error:
        assert "unhashable" in str(error) or str(error) == "__hash__ method should return an integer", error
    else:
        raise AssertionError(wrong)


class Described:
    class Hasher:
        def __get__(self, instance, owner):
            return lambda: 77

    __hash__ = Hasher()


assert hash(Described()) == 77
