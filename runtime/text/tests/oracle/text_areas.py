"""The questions about text."""

import codecs
import random
import string
import unicodedata
import zlib

import _string


def some_text(rng, length=8):
    pool = rng.choice(["ab", "abc \t\n", "aA1 \xe9\xc9\xdf.", "\u03a3\u03c3a.'\u0301A ", "ab\u20ac\u01c5\u01c6\ufb01\u0130\u0131", "\U0001f600a\ud800\udc80\xff", "xyz,;- "])
    return "".join(rng.choice(pool) for _ in range(rng.randrange(length)))


def units(text):
    return " ".join(f"{len(part)}:{part}" for part in text)


def texts(out):
    rng = out.rng
    samples = ["", "a", "A", "Ab", "aB cD", "\u03a3", "A\u03a3", "A\u03a3.", "A.\u03a3", "A\u03a3\u0301", "A\u03a3B", "\u0301\u03a3", "\xdf", "\ufb01x", "\u0130", "\u1f80", "\u01c5a", "1a 2B", "it's", "\ud800", "\u2160", "\xaa", "x\u00adA\u03a3\u00ad"]
    samples += [some_text(rng, 12) for _ in out.times(40)]
    for s in samples:
        for method in "upper", "lower", "title", "casefold", "swapcase", "capitalize":
            out.case("str_" + method, lambda: getattr(s, method)(), s)
        for method in "isalpha", "isdecimal", "isdigit", "isnumeric", "isalnum", "isspace", "isprintable", "isidentifier", "islower", "isupper", "istitle", "isascii":
            out.case("str_" + method, lambda: str(getattr(s, method)()), s)
        out.case("repr", lambda: repr(s), s)
        out.case("ascii", lambda: ascii(s), s)
        b = s.encode("latin-1", "replace")
        latin = b.decode("latin-1")
        for method in "isalpha", "isdigit", "isalnum", "isspace", "islower", "isupper", "istitle":
            out.case("bytes_" + method, lambda: str(getattr(b, method)()), latin)
        for method in "capitalize", "title", "swapcase":
            out.case("bytes_" + method, lambda: getattr(b, method)().decode("latin-1"), latin)
        group = rng.randrange(-4, 5)
        out.case("bytes_hex", lambda: b.hex(":", group), latin, group)
        digits = "".join(rng.choice("0123456789abcdefABCDEF \n\tg\xff") for _ in range(rng.randrange(7)))
        out.case("bytes_fromhex", lambda: bytes.fromhex(digits).decode("latin-1"), digits)
        out.case("bytes_repr", lambda: repr(b), b.decode("latin-1"))
        for keep in False, True:
            out.case("splitlines", lambda: units(s.splitlines(keep)), s, keep)
        LINES = "a\r\nb\rc\x0bd\x0ce\x1cf\x1dg\x1eh\x85i\u2028j\u2029k\n"
        out.case("splitlines", lambda: units(LINES.splitlines(True)), LINES, True)
        n = rng.randrange(12)
        for method in "center", "ljust", "rjust":
            out.case(method, lambda: getattr(s, method)(n, "*"), s, n)
        out.case("zfill", lambda: s.zfill(n), s, n)
        out.case("zfill", lambda: ("-" + s).zfill(n), "-" + s, n)
        out.case("expandtabs", lambda: s.expandtabs(n), s, n)
        out.case("translate", lambda: s.translate({97: "xy", 98: None, 0x20ac: 65, 0xe9: 0x1f600}), s)
    for _ in out.times(200):
        s, t, u = some_text(rng, 30), some_text(rng, rng.choice([2, 3, 5])), some_text(rng, 3)
        n = rng.choice([-1, -1, 0, 1, 2, 3])
        out.case("find", lambda: str(s.find(t)), s, t)
        out.case("rfind", lambda: str(s.rfind(t)), s, t)
        out.case("count", lambda: str(s.count(t)), s, t)
        out.case("replace", lambda: s.replace(t, u, n), s, t, u, n)
        if t:
            out.case("split", lambda: units(s.split(t, n)), s, t, n)
            out.case("rsplit", lambda: units(s.rsplit(t, n)), s, t, n)
        out.case("split_space", lambda: units(s.split(None, n)), s, n)
        out.case("rsplit_space", lambda: units(s.rsplit(None, n)), s, n)
        for method in "strip", "lstrip", "rstrip":
            out.case(method + "_chars", lambda: getattr(s, method)(t), s, t)
            out.case(method, lambda: getattr(s, method)(), s)
    for _ in out.times(12):
        # Periodic needles in periodic strings, long enough for the search that is linear.
        wide = rng.choice(["", "\u20ac", "\U0001f600"])
        s = wide + rng.choice(["a", "ab", "aab", "abaab"]) * rng.randrange(50, 400)
        t = s[len(wide):][rng.randrange(5):rng.randrange(20, 200)] + rng.choice(["", "b", "a"])
        out.case("find", lambda: str(s.find(t)), s, t)
        out.case("rfind", lambda: str(s.rfind(t)), s, t)
        t = rng.choice(["a", "b"]) + t
        out.case("find", lambda: str(s.find(t)), s, t)
        out.case("rfind", lambda: str(s.rfind(t)), s, t)


