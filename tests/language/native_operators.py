"""Operators of the built-in sequences, which are told apart by their exact types: the same as those of their subclasses."""

import gc
import weakref


def raises(exception, text, function, *args):
    try:
        function(*args)
    except exception as e:
        assert text in str(e), str(e)
        return
    raise AssertionError(f"{exception.__name__} expected")


class L(list):
    pass


class T(tuple):
    pass


class S(str):
    pass


class B(bytes):
    pass


def add(a, b):
    return a + b


def multiply(a, b):
    return a * b


def item(a, i):
    return a[i]


# Concatenation.
texts = ["", "a", "abc", "x" * 7, "y" * 16, "z" * 17, "é", "éà" * 9, "ж", "жы" * 5, "🙂", "a🙂b", "ab\udc80"]
for a in texts:
    for b in texts:
        joined = add(a, b)
        assert joined == "".join([a, b]) == add(S(a), b) == add(a, S(b)) and type(joined) is str
        assert len(joined) == len(a) + len(b) and hash(joined) == hash("".join((a, b)))
        assert joined.isascii() == (a.isascii() and b.isascii())
        assert list(joined) == list(a) + list(b)
for a in ([], [1], [1, "b", None], list(range(20))):
    for b in ([], [2.5], [[], ()], list(range(9))):
        joined = add(a, b)
        assert joined == [*a, *b] and type(joined) is list and joined is not a and joined is not b
        assert add(tuple(a), tuple(b)) == (*a, *b) == add(T(a), T(b))
        assert type(add(T(a), tuple(b))) is tuple
t = (1, 2)
assert add(t, ()) is t and add((), t) is t
same = [1]
assert add(same, same) == [1, 1] and same == [1]
raises(TypeError, 'can only concatenate str (not "int") to str', add, "a", 1)
raises(TypeError, 'can only concatenate list (not "tuple") to list', add, [], ())
raises(TypeError, 'can only concatenate tuple (not "list") to tuple', add, (), [])
raises(TypeError, "unsupported operand type(s) for +: 'int' and 'str'", add, 1, "a")
assert add(1, 2.5) == 3.5 and add(True, 1) == 2 and add(1, True) == 2 and add(2**70, 1.0) == 2.0**70


def in_place():
    a = b = [1]
    a += [2]
    assert a is b and b == [1, 2]
    a *= 2
    assert a is b and b == [1, 2, 1, 2]
    a = a + [3]
    assert a is not b and b == [1, 2, 1, 2]
    a = a * 1
    t = u = (1,)
    t += (2,)
    assert t == (1, 2) and u == (1,)
    t *= 2
    assert t == (1, 2, 1, 2)
    s = r = "ab"
    for i in range(5):
        s += "cd"
        s = s + "e"
    assert s == "ab" + "cde" * 5 and r == "ab"
    s = s * 2
    s *= 1
    assert s == ("ab" + "cde" * 5) * 2
    other = s + "x"
    s = other + s
    assert s == other + other[:-1]


in_place()


class Reflected:
    def __radd__(self, other):
        return "radd", other

    def __rmul__(self, other):
        return "rmul", other


assert add([1], Reflected()) == ("radd", [1]) and add("a", Reflected()) == ("radd", "a")
assert multiply((1,), Reflected()) == ("rmul", (1,))


class Add(str):
    def __radd__(self, other):
        return "subclass first"


assert add("a", Add("b")) == "subclass first"

# Repetition.
for times in (-3, 0, 1, 2, 3, 7, True, False):
    for items in ([], [1], [1, [], "x"], list(range(11))):
        expected = [x for _ in range(times) for x in items]
        assert multiply(items, times) == expected == multiply(times, items) == multiply(L(items), times)
        assert multiply(tuple(items), times) == tuple(expected) == multiply(T(items), times)
    for text in ("", "a", "abc", "é", "жы", "🙂x"):
        assert multiply(text, times) == "".join([text for _ in range(times)]) == multiply(S(text), times)
l = [1]
assert multiply(l, 1) is not l
assert multiply(t, 1) is t and multiply((), 5) == () and multiply(t, 0) == ()
raises(OverflowError, "cannot fit 'int' into an index-sized integer", multiply, [1], 2**70)
raises(MemoryError, "", multiply, [1, 2], 2**61)
raises(MemoryError, "", multiply, (1, 2), 2**60)
raises(OverflowError, "repeated string is too long", multiply, "ab", 2**61 * 2)
raises(TypeError, "can't multiply sequence by non-int of type 'float'", multiply, [1], 2.0)
raises(TypeError, "can't multiply sequence by non-int of type 'str'", multiply, "a", "b")

