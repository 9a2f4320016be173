"""Threads that store under keys that are there while others add and remove keys, clear, and copy: no value is lost, and a copy holds
nothing without what the same thread stored before (INV-DICT-7, INV-DICT-8)."""

import gc
import sys
import threading
import weakref

ROUNDS = 3000


class Item:
    """A value that weak references may lead to."""

    def __init__(self, number):
        self.number = number


def together(*works):
    errors = []
    start = threading.Barrier(len(works))

    def run(work):
        start.wait()
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def each_finds_what_it_stored():
    shared = {n: None for n in range(4)}

    def keep(key):
        for n in range(ROUNDS):
            item = Item(n)
            shared[key] = item
            assert shared[key] is item, (key, n)
            assert shared.get(key) is item and key in shared

    def others():
        for n in range(ROUNDS):
            shared["other", n % 50] = Item(n)
            if n % 7 == 0:
                shared.popitem()
            elif n % 5 == 0:
                shared.pop(("other", n % 50), None)

    def reads():
        for n in range(ROUNDS // 10):
            assert shared.keys() >= {0, 1, 2, 3}
            values = list(shared.values())
            assert len(values) >= 4
            assert all(value is None or value.number >= 0 for value in values)

    together(lambda: keep(0), lambda: keep(1), others, reads)
    for key in (0, 1):
        assert shared[key].number == ROUNDS - 1


def popitem_leaves_what_is_kept():
    """As above, with a dict whose last keys come and go, and one writer for each of those that stay."""
    shared = dict.fromkeys(range(8), -1)

    def keep(key):
        for n in range(ROUNDS):
            shared[key] = n
            assert shared[key] == n

    def others():
        for n in range(ROUNDS):
            shared["x"] = n
            assert shared.popitem() == ("x", n)

    together(lambda: keep(0), lambda: keep(7), others)
    assert shared == {0: ROUNDS - 1, 7: ROUNDS - 1} | dict.fromkeys(range(1, 7), -1)


def copies_fit():
    shared = {"first": 0, "second": 0}

    def stores():
        for n in range(1, ROUNDS * 5):
            shared["first"] = n
            shared["second"] = n

    def copies():
        for _ in range(ROUNDS // 2):
            for copy in (shared.copy(), dict(shared), dict(zip(shared, shared.values()))):
                assert copy.keys() == {"first", "second"}
            copy = shared.copy()
            assert copy["first"] - copy["second"] in (0, 1), copy

    together(stores, copies)


def nothing_is_lost_or_kept():
    shared = {n: Item(n) for n in range(8)}
    made = []

    def stores():
        for n in range(ROUNDS):
            shared[n & 7] = Item(n)

    def removes():
        for n in range(ROUNDS // 4):
            shared.pop(n & 7, None)
            if n % 100 == 0:
                shared.clear()

    def takes():
        for n in range(ROUNDS // 4):
            item = shared.setdefault(n & 7, None)
            if item is not None:
                made.append(weakref.ref(item))

    together(stores, stores, removes, takes)
    shared.clear()
    gc.collect()
    gc.collect()
    assert not [ref for ref in made if ref() is not None]


def weak_values_come_back():
    """A key whose value has died is removed unless it has got another meanwhile."""
    shared = weakref.WeakValueDictionary()

    def stores():
        for n in range(ROUNDS):
            item = Item(n)
            shared[0] = item
            found = shared.get(0)
            assert found is item, n
            del found, item

    def others():
        for n in range(ROUNDS // 4):
            shared[1 + n % 20] = Item(n)

    together(stores, others)


before = sys.getswitchinterval()
sys.setswitchinterval(1e-5)
each_finds_what_it_stored()
popitem_leaves_what_is_kept()
copies_fit()
nothing_is_lost_or_kept()
weak_values_come_back()
sys.setswitchinterval(before)
