# Forms of the typing module, which rest on native type parameters.
import sys
from typing import Annotated, Callable, Dict, Generic, List, Optional, ParamSpec, Tuple, TypeVar, TypeVarTuple, Unpack
import re


def raises(kind, message, call, *args):
    try:
        call(*args)
    except kind as e:
        assert message in str(e), (str(e), message)
        return e
    raise AssertionError(f"{kind} expected")


T, S, P, Ts = TypeVar("T"), TypeVar("S"), ParamSpec("P"), TypeVarTuple("Ts")
shown = [
    List[T][int], Dict[T, S][int, str], Callable[P, T][[int], str], Annotated[T, 1][int],
    Tuple[T, Unpack[Ts]][int, str, str], List[Dict[T, S]][int, str],
]
assert list(map(str, shown)) == [
    "typing.List[int]", "typing.Dict[int, str]", "typing.Callable[[int], str]", "typing.Annotated[int, 1]",
    "typing.Tuple[int, str, str]", "typing.List[typing.Dict[int, str]]",
], shown
raises(TypeError, "Too few arguments for typing.Dict[~T, ~S]; actual 1, expected at least 2", Dict[T, S].__getitem__, int)
assert ParamSpec("Q", bound=(int, str)).__bound__ == (int, str)

# A parameter made where there is no module has none.
namespace = {}
exec("from typing import TypeVar; V = TypeVar('V')", namespace)
assert namespace["V"].__module__ is None and T.__module__ == __name__

# Subscripts alone make no sequence.
for value, name in (int | str, "typing.Union"), (re.match("a", "a"), "re.Match"):
    for call in iter, list, tuple:
        raises(TypeError, f"'{name}' object is not iterable", call, value)


# An AttributeError that a program raises without a word learns where it comes from; a local name is no suggestion.
class Silent:
    def __getattr__(self, name):
        raise AttributeError


silent = Silent()
error = raises(AttributeError, "", lambda: silent.something)
assert (error.name, error.obj) == ("something", silent)


def unbound():
    print(late)
    late = 1


assert raises(UnboundLocalError, "late", unbound).name is None
assert [raises(SystemExit, "", sys.exit, status).code for status in (None, 3, (4,), (5, 6))] == [None, 3, 4, (5, 6)]
