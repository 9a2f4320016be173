# sys.monitoring: tools, callbacks, every event, DISABLE.
import sys

M = sys.monitoring
E = M.events
TOOL = 2

def raises(kind, message, call):
    try:
        call()
    except kind as e:
        assert message is None or str(e) == message, (str(e), message)
        return e
    raise AssertionError(f"{kind} expected")

raises(ValueError, "invalid tool 6 (must be between 0 and 5)", lambda: M.use_tool_id(6, "x"))
raises(ValueError, "tool name must be a str", lambda: M.use_tool_id(TOOL, 1))
raises(ValueError, "tool 2 is not in use", lambda: M.set_events(TOOL, E.LINE))
assert M.get_tool(TOOL) is None
M.use_tool_id(TOOL, "test")
assert M.get_tool(TOOL) == "test"
raises(ValueError, "tool 2 is already in use", lambda: M.use_tool_id(TOOL, "again"))
raises(ValueError, "cannot set C_RETURN or C_RAISE events independently", lambda: M.set_events(TOOL, E.C_RETURN))
raises(ValueError, "invalid event set 0x40000000", lambda: M.set_events(TOOL, 1 << 30))
raises(ValueError, "The callback can only be set for one event at a time", lambda: M.register_callback(TOOL, 3, None))
raises(TypeError, "code must be a code object", lambda: M.set_local_events(TOOL, 1, E.LINE))
raises(ValueError, "invalid local event set 0x800", lambda: M.set_local_events(TOOL, raises.__code__, E.RAISE))

ALL = {name: getattr(E, name) for name in dir(E) if not name.startswith("_") and name not in ("NO_EVENTS", "BRANCH")}
log = []
def watch(function, wanted, *args, local=False):
    log.clear()
    code = function.__code__
    def make(name):
        def callback(where, *rest):
            if where is code or where.co_name == "<genexpr>":
                line = rest[0] - code.co_firstlineno if name == "LINE" else None
                log.append((name, line) if name == "LINE" else (name, *map(show, rest[1:])))
        return callback
    def show(value):
        if isinstance(value, int): return value
        return getattr(value, "__name__", None) or repr(value)
    events = 0
    for name in wanted:
        events |= ALL[name]
        M.register_callback(TOOL, ALL[name], make(name))
    if local:
        M.set_local_events(TOOL, code, events)
    else:
        M.set_events(TOOL, events)
    try:
        function(*args)
    except Exception:
        pass
    finally:
        M.set_events(TOOL, 0)
        M.set_local_events(TOOL, code, 0)
        for name in wanted:
            M.register_callback(TOOL, ALL[name], None)
    return list(log)

def plain(x):
    y = x + 1
    return y
assert watch(plain, ["PY_START", "PY_RETURN", "LINE"], 1) == [
    ("PY_START",), ("LINE", 1), ("LINE", 2), ("PY_RETURN", 2)], log
assert watch(plain, ["LINE"], 1, local=True) == [("LINE", 1), ("LINE", 2)]
assert watch(plain, ["LINE"], 1) == [("LINE", 1), ("LINE", 2)]
n = len(watch(plain, ["INSTRUCTION"], 1))
assert n >= 5, n

def generator():
    yield 1
    yield 2
    return 3
def run_generator():
    list(generator())
log.clear()
for name in ("PY_START", "PY_RESUME", "PY_YIELD", "PY_RETURN", "PY_THROW", "PY_UNWIND"):
    M.register_callback(TOOL, ALL[name], lambda code, *rest, name=name:
                        log.append((name, *rest[1:])) if code is generator.__code__ else None)
M.set_events(TOOL, sum(ALL[n] for n in ("PY_START", "PY_RESUME", "PY_YIELD", "PY_RETURN", "PY_THROW", "PY_UNWIND")))
run_generator()
g = generator()
next(g)
try:
    g.throw(KeyError("k"))
except KeyError:
    pass
M.set_events(TOOL, 0)
assert log[:6] == [("PY_START",), ("PY_YIELD", 1), ("PY_RESUME",), ("PY_YIELD", 2), ("PY_RESUME",), ("PY_RETURN", 3)], log
assert [e[0] for e in log[6:]] == ["PY_START", "PY_YIELD", "PY_THROW", "PY_UNWIND"], log

def calls():
    len("abc")
    [].append(1)
    int("7")
    plain(1)
    try:
        int("x")
    except ValueError:
        pass
assert watch(calls, ["CALL", "C_RETURN", "C_RAISE"]) == [
    ("CALL", "len", "'abc'"), ("C_RETURN", "len", "'abc'"),
    ("CALL", "append", "[]"), ("C_RETURN", "append", "[1]"),
    ("CALL", "int", "'7'"), ("C_RETURN", "int", "'7'"),
    ("CALL", "plain", 1),
    ("CALL", "int", "'x'"), ("C_RAISE", "int", "'x'")], log

def errors():
    try:
        raise KeyError("k")
    except KeyError:
        pass
    try:
        try:
            raise ValueError("v")
        finally:
            pass
    except ValueError:
        pass
    raise TypeError("t")
