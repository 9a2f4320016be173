# Subscripts take the form for what they meet: each form, changes from one to another, errors, watchers, several threads.
import sys
import threading
from array import array


class Named(dict):
    def __missing__(self, key):
        return ("missing", key)


class Items(list):
    pass


class Answer:
    def __getitem__(self, key):
        return ("answer", key)


class Failing:
    def __getitem__(self, key):
        raise LookupError(key)


class Index:
    def __init__(self, number):
        self.number = number

    def __index__(self):
        return self.number


class Generic:
    def __class_getitem__(cls, key):
        return (cls.__name__, key)


def of(container, key):
    return container[key]


def twice(pair):
    # A place that meets one kind of container only, loaded in one instruction and in two.
    container, key = pair
    first = container[key]
    return first, (lambda: container[key])()


LONG = 1 << 70
CASES = [
    ([10, 20, 30], 1, 20),
    ([10, 20, 30], -1, 30),
    ([10, 20, 30], True, 20),
    ([10, 20, 30], Index(2), 30),
    ([10, 20, 30], slice(1, None), [20, 30]),
    ((1, 2.5, "c"), 0, 1),
    ((1, 2.5, "c"), -1, "c"),
    ((1, 2.5, "c"), False, 1),
    ((1, 2.5, "c"), slice(None, 2), (1, 2.5)),
    ((1, [LONG]), 1, [LONG]),
    ({"a": 1, 2: "b", (3,): "c", 1.5: "d", None: "e"}, "a", 1),
    ({"a": 1, 2: "b", (3,): "c", 1.5: "d", None: "e"}, 2, "b"),
    ({"a": 1, 2: "b", (3,): "c", 1.5: "d", None: "e"}, 2.0, "b"),
    ({"a": 1, 2: "b", (3,): "c", 1.5: "d", None: "e"}, (3,), "c"),
    ({"a": 1, 2: "b", (3,): "c", 1.5: "d", None: "e"}, 1.5, "d"),
    ({"a": 1, 2: "b", (3,): "c", 1.5: "d", None: "e"}, None, "e"),
    ({LONG: 1}, LONG, 1),
    ("abc", 0, "a"),
    ("abc", -3, "a"),
    ("äb€", 2, "€"),
    ("äb€", slice(None, None, -1), "€bä"),
    (b"abc", 1, 98),
    (bytearray(b"abc"), -1, 99),
    (b"abc", slice(1), b"a"),
    (array("d", [1.5, 2.5]), 1, 2.5),
    (range(10, 20), 3, 13),
    (memoryview(b"abc"), 1, 98),
    (Named(a=1), "a", 1),
    (Named(a=1), "b", ("missing", "b")),
    (Items("abc"), 1, "b"),
    (Answer(), 7, ("answer", 7)),
    (Answer(), "k", ("answer", "k")),
    (Generic, int, ("Generic", int)),
]

FAILURES = [
    ([1], 1),
    ([1], -2),
    ([1], LONG),
    ([1], "a"),
    ((1,), 1),
    ((1,), -2),
    ((1,), LONG),
    ((), 0),
    ((1,), None),
    ({}, 1),
    ({}, "a"),
    ({}, []),
    ({}, slice(1)),
    ("a", 1),
    ("a", -2),
    ("a", "a"),
    (b"a", 5),
    (bytearray(b"a"), 5),
    (array("d"), 0),
    (Items(), 0),
    (Failing(), 3),
    (5, 0),
    (None, slice(1)),
    (int, 1),
]


def same(found, expected):
    return type(found) is type(expected) and found == expected


def check_forms():
    for container, key, expected in CASES:
        namespace = {}
        exec("def alone(container, key):\n    return container[key]", namespace)
        exec("def apart(get, key):\n    return get()[key]", namespace)
        alone, apart = namespace["alone"], namespace["apart"]
        for _ in range(20):
            assert same(alone(container, key), expected), (container, key)
            assert same(apart(lambda: container, key), expected), (container, key)
        # A place that has its form meets everything else.
        for other, key, expected in CASES:
            assert same(alone(other, key), expected), (other, key)
            assert same(apart(lambda: other, key), expected), (other, key)
            assert all(same(found, expected) for found in twice((other, key)))


def failure(function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        return type(error).__name__, str(error)


def check_failures():
    expected = [failure(type(c).__getitem__, c, k) if hasattr(type(c), "__getitem__") else None for c, k in FAILURES]
    for container, key, _ in CASES:
        namespace = {}
        exec("def alone(container, key):\n    return container[key]", namespace)
        alone = namespace["alone"]
        for _ in range(3):
            alone(container, key)
        for (other, bad), wanted in zip(FAILURES, expected):
            found = failure(alone, other, bad)
            assert isinstance(found, tuple), (other, bad)
            if wanted is not None:
                assert found == wanted, (found, wanted)
            else:
                assert found[0] == "TypeError" and "not subscriptable" in found[1], found


def check_watched():
    # Forms go on working where somebody watches, and afterwards.
    def work(container, key):
        return container[key]

    for _ in range(10):
        work((1, 2), 1)
    seen = []
    sys.settrace(lambda frame, event, argument: seen.append(event) or (lambda *a: seen.append(a[1])))
    try:
        for container, key, expected in CASES:
            assert same(work(container, key), expected)
    finally:
        sys.settrace(None)
    assert "call" in seen and "return" in seen
    for container, key, expected in CASES:
        assert same(work(container, key), expected)


def check_threads():
    # One place whose form several threads change at once.
    def work(container, key):
        return container[key]

    failures = []

    def run(first):
        for turn in range(2000):
            container, key, expected = CASES[(first + turn) % len(CASES)]
            if not same(work(container, key), expected):
                failures.append((container, key))

    threads = [threading.Thread(target=run, args=(number * 7,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


check_forms()
check_failures()
check_watched()
check_threads()
