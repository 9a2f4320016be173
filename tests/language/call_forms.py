"""Calls of one place that meet one kind of callable after the other."""

import builtins
import math
import sys
import threading


def call(function, *args):
    return function(*args)


def one(function, argument):
    return function(argument)


def two(function, first, second):
    return function(first, second)


class Sized:
    def __init__(self, length):
        self.length = length

    def __len__(self):
        return self.length


class Callable:
    def __call__(self, argument):
        return ("called", argument)

    def method(self, argument):
        return ("method", argument)

    @classmethod
    def of_class(cls, argument):
        return (cls.__name__, argument)

    @staticmethod
    def static(argument):
        return ("static", argument)


def plain(argument):
    return ("plain", argument)


def with_default(argument, other="default"):
    return (argument, other)


def with_rest(*rest):
    return rest


def by_keyword_only(argument, *, keyword="k"):
    return (argument, keyword)


class List(list):
    def append(self, item):
        super().append(("own", item))


# One place, every kind of callable, often enough for each form to be taken and given up.
instance, items = Callable(), []
kinds = [
    (plain, ("plain", 7)),
    (with_default, (7, "default")),
    (with_rest, (7,)),
    (by_keyword_only, (7, "k")),
    (abs, 7),
    (math.sqrt, math.sqrt(7)),
    (instance, ("called", 7)),
    (instance.method, ("method", 7)),
    (Callable.of_class, ("Callable", 7)),
    (Callable.static, ("static", 7)),
    (str, "7"),
    (type, int),
    (items.append, None),
    ("7 8".count, None),
    (int.__neg__, -7),
    (lambda argument: argument, 7),
]
for rounds in range(40):
    for function, expected in kinds:
        argument = "7" if function == "7 8".count else 7
        found = one(function, argument)
        assert found == expected or argument == "7" and found == 1, (function, found)
assert items == [7] * 40
for function, expected in kinds[:-3]:
    for rounds in range(30):
        assert one(function, 7) == expected


# `len` of what has one of its own, of what has none, under another name, and replaced.
def length(value):
    return len(value)


for rounds in range(30):
    assert [length(x) for x in ([1], "ab", (1, 2, 3), {1: 2}, {1, 2}, b"abc", range(9), Sized(5))] == [1, 2, 3, 1, 2, 3, 9, 5]
    for wrong in (5, None, Sized("x"), Sized(-1), object()):
        try:
            length(wrong)
        except (TypeError, ValueError) as error:
            text = str(error)
        else:
            raise AssertionError
    assert text == "object of type 'object' has no len()", text
size = len
assert [size(x) for x in ("abc", [], Sized(2))] == [3, 0, 2]
builtins_len = builtins.len
try:
    builtins.len = lambda value: "replaced"
    assert length([1]) == "replaced"
finally:
    builtins.len = builtins_len
assert length([1]) == 1
for arguments in ((), ([], [])):
    try:
        call(len, *arguments)
    except TypeError as error:
        assert "exactly one argument" in str(error)


# `isinstance` with classes that answer by themselves, tuples, unions, and what claims another class.
class Meta(type):
    def __instancecheck__(cls, value):
        return value == "mine"


class Mine(metaclass=Meta):
    pass


class Claims:
    @property
    def __class__(self):
        return int


class Sub(Sized):
    pass


def check(value, cls):
    return isinstance(value, cls)


for rounds in range(30):
    assert check(1, int) and not check(1, str) and check(True, int) and check(Sub(1), Sized)
    assert check("mine", Mine) and not check(Mine(), Meta) and check(Claims(), int) and check(Claims(), Claims)
    assert check(1, (str, (int,))) and check(1, int | str) and not check(None, int | str) and check(None, object)
    for wrong in (1, "int", (int, 5)):
        try:
            check("a", wrong)
        except TypeError:
            pass
        else:
            raise AssertionError


# `list.append` of lists, of subclasses, unbound, with the result looked at, of a list that is being walked.
def appended(to, item):
    to.append(item)
    return to


def result_of_append(to, item):
    return to.append(item)


for rounds in range(30):
    assert appended([], 1) == [1] and appended(List(), 1) == [("own", 1)]
    assert result_of_append([], "x") is None
    local = []
    for i in range(100):
        local.append(i)
        local.append(local)
    assert len(local) == 200 and local[1] is local and local[198] == 99
    local.clear()
    list.append(local, 5)
    assert local == [5]
    try:
        list.append(5, 5)
    except TypeError as error:
        assert "'list' objects doesn't apply to a 'int' object" in str(error), error
    item = object()
    before = sys.getrefcount(item)
    kept = []
    kept.append(item)
    kept.append(item)
    assert sys.getrefcount(item) == before + 2 or before > 1 << 20
    del kept

# Appended by many to one list, which is nobody's own then.
together = []


def worker(number):
    for i in range(2000):
        together.append((number, i))


threads = [threading.Thread(target=worker, args=(n,)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len(together) == 8000 and len(set(together)) == 8000
for n in range(4):
    assert [i for number, i in together if number == n] == list(range(2000))


# What is called goes away while it is called.
class Vanishing:
    def __call__(self, argument):
        holder.pop()
        return argument


holder = [Vanishing()]
assert holder[0](5) == 5 and not holder

# Too deep through every form.
def deep(n):
    return deep(n + 1)


class Deep:
    def __len__(self):
        return len(self)

    def __init__(self):
        self.again = None

    def __call__(self):
        return self()


class Endless:
    def __init__(self):
        Endless()


for hopeless in (lambda: deep(0), lambda: len(Deep()), Deep(), Endless):
    try:
        hopeless()
    except RecursionError:
        pass
    else:
        raise AssertionError

# Modules' variables that come, change and go.
import types

module = types.ModuleType("module")


def variable():
    return module.value


for rounds in range(30):
    module.value = rounds
    assert variable() == rounds
    if rounds % 7 == 6:
        del module.value
        try:
            variable()
        except AttributeError as error:
            assert str(error) == "module 'module' has no attribute 'value'", error
        else:
            raise AssertionError
        for i in range(20):
            setattr(module, f"other{i}", i)
other = types.ModuleType("other")
other.value = "other"
module, before = other, module
assert variable() == "other"


class Module(types.ModuleType):
    @property
    def value(self):
        return "property"


module.__class__ = Module
assert variable() == "property"
