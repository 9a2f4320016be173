//! `_codecs`: the registry and the encodings, as functions.

use runtime::Value;
use runtime::class::{TypeExt, class_of};
use runtime::error::{Result, type_error, value_error};
use runtime::native::{self, Thread};
use runtime::object::cast;
use runtime::types::buffers::{BytesLike, TextOrBytes};
use runtime::types::codecs::{self, Encoding, Handler, registry};
use runtime::types::{Bytes, BytesExt, Dict, DictExt, Str, StrExt, Tuple, int};
use text::codec::{self as encodings, ByteOrder, DecodeErrors, EncodeErrors, Fault, Replacement};
use text::{Chars, Text};

/// The name of an error handler, `strict` if it is not given.
fn handler_name(thread: &mut Thread, errors: Option<&runtime::Object<Str>>) -> Result<String> {
    match errors {
        Some(errors) => codecs::name_argument(thread, errors),
        None => Ok("strict".to_owned()),
    }
}

/// `(value, length)`
fn pair(thread: &mut Thread, value: Value, length: usize) -> Result<Value> {
    let length = int::from_i64(thread, length as i64)?;
    Tuple::of_array(thread, [value, length])
}

fn encoded(thread: &mut Thread, bytes: &[u8], length: usize) -> Result<Value> {
    let bytes = Bytes::new(thread, bytes)?;
    pair(thread, bytes, length)
}

fn decoded(thread: &mut Thread, (text, used): (Text, usize)) -> Result<Value> {
    let text = Str::from_text(thread, &text)?;
    pair(thread, text, used)
}

type Name<'a> = Option<&'a runtime::Object<Str>>;

/// Encodes with one of the encodings that need no registry.
fn encode_with(
    thread: &mut Thread,
    text: &runtime::Object<Str>,
    errors: Name<'_>,
    encoding: Encoding,
) -> Result<Value> {
    let errors = handler_name(thread, errors)?;
    let value = runtime::object::to_value(text);
    let bytes = encoding.encode(thread, &value, &errors)?;
    encoded(thread, &bytes, text.len())
}

fn decode_with(
    thread: &mut Thread,
    data: &Value,
    errors: Name<'_>,
    last: bool,
    encoding: Encoding,
) -> Result<Value> {
    let errors = handler_name(thread, errors)?;
    let bytes = runtime::types::buffers::bytes_of(thread, data)?;
    let text = encoding.decode(thread, data, &bytes, &errors, last)?;
    decoded(thread, text)
}

/// The order that a number means: negative for little, positive for big, 0 for what a mark says.
fn order(number: i32) -> ByteOrder {
    match number {
        0 => ByteOrder::Mark,
        n if n < 0 => ByteOrder::Little,
        _ => ByteOrder::Big,
    }
}

fn order_number(order: ByteOrder) -> i32 {
    match order {
        ByteOrder::Mark => 0,
        ByteOrder::Little => -1,
        ByteOrder::Big => 1,
    }
}

/// Decodes, and says which order there was.
fn decode_ordered(
    thread: &mut Thread,
    data: &Value,
    errors: Name<'_>,
    byteorder: i32,
    last: bool,
    wide: bool,
) -> Result<Value> {
    let errors = handler_name(thread, errors)?;
    let bytes = runtime::types::buffers::bytes_of(thread, data)?;
    let mut order = order(byteorder);
    let mut handler = Handler::of_bytes(thread, data, &bytes, &errors);
    let (text, used) = if wide {
        encodings::utf32_decode(&bytes, &mut order, last, &mut handler)?
    } else {
        encodings::utf16_decode(&bytes, &mut order, last, &mut handler)?
    };
    let text = Str::from_text(thread, &text)?;
    let used = int::from_i64(thread, used as i64)?;
    let order = int::from_i64(thread, order_number(order).into())?;
    Tuple::of_array(thread, [text, used, order])
}

