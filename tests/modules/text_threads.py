# What one call writes stays in one piece, whichever threads write; lines read by threads are whole.
import os
import tempfile
import threading

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, 'file')
    with open(path, 'w', encoding='utf-8', buffering=100) as file:
        def write(letter):
            for _ in range(500):
                file.write(letter * 9 + '\n')

        threads = [threading.Thread(target=write, args=(letter,)) for letter in 'abéd']
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    lines = []
    with open(path, encoding='utf-8') as file:
        def read():
            while line := file.readline():
                lines.append(line)

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(set(lines)) == [letter * 9 + '\n' for letter in 'abdé']
    assert len(lines) == 2000
