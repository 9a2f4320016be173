# A future ends once, whatever other threads do with it, and tells each callback once.
import asyncio
import gc
import threading
import weakref

ROUNDS = 300


class Loop:
    """As much of an event loop as a future asks for; callbacks may be scheduled by any thread."""

    def __init__(self):
        self.scheduled = []

    def get_debug(self):
        return False

    def call_soon(self, callback, *args, context=None):
        self.scheduled.append((callback, args))


def together(*functions):
    barrier = threading.Barrier(len(functions))

    def begin(function):
        barrier.wait()
        function()

    threads = [threading.Thread(target=begin, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def end_and_add(round_number):
    loop = Loop()
    future = asyncio.Future(loop=loop)
    ended = []

    def finish(value):
        try:
            future.set_result(value)
            ended.append(value)
        except asyncio.InvalidStateError:
            pass

    def cancel():
        if future.cancel():
            ended.append("cancelled")

    def add(start):
        for number in range(start, start + 20):
            future.add_done_callback(number)

    together(lambda: finish("first"), lambda: finish("second"), cancel, lambda: add(0), lambda: add(20))
    assert len(ended) == 1 and future.done(), ended
    if ended == ["cancelled"]:
        assert future.cancelled()
    else:
        assert future.result() == ended[0]
    assert sorted(callback for callback, _ in loop.scheduled) == list(range(40))
    assert all(args == (future,) for _, args in loop.scheduled)


for number in range(ROUNDS):
    end_and_add(number)


def removing():
    loop = Loop()
    future = asyncio.Future(loop=loop)

    class Equal:
        def __init__(self, number):
            self.number = number

        def __eq__(self, other):
            if self.number == 3 and not nested:
                nested.append(True)
                future.remove_done_callback(gone)
            return self.number == other.number

    nested = []
    gone = Equal(1)
    callbacks = [Equal(number % 4) for number in range(12)]
    for callback in callbacks:
        future.add_done_callback(callback)
    assert future.remove_done_callback(Equal(2)) == 3
    assert 2 not in [callback.number for callback, _ in future._callbacks]
    future.set_result(None)
    assert {0, 3} <= {callback.number for callback, _ in loop.scheduled} <= {0, 1, 3}
    assert future._callbacks is None


removing()


def states():
    loop = Loop()
    future = asyncio.Future(loop=loop)
    assert future._state == "PENDING" and future._loop is loop is future.get_loop()
    for call in (future.result, future.exception):
        try:
            call()
            raise AssertionError("a pending future has a result")
        except asyncio.InvalidStateError:
            pass
    error = ValueError("wrong")
    future.set_exception(error)
    assert future._log_traceback and future.exception() is error and not future._log_traceback
    try:
        future.result()
    except ValueError as caught:
        assert caught is error
    try:
        future.set_exception(StopIteration)
        raise AssertionError("ended twice")
    except asyncio.InvalidStateError:
        pass
    stopped = asyncio.Future(loop=loop)
    stopped.set_exception(StopIteration(5))
    assert type(stopped.exception()) is RuntimeError and stopped.exception().__cause__.value == 5
    cancelled = asyncio.Future(loop=loop)
    assert cancelled.cancel("why") and not cancelled.cancel()
    try:
        cancelled.result()
        raise AssertionError("a cancelled future has a result")
    except asyncio.CancelledError as caught:
        assert caught.args == ("why",)
    iterator = iter(cancelled)
    try:
        next(iterator)
        raise AssertionError("a cancelled future was awaited")
    except asyncio.CancelledError:
        pass
    done = asyncio.Future(loop=loop)
    iterator = done.__await__()
    assert next(iterator) is done and done._asyncio_future_blocking
    try:
        next(iterator)
        raise AssertionError("nobody has waited")
    except RuntimeError as caught:
        assert str(caught) == "await wasn't used with future"
    done.set_result((1, 2))
    try:
        iterator.send(None)
    except StopIteration as caught:
        assert caught.value == (1, 2)
    bare = asyncio.Future.__new__(asyncio.Future)
    for call in (bare.cancel, bare.get_loop, bare.__iter__, bare.__repr__):
        try:
            call()
            raise AssertionError("not begun, and yet")
        except RuntimeError as caught:
            assert str(caught) == "Future object is not initialized."


states()


def forgotten():
    told = []
    loop = Loop()
    loop.call_exception_handler = told.append
    future = asyncio.Future(loop=loop)
    error = KeyError("nobody asks")
    future.set_exception(error)
    del future
    gc.collect()
    (context,) = told
    assert context["message"] == "Future exception was never retrieved" and context["exception"] is error
    looked_at = asyncio.Future(loop=loop)
    looked_at.set_exception(error)
    looked_at.exception()
    del looked_at
    gc.collect()
    assert len(told) == 1


forgotten()


def cycles():
    class Kept(asyncio.Future):
        pass

    loop = Loop()
    references = []
    for kind in (asyncio.Future, Kept):
        future = kind(loop=loop)
        future.itself = future
        future.add_done_callback(future.done)
        other = kind(loop=loop)
        other.set_result(other)
        asyncio.future_add_to_awaited_by(future, other)
        asyncio.future_add_to_awaited_by(future, future)
        asyncio.future_add_to_awaited_by(other, future)
        references += [weakref.ref(future), weakref.ref(other)]
        del future, other
    gc.collect()
    gc.collect()
    assert [reference() for reference in references] == [None] * 4


cycles()
