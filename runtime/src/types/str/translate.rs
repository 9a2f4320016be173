//! Methods of `str` that put other characters into it: replacement, translation, filling up.

use memory::{Object, Value};
use text::search::{self, Translated};
use threads::{Context, Thread};

use super::operators::same;
use super::split::check_length;
use super::{Kind, Str, StrExt, Writer};
use crate::class::{TypeExt, class_of};
use crate::error::{LOOKUP_ERROR, Result, type_error, value_error};
use crate::native;
use crate::object::{cast, cast_exact};
use crate::types::{Dict, DictExt, int};

/// What the table of `str.translate` makes of one character.
fn look_up(thread: &mut Thread, table: &Value, code: u32) -> Result<Translated> {
    let key = int::from_i64(thread, code.into())?;
    let found = match cast_exact::<Dict>(table) {
        Some(table) => match table.get(thread, &key)? {
            Some(found) => found,
            None => return Ok(Translated::Same), // as KeyError would say
        },
        None => match crate::ops::getitem(thread, table, &key) {
            Ok(found) => found,
            Err(raised) if raised.is(&LOOKUP_ERROR) => return Ok(Translated::Same),
            Err(raised) => return Err(raised),
        },
    };
    if found.is_none() {
        return Ok(Translated::Deleted);
    }
    if int::is_int(&found) {
        return match int::to_i64(&found).and_then(|code| u32::try_from(code).ok()) {
            Some(code) if code <= 0x10_ffff => Ok(Translated::Char(code)),
            _ => Err(value_error("character mapping must be in range(0x110000)")),
        };
    }
    match cast::<Str>(&found) {
        Some(text) => Ok(Translated::Text(text::Text::narrow(text.view()))),
        None => Err(type_error("character mapping must return integer, None or str")),
    }
}

/// The text with `before` copies of `fill` in front and `after` behind.
fn pad(thread: &mut Thread, text: &Object<Str>, before: usize, after: usize, fill: u32) -> Result<Value> {
    if before == 0 && after == 0 {
        return same(thread, text);
    }
    let len = before.checked_add(after).and_then(|len| len.checked_add(text.len()));
    let len = len.ok_or_else(|| crate::error::overflow_error("padded string is too long"))?;
    let mut writer = Writer::new(thread, Kind::of(text).max(Kind::of_char(fill)), len)?;
    writer.push_repeated(fill, before);
    writer.push_view(text.view());
    writer.push_repeated(fill, after);
    Ok(writer.finish())
}

/// `text` with `old`, which is not empty, replaced `most` times at most by `new`, which is at least as wide as `text`: so is what
/// comes of it, and its length is known before it is written. `None` where that is less than two: such strs are there already.
fn replaced(
    thread: &Context,
    text: &Object<Str>,
    old: &Object<Str>,
    new: &Object<Str>,
    most: usize,
) -> Result<Option<Value>> {
    // Of the same length, they need not be counted first.
    let found = match (old.len() == new.len(), most) {
        (true, 1..) if search::contains(text.view(), old.view()) => most,
        (true, _) => 0,
        (false, _) => search::count(text.view(), old.view(), most),
    };
    if found == 0 {
        return same(thread, text).map(Some);
    }
    let too_long = || crate::error::overflow_error("replace string is too long");
    let len = if old.len() == new.len() {
        Some(text.len())
    } else {
        let kept = text.len() - found * old.len();
        found.checked_mul(new.len()).and_then(|added| added.checked_add(kept))
    };
    let len = len.filter(|&len| len <= isize::MAX as usize).ok_or_else(too_long)?;
    if len < 2 {
        return Ok(None);
    }
    let mut writer = Writer::new(thread, Kind::of(new), len)?;
    search::split_each(text.view(), old.view(), found, |part| -> Result<()> {
        if part.start > 0 {
            writer.push_short(new.view());
        }
        writer.push_short(text.view().slice(part));
        Ok(())
    })?;
    Ok(Some(writer.finish()))
}

/// `text` with each `old`, one character, replaced `most` times at most by `new`, if the text is ASCII and either has no such
/// character, or some more characters than one, `new` is one of them, and all are replaced.
fn replaced_characters(
    thread: &Context,
    text: &Object<Str>,
    old: &Object<Str>,
    new: &Object<Str>,
    most: usize,
) -> Option<Result<Value>> {
    let (characters, &[old]) = (text.as_ascii()?, old.as_ascii()?.as_bytes()) else { return None };
    if search::find_byte(characters.as_bytes(), old).is_none() {
        return Some(same(thread, text));
    }
    let &[new] = new.as_ascii()?.as_bytes() else { return None };
    if characters.len() <= 1 || most < characters.len() {
        return None;
    }
    Some(Writer::new(thread, Kind::Ascii, characters.len()).map(|mut writer| {
        writer.push_ascii(characters, |c| if c == old { new } else { c });
        writer.finish()
    }))
}

