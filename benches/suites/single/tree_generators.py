"""Trees walked by generators that delegate to generators."""


class Tree:
    def __init__(self, left, value, right):
        self.left = left
        self.value = value
        self.right = right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right

    def post_order(self):
        if self.left:
            for value in self.left.post_order():
                yield value
        if self.right:
            for value in self.right.post_order():
                yield value
        yield self.value


def balanced(items):
    n = len(items)
    if n == 0:
        return None
    i = n // 2
    return Tree(balanced(items[:i]), items[i], balanced(items[i + 1 :]))


def merged(one, other):
    """Two ascending iterables as one."""
    first, second = iter(one), iter(other)
    a, b = next(first, None), next(second, None)
    while a is not None and b is not None:
        if a <= b:
            yield a
            a = next(first, None)
        else:
            yield b
            b = next(second, None)
    while a is not None:
        yield a
        a = next(first, None)
    while b is not None:
        yield b
        b = next(second, None)


def bench_tree_generators(threads):
    total = 0
    for _ in range(28):
        even = balanced(range(0, 10000, 2))
        odd = balanced(range(1, 10000, 2))
        for place, value in enumerate(merged(even, odd)):
            total += place ^ value
        total += sum(even.post_order()) + sum(1 for _ in odd)
    return total
