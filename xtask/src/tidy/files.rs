//! Every Rust file has a page that says what it is for, and a size that can be read.

use super::{File, Report};

const LONG: usize = 600;
const TOO_LONG: usize = 1000;
/// Files that are one table, or one loop over one, and so may be longer.
const TABLES: &[&str] = &["runtime/src/interp/run.rs", "runtime/src/class/slot_table.rs"];

/// Every Rust file opens with its page.
pub fn check_pages(files: &[File], report: &mut Report) {
    for file in files.iter().filter(|file| file.is_rust()) {
        let mut lines = file.text.lines().map(str::trim);
        let first = lines.find(|line| !line.is_empty() && !line.starts_with("#!["));
        if !first.is_some_and(|line| line.starts_with("//! ")) {
            report.errors.push(format!("{}: does not open with its page, a //! comment", file.path));
        }
    }
}

/// No Rust file is too long.
pub fn check_sizes(files: &[File], report: &mut Report) {
    for file in files.iter().filter(|file| file.is_rust()) {
        let lines = file.text.lines().count();
        if TABLES.contains(&file.path.as_str()) {
            continue;
        }
        if lines > TOO_LONG {
            report.errors.push(format!("{}: {lines} lines are over {TOO_LONG}; split it", file.path));
        } else if lines > LONG {
            report.warnings.push(format!("{}: {lines} lines; is there a second concept?", file.path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy;

    #[test]
    fn a_page_comes_first() {
        let good = [("a.rs", "//! A.\n"), ("b.rs", "#![no_std]\n//! B.\n"), ("c.md", "no page\n")];
        assert_eq!(tidy::report(check_pages, &good), Report::default());
        let bad = [("a.rs", "fn a() {}\n//! A.\n"), ("b.rs", ""), ("c.rs", "// C.\n")];
        assert_eq!(tidy::report(check_pages, &bad).errors.len(), 3);
    }

    #[test]
    fn sizes_warn_and_then_fail() {
        let sized = |lines: usize| tidy::report(check_sizes, &[("a.rs", &"\n".repeat(lines))]);
        assert_eq!(sized(LONG), Report::default());
        assert_eq!(sized(TOO_LONG).warnings.len(), 1);
        assert_eq!(sized(TOO_LONG + 1).errors.len(), 1);
    }
}