def digest(answers):
    return f"{zlib.crc32(chr(10).join(answers).encode('utf-8', 'surrogatepass')):08x}"


def unicodes(out):
    old = unicodedata.ucd_3_2_0
    none = lambda value: "" if value is None else str(value)
    questions = {
        "flags": lambda c: "".join("01"[q(c)] for q in (str.isalpha, str.isdecimal, str.isdigit, str.isnumeric, str.islower, str.isupper, str.istitle, str.isidentifier, str.isprintable, str.isspace)) + "01"[("a" + c).isidentifier()],
        "case": lambda c: "|".join([c.upper(), c.lower(), c.title(), c.casefold(), c.swapcase()]),
        "sigma": lambda c: ("A" + c + "\u03a3").lower() + ("1" + c + "\u03a3").lower() + ("A\u03a3" + c).lower() + ("A\u03a3" + c + "a").lower(),
        "record": lambda c: " ".join([unicodedata.category(c), unicodedata.bidirectional(c), str(unicodedata.combining(c)), unicodedata.east_asian_width(c), str(unicodedata.mirrored(c))]),
        "decomposition": unicodedata.decomposition,
        "values": lambda c: " ".join([none(unicodedata.decimal(c, None)), none(unicodedata.digit(c, None)), repr(unicodedata.numeric(c, -1.0))]),
        "name": lambda c: unicodedata.name(c, ""),
        "normal": lambda c: "|".join([unicodedata.normalize(f, c) + "01"[unicodedata.is_normalized(f, c)] for f in ("NFC", "NFD", "NFKC", "NFKD")]),
        "old": lambda c: " ".join([old.category(c), old.bidirectional(c), str(old.combining(c)), old.east_asian_width(c), str(old.mirrored(c)), old.decomposition(c), old.name(c, "")]),
        "old_values": lambda c: " ".join([none(old.decimal(c, None)), none(old.digit(c, None)), repr(old.numeric(c, -1.0))]),
        "old_normal": lambda c: "|".join([old.normalize(f, c) for f in ("NFC", "NFD", "NFKC", "NFKD")]),
    }
    for name, question in questions.items():
        for page in range(0, 0x110000, 0x4000):
            out.case("unicode_" + name, lambda: digest([question(chr(i)) for i in range(page, page + 0x4000)]), page)
    names = ["SPACE", "space", "low_line", "LOW  LINE", "LOW LINE", "Hangul Syllable GAG", "HANGUL SYLLABLE GA", "HANGUL SYLLABLE XX", "CJK UNIFIED IDEOGRAPH-4E00", "CJK UNIFIED IDEOGRAPH-4e00", "CJK UNIFIED IDEOGRAPH-04E00", "CJK UNIFIED IDEOGRAPH-0041",
             "LINE FEED", "LF", "BELL", "ALERT", "NO SUCH NAME", "", "KEYCAP DIGIT ONE", "LATIN SMALL LETTER A WITH MACRON AND GRAVE", "GREEK SMALL LETTER LAMBDA", "GREEK SMALL LETTER LAMDA", "TIBETAN LETTER -A", "TIBETAN LETTER A", "BYTE ORDER MARK", "NBSP", "EURO SIGN", "VARIATION SELECTOR-17", "VS17", "TANGUT IDEOGRAPH-17000", "EGYPTIAN HIEROGLYPH-13460", "CJK COMPATIBILITY IDEOGRAPH-F900", "NUSHU CHARACTER-1B170", "KHITAN SMALL SCRIPT CHARACTER-18B00", "HANGUL SYLLABLE ", "x" * 300, "\u20ac", "LATIN CAPITAL LETTER GHA"]
    for name in names:
        out.case("lookup", lambda: unicodedata.lookup(name), name)
    rng = out.rng
    marks = "ae\u0301\u0327\u0323\u0308\u0345\u0f71\u0f72\u1100\u1161\u11a8\uac00\u212b\ufb01\xe9\u1e9b\u0344\u0958\u09c7\u09be"
    for _ in out.times(80):
        s = "".join(rng.choice(marks) for _ in range(rng.randrange(1, 9)))
        for form in "NFC", "NFD", "NFKC", "NFKD":
            out.case("normalize", lambda: unicodedata.normalize(form, s), form, s)
            out.case("is_normalized", lambda: str(unicodedata.is_normalized(form, s)), form, s)


