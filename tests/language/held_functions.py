"""Methods that natives call, and `__new__` of programs' classes: found plainly or otherwise, and gone while they run."""

import gc
import operator
import threading
from collections import namedtuple

with_none = operator.methodcaller("method")
with_one = operator.methodcaller("method", 1)
with_three = operator.methodcaller("method", 1, 2, 3)


class Plain:
    def method(self, *arguments):
        return type(self).__name__, arguments


class Covered(Plain):
    def __init__(self):
        self.method = lambda *arguments: ("covered", arguments)


class Computed:
    def __getattr__(self, name):
        return lambda *arguments: (name, arguments)


class Everything:
    def __getattribute__(self, name):
        return lambda *arguments: ("everything", arguments)


class Static:
    @staticmethod
    def method(*arguments):
        return "static", arguments


class OfClass:
    @classmethod
    def method(cls, *arguments):
        return cls.__name__, arguments


class Looks(type):
    def __getattribute__(cls, name):
        return type.__getattribute__(cls, name)


class Calls(type):
    def __call__(cls, *arguments):
        return cls.__new__(cls, *arguments)


def error(function, *arguments):
    try:
        function(*arguments)
    except Exception as raised:
        return f"{type(raised).__name__}: {raised}"
    raise AssertionError("no error")


def methods():
    assert with_none(Plain()) == ("Plain", ()) and with_one(Plain()) == ("Plain", (1,))
    assert with_three(Plain()) == ("Plain", (1, 2, 3)) and with_three(Covered()) == ("covered", (1, 2, 3))
    assert with_one(Computed()) == ("method", (1,)) and with_one(Everything()) == ("everything", (1,))
    assert with_one(Static()) == ("static", (1,)) and with_one(OfClass()) == ("OfClass", (1,))
    assert error(with_one, 5) == "AttributeError: 'int' object has no attribute 'method'"

    class Forgets:
        def method(self, value):
            del Forgets.method
            gc.collect()
            return value, self

    forgets = Forgets()
    assert with_one(forgets) == (1, forgets)
    assert error(with_one, forgets) == "AttributeError: 'Forgets' object has no attribute 'method'"


def news():
    class Made:
        def __new__(cls, *arguments, **keywords):
            return cls.__name__, arguments, keywords

    class Inherits(Made):
        pass

    assert Made(1, 2, x=3) == ("Made", (1, 2), {"x": 3}) and Made(*range(12))[1] == tuple(range(12))
    assert Inherits() == ("Inherits", (), {})

    class Explicit:
        @staticmethod
        def __new__(cls, value):
            return value

    class Bound:
        @classmethod
        def __new__(cls, *arguments):
            return cls.__name__, arguments[1:]

    class Native:
        __new__ = len

    assert Explicit(5) == 5 and Bound(1) == ("Bound", (1,))
    assert error(Explicit).endswith("__new__() missing 1 required positional argument: 'value'"), error(Explicit)
    assert error(Native) == "TypeError: object of type 'type' has no len()"

    def new(cls, *arguments):
        return cls.__name__, arguments

    looks = Looks("OfLooks", (), {"__new__": new})
    calls = Calls("OfCalls", (), {"__new__": new})
    assert looks(1) == ("OfLooks", (1,)) and calls(1) == ("OfCalls", (1,))

    class Forgets:
        def __new__(cls):
            del Forgets.__new__
            gc.collect()
            return "forgotten"

    assert Forgets() == "forgotten"
    pair = namedtuple("pair", "x y")
    assert pair(1, y=2) == (1, 2)
    assert error(pair, 1) == "TypeError: pair.__new__() missing 1 required positional argument: 'y'"


def without_end():
    class Again:
        def __new__(cls):
            return Again()

        def method(self, _):
            return with_one(self)

    try:
        Again()
    except RecursionError:
        pass
    else:
        raise AssertionError("no end")
    try:
        with_one(object.__new__(Again))
    except RecursionError:
        return
    raise AssertionError("no end")


for _ in range(10):
    methods()
    news()
without_end()

failures = []


def run():
    try:
        for _ in range(30):
            methods()
            news()
    except BaseException as raised:
        failures.append(raised)


threads = [threading.Thread(target=run) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failures, failures[0]
