"""Deep copies of nested data, of objects, and of objects that say how they are copied."""

import copy
from dataclasses import dataclass, field


@dataclass
class Address:
    street: str
    number: int


@dataclass
class Person:
    name: str
    address: Address
    tags: list = field(default_factory=list)
    friends: dict = field(default_factory=dict)


class Reduced:
    def __init__(self, value):
        self.value = value

    def __reduce__(self):
        return Reduced, (self.value,)


class Copied:
    def __init__(self, items):
        self.items = items

    def __deepcopy__(self, memo):
        return Copied(copy.deepcopy(self.items, memo))


def bench_deep_copy(threads):
    data = {
        "list": [1, 2, 3, [4.5, "text", None], (6, [7])],
        "tuple": (("nested", "constants"), 5),
        "dict": {n: str(n) for n in range(10)},
        "set": {1, 2, 3},
        "bytes": b"raw",
    }
    person = Person("Ada", Address("High Street", 3), ["a", "b"], {})
    person.friends["self"] = person
    person.friends["other"] = Person("Eve", Address("Low Street", 4))
    total = 0
    for _ in range(8000):
        one = copy.deepcopy(data)
        two = copy.deepcopy(person)
        three = copy.deepcopy([Reduced([1, 2]), Copied([3, {"k": 4}])])
        four = copy.copy(person)
        total += len(one["dict"]) + (two.friends["self"] is two) + three[1].items[0] + (four.tags is person.tags)
    return total
