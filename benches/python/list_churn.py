"""Growing, indexing, slicing and shrinking lists."""

from measure import measure


def work():
    total = 0
    for _ in range(30):
        items = []
        for number in range(100_000):
            items.append(number)
        for index in range(0, len(items) - 1, 2):
            items[index], items[index + 1] = items[index + 1], items[index]
        total += sum(items[1::3])
        while len(items) > 10:
            total += items.pop()
    return total


measure(work, 199_996_998_630)
