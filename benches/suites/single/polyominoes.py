"""Twelve pentominoes laid out in a rectangle, by exact cover with sets of bits."""

SHAPES = {
    "F": ".XX/XX./.X.",
    "I": "XXXXX",
    "L": "XXXX/X...",
    "N": "XX../.XXX",
    "P": "XX/XX/X.",
    "T": "XXX/.X./.X.",
    "U": "X.X/XXX",
    "V": "X../X../XXX",
    "W": "X../XX./.XX",
    "X": ".X./XXX/.X.",
    "Y": "XXXX/.X..",
    "Z": "XX./.X./.XX",
}
WIDTH, HEIGHT = 15, 4


def read(drawing):
    return frozenset((x, y) for y, row in enumerate(drawing.split("/")) for x, c in enumerate(row) if c == "X")


def settled(shape):
    left = min(x for x, _ in shape)
    top = min(y for _, y in shape)
    return frozenset((x - left, y - top) for x, y in shape)


def variants(shape):
    seen = set()
    for _ in range(2):
        for _ in range(4):
            shape = settled({(-y, x) for x, y in shape})
            seen.add(shape)
        shape = settled({(-x, y) for x, y in shape})
    return sorted(sorted(v) for v in seen)


def placements():
    """For every cell, which pieces can be laid so that it is the first cell they cover."""
    table = [[] for _ in range(WIDTH * HEIGHT)]
    for number, name in enumerate(SHAPES):
        for shape in variants(read(SHAPES[name])):
            wide = max(x for x, _ in shape)
            tall = max(y for _, y in shape)
            for top in range(HEIGHT - tall):
                for left in range(WIDTH - wide):
                    # Columns are filled one by one: a bit's number is the cell's place in that order.
                    bits = sum(1 << (left + x) * HEIGHT + top + y for x, y in shape)
                    first = (bits & -bits).bit_length() - 1
                    table[first].append((number, bits))
    return table


def solve(table, limit):
    full = (1 << WIDTH * HEIGHT) - 1
    tried = 0
    found = []
    laid = []

    def lay(filled, left):
        nonlocal tried
        if filled == full:
            found.append("".join("FILNPTUVWXYZ"[n] for n, _ in laid))
            return len(found) == limit
        free = ~filled
        first = (free & -free).bit_length() - 1
        for piece in table[first]:
            number, bits = piece
            if bits & filled or not left >> number & 1:
                continue
            tried += 1
            laid.append(piece)
            if lay(filled | bits, left & ~(1 << number)):
                return True
            laid.pop()
        return False

    lay(0, (1 << len(SHAPES)) - 1)
    return found, tried


def bench_polyominoes(threads):
    return solve(placements(), 160)
