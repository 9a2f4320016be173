"""What programs ask of the language's types and of the library, a little of each: `cargo xtask dist` learns from it what is frequent."""

import abc
import argparse
import array
import ast
import asyncio
import bisect
import collections
import contextlib
import copy
import csv
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import hashlib
import heapq
import html.parser
import io
import itertools
import json
import logging
import math
import operator
import pathlib
import pickle
import pprint
import queue
import random
import re
import statistics
import string
import struct
import textwrap
import threading
import tokenize
import types
import typing
import urllib.parse

SOURCE = pathlib.Path(__file__).read_text(encoding="utf-8")
WORDS = re.findall(r"\w+", SOURCE)


class Suit(enum.Enum):
    CLUBS = 1
    HEARTS = 2


class Mode(enum.IntFlag):
    READ = 1
    WRITE = 2


@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: int
    tags: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Key:
    name: str
    rank: int = 0


Pair = collections.namedtuple("Pair", "left right")


class Shape(abc.ABC):
    __slots__ = ("size",)

    def __init__(self, size):
        self.size = size

    @abc.abstractmethod
    def area(self): ...

    @property
    def double(self):
        return self.area() * 2

    @classmethod
    def unit(cls):
        return cls(1)

    @staticmethod
    def name(value):
        return f"<{value}>"

    def __lt__(self, other):
        return self.size < other.size

    def __eq__(self, other):
        return isinstance(other, Shape) and self.size == other.size

    def __hash__(self):
        return hash(self.size)


class Square(Shape):
    def area(self):
        return self.size**2


class Cube(Square):
    def __init__(self, size, depth=2):
        super().__init__(size)
        self.depth = depth

    def area(self):
        return super().area() * self.depth

    def __getattr__(self, name):
        if name.startswith("get_"):
            return lambda: name
        raise AttributeError(name)


class Reader(html.parser.HTMLParser):
    total = 0

    def handle_starttag(self, tag, attributes):
        self.total += len(attributes)

    def handle_data(self, data):
        self.total += len(data)


@typing.runtime_checkable
class Sized(typing.Protocol):
    def area(self): ...


def classes():
    shapes = [kind(size) for size in range(1, 60) for kind in (Square, Cube)]
    total = sum(shape.area() + shape.double for shape in sorted(shapes))
    total += len({*shapes}) + Cube.unit().depth + len(Shape.name(total))
    for shape in shapes:
        total += isinstance(shape, Cube) + isinstance(shape, Sized) + hasattr(shape, "nothing")
        shape.size += getattr(shape, "depth", 1)
    points = sorted(Point(i * 7 % 11, i) for i in range(60))
    keys = {Key(str(i), i): point for i, point in enumerate(points)}
    total += sum(keys[Key(str(i), i)].x for i in range(60))
    moved = [dataclasses.replace(point, x=0) for point in points[:10]]
    total += sum(pair.left * pair.right for pair in map(Pair._make, zip(range(50), range(50))))
    total += len(dataclasses.asdict(points[0])) + len(repr(moved)) + len(repr(Pair(1, "a")))
    total += sum((Mode.READ | Mode.WRITE) in list(Mode) or Suit(1 + i % 2).value for i in range(40))
    return total


