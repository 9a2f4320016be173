# What instructions remember of attributes and variables is forgotten when it is no longer so, whichever thread changes it.
import itertools
import threading
import types

WARM = 40  # more often than it takes to remember, and than it takes to give up


def raises(kind, message, call, *args):
    try:
        call(*args)
    except kind as e:
        assert message in str(e), (str(e), message)
        return e
    raise AssertionError(f"{kind} expected")


def reader(name):
    # A function with places of its own, that nothing else has warmed.
    namespace = {}
    exec(f"def read(owner): return owner.{name}\ndef call(owner): return owner.{name}()", namespace)
    return namespace["read"], namespace["call"]


def always(read, owner, value):
    for _ in range(WARM):
        found = read(owner)
        assert found is value or found == value, (found, value)


# Attributes that natives compute.
def plain(a, b=1):
    "text"
    yield a


class Error(Exception):
    pass


def raised(error):
    try:
        raise error
    except type(error) as e:
        return e


class Held:
    def method(self):
        pass


def computed():
    error, held, lines = raised(Error("a", 1)), Held(), memoryview(b"abcd")
    cause = error.__cause__ = ValueError()
    for name, owner, value in (
        ("__name__", plain, "plain"),
        ("__qualname__", plain, "plain"),
        ("__code__", plain, plain.__code__),
        ("__defaults__", plain, (1,)),
        ("__doc__", plain, "text"),
        ("__dict__", plain, {}),
        ("__class__", plain, types.FunctionType),
        ("__globals__", plain, globals()),
        ("co_name", plain.__code__, "plain"),
        ("co_argcount", plain.__code__, 2),
        ("__traceback__", error, error.__traceback__),
        ("__cause__", error, cause),
        ("__context__", error, None),
        ("__suppress_context__", error, True),
        ("args", error, ("a", 1)),
        ("value", StopIteration(5), 5),
        ("code", SystemExit(6), 6),
        ("errno", OSError(7, "seven"), 7),
        ("tb_lineno", error.__traceback__, error.__traceback__.tb_lineno),
        ("tb_frame", error.__traceback__, error.__traceback__.tb_frame),
        ("f_code", error.__traceback__.tb_frame, raised.__code__),
        ("gi_running", plain(1), False),
        ("gi_code", plain(1), plain.__code__),
        ("__self__", held.method, held),
        ("__func__", held.method, Held.method),
        ("real", 2 + 3j, 2.0),
        ("imag", 2 + 3j, 3.0),
        ("real", 7, 7),
        ("real", 2**80, 2**80),
        ("imag", 2.5, 0.0),
        ("start", slice(1, 2, 3), 1),
        ("step", slice(1, 2, 3), 3),
        ("stop", range(1, 9, 2), 9),
        ("nbytes", lines, 4),
        ("format", lines, "B"),
        ("fget", property(raised), raised),
        ("__module__", Held, "__main__"),
        ("__mro__", Held, (Held, object)),
        ("__name__", Held, "Held"),
        ("__class__", held, Held),
        ("__dict__", held, {}),
    ):
        read, call = reader(name)
        always(read, owner, value)
        for _ in range(WARM):
            if callable(value):
                break
            raises(TypeError, "not callable", call, owner)
        always(read, owner, value)


def one_place_for_many():
    # One place sees what different classes compute, keep in slots, and have in their dicts.
    class Slotted:
        __slots__ = ("other", "real")

    class Kept:
        def __init__(self, *names):
            for name in names:
                setattr(self, name, name)

    class Complex(complex):
        pass

    class Shadowed(complex):
        real = property(lambda self: "own")

    class Inherited:
        real = "of the class"

    slotted, module = Slotted(), types.ModuleType("module")
    slotted.real = "slot"
    module.real = "module"
    owners = [
        (1j, 0.0), (Complex(4), 4.0), (Shadowed(4), "own"), (slotted, "slot"), (Kept("real"), "real"), (Inherited(), "of the class"),
        (Kept("a", "real"), "real"), (Kept("a", "b", "real"), "real"), (module, "module"), (True, 1), (0.5, 0.5), (-(2**90), -(2**90)),
    ]
    read, call = reader("real")
    for n in range(1, len(owners) + 1):
        for _ in range(WARM):
            for owner, value in owners[:n]:
                assert read(owner) == value
    for owner, value in owners:
        raises(TypeError, "is not callable", call, owner)
    del slotted.real, module.real
    raises(AttributeError, "real", read, slotted)
    raises(AttributeError, "module 'module' has no attribute 'real'", read, module)
    # Methods: more classes than one place knows.
    classes = [type(f"C{n}", (), {"which": lambda self, n=n: n}) for n in range(9)]
    read, call = reader("which")
    for n in range(1, len(classes) + 1):
        owners = [made() for made in classes[:n]]
        for _ in range(WARM):
            for index, owner in enumerate(owners):
                assert call(owner) == index and read(owner)() == index


