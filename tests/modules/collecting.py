# options: -W ignore
"""What `gc` says and does: generations' numbers, kept garbage, referents, weak references of garbage."""

import gc
import threading
import weakref

gc.collect()

# Statistics for the generation that was asked for.
before = gc.get_stats()
gc.collect(0)
gc.collect(2)
after = gc.get_stats()
assert [b["collections"] - a["collections"] for a, b in zip(before, after)] == [1, 0, 1]

# Immediates are referents too.
assert sorted(gc.get_referents([1, 2.5, True], (7,), {3: 4})) == [1, True, 2.5, 3, 4, 7]
assert gc.get_referents(1, "a", 4j) == []
assert not gc.is_tracked(int) and gc.is_tracked([]) and gc.is_tracked(gc)


# A finalizer finds no other garbage through a weak reference.
class Node:
    def __del__(self):
        seen.append(reference())


class Plain:
    pass


seen = []
node, plain = Node(), Plain()
node.me, plain.me, plain.node = node, plain, node
reference = weakref.ref(plain)
del node, plain
assert gc.collect() == 2 and seen == [None]

# Garbage is kept if that is asked for.
items = []
items.append(items)
place = id(items)
gc.set_debug(gc.DEBUG_SAVEALL)
del items
gc.collect()
gc.set_debug(0)
assert [id(item) for item in gc.garbage] == [place]
gc.garbage[0].clear()
gc.garbage.clear()


# A threshold is kept where the program sets one.
class Canary:
    def __init__(self):
        self.me = self


def collected_within(objects):
    canary = weakref.ref(Canary())
    junk = []
    for _ in range(objects):
        junk.append([])
        if canary() is None:
            return True
    return False


threshold = gc.get_threshold()
gc.set_threshold(1000, 0, 0)
assert collected_within(20_000)
gc.set_threshold(0)
gc.collect()
assert not collected_within(200_000)
gc.set_threshold(*threshold)
gc.collect()

# References in CPython's order.
target = Plain()


class Reference(weakref.ref):
    pass


of_class = Reference(target)
called = weakref.ref(target, lambda _: None)
proxy = weakref.proxy(target)
plain = weakref.ref(target)
found = weakref.getweakrefs(target)
assert found[0] is plain and found[1] is proxy and found[2] is called and found[3] is of_class
assert target.__weakref__ is plain


# What a thread owned dies at once when the thread waits, and when it has ended.
lock, ready, objects = threading.Lock(), threading.Event(), []
lock.acquire()


def owner():
    objects.extend(Plain() for _ in range(1000))
    ready.set()
    with lock:
        pass


thread = threading.Thread(target=owner)
thread.start()
ready.wait()
for _ in range(1000):
    reference = weakref.ref(objects.pop())
    if reference() is None:
        break
    threading.Event().wait(0.001)
else:
    raise AssertionError("an object lived on while its owner waited")
lock.release()
thread.join()

# Collections that begin by themselves are counted, and told, as those that are asked for.
told = []
gc.callbacks.append(lambda phase, info: told.append((phase, info["generation"], info["collected"])))
before = gc.get_stats()
while len(told) < 4:
    node = Plain()
    node.me = node
gc.callbacks.clear()
gained = [b["collections"] - a["collections"] for a, b in zip(before, gc.get_stats())]
assert gained[2] == 0 and gained[0] + gained[1] >= 2
assert [phase for phase, *_ in told[:4]] == ["start", "stop"] * 2 and told[3][2] > 0


# A callback that collects has nothing done.
def nested(phase, info):
    asked.append(gc.collect())


asked = []
gc.callbacks.append(nested)
gc.collect()
gc.callbacks.clear()
assert asked == [0, 0]

# What a collection finds is printed if that is asked for.
import contextlib
import io
import re

with contextlib.redirect_stderr(io.StringIO()) as printed:
    node = Plain()
    node.me = node
    del node
    gc.set_debug(gc.DEBUG_STATS | gc.DEBUG_COLLECTABLE)
    gc.collect()
    gc.set_debug(0)
printed = printed.getvalue().splitlines()
assert printed[0] == "gc: collecting generation 2..."
assert re.fullmatch(r"gc: done, [1-9]\d* unreachable, 0 uncollectable, \d+\.\d{4}s elapsed", printed[-1]), printed[-1]
assert any(line.startswith("gc: collectable <Plain 0x") for line in printed), printed
