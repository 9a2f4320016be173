"""Reading what threads share writes nothing, and neither does making things of shared classes and functions.

What is copied or sorted as a whole is locked meanwhile, and so is the table of weak references, so `list(shared)` is not here.

Debug builds count each thread's atomic read-modify-writes and its stores to shared objects (`_weft_tally`). Two threads run the
same loop over the same objects; one of them has made the objects, the other one meets them as a stranger. The counts of each
must not grow with the number of rounds.
"""

import _weft_tally
import collections
import copy
import dataclasses
import enum
import math
import operator
import sys
import threading

ROUNDS = 300
TRIES = 6

# In these a thread reads what is its own, though others could reach it.
OWN = ["thread_local"]

loops = []


def loop(function):
    loops.append(function)
    return function


class Thing:
    constant = 7

    def __init__(self):
        self.name = "thing"
        self.number = 12
        self.items = [1, 2.5, "three"]

    def method(self):
        return self.name

    def with_argument(self, argument):
        return argument

    @property
    def computed(self):
        return self.number

    @staticmethod
    def static(value):
        return value

    @classmethod
    def of_class(cls):
        return cls.constant

    def __call__(self):
        return self

    def __len__(self):
        return 3

    def __round__(self):
        return 12

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return False

    def __add__(self, other):
        return self

    def __eq__(self, other):
        return self is other

    def __hash__(self):
        return 3

    def __getitem__(self, index):
        return index


class Slotted:
    __slots__ = ("first", "second", "__weakref__")

    def __init__(self, first, second):
        self.first = first
        self.second = second


class Derived(Thing):
    def __init__(self):
        super().__init__()

    def method(self):
        return super().method()


class Plain:
    pass


class Color(enum.Enum):
    RED = 1
    BLUE = "blue"


class Bits(enum.IntFlag):
    ONE = 1
    TWO = 2


@dataclasses.dataclass
class Point:
    x: int
    y: int
    z: object = None


Pair = collections.namedtuple("Pair", "first second")


def plain_function(value):
    return value


def with_default(value, other=Thing, *, keyword="text"):
    return other


def closing():
    captured = Thing()

    def inner():
        return captured

    return inner


thing = Thing()
things = [Thing(), Thing(), Thing()]
table = {"key": Thing(), 5: Thing(), (1, 2): Thing(), thing: Thing()}
row = (Thing(), Thing(), "text")
some = {"first", "second", 3}
closure = closing()
bound = thing.method
slotted = Slotted(Thing(), "text")
local = threading.local()
call_method = operator.methodcaller("with_argument", 3)
get_name = operator.attrgetter("name")
point = Point(1, 2, Thing())
pair = Pair(Thing(), "second")
nested = {"list": [1, 2, 3], "tuple": (1, (2, 3)), "dict": {"a": 1.5}, "text": "text"}
numbers = [1, 2, 3, 4, 5]
names = ("first", "second")
text = "shared text, not a constant: %d" % 5
large = 10**30
mapping = collections.ChainMap({"key": thing})
chosen = collections.OrderedDict(first=thing)


# Reading.


@loop
def nothing(n):
    for _ in range(n):
        pass


@loop
def issue(n):
    for _ in range(n):
        thing.name
        table["key"]
        things[0]
        thing.method()


@loop
def global_and_builtin(n):
    for _ in range(n):
        thing
        len
        Thing


@loop
def attribute(n):
    for _ in range(n):
        thing.number
        thing.items
        thing.constant
        slotted.first


@loop
def dict_entries(n):
    for _ in range(n):
        table[5]
        table[1, 2]
        table.get("key")
        "key" in table
        table.get("missing")


@loop
def dict_entry_with_python_key(n):
    key = thing
    for _ in range(n):
        table[key]
        key in table


@loop
def list_items(n):
    for _ in range(n):
        things[1]
        things[-1]
        thing.items[2]
        len(things)


