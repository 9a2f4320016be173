# Signals arrive while the process allocates, locks and waits, and the handler runs on the main thread.
import os
import signal
import threading
import time

count = 0


def note(number, frame):
    global count
    assert threading.current_thread() is threading.main_thread()
    assert number == signal.SIGUSR1
    count += 1


signal.signal(signal.SIGUSR1, note)
stop = False


def send():
    while not stop:
        os.kill(os.getpid(), signal.SIGUSR1)
        time.sleep(0.0005)


def busy():
    while not stop:
        [str(number) for number in range(50)]


threads = [threading.Thread(target=send), threading.Thread(target=busy), threading.Thread(target=busy)]
for thread in threads:
    thread.start()
kept = []
lock = threading.Lock()
while count < 200:
    kept.append({str(number): [number] for number in range(20)})
    with lock:
        pass
    time.sleep(0.0001)
    lock.acquire(timeout=0.0001)
    lock.release()
stop = True
for thread in threads:
    thread.join()

# An exception of a handler ends a wait.
class Woken(Exception):
    pass


def wake(number, frame):
    raise Woken


signal.signal(signal.SIGALRM, wake)
for wait in (lambda: time.sleep(60), lambda: threading.Event().wait(60), lambda: os.read(os.pipe()[0], 1)):
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    try:
        wait()
    except Woken:
        pass
    else:
        raise AssertionError('a wait went on')
