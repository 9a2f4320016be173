# exit: 7
# stdout-any:
# The program ends while daemon threads are busy, wait, print, allocate, and hold locks.
import queue
import sys
import threading
import time

lock = threading.Lock()
started = []


def busy():
    started.append(1)
    while True:
        sum(range(100))


def waits():
    started.append(1)
    threading.Event().wait()


def sleeps():
    started.append(1)
    time.sleep(1000)


def holds():
    with lock:
        started.append(1)
        while True:
            pass


def wants():
    started.append(1)
    with lock:
        pass


def gets():
    started.append(1)
    queue.Queue().get()


def writes():
    started.append(1)
    while True:
        sys.stderr.write("")
        with open("/dev/null", "w") as file:
            print("x" * 100, file=file)


def allocates():
    started.append(1)
    kept = []
    while True:
        kept = [kept[-50:], {}, (1, object())]


def shares():
    started.append(1)
    while True:
        shared.append(object())
        if len(shared) > 100:
            shared.clear()


def starts():
    started.append(1)
    while True:
        try:
            thread = threading.Thread(target=lambda: None, daemon=True)
            thread.start()
            thread.join()
        except RuntimeError:
            pass


shared = []
targets = [busy, waits, sleeps, holds, wants, gets, writes, allocates, shares, starts]
for target in targets * 2:
    threading.Thread(target=target, daemon=True).start()
while len(started) < len(targets) * 2 - 1:
    time.sleep(0.01)

sys.exit(7)
