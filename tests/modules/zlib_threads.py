# One compressor that several threads use stays in one piece; streams in every state answer.
import threading
import zlib

compressor = zlib.compressobj()
parts = []
lock = threading.Lock()


def work(letter):
    for _ in range(50):
        with lock:
            parts.append(compressor.compress(letter * 1000))


threads = [threading.Thread(target=work, args=(bytes([97 + i]),)) for i in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
parts.append(compressor.flush())
whole = zlib.decompress(b''.join(parts))
assert sorted(whole) == sorted(b'abcd' * 50000)

# Without a lock of the program's own: the order is anyone's, the state is whole.
shared = zlib.decompressobj()
data = zlib.compress(bytes(100_000))


def feed():
    for at in range(0, len(data), 7):
        try:
            shared.decompress(data[at:at + 7])
        except zlib.error:
            pass


threads = [threading.Thread(target=feed) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
try:
    compressor.compress(b'more')
except zlib.error:
    pass
try:
    compressor.flush()
except zlib.error:
    pass
copy = zlib.compressobj().copy()
assert zlib.decompress(copy.flush()) == b''
