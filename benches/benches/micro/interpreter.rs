//! The interpreter: one thing of the language each, in a loop that makes the rounds.
//!
//! A figure has the loop's own cost in it, which the row `nothing` tells.

use criterion::Criterion;

use crate::embedded::Embedded;

/// What comes before the loop.
const SETUP: &str = "
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y
    def method(self):
        return self.x

class Slots:
    __slots__ = ('x',)

def function(a, b=2):
    return a

def make_closure():
    kept = 1
    def closure():
        return kept
    return closure

def generator(n):
    for i in range(n):
        yield i

GLOBAL = 1
";

/// Names, what is prepared in the function, and what each round does.
const SNIPPETS: &[(&str, &str, &str)] = &[
    ("nothing", "", "pass"),
    ("int arithmetic", "a = 3; b = 5", "c = a * b + i - b"),
    ("float arithmetic", "a = 3.5; b = 0.25", "c = a * b + a - b"),
    ("compare and branch", "a = 3", "\n        if a < i: c = 1\n        else: c = 2"),
    ("global", "", "c = GLOBAL"),
    ("attribute", "p = Point(1, 2)", "c = p.x"),
    ("store attribute", "p = Point(1, 2)", "p.x = i"),
    ("slot", "p = Slots(); p.x = 1", "c = p.x"),
    ("call function", "", "function(i)"),
    ("call with a keyword", "", "function(i, b=1)"),
    ("call method", "p = Point(1, 2)", "p.method()"),
    ("call closure", "f = make_closure()", "f()"),
    ("call native function", "a = [1]", "len(a)"),
    ("call native method", "a = 'text'", "a.isalpha()"),
    ("make an instance", "", "Point(i, i)"),
    ("list item", "a = [1, 2, 3]", "c = a[1]"),
    ("store list item", "a = [1, 2, 3]", "a[1] = i"),
    ("append and pop", "a = []", "a.append(i); a.pop()"),
    ("dict item", "d = {'a': 1, 'b': 2}", "c = d['b']"),
    ("store dict item", "d = {'a': 1, 'b': 2}", "d['b'] = i"),
    ("make a tuple and unpack it", "a = 1; b = 2", "c, d = t = (a, b)"),
    ("make a list of three", "a = 1", "c = [a, a, i]"),
    ("make a dict of two", "a = 1", "c = {'a': a, 'b': i}"),
    ("comprehension of ten", "r = range(10)", "c = [n for n in r]"),
    ("generator of ten", "", "\n        for n in generator(10): pass"),
    ("try without raising", "", "\n        try: c = i\n        except ValueError: pass"),
    ("raise and catch", "e = ValueError()", "\n        try: raise e\n        except ValueError: pass"),
    ("f-string", "a = 'text'", "c = f'{a}: {i}'"),
    ("concatenate strings", "a = 'text'", "c = a + 'more'"),
    ("context manager", "", "\n        with NOTHING: pass"),
];

/// A context manager that does nothing.
const MANAGER: &str = "
class Nothing:
    def __enter__(self): return self
    def __exit__(self, *arguments): return None

NOTHING = Nothing()
";

/// Measures every row.
pub fn benchmarks(criterion: &mut Criterion, interpreter: &mut Embedded<'_>) {
    let mut group = criterion.benchmark_group("interpreter");
    for (name, prepared, round) in SNIPPETS {
        let prepared = if prepared.is_empty() { "pass" } else { prepared };
        let source = format!(
            "{SETUP}{MANAGER}\ndef run(rounds):\n    {prepared}\n    for i in range(rounds):\n        {round}\n"
        );
        let function = interpreter.define(&source, "run");
        group.bench_function(*name, |bencher| {
            bencher.iter_custom(|rounds| interpreter.time(&function, rounds));
        });
    }
    group.finish();
}
