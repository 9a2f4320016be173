"""List, set and dict comprehensions, and generator expressions."""

from measure import measure


def work():
    total = 0
    for size in range(0, 3_600, 2):
        squares = [number * number for number in range(size)]
        odd = {number % 97 for number in squares if number & 1}
        places = {value: index for index, value in enumerate(squares)}
        total += len(odd) + len(places) + sum(value > size for value in squares)
    return total


measure(work, 6_490_496)
