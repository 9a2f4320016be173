# stdout: ok
# Iterators, partials, methods and classes stacked a hundred thousand deep.
import collections
import functools
import itertools
import operator
import types

DEEP = 20_000


def outcome(call, *arguments):
    try:
        return type(call(*arguments)).__name__
    except RecursionError:
        return "RecursionError"
    except (StopIteration, TypeError) as error:
        return type(error).__name__


def stacked(make, start, depth=DEEP):
    value = start
    for _ in range(depth):
        value = make(value)
    return value


seen = {}
for name, make in {
    "map": lambda v: map(int, v),
    "filter": lambda v: filter(None, v),
    "zip": lambda v: zip(v),
    "enumerate": lambda v: enumerate(v),
    "chain": lambda v: itertools.chain(v),
    "islice": lambda v: itertools.islice(v, 3),
    "starmap": lambda v: itertools.starmap(int, v),
    "cycle": itertools.cycle,
    "takewhile": lambda v: itertools.takewhile(bool, v),
    "accumulate": itertools.accumulate,
    "pairwise": itertools.pairwise,
    "compress": lambda v: itertools.compress(v, itertools.repeat(1)),
    "batched": lambda v: itertools.batched(v, 1),
    "groupby": itertools.groupby,
    "zip_longest": lambda v: itertools.zip_longest(v),
    "tee": lambda v: itertools.tee(v)[0],
    "generator": lambda v: (x for x in v),
}.items():
    value = stacked(make, iter([1, 2, 3]))
    seen[name] = outcome(next, value)
    del value
for name, result in seen.items():
    assert result in ("RecursionError", "int", "tuple", "StopIteration", "list", "islice", "_grouper", "TypeError"), (name, result)

# Each method passes one argument more.
partial = stacked(lambda v: types.MethodType(v, 1), lambda *args: len(args), 5000)
assert outcome(partial) in ("RecursionError", "int"), outcome(partial)
assert outcome(hash, partial) in ("RecursionError", "int")
outcome(repr, partial)
del partial
value = stacked(lambda v: functools.partial(v, x=1), dict)
outcome(value)
outcome(repr, value)
del value
value = stacked(lambda v: staticmethod(v), list)
outcome(value)
outcome(repr, value)
del value
value = stacked(lambda v: collections.deque([v]), None)
outcome(repr, value)
outcome(lambda: value == stacked(lambda v: collections.deque([v]), None))
outcome(lambda: value.copy())
del value
value = stacked(lambda v: collections.OrderedDict(a=v), None)
outcome(repr, value)
del value
value = stacked(lambda v: types.SimpleNamespace(a=v), None)
assert outcome(repr, value) in ("RecursionError", "str")
outcome(lambda: value == stacked(lambda v: types.SimpleNamespace(a=v), None))
del value
value = stacked(lambda v: types.MappingProxyType({1: v}), None)
outcome(repr, value)
del value
value = stacked(lambda v: list[v], int)
outcome(repr, value)
outcome(hash, value)
outcome(lambda: value == stacked(lambda v: list[v], int))
del value
value = stacked(lambda v: operator.itemgetter(v), 1)
outcome(repr, value)
del value
value = stacked(lambda v: ExceptionGroup("g", [v]), ValueError(), 20_000)
outcome(repr, value)
outcome(str, value)
outcome(lambda: value.split(ValueError))
outcome(lambda: value.subgroup(lambda e: True))
del value
value = stacked(lambda v: memoryview(v), memoryview(b"x"), 10_000)
value.tolist()
del value
value = None
for _ in range(DEEP):
    error = ValueError()
    error.__context__ = value
    error.__cause__ = value
    value = error
del value, error
print("ok")
