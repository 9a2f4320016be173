# Calls of methods with `*args`, which bind nothing, and what must look the same as if they did.
import sys
import threading


class Base:
    def all(self, *args, **kwargs):
        return type(self).__name__, args, kwargs

    @classmethod
    def of_class(cls, *args):
        return cls.__name__, args

    @staticmethod
    def of_none(*args):
        return args

    def one(self, a, b=2):
        return self, a, b

    async def later(self, *args):
        return args

    def items(self, *args):
        yield from args


class Derived(Base):
    def all(self, *args, **kwargs):
        return super().all(*args, **kwargs)


class Own:
    pass


def calls(thing, args, kwargs):
    return [
        thing.all(*args),
        thing.all(*args, **kwargs),
        thing.all(1, *args, k=3),
        thing.of_class(*args),
        thing.of_none(*args),
        list(thing.items(*args)),
        thing.all(*iter(args)),
    ]


def natives(values, args):
    values.append(*args)
    values.insert(*(0, 7))
    return "-".join(*(["a", "b"],)), values.index(*(7,)), "x,y".split(*(",",)), {1: 2}.get(*(3, 4))


def wrong(call, *words):
    try:
        call()
    except TypeError as error:
        for word in words:
            assert word in str(error), (word, str(error))
    else:
        raise AssertionError("no error")


def errors(thing):
    wrong(lambda: thing.one(*()), "Base.one() missing 1 required positional argument")
    wrong(lambda: thing.one(*(1, 2, 3)), "takes from 2 to 3 positional arguments but 4 were given")
    wrong(lambda: thing.one(*5), "must be an iterable, not int")
    wrong(lambda: thing.one(**5), "must be a mapping, not int")
    wrong(lambda: [].append(*(1, 2)), "append() takes exactly one argument (2 given)")


def program():
    for _ in range(100):
        for class_ in (Base, Derived):
            name = class_.__name__
            args, kwargs = (1, 2), {"k": 3}
            assert calls(class_(), args, kwargs) == [
                (name, (1, 2), {}),
                (name, (1, 2), {"k": 3}),
                (name, (1, 1, 2), {"k": 3}),
                (name, (1, 2)),
                (1, 2),
                [1, 2],
                (name, (1, 2), {}),
            ]
        thing = Base()
        assert thing.one(*(5,)) == (thing, 5, 2)
        assert natives([], (9,)) == ("a-b", 0, ["x", "y"], 4)
        errors(thing)
        try:
            thing.later(*(1,)).send(None)
        except StopIteration as stop:
            assert stop.value == (1,)
        # An attribute of the instance comes before the class's.
        own = Own()
        own.all = lambda *args: args
        assert own.all(*(1,)) == (1,)
        # What is evaluated between the method and the call may replace the method.
        changing = type("Changing", (Base,), {"all": Base.all})
        for _ in range(8):
            given = changing().all(*(setattr(changing, "all", len) or (1, 2)))
            assert given == ("Changing", (1, 2), {})
            changing.all = Base.all


def traced():
    seen = []
    monitoring = sys.monitoring
    monitoring.use_tool_id(3, "calls")
    monitoring.register_callback(3, monitoring.events.CALL, lambda code, at, called, first: seen.append(called))

    def call(thing, args):
        return thing.all(*args)

    for _ in range(20):
        call(Base(), (1,))
    monitoring.set_events(3, monitoring.events.CALL)
    thing = Base()
    call(thing, (1,))
    # Watched between the loading of the method and its call.
    monitoring.set_events(3, 0)
    del seen[:]

    def halfway(thing):
        return thing.all(*(monitoring.set_events(3, monitoring.events.CALL) or (1,)))

    for _ in range(20):
        monitoring.set_events(3, 0)
        assert halfway(thing) == ("Base", (1,), {})
    monitoring.set_events(3, 0)
    monitoring.free_tool_id(3)
    assert thing.all in seen or Base.all in seen, seen


def names():
    def outer():
        def inner():
            "text"

        return inner

    first, second = outer(), outer()
    assert (first.__name__, first.__qualname__) == ("inner", "names.<locals>.outer.<locals>.inner")
    assert first.__module__ == __name__ and first.__globals__ is globals()
    assert first.__builtins__ is outer.__builtins__
    first.__name__, first.__qualname__, first.__module__ = "a", "b", "c"
    assert (first.__name__, first.__qualname__, first.__module__) == ("a", "b", "c")
    assert (second.__name__, second.__module__) == ("inner", __name__)
    second.__code__ = (lambda: None).__code__
    assert (second.__name__, second.__qualname__) == ("inner", "names.<locals>.outer.<locals>.inner")
    del first.__module__
    assert first.__module__ is None
    # The module's name is what it was when the function was made.
    space = {"__name__": "before"}
    exec("def make():\n    return lambda: 0\nearly = make()", space)
    space["__name__"] = "after"
    exec("late = make()", space)
    assert (space["make"].__module__, space["early"].__module__) == ("before", "before")
    assert space["late"].__module__ == "after"
    del space["__name__"]
    assert space["make"]().__module__ is None
    import gc

    assert globals() in gc.get_referents(outer)
    assert any(found is outer for found in gc.get_referrers(globals()))
    assert not any(type(found).__name__ == "function_home" for found in gc.get_objects())


def managers():
    lock = threading.RLock()
    for _ in range(100):
        with lock as held, threading.Lock() as other:
            assert held is True and other is True

    class Manager:
        __enter__ = staticmethod(lambda: 5)
        __exit__ = staticmethod(lambda *args: len(args) == 3)

    for _ in range(20):
        with Manager() as five:
            assert five == 5
        with Manager():
            raise ValueError


program()
traced()
names()
managers()
workers = [threading.Thread(target=program) for _ in range(3)]
for worker in workers:
    worker.start()
managers()
for worker in workers:
    worker.join()
