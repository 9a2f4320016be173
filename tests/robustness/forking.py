# stdout: ok
# os.fork with other threads running, holding locks and printing: the child goes on alone, and ends.
import os
import sys
import threading
import time
import warnings

warnings.simplefilter("ignore")
stop = []


def busy():
    while not stop:
        sum(range(100))


def allocates():
    while not stop:
        [object() for _ in range(100)]


def locks():
    lock = threading.Lock()
    while not stop:
        with lock:
            pass


def prints():
    with open(os.devnull, "w") as file:
        while not stop:
            print("x", file=file)
            sys.stderr.write("")


def waits():
    while not stop:
        event.wait(0.01)


def interns():
    count = 0
    while not stop:
        count += 1
        sys.intern(f"name{count % 1000}")
        setattr(Names, f"name{count % 1000}", 1)


class Names:
    pass


event = threading.Event()
threads = [threading.Thread(target=target) for target in (busy, allocates, locks, prints, waits, interns, busy, interns)]
for thread in threads:
    thread.start()


def child():
    assert threading.active_count() == 1, threading.enumerate()
    assert threading.current_thread() is threading.main_thread()
    results = []
    workers = [threading.Thread(target=lambda: results.append(sum(range(1000)))) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert results == [499500] * 4
    import gc
    gc.collect()
    sys.intern("after fork")
    print(end="", flush=True)
    return 3


for _ in range(30):
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            code = child()
        except BaseException:
            import traceback
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 3, status

# A child that ends as programs do: it joins nobody who is not there.
pid = os.fork()
if pid == 0:
    stop.append(1)
    sys.exit(5)
_, status = os.waitpid(pid, 0)
assert os.waitstatus_to_exitcode(status) == 5, status


# From a thread that is not the main one.
def forks():
    pid = os.fork()
    if pid == 0:
        code = 98
        try:
            code = child()
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    codes.append(os.waitstatus_to_exitcode(status))


codes = []
forkers = [threading.Thread(target=forks) for _ in range(4)]
for thread in forkers:
    thread.start()
for thread in forkers:
    thread.join()
assert codes == [3] * 4, codes
stop.append(1)
for thread in threads:
    thread.join()
print("ok")
