"""Stands where CPython has its subinterpreters.

A process of Weft has one interpreter, whose threads run at once.
"""

raise ModuleNotFoundError(
    "there is no module '_interpreters': Weft has one interpreter in a process; use threads, or processes",
    name="_interpreters",
)
