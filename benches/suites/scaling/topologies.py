"""How data may lie between threads: apart, together and written, together and read."""

import team


def bench_disjoint_dicts(threads):
    def portion(number):
        table = {}
        for n in range(198000):
            table[n % 100] = table.get(n % 100, 0) + n
        return sum(table.values())

    return sum(team.run(threads, portion))


def bench_shared_dict(threads):
    shared = {n: n for n in range(100)}

    def portion(number):
        total = 0
        for n in range(187000):
            total += shared[n % 100]
            shared[n % 100] = n % 100
        return total

    return sum(team.run(threads, portion))


def bench_shared_list(threads):
    shared = list(range(100))

    def portion(number):
        total = 0
        for n in range(375000):
            total += shared[n % 100]
        return total

    return sum(team.run(threads, portion))