def changed_classes():
    read, call = reader("args")
    error = Error(1, 2)
    always(read, error, (1, 2))
    Error.args = property(lambda self: "shadow")
    always(read, error, "shadow")
    Error.args = 3
    always(read, error, 3)
    del Error.args
    always(read, error, (1, 2))
    error.args = [4]
    always(read, error, (4,))
    Error.__getattribute__ = lambda self, name: name
    always(read, error, "args")
    del Error.__getattribute__
    always(read, error, (4,))

    lines = memoryview(b"abc")
    read, call = reader("nbytes")
    always(read, lines, 3)
    lines.release()
    for _ in range(WARM):
        raises(ValueError, "released", read, lines)

    class Base:
        def method(self):
            return "base"

    class Derived(Base):
        pass

    class Other:
        def method(self):
            return "other"

        x = property(lambda self: "other x")

    read, call = reader("method")
    place, _ = reader("x")
    owner = Derived()
    owner.x = "own x"
    always(call, owner, "base")
    always(place, owner, "own x")
    Derived.method = lambda self: "derived"
    always(call, owner, "derived")
    owner.method = lambda: "own"
    always(call, owner, "own")
    del owner.method
    always(call, owner, "derived")
    for kind, value in ((staticmethod, ()), (classmethod, (Derived,)), (property, None)):
        Derived.method = kind(lambda *given: given) if value is not None else property(lambda self: lambda: None)
        always(call, owner, value)
    del Derived.method
    always(call, owner, "base")
    Base.method = lambda self: "new base"
    always(call, owner, "new base")
    Derived.x = property(lambda self: "property")
    always(place, owner, "property")
    Derived.x = "plain"
    always(place, owner, "own x")
    del owner.x
    always(place, owner, "plain")
    del Derived.x
    for _ in range(WARM):
        raises(AttributeError, "'Derived' object has no attribute 'x'", place, owner)
    Derived.__getattr__ = lambda self, name: name.upper()
    always(place, owner, "X")
    owner.x = "again"
    always(place, owner, "again")
    owner.__class__ = Other
    always(call, owner, "other")
    always(place, owner, "other x")
    owner.__class__ = Derived
    always(place, owner, "again")
    owner.__dict__ = {"method": lambda: "of the dict"}
    always(call, owner, "of the dict")
    always(place, owner, "X")
    vars(owner)["x"] = "of the dict too"
    always(place, owner, "of the dict too")
    Derived.__bases__ = (Other,)
    del owner.__dict__["method"]
    always(call, owner, "other")
    always(place, owner, "other x")


def stored():
    class Point:
        def __init__(self, x):
            self.x = x
            self.y = x + 1

    class Slotted:
        __slots__ = ("x", "y")
        __init__ = Point.__init__

    def made(count, kind=Point):
        points = [kind(n) for n in range(count)]
        return [(point.x, point.y) for point in points]

    right = [(n, n + 1) for n in range(WARM)]
    assert made(WARM) == made(WARM, Slotted) == right
    seen = []
    Point.y = property(lambda self: "property", lambda self, value: seen.append(value))
    assert made(WARM) == [(n, "property") for n in range(WARM)] and seen == list(range(1, WARM + 1))
    Point.y = property(lambda self: "property")
    raises(AttributeError, "has no setter", made, 1)
    Point.y = "plain"
    assert made(WARM) == right
    Point.__setattr__ = lambda self, name, value: object.__setattr__(self, name, -value)
    assert made(WARM) == [(-n, -n - 1) for n in range(WARM)]
    del Point.__setattr__
    assert made(WARM) == right
    point = Point(1)
    Point.__init__(point, 2)
    point.__class__ = type("Else", (), {"x": property(lambda self: "x", lambda self, value: None)})
    Point.__init__(point, 3)
    assert vars(point) == {"x": 2, "y": 4} and point.x == "x" and point.y == 4


