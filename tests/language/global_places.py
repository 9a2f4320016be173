"""What a LOAD_GLOBAL remembers: globals and builtins that come, go, move and are shadowed, one code with several globals, and threads
that read while names are added (INV-DICT-6)."""

import builtins
import threading
import types

here = 1


def read():
    return here


def size(of):
    return abs(of)


def calls(function, *arguments):
    """What every one of many calls returns, or raises."""
    found = set()
    for _ in range(20):
        try:
            found.add(function(*arguments))
        except NameError as error:
            found.add(str(error))
    assert len(found) == 1, found
    return found.pop()


# The table grows, and a value is exchanged.
assert calls(read) == 1
for number in range(500):
    globals()[f"added_{number}"] = number
    assert read() == 1
here = 2
assert calls(read) == 2

# The name goes and comes back, somewhere else; others go before it.
del here
assert calls(read) == "name 'here' is not defined"
for number in range(0, 500, 2):
    del globals()[f"added_{number}"]
here = 3
assert calls(read) == 3
for number in range(500):
    globals()[f"more_{number}"] = number
assert calls(read) == 3

# A builtin is shadowed, and no longer; then it is another.
assert calls(size, -3) == 3
abs = lambda of: -1
assert calls(size, -3) == -1
del abs
assert calls(size, -3) == 3
original = builtins.abs
builtins.abs = lambda of: -2
assert calls(size, -3) == -2
builtins.abs = original
for number in range(200):
    setattr(builtins, f"builtin_{number}", number)
assert calls(size, -3) == 3
for number in range(200):
    delattr(builtins, f"builtin_{number}")
assert calls(size, -3) == 3
builtins.here_now = 5


def read_builtin():
    return here_now


assert calls(read_builtin) == 5
del builtins.here_now
assert calls(read_builtin) == "name 'here_now' is not defined"

# One code, several globals and builtins.
spaces = [{"here": number, "__builtins__": {"abs": lambda of, n=number: n}} for number in range(5)]
reads = [types.FunctionType(read.__code__, space) for space in spaces]
sizes = [types.FunctionType(size.__code__, space) for space in spaces]
for _ in range(50):
    assert [function() for function in reads] == list(range(5))
    assert [function(-3) for function in sizes] == list(range(5))
for space, function in zip(spaces, reads):
    space.clear()
    assert calls(function) == "name 'here' is not defined"

# Threads read what stays while another adds and removes names, so that the table is replaced.
shared = {"here": 7, "__builtins__": {"abs": abs, "other": 0}}
reader = types.FunctionType(read.__code__, shared)
measure = types.FunctionType(size.__code__, shared)
wrong = []
done = threading.Event()


def look():
    while not done.is_set():
        if reader() != 7 or measure(-4) != 4:
            wrong.append((reader(), measure(-4)))


threads = [threading.Thread(target=look) for _ in range(3)]
for thread in threads:
    thread.start()
for turn in range(30):
    for number in range(200):
        shared[f"name_{turn}_{number}"] = number
        shared["__builtins__"][f"name_{turn}_{number}"] = number
    for number in range(200):
        del shared[f"name_{turn}_{number}"]
        del shared["__builtins__"][f"name_{turn}_{number}"]
done.set()
for thread in threads:
    thread.join()
assert not wrong, wrong[:3]
