# Tasks: steps, cancellation, eager starts, what is wrong to await, contexts, and what is said of a task that dies too early.
import asyncio
import contextvars
import gc
import weakref
import _asyncio

assert asyncio.Task is _asyncio.Task and asyncio.Future is _asyncio.Future


async def cancelling():
    seen = []

    async def stubborn():
        for _ in range(2):
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError as error:
                seen.append(error.args)
        await asyncio.sleep(3600)

    task = asyncio.create_task(stubborn(), name="stubborn")
    for message in ("one", "two", "three"):
        await asyncio.sleep(0)
        assert task.cancel(message)
    assert task.cancelling() == 3 and "stubborn" in repr(task)
    try:
        await task
        raise AssertionError("it was cancelled")
    except asyncio.CancelledError as error:
        assert error.args == ("three",)
    assert seen == [("one",), ("two",)] and task.cancelled() and not task.cancel()

    # Before its first step.
    task = asyncio.create_task(stubborn())
    assert task.cancel() and task._must_cancel
    assert task.uncancel() == 0 and not task._must_cancel and task.uncancel() == 0
    assert task.cancel("early")
    await asyncio.sleep(0)
    assert task.cancelled()

    # Cancelling who waits cancels what it waits for.
    inner = asyncio.create_task(asyncio.sleep(3600))

    async def outer():
        await inner

    outer_task = asyncio.create_task(outer())
    await asyncio.sleep(0)
    assert outer_task._fut_waiter is inner and inner._asyncio_awaited_by == {outer_task}
    outer_task.cancel()
    await asyncio.wait([outer_task])
    assert inner.cancelled() and outer_task.cancelled() and not inner._asyncio_awaited_by

    try:
        async with asyncio.timeout(0):
            await asyncio.sleep(3600)
        raise AssertionError("time was up")
    except TimeoutError:
        pass


async def eager():
    loop = asyncio.get_running_loop()
    main = asyncio.current_task()
    steps = []

    async def quick():
        steps.append(asyncio.current_task())
        assert asyncio.current_task() in asyncio.all_tasks()
        return 5

    task = asyncio.Task(quick(), loop=loop, eager_start=True)
    assert task.done() and task.result() == 5 and task.get_coro() is None and steps == [task]
    assert asyncio.current_task() is main

    async def failing():
        1 / 0

    task = asyncio.Task(failing(), loop=loop, eager_start=True)
    assert isinstance(task.exception(), ZeroDivisionError)

    async def slow():
        await asyncio.sleep(0)
        return asyncio.current_task()

    task = asyncio.Task(slow(), loop=loop, eager_start=True)
    assert not task.done() and task in asyncio.all_tasks()
    assert await task is task
    loop.set_task_factory(asyncio.eager_task_factory)
    assert sorted(await asyncio.gather(*[quick() for _ in range(5)])) == [5] * 5
    loop.set_task_factory(None)


async def wrong_awaits():
    class Yields:
        def __init__(self, value):
            self.value = value

        def __await__(self):
            yield self.value

    async def awaiting(value):
        await Yields(value)

    def generator():
        yield

    other = asyncio.new_event_loop()
    loop = asyncio.get_running_loop()
    cases = [
        (5, "Task got bad yield: 5"),
        (generator(), "yield was used instead of yield from for generator"),
        (loop.create_future(), "yield was used instead of yield from in task"),
        (other.create_future(), "attached to a different loop"),
    ]
    for value, message in cases:
        try:
            await awaiting(value)
            raise AssertionError(message)
        except RuntimeError as error:
            assert message in str(error), error
    other.close()

    async def itself():
        await task

    task = asyncio.create_task(itself())
    try:
        await task
        raise AssertionError("it waits for itself")
    except RuntimeError as error:
        assert "Task cannot await on itself" in str(error)
    for wrong in (5, generator(), cancelling):
        try:
            asyncio.Task(wrong, loop=loop)
            raise AssertionError(wrong)
        except TypeError as error:
            assert "a coroutine was expected" in str(error)
    try:
        _asyncio._enter_task(loop, None)
        raise AssertionError("two tasks at once")
    except RuntimeError as error:
        assert "Cannot enter into task None while another task" in str(error)


