"""Locks handed from thread to thread."""

import threading

import team


class Total:
    def __init__(self, lock):
        self.lock = lock
        self.value = 0

    def add(self, amount):
        with self.lock:
            self.value += amount

    def add_twice(self, amount):
        with self.lock:
            self.add(amount)
            self.add(amount)


def bench_lock(threads):
    """A short stretch under one lock, and a longer one outside it."""
    total = Total(threading.Lock())

    def portion(number):
        for n in range(64000):
            total.add(n)
            value = n
            for k in range(3):
                value = value * 3 + k
        return number

    return sum(team.run(threads, portion)), total.value


def bench_rlock(threads):
    total = Total(threading.RLock())

    def portion(number):
        for n in range(47000):
            total.add_twice(n)
        return number

    return sum(team.run(threads, portion)), total.value


def bench_own_locks(threads):
    """Each thread a lock of its own, which nobody else wants."""

    def portion(number):
        total = Total(threading.Lock())
        for n in range(131000):
            total.add(n)
        return total.value

    return sum(team.run(threads, portion))


def bench_condition(threads):
    """Tickets, handed out one by one by who notifies to those that wait."""
    condition = threading.Condition()
    tickets = []
    taken = [0] * team.PORTIONS

    def portion(number):
        mine = 0
        for n in range(39000):
            with condition:
                tickets.append(n)
                condition.notify()
            with condition:
                while not tickets:
                    condition.wait()
                mine += tickets.pop()
        taken[number] = mine
        return number

    return sum(team.run(threads, portion)), sum(taken), len(tickets)
