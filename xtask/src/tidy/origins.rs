//! Atomics, cells, locks, thread spawn and thread-locals come from `threads::sync` alone, so that what is
//! model-checked is what runs.
//!
//! This looks at the code of the layers and at the models; tests, stress programs and benchmarks run for real only
//! and may use what they like. A lint cannot do it: lints see through re-exports, and the real `threads::sync` is one.

use super::{File, Report};

const LAYERS: &[&str] =
    &["threads/src/", "memory/src/", "runtime/src/", "stdlib/src/", "loom-tests/src/models/"];
const HOME: &str = "threads/src/sync/";

/// A path, and what under it must not be named; everything if that is empty.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("std::sync::", &["atomic", "Mutex", "RwLock", "Condvar", "Once", "Barrier", "mpsc"]),
    ("core::sync::", &[]),
    ("std::cell::", &["UnsafeCell", "RefCell"]),
    ("core::cell::", &["UnsafeCell", "RefCell"]),
    ("std::thread::", &["spawn", "scope", "Builder", "park", "park_timeout", "yield_now", "current"]),
    ("std::hint::", &["spin_loop"]),
    ("std::thread_local!", &[]),
    ("parking_lot", &[]),
    ("loom::sync", &[]),
    ("loom::thread", &[]),
    ("loom::cell", &[]),
    ("seize::", &[]),
];

/// No layer takes a primitive from anywhere else.
pub fn check(files: &[File], report: &mut Report) {
    let bound = |file: &&File| LAYERS.iter().any(|layer| file.path.starts_with(layer));
    for file in files.iter().filter(bound).filter(|file| file.is_rust() && !file.path.starts_with(HOME)) {
        let model = file.path.starts_with("loom-tests/");
        let code = without_comments(if model { &file.text } else { file.code() });
        for &(path, names) in FORBIDDEN {
            for rest in code.split(path).skip(1) {
                let tail = tail(rest);
                if let Some(name) = forbidden(tail, names) {
                    report.errors.push(format!("{}: {path}{name} belongs to threads::sync", file.path));
                }
            }
        }
    }
}

/// The first of `names` in `tail`; an empty word if all are meant.
fn forbidden<'a>(tail: &str, names: &[&'a str]) -> Option<&'a str> {
    let words: Vec<&str> = tail.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    if names.is_empty() { Some("") } else { names.iter().find(|name| words.contains(name)).copied() }
}

/// What follows a path: the group in braces, or the path's next name.
fn tail(rest: &str) -> &str {
    let group = rest.starts_with('{');
    let ends = |c: char| if group { c == ';' } else { !c.is_alphanumeric() && c != '_' };
    &rest[..rest.find(ends).unwrap_or(rest.len())]
}

/// The text with line comments cut off.
fn without_comments(text: &str) -> String {
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy;

    fn errors(path: &str, text: &str) -> usize {
        tidy::report(check, &[(path, text)]).errors.len()
    }

    #[test]
    fn primitives_have_one_origin() {
        let primitives = [
            "use std::sync::atomic::AtomicU8;",
            "use std::sync::{Arc,\n  Mutex};",
            "let lock = std::sync::Mutex::new(());",
            "std::thread::spawn(|| ());",
            "std::thread_local! { }",
            "use loom::sync::Arc;",
        ];
        for text in primitives {
            assert_eq!(errors("memory/src/heap.rs", text), 1, "{text}");
            assert_eq!(errors("threads/src/sync/real.rs", text), 0, "{text}");
            assert_eq!(errors("memory/src/heap/tests.rs", text), 0, "{text}");
            assert_eq!(errors("loom-tests/src/models/heap.rs", text), 1, "{text}");
        }
    }

    #[test]
    fn the_rest_of_std_is_free() {
        for text in
            ["use std::sync::{Arc, Weak};", "// std::sync::Mutex", "std::thread::available_parallelism()"]
        {
            assert_eq!(errors("memory/src/heap.rs", text), 0, "{text}");
        }
    }
}
