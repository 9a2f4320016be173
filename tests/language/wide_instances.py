"""Instances that get more attributes than their class expected, and attributes of many classes at one place."""

import copy
import threading


class Wide:
    pass


def widen(count):
    instance = Wide()
    for i in range(count):
        setattr(instance, f"a{i}", i)
    return instance


# Each instance keeps what it was given, however many slots those before it had.
instances = [widen(n % 40) for n in range(200)]
for n, instance in enumerate(instances):
    assert list(vars(instance)) == [f"a{i}" for i in range(n % 40)], n
instances = [widen(n % 40) for n in range(200)]
for n, instance in enumerate(instances):
    for i in range(n % 40):
        assert getattr(instance, f"a{i}") == i
    assert not hasattr(instance, f"a{n % 40}")


class Sub(Wide):
    def __init__(self):
        self.one, self.two, self.three, self.four, self.five = range(1, 6)


for _ in range(20):
    sub = Sub()
    sub.a = sub.b = sub.c = sub.d = 7
    assert (sub.one, sub.five, sub.a, sub.d) == (1, 5, 7, 7)
    assert copy.copy(sub).__dict__ == sub.__dict__
    del sub.two
    assert not hasattr(sub, "two") and sub.three == 3

# A class assigned to an instance with another number of slots.
narrow, wide = widen(1), widen(25)
for instance, count in (narrow, 1), (wide, 25):
    instance.__class__ = Sub
    instance.more = "more"
    assert len(vars(instance)) == count + 1 and instance.more == "more"


# One place, many classes, in slots and in dicts; the class changes meanwhile.
def make(k):
    class Many:
        kind = f"class {k}"

        def __init__(self):
            for i in range(k):
                setattr(self, f"pad{i}", i)
            self.value = k

        def method(self):
            return ("method", self.value)

        @property
        def half(self):
            return self.value / 2

    return Many


classes = [make(k) for k in range(12)]


def read(instance):
    return instance.value, instance.kind, instance.method(), instance.half


for turn in range(60):
    k = turn * 7 % 12
    assert read(classes[k]()) == (k, f"class {k}", ("method", k), k / 2)
for k, cls in enumerate(classes):
    instance = cls()
    instance.value = -k
    instance.kind = "own"
    assert read(instance) == (-k, "own", ("method", -k), -k / 2)
    cls.method = lambda self: "changed"
    cls.half = property(lambda self: "half")
    assert read(instance)[2:] == ("changed", "half")
    cls.value = property(lambda self: "data descriptor", lambda self, value: None)
    assert instance.value == "data descriptor"
    instance.value = 5
    del cls.value
    assert instance.value == -k


# Instances of natives' subclasses, whose attributes stand behind a tail of any length.
class Text(str):
    other = None

    def turned(self):
        if self.other is not None:
            return self.other
        self.other = Text(self[::-1])
        return self.other


for _ in range(40):
    text = Text("abc")
    assert text.other is None and text.turned() == "cba" and text.other == "cba" and text.turned() is text.other


# What classes hold, looked at through them.
class Meta(type):
    pass


class Held(metaclass=Meta):
    number = 3

    def function(self):
        return self


def held(cls):
    return cls.number, cls.function(9)


assert [held(Held) for _ in range(5)] == [(3, 9)] * 5
Held.number = 4
assert held(Held) == (4, 9)
Meta.number = property(lambda cls: "of the class's class")
assert held(Held) == ("of the class's class", 9)
del Meta.number
assert held(Held) == (4, 9)


# Threads that make and fill instances of one class, whose room grows meanwhile.
class Shared:
    pass


failures = []


def fill(seed):
    for n in range(300):
        instance = Shared()
        count = (n * 7 + seed) % 34
        for i in range(count):
            setattr(instance, f"x{i}", (seed, i))
        if vars(instance) != {f"x{i}": (seed, i) for i in range(count)}:
            failures.append((seed, n))


threads = [threading.Thread(target=fill, args=(seed,)) for seed in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failures, failures[:3]
