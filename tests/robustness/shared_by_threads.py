# stdout: ok
# Eight threads use and change the same list, dict, set, deque, bytearray, object and iterator: nothing breaks.
import collections
import itertools
import threading
import weakref


class Thing:
    pass


def together(*calls):
    """Runs the calls in eight threads; what operations on a changing container raise is expected."""
    gate = threading.Barrier(8)
    failures = []

    def run(number):
        gate.wait()
        for i in range(400):
            for call in calls[number % len(calls):] + calls[:number % len(calls)]:
                try:
                    call(i)
                except (IndexError, KeyError, RuntimeError, ValueError, StopIteration, AttributeError, BufferError,
                        ReferenceError, TypeError, NameError):
                    pass
                except BaseException as error:
                    failures.append(error)
                    raise

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


target = []
together(lambda i: target.append(i), lambda i: target.pop(), lambda i: target.extend([i] * 3), lambda i: target[i % 9],
         lambda i: target.__setitem__(i % 9, object()), lambda i: target.sort(key=id), lambda i: target.reverse(),
         lambda i: target.insert(0, []), lambda i: target.__delitem__(slice(0, 5)), lambda i: list(target),
         lambda i: repr(target), lambda i: target == list(target), lambda i: target.clear() if i % 50 == 0 else 0,
         lambda i: target.__setitem__(slice(2, None), target), lambda i: [x for x in target], lambda i: i in target)
table = {}
together(lambda i: table.__setitem__(i % 30, object()), lambda i: table.pop(i % 30), lambda i: list(table.items()),
         lambda i: table.setdefault(i, []), lambda i: table.update({i: 1, "a": 2}), lambda i: table.popitem(),
         lambda i: repr(table), lambda i: table.copy() == table, lambda i: [k for k in table], lambda i: table.clear(),
         lambda i: table | {1: 2}, lambda i: table.get(i), lambda i: table.keys() & {1, 2}, lambda i: list(reversed(table)))
group = set()
together(lambda i: group.add(i % 40), lambda i: group.discard(i % 40), lambda i: group.pop(), lambda i: group | {1},
         lambda i: group.update(range(i % 30)), lambda i: list(group), lambda i: group & {1, 2, 3},
         lambda i: group.intersection_update(range(10)), lambda i: repr(group), lambda i: frozenset(group),
         lambda i: group.symmetric_difference_update({i}), lambda i: group == set(group))
ends = collections.deque(maxlen=50)
together(ends.append, ends.appendleft, lambda i: ends.pop(), lambda i: ends.popleft(), ends.rotate, lambda i: list(ends),
         lambda i: ends.extend([i] * 4), lambda i: ends.insert(3, i), lambda i: ends.remove(i), lambda i: repr(ends),
         lambda i: ends == ends.copy(), lambda i: ends.reverse(), lambda i: ends[i % 5], lambda i: i in ends)
ordered = collections.OrderedDict()
together(lambda i: ordered.__setitem__(i % 30, i), lambda i: ordered.move_to_end(i % 30), lambda i: ordered.popitem(),
         lambda i: list(ordered), lambda i: list(reversed(ordered)), lambda i: ordered.popitem(False),
         lambda i: ordered.pop(i % 30), lambda i: ordered == ordered.copy(), lambda i: ordered.clear() if i % 20 == 0 else 0)
default = collections.defaultdict(list)
together(lambda i: default[i % 10].append(i), lambda i: default.pop(i % 10), lambda i: default.copy())
counter = collections.Counter()
together(lambda i: counter.update("abc"), lambda i: counter.most_common(2), lambda i: counter.subtract("a"))
data = bytearray(b"abc")
together(lambda i: data.append(i % 256), lambda i: data.pop(), lambda i: data.extend(b"xyz"), lambda i: bytes(data),
         lambda i: data.__delitem__(slice(0, 3)), lambda i: data.find(b"x"), lambda i: memoryview(data)[:2].tobytes(),
         lambda i: data.__setitem__(slice(0, 2), b"12345"), lambda i: data.split(b"x"), lambda i: data.decode("latin-1"),
         lambda i: data.replace(b"x", b"yy"), lambda i: data.clear() if i % 20 == 0 else 0, lambda i: data.__imul__(2) if len(data) < 100 else 0)
