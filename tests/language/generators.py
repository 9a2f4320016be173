# options: -W ignore
# Generators in the loop: for, send, throw, close, delegation, depth.
import sys

def raises(kind, message, call):
    try:
        call()
    except kind as e:
        assert message is None or str(e) == message, (str(e), message)
        return e
    raise AssertionError(f"{kind} expected")

def count(n):
    for i in range(n):
        yield i
assert sum(x for x in count(1000)) == 499500
assert [(a, b) for a in count(3) for b in count(a)] == [(1, 0), (2, 0), (2, 1)]

def echo():
    got = None
    while True:
        got = yield got
e = echo()
raises(TypeError, "can't send non-None value to a just-started generator", lambda: e.send(1))
assert next(e) is None and e.send(5) == 5 and e.send("x") == "x"
e.close()
raises(StopIteration, "", lambda: next(e))

def returns():
    yield 1
    return "result"
def delegates():
    return (yield from returns()), (yield from [2, 3])
d = delegates()
assert [next(d) for _ in range(3)] == [1, 2, 3]
assert raises(StopIteration, None, lambda: next(d)).value == ("result", None)

# A generator that is running cannot be resumed.
def again():
    yield next(me)
me = again()
raises(ValueError, "generator already executing", lambda: next(me))

# Exceptions through a chain.
log = []
def low():
    try:
        yield 1
        yield 2
    except KeyError as e:
        log.append(("low", e.args))
        yield "caught"
    finally:
        log.append("finally")
def high():
    try:
        yield from low()
    except ValueError as e:
        log.append(("high", e.args))
h = high()
assert next(h) == 1 and h.throw(KeyError("k")) == "caught"
raises(StopIteration, None, lambda: h.throw(ValueError("v")))
assert log == [("low", ("k",)), "finally", ("high", ("v",))], log
def stop():
    yield 1
    raise StopIteration(1)
s = stop()
next(s)
e = raises(RuntimeError, "generator raised StopIteration", lambda: next(s))
assert isinstance(e.__cause__, StopIteration)
def in_for():
    for x in stop():
        pass
raises(RuntimeError, "generator raised StopIteration", in_for)

# What is being handled is the generator's own while it rests.
def handling():
    try:
        raise ValueError("inside")
    except ValueError:
        yield sys.exception()
        yield sys.exception()
g = handling()
assert str(next(g)) == "inside" and sys.exception() is None
try:
    raise KeyError("outside")
except KeyError as outside:
    assert str(next(g)) == "inside" and sys.exception() is outside

# close()
def ignores():
    try:
        yield 1
    except GeneratorExit:
        yield 2
g = ignores()
next(g)
raises(RuntimeError, "generator ignored GeneratorExit", g.close)
def closes():
    try:
        yield 1
    finally:
        return 5
g = closes()
next(g)
assert g.close() == 5 and g.close() is None
class Closable:
    def __iter__(self): return self
    def __next__(self): return 1
    def close(self): log.append("closed")
def over():
    yield from Closable()
g = over()
next(g)
g.close()
assert log[-1] == "closed"
log.clear()
def dies():
    try:
        yield 1
    finally:
        log.append("died")
g = dies()
next(g)
del g
assert log == ["died"]

# throw() with what is no exception.
raises(TypeError, "exceptions must be classes or instances deriving from BaseException, not int", lambda: count(1).throw(1))
raises(TypeError, "throw expected at least 1 argument, got 0", lambda: count(1).throw())

# Tracebacks go through every frame.
def chain(n):
    if n == 0:
        yield 1
        raise ZeroDivisionError
    yield from chain(n - 1)
c = chain(50)
next(c)
tb = raises(ZeroDivisionError, None, lambda: next(c)).__traceback__
names = []
while tb:
    names.append(tb.tb_frame.f_code.co_name)
    tb = tb.tb_next
assert names.count("chain") == 51, names

# Deep delegation is refused like deep recursion, and what is deep dies.
def deep():
    yield from deep()
raises(RecursionError, "maximum recursion depth exceeded", lambda: next(deep()))
class A:
    def __await__(self):
        return deeper().__await__()
async def deeper():
    await deeper()
raises(RecursionError, "maximum recursion depth exceeded", lambda: deeper().send(None))
g = iter(())
for _ in range(200_000):
    g = (x for x in g)
del g
def holds(inner):
    yield 1
    yield inner
g = None
for _ in range(200_000):
    g = holds(g)
    next(g)
del g
g = None
def guarded(inner):
    try:
        yield 1
    finally:
        inner
for _ in range(50_000):
    g = guarded(g)
    next(g)
del g

# Awaiting.
class Yield:
    def __await__(self):
        return (yield "y")
async def leaf():
    return await Yield()
async def middle():
    return await leaf(), await leaf()
c = middle()
assert c.send(None) == "y" and c.send(1) == "y"
assert raises(StopIteration, None, lambda: c.send(2)).value == (1, 2)
raises(RuntimeError, "cannot reuse already awaited coroutine", lambda: c.send(None))
w = leaf()
v = w.__await__()
assert type(v).__name__ == "coroutine_wrapper" and next(v) == "y"
async def twice():
    await w
raises(RuntimeError, "coroutine is being awaited already", lambda: twice().send(None))
v.close()
async def awaits(x): await x
raises(TypeError, "'int' object can't be awaited", lambda: awaits(1).send(None))
