"""`StringIO` among characters of several widths: at the end, over what is there, behind the end."""

import io

NARROW, WIDE, FULL = "a\xe9", "\u20ac\ud800", "\U0001f600z"

# Every order of widths, at the end.
for first in (NARROW, WIDE, FULL):
    for second in (NARROW, WIDE, FULL):
        stream = io.StringIO()
        assert stream.write(first) == stream.write(second) == 2
        assert stream.tell() == 4 and stream.getvalue() == first + second
        stream.seek(0)
        assert stream.read(3) == (first + second)[:3] and stream.read() == second[1] and stream.read() == ""

# Over what is there, and beyond its end.
for written in (NARROW, WIDE, FULL):
    for at in range(6):
        stream = io.StringIO("0123")
        stream.seek(at)
        stream.write(written)
        expected = "0123".ljust(at, "\0")
        expected = expected[:at] + written + expected[at + 2 :]
        assert stream.getvalue() == expected, (written, at)
        assert stream.tell() == at + 2

# Behind the end nothing is there until something is written.
stream = io.StringIO("ab")
stream.seek(5)
assert stream.write("") == 0 and stream.getvalue() == "ab" and stream.read() == ""
stream.write("c")
assert stream.getvalue() == "ab\0\0\0c"

# What is cut off leaves its width, which nobody sees.
stream = io.StringIO("ab" + FULL)
assert stream.truncate(2) == 2 and stream.getvalue() == "ab" and stream.tell() == 0
assert stream.getvalue().isascii() and hash(stream.getvalue()) == hash("ab")
stream.seek(0, 2)
stream.write("\xff")
assert stream.getvalue() == "ab\xff"

# Lines of all widths, and newlines that are translated.
stream = io.StringIO(f"{NARROW}\r\n{WIDE}\r{FULL}\n", newline=None)
assert list(stream) == [f"{NARROW}\n", f"{WIDE}\n", f"{FULL}\n"] and stream.newlines == ("\r", "\n", "\r\n")
stream = io.StringIO(newline="\r\n")
stream.write(f"{NARROW}\n{FULL}\n")
assert stream.getvalue() == f"{NARROW}\r\n{FULL}\r\n"

# A place that no memory reaches to: nothing is written, and the stream goes on.
stream = io.StringIO("ab")
for far in (1 << 60, (1 << 63) - 1):
    stream.seek(far)
    try:
        stream.write("c")
    except (MemoryError, OverflowError):
        pass
    else:
        raise AssertionError(far)
    assert stream.getvalue() == "ab"

# Through pickling's door.
state = io.StringIO(NARROW + WIDE).__getstate__()
assert state == (NARROW + WIDE, "\n", 0, None)
stream = io.StringIO()
stream.__setstate__((FULL, "\n", 1, None))
assert stream.read() == FULL[1:]

# Much of it, piece by piece.
stream = io.StringIO()
for n in range(20_000):
    stream.write(f"line {n} of some text\n")
assert stream.getvalue() == "".join(f"line {n} of some text\n" for n in range(20_000))
stream.write(WIDE)
assert stream.getvalue()[-5:] == "xt\n" + WIDE and len(stream.getvalue()) == stream.tell()
