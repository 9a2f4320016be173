"""What quick ways through calls, isinstance(), attributes and hashing must not change."""

import weakref
from abc import ABC


def raises(kind, function, *args, message=None):
    try:
        function(*args)
    except kind as error:
        assert type(error) is kind, type(error)
        assert message is None or str(error) == message, str(error)
    else:
        raise AssertionError(f"{kind.__name__} expected")


# isinstance() with one class, tuples, unions, classes that have a say, and objects that claim a class.


class Base:
    pass


class Derived(Base):
    pass


class Says(type):
    def __instancecheck__(cls, instance):
        return instance == 7


class Seven(metaclass=Says):
    pass


class Claims:
    @property
    def __class__(self):
        return Derived


class Broken:
    @property
    def __class__(self):
        raise ZeroDivisionError


class Registered(ABC):
    pass


Registered.register(list)


def is_instance(value, classes):
    return isinstance(value, classes)


for _ in range(40):
    assert is_instance(Derived(), Base)
    assert not is_instance(Base(), Derived)
    assert is_instance(Derived(), (int, str, Base))
    assert not is_instance(Base(), (int, str, Derived))
    assert not is_instance(Base(), ())
    assert is_instance(7, (str, Seven)) and not is_instance(8, (str, Seven))
    assert is_instance(Claims(), Base) and is_instance(Claims(), (int, Base)) and is_instance(Claims(), (Claims, 3))
    assert not is_instance(Claims(), (int, str))
    assert is_instance([], (int, Registered)) and not is_instance({}, (int, Registered))
    assert is_instance(3, (str, (bytes, (int, 5)))) and is_instance(3, (int, "no class"))
    assert is_instance(True, (str, int)) and is_instance(None, (str, type(None)))
    assert is_instance(3, int | str) and not is_instance(3.5, int | str) and is_instance(3, (bytes, int | str))
    raises(ZeroDivisionError, is_instance, Broken(), (int, str))
    assert is_instance(Broken(), (Broken, int))
    raises(ZeroDivisionError, is_instance, Broken(), (int, Broken))
    raises(
        TypeError,
        is_instance,
        3,
        (str, "no class"),
        message="isinstance() arg 2 must be a type, a tuple of types, or a union",
    )

# `type(value)` where other things are called as well.


class Meta(type):
    def __call__(cls, *args):
        return ("called", args)


class Special(metaclass=Meta):
    pass


def call(function, *args):
    return function(*args)


def call_one(function, value):
    return function(value)


for callable, value, result in [(type, 3, int), (type, Base, type), (type, Special, Meta), (type, None, type(None))] * 20 + [
    (str, 3, "3"),
    (Special, 3, ("called", (3,))),
    (len, "ab", 2),
    (type, [], list),
    (lambda x: x, 5, 5),
] * 3:
    assert call_one(callable, value) == result
instance = Derived()
for _ in range(20):
    assert type(instance) is Derived and type(Derived) is type and type(type(instance)) is type
instance.__class__ = Base
assert type(instance) is Base
raises(TypeError, lambda: type(1, 2), message="type() takes 1 or 3 arguments")
raises(TypeError, lambda: type(1, x=2), message="type() takes no keyword arguments")

# Functions with defaults that are given, left out, replaced and taken away.


def defaults(a, b=2, c=3):
    return a, b, c


def rest(a, *b, c=3):
    return a, b, c


def call_with(function, a):
    return function(a)


for _ in range(30):
    assert call_with(defaults, 1) == (1, 2, 3)
    assert defaults(1, 5) == (1, 5, 3)
    assert call_with(rest, 1) == (1, (), 3)
    assert call_with(lambda a: a, 1) == 1
defaults.__defaults__ = (7,)
raises(TypeError, call_with, defaults, 1, message="defaults() missing 1 required positional argument: 'b'")
defaults.__defaults__ = (7, 8)
assert call_with(defaults, 1) == (1, 7, 8)
defaults.__defaults__ = None
raises(
    TypeError, call_with, defaults, 1, message="defaults() missing 2 required positional arguments: 'b' and 'c'"
)

# Hashing: by address, by a method, not at all, and by a metaclass's method.


class Equal:
    def __init__(self, value):
        self.value = value

    def __hash__(self):
        return hash(self.value)

    def __eq__(self, other):
        return isinstance(other, Equal) and self.value == other.value


class Unhashable:
    __hash__ = None


class HashMeta(type):
    def __hash__(cls):
        return 5

    def __eq__(cls, other):
        return cls.__name__ == other.__name__


