"""Compares code objects with CPython's: run by the oracle interpreter as

    python3.14 codes.py DUMP_CODE [-O LEVEL] [-v] FILE_OR_FOLDER...

where DUMP_CODE is the built example of that name. Prints the first difference in each file and a summary; with -v
also the instructions around it."""
import collections
import dis
import json
import os
import struct
import subprocess
import sys
import threading
import types
import warnings

import _testinternalcapi

sys.setrecursionlimit(20000)
sys.set_int_max_str_digits(0)
warnings.simplefilter("ignore")


def constant(value):
    if value is None or value is True or value is False:
        return str(value)
    if value is ...:
        return "..."
    bits = lambda number: struct.pack(">d", number).hex()
    match value:
        case int():
            return f"i{value}"
        case float():
            return "f" + bits(value)
        case complex():
            return "c" + bits(value.real) + bits(value.imag)
        case str():
            return "s" + value.encode("utf-8", "surrogatepass").hex()
        case bytes():
            return "b" + value.hex()
        case tuple():
            return "(" + ",".join(map(constant, value)) + ")"
        case frozenset():
            return "{" + ",".join(sorted(map(constant, value))) + "}"
        case slice():
            return "[" + ",".join(map(constant, (value.start, value.stop, value.step))) + "]"
    return "?" + type(value).__name__


KIND = {"CO_FAST_LOCAL": 0x20}


def code(value):
    kinds = _testinternalcapi.get_co_localskinds(value)
    names = list(value.co_varnames)
    names += [name for name in value.co_cellvars if name not in value.co_varnames]
    names += value.co_freevars
    return {
        "name": value.co_name,
        "qualname": value.co_qualname,
        "argcount": value.co_argcount,
        "posonlyargcount": value.co_posonlyargcount,
        "kwonlyargcount": value.co_kwonlyargcount,
        "flags": value.co_flags,
        "firstlineno": value.co_firstlineno,
        "names": list(value.co_names),
        "localsplusnames": names,
        "code": value.co_code.hex(),
        "consts": [code(item) if isinstance(item, types.CodeType) else constant(item) for item in value.co_consts],
        "localskinds": bytes(kinds[name] for name in names).hex() if len(kinds) == len(names) else "",
        "stacksize": value.co_stacksize,
        "linetable": value.co_linetable.hex(),
        "exceptiontable": value.co_exceptiontable.hex(),
    }


def instructions(data, names):
    raw = bytes.fromhex(data["code"])
    out = []
    index = extended = 0
    while index < len(raw):
        op, arg = raw[index], raw[index + 1] | extended
        name = dis.opname[op]
        if name == "EXTENDED_ARG":
            extended = arg << 8
        else:
            text = arg
            if op in dis.hasconst and arg < len(data["consts"]):
                item = data["consts"][arg]
                text = f"{arg} ({item if isinstance(item, str) else 'code ' + item['name']})"
            out.append(f"{index // 2:5} {name} {text}")
            extended = 0
        index += 2 * (1 + dis._inline_cache_entries.get(name, 0))
    return out


def lines(data):
    raw = bytes.fromhex(data["linetable"])
    out = []
    line, index = data["firstlineno"], 0

    def varint():
        nonlocal index
        shift = value = 0
        while True:
            byte = raw[index]
            index += 1
            value |= (byte & 63) << shift
            shift += 6
            if not byte & 64:
                return value

    def svarint():
        value = varint()
        return -(value >> 1) if value & 1 else value >> 1

    while index < len(raw):
        form, units = raw[index] >> 3 & 15, (raw[index] & 7) + 1
        index += 1
        end, start_col, end_col = line, None, None
        match form:
            case 15:
                out += ["none"] * units
                continue
            case 14:
                line += svarint()
                end = line + varint()
                start_col, end_col = varint() - 1, varint() - 1
            case 13:
                line += svarint()
                end = line
            case 10 | 11 | 12:
                line += form - 10
                end = line
                start_col, end_col = raw[index], raw[index + 1]
                index += 2
            case _:
                start_col = form << 3 | raw[index] >> 4
                end_col = start_col + (raw[index] & 15)
                index += 1
        out += [f"{line}-{end} {start_col}-{end_col}"] * units
    return out


def difference(ours, theirs, path, verbose, out):
    """The first difference between two code objects, innermost first, and how it looks."""
    codes = lambda data: [item for item in data["consts"] if isinstance(item, dict)]
    ours_codes, theirs_codes = codes(ours), codes(theirs)
    for one, other in zip(ours_codes, theirs_codes):
        difference(one, other, f"{path}.{other['name']}", verbose, out)
    flat = lambda data: [item if isinstance(item, str) else f"code {item['name']}" for item in data["consts"]]
    for key, value in theirs.items():
        mine = ours[key]
        if key == "consts":
            mine, value = flat(ours), flat(theirs)
        if key == "localskinds" and not value:
            continue
        if mine == value:
            continue
        text = f"{path}:{theirs['firstlineno']}: {key}"
        if key == "code":
            one, other = instructions(ours, None), instructions(theirs, None)
        elif key == "linetable":
            try:
                one, other = lines(ours), lines(theirs)
            except Exception as error:
                one, other = [repr(error)], [""]
        else:
            one, other = mine, value
        if isinstance(one, list):
            at = next((i for i, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
            if verbose:
                text += "\n   ours:   " + "\n           ".join(map(str, one[max(0, at - 5):at + 8]))
                text += "\n   theirs: " + "\n           ".join(map(str, other[max(0, at - 5):at + 8]))
            else:
                text += f" at {at}: {one[at] if at < len(one) else None} | {other[at] if at < len(other) else None}"
        else:
            text += f": {one} | {other}"
        out.append((key, text))
        break


def files(arguments):
    for argument in arguments:
        if os.path.isdir(argument):
            for folder, _, names in sorted(os.walk(argument)):
                yield from (os.path.join(folder, name) for name in sorted(names) if name.endswith(".py"))
        elif os.path.exists(argument):
            yield argument


def main():
    dump, *arguments = sys.argv[1:]
    optimize, verbose = 0, False
    while arguments[0].startswith("-"):
        if arguments[0] == "-O":
            optimize = int(arguments[1])
            del arguments[:2]
        else:
            verbose = True
            del arguments[0]
    limit = 12
    paths = [path for path in files(arguments) if os.path.exists(path)]
    process = subprocess.Popen([dump, str(optimize)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                               encoding="utf-8")
    counts = collections.Counter()
    total = same = 0
    threading.Thread(target=lambda: (process.stdin.write("".join(path + "\n" for path in paths)),
                                     process.stdin.close()), daemon=True).start()
    for path in paths:
        line = process.stdout.readline()
        if not line:
            print(path, "no answer")
            return 1
        with open(path, "rb") as stream:
            source = stream.read()
        try:
            theirs = code(compile(source, path, "exec", dont_inherit=True, optimize=optimize))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        total += 1
        ours = json.loads(line)
        if "error" in ours:
            counts["error"] += 1
            print(f"{path}: {ours}")
            continue
        out = []
        difference(ours, theirs, path, verbose, out)
        if not out:
            same += 1
            continue
        for key, text in out[:1]:
            counts[key] += 1
            if limit > 0:
                print(text)
                limit -= 1
    print(f"{same} of {total} files equal; {dict(counts)}")
    return 0 if same == total else 1


if __name__ == "__main__":
    sys.exit(main())
