"""What an application does with comprehensions: widgets of a page are filtered, grouped, ranked and counted."""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    CHART = 1
    TABLE = 2
    NOTE = 3


@dataclass
class Widget:
    ident: int
    creator: int
    kind: Kind
    tags: list
    score: float
    has_links: bool


class Tray:
    def __init__(self, owner, widgets):
        self.owner = owner
        self.widgets = widgets
        self.by_id = {w.ident: w for w in widgets}
        self.tags = {tag for w in widgets for tag in w.tags}

    def sorted_ids(self, kind):
        chosen = [w for w in self.widgets if w.kind is kind]
        return [w.ident for w in sorted(chosen, key=lambda w: (-w.score, w.ident))]

    def by_kind(self):
        return {kind: [w for w in self.widgets if w.kind is kind] for kind in Kind}

    def mine(self):
        return [w.ident for w in self.widgets if w.creator == self.owner and not w.has_links]

    def any_knobby(self, limit):
        return any(w.score > limit for w in self.widgets if w.has_links)

    def counts(self):
        return {tag: sum(1 for w in self.widgets if tag in w.tags) for tag in sorted(self.tags)}

    def matrix(self):
        return [[(w.ident * row) % 7 for w in self.widgets[:12]] for row in range(12)]


def tray(size, owner):
    kinds = list(Kind)
    return Tray(
        owner,
        [
            Widget(n, n % 5, kinds[n % 3], [f"t{n % k}" for k in (4, 7)], (n * 37 % 101) / 10, n % 2 == 0)
            for n in range(size)
        ],
    )


def bench_comprehensions(threads):
    result = []
    for turn in range(2500):
        page = tray(100, turn % 5)
        groups = page.by_kind()
        result = [
            page.sorted_ids(Kind.TABLE)[:5],
            [len(groups[k]) for k in Kind],
            page.mine(),
            page.any_knobby(10),
            page.counts(),
            sum(sum(row) for row in page.matrix()),
        ]
    return result
