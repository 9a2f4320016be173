# options: -W ignore
"""Signals that a program sends itself, and forks beside threads."""

import _thread
import os
import signal
import sys
import threading
import time
import warnings

# The handler runs before the next instruction.
try:
    _thread.interrupt_main()
    raise AssertionError
except KeyboardInterrupt:
    pass


def handler(number, frame):
    raise ZeroDivisionError(number)


signal.signal(signal.SIGTERM, handler)
try:
    _thread.interrupt_main(signal.SIGTERM)
    raise AssertionError
except ZeroDivisionError as error:
    assert error.args == (signal.SIGTERM,)
for ignored in (signal.SIG_IGN, signal.SIG_DFL):
    signal.signal(signal.SIGTERM, ignored)
    _thread.interrupt_main(signal.SIGTERM)
for number in (-1, 0, signal.NSIG):
    try:
        _thread.interrupt_main(number)
        raise AssertionError
    except ValueError as error:
        assert str(error) == "signal number out of range"

# From a thread, in the middle of a wait.
timer = threading.Timer(0.05, _thread.interrupt_main)
timer.start()
try:
    threading.Event().wait(30)
    raise AssertionError
except KeyboardInterrupt:
    pass
timer.join()

# A child has one thread; a fork that forgets others says so, and streams that they held can be written to.
stop = threading.Event()
out = open(os.devnull, "w")


def write():
    while not stop.is_set():
        print("x" * 50, file=out)


threads = [threading.Thread(target=write, daemon=True) for _ in range(3)]
for thread in threads:
    thread.start()
main = threading.main_thread()
for _ in range(20):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        child = os.fork()
        if child == 0:
            signal.alarm(60)
            print("child", file=out)
            out.flush()
            late = threading.Thread(target=lambda: print("thread", file=out))
            late.start()
            late.join()
            os._exit(5)
    assert seen[0].category is DeprecationWarning, seen
    expected = f"This process (pid={os.getpid()}) is multi-threaded, use of fork() may lead to deadlocks in the child."
    assert str(seen[0].message) == expected
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 5
stop.set()
for thread in threads:
    thread.join()


# In the child of another thread the main one is over, and can be joined.
def fork():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if child == 0:
        signal.alarm(60)
        main.join()
        os._exit(0 if threading.main_thread() is threading.current_thread() else 1)
    results.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


results = []
forker = threading.Thread(target=fork)
forker.start()
forker.join()
assert results == [0], results
