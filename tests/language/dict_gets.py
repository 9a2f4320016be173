"""`dict.get` of dicts, of their subclasses and of others, with keys of all kinds, by one thread and by several."""

import threading


class Sub(dict):
    pass


class Missing(dict):
    def __missing__(self, key):
        return "missing"


class Own:
    def get(self, key, default=None):
        return "own"


class Equal:
    def __init__(self):
        self.asked = 0

    def __hash__(self):
        return 5

    def __eq__(self, other):
        self.asked += 1
        return isinstance(other, Equal)


class Dies:
    log = []

    def __del__(self):
        self.log.append("died")


def get(container, key):
    return container.get(key)


def get_or(container, key, default):
    return container.get(key, default)


def error(function, *arguments):
    try:
        function(*arguments)
    except Exception as raised:
        return f"{type(raised).__name__}: {raised}"
    raise AssertionError("no error")


TABLE = {"a": 1, "b": [2], 3: "x", None: "n", int: "i", 2.5: "f", (1, 2): "t", "".join(("a", "long")): "l"}


def check(table):
    assert get(table, "a") == 1 and get(table, "b") is table["b"] and get(table, "absent") is None
    assert get(table, 3) == get(table, 3.0) == "x" and get(table, True) is None and get(table, 1 << 70) is None
    assert get(table, None) == "n" and get(table, int) == "i" and get(table, str) is None
    assert get(table, 2.5) == "f" and get(table, (1, 2)) == "t" and get(table, "".join(("al", "ong"))) == "l"
    default = object()
    assert get_or(table, "absent", default) is default and get_or(table, "a", default) == 1
    assert get_or(Sub(a=2), "a", 0) == 2 and get_or(Sub(), "a", default) is default and get(Missing(), 1) is None
    assert get(Own(), 1) == get_or(Own(), 1, 2) == "own"
    key = Equal()
    of_equals = {key: "equal"}
    assert get(of_equals, Equal()) == "equal" and get(of_equals, 5) is None and key.asked >= 2
    assert error(get, table, []) == error(get_or, table, [], 0)
    assert error(get, table, []).startswith("TypeError: ") and "unhashable type: 'list'" in error(get, table, [])
    # What is found or given stays, though what held it goes.
    value = [1]
    value = table.get("absent", value)
    value = table.get("absent", value)
    assert value == [1] and {}.get("absent", [3]) == [3] and {"k": [7]}.get("k") == [7]


for _ in range(20):
    check(TABLE)
assert error(lambda: TABLE.get()) == "TypeError: get expected at least 1 argument, got 0"
assert error(lambda: TABLE.get(1, 2, 3)) == "TypeError: get expected at most 2 arguments, got 3"


def drop_found():
    table = {"k": Dies()}
    found = table.get("k")
    del table["k"]
    assert not Dies.log
    del found
    assert Dies.log == ["died"]
    found = table.get("k", Dies())
    assert Dies.log == ["died"]
    found = None
    assert Dies.log == ["died", "died"]


drop_found()

# From several threads, of which one exchanges what the others find.
failures = []
SHARED = {n: [n, "first"] for n in range(8)}


def read():
    try:
        for turn in range(400):
            check(TABLE)
            for n in range(9):
                found = SHARED.get(n, TABLE)
                assert found is TABLE if n == 8 else found[0] == n, found
    except BaseException as raised:
        failures.append(raised)


def write():
    for turn in range(4000):
        SHARED[turn % 8] = [turn % 8, turn]


threads = [threading.Thread(target=target) for target in (read, read, read, write)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failures, failures[0]
