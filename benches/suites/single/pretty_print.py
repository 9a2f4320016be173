"""Nested data laid out by pprint."""

import pprint


def bench_pretty_print(threads):
    data = [
        {
            "id": n,
            "words": ["alpha", "beta", "gamma", "delta"] * 2,
            "pairs": {f"key{k}": (k, k * n, [k] * 3) for k in range(4)},
            "text": "a rather long text that has to be broken into lines somewhere " * 2,
            "flags": {1, 2, 3},
        }
        for n in range(1100)
    ]
    text = pprint.pformat(data, width=80)
    compact = pprint.pformat(data, width=120, compact=True)
    return len(text), len(compact), text.count("\n"), pprint.isreadable(data)