/// What a mapping makes of a byte; `None` where it is not defined.
fn mapped_text(thread: &mut Thread, mapping: &Value, byte: u8) -> Result<Option<Text>> {
    let key = int::from_i64(thread, byte.into())?;
    let found = match runtime::ops::getitem(thread, mapping, &key) {
        Err(raised) if raised.is(&runtime::error::LOOKUP_ERROR) => return Ok(None),
        found => found?,
    };
    if found.is_none() {
        return Ok(None);
    }
    if int::is_int(&found) {
        let code =
            int::to_i64(&found).and_then(|code| u32::try_from(code).ok()).filter(|&code| code <= 0x10_ffff);
        let code = code.ok_or_else(|| type_error("character mapping must be in range(0x110000)"))?;
        if code == 0xfffe {
            return Ok(None);
        }
        let mut text = text::Builder::new();
        text.push(code);
        return Ok(Some(text.finish()));
    }
    match cast::<Str>(&found) {
        Some(text) if text.len() == 1 && text.char_at(0) == Some(0xfffe) => Ok(None),
        Some(text) => Ok(Some(Text::narrow(text.view()))),
        None => Err(type_error("character mapping must return integer, None or str")),
    }
}

/// What a mapping makes of a character; `None` where it is not defined.
fn mapped_bytes(thread: &mut Thread, mapping: &Value, code: u32) -> Result<Option<Vec<u8>>> {
    let key = int::from_i64(thread, code.into())?;
    let found = match runtime::ops::getitem(thread, mapping, &key) {
        Err(raised) if raised.is(&runtime::error::LOOKUP_ERROR) => return Ok(None),
        found => found?,
    };
    if found.is_none() {
        return Ok(None);
    }
    if int::is_int(&found) {
        let byte = int::to_i64(&found).and_then(|byte| u8::try_from(byte).ok());
        return byte
            .map(|byte| Some(vec![byte]))
            .ok_or_else(|| type_error("character mapping must be in range(256)"));
    }
    match cast::<Bytes>(&found) {
        Some(bytes) => Ok(Some(bytes.bytes().to_vec())),
        None => {
            let class = class_of(&found).name_lossy();
            Err(type_error(format!("character mapping must return integer, bytes or None, not {class}")))
        }
    }
}

/// Encodes the str `value` with a mapping.
fn encode_mapped(thread: &mut Thread, value: &Value, mapping: &Value, errors: &str) -> Result<Vec<u8>> {
    const REASON: &str = "character maps to <undefined>";
    let Some(text) = cast::<Str>(value) else { return Ok(Vec::new()) };
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(code) = text.char_at(at) {
        if let Some(bytes) = mapped_bytes(thread, mapping, code)? {
            out.extend(bytes);
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while let Some(code) = text.char_at(end)
            && mapped_bytes(thread, mapping, code)?.is_none()
        {
            end += 1;
        }
        let fault = Fault { encoding: "charmap", start: at, end, reason: REASON };
        let (replacement, next) = EncodeErrors::handle(&mut Handler::of_str(thread, value, errors), &fault)?;
        match replacement {
            Replacement::Bytes(bytes) => out.extend(bytes),
            Replacement::Text(replacement) => {
                for code in replacement.iter_chars() {
                    match mapped_bytes(thread, mapping, code)? {
                        Some(bytes) => out.extend(bytes),
                        None => return Err(codecs::encode_error(thread, value, &fault)),
                    }
                }
            }
        }
        at = next;
        runtime::ops::memory_poll(thread)?;
    }
    Ok(out)
}

/// Decodes `bytes`, those of `value`, with a mapping; says how many there were.
fn decode_mapped(
    thread: &mut Thread,
    value: &Value,
    bytes: &[u8],
    mapping: &Value,
    errors: &str,
) -> Result<(Text, usize)> {
    const REASON: &str = "character maps to <undefined>";
    let mut out = text::Builder::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let (text, next) = match mapped_text(thread, mapping, bytes[at])? {
            Some(text) => (text, at + 1),
            None => {
                let fault = Fault { encoding: "charmap", start: at, end: at + 1, reason: REASON };
                DecodeErrors::handle(&mut Handler::of_bytes(thread, value, bytes, errors), &fault)?
            }
        };
        out.push_view(text.view());
        at = next;
    }
    Ok((out.finish(), bytes.len()))
}

