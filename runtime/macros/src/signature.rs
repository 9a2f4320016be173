//! Python's grammar of parameters, as in `#[sig("($self, index=-1, /, *, key=None)")]`.

use crate::default::Default;

/// How arguments reach a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passing {
    /// By position only.
    Positional,
    /// By position or by keyword.
    Either,
    /// `*args`.
    Rest,
    /// By keyword only.
    Keyword,
    /// `**kwargs`.
    Keywords,
}

/// One parameter as Python declares it.
#[derive(Debug, PartialEq)]
pub struct Declared {
    /// Its name in Python.
    pub name: String,
    /// How arguments reach it.
    pub passing: Passing,
    /// Its default: what it means and how it was written.
    pub default: Option<(Default, String)>,
}

impl Declared {
    /// Whether calls must pass it.
    pub fn is_required(&self) -> bool {
        self.default.is_none() && !matches!(self.passing, Passing::Rest | Passing::Keywords)
    }
}

/// Reads a signature; the receiver (`$self`), which is not one of the parameters, may be left out.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str) -> Result<Vec<Declared>, String> {
    let inner = text.trim().strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    let pieces = split(inner.ok_or("a signature is written in parentheses")?)?;
    let mut parameters: Vec<Declared> = Vec::new();
    let mut named = Passing::Either;
    let mut slash = false;
    for (place, piece) in pieces.iter().enumerate() {
        let ended = parameters.last().is_some_and(|last| last.passing == Passing::Keywords);
        if ended {
            return Err(format!("`{piece}` follows the `**` parameter"));
        }
        if piece.starts_with('$') {
            if place > 0 {
                return Err(format!("`{piece}` must come first"));
            }
        } else if *piece == "/" {
            // A receiver is positional-only, with `/` or without.
            if slash || named == Passing::Keyword || place == 0 {
                return Err("`/` follows the positional parameters, once".to_owned());
            }
            slash = true;
            parameters.iter_mut().for_each(|parameter| parameter.passing = Passing::Positional);
        } else if let Some(name) = piece.strip_prefix("**") {
            parameters.push(declared(name, Passing::Keywords)?);
        } else if let Some(name) = piece.strip_prefix('*') {
            if named == Passing::Keyword {
                return Err("there can be only one `*`".to_owned());
            }
            named = Passing::Keyword;
            if !name.is_empty() {
                parameters.push(declared(name, Passing::Rest)?);
            } else if pieces.get(place + 1).is_none_or(|next| next.starts_with('*')) {
                return Err("`*` must be followed by a named parameter".to_owned());
            }
        } else {
            let parameter = declared(piece, named)?;
            let optional = parameters.last().is_some_and(|last| last.default.is_some());
            if named == Passing::Either && optional && parameter.default.is_none() {
                return Err(format!("`{}` without a default follows one with a default", parameter.name));
            }
            parameters.push(parameter);
        }
    }
    for (place, parameter) in parameters.iter().enumerate() {
        if parameters[..place].iter().any(|earlier| earlier.name == parameter.name) {
            return Err(format!("there are two parameters `{}`", parameter.name));
        }
    }
    Ok(parameters)
}

/// One parameter; a `*` and its default are no longer or not yet looked at.
fn declared(piece: &str, passing: Passing) -> Result<Declared, String> {
    let (name, default) = match piece.split_once('=') {
        Some((name, default)) => (name.trim(), Some(default.trim())),
        None => (piece.trim(), None),
    };
    let identifier = name.chars().all(|c| c == '_' || c.is_alphanumeric());
    if name.is_empty() || !identifier || name.starts_with(|first: char| first.is_ascii_digit()) {
        return Err(format!("`{piece}` is not a parameter"));
    }
    if default == Some("") || (default.is_some() && matches!(passing, Passing::Rest | Passing::Keywords)) {
        return Err(format!("`{piece}` has no such default"));
    }
    let default = default.map(|text| (Default::parse(text), text.to_owned()));
    Ok(Declared { name: name.to_owned(), passing, default })
}

/// The text between commas that are in no brackets and no string.
fn split(text: &str) -> Result<Vec<&str>, String> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    let mut quote = None;
    let mut escaped = false;
    for (place, c) in text.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.checked_sub(1).ok_or("the parentheses do not match")?,
            (None, ',') if depth == 0 => {
                pieces.push(text[start..place].trim());
                start = place + 1;
            }
            _ => {}
        }
    }
    if depth > 0 || quote.is_some() {
        return Err("a bracket or a string is not closed".to_owned());
    }
    let last = text[start..].trim();
    if !last.is_empty() {
        pieces.push(last);
    }
    if pieces.contains(&"") {
        return Err("there is nothing between two commas".to_owned());
    }
    Ok(pieces)
}

/// Writes the signature in the one form that Python programs see, with `receiver` as its first parameter.
pub fn text(receiver: Option<&str>, parameters: &[Declared]) -> String {
    let mut pieces: Vec<String> = receiver.map(|name| format!("${name}")).into_iter().collect();
    let mut slash = receiver.is_some(); // whether positional-only parameters are waiting for it
    let mut star = false; // whether what follows is by keyword only
    for parameter in parameters {
        if slash && parameter.passing != Passing::Positional {
            pieces.push("/".to_owned());
        }
        slash = parameter.passing == Passing::Positional;
        if parameter.passing == Passing::Keyword && !star {
            pieces.push("*".to_owned());
        }
        star |= matches!(parameter.passing, Passing::Keyword | Passing::Rest);
        let prefix = match parameter.passing {
            Passing::Rest => "*",
            Passing::Keywords => "**",
            _ => "",
        };
        let default = parameter.default.iter().map(|(_, text)| format!("={text}")).collect::<String>();
        pieces.push(format!("{prefix}{}{default}", parameter.name));
    }
    if slash {
        pieces.push("/".to_owned());
    }
    format!("({})", pieces.join(", "))
}
