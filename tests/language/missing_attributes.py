# what is said of attributes that are missing, what an AttributeError knows, and arguments of what makes instances.


def message(f, *args):
    try:
        f(*args)
    except AttributeError as error:
        return error
    raise AssertionError("no AttributeError")


class Plain:
    pass


class Slotted:
    __slots__ = ("full", "größe", "名前", "😀a"[1:])


class Outer:
    class Inner:
        __slots__ = ("member",)


class Näme:
    __slots__ = ("member",)


# A plain instance, a class, a class of a native module, a module.
plain = Plain()
error = message(getattr, plain, "nothing")
assert str(error) == "'Plain' object has no attribute 'nothing'", error
assert error.name == "nothing" and error.obj is plain and error.args == (str(error),)
assert str(message(getattr, Plain, "nothing")) == "type object 'Plain' has no attribute 'nothing'"
assert str(message(getattr, 3, "nothing")) == "'int' object has no attribute 'nothing'"
import collections, sys

assert str(message(getattr, collections.deque(), "nothing")) == "'collections.deque' object has no attribute 'nothing'"
assert str(message(getattr, collections.deque, "nothing")) == "type object 'collections.deque' has no attribute 'nothing'"
error = message(getattr, sys, "nothing")
assert str(error) == "module 'sys' has no attribute 'nothing'" and error.name == "nothing" and error.obj is sys

# Names of every width, and a lone surrogate.
for name in ("größe", "名前", "x😀", "\ud800", "", "n" * 300):
    error = message(getattr, plain, name)
    assert str(error) == "'Plain' object has no attribute '" + name + "'", ascii(error)
    assert error.name == name

# Slots that are empty: the class by module and qualified name.
slotted = Slotted()
for name in ("full", "größe", "名前"):
    error = message(getattr, slotted, name)
    assert str(error) == f"'Slotted' object has no attribute '{name}'", error
    assert error.name == name and error.obj is slotted
assert str(message(getattr, Outer.Inner(), "member")) == "'Outer.Inner' object has no attribute 'member'"
assert str(message(getattr, Näme(), "member")) == "'Näme' object has no attribute 'member'"
Elsewhere = type("Elsewhere", (), {"__slots__": ("member",), "__module__": "else.where", "__qualname__": "A.B"})
assert str(message(getattr, Elsewhere(), "member")) == "'else.where.A.B' object has no attribute 'member'"
for module in ("builtins", 5):
    Odd = type("Odd", (), {"__slots__": ("member",), "__module__": module})
    assert str(message(getattr, Odd(), "member")) == "'Odd' object has no attribute 'member'"
Outer.Inner.__qualname__ = "Renamed"
assert str(message(getattr, Outer.Inner(), "member")) == "'Renamed' object has no attribute 'member'"
Plain.__name__ = "Ploin"
assert str(message(getattr, plain, "nothing")) == "'Ploin' object has no attribute 'nothing'"

# Through the descriptor itself there is no context; what a program says stays.
assert message(Slotted.full.__get__, slotted).name is None


class Raises:
    def __init__(self, error):
        self.error = error

    @property
    def attribute(self):
        raise self.error


class Own(AttributeError):
    pass


class Other(AttributeError, KeyError):
    pass


for kind in (AttributeError, Own):
    error = message(getattr, owner := Raises(kind("x")), "attribute")
    assert error.name == "attribute" and error.obj is owner and str(error) == "x"
    error = message(getattr, Raises(kind("x", name="y")), "attribute")
    assert error.name == "y" and error.obj is None
    error = message(getattr, Raises(kind("x", obj=7)), "attribute")
    assert error.name is None and error.obj == 7
    error.__init__("z")
    assert error.args == ("z",) and error.name is None and error.obj is None
    error.__init__("z", name="again", obj=1)
    assert (error.name, error.obj) == ("again", 1)
error = message(getattr, owner := Raises(Other("x")), "attribute")
assert error.name == "attribute" and error.obj is owner

# Fields of classes that have few and many, set and unset.
for kind in (AttributeError, NameError, ImportError):
    error = kind("m", name="n")
    assert error.name == "n"
    error.__init__("k")
    assert error.args == ("k",) and error.name is None
    try:
        kind("m", other=1)
    except TypeError as complaint:
        assert "other" in str(complaint)
    else:
        raise AssertionError
error = ImportError("m", name="n", path="p", name_from="f")
assert (error.msg, error.name, error.path, error.name_from) == ("m", "n", "p", "f")
error.__init__("k")
assert (error.msg, error.name, error.path, error.name_from) == ("k", None, None, None)
error = SyntaxError("m", ("f", 1, 2, "t", 3, 4))
assert (error.msg, error.filename, error.lineno, error.offset, error.text, error.end_lineno, error.end_offset) == (
    "m", "f", 1, 2, "t", 3, 4,
)
error = OSError(2, "s", "f", None, "g")
assert (error.errno, error.strerror, error.filename, error.filename2) == (2, "s", "f", "g")
error = UnicodeDecodeError("e", b"abc", 1, 2, "r")
assert (error.encoding, error.object, error.start, error.end, error.reason) == ("e", b"abc", 1, 2, "r")
assert StopIteration(4).value == 4 and SystemExit(5).code == 5
group = ExceptionGroup("m", [ValueError(1)])
assert group.message == "m" and len(group.exceptions) == 1


