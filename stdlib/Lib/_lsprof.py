"""Counts calls and measures how long they take: the engine of `cProfile`.

A profiler watches every thread while it is enabled, and keeps for each a stack
of running calls and entries of its own, so that nothing is counted by two at
once. Each call knows when it began and how much of its time went to the calls
that it made; when it returns, its times are added to its function's entry and
to the entry that its caller keeps for it.
"""

import sys
import threading
from collections import namedtuple
from time import perf_counter
from types import BuiltinFunctionType, MethodDescriptorType

__all__ = ["Profiler", "profiler_entry", "profiler_subentry"]

profiler_entry = namedtuple(
    "profiler_entry",
    "code callcount reccallcount totaltime inlinetime calls",
    module="_lsprof",
)
profiler_subentry = namedtuple(
    "profiler_subentry",
    "code callcount reccallcount totaltime inlinetime",
    module="_lsprof",
)


class _Counts:
    """Calls and times of a function, or of a function as called by another."""

    __slots__ = ("calls", "recursive", "total", "inline", "depth")

    def __init__(self):
        self.calls = 0
        self.recursive = 0
        self.total = 0
        self.inline = 0
        self.depth = 0  # how many of its calls are running

    def begin(self):
        self.depth += 1

    def end(self, total, inline):
        self.depth -= 1
        self.inline += inline
        if self.depth == 0:
            self.total += total
            self.calls += 1
        else:
            # The outermost call's time contains this one's.
            self.recursive += 1

    def add(self, other):
        self.calls += other.calls
        self.recursive += other.recursive
        self.total += other.total
        self.inline += other.inline

    def fields(self):
        return (self.calls + self.recursive, self.recursive, self.total, self.inline)


class _Call:
    """A running call."""

    __slots__ = ("code", "began", "inner", "counts", "below")

    def __init__(self, code, counts, below):
        self.code = code
        self.counts = counts
        self.below = below  # what the caller keeps about this function, or None
        self.inner = 0
        self.began = 0


def _native_name(function):
    """How a function without Python code is shown."""
    if type(function) is MethodDescriptorType:
        return repr(function)
    owner = getattr(function, "__self__", None)
    name = getattr(function, "__name__", "?")
    if owner is not None and not isinstance(owner, type(sys)):
        method = getattr(type(owner), name, None)
        return repr(function if method is None else method)
    if owner is not None:
        return f"<built-in method {owner.__name__}.{name}>"
    module = getattr(function, "__module__", None)
    return f"<{module}.{name}>" if module else f"<{name}>"


class _Thread:
    """What a profiler knows of one thread."""

    __slots__ = ("stack", "entries", "pairs")

    def __init__(self):
        self.stack = []
        self.entries = {}  # code: its counts
        self.pairs = {}  # code: {code that it called: counts}