def numbers():
    total = 0
    for i in range(1, 400):
        total += (i * i + 3) // (i % 7 + 1) ^ i << 3 & 0xFF | i >> 1
        total -= -i if i % 3 else abs(i - 200)
    value = functools.reduce(operator.mul, range(1, 90))
    digits = len(str(value * value)) + (value // 3**40) % 97 + pow(3, value, 1009) + int(str(value)[:30])
    share = sum((fractions.Fraction(1, i) for i in range(1, 25)), fractions.Fraction())
    amount = sum((decimal.Decimal(i) / 7 for i in range(1, 12)), decimal.Decimal(0)).quantize(decimal.Decimal("0.01"))
    spread = statistics.stdev([math.sin(i) * math.sqrt(i) for i in range(100)])
    x = 0.5
    for i in range(300):
        x = 3.7 * x * (1.0 - x) + (i % 2) * 1e-9
        if x > 0.9 or round(x, 2) == 0.5:
            x -= 0.1
    z = complex(x, 1)
    for _ in range(100):
        z = z * z / (abs(z) + 1) + 0.25
    return total + digits + float(share) + float(amount) + spread + z.real


def texts():
    lines = SOURCE.splitlines()
    out = []
    for number, line in enumerate(lines):
        line = line.strip().replace("self", "this").expandtabs(4)
        if line.startswith(("def", "class")) or line.endswith(":"):
            out.append(f"{number:4d}: {line!r:<40} {len(line):>5}")
        elif "=" in line and not line.isspace():
            left, _, right = line.partition("=")
            out.append("%-20s|%5.2f|%s" % (left.strip().lower(), len(right) / 3, right.upper()[1:20:2]))
        else:
            out.append("{0} {1:>10} {n:,}".format(line.title(), line.count("e"), n=number * 1000))
    text = "\n".join(out)
    for char in text[:800]:
        if char.isalpha() and ord(char) > 96:
            text += chr(ord(char) - 32)
    text = text.translate(str.maketrans("aeiou", "AEIOU")) + textwrap.fill(" ".join(WORDS[:200]), 60)
    template = string.Template("$a and ${b}")
    text += "".join(template.substitute(a=i, b=i * 2) for i in range(20))
    data = text.encode()
    packed = b"".join(struct.pack("<IHd", i, i % 7, i / 3) for i in range(100))
    total = sum(unpacked[1] for unpacked in struct.iter_unpack("<IHd", packed))
    buffer = bytearray(data[:500])
    for i in range(0, len(buffer), 3):
        buffer[i] ^= 0x20
    return hashlib.sha256(data).hexdigest() + data.decode()[:10] + buffer.hex()[:10] + str(total)


def patterns():
    found = re.compile(r"(?P<name>[a-z_]\w*)\s*=\s*(?P<value>[^\n#]+?)\s*$", re.M)
    total = sum(len(match["name"]) + match.end() for match in found.finditer(SOURCE))
    total += len(re.sub(r"\b(\w)(\w*)\b", lambda match: match[1].upper() + match[2], SOURCE[:2000]))
    total += len(re.split(r"[,;:\s]+", SOURCE)) + len(re.findall(r"(?i)self\.(\w+)|\d+|\"[^\"]*\"", SOURCE))
    re.purge()
    for i in range(3):
        re.compile(r"(?:[a-f]|\d{2,4})+(x|yz?)*?\.%d$" % i)
    return total + len(re.escape(SOURCE[:300]))


def containers():
    counts = collections.Counter(WORDS)
    groups = collections.defaultdict(list)
    for word in WORDS:
        groups[len(word)].append(word)
    total = sum(count * len(word) for word, count in counts.most_common(30))
    rows = [[(i * j) % 17 for j in range(20)] for i in range(20)]
    turned = [list(row) for row in zip(*rows)]
    total += sum(a * b for row, column in zip(rows, turned) for a, b in zip(row, column))
    flat = list(itertools.chain.from_iterable(rows))
    flat[10:20] = flat[20:10:-1]
    flat.sort(key=lambda value: (-value, value % 3))
    first, *middle, last = flat
    total += first + last + len(middle) + flat.index(3) + sum(flat[::2])
    while len(middle) > 350:
        middle.insert(3, middle.pop())
        del middle[0]
    ring = collections.deque(range(20), maxlen=30)
    for i in range(60):
        ring.append(i)
        ring.rotate(1)
        total += ring.popleft()
    heap = []
    for i in range(150):
        heapq.heappush(heap, (i * 37 % 101, i))
    while heap:
        total += heapq.heappop(heap)[0]
    seen = set()
    for word in WORDS:
        if word not in seen and len(word) > 3:
            seen.add(word)
    total += len(seen & set(WORDS[:100])) + len(seen - {"self"}) + bisect.bisect(sorted(seen), "m")
    table = {word: index for index, word in enumerate(WORDS)}
    for word, index in table.items():
        total += index if word.islower() else 0
    merged = {**table, "x": 1} | dict.fromkeys(WORDS[:50], 0)
    for word in WORDS[:50]:
        merged.pop(word, None)
        merged.setdefault(word, []).append(1)
    numbers = array.array("d", range(100))
    total += sum(numbers[i] * numbers[-i] for i in range(100))
    for i, j in itertools.product(range(12), repeat=2):
        total += table.get(i, j) + (i, j).count(3)
    return total + sum(len(p) for p in itertools.permutations(range(5))) + any(groups) + all(counts.values())


def records():
    data = [{"id": i, "name": WORDS[i], "tags": WORDS[i : i + 3], "ok": i % 2 == 0, "x": i / 7, "none": None} for i in range(60)]
    text = json.dumps(data, indent=1, sort_keys=True)
    again = json.loads(text)
    assert again == data
    kept = copy.deepcopy(data)
    assert pickle.loads(pickle.dumps((kept, Point(1, 2), Suit.CLUBS))) == (data, Point(1, 2), Suit.CLUBS)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(data[0]))
    writer.writeheader()
    writer.writerows(data)
    rows = list(csv.reader(io.StringIO(out.getvalue())))
    reader = Reader()
    reader.feed("<a>" + "".join(f"<b n='{i}'>{w}</b>&amp;" for i, w in enumerate(WORDS[:60])) + "</a>")
    total = reader.total
    pprint.pprint(data[:5], stream=out)
    day = datetime.datetime(2024, 1, 30, 12)
    for i in range(25):
        day += datetime.timedelta(days=i, seconds=37)
        total += datetime.datetime.fromisoformat(day.isoformat()).timetuple().tm_yday + len(day.strftime("%Y-%m-%d %H"))
    for i in range(30):
        path = pathlib.PurePosixPath("/srv") / WORDS[i] / f"{i}.txt"
        total += len(path.with_suffix(".md").parts) + len(path.relative_to("/srv").as_posix()) + (path.suffix == ".txt")
        total += len(urllib.parse.urlsplit(f"http://host:80/{i}?q={i}#f").query) + len(urllib.parse.quote("a b/ü"))
    parser = argparse.ArgumentParser(prog="x")
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("names", nargs="*")
    total += len(parser.parse_args(["--count", "3", "a", "b"]).names) + len(parser.format_help())
    log = logging.getLogger("training")
    log.propagate = False
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    for i in range(60):
        log.info("line %d of %s", i, "many")
        log.debug("not %d", i)
    log.removeHandler(handler)
    return total + len(rows) + len(out.getvalue())


