"""Pancakes: how many flips the worst order of so many needs."""


def worst(n):
    order = list(range(n))
    count = list(range(1, n + 1))
    most = checksum = 0
    turn = n
    sign = 1
    while True:
        while turn > 1:
            count[turn - 1] = turn
            turn -= 1
        flips = 0
        pile = order[:]
        first = pile[0]
        while first:
            pile[: first + 1] = pile[first::-1]
            flips += 1
            first = pile[0]
        if flips > most:
            most = flips
        checksum += sign * flips
        sign = -sign
        while True:
            if turn == n:
                return checksum, most
            order.insert(turn, order.pop(0))
            count[turn] -= 1
            if count[turn] > 0:
                break
            turn += 1


def bench_fannkuch(threads):
    return worst(9)
