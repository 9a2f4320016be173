//! The switchboard of deliberate defects, under loom only.

static ACTIVE: std::sync::OnceLock<String> = std::sync::OnceLock::new();

/// Activates the mutant `name` for the rest of the process.
pub fn activate(name: &str) {
    let _ = ACTIVE.set(name.to_owned());
}

/// Whether the mutant `name` is active.
pub fn is_active(name: &str) -> bool {
    ACTIVE.get().is_some_and(|active| active == name)
}
