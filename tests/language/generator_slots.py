"""What generators keep while they rest: locals, cells and half-finished expressions, however many; who drives asynchronous ones."""

import gc
import sys
import weakref


class Thing:
    pass


# Many locals, all of which come back.
names = [f"v{n}" for n in range(400)]
source = "def many(start):\n" + "".join(f"    {name} = start + {n}\n" for n, name in enumerate(names))
source += "    got = yield sum([" + ", ".join(names) + "])\n    yield got, sum([" + ", ".join(names) + "])\n"
space = {}
exec(source, space)
generator = space["many"](5)
total = next(generator)
assert total == sum(range(400)) + 2000
assert generator.send("sent") == ("sent", total)

# A deep expression that is interrupted in its middle.
depth = 60
source = "def deep():\n    return [" + "[0, " * depth + "(yield 'deep')" + "]" * depth + ", (yield 'again')]\n"
exec(source, space)
generator = space["deep"]()
assert next(generator) == "deep"
assert generator.send("inner") == "again"
try:
    generator.send("outer")
except StopIteration as stop:
    nested, outer = stop.value
    for _ in range(depth):
        zero, nested = nested
        assert zero == 0
    assert (nested, outer) == ("inner", "outer")
else:
    assert False


# Arguments that the caller gives up, cells, loops and handlers under way.
def keeps(thing, *rest, **named):
    def inner():
        return thing

    for number in range(3):
        try:
            raise KeyError(number)
        except KeyError as error:
            yield inner(), rest, named, error.args, number


thing = Thing()
seen = weakref.ref(thing)
generator = keeps(thing, [1], key={})
del thing
for number in range(3):
    item = next(generator)
    assert item[0] is seen() and item[1:] == (([1],), {"key": {}}, (number,), number)
    gc.collect()
del item
assert seen() is not None
generator.close()
gc.collect()
assert seen() is None

# One that is dropped where it stands, or before it began, lets go of everything.
for turns in range(2):
    thing = Thing()
    seen = weakref.ref(thing)
    generator = keeps(thing)
    for _ in range(turns):
        next(generator)
    del thing, generator
    gc.collect()
    assert seen() is None, turns


# In a cycle with itself.
def cyclic(thing):
    me = yield
    yield me, thing


thing = Thing()
seen = weakref.ref(thing)
generator = cyclic(thing)
next(generator)
generator.send(generator)
del thing, generator
gc.collect()
assert seen() is None


# Its frame, seen while it rests and while it runs, changed by who looks.
def watched():
    value = "first"
    yield sys._getframe()
    yield value


generator = watched()
frame = generator.gi_frame
assert next(generator) is frame
assert frame.f_locals["value"] == "first"
frame.f_locals["value"] = "second"
assert next(generator) == "second" and generator.gi_frame is frame
assert next(generator, None) is None and generator.gi_frame is None


# Asynchronous ones: what awaits an item gets it as it is.
class Pause:
    def __init__(self, message):
        self.message = message

    def __await__(self):
        return (yield self.message)


def drive(coroutine, *answers):
    """What a coroutine yields on its way, and what it returns."""
    messages, answers = [], list(answers)
    try:
        message = coroutine.send(None)
        while True:
            messages.append(message)
            message = coroutine.send(answers.pop(0) if answers else None)
    except StopIteration as stop:
        return messages, stop.value


async def numbers(count):
    for number in range(count):
        got = yield number
        if got is not None:
            answer = await Pause(("got", got))
            yield ("answered", answer)


async def collect(source):
    return [item async for item in source]


assert drive(collect(numbers(5))) == ([], [0, 1, 2, 3, 4])


async def converse():
    source = numbers(3)
    log = [await source.asend(None)]
    assert not source.ag_running
    log.append(await source.asend("hello"))
    log.append(await anext(source))
    first = source.asend("again")
    log.append(await first)
    try:
        await first
    except RuntimeError as error:
        log.append(str(error))
    await source.aclose()
    try:
        await anext(source)
    except StopAsyncIteration:
        log.append("over")
    return log


messages, log = drive(converse(), "yes", "no")
assert messages == [("got", "hello"), ("got", "again")], messages
assert log == [
    0,
    ("answered", "yes"),
    1,
    ("answered", "no"),
    "cannot reuse already awaited __anext__()/asend()",
    "over",
], log


async def failing():
    yield 1
    raise ValueError("inside")


async def handled():
    log = []
    source = failing()
    try:
        async for item in source:
            log.append(item)
    except ValueError as error:
        names, entry = [], error.__traceback__
        while entry:
            names.append(entry.tb_frame.f_code.co_name)
            entry = entry.tb_next
        log += [str(error), names, error.__context__]
    try:
        await anext(source)
    except StopAsyncIteration:
        log.append("over")
    return log


assert drive(handled()) == ([], [1, "inside", ["handled", "failing"], None, "over"])


async def pausing():
    yield 1
    await Pause("wait")
    yield 2


async def twice():
    """A second awaitable of a generator in the middle of its first."""
    source = pausing()
    assert await anext(source) == 1
    first = source.__anext__()
    assert first.send(None) == "wait" and source.ag_running
    try:
        await anext(source)
    except RuntimeError as error:
        complaint = str(error)
    try:
        first.send(None)
    except StopIteration as stop:
        return complaint, stop.value, source.ag_running


assert drive(twice()) == ([], ("anext(): asynchronous generator is already running", 2, False))


async def interrupted():
    source = pausing()
    assert await anext(source) == 1
    try:
        await anext(source)
    except KeyError as error:
        return "thrown", error.args, source.ag_running


coroutine = interrupted()
assert coroutine.send(None) == "wait"
try:
    coroutine.throw(KeyError("late"))
except StopIteration as stop:
    assert stop.value == ("thrown", ("late",), False)

# Who watches sees the same frames come and go.
events = []


def trace(frame, event, arg):
    name = frame.f_code.co_name
    if name in ("pausing", "collect"):
        events.append((name, event))
        return trace


sys.settrace(trace)
result = drive(collect(pausing()))
sys.settrace(None)
assert result == (["wait"], [1, 2])
assert [event for event in events if event[0] == "pausing" and event[1] in ("call", "return")] == [
    ("pausing", "call"),
    ("pausing", "return"),
    ("pausing", "call"),
    ("pausing", "return"),
    ("pausing", "call"),
    ("pausing", "return"),
    ("pausing", "call"),
    ("pausing", "return"),
], events
