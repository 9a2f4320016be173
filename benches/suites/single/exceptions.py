"""Errors on their way: raised deep and caught far up, translated, retried, cleaned up after, and used for control."""


class ParseError(Exception):
    def __init__(self, message, place):
        super().__init__(message)
        self.place = place


class RetryLater(Exception):
    pass


class Resource:
    opened = 0

    def __enter__(self):
        Resource.opened += 1
        return self

    def __exit__(self, kind, error, traceback):
        Resource.opened -= 1
        return kind is RetryLater


def integer(text, place):
    try:
        return int(text)
    except ValueError as error:
        raise ParseError(f"not a number: {text!r}", place) from error


def parse(line):
    return [integer(word, place) for place, word in enumerate(line.split())]


def descend(depth):
    if depth == 0:
        raise KeyError("bottom")
    try:
        return descend(depth - 1)
    finally:
        Resource.opened += 0


def attempt(number):
    with Resource():
        if number % 3:
            raise RetryLater(number)
        return number
    return None


def bench_exceptions(threads):
    lines = ["1 2 3", "4 five 6", "7", "", "8 9 x", "10 11 12 13"]
    failures = total = missing = retried = 0
    table = {n: n for n in range(0, 100, 2)}
    for turn in range(90000):
        try:
            total += sum(parse(lines[turn % 6]))
        except ParseError as error:
            failures += error.place
        try:
            total += table[turn % 100]
        except KeyError:
            missing += 1
        try:
            getattr(lines, "absent")
        except AttributeError:
            missing += 1
        if turn % 4 == 0:
            try:
                descend(12)
            except LookupError as error:
                failures += len(error.args)
        retried += attempt(turn) is None
        iterator = iter(lines[: turn % 3])
        while True:
            try:
                next(iterator)
            except StopIteration:
                break
    return failures, total, missing, retried, Resource.opened
