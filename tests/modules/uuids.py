# Identifiers from the time and the machine: none twice, whichever threads and processes make them.
import _uuid
import os
import threading
import time
import uuid

assert (_uuid.has_uuid_generate_time_safe, _uuid.has_stable_extractable_node) == (1, 0)
made, safety = _uuid.generate_time_safe()
assert type(made) is bytes and len(made) == 16 and safety in (-1, 0), (made, safety)
try:
    _uuid.generate_time_safe(1)
except TypeError as error:
    assert str(error) == '_uuid.generate_time_safe() takes no arguments (1 given)', error
else:
    raise AssertionError('an argument was taken')

one = uuid.uuid1()
assert one.version == 1 and one.variant == uuid.RFC_4122, one
assert one.is_safe in (uuid.SafeUUID.safe, uuid.SafeUUID.unsafe), one.is_safe
assert abs(time.time() - (one.time - 0x01B21DD213814000) / 1e7) < 60, one.time
assert uuid.uuid1().node == one.node

lists = [[] for _ in range(4)]


def work(found):
    for _ in range(2000):
        found.append(_uuid.generate_time_safe()[0])


threads = [threading.Thread(target=work, args=(found,)) for found in lists]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len({made for found in lists for made in found}) == 8000
for found in lists:
    times = [uuid.UUID(bytes=made).time for made in found]
    assert times == sorted(times), 'a time that goes back'

# A child that is forked does not go on from where its parent does.
reading, writing = os.pipe()
child = os.fork()
if child == 0:
    os.write(writing, b''.join(_uuid.generate_time_safe()[0] for _ in range(100)))
    os._exit(0)
own = {_uuid.generate_time_safe()[0] for _ in range(100)}
os.close(writing)
with open(reading, 'rb') as pipe:
    other = pipe.read()
os.waitpid(child, 0)
assert len(other) == 1600
assert not own & {other[at:at + 16] for at in range(0, 1600, 16)}
