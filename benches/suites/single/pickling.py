"""Pickles written and read by the library's Python code."""

import io
import pickle


class Record:
    def __init__(self, number):
        self.number = number
        self.name = f"record {number}"
        self.parts = [number, number / 2, None, True]


def data():
    return {
        "ints": list(range(-50, 300, 7)) + [1 << 40, -(1 << 70)],
        "floats": [n / 3 for n in range(40)],
        "texts": [f"text {n % 10}" for n in range(60)] + ["é", "x" * 300],
        "bytes": [b"raw", bytearray(b"more")],
        "tuples": [(n, str(n), (n,)) for n in range(30)],
        "nested": {n: {"a": [n], "b": {n, n + 1}} for n in range(20)},
        "records": [Record(n) for n in range(20)],
    }


def dumps(value, protocol):
    stream = io.BytesIO()
    pickle._Pickler(stream, protocol).dump(value)
    return stream.getvalue()


def bench_pickle_dump(threads):
    value = data()
    return sum(len(dumps(value, protocol)) > 4000 for _ in range(130) for protocol in (2, 4, 5))


def bench_pickle_load(threads):
    texts = [dumps(data(), protocol) for protocol in (2, 4, 5)]
    total = 0
    for _ in range(220):
        for text in texts:
            value = pickle._Unpickler(io.BytesIO(text)).load()
            total += len(value["records"]) + value["records"][3].number
    return total
