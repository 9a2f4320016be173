# One place in the code that calls things of many kinds, again and again: the answers and the errors are those of the first time.
import functools
import operator
import sys


def variadic(first, *rest, sep="-", **others):
    return first, rest, sep, others


def by_name_only(*, a, b=2):
    return a, b


def with_rest(*rest):
    return rest


def two(a, b=5, /, c=6):
    return a, b, c


class Caller:
    def __call__(self, *args):
        return "instance", args

    def method(self, *args, flag=False):
        return args, flag


class Meta(type):
    def __call__(cls, *args):
        return "meta", args


class OfMeta(metaclass=Meta):
    pass


class OwnPartial(functools.partial):
    def __call__(self, *args):
        return "own", super().__call__(*args)


@functools.lru_cache
def cached(*args):
    return args


class Frozen:
    def __init__(self, x):
        object.__setattr__(self, "x", x)

    def __setattr__(self, name, value):
        raise TypeError


def answer(function):
    try:
        return function()
    except (TypeError, AttributeError, RecursionError) as error:
        return type(error).__name__, str(error)


def call_two(f, a, b):
    return f(a, b)


def call_one(f, a):
    return f(a)


def call_names(f, a, b):
    return f(a, sep=b)


things = [
    (dict.get, {1: 2}, 1),
    (dict.get, 5, 1),
    (str.join, ",", "abc"),
    (str.join, ",", 5),
    (functools.partial(two, 1), 2, 3),
    (OwnPartial(two), 2, 3),
    (cached, 1, 2),
    (cached, [], 2),
    (operator.attrgetter("real"), 1, 2),
    (object.__eq__, 1, 1),
    (int.__add__, 1, 2),
    (int.__add__, "x", 2),
    ((5).__add__, 1, 2),
    (variadic, 1, 2),
    (by_name_only, 1, 2),
    (with_rest, 1, 2),
    (two, 1, 2),
    (Caller(), 1, 2),
    (Caller().method, 1, 2),
    (OfMeta, 1, 2),
    (isinstance, 1, int),
    (list, 1, 2),
    (type.__call__, list, "ab"),
    (5, 1, 2),
    (None, 1, 2),
    (staticmethod(two), 1, 2),
    (property(two).fget, 1, 2),
    ([].append, 1, 2),
]


def each(call, things):
    """What calling each gives: each for itself, so that the instruction stays in its form, then all in one place."""
    for f, *args in things:
        namespace = {}
        exec("def apart(f, *args):\n    a, b = args\n    return f(a, b)\n", namespace)
        first = answer(lambda: namespace["apart"](f, *args))
        for _ in range(20):
            assert answer(lambda: namespace["apart"](f, *args)) == first, f
        assert answer(lambda: call(f, *args)) == first, (f, answer(lambda: call(f, *args)), first)
    return [answer(lambda: call(f, *args)) for f, *args in things]


for _ in range(3):
    results = each(call_two, things)
results += [answer(lambda: call_one(f, a)) for _ in range(2) for f, a, _b in things]
results += [answer(lambda: call_names(f, a, b)) for _ in range(2) for f, a, b in things]

assert results[0] == 2 and results[2] == "a,b,c" and results[4] == (1, 2, 3)
assert results[1] == ("TypeError", "descriptor 'get' for 'dict' objects doesn't apply to a 'int' object"), results[1]
assert results[5] == ("own", (2, 3, 6)) and results[6] == (1, 2)
assert results[7] == ("TypeError", "unhashable type: 'list'"), results[7]
assert results[13] == (1, (2,), "-", {}), results[13]
assert results[14] == ("TypeError", "by_name_only() takes 0 positional arguments but 2 were given"), results[14]
assert results[15] == (1, 2) and results[16] == (1, 2, 6) and results[17] == ("instance", (1, 2))
assert results[18] == ((1, 2), False) and results[19] == ("meta", (1, 2)) and results[20] is True
assert results[22] == ["a", "b"] and results[23] == ("TypeError", "'int' object is not callable")

# Keywords, in their places and elsewhere.