# Functions that take all arguments, as instances' makers: plainly, and where something does not fit.
class Made:
    def __new__(cls, *args, **keywords):
        made = object.__new__(cls)
        made.new = args, keywords
        return made

    def __init__(self, *args, **keywords):
        self.init = args, keywords


for args in ((), (1,), tuple(range(12))):
    for keywords in ({}, {"a": 1}, {"a": 1, "b": 2}):
        for made in (Made(*args, **keywords), type.__call__(Made, *args, **keywords)):
            assert made.new == made.init == (args, keywords)
            assert made.new[1] is not made.init[1] or not keywords
assert Made(1, b=2).init == ((1,), {"b": 2})
bound = Made().__init__
bound(*range(20), k=3)
assert bound.__self__.init == (tuple(range(20)), {"k": 3})


def one_and_all(first, *rest, **others):
    others["new"] = first
    return first, rest, others


assert one_and_all(1) == (1, (), {"new": 1}) and one_and_all(2) == (2, (), {"new": 2})
assert one_and_all(1, 2, 3) == (1, (2, 3), {"new": 1})
try:
    one_and_all()
except TypeError as error:
    assert str(error) == "one_and_all() missing 1 required positional argument: 'first'"


class Returns:
    def __init__(self, value=None):
        self.value = value
        return value


Returns()
for value in (1, Plain):
    try:
        Returns(value)
    except TypeError as error:
        assert str(error).startswith("__init__() should return None, not '"), error
    else:
        raise AssertionError


class Static:
    @staticmethod
    def __init__(*args):
        Static.seen = args


Static(1, 2)
assert Static.seen == (1, 2)

# Weak references: arguments are checked whoever makes them.
import weakref

assert weakref.ref(Plain) is weakref.ref(Plain) and weakref.ref(Plain)() is Plain
for wrong in ((), (Plain, None, 1), (3,)):
    try:
        weakref.ref(*wrong)
    except TypeError:
        pass
    else:
        raise AssertionError(wrong)


class Reference(weakref.ref):
    def __init__(self, referent, callback=None, more=0):
        super().__init__(referent, callback)
        self.more = more


class Made2(weakref.ref):
    def __new__(cls, referent, more):
        return super().__new__(cls, referent)


assert Reference(plain, more=4).more == 4 and Reference(plain)() is plain
assert Made2(plain, None)() is plain
try:
    Made2(plain, 1, 2)
except TypeError:
    pass
else:
    raise AssertionError

# What an instance says its class is, asked by an abstract class.
from abc import ABC, ABCMeta


class Abstract(ABC):
    pass


class Concrete(Abstract):
    pass


class Claims:
    @property
    def __class__(self):
        return Concrete


class Refuses:
    @property
    def __class__(self):
        raise AttributeError


class Breaks:
    @property
    def __class__(self):
        raise ValueError


class ByName:
    def __getattribute__(self, name):
        return Concrete if name == "__class__" else object.__getattribute__(self, name)


class Meta(ABCMeta):
    @property
    def __class__(cls):
        return Concrete


class OfMeta(metaclass=Meta):
    __class__ = Concrete


for round in range(3):
    assert isinstance(Concrete(), Abstract) and not isinstance(Plain(), Abstract)
    assert isinstance(Claims(), Abstract) and isinstance(ByName(), Abstract) and isinstance(OfMeta(), Abstract)
    assert isinstance(OfMeta, Abstract) and not isinstance(Concrete, Abstract)
    assert not isinstance(Refuses(), Abstract) and not isinstance(3, Abstract) and not isinstance(Plain, Abstract)
    try:
        isinstance(Breaks(), Abstract)
    except ValueError:
        pass
    else:
        raise AssertionError

# A memory of results forgets what was used longest ago.
from functools import lru_cache

calls = []


@lru_cache(maxsize=3)
def squared(*args):
    calls.append(args)
    return args[0] ** 2


for n in (1, 2, 3, 1, 1, 4, 1, 3, 3, 5, 4, 1):
    assert squared(n, "x") == n * n
assert [first for first, _ in calls] == [1, 2, 3, 4, 5, 4, 1], calls
assert squared.cache_info().currsize == 3

# Errors made in a program without anything by name, of classes with and without an __init__.
class Says(AttributeError):
    def __init__(self, *args):
        super().__init__(*args, name="said")


class Makes(NameError):
    def __new__(cls, *args):
        made = super().__new__(cls, "made")
        made.given = args
        return made


for kind in (AttributeError, NameError, UnboundLocalError, Own):
    for args in ((), ("a",), ("a", 2)):
        error = kind(*args)
        assert type(error) is kind and error.args == args and error.name is None and not error.__dict__, error
        assert getattr(error, "obj", None) is None
assert Says("x").name == "said" and Says("x").args == ("x",)
assert Makes(1).given == (1,) and Makes(1).args == (1,)

# What `__new__` of native classes says of classes that are not theirs.
for f, args, said in (
    (object.__new__, (), "object.__new__(): not enough arguments"),
    (object.__new__, (3,), "object.__new__(X): X is not a type object (int)"),
    (int.__new__, (str,), "int.__new__(str): str is not a subtype of int"),
    (object.__new__, (int,), "object.__new__(int) is not safe, use int.__new__()"),
):
    try:
        f(*args)
    except TypeError as error:
        assert str(error) == said, error
    else:
        raise AssertionError(said)
