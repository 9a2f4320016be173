"""Classes checked against protocols at run time, abstract bases and registrations."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sized
from numbers import Number
from typing import Protocol, runtime_checkable


@runtime_checkable
class HasX(Protocol):
    x: int


@runtime_checkable
class Closeable(Protocol):
    def close(self): ...


@runtime_checkable
class Stream(Closeable, Protocol):
    def read(self, count): ...


class Shape(ABC):
    @abstractmethod
    def area(self): ...


class Square(Shape):
    def __init__(self, side):
        self.x = self.side = side

    def area(self):
        return self.side**2

    def __len__(self):
        return 4


class File:
    def read(self, count):
        return b""

    def close(self):
        pass


class Property:
    @property
    def x(self):
        return 1


class Nothing:
    pass


def bench_protocols(threads):
    things = [Square(2), File(), Property(), Nothing(), 3, "text", [1], {}]
    checks = [HasX, Closeable, Stream, Shape, Sized, Iterable, Mapping, Number]
    counts = [0] * len(checks)
    for _ in range(5000):
        for thing in things:
            for place, check in enumerate(checks):
                if isinstance(thing, check):
                    counts[place] += 1
    return counts