# Slices.
bounds = [None, 0, 1, 2, 3, 7, 50, -1, -2, -7, -50, 2**70, -(2**70)]
steps = [None, 1, 2, 3, -1, -2, -9, 2**70, -(2**70)]
wholes = ["", "a", "hello world", "éàü" * 3, "жыя" * 3, "a🙂b" * 3]
for text in wholes:
    characters, encoded = list(text), text.encode()
    for start in bounds:
        for stop in bounds:
            for step in steps:
                s = slice(start, stop, step)
                picked = characters[s]
                assert picked == list(L(characters))[s] == list(L(characters)[s])
                assert item(text, s) == "".join(picked) == item(S(text), s)
                assert item(tuple(characters), s) == tuple(picked) == item(T(characters), s)
                assert item(encoded, s) == bytes(list(encoded)[s]) == item(B(encoded), s)
                assert item(bytearray(encoded), s) == item(encoded, s)
            assert text[start:stop] == text[slice(start, stop)]
            assert encoded[start:stop] == encoded[slice(start, stop)]
            assert tuple(characters)[start:stop] == tuple(characters[start:stop])
whole = "hello"
assert whole[:] is whole and t[:] is t and whole[0:9] is whole
exact = S(whole)[:]
assert type(exact) is str and type(T(t)[:]) is tuple and type(B(b"ab")[:]) is bytes
assert "éa"[1:].isascii() and not "éa"[:1].isascii() and "жa"[1:] == "a"


class Index:
    def __init__(self, number):
        self.number = number

    def __index__(self):
        return self.number


for container in ([1, 2, 3], (1, 2, 3), "abc", b"abc", bytearray(b"abc")):
    assert item(container, slice(Index(1), Index(3))) == container[1:3] == container[Index(1) : Index(3)]
    raises(ValueError, "slice step cannot be zero", item, container, slice(None, None, 0))
    raises(TypeError, "slice indices must be integers or None or have an __index__ method", item, container, slice(1.5))
    raises(TypeError, "slice indices must be integers or None or have an __index__ method", item, container, slice("a", 2))
    assert item(container, -1) == item(container, 2) == item(container, Index(2))
    for wrong in (3, -4, 10**6, -(10**6)):
        raises(IndexError, "index out of range", item, container, wrong)
    raises(IndexError, "cannot fit 'int' into an index-sized integer", item, container, 2**70)
assert [item(b"\x00\x7f\xff", i) for i in (0, 1, 2, -1)] == [0, 127, 255, 255]
assert [item(bytearray(b"\x00\x7f\xff"), i) for i in (0, 1, 2, -3)] == [0, 127, 255, 0]
raises(TypeError, "byte indices must be integers or slices, not str", item, b"a", "a")
raises(TypeError, "string indices must be integers, not 'float'", item, "a", 1.0)
raises(TypeError, "tuple indices must be integers or slices, not str", item, (), "a")


class Indexed(list):
    def __getitem__(self, key):
        return key


assert item(Indexed(), slice(1, 2)) == slice(1, 2) and item({}.__class__(a=1), "a") == 1


class Shrinks:
    def __init__(self, whole):
        self.whole = whole

    def __index__(self):
        self.whole.clear()
        return 3


shrinking = list(range(9))
assert shrinking[Shrinks(shrinking) :] == [] and shrinking == []


# Storing in a dict: a value goes once, whatever becomes of the key.
class Value:
    pass


class Key:
    def __init__(self, hash_fails=False, equality_fails=False):
        self.hash_fails, self.equality_fails = hash_fails, equality_fails

    def __hash__(self):
        if self.hash_fails:
            raise ZeroDivisionError("hash")
        return 7

    def __eq__(self, other):
        if self.equality_fails:
            raise ZeroDivisionError("equality")
        return NotImplemented


def store(d, key, value):
    d[key] = value


def store_new(d, key):
    value = Value()
    reference = weakref.ref(value)
    try:
        d[key] = value
        failed = False
    except (ZeroDivisionError, TypeError):
        failed = True
    del value
    gc.collect()
    return failed, reference


for key, fails in ((1, False), ("a", False), ((1, "b"), False), (Key(), False), ([], True), (Key(hash_fails=True), True)):
    d = {7: 7}
    failed, reference = store_new(d, key)
    assert failed == fails and (reference() is None) == fails and len(d) == 2 - fails
    if not fails:
        d[key] = None
        gc.collect()
        assert reference() is None and d == {7: 7, key: None}
d = {}
d[Key()] = 1
failed, reference = store_new(d, Key(equality_fails=True))
assert failed and reference() is None and len(d) == 1
d = {}
store(d, "own", d)
assert d["own"] is d
raises(TypeError, "unhashable type: 'list'", store, {}, [], 1)

# Differences and intersections, where keys have been removed and where only Python tells keys apart.


class Same:
    def __init__(self, name):
        self.name = name

    def __hash__(self):
        return 3

    def __eq__(self, other):
        return isinstance(other, Same) and self.name == other.name