@loop
def tuple_items(n):
    for _ in range(n):
        row[0]
        a, b, c = row
        len(row)


@loop
def cells(n):
    for _ in range(n):
        closure()


@loop
def methods(n):
    for _ in range(n):
        thing.method()
        thing.with_argument(thing)
        thing.static(thing)
        thing.of_class()
        thing.computed


@loop
def bound_method(n):
    for _ in range(n):
        bound()


@loop
def taken_method(n):
    for _ in range(n):
        method = thing.method
        method()


@loop
def iterate_list(n):
    for _ in range(n):
        for item in things:
            pass


@loop
def iterate_tuple(n):
    for _ in range(n):
        for item in row:
            pass


@loop
def iterate_dict(n):
    for _ in range(n):
        for key in table:
            pass
        for value in table.values():
            pass
        for key, value in table.items():
            pass


@loop
def iterate_set(n):
    for _ in range(n):
        for item in some:
            pass
        "first" in some


@loop
def iterate_text(n):
    for _ in range(n):
        for character in text:
            pass
        text[3]
        text == "other"


@loop
def enumerate_and_zip(n):
    for _ in range(n):
        for index, item in enumerate(things):
            pass
        for left, right in zip(things, row):
            pass


@loop
def comprehensions(n):
    for _ in range(n):
        [item for item in things]
        {key: value for key, value in table.items()}
        sum(number for number in numbers)


@loop
def natives_over_shared(n):
    for _ in range(n):
        sum(numbers)
        max(numbers)
        any(things)
        all(things)
        min(things, key=id)
        " ".join(names)


@loop
def function_calls(n):
    for _ in range(n):
        plain_function(thing)
        with_default(thing)
        with_default(thing, keyword=thing)
        plain_function(*row[:1])


@loop
def identity_and_types(n):
    for _ in range(n):
        thing is things[0]
        isinstance(thing, Thing)
        isinstance(thing, (int, Derived))
        type(thing)
        issubclass(Derived, Thing)
        callable(thing)
        hash(thing)
        getattr(thing, "name")
        hasattr(thing, "missing")


@loop
def exceptions(n):
    for _ in range(n):
        try:
            table["missing"]
        except KeyError:
            pass
        try:
            raise ValueError("text")
        except (TypeError, ValueError) as caught:
            pass


@loop
def operators_of_python(n):
    for _ in range(n):
        thing + thing
        thing == thing
        thing[3]
        len(thing)
        thing()


@loop
def bool_of_shared(n):
    for _ in range(n):
        if things:
            pass
        if not thing:
            pass
        if large:
            pass


@loop
def arithmetic_of_shared(n):
    for _ in range(n):
        large + 1
        large * large
        large == 5


@loop
def formatting(n):
    for _ in range(n):
        f"{text} {numbers[0]}"
        text.upper()
        text.split()
        "%s" % text


@loop
def maps(n):
    for _ in range(n):
        mapping["key"]
        chosen["first"]


@loop
def matching(n):
    for _ in range(n):
        match pair:
            case Pair(first, "second"):
                pass
        match nested:
            case {"list": [1, *rest]}:
                pass


@loop
def imports(n):
    for _ in range(n):
        import math
        from operator import add


# Making things of what is shared.


@loop
def instances(n):
    for _ in range(n):
        Plain()
        Thing()
        Derived()
        Slotted(thing, thing)


@loop
def instance_keeps_shared(n):
    for _ in range(n):
        object = Plain()
        object.attribute = 5


@loop
def closures(n):
    for i in range(n):

        def inner(x=1):
            return i

        inner()
        (lambda: i)()


@loop
def containers(n):
    for i in range(n):
        {"a": 1, "b": i}
        [1, i]
        (1, i)
        {1, i}


@loop
def classes_of_library(n):
    for _ in range(n):
        collections.deque((1, 2))
        collections.OrderedDict()
        collections.Counter()


