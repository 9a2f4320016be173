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

/// Some files of the oracle's library.
fn library_files(names: &[&str]) -> Option<Vec<PathBuf>> {
    let print = "import os; print(os.path.dirname(os.__file__))";
    let output = Command::new(oracle()?).args(["-c", print]).output().ok()?;
    let library = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    Some(names.iter().map(|name| library.join(name)).filter(|file| file.exists()).collect())
}

#[test]
fn trees_and_symbol_tables_are_those_of_cpython() {
    let names =
        ["argparse.py", "dataclasses.py", "typing.py", "enum.py", "_pydatetime.py", "asyncio/events.py"];
    let Some(files) = library_files(&names) else { return };
    if let Some(report) = compare("trees.py", "dump_tree", &files) {
        assert!(report.contains(" 0 trees and 0 tables differ"), "{report}");
    }
}

#[test]
fn code_is_that_of_cpython() {
    let names = [
        "argparse.py",
        "asyncio",
        "dis.py",
        "typing.py",
        "_pydatetime.py",
        "test/test_asyncgen.py",
        "test/test_compile.py",
        "test/test_dataclasses/__init__.py",
        "test/test_except_star.py",
        "test/test_listcomps.py",
        "test/test_patma.py",
        "test/test_peepholer.py",
        "test/test_super.py",
        "test/test_tstring.py",
        "test/test_type_annotations.py",
        "test/test_type_params.py",
    ];
    let Some(files) = library_files(&names) else { return };
    for level in ["0", "1", "2"] {
        let mut arguments = vec![PathBuf::from("-O"), PathBuf::from(level)];
        arguments.extend(files.iter().cloned());
        if let Some(report) = compare("codes.py", "dump_code", &arguments) {
            assert!(report.ends_with(" files equal; {}"), "{report}");
        }
    }
}
