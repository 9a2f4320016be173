# Programs for the matcher that no pattern compiles to are refused.
import random
import re
import _sre

good = re.compile(r'(a|b)*c(?=d)[e-g]{2,5}?(?P<x>\w+)\1', re.I)
from re import _compiler, _parser

parsed = _parser.parse(r'(a|b)*c(?=d)[e-g]{2,5}?(?P<x>\w+)\1', 0)
words = _compiler._code(parsed, 0)
chance = random.Random(1)
for _ in range(3000):
    changed = list(words)
    for _ in range(chance.randint(1, 4)):
        changed[chance.randrange(len(changed))] = chance.choice([0, 1, 2, 5, 17, 30, 43, 100, 2**31, 2**32 - 1])
    try:
        pattern = _sre.compile('x', 0, changed, 2, {'x': 2}, (None, None, 'x'))
        pattern.search('abacdeefgxaxa' * 3)
    except (RuntimeError, ValueError, OverflowError, TypeError, RecursionError):
        pass
