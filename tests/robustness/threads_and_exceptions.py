# stdout: ok
# stderr: Exception in thread named-one:
# stderr: ValueError: in a thread
# stderr: Exception ignored in thread started by <function bare at 0x
# stderr: KeyError: 'bare'
# stderr-not: SystemExit
# stderr-not: leaving
# An exception in a thread is reported and ends nothing else; SystemExit ends its thread quietly.
import _thread
import sys
import threading
import time


def fails():
    raise ValueError("in a thread")


def leaves():
    sys.exit("leaving")


def bare(done):
    try:
        raise KeyError("bare")
    finally:
        done.release()


def bare_exit(done):
    done.release()
    raise SystemExit(3)


for target in (fails, leaves):
    thread = threading.Thread(target=target, name="named-one")
    thread.start()
    thread.join()
    assert not thread.is_alive()
for target in (bare, bare_exit):
    done = _thread.allocate_lock()
    done.acquire()
    _thread.start_new_thread(target, (done,))
    done.acquire()
time.sleep(0.2)

seen = []
threading.excepthook = lambda args: seen.append((args.exc_type, str(args.exc_value), args.thread.name))
threads = [threading.Thread(target=fails, name=f"t{i}") for i in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert sorted(seen) == sorted((ValueError, "in a thread", f"t{i}") for i in range(8)), seen
threading.excepthook = threading.__excepthook__


def recursive():
    recursive()


threading.excepthook = lambda args: seen.append(args.exc_type)
seen.clear()
threads = [threading.Thread(target=recursive) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert seen == [RecursionError] * 8, seen
print("ok")
