# While a view exists, an array keeps its bytes where they are.
import threading
from array import array

a = array('i', range(100))
view = memoryview(a)
for change in (
    lambda: a.append(1),
    lambda: a.extend([1]),
    lambda: a.pop(),
    lambda: a.insert(0, 1),
    lambda: a.__delitem__(0),
    lambda: a.frombytes(b'1234'),
    lambda: a.__imul__(2),
):
    try:
        change()
    except BufferError:
        pass
    else:
        raise AssertionError('an array whose bytes are lent was resized')
a[0] = 7
assert view[0] == 7
view.release()
a.append(1)
assert len(a) == 101

# The same with threads: whatever is lent keeps its length while it is.
shared = array('b', bytes(64))
stop = threading.Event()


def look():
    while not stop.is_set():
        with memoryview(shared) as lent:
            length = len(lent)
            total = sum(lent)
            assert len(lent) == length and total == 0


def change():
    for step in range(2000):
        try:
            shared.append(0)
            if step % 3 == 0:
                del shared[64:]
        except BufferError:
            pass
    stop.set()


threads = [threading.Thread(target=look) for _ in range(3)] + [threading.Thread(target=change)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
