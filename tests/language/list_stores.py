"""`list[index] = value` in every kind of list, of items that die of it and that do not."""

import gc
import sys
import threading
import weakref


class Item:
    def __init__(self, log=None):
        self.log = log

    def __del__(self):
        if self.log is not None:
            self.log.append("gone")


def store(target, index, value):
    target[index] = value


def raises(kind, message, f, *args):
    try:
        f(*args)
    except kind as e:
        assert str(e) == message, str(e)
    else:
        raise AssertionError("nothing raised")


def places():
    items = [1, 2.5, "three", None]
    for _ in range(50):
        store(items, 0, "first")
        store(items, -1, 10**30)
        store(items, True, (1, 2))
        assert items == ["first", (1, 2), "three", 10**30]
    for index in 4, -5, 2**62, -(2**62):
        raises(IndexError, "list assignment index out of range", store, items, index, 0)
    raises(IndexError, "cannot fit 'int' into an index-sized integer", store, items, 2**70, 0)
    raises(TypeError, "list indices must be integers or slices, not str", store, items, "0", 0)
    raises(TypeError, "'tuple' object does not support item assignment", store, (1,), 0, 0)
    raises(IndexError, "list assignment index out of range", store, [], 0, 0)
    assert items == ["first", (1, 2), "three", 10**30]


def counts():
    """Each item is counted as often as it is in the list, and what is replaced dies at once."""
    log = []
    items = [None]
    for i in range(20):
        store(items, 0, Item(log))
        assert log == ["gone"] * i, log
    store(items, 0, items)  # itself
    assert items[0] is items
    store(items, 0, None)
    assert log == ["gone"] * 20
    shared = Item()
    alive = weakref.ref(shared)
    row = [shared] * 3
    for i in range(3):
        store(row, i, shared)
    del shared
    for i in range(3):
        assert alive() is not None
        store(row, i, i)
    gc.collect()
    assert alive() is None and row == [0, 1, 2]
    [0, 1][1] = Item(log)  # a list that nobody else has
    assert log == ["gone"] * 21
    before = sys.getrefcount(row)
    for i in range(100):
        store(row, i % 3, row)
    for i in range(3):
        store(row, i, None)
    assert sys.getrefcount(row) == before


def changed_meanwhile():
    """What a finalizer does to the list that it was in."""

    class Clearing:
        def __del__(self):
            items.clear()

    items = [Clearing(), 2, 3]
    store(items, 0, "new")
    assert items == []

    class Numbers(list):
        def __setitem__(self, index, value):
            super().__setitem__(index, value + 1)

    numbers = Numbers([0])
    for i in range(5):
        store(numbers, 0, i)
        assert numbers == [i + 1]


def from_threads():
    shared = [0] * 8
    own = [None] * 4

    def work(me):
        private = [0] * 8
        for i in range(3000):
            store(private, i % 8, i)
            store(shared, (i + me) % 8, [me, i])
            store(own, me, private)
        assert private == list(range(2992, 3000))

    threads = [threading.Thread(target=work, args=(me,)) for me in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(type(item) is list and len(item) == 2 for item in shared), shared
    assert own == [list(range(2992, 3000))] * 4


places()
counts()
changed_meanwhile()
from_threads()