# What CPython's ftscalingbench exercises.


@loop
def list_methods(n):
    items = []
    for i in range(n):
        items.append(i)
        items.pop()
        items.extend((1, 2))
        items.insert(0, i)
        items.reverse()
        items.sort()
        items.clear()


@loop
def module_function(n):
    for _ in range(n):
        math.cos(0.5)


@loop
def special_method(n):
    for _ in range(n):
        round(thing)
        round(2.5)


@loop
def context_manager(n):
    for _ in range(n):
        with thing:
            pass


@loop
def constants(n):
    for _ in range(n):
        row * 2
        5 * "text"
        thing == "text"
        text == "text"
        row == (1, 2, 3)
        (1, 2) == row


@loop
def generators(n):
    def generate():
        yield thing
        yield 2
        yield thing

    for _ in range(n):
        for item in generate():
            pass
        list(item for item in things)


@loop
def thread_local(n):
    local.value = thing
    local.number = 5
    for _ in range(n):
        local.value
        local.number


@loop
def operators(n):
    for _ in range(n):
        call_method(thing)
        get_name(thing)
        operator.add(1, 2)


@loop
def dataclass(n):
    for _ in range(n):
        Point(1, 2)
        Point(1, y=2)
        point.z


@loop
def named_tuple(n):
    for _ in range(n):
        Pair(1, 2)
        Pair(first=1, second=2)
        pair.first


@loop
def enumeration(n):
    for _ in range(n):
        Color.RED
        Color.RED.value
        Color.BLUE.name
        Color.RED is Color.BLUE
        Bits.ONE


@loop
def deep_copy(n):
    for _ in range(n):
        copy.deepcopy(nested)


@loop
def shallow_copy(n):
    for _ in range(n):
        copy.copy(row)
        copy.copy(text)


class Watch:
    """What one thread found."""

    def __init__(self):
        self.found = {}

    def run(self, barrier, chosen, shown=0):
        for function in chosen:
            updates = stores = sys.maxsize
            for _ in range(TRIES):
                function(20)
                barrier.wait()
                before = _weft_tally.counts()
                function(ROUNDS)
                after = _weft_tally.counts()
                # Requests of others (to refresh, to merge) come now and then, and are none of the loop's.
                updates = min(updates, after[0] - before[0])
                stores = min(stores, after[1] - before[1])
                barrier.wait()
            self.found[function.__name__] = updates / ROUNDS, stores / ROUNDS
            _weft_tally.show(shown)
            function(3)
            _weft_tally.show(0)
            barrier.wait()


def spin(done):
    while not done:
        pass


def main():
    # For who mends one: with names of loops, the first writes of each are described, the stranger's or (first option `-m`) the maker's.
    arguments = sys.argv[1:]
    shown = 12 if arguments else 0
    of_maker = "-m" in arguments
    chosen = [function for function in loops if not arguments or function.__name__ in arguments]
    barrier = threading.Barrier(2)
    maker, stranger = Watch(), Watch()
    # A third thread is always at work, so that neither of the two is ever alone.
    done = []
    spinning = threading.Thread(target=spin, args=(done,))
    thread = threading.Thread(target=stranger.run, args=(barrier, chosen, 0 if of_maker else shown))
    spinning.start()
    thread.start()
    maker.run(barrier, chosen, shown if of_maker else 0)
    thread.join()
    done.append(True)
    spinning.join()
    wrong = []
    for name in maker.found:
        counts = maker.found[name] + stranger.found[name]
        # An owner counts in the object itself, by plain stores, until others count it often.
        updates, stores = max(counts[0], counts[2]), counts[3]
        if updates > 0.1 or stores > 0.1 and name not in OWN:
            wrong.append("%-28s updates %6.2f stores %6.2f; of the stranger %6.2f %6.2f" % (name, *counts))
    assert not wrong, "writes a round:\n" + "\n".join(wrong)


if __name__ == "__main__":
    main()
