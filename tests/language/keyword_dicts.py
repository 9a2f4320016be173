# A call's `**mapping` becomes the function's `**kwargs`: never the mapping itself, and only where no name is a parameter's.

def rest(**k):
    return k


def named(a, b=2, /, c=3, *args, d=4, **k):
    return a, b, c, args, d, k


def refused(call, message):
    try:
        call()
    except TypeError as e:
        assert str(e) == message, (str(e), message)
    else:
        raise AssertionError(message)


many = {f"k{i}": i for i in range(20)}
for given in ({}, {"x": 1}, many):
    got = rest(**given)
    assert got == given and got is not given
    assert list(got) == list(given)
    got["new"] = 1
    assert "new" not in given

assert rest(**many, y=1) == {**many, "y": 1}
assert rest(y=1, **many) == {"y": 1, **many}
assert named(1, **{"a": 5, "b": 6}) == (1, 2, 3, (), 4, {"a": 5, "b": 6})
assert named(1, **{"c": 5, "x": 6}) == (1, 2, 5, (), 4, {"x": 6})
assert named(1, **{"d": 5, "x": 6}) == (1, 2, 3, (), 5, {"x": 6})
assert named(*(1, 2, 3, 4, 5), **{"x": 6}) == (1, 2, 3, (4, 5), 4, {"x": 6})
assert named(1, **many) == (1, 2, 3, (), 4, many)
refused(lambda: named(**{"x": 1}), "named() missing 1 required positional argument: 'a'")
refused(lambda: named(1, 2, 3, **{"c": 1}), "named() got multiple values for argument 'c'")
refused(lambda: rest(1, **{"x": 1}), "rest() takes 0 positional arguments but 1 was given")
refused(lambda: rest(**{1: 2}), "keywords must be strings")
refused(lambda: rest(**{"x": 1}, **{"x": 2}), "__main__.rest() got multiple values for keyword argument 'x'")


class Text(str):
    pass


assert rest(**{Text("a"): 1, "b": 2}) == {"a": 1, "b": 2}
assert named(1, **{Text("c"): 7}) == (1, 2, 7, (), 4, {})


class Sub(dict):
    pass


got = rest(**Sub(a=1))
assert type(got) is dict and got == {"a": 1}


# The dict may be a cell, and outlive the call.
def kept(**k):
    def change(**more):
        k.update(more)
        return k

    return change


change = kept(**many)
assert change(z=1) == {**many, "z": 1} and "z" not in many
assert change(**{"z": 2})["z"] == 2


class C:
    def method(self, **k):
        return self, k

    def __init__(self, **k):
        self.k = k


c = C(**many)
assert c.k == many and c.k is not many
assert c.method(**{"x": 1}) == (c, {"x": 1})
assert c.method(**{"self_": 1}) == (c, {"self_": 1})
refused(lambda: c.method(**{"self": 1}), "C.method() got multiple values for argument 'self'")
