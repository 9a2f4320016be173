"""Instructions that are executed two at a time, with operands that they are made for and others, watched and not."""

import operator
import sys
import threading


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def total(self):
        return self.x + self.y

    def moved(self, by):
        x = self.x + by
        return Point(x, self.y)


class Slotted:
    __slots__ = ("x",)


class Odd:
    x = 5

    def total(self):
        return "odd"


def slot(owner):
    return owner.x


def method(owner):
    return owner.total()


def item(items, key):
    return items[key]


def item_behind(make, key):
    return make()[key]


def plus(a, b):
    return (a * 1) + b


def minus(a, b):
    return (a * 1) - b


def times(a, b):
    return (a + a) * b


def small(a):
    return a + 1, a - 1, a < 3, a == 3, a >= 3, a != 3


def decide(a):
    if a < 3:
        return "less"
    return "not less"


def with_constants(a):
    return (a + 1) + 1000, (a + 1) - 1000, (a + 1) * 1000, (a + 1) ** 3.5, (a + 1) % 1000


def with_float_constants(a):
    return (a * 2) + 0.5, (a * 2) - 0.5, (a * 2) * 0.5, (a * 2) / 0.5


def of_locals(a, b):
    return a + b, a - b, a * b, a / b


def compared(a, b):
    answers = [a < b, a <= b, a == b, a != b, a >= b, a > b]
    if a < b:
        answers.append("less")
    while a != b:
        answers.append("other")
        break
    return answers


def local_and_small(a):
    if a < 7:
        return a + 7, a - 7, a * 7, a // 7, "less"
    return a + 7, a - 7, a * 7, a // 7, "not less"


def itself(a):
    return a


def constant(_):
    return "constant"


def add_to_item(container, key, value):
    container[key] += value
    return container[key]


def nested(outer, i, j, value):
    outer[i][j] += value
    return outer[i][j]


def count_down(n):
    turns = 0
    while n > 0:
        itself(n)
        n = n - 1
        turns = turns + 1
    return turns


def loops(numbers, items, pairs):
    result = []
    for n in numbers:
        result.append(n)
    for item in items:
        itself(item)
    for n in numbers:
        m = n
        result.append(m)
    for n in numbers:
        result.append(n * n)
    for i, item in enumerate(items):
        result.append((i, item))
    for a, b in pairs:
        result.append(a)
    for n in numbers:
        if n == 2:
            break
    else:
        n = "all"
    result.append(n)
    return result


def nones(a):
    result = []
    if a is None:
        result.append("none")
    if a is not None:
        result.append("some")
    return result


def stores(n):
    before = last = None
    for i in range(n):
        last = i
        before = last
        both = before
        x = both
        y = x + last
        last = y
    return before, last, both


def error(function, *arguments):
    try:
        function(*arguments)
    except Exception as raised:
        trace = raised.__traceback__.tb_next
        while trace.tb_next:
            trace = trace.tb_next
        line = trace.tb_lineno - trace.tb_frame.f_code.co_firstlineno
        return f"{type(raised).__name__}: {raised} in {trace.tb_frame.f_code.co_name}+{line}"
    raise AssertionError("no error")