assert watch(errors, ["RAISE", "EXCEPTION_HANDLED", "RERAISE", "PY_UNWIND"]) == [
    ("RAISE", "KeyError('k')"), ("EXCEPTION_HANDLED", "KeyError('k')"),
    ("RAISE", "ValueError('v')"), ("EXCEPTION_HANDLED", "ValueError('v')"),
    ("RERAISE", "ValueError('v')"), ("EXCEPTION_HANDLED", "ValueError('v')"),
    ("RERAISE", "ValueError('v')"), ("EXCEPTION_HANDLED", "ValueError('v')"),
    ("RAISE", "TypeError('t')"), ("PY_UNWIND", "TypeError('t')")], log

def branches(n):
    for i in range(n):
        if i:
            pass
    while n:
        n -= 1
names = [e[0] for e in watch(branches, ["BRANCH_LEFT", "BRANCH_RIGHT", "JUMP"], 2)]
assert names == ["BRANCH_LEFT", "BRANCH_RIGHT", "JUMP", "BRANCH_LEFT", "BRANCH_LEFT", "JUMP", "BRANCH_RIGHT",
                 "BRANCH_LEFT", "BRANCH_LEFT", "BRANCH_RIGHT"] or names.count("JUMP") >= 2, names

# Every branch is one of co_branches(); the older event is disabled both ways.
def looped():
    x = 0
    for a in range(2):
        if a:
            x = 4
        else:
            x = 6
    while x:
        x = None
    return x is None and [b for b in (1, 2) if b]
async def looped_async():
    async for y in numbers():
        pass
async def numbers():
    yield 1
    yield 2
def drive():
    try:
        looped_async().send(None)
    except StopIteration:
        pass
for code, run in ((looped.__code__, looped), (looped_async.__code__, drive)):
    seen = set()
    M.register_callback(TOOL, E.BRANCH_LEFT, lambda code, src, dest: seen.add((src, dest, None)))
    M.register_callback(TOOL, E.BRANCH_RIGHT, lambda code, src, dest: seen.add((src, None, dest)))
    M.set_local_events(TOOL, code, E.BRANCH_LEFT | E.BRANCH_RIGHT)
    run()
    M.set_local_events(TOOL, code, 0)
    known = list(code.co_branches())
    assert seen
    for src, left, right in seen:
        assert any(s == src and (left == l or right == r) for s, l, r in known), ((src, left, right), known)
M.register_callback(TOOL, E.BRANCH_LEFT, None)
M.register_callback(TOOL, E.BRANCH_RIGHT, None)
count = []
def branch(code, src, dest):
    if code is looped.__code__:
        count.append(src)
    return M.DISABLE
M.register_callback(TOOL, E.BRANCH, branch)
M.set_events(TOOL, E.BRANCH)
looped()
M.set_events(TOOL, 0)
M.register_callback(TOOL, E.BRANCH, None)
assert count.count(min(count)) == 1, count

# DISABLE and restart_events
lines = []
def once(code, line):
    if code is plain.__code__:
        lines.append(line)
    return M.DISABLE
M.register_callback(TOOL, E.LINE, once)
M.set_events(TOOL, E.LINE)
plain(1); plain(1)
assert len(lines) == 2, lines
M.restart_events()
plain(1)
M.set_events(TOOL, 0)
assert len(lines) == 4, lines
def refuses(code, *rest):
    return M.DISABLE
M.register_callback(TOOL, E.PY_UNWIND, refuses)
def unwinds():
    raise KeyError
M.set_events(TOOL, E.PY_UNWIND)
raises(ValueError, "Cannot disable PY_UNWIND events. Callback removed.", unwinds)
assert M.register_callback(TOOL, E.PY_UNWIND, None) is None
M.set_events(TOOL, 0)

# What a callback raises comes out.
def fails(code, *rest):
    if code is plain.__code__:
        raise ZeroDivisionError("callback")
M.register_callback(TOOL, E.PY_START, fails)
M.set_events(TOOL, E.PY_START)
raises(ZeroDivisionError, "callback", lambda: plain(1))
M.set_events(TOOL, 0)
M.register_callback(TOOL, E.PY_START, None)

# Two tools; the higher number first. _all_events.
M.use_tool_id(3, "other")
order = []
M.register_callback(TOOL, E.PY_START, lambda code, offset: order.append(TOOL) if code is plain.__code__ else None)
M.register_callback(3, E.PY_START, lambda code, offset: order.append(3) if code is plain.__code__ else None)
M.set_events(TOOL, E.PY_START)
M.set_events(3, E.PY_START | E.LINE)
assert M._all_events() == {"PY_START": 12, "LINE": 8}, M._all_events()
assert M.get_events(3) == E.PY_START | E.LINE
plain(1)
M.free_tool_id(3)
assert M.get_tool(3) is None and M.get_events(3) == 0
M.clear_tool_id(TOOL)
assert M.get_tool(TOOL) == "test" and M.get_events(TOOL) == 0
assert order == [3, TOOL], order
M.set_local_events(TOOL, plain.__code__, E.LINE)
assert M.get_local_events(TOOL, plain.__code__) == E.LINE
M.free_tool_id(TOOL)
assert plain(1) == 2
