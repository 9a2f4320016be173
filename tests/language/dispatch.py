# INV-HOT-1, INV-HOT-2: instructions in their frequent forms run on a small machine stack, however many there are.
import threading

ROUNDS = 100_000


class Point:
    def __init__(self, x):
        self.x = x

    def double(self):
        return self.x + self.x


class Line(Point):
    def double(self):
        return self.x


def same(value):
    return value


def numbers(limit):
    for number in range(limit):
        yield number


def relay(limit):
    yield from numbers(limit)


def arithmetic():
    total, share = 0, 0.5
    for number in range(ROUNDS):
        total = total + number - 3
        total *= 1
        total ^= number & 7
        share = share * 1.0 + 0.0 - 0.0
        share = share / 1.0
        total = total // 1 % 1_000_003
        low = number < 5
        if not low and number is not None and share >= 0.5:
            total += 1
        if number == 3 or number != number:
            total -= 1
    return total, share


def containers():
    items, table, text = [1, 2, 3], {"a": 1, 7: 2}, ""
    pair = (1, 2)
    total = 0
    for number in range(ROUNDS):
        items[1] = number
        total += items[1] + table["a"] + pair[0] + items[-1]
        first, second = pair
        third, fourth = first, second
        total += third if 1 in items else fourth
        if items and table and pair and not text and number:
            total += 1
        whole = (number, total)
        total = whole[1]
    squares = [number * number for number in range(ROUNDS)]
    ends = {number % 10 for number in squares}
    places = {number: number for number in range(ROUNDS)}
    return total, len(squares), len(ends), len(places)


def calls():
    total = 0
    for number in range(ROUNDS):
        point = Point(number) if number & 1 else Line(number)
        point.x = point.x + 1
        total += same(number) + point.double() + len("ab")
    return total


def loops():
    total = 0
    for number in relay(ROUNDS):
        total += number
    total += sum(numbers(ROUNDS))
    for item in list(range(ROUNDS)):
        total += item
    for item in tuple(range(ROUNDS)):
        total += item
    for place, item in enumerate("x" * ROUNDS):
        total += place
    count = 0
    while True:
        count += 1
        if count >= ROUNDS:
            break
    outer = count

    def inner():
        return outer

    for number in range(ROUNDS):
        total += inner()
        value = None
        if value is None:
            value = number
        if value is not None:
            total += 1
    return total


# Loops of one thing each: whatever returns to the driver takes what has piled up on the machine stack away.
def alone():
    items, table, pair, point, total = [1, 2, 3], {"a": 1}, (1, 2), Line(1), 0
    for number in range(ROUNDS):
        same(number)
    for number in range(ROUNDS):
        point.double()
    for number in range(ROUNDS):
        point.x
    for number in range(ROUNDS):
        point.x = number
    for number in range(ROUNDS):
        items[0] = number
    for number in range(ROUNDS):
        items[0]
    for number in range(ROUNDS):
        table["a"]
    for number in range(ROUNDS):
        first, second = pair
    for number in range(ROUNDS):
        (number, number)
    for number in numbers(ROUNDS):
        pass
    for number in range(ROUNDS):
        number < 3 or number == 1
    for number in range(ROUNDS):
        number is pair
    for number in range(ROUNDS):
        number if items else total
    for number in range(ROUNDS):
        ROUNDS, same
    for number in range(ROUNDS):
        other = items
        other = pair
    for number in items * ROUNDS:
        pass
    for number in pair * ROUNDS:
        pass
    [number for number in range(ROUNDS)]
    while total < ROUNDS:
        total = total + 1


# As in `alone`, one statement at a time.
STATEMENTS = """
items[0:2]
items[0:1] = pair
items[number:number:1]
table[number & 7] = number
table["b"] = 1; del table["b"]
-number
-share
~number
number << 70
share ** 1.5
"%d" % number
text + "b"
text == "abc"
text < "abd"
point == line
point < line
not point
text[1]
f"{number:>5}"
f"{number!r}"
[1, 2, 3]
[number, *pair]
{number, 1}
{*pair}
{**table}
{"a": number, "b": number}
{}
[share * 2.0 for _ in items]
[two for _ in two]
[x for x in (*two, *two, *two, *two, *two, two)]
lambda: number
lambda a=number: a
point.half
point.CONSTANT
Point.CONSTANT
Point.double
line.double(); point.double()
line.x; point.x
line.x = point.x = 1
line.deeper()
(5).bit_length()
point(number)
point[number]
bound()
named(number, b=2)
variadic(*pair)
variadic(*pair, **table_of_names)
int("5"); str(number); type(number); range(3); list(pair)
isinstance(number, int)
assert items
first, second = two
first, *rest = pair
for key in table: pass
for value in table.values(): pass
for key, value in table.items(): pass
for a, b in zip(pair, pair): pass
for a, b in enumerate(pair): pass
for letter in text: pass
for a in numbers(1): pass
sum(a for a in pair)
with manager: pass
cell_of(number)
coroutine_of(number)
"""


class Forms(Line):
    CONSTANT = 5

    @property
    def half(self):
        return self.x

    def deeper(self):
        return super().double()

    def __call__(self, number):
        return number

    def __getitem__(self, key):
        return key

    def __lt__(self, other):
        return True

    def __eq__(self, other):
        return False

    def __enter__(self):
        return self

    def __exit__(self, *details):
        return None


def named(a, b=1, *, c=3):
    return a, b, c


def variadic(*args, **named):
    return args, named


def cell_of(number):
    kept = number

    def inner():
        nonlocal kept
        kept = 1
        return kept

    return inner()


def coroutine_of(number):
    async def inner():
        return number

    async def outer():
        return await inner()

    try:
        outer().send(None)
    except StopIteration as stop:
        return stop.value


def statements():
    for statement in STATEMENTS.strip().splitlines():
        namespace = {**globals(), "ROUNDS": ROUNDS // 5}
        body = f"""def loop():
    items, table, pair, two, text, share = [1, 2, 3], {{"a": 1}}, (1, 2), [1, 2], "abc", 1.5
    point, line, manager, table_of_names = Forms(1), Forms(2), Forms(3), {{"n": 1}}
    Point = Forms
    bound = point.double
    for number in range(ROUNDS):
        {statement}
loop()"""
        exec(body, namespace)


def errors():
    total = 0
    for number in range(ROUNDS // 4):
        try:
            if number & 1:
                raise ValueError(number)
            {}[number]
        except KeyError:
            total += 1
        except ValueError as error:
            total += error.args[0]
        finally:
            total += 1
    return total


expected = {
    arithmetic: None,
    containers: None,
    calls: sum(2 * n + 4 if n & 1 else n + 3 for n in range(ROUNDS)) + sum(range(ROUNDS)),
    alone: None,
    statements: None,
    loops: 5 * sum(range(ROUNDS)) + ROUNDS * ROUNDS + ROUNDS,
    errors: ROUNDS // 8 + sum(range(1, ROUNDS // 4, 2)) + ROUNDS // 4,
}


def work():
    for function, result in expected.items():
        found = function()
        if result is not None and found != result:
            print(function.__name__, found, result)


if __name__ == "__main__":
    # What runs there is made there, too: frequent forms are for objects of one's own.
    def again():
        with open(__file__) as file:
            exec(compile(file.read(), __file__, "exec"), {"__name__": "again"})
        done.append(True)

    done = []
    threading.stack_size(256 << 10)
    thread = threading.Thread(target=again)
    thread.start()
    thread.join()
    assert done, "the thread has ended early"
else:
    work()
