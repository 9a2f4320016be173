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

# A callback that was garbage with its referent is not called, though both live on.
kept.clear()
item = Revived()
item.itself = item
item.watch = reference = weakref.ref(item, lambda gone: seen.append("called"))
group = ()
del item, reference
reference = int
gc.collect()
(item,) = kept
assert item.watch() is None and callable(item.watch.__callback__)
kept.clear()
del item
gc.collect()
assert "called" not in seen

# Classes that never go have plain weak references that all share, as others do.
for built_in in (int, object, type, type(None)):
    assert weakref.ref(built_in) is weakref.ref(built_in) and weakref.ref(built_in)() is built_in
    assert weakref.getweakrefcount(built_in) >= 0 and weakref.ref(built_in) in weakref.getweakrefs(built_in) + [weakref.ref(built_in)]
    called = weakref.ref(built_in, print)
    assert called is not weakref.ref(built_in) and called == weakref.ref(built_in)
    del called
