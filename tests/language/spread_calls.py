"""Arguments from tuples and dicts: every way in which they find their parameters, and what does not fit."""

said = []


def say(*values):
    said.append(" ".join(map(str, values)))


def f(a, b=2, *rest, c=3, d, **others):
    return a, b, rest, c, d, others

def show(function, *args, **kwargs):
    try:
        say(function(*args, **kwargs))
    except TypeError as error:
        say("TypeError:", error)

def g(*args, **kwargs): return args, kwargs
def h(a, /, **kw): return a, kw
def k(a, b=1, *, c, d=4): return a, b, c, d
def many(a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9, *, j=10, **kw): return a, b, c, d, e, f, g, h, i, j, kw
def nothing(**kw): return kw

show(f, 1, d=4)
show(f, 1, 2, 3, 4, d=5, e=6)
show(f, 1, 2, 3, 4, e=6)
show(f, d=1, a=2, x=3, b=4)
show(f, 1, a=2, d=3)
show(f, 1, 2, b=2, d=3)
show(g)
show(g, 1, 2, x=1, y=2)
show(h, 1, a=2)
show(h, a=2)
show(k, 1, c=2)
show(k, 1, 2, 3)
show(k, 1)
show(k, 1, c=2, e=3)
show(many)
show(many, j=1, z=2, a=5, i=0)
show(nothing, **{str(i): i for i in range(12)})
show(nothing, 1)
class S(str): pass
show(nothing, **{S("x"): 1})
show(g, **{S("x"): 1})
show(f, 1, **{"".join(["d"]): 5, "".join(["q", "r"]): 6})
try: g(**{1: 2})
except TypeError as e: say(e)
try: g(*1)
except TypeError as e: say(e)
try: g(**1)
except TypeError as e: say(e)
try: g(x=1, **{"x": 2})
except TypeError as e: say(e)

class A:
    def __init__(self, *args, **kw): self.args, self.kw = args, kw
    def m(self, *args, **kw): return args, kw
    def n(self, a, b=2): return a, b
    def __repr__(self): return f"A{self.args}{self.kw}"
args = (1, 2)
say(A(*args), A(*()), A(*args, x=1), A(*range(10)))
a = A(*[1])
say(a.m(*args), a.m(*args, **{"z": 1}), a.n(*args), a.n(*(5,)))
bound = a.m
say(bound(*args), bound(*args, k=2), bound(**{"q": 1}))
show(a.n, *(1, 2, 3))
show(a.n)
class B:
    def __init__(self, a): self.a = a
show(B, *())
show(B, *(1, 2))
class N:
    def __new__(cls, *args): 
        self = super().__new__(cls); self.args = args; return self
    def __init__(self, *args): self.n = len(args)
n = N(*args)
say(n.args, n.n)
class E(Exception): pass
say(repr(E(*args)), repr(ValueError(*args)), int(*("12", 8)), type(*(3,)), dict(*([(1, 2)],)))
try: int(*("zz",))
except ValueError as e: say(e)
class Bad:
    def __init__(self, *a): raise KeyError(a)
try: Bad(*args)
except KeyError as e: say("KeyError", e)
class Returns:
    def __init__(self): return 5
try: Returns(*())
except TypeError as e: say(e)
big = tuple(range(5000))
say(len(g(*big)[0]), len(A(*big).args), sum(max(*big) for _ in range(2)))
say(len(g(**{f"k{i}": i for i in range(3000)})[1]))
# a value only in the arguments, and one that ends its life by the call
import weakref
class W: pass
def keep(*args, **kw): return [weakref.ref(x) for x in (*args, *kw.values())]
refs = keep(W(), w=W())
say([r() for r in refs])
def deco(fn):
    def wrapper(*args, **kwargs):
        return fn(*args, **kwargs)
    return wrapper
@deco
def fib(n, *, base=1): return base if n < 2 else fib(n - 1, base=base) + fib(n - 2, base=base)
say(fib(12), fib(10, base=2))
@deco
def deep(n): return deep(n + 1)
try: deep(0)
except RecursionError as e: say("RecursionError", e)
kw = {"a": 1}
def mutate(**k): k["b"] = 2; return k
say(mutate(**kw), kw)