def check():
    p = Point(3, 4)
    for _ in range(30):
        assert slot(p) == 3 and method(p) == 7 and p.moved(2).x == 5
    for _ in range(30):
        assert slot(Odd()) == 5 and method(Odd()) == "odd"
        assert slot(p) == 3 and method(p) == 7
    assert error(slot, 3) == "AttributeError: 'int' object has no attribute 'x' in slot+1"
    assert error(method, "a") == "AttributeError: 'str' object has no attribute 'total' in method+1"
    assert error(slot, Slotted()) == "AttributeError: 'Slotted' object has no attribute 'x' in slot+1"
    empty = Slotted()
    empty.x = 9
    assert slot(empty) == 9
    del empty.x
    assert error(slot, empty) == "AttributeError: 'Slotted' object has no attribute 'x' in slot+1"

    items = [1, 2.5, "three", [4], p]
    for _ in range(20):
        for key in (0, 1, 2, 3, 4, -1, -5, True):
            assert item(items, key) is items[key] and item_behind(lambda: items, key) is items[key]
    assert error(item, items, 5) == "IndexError: list index out of range in item+1"
    assert error(item, items, -6) == "IndexError: list index out of range in item+1"
    assert error(item_behind, lambda: items, 5) == "IndexError: list index out of range in item_behind+1"
    assert error(item, items, "a") == "TypeError: list indices must be integers or slices, not str in item+1"
    assert item({"a": 1}, "a") == 1 and item((1, 2), 1) == 2 and item("abc", 2) == "c"
    assert item(items, slice(1, 2)) == [2.5]

    big = 1 << 62
    values = (0, 1, -7, 2.5, big, -big, 1 << 59, (1 << 59) - 1, True)
    for a in values:
        for b in values:
            assert plus(a, b) == a * 1 + b and minus(a, b) == a * 1 - b and times(a, b) == (a + a) * b
            assert type(plus(a, b)) is type(a * 1 + b)
        assert small(a) == (a.__add__(1), a.__sub__(1), not a >= 3, a == 3, a >= 3, a != 3)
        assert decide(a) == ("less" if a < 3 else "not less")
    assert plus("a", "b") == "ab" and plus([1], [2]) == [1, 2]
    assert error(plus, "a", 1) == 'TypeError: can only concatenate str (not "int") to str in plus+1'
    assert error(minus, "a", 1) == "TypeError: unsupported operand type(s) for -: 'str' and 'int' in minus+1"
    assert error(small, "a") == 'TypeError: can only concatenate str (not "int") to str in small+1'
    assert error(decide, "a") == "TypeError: '<' not supported between instances of 'str' and 'int' in decide+1"
    assert small(3.0) == (4.0, 2.0, False, True, True, False)

    for a in values:
        b = a + 1
        assert with_constants(a) == (b.__add__(1000), b.__sub__(1000), b.__mul__(1000), b**3.5, b.__mod__(1000)) or a < 0
        b = a * 2
        assert with_float_constants(a) == (b.__add__(0.5), b.__sub__(0.5), b.__mul__(0.5), b.__truediv__(0.5)) or (
            type(a) is not float
        )
        assert local_and_small(a)[:4] == (a.__add__(7), a.__sub__(7), a.__mul__(7), a.__floordiv__(7))
        assert local_and_small(a)[4] == ("less" if float(a) < 7.0 else "not less")
        assert itself(a) is a and constant(a) == "constant"
        for b in values:
            if b:
                operations = operator.add, operator.sub, operator.mul, operator.truediv
                assert of_locals(a, b) == tuple(operation(a, b) for operation in operations)
            comparisons = operator.lt, operator.le, operator.eq, operator.ne, operator.ge, operator.gt
            truths = [comparison(a, b) for comparison in comparisons]
            assert compared(a, b) == truths + ["less"] * truths[0] + ["other"] * truths[3]
    nan = float("nan")
    assert compared(nan, nan) == compared(nan, 1.0) == [False, False, False, True, False, False, "other"]
    assert compared("a", "b") == [True, True, False, True, False, False, "less", "other"]
    assert error(compared, 1, "b") == "TypeError: '<' not supported between instances of 'int' and 'str' in compared+1"
    assert error(of_locals, 1, 0) == "ZeroDivisionError: division by zero in of_locals+1"
    assert error(of_locals, "a", 0) == 'TypeError: can only concatenate str (not "int") to str in of_locals+1'
    assert error(with_constants, "a") == 'TypeError: can only concatenate str (not "int") to str in with_constants+1'
    assert error(local_and_small, "a") == (
        "TypeError: '<' not supported between instances of 'str' and 'int' in local_and_small+1"
    )
    assert error(local_and_small, 3 + 4j) == (
        "TypeError: '<' not supported between instances of 'complex' and 'int' in local_and_small+1"
    )

    assert add_to_item([1, 2, 3], 1, 5) == 7 and add_to_item([1, 2, 3], -1, 0.5) == 3.5
    assert add_to_item({"k": "a"}, "k", "b") == "ab" and add_to_item({3: [1]}, 3, [2]) == [1, 2]
    shared = [[0, big], {"k": p, p: 1}]
    assert nested(shared, 0, 1, big) == 2 * big and nested(shared, 1, p, 1) == 2 and nested(shared, 0, 0, 1) == 1
    assert error(add_to_item, [], 0, 1) == "IndexError: list index out of range in add_to_item+1"
    assert error(add_to_item, (1,), 0, 1) == (
        "TypeError: 'tuple' object does not support item assignment in add_to_item+1"
    )
    assert count_down(20) == 20 and count_down(-1) == 0 and count_down(2.5) == 3

    for numbers in range(4), [0, 1, 2, 3], (0, 1, 2, 3), {0: 0, 1: 0, 2: 0, 3: 0}, (n for n in range(4)):
        again = list(numbers) if type(numbers) is type(n for n in ()) else numbers
        assert loops(again, [p, "i"], zip("ab", "cd")) == (
            [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 4, 9, (0, p), (1, "i"), "a", "b", 2]
        )
        assert loops((), (), {"k": 1}.items()) == ["k", "all"]

    for value in (None, 0, "", p, [], 2.5):
        assert nones(value) == (["none"] if value is None else ["some"])
    for n in (1, 2, 50):
        assert stores(n) == (n - 1, 2 * (n - 1), n - 1)


