# options: -W ignore
# Frames: variables that write through, suspended generators, other threads.
import sys

def raises(kind, message, call):
    try:
        call()
    except kind as e:
        assert message is None or str(e) == message, (str(e), message)
        return e
    raise AssertionError(f"{kind} expected")

# f_locals writes through, to cells too; unknown names are kept beside.
def f(a):
    x = 1
    def g():
        return x
    view = sys._getframe().f_locals
    assert type(view).__name__ == "FrameLocalsProxy"
    view["a"] = 10
    view["x"] = 20
    view["new"] = 30
    assert (a, x, g()) == (10, 20, 20)
    assert view["new"] == 30 and "new" not in locals() or locals()["new"] == 30
    assert sys._getframe().f_locals == view and sys._getframe().f_locals is not view
    assert set(view) == {"a", "x", "g", "view", "new"}
    raises(ValueError, "cannot remove local variables from FrameLocalsProxy", lambda: view.pop("a"))
    raises(ValueError, "cannot remove local variables from FrameLocalsProxy", lambda: view.__delitem__("a"))
    raises(KeyError, '"local variable \'\'zz\'\' is not defined"', lambda: view["zz"])
    raises(KeyError, "'zz'", lambda: view.pop("zz"))
    assert view.pop("new") == 30 and "new" not in view
    assert view.get("zz") is None and view.get("zz", 1) == 1
    assert view.setdefault("a", 5) == 10 and view.setdefault("b", 5) == 5
    view.update({"a": 11, 7: 8})
    assert a == 11 and view[7] == 8
    del view[7]
    assert (view | {"q": 1})["q"] == 1 and type(view | {}) is dict and type({} | view) is dict
    view |= {"a": 12}
    assert a == 12 and type(view).__name__ == "FrameLocalsProxy"
    assert list(reversed(view))[-1] == list(view)[0]
    assert view.copy() == dict(view) == view
    assert len(view) == len(list(view)) == len(view.keys()) == len(view.values()) == len(view.items())
    raises(TypeError, "unhashable type: 'list'", lambda: view[[]])
    raises(TypeError, "unhashable type: 'FrameLocalsProxy'", lambda: hash(view))
    raises(TypeError, "update() argument must be dict or another FrameLocalsProxy", lambda: view.update(3))
    assert "{...}" in repr(view)
f(5)

# A variable that is not bound yet is bound through the view.
def unbound():
    sys._getframe().f_locals["y"] = 4
    if False:
        y = 1
    return y
assert unbound() == 4

# A caller's variable, changed from below, while the value is in use.
def change():
    sys._getframe(1).f_locals["value"] = "changed"
def caller():
    value = ["a", "b"]
    result = [value, change(), value]
    return result
assert caller() == [["a", "b"], None, "changed"]

# locals() of a function is a new dict each time.
def snapshots():
    a = 1
    first = locals()
    a = 2
    first["a"] = 3
    return a, first, locals() is first
assert snapshots()[0] == 2 and snapshots()[1]["a"] == 3 and not snapshots()[2]
class Body:
    x = 1
    assert locals() is locals() and sys._getframe().f_locals is locals()
assert sys._getframe().f_locals is globals() or True

# Comprehensions see what is around them.
def comprehension():
    a = 1
    return [sorted(locals()) for b in [1]]
assert comprehension() == [["a", "b"]], comprehension()

# Generators: their frames while they rest.
def gen():
    x = 1
    got = yield x
    yield got
    yield x
it = gen()
fr = it.gi_frame
assert fr.f_generator is it and fr.f_back is None and fr.f_lineno == gen.__code__.co_firstlineno
assert not it.gi_suspended and not it.gi_running and it.gi_yieldfrom is None
assert next(it) == 1 and it.gi_suspended and it.gi_frame is fr
assert fr.f_lineno == gen.__code__.co_firstlineno + 2 and dict(fr.f_locals) == {"x": 1}
fr.f_locals["x"] = 7
assert it.send(3) == 3 and next(it) == 7
raises(RuntimeError, "cannot clear a suspended frame", fr.clear)
del it
assert fr.f_generator is None and dict(fr.f_locals) == {"x": 7, "got": 3}
fr.clear()
assert dict(fr.f_locals) == {}
it = gen()
it.gi_frame.clear()
assert it.gi_frame is None and list(it) == []
raises(RuntimeError, "cannot clear an executing frame", lambda: sys._getframe(1).clear())
def running():
    yield me.gi_running, me.gi_suspended, me.gi_frame is sys._getframe(), sys._getframe().f_generator is me
me = running()
assert next(me) == (True, False, True, True)
def inner(): yield 1
def outer():
    yield from i
i = inner()
o = outer()
next(o)
assert o.gi_yieldfrom is i
async def coro():
    await waiting
class W:
    def __await__(self): yield 1
waiting = W()
c = coro()
assert c.cr_await is None and c.cr_frame.f_code is coro.__code__ and c.cr_origin is None
c.send(None)
assert c.cr_suspended and type(c.cr_await).__name__ == "generator"
c.close()
assert c.cr_frame is None

# Attributes.
fr = sys._getframe()
assert fr.f_trace is None and fr.f_trace_lines is True and fr.f_trace_opcodes is False
raises(TypeError, "attribute value type must be bool", lambda: setattr(fr, "f_trace_lines", 1))
raises(TypeError, "can't delete numeric/char attribute", lambda: delattr(fr, "f_trace_lines"))
raises(ValueError, "f_lineno can only be set in a trace function", lambda: setattr(fr, "f_lineno", 1))
raises(ValueError, "lineno must be an integer", lambda: setattr(fr, "f_lineno", "1"))
raises(AttributeError, "attribute 'f_code' of 'frame' objects is not writable", lambda: setattr(fr, "f_code", 1))
def ended():
    a = 1
    return sys._getframe()
fr = ended()
assert fr.f_locals["a"] == 1 and fr.f_back is sys._getframe()
fr.f_locals["a"] = 2
assert fr.f_locals["a"] == 2

# What a generator runs does not change with its function.
def one():
    yield 1
    yield 2
it = one()
next(it)
one.__code__ = (lambda: 3).__code__
assert list(it) == [2]

import _thread
inside, leave = _thread.allocate_lock(), _thread.allocate_lock()
inside.acquire(); leave.acquire()
def in_thread():
    secret = "s"
    try:
        raise KeyError("k")
    except KeyError:
        inside.release()
        leave.acquire()
    result.append(secret)
    inside.release()
result = []
ident = _thread.start_new_thread(in_thread, ())
inside.acquire()
frames = sys._current_frames()
assert frames[ident].f_code is in_thread.__code__ and frames[_thread.get_ident()] is sys._getframe()
assert isinstance(sys._current_exceptions()[ident], KeyError)
assert frames[ident].f_locals["secret"] == "s" and frames[ident].f_lineno > 0
frames[ident].f_locals["secret"] = ["t"]
leave.release()
inside.acquire()
assert result == [["t"]], result
