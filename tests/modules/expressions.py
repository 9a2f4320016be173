"""Regular expressions: what patterns and matches answer, and programs that nobody compiled."""

import _sre
import copy
import pickle
import re
import signal
import threading


def raises(kind, function, *arguments):
    try:
        function(*arguments)
    except kind as error:
        return str(error)
    raise AssertionError(f"{kind.__name__} was not raised")


# Texts of every width, and bytes.
for text in ["one two", "één twee", "один два", "\U0001f600 two", "a\ud800 b"]:
    match = re.search(r"(\S+)\s(?P<second>\S+)", text)
    assert match.span() == (0, len(text)), text
    assert match["second"] == text.split()[1] and match.lastgroup == "second"
    assert re.sub(r"\s", "-", text) == text.replace(" ", "-")
    assert re.findall(r"\S", text) == [c for c in text if c != " "]
assert re.findall(rb"\w+", bytearray(b"a bc")) == [b"a", b"bc"]
assert re.match(rb"b+", memoryview(b"abbc")[1:]).group() == b"bb"

pattern = re.compile(r"(a)(b)?", re.I)
match = pattern.match("Ac")
assert match.groups() == ("A", None) and match.groups("") == ("A", "") and match.regs == ((0, 1), (0, 1), (-1, -1))
assert repr(match) == "<re.Match object; span=(0, 1), match='A'>"
assert repr(pattern) == "re.compile('(a)(b)?', re.IGNORECASE)"
assert copy.copy(match) is match and copy.deepcopy(pattern) is pattern
assert pickle.loads(pickle.dumps(pattern)) == pattern and hash(pattern) == hash(re.compile(r"(a)(b)?", re.I))
assert raises(IndexError, match.group, 3) == "no such group"
assert raises(TypeError, pattern.match, b"a") == "cannot use a string pattern on a bytes-like object"
assert raises(TypeError, pattern.match, 1) == "expected string or bytes-like object, got 'int'"
assert re.split("(,)|;", "a,b;c") == ["a", ",", "b", None, "c"]
assert re.sub("(a)|b", r"[\1]", "abc") == "[a][]c" and re.subn("x*", "-", "abxd") == ("-a-b--d-", 5)
assert re.sub("b", lambda m: None, "abc") == "ac"
assert [m.span() for m in re.finditer("a*", "baac")] == [(0, 0), (1, 3), (3, 3), (4, 4)]

# A buffer keeps its size while it is being searched.
buffer = bytearray(b"abcabc")
found = re.finditer(b"b", buffer)
assert next(found).span() == (1, 2)
raises(BufferError, buffer.append, 1)

# Programs that nobody compiled are refused, or run without harm.
hostile = [
    [], [1], [16], [16, 97, 1], [0] * 5, [14, 1, 0, 0, 0, 1], [14, 4, 0, 1, 1, 1], [14, 9, 1, 1, 1, 1, 1, 97, 0, 1],
    [7, 3, 1], [7, 0, 1], [7, 5, 16, 97, 15, 2, 0, 1], [23, 5, 0, 1, 1], [24, 9, 0, 1, 1, 1], [24, 5, 0, 1, 2, 1, 1],
    [13, 0, 1], [13, 3, 10, 1, 1], [10, 1, 1], [17, 7, 1], [11, 0, 1], [12, 0, 9, 1], [6, 99, 1], [8, 99, 1],
    [4, 3, 4294967295, 1, 1], [26, 4, 0, 4294967295, 1, 1], [28, 5, 0, 1, 2, 1, 1], [4294967295, 1], [18, 1], [15, 1, 1],
]
for program in hostile:
    try:
        compiled = _sre.compile("x", 0, program, 1, {}, ())
    except RuntimeError as error:
        assert str(error) == "invalid SRE code"
        continue
    for text in ["", "a", "aaaa", "\u1234" * 3]:
        compiled.search(text), compiled.fullmatch(text), compiled.findall(text)
assert raises(OverflowError, _sre.compile, "x", 0, [1 << 40], 0, {}, ()) == "regular expression code size limit exceeded"


# Threads share patterns and scanners.
def search(scanner, found):
    while match := scanner.search():
        found.append(match.group())


scanner, found = re.compile(r"\d+").scanner(" ".join(map(str, range(200)))), []
workers = [threading.Thread(target=search, args=(scanner, found)) for _ in range(4)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
assert set(found) == set(map(str, range(200)))


# Repeats within repeats end, and a match that would take forever is interrupted.
assert re.match(r"(?:(?:ab)*)+?d", "ababd").span() == (0, 5)
assert re.match(r"(?:(?:ab)*)+?d", "abab") is None


class Enough(Exception):
    pass


def enough(*_):
    raise Enough


def match_forever():
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    re.match(r"(a+)+$", "a" * 64 + "b")


before = signal.signal(signal.SIGALRM, enough)
assert raises(Enough, match_forever) == ""
signal.signal(signal.SIGALRM, before)

# Where a pattern can match at one place only, the others are not looked at, and places are told apart by what may follow.
assert re.search(r"\Ay", "x" * 100 + "y") is None
assert re.search(r"a*?[^b\u4e00-\u9fff]", "aab\u4e01c").span() == (0, 1)
assert re.findall(r"(?:ab|cd|\u0101)+", "xxabcd\u0101 cdab") == ["abcd\u0101", "cdab"]
