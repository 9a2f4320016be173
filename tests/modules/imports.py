# options: -P -W ignore
# Every module of the packed library is imported, each by a fresh process; docs/differences.md says which ones cannot be, and which
# native they miss.
import os
import re
import sys

MODULES_AT_LEAST = 190
LIBRARY = os.path.dirname(os.__file__)
PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/differences.md")


def modules():
    for folder, folders, files in os.walk(LIBRARY):
        folders[:] = [name for name in folders if name.isidentifier() and name != "__pycache__"]
        inside = os.path.relpath(folder, LIBRARY)
        package = [] if inside == "." else inside.split(os.sep)
        for file in files:
            name, ending = os.path.splitext(file)
            if ending == ".py" and name.isidentifier() and name != "__main__":
                yield ".".join(package if name == "__init__" else [*package, name])


def import_in_child(name):
    """Start a process that imports a module; returns its id and where it writes what went wrong."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, open(reading)
    os.close(reading)
    # Some modules print, and one opens a browser.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in 0, 1, 2:
        os.dup2(nowhere, stream)
    os.environ["BROWSER"] = "true"
    code = 1
    try:
        __import__(name)
        code = 0
    except BaseException as error:
        message = f"{type(error).__name__}: {error} {getattr(error, 'name', None)}"
        os.write(writing, message.encode()[:1000])
    finally:
        os._exit(code)


def import_all(names):
    """What went wrong with each module, of those that cannot be imported."""
    failures = {}
    names = list(names)
    running = []
    while names or running:
        while names and len(running) < (os.process_cpu_count() or 1):
            name = names.pop()
            running.append((name, *import_in_child(name)))
        name, child, errors = running.pop(0)
        with errors:
            message = errors.read()
        _, status = os.waitpid(child, 0)
        if status or message:
            failures[name] = message or f"status {status}"
    return failures


def documented():
    """From the page: module -> the native that it misses; None for what is Windows' own."""
    with open(PAGE, encoding="utf-8") as file:
        _, _, section = file.read().partition("\n## Modules that cannot be imported\n")
    missing = {}
    for row in re.findall(r"^\|(.*)\|(.*)\|$", section, re.MULTILINE)[2:]:
        native, modules = (re.findall("`([^`]*)`", cell) for cell in row)
        for module in modules:
            assert module not in missing, module
            missing[module] = native[0] if native else None
    claimed = int(re.search(r"The packed library has (\d+) modules", section)[1])
    return missing, claimed


names = sorted(modules())
missing, claimed = documented()
assert len(names) == claimed, f"the library has {len(names)} modules"
failures = import_all(names)
assert len(names) - len(failures) >= MODULES_AT_LEAST, len(failures)

for name in sorted(failures.keys() | missing.keys()):
    assert name in failures, f"{name} can be imported, though the page says that it cannot"
    assert name in missing, f"{name} cannot be imported: {failures[name]}"
    native = missing[name]
    # `xml.sax` says it in its own words.
    says = {"pyexpat": "expat"}.get(native, native) or ""
    assert says in failures[name], f"{name} does not miss {native}: {failures[name]}"

# What stands in for subinterpreters says why there are none.
import _interpreters

try:
    _interpreters.create()
except _interpreters.InterpreterError as error:
    assert "one interpreter a process" in str(error), error
else:
    raise AssertionError("there are subinterpreters")
