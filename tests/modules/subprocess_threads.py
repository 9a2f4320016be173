# Children start, and fail to start, while other threads allocate and lock.
import subprocess
import sys
import threading

stop = threading.Event()


def work():
    lock = threading.Lock()
    while not stop.is_set():
        with lock:
            [{str(number): [number]} for number in range(100)]


def start(results):
    for _ in range(5):
        child = subprocess.run([sys.executable, '-I', '-S', '-c', 'print(6 * 7)'], capture_output=True, text=True)
        results.append((child.returncode, child.stdout, child.stderr))
        try:
            subprocess.run(['/nonexistent/program'])
        except FileNotFoundError:
            results.append(None)


results = []
workers = [threading.Thread(target=work) for _ in range(2)]
starters = [threading.Thread(target=start, args=(results,)) for _ in range(2)]
for thread in workers + starters:
    thread.start()
for thread in starters:
    thread.join()
stop.set()
for thread in workers:
    thread.join()
assert results.count((0, '42\n', '')) == 10 and results.count(None) == 10, results
