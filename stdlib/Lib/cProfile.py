"""The profiler that measures every call: `cProfile.run("statement")`.

    python -m cProfile [-o file] [-s order] script [argument]...
    python -m cProfile [-o file] [-s order] -m module [argument]...

The numbers are collected by `_lsprof` and read with `pstats`.
"""

import _lsprof
import sys
import types

__all__ = ["run", "runctx", "Profile"]


def run(statement, filename=None, sort=-1):
    """Run statement under the profiler in the namespace of `__main__`.

    The statistics go to the file, if one is named, and are printed otherwise.
    """
    import __main__

    runctx(statement, vars(__main__), vars(__main__), filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    """Run statement under the profiler in the given namespaces; see run()."""
    profile = Profile()
    try:
        profile.runctx(statement, globals, locals)
    except SystemExit:
        pass
    finally:
        profile._deliver(filename, sort)


class Profile(_lsprof.Profiler):
    """Profile(timer=None, timeunit=None, subcalls=True, builtins=True)

    Profiles what runs in its methods, in a `with` block, or between enable()
    and disable().
    """

    def print_stats(self, sort=-1):
        """Print what was collected, sorted by one order or a tuple of them."""
        import pstats

        orders = sort if isinstance(sort, tuple) else (sort,)
        pstats.Stats(self).strip_dirs().sort_stats(*orders).print_stats()

    def dump_stats(self, file):
        """Write what was collected to the file, in the format of pstats."""
        import marshal

        self.create_stats()
        with open(file, "wb") as out:
            marshal.dump(self.stats, out)

    def create_stats(self):
        """Stop profiling and make the attribute `stats` that pstats reads."""
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        """Make the attribute `stats` of what was collected until now."""
        collected = self.getstats()
        callers = {}
        for entry in collected:
            caller = label(entry.code)
            for below in entry.calls or ():
                pairs = callers.setdefault(label(below.code), {})
                before = pairs.get(caller, (0, 0, 0, 0))
                pairs[caller] = tuple(map(sum, zip(before, _row(below))))
        self.stats = {}
        for entry in collected:
            function = label(entry.code)
            calls, primitive, inline, total = _row(entry)
            # The order in which pstats wants the two counts differs from that
            # in a caller's row.
            self.stats[function] = (primitive, calls, inline, total, callers.get(function, {}))

    def run(self, cmd):
        """Profile a statement in the namespace of `__main__`."""
        import __main__

        return self.runctx(cmd, vars(__main__), vars(__main__))

    def runctx(self, cmd, globals, locals):
        """Profile a statement in the given namespaces."""
        self.enable()
        try:
            exec(cmd, globals, locals)
        finally:
            self.disable()
        return self

    def runcall(self, func, /, *args, **kw):
        """Profile one call and return what it returns."""
        self.enable()
        try:
            return func(*args, **kw)
        finally:
            self.disable()

    def _deliver(self, filename, sort):
        if filename is None:
            self.print_stats(sort)
        else:
            self.dump_stats(filename)

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *exc_info):
        self.disable()


def _row(entry):
    calls = entry.callcount
    return calls, calls - entry.reccallcount, entry.inlinetime, entry.totaltime


def label(code):
    """Return the (file, line, name) by which pstats knows a function."""
    if isinstance(code, str):
        return ("~", 0, code)
    return (code.co_filename, code.co_firstlineno, code.co_name)


def main():
    """Profile a script or a module named on the command line."""
    import argparse
    import io
    import os
    import pstats
    import runpy

    parser = argparse.ArgumentParser(
        prog="cProfile",
        usage="cProfile.py [-o output_file_path] [-s sort] [-m module | scriptfile] [arg] ...",
    )
    parser.add_argument("-o", "--outfile", help="Save stats to <outfile>")
    parser.add_argument(
        "-s", "--sort", default=2, choices=sorted(pstats.Stats.sort_arg_dict_default), metavar="SORT",
        help="Sort order when printing to stdout, based on pstats.Stats class",
    )
    parser.add_argument("-m", dest="module", action="store_true", help="Profile a library module")
    parser.add_argument("target", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if not options.target:
        parser.print_usage()
        sys.exit(2)

    sys.argv[:] = options.target
    # The program may change the current directory before the file is written.
    outfile = options.outfile and os.path.abspath(options.outfile)
    if options.module:
        script = "<module>"
        code = "run_module(name, run_name='__main__')"
        namespace = {"run_module": runpy.run_module, "name": options.target[0]}
    else:
        script = options.target[0]
        sys.path.insert(0, os.path.dirname(script))
        with io.open_code(script) as file:
            code = compile(file.read(), script, "exec")
        module = types.ModuleType("__main__")
        module.__file__ = script
        module.__builtins__ = __builtins__
        sys.modules["__main__"] = module
        namespace = vars(module)
    try:
        runctx(code, namespace, namespace, outfile, options.sort)
    except BrokenPipeError as error:
        # Whoever read the statistics has stopped; there is nowhere to say so.
        sys.stdout = None
        sys.exit(error.errno)


if __name__ == "__main__":
    main()
