# options: -W ignore
# What a thread keeps in a `threading.local` is its own, and goes with it.
import os
import threading
import weakref


class Thing:
    pass


local = threading.local()
local.mark = 'main'
references = []


def work(number):
    assert not hasattr(local, 'mark')
    local.mark = number
    thing = local.thing = Thing()
    references.append(weakref.ref(thing))
    for _ in range(200):
        assert local.mark == number
        local.mark = number


for _ in range(5):
    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
assert local.mark == 'main'
assert len(references) == 40
assert all(reference() is None for reference in references)

# Nothing of other threads is there in a forked child, whoever has their place.
ready, done = threading.Event(), threading.Event()


def hold():
    local.mark = 'other'
    ready.set()
    done.wait()


holder = threading.Thread(target=hold)
holder.start()
ready.wait()
child = os.fork()
if child == 0:
    code = 1
    try:
        found = []
        fresh = [threading.Thread(target=lambda: found.append(hasattr(local, 'mark'))) for _ in range(3)]
        for thread in fresh:
            thread.start()
            thread.join()
        code = 0 if local.mark == 'main' and found == [False] * 3 else 2
    finally:
        os._exit(code)
done.set()
holder.join()
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
