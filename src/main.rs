//! The program. No Python runs yet: it says so, and where to look meanwhile.

use std::process::ExitCode;

const HELP: &str = "\
usage: weft [option] [script] [argument]...

Runs Python 3.14 without a global interpreter lock. No Python runs yet; what exists is the substrate,
the crates that say which threads run and what they share. To see it at work:

    cargo run --release --example substrate

options:
  -h, --help     print this and exit
  -V, --version  print the version and exit";

/// What a shell expects of a program that was called wrongly.
const USAGE_STATUS: u8 = 2;

fn main() -> ExitCode {
    let first = std::env::args_os().nth(1);
    let first = first.as_deref().map(|argument| argument.to_string_lossy());
    match first.as_deref() {
        Some("-h" | "--help") => println!("{HELP}"),
        Some("-V" | "--version") => println!("Weft {} (no Python yet)", env!("CARGO_PKG_VERSION")),
        Some(option) if option.starts_with('-') && option != "-" => {
            eprintln!("weft: unknown option {option}; see weft --help");
            return ExitCode::from(USAGE_STATUS);
        }
        script => {
            let what = script.map_or_else(String::new, |script| format!(", so {script} was not run"));
            eprintln!("weft: no Python runs yet{what}.");
            eprintln!("What exists can be seen with: cargo run --release --example substrate");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
