//! Private names: what `__name` becomes inside a class.

use std::sync::Arc;

/// `name` as code inside class `private` knows it: `__spam` in class `Ham` is `_Ham__spam`.
pub fn mangle(private: Option<&str>, name: &Arc<str>) -> Arc<str> {
    let Some(private) = private else { return name.clone() };
    // Names that end with two underscores are the language's; dots come from imports.
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return name.clone();
    }
    match private.trim_start_matches('_') {
        "" => name.clone(),
        class => format!("_{class}{name}").into(),
    }
}
