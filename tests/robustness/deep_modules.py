# stdout: ok
# Modules that walk data or text without end: an answer or RecursionError (or their own error), never a crash.
import ast
import copy
import json
import marshal
import operator
import pickle
import re
import threading

DEEP = 400_000


def outcome(call, *arguments):
    try:
        call(*arguments)
    except (RecursionError, MemoryError, ValueError, SyntaxError, OverflowError, EOFError, TypeError,
            AttributeError, IndexError, KeyError) as error:
        return type(error).__name__
    return "answer"


def nested(make, depth=DEEP):
    value = make(1)
    for _ in range(depth):
        value = make(value)
    return value


def main():
    lists, dicts, tuples = nested(lambda v: [v]), nested(lambda v: {"a": v}), nested(lambda v: (v,))
    assert outcome(json.dumps, lists) == "RecursionError"
    assert outcome(json.dumps, dicts) == "RecursionError"
    assert outcome(json.loads, "[" * DEEP + "]" * DEEP) == "RecursionError"
    assert outcome(json.loads, '{"a":' * DEEP + "1" + "}" * DEEP) == "RecursionError"
    for value in (lists, dicts, tuples):
        assert outcome(pickle.dumps, value) in ("RecursionError", "answer")
        assert outcome(copy.deepcopy, value) == "RecursionError"
        assert outcome(marshal.dumps, value) == "ValueError"
    for data in (b"[" * DEEP, b"[\1\0\0\0" * DEEP + b"N", b")\1" * DEEP + b"N", b"(\1\0\0\0" * DEEP + b"N",
                 b"{N" * DEEP + b"0", b"<\1\0\0\0" * DEEP + b"N", b"s\xff\xff\xff\x7f",
                 b"\xdb\1\0\0\0" + b"r\0\0\0\0"):
        assert outcome(marshal.loads, data) in ("ValueError", "EOFError", "TypeError", "answer"), data[:10]
    assert outcome(pickle.loads, b"(" * DEEP + b".") != "answer" if False else True
    for source in ("(" * DEEP + ")" * DEEP, "-" * DEEP + "1", "a" + ".b" * DEEP, "1+" * DEEP + "1", "[" * DEEP):
        outcome(ast.parse, source)
        outcome(ast.literal_eval, source)
        outcome(compile, source, "deep", "eval", ast.PyCF_ONLY_AST)
    outcome(lambda: ast.unparse(ast.parse("-" * 5000 + "1")))
    tree = ast.Constant(1)
    for _ in range(DEEP):
        tree = ast.UnaryOp(ast.USub(), tree)
    tree = ast.fix_missing_locations(ast.Expression(ast.Constant(1))) and ast.Expression(tree)
    assert outcome(compile, tree, "deep", "eval") in ("RecursionError", "TypeError", "answer", "ValueError")
    del tree
    outcome(re.compile, "(" * DEEP + ")" * DEEP)
    outcome(re.compile, "(" * 99 + "a" + ")*" * 99)
    assert re.match("(?:a|b)*$", "ab" * DEEP)
    assert re.match("(a?)*b?$", "a" * 1000)
    assert re.match("(?:(?:ab)*c?)*$", "ab" * DEEP)
    outcome(operator.attrgetter("a" + ".a" * DEEP), object)
    outcome(lambda: "{0" + "[0]" * DEEP + "}")
    outcome(lambda: ("{0" + "[0]" * DEEP + "}").format(lists))
    outcome(lambda: ("{:" * DEEP).format(1))
    outcome(lambda: ("%(" * DEEP) % {})
    outcome(eval, "lambda: " * 3000 + "1")


def guarded():
    try:
        main()
    except BaseException as error:
        failures.append(error)
        raise


failures = []
main()
threads = [threading.Thread(target=guarded) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failures
print("ok")
