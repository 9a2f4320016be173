"""Sorting with a key function, by several criteria."""

from measure import measure


class Person:
    def __init__(self, name, age):
        self.name = name
        self.age = age


def work():
    people = []
    seed = 1
    for _ in range(120_000):
        seed = seed * 1_103_515_245 + 12_345 & 0x7FFFFFFF
        people.append(Person(f"name{seed % 5_000}", seed // 65_536 % 90))
    total = 0
    for _ in range(3):
        people.sort(key=lambda person: person.name)
        people.sort(key=lambda person: (person.age, person.name), reverse=True)
        total += people[1_000].age
        people = sorted(people, key=lambda person: person.age * 31 % 17)
        total += people[-1].age
    return total


measure(work, 285)
