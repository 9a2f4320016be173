"""Matches of patterns with few groups and with many, one after the other: marks of one are not seen by the next."""

import re

many = re.compile(r"(a)(b)?(c)(d)(e)?(f)(g)(h)(i)(j)?")
found = many.match("acdfghi")
assert found.groups() == ("a", None, "c", "d", None, "f", "g", "h", "i", None)
assert found.regs[:4] == ((0, 7), (0, 1), (-1, -1), (1, 2)) and len(found.regs) == 11
assert found.lastindex == 9 and found.span(10) == (-1, -1) and found.span(9) == (6, 7)
for wrong in (-1, 11, 10**30, "name", 1.5):
    try:
        found.group(wrong)
    except IndexError as error:
        assert str(error) == "no such group"
    else:
        raise AssertionError(wrong)

either = re.compile(r"(?P<x>a)|(?P<y>b)|(c)")
assert [m.groups() for m in either.finditer("abc")] == [("a", None, None), (None, "b", None), (None, None, "c")]
assert [(m.lastindex, m.lastgroup) for m in either.finditer("abc!a")] == [(1, "x"), (2, "y"), (3, None), (1, "x")]
assert either.findall("ab") == [("a", "", ""), ("", "b", "")]
assert either.split("1a2b3") == ["1", "a", None, None, "2", None, "b", None, "3"]
assert either.sub(lambda m: repr(m.groupdict()), "b") == "{'x': None, 'y': 'b'}"
assert re.findall("(a)?b", "abb") == ["a", ""] and re.findall("a|b", "cab") == ["a", "b"]
assert [m.span(1) for m in re.finditer("()(x)?", "ax")] == [(0, 0), (1, 1), (2, 2)]

# A group that a failed attempt has marked.
assert re.search(r"(?:(a)b|(a)c)d", "abacd").groups() == (None, "a")
assert re.search(r"(?:(a)x)?ab", "aab").groups() == (None,)

scanner = either.scanner("ab!c")
assert scanner.match().groups() == ("a", None, None) and scanner.match().groups() == (None, "b", None)
assert scanner.match() is None and scanner.match() is None
