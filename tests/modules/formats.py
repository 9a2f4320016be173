"""JSON, CSV, zlib, locales and template strings, against what CPython answers."""

import copy
import csv
import gzip
import io
import json
import locale
import zlib
from string.templatelib import Interpolation, Template


def raises(kind, function, *arguments, **keywords):
    try:
        function(*arguments, **keywords)
    except kind as error:
        return str(error)
    raise AssertionError(f"{kind.__name__} was not raised")


# JSON
assert json.loads('{"a": [1, 2.5, null, "\\u00e9\\ud83d\\ude00"]}') == {"a": [1, 2.5, None, "é\U0001f600"]}
assert json.dumps({"é": [1, 2.5, None, True, "\n"], "b": {}}) == '{"\\u00e9": [1, 2.5, null, true, "\\n"], "b": {}}'
assert json.dumps([1, {"a": 2}], indent=1) == '[\n 1,\n {\n  "a": 2\n }\n]'
assert raises(json.JSONDecodeError, json.loads, "[1,]") == (
    "Illegal trailing comma before end of array: line 1 column 3 (char 2)")
assert raises(json.JSONDecodeError, json.loads, '"a') == "Unterminated string starting at: line 1 column 1 (char 0)"
assert raises(ValueError, json.dumps, float("nan"), allow_nan=False) == (
    "Out of range float values are not JSON compliant: nan")
ring = []
ring.append(ring)
assert raises(ValueError, json.dumps, ring) == "Circular reference detected"
try:
    json.dumps({"a": [object]})
except TypeError as error:
    assert error.__notes__ == ["when serializing list item 0", "when serializing dict item 'a'"]
raises(RecursionError, json.loads, "[" * 1_000_000)

# CSV
rows = [["a", 'b"c', "d,e", "f\ng"], ["", "1"]]
file = io.StringIO()
csv.writer(file).writerows(rows)
assert file.getvalue() == 'a,"b""c","d,e","f\ng"\r\n,1\r\n'
assert list(csv.reader(io.StringIO(file.getvalue(), newline=""))) == rows
assert list(csv.reader(['1,"a",,""'], quoting=csv.QUOTE_STRINGS)) == [[1.0, "a", None, ""]]
assert raises(csv.Error, list, csv.reader(['"a'], strict=True)) == "unexpected end of data"
assert raises(csv.Error, csv.writer(file).writerow, 5) == "iterable expected, not int"
assert raises(TypeError, csv.reader, [], delimiter="ab") == (
    '"delimiter" must be a unicode character, not a string of length 2')

# zlib
data = bytes(range(256)) * 100
for wbits in (15, -15, 31):
    assert zlib.decompress(zlib.compress(data, wbits=wbits), wbits) == data
assert raises(zlib.error, zlib.decompress, zlib.compress(data)[:-1]) == (
    "Error -5 while decompressing data: incomplete or truncated stream")
half = zlib.compressobj(zdict=b"hello")
begun = half.compress(b"hello ")
other = copy.copy(half)
ends = [begun + c.compress(b"hello") + c.flush() for c in (half, other)]
assert ends[0] == ends[1]
assert zlib.decompressobj(zdict=b"hello").decompress(ends[0]) == b"hello hello"
piecewise = zlib.decompressobj()
assert piecewise.decompress(zlib.compress(b"abc") + b"rest", 2) == b"ab" and not piecewise.eof
assert piecewise.flush() == b"c" and piecewise.unused_data == b"rest" and piecewise.eof
assert raises(ValueError, zlib.compressobj, 10) == "Invalid initialization option"
assert gzip.decompress(gzip.compress(data)) == data and zlib.crc32(b"a") == 3904355907 and zlib.adler32(b"") == 1

# Locales
assert locale.setlocale(locale.LC_ALL, "C") == "C" and locale.localeconv()["decimal_point"] == "."
assert raises(locale.Error, locale.setlocale, locale.LC_ALL, "no such") == "unsupported locale setting"
assert locale.strxfrm("ab") == "ab" and locale.strcoll("a", "b") < 0

# Template strings
name = "x"
template = t"a{name!r:>{5}}b" + t"{name}"
assert template.strings == ("a", "b", "") and template.values == ("x", "x")
assert list(template)[1].format_spec == ">5" and list(template)[1].conversion == "r"
assert repr(Template("a", "b", Interpolation(1))) == (
    "Template(strings=('ab', ''), interpolations=(Interpolation(1, '', None, ''),))")
