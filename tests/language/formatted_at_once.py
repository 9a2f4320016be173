"""What is formatted, replaced, compared and united without asking a class: the same as where it is asked."""

from struct import unpack


def fails(kind, function, *args):
    try:
        function(*args)
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


# Floats in fixed notation, grouped or not.
for value, spec, wanted in [
    (0.0, ".2f", "0.00"),
    (-0.0, ",.1f", "-0.0"),
    (2.5, ".0f", "2"),
    (3.5, ".0f", "4"),
    (0.125, ".2f", "0.12"),
    (99.995, ".2f", "100.00"),
    (-1234567.125, ",.2f", "-1,234,567.12"),
    (999999.5, "_.0f", "1_000_000"),
    (1234.5, "12,.1f", "     1,234.5"),
    (1234.5, "<12_.1f", "1_234.5     "),
    (1234.5, "012,.1f", "00,001,234.5"),
    (1e22, ",.1f", "10,000,000,000,000,000,000,000.0"),
    (2.0**60, ".1f", "1152921504606846976.0"),
    (1e-5, ".3f", "0.000"),
    (0.1, ".22f", "0.1000000000000000055511"),
    (0.1, ".23f", "0.10000000000000000555112"),
    (float("inf"), ",.2f", "inf"),
    (float("-inf"), "8.1f", "    -inf"),
    (1234567, ",", "1,234,567"),
    (-1000, "_d", "-1_000"),
    (999, "^9,", "   999   "),
    (1 << 20, "_x", "10_0000"),
]:
    assert format(value, spec) == wanted, (value, spec, format(value, spec))
assert fails(ValueError, format, 5, ",x") == "Cannot specify ',' with 'x'."
assert fails(ValueError, format, "a", ",") == "Cannot specify ',' with 's'."


# `%` with and without fields, positions and keys.
class Text(str):
    def __str__(self):
        return "shown"


class Number(int):
    def __str__(self):
        return "shown"


class Missing(dict):
    def __missing__(self, key):
        return key * 2


table = {"a": 1, "b": "x", "c": 2.5, "é": 3}
for text, values, wanted in [
    ("%s", "x", "x"),
    ("%s and %d", ("x", -5), "x and -5"),
    ("%s%%", (1,), "1%"),
    ("%s", Text("q"), "shown"),
    ("%s %d", (Number(3), Number(3)), "shown 3"),
    ("%s %d", (True, True), "True 1"),
    ("%s", 10**30, "1" + "0" * 30),
    ("%s", "x" * 300, "x" * 300),
    ("é%s", "x", "éx"),
    ("%s", "é", "é"),
    ("%5.1f|%05d|%5d|%x|%04x", (2.25, -42, 7, 255, -255), "  2.2|-0042|    7|ff|-0ff"),
    ("%.3d|%5.f|%-6.1f|%+d", (7, 3.5, 1.5, 4), "007|    4|1.5   |+4"),
    ("%f", 2, "2.000000"),
    ("%(a)s %(b)s %(c)6.2f", table, "1 x   2.50"),
    ("%(a)05d|%(b)3s|%(b)-3s", table, "00001|  x|x  "),
    ("%(é)s", table, "3"),
    ("%(x(y))s", {"x(y)": 4}, "4"),
    ("%()s", {"": 4}, "4"),
    ("%(ab)s", Missing(), "abab"),
    ("plain", table, "plain"),
    ("%s", {"a": 1}, "{'a': 1}"),
]:
    assert text % values == wanted, (text, text % values)
for text, values, kind, wanted in [
    ("%s %s", ("x",), TypeError, "not enough arguments for format string"),
    ("%s", ("x", "y"), TypeError, "not all arguments converted during string formatting"),
    ("plain", "x", TypeError, "not all arguments converted during string formatting"),
    ("%d", "x", TypeError, "%d format: a real number is required, not str"),
    ("%(a)s %s", table, TypeError, "not enough arguments for format string"),
    ("%(a)s", "x", TypeError, "format requires a mapping"),
    ("%(z)s", table, KeyError, "'z'"),
    ("%(a", table, ValueError, "incomplete format key"),
    ("%(a)", table, ValueError, "incomplete format"),
    ("%", (), ValueError, "incomplete format"),
]:
    assert fails(kind, text.__mod__, values) == wanted, text
assert [b"%.2f" % 0.125, b"%#.0f" % 2.5] == [b"0.12", b"2."]


# Replacement by what is as long.
for text, old, new, count, wanted in [
    ("abcab", "ab", "xy", -1, "xycxy"),
    ("abcab", "ab", "xy", 1, "xycab"),
    ("abcab", "ab", "xy", 0, "abcab"),
    ("abcab", "zz", "xy", -1, "abcab"),
    ("abcab", "ab", "é!", -1, "é!cé!"),
    ("aaa", "aa", "bb", -1, "bba"),
    ("a", "a", "é", -1, "é"),
    ("ab" * 40, "ab", "cd", 39, "cd" * 39 + "ab"),
]:
    assert text.replace(old, new, count) == wanted, (text, old, new, count)


# Objects that compare by identity, beside one that does not.
class Plain:
    pass


class Equal:
    def __eq__(self, other):
        return True


one, other = Plain(), Plain()
assert one == one and one != other and one != None  # noqa: E711
assert [one] == [one] and [one] != [other] and [Equal()] == [None] == [Equal()]
assert list(iter([one, None, other].pop, None)) == [other]
assert list(iter([1, Equal(), 2].pop, None)) == [2]
assert [str(None), repr(...), str(NotImplemented), f"{None}"] == ["None", "Ellipsis", "NotImplemented", "None"]


# Sets that are united, with keys that only Python can compare.
class Key:
    def __init__(self, value):
        self.value = value

    def __hash__(self):
        return self.value % 3

    def __eq__(self, other):
        return isinstance(other, Key) and self.value == other.value


low, high = {Key(n) for n in range(10)}, {Key(n) for n in range(5, 15)}
assert [len(low | high), len(low - high), len(low & high), len(low ^ high)] == [15, 5, 5, 10]
numbers = {1, 2, 3}
numbers.update({3, 4}, frozenset({5}), {6: 7}, [8])
assert numbers == {1, 2, 3, 4, 5, 6, 8} and numbers - {1, 8, "x"} == {2, 3, 4, 5, 6}


# Formats of structs that have been read before, as str and as bytes.
for _ in range(2):
    assert unpack("<I", b"\1\0\0\0") == unpack(b"<I", b"\1\0\0\0") == (1,)
    assert unpack("<9B", bytes(range(9))) == tuple(range(9)) and unpack("", b"") == ()
    assert fails(Exception, unpack, "I\0", b"") == "embedded null character"


# A handler is found whatever is protected before and within.
def caught(number):
    try:
        try:
            try:
                if number < 4:
                    raise (KeyError, ValueError, TypeError, OSError)[number]()
                return "returned"
            except KeyError:
                return "inner"
            finally:
                number += 100
        except ValueError:
            try:
                raise IndexError(number)
            except IndexError as error:
                return error.args
    except TypeError:
        return number


assert [caught(n) for n in (0, 1, 2, 4)] == ["inner", (101,), 102, "returned"]
assert fails(OSError, caught, 3) == ""
