"""Go on a small board, played by a tree search whose leaves are random games."""

import math
import random

SIZE = 7
EMPTY, BLACK, WHITE = range(3)
PASS = -1
KOMI = 5.5


def neighbours_of(place):
    y, x = divmod(place, SIZE)
    if x > 0:
        yield place - 1
    if x < SIZE - 1:
        yield place + 1
    if y > 0:
        yield place - SIZE
    if y < SIZE - 1:
        yield place + SIZE


NEIGHBOURS = [list(neighbours_of(place)) for place in range(SIZE * SIZE)]


class Group:
    """Stones of one colour that hang together, with the places where they breathe."""

    __slots__ = ("colour", "stones", "liberties")

    def __init__(self, colour, stones, liberties):
        self.colour = colour
        self.stones = stones
        self.liberties = liberties


class Board:
    def __init__(self):
        self.groups = [None] * (SIZE * SIZE)
        self.empty = set(range(SIZE * SIZE))
        self.turn = BLACK
        self.passes = 0
        self.ko = None
        self.moves = 0

    def copy(self):
        other = Board.__new__(Board)
        copies = {}
        groups = []
        for group in self.groups:
            if group is None:
                groups.append(None)
                continue
            made = copies.get(id(group))
            if made is None:
                made = copies[id(group)] = Group(group.colour, set(group.stones), set(group.liberties))
            groups.append(made)
        other.groups = groups
        other.empty = set(self.empty)
        other.turn = self.turn
        other.passes = self.passes
        other.ko = self.ko
        other.moves = self.moves
        return other

    def useful(self, place):
        """Whether a stone may stand there, and does not fill the player's own eye."""
        if place == self.ko:
            return False
        own = True
        alive = False
        for near in NEIGHBOURS[place]:
            group = self.groups[near]
            if group is None:
                return True
            if group.colour == self.turn:
                alive = alive or len(group.liberties) > 1
            else:
                own = False
                if len(group.liberties) == 1:
                    return True
        return alive and not own

    def play(self, place):
        self.moves += 1
        self.ko = None
        if place == PASS:
            self.passes += 1
            self.turn = BLACK + WHITE - self.turn
            return
        self.passes = 0
        self.empty.discard(place)
        mine = Group(self.turn, {place}, set())
        self.groups[place] = mine
        taken = []
        for near in NEIGHBOURS[place]:
            group = self.groups[near]
            if group is None:
                mine.liberties.add(near)
            elif group.colour == self.turn:
                if group is not mine:
                    mine = self.join(mine, group)
            else:
                group.liberties.discard(place)
                if not group.liberties:
                    taken.extend(group.stones)
                    self.remove(group)
        mine.liberties.discard(place)
        if len(taken) == 1 and len(mine.stones) == 1 and len(mine.liberties) == 1:
            self.ko = taken[0]
        self.turn = BLACK + WHITE - self.turn

    def join(self, one, other):
        if len(one.stones) < len(other.stones):
            one, other = other, one
        one.stones |= other.stones
        one.liberties |= other.liberties
        for stone in other.stones:
            self.groups[stone] = one
        return one

    def remove(self, group):
        for stone in group.stones:
            self.groups[stone] = None
            self.empty.add(stone)
        for stone in group.stones:
            for near in NEIGHBOURS[stone]:
                other = self.groups[near]
                if other is not None:
                    other.liberties.add(stone)

    def finished(self):
        return self.passes >= 2 or self.moves > SIZE * SIZE * 2

    def score(self):
        points = {BLACK: 0.0, WHITE: KOMI}
        for place, group in enumerate(self.groups):
            if group is not None:
                points[group.colour] += 1
                continue
            colours = {self.groups[n].colour for n in NEIGHBOURS[place] if self.groups[n] is not None}
            if len(colours) == 1:
                points[colours.pop()] += 1
        return points[BLACK] - points[WHITE]

    def random_move(self, generator):
        places = sorted(self.empty)
        while places:
            chosen = generator.randrange(len(places))
            if self.useful(places[chosen]):
                return places[chosen]
            places[chosen] = places[-1]
            places.pop()
        return PASS


class Node:
    def __init__(self, board):
        self.children = {}
        self.untried = [place for place in sorted(board.empty) if board.useful(place)] or [PASS]
        self.visits = 0
        self.wins = 0.0

    def best(self):
        log = math.log(self.visits)

        def worth(pair):
            node = pair[1]
            return node.wins / node.visits + math.sqrt(2 * log / node.visits)

        return max(self.children.items(), key=worth)


def search(board, games, generator):
    root = Node(board)
    for _ in range(games):
        trial = board.copy()
        path = [root]
        node = root
        while not node.untried and node.children and not trial.finished():
            move, node = node.best()
            trial.play(move)
            path.append(node)
        if node.untried and not trial.finished():
            move = node.untried.pop(generator.randrange(len(node.untried)))
            trial.play(move)
            child = node.children[move] = Node(trial)
            path.append(child)
        while not trial.finished():
            trial.play(trial.random_move(generator))
        black_won = trial.score() > 0
        for depth, node in enumerate(path):
            node.visits += 1
            # A node counts the wins of whoever moved into it.
            mover = board.turn if depth % 2 else BLACK + WHITE - board.turn
            node.wins += black_won == (mover == BLACK)
    return max(root.children.items(), key=lambda pair: pair[1].visits)[0]


def bench_board_game(threads):
    generator = random.Random(5)
    board = Board()
    moves = []
    while len(moves) < 10:
        move = search(board, 130, generator)
        moves.append(move)
        board.play(move)
    return moves, board.score()
