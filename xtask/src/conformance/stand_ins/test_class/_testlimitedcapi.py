"""Stands in for a module of CPython's that is written in C, for its tests: what of it can be told in Python."""


def object_hasattrstring(value, name):
    return int(hasattr(value, name.decode()))
