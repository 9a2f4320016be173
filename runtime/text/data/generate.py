"""Write the tables of src/unicode from the Unicode data of the Python that runs this (3.14: Unicode 16.0).

    python3.14 generate.py FOLDER

FOLDER holds NameAliases.txt and NamedSequences.txt of the same or a later Unicode version; names that this
Python does not know are left out. All numbers are little-endian. The data is that of the Unicode Character
Database (Unicode License V3).
"""

import struct
import sys
import unicodedata as ucd
from pathlib import Path

HERE = Path(__file__).parent
ALL = range(0x110000)

FLAGS = ["alpha", "decimal", "digit", "numeric", "lower", "upper", "title", "xid_start", "xid_continue",
         "printable", "space", "cased", "ignorable", "mirrored"]
CATEGORIES = ["Cn", "Lu", "Ll", "Lt", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs",
              "Co", "Lm", "Lo", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So"]
BIDI = ["", "L", "LRE", "LRO", "R", "AL", "RLE", "RLO", "PDF", "EN", "ES", "ET", "AN", "CS", "NSM", "BN", "B",
        "S", "WS", "ON", "LRI", "RLI", "FSI", "PDI"]
WIDTHS = ["F", "H", "W", "Na", "A", "N"]
TAGS = ["", "<noBreak>", "<compat>", "<super>", "<fraction>", "<font>", "<vertical>", "<isolated>", "<final>",
        "<medial>", "<initial>", "<circle>", "<wide>", "<small>", "<narrow>", "<square>", "<sub>"]


def final(text):
    return text.lower().endswith("\u03c2")


def flags(c):
    after_letter, after_digit = final(f"A{c}\u03a3"), final(f"1{c}\u03a3")
    title = c.istitle() and not c.isupper()
    bits = [c.isalpha(), c.isdecimal(), c.isdigit(), c.isnumeric(), c.islower(), c.isupper(), title,
            c.isidentifier(), ("a" + c).isidentifier(), c.isprintable(), c.isspace(), after_digit,
            after_letter and not after_digit, ucd.mirrored(c)]
    return sum(1 << i for i, bit in enumerate(bits) if bit)


def trie(name, rows, pack):
    """Two levels: pages of 128 code points, then the number of the row."""
    distinct, numbers = {}, []
    for row in rows:
        numbers.append(distinct.setdefault(row, len(distinct)))
    pages, index = {}, []
    for start in range(0, len(numbers), 128):
        page = tuple(numbers[start:start + 128])
        index.append(pages.setdefault(page, len(pages)))
    assert len(pages) < 65536 and len(distinct) < 65536
    size = len(index), len(pages) * 128, len(distinct)
    (HERE / f"{name}_index.bin").write_bytes(struct.pack(f"<{len(index)}H", *index))
    (HERE / f"{name}_pages.bin").write_bytes(b"".join(struct.pack("<128H", *page) for page in pages))
    (HERE / f"{name}_rows.bin").write_bytes(b"".join(pack(row) for row in distinct))
    print(name, size)


def classes():
    sequences = {}

    def case(c, text):
        if len(text) == 1:
            return ord(text) - ord(c)
        return 0x4000_0000 | sequences.setdefault(tuple(map(ord, text)), len(sequences))

    rows = []
    for i in ALL:
        c = chr(i)
        rows.append((flags(c), ucd.decimal(c, 255), ucd.digit(c, 255), case(c, c.upper()), case(c, c.lower()),
                     case(c, c.title()), case(c, c.casefold())))
    trie("class", rows, lambda row: struct.pack("<HBBiiii", *row))
    out = b""
    for seq in sequences:
        out += struct.pack("<3I", *(seq + (0,) * (3 - len(seq))))
    (HERE / "case_sequences.bin").write_bytes(out)
    print("sequences", len(sequences))


def record(db, c, second):
    quick = 0
    for i, form in enumerate(["NFC", "NFD", "NFKC", "NFKD"]):
        if not db.is_normalized(form, c) or (form in ("NFC", "NFKC") and c in second):
            quick |= 1 << i
    return (CATEGORIES.index(db.category(c)), BIDI.index(db.bidirectional(c)), db.combining(c),
            WIDTHS.index(db.east_asian_width(c)), quick, db.mirrored(c))


def plain():
    """All but the Hangul syllables, which are computed."""
    return [i for i in ALL if not 0xAC00 <= i < 0xD7A4]


def compositions():
    pairs = []
    for i in plain():
        parts = ucd.decomposition(chr(i)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            first, last = (int(p, 16) for p in parts)
            if ucd.normalize("NFC", chr(first) + chr(last)) == chr(i):
                pairs.append((first, last, i))
    pairs.sort()
    (HERE / "compositions.bin").write_bytes(b"".join(struct.pack("<3I", *p) for p in pairs))
    print("compositions", len(pairs))
    return {chr(p[1]) for p in pairs} | {chr(i) for i in [*range(0x1161, 0x1176), *range(0x11a8, 0x11c3)]}


def decompositions():
    entries, codes = [], []
    for i in plain():
        text = ucd.decomposition(chr(i))
        if not text:
            continue
        parts = text.split()
        tag = parts.pop(0) if parts[0].startswith("<") else ""
        entries.append((i, TAGS.index(tag), len(parts), len(codes)))
        codes += [int(p, 16) for p in parts]
    (HERE / "decompositions.bin").write_bytes(b"".join(struct.pack("<IBBH", *e) for e in entries))
    (HERE / "decomposition_codes.bin").write_bytes(struct.pack(f"<{len(codes)}I", *codes))
    print("decompositions", len(entries), len(codes))


def numerics():
    out = []
    for i in ALL:
        value = ucd.numeric(chr(i), None)
        if value is None:
            continue
        for den in range(1, 1000):
            num = round(value * den)
            if num / den == value:
                break
        else:
            raise ValueError(hex(i))
        out.append(struct.pack("<IIq", i, den, num))
    (HERE / "numerics.bin").write_bytes(b"".join(out))
    print("numerics", len(out))


def names(folder):
    aliases, sequences = [], []
    for line in (folder / "NameAliases.txt").read_text().splitlines():
        if line and line[0] != "#":
            code, name, _ = line.split(";")
            try:
                assert ucd.lookup(name) == chr(int(code, 16))
                aliases.append((name, code))
            except KeyError:
                print("left out", name)
    for line in (folder / "NamedSequences.txt").read_text().splitlines():
        if line and line[0] != "#":
            name, codes = line.split(";")
            try:
                assert ucd.lookup(name) == "".join(chr(int(c, 16)) for c in codes.split())
                sequences.append((name, codes.strip()))
            except KeyError:
                print("left out", name)
    for file, rows in ("aliases", aliases), ("sequences", sequences):
        (HERE / f"name_{file}.txt").write_text("".join(f"{name};{codes}\n" for name, codes in sorted(rows)))
        print(file, len(rows))


def old():
    """The records of Unicode 3.2, which IDNA still needs; what else differs there is little and stands in old.rs."""
    db = ucd.ucd_3_2_0
    trie("old", [record(db, chr(i), ()) for i in ALL], lambda row: struct.pack("<6B", *row))


if __name__ == "__main__":
    second = compositions()
    classes()
    trie("record", [record(ucd, chr(i), second) for i in ALL], lambda row: struct.pack("<6B", *row))
    decompositions()
    numerics()
    names(Path(sys.argv[1]))
    old()
