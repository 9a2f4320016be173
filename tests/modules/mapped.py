# Memory that is mapped: views keep it, threads may close it, errors.
import mmap
import tempfile
import threading

with tempfile.TemporaryFile() as file:
    file.write(b"0123456789" * 10)
    file.flush()
    with mmap.mmap(file.fileno(), 0) as mapped:
        assert len(mapped) == 100 and mapped[0] == 48 and mapped[1:5:2] == b"13"
        mapped[:3] = b"abc"
        assert mapped.find(b"3") == 3 and mapped.rfind(b"89") == 98
        mapped.seek(0)
        assert mapped.read(4) == b"abc3" and mapped.tell() == 4
        mapped.resize(50)
        view = memoryview(mapped)
        part = bytes(view[:3])
        try:
            mapped.close()
        except BufferError:
            pass
        else:
            raise AssertionError("BufferError was expected")
        view.release()
    file.seek(0)
    assert file.read(3) == b"abc"
    try:
        mapped[0]
    except ValueError as error:
        assert str(error) == "mmap closed or invalid"

for _ in range(20):
    mapped = mmap.mmap(-1, 1000)

    def use():
        try:
            while True:
                mapped[5] = (mapped[5] + 1) % 256
        except ValueError:
            pass

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    mapped.close()
    for thread in threads:
        thread.join()

for wrong, error in ((-1, OverflowError), (0, OSError)):
    try:
        mmap.mmap(-1, wrong)
    except error:
        pass
    else:
        raise AssertionError(wrong)
