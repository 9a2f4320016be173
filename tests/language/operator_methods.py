# Operators whose operands are instances of a program's classes: which method answers, and what happens when none does.
import gc
import sys
import threading
import traceback


class Number:
    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        if isinstance(other, Number):
            return Number(self.value + other.value)
        if isinstance(other, int):
            return Number(self.value + other)
        return NotImplemented

    def __radd__(self, other):
        return ("reflected", other, self.value)

    def __eq__(self, other):
        if not isinstance(other, Number):
            return NotImplemented
        return self.value == other.value

    def __lt__(self, other):
        if not isinstance(other, Number):
            return NotImplemented
        return self.value < other.value

    def __le__(self, other):
        return "neither"

    def __ne__(self, other):
        return []

    def __pow__(self, other, modulus=None):
        return ("power", modulus)


class Child(Number):
    def __radd__(self, other):
        return "child"

    def __gt__(self, other):
        return "greater"


class Plain:
    pass


class InPlace(Number):
    def __iadd__(self, other):
        self.value += 100
        return self


class Texts(list):
    def __add__(self, other):
        return NotImplemented

    def __mul__(self, other):
        return NotImplemented


class Whole(int):
    def __sub__(self, other):
        return NotImplemented

    def __mul__(self, other, extra=7):
        return (int(self), other, extra)


def message(function):
    try:
        return function()
    except TypeError as error:
        return str(error)


def check():
    a, b = Number(1), Number(2)
    results = [
        (a + b).value,
        (a + 5).value,
        message(lambda: a + "x"),
        message(lambda: a + None),
        5 + a,
        message(lambda: a + Child(3)),
        message(lambda: Child(3) + "x"),
        a == b,
        a == Number(1),
        a == 1,
        1 == a,
        a != 1,
        a < b,
        message(lambda: a < 5),
        message(lambda: a > 5),
        a > b,
        a <= 5,
        a < Child(2),
        a**2,
        pow(a, 2, 3),
        [1] * (a < b),
        message(lambda: Texts([1]) + [2]),
        message(lambda: Texts([1]) * 2),
        message(lambda: Texts([1]) + 2),
        Whole(5) - 2,
        Whole(5) - 2.5,
        message(lambda: Whole(5) - "x"),
        Whole(5) * 2,
        message(lambda: a - b),
        message(lambda: a @ b),
    ]
    c = a
    c += b
    results.append((c is a, c.value))
    c = InPlace(1)
    d = c
    c += 5
    results.append((c is d, c.value))
    e = a
    results.append(message(lambda: (e := a + Plain())))
    try:
        e += Plain()
    except TypeError as error:
        results.append(str(error))
    if a == Number(1):
        results.append("jumped")
    if not a < b:
        results.append("wrong")
    if a <= 5:
        results.append("true")
    if a != 5:
        results.append("wrong")
    while a == b:
        results.append("wrong")
    return results


expected = [
    3, 6, "unsupported operand type(s) for +: 'Number' and 'str'", "unsupported operand type(s) for +: 'Number' and 'NoneType'",
    ("reflected", 5, 1), "child", "unsupported operand type(s) for +: 'Child' and 'str'", False, True, False, False, [], True,
    "'<' not supported between instances of 'Number' and 'int'", "'>' not supported between instances of 'Number' and 'int'",
    False, "neither", "greater", ("power", None), ("power", 3), [1],
    "unsupported operand type(s) for +: 'Texts' and 'list'", "unsupported operand type(s) for *: 'Texts' and 'int'",
    "unsupported operand type(s) for +: 'Texts' and 'int'", 3, 2.5, "unsupported operand type(s) for -: 'Whole' and 'str'", (5, 2, 7),
    "unsupported operand type(s) for -: 'Number' and 'Number'", "unsupported operand type(s) for @: 'Number' and 'Number'",
    (False, 3), (True, 101), "unsupported operand type(s) for +: 'Number' and 'Plain'",
    "unsupported operand type(s) for +=: 'Number' and 'Plain'", "jumped", "true",
]
for _ in range(30):
    found = check()
    assert found == expected, [pair for pair in zip(found, expected) if pair[0] != pair[1]]


# What the method raises leaves the operator's line, and its operands are gone.
class Raising:
    alive = 0

    def __init__(self):
        Raising.alive += 1

    def __del__(self):
        Raising.alive -= 1

    def __add__(self, other):
        raise ValueError("added")

    def __lt__(self, other):
        raise ValueError("compared")


for operator in "+", "<":
    for _ in range(3):
        try:
            (Raising() + Raising()) if operator == "+" else (
                Raising() < Raising()
            )
        except ValueError as error:
            entries = traceback.extract_tb(error.__traceback__)
            assert [entry.name for entry in entries] == ["<module>", "__add__" if operator == "+" else "__lt__"]
            assert entries[0].line.strip().startswith("(Raising()" if operator == "+" else "Raising() <")
            assert (entries[0].colno, entries[0].end_lineno - entries[0].lineno) == (13 if operator == "+" else 16, 0)
        gc.collect()
        assert Raising.alive == 0


# The caller's frame says where it is, and a trace function may begin in the middle.
class Looking:
    def __add__(self, other):
        frame = sys._getframe(1)
        seen.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
        return other

    def __or__(self, other):
        sys.settrace(trace)
        sys._getframe(1).f_trace = trace
        return other

    def __eq__(self, other):
        sys.settrace(None)
        return 7

    def __mul__(self, other):
        yield self
        yield other


def trace(frame, event, argument):
    traced.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
    return trace


def look():
    first = Looking() + 1
    second = Looking() | 2
    third = second + 1
    fourth = Looking() == 3
    return first, second, third, fourth


for _ in range(5):
    seen, traced = [], []
    assert look() == (1, 2, 3, 7)
    assert seen == [("look", 1)]
    assert [entry for entry in traced if entry[0] == "line"][:2] == [("line", 3), ("line", 4)], traced

item = Looking()
assert list(item * 4) == [item, 4]


# Methods that come and go are seen by the same instruction.
class Changing:
    def __add__(self, other):
        return 1


def add(a, b):
    return a + b


for _ in range(20):
    assert add(Changing(), 1) == 1
Changing.__add__ = lambda self, other: 2
assert add(Changing(), 1) == 2
del Changing.__add__
assert message(lambda: add(Changing(), 1)) == "unsupported operand type(s) for +: 'Changing' and 'int'"
Changing.__add__ = max
assert message(lambda: add(Changing(), 1)) == "'int' object is not iterable", message(lambda: add(Changing(), 1))


# A generator is suspended between two operators, and a deep recursion through one ends as it should.
def steps(n):
    total = Number(0)
    for i in range(n):
        total = total + (yield total.value)
    return total


generator = steps(50)
next(generator)
for i in range(49):
    assert generator.send(Number(i)).__class__ is int


class Deep:
    def __add__(self, other):
        return self + other

    def __lt__(self, other):
        return self < other


for deep in lambda: Deep() + 1, lambda: Deep() < 1:
    try:
        deep()
    except RecursionError as error:
        assert "maximum recursion depth" in str(error)
    else:
        assert False


# Many threads add the same numbers.
def work():
    for _ in range(2000):
        total = Number(0)
        for number in numbers:
            total = total + number
            assert total == total and not total < number
        sums.append(total.value)


numbers = [Number(i) for i in range(5)]
sums = []
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert sums == [10] * 8000