a, b, c = Same("a"), Same("b"), Same("c")
left = {a, b, 1, 2, 3, "x"}
left.discard(2)
assert left - {Same("a"), 1} == {b, 3, "x"} and left & {Same("b"), "x", 9} == {b, "x"}
assert frozenset(left) - {3} == left - {3} == {a, b, 1, "x"} and type(frozenset(left) - {3}) is frozenset
assert left - set() == left and left - left == set() and left ^ {1, c} == {a, b, 3, "x", c}
numbers = set(range(0, 400, 8))
assert sorted(numbers - set(range(0, 400, 16))) == list(range(8, 400, 16))
assert sorted(numbers & set(range(0, 400, 16))) == list(range(0, 400, 16))
assert numbers.difference({8: 1, 16: 2}) == numbers - {8, 16} and numbers.difference([8], (16,)) == numbers - {8, 16}

# Characters for characters.
for text in ("", "a", "ab", "banana", "a" * 100, "bnn", "é" + "a" * 9, "ж" + "a" * 9):
    for old in ("a", "b", "é", "z", "an", ""):
        for new in ("o", "é", "ж", "", "xyz", old):
            for count in (-1, 0, 1, 2, 1000):
                if old:
                    pieces = text.split(old) if count < 0 else text.split(old, count)
                    expected = new.join(pieces)
                    assert text.replace(old, new, count) == expected == S(text).replace(old, new, count)
                assert type(S(text).replace(old, new, count)) is str
assert "banana".replace("a", "o") == "bonono" and "banana".replace("a", "\x7f").isascii()
unchanged = "banana"
assert unchanged.replace("z", "a") is unchanged

# Comparisons of lists and tuples, and what is in what.
for make in (list, tuple):
    sub_of = L if make is list else T
    values = [[], [1], [1, 2], [1, "a"], [1, [2]], [1.0, 2], [True, 2], [1, 2, 3], [2]]
    for a in values:
        for b in values:
            x, y = make(a), make(b)
            assert (x == y) == (sub_of(a) == sub_of(b)) == (not x != y)
            if "a" in a + b or [2] in a + b:
                continue
            assert (x < y) == (sub_of(a) < y) == (y > x) and (x <= y) == (x < y or x == y)
nan = float("nan")
assert [nan] == [nan] and (nan,) == (nan,) and [nan] != [float("nan")] and (nan,) != (float("nan"),)
raises(TypeError, "'<' not supported between instances of 'str' and 'int'", lambda: ["a"] < [1])
raises(TypeError, "'<' not supported between instances of 'list' and 'tuple'", lambda: [] < ())
assert ([] == ()) is False and ([] != ()) is True


class Odd:
    def __init__(self, answer):
        self.answer = answer

    def __eq__(self, other):
        if self.answer is None:
            raise ZeroDivisionError("odd")
        return self.answer

    __hash__ = None


assert [Odd([])] != [1] and [Odd([1])] == [1] and (Odd("x"),) == (1,)
raises(ZeroDivisionError, "odd", lambda: (Odd(None),) == (1,))
d = {1: None, "a": 0, (1, 2): 0, 2.5: 1}
assert 1 in d and 1.0 in d and True in d and "a" in d and (1, 2) in d and (1, 3) not in d and 2 not in d and "b" not in d
raises(TypeError, "unhashable type: 'list'", lambda: [] in d)
raises(TypeError, "unhashable type: 'list'", lambda: [] in {1})
assert {1} in {frozenset([1])} and {2} not in {frozenset([1])} and 1.0 in {1} and "a" not in {1}
assert "" in "" and "a" in "banana" and "nan" in "banana" and "naan" not in "banana" and "é" not in "banana"
assert "" in "ж" and "ж" in "aж" and "a" in "aж" and "🙂" not in "aж"
raises(TypeError, "'in <string>' requires string as left operand, not int", lambda: 1 in "a")
seen = list(dict(zip("abc", range(3))).items())
pairs = [pair for pair in dict(zip("abc", range(3))).items()]
assert seen == pairs == [("a", 0), ("b", 1), ("c", 2)] and all(type(pair) is tuple for pair in pairs)
assert bytes(3) == b"\0\0\0" and bytes(True) == b"\0" and bytes(0) == b""
raises(ValueError, "negative count", bytes, -1)


class Bytes(int):
    def __bytes__(self):
        return b"own"


assert bytes(Bytes(3)) == b"own"

# Large ints, and those that are between a word and a small int.
numbers = [s * n for n in (0, 1, 2**61 - 1, 2**61, 2**62, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 10**30) for s in (1, -1)]
for a in numbers:
    for b in numbers:
        assert a + b - b == a and a * b == b * a and (b == 0 or a // b * b + a % b == a)
        assert (a + b) + 0.0 == float(a + b) and hash(a - b) == hash(int(str(a - b)))
        assert (a - b == 0) == (a == b) and ((a - b) < 0) == (a < b)
        assert (a & b) + (a | b) == a + b and (a ^ b) == (a | b) - (a & b)


class Int(int):
    pass


assert Int(10**30) + Int(10**30) == 2 * 10**30 and type(Int(10**30) + 1) is int and Int(2**63) * 2 == 2**64
