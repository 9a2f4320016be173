"""All threads read the same things, which nobody writes: this is to scale as private data does."""

import team

TABLE = {n: str(n) for n in range(1000)}
WORDS = {f"word{n}": n for n in range(1000)}
NAMES = list(WORDS)
ITEMS = [n * 3 for n in range(1000)]
NESTED = [[n, (n, n + 1), {"value": n}] for n in range(100)]
MARKS = frozenset(range(0, 1000, 7))
LIMIT = 77
OFFSET = 5


class Settings:
    def __init__(self):
        self.width = 80
        self.height = 25
        self.title = "shared"
        self.inner = None

    def area(self):
        return self.width * self.height

    def scaled(self, factor):
        return self.area() * factor


SETTINGS = Settings()
SETTINGS.inner = Settings()


class Point:
    kind = "point"

    def __init__(self, x, y):
        self.x = x
        self.y = y


def makes_adder(amount):
    def adder(value):
        return value + amount

    return adder


ADDER = makes_adder(7)


def bench_read_dict(threads):
    def portion(number):
        total = 0
        for _ in range(100):
            for n in range(1000):
                total += len(TABLE[n])
            for name in NAMES:
                total += WORDS[name]
                if name in WORDS:
                    total += 1
        return total

    return sum(team.run(threads, portion))


def bench_read_list(threads):
    def portion(number):
        total = 0
        for _ in range(200):
            for n in range(1000):
                total += ITEMS[n] + ITEMS[-1]
            for item in ITEMS:
                total += item
            for first, (second, third), fourth in NESTED:
                total += first + second + third + fourth["value"]
        return total

    return sum(team.run(threads, portion))


def bench_read_set(threads):
    def portion(number):
        total = 0
        for _ in range(500):
            for n in range(1000):
                if n in MARKS:
                    total += n
        return total

    return sum(team.run(threads, portion))


def bench_read_attribute(threads):
    def portion(number):
        settings = SETTINGS
        total = 0
        for _ in range(241000):
            total += settings.width + settings.height
            total += len(settings.title) + settings.inner.width
        return total

    return sum(team.run(threads, portion))


def bench_call_method(threads):
    def portion(number):
        settings = SETTINGS
        total = 0
        for n in range(126000):
            total += settings.scaled(n) + settings.inner.area()
        return total

    return sum(team.run(threads, portion))


def bench_call_closure(threads):
    def portion(number):
        adder = ADDER
        total = 0
        for n in range(83000):
            total += adder(n)
            total -= makes_adder(number)(1)
        return total

    return sum(team.run(threads, portion))


def bench_make_instances(threads):
    def portion(number):
        total = 0
        for n in range(130000):
            point = Point(n, number)
            total += point.x + len(point.kind)
        return total

    return sum(team.run(threads, portion))


def bench_read_globals(threads):
    def portion(number):
        total = 0
        for n in range(278000):
            if n > LIMIT:
                total += OFFSET + len(NAMES)
            else:
                total += abs(n - OFFSET)
        return total

    return sum(team.run(threads, portion))