# Variables of modules.
def modules():
    read, call = reader("x")
    module, other = types.ModuleType("module"), types.ModuleType("other")
    module.x = 1
    always(read, module, 1)
    module.x = 2
    always(read, module, 2)
    module.x = lambda: "called"
    always(call, module, "called")
    module.__dict__["x"] = 3
    always(read, module, 3)
    for n in range(100):
        setattr(module, f"before{n}", n)
    always(read, module, 3)
    del module.x
    for _ in range(WARM):
        raises(AttributeError, "module 'module' has no attribute 'x'", read, module)
    module.y = "y"
    for n in range(100):
        delattr(module, f"before{n}")
    module.x = 4
    always(read, module, 4)
    other.w, other.x = 0, 5
    for _ in range(WARM):
        assert (read(module), read(other)) == (4, 5)
    module.__dict__.pop("x")
    module.__getattr__ = lambda name: name * 2
    always(read, module, "xx")
    module.__dict__.update(x=6)
    always(read, module, 6)
    module.__dict__.clear()
    for _ in range(WARM):
        raises(AttributeError, "has no attribute 'x'", read, module)
    module.__dict__[5] = 5
    module.x = 7
    always(read, module, 7)

    class Module(types.ModuleType):
        x = property(lambda self: "property")

        def __getattr__(self, name):
            return "missing " + name

    module.__class__ = Module
    always(read, module, "property")
    del Module.x
    always(read, module, 7)
    del module.x
    always(read, module, "missing x")
    Module.__getattribute__ = lambda self, name: "anything"
    always(read, module, "anything")
    del Module.__getattribute__
    module.__class__ = types.ModuleType
    module.x = 8
    always(read, module, 8)
    for name, value in (("__name__", "m"), ("__doc__", None), ("__class__", types.ModuleType), ("__dict__", module.__dict__)):
        if name == "__name__":
            module.__name__ = value
        if name == "__doc__":
            module.__doc__ = value
        always(reader(name)[0], module, value)


def variables():
    namespace = {"__builtins__": {"b": "builtin", "g": "builtin"}, "g": "global"}
    exec("def read(): return g, b", namespace)
    read = namespace["read"]

    def now(*values):
        for _ in range(WARM):
            assert read() == values

    now("global", "builtin")
    namespace["b"] = "shadow"
    now("global", "shadow")
    del namespace["b"], namespace["g"]
    now("builtin", "builtin")
    namespace["__builtins__"]["b"] = "new"
    now("builtin", "new")
    del namespace["__builtins__"]["b"]
    for _ in range(WARM):
        raises(NameError, "name 'b' is not defined", read)
    namespace.update((f"n{n}", n) for n in range(100))
    namespace["b"] = namespace["g"] = 1
    now(1, 1)


# The same from several threads: what is read is something that was there.
ROUNDS = 1000
READERS = 3


def together(write, *reads):
    # `write(n)` runs for each round, while each function of `reads` is run again and again by threads of its own.
    start, ended, failed = threading.Barrier(READERS * len(reads) + 1), threading.Event(), []

    def run(read):
        try:
            start.wait()
            while not ended.is_set():
                for _ in range(20):
                    read()
        except BaseException as e:
            failed.append(e)

    threads = [threading.Thread(target=run, args=(read,)) for read in reads for _ in range(READERS)]
    for thread in threads:
        thread.start()
    start.wait()
    try:
        for n in range(ROUNDS):
            write(n)
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]


def growing(read, least=0):
    # What one thread writes is seen in its order.
    kept = threading.local()

    def check():
        found = read()
        assert found >= getattr(kept, "last", least), (found, kept.last)
        kept.last = found

    return check


def is_one_of(read, *values):
    def check():
        found = read()
        assert found in values, found

    return check


def or_missing(read):
    def check():
        try:
            return read()
        except AttributeError:
            return "missing"

    return check


