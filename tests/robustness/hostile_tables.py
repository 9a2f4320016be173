# stdout: ok
# Dicts, sets and OrderedDicts that change while they are in use, through __eq__, __hash__, __del__ and callbacks.
import collections
import threading
import weakref


class Key:
    """Keys that all collide, and act when they are compared."""

    def __init__(self, number, action, equal=None):
        self.number, self.action, self.equal = number, action, equal

    def __hash__(self):
        return 1

    def __eq__(self, other):
        self.action()
        if self.equal is not None:
            return self.equal
        return isinstance(other, Key) and self.number == other.number

    def __del__(self):
        self.action()

    def __repr__(self):
        self.action()
        return f"k{self.number}"


class Hashes:
    def __init__(self, action):
        self.action = action

    def __hash__(self):
        self.action()
        return 1

    def __eq__(self, other):
        self.action()
        return False


def attempt(call):
    try:
        return call()
    except (KeyError, RuntimeError, TypeError, ValueError, StopIteration) as error:
        return type(error).__name__


def dict_operations(table, key, hashes):
    yield lambda: table[key]
    yield lambda: table.get(key)
    yield lambda: table.__setitem__(key, key)
    yield lambda: table.__delitem__(key)
    yield lambda: table.pop(key)
    yield lambda: table.pop(key, None)
    yield lambda: table.setdefault(key, key)
    yield lambda: table.popitem()
    yield lambda: key in table
    yield lambda: table.update({key: 1, hashes: 2})
    yield lambda: table.update(table.copy())
    yield lambda: table.update([(key, 1), (hashes, 2)])
    yield lambda: table == {key: 1, **{Key(n, lambda: None): 1 for n in range(6)}}
    yield lambda: table == table.copy()
    yield lambda: table.items() == table.copy().items()
    yield lambda: table.keys() & {key, hashes}
    yield lambda: table.keys() | {key, hashes}
    yield lambda: table.keys() - {key, hashes}
    yield lambda: table.keys() ^ {key, hashes}
    yield lambda: table.items() & {(key, 1)}
    yield lambda: table.items() - {(key, 1)}
    yield lambda: table.items() ^ {(key, 1)}
    yield lambda: (key, 1) in table.items()
    yield lambda: key in table.values()
    yield lambda: table.keys().isdisjoint({key})
    yield lambda: repr(table)
    yield lambda: repr(table.items())
    yield lambda: table | {key: 2}
    yield lambda: table.__ior__({key: 2})
    yield lambda: [key == other for other in table]
    yield lambda: [(key == other, value) for other, value in table.items()]
    yield lambda: table.clear()
    yield lambda: dict(table)
    yield lambda: {**table, key: 1}
    yield lambda: table.fromkeys([key, hashes, key])
    yield lambda: table[hashes]
    yield lambda: table.__setitem__(hashes, 1)
    yield lambda: table.setdefault(hashes, 1)
    yield lambda: table.pop(hashes, 1)
    yield lambda: sorted(table, key=lambda item: (item == key, 1)[1])
    yield lambda: list(reversed(table))
    yield lambda: (lambda **names: names)(**table)
    yield lambda: collections.Counter(table)
    yield lambda: collections.Counter([key, hashes, key])


def ordered_operations(table, key, hashes):
    yield from dict_operations(table, key, hashes)
    yield lambda: table.move_to_end(key)
    yield lambda: table.move_to_end(key, False)
    yield lambda: table.popitem(False)
    yield lambda: table.popitem(True)
    yield lambda: table == collections.OrderedDict(table)
    yield lambda: list(reversed(table.items()))
    yield lambda: table.copy()