def walk(node, depth=0):
    """The names in a syntax tree, by a generator that recurses."""
    yield depth, type(node).__name__
    for child in ast.iter_child_nodes(node):
        yield from walk(child, depth + 1)


def sources():
    syntax = ast.parse(SOURCE)
    total = sum(depth for depth, _ in walk(syntax))
    for token in itertools.islice(tokenize.generate_tokens(io.StringIO(SOURCE).readline), 600):
        match token:
            case tokenize.TokenInfo(type=tokenize.NAME, string="def" | "class"):
                total += 1
            case (tokenize.OP, text, *_):
                total += len(text)
            case _:
                pass
    exec(compile(SOURCE.split("def classes")[0], "training", "exec"), {"__file__": __file__, "__name__": "training"})
    return total


class Stop(Exception):
    """Ends the search for a number."""


def search(depth):
    if depth > 3:
        raise Stop(depth)
    try:
        return search(depth + 1)
    finally:
        depth -= 1


@contextlib.contextmanager
def managed(log):
    log.append("in")
    try:
        yield log
    finally:
        log.append("out")


def control():
    total = 0
    for i in range(120):
        try:
            total += search(i % 5)
        except Stop as stop:
            total += stop.args[0]
        try:
            total += {"a": 1}[WORDS[i]]
        except (KeyError, ValueError) as error:
            total += len(str(error))
        with managed([]) as log, contextlib.suppress(IndexError):
            log.append([][i])
        total += len(log)

    def options(a, /, b=2, *rest, c=3, **more):
        return a + b + c + len(rest) + len(more)

    bound = functools.partial(options, 1, c=5)
    cached = functools.lru_cache(options)
    for i in range(120):
        total += options(i) + options(i, b=i, d=1) + options(*range(i % 4 + 1), **{"c": i}) + bound(i) + cached(i % 9)
    squares = (i * i for i in range(200) if i % 3)
    total += sum(squares) + sum(map(len, filter(str.isidentifier, WORDS))) + max(WORDS, key=len).count("a")

    def averages():
        total = count = 0
        while True:
            total += yield total / (count or 1)
            count += 1

    sums = averages()
    next(sums)
    for i in range(150):
        total += sums.send(i)
    namespace = types.SimpleNamespace(a=1)
    for i in range(100):
        namespace.a = namespace.a + i if namespace.a is not None else None
        setattr(namespace, f"b{i % 5}", lambda i=i: i)
    return total + namespace.b1()