thing = Thing()
together(lambda i: setattr(thing, f"a{i % 20}", object()), lambda i: delattr(thing, f"a{i % 20}"), lambda i: vars(thing).copy(),
         lambda i: getattr(thing, f"a{i % 20}"), lambda i: thing.__dict__.update(b=i), lambda i: setattr(thing, "__dict__", {}),
         lambda i: setattr(thing, "__class__", Thing), lambda i: dir(thing))
together(lambda i: setattr(Thing, f"m{i % 5}", lambda self: i), lambda i: thing.m1(), lambda i: delattr(Thing, f"m{i % 5}"),
         lambda i: thing.m2(), lambda i: type("Sub", (Thing,), {}) if i % 50 == 0 else 0, lambda i: Thing.__subclasses__(),
         lambda i: setattr(Thing, "__eq__", lambda a, b: True), lambda i: thing == 1, lambda i: delattr(Thing, "__eq__"))
for make in (lambda: iter(range(10**6)), lambda: iter([1] * 100000), lambda: enumerate([1] * 100000), lambda: zip([1] * 100000),
             lambda: map(int, [1] * 100000), lambda: itertools.count(), lambda: itertools.cycle([1, 2, 3]),
             lambda: itertools.chain([1] * 50000, [2] * 50000), lambda: itertools.islice(itertools.count(), 100000),
             lambda: itertools.tee(range(100000))[0], lambda: itertools.groupby(range(100000)), lambda: iter("a" * 100000),
             lambda: iter({i: i for i in range(10000)}), lambda: iter(set(range(10000))), lambda: itertools.accumulate(range(100000)),
             lambda: itertools.product(range(50), repeat=3), lambda: itertools.permutations(range(8)), lambda: reversed([1] * 10000),
             lambda: itertools.batched(range(100000), 3), lambda: itertools.pairwise(range(100000)),
             lambda: itertools.zip_longest(range(10000), range(100)), lambda: (x for x in range(100000)),
             lambda: itertools.combinations(range(30), 3), lambda: filter(None, [1] * 100000)):
    shared = make()
    together(lambda i: next(shared), lambda i: next(shared), lambda i: next(shared))
reference = weakref.ref(thing, lambda _: None)
values = weakref.WeakValueDictionary()
holder = [Thing()]
together(lambda i: values.__setitem__(i % 5, holder[0]), lambda i: values.get(i % 5), lambda i: holder.__setitem__(0, Thing()),
         lambda i: list(values.items()), lambda i: weakref.ref(holder[0])(), lambda i: weakref.proxy(holder[0]).x,
         lambda i: weakref.finalize(holder[0], int), lambda i: weakref.getweakrefs(holder[0]), lambda i: len(values))


def generator():
    while True:
        yield [1]


shared = generator()
together(lambda i: next(shared), lambda i: shared.send(None), lambda i: shared.gi_frame, lambda i: shared.gi_running)
together(lambda i: shared.throw(ValueError), lambda i: next(shared), lambda i: shared.close())


def function(a, b=1):
    return a + b


together(lambda i: function(1), lambda i: setattr(function, "__defaults__", (i,)), lambda i: setattr(function, "__code__", (lambda a, b=1: a).__code__),
         lambda i: function.__dict__.update(x=i), lambda i: setattr(function, "__kwdefaults__", {"b": 1}), lambda i: function(1, b=2))
value = 0


def nonlocals():
    cell = 0

    def bump(i):
        nonlocal cell
        cell += i

    together(bump, bump, lambda i: cell)


nonlocals()
together(lambda i: globals().__setitem__(f"g{i % 10}", i), lambda i: globals().pop(f"g{i % 10}"), lambda i: g1, lambda i: globals().copy())
print("ok")
