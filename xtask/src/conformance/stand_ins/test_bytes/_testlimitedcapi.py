"""Stands in for a module of CPython's that is written in C, for its tests: what of it can be told in Python.

The functions take a number for the index, and convert it before they look at the sequence.
"""

import operator


def sequence_getitem(sequence, index):
    return sequence[operator.index(index)]


def sequence_setitem(sequence, index, value):
    sequence[operator.index(index)] = value
    return 0


def sequence_delitem(sequence, index):
    del sequence[operator.index(index)]
    return 0
