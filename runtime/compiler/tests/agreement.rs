//! Runs the comparisons with CPython of `differential`, where an oracle interpreter is found: in `WEFT_ORACLE`, or as
//! `~/.cache/weft-oracle/bin/python3.14`.

use std::path::{Path, PathBuf};
use std::process::Command;

fn oracle() -> Option<PathBuf> {
    let named = std::env::var_os("WEFT_ORACLE").map(PathBuf::from);
    let usual =
        std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache/weft-oracle/bin/python3.14"));
    named.or(usual).filter(|path| path.exists())
}

/// Examples are built beside the tests.
fn example(name: &str) -> Option<PathBuf> {
    let folder = std::env::current_exe().ok()?.parent()?.parent()?.join("examples");
    Some(folder.join(name)).filter(|path| path.exists())
}

fn compare(script: &str, program: &str, arguments: &[PathBuf]) -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential");
    let mut command = Command::new(oracle()?);
    command.args(["-W", "ignore"]).arg(folder.join(script)).arg(example(program)?).args(arguments);
    let output = command.output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}

#[test]
fn syntax_errors_are_those_of_cpython() {
    if let Some(report) = compare("errors.py", "check_syntax", &[]) {
        assert!(report.contains(" 0 differ"), "{report}");
    }
}

#[test]
fn trees_and_symbol_tables_are_those_of_cpython() {
    let Some(oracle) = oracle() else { return };
    let print = "import os; print(os.path.dirname(os.__file__))";
    let Ok(output) = Command::new(oracle).args(["-c", print]).output() else { return };
    let library = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let files =
        ["argparse.py", "dataclasses.py", "typing.py", "enum.py", "_pydatetime.py", "asyncio/events.py"];
    let files: Vec<PathBuf> =
        files.iter().map(|file| library.join(file)).filter(|file| file.exists()).collect();
    if let Some(report) = compare("trees.py", "dump_tree", &files) {
        assert!(report.contains(" 0 trees and 0 tables differ"), "{report}");
    }
}