def shared_modules():
    module = types.ModuleType("module")
    module.x, module.y, module.count = "x", "y", 0

    def write(n):
        module.count = n
        del module.x, module.y
        module.y, module.x = "y", "x"
        setattr(module, f"more{n}", n)

    together(
        write,
        growing(lambda: module.count),
        is_one_of(or_missing(lambda: module.x), "x", "missing"),
        is_one_of(or_missing(lambda: module.y), "y", "missing"),
    )

    class Module(types.ModuleType):
        x = property(lambda self: "property")

        def __getattr__(self, name):
            return "asked"

    def write(n):
        module.__class__ = Module
        module.y = "Y"
        del module.y
        module.__class__ = types.ModuleType
        module.__getattr__ = lambda name: "function"
        module.__dict__.update(y="y", **{f"other{n}": n})
        del module.__getattr__
        if n % 50 == 49:
            for name in [name for name in vars(module) if name[-1].isdigit()]:
                delattr(module, name)

    together(
        write,
        is_one_of(lambda: module.x, "x", "property"),
        is_one_of(or_missing(lambda: module.y), "y", "Y", "asked", "function", "missing"),
    )


def shared_computed():
    error, number = Error(0), type("Number", (complex,), {})(2, 3)

    def function():
        pass

    def write(n):
        function.__name__ = f"{n:06}"
        error.args = (n,)
        error.__cause__ = KeyError(n)
        error.__traceback__ = None if n % 2 else raised(ValueError()).__traceback__
        type(number).real = property(lambda self: "property")
        type(number).imag = "plain"
        del type(number).real, type(number).imag
        if n % 10 == 0:
            Error.args = property(lambda self: (ROUNDS,))
            del Error.args

    def cause():
        found = error.__cause__
        return found.args[0] if found is not None else 0

    def traceback():
        found = error.__traceback__
        return found if found is None else found.tb_frame.f_code

    places = [slice(1, 2), range(1, 2), slice(1, 5, 7)]

    def different():
        # The place is computed in more than one way.
        for place in places:
            assert place.start == 1
        for owner in (function, Error, threading.current_thread().run):
            assert type(owner.__name__) is str

    function.__name__ = ""
    together(
        write,
        growing(lambda: function.__name__, ""),
        is_one_of(lambda: type(error.args[0]), int),
        growing(cause),
        is_one_of(traceback, None, raised.__code__),
        is_one_of(lambda: number.real, 2.0, "property"),
        is_one_of(lambda: number.imag, 3.0, "plain"),
        different,
    )


def shared_instances():
    class First:
        label = "class"
        which = lambda self: "first"
        seen = property(lambda self: "first")

    class Second:
        label = "other"
        which = lambda self: "second"
        count = lambda self: 0

    owner = First()
    owner.before, owner.x = "before", "x"

    def write(n):
        First.count = lambda self: n
        owner.label = "own"
        owner.which = lambda: "own"
        owner.__class__ = Second
        owner.seen = "own"
        owner.__class__ = First
        del owner.which, owner.label
        del owner.x
        owner.x = "x"
        First.x = property(lambda self: "property", lambda self, value: None)
        del First.x
        if n % 20 == 0:
            owner.__dict__ = {"before": "before", "x": "x"}

    together(
        write,
        is_one_of(lambda: owner.label, "class", "other", "own"),
        is_one_of(lambda: owner.which(), "first", "second", "own"),
        is_one_of(or_missing(lambda: owner.x), "x", "property", "missing"),
        is_one_of(lambda: owner.before, "before"),
        is_one_of(or_missing(lambda: owner.seen), "first", "own", "missing"),
        is_one_of(or_missing(lambda: type(owner.count())), int, "missing"),
    )


def shared_classes():
    class Point:
        def __init__(self, x):
            self.x = x
            self.y = x + 1

        def count(self):
            return 0

        def total(self):
            return self.x + self.y

    class Derived(Point):
        pass

    class Slotted(Point):
        __slots__ = ("z",)

    classes = [Point, Derived, Slotted] + [type("Made", (Point,), {}) for _ in range(5)]
    shared = Point(1)

    def write(n):
        Point.count = lambda self: n
        Point.y = "class"
        Derived.z = n
        Derived.total = lambda self: 2 * self.x + 1
        del Point.y, Derived.total
        shared.x = 1
        if n % 10 == 0:
            Derived.__bases__ = (classes[3] if n % 20 == 0 else Point,)

    def make():
        for index, kind in enumerate(classes):
            point = kind(index)
            found = point.x, point.y, point.total()
            assert found == (index, index + 1, 2 * index + 1), (found, kind)
            point.x = index + 1
            found = point.total()
            assert found in (2 * index + 2, 2 * index + 3), (found, kind)
            assert point.x == index + 1
            point.z = index
            assert point.z == index

    def change():
        shared.x = 1
        assert shared.x == 1 and shared.total() == 3

    together(write, growing(lambda: shared.count()), growing(lambda: Derived(1).count()), make, change)


