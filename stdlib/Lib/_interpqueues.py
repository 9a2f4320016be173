"""Queues between interpreters, of which Weft runs one a process: none can be made.

See `_interpreters`. Within one interpreter there is `queue`.
"""


class QueueError(RuntimeError):
    """Indicates that a queue-related error happened."""

    __module__ = "concurrent.interpreters"


class QueueNotFoundError(QueueError):
    __module__ = "concurrent.interpreters"


def create(maxsize, unboundop=-1, fallback=-1):
    """Create a queue, which is not possible here."""
    raise QueueError("Weft runs one interpreter a process: there is nobody to share a queue with")


def list_all():
    """Return what is known of each queue."""
    return []


def _missing(qid, *args, **kwargs):
    raise QueueNotFoundError(f"queue {qid} not found")


def _register_heap_types(queuetype, emptyerror, fullerror):
    """Take the classes that the front end defines."""


bind = destroy = get = get_count = get_maxsize = get_queue_defaults = is_full = put = release = _missing
