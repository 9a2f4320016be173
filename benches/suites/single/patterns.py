"""Regular expressions: compiled afresh, searched in prose, used on a genome, and used to split a language into tokens."""

import random
import re

SOURCES = [
    r"(?P<user>[\w.+-]+)@(?P<host>[\w-]+(?:\.[\w-]+)+)",
    r"^\s*(?:#.*)?$",
    r"(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?",
    r"\b(?:https?|ftp)://[^\s/$.?#].[^\s]*\b",
    r"(?i)(?:select|insert|update|delete)\s+(?:from|into)?\s*([a-z_][a-z0-9_]*)",
    r"""(?x) "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' """,
    r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)",
    r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?",
    r"<(?P<tag>[a-z][a-z0-9]*)\b[^>]*>(.*?)</(?P=tag)>",
    r"(?<![\w'])[A-Z][a-z]+(?=\s+[A-Z])",
]
WORDS = "the quick brown Fox jumps over Lazy dogs while Perl and Python argue about 42 strings".split()


def prose(words):
    generator = random.Random(3)
    return " ".join(generator.choice(WORDS) for _ in range(words))


def bench_regex_compile(threads):
    groups = 0
    for _ in range(400):
        re.purge()
        for source in SOURCES:
            groups += re.compile(source).groups
    return groups


def bench_regex_search(threads):
    text = prose(160000)
    patterns = ["Perl", "(Perl|Python|Tcl)", "(?:P(?:erl|ython))", r"[A-Z][a-z]+", r"\s\w+\s", r"[0-9]+", r"o.*?s", "dogs|while|argue"]
    counts = []
    for pattern in patterns:
        compiled = re.compile(pattern)
        count = 0
        for _ in range(4):
            count += sum(1 for _ in compiled.finditer(text))
            count += compiled.search(text, 50000) is not None
            count += len(compiled.findall(text, 0, 90000))
        counts.append(count)
    return counts


def bench_regex_genome(threads):
    generator = random.Random(11)
    lines = [">one sequence"]
    lines += ["".join(generator.choice("acgt") for _ in range(60)) for _ in range(14000)]
    text = "\n".join(lines)
    sequence = re.sub(">.*\n|\n", "", text)
    variants = [
        "agggtaaa|tttaccct",
        "[cgt]gggtaaa|tttaccc[acg]",
        "a[act]ggtaaa|tttacc[agt]t",
        "ag[act]gtaaa|tttac[agt]ct",
        "agg[act]taaa|ttta[agt]cct",
        "aggg[acg]aaa|ttt[cgt]ccct",
    ]
    counts = [len(re.findall(variant, sequence)) for variant in variants]
    for pattern, replacement in ((r"tHa[Nt]", "<4>"), (r"aND|caN|Ha[DS]|WaS", "<3>"), (r"a[gc]t", "<2>"), (r"tt\|?g", "|")):
        sequence = re.sub(pattern, replacement, sequence)
    return counts, len(sequence)


TOKENS = re.compile(
    r"(?P<space>[ \t]+)|(?P<comment>\#[^\n]*)|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<string>\"[^\"\n]*\")|(?P<operator>==|<=|>=|[-+*/=<>(),:\[\].])|(?P<line>\n)"
)


def bench_regex_tokens(threads):
    source = "".join(
        f'def function_{n}(argument, other=1):  # makes something\n    value = argument * {n}.5 + other[{n}]\n'
        f'    if value >= {n} and name == "text":\n        return value\n'
        for n in range(14000)
    )
    kinds = {}
    for match in TOKENS.finditer(source):
        kind = match.lastgroup
        entry = kinds.setdefault(kind, [0, 0])
        entry[0] += 1
        entry[1] += match.end() - match.start()
    renamed = re.sub(r"function_(\d+)", lambda m: f"method_{int(m[1]) + 1}", source)
    return sorted(kinds.items()), len(renamed), re.split(r"\W+", source, maxsplit=5)[:5]