def codec_cases(out):
    rng = out.rng
    handlers = ["strict", "ignore", "replace", "backslashreplace", "namereplace", "xmlcharrefreplace", "surrogateescape", "surrogatepass"]

    def decode(codec, data, errors, final=True):
        if errors in ("namereplace", "xmlcharrefreplace"):
            return
        def answer():
            try:
                if final:
                    return f"{len(data)} {data.decode(codec, errors)}"
                fn = {"utf-8": codecs.utf_8_decode, "utf-16": codecs.utf_16_decode, "utf-16-le": codecs.utf_16_le_decode, "utf-16-be": codecs.utf_16_be_decode, "utf-32": codecs.utf_32_decode,
                      "utf-32-le": codecs.utf_32_le_decode, "utf-32-be": codecs.utf_32_be_decode, "utf-7": codecs.utf_7_decode, "unicode_escape": codecs.unicode_escape_decode, "raw_unicode_escape": codecs.raw_unicode_escape_decode}[codec]
                text, used = fn(data, errors, False)
                return f"{used} {text}"
            except UnicodeDecodeError as e:
                return f"!{e.encoding} {e.start} {e.end} {e.reason}"
        out.case("decode", answer, codec, errors, final, data.decode("latin-1"))

    def encode(codec, text, errors):
        def answer():
            try:
                return text.encode(codec, errors).decode("latin-1")
            except UnicodeEncodeError as e:
                return f"!{e.encoding} {e.start} {e.end} {e.reason}"
        out.case("encode", answer, codec, errors, text)

    pools = {"utf-8": [0x41, 0x80, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xa0, 0xe1, 0xed, 0x9f, 0xef, 0xf0, 0x90, 0xf4, 0x8f, 0xf5, 0xff],
             "utf-16": [0x41, 0, 0xd8, 0xdc, 0xdf, 0xff, 0xfe, 0xac, 0x20], "utf-32": [0x41, 0, 0, 0, 1, 0x10, 0x11, 0xd8, 0xff, 0xfe],
             "utf-7": list(b"+-AIKwg/a ~\\\x80\xff2AA3"), "unicode_escape": list(b"\\xuUN{}a041\xe9'\"\n73SPACE"), "raw_unicode_escape": list(b"\\\\uUa0410\xe9fd"),
             "ascii": [0x41, 0x7f, 0x80, 0xff], "latin-1": [0, 0xff]}
    pools["utf-16-le"] = pools["utf-16-be"] = pools["utf-16"]
    pools["utf-32-le"] = pools["utf-32-be"] = pools["utf-32"]
    for codec, pool in pools.items():
        for _ in out.times(50):
            data = bytes(rng.choice(pool) for _ in range(rng.randrange(14)))
            decode(codec, data, rng.choice(handlers))
            decode(codec, data, "strict")
            if codec not in ("ascii", "latin-1"):
                decode(codec, data, rng.choice(handlers), False)
    for data in [rb"\N{SPACE}x\N{EURO SIGN}\N{no}", rb"\N{}", rb"\N", rb"\N{", rb"\400\777\0\18\q", rb"\U00110000", rb"\ud83d\ude00", b"\\", b"\\\n", rb"\x4", rb"\u12", rb"\N{LF}\N{KEYCAP DIGIT ONE}", b"\\N{\xe9}"]:
        for codec in "unicode_escape", "raw_unicode_escape":
            for final in True, False:
                decode(codec, data, "strict", final)
                decode(codec, data, "replace", final)
    for data in [b"+", b"+A", b"+AG", b"+AGE", b"+AGE-", b"a+IKw-b", b"+IKw.", b"+2D3eAA-", b"+2D0-", b"+2D0a", b"+-", b"+ ", b"+AGF-", b"+IKx!", b"\xff", b"+\xff", b"+IK\xff"]:
        for final in True, False:
            decode("utf-7", data, "strict", final)
            decode("utf-7", data, "replace", final)
    for codec in ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-7", "ascii", "latin-1", "unicode_escape", "raw_unicode_escape"]:
        for _ in out.times(25):
            text = "".join(rng.choice("aZ+-~\\\n\x7f\xe9\xff\u0100\u20ac\ud800\udc80\udcff\udfff\U0001f600\U0010ffff") for _ in range(rng.randrange(8)))
            encode(codec, text, rng.choice(handlers))
            encode(codec, text, "strict")
    table = "".join(chr(i) for i in range(128)) + "\u20ac\ufffe\xe9"
    build = codecs.charmap_build(table.ljust(256, "\ufffe"))
    for _ in out.times(60):
        data = bytes(rng.choice([65, 128, 129, 130, 131, 255]) for _ in range(rng.randrange(6)))
        text = "".join(rng.choice("a\u20ac\xe9\u0100\udc80") for _ in range(rng.randrange(6)))
        errors = rng.choice([e for e in handlers if e not in ("namereplace", "xmlcharrefreplace")])

        def answer():
            try:
                return codecs.charmap_decode(data, errors, table)[0]
            except UnicodeDecodeError as e:
                return f"!{e.encoding} {e.start} {e.end} {e.reason}"

        def answer2():
            try:
                return codecs.charmap_encode(text, errors, build)[0].decode("latin-1")
            except UnicodeEncodeError as e:
                return f"!{e.encoding} {e.start} {e.end} {e.reason}"
        out.case("charmap_decode", answer, errors, data.decode("latin-1"))
        out.case("charmap_encode", answer2, errors, text)


