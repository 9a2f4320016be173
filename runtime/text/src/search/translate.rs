//! `str.translate`, with the looking up left to the caller.

use crate::builder::Builder;
use crate::chars::{Chars, Text};
use crate::error::{Error, room};

/// What a character becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Translated {
    /// Itself.
    Same,
    /// Nothing.
    Deleted,
    /// Another character.
    Char(u32),
    /// Any text.
    Text(Text),
}

/// `text.translate(table)`; `look_up` is asked once for each ASCII character and each time for others.
pub fn translate<E: From<Error>>(
    text: &impl Chars,
    mut look_up: impl FnMut(u32) -> std::result::Result<Translated, E>,
) -> std::result::Result<Text, E> {
    let mut known: [Option<Translated>; 128] = [const { None }; 128];
    room(text.len())?;
    let mut out = Builder::with_capacity(text.len());
    for c in text.iter_chars() {
        let fresh;
        let found = match known.get_mut(c as usize) {
            Some(Some(found)) => &*found,
            Some(empty) => &*empty.insert(look_up(c)?),
            None => {
                fresh = look_up(c)?;
                &fresh
            }
        };
        match found {
            Translated::Same => out.push(c),
            Translated::Deleted => {}
            Translated::Char(code) => out.push(*code),
            Translated::Text(text) => {
                out.reserve_view(text.view())?;
                out.push_view(text.view());
            }
        }
    }
    Ok(out.finish())
}
