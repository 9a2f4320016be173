"""Stands in for a module of CPython's that is written in C, for its tests: what is asked of it about the layout of CPython's
objects cannot be told."""
