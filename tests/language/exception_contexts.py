# What an exception was raised beside: its context is set where it is raised, and by nobody on its way out.
import codecs
from contextlib import contextmanager


def chain(error):
    """The exception and its contexts."""
    found = []
    while error is not None:
        found.append(type(error).__name__)
        error = error.__context__
    return ' '.join(found)


def raises(act, *args):
    try:
        act(*args)
    except BaseException as error:
        return chain(error)
    raise AssertionError('nothing was raised')


def beside(act, *args):
    """The same while something is being handled."""
    try:
        1 / 0
    except ZeroDivisionError:
        return raises(act, *args)


def resumed(function):
    generator = function()
    next(generator)
    return generator


# On its way out an exception stays as the program has left it.
def alone():
    error = ValueError()
    try:
        raise error
    finally:
        error.__context__ = None


assert beside(alone) == 'ValueError'
assert beside(lambda: [alone() for _ in 'a']) == 'ValueError'
assert beside(lambda: list(map(lambda _: alone(), 'a'))) == 'ValueError'
assert beside(lambda: sorted('ab', key=lambda _: alone())) == 'ValueError'


class Asked:
    def __getattr__(self, name):
        alone()


assert beside(lambda: Asked().x) == 'ValueError'
assert beside(getattr, Asked(), 'x') == 'ValueError'


@contextmanager
def replacing():
    try:
        yield
    except BaseException:
        alone()


def replaced():
    with replacing():
        1 / 0


assert raises(replaced) == 'ValueError'
assert beside(replaced) == 'ValueError'

# What natives raise is raised where the frame stands that has called them.
assert beside(next, iter([])) == 'StopIteration ZeroDivisionError'
assert beside(lambda: {}['x']) == 'KeyError ZeroDivisionError'
assert beside(int, 'x') == 'ValueError ZeroDivisionError'


# What is thrown into a generator is raised beside what the generator handles, if anything, and not what its caller does.
def plain():
    yield


def handling():
    try:
        [][1]
    except IndexError:
        yield


def delegating():
    try:
        {}['x']
    except KeyError:
        yield from handling()


def over_a_list():
    try:
        {}['x']
    except KeyError:
        yield from [1, 2]


assert beside(resumed(plain).throw, ValueError()) == 'ValueError'
assert beside(plain().throw, ValueError()) == 'ValueError'
assert beside(plain().throw, ValueError) == 'ValueError'
ended = plain()
list(ended)
assert beside(ended.throw, ValueError()) == 'ValueError'
assert beside(resumed(handling).throw, ValueError()) == 'ValueError IndexError'
assert beside(resumed(delegating).throw, ValueError()) == 'ValueError KeyError'
assert beside(resumed(over_a_list).throw, ValueError()) == 'ValueError KeyError'
known = ValueError()
known.__context__ = OSError()
assert beside(resumed(handling).throw, known) == 'ValueError IndexError'


# What closes a generator is raised by the caller.
def failing():
    try:
        yield
    finally:
        {}['x']


assert beside(resumed(failing).close) == 'KeyError GeneratorExit ZeroDivisionError'


async def coroutine():
    pass


begun = coroutine()
assert beside(begun.throw, ValueError()) == 'ValueError'
assert beside(begun.throw, ValueError()) == 'RuntimeError ZeroDivisionError'
waiting = coroutine()
assert beside(waiting.__await__().throw, ValueError()) == 'ValueError'


async def items():
    yield 1


assert beside(lambda: items().athrow(ValueError()).send(None)) == 'ValueError'
assert beside(lambda: items().asend(None).throw(ValueError())) == 'ValueError'

# An exception that is raised again by its own statement gets another context.
wrong = UnicodeEncodeError('ascii', 'x', 0, 1, 'because')
assert beside(codecs.strict_errors, wrong) == 'UnicodeEncodeError ZeroDivisionError'
try:
    {}['x']
except KeyError:
    assert raises(codecs.strict_errors, wrong) == 'UnicodeEncodeError KeyError'
