# stdout: ok
# Python that calls itself without end raises RecursionError, through whatever slot it goes, and the program goes on.
import sys


def plain():
    return plain()


def raises(call, *arguments):
    try:
        call(*arguments)
    except RecursionError as error:
        assert "maximum recursion depth exceeded" in str(error), error
    else:
        raise AssertionError(f"no RecursionError: {call}")


class Everything:
    def __repr__(self):
        return repr(self)

    def __str__(self):
        return str(self)

    def __eq__(self, other):
        return self == other

    def __lt__(self, other):
        return self < other

    def __hash__(self):
        return hash(self)

    def __getattr__(self, name):
        return getattr(self, name + "x" if len(name) < 20 else name)

    def __len__(self):
        return len(self)

    def __bool__(self):
        return bool(self)

    def __iter__(self):
        return iter(self)

    def __call__(self):
        return self()

    def __add__(self, other):
        return self + other

    def __neg__(self):
        return -self

    def __getitem__(self, index):
        return self[index]

    def __setitem__(self, index, value):
        self[index] = value

    def __delitem__(self, index):
        del self[index]

    def __contains__(self, item):
        return item in self

    def __enter__(self):
        with self:
            pass

    def __exit__(self, *args):
        pass

    def __format__(self, spec):
        return f"{self:{spec}}"

    def __index__(self):
        return [1][self]

    def __int__(self):
        return int(self)

    def __instancecheck__(self, other):
        return isinstance(other, self)

    def __next__(self):
        return next(self)

    def __reversed__(self):
        return reversed(self)

    def __set_name__(self, owner, name):
        type("C", (), {"x": self})


class Attributes:
    def __setattr__(self, name, value):
        setattr(self, name, value)

    def __delattr__(self, name):
        delattr(self, name)

    def __getattribute__(self, name):
        return getattr(self, name)


class Descriptor:
    def __get__(self, instance, owner):
        return instance.x


class Holder:
    x = Descriptor()


class New:
    def __new__(cls):
        return cls()


class Init:
    def __init__(self):
        Init()


class Meta(type):
    def __call__(cls):
        return cls()


class OfMeta(metaclass=Meta):
    pass


class Subclass:
    def __init_subclass__(cls):
        type("C", (cls,), {})


class Missing(dict):
    def __missing__(self, key):
        return self[key]


def generator():
    yield from generator()


async def coroutine():
    await coroutine()


def comprehension():
    return [comprehension() for _ in [0]]


def by_keyword(*args, **keywords):
    return by_keyword(*args, **keywords)


def by_map():
    return list(map(lambda _: by_map(), [0]))


def by_sort():
    return sorted([1, 2], key=lambda _: by_sort())


def by_exec():
    exec("by_exec()", globals())


def by_except():
    try:
        raise ValueError
    except ValueError:
        by_except()


def by_finally():
    try:
        return
    finally:
        by_finally()


def store(target):
    target[0] = 1


def delete(target):
    del target[0]


def enter(target):
    with target:
        pass


def main():
    e = Everything()
    raises(plain)
    for call in (repr, str, hash, len, bool, iter, next, reversed, int, format, lambda x: x == 1, lambda x: x < 1,
                 lambda x: x + 1, lambda x: -x, lambda x: x[0], lambda x: 1 in x, lambda x: x(), lambda x: f"{x:a}",
                 lambda x: [1][x], lambda x: range(x), store, delete, enter, lambda x: x.a,
                 lambda x: isinstance(1, x), lambda x: {x: 1}, lambda x: [*x], lambda x: "%s" % x, lambda x: print(x),
                 lambda x: not x, lambda x: type("C", (), {"x": x}), lambda x: [x].index(1), lambda x: [x] == [1],
                 lambda x: (x,) < (1,), lambda x: hash((x,)), lambda x: repr([{1: (x,)}])):
        raises(call, e)
    raises(lambda: Attributes().x)
    raises(setattr, Attributes(), "x", 1)
    raises(lambda: Holder().x)
    raises(New)
    raises(Init)
    raises(OfMeta)
    raises(lambda: type("C", (Subclass,), {}))
    raises(lambda: Missing()[1])
    raises(lambda: list(generator()))
    raises(lambda: coroutine().send(None))
    for call in (comprehension, by_keyword, by_map, by_sort, by_exec, by_except, by_finally):
        raises(call)
    assert sys.getrecursionlimit() == 1000


main()
import threading

failures = []


def guarded():
    try:
        main()
    except BaseException as error:
        failures.append(error)
        raise


threads = [threading.Thread(target=guarded) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failures
print("ok")
