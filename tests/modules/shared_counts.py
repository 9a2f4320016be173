# stdout: ok
# Threads that share a count get each of its numbers once, in order, whatever kind of number it is.
import fractions
import itertools
import threading

THREADS = 6
EACH = 2000

for arguments in ((0,), (5, 5), (0.0, 0.5), (10 ** 30, 3), (2 ** 61 - 100, 1), (0, fractions.Fraction(1, 3))):
    counter = itertools.count(*arguments)
    taken = []

    def take():
        taken.append([next(counter) for _ in range(EACH)])

    threads = [threading.Thread(target=take) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    start, step = (*arguments, 1)[:2]
    assert sorted(itertools.chain(*taken)) == [start + step * i for i in range(THREADS * EACH)], arguments
    assert all(numbers == sorted(numbers) for numbers in taken), arguments
print('ok')
