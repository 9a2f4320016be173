"""What `library.py` does, in two threads at once: what costs nothing to a thread alone is done otherwise in company, and is frequent too."""

import threading

import library


def work(failures):
    try:
        for _ in range(40):
            library.run()
    except BaseException as failure:
        failures.append(failure)


def run():
    failures = []
    threads = [threading.Thread(target=work, args=(failures,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


if __name__ == "__main__":
    run()
