//! Replacing, translating, filling up; hexadecimal digits; decoding.

use memory::{Object, Value};
use text::search as find;
use text::{Text, View};
use threads::Thread;

use super::{ByteString, room};
use crate::class::{Payload, Type, TypeExt, class_of};
use crate::error::{Result, memory_error, overflow_error, system_error, type_error, value_error};
use crate::native;
use crate::object::cast;
use crate::types::bytearray::Bytearray;
use crate::types::{Bytes, BytesExt, Str, StrExt, buffers, codecs};

/// What an algorithm on one-byte text made.
fn latin1(text: Text) -> Vec<u8> {
    match text {
        Text::Latin1(bytes) => bytes,
        other => text::Chars::iter_chars(&other).map(|c| c as u8).collect(),
    }
}

fn replaced<T: ByteString>(
    thread: &mut Thread,
    this: &Object<T>,
    old: &Value,
    new: &Value,
    count: isize,
) -> Result<Value> {
    let old = buffers::bytes_of(thread, old)?;
    let new = buffers::bytes_of(thread, new)?;
    let most = usize::try_from(count).unwrap_or(usize::MAX);
    let result = T::with(thread, this, |bytes| -> Result<Option<Vec<u8>>> {
        let (view, old, new) = (View::Latin1(bytes), View::Latin1(&old), View::Latin1(&new));
        let (old_len, new_len) = (text::Chars::len(&old), text::Chars::len(&new));
        if new_len > old_len && bytes.len().saturating_mul(new_len) > 1 << 24 {
            let grown =
                find::count(view, old, most).saturating_mul(new_len - old_len).saturating_add(bytes.len());
            if grown > isize::MAX as usize {
                return Err(overflow_error("replace bytes is too long"));
            }
            room(grown)?;
        }
        Ok(find::replace(view, old, new, most)?.map(latin1))
    })?;
    match result {
        Some(bytes) => T::make(thread, bytes),
        None => T::unchanged(thread, this),
    }
}

fn translated<T: ByteString>(
    thread: &mut Thread,
    this: &Object<T>,
    table: &Value,
    delete: Option<&Value>,
) -> Result<Value> {
    let table = match table.is_none() {
        true => None,
        false => Some(buffers::bytes_of(thread, table)?),
    };
    if table.as_ref().is_some_and(|table| table.len() != 256) {
        return Err(value_error("translation table must be 256 characters long"));
    }
    let mut deleted = [false; 256];
    if let Some(delete) = delete {
        for &byte in &*buffers::bytes_of(thread, delete)? {
            deleted[usize::from(byte)] = true;
        }
    }
    let (same, bytes) = T::with(thread, this, |bytes| {
        let kept = bytes.iter().filter(|&&b| !deleted[usize::from(b)]);
        let made: Vec<u8> = kept.map(|&b| table.as_ref().map_or(b, |table| table[usize::from(b)])).collect();
        (made == bytes, made)
    });
    if same { T::unchanged(thread, this) } else { T::make(thread, bytes) }
}

fn filled<T: ByteString>(
    thread: &Thread,
    this: &Object<T>,
    width: isize,
    fill: u8,
    before: fn(usize, usize) -> usize,
) -> Result<Value> {
    let width = width.max(0) as usize;
    let made = T::with(thread, this, |bytes| -> Result<Option<Vec<u8>>> {
        let padding = width.saturating_sub(bytes.len());
        if padding == 0 {
            return Ok(None);
        }
        let mut out = Vec::new();
        if out.try_reserve_exact(width).is_err() {
            return Err(memory_error());
        }
        let before = before(padding, width);
        out.resize(before, fill);
        out.extend_from_slice(bytes);
        out.resize(width, fill);
        Ok(Some(out))
    })?;
    match made {
        Some(bytes) => T::make(thread, bytes),
        None => T::unchanged(thread, this),
    }
}

fn zero_filled<T: ByteString>(thread: &Thread, this: &Object<T>, width: isize) -> Result<Value> {
    let width = width.max(0) as usize;
    let made = T::with(thread, this, |bytes| -> Result<Option<Vec<u8>>> {
        let padding = width.saturating_sub(bytes.len());
        if padding == 0 {
            return Ok(None);
        }
        let mut out = Vec::new();
        if out.try_reserve_exact(width).is_err() {
            return Err(memory_error());
        }
        let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
        out.extend_from_slice(&bytes[..sign]);
        out.resize(sign + padding, b'0');
        out.extend_from_slice(&bytes[sign..]);
        Ok(Some(out))
    })?;
    match made {
        Some(bytes) => T::make(thread, bytes),
        None => T::unchanged(thread, this),
    }
}

/// The one byte that fills up.
fn fill_byte(thread: &Thread, value: Option<&Value>, method: &str) -> Result<u8> {
    let Some(value) = value else { return Ok(b' ') };
    let class = class_of(value).name_lossy();
    let Some(bytes) = buffers::exact_bytes(thread, value)? else {
        let class = if value.is_none() { "None".to_owned() } else { class };
        return Err(type_error(format!(
            "{method}() argument 2 must be a byte string of length 1, not {class}"
        )));
    };
    match bytes[..] {
        [byte] => Ok(byte),
        _ => Err(type_error(format!(
            "{method}(): argument 2 must be a byte string of length 1, not a {} object of length {}",
            if class == "bytearray" { "bytearray" } else { "bytes" },
            bytes.len()
        ))),
    }
}

