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


# One thread alone: what is put while others wait to be taken comes after them, however they are mixed.
line = queue.SimpleQueue()
put = got = 0
for step in range(300):
    for _ in range(step % 7):
        line.put(put)
        put += 1
    assert line.qsize() == put - got and line.empty() == (put == got)
    for _ in range(min(step % 5, put - got)):
        assert line.get() == got
        got += 1
while got < put:
    assert line.get_nowait() == got
    got += 1
assert line.empty()

# What has held many items goes on.
for _ in range(2):
    for number in range(20_000):
        line.put(number)
    assert [line.get() for _ in range(20_000)] == list(range(20_000)) and line.qsize() == 0

# Items are found by the collector, and go with their queue.
import gc
import weakref


class Item:
    pass


for taken in (False, True):
    line, item = queue.SimpleQueue(), Item()
    item.line = line
    line.put(1)
    line.put(item)
    if taken:
        line.get()  # the rest is in front now
    gone = weakref.ref(item)
    del line, item
    gc.collect()
    assert gone() is None
