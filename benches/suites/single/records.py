"""An inventory of dataclasses, enums, flags and named tuples: made, changed, compared, hashed and sorted."""

from collections import namedtuple
from dataclasses import asdict, astuple, dataclass, field, replace
from enum import Enum, Flag, IntEnum, auto


class State(Enum):
    NEW = "new"
    SENT = "sent"
    DONE = "done"

    @property
    def following(self):
        members = list(State)
        return members[(members.index(self) + 1) % len(members)]


class Priority(IntEnum):
    LOW = 1
    HIGH = 2


class Option(Flag):
    FRAGILE = auto()
    EXPRESS = auto()
    GIFT = auto()


Place = namedtuple("Place", "shelf row column")


@dataclass(frozen=True, order=True)
class Money:
    cents: int
    currency: str = "EUR"

    def __add__(self, other):
        return Money(self.cents + other.cents, self.currency)


@dataclass
class Item:
    name: str
    price: Money
    place: Place
    options: Option = Option(0)
    history: list = field(default_factory=list)


@dataclass(slots=True)
class Order:
    number: int
    items: list
    state: State = State.NEW
    priority: Priority = Priority.LOW

    def total(self):
        result = Money(0)
        for item in self.items:
            result = result + item.price
        return result

    def advance(self):
        self.state = self.state.following
        for item in self.items:
            item.history.append(self.state)


def bench_records(threads):
    sums = []
    for turn in range(220):
        options = list(Option)
        items = [
            Item(f"item {n}", Money(n * 7 % 100), Place(n % 9, n % 5, n), options[n % 3] | options[n % 2]) for n in range(150)
        ]
        orders = [Order(n, items[n : n + 6], priority=Priority(1 + n % 2)) for n in range(140)]
        for order in orders:
            order.advance()
            if order.priority is Priority.HIGH and order.state is not State.DONE:
                order.advance()
        orders.sort(key=lambda o: (o.priority, o.total(), o.number))
        fragile = sum(Option.FRAGILE in item.options for item in items)
        places = {item.place for item in items} | {item.place._replace(row=0) for item in items}
        prices = {item.price: item.name for item in items}
        moved = [replace(item, price=Money(1)) for item in items[:60]]
        copied = [asdict(item)["name"] + str(astuple(item.price)) for item in items[:20]]
        equal = sum(a == b for a, b in zip(items, moved))
        sums.append((orders[0].number, orders[-1].total().cents, fragile, len(places), len(prices), equal, len("".join(copied))))
        sums.append(State("sent").name + repr(items[turn % 150])[:50] + str(Priority.HIGH + 1))
    return sums