# Mappings: a dict of a class that iterates as dict does is copied as it stands, whatever else the class says.
class Stubborn(dict):
    def __getitem__(self, key): raise RuntimeError("asked for an item")
    def keys(self): raise RuntimeError("asked for keys")
class Telling(dict):
    def __iter__(self): return iter(["told"])
    def keys(self): return ["told"]
    def __getitem__(self, key): return "a tale"
say(mutate(**Stubborn(a=1)), {**Stubborn(a=1)}, {"x": 0, **Stubborn(a=1)}, mutate(x=0, **Stubborn(a=1)), dict(Stubborn(a=1)))
say(mutate(**Telling(a=1)), {**Telling(a=1)}, mutate(x=0, **Telling(a=1)), dict(Telling(a=1)))
try: mutate(a=0, **Stubborn(a=1))
except TypeError as e: say(e)
try: mutate(told=0, **Telling(a=1))
except TypeError as e: say(e)

EXPECTED = """\
(1, 2, (), 3, 4, {})
(1, 2, (3, 4), 3, 5, {'e': 6})
TypeError: f() missing 1 required keyword-only argument: 'd'
(2, 4, (), 3, 1, {'x': 3})
TypeError: f() got multiple values for argument 'a'
TypeError: f() got multiple values for argument 'b'
((), {})
((1, 2), {'x': 1, 'y': 2})
(1, {'a': 2})
TypeError: h() missing 1 required positional argument: 'a'
(1, 1, 2, 4)
TypeError: k() takes from 1 to 2 positional arguments but 3 were given
TypeError: k() missing 1 required keyword-only argument: 'c'
TypeError: k() got an unexpected keyword argument 'e'
(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, {})
(5, 2, 3, 4, 5, 6, 7, 8, 0, 1, {'z': 2})
{'0': 0, '1': 1, '2': 2, '3': 3, '4': 4, '5': 5, '6': 6, '7': 7, '8': 8, '9': 9, '10': 10, '11': 11}
TypeError: nothing() takes 0 positional arguments but 1 was given
{'x': 1}
((), {'x': 1})
(1, 2, (), 3, 5, {'qr': 6})
keywords must be strings
__main__.g() argument after * must be an iterable, not int
__main__.g() argument after ** must be a mapping, not int
__main__.g() got multiple values for keyword argument 'x'
A(1, 2){} A(){} A(1, 2){'x': 1} A(0, 1, 2, 3, 4, 5, 6, 7, 8, 9){}
((1, 2), {}) ((1, 2), {'z': 1}) (1, 2) (5, 2)
((1, 2), {}) ((1, 2), {'k': 2}) ((), {'q': 1})
TypeError: A.n() takes from 2 to 3 positional arguments but 4 were given
TypeError: A.n() missing 1 required positional argument: 'a'
TypeError: B.__init__() missing 1 required positional argument: 'a'
TypeError: B.__init__() takes 2 positional arguments but 3 were given
(1, 2) 2
E(1, 2) ValueError(1, 2) 10 <class 'int'> {1: 2}
invalid literal for int() with base 10: 'zz'
KeyError (1, 2)
__init__() should return None, not 'int'
5000 5000 9998
3000
[None, None]
233 178
RecursionError maximum recursion depth exceeded
{'a': 1, 'b': 2} {'a': 1}
{'a': 1, 'b': 2} {'a': 1} {'x': 0, 'a': 1} {'x': 0, 'a': 1, 'b': 2} {'a': 1}
{'told': 'a tale', 'b': 2} {'told': 'a tale'} {'x': 0, 'told': 'a tale', 'b': 2} {'told': 'a tale'}
__main__.mutate() got multiple values for keyword argument 'a'
__main__.mutate() got multiple values for keyword argument 'told'
"""
for line, expected in zip(said, EXPECTED.splitlines(), strict=True):
    assert line == expected, (line, expected)
