//! Names of invariants come in pairs: what is cited is declared on some page, and what is declared is carried by a
//! test. The same for mutants: each one in the code is in the table of some model, and the other way round.

use super::{File, Report};
use std::collections::{BTreeMap, BTreeSet};

// Pieced together, so that this file does not itself cite or declare anything.
const PREFIX: &str = concat!("IN", "V-");
const MUTANT: &str = concat!("mutant", "!(\"");
const MODELS: &str = "loom-tests/src/models/";

/// Every cited invariant is declared, once, and every declared one is carried by a test.
pub fn check(files: &[File], report: &mut Report) {
    let ours = || files.iter().filter(|file| file.is_rust() && !file.path.starts_with("xtask/"));
    let mut declared: BTreeMap<String, &str> = BTreeMap::new();
    for (file, name) in ours().flat_map(|file| declarations(&file.text).map(move |name| (file, name))) {
        if let Some(first) = declared.insert(name.clone(), &file.path) {
            report.errors.push(format!("{}: {name} is declared in {first} as well", file.path));
        }
    }
    for file in ours() {
        for name in citations(&file.text).collect::<BTreeSet<_>>() {
            if !declared.contains_key(&name) {
                report.errors.push(format!("{}: cites {name}, which no page declares", file.path));
            }
        }
    }
    for (name, path) in declared {
        if !ours().any(|file| carries(file.tests(), &name)) {
            report.errors.push(format!("{path}: declares {name}, which no test or model carries"));
        }
    }
}

/// The mutants in the code are those in the tables of the models.
pub fn check_mutants(files: &[File], report: &mut Report) {
    let tables = files.iter().filter(|file| file.path.starts_with(MODELS));
    let lists = tables.flat_map(|file| file.text.split("mutants: &[").skip(1));
    let listed: BTreeSet<&str> = lists.flat_map(quoted).collect();
    let mut built = BTreeSet::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        for name in file.text.split(MUTANT).skip(1).filter_map(|rest| rest.split('"').next()) {
            built.insert(name);
            if !listed.contains(name) {
                report.errors.push(format!("{}: no model lists the mutant {name}", file.path));
            }
        }
    }
    let missing = listed.difference(&built);
    report.errors.extend(missing.map(|name| format!("{MODELS}: the mutant {name} is nowhere in the code")));
}

/// The strings in the list that `text` is the rest of.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split(']').next().unwrap_or_default().split('"').skip(1).step_by(2)
}

/// Names that `text` mentions: the prefix, capitals, a dash, a number.
fn citations(text: &str) -> impl Iterator<Item = String> {
    text.split(PREFIX).skip(1).filter_map(name)
}

/// Names that the pages in `text` declare, which is to mention them with a colon after them.
fn declarations(text: &str) -> impl Iterator<Item = String> {
    let pages = text.lines().filter(|line| line.trim_start().starts_with("//!"));
    pages.flat_map(|line| line.split(PREFIX).skip(1)).filter_map(|rest| {
        let name = name(rest)?;
        rest[name.len() - PREFIX.len()..].starts_with(':').then_some(name)
    })
}

/// The name that `rest` continues.
fn name(rest: &str) -> Option<String> {
    let (area, rest) = rest.split_once('-')?;
    let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let well_formed = !area.is_empty() && area.chars().all(|c| c.is_ascii_uppercase()) && !number.is_empty();
    well_formed.then(|| format!("{PREFIX}{area}-{number}"))
}

/// Whether `tests` mentions `name`, as it is or as part of an identifier: `rc_1` in `rc_1_foreign_drop`.
fn carries(tests: &str, name: &str) -> bool {
    let short = name[PREFIX.len()..].to_lowercase().replace('-', "_");
    [name, &short].into_iter().any(|form| {
        tests.match_indices(form).any(|(start, _)| {
            let before = tests[..start].chars().next_back();
            let after = tests[start + form.len()..].chars().next();
            !before.is_some_and(|c| c.is_ascii_alphanumeric()) && !after.is_some_and(|c| c.is_ascii_digit())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy;

    const PAGE: (&str, &str) = ("a.rs", "//! * INV-RC-1: only the owner counts.\n// INV-RC-1\n");

    fn errors(files: &[(&str, &str)]) -> usize {
        tidy::report(check, files).errors.len()
    }

    #[test]
    fn a_declared_and_carried_name_is_fine() {
        assert_eq!(errors(&[PAGE, ("x/tests.rs", "fn rc_1_owner() {}")]), 0);
        assert_eq!(errors(&[PAGE, ("loom-tests/src/m.rs", "// INV-RC-1")]), 0);
        assert_eq!(errors(&[PAGE, ("b.rs", "#[cfg(test)]\nfn the_rc_1() {}")]), 0);
        assert_eq!(errors(&[PAGE, ("b.rs", "#[cfg(all(test, not(loom)))]\nfn the_rc_1() {}")]), 0);
    }

    #[test]
    fn a_declared_name_needs_a_test() {
        assert_eq!(errors(&[PAGE]), 1);
        assert_eq!(errors(&[PAGE, ("b.rs", "fn rc_1() {}")]), 1);
        assert_eq!(errors(&[PAGE, ("x/tests.rs", "fn arc_1() {} fn rc_12() {}")]), 1);
    }

    #[test]
    fn a_cited_name_needs_one_declaration() {
        assert_eq!(errors(&[("a.rs", "// INV-RC-2; never.")]), 1);
        assert_eq!(errors(&[("a.rs", "//! INV-RC-2 without a colon is a mention.")]), 1);
        assert_eq!(errors(&[("a.rs", "// as INV-... or INV-x-1")]), 0);
        assert_eq!(errors(&[PAGE, ("b.rs", PAGE.1), ("x/tests.rs", "fn rc_1() {}")]), 1);
    }

    #[test]
    fn mutants_and_models_agree() {
        let code = |name: &str| format!("if {MUTANT}{name}\") {{}}");
        let table = ("loom-tests/src/models/m.rs", "mutants: &[\"first\", \"second\"],");
        let errors = |files: &[(&str, &str)]| tidy::report(check_mutants, files).errors.len();
        assert_eq!(errors(&[table, ("a.rs", &code("first")), ("b.rs", &code("second"))]), 0);
        assert_eq!(errors(&[table, ("a.rs", &code("first"))]), 1);
        assert_eq!(errors(&[table, ("a.rs", &code("third"))]), 3);
    }
}
