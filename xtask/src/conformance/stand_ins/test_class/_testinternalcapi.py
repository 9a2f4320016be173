"""Stands in for a module of CPython's that is written in C, for its tests.

CPython keeps attributes of an instance within it or in a dict, and this tells which. Weft lays instances out in a way of
its own, so there is nothing to tell, and tests that ask are skipped.
"""

import unittest


def has_inline_values(instance):
    raise unittest.SkipTest("how CPython lays out an instance")
