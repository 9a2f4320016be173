"""Interpreters beside the main one, of which there are none: Weft runs one interpreter a process.

What asks about interpreters is answered for the main one; what would make or
use another raises InterpreterError and says so.
"""

__all__ = ["InterpreterError", "InterpreterNotFoundError", "NotShareableError"]

WHENCE_UNKNOWN, WHENCE_RUNTIME, WHENCE_LEGACY_CAPI, WHENCE_CAPI, WHENCE_XI, WHENCE_STDLIB = range(6)

_MAIN = 0


class InterpreterError(Exception):
    """A cross-interpreter operation failed"""

    __module__ = "concurrent.interpreters"


class InterpreterNotFoundError(InterpreterError):
    """An interpreter was not found"""

    __module__ = "concurrent.interpreters"


class NotShareableError(TypeError):
    __module__ = "concurrent.interpreters"


class CrossInterpreterBufferView:
    """A view of another interpreter's buffer."""

    def __init__(self, *args, **kwargs):
        raise TypeError("cannot create '_interpreters.CrossInterpreterBufferView' instances")


def _check(id):
    if not isinstance(id, int):
        raise TypeError(f"interpreter ID must be an int, got {type(id).__name__}")
    if id < 0:
        raise ValueError(f"interpreter ID must be a non-negative int, got {id!r}")
    if id != _MAIN:
        raise InterpreterNotFoundError(f"unrecognized interpreter ID {id}")


def _refuse(id=_MAIN, *args, **kwargs):
    _check(id)
    raise InterpreterError("Weft runs one interpreter a process: there is no other to run code in")


def create(config=None, *, reqrefs=False):
    """Create a new interpreter, which is not possible here."""
    raise InterpreterError("interpreter creation failed: Weft runs one interpreter a process")


def list_all(*, require_ready=False):
    """Return pairs of the identifier and the origin of every interpreter."""
    return [get_main()]


def get_current():
    """Return the identifier and the origin of the interpreter that asks."""
    return get_main()


def get_main():
    """Return the identifier and the origin of the main interpreter."""
    return _MAIN, WHENCE_RUNTIME


def is_running(id, *, restrict=False):
    """Return whether the interpreter runs its main module."""
    _check(id)
    return True


def whence(id):
    """Return by what the interpreter was made."""
    _check(id)
    return WHENCE_RUNTIME


def incref(id, *, implieslink=False, restrict=False):
    """Count a use of the interpreter."""
    _check(id)


def decref(id, *, restrict=False):
    """Take back a use of the interpreter."""
    _check(id)


def is_shareable(obj):
    """Return whether the object's data could be used by another interpreter."""
    if type(obj) is tuple:
        return all(map(is_shareable, obj))
    return obj is None or type(obj) in (bool, int, float, str, bytes, memoryview)


destroy = exec = call = run_string = run_func = set___main___attrs = _refuse
capture_exception = get_config = new_config = _refuse
