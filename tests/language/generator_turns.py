# Generators with few and many slots, resumed by loops, by `yield from` and by native code, at any depth.
import sys


def few(n):
    for i in range(n):
        yield i


def one():
    yield 1


def eight(a, b, c, d, e, f, g):
    for i in range(5):
        yield a + b + c + d + e + f + g + i
        a = i


def many(n):
    a = b = c = d = e = f = g = h = j = k = l = n
    for i in range(n):
        x = [i]
        sent = yield a, b, c, d, e, f, g, h, j, k, l, x
        a, l = l, sent


def through(*parts):
    total = 0
    for part in parts:
        got = yield from part
        total += got or 0
    return total


def items(iterable):
    got = []
    for item in iterable:
        got.append(item)
    return got


shared = ["a", "b", "c"]


def words():
    for word in shared:
        kept = word
        yield kept
        assert kept is word


for way in (items, list, tuple, lambda g: [*g], lambda g: sorted(g, key=lambda x: 0)):
    assert list(way(few(4))) == [0, 1, 2, 3]
    assert list(way(few(0))) == []
    assert list(way(one())) == [1]
    assert list(way(eight(1, 2, 3, 4, 5, 6, 7))) == [28, 28, 30, 32, 34]
    assert [t[-1] for t in way(many(6))] == [[i] for i in range(6)]
    assert list(way(words())) == shared
    assert list(way(through(few(2), one(), words()))) == [0, 1, 1, "a", "b", "c"]

g = many(5)
assert next(g)[0] == 5
assert g.send("sent")[0] == 5 and g.send(None)[0] is not None


def counting():
    try:
        while True:
            try:
                yield sys.exc_info()[0]
            except KeyError:
                yield "key"
    finally:
        shared.append("end")


g = counting()
assert next(g) is None and g.throw(KeyError()) == "key" and next(g) is None
try:
    raise ValueError
except ValueError:
    assert next(g) is ValueError
assert next(g) is None
g.close()
assert shared.pop() == "end"

# Its frame is asked for between turns, and within one.
def looking():
    for i in range(3):
        yield sys._getframe() if i == 1 else i


for iterate in (items, list):
    g = looking()
    assert g.gi_frame.f_locals == {}
    got = iterate(g)
    assert got[0] == 0 and got[2] == 2 and got[1].f_code.co_name == "looking"
    g = few(5)
    seen = []
    for i in g:
        seen.append(g.gi_frame.f_locals["i"])
    assert seen == [0, 1, 2, 3, 4] and g.gi_frame is None


# One that others hold runs as well; one that runs is not resumed.
box = [few(5)]
holder = {"g": few(5)}
assert [next(box[0]) for _ in range(3)] == [0, 1, 2]
assert items(box[0]) == [3, 4]
assert sum(holder["g"]) == 10


def myself():
    yield 1
    yield list(me)


me = myself()
next(me)
try:
    next(me)
except ValueError as e:
    assert str(e) == "generator already executing"
else:
    raise AssertionError


def nested(n):
    if n:
        yield from nested(n - 1)
    yield n


assert items(nested(200)) == list(range(201))


def endless(n):
    yield from endless(n + 1)


for iterate in (items, list, next):
    try:
        iterate(endless(0))
    except RecursionError as e:
        assert "recursion" in str(e)
    else:
        raise AssertionError

before = sys.getrecursionlimit()
sys.setrecursionlimit(10**9)
assert sys.getrecursionlimit() == 10**9
assert items(nested(3000))[-1] == 3000
sys.setrecursionlimit(before)
assert sys.getrecursionlimit() == before


def value():
    yield 1
    return 2


g = value()
assert next(g) == 1
try:
    next(g)
except StopIteration as e:
    assert e.value == 2
assert list(value()) == [1] and items(value()) == [1] and items(through(value(), value())) == [1, 1]
