# The hashes of hashlib: known answers, copies, threads that share one, errors.
import hashlib
import threading

ANSWERS = {
    "md5": "900150983cd24fb0d6963f7d28e17f72",
    "sha1": "a9993e364706816aba3e25717850c26c9cd0d89d",
    "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "sha3_256": "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
    "blake2s": "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982",
}
for name, answer in ANSWERS.items():
    made = hashlib.new(name, b"ab")
    copy = made.copy()
    made.update(b"c")
    assert made.hexdigest() == answer, name
    assert copy.hexdigest() != answer
assert hashlib.shake_128(b"abc").hexdigest(10) == "5881092dd818bf5cf8a3"

keyed = dict(key=b"k", salt=b"s", person=b"p", digest_size=20, fanout=2, depth=3, leaf_size=4)
tree = dict(node_offset=5, node_depth=1, inner_size=32, last_node=True)
assert hashlib.blake2b(b"a", **keyed, **tree).hexdigest() == "b2ba98b9fee952a353569f41e178e32d79e7881d"
assert hashlib.blake2s(b"a", **keyed, **tree).hexdigest() == "eed083e6b6a99e2486d37c79cb7f16a4dd346dab"

shared = hashlib.sha256()
block = b"x" * 5000
threads = [threading.Thread(target=lambda: [shared.update(block) for _ in range(20)]) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert shared.digest() == hashlib.sha256(block * 80).digest()

for wrong in (lambda: hashlib.md5("text"), lambda: hashlib.md5(b"", x=1), lambda: hashlib.md5(5)):
    try:
        wrong()
    except TypeError:
        pass
    else:
        raise AssertionError("TypeError was expected")
try:
    hashlib.blake2b(digest_size=65)
except ValueError:
    pass
else:
    raise AssertionError("ValueError was expected")
