# What needs more memory than there is raises MemoryError, and the program goes on: objects of every layout that cannot be
# made, and what is taken apart or put together.
import io
import os
import resource


class Plain:
    pass


class Named(tuple):
    pass


class Slotted:
    __slots__ = ('a', 'b')


class Failing(Exception):
    pass


def chain(make):
    last = None
    while True:
        last = make(last)


def with_slots(before):
    made = Slotted()
    made.a = before
    return made


def with_attribute(before):
    made = Plain()
    made.a = before
    return made


def fill():
    last = None
    try:
        while True:
            last = (last,) + (0,) * 2000
    except MemoryError:
        return last


def after(make):
    """Objects of a kind until there is no memory for one more."""
    held = fill()
    try:
        chain(make)
    finally:
        del held


TEXT = 'aB ' * (20 << 20)
BYTES = b'aB\n' * (20 << 20)

ACTS = [
    lambda: chain(lambda last: (last,) + (0,) * 2000),
    lambda: chain(lambda last: Named((last,) + (0,) * 2000)),
    lambda: after(lambda last: (last, 1)),
    lambda: after(lambda last: Named((last,))),
    lambda: after(with_slots),
    lambda: after(with_attribute),
    lambda: after(Failing),
    lambda: TEXT.split(),
    lambda: TEXT.rsplit('a'),
    lambda: TEXT.replace(' ', '\n').splitlines(),
    lambda: BYTES.split(),
    lambda: bytearray(BYTES).rsplit(b'a'),
    lambda: bytearray(BYTES).splitlines(),
    lambda: b'%b%b%b%b%b%b%b%b' % ((BYTES,) * 8),
    lambda: '%s%s%s%s%s%s%s%s' % ((TEXT,) * 8),
    lambda: '{0}{0}{0}{0}{0}{0}{0}{0}'.format(TEXT),
    lambda: TEXT.translate({97: 'b' * 50}),
    lambda: repr([TEXT] * 20),
    lambda: open('/dev/zero', 'rb').readline(10**9),
    lambda: io.BytesIO(bytearray(BYTES)).read() * 10,
]


def size():
    with open('/proc/self/status') as status:
        for line in status:
            if line.startswith('VmSize'):
                return int(line.split()[1]) << 10


for number, act in enumerate(ACTS):
    child = os.fork()
    if child == 0:
        most = size() + (120 << 20)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        try:
            act()
        except MemoryError:
            os._exit(0)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, (number, os.waitstatus_to_exitcode(status))
