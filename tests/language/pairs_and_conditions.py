"""Loops over pairs, conditions of every kind, constants: what the handlers that do these find at sight, and what they leave to others."""

import sys

NAN = float("nan")


# Pairs of numbers and items.
def numbered(items, *start):
    result = []
    for number, item in enumerate(items, *start):
        result.append((number, item))
    return result


BIG = 2**61
for base in (0, -1, BIG - 2, BIG - 1, BIG, 2**63 - 2, 2**63 - 1, 2**63, 10**30, -BIG - 1, -(10**30)):
    for kind in (list, tuple, iter, str, lambda items: (c for c in items)):
        items = kind("abcd") if kind is not str else "abcd"
        assert numbered(items, base) == [(base + i, c) for i, c in zip(range(4), "abcd")], base
assert numbered([]) == numbered(()) == []

grown = []
for number, item in enumerate(growing := [0]):
    grown.append((number, item))
    if number < 3:
        growing.append(number + 10)
assert grown == [(0, 0), (1, 10), (2, 11), (3, 12)]

numbers = enumerate(["a", "b", "c"])
for number, item in numbers:
    if number == 0:
        break
assert next(numbers) == (1, "b") and numbers.__reduce__()[1][1] == 2


# What zip takes before it notices that one has ended is gone.
def zipped(a, b):
    result = []
    for x, y in zip(a, b):
        result.append((x, y))
    return result


for first in (list, tuple):
    for second in (list, tuple, lambda items: (i for i in items)):
        a, b = iter(first([1, 2, 3])), iter(second([7]))
        assert zipped(a, b) == [(1, 7)] and list(a) == [3] and list(b) == []
        a, b = iter(first([1])), iter(second([7, 8, 9]))
        assert zipped(a, b) == [(1, 7)] and list(a) == [] and list(b) == [8, 9]


class Failing:
    def __init__(self, at):
        self.left = at

    def __iter__(self):
        return self

    def __next__(self):
        self.left -= 1
        if self.left < 0:
            raise KeyError("here")
        return self.left


a = iter([object(), object(), object()])
try:
    zipped(a, Failing(1))
except KeyError as error:
    assert error.args == ("here",) and len(list(a)) == 1
else:
    raise AssertionError
same = iter([1, 2, 3, 4, 5])
assert zipped(same, same) == [(1, 2), (3, 4)] and list(same) == []


# Comparisons, where they decide a jump and where they are values.
def outcomes(a, b):
    jumps = ""
    if a < b: jumps += "<"
    if a <= b: jumps += "["
    if a == b: jumps += "="
    if a != b: jumps += "!"
    if a > b: jumps += ">"
    if a >= b: jumps += "]"
    values = [a < b, a <= b, a == b, a != b, a > b, a >= b]
    assert jumps == "".join(sign for sign, value in zip("<[=!>]", values) if value)
    loops = 0
    while not a < b and loops < 2:
        loops += 1
    assert (loops == 0) == values[0]
    return jumps


LESS, EQUAL, GREATER, UNORDERED = "<[!", "[=]", "!>]", "!"
for _ in range(3):
    for low, high in ((1, 2), (-1, 0), (-BIG, BIG - 1), (BIG - 1, BIG), (1.5, 2), (1.5, 2.5), (-0.5, 0.0), (False, True), ("a", "b"),
                      ((1,), (1, 2)), (2**80, 2**81), (1, 1e300), ([1], [2])):
        assert outcomes(low, high) == LESS and outcomes(high, low) == GREATER
        assert outcomes(low, low) == outcomes(high, high) == EQUAL
    assert outcomes(0.0, -0.0) == outcomes(1, 1.0) == outcomes(True, 1) == EQUAL
    for other in (NAN, 1.0, float("inf"), 0, 10**400):
        assert outcomes(NAN, other) == outcomes(other, NAN) == UNORDERED


# Truth.
def truth(value):
    jumped = "yes" if value else "no"
    assert (jumped == "yes") == bool(value) == (not not value)
    if not value:
        assert jumped == "no"
    return jumped == "yes"


class Answers:
    def __init__(self, answer):
        self.answer = answer

    def __bool__(self):
        return self.answer


class Long:
    def __init__(self, length):
        self.length = length

    def __len__(self):
        return self.length


for value in (True, 1, -1, 1.5, NAN, "a", [0], (0,), {0: 0}, {0}, b"a", object(), Answers(True), Long(2), len, int, 10**30, range(1), ...):
    assert truth(value)
for value in (False, None, 0, 0.0, -0.0, "", [], (), {}, set(), b"", Answers(False), Long(0), range(0), frozenset(), 0j):
    assert not truth(value)
for value, error in ((Answers(1), TypeError), (Long(-1), ValueError), (Long("x"), TypeError)):
    try:
        truth(value)
    except error:
        pass
    else:
        raise AssertionError(value)


# Membership and identity that decide jumps.
def where(key, container):
    found = "in" if key in container else "out"
    missing = "out" if key not in container else "in"
    assert found == missing == ("in" if (key in container) else "out")
    return found == "in"


class Asked:
    def __eq__(self, other):
        raise ZeroDivisionError

    __hash__ = object.__hash__


for container in ([1, "a", None], (1, "a", None), {1: 2, "a": 3, None: 4}, {1, "a", None}, frozenset([1, "a", None]), {1: 0, "a": 0, None: 0}.keys()):
    assert where(1, container) and where("a", container) and where(None, container) and where(True, container) and where(1.0, container)
    assert not where(2, container) and not where("b", container) and not where(False, container) and not where((1,), container)
assert where("b", "abc") and not where("d", "abc") and where(3, range(4)) and not where(4, range(4))
for container in ([Asked()], (Asked(),)):
    try:
        where(1, container)
    except ZeroDivisionError:
        pass
    else:
        raise AssertionError
for container in ({}, set()):
    try:
        where([], container)
    except TypeError as error:
        assert "unhashable type: 'list'" in str(error)
    else:
        raise AssertionError


def identical(a, b):
    return ("is" if a is b else "not") + ("not" if a is not b else "is")


one = object()
assert identical(one, one) == "isis" and identical(one, object()) == identical([], []) == "notnot"
assert identical(None, None) == "isis" and identical(None, False) == "notnot"


# A constant that the code does not have; CPython takes what stands behind the tuple for one.
def constant():
    return "here is one"


if sys.implementation.name == "weft":
    try:
        eval(constant.__code__.replace(co_consts=()))
    except SystemError:
        pass
    else:
        raise AssertionError


# Branches that somebody watches tell of both ways, also those that ran before.
def branching(value):
    if value > 3:
        return "more"
    return "less"


def watched():
    seen = []
    monitoring = sys.monitoring
    tool = monitoring.PROFILER_ID
    monitoring.use_tool_id(tool, "test")
    try:
        events = monitoring.events
        for event, name in ((events.BRANCH_LEFT, "left"), (events.BRANCH_RIGHT, "right")):
            monitoring.register_callback(tool, event, lambda code, at, to, name=name: seen.append(name))
        monitoring.set_local_events(tool, branching.__code__, events.BRANCH_LEFT | events.BRANCH_RIGHT)
        branching(1), branching(5), branching(1)
        monitoring.set_local_events(tool, branching.__code__, 0)
        branching(1), branching(5)
    finally:
        for event in (events.BRANCH_LEFT, events.BRANCH_RIGHT):
            monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)
    return seen


branching(1), branching(5)
assert watched() == watched() == ["right", "left", "right"]
