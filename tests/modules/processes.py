# Programs that are started: pipes, descriptors, failures; processes that work on a queue.
import multiprocessing
import os
import subprocess
import sys


def square(number):
    return number * number


def answer(connection):
    connection.send(connection.recv() + 1)
    connection.close()


def add(lock, queue):
    with lock:
        queue.put(os.getpid())


if __name__ == "__main__":
    done = subprocess.run(["cat"], input=b"x" * 100_000, capture_output=True)
    assert done.returncode == 0 and len(done.stdout) == 100_000
    done = subprocess.run("echo out; echo err >&2; exit 3", shell=True, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (3, "out\n", "err\n")
    try:
        subprocess.run(["/nonexistent/program"])
    except FileNotFoundError as error:
        assert error.filename == "/nonexistent/program"
    else:
        raise AssertionError("FileNotFoundError was expected")
    try:
        subprocess.run(["sleep", "20"], timeout=0.1)
    except subprocess.TimeoutExpired:
        pass
    else:
        raise AssertionError("TimeoutExpired was expected")

    def fail():
        raise ValueError

    try:
        subprocess.run(["true"], preexec_fn=fail)
    except subprocess.SubprocessError:
        pass
    else:
        raise AssertionError("SubprocessError was expected")
    shown = subprocess.check_output([sys.executable, "-I", "-c", "import sys; print(sys.flags.isolated)"])
    assert shown == b"1\n"

    for method in ("fork", "forkserver", "spawn"):
        context = multiprocessing.get_context(method)
        ours, theirs = context.Pipe()
        process = context.Process(target=answer, args=(theirs,))
        process.start()
        ours.send(41)
        assert ours.recv() == 42, method
        process.join()
        assert process.exitcode == 0
        with context.Pool(2) as pool:
            assert pool.map(square, range(5)) == [0, 1, 4, 9, 16], method
        lock, queue = context.Lock(), context.Queue()
        process = context.Process(target=add, args=(lock, queue))
        process.start()
        assert queue.get(timeout=60) == process.pid, method
        process.join()