def shared_variables():
    namespace = {"__builtins__": {"b": "builtin"}, "g": 0}
    exec("def count(): return g\ndef read(): return b", namespace)

    def write(n):
        namespace["g"] = n
        namespace["b"] = "global"
        del namespace["b"]
        namespace[f"more{n}"] = n

    together(write, growing(namespace["count"]), is_one_of(namespace["read"], "builtin", "global"))


for part in (
    computed, one_place_for_many, changed_classes, stored, modules, variables,
    shared_modules, shared_computed, shared_instances, shared_classes, shared_variables,
):
    part()


# What descriptors make of instances and classes, as the classes and the descriptors change.
class Plain:
    """Holds nothing special until it gets a `__get__`."""


class Base:
    held = Plain()

    @classmethod
    def which(cls):
        return cls.__name__

    @staticmethod
    def fixed():
        return "fixed"

    @property
    def computed(self):
        return type(self).__name__


class Derived(Base):
    pass


def ask(owner):
    return owner.which(), owner.fixed(), owner.which.__name__, owner.fixed.__name__, owner.held


held = Base.__dict__["held"]
for _ in range(60):
    for owner, name in ((Base, "Base"), (Derived, "Derived"), (Base(), "Base"), (Derived(), "Derived")):
        assert ask(owner) == (name, "fixed", "which", "fixed", held)
Plain.__get__ = lambda self, instance, owner: (instance is None, owner.__name__)
for _ in range(5):
    assert ask(Base)[4] == (True, "Base") and ask(Derived())[4] == (False, "Derived")
del Plain.__get__
assert ask(Base)[4] is held
Base.which = staticmethod(lambda: "changed")
Base.fixed = classmethod(lambda cls: cls)
for owner, kind in ((Base, Base), (Derived(), Derived)):
    assert owner.which() == "changed" and owner.fixed() is kind
own = Derived()
own.fixed = lambda: "own"
for _ in range(5):
    assert own.fixed() == "own" and Derived().fixed() is Derived
assert isinstance(Base.computed, property)


class Raising:
    def __get__(self, instance, owner):
        raise AttributeError("none of it")


class Falling:
    gone = Raising()

    def __getattr__(self, name):
        return f"fallen {name}"


def gone(owner):
    try:
        return owner.gone
    except AttributeError as error:
        return str(error)


for _ in range(20):
    assert gone(Falling()) == "fallen gone" and gone(Falling) == "none of it"


# A classmethod that is called while its class changes in another call.
class Changing:
    @classmethod
    def step(cls, left):
        if left == 0:
            cls.step = classmethod(lambda cls, left: -1)
            return 0
        return cls.step(left - 1)


assert [Changing.step(5), Changing.step(5)] == [0, -1]


# Slots of `__slots__` that are empty now and then, with and without `__getattr__`, on one place.
class Slotted:
    __slots__ = ("kept", "other")


class Asking:
    __slots__ = ("kept",)

    def __getattr__(self, name):
        return "asked for " + name


def kept(value):
    try:
        return value.kept
    except AttributeError as error:
        return str(error)


for turn in range(200):
    slotted, asking = Slotted(), Asking()
    assert kept(slotted) == "'Slotted' object has no attribute 'kept'", kept(slotted)
    assert kept(asking) == "asked for kept"
    slotted.kept = asking.kept = turn
    assert kept(slotted) == kept(asking) == turn
    del slotted.kept
    assert kept(slotted) == "'Slotted' object has no attribute 'kept'"
    if turn % 50 == 49:
        Slotted.more = turn


