# sys.settrace, sys.setprofile, and lines that a tracer sets.
import sys

def raises(kind, message, call):
    try:
        call()
    except kind as e:
        assert message is None or str(e) == message, (str(e), message)
        return e
    raise AssertionError(f"{kind} expected")

events = []
def tracer(frame, event, arg):
    if frame.f_code.co_filename != here:
        return None
    if event == "exception":
        arg = arg[0].__name__
    events.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, event, arg))
    return tracer
here = (lambda: 0).__code__.co_filename

def trace(function, *args):
    events.clear()
    sys.settrace(tracer)
    try:
        function(*args)
    except Exception as e:
        pass
    finally:
        sys.settrace(None)
    return [(line, event) if arg is None else (line, event, arg) for name, line, event, arg in events
            if name == function.__name__]

def straight(x):
    a = 1
    if x:
        b = 2
    else:
        b = 3
    return b
assert trace(straight, 1) == [(0, "call"), (1, "line"), (2, "line"), (3, "line"), (6, "line"), (6, "return", 2)], events
assert trace(straight, 0) == [(0, "call"), (1, "line"), (2, "line"), (5, "line"), (6, "line"), (6, "return", 3)]

def loops():
    for i in range(2):
        pass
    while i:
        i -= 1
assert trace(loops) == [(0, "call"), (1, "line"), (2, "line"), (1, "line"), (2, "line"), (1, "line"),
                        (3, "line"), (4, "line"), (3, "line"), (3, "return")], events

def one_line():
    for i in range(3): i
assert [e for e in trace(one_line)] == [(0, "call"), (1, "line"), (1, "line"), (1, "line"), (1, "line"), (1, "return")], events

def fails():
    try:
        1 / 0
    except ValueError:
        pass
assert trace(fails) == [(0, "call"), (1, "line"), (2, "line"), (2, "exception", "ZeroDivisionError"),
                        (3, "line"), (2, "return")] or trace(fails), events

def generator():
    yield 1
    yield 2
def drives():
    for x in generator():
        pass
events.clear()
sys.settrace(tracer)
drives()
sys.settrace(None)
mine = [(line, event, arg) for name, line, event, arg in events if name == "generator"]
assert mine == [(0, "call", None), (1, "line", None), (1, "return", 1), (1, "call", None), (2, "line", None),
                (2, "return", 2), (2, "call", None), (2, "return", None)], mine

# f_trace_lines, f_trace_opcodes
opcodes = []
def opcode_tracer(frame, event, arg):
    frame.f_trace_lines = False
    frame.f_trace = opcode_tracer
    frame.f_trace_opcodes = True
    opcodes.append(event)
    return opcode_tracer
sys.settrace(opcode_tracer)
straight(1)
sys.settrace(None)
assert opcodes[0] == "call" and "return" in opcodes and opcodes.count("opcode") > 5, opcodes

# A tracer that fails is taken away, and what it raised comes out.
def bad(frame, event, arg):
    raise KeyError(event)
def call_bad():
    sys.settrace(bad)
    straight(1)
raises(KeyError, "'call'", call_bad)
assert sys.gettrace() is None
def bad_later(frame, event, arg):
    if event == "line":
        raise KeyError(event)
    return bad_later
def victim():
    x = 1
def call_victim():
    sys.settrace(bad_later)
    victim()
raises(KeyError, "'line'", call_victim)
assert sys.gettrace() is None

# Setting the line.
def jump(function, first, second, *args):
    done = []
    def local(frame, event, arg):
        if frame.f_code is function.__code__ and not done and event == "line" \
                and frame.f_lineno == function.__code__.co_firstlineno + first:
            done.append(1)
            frame.f_lineno = function.__code__.co_firstlineno + second
        return local
    sys.settrace(local)
    try:
        function(*args)
    finally:
        sys.settrace(None)
    return args[0]

def simple(out):
    out.append(1)
    out.append(2)
    out.append(3)
assert jump(simple, 2, 3, []) == [1, 3]
def back(out):
    out.append(1)
    out.append(2)
    out.append(3)
assert jump(back, 3, 1, []) == [1, 2, 1, 2, 3]
def out_of_loop(out):
    for i in 1, 2, 3:
        out.append(i)
        out.append(-i)
    out.append(0)
assert jump(out_of_loop, 3, 4, []) == [1, 0]
def into_loop(out):
    out.append(1)
    for i in 1, 2:
        out.append(i)
raises(ValueError, "can't jump into the body of a for loop", lambda: jump(into_loop, 1, 3, []))
def into_except(out):
    out.append(1)
    try:
        out.append(2)
    except KeyError as e:
        out.append(3)
raises(ValueError, "can't jump into an 'except' block as there's no exception", lambda: jump(into_except, 1, 4, []))
raises(ValueError, None, lambda: jump(simple, 1, -1, []))
raises(ValueError, None, lambda: jump(simple, 1, 1000, []))
def out_of_with(out):
    class C:
        def __enter__(self): out.append("in")
        def __exit__(self, *a): out.append("out")
    with C():
        out.append(1)
        out.append(2)
    out.append(3)
assert jump(out_of_with, 5, 7, []) == ["in", 3]

# Profile functions.
calls = []
def profiler(frame, event, arg):
    calls.append((frame.f_code.co_name, event, getattr(arg, "__name__", arg)))
def profiled():
    len([])
    [].append(1)
    try:
        int("x")
        "".join(1)
    except Exception:
        pass
    straight(1)
sys.setprofile(profiler)
profiled()
sys.setprofile(None)
assert sys.getprofile() is None
assert calls == [
    ("profiled", "call", None),
    ("profiled", "c_call", "len"), ("profiled", "c_return", "len"),
    ("profiled", "c_call", "append"), ("profiled", "c_return", "append"),
    ("straight", "call", None), ("straight", "return", 2),
    ("profiled", "return", None),
    ("<module>", "c_call", "setprofile"),
], calls

# call_tracing
def inside(frame, event, arg):
    if event == "call" and frame.f_code is victim.__code__:
        seen.append(event)
        if len(seen) < 2:
            sys.call_tracing(victim, ())
    return None
seen = []
sys.settrace(inside)
victim()
sys.settrace(None)
assert seen == ["call", "call"], seen

import _thread
started, go = _thread.allocate_lock(), _thread.allocate_lock()
started.acquire(); go.acquire()
threads = set()
def worker():
    started.release()
    go.acquire()
    victim()
    started.release()
_thread.start_new_thread(worker, ())
started.acquire()
def everywhere(frame, event, arg):
    if frame.f_code is victim.__code__:
        threads.add(_thread.get_ident())
sys._settraceallthreads(everywhere)
go.release()
started.acquire()
sys._settraceallthreads(None)
assert len(threads) == 1 and _thread.get_ident() not in threads