def percents(out):
    rng = out.rng
    from areas import SPECIAL, bits, some_float, some_int
    fixed = ["%", "%5", "%(", "%(a", "%(a)", "%(a)s", "%y", "%5y", "%99999999999999999999d", "%.99999999999999999999d", "%.3000000000d", "%5%", "%ld", "%lld", "%hd", "%(a(b)c)s", "%\u20ac", "%\x01", "%%", "a%%b%d", "%5.3 d", "%5-d", "%.d", "%.f", "%#b", "%.2147483647d"]
    class Any(dict):
        def __missing__(self, key):
            return 7
    for f in fixed:
        out.case("percent_int", lambda: f % (Any() if "(" in f or f == "%%" else 7), f, 7)
    for _ in out.times(200):
        f = "%" + "".join(rng.choice("-+ #0") for _ in range(rng.randrange(4))) + rng.choice(["", "", "5", "12", "3"]) + rng.choice(["", "", ".0", ".", ".3", ".20"])
        i, x = some_int(rng), some_float(rng)
        k = rng.choice("diuoxX")
        out.case("percent_int", lambda: f"<{f}{k}>" % i, f"<{f}{k}>", i)
        k = rng.choice("eEfFgG")
        out.case("percent_float", lambda: f"<{f}{k}>" % x, f"<{f}{k}>", bits(x))
        k = rng.choice("sc")
        s = rng.choice(["\xe9", "\u20ac"]) if k == "c" else some_text(rng)
        out.case("percent_str", lambda: f"<{f}{k}>" % (s,), f"<{f}{k}>", s)