kinds = {int, str, Base, Derived}
plain = Base()
for _ in range(20):
    assert int in kinds and float not in kinds and Derived in kinds and Says not in kinds
    assert plain in {plain} and Base() not in {plain} and plain in frozenset([plain])
    assert Equal(3) in {Equal(3), Equal(4)} and Equal(5) not in {Equal(3)}
    assert hash(plain) == hash(plain) == object.__hash__(plain) and {plain: 1}[plain] == 1
    raises(TypeError, lambda: Unhashable() in kinds)
    raises(TypeError, lambda: {}[Unhashable()])
    assert HashMeta("A", (), {}) in {HashMeta("A", (), {})}
    assert HashMeta("A", (), {}) not in {HashMeta("B", (), {})}
assert id(plain) == id(plain) and hash(plain) != -1
Base.__hash__ = lambda self: 11
assert hash(plain) == 11 and hash(Base()) == 11
del Base.__hash__
assert hash(plain) == object.__hash__(plain)

# Setting attributes by object's own method: new ones, known ones, in slots, behind properties and without a place.


class Frozen:
    def __init__(self, a, b):
        object.__setattr__(self, "a", a)
        object.__setattr__(self, "b", b)

    def __setattr__(self, name, value):
        raise AttributeError(f"no {name}")


class Slotted:
    __slots__ = ("x",)


class Guarded:
    @property
    def fixed(self):
        return 1


for n in range(30):
    frozen = Frozen(n, -n)
    assert frozen.__dict__ == {"a": n, "b": -n}
    object.__setattr__(frozen, "b", 1)
    object.__setattr__(frozen, "c" + str(n % 3), 2)
    object.__setattr__(frozen, "a", 3)
    assert list(frozen.__dict__.items()) == [("a", 3), ("b", 1), ("c" + str(n % 3), 2)]
    other = Frozen.__new__(Frozen)
    object.__setattr__(other, "b", 1)
    object.__setattr__(other, "a", 2)
    assert list(other.__dict__) == ["b", "a"] and (other.a, other.b) == (2, 1)
    raises(AttributeError, setattr, frozen, "a", 1, message="no a")
    slotted = Slotted()
    object.__setattr__(slotted, "x", n)
    assert slotted.x == n
    raises(AttributeError, object.__setattr__, slotted, "y", 1)
    raises(AttributeError, object.__setattr__, Guarded(), "fixed", 1)
raises(TypeError, object.__setattr__, frozen, 3, 1, message="attribute name must be string, not 'int'")
raises(TypeError, lambda: object.__setattr__(), message="descriptor '__setattr__' of 'object' object needs an argument")
raises(
    TypeError,
    lambda: int.__add__("a", 1),
    message="descriptor '__add__' requires a 'int' object but received a 'str'",
)
raises(TypeError, lambda: int.__add__(1), message="expected 1 argument, got 0")
for _ in range(20):
    assert int.__add__(1, 2) == 3 and str.__len__("abc") == 3 and object.__eq__(1, 2) is NotImplemented
    assert int.__add__.__get__(1)(2) == 3 and int.__add__.__get__(None, int) is int.__add__

# Who comes first: data descriptors of the class, the instance, the class.


class Data:
    def __get__(self, instance, owner):
        return "data"

    def __set__(self, instance, value):
        raise AttributeError


class NoData:
    def __get__(self, instance, owner):
        return "no data"


class Owner:
    data = Data()
    no_data = NoData()
    held = "held"


for in_dict in [False, True]:
    owner = Owner()
    if in_dict:
        owner.__dict__["data"] = 1
    for name, before, after in [("data", "data", "data"), ("no_data", "no data", 1), ("held", "held", 1)]:
        for _ in range(3):
            assert getattr(owner, name) == before
        if name != "data":
            setattr(owner, name, 1)
        for _ in range(3):
            assert getattr(owner, name) == after, (name, in_dict)
    assert getattr(owner, "missing", 5) == 5

# One plain weak reference for each object, whatever other references there are.

target = Base()
called = []
with_callback = [weakref.ref(target, called.append) for _ in range(3)]
one = weakref.ref(target)
assert weakref.ref(target) is one and weakref.ref(target, None) is one and one not in map(id, with_callback)
proxy = weakref.proxy(target)
assert weakref.ref(target) is one and weakref.getweakrefcount(target) == 5
del one
two = weakref.ref(target)
assert two() is target and two.__callback__ is None
del target
assert two() is None and len(called) == 3

# A method that native code calls without end.


class Endless:
    def __eq__(self, other):
        return [self] == [other]

    def __hash__(self):
        return hash((self,))


raises(RecursionError, lambda: Endless() == Endless())
raises(RecursionError, lambda: hash(Endless()))
