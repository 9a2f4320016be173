# stdout: ok
# SIGINT ends a busy loop and every way to wait, on the main thread, with other threads busy or not.
import concurrent.futures
import os
import queue
import select
import signal
import socket
import subprocess
import sys
import threading
import time


# For those that start threads: a signal while Thread.start() waits for the new thread may leave the lock that both use with the
# wrong one of them, in CPython too.
at_work = threading.Event()


def interrupt(call, delay=0.1):
    def later():
        if call in (join, future, pool_of_busy):
            at_work.wait()
            at_work.clear()
        time.sleep(delay)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=later)
    thread.start()
    begun = time.monotonic()
    try:
        call()
    except KeyboardInterrupt:
        pass
    else:
        raise AssertionError(f"not interrupted: {call}")
    finally:
        thread.join()
    assert time.monotonic() - begun < 20


def loop():
    while True:
        pass


def native_loop():
    import itertools
    for _ in itertools.repeat(None):
        pass


def consume():
    import collections
    import itertools
    collections.deque(itertools.repeat(None), maxlen=0)


def total():
    import itertools
    sum(itertools.repeat(1))


def find():
    import itertools
    5 in itertools.repeat(1)


def acquire():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def acquire_timed():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire(timeout=100)


def rlock():
    lock = threading.RLock()
    thread = threading.Thread(target=lock.acquire)
    thread.start()
    thread.join()
    lock.acquire()


def condition():
    variable = threading.Condition()
    with variable:
        variable.wait()


def pipe():
    reader, writer = os.pipe()
    try:
        os.read(reader, 1)
    finally:
        os.close(reader)
        os.close(writer)


def join():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    try:
        thread.start()
        at_work.set()
        thread.join()
    finally:
        stop.set()


def future():
    stop = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        try:
            waiting = pool.submit(stop.wait)
            at_work.set()
            waiting.result()
        finally:
            stop.set()


def pool_of_busy():
    stop = []

    def busy():
        while not stop:
            pass

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        try:
            futures = [pool.submit(busy) for _ in range(4)]
            at_work.set()
            concurrent.futures.wait(futures)
        finally:
            stop.append(1)


def read_socket():
    one, two = socket.socketpair()
    with one, two:
        one.recv(1)


def handler_raises():
    signal.signal(signal.SIGINT, lambda *args: 1 / 0)
    try:
        while True:
            pass
    except ZeroDivisionError:
        raise KeyboardInterrupt
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


waits = [loop, native_loop, consume, total, find, acquire, acquire_timed, rlock, condition, pipe, join, future, pool_of_busy,
         handler_raises,
         threading.Event().wait, lambda: threading.Event().wait(100), lambda: time.sleep(100), signal.pause,
         queue.Queue().get, queue.SimpleQueue().get, lambda: queue.SimpleQueue().get(timeout=100),
         threading.Semaphore(0).acquire, threading.Barrier(2).wait, lambda: select.select([], [], [], 100),
         lambda: subprocess.run(["sleep", "100"])]
for wait in waits:
    interrupt(wait)

# A handler that returns lets the wait go on.
called = []
signal.signal(signal.SIGINT, lambda *args: called.append(args[0]))
for wait in (lambda: time.sleep(0.3), lambda: threading.Event().wait(0.3), lambda: select.select([], [], [], 0.3)):
    thread = threading.Thread(target=lambda: (time.sleep(0.1), os.kill(os.getpid(), signal.SIGINT)))
    begun = time.monotonic()
    thread.start()
    wait()
    assert time.monotonic() - begun >= 0.29
    thread.join()
assert called == [signal.SIGINT] * 3
signal.signal(signal.SIGINT, signal.default_int_handler)

# While other threads work.
stop = []


def work():
    while not stop:
        sorted(range(1000), key=lambda x: -x)


threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads:
    thread.start()
for wait in (loop, acquire, condition, lambda: time.sleep(100)):
    interrupt(wait)
stop.append(1)
for thread in threads:
    thread.join()

# Uncaught, it ends the program as the signal would.
source = """
import time
print("ready", flush=True)
while True: pass
"""
for wait in ("while True: pass", "import time; time.sleep(100)", "import threading; threading.Lock().acquire() and 0 or threading.Event().wait()",
             "import threading; l = threading.Lock(); l.acquire(); l.acquire()", "import sys; sys.stdin.read()",
             "input()", "import threading; threading.Thread(target=__import__('time').sleep, args=(2,)).start()"):
    process = subprocess.Popen([sys.executable, "-c", "print('ready', flush=True)\n" + wait], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    error = process.stderr.read()
    code = process.wait(timeout=60)
    if "target" not in wait:
        assert code == -signal.SIGINT, (wait, code, error)
        assert error.rstrip().endswith("KeyboardInterrupt"), (wait, error)
    process.stdin.close()
    process.stdout.close()
    process.stderr.close()
print("ok")
