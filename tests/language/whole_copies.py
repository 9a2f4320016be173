# Containers that are copied, filled, compared and searched as wholes answer what they would item by item.


class Equal:
    def __eq__(self, other):
        return True


class Key:
    def __init__(self, value):
        self.value = value

    def __hash__(self):
        return 5

    def __eq__(self, other):
        return isinstance(other, Key) and self.value == other.value


class Hinted:
    """An iterator that promises far more than it gives."""

    def __init__(self):
        self.left = 4

    def __iter__(self):
        return self

    def __next__(self):
        if not self.left:
            raise StopIteration
        self.left -= 1
        return self.left

    def __length_hint__(self):
        return 10**6


def lists():
    numbers = list(range(10))
    assert numbers[2:5] == [2, 3, 4] and numbers[::-2] == [9, 7, 5, 3, 1] and numbers[5:2] == []
    assert numbers + [1] == [*range(10), 1] and [1, 2] * 3 == [1, 2, 1, 2, 1, 2] and [1] * 0 == [] and [] * 5 == []
    own = []
    own.extend(own)
    own.extend((1, 2))
    own.extend(own)
    own[1:2] = own
    assert own == [1, 1, 2, 1, 2, 1, 2]
    shared = [object() for _ in range(300)]
    thrice = shared * 3
    assert thrice[300] is shared[0] and len(thrice) == 900
    assert list(Hinted()) == [3, 2, 1, 0] and tuple(Hinted()) == (3, 2, 1, 0) and max(Hinted()) == 3
    grown = [1]
    try:
        grown.extend(1 // (3 - x) for x in range(9))
    except ZeroDivisionError:
        pass
    assert grown == [1, 0, 0, 1]  # what came before the error stays


def searches():
    nan = float("nan")
    assert [nan] == [nan] and [nan] != [float("nan")] and [0.0] == [-0.0] and [1] == [1.0] and [True] == [1]
    assert 5 in [Equal()] and [Equal()].count(3) == 1 and [Equal(), 1] == [2, 1] and (1, Equal()) == (1, 2)
    assert "a" in ["b", "a"] and 1.0 in [3, 1] and "x" not in [1, 2, None] and [1, [2], 3].index([2]) == 1
    assert (1, "a") < (1, "b") < (2,) and sorted([(2, "b"), (1, "z"), (2, "a"), (1,)])[0] == (1,)
    assert sorted([(1, "a"), (0, "b"), (1, "c")], key=lambda pair: pair[0], reverse=True)[:2] == [(1, "a"), (1, "c")]
    assert sorted(["b", "ä", "a"], reverse=True) == ["ä", "b", "a"] and sorted([0.5, -0.0, 0.0]) == [-0.0, 0.0, 0.5]

    class Shrinking:
        def __eq__(self, other):
            items.clear()
            return False

    items = [Shrinking(), 1, 2]
    assert 2 not in items and items == []


def dicts():
    squares = {i: i * i for i in range(100)}
    copy = dict(squares)
    del copy[5]
    again = dict(copy)
    again[5] = 25
    assert 5 in squares and 5 not in copy and list(again)[-1] == 5 and len(again) == 100
    assert squares | {1: 2} == {**squares, 1: 2} and list(squares.items())[3] == (3, 9)
    # A key that comes and goes leaves nothing behind, nor do keys of one hash.
    for i in range(2000):
        squares[i % 100] = squares.pop(i % 100)
        squares.update([squares.popitem()])
    assert len(squares) == 100 and all(squares[i] == i * i for i in range(100))
    keyed = {}
    for _ in range(20):
        keyed.update((Key(i), i) for i in range(20))
        for i in range(0, 20, 2):
            del keyed[Key(i)]
        assert [Key(i) in keyed for i in range(20)] == [i % 2 == 1 for i in range(20)]


def sets():
    numbers = set(range(50))
    copy = set(numbers)
    copy.discard(3)
    assert 3 in numbers and set(copy) == copy and list(set(copy)) == list(copy.copy())
    assert numbers | copy == numbers and frozenset(copy) == copy and set(range(9)) | {99} == {*range(9), 99}


def numbers_and_texts():
    assert [round(2.675, 2), round(0.125, 2), round(2.5), round(-2.567, 2), round(1234.5, -2)] == [2.67, 0.12, 2, -2.57, 1200.0]
    assert [f"{x:.2f}" for x in (2.5, 0.125, 1e15, 1e-9, -0.005)] == ["2.50", "0.12", "1000000000000000.00", "0.00", "-0.01"]
    assert [(10**30) % 7, -(10**30) % 7, 10**30 % -7, -(10**30) % -7] == [1, 6, -6, -1]
    assert "%s|%d|%r|%5s|%%" % ("ä", -5, 7, "x") == "ä|-5|7|    x|%"
    assert "  a b\tc\x1cd\x85e ".split() == ["a", "b", "c", "d", "e"] and "a b c ".split(None, 1) == ["a", "b c "]
    assert "abc".translate({97: "x", 98: None, 99: 100}) == "xd"
    assert isinstance(5, (str, int)) and not isinstance([], (str, int))

    class Claims:
        __class__ = property(lambda self: int)

    assert isinstance(Claims(), int)


lists()
searches()
dicts()
sets()
numbers_and_texts()
