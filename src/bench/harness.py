"""What `weft bench` runs in the interpreter that it measures.

    harness.py --list FILE...
    harness.py FILE FUNCTION --threads N --calls K --warm-up W [--path FOLDER]...

The first form says which workloads the files define, without running them. The second calls one workload, first W times
to warm up, then at least K times with a clock, and says in one line of JSON what each call took and came to. What the
workload itself prints goes to standard error, so that the line stands alone.

It keeps to what Python 3.11 has, and imports little before it has measured: modules take memory, and memory is measured.
"""

import os
import sys
import time

# A workload that takes little time is called more often than asked for: until this long has been measured for each call, in seconds, ...
ENOUGH = 0.2
# ... or so many calls.
MOST_CALLS = 50
# A longer result is told apart by its checksum, not shown.
LONGEST_RESULT = 200


def functions_of(body):
    """The workloads among the statements of a module, in their order; a definition may stand in an `if` or a `try`."""
    import ast

    for statement in body:
        if isinstance(statement, ast.FunctionDef):
            if statement.name.startswith("bench_"):
                yield statement.name
        else:
            for part in ("body", "orelse", "finalbody"):
                if not isinstance(statement, ast.ClassDef):
                    yield from functions_of(getattr(statement, part, []))


def list_workloads(paths):
    import ast
    import json

    found = []
    for path in paths:
        with open(path, "rb") as file:
            tree = ast.parse(file.read(), path)
        # A name that is bound twice is one workload.
        found.append(list(dict.fromkeys(functions_of(tree.body))))
    print(json.dumps(found))


def load(path):
    """The file at `path` as a module; nothing is written beside it."""
    name = os.path.splitext(os.path.basename(path))[0]
    if name in getattr(sys, "stdlib_module_names", ()) or name in sys.modules:
        name = "bench_" + name
    module = type(sys)(name)
    module.__file__ = path
    sys.modules[name] = module
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec")
    exec(code, vars(module))
    return module


def digest(result):
    """A text by which two results can be compared: addresses do not count, nor does the order of a set."""
    import re

    if isinstance(result, (set, frozenset)):
        result = sorted(result, key=repr)
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", repr(result))
    if len(text) <= LONGEST_RESULT:
        return text
    import zlib

    return "%d characters, checksum %08x" % (len(text), zlib.crc32(text.encode("utf-8", "surrogatepass")))


def peak_bytes():
    """The most memory that was resident. What `getrusage` tells may be that of the process which started this one."""
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def measure(function, threads, calls, warm_up):
    for _ in range(warm_up):
        function(threads)
    times, cpu, results = [], [], []
    wall_clock, cpu_clock = time.perf_counter, time.process_time
    while len(times) < calls or (sum(times) < ENOUGH * calls and len(times) < MOST_CALLS):
        cpu_before = cpu_clock()
        before = wall_clock()
        result = function(threads)
        after = wall_clock()
        cpu_after = cpu_clock()
        times.append(after - before)
        cpu.append(cpu_after - cpu_before)
        if not results:
            peak = peak_bytes()
        text = digest(result)
        result = None
        if text not in results:
            results.append(text)
    return {"times": times, "cpu": cpu, "results": results, "peak": peak}


def main(arguments):
    if arguments[0] == "--list":
        return list_workloads(arguments[1:])
    path, function, *pairs = arguments
    given = {"--threads": 1, "--calls": 1, "--warm-up": 0}
    search = []
    for name, value in zip(pairs[::2], pairs[1::2]):
        if name == "--path":
            search.append(value)
        else:
            given[name] = int(value)
    sys.path[:1] = search
    sys.argv[:] = [path]
    answer = os.dup(1)
    os.dup2(2, 1)
    workload = getattr(load(path), function)
    told = measure(workload, given["--threads"], given["--calls"], given["--warm-up"])
    import json

    os.write(answer, json.dumps(told).encode())


if __name__ == "__main__":
    main(sys.argv[1:])
