//! What takes whole processes to measure: how long starting takes, and how much memory a million objects take.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use super::Plan;
use crate::Failure;

/// Programs whose start and end are timed: what they are called, and their text.
const STARTS: &[(&str, &str)] = &[
    ("start-up: -c pass", "pass"),
    (
        "start-up: import asyncio, json, re, typing, dataclasses",
        "import asyncio, json, re, typing, dataclasses",
    ),
];
/// Programs that print by how much they have grown.
const MEMORY: &[&str] = &["instances", "dicts", "tuples", "strings"];
const FOLDER: &str = "suites/memory";

/// Something measured for Weft, CPython and PyPy.
#[derive(Clone, Debug)]
pub struct Measured {
    /// What.
    pub name: String,
    /// Seconds or bytes; None where there is no such interpreter.
    pub values: [Option<f64>; 3],
}

/// Both kinds.
#[derive(Debug)]
pub struct Processes {
    /// Seconds.
    pub starts: Vec<Measured>,
    /// Bytes.
    pub memory: Vec<Measured>,
}

/// Measures both.
///
/// # Errors
/// In words: a program that failed.
pub fn measure(plan: &Plan) -> Result<Processes, Failure> {
    eprintln!("start-up and memory");
    let rounds = plan.effort().pick(25, 2);
    let mut starts: Vec<Measured> =
        STARTS.iter().map(|(name, _)| Measured { name: (*name).to_owned(), values: [None; 3] }).collect();
    for round in 0..=rounds {
        for (measured, (_, text)) in starts.iter_mut().zip(STARTS) {
            if round == 0 {
                // What is compiled only once is kept by then.
                least_of_each(plan, &mut [None; 3], |interpreter| start(interpreter, text))?;
            } else {
                least_of_each(plan, &mut measured.values, |interpreter| start(interpreter, text))?;
            }
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    let mut memory = Vec::new();
    for name in MEMORY {
        let path = folder.join(format!("{name}.py"));
        let mut measured = Measured { name: format!("memory of a million {name}"), values: [None; 3] };
        for _ in 0..plan.effort().pick(2, 1) {
            least_of_each(plan, &mut measured.values, |interpreter| growth(interpreter, &path))?;
        }
        memory.push(measured);
    }
    Ok(Processes { starts, memory })
}

/// Measures each interpreter once; the least value of all rounds is kept.
fn least_of_each(
    plan: &Plan,
    values: &mut [Option<f64>; 3],
    measure: impl Fn(&PathBuf) -> Result<f64, Failure>,
) -> Result<(), Failure> {
    for (value, interpreter) in values.iter_mut().zip(plan.interpreters()) {
        let Some(interpreter) = interpreter else { continue };
        let new = measure(interpreter)?;
        *value = Some(value.map_or(new, |before| before.min(new)));
    }
    Ok(())
}

fn start(interpreter: &Path, text: &str) -> Result<f64, Failure> {
    let mut command = Command::new(interpreter);
    // Users have their library's code compiled once and for all.
    command.args(["-c", text]).stdin(Stdio::null()).env_remove("PYTHONDONTWRITEBYTECODE");
    let begun = Instant::now();
    let status = command.status().map_err(|error| format!("{}: {error}", interpreter.display()))?;
    let took = begun.elapsed().as_secs_f64();
    if status.success() { Ok(took) } else { Err(format!("{} -c {text}: {status}", interpreter.display())) }
}

fn growth(interpreter: &Path, path: &Path) -> Result<f64, Failure> {
    let output = Command::new(interpreter).arg(path).env("PYTHONDONTWRITEBYTECODE", "1").output();
    let output = output.map_err(|error| format!("{}: {error}", interpreter.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    match text.trim().parse() {
        Ok(bytes) if output.status.success() => Ok(bytes),
        _ => {
            let errors = String::from_utf8_lossy(&output.stderr);
            let path = path.display();
            Err(format!("{} {path}: {}: {errors}", interpreter.display(), output.status))
        }
    }
}
