"""Stands in for the half of `datetime` that CPython has in C and Weft has not: the other half, which is in Python."""

from _pydatetime import *
from _pydatetime import __doc__