/// One step of `escape_decode`: what an escape stands for.
enum Piece {
    Byte(u8),
    Nothing,
    /// The backslash stands for itself; what follows comes next.
    Unknown,
    BadHex,
}

/// Reads the escape whose backslash is at `at`: what it means and where it ends.
fn escape(data: &[u8], at: usize) -> (Piece, usize) {
    let letter = data[at + 1];
    let simple = |byte| (Piece::Byte(byte), at + 2);
    match letter {
        b'\n' => (Piece::Nothing, at + 2),
        b'\\' | b'\'' | b'"' => simple(letter),
        b'b' => simple(8),
        b'f' => simple(12),
        b't' => simple(9),
        b'n' => simple(10),
        b'r' => simple(13),
        b'v' => simple(11),
        b'a' => simple(7),
        b'0'..=b'7' => {
            let digits = data[at + 1..].iter().take(3).take_while(|b| matches!(b, b'0'..=b'7'));
            let (mut value, mut end) = (0u32, at + 1);
            for digit in digits {
                value = value * 8 + u32::from(digit - b'0');
                end += 1;
            }
            (Piece::Byte(value as u8), end)
        }
        b'x' => {
            let digit = |i: usize| data.get(i).and_then(|&b| char::from(b).to_digit(16));
            match (digit(at + 2), digit(at + 3)) {
                (Some(high), Some(low)) => (Piece::Byte((high * 16 + low) as u8), at + 4),
                (Some(_), None) => (Piece::BadHex, at + 3),
                _ => (Piece::BadHex, at + 2),
            }
        }
        _ => (Piece::Unknown, at + 1),
    }
}

/// Warns of the first escape that means nothing.
fn warn_of_escape(thread: &mut Thread, data: &[u8], first: Option<usize>) -> Result<()> {
    let Some(at) = first else { return Ok(()) };
    let message = match data[at] {
        b'0'..=b'7' => {
            let digits: String = data[at..].iter().take(3).map(|&b| char::from(b)).collect();
            format!(
                "b\"\\{digits}\" is an invalid octal escape sequence. Such sequences will not work in the future. "
            )
        }
        letter => {
            let letter = char::from(letter);
            format!(
                "b\"\\{letter}\" is an invalid escape sequence. Such sequences will not work in the future. "
            )
        }
    };
    runtime::hooks::warn(thread, &runtime::error::DEPRECATION_WARNING, &message, 1)
}

/// Undoes the escapes of a bytes literal.
fn unescape(thread: &mut Thread, data: &[u8], errors: &str) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(data.len());
    let (mut at, mut first) = (0, None);
    while at < data.len() {
        if data[at] != b'\\' {
            out.push(data[at]);
            at += 1;
            continue;
        }
        if at + 1 == data.len() {
            return Err(value_error("Trailing \\ in string"));
        }
        let (piece, end) = escape(data, at);
        match piece {
            Piece::Byte(byte) => {
                if matches!(data[at + 1], b'4'..=b'7') && end == at + 4 {
                    first.get_or_insert(at + 1);
                }
                out.push(byte);
            }
            Piece::Nothing => {}
            Piece::Unknown => {
                first.get_or_insert(at + 1);
                out.push(b'\\');
            }
            Piece::BadHex => match errors {
                "strict" => {
                    return Err(value_error(format!("invalid \\x escape at position {at}")));
                }
                "replace" => out.push(b'?'),
                "ignore" => {}
                other => {
                    return Err(value_error(format!("decoding error; unknown error handling code: {other}")));
                }
            },
        }
        at = end;
    }
    warn_of_escape(thread, data, first)?;
    Ok(out)
}

