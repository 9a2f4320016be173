//! Natives of the built-in types, called from Rust: no instruction is executed.

use std::hint::black_box;

use criterion::Criterion;
use runtime::types::Str;

use crate::embedded::Embedded;

/// Groups, with a name, the receiver, the method and the tuple of arguments for each row.
type Rows = &'static [(&'static str, &'static str, &'static str, &'static str)];
const METHODS: &[(&str, Rows)] = &[
    (
        "str",
        &[
            ("find in 1000 characters", "'a' * 1000 + 'b'", "find", "('b',)"),
            ("split into 100 words", "'some words ' * 50", "split", "()"),
            ("split lines", "'a line of text\\n' * 100", "splitlines", "()"),
            ("join 100 words", "', '", "join", "(['word'] * 100,)"),
            ("replace 50 times", "'some words ' * 50", "replace", "('words', 'things')"),
            ("upper, 1000 characters", "'abcdefghij' * 100", "upper", "()"),
            ("strip", "'   text   '", "strip", "()"),
            ("startswith", "'text of some length'", "startswith", "('text',)"),
            ("encode 1000 characters", "'äöü' * 333", "encode", "()"),
            ("format", "'{} is {:>8.2f}'", "format", "('x', 1.5)"),
            ("multiply", "'ab'", "__mul__", "(100,)"),
        ],
    ),
    (
        "list",
        &[
            ("copy 1000", "list(range(1000))", "copy", "()"),
            ("index of the 500th", "list(range(1000))", "index", "(500,)"),
            ("count in 1000", "list(range(1000))", "count", "(500,)"),
            ("reverse 1000", "list(range(1000))", "reverse", "()"),
            ("contains, str", "[str(n) for n in range(100)]", "__contains__", "('50',)"),
            ("slice of 500", "list(range(1000))", "__getitem__", "(slice(100, 600),)"),
            ("concatenate", "list(range(100))", "__add__", "([1, 2, 3],)"),
        ],
    ),
    (
        "dict",
        &[
            ("get by str", "{str(n): n for n in range(100)}", "get", "('50',)"),
            ("get by int", "{n: n for n in range(100)}", "get", "(50,)"),
            ("get by tuple", "{(n, n): n for n in range(100)}", "get", "((50, 50),)"),
            ("get what is missing", "{str(n): n for n in range(100)}", "get", "('missing',)"),
            ("setdefault", "{str(n): n for n in range(100)}", "setdefault", "('50', 1)"),
            ("copy 100", "{str(n): n for n in range(100)}", "copy", "()"),
            ("merge 100", "{str(n): n for n in range(100)}", "__or__", "({'a': 1},)"),
        ],
    ),
    (
        "int",
        &[
            ("add small", "12345", "__add__", "(678,)"),
            ("multiply small", "12345", "__mul__", "(678,)"),
            ("multiply 1000 bits", "3 ** 600", "__mul__", "(7 ** 350,)"),
            ("divmod 1000 bits", "3 ** 600", "__divmod__", "(7 ** 100,)"),
            ("power modulo", "3 ** 100", "__pow__", "(65537, 7 ** 100)"),
            ("to text, 300 digits", "10 ** 300 // 7", "__str__", "()"),
            ("to bytes", "123456789", "to_bytes", "(8, 'little')"),
            ("bit length", "3 ** 600", "bit_length", "()"),
        ],
    ),
];

/// What is sorted: a thousand of each, in no order.
const SORTED: &[(&str, &str)] = &[
    ("ints", "[n * 7919 % 1009 for n in range(1000)]"),
    ("ints in order", "list(range(1000))"),
    ("floats", "[n * 7919 % 1009 / 8 for n in range(1000)]"),
    ("strs", "[str(n * 7919 % 1009) for n in range(1000)]"),
    ("tuples", "[(n * 7919 % 1009, str(n)) for n in range(1000)]"),
    ("ints and floats", "[(n * 7919 % 1009) / 2 ** (n % 2) if n % 3 else n for n in range(1000)]"),
];

/// Measures every row.
pub fn benchmarks(criterion: &mut Criterion, interpreter: &mut Embedded<'_>) {
    for (group, rows) in METHODS {
        let mut group = criterion.benchmark_group(*group);
        for (name, receiver, method, arguments) in *rows {
            let receiver = interpreter.value(receiver);
            let arguments = interpreter.value(arguments);
            let arguments = runtime::ops::to_vec(interpreter.thread, &arguments).expect("a tuple");
            let method = Str::interned(interpreter.thread, method).expect("memory");
            group.bench_function(*name, |bencher| {
                bencher.iter(|| {
                    let (receiver, arguments) = (black_box(&receiver), black_box(&arguments));
                    let result = runtime::call::call_method(interpreter.thread, receiver, &method, arguments);
                    assert!(black_box(result).is_ok(), "it raised");
                });
            });
        }
        group.finish();
    }
    let mut group = criterion.benchmark_group("sort a thousand");
    let sorted = interpreter.value("sorted");
    for (name, items) in SORTED {
        let items = interpreter.value(items);
        group.bench_function(*name, |bencher| {
            bencher.iter(|| {
                let result = runtime::call::call_one(interpreter.thread, &sorted, black_box(&items));
                assert!(black_box(result).is_ok(), "it raised");
            });
        });
    }
    group.finish();
}
