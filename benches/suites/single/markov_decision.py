"""A duel decided by value iteration: a graph of states, actions and chances, solved until nothing changes any more."""

import collections
import itertools
from functools import cache

HIT, STRONG, HEAL = range(3)
Fighter = collections.namedtuple("Fighter", "health energy shield")


class Duel:
    """Each turn both choose; speed ties are broken by chance."""

    def __init__(self, health, energy):
        self.start = (Fighter(health, energy, 0), Fighter(health, energy, 0))

    @staticmethod
    def actions(fighter):
        if fighter.energy >= 2:
            return (HIT, STRONG, HEAL)
        if fighter.energy >= 1:
            return (HIT, HEAL)
        return (HIT,)

    @staticmethod
    @cache
    def outcomes(attacker, defender, action):
        """What one action leads to, with its chance."""
        if action == HIT:
            results = [(0.75, 2), (0.25, 3)]
        elif action == STRONG:
            attacker = attacker._replace(energy=attacker.energy - 2)
            results = [(0.6, 4), (0.4, 0)]
        else:
            attacker = attacker._replace(energy=attacker.energy - 1, health=min(attacker.health + 2, 8), shield=1)
            results = [(1.0, 0)]
        made = []
        for chance, damage in results:
            if damage and defender.shield:
                damage -= 1
            hurt = Fighter(max(defender.health - damage, 0), defender.energy, 0 if damage else defender.shield)
            made.append((chance, attacker, hurt))
        return tuple(made)

    def successors(self, state, mine, theirs):
        total = collections.defaultdict(float)
        first, second = state
        for half, (order, action1, action2) in itertools.product(
            (0.5,), ((False, mine, theirs), (True, theirs, mine))
        ):
            a, b = (second, first) if order else (first, second)
            for chance1, a1, b1 in self.outcomes(a, b, action1):
                if b1.health == 0:
                    total[(b1, a1) if order else (a1, b1)] += half * chance1
                    continue
                for chance2, b2, a2 in self.outcomes(b1, a1, action2):
                    total[(b2, a2) if order else (a2, b2)] += half * chance1 * chance2
        return total


class Solver:
    def __init__(self, duel):
        self.duel = duel
        self.values = {}
        self.edges = {}

    def explore(self):
        pending = [self.duel.start]
        while pending:
            state = pending.pop()
            if state in self.values:
                continue
            first, second = state
            if first.health == 0 or second.health == 0:
                self.values[state] = 1.0 if second.health == 0 else 0.0
                continue
            self.values[state] = 0.5
            choices = []
            for mine in self.duel.actions(first):
                replies = []
                for theirs in self.duel.actions(second):
                    following = self.duel.successors(state, mine, theirs)
                    replies.append(list(following.items()))
                    pending.extend(following)
                choices.append(replies)
            self.edges[state] = choices

    def iterate(self, tolerance):
        rounds = 0
        while True:
            rounds += 1
            change = 0.0
            for state, choices in self.edges.items():
                best = 0.0
                for replies in choices:
                    worst = min(sum(p * self.values[s] for s, p in reply) for reply in replies)
                    best = max(best, worst)
                change = max(change, abs(best - self.values[state]))
                self.values[state] = best
            if change < tolerance:
                return rounds


def bench_markov_decision(threads):
    solver = Solver(Duel(8, 5))
    solver.explore()
    rounds = solver.iterate(0.001)
    return len(solver.values), rounds, round(solver.values[solver.duel.start], 6)