# Attributes that both a class and its own class have: data descriptors of the latter come first, and nothing else does.
class Meta(type):
    plain = "of the metaclass"
    alone = "only there"

    def method(cls):
        return "method of the metaclass"

    @property
    def computed(cls):
        return "computed by the metaclass"


class Both(metaclass=Meta):
    plain = "of the class"
    computed = "hidden"

    def method(self):
        return "method of the class"


def of_class(cls):
    return cls.plain, cls.alone, cls.method, cls.computed, cls.__name__, cls.__dict__["plain"], cls.__mro__


for turn in range(120):
    plain, alone, method, computed, name, inner, mro = of_class(Both)
    assert (plain, alone, computed, name, inner) == (
        "of the class",
        "only there",
        "computed by the metaclass",
        "Both",
        "of the class",
    )
    assert method is Both.__dict__["method"] and mro == (Both, object)
Meta.plain = property(lambda cls: "now a data descriptor")
assert of_class(Both)[0] == "now a data descriptor"
Meta.plain = "again plain"
assert of_class(Both)[0] == "of the class"
del Both.plain
try:
    of_class(Both)
except KeyError:
    assert Both.plain == "again plain"
else:
    raise AssertionError


def setter(value, attribute):
    object.__setattr__(value, "attribute", attribute)
    return object.__getattribute__(value, "attribute"), type.__call__, object.__new__, type.__dict__


class Frozen:
    def __setattr__(self, name, value):
        raise AssertionError


frozen = Frozen()
for turn in range(120):
    got, called, new, namespace = setter(frozen, turn)
    assert got == turn and called is type.__dict__["__call__"] and new is object.__new__ and "mro" in namespace


# What natives compute, for instances of many classes on one place.
def classes_of(values):
    return [value.__class__ for value in values]


many = [type(f"Many{n}", (), {})() for n in range(12)]
for turn in range(100):
    assert classes_of(many) == [type(value) for value in many]
many[3].__class__ = type(many[4])
assert classes_of(many)[3] is type(many[4])


# Methods of natives that may have a dict, and of those that have one with such a name.
import io


class Stream(io.BytesIO):
    pass


def reading(stream):
    return stream.read(1)


stream, own = Stream(b"x" * 300), Stream(b"y" * 300)
for turn in range(100):
    assert reading(stream) == b"x" and reading(own) == b"y"
own.read = lambda count: "own"
assert reading(own) == "own" and reading(stream) == b"x"
del own.read
assert reading(own) == b"y"
stream.other = 1
assert reading(stream) == b"x"
Stream.read = lambda self, count: "of the class"
assert reading(own) == reading(stream) == "of the class"


# Frames that a traceback has kept return as others do.
def caught(turn):
    try:
        raise ValueError(turn)
    except ValueError as error:
        kept_traces.append(error.__traceback__)
    local = turn
    return local


kept_traces = []
assert [caught(turn) for turn in range(50)] == list(range(50))
assert [trace.tb_frame.f_locals["turn"] for trace in kept_traces] == list(range(50))
assert all(trace.tb_frame.f_locals["local"] == trace.tb_frame.f_locals["turn"] for trace in kept_traces)


# One instruction meets a class that holds a value and classes that hold descriptors of the same name.
class Holds:
    name = 0
    made = "value"


class Computes:
    @property
    def name(self):
        return "computed"

    @staticmethod
    def made():
        return "static"


class Makes:
    name = Computes.__dict__["made"]

    @classmethod
    def made(cls):
        return cls


class Slotted:
    __slots__ = ("name",)


def name_of(item):
    return item.name


def made_of(item):
    return item.made


slotted = Slotted()
slotted.name = "slot"
items = [Holds(), Computes(), Makes(), slotted]
for order in itertools.permutations(items):
    for _ in range(20):
        for item in order:
            found = name_of(item)
            if item is items[0]:
                assert found == 0
            elif item is items[1]:
                assert found == "computed", found
            elif item is items[2]:
                assert found() == "static", found
            else:
                assert found == "slot"
for order in itertools.permutations([Holds, Computes, Makes, Holds(), Computes(), Makes()]):
    for item in order:
        found, class_ = made_of(item), item if isinstance(item, type) else type(item)
        if class_ is Holds:
            assert found == "value"
        elif class_ is Computes:
            assert found() == "static"
        else:
            assert found() is Makes
