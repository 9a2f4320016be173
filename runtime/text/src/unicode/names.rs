//! Names of characters and what they name: the names of the standard, its aliases and its named sequences.

use super::database::Record;

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedSequence {
    /// One code point.
    Char(u32),
    /// Several, under a name of their own.
    Sequence(Vec<u32>),
}

/// Lines of a name, a semicolon and code points, in the order of the names.
const ALIASES: &str = include_str!("../../data/name_aliases.txt");
const SEQUENCES: &str = include_str!("../../data/name_sequences.txt");

/// `unicodedata.name`
pub fn name(code: u32) -> Option<String> {
    if !Record::of(code).assigned() {
        return None;
    }
    let c = char::from_u32(code)?;
    // Control characters have aliases, which are not names.
    if matches!(Record::of(code).category(), "Cc" | "Co" | "Cs") {
        return None;
    }
    unicode_names2::name(c).map(|name| name.to_string())
}

/// `unicodedata.lookup`: names and aliases in either case, and named sequences.
pub fn lookup(name: &str) -> Option<NamedSequence> {
    if !name.is_ascii() || name.len() > 256 {
        return None;
    }
    let upper = name.to_ascii_uppercase();
    if let Some(code) = exact(&upper) {
        return Some(NamedSequence::Char(code));
    }
    if let Some(codes) = listed(ALIASES, &upper) {
        return codes.first().map(|&code| NamedSequence::Char(code));
    }
    listed(SEQUENCES, &upper).map(NamedSequence::Sequence)
}

/// The character of exactly this name; the crate's own look-up overlooks spaces and hyphens.
fn exact(upper: &str) -> Option<u32> {
    let named = |code: u32| self::name(code).is_some_and(|name| name == upper);
    // Names that end in their code point are not in the tables of the crate.
    let number = upper.rsplit_once('-').and_then(|(_, digits)| u32::from_str_radix(digits, 16).ok());
    if let Some(code) = number.filter(|_| upper.starts_with("TANGUT IDEOGRAPH-")) {
        // Python finds these and does not tell their names.
        let canonical = upper.ends_with(&format!("-{code:04X}"));
        return (canonical && matches!(code, 0x17000..=0x187f7 | 0x18d00..=0x18d08)).then_some(code);
    }
    let listed = unicode_names2::character(upper).map(u32::from);
    listed.filter(|&code| named(code)).or(number.filter(|&code| named(code)))
}

/// The code points beside `name` in a sorted list.
fn listed(list: &str, name: &str) -> Option<Vec<u32>> {
    let (mut low, mut high) = (0, list.len());
    let line_start = |at: usize| list[..at].rfind('\n').map_or(0, |newline| newline + 1);
    while low < high {
        let start = line_start(low + (high - low) / 2);
        let line = list[start..].lines().next()?;
        let (found, codes) = line.split_once(';')?;
        match found.cmp(name) {
            std::cmp::Ordering::Less => low = start + line.len() + 1,
            std::cmp::Ordering::Greater => high = start,
            std::cmp::Ordering::Equal => {
                return codes.split(' ').map(|code| u32::from_str_radix(code, 16).ok()).collect();
            }
        }
    }
    None
}
