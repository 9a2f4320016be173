//! Compiles each text of standard input and prints the error, in the form of `tests/differential/errors.py`: texts are
//! lines of `mode TAB flags TAB hexadecimal UTF-8`.

use std::io::{BufRead, Write as _};

use compiler::{Mode, Options, WarningCategory, compile};

fn main() {
    let stdin = std::io::stdin();
    let mut out = std::io::stdout().lock();
    for line in stdin.lock().lines().map_while(Result::ok) {
        let mut parts = line.split('\t');
        let mode = match parts.next() {
            Some("eval") => Mode::Eval,
            Some("single") => Mode::Single,
            _ => Mode::Exec,
        };
        let future_flags = parts.next().and_then(|flags| flags.parse().ok()).unwrap_or(0);
        let hex = parts.next().unwrap_or_default();
        let bytes: Vec<u8> = (0..hex.len() / 2)
            .filter_map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).ok())
            .collect();
        let source = String::from_utf8_lossy(&bytes);
        let options = Options { mode, future_flags, ..Options::default() };
        let result = compile(&source, &options);
        let shown = match result {
            Ok(compiled) => {
                let category = |category| match category {
                    WarningCategory::Syntax => "SyntaxWarning",
                    WarningCategory::Deprecation => "DeprecationWarning",
                };
                let shown = compiled.warnings.iter().map(|warning| {
                    format!("{} {} {}", category(warning.category), warning.lineno, warning.message)
                });
                let shown: std::collections::BTreeSet<String> = shown.collect();
                shown
                    .iter()
                    .fold("OK".to_owned(), |text, warning| text + "\t" + &warning.replace('\n', "\\n"))
            }
            Err(error) => {
                format!(
                    "{:?}\t{}\t{}\t{}\t{}\t{}",
                    error.kind, error.message, error.lineno, error.offset, error.end_lineno, error.end_offset
                ) + &format!("\t{}", error.text.map_or("None".to_owned(), |text| text.replace('\n', "\\n")))
            }
        };
        if writeln!(out, "{shown}").is_err() {
            return;
        }
    }
}