/// Warns of the first escape of text that means nothing.
fn warn_of_text_escape(thread: &mut Thread, found: Option<encodings::InvalidEscape>) -> Result<()> {
    let Some(found) = found else { return Ok(()) };
    let message = if found.code > 0xff {
        let code = found.code;
        format!(
            "\"\\{code:o}\" is an invalid octal escape sequence. Such sequences will not work in the future. "
        )
    } else {
        let letter = char::from_u32(found.code).unwrap_or('?');
        format!("\"\\{letter}\" is an invalid escape sequence. Such sequences will not work in the future. ")
    };
    runtime::hooks::warn(thread, &runtime::error::DEPRECATION_WARNING, &message, 1)
}

/// The functions of `_codecs`.
#[native::module("_codecs", doc = "")]
pub mod module {
    use super::*;
    use runtime::Object;

    /// Register a codec search function.
    ///
    /// Search functions are expected to take one argument, the encoding name in
    /// all lower case letters, and either return None, or a tuple of functions
    /// (encoder, decoder, stream_reader, stream_writer) (or a CodecInfo object).
    pub fn register(search_function: &Value) -> Result<()> {
        registry::register(search_function)
    }

    /// Unregister a codec search function and clear the registry's cache.
    ///
    /// If the search function is not registered, do nothing.
    pub fn unregister(search_function: &Value) {
        registry::unregister(search_function);
    }

    /// Looks up a codec tuple in the Python codec registry and returns a CodecInfo object.
    pub fn lookup(th: &mut Thread, encoding: &Object<Str>) -> Result<Value> {
        let name = codecs::name_argument(th, encoding)?;
        registry::look_up(th, &name)
    }

    /// Encodes obj using the codec registered for encoding.
    ///
    /// The default encoding is 'utf-8'.  errors may be given to set a
    /// different error handling scheme.  Default is 'strict' meaning that encoding
    /// errors raise a ValueError.  Other possible values are 'ignore', 'replace'
    /// and 'backslashreplace' as well as any other name registered with
    /// codecs.register_error that can handle ValueErrors.
    #[sig("($module, /, obj, encoding='utf-8', errors='strict')")]
    pub fn encode(
        th: &mut Thread,
        obj: &Value,
        encoding: Option<&Object<Str>>,
        errors: Option<&Object<Str>>,
    ) -> Result<Value> {
        let encoding = encoding.map_or(Ok("utf-8".to_owned()), |name| codecs::name_argument(th, name))?;
        let errors = errors.map(|name| codecs::name_argument(th, name)).transpose()?;
        registry::encode(th, obj, &encoding, errors.as_deref())
    }

    /// Decodes obj using the codec registered for encoding.
    ///
    /// Default encoding is 'utf-8'.  errors may be given to set a
    /// different error handling scheme.  Default is 'strict' meaning that encoding
    /// errors raise a ValueError.  Other possible values are 'ignore', 'replace'
    /// and 'backslashreplace' as well as any other name registered with
    /// codecs.register_error that can handle ValueErrors.
    #[sig("($module, /, obj, encoding='utf-8', errors='strict')")]
    pub fn decode(
        th: &mut Thread,
        obj: &Value,
        encoding: Option<&Object<Str>>,
        errors: Option<&Object<Str>>,
    ) -> Result<Value> {
        let encoding = encoding.map_or(Ok("utf-8".to_owned()), |name| codecs::name_argument(th, name))?;
        let errors = errors.map(|name| codecs::name_argument(th, name)).transpose()?;
        registry::decode(th, obj, &encoding, errors.as_deref())
    }

