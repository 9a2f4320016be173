# Weak references to cyclic garbage are dead before any of its finalizers runs; those to other objects, after theirs.
import gc
import weakref

kept = []
seen = []


class Revived:
    def __del__(self):
        kept.append(self)
        seen.append((reference(), list(group)))


called = []
for callback in None, called.append:
    item = Revived()
    item.itself = item
    reference = weakref.ref(item, callback)
    group = weakref.WeakSet([item])
    del item
    gc.collect()
    assert reference() is None and seen == [(None, [])] and len(kept) == 1
    assert called == ([reference] if callback else [])
    assert weakref.ref(kept[0])() is kept[0]
    kept.clear()
    seen.clear()

item = Revived()
reference = weakref.ref(item)
group = ()
del item
assert seen == [(kept[0], [])] and reference() is kept[0]
