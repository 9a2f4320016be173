"""The questions, area by area."""

import struct


def bits(value):
    return struct.pack(">d", value).hex()


SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 0.25, 0.125, 1e15, 1e16, 1e17, 123456789012345678.0, 1e22,
           1e23, 9.999999999999999e22, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1, 0.2, 0.3, 1e-4,
           1e-5, 9.9999e-5, 0.00012345, 123456.789, 999999.5, 9999995.0, 0.05, 0.95, 9.5, 99.5, 1e100, 1234567.891,
           float("inf"), float("-inf"), float("nan"), 3.14159265358979, 12345.6789, 2**53 + 0.0, 1 / 3]


def some_float(rng):
    match rng.randrange(7):
        case 0: return rng.choice(SPECIAL)
        case 1: return struct.unpack("<d", rng.randbytes(8))[0]
        case 2: return rng.uniform(-1e6, 1e6)
        case 3: return rng.randrange(-10**6, 10**6) / 1000
        case 4: return rng.randrange(-10**4, 10**4) / 2**rng.randrange(12)
        case 5: return float(rng.randrange(10**18))
        case _: return rng.uniform(-1, 1) * 10.0**rng.randrange(-20, 25)


def some_int(rng):
    match rng.randrange(5):
        case 0: return rng.choice([0, 1, -1, 9, 10, 255, 256, -256, 65, 0x110000, 2**63 - 1, 2**63, -2**63, 10**20])
        case 1: return rng.randrange(-100, 1000)
        case 2: return rng.randrange(-10**9, 10**9)
        case 3: return rng.randrange(-10**30, 10**30)
        case _: return rng.getrandbits(rng.randrange(1, 400))


def floats(out):
    rng = out.rng
    values = SPECIAL + [some_float(rng) for _ in out.times(150)]
    for v in values:
        out.case("float_repr", lambda: repr(v), bits(v))
        out.case("float_hex", lambda: v.hex(), bits(v))
        out.case("float_ratio", lambda: "%d/%d" % v.as_integer_ratio(), bits(v))
        out.case("float_int", lambda: str(int(v)), bits(v))
        for places in [0, 1, 2, -1, -2, rng.randrange(-310, 330), rng.randrange(-20, 20)]:
            out.case("float_round", lambda: bits(round(v, places)), bits(v), places)
    texts = ["1", " 1.5 ", "1_000.5", "1__0", "_1", "1_", "1_e5", "1e5_0", "inf", "-Infinity", "nan", "-nan", "+inf", "infi",
             "1e400", "1e-400", "", " ", ".", ".5", "5.", "1e", "1e+", "1 2", "0x10", "\u0661\u0662.\u0663", "\u2003\u0661\xa0",
             "1\x00", "1.5abc", "--1", "+-1", "1e5e5", "abc\u20ac", "\ud800", "1\u00b2", "\u1e961", "infinity_", "1._5", "1_.5", "4.9e-324",
             "2.4e-324", "1.7976931348623159e308", "9007199254740993", "0" * 50 + "1", "1" * 400, "'\"", "1.e5", ".e5"]
    for t in texts:
        out.case("float_parse", lambda: bits(float(t)), t)
    for _ in out.times(100):
        t = "".join(rng.choice("0123456789._eE+- ") for _ in range(rng.randrange(1, 8)))
        out.case("float_parse", lambda: bits(float(t)), t)
    hexes = ["0x1p0", "1", "0x1.8p1", "-0x1.fffffffffffffp1023", "0x1.fffffffffffff8p1023", "0x1.fffffffffffff7p1023", "0x0.8p-1074",
             "0x0.80001p-1074", "0x1p-1075", "0x3p-1075", "0x1p1024", "inf", "-nan", "nanx", "0x", "x", "", "0x.p1", "0x.1p", "1.8", "0x1p+5", " 0X1P-3 ",
             "0x1p99999999999999999999", "0x0p99999999999999999999", "0x1p-99999999999999999999", "0x1.00000000000008p0", "0x1.00000000000018p0",
             "0x1.000000000000080001p0", "0x1g", "\u0661", "infinity", "+0x.8", "0x1.", "0x0.0000000000000000000000001p200", "1e5", "abc", "0xabc.defp-5", "0x123456789abcdef123456789"]
    for t in hexes:
        out.case("float_fromhex", lambda: bits(float.fromhex(t)), t)
    for _ in out.times(100):
        t = "0x%x.%xp%d" % (rng.getrandbits(rng.choice([1, 20, 60, 100])), rng.getrandbits(rng.choice([1, 40, 70])), rng.randrange(-1100, 1100))
        out.case("float_fromhex", lambda: bits(float.fromhex(t)), t)


def ints(out):
    rng = out.rng
    texts = ["0", "00", "-0", "0x1f", "0b101", "0o17", "0X_1F", "1_000", "1__0", "_1", "1_", "", " ", " 12 ", "+5", "--5", "- 5", "010", "0_0", "0x", "0x_", "abc", "z", "Zz",
             "\u0661\u0662", "1\u2003", "\u00b2", "12.5", "\ud800", "'", "1\x00", "9" * 30, "-" + "9" * 30, "0b2", "0o8", "9" * 4300, "9" * 4301, "f" * 5000, "\xa05\u2028", "1" * 20 + "x" * 300, "9223372036854775807", "9223372036854775808", "-9223372036854775808", "0b", "b101", "0_x1", "00_1"]
    for t in texts:
        for base in 10, 0, 2, 8, 16, 36, 1, 37, 3:
            out.case("int_parse", lambda: str(int(t, base)) if len(t) < 1000 else "%x" % int(t, base), t, base)
    for _ in out.times(200):
        base = rng.choice([0, 10, 2, 8, 16, 36, 7])
        t = "".join(rng.choice("0123456789_abxXoz+- ") for _ in range(rng.randrange(1, 7)))
        out.case("int_parse", lambda: str(int(t, base)), t, base)
    for v in [10**4299, 10**4300 - 1, 10**4300, -10**4300, -(10**4300 - 1), 10**5000, 2**200]:
        out.case("int_str", lambda: str(v), "%x" % v)


