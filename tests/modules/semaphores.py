# Semaphores of the system, from several threads, until they go.
import threading
from multiprocessing import get_context

context = get_context('spawn')
lock = context.Lock()
count = 0


def work():
    global count
    for _ in range(300):
        with lock:
            count += 1


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert count == 1200, count
bounded = context.BoundedSemaphore(2)
assert bounded.acquire() and bounded.acquire() and not bounded.acquire(False)
assert not bounded.acquire(timeout=0.01)
bounded.release()
bounded.release()
try:
    bounded.release()
except ValueError:
    pass
else:
    raise AssertionError('released too often')
for _ in range(50):
    context.Lock()
