"""Objects made, changed through their methods, and dropped, by each thread its own."""

import team


class Account:
    def __init__(self, owner, balance):
        self.owner = owner
        self.balance = balance
        self.log = []

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("nothing to deposit")
        self.balance += amount
        self.log.append(amount)
        return self.balance

    @property
    def is_rich(self):
        return self.balance > 400


def portion(number):
    rich = 0
    for turn in range(5000):
        accounts = [Account(n, n * number) for n in range(10)]
        for account in accounts:
            account.deposit(turn % 50 + 1)
            account.deposit(account.owner + 1)
            rich += account.is_rich
    return rich


def bench_objects(threads):
    return sum(team.run(threads, portion))
