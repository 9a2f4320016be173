# Every kind of statement, once.
# closures, defaults, kwargs
def f(a, b=2, *args, c, d=4, **kw):
    return (a, b, args, c, d, kw)
assert f(1, c=3) == (1, 2, (), 3, 4, {})
assert f(1, 5, 6, 7, c=3, e=9) == (1, 5, (6, 7), 3, 4, {'e': 9})
def outer():
    n = 0
    def inc():
        nonlocal n
        n += 1
        return n
    return inc
i = outer(); i(); assert i() == 2
# comprehension
assert [x*x for x in range(5) if x % 2] == [1, 9]
assert {x: x+1 for x in range(3)} == {0: 1, 1: 2, 2: 3}
assert {x % 3 for x in range(10)} == {0, 1, 2}
assert sum(x for x in range(10)) == 45
# try/finally
log = []
def t():
    try:
        try:
            1 / 0
        except ZeroDivisionError as e:
            log.append(str(e))
            raise ValueError("x") from e
        finally:
            log.append("fin")
    except ValueError as e:
        log.append(repr(e.__cause__))
        return 5
    else:
        log.append("else")
assert t() == 5
assert log == ['division by zero', 'fin', "ZeroDivisionError('division by zero')"], log
# with
class CM:
    def __enter__(self): log.append("enter"); return self
    def __exit__(self, *a): log.append(a[0]); return True
with CM() as c:
    raise KeyError(1)
assert log[-1] is KeyError
# inheritance, super, property
class A:
    x = 1
    def __init__(self, v): self.v = v
    @property
    def p(self): return self.v
    @p.setter
    def p(self, n): self.v = n
    @classmethod
    def cm(cls): return cls.__name__
    @staticmethod
    def sm(a): return a + 1
    def m(self): return "A"
    def __repr__(self): return f"A({self.v!r})"
    def __eq__(self, o): return isinstance(o, A) and self.v == o.v
    def __hash__(self): return hash(self.v)
    def __add__(self, o): return A(self.v + o.v)
    def __len__(self): return 3
    def __getitem__(self, k): return k
    def __call__(self, z): return z * 2
class B(A):
    def m(self): return "B" + super().m()
    def __init__(self, v): super().__init__(v * 2)
b = B(4)
assert b.p == 8; b.p = 9; assert b.v == 9
assert b.m() == "BA", b.m()
assert B.cm() == "B" and b.sm(1) == 2
assert repr(b) == "A(9)"
assert (A(1) + A(2)).v == 3
assert len(b) == 3 and b[5] == 5 and b(4) == 8
assert {A(1): 2}[A(1)] == 2
assert isinstance(b, A) and issubclass(B, A)
# generators
def g():
    x = yield 1
    y = yield x
    return y
it = g(); assert next(it) == 1; assert it.send(7) == 7
try: it.send(8)
except StopIteration as e: assert e.value == 8
def yf():
    r = yield from g()
    yield r
it = yf(); next(it); it.send(1); assert it.send(3) == 3
# unpack
a, *b, c = range(5); assert (a, b, c) == (0, [1,2,3], 4)
(a, b), c = (1, 2), 3
# star call
assert f(*[1,2], **{'c': 3}) == (1,2,(),3,4,{})
# strings
assert f"{1+1:>4}|{'a'!r}|{3.14159:.2f}" == "   2|'a'|3.14"
assert "%s %d %.1f" % ("a", 3, 2.5) == "a 3 2.5"
assert "abc".upper() + "D".lower() == "ABCd"
assert ",".join(["a", "b"]) == "a,b"
assert "a,b".split(",") == ["a", "b"]
# match
def m(x):
    match x:
        case 0: return "zero"
        case [a, b]: return a + b
        case {"k": v}: return v
        case str() as s: return s
        case A(v=q): return q
        case _: return None
assert m(0) == "zero" and m([1, 2]) == 3 and m({"k": 5}) == 5 and m("s") == "s" and m(A(6)) == 6 and m(1.5) is None
# while/else, walrus, chained comparison, ternary, lambda
n = 0
while (n := n + 1) < 5: pass
else: n = 100
assert n == 100 and 1 < 2 < 3 and not 1 < 3 < 2
assert (lambda x, y=2: x + y)(1) == 3
# del, global
def gl():
    global G
    G = 5
gl(); assert G == 5; del G
# except*
try:
    raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
except* ValueError as e:
    log.append(len(e.exceptions))
except* TypeError as e:
    log.append("T")
assert log[-2:] == [1, "T"], log
# sort
assert sorted([3,1,2], key=lambda x: -x) == [3,2,1]
L = [5,2,9]; L.sort(); assert L == [2,5,9]
# slices
assert list(range(10))[2:8:2] == [2,4,6] and "hello"[::-1] == "olleh"
# int big
assert 2**100 == 1267650600228229401496703205376 and (2**100) % 97 == pow(2, 100, 97)
assert 10**20 // 3 == 33333333333333333333
# decorators
def deco(fn):
    def w(*a): return fn(*a) + 1
    return w
@deco
def h(x): return x
assert h(1) == 2
# class with slots, metaclass
class S:
    __slots__ = ("a", "b")
s = S(); s.a = 1
try: s.c = 2
except AttributeError as e: pass
else: assert 0
class M(type):
    def __new__(m, n, b, d): d['zz'] = 1; return super().__new__(m, n, b, d)
class MC(metaclass=M): pass
assert MC.zz == 1
# del order
class D:
    def __init__(self, n): self.n = n
    def __del__(self): log.append(self.n)
d = D("del1"); d = None
assert log[-1] == "del1", log
def ff():
    x = D("del2")
ff(); assert log[-1] == "del2"
# recursion
def rec(n): return 0 if n == 0 else 1 + rec(n-1)
assert rec(900) == 900
try: rec(100000)
except RecursionError as e: pass
else: assert 0
# async
async def co(): return 5
async def main(): return await co() + 1
c = main()
try: c.send(None)
except StopIteration as e: assert e.value == 6
