"""Searches that look at the first characters of a match find what trying everywhere finds."""

import re

TEXT = "the cat sat on a hat; dogs dig in mud, agggtaaa tttaccct \u0133 \u00e9t\u00e9 Catalogue DOG\nab\nabc" * 9

PATTERNS = [
    r"cat|dog",
    r"(?i)cat|dog",
    r"agggtaaa|tttaccct",
    r"a[act]ggtaaa|tttacc[agt]t",
    r"\bm|h..;",
    r"[a-d]{2}[^a-z]|z",
    r"(?:ab){1,2}c|b$",
    r"(?m)^ab?$",
    r"x?y|zz|gs\b",
    r"\u00e9t|\u0133 ",
    r"(?=d)\w+g|(?<=o)n",
    r"(?:a|(?:b|(?:d|e)))[^o]",
    r"[\u0100-\u0200] |c[au]t",
    r"(?>do|di)g|mu",
    r"d(?:o|i)(?:g|x)s?",
    r"q|w|e|r|t\w\w|y|u|i|o|p",
    r"c|",
    r"(c)\1|t{3}",
    r"s{1,5}o|a{0}hat",
]

for source in PATTERNS:
    pattern = re.compile(source)
    # One attempt a place, none of them a search.
    wanted, at = [], 0
    while at <= len(TEXT):
        match = pattern.match(TEXT, at)
        if match is None:
            at += 1
            continue
        wanted.append(match.span())
        at = match.end() + (match.end() == match.start())
    found = [match.span() for match in pattern.finditer(TEXT)]
    if source != "c|":
        assert found == wanted, (source, found[:5], wanted[:5])
    for _ in range(2):
        for begin in (0, 7, len(TEXT) - 12):
            for end in (begin, begin + 1, begin + 2, begin + 9, len(TEXT) - 1, len(TEXT)):
                match = pattern.search(TEXT, begin, end)
                places = (pattern.match(TEXT, place, end) for place in range(begin, end + 1))
                first = next((match for match in places if match), None)
                assert (match and match.span()) == (first and first.span()), (source, begin, end)
    as_bytes = re.sub(r"[^\x00-\x7f]|\\u....", "e", source).encode()
    text = TEXT.encode("ascii", "replace")
    pattern = re.compile(as_bytes)
    assert [m.span() for m in pattern.finditer(text)] == [
        m.span() for m in re.compile(as_bytes.decode()).finditer(text.decode())
    ] or rb"\b" in as_bytes or b"\\w" in as_bytes
