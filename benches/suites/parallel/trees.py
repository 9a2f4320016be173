"""Binary trees built, walked and thrown away."""

import team


class Node:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right


def build(depth):
    if depth == 0:
        return Node(None, None)
    return Node(build(depth - 1), build(depth - 1))


def check(node):
    if node.left is None:
        return 1
    return 1 + check(node.left) + check(node.right)


def portion(number):
    total = 0
    for depth in range(4, 15, 2):
        for _ in range(1 << (14 - depth)):
            total += check(build(depth))
    return total


def bench_trees(threads):
    return sum(team.run(threads, portion))
