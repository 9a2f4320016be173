# Threads that use one buffered stream take turns; reading and writing in turn leaves both in step.
import io
import os
import tempfile
import threading

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, 'file')

    # Records written by many threads are whole.
    with open(path, 'wb', buffering=100) as file:
        def write(letter):
            for _ in range(500):
                file.write(letter * 10)

        threads = [threading.Thread(target=write, args=(bytes([97 + i]),)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with open(path, 'rb') as file:
        data = file.read()
    records = [data[at:at + 10] for at in range(0, len(data), 10)]
    assert len(records) == 2000 and all(record == record[:1] * 10 for record in records)

    # Each byte is read by one thread.
    seen = []
    with open(path, 'rb', buffering=64) as file:
        def read():
            while piece := file.read(10):
                seen.append(piece)

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(seen) == sorted(records)

    # Bytes read ahead and bytes to be written are never both there.
    with open(path, 'w+b', buffering=16) as file:
        file.write(b'0123456789' * 4)
        file.seek(5)
        assert file.read(3) == b'567'
        file.write(b'AB')
        assert file.read(2) == b'01'
        assert file.tell() == 12
        file.seek(0)
        assert file.read() == b'01234567AB' + b'0123456789' * 3

# A stream whose raw stream comes back to it does not wait for itself.
class Raw(io.RawIOBase):
    def writable(self):
        return True

    def write(self, data):
        try:
            buffered.flush()
        except RuntimeError:
            caught.append(True)
        return len(data)


caught = []
buffered = io.BufferedWriter(Raw())
buffered.write(b'abc')
buffered.flush()
assert caught