    /// Escape bytes as in a literal.
    #[sig("($module, data, errors=None, /)")]
    pub fn escape_encode(
        th: &mut Thread,
        data: &Object<Bytes>,
        errors: Option<&Object<Str>>,
    ) -> Result<Value> {
        let _ = errors;
        let bytes = data.bytes();
        let mut out = Vec::with_capacity(bytes.len());
        for &b in bytes {
            match b {
                b'\'' | b'\\' => out.extend([b'\\', b]),
                b'\t' => out.extend(b"\\t"),
                b'\n' => out.extend(b"\\n"),
                b'\r' => out.extend(b"\\r"),
                b' '..=b'~' => out.push(b),
                _ => out.extend(format!("\\x{b:02x}").bytes()),
            }
        }
        encoded(th, &out, bytes.len())
    }

    /// Undo the escapes of a bytes literal.
    #[sig("($module, data, errors=None, /)")]
    pub fn escape_decode(
        th: &mut Thread,
        data: TextOrBytes<'_>,
        errors: Option<&Object<Str>>,
    ) -> Result<Value> {
        let errors = handler_name(th, errors)?;
        let out = unescape(th, &data.0, &errors)?;
        encoded(th, &out, data.0.len())
    }

    /// Encode UTF-8.
    #[sig("($module, str, errors=None, /)")]
    pub fn utf_8_encode(th: &mut Thread, str: &Object<Str>, errors: Option<&Object<Str>>) -> Result<Value> {
        encode_with(th, str, errors, Encoding::Utf8)
    }