def spec_of(rng):
    def maybe(text, odds=0.3):
        return text if rng.random() < odds else ""

    fill = maybe(rng.choice("*0x \u20ac\U0001f600"), 0.2)
    align = rng.choice("<>=^") if fill else maybe(rng.choice("<>=^"))
    spec = fill + align + maybe(rng.choice("+- ")) + maybe("z", 0.15) + maybe("#", 0.2) + maybe("0", 0.2) + maybe(str(rng.randrange(30)), 0.5)
    spec += maybe(rng.choice([",", "_", ",_", "_,", ",,"]) if rng.random() < 0.2 else rng.choice(",_"), 0.3)
    spec += maybe("." + maybe(str(rng.randrange(20)), 0.9) + maybe(rng.choice([",", "_", ",_", "_,"]), 0.2))
    return spec + maybe(rng.choice("bcdoxXneEfFgG%s") if rng.random() < 0.95 else rng.choice("ryi\u20ac\x01"), 0.7)


def specs(out):
    rng = out.rng
    fixed = ["", ",", "_", "010,", "020_b", "08,", ".3", ".0", ".20f", "+", " ", "e", ".0e", "#.0e", "g", "#g", ".15g", "%", ".1%", "n", "c", "d", "x", "#x", "#010x",
             "=10", "<10", "^11", "*^+11,.2f", "zz", ".", ".f", "5.", "99999999999999999999", ".99999999999999999999f", ".3000000000f", "\u0661\u0660", "s", "10s", ".3s", "+s", " s", "#s", "zs",
             "=s", ",s", "_d", ",d", ",x", "_x", ",n", "_c", ".2d", "zd", "+c", "#c", "a", "ab", "10ab", "\u20ac", "\x01", ".3_", ".3,f", ".,f", "._e", ".3_,f", ".3,_", ",.6_f",
             "_,", ",_", ",,", "1,_", "r", ".400f", ".1200f", "z.1f", "z", "z.0f", "+z.0f", "\ud800<5", "0<5", "0>8", "0=8", "010", "-010.2f", "0010", "#.3g", "#.3", ".1", ".2", "E", "F", "G", ".3E", "#.0f", "0^10", "00", "0"]
    values = [0, 5, -5, 1234567, -1234567, 65, 10**25, -10**25, 0x110000, 2**70, 10**400, 8364]
    reals = [0.0, -0.0, 1.5, -1.5, 1234567.891, 1e16, 1e-5, 0.0001, float("inf"), float("-inf"), float("nan"), 123456789.123456789, 0.5, -0.01, 2.5, 1e300, 100.0, 99999.5]
    for spec in fixed:
        for v in values:
            out.case("format_int", lambda: format(v, spec), v, spec)
        for v in reals:
            out.case("format_float", lambda: format(v, spec), bits(v), spec)
        for v in [1 + 2j, -1.5 - 2.5j, 0j, complex(-0.0, 1), complex(0, -0.0), complex(float("nan"), float("inf")), 1e20 + 1234567.5j]:
            out.case("format_complex", lambda: format(v, spec), bits(v.real), bits(v.imag), spec)
        for v in "", "abc", "a\u20acb", "\U0001f600":
            out.case("format_str", lambda: format(v, spec), v, spec)
    for _ in out.times(200):
        spec, i, f, g = spec_of(rng), some_int(rng), some_float(rng), some_float(rng)
        out.case("format_int", lambda: format(i, spec), i, spec)
        out.case("format_float", lambda: format(f, spec), bits(f), spec)
        out.case("format_complex", lambda: format(complex(f, g), spec), bits(f), bits(g), spec)
        out.case("format_str", lambda: format("h\xe9llo", spec), "h\xe9llo", spec)


def complexes(out):
    rng = out.rng
    for _ in out.times(60):
        f, g = some_float(rng), some_float(rng)
        out.case("complex_repr", lambda: repr(complex(f, g)), bits(f), bits(g))
    for t in ["1", "j", "-j", "+J", "1j", "1+2j", "1-2j", "(1+2j)", "( 1+2j )", " (1+2j) ", "1 + 2j", "1+j", "1-j", "inf+nanj", "-infj", "1e5-1e-5j", "", "()", "(", ")", "(1", "1)", "1+2", "1+2k", "jj", "1jj", "1+2j3",
              "1_0+2_0j", "1__0", "_1", "\u0661+\u0662j", "nan", "(j)", "--1", "1+-2j", ".5j", "1.j", "e5", "1e", "\ud800", "((1))", "+", "1+", "1_0+", "1\x002"]:
        def answer():
            z = complex(t)
            return bits(z.real) + " " + bits(z.imag)
        out.case("complex_parse", answer, t)
    for _ in out.times(100):
        t = "".join(rng.choice("0123.+-jJe_ ()") for _ in range(rng.randrange(1, 8)))
        out.case("complex_parse", answer, t)


from text_areas import AREAS as TEXT_AREAS

AREAS = {"float": floats, "int": ints, "format_spec": specs, "complex": complexes} | TEXT_AREAS
