//! Attributes that the macros read: doc comments, names, and the marks of functions and fields.

use syn::{Attribute, Expr, Lit, LitStr, Meta};

/// The doc comment up to its first heading: what Python sees.
pub fn doc(attributes: &[Attribute]) -> Option<String> {
    let mut lines = Vec::new();
    for attribute in attributes {
        if let Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("doc")
            && let Expr::Lit(literal) = &pair.value
            && let Lit::Str(text) = &literal.lit
        {
            let text = text.value();
            lines.extend(
                text.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned()),
            );
            if text.is_empty() {
                lines.push(String::new());
            }
        }
    }
    let shown: Vec<_> = lines.into_iter().take_while(|line| !is_heading(line)).collect();
    let text = shown.join("\n").trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn is_heading(line: &str) -> bool {
    line.trim_start_matches('#').len() < line.len() && line.trim_start_matches('#').starts_with(' ')
}

/// Removes the attribute `name`, if it is there.
pub fn take(attributes: &mut Vec<Attribute>, name: &str) -> Option<Attribute> {
    let place = attributes.iter().position(|attribute| attribute.path().is_ident(name))?;
    Some(attributes.remove(place))
}

/// Removes the mark `name`, an attribute without arguments, and says whether it was there.
pub fn take_mark(attributes: &mut Vec<Attribute>, name: &str) -> syn::Result<bool> {
    match take(attributes, name) {
        Some(attribute) => attribute.meta.require_path_only().map(|_| true),
        None => Ok(false),
    }
}

/// Removes `#[name("...")]`.
pub fn take_name(attributes: &mut Vec<Attribute>) -> syn::Result<Option<String>> {
    take(attributes, "name")
        .map(|attribute| attribute.parse_args::<LitStr>().map(|name| name.value()))
        .transpose()
}

/// The conditions under which the item exists, which what is emitted for it shares.
pub fn conditions(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect()
}
