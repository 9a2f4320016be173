"""Dicts and sets filled, looked up, changed and emptied."""

import team


def portion(number):
    total = 0
    for turn in range(54):
        table = {}
        for n in range(2000):
            table[n * 7 % 1999] = n
        for n in range(0, 2000, 3):
            table.pop(n, None)
        names = {f"key{n}": n for n in range(300)}
        total += sum(names[f"key{n}"] for n in range(0, 300, 2))
        both = set(table) & set(range(0, 2000, 5))
        total += len(both) + len(table) + sum(v for k, v in table.items() if k in both)
        for key in list(names):
            if names[key] % 2:
                del names[key]
        total += len(names) + turn
    return total + number


def bench_dicts(threads):
    return sum(team.run(threads, portion))
