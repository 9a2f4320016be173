# Bases, orders and places of classes: what a program may change, and what is taken back when it fails.
import types
import warnings


def raises(kind, message, call, *args):
    try:
        call(*args)
    except kind as e:
        assert message in str(e), (str(e), message)
        return e
    raise AssertionError(f"{kind} expected")


# A failing mro takes all orders back.
class Once(type):
    def __new__(meta, name, bases, namespace):
        meta.left = 1
        return super().__new__(meta, name, bases, namespace)

    def mro(cls):
        if not type(cls).left:
            raise RuntimeError("no more")
        type(cls).left -= 1
        return type.mro(cls)


class C: pass
class C2: pass
class D(C): pass
class E(D): pass
class F(D, metaclass=Once): pass

before = D.__mro__, E.__mro__, F.__mro__
raises(RuntimeError, "no more", setattr, D, "__bases__", (C2,))
assert before == (D.__mro__, E.__mro__, F.__mro__) and D.__bases__ == (C,)


# An mro that assigns __bases__ itself: the inner assignment stays.
class Meta(type):
    ready = False

    def mro(cls):
        if Meta.ready and cls.__name__ == "Z":
            Meta.ready = False
            Z.__bases__ = (Y2,)
        return type.mro(cls)


class X(metaclass=Meta): pass
class Y1(X): pass
class Y2(X): pass
class Z(X): pass

Meta.ready = True
Z.__bases__ = (Y1,)
assert Z.__bases__ == (Y2,) and Y2.__subclasses__() == [Z] and Y1.__subclasses__() == []
raises(TypeError, "a __bases__ item causes an inheritance cycle", setattr, X, "__bases__", (Z,))


# An order without the class itself, and one with a class that is no base: that one's changes are seen.
class Without(type):
    def mro(cls):
        return (C,)


raises(TypeError, "obj (type A) is not an instance or subtype of type (A)", Without, "A", (), {})


class Base:
    value = 1


class Foreign(type):
    def mro(cls):
        return (cls, Base, object)


class Weird(metaclass=Foreign): pass


def value_of(cls):
    return cls.value


for expected in range(1, 4):
    Base.value = expected
    assert [value_of(Weird) for _ in range(5)] == [expected] * 5


# The class is in its cell before mro runs, and cannot be extended yet.
class Early(type):
    def mro(cls):
        if cls.__name__ == "Cell":
            cls.__dict__["look"]()
            raises(TypeError, "Cannot extend an incomplete type 'Cell'", type, "Sub", (cls,), {})
        return super().mro()


class Cell(metaclass=Early):
    def look():
        global seen
        seen = __class__


assert seen is Cell


# Slots may be called like what the compiler puts into the namespace.
class Slotted:
    __slots__ = ["__classcell__", "__qualname__"]

    def get(self):
        return super().__repr__()


slotted = Slotted()
slotted.__classcell__ = slotted.__qualname__ = 5
assert slotted.__classcell__ == 5 and Slotted.__qualname__ == "Slotted" and slotted.get()


# __dict__ of what keeps its own way of showing it.
class Plain: pass
class MetaWithBase(Plain, type): pass
class ModuleWithBase(Plain, types.ModuleType): pass
class ErrorWithBase(Plain, Exception): pass
class Made(metaclass=MetaWithBase): pass

assert type(Made.__dict__) is types.MappingProxyType
for holder, message in (
    (Made, "attribute '__dict__' of 'type' objects is not writable"),
    (ModuleWithBase("m"), "readonly attribute"),
):
    raises(AttributeError, message, setattr, holder, "__dict__", {})
    raises(AttributeError, message, delattr, holder, "__dict__")
    raises(AttributeError, message, Plain.__dict__["__dict__"].__set__, holder, {})
raises(TypeError, "cannot delete __dict__", delattr, ErrorWithBase(), "__dict__")
raises(TypeError, "must be set to a dictionary, not a 'int'", setattr, ErrorWithBase(), "__dict__", 1)


class Shown:
    __dict__ = property(lambda self: {"a": 2})


assert vars(Shown()) == {"a": 2}

# Members are shown as such, and those that cannot be set say so.
assert type(complex.real) is type(property.fget) is types.MemberDescriptorType
assert type(float.real) is types.GetSetDescriptorType
raises(AttributeError, "readonly attribute", setattr, property(), "fget", 1)
raises(AttributeError, "readonly attribute", setattr, 1j, "real", 1)


# Equal slots on different bases are not the same places.
class G: __slots__ = ["a", "b"]
class H: __slots__ = ["b", "a"]
class L(G): __slots__ = ["e"]
class M(H): __slots__ = ["e"]

g = G()
g.a = 1
g.__class__ = H
assert g.a == 1
raises(TypeError, "object layout differs", setattr, L(), "__class__", M)

# Names, documentation and keys.
raises(UnicodeEncodeError, "surrogates not allowed", type, "A\udcdcB", (), {})
raises(UnicodeEncodeError, "surrogates not allowed", type, "A", (), {"__doc__": "x\udcdcy"})
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    type("Odd", (), {1: 2})
assert [str(w.message) for w in caught] == ["non-string key in the __dict__ of class Odd"]


class Bases(tuple): pass

assert type(type("T", Bases((int, object)), {}).__bases__) is Bases


# Special methods: descriptors that raise, reflected powers of three, lengths.
class Broken:
    @property
    def __eq__(self):
        raise AttributeError("broken")


assert (Broken() == Broken()) is False


class I(int):
    def __rpow__(self, other, mod=None):
        return "rpow", other, int(self), mod


assert pow(2, I(3), 5) == ("rpow", 2, 3, 5) and pow(2, I(3)) == ("rpow", 2, 3, None) and pow(2, 3, I(5)) == 3


class Long:
    def __len__(self):
        return -2**70


raises(ValueError, "__len__() should return >= 0", len, Long())
