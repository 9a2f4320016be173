# INV-SHAPE-3: a class that gets its `__init__` after it was made (dataclasses) gives its instances slots for what that assigns; instances
# made before, instances with a dict and others go through one place.
import gc
import threading
from dataclasses import dataclass, field, fields, replace


@dataclass
class Wide:
    a: int
    b: int
    c: int
    d: int
    e: int
    f: int
    g: list = field(default_factory=list)


@dataclass(frozen=True)
class Frozen:
    a: int
    b: int
    c: int
    d: int
    e: int
    f: int = 6
    g: int = 7


@dataclass
class Wider(Wide):
    h: int = 8
    i: int = 9


class Late:
    pass


def total(things):
    return sum(thing.a + thing.f for thing in things)


def change(things):
    for thing in things:
        thing.a = thing.a + 1
        thing.f = thing.f - 1


def check_dataclasses():
    wide = [Wide(n, 2, 3, 4, 5, n) for n in range(50)]
    frozen = [Frozen(n, 2, 3, 4, 5, n) for n in range(50)]
    wider = [Wider(n, 2, 3, 4, 5, n) for n in range(50)]
    for _ in range(5):
        for things in (wide, frozen, wider):
            assert total(things) == 2 * sum(range(50))
        change(wide)
        change(wider)
    # One of them has a dict from now on.
    assert vars(wide[0])["a"] == 5 and vars(frozen[0]) == dict(a=0, b=2, c=3, d=4, e=5, f=0, g=7)
    vars(wide[0])["extra"] = 1
    for _ in range(20):
        assert total(wide) == total(frozen) == total(wider) == 2 * sum(range(50))
        change(wide)
    assert wide[0].extra == 1 and wide[0].a == 25
    assert [f.name for f in fields(Wider)] == list("abcdefghi")
    assert replace(frozen[3], g=1).g == 1 and repr(frozen[1]) == "Frozen(a=1, b=2, c=3, d=4, e=5, f=1, g=7)"
    for n in range(40):
        setattr(wide[1], f"more{n}", n)
    assert sum(getattr(wide[1], f"more{n}") for n in range(40)) == 780 and wide[1].a == 26


def check_late():
    before = Late()
    before.x = 1

    def init(self, *, one, two):
        self.p, self.q, self.r, self.s, self.t, self.u, self.v = range(7)
        self.one, self.two = one, two

    Late.__init__ = init
    made = [Late(one=n, two=n) for n in range(20)]
    for thing in made:
        thing.x = 1
    for _ in range(3):
        assert [thing.x for thing in (before, *made)] == [1] * 21
        assert [thing.two for thing in made] == list(range(20))
    Late.__init__ = lambda self: None
    short = Late()
    short.x = 2
    assert [thing.x for thing in (before, short, made[0])] == [1, 2, 1]
    try:
        short.p
    except AttributeError as error:
        assert str(error) == "'Late' object has no attribute 'p'"
    del Late.__init__
    assert vars(Late()) == {}
    # Many parameters foresee no more than there may be.
    names = [f"n{n}" for n in range(300)]
    namespace = {}
    exec(f"def init(self, {', '.join(names)}):\n" + "".join(f"    self.{n} = {n}\n" for n in names), namespace)
    Late.__init__ = namespace["init"]
    many = Late(*range(300))
    assert many.n0 == 0 and many.n299 == 299 and len(vars(many)) == 300
    # What is no function says nothing.
    Late.__init__ = print
    Late.__init__ = staticmethod(lambda: None)
    del Late.__init__


def check_threads():
    # Instances are made and looked at while their class gets other initialisers.
    class Shared:
        pass

    stop = threading.Event()
    failures = []

    def work():
        while not stop.is_set():
            thing = Shared()
            for name in "abcdefgh":
                setattr(thing, name, name)
            if thing.a + thing.h != "ah" or list(vars(thing))[:8] != list("abcdefgh"):
                failures.append(vars(thing))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for n in range(60):
        namespace = {}
        exec("def init(self):\n    pass\n" + "".join(f"    self.x{i}\n" for i in range(n)), namespace)
        exec("def init(self):\n    if 0:\n        pass\n" + "".join(f"    if not self: self.x{i} = 1\n" for i in range(n)), namespace)
        Shared.__init__ = namespace["init"]
        gc.collect()
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]


check_dataclasses()
check_late()
check_threads()
