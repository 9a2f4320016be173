# Frames of threads that run, wait and end while others look at them.
import sys
import threading
import time

stop = threading.Event()


def deep(n):
    local = [n]
    if n:
        return deep(n - 1)
    return sum(number for number in range(20)) + local[0]


def work():
    while not stop.is_set():
        deep(10)
        try:
            raise ValueError(deep(3))
        except ValueError:
            pass


threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
seen = set()
end = time.monotonic() + 1
while time.monotonic() < end:
    kept = []
    for ident, frame in sys._current_frames().items():
        while frame is not None:
            seen.add(frame.f_code.co_name)
            assert frame.f_lineno is None or frame.f_lineno > 0
            kept.append(frame)
            frame = frame.f_back
    sys._current_exceptions()
stop.set()
for thread in threads:
    thread.join()
assert {'work', '<module>'} <= seen, seen
for frame in kept:
    frame.f_code, frame.f_locals, frame.f_lineno