class Profiler:
    """Profiler(timer=None, timeunit=0.0, subcalls=True, builtins=True)

    Collects statistics about calls between enable() and disable(). `timer`
    returns the time as a float of seconds, or as an int of `timeunit` seconds.
    """

    def __init__(self, timer=None, timeunit=0.0, subcalls=True, builtins=True):
        if timer is None:
            timer, timeunit = perf_counter, 0.0
        self._timer = timer
        self._unit = timeunit
        self._subcalls = bool(subcalls)
        self._builtins = bool(builtins)
        self._enabled = False
        self.clear()

    def enable(self, subcalls=True, builtins=True):
        """Start collecting, in all threads."""
        monitoring = sys.monitoring
        if not self._enabled:
            monitoring.use_tool_id(monitoring.PROFILER_ID, "cProfile")
        self._subcalls = bool(subcalls)
        self._builtins = bool(builtins)
        self._enabled = True
        events = monitoring.events
        callbacks = {
            events.PY_START: self._start,
            events.PY_RESUME: self._start,
            events.PY_THROW: self._start,
            events.PY_RETURN: self._return,
            events.PY_YIELD: self._return,
            events.PY_UNWIND: self._return,
        }
        if self._builtins:
            callbacks[events.CALL] = self._native_start
            callbacks[events.C_RETURN] = self._native_return
            callbacks[events.C_RAISE] = self._native_return
        watched = 0
        for event, callback in callbacks.items():
            monitoring.register_callback(monitoring.PROFILER_ID, event, callback)
            if event not in (events.C_RETURN, events.C_RAISE):  # these come with CALL
                watched |= event
        monitoring.set_events(monitoring.PROFILER_ID, watched)

    def disable(self):
        """Stop collecting; calls that still run end now."""
        if self._enabled:
            self._enabled = False
            monitoring = sys.monitoring
            monitoring.set_events(monitoring.PROFILER_ID, 0)
            monitoring.clear_tool_id(monitoring.PROFILER_ID)
            monitoring.free_tool_id(monitoring.PROFILER_ID)
        for thread in list(self._all):
            while thread.stack:
                self._end(thread.stack)

    def clear(self):
        """Forget everything collected so far."""
        self._all = []
        self._threads = threading.local()

    def getstats(self):
        """Return a list of profiler_entry, one for each function called.

        Each has in `calls` a list of profiler_subentry, one for each function
        that it called, or None.
        """
        scale = self._unit or 1
        def scaled(counts):
            calls, recursive, total, inline = counts.fields()
            return calls, recursive, total * scale, inline * scale

        entries = {}
        pairs = {}
        for thread in list(self._all):
            for code, counts in list(thread.entries.items()):
                entries.setdefault(code, _Counts()).add(counts)
            for code, callees in list(thread.pairs.items()):
                merged = pairs.setdefault(code, {})
                for callee, counts in list(callees.items()):
                    merged.setdefault(callee, _Counts()).add(counts)
        stats = []
        for code, counts in entries.items():
            if not counts.calls + counts.recursive:
                continue
            called = [
                profiler_subentry(callee, *scaled(below))
                for callee, below in pairs.get(code, {}).items()
                if below.calls + below.recursive
            ]
            stats.append(profiler_entry(code, *scaled(counts), called or None))
        return stats

    def _thread(self):
        try:
            return self._threads.state
        except AttributeError:
            state = self._threads.state = _Thread()
            self._all.append(state)
            return state

    def _start(self, code, *_):
        if code is _disable:
            # Written in Python here, and no less a native method for that.
            code = "<method 'disable' of '_lsprof.Profiler' objects>"
        if code is not _enable:
            self._begin(self._thread(), code)

    def _return(self, code, *_):
        stack = self._thread().stack
        if stack and code is not _enable:
            self._end(stack)

    def _native_start(self, code, offset, function, argument):
        if code is not _enable and code is not _disable and _is_native(function, argument):
            self._begin(self._thread(), _native_name(function))

    def _native_return(self, code, offset, function, argument):
        if code is not _enable and code is not _disable and _is_native(function, argument):
            stack = self._thread().stack
            if stack and isinstance(stack[-1].code, str):
                self._end(stack)

    def _begin(self, thread, code):
        stack = thread.stack
        counts = thread.entries.get(code)
        if counts is None:
            counts = thread.entries[code] = _Counts()
        below = None
        if stack and self._subcalls:
            pairs = thread.pairs.setdefault(stack[-1].code, {})
            below = pairs.get(code)
            if below is None:
                below = pairs[code] = _Counts()
            below.begin()
        counts.begin()
        call = _Call(code, counts, below)
        stack.append(call)
        call.began = self._timer()

    def _end(self, stack):
        now = self._timer()
        call = stack.pop()
        total = now - call.began
        inline = total - call.inner
        if stack:
            stack[-1].inner += total
        call.counts.end(total, inline)
        if call.below is not None:
            call.below.end(total, inline)


def _is_native(function, argument):
    """Whether a call is one of a function without Python code; of a class it is not."""
    if type(function) is MethodDescriptorType:
        return argument is not sys.monitoring.MISSING
    return type(function) is BuiltinFunctionType


_enable = Profiler.enable.__code__
_disable = Profiler.disable.__code__
