"""Symbolic algebra: expressions are built by operators, flattened, expanded, differentiated and put into a canonical order."""

from collections import defaultdict
from fractions import Fraction
from functools import lru_cache


class Expr:
    __slots__ = ("arguments", "_hash")

    def __init__(self, *arguments):
        self.arguments = arguments
        self._hash = None

    def key(self):
        return (type(self).__name__, self.arguments)

    def __hash__(self):
        if self._hash is None:
            self._hash = hash((type(self).__name__, self.arguments))
        return self._hash

    def __eq__(self, other):
        if self is other:
            return True
        if not isinstance(other, Expr):
            other = convert(other)
        return type(self) is type(other) and self.arguments == other.arguments

    def __add__(self, other):
        return add(self, convert(other))

    def __radd__(self, other):
        return add(convert(other), self)

    def __sub__(self, other):
        return add(self, mul(Number(-1), convert(other)))

    def __mul__(self, other):
        return mul(self, convert(other))

    def __rmul__(self, other):
        return mul(convert(other), self)

    def __pow__(self, other):
        return power(self, convert(other))

    def __neg__(self):
        return mul(Number(-1), self)

    def __str__(self):
        return text_of(self)

    def sort_key(self):
        return (self.rank, str(self))


class Number(Expr):
    __slots__ = ()
    rank = 0

    @property
    def value(self):
        return self.arguments[0]


class Symbol(Expr):
    __slots__ = ()
    rank = 1


class Pow(Expr):
    __slots__ = ()
    rank = 2


class Mul(Expr):
    __slots__ = ()
    rank = 3


class Add(Expr):
    __slots__ = ()
    rank = 4


class Sin(Expr):
    __slots__ = ()
    rank = 5


class Cos(Expr):
    __slots__ = ()
    rank = 5


ZERO, ONE = Number(0), Number(1)


def convert(value):
    if isinstance(value, Expr):
        return value
    if isinstance(value, Fraction) and value.denominator == 1:
        return Number(value.numerator)
    return Number(value)


def add(*terms):
    counts = defaultdict(int)
    number = 0
    pending = list(reversed(terms))
    while pending:
        term = pending.pop()
        if isinstance(term, Number):
            number += term.value
        elif isinstance(term, Add):
            pending.extend(term.arguments)
        elif isinstance(term, Mul) and isinstance(term.arguments[0], Number):
            rest = term.arguments[1:]
            counts[rest[0] if len(rest) == 1 else Mul(*rest)] += term.arguments[0].value
        else:
            counts[term] += 1
    result = []
    for term, count in counts.items():
        if count == 1:
            result.append(term)
        elif count != 0:
            result.append(mul(convert(count), term))
    result.sort(key=Expr.sort_key)
    if number != 0:
        result.insert(0, convert(number))
    if not result:
        return ZERO
    return result[0] if len(result) == 1 else Add(*result)


def mul(*factors):
    powers = {}
    number = 1
    pending = list(reversed(factors))
    while pending:
        factor = pending.pop()
        if isinstance(factor, Number):
            number *= factor.value
        elif isinstance(factor, Mul):
            pending.extend(factor.arguments)
        else:
            base, exponent = factor.arguments if isinstance(factor, Pow) else (factor, ONE)
            powers[base] = add(powers[base], exponent) if base in powers else exponent
    if number == 0:
        return ZERO
    result = [p for p in (power(base, exponent) for base, exponent in powers.items()) if p != ONE]
    result.sort(key=Expr.sort_key)
    if number != 1:
        result.insert(0, convert(number))
    if not result:
        return ONE
    return result[0] if len(result) == 1 else Mul(*result)


def power(base, exponent):
    if exponent == ZERO:
        return ONE
    if exponent == ONE:
        return base
    if isinstance(base, Number) and isinstance(exponent, Number):
        return convert(Fraction(base.value) ** exponent.value)
    if isinstance(base, Pow):
        return power(base.arguments[0], mul(base.arguments[1], exponent))
    return Pow(base, exponent)


def expand(expr):
    if isinstance(expr, Add):
        return add(*map(expand, expr.arguments))
    if isinstance(expr, Pow) and isinstance(expr.arguments[1], Number) and isinstance(expr.arguments[0], Add):
        count = expr.arguments[1].value
        if isinstance(count, int) and count > 1:
            result = expand(expr.arguments[0])
            for _ in range(count - 1):
                result = product(result, expr.arguments[0])
            return result
    if isinstance(expr, Mul):
        result = ONE
        for factor in map(expand, expr.arguments):
            result = product(result, factor)
        return result
    return expr


def product(one, other):
    ones = one.arguments if isinstance(one, Add) else (one,)
    others = other.arguments if isinstance(other, Add) else (other,)
    return add(*[mul(a, b) for a in ones for b in others])


def derivative(expr, symbol):
    if isinstance(expr, Number):
        return ZERO
    if isinstance(expr, Symbol):
        return ONE if expr == symbol else ZERO
    if isinstance(expr, Add):
        return add(*[derivative(term, symbol) for term in expr.arguments])
    if isinstance(expr, Mul):
        parts = []
        for place, factor in enumerate(expr.arguments):
            parts.append(mul(*expr.arguments[:place], derivative(factor, symbol), *expr.arguments[place + 1 :]))
        return add(*parts)
    if isinstance(expr, Pow):
        base, exponent = expr.arguments
        return mul(exponent, power(base, exponent - 1), derivative(base, symbol))
    if isinstance(expr, Sin):
        return mul(Cos(expr.arguments[0]), derivative(expr.arguments[0], symbol))
    if isinstance(expr, Cos):
        return mul(Number(-1), Sin(expr.arguments[0]), derivative(expr.arguments[0], symbol))
    raise TypeError(type(expr).__name__)


def substitute(expr, values):
    if expr in values:
        return convert(values[expr])
    if isinstance(expr, (Number, Symbol)):
        return expr
    changed = [substitute(argument, values) for argument in expr.arguments]
    if isinstance(expr, Add):
        return add(*changed)
    if isinstance(expr, Mul):
        return mul(*changed)
    if isinstance(expr, Pow):
        return power(*changed)
    return type(expr)(*changed)


@lru_cache(maxsize=4096)
def text_of(expr):
    if isinstance(expr, (Number, Symbol)):
        return str(expr.arguments[0])
    parts = [f"({a})" if a.rank > 2 and expr.rank < a.rank else str(a) for a in expr.arguments]
    if isinstance(expr, Add):
        return " + ".join(parts)
    if isinstance(expr, Mul):
        return "*".join(parts)
    if isinstance(expr, Pow):
        return "**".join(parts)
    return f"{type(expr).__name__.lower()}({', '.join(parts)})"


def bench_expressions(threads):
    return [work() for _ in range(16)][-1]


def work():
    text_of.cache_clear()
    x, y, z = map(Symbol, "xyz")
    binomial = expand((x + y + z + 1) ** 6)
    squared = expand((x + 2 * y) ** 4 * (x - y) ** 2)
    wave = Sin(x * x + y) * Cos(x) * (x + 1) ** 3
    slope = wave
    for _ in range(3):
        slope = derivative(slope, x)
    value = substitute(binomial, {x: Fraction(1, 2), y: 3, z: -1})
    total = expand(binomial - (x + y + z + 1) ** 6)
    return len(binomial.arguments), str(squared), len(str(slope)), str(value), str(total)
