//! Programs that ask for too much: recursion and nesting without end, sizes beyond memory, objects that change under
//! those who use them, threads at every moment of a program's life, signals, forks.
//!
//! Each runs in a process of its own, so that a crash or a hang is seen for what it is. What it must come to stands in the
//! comments at its beginning, CPython's answer wherever CPython has one:
//!
//! ```text
//! # exit: 7            the exit code; 0 without such a line
//! # stdout: text       the whole output, a line each; `ok` without such lines
//! # stdout-any:        any output will do
//! # stderr: text       what the errors must contain; nothing is to be there without such lines
//! # stderr-not: text   what they must not contain
//! # stderr-any:        anything may be there
//! ```

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Far more than any of them takes, on a busy machine in a debug build too.
const LIMIT: Duration = Duration::from_secs(400);

/// What a program must come to.
#[derive(Default)]
struct Expected<'a> {
    exit: i32,
    output: Vec<&'a str>,
    any_output: bool,
    errors: Vec<&'a str>,
    no_errors: Vec<&'a str>,
    any_errors: bool,
}

fn expected(source: &str) -> Expected<'_> {
    let mut expected = Expected::default();
    for line in source.lines() {
        let Some(comment) = line.strip_prefix("# ") else { continue };
        let Some((key, value)) = comment.split_once(':') else { continue };
        let value = value.strip_prefix(' ').unwrap_or(value);
        match key {
            "exit" => expected.exit = value.parse().expect("a number"),
            "stdout" => expected.output.push(value),
            "stdout-any" => expected.any_output = true,
            "stderr" => expected.errors.push(value),
            "stderr-any" => expected.any_errors = true,
            "stderr-not" => expected.no_errors.push(value),
            _ => {}
        }
    }
    if expected.output.is_empty() {
        expected.output.push("ok");
    }
    expected
}

fn run(name: &str, options: &[&str]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/robustness").join(format!("{name}.py"));
    let source = std::fs::read_to_string(&path).expect("the program");
    let expected = expected(&source);
    let mut child = Command::new(env!("CARGO_BIN_EXE_weft"))
        .args(options)
        .arg(&path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut stderr = child.stderr.take().expect("a pipe");
    let output = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stdout.read_to_end(&mut bytes).map(|_| String::from_utf8_lossy(&bytes).into_owned())
    });
    let errors = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stderr.read_to_end(&mut bytes).map(|_| String::from_utf8_lossy(&bytes).into_owned())
    });
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a status") {
            break status;
        }
        if begun.elapsed() > LIMIT {
            child.kill().expect("it ends");
            panic!("{name} hangs");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let output = output.join().expect("no panic").expect("its output");
    let errors = errors.join().expect("no panic").expect("its errors");
    let last = errors.get(errors.len().saturating_sub(4000)..).unwrap_or(&errors);
    assert_eq!(status.code(), Some(expected.exit), "{name}: {status}\n{last}");
    assert!(!errors.contains("panicked at"), "{name}\n{last}");
    if !expected.any_output {
        assert_eq!(output.lines().collect::<Vec<_>>(), expected.output, "{name}\n{last}");
    }
    if expected.errors.is_empty() && !expected.any_errors {
        assert!(errors.is_empty(), "{name}\n{last}");
    }
    for text in expected.errors {
        assert!(errors.contains(text), "{name}: no {text:?} in\n{last}");
    }
    for text in expected.no_errors {
        assert!(!errors.contains(text), "{name}: {text:?} in\n{last}");
    }
}

macro_rules! programs {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                run(stringify!($name), &[]);
            }
        )*
    };
}

programs! {
    deep_freeing
    deep_iterators
    deep_limit
    deep_modules
    deep_source
    exit_codes
    exit_daemons
    exit_finalizers
    exit_printing_daemons
    forking
    hostile_buffers
    hostile_lists
    hostile_streams
    hostile_tables
    recursion_in_natives
    recursion_in_python
    shared_by_threads
    signals
    sizes
    threads_and_exceptions
}

/// The same where threads take turns.
mod with_gil {
    use super::run;

    #[test]
    fn signals() {
        run("signals", &["-X", "gil=1"]);
    }

    #[test]
    fn exit_daemons() {
        run("exit_daemons", &["-X", "gil=1"]);
    }

    #[test]
    fn shared_by_threads() {
        run("shared_by_threads", &["-X", "gil=1"]);
    }

    #[test]
    fn forking() {
        run("forking", &["-X", "gil=1"]);
    }
}
