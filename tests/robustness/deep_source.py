# stdout: ok
# Source nested without reason: an error, not a crash, from compile(), exec(), eval() and on other threads.
import threading

DEEP = 100_000


def outcome(source, mode="exec"):
    try:
        compile(source, "deep", mode)
    except (RecursionError, MemoryError, SyntaxError) as error:
        return type(error).__name__
    return "compiled"


def main():
    results = {}
    for name, source in {
        "parentheses": "(" * DEEP + ")" * DEEP,
        "open parentheses": "(" * DEEP,
        "lists": "[" * DEEP + "]" * DEEP,
        "dicts": "{1:" * DEEP + "1" + "}" * DEEP,
        "calls": "f(" * DEEP + ")" * DEEP,
        "subscripts in each other": "a[" * DEEP + "0" + "]" * DEEP,
        "lambdas": "lambda: " * DEEP + "1",
        "nots": "not " * DEEP + "1",
        "minus": "-" * DEEP + "1",
        "tilde": "~" * DEEP + "x",
        "awaits": "async def f(): " + "await " * DEEP + "x",
        "attributes": "a" + ".b" * DEEP,
        "subscripts": "a" + "[0]" * DEEP,
        "call chain": "a" + "()" * DEEP,
        "power": "1**" * DEEP + "1",
        "plus": "1+" * DEEP + "1",
        "names plus": "a+" * DEEP + "a",
        "conditional": "1 if a else " * DEEP + "1",
        "comparison": "a<" * DEEP + "a",
        "and": "a and " * DEEP + "a",
        "and or": "a and b or " * DEEP + "a",
        "strings": "'a' " * DEEP,
        "f-strings": "f'{" * 200 + "}'" * 200,
        "stars": "*" * DEEP + "a",
        "assignments": "a = " * DEEP + "1",
        "walrus": "(a := " * DEEP + "1" + ")" * DEEP,
        "elif": "if a: pass\n" + "elif a: pass\n" * DEEP,
        "comprehension": "[x " + "for x in y " * 1000 + "]",
        "indentation": "".join(" " * level + "if a:\n" for level in range(150)) + " " * 150 + "pass",
        "functions": "".join(" " * level + "def f():\n" for level in range(90)) + " " * 90 + "pass",
        "classes": "".join(" " * level + "class f:\n" for level in range(90)) + " " * 90 + "pass",
        "decorators": "@a\n" * DEEP + "def f(): pass",
        "patterns": "match a:\n case " + "[" * DEEP + "]" * DEEP + ": pass",
        "or patterns": "match a:\n case " + "1|" * DEEP + "2: pass",
        "class patterns": "match a:\n case " + "A(" * DEEP + ")" * DEEP + ": pass",
        "tuple targets": "(" * DEEP + "a" + ",)" * DEEP + " = b",
        "annotations": "a: " + "b[" * DEEP + "c" + "]" * DEEP,
        "delete": "del " + "(" * DEEP + "a" + ")" * DEEP,
        "type parameters": "type A[T: " + "(" * DEEP + ")" * DEEP + "] = int",
        "yield": "def f(): " + "(yield " * DEEP + ")" * DEEP,
        "starred": "f(" + "*(" * DEEP + "a" + ")" * DEEP + ")",
        "slices": "a[" + "b[:" * DEEP + "1" + "]" * DEEP + "]",
        "with": "with " + "a as b, " * 1000 + "c: pass",
        "statements": "a;" * DEEP + "a",
        "global": "global " + "a, " * DEEP + "a",
        "nulls": "\0" * DEEP,
    }.items():
        results[name] = outcome(source)
    for name in ("parentheses", "open parentheses", "lists", "dicts", "calls"):
        assert results[name] in ("MemoryError", "SyntaxError", "RecursionError"), (name, results[name])
    return results


all_results = []
first = main()


def worker():
    all_results.append(main())


threads = [threading.Thread(target=worker) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len(all_results) == 3
import sys

if "-v" in sys.argv:
    for name, value in first.items():
        print(name, value, [r[name] for r in all_results])
print("ok")