def keywords():
    return [
        variadic(1, 2, 3, sep="+"),
        variadic(first=1, other=2),
        by_name_only(a=1),
        by_name_only(b=3, a=1),
        answer(lambda: by_name_only(b=3)),
        answer(lambda: by_name_only(c=3)),
        answer(lambda: variadic(1, first=2)),
        two(1, c=2),
        answer(lambda: two(a=1)),
        answer(lambda: two(1, 2, 3, c=4)),
        Caller().method(1, flag=True),
        answer(lambda: Caller().method(1, no=True)),
    ]


first = keywords()
for _ in range(20):
    assert keywords() == first
assert first[:4] == [(1, (2, 3), "+", {}), (1, (), "-", {"other": 2}), (1, 2), (1, 3)]
assert first[4] == ("TypeError", "by_name_only() missing 1 required keyword-only argument: 'a'")
assert first[6] == ("TypeError", "variadic() got multiple values for argument 'first'")
assert first[7:11] == [
    (1, 5, 2),
    ("TypeError", "two() got some positional-only arguments passed as keyword arguments: 'a'"),
    ("TypeError", "two() got multiple values for argument 'c'"),
    ((1,), True),
]

# Many arguments for `*args`, and no room for more of them.
numbers = range(3000)
for n in (0, 1, 7, 200, 3000):
    assert len(with_rest(*numbers[:n])) == n
source = ", ".join(map(str, range(2000)))
assert eval(f"with_rest({source})") == tuple(range(2000))


def deep(*args):
    return deep(*args, 1)


def deep_by_place(*args, a=1):
    return deep_by_place(1, 2, 3, a=2)


assert answer(deep)[0] == "RecursionError" and answer(deep_by_place)[0] == "RecursionError"

endless = functools.partial(lambda: endless())
assert answer(endless)[0] == "RecursionError"

# What is set past a class's own `__setattr__`.
assert [Frozen(n).x for n in range(20)] == list(range(20))

# The references are counted as they should be.


class Thing:
    ended = 0

    def __del__(self):
        Thing.ended += 1


for _ in range(30):
    variadic(Thing(), Thing(), sep=Thing(), other=Thing())
    with_rest(Thing())
    dict.get({}, 1, Thing())
    cached.__wrapped__(Thing())
    answer(lambda: by_name_only(Thing()))
    answer(lambda: dict.get(Thing(), 1))
assert Thing.ended == 30 * 9, Thing.ended


# Comparisons of instances of different classes, of which one may come from the other.


class Left:
    def __eq__(self, other):
        return "left" if type(other) is not Silent else NotImplemented

    def __lt__(self, other):
        return NotImplemented

    __hash__ = None


class Silent:
    pass


class Right:
    def __eq__(self, other):
        return "right"

    def __gt__(self, other):
        return "greater"


class Below(Left):
    def __eq__(self, other):
        return "below"


class Inherits(Left):
    pass


def compare(a, b):
    return a == b, a != b, a is b, a is not b


def less(a, b):
    return a < b


left = Left()
for _ in range(20):
    assert compare(left, Right()) == ("left", False, False, True)
    assert compare(left, Silent()) == (False, True, False, True)
    assert compare(left, Below()) == ("below", False, False, True)
    assert compare(left, Inherits()) == ("left", False, False, True)
    assert compare(left, left) == ("left", False, True, False)
    assert compare(Silent(), left) == (False, True, False, True)
    assert compare(None, None) == (True, False, True, False)
    assert compare(None, False) == (False, True, False, True)
    assert compare(2**70, 2**70) == (True, False, False, True)
    assert less(left, Right()) == "greater"
    assert answer(lambda: less(left, Silent())) == (
        "TypeError",
        "'<' not supported between instances of 'Left' and 'Silent'",
    )

# Classes as keys: each is found, and its like are not.
classes = [type(f"C{n}", (), {}) for n in range(500)]
known = frozenset(classes[::2])
table = {cls: n for n, cls in enumerate(classes)}
assert [cls in known for cls in classes] == [n % 2 == 0 for n in range(500)]
assert all(table[cls] == n and hash(cls) == hash(cls) for n, cls in enumerate(classes))
assert [type(x) for x in (1, 1.5, None, True, ..., NotImplemented, "", 2**70)] == [
    int,
    float,
    type(None),
    bool,
    type(...),
    type(NotImplemented),
    str,
    int,
]
assert sys.getrefcount(Left) > 0
