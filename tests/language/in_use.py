# Objects that are changed by the very code that they wait for, and how their ends are told.
import collections
import gc
import sys
import types


def raises(kind, message, call, *args):
    try:
        call(*args)
    except kind as e:
        assert message in str(e), (str(e), message)
        return e
    raise AssertionError(f"{kind} expected")


# A bytearray keeps its size while arguments are read.
class Clears:
    def __init__(self, array):
        self.array = array

    def __buffer__(self, flags):
        self.array.clear()
        return memoryview(b"A")

    def __repr__(self):
        self.array.clear()
        return "A"


def joined(array):
    def parts():
        array.clear()
        yield b"A"
    return array.join(parts())


for call in (
    joined,
    lambda array: array.find(Clears(array)),
    lambda array: array.count(Clears(array)),
    lambda array: array.split(Clears(array)),
    lambda array: Clears(array) in array,
    lambda array: array % Clears(array),
):
    raises(BufferError, "cannot be re-sized", call, bytearray(b"%a and so on"))
array = bytearray(b"xx")


class Grows:
    def __buffer__(self, flags):
        array.extend(b"yy")
        return memoryview(b"AB")


array.extend(Grows())
assert array == b"xxAByy"


class Shrinks:
    def __buffer__(self, flags):
        parts.clear()
        return memoryview(b"x")


parts = [b"a", Shrinks(), b"c"]
raises(RuntimeError, "sequence changed size during iteration", b"".join, parts)


class Array(bytearray): pass
class Text(str):
    def __bytes__(self):
        return b"abc"


assert int(Array(b"100"), 2) == 4 and bytes(Text("\u20ac")) == b"abc"

# A dict that was cleared has nothing before the place where an iterator stood.
d = {f"k{i}": i for i in range(100)}
for i in range(1, 100):
    del d[f"k{i}"]
iterators = reversed(d), reversed(d.values()), reversed(d.items())
d.clear()
d["k0"] = 0
assert [list(iterator) for iterator in iterators] == [[], [], []]


# Ordered dicts notice that they have been changed.
class Key:
    def __hash__(self):
        return 1

    compared = 0

    def __eq__(self, other):
        # First the entries are compared, then the order of the keys.
        Key.compared += 1
        if Key.compared == 2:
            one.clear()
        return True


one, other = (collections.OrderedDict.fromkeys([0, Key(), 4.2]) for _ in range(2))
raises(RuntimeError, "OrderedDict mutated during iteration", one.__eq__, other)

# A group shows its sequence as it was given.
sequence = collections.deque([ValueError(1)])
group = ExceptionGroup("test", sequence)
sequence.clear()
assert repr(group) == "ExceptionGroup('test', deque([ValueError(1)]))"
deep = ()
for _ in range(2_000_000):
    deep = (deep,)
raises(RecursionError, "while hashing a tuple", hash, deep)


# A union of what had no hash has none later on.
class Unhashable(type):
    able = False

    def __hash__(self):
        if Unhashable.able:
            return 1
        raise TypeError("not hashable")


class A(metaclass=Unhashable): pass
class B(metaclass=Unhashable): pass

union = A | B
raises(TypeError, "not hashable", hash, union)
Unhashable.able = True
raises(TypeError, "union contains 2 unhashable elements", hash, union)


# Generators: classes that make no exception, frames that have ended, what nobody can catch.
class NoException(Exception):
    def __new__(cls):
        return cls


def generator():
    yield


g = generator()
raises(TypeError, "should have returned an instance of BaseException", g.throw, NoException)
assert list(g) == []
g = generator()
frame = g.gi_frame
assert list(g) == [None] and frame.f_back is None


class Dies:
    def __del__(self):
        raise ValueError("in the end")


def ignores():
    while True:
        try:
            yield
        except GeneratorExit:
            pass


told = []
sys.unraisablehook = lambda args: told.append((args.err_msg, args.object, args.exc_traceback is None))
Dies()
g = ignores()
next(g)
text = repr(g)
del g
sys.unraisablehook = sys.__unraisablehook__
assert told == [
    (f"Exception ignored while calling deallocator {Dies.__del__!r}", None, False),
    (f"Exception ignored while closing generator {text}", None, False),
], told


# What anext() answers with a default can be sent to, whatever is behind it.
class Asynchronous:
    async def __anext__(self):
        return 7


try:
    anext(Asynchronous(), None).__await__().send(None)
except StopIteration as stop:
    assert stop.value == 7
else:
    raise AssertionError("nothing was awaited")

# Code of a module as a function works on the globals.
code = compile("a = [x for x in (1, 2)][1]; del b", "?", "exec")
namespace = {"b": 1}
types.FunctionType(code, namespace)()
assert namespace["a"] == 2 and "b" not in namespace
f = (lambda x, y, *, z=1, w=1: 1).__code__
assert hash(f) != hash(f.replace(co_posonlyargcount=2, co_kwonlyargcount=0))


class Mapping:
    def __getitem__(self, key):
        raise KeyError(key)

    def keys(self):
        return list("zyx")


assert eval("dir()", {}, Mapping()) == ["x", "y", "z"]
raises(AttributeError, "iter", eval, "x.__reduce__()", {"__builtins__": types.MappingProxyType({}), "x": iter([1])})

# Keys of namespaces that are no strs are asked whether they are the name.
class Name:
    def __hash__(self):
        return hash("attr")

    def __eq__(self, other):
        return other == "attr"


class Holder: pass

holder = Holder()
holder.__dict__[Name()] = 5
assert holder.attr == 5 and eval("attr", {"__builtins__": {Name(): 7}}) == 7


# Interpolated strings nest so deep and no deeper.
def nested(depth):
    return "1" if depth == 0 else f'f"{{{nested(depth - 1)}}}"'


assert eval(nested(149)) == "1"
raises(SyntaxError, "too many nested f-strings or t-strings", eval, nested(150))
assert eval('f"{1:{1:{1}}}"') == "1"
raises(SyntaxError, "f-string: expressions nested too deeply", eval, 'f"{1:{1:{1:{1}}}}"')
raises(SyntaxError, "lambda expressions are not allowed without parentheses", eval, "f'{lambda x:}'")
raises(SyntaxError, "encoding problem: utf8 with BOM", compile, b"\xef\xbb\xbf#coding: utf8\n", "?", "exec")
raises(SyntaxError, "codec can't decode byte", compile, b"#coding: utf8\n'\x89'", "?", "exec")

# The collector tells what it has done, and keeps what it is asked to keep.
gc.collect()
old = gc.get_stats()
gc.collect(0)
assert [new["collections"] - was["collections"] for new, was in zip(gc.get_stats(), old)] == [1, 0, 0]
assert sorted(gc.get_referents([1, 3, 5])) == [1, 3, 5] and sorted(gc.get_referents({1: 3})) == [1, 3]
assert not gc.is_tracked(int) and gc.is_tracked(A)
lonely = []
lonely.append(lonely)
address = id(lonely)
gc.set_debug(gc.DEBUG_SAVEALL)
del lonely
gc.collect()
gc.set_debug(0)
assert [id(kept) for kept in gc.garbage] == [address]
gc.garbage.clear()
