"""All threads write the same things: what that costs, and that nothing is lost."""

import team


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def bench_write_dict(threads):
    shared = {}

    def portion(number):
        for turn in range(16):
            for n in range(6000):
                shared[number, n % 500] = n
            for n in range(6000):
                shared[n % 500] = shared.get(n % 500, 0)
        return number

    return sum(team.run(threads, portion)), len(shared)


def bench_write_same_keys(threads):
    shared = {n: 0 for n in range(64)}

    def portion(number):
        for n in range(503000):
            shared[n & 63] = n
        return number

    return sum(team.run(threads, portion)), sorted(shared)[-1]


def bench_write_list(threads):
    shared = [0] * 1000

    def portion(number):
        own = number * 60
        for turn in range(1100):
            for n in range(own, own + 60):
                shared[n] = shared[n] + n
            for n in range(1000, 1300):
                shared.append(n)
            for _ in range(300):
                shared.pop()
        return number

    return sum(team.run(threads, portion)), len(shared), sum(shared[:960])


def bench_write_attributes(threads):
    class Counters:
        pass

    shared = Counters()

    def portion(number):
        for n in range(767000):
            shared.latest = n
            shared.name = "x"
        return number

    return sum(team.run(threads, portion)), shared.latest


def bench_write_disjoint_dicts(threads):
    """Each thread its own dict; the dicts lie in one shared list."""
    tables = [{} for _ in range(team.PORTIONS)]

    def portion(number):
        for n in range(153000):
            table = tables[number]
            table[n & 1023] = table.get(n & 1023, 0) + n
        return sum(tables[number].values())

    return sum(team.run(threads, portion))


def bench_make_classes(threads):
    """Each new class enters the list of its base's subclasses, and is garbage that only a collection ends."""

    def portion(number):
        total = 0
        for n in range(3100):

            class Local(Point):
                size = n

                def norm(self):
                    return abs(self.x) + abs(self.y)

            total += Local(n, -n).norm() + Local.size
        return total

    return sum(team.run(threads, portion))
