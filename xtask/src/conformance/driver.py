"""Runs the tests of one of CPython's test modules and reports each at once.

    driver.py TESTS RESULTS MODULE SKIP [WITHOUT...]

TESTS is a folder that contains CPython's package `test`; RESULTS is a file to
which lines of three fields with tabs between are appended; MODULE is a name
like `test_json`; the first SKIP tests are left out, because an earlier process
has run them; so are tests whose name contains one of WITHOUT.

Every test gives a line `start` with its number and name and, at its end, one
with its outcome (ok, fail, error, skip), name, and a reason. The last line is
`done`. A process that dies or hangs leaves a `start` without an outcome.
"""

import os
import sys
import unittest


def tests_in(suite):
    """Flatten a suite: those of a class stay together."""
    found = []
    waiting = [suite]
    while waiting:
        item = waiting.pop()
        if isinstance(item, unittest.TestSuite):
            waiting.extend(reversed(list(item)))
        else:
            found.append(item)
    return found


def one_line(text):
    return " ".join(str(text).split())[:300]


def describe(error):
    """The kind of exception and what it says."""
    kind, value, _ = error
    try:
        return one_line(f"{kind.__name__}: {value}")
    except Exception:
        return kind.__name__


class Reporter(unittest.TestResult):
    """Writes a line for each test; of several outcomes of one test, the worst."""

    ORDER = ["ok", "skip", "fail", "error"]

    def __init__(self, out, tests, first):
        super().__init__()
        self.out = out
        self.tests = tests
        self.number = first
        self.running = None
        self.outcome = self.reason = ""

    def write(self, *fields):
        # One write for one line, so that a process that is killed leaves whole lines.
        os.write(self.out, ("\t".join(fields) + "\n").encode("utf-8", "backslashreplace"))

    def startTest(self, test):
        super().startTest(test)
        self.running = test
        self.outcome, self.reason = "ok", ""
        # The suite leaves tests out whose class could not be set up, so count by looking.
        self.number = self.tests.index(test, self.number)
        self.write("start", str(self.number), test.id())
        self.number += 1

    def stopTest(self, test):
        super().stopTest(test)
        self.write(self.outcome, test.id(), self.reason)
        self.running = None

    def note(self, test, outcome, reason):
        if self.running is None:
            self.note_fixture(test, outcome, reason)
        elif self.ORDER.index(outcome) > self.ORDER.index(self.outcome):
            self.outcome, self.reason = outcome, reason

    def note_fixture(self, holder, outcome, reason):
        """A class or module could not be set up, so none of its tests runs."""
        what, _, name = holder.id().partition(" (")
        name = name.rstrip(")")
        left_out = []
        if what == "setUpClass":
            left_out = [test for test in self.tests if f"{type(test).__module__}.{type(test).__qualname__}" == name]
        elif what == "setUpModule":
            left_out = [test for test in self.tests if type(test).__module__ == name]
        for test in left_out:
            self.write(outcome, test.id(), reason)
        if not left_out:
            self.write(outcome, holder.id(), reason)

    def addError(self, test, err):
        self.note(test, "error", describe(err))

    def addFailure(self, test, err):
        self.note(test, "fail", describe(err))

    def addSkip(self, test, reason):
        self.note(test, "skip", one_line(reason))

    def addUnexpectedSuccess(self, test):
        self.note(test, "fail", "passes, which CPython does not expect")

    def addSubTest(self, test, subtest, err):
        if err is not None:
            outcome = "fail" if issubclass(err[0], test.failureException) else "error"
            self.note(test, outcome, describe(err))


def main():
    folder, results, module, skip, *without = sys.argv[1:]
    del sys.argv[1:]
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if os.path.abspath(path) != here]
    if folder not in sys.path:
        sys.path.append(folder)
    # What a test module takes from modules that CPython has in C for its tests alone, as far as Python can tell it.
    sys.path.append(os.path.join(here, "stand_ins", module))
    out = os.open(results, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    skip = int(skip)

    name = f"test.{module}"
    reporter = Reporter(out, [], skip)
    reporter.write("start", "-1", f"{name}.(import)")
    try:
        from test import support

        support.verbose = 0
        support.use_resources = ["cpu"]
        suite = unittest.defaultTestLoader.loadTestsFromModule(__import__(name, fromlist=["*"]))
    except unittest.SkipTest as reason:
        reporter.write("skip", f"{name}.(import)", one_line(reason))
    except BaseException:
        reporter.write("error", f"{name}.(import)", describe(sys.exc_info()))
    else:
        reporter.write("loaded", f"{name}.(import)", "")
        tests = [test for test in tests_in(suite) if not any(word in test.id() for word in without)]
        reporter.tests = tests
        unittest.TestSuite(tests[skip:]).run(reporter)
    reporter.write("done", "", "")


if __name__ == "__main__":
    main()
