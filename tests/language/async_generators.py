# options: -W ignore
# Asynchronous generators: their awaitables, hooks, errors and end.
import sys

def run(coroutine):
    while True:
        try:
            coroutine.send(None)
        except StopIteration as stop:
            return stop.value

def raises(kind, message, call):
    try:
        call()
    except kind as e:
        assert message is None or str(e) == message, (str(e), message)
        return e
    raise AssertionError(f"{kind} expected")

class Pause:
    def __await__(self):
        return (yield "paused")

async def count(n):
    for i in range(n):
        await Pause()
        got = yield i
        if got is not None:
            yield ("got", got)

async def collect(n):
    return [x async for x in count(n)]

assert run(collect(4)) == [0, 1, 2, 3]

async def comprehensions():
    a = {x async for x in count(3)}
    b = {x: y async for x in count(2) async for y in count(x + 1)}
    c = [y for x in [1, 2] async for y in count(x) if y >= 0]
    d = (x async for x in count(3) if x != 1)
    return a, b, c, [x async for x in d], type(d).__name__

assert run(comprehensions()) == ({0, 1, 2}, {0: 0, 1: 1}, [0, 0, 1], [0, 2], "async_generator")

async def sends():
    g = count(3)
    first = await anext(g)
    second = await g.asend("x")
    third = await g.__anext__()
    await g.aclose()
    try:
        await g.__anext__()
    except StopAsyncIteration:
        return first, second, third
    raise AssertionError

assert run(sends()) == (0, ("got", "x"), 1)

async def throws():
    log = []
    async def g():
        try:
            yield 1
        except ValueError as e:
            log.append(str(e))
            yield 2
        finally:
            await Pause()
            log.append("end")
    it = g()
    assert await anext(it) == 1
    assert await it.athrow(ValueError("v")) == 2
    await it.aclose()
    await it.aclose()
    assert log == ["v", "end"], log
    it = g()
    try:
        await it.athrow(KeyError("k"))
    except KeyError:
        log.append("key")
    assert log[-1] == "key"
    async def stubborn():
        try:
            yield 1
        except GeneratorExit:
            yield 2
    it = stubborn()
    await anext(it)
    try:
        await it.aclose()
    except RuntimeError as e:
        assert str(e) == "async generator ignored GeneratorExit"
    else:
        raise AssertionError
    return True

assert run(throws())

async def defaults():
    async def empty():
        return
        yield
    assert await anext(empty(), "d") == "d"
    assert await anext(aiter(count(1)), "d") == 0
    try:
        await anext(empty())
    except StopAsyncIteration:
        return True

assert run(defaults())

# Attributes.
async def attributes():
    yield 1
    await Pause()
g = attributes()
assert (g.ag_running, g.ag_suspended, g.ag_await) == (False, False, None)
assert g.ag_code is attributes.__code__ and g.ag_frame.f_code is g.ag_code
assert g.__name__ == "attributes" and g.__qualname__ == "attributes"
g.__name__ = "other"
assert g.__name__ == "other"
raises(TypeError, "__name__ must be set to a string object", lambda: setattr(g, "__name__", 1))
s = g.__anext__()
assert type(s).__name__ == "async_generator_asend" and iter(s) is s and s.__await__() is s
try:
    s.send(None)
except StopIteration as e:
    assert e.value == 1
assert g.ag_suspended and not g.ag_running
s = g.asend(None)
assert s.send(None) == "paused"
assert g.ag_running and type(g.ag_await).__name__ == "generator"
raises(RuntimeError, "anext(): asynchronous generator is already running", lambda: g.__anext__().send(None))
raises(RuntimeError, "athrow(): asynchronous generator is already running", lambda: g.athrow(ValueError).send(None))
raises(RuntimeError, "aclose(): asynchronous generator is already running", lambda: g.aclose().send(None))
raises(StopAsyncIteration, "", lambda: s.send(None))
raises(RuntimeError, "cannot reuse already awaited __anext__()/asend()", lambda: s.send(None))
raises(RuntimeError, "cannot reuse already awaited __anext__()/asend()", lambda: s.throw(ValueError))
assert g.ag_frame is None
c = g.aclose()
raises(StopIteration, None, lambda: c.send(None))
raises(RuntimeError, "cannot reuse already awaited aclose()/athrow()", lambda: c.send(None))
g = attributes()
raises(TypeError, "can't send non-None value to a just-started async generator", lambda: g.asend(1).send(None))
g = attributes()
raises(RuntimeError, "can't send non-None value to a just-started coroutine", lambda: g.aclose().send(1))
assert attributes().__class_getitem__(int)
s = attributes().__anext__()
s.close()
raises(RuntimeError, "cannot reuse already awaited __anext__()/asend()", lambda: s.send(None))

# Hooks.
log = []
def first(g):
    log.append(("first", g.__name__))
def last(g):
    log.append(("last", g.__name__))
    try:
        g.aclose().send(None)
    except StopIteration:
        pass
before = sys.get_asyncgen_hooks()
assert before == (None, None)
raises(TypeError, "callable firstiter expected, got int", lambda: sys.set_asyncgen_hooks(firstiter=1))
sys.set_asyncgen_hooks(first, last)
assert sys.get_asyncgen_hooks().firstiter is first
async def hooked():
    try:
        yield 1
        yield 2
    finally:
        log.append("closed")
g = hooked()
assert log == []
try:
    g.__anext__().send(None)
except StopIteration:
    pass
assert log == [("first", "hooked")]
del g
import gc
gc.collect()
assert log == [("first", "hooked"), ("last", "hooked"), "closed"], log
sys.set_asyncgen_hooks(*before)

# Errors of `async for`.
async def loop(x):
    async for _ in x:
        pass
raises(TypeError, "'async for' requires an object with __aiter__ method, got int", lambda: run(loop(1)))
class NoNext:
    def __aiter__(self): return self
raises(TypeError, "'async for' received an object from __aiter__ that does not implement __anext__: NoNext", lambda: run(loop(NoNext())))
class BadNext(NoNext):
    def __anext__(self): return 1
e = raises(TypeError, "'async for' received an invalid object from __anext__: int", lambda: run(loop(BadNext())))
assert isinstance(e.__cause__, TypeError)
raises(TypeError, "'int' object is not an async iterable", lambda: aiter(1))
raises(TypeError, "'int' object is not an async iterator", lambda: anext(1))

# StopIteration does not come out of one.
async def stops():
    yield 1
    raise StopIteration(3)
async def stopped():
    async for _ in stops():
        pass
raises(RuntimeError, "async generator raised StopIteration", lambda: run(stopped()))
async def stops_async():
    yield 1
    raise StopAsyncIteration
async def stopped_async():
    async for _ in stops_async():
        pass
raises(RuntimeError, "async generator raised StopAsyncIteration", lambda: run(stopped_async()))