def set_operations(table, key, hashes):
    yield lambda: key in table
    yield lambda: table.add(key)
    yield lambda: table.add(hashes)
    yield lambda: table.discard(key)
    yield lambda: table.remove(key)
    yield lambda: table.pop()
    yield lambda: table.update([key, hashes, key])
    yield lambda: table.update({key, hashes})
    yield lambda: table.update({key: 1})
    yield lambda: table | {key}
    yield lambda: table & {key, hashes}
    yield lambda: table - {key, hashes}
    yield lambda: table ^ {key, hashes}
    yield lambda: table.__iand__({key})
    yield lambda: table.__isub__({key})
    yield lambda: table.__ixor__({key, hashes})
    yield lambda: table.intersection([key, hashes])
    yield lambda: table.difference([key, hashes])
    yield lambda: table.symmetric_difference([key, hashes])
    yield lambda: table.difference_update([key, hashes])
    yield lambda: table.intersection_update([key, hashes])
    yield lambda: table.symmetric_difference_update([key, hashes])
    yield lambda: table.issubset([key])
    yield lambda: table.issuperset([key, hashes])
    yield lambda: table.isdisjoint([key, hashes])
    yield lambda: table == set(table)
    yield lambda: table < {key}
    yield lambda: table <= set(table)
    yield lambda: frozenset(table)
    yield lambda: table.copy()
    yield lambda: repr(table)
    yield lambda: [key == other for other in table]
    yield lambda: table.clear()
    yield lambda: table.__init__([key, hashes])
    yield lambda: sorted(table, key=lambda item: (item == key, 1)[1])


def dict_mutations(table):
    def swell():
        if len(table) < 500:
            for number in range(40):
                table[number] = number

    def drop():
        for key in list(table)[:1]:
            if isinstance(key, int):
                del table[key]
            else:
                table.popitem()

    def churn():
        table.clear()
        table["a"] = 1

    return [table.clear, swell, drop, churn, lambda: table.__setitem__("new", 1), lambda: table.__ior__({3: 1})]


def set_mutations(table):
    def swell():
        table.update(range(40))

    def drop():
        if table:
            table.pop()

    def churn():
        table.clear()
        table.add("a")

    return [table.clear, swell, drop, churn, lambda: table.add("new"), lambda: table.update([3])]


def run(make, operations, mutations, fill, count):
    nothing = Key(0, lambda: None)
    length = len(list(operations(make(), nothing, nothing)))
    for which in range(count):
        for equal in (None, True, False):
            for position in range(length):
                table = make()
                busy = True

                def action():
                    nonlocal busy
                    if not busy:
                        busy = True
                        try:
                            mutate()
                        finally:
                            busy = False

                mutate = mutations(table)[which]
                fill(table, [Key(number, action, equal) for number in range(6)])
                key, hashes = Key(5, action, equal), Hashes(action)
                operation = list(operations(table, key, hashes))[position]
                busy = False
                attempt(operation)
                busy = True
                assert len(table) == len(list(table)), (table, which, position)
                if isinstance(table, dict):
                    assert len(list(table.items())) == len(table)
                table.clear()
                assert not table and not list(table)
                del operation, key, hashes


def fill_dict(table, keys):
    for number, key in enumerate(keys):
        dict.__setitem__(table, number, 1)
        try:
            table[key] = key
        except RuntimeError:
            pass


def main():
    run(dict, dict_operations, dict_mutations, fill_dict, 6)
    run(lambda: collections.defaultdict(list), dict_operations, dict_mutations, fill_dict, 6)
    run(collections.OrderedDict, ordered_operations, dict_mutations,
        lambda table, keys: [table.__setitem__(key, key) for key in keys], 6)
    run(set, set_operations, set_mutations, lambda table, keys: table.update(keys), 6)
    references = weakref.WeakKeyDictionary()
    for _ in range(10):
        class Loose:
            def __del__(self):
                references.clear()
        keys = [Loose() for _ in range(20)]
        for key in keys:
            references[key] = key
        while keys:
            keys.pop()
            references.setdefault(Loose(), 1)


main()
threads = [threading.Thread(target=main) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("ok")
