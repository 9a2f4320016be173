"""JSON written and read by the library: small and large documents, keys that repeat, and what is not plain ASCII."""

import json


def small():
    return {"id": 7, "name": "small", "ok": True, "none": None, "list": [1, 2, 3], "pi": 3.25}


def user(number):
    return {
        "id": number,
        "name": f"User {number}",
        "email": f"user{number}@example.org",
        "balance": number * 1.25,
        "active": number % 3 == 0,
        "address": {"city": "Köln", "zip": str(50000 + number), "line": None},
        "tags": ["one", "two", "thrée", str(number)],
        "history": [{"at": number * 60 + n, "what": "login"} for n in range(4)],
    }


def bench_json_dumps(threads):
    users = [user(n) for n in range(100)]
    one = small()
    length = 0
    for _ in range(700):
        length += len(json.dumps(users))
        for _ in range(60):
            length += len(json.dumps(one))
    length += len(json.dumps(users, indent=2, sort_keys=True))
    length += len(json.dumps(users, ensure_ascii=False, separators=(",", ":")))
    return length


def bench_json_loads(threads):
    texts = [json.dumps(small()), json.dumps([user(n) for n in range(100)])]
    numbers = json.dumps([[n, n / 7, -n] for n in range(300)])
    result = 0
    for _ in range(600):
        for _ in range(80):
            result += json.loads(texts[0])["id"]
        result += len(json.loads(texts[1])[99]["history"])
        result += len(json.loads(numbers))
    return result