fn expanded<T: ByteString>(thread: &Thread, this: &Object<T>, tabsize: i32) -> Result<Value> {
    let size = tabsize.max(0) as usize;
    let bytes = T::with(thread, this, |bytes| -> Result<Vec<u8>> {
        let tabs = bytes.iter().filter(|&&b| b == b'\t').count();
        room(tabs.saturating_mul(size).saturating_add(bytes.len()))?;
        let text = find::expand_tabs(View::Latin1(bytes), size);
        text.map(latin1).map_err(|_| overflow_error("result too long"))
    })?;
    T::make(thread, bytes)
}

/// `bytes.hex(sep, bytes_per_sep)`
///
/// # Errors
/// TypeError and ValueError for a separator that is none.
pub fn hexadecimal(thread: &mut Thread, bytes: &[u8], sep: Option<&Value>, per_sep: i32) -> Result<Value> {
    let separator = match sep {
        None => None,
        Some(sep) => {
            if crate::ops::len(thread, sep)? != 1 {
                return Err(value_error("sep must be length 1."));
            }
            let byte = match (cast::<Str>(sep), cast::<Bytes>(sep)) {
                (Some(text), _) => text.char_at(0),
                (_, Some(bytes)) => bytes.bytes().first().map(|&b| b.into()),
                _ => return Err(type_error("sep must be str or bytes.")),
            };
            match byte.and_then(|byte| u8::try_from(byte).ok()) {
                Some(byte) if byte.is_ascii() => Some(byte),
                _ => return Err(value_error("sep must be ASCII.")),
            }
        }
    };
    room(bytes.len().saturating_mul(3))?;
    let digits = text::ascii::to_hex(bytes, separator, per_sep.into());
    Str::from_latin1(thread, &digits)
}

fn from_hexadecimal<T: ByteString>(thread: &mut Thread, class: &Value, string: &Value) -> Result<Value> {
    let bytes = if let Some(text) = cast::<Str>(string) {
        text::ascii::from_hex_str(&text.view())?
    } else if buffers::is_buffer(string) {
        text::ascii::from_hex(&buffers::bytes_of(thread, string)?)?
    } else {
        let class = class_of(string).name_lossy();
        return Err(type_error(format!("fromhex() argument must be str or bytes-like, not {class}")));
    };
    let made = T::make(thread, bytes)?;
    let own = <T as Payload>::def().object();
    match cast::<Type>(class) {
        Some(class) if std::ptr::eq(class, own) => Ok(made),
        Some(_) => crate::call::call_one(thread, class, &made),
        None => Err(system_error("fromhex() was called for something else than a class")),
    }
}

/// `bytes.maketrans(frm, to)`
fn translation_table(thread: &mut Thread, from: &Value, to: &Value) -> Result<Value> {
    let from = buffers::bytes_of(thread, from)?;
    let to = buffers::bytes_of(thread, to)?;
    if from.len() != to.len() {
        return Err(value_error("maketrans arguments must have same length"));
    }
    let mut table: [u8; 256] = std::array::from_fn(|i| i as u8);
    for (&from, &to) in from.iter().zip(to.iter()) {
        table[usize::from(from)] = to;
    }
    Bytes::new(thread, &table)
}

fn decoded<T: ByteString>(
    thread: &mut Thread,
    this: &Object<T>,
    encoding: Option<&Object<Str>>,
    errors: Option<&Object<Str>>,
) -> Result<Value> {
    let encoding = encoding.map(|name| codecs::name_argument(thread, name)).transpose()?;
    let errors = errors.map(|name| codecs::name_argument(thread, name)).transpose()?;
    let value = crate::object::to_value(this);
    let bytes = buffers::bytes_of(thread, &value)?;
    codecs::decode(thread, &value, &bytes, encoding.as_deref(), errors.as_deref())
}

