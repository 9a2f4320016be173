# stdout: ok
# a new class does what its bases do, wherever it defines nothing itself; later changes are seen below it.
import array
import collections
import itertools

NATIVES = [object, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, BaseException, OSError,
           type, property, staticmethod, classmethod, super, collections.deque, collections.OrderedDict,
           collections.defaultdict, array.array, itertools.count, map, filter, zip, enumerate, reversed]

# Everything can be derived from, twice, alone and beside a mixin, with and without special methods of its own.
class Mixin:
    def __len__(self):
        return 7

    def __eq__(self, other):
        return 'mixin'

    __hash__ = None

for base in NATIVES:
    first = type(base)('First', (base,), {})
    second = type(base)('Second', (first,), {'__repr__': lambda self: 'second', '__iadd__': lambda self, other: 'iadd'})
    if base not in (object, type):
        mixed = type(base)('Mixed', (Mixin, first), {})
        assert mixed.__len__ is Mixin.__len__ and mixed.__hash__ is None
    assert second.__mro__[1:] == first.__mro__
    assert first.__repr__ is base.__repr__ and second.__repr__ is not base.__repr__

# Operators of natives are inherited; those that a class defines, in either order, win.
class Int(int):
    pass

class Adds(Int):
    def __add__(self, other):
        return 'adds'

class Radds(Int):
    def __radd__(self, other):
        return 'radds'

assert (Int(2) + 3, Int(2) + Int(3), 3 - Int(2), -Int(1), hash(Int(5)), Int(3) < 4) == (5, 5, 1, -1, 5, True)
assert (Adds(1) + 1, 1 + Adds(1), Radds(1) + 1, 1 + Radds(1), Int(1) + Radds(1)) == ('adds', 2, 2, 'radds', 'radds')

class List(list):
    def __radd__(self, other):
        return 'radd'

assert ([1] + List(), List([1]) + [2], List([1]) * 2, 2 * List([1])) == ('radd', [1, 2], [1, 1], [1, 1])

class Text(str):
    def __mod__(self, other):
        return 'mod'

assert (Text('%s') % 1, Text('a') + 'b', Text('ab')[0], 'a' in Text('ab'), len(Text('abc'))) == ('mod', 'ab', 'a', True, 3)

# Equality without a hash makes a class unhashable, and so its subclasses, until one has a hash.
class Equal:
    def __eq__(self, other):
        return True

class Below(Equal):
    pass

class Hashed(Below):
    def __hash__(self):
        return 5

for unhashable in (Equal, Below):
    try:
        hash(unhashable())
    except TypeError as error:
        assert str(error) == f"unhashable type: '{unhashable.__name__}'", error
    else:
        raise AssertionError(unhashable)
assert hash(Hashed()) == 5 and Below() == 3 and not Below() != 3

# A change of a class reaches what is derived from it, unless that has its own.
class Base:
    pass

class Middle(Base):
    pass

class Own(Middle):
    def __len__(self):
        return 1

class Leaf(Middle):
    pass

Base.__len__ = lambda self: 4
Base.__call__ = lambda self: 'called'
Base.__getattr__ = lambda self, name: name.upper()
assert (len(Leaf()), len(Own()), Leaf()(), Leaf().abc) == (4, 1, 'called', 'ABC')
Middle.__len__ = lambda self: 5
assert (len(Leaf()), len(Own()), len(Base())) == (5, 1, 4)
del Middle.__len__, Own.__len__
assert (len(Leaf()), len(Own())) == (4, 4)
del Base.__len__, Base.__getattr__
for gone in (lambda: len(Leaf()), lambda: Leaf().abc):
    try:
        gone()
    except (TypeError, AttributeError):
        pass
    else:
        raise AssertionError

# What a native has as a method is found by the operator of a class derived from it.
class Keys(dict):
    pass

assert (1 in Keys({1: 2}), Keys({1: 2})[1], list(Keys({1: 2})), bool(Keys())) == (True, 2, [1], False)
Keys.__contains__ = lambda self, key: key == 9
assert 9 in Keys() and 1 not in Keys({1: 2})
del Keys.__contains__
assert 1 in Keys({1: 2}) and 9 not in Keys()

# Several bases, and finalizers from any of them.
gone = []

class Finalized:
    def __del__(self):
        gone.append(type(self).__name__)

class A(Finalized):
    pass

class B(Equal, Finalized):
    pass

A(), B()
assert gone == ['B', 'A'], gone
print('ok')
