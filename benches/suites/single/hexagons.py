"""A puzzle of hexagons: numbered tiles go where each has as many neighbours as its number says; solved by elimination."""

BOARD = 3
PUZZLES = [
    {2: 2, 3: 3, 4: 2, 5: 1, None: 11},
    {1: 1, 2: 1, 3: 4, 4: 4, 5: 1, None: 8},
    {1: 2, 2: 3, 3: 1, 4: 3, 5: 1, None: 9},
]


def cells(size):
    """Axial coordinates of a hexagon's cells."""
    edge = size - 1
    return [(q, r) for r in range(-edge, edge + 1) for q in range(-edge, edge + 1) if abs(q + r) <= edge]


class Grid:
    def __init__(self, size):
        self.cells = cells(size)
        index = {cell: n for n, cell in enumerate(self.cells)}
        around = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1)]
        self.near = [[index[q + a, r + b] for a, b in around if (q + a, r + b) in index] for q, r in self.cells]


class Options:
    """What each cell may still be; None stands for a cell left empty."""

    def __init__(self, choices):
        self.choices = choices
        self.solved = [len(c) == 1 for c in choices]

    def copy(self):
        other = Options.__new__(Options)
        other.choices = [c[:] for c in self.choices]
        other.solved = self.solved[:]
        return other

    def decide(self, cell, value):
        self.choices[cell] = [value]
        self.solved[cell] = True

    def drop(self, cell, value):
        choices = self.choices[cell]
        if value not in choices:
            return False
        choices.remove(value)
        if len(choices) == 1:
            self.solved[cell] = True
        return True


class Puzzle:
    def __init__(self, size, tiles):
        self.grid = Grid(size)
        self.tiles = dict(tiles)
        self.steps = 0

    def start(self):
        return Options([[v for v in self.tiles] for _ in self.grid.cells])

    def narrow(self, options):
        """Drop what cannot be until nothing changes; false where a cell has nothing left."""
        changed = True
        while changed:
            changed = False
            used = {}
            for cell, choices in enumerate(options.choices):
                if not choices:
                    return False
                if options.solved[cell]:
                    used[choices[0]] = used.get(choices[0], 0) + 1
            for value, count in self.tiles.items():
                placed = used.get(value, 0)
                if placed > count:
                    return False
                if placed == count:
                    for cell, choices in enumerate(options.choices):
                        if not options.solved[cell] and options.drop(cell, value):
                            changed = True
            for cell, near in enumerate(self.grid.near):
                sure = possible = 0
                for other in near:
                    choices = options.choices[other]
                    if not choices:
                        return False
                    if None not in choices:
                        sure += 1
                        possible += 1
                    elif len(choices) > 1:
                        possible += 1
                for value in options.choices[cell][:]:
                    if value is not None and not sure <= value <= possible:
                        if options.solved[cell]:
                            return False
                        options.drop(cell, value)
                        changed = True
                if not options.choices[cell]:
                    return False
        return True

    def solve(self, options, limit):
        self.steps += 1
        if not self.narrow(options):
            return 0
        open_cells = [cell for cell, done in enumerate(options.solved) if not done]
        if not open_cells:
            return 1
        cell = min(open_cells, key=lambda c: (len(options.choices[c]), c))
        found = 0
        for value in sorted(options.choices[cell], key=lambda v: -1 if v is None else v):
            trial = options.copy()
            trial.decide(cell, value)
            found += self.solve(trial, limit - found)
            if found >= limit:
                break
        return found


def bench_hexagons(threads):
    found = []
    for tiles in PUZZLES:
        puzzle = Puzzle(BOARD, tiles)
        found.append((puzzle.solve(puzzle.start(), 3), puzzle.steps))
    return found
