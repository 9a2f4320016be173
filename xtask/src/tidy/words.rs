//! Words that do not belong in the repository.

use super::{File, Report};

/// Whether a word is looked for in a file.
type Concerns = fn(&File) -> bool;

/// A word, where it is looked for, and why it is unwanted. Pieced together, so that this file passes.
const WORDS: &[(&str, Concerns, &str)] = &[
    (concat!("to", "do!("), File::is_rust, "finish it, or leave it out"),
    (concat!("unimple", "mented!("), File::is_rust, "finish it, or leave it out"),
    (concat!("#[ig", "nore"), File::is_rust, "assert today's wrong answer and say why"),
    (concat!("allow(cl", "ippy::unwrap_used"), File::is_rust, "say with expect what cannot happen"),
    (
        concat!("TraceFields", " for "),
        is_handwritten,
        "mark the fields and let `#[native::class]` do it: INV-FIELDS-1",
    ),
    (concat!("crates", ".io"), |_| true, "name the package, not where it is fetched from"),
];

/// Whether a file is outside what declares and writes the implementations of `TraceFields`.
fn is_handwritten(file: &File) -> bool {
    file.is_rust() && !file.path.starts_with("runtime/macros/") && file.path != "memory/src/fields.rs"
}

/// None of the words is there.
pub fn check(files: &[File], report: &mut Report) {
    for &(word, concerns, why) in WORDS {
        for file in files.iter().filter(|file| concerns(file) && file.text.contains(word)) {
            report.errors.push(format!("{}: {word}: {why}", file.path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy;

    #[test]
    fn words_are_found_where_they_matter() {
        for &(word, ..) in WORDS {
            assert_eq!(tidy::report(check, &[("a.rs", word)]).errors.len(), 1);
        }
        assert_eq!(tidy::report(check, &[("style.md", WORDS[0].0)]), Report::default());
    }
}
