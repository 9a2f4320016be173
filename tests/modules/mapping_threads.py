# Mapped memory is there while somebody looks at it, and not after it was closed.
import mmap
import threading

memory = mmap.mmap(-1, 1 << 16)
view = memoryview(memory)
for change in (memory.close, lambda: memory.resize(1 << 12)):
    try:
        change()
    except BufferError:
        pass
    else:
        raise AssertionError('mapped memory went from under a view')
view.release()


def write(number):
    for at in range(number, 1 << 14, 4):
        memory[at] = number


def read():
    for _ in range(200):
        memory.find(b'\1\2')
        memory[:100]


threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
threads += [threading.Thread(target=read) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert memory[:8] == bytes([0, 1, 2, 3]) * 2
memory.close()
for use in (lambda: memory[0], memory.size, memory.flush, lambda: memory.find(b'a')):
    try:
        use()
    except ValueError:
        pass
    else:
        raise AssertionError('closed memory was used')