variable = contextvars.ContextVar("variable", default=0)


async def contexts():
    async def add(number):
        for _ in range(3):
            variable.set(variable.get() + number)
            await asyncio.sleep(0)
        return variable.get()

    variable.set(100)
    assert await asyncio.gather(*[add(number) for number in range(4)]) == [100, 103, 106, 109]
    context = contextvars.copy_context()
    task = asyncio.create_task(add(1), context=context)
    assert task.get_context() is context
    await task
    assert context[variable] == 103 and variable.get() == 100
    task = asyncio.Task(add(2), eager_start=True, context=context)
    assert context[variable] == 105 and variable.get() == 100
    assert await task == 109


class Kind(asyncio.Task):
    """A subclass may do as it likes."""

    def cancel(self, msg=None):
        self.asked = True
        return super().cancel(msg)


async def kinds():
    loop = asyncio.get_running_loop()
    inner = Kind(asyncio.sleep(3600), loop=loop)

    async def outer():
        await inner

    task = asyncio.create_task(outer())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert inner.asked and inner.cancelled()

    class Like:
        """Not a Future, and used as one."""

        _asyncio_future_blocking = False
        result_given = False

        def __init__(self):
            self.callbacks = []

        def get_loop(self):
            return loop

        def add_done_callback(self, callback, *, context):
            self.callbacks.append((callback, context))

        def result(self):
            return "like"

        def cancel(self, msg=None):
            return False

        def __await__(self):
            self._asyncio_future_blocking = True
            yield self
            return self.result()

    like = Like()

    async def waits():
        return await like

    task = asyncio.create_task(waits())
    await asyncio.sleep(0)
    assert task._fut_waiter is like and like._asyncio_future_blocking is False
    ((callback, context),) = like.callbacks
    assert callback.__self__ is task and context is task.get_context()
    loop.call_soon(callback, like)
    assert await task == "like"


def dying():
    told = []
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda loop, context: told.append(context["message"]))
    asyncio._set_running_loop(None)

    async def wait_forever():
        await loop.create_future()

    # The future and the task refer to one another, and nothing to them.
    task = loop.create_task(wait_forever())
    reference = weakref.ref(task)
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert asyncio.all_tasks(loop) == {task}
    del task
    gc.collect()
    gc.collect()
    assert reference() is None and told == ["Task was destroyed but it is pending!"], told
    assert asyncio.all_tasks(loop) == set()

    async def failing():
        raise KeyError

    del told[:]
    task = loop.create_task(failing())
    loop.call_soon(loop.stop)
    loop.run_forever()
    del task
    gc.collect()
    assert told == ["Task exception was never retrieved"], told
    silent = loop.create_task(wait_forever())
    silent._log_destroy_pending = False
    loop.call_soon(loop.stop)
    loop.run_forever()
    del silent
    gc.collect()
    assert len(told) == 1
    loop.close()


def interrupted():
    loop = asyncio.new_event_loop()

    async def leave(kind):
        raise kind

    for kind in (KeyboardInterrupt, SystemExit):
        task = loop.create_task(leave(kind))
        try:
            loop.run_until_complete(task)
            raise AssertionError(kind)
        except kind:
            pass
        assert isinstance(task.exception(), kind)
        assert _asyncio._get_running_loop() is None and _asyncio.current_task(loop) is None
    loop.close()


async def many():
    total = 0

    async def part(number):
        nonlocal total
        for _ in range(number % 5):
            await asyncio.sleep(0)
        total += number
        return number

    for _ in range(5):
        results = await asyncio.gather(*[part(number) for number in range(500)])
        assert results == list(range(500))
    assert total == 5 * sum(range(500)) and len(asyncio.all_tasks()) == 1


for main in (cancelling, eager, wrong_awaits, contexts, kinds, many):
    asyncio.run(main())
dying()
interrupted()