def shown(name):
    return name if isinstance(name, int) else repr(name)


def formats(out):
    rng = out.rng
    fixed = ["", "a", "{}", "{0}", "{{}}", "{", "}", "a{", "a}", "{{", "}}", "{a}", "{a.b}", "{a[0]}", "{a[b]}", "{a[b}", "{a.}", "{a[]}", "{a]}", "{a[0]x}", "{!r}", "{!r:}", "{!", "{!}", "{!r", "{!rx}", "{:}", "{:x}", "{:{}}", "{:{}", "{a{b}}", "{a[{]}",
             "{:{x}y{z!r}}", "{0.a.b[1][c]!s:>10}", "x{a}y{b}z", "{99999999999999999999}", "{[1]}", "{.a}", "{!:}", "{\u0661}", "{a:{{}}}", "{:}}", "{a!}", "{ a }", "{-1}", "{1a}", "{a[-1]}", "{a[1]}{b", "{}}{"]
    for f in fixed:
        out.case("format_parse", lambda: " ".join(map(ascii, _string.formatter_parser(f))), f)
        def split():
            first, rest = _string.formatter_field_name_split(f)
            return ascii(first) + "".join(" " + ascii(r) for r in rest)
        out.case("name_split", split, f)
    for _ in out.times(150):
        f = "".join(rng.choice("{}{}[].!:a0r") for _ in range(rng.randrange(1, 10)))
        out.case("format_parse", lambda: " ".join(map(ascii, _string.formatter_parser(f))), f)
        out.case("name_split", split, f)


def hashes(out):
    rng = out.rng
    from areas import SPECIAL, bits, some_float, some_int
    for v in SPECIAL + [some_float(rng) for _ in out.times(100)]:
        if v == v:
            out.case("hash_float", lambda: str(hash(v)), bits(v))
            out.case("hash_complex", lambda: str(hash(complex(v, 1.5))), bits(v), bits(1.5))
    for v in [2**61 - 1, 2**61, -2**61 + 1, 2**61 - 2, -1, 0, 2**64, 2**122, -2**200] + [some_int(rng) for _ in out.times(100)]:
        out.case("hash_int", lambda: str(hash(v)), v)
    import os
    import subprocess
    import sys
    words = ["", "a", "abc", "hello world", "\xe9t\xe9", "\u20ac", "\U0001f600x", "12345678", "123456789012345678901234567890", "\ud800"]
    for seed in 0, 1, 42, 4294967295:
        answer = subprocess.run([sys.executable, "-c", f"print(*map(hash, {words!a}))"], env=dict(os.environ, PYTHONHASHSEED=str(seed)), capture_output=True, text=True).stdout.split()
        for word, value in zip(words, answer):
            out.case("hash_str", lambda: value, seed, word)
    for seed in 0, 1, -5, 2**32, 2**100 + 7, 10**300:
        r = random._random.Random(seed) if hasattr(random, "_random") else random.Random(seed)
        def answer():
            return " ".join([repr(r.random()) for _ in range(5)] + [str(r.getrandbits(k)) for k in (1, 5, 32, 33, 64, 65, 200)] + [repr([r.random() for _ in range(700)][-1]), digest(list(map(str, r.getstate())))])
        r = __import__("_random").Random(seed)
        out.case("twister", answer, seed)


AREAS = {"text": texts, "unicode": unicodes, "codec": codec_cases, "percent": percents, "str_format": formats, "hash": hashes}