class Dies:
    def __init__(self, log, name):
        self.log = log
        self.name = name

    def __del__(self):
        self.log.append(self.name)


def last_reference():
    """What is stored over dies then and there, before the next statement."""
    log = []
    for i in range(5):
        x = Dies(log, i)
        y = x
        log.append("stored")
        x = i
        z = x
        y = z
        log.append("over")
    return log


def last_references_of_two():
    """Both values that are stored over at once die before the next statement."""
    log = []
    for i in range(4):
        x, y = Dies(log, "x"), Dies(log, "y")
        log.append("made")
        x, y = y, x
        log.append("swapped")
        x, y = 1, 2
        log.append("over")
        x, x = Dies(log, "first"), Dies(log, "second")
        log.append("twice")
        x = y
    return log


def lines(function):
    seen = []

    def trace(frame, event, _):
        if frame.f_code is function.__code__ and event == "line":
            seen.append(frame.f_lineno - function.__code__.co_firstlineno)
        return trace

    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(None)
    return seen


def instructions(function):
    """Where each instruction that is executed stands."""
    monitoring = sys.monitoring
    tool, seen = 3, []
    monitoring.use_tool_id(tool, "pairs")
    try:
        monitoring.register_callback(tool, monitoring.events.INSTRUCTION, lambda code, at: seen.append(at))
        monitoring.set_local_events(tool, function.__code__, monitoring.events.INSTRUCTION)
        function()
    finally:
        monitoring.set_local_events(tool, function.__code__, 0)
        monitoring.register_callback(tool, monitoring.events.INSTRUCTION, None)
        monitoring.free_tool_id(tool)
    return seen


def watched():
    p = Point(1, 2)
    total = 0
    items = [5, 6]
    for i in range(2):
        x = p.x
        x = x + 1
        if x < total:
            items[i] += (total * 1000) - total
            items[i] -= 4 * (total * 1000 - total) // 4
        total = total + x
        y = items[i]
        if y is not None:
            total = total + y
    return total


def watched_on_the_way():
    """Watched from the middle of a loop on, by another thread's doing or its own."""
    count = 0
    seen = []

    def trace(frame, event, _):
        seen.append(event)
        return trace

    p = Point(1, 2)
    for i in range(20):
        count = count + p.x
        if i == 10:
            sys.settrace(trace)
            sys._getframe().f_trace = trace
        if i == 15:
            sys.settrace(None)
            sys._getframe().f_trace = None
        count = count + p.total()
    return count, len(seen) > 10


check()
check()
assert last_reference() == [
    entry for i in range(5) for entry in ("stored", i, "over")
], last_reference()

assert last_references_of_two() == [
    *("made", "swapped"), *("x", "y"), *("over", "first", "twice", "second")
] * 4, last_references_of_two()

assert watched() == 15
first = lines(watched)
for _ in range(3):
    assert lines(watched) == first == [*range(1, 8), *range(10, 14), *range(4, 14), 4, 14], first
every = instructions(watched)
for _ in range(3):
    watched()
    assert instructions(watched) == every
assert len(every) > 50
assert watched_on_the_way() == (80, True)
check()

# From several threads, which specialize the same instructions at once.
failures = []


def run():
    try:
        for _ in range(20):
            check()
            assert watched() == 15
    except BaseException as raised:
        failures.append(raised)


threads = [threading.Thread(target=run) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failures, failures[0]
