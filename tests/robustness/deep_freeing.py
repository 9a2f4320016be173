# stdout: ok
# Structures a million deep, and chains of instances, closures and generators, are freed without recursion: by counts and
# by the collector, on the main thread and on others at once, and between threads.
import gc
import threading
import collections

DEEP = 1_000_000
CHAIN = 200_000


class Node:
    def __init__(self, next):
        self.next = next


class Slotted:
    __slots__ = ("next",)

    def __init__(self, next):
        self.next = next


class Finalized:
    count = 0

    def __init__(self, next):
        self.next = next

    def __del__(self):
        Finalized.count += 1


def closure(next):
    return lambda: next


def generator(next):
    yield next
    yield next


def started(next):
    made = generator(next)
    made.send(None)
    return made


def raised(next):
    try:
        raise ValueError(next)
    except ValueError as error:
        return error


class Sub(list):
    pass


def chain(make, length):
    value = None
    for _ in range(length):
        value = make(value)
    return value


MAKERS = {
    "list": (lambda v: [v], DEEP),
    "tuple": (lambda v: (v,), DEEP),
    "dict": (lambda v: {1: v}, DEEP // 2),
    "dict key": (lambda v: {(v,): 1} if False else {1: (v,)}, CHAIN),
    "frozenset": (lambda v: frozenset([Node(v)]), CHAIN),
    "instance": (Node, CHAIN),
    "slots": (Slotted, CHAIN),
    "closure": (closure, CHAIN),
    "generator": (started, CHAIN),
    "generator unstarted": (generator, CHAIN),
    "method": (lambda v: Node(v).__init__, CHAIN),
    "exception": (raised, CHAIN),
    "subclass": (lambda v: Sub([v]), CHAIN),
    "iterator": (lambda v: iter([v]), CHAIN),
    "deque": (lambda v: collections.deque([v], 1), CHAIN),
    "ordered": (lambda v: collections.OrderedDict(a=v), CHAIN // 4),
    "slice": (lambda v: slice(v), CHAIN),
    "cell": (lambda v: closure(v).__closure__[0], CHAIN),
    "finalized": (Finalized, CHAIN // 2),
    "map": (lambda v: map(closure(v), ()), CHAIN),
    "zip": (lambda v: zip([v]), CHAIN),
    "property": (lambda v: property(v), CHAIN),
    "class": (lambda v: type("C", (), {"v": v}), 3000),
    "module": (lambda v: exec("x = v", d := {"v": v}) or d, CHAIN // 4),
}


def all_of_them(by_collector, divide=1):
    for name, (make, length) in MAKERS.items():
        value = chain(make, length // divide)
        if by_collector:
            cycle = [value]
            cycle.append(cycle)
            del cycle
        del value
    gc.collect()


all_of_them(False)
all_of_them(True, 4)
gc.collect()
assert Finalized.count == CHAIN // 2 + CHAIN // 8, Finalized.count
threads = [threading.Thread(target=all_of_them, args=(bool(i % 2), 8)) for i in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

# Made by one thread, freed by another.
passed = []
maker = threading.Thread(target=lambda: passed.extend(chain(make, length // 4) for make, length in MAKERS.values()))
maker.start()
maker.join()


def free():
    while True:
        try:
            passed.pop()
        except IndexError:
            return


threads = [threading.Thread(target=free) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
# The last ones go with the program.
left = [chain(make, length // 4) for make, length in MAKERS.values()]
print("ok")
