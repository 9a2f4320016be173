"""Small functions that ought to scale: each is called in a loop by every thread, on data that is private or only read.

They are the operations that runtimes without a global lock have stumbled over, one workload for each.
"""

import copy
import math
import operator
import threading
from collections import namedtuple
from dataclasses import dataclass
from enum import Enum

import team


class Colour(Enum):
    RED = 1
    GREEN = 2


@dataclass
class Pair:
    first: int
    second: str


Spot = namedtuple("Spot", "x y")


class Plain:
    def __init__(self, value=0):
        self.value = value

    def method(self, n):
        return n + 1

    def __round__(self):
        return 3


class Context:
    def __enter__(self):
        return 1

    def __exit__(self, kind, error, traceback):
        return False


FACTOR = 12345
LOCAL = threading.local()
INSTANCE = Plain()
BOUND = INSTANCE.method
CALL_METHOD = operator.methodcaller("method", 1)
TEMPLATE = {"list": [1, 2, {"x": (3, 4)}], "name": "text"}


def plus_one(n):
    return n + 1


def bench_list_methods(threads):
    def portion(number):
        for _ in range(46000):
            items = []
            for n in range(6):
                items.append(n)
            items.extend((7, 8))
            items.insert(0, 9)
            items.sort()
            items.reverse()
            items.pop()
        return len(items)

    return sum(team.run(threads, portion))


def bench_module_native(threads):
    def portion(number):
        total = 0.0
        for n in range(258000):
            total += math.cos(n)
        return round(total, 6)

    return round(sum(team.run(threads, portion)), 6)


def bench_special_method(threads):
    def portion(number):
        total = 0
        thing = INSTANCE
        for n in range(137000):
            total += round(n / 3) + round(thing)
        return total

    return sum(team.run(threads, portion))


def bench_context_manager(threads):
    def portion(number):
        total = 0
        context = Context()
        for n in range(197000):
            with context as value:
                total += value
        return total

    return sum(team.run(threads, portion))


def bench_multiply_constant(threads):
    def portion(number):
        total = 0
        for n in range(265000):
            total += n * 1000 + n * FACTOR
        return total

    return sum(team.run(threads, portion))


def bench_generator(threads):
    def portion(number):
        return sum(n for n in range(660000))

    return sum(team.run(threads, portion))


def bench_bound_method(threads):
    def portion(number):
        total = 0
        bound = BOUND
        for n in range(317000):
            total += bound(n)
        return total

    return sum(team.run(threads, portion))


def bench_global_function(threads):
    def portion(number):
        total = 0
        for n in range(320000):
            total += plus_one(n)
        return total

    return sum(team.run(threads, portion))


def bench_module_function(threads):
    def portion(number):
        total = 0
        for n in range(180000):
            total += len(copy.copy("x")) + n
        return total

    return sum(team.run(threads, portion))


def bench_compare_constants(threads):
    def portion(number):
        total = 0
        words = ("abc", "def", ("x", 1))
        for n in range(218000):
            word = words[n % 3]
            if word == "abc" or word in ("ghi", "def"):
                total += 1
            elif word == ("x", 1):
                total += 2
        return total

    return sum(team.run(threads, portion))


def bench_instance(threads):
    def portion(number):
        total = 0
        for n in range(169000):
            total += Plain(n).value
        return total

    return sum(team.run(threads, portion))


def bench_closure(threads):
    def portion(number):
        total = 0
        for n in range(134000):

            def inner(k):
                return n + k

            total += inner(1)
        return total

    return sum(team.run(threads, portion))


def bench_dict_display(threads):
    def portion(number):
        total = 0
        for n in range(153000):
            total += len({"a": n, "b": 2, "c": number})
        return total

    return sum(team.run(threads, portion))


def bench_thread_local(threads):
    def portion(number):
        LOCAL.value = number
        total = 0
        for _ in range(315000):
            total += LOCAL.value
        return total

    return sum(team.run(threads, portion))


def bench_methodcaller(threads):
    def portion(number):
        total = 0
        for _ in range(192000):
            total += CALL_METHOD(INSTANCE)
        return total

    return sum(team.run(threads, portion))


def bench_dataclass(threads):
    def portion(number):
        total = 0
        for n in range(40000):
            pair = Pair(n, "x")
            total += pair.first + (pair == Pair(first=n, second="x"))
        return total

    return sum(team.run(threads, portion))


def bench_namedtuple(threads):
    def portion(number):
        total = 0
        for n in range(55000):
            spot = Spot(n, y=number)
            total += spot.x + spot.y
        return total

    return sum(team.run(threads, portion))


def bench_enum(threads):
    def portion(number):
        total = 0
        for n in range(116000):
            total += Colour.RED.value
            if Colour.GREEN is Colour.RED:
                total += 1
        return total

    return sum(team.run(threads, portion))


def bench_deepcopy(threads):
    def portion(number):
        total = 0
        for _ in range(5600):
            total += len(copy.deepcopy(TEMPLATE)["list"])
        return total

    return sum(team.run(threads, portion))
