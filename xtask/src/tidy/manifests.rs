//! Every crate takes the workspace's lints, and knows only the layers below it.

use super::{File, Report};

/// The layers from the top. A crate may name those after it.
const LAYERS: &[&str] = &["stdlib", "runtime", "memory", "threads"];

/// Crates without a line of `unsafe`.
const SAFE: &[&str] = &["stdlib/src/lib.rs"];

fn manifests(files: &[File]) -> impl Iterator<Item = &File> {
    files.iter().filter(|file| file.path == "Cargo.toml" || file.path.ends_with("/Cargo.toml"))
}

/// Every manifest inherits the lints.
pub fn check_lints(files: &[File], report: &mut Report) {
    for file in manifests(files) {
        if !file.text.contains("[lints]\nworkspace = true\n") {
            report.errors.push(format!("{}: does not inherit the workspace's lints", file.path));
        }
    }
}

/// No layer depends on one above it.
pub fn check_layers(files: &[File], report: &mut Report) {
    for (place, layer) in LAYERS.iter().enumerate() {
        let path = format!("{layer}/Cargo.toml");
        let Some(file) = files.iter().find(|file| file.path == path) else { continue };
        for upper in &LAYERS[..place] {
            let names = [format!("{upper}.workspace"), format!("{upper} ="), format!("weft-{upper}\"")];
            if file.text.lines().any(|line| names.iter().any(|name| line.starts_with(name.as_str()))) {
                report.errors.push(format!("{path}: {layer} must not know {upper}"));
            }
        }
    }
}

/// What promised to do without `unsafe` says so to the compiler.
pub fn check_fences(files: &[File], report: &mut Report) {
    for file in files.iter().filter(|file| SAFE.contains(&file.path.as_str())) {
        if !file.text.contains("#![forbid(unsafe_code)]") {
            report.errors.push(format!("{}: does not forbid unsafe code", file.path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy;

    #[test]
    fn lints_are_inherited() {
        let check = |text: &str| tidy::report(check_lints, &[("a/Cargo.toml", text)]).errors.len();
        assert_eq!(check("[package]\n[lints]\nworkspace = true\n"), 0);
        assert_eq!(check("[package]\n"), 1);
    }

    #[test]
    fn layers_look_down() {
        let check = |path, text| tidy::report(check_layers, &[(path, text)]).errors.len();
        assert_eq!(check("memory/Cargo.toml", "[dependencies]\nthreads.workspace = true\n"), 0);
        assert_eq!(check("threads/Cargo.toml", "[dependencies]\nmemory.workspace = true\n"), 1);
        assert_eq!(check("memory/Cargo.toml", "[dependencies]\nruntime = { path = \"x\" }\n"), 1);
    }

    #[test]
    fn fences_stand() {
        let check = |text| tidy::report(check_fences, &[("stdlib/src/lib.rs", text)]).errors.len();
        assert_eq!((check("#![forbid(unsafe_code)]"), check("")), (0, 1));
    }
}