    /// Decode UTF-8.
    #[sig("($module, data, errors=None, final=False, /)")]
    pub fn utf_8_decode(
        th: &mut Thread,
        data: &Value,
        errors: Option<&Object<Str>>,
        r#final: bool,
    ) -> Result<Value> {
        decode_with(th, data, errors, r#final, Encoding::Utf8)
    }

    /// Encode UTF-7.
    #[sig("($module, str, errors=None, /)")]
    pub fn utf_7_encode(th: &mut Thread, str: &Object<Str>, errors: Option<&Object<Str>>) -> Result<Value> {
        let errors = handler_name(th, errors)?;
        let value = runtime::object::to_value(str);
        let bytes = encodings::utf7_encode(str.view(), &mut Handler::of_str(th, &value, &errors))?;
        encoded(th, &bytes, str.len())
    }

    /// Decode UTF-7.
    #[sig("($module, data, errors=None, final=False, /)")]
    pub fn utf_7_decode(
        th: &mut Thread,
        data: &Value,
        errors: Option<&Object<Str>>,
        r#final: bool,
    ) -> Result<Value> {
        let errors = handler_name(th, errors)?;
        let bytes = runtime::types::buffers::bytes_of(th, data)?;
        let mut handler = Handler::of_bytes(th, data, &bytes, &errors);
        let text = encodings::utf7_decode(&bytes, r#final, &mut handler)?;
        decoded(th, text)
    }

    /// Encode UTF-16 in the stated order.
    #[sig("($module, str, errors=None, byteorder=0, /)")]
    pub fn utf_16_encode(
        th: &mut Thread,
        str: &Object<Str>,
        errors: Option<&Object<Str>>,
        byteorder: i32,
    ) -> Result<Value> {
        encode_with(th, str, errors, Encoding::Utf16(order(byteorder)))
    }

    /// Encode UTF-16, little-endian.
    #[sig("($module, str, errors=None, /)")]
    pub fn utf_16_le_encode(
        th: &mut Thread,
        str: &Object<Str>,
        errors: Option<&Object<Str>>,
    ) -> Result<Value> {
        encode_with(th, str, errors, Encoding::Utf16(ByteOrder::Little))
    }

    /// Encode UTF-16, big-endian.
    #[sig("($module, str, errors=None, /)")]
    pub fn utf_16_be_encode(
        th: &mut Thread,
        str: &Object<Str>,
        errors: Option<&Object<Str>>,
    ) -> Result<Value> {
        encode_with(th, str, errors, Encoding::Utf16(ByteOrder::Big))
    }

    /// Decode UTF-16.
    #[sig("($module, data, errors=None, final=False, /)")]
    pub fn utf_16_decode(
        th: &mut Thread,
        data: &Value,
        errors: Option<&Object<Str>>,
        r#final: bool,
    ) -> Result<Value> {
        decode_with(th, data, errors, r#final, Encoding::Utf16(ByteOrder::Mark))
    }

    /// Decode UTF-16, little-endian.
    #[sig("($module, data, errors=None, final=False, /)")]
    pub fn utf_16_le_decode(
        th: &mut Thread,
        data: &Value,
        errors: Option<&Object<Str>>,
        r#final: bool,
    ) -> Result<Value> {
        decode_with(th, data, errors, r#final, Encoding::Utf16(ByteOrder::Little))
    }

    /// Decode UTF-16, big-endian.
    #[sig("($module, data, errors=None, final=False, /)")]
    pub fn utf_16_be_decode(
        th: &mut Thread,
        data: &Value,
        errors: Option<&Object<Str>>,
        r#final: bool,
    ) -> Result<Value> {
        decode_with(th, data, errors, r#final, Encoding::Utf16(ByteOrder::Big))
    }

    /// Decode UTF-16, and say in which order it was.
    #[sig("($module, data, errors=None, byteorder=0, final=False, /)")]
    pub fn utf_16_ex_decode(
        th: &mut Thread,
        data: &Value,
        errors: Option<&Object<Str>>,
        byteorder: i32,
        r#final: bool,
    ) -> Result<Value> {
        decode_ordered(th, data, errors, byteorder, r#final, false)
    }

    /// Encode UTF-32 in the stated order.
    #[sig("($module, str, errors=None, byteorder=0, /)")]
    pub fn utf_32_encode(
        th: &mut Thread,
        str: &Object<Str>,
        errors: Option<&Object<Str>>,
        byteorder: i32,
    ) -> Result<Value> {
        encode_with(th, str, errors, Encoding::Utf32(order(byteorder)))
    }

    /// Encode UTF-32, little-endian.
    #[sig("($module, str, errors=None, /)")]
    pub fn utf_32_le_encode(
        th: &mut Thread,
        str: &Object<Str>,
        errors: Option<&Object<Str>>,
    ) -> Result<Value> {
        encode_with(th, str, errors, Encoding::Utf32(ByteOrder::Little))
    }

    /// Encode UTF-32, big-endian.
    #[sig("($module, str, errors=None, /)")]
    pub fn utf_32_be_encode(
        th: &mut Thread,
        str: &Object<Str>,
        errors: Option<&Object<Str>>,
    ) -> Result<Value> {
        encode_with(th, str, errors, Encoding::Utf32(ByteOrder::Big))
    }

    /// Decode UTF-32.
    #[sig("($module, data, errors=None, final=False, /)")]
    pub fn utf_32_decode(
        th: &mut Thread,
        data: &Value,
        errors: Option<&Object<Str>>,
        r#final: bool,
    ) -> Result<Value> {
        decode_with(th, data, errors, r#final, Encoding::Utf32(ByteOrder::Mark))
    }

    /// Decode UTF-32, little-endian.
    #[sig("($module, data, errors=None, final=False, /)")]
    pub fn utf_32_le_decode(
        th: &mut Thread,
        data: &Value,
        errors: Option<&Object<Str>>,
        r#final: bool,
    ) -> Result<Value> {
        decode_with(th, data, errors, r#final, Encoding::Utf32(ByteOrder::Little))
    }

    /// Decode UTF-32, big-endian.
    #[sig("($module, data, errors=None, final=False, /)")]
    pub fn utf_32_be_decode(
        th: &mut Thread,
        data: &Value,
        errors: Option<&Object<Str>>,
        r#final: bool,
    ) -> Result<Value> {
        decode_with(th, data, errors, r#final, Encoding::Utf32(ByteOrder::Big))
    }

    /// Decode UTF-32, and say in which order it was.
    #[sig("($module, data, errors=None, byteorder=0, final=False, /)")]
    pub fn utf_32_ex_decode(
        th: &mut Thread,
        data: &Value,
        errors: Option<&Object<Str>>,
        byteorder: i32,
        r#final: bool,
    ) -> Result<Value> {
        decode_ordered(th, data, errors, byteorder, r#final, true)
    }

    /// Escape text as in a literal.
    #[sig("($module, str, errors=None, /)")]
    pub fn unicode_escape_encode(
        th: &mut Thread,
        str: &Object<Str>,
        errors: Option<&Object<Str>>,
    ) -> Result<Value> {
        let _ = errors;
        encoded(th, &encodings::unicode_escape_encode(str.view()), str.len())
    }

    /// Undo the escapes of a str literal.
    #[sig("($module, data, errors=None, final=True, /)")]
    pub fn unicode_escape_decode(
        th: &mut Thread,
        data: &Value,
        errors: Option<&Object<Str>>,
        r#final: bool,
    ) -> Result<Value> {
        let errors = handler_name(th, errors)?;
        let bytes = text_or_bytes(th, data)?;
        let mut handler = Handler::of_bytes(th, data, &bytes, &errors);
        let (text, used, invalid) = encodings::unicode_escape_decode(&bytes, r#final, &mut handler)?;
        warn_of_text_escape(th, invalid)?;
        decoded(th, (text, used))
    }

    /// Escape what is beyond Latin-1.
    #[sig("($module, str, errors=None, /)")]
    pub fn raw_unicode_escape_encode(
        th: &mut Thread,
        str: &Object<Str>,
        errors: Option<&Object<Str>>,
    ) -> Result<Value> {
        let _ = errors;
        encoded(th, &encodings::raw_unicode_escape_encode(str.view()), str.len())
    }

    /// Undo the escapes of characters beyond Latin-1.
    #[sig("($module, data, errors=None, final=True, /)")]
    pub fn raw_unicode_escape_decode(
        th: &mut Thread,
        data: &Value,
        errors: Option<&Object<Str>>,
        r#final: bool,
    ) -> Result<Value> {
        let errors = handler_name(th, errors)?;
        let bytes = text_or_bytes(th, data)?;
        let mut handler = Handler::of_bytes(th, data, &bytes, &errors);
        let text = encodings::raw_unicode_escape_decode(&bytes, r#final, &mut handler)?;
        decoded(th, text)
    }

    /// Encode Latin-1.
    #[sig("($module, str, errors=None, /)")]
    pub fn latin_1_encode(th: &mut Thread, str: &Object<Str>, errors: Option<&Object<Str>>) -> Result<Value> {
        encode_with(th, str, errors, Encoding::Latin1)
    }

    /// Decode Latin-1.
    #[sig("($module, data, errors=None, /)")]
    pub fn latin_1_decode(th: &mut Thread, data: &Value, errors: Option<&Object<Str>>) -> Result<Value> {
        decode_with(th, data, errors, true, Encoding::Latin1)
    }

    /// Encode ASCII.
    #[sig("($module, str, errors=None, /)")]
    pub fn ascii_encode(th: &mut Thread, str: &Object<Str>, errors: Option<&Object<Str>>) -> Result<Value> {
        encode_with(th, str, errors, Encoding::Ascii)
    }

    /// Decode ASCII.
    #[sig("($module, data, errors=None, /)")]
    pub fn ascii_decode(th: &mut Thread, data: &Value, errors: Option<&Object<Str>>) -> Result<Value> {
        decode_with(th, data, errors, true, Encoding::Ascii)
    }

    /// Encode with a mapping from characters to bytes; Latin-1 without one.
    #[sig("($module, str, errors=None, mapping=None, /)")]
    pub fn charmap_encode(
        th: &mut Thread,
        str: &Object<Str>,
        errors: Option<&Object<Str>>,
        mapping: Option<&Value>,
    ) -> Result<Value> {
        let Some(mapping) = mapping else { return encode_with(th, str, errors, Encoding::Latin1) };
        let errors = handler_name(th, errors)?;
        let value = runtime::object::to_value(str);
        let bytes = encode_mapped(th, &value, mapping, &errors)?;
        encoded(th, &bytes, str.len())
    }

    /// Decode with a mapping from bytes to characters; Latin-1 without one.
    #[sig("($module, data, errors=None, mapping=None, /)")]
    pub fn charmap_decode(
        th: &mut Thread,
        data: &Value,
        errors: Option<&Object<Str>>,
        mapping: Option<&Value>,
    ) -> Result<Value> {
        let Some(mapping) = mapping else { return decode_with(th, data, errors, true, Encoding::Latin1) };
        let errors = handler_name(th, errors)?;
        let bytes = runtime::types::buffers::bytes_of(th, data)?;
        if let Some(table) = cast::<Str>(mapping) {
            let mut handler = Handler::of_bytes(th, data, &bytes, &errors);
            let text = encodings::charmap_decode_table(&bytes, table.view(), &mut handler)?;
            return decoded(th, text);
        }
        let text = decode_mapped(th, data, &bytes, mapping, &errors)?;
        decoded(th, text)
    }

    /// Turn a decoding table round.
    pub fn charmap_build(th: &mut Thread, map: &Object<Str>) -> Result<Value> {
        let table = Dict::new(th)?;
        for (byte, code) in map.view().iter_chars().take(256).enumerate() {
            if code == 0xfffe {
                continue;
            }
            let key = int::from_i64(th, code.into())?;
            let value = int::from_i64(th, byte as i64)?;
            if let Some(table) = cast::<Dict>(&table) {
                table.set(th, &key, value)?;
            }
        }
        Ok(table)
    }

    /// The bytes that an object lends; text as UTF-8.
    #[sig("($module, data, errors=None, /)")]
    pub fn readbuffer_encode(
        th: &mut Thread,
        data: TextOrBytes<'_>,
        errors: Option<&Object<Str>>,
    ) -> Result<Value> {
        let _ = errors;
        encoded(th, &data.0, data.0.len())
    }

    /// Register the specified error handler under the name errors.
    ///
    /// handler must be a callable object, that
    /// will be called with an exception instance containing
    /// information about the location of the encoding/decoding
    /// error and must return a (replacement, new position) tuple.
    pub fn register_error(th: &mut Thread, errors: &Object<Str>, handler: &Value) -> Result<()> {
        let name = codecs::name_argument(th, errors)?;
        codecs::handlers::register(&name, handler)
    }

    /// Un-register the specified error handler for the error handling `errors'.
    ///
    /// Only custom error handlers can be un-registered. An exception is raised
    /// if the error handling is a built-in one (e.g., 'strict'), or if an error
    /// occurs.
    ///
    /// Otherwise, this returns True if a custom handler has been successfully
    /// un-registered, and False if no custom handler for the specified error
    /// handling exists.
    pub fn _unregister_error(th: &mut Thread, errors: &Object<Str>) -> Result<bool> {
        let name = codecs::name_argument(th, errors)?;
        codecs::handlers::unregister(&name)
    }

    /// lookup_error(errors) -> handler
    ///
    /// Return the error handler for the specified error handling name or raise a
    /// LookupError, if no handler exists under this name.
    pub fn lookup_error(th: &mut Thread, name: &Object<Str>) -> Result<Value> {
        let name = codecs::name_argument(th, name)?;
        codecs::handlers::look_up(th, &name)
    }
}

/// Text as UTF-8, or what lends bytes.
fn text_or_bytes<'a>(thread: &mut Thread, data: &'a Value) -> Result<BytesLike<'a>> {
    match cast::<Str>(data) {
        Some(text) => runtime::types::buffers::utf8_of(thread, text).map(BytesLike::Copy),
        None => runtime::types::buffers::bytes_of(thread, data),
    }
}
