"""`a, *b, c = x` of all kinds of iterables."""


def three(x):
    a, *b, c = x
    return a, b, c


def first(x):
    a, *b = x
    return a, b


def last(x):
    *a, b = x
    return a, b


def all_of(x):
    (*a,) = x
    return a


def four(x):
    a, b, *c, d, e = x
    return a, b, c, d, e


def fails(function, x, error, message):
    try:
        function(x)
    except error as raised:
        assert str(raised) == message, raised
    else:
        raise AssertionError(x)


class Sequence:
    def __getitem__(self, index):
        if index > 4:
            raise IndexError
        return "abcde"[index]


class Listed(list):
    def __iter__(self):
        return iter("vwxyz")


class Pair(tuple):
    def __iter__(self):
        return iter("vwxyz")


MAKERS = [list, tuple, "".join, iter, lambda x: dict.fromkeys(x), lambda x: dict.fromkeys(x).keys(), lambda x: (c for c in x)]
for make in MAKERS:
    for _ in range(3):
        assert three(make("abcde")) == ("a", ["b", "c", "d"], "e")
        assert three(make("ab")) == ("a", [], "b")
        assert first(make("abc")) == ("a", ["b", "c"]) and first(make("a")) == ("a", [])
        assert last(make("abc")) == (["a", "b"], "c") and last(make("a")) == ([], "a")
        assert all_of(make("abc")) == ["a", "b", "c"] and all_of(make("")) == []
        assert four(make("abcdef")) == ("a", "b", ["c", "d"], "e", "f")
        assert four(make("abcd")) == ("a", "b", [], "c", "d")
        fails(three, make("a"), ValueError, "not enough values to unpack (expected at least 2, got 1)")
        fails(first, make(""), ValueError, "not enough values to unpack (expected at least 1, got 0)")
        fails(four, make("abc"), ValueError, "not enough values to unpack (expected at least 4, got 3)")
assert three(Sequence()) == ("a", ["b", "c", "d"], "e")
assert three(Listed("abc")) == three(Pair("abc")) == ("v", ["w", "x", "y"], "z")
assert three(range(5)) == (0, [1, 2, 3], 4) and three(b"abc") == (97, [98], 99)
assert three("aé\u20ac\U0001f600b") == ("a", ["é", "\u20ac", "\U0001f600"], "b")
fails(three, 5, TypeError, "cannot unpack non-iterable int object")
fails(first, None, TypeError, "cannot unpack non-iterable NoneType object")

# The rest is a list of its own.
whole = [1, 2, 3]
head, *rest = whole
rest.append(4)
assert whole == [1, 2, 3] and rest == [2, 3, 4]
shared = [object() for _ in range(4)]
for _ in range(100):
    x, *middle, y = shared
    assert x is shared[0] and y is shared[3] and middle == shared[1:3]
x, *x2, shared = shared
assert len(x2) == 2

# Many targets.
names = [f"v{n}" for n in range(300)]
space = {}
exec(f"{', '.join(names[:200])}, *rest, {', '.join(names[200:])} = range(1000)", space)
assert space["v0"] == 0 and space["v199"] == 199 and space["rest"] == list(range(200, 900)) and space["v299"] == 999
exec(f"{', '.join(names[:200])}, *rest, {', '.join(names[200:])} = list(range(1000))", space)
assert space["v0"] == 0 and space["v199"] == 199 and space["rest"] == list(range(200, 900)) and space["v200"] == 900

a, b, c = "xyz"
assert a + b + c == "xyz"
for text in "xy", "wxyz":
    try:
        a, b, c = text
    except ValueError as error:
        assert "values to unpack (expected 3" in str(error)
    else:
        raise AssertionError(text)
assert list("aé\u20ac") == ["a", "é", "\u20ac"] and [*"ab", *""] == ["a", "b"] and sorted("cab") == ["a", "b", "c"]
text = iter("ab")
assert next(text) == "a" and list(text) == ["b"] and list(text) == [] and next(text, None) is None


def recursion(depth):
    a, *b = [1, 2, 3]
    return depth if depth == 0 else recursion(depth - 1)


assert recursion(500) == 0
