# Whoever may take an item finds one; none is lost, none comes twice, and those of one thread keep their order.
import queue
import threading

ITEMS = 2000
line = queue.SimpleQueue()
taken = [[] for _ in range(3)]


def put(source):
    for number in range(ITEMS):
        line.put((source, number))


def get(into):
    while (item := line.get()) is not None:
        into.append(item)


producers = [threading.Thread(target=put, args=(source,)) for source in range(3)]
consumers = [threading.Thread(target=get, args=(into,)) for into in taken]
for thread in producers + consumers:
    thread.start()
for thread in producers:
    thread.join()
for _ in consumers:
    line.put(None)
for thread in consumers:
    thread.join()
assert sorted(sum(taken, [])) == [(source, number) for source in range(3) for number in range(ITEMS)]
for into in taken:
    for source in range(3):
        mine = [number for origin, number in into if origin == source]
        assert mine == sorted(mine)
assert line.empty() and line.qsize() == 0
try:
    line.get(timeout=0.01)
except queue.Empty:
    pass
else:
    raise AssertionError('an item from nowhere')
