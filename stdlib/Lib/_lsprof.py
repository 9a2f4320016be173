"""Counts calls and measures how long they take: the engine of `cProfile`.

A profiler keeps one stack of running calls for each thread it is enabled in.
Each call knows when it began and how much of its time went to the calls that
it made; when it returns, its times are added to its function's entry and to
the entry that its caller keeps for it.
"""

import sys
import threading
from collections import namedtuple
from time import perf_counter

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
    owner = getattr(function, "__self__", None)
    name = getattr(function, "__name__", "?")
    if owner is not None and not isinstance(owner, type(sys)):
        method = getattr(type(owner), name, None)
        return repr(function if method is None else method)
    if owner is not None:
        return f"<built-in method {owner.__name__}.{name}>"
    module = getattr(function, "__module__", None)
    return f"<{module}.{name}>" if module else f"<{name}>"


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
        self._threads = threading.local()
        self._enabled = False
        self.clear()

    def enable(self, subcalls=True, builtins=True):
        """Start collecting in this thread.

        `subcalls` keeps statistics for each pair of caller and callee,
        `builtins` covers functions that are not written in Python.
        """
        if not self._enabled:
            # The events come from setprofile; the id is taken so that other tools see who is at work.
            sys.monitoring.use_tool_id(sys.monitoring.PROFILER_ID, "cProfile")
        self._subcalls = bool(subcalls)
        self._builtins = bool(builtins)
        self._threads.stack = []
        self._enabled = True
        sys.setprofile(self._event)

    def disable(self):
        """Stop collecting in this thread; calls that still run end now."""
        if sys.getprofile() == self._event:
            sys.setprofile(None)
        stack = getattr(self._threads, "stack", [])
        while stack:
            self._end(stack)
        if self._enabled:
            self._enabled = False
            sys.monitoring.free_tool_id(sys.monitoring.PROFILER_ID)

    def clear(self):
        """Forget everything collected so far."""
        self._entries = {}  # code: its counts
        self._pairs = {}  # code: {code that it called: counts}
        self._threads.stack = []

    def getstats(self):
        """Return a list of profiler_entry, one for each function called.

        Each has in `calls` a list of profiler_subentry, one for each function
        that it called, or None.
        """
        scale = self._unit or 1
        def scaled(counts):
            calls, recursive, total, inline = counts.fields()
            return calls, recursive, total * scale, inline * scale

        stats = []
        for code, counts in list(self._entries.items()):
            if not counts.calls + counts.recursive:
                continue
            pairs = [
                profiler_subentry(callee, *scaled(below))
                for callee, below in self._pairs.get(code, {}).items()
                if below.calls + below.recursive
            ]
            stats.append(profiler_entry(code, *scaled(counts), pairs or None))
        return stats

    def _event(self, frame, event, argument):
        if frame.f_code in _unseen:
            return
        try:
            stack = self._threads.stack
        except AttributeError:
            stack = self._threads.stack = []
        if event == "call":
            self._begin(stack, frame.f_code)
        elif event == "return":
            if stack:
                self._end(stack)
        elif self._builtins:
            if event == "c_call":
                self._begin(stack, _native_name(argument))
            elif stack and isinstance(stack[-1].code, str):
                self._end(stack)

    def _begin(self, stack, code):
        counts = self._entries.get(code)
        if counts is None:
            counts = self._entries.setdefault(code, _Counts())
        below = None
        if stack and self._subcalls:
            pairs = self._pairs.setdefault(stack[-1].code, {})
            below = pairs.get(code)
            if below is None:
                below = pairs.setdefault(code, _Counts())
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


# Functions that switch profiling on and off, which would otherwise show in every profile.
_unseen = {Profiler.enable.__code__, Profiler.disable.__code__}
