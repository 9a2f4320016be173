# Calls: what becomes of arguments that do not fit.
import weakref


class Thing:
    pass


class Two:
    def __init__(self, a, b):
        self.a, self.b = a, b


def fails(call, message):
    try:
        call()
    except TypeError as error:
        assert message in str(error), error
    else:
        raise AssertionError(f"{message!r} expected")


# The last of too many arguments dies with the others.
gone = []


def too_many():
    thing = Thing()
    gone.append(weakref.ref(thing))
    arguments = [thing]
    del thing
    Two(1, 2, arguments.pop())


for _ in range(50):
    fails(too_many, "takes 3 positional arguments but 4 were given")
assert all(reference() is None for reference in gone)


# So does one of too few, and nothing else is mixed up meanwhile.
def too_few():
    thing = Thing()
    gone.append(weakref.ref(thing))
    arguments = [thing]
    del thing
    return [1, 2, Two(arguments.pop())]


gone.clear()
for _ in range(50):
    fails(too_few, "missing 1 required positional argument: 'b'")
assert all(reference() is None for reference in gone)
assert [Two(1, 2).b, Two(b=3, a=4).b] == [2, 3]