/// The one character of `fillchar`.
fn fill_character(fillchar: Option<&Value>) -> Result<u32> {
    let Some(fillchar) = fillchar else { return Ok(' '.into()) };
    let Some(text) = cast::<Str>(fillchar) else {
        let class = class_of(fillchar).name_lossy();
        return Err(type_error(format!("The fill character must be a unicode character, not {class}")));
    };
    match text.char_at(0) {
        Some(code) if text.len() == 1 => Ok(code),
        _ => Err(type_error("The fill character must be exactly one character long")),
    }
}

/// How many characters are missing to `width`.
fn missing(text: &Object<Str>, width: isize) -> Result<usize> {
    Ok((width.max(0) as usize).saturating_sub(text.len()))
}

/// The key of a translation table that a key of `str.maketrans`'s dict stands for.
fn table_key(thread: &mut Thread, key: &Value) -> Result<Value> {
    if let Some(text) = cast::<Str>(key) {
        return match text.char_at(0) {
            Some(code) if text.len() == 1 => int::from_i64(thread, code.into()),
            _ => Err(value_error("string keys in translatetable must be of length 1")),
        };
    }
    if int::is_int(key) {
        return Ok(key.clone());
    }
    Err(type_error("keys in translate table mustbe strings or integers"))
}

fn table_of_dict(thread: &mut Thread, dict: &Value) -> Result<Value> {
    let Some(dict) = cast_exact::<Dict>(dict) else {
        return Err(type_error("if you give only one argument to maketrans it must be a dict"));
    };
    let table = Dict::new(thread)?;
    for (key, value) in dict.items(thread) {
        let key = table_key(thread, &key)?;
        if let Some(table) = cast::<Dict>(&table) {
            table.set(thread, &key, value)?;
        }
    }
    Ok(table)
}

fn str_argument(value: &Value, number: usize) -> Result<&Object<Str>> {
    cast::<Str>(value).ok_or_else(|| {
        let class = if value.is_none() { "None".to_owned() } else { class_of(value).name_lossy() };
        type_error(format!("maketrans() argument {number} must be str, not {class}"))
    })
}

#[native::methods(Str, name = "str")]
pub(in crate::types) mod methods {
    use super::*;
    use text::Chars;

    /// Return a copy with all occurrences of substring old replaced by new.
    ///
    ///   count
    ///     Maximum number of occurrences to replace.
    ///     -1 (the default value) means replace all occurrences.
    ///
    /// If the optional argument count is given, only the first count occurrences are
    /// replaced.
    #[sig("($self, old, new, /, count=-1)")]
    pub fn replace(
        th: &mut Thread,
        text: &Object<Str>,
        old: &Object<Str>,
        new: &Object<Str>,
        count: isize,
    ) -> Result<Value> {
        let most = usize::try_from(count).unwrap_or(usize::MAX);
        if let Some(replaced) = replaced_characters(th, text, old, new, most) {
            return replaced;
        }
        if Kind::of(text) <= Kind::of(new)
            && !old.is_empty()
            && let Some(replaced) = replaced(th, text, old, new, most)?
        {
            return Ok(replaced);
        }
        if new.len() > old.len() && text.len().saturating_mul(new.len()) > 1 << 24 {
            // The result may be much longer than the text: see whether there is room.
            let found = search::count(text.view(), old.view(), most);
            let grown = found.saturating_mul(new.len() - old.len()).saturating_add(text.len());
            if grown > isize::MAX as usize {
                return Err(crate::error::overflow_error("replace string is too long"));
            }
            check_length(grown.saturating_mul(4))?;
        }
        match search::replace(text.view(), old.view(), new.view(), most) {
            Ok(Some(replaced)) => Str::from_text(th, &replaced),
            Ok(None) => same(th, text),
            Err(_) => Err(crate::error::memory_error()),
        }
    }

    /// Replace each character in the string using the given translation table.
    ///
    ///   table
    ///     Translation table, which must be a mapping of Unicode ordinals to
    ///     Unicode ordinals, strings, or None.
    ///
    /// The table must implement lookup/indexing via __getitem__, for instance a
    /// dictionary or list.  If this operation raises LookupError, the character is
    /// left untouched.  Characters mapped to None are deleted.
    pub fn translate(th: &mut Thread, text: &Object<Str>, table: &Value) -> Result<Value> {
        let translated = search::translate(&text.view(), |code| look_up(th, table, code))?;
        Str::from_text(th, &translated)
    }

