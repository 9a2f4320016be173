"""What natives answer where they have a way of their own for what is frequent."""

import io


class Plain:
    pass


class Sub(Plain):
    pass


class Empty:
    def __len__(self):
        return 0


class False_:
    def __bool__(self):
        return False


class Claims:
    @property
    def __class__(self):
        return int


class Any(type):
    def __instancecheck__(cls, value):
        return value == "any"


class Anything(metaclass=Any):
    pass


def is_one(value, classes):
    return isinstance(value, classes)


def truth(value):
    return True if value else False


for _ in range(50):
    assert is_one(b"x", (bytes, bytearray)) and is_one(bytearray(), (bytes, bytearray))
    assert not is_one("x", (bytes, bytearray)) and not is_one("x", ())
    assert is_one(Sub(), (int, Plain)) and not is_one(Plain(), (int, Sub))
    assert is_one(Claims(), (str, int)) and is_one(Claims(), (Claims,)) and not is_one(Claims(), (str, bytes))
    assert is_one("any", (int, Anything)) and not is_one("other", (int, Anything))
    assert is_one(1, (str, (bytes, (int,)))) and is_one(1, (str, int | None))
    try:
        is_one(1, (str, 5))
    except TypeError as error:
        assert "isinstance() arg 2 must be a type, a tuple of types, or a union" in str(error), error
    else:
        assert False
    assert is_one(1, (int, 5))

for _ in range(50):
    assert truth(b"x") and not truth(b"") and truth(Plain()) and truth(object()) and truth(len) and truth(io.BytesIO())
    assert not truth(Empty()) and not truth(False_()) and truth(Plain) and not truth(set()) and truth({1})
    assert not truth(0.0) and not truth(range(0)) and truth(range(1)) and not truth(bytearray()) and not truth(1 - (1 << 70) + ((1 << 70) - 1))
late = Plain()
assert truth(late)
Plain.__len__ = lambda self: 0
assert not truth(late)
Plain.__bool__ = lambda self: True
assert truth(late)
del Plain.__bool__, Plain.__len__
assert truth(late)

# One bytes object for each byte.
assert all(bytes([n]) == n.to_bytes(1, "big") and len(bytes([n])) == 1 for n in range(256))
assert b"abc"[1:2] == b"b" and {b"b": 1}[b"abc"[1:2]] == 1
stream = io.BytesIO(b"abcdef")
assert stream.read(1) == b"a" and stream.read(True) == b"b" and stream.read(0) == b"" and stream.read(None) == b"cdef"
stream.seek(1)
assert stream.read(-1) == b"bcdef" and stream.read(1) == b""
for wrong in (1.0, "1", []):
    try:
        stream.read(wrong)
    except TypeError as error:
        assert str(error) == f"argument should be integer or None, not '{type(wrong).__name__}'", error
    else:
        assert False

# Replacing one character that is there, or is not, in texts below and above the length that is looked at byte by byte.
for text in ("", "a", "b", "ab", "ba", "abc" * 9, "b" * 40, "x" * 30 + "a", "é", "éa", "\u0133a" * 20):
    for old in ("a", "b", "é", "ab", ""):
        for new in ("", "a", "é", "\u0133", "new"):
            for count in (-1, 0, 1, 2, 100):
                parts, rest, done = [], text, 0
                if old:
                    while (count < 0 or done < count) and (at := rest.find(old)) >= 0:
                        parts += [rest[:at], new]
                        rest = rest[at + len(old) :]
                        done += 1
                    assert text.replace(old, new, count) == "".join(parts) + rest, (text, old, new, count)
                else:
                    assert len(text.replace(old, new, count)) >= len(text)


class Text(str):
    pass


assert type(Text("abc").replace("x", "y")) is str and type(Text("abc").replace("b", "y")) is str

# Lines.
BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
for text in ("", "\n", "a", "a\n", "\na", "a\r\nb\r\r\n\nc", "\x1f\x1ba\x00b", "tab\tspace ", *(f"a{c}b{c}{c}c" for c in BREAKS)):
    wide = text + "\u0133"
    for keep in (False, True):
        lines = text.splitlines(keep)
        assert not keep or "".join(lines) == text
        assert keep or not any(c in line for c in BREAKS for line in lines)
        assert wide.splitlines(keep)[: len(lines) - 1] == lines[:-1]
    assert text.replace("\u2028", "").replace("\u2029", "").encode("latin-1").splitlines() is not None
assert "a\r\nb\x1cc\n".splitlines() == ["a", "b", "c"] and b"a\r\nb\x1cc\n".splitlines(True) == [b"a\r\n", b"b\x1cc\n"]

# Formats whose arguments are shorter and longer than they.
for size in (0, 1, 40, 60, 1000):
    assert "<%s>" % ("x" * size) == "<" + "x" * size + ">" and "%s%s" % ("é" * size, "\u0133") == "é" * size + "\u0133"


class Noisy:
    def __init__(self, out):
        self.out = out

    def __del__(self):
        self.out.append(len(self.out))


def leave(out, count):
    first, second = Noisy(out), [Noisy(out) for _ in range(count)]
    return count, first and len(second)


# What a frame alone holds is released when it ends, and the caller goes on behind it.
for count in (0, 1, 5):
    out = []
    assert leave(out, count) == (count, count)
    assert out == list(range(count + 1)), out
    assert list(map(lambda n: leave(out, n), [1, 2])) == [(1, 1), (2, 2)] and len(out) == count + 6