async def numbers_of(count):
    for i in range(count):
        yield i
        if i % 10 == 0:
            await asyncio.sleep(0)


async def worker(tasks, done):
    while (task := await tasks.get()) is not None:
        done.append(sum([i async for i in numbers_of(task)]))


async def main():
    tasks, done = asyncio.Queue(), []
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(worker(tasks, done))
        for i in range(40):
            await tasks.put(i % 15)
        for _ in range(3):
            await tasks.put(None)
    return sum(done) + sum(await asyncio.gather(*(asyncio.sleep(0, i) for i in range(30))))


def threads():
    """The same with others: containers that threads share, locks, queues."""
    lock, shared, jobs, results = threading.Lock(), {}, queue.Queue(), []

    def work():
        while (job := jobs.get()) is not None:
            with lock:
                shared[job % 10] = shared.get(job % 10, 0) + job
            results.append(sum(len(word) for word in WORDS[:job]))

    team = [threading.Thread(target=work) for _ in range(2)]
    for thread in team:
        thread.start()
    for job in [*range(100), None, None]:
        jobs.put(job)
    for thread in team:
        thread.join()
    return sum(shared.values()) + sum(results)


def board():
    """A little of everything that only computes."""
    size, solutions = 6, 0
    columns, up, down = [False] * size, [False] * (2 * size), [False] * (2 * size)

    def place(row):
        nonlocal solutions
        if row == size:
            solutions += 1
            return
        for column in range(size):
            if not (columns[column] or up[row + column] or down[row - column + size]):
                columns[column] = up[row + column] = down[row - column + size] = True
                place(row + 1)
                columns[column] = up[row + column] = down[row - column + size] = False

    place(0)
    cells = {(x, y) for x in range(12) for y in range(12) if (x * 7 + y * 5) % 3}
    for _ in range(3):
        near = collections.Counter(
            (x + dx, y + dy) for x, y in cells for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy
        )
        cells = {cell for cell, count in near.items() if count == 3 or (count == 2 and cell in cells)}
    sieve = bytearray([1]) * 2000
    for i in range(2, 45):
        if sieve[i]:
            sieve[i * i :: i] = bytes(len(sieve[i * i :: i]))
    generator = random.Random(7)
    hits = sum(generator.random() ** 2 + generator.random() ** 2 < 1 for _ in range(300))
    order = list(range(40))
    generator.shuffle(order)
    for i in range(1, len(order)):
        j = i
        while j > 0 and order[j - 1] > order[j]:
            order[j - 1], order[j] = order[j], order[j - 1]
            j -= 1
    grid = [[0.0] * 12 for _ in range(12)]
    for _ in range(5):
        for i in range(1, 11):
            above, row, below = grid[i - 1], grid[i], grid[i + 1]
            for j in range(1, 11):
                row[j] = (above[j] + below[j] + row[j - 1] + row[j + 1]) * 0.25 + 1.0
    return solutions + len(cells) + sum(sieve) + hits + order[3] + grid[5][5]


def run():
    for part in classes, numbers, texts, patterns, containers, records, sources, control, threads, board:
        part()
    asyncio.run(main())


if __name__ == "__main__":
    # Seconds, as the suite `parallel` takes: what is counted less than a hundredth as often passes for rare.
    for _ in range(150):
        run()