    /// Return a translation table usable for str.translate().
    ///
    /// If there is only one argument, it must be a dictionary mapping Unicode
    /// ordinals (integers) or characters to Unicode ordinals, strings or None.
    /// Character keys will be then converted to ordinals.
    /// If there are two arguments, they must be strings of equal length, and
    /// in the resulting dictionary, each character in x will be mapped to the
    /// character at the same position in y. If there is a third argument, it
    /// must be a string, whose characters will be mapped to None in the result.
    #[static_method]
    #[sig("(x, y=<unrepresentable>, z=<unrepresentable>, /)", hidden)]
    pub fn maketrans(th: &mut Thread, x: &Value, y: Option<&Value>, z: Option<&Value>) -> Result<Value> {
        let y = y.map(|y| str_argument(y, 2)).transpose()?;
        let z = z.map(|z| str_argument(z, 3)).transpose()?;
        let Some(y) = y else { return table_of_dict(th, x) };
        let Some(x) = cast::<Str>(x) else {
            return Err(type_error(
                "first maketrans argument must be a string if there is a second argument",
            ));
        };
        if x.len() != y.len() {
            return Err(value_error("the first two maketrans arguments must have equal length"));
        }
        let table = Dict::new(th)?;
        let set = |th: &mut Thread, key: u32, value: Value| -> Result<()> {
            let key = int::from_i64(th, key.into())?;
            cast::<Dict>(&table).map_or(Ok(()), |table| table.set(th, &key, value))
        };
        for (from, to) in x.view().iter_chars().zip(y.view().iter_chars()) {
            let to = int::from_i64(th, to.into())?;
            set(th, from, to)?;
        }
        if let Some(z) = z {
            for code in z.view().iter_chars() {
                set(th, code, Value::none())?;
            }
        }
        Ok(table)
    }

    /// Return a centered string of length width.
    ///
    /// Padding is done using the specified fill character (default is a space).
    #[sig("($self, width, fillchar=' ', /)")]
    pub fn center(
        th: &mut Thread,
        text: &Object<Str>,
        width: isize,
        fillchar: Option<&Value>,
    ) -> Result<Value> {
        let fill = fill_character(fillchar)?;
        let padding = missing(text, width)?;
        let before = padding / 2 + (padding & width as usize & 1);
        pad(th, text, before, padding - before, fill)
    }

    /// Return a left-justified string of length width.
    ///
    /// Padding is done using the specified fill character (default is a space).
    #[sig("($self, width, fillchar=' ', /)")]
    pub fn ljust(
        th: &mut Thread,
        text: &Object<Str>,
        width: isize,
        fillchar: Option<&Value>,
    ) -> Result<Value> {
        let fill = fill_character(fillchar)?;
        let padding = missing(text, width)?;
        pad(th, text, 0, padding, fill)
    }

    /// Return a right-justified string of length width.
    ///
    /// Padding is done using the specified fill character (default is a space).
    #[sig("($self, width, fillchar=' ', /)")]
    pub fn rjust(
        th: &mut Thread,
        text: &Object<Str>,
        width: isize,
        fillchar: Option<&Value>,
    ) -> Result<Value> {
        let fill = fill_character(fillchar)?;
        let padding = missing(text, width)?;
        pad(th, text, padding, 0, fill)
    }

    /// Pad a numeric string with zeros on the left, to fill a field of the given width.
    ///
    /// The string is never truncated.
    pub fn zfill(th: &mut Thread, text: &Object<Str>, width: isize) -> Result<Value> {
        let padding = missing(text, width)?;
        if padding == 0 {
            return same(th, text);
        }
        let signed = matches!(text.char_at(0), Some(0x2b | 0x2d));
        let split = usize::from(signed);
        let len = padding.checked_add(text.len()).ok_or_else(crate::error::memory_error)?;
        let mut writer = Writer::new(th, Kind::of(text), len)?;
        writer.push_view(text.view().slice(0..split));
        writer.push_repeated('0'.into(), padding);
        writer.push_view(text.view().slice(split..text.len()));
        Ok(writer.finish())
    }

    /// Return a copy where all tab characters are expanded using spaces.
    ///
    /// If tabsize is not given, a tab size of 8 characters is assumed.
    #[sig("($self, /, tabsize=8)")]
    pub fn expandtabs(th: &mut Thread, text: &Object<Str>, tabsize: i32) -> Result<Value> {
        if text::search::find_char(text.view(), 9).is_none() {
            return same(th, text);
        }
        let size = tabsize.max(0) as usize;
        let tabs = text::search::count(text.view(), text::View::Latin1(b"\t"), usize::MAX);
        check_length(tabs.saturating_mul(size).saturating_add(text.len()).saturating_mul(4))?;
        Str::from_text(th, &search::expand_tabs(text.view(), size)?)
    }
}