macro_rules! transformations {
    ($module:ident $type:ident $name:literal) => {
        #[native::methods($type, name = $name)]
        pub(in crate::types) mod $module {
            use super::*;

            /// Return a copy with all occurrences of substring old replaced by new.
            ///
            ///   count
            ///     Maximum number of occurrences to replace.
            ///     -1 (the default value) means replace all occurrences.
            ///
            /// If the optional argument count is given, only the first count occurrences are
            /// replaced.
            #[sig("($self, old, new, count=-1, /)")]
            pub fn replace(
                th: &mut Thread,
                this: &Object<$type>,
                old: &Value,
                new: &Value,
                count: isize,
            ) -> Result<Value> {
                replaced(th, this, old, new, count)
            }

            /// Return a copy with each character mapped by the given translation table.
            ///
            ///   table
            ///     Translation table, which must be a bytes object of length 256.
            ///
            /// All characters occurring in the optional argument delete are removed.
            /// The remaining characters are mapped through the given translation table.
            #[sig("($self, table, /, delete=b'')")]
            pub fn translate(
                th: &mut Thread,
                this: &Object<$type>,
                table: &Value,
                delete: Option<&Value>,
            ) -> Result<Value> {
                translated(th, this, table, delete)
            }

            /// Return a translation table usable for the bytes or bytearray translate method.
            ///
            /// The returned table will be one where each byte in frm is mapped to the byte at
            /// the same position in to.
            ///
            /// The bytes objects frm and to must be of the same length.
            #[static_method]
            #[sig("(frm, to, /)", hidden)]
            pub fn maketrans(th: &mut Thread, frm: &Value, to: &Value) -> Result<Value> {
                translation_table(th, frm, to)
            }

            /// Return a centered string of length width.
            ///
            /// Padding is done using the specified fill character.
            #[sig("($self, width, fillchar=b' ', /)")]
            pub fn center(
                th: &mut Thread,
                this: &Object<$type>,
                width: isize,
                fillchar: Option<&Value>,
            ) -> Result<Value> {
                let fill = fill_byte(th, fillchar, "center")?;
                filled(th, this, width, fill, |padding, width| padding / 2 + (padding & width & 1))
            }

            /// Return a left-justified string of length width.
            ///
            /// Padding is done using the specified fill character.
            #[sig("($self, width, fillchar=b' ', /)")]
            pub fn ljust(
                th: &mut Thread,
                this: &Object<$type>,
                width: isize,
                fillchar: Option<&Value>,
            ) -> Result<Value> {
                let fill = fill_byte(th, fillchar, "ljust")?;
                filled(th, this, width, fill, |_, _| 0)
            }

            /// Return a right-justified string of length width.
            ///
            /// Padding is done using the specified fill character.
            #[sig("($self, width, fillchar=b' ', /)")]
            pub fn rjust(
                th: &mut Thread,
                this: &Object<$type>,
                width: isize,
                fillchar: Option<&Value>,
            ) -> Result<Value> {
                let fill = fill_byte(th, fillchar, "rjust")?;
                filled(th, this, width, fill, |padding, _| padding)
            }

            /// Pad a numeric string with zeros on the left, to fill a field of the given width.
            ///
            /// The original string is never truncated.
            pub fn zfill(th: &mut Thread, this: &Object<$type>, width: isize) -> Result<Value> {
                zero_filled(th, this, width)
            }

            /// Return a copy where all tab characters are expanded using spaces.
            ///
            /// If tabsize is not given, a tab size of 8 characters is assumed.
            #[sig("($self, /, tabsize=8)")]
            pub fn expandtabs(th: &mut Thread, this: &Object<$type>, tabsize: i32) -> Result<Value> {
                expanded(th, this, tabsize)
            }

            /// Create a string of hexadecimal numbers from a bytes object.
            ///
            ///   sep
            ///     An optional single character or byte to separate hex bytes.
            ///   bytes_per_sep
            ///     How many bytes between separators.  Positive values count from the
            ///     right, negative values count from the left.
            ///
            /// Example:
            /// >>> value = b'\xb9\x01\xef'
            /// >>> value.hex()
            /// 'b901ef'
            /// >>> value.hex(':')
            /// 'b9:01:ef'
            /// >>> value.hex(':', 2)
            /// 'b9:01ef'
            /// >>> value.hex(':', -2)
            /// 'b901:ef'
            #[sig("($self, /, sep=<unrepresentable>, bytes_per_sep=1)")]
            pub fn hex(
                th: &mut Thread,
                this: &Object<$type>,
                sep: Option<&Value>,
                bytes_per_sep: i32,
            ) -> Result<Value> {
                let bytes = <$type>::with(th, this, <[u8]>::to_vec);
                <$type>::held(th, this, |th| hexadecimal(th, &bytes, sep, bytes_per_sep))
            }

            /// Create a bytes object from a string of hexadecimal numbers.
            ///
            /// Spaces between two numbers are accepted.
            /// Example: bytes.fromhex('B9 01EF') -> b'\\xb9\\x01\\xef'.
            #[class_method]
            pub fn fromhex(th: &mut Thread, class: &Value, string: &Value) -> Result<Value> {
                from_hexadecimal::<$type>(th, class, string)
            }

            /// Decode the bytes using the codec registered for encoding.
            ///
            ///   encoding
            ///     The encoding with which to decode the bytes.
            ///   errors
            ///     The error handling scheme to use for the handling of decoding errors.
            ///     The default is 'strict' meaning that decoding errors raise a
            ///     UnicodeDecodeError. Other possible values are 'ignore' and 'replace'
            ///     as well as any other name registered with codecs.register_error that
            ///     can handle UnicodeDecodeErrors.
            #[sig("($self, /, encoding='utf-8', errors='strict')")]
            pub fn decode(
                th: &mut Thread,
                this: &Object<$type>,
                encoding: Option<&Object<Str>>,
                errors: Option<&Object<Str>>,
            ) -> Result<Value> {
                decoded(th, this, encoding, errors)
            }
        }
    };
}

transformations!(of_bytes Bytes "bytes");
transformations!(of_bytearray Bytearray "bytearray");
