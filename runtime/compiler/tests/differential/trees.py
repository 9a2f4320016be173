"""Compares trees and symbol tables with CPython's: run by the oracle interpreter as

    python3.14 trees.py DUMP_TREE FILE_OR_FOLDER...

where DUMP_TREE is the built example of that name. Prints the first difference in each file and a summary."""
import ast
import os
import re
import struct
import subprocess
import sys
import warnings

import _symtable

sys.setrecursionlimit(20000)
warnings.simplefilter("ignore")
OPTIONAL_LIST = {}


def constant(value):
    if value is None or value is True or value is False:
        return str(value)
    if value is ...:
        return "..."
    if type(value) is int:
        sys.set_int_max_str_digits(0)
        return f"i{value}"
    bits = lambda number: struct.pack(">d", number).hex()
    if type(value) is float:
        return "f" + bits(value)
    if type(value) is complex:
        return "c" + bits(value.real) + bits(value.imag)
    if type(value) is str:
        return "s" + value.encode("utf-8", "surrogatepass").hex()
    return "b" + value.hex()


def node(tree, out):
    out.append("(" + type(tree).__name__)
    if "lineno" in tree._attributes:
        out.append(f" {tree.lineno}:{tree.col_offset}-{tree.end_lineno}:{tree.end_col_offset}")
    for name in tree._fields:
        out.append(" ")
        value(tree, name, getattr(tree, name, None), out)
    out.append(")")


def value(tree, name, field, out):
    if isinstance(field, list):
        out.append("[")
        for item in field:
            value(tree, name, item, out)
            out.append(" ")
        out.append("]")
    elif isinstance(field, ast.AST):
        node(field, out)
    elif isinstance(tree, (ast.Constant, ast.MatchSingleton)) and name == "value" or isinstance(tree, ast.Interpolation) and name == "str":
        out.append(constant(field))
    elif field is None:
        out.append("-")
    elif isinstance(field, str):
        out.append("n" + field.encode().hex())
    else:
        out.append(str(field))


def scope(entry, out):
    out.append(f"({entry.name} {entry.type} {int(entry.nested)} {entry.lineno} [")
    out.extend(name + " " for name in entry.varnames)
    out.append("] {")
    out.extend(f"{name}:{bits} " for name, bits in sorted(entry.symbols.items()))
    out.append("}")
    for child in entry.children:
        out.append(" ")
        scope(child, out)
    out.append(")")


def expected(path):
    source = open(path, encoding="utf-8", newline="").read()
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return f"E {type(error).__name__} {error.msg} {error.lineno} {error.offset} {error.end_lineno} {error.end_offset}", "E"
    out = []
    node(tree, out)
    table = []
    try:
        scope(_symtable.symtable(source, "<string>", "exec"), table)
    except SyntaxError as error:
        table = [f"E {error.msg} {error.lineno} {error.offset}"]
    return "".join(out), "".join(table)


def files(paths):
    for path in paths:
        if os.path.isdir(path):
            for folder, folders, names in os.walk(path):
                folders.sort()
                for name in sorted(names):
                    if name.endswith(".py"):
                        yield os.path.join(folder, name)
        else:
            yield path


def readable(path):
    try:
        open(path, encoding="utf-8").read()
        return "\t" not in path
    except (UnicodeDecodeError, OSError):
        return False


def show(kind, path, ours, theirs):
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
    clip = lambda text: re.sub(r"\b([ns])((?:[0-9a-f]{2})+)\b", lambda m: m[1] + repr(bytes.fromhex(m[2]).decode("utf-8", "replace")), text[max(0, at - 160):at + 120])
    print(f"{kind} {path}\n  ours   {clip(ours)}\n  theirs {clip(theirs)}")


def main(dump, *paths):
    names = [path for path in files(paths) if readable(path)]
    run = subprocess.run([dump], input="\n".join(names) + "\n", capture_output=True, text=True, errors="surrogatepass")
    lines = {}
    for line in run.stdout.split("\n"):
        parts = line.split("\t")
        if len(parts) == 3:
            lines[parts[0]] = parts[1], parts[2]
    counts = [0, 0, 0]
    for path in names:
        tree, table = expected(path)
        ours = lines.get(path, ("missing", "missing"))
        counts[0] += 1
        if tree != ours[0]:
            counts[1] += 1
            show("TREE", path, ours[0], tree)
        elif table != ours[1]:
            counts[2] += 1
            show("TABLE", path, ours[1], table)
    print(f"{counts[0]} files, {counts[1]} trees and {counts[2]} tables differ; exit {run.returncode} {run.stderr[-300:]}")


main(*sys.argv[1:])
