//! Backslash escapes in string and bytes literals.

use rustpython_wtf8::{CodePoint, Wtf8Buf};

/// What decoding found besides the value.
pub(crate) struct Decoded<T> {
    pub(crate) value: T,
    /// The first escape that means nothing: where its backslash stands in the content, and its text.
    pub(crate) invalid: Option<(usize, String)>,
}

/// Decodes the content of a str literal. With `braces`, doubled braces of an interpolated string become single.
pub(crate) fn decode_str(content: &str, raw: bool, braces: bool) -> Result<Decoded<Wtf8Buf>, String> {
    let plain = |char: char| !(char == '\\' && !raw || braces && matches!(char, '{' | '}'));
    if content.chars().all(plain) {
        return Ok(Decoded { value: Wtf8Buf::from(content), invalid: None });
    }
    let mut decoder = Decoder { content, at: 0, value: Wtf8Buf::new(), invalid: None };
    while let Some(char) = decoder.peek() {
        if char == '\\' && !raw {
            decoder.escape()?;
        } else {
            decoder.at += char.len_utf8();
            if braces && matches!(char, '{' | '}') && decoder.peek() == Some(char) {
                decoder.at += 1;
            }
            decoder.value.push_char(char);
        }
    }
    Ok(Decoded { value: decoder.value, invalid: decoder.invalid })
}

struct Decoder<'a> {
    content: &'a str,
    at: usize,
    value: Wtf8Buf,
    invalid: Option<(usize, String)>,
}

impl Decoder<'_> {
    fn peek(&self) -> Option<char> {
        self.content.get(self.at..)?.chars().next()
    }

    /// Decodes the escape whose backslash is next.
    fn escape(&mut self) -> Result<(), String> {
        let start = self.at;
        self.at += 1;
        let Some(char) = self.peek() else {
            // Before the braces of an interpolated string: `f"\{x}"`.
            self.note_invalid(start, "\\{".to_owned());
            self.value.push_char('\\');
            return Ok(());
        };
        self.at += char.len_utf8();
        let simple = match char {
            '\n' => return Ok(()),
            '\\' | '\'' | '"' => char,
            'a' => '\x07',
            'b' => '\x08',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0b',
            '0'..='7' => {
                let value = self.octal(start);
                self.push(value);
                return Ok(());
            }
            'x' => return self.hexadecimal(start, 2, "truncated \\xXX escape"),
            'u' => return self.hexadecimal(start, 4, "truncated \\uXXXX escape"),
            'U' => return self.hexadecimal(start, 8, "truncated \\UXXXXXXXX escape"),
            'N' => return self.named(start),
            _ => {
                self.note_invalid(start, format!("\\{char}"));
                self.value.push_char('\\');
                // What follows is ordinary text, braces of interpolated strings included.
                self.at = start + 1;
                if !matches!(char, '{' | '}') {
                    self.at += char.len_utf8();
                    self.value.push_char(char);
                }
                return Ok(());
            }
        };
        self.value.push_char(simple);
        Ok(())
    }

    fn push(&mut self, value: u32) {
        if let Some(code_point) = CodePoint::from_u32(value) {
            self.value.push(code_point);
        }
    }

    fn note_invalid(&mut self, start: usize, text: String) {
        self.invalid.get_or_insert((start, text));
    }

    fn octal(&mut self, start: usize) -> u32 {
        let digits =
            self.content[start + 1..].bytes().take(3).take_while(|byte| (b'0'..=b'7').contains(byte));
        let count = digits.count();
        self.at = start + 1 + count;
        let text = &self.content[start..self.at];
        let value = u32::from_str_radix(&text[1..], 8).unwrap_or_default();
        if value > 0o377 {
            self.note_invalid(start, text.to_owned());
        }
        value
    }

    fn hexadecimal(&mut self, start: usize, digits: usize, truncated: &str) -> Result<(), String> {
        let rest = &self.content[self.at..];
        let found = rest.bytes().take(digits).take_while(u8::is_ascii_hexdigit).count();
        self.at += found;
        if found < digits {
            return Err(self.unicode_error(start, truncated));
        }
        let value = u32::from_str_radix(&rest[..found], 16).unwrap_or(u32::MAX);
        if value > 0x0010_ffff {
            return Err(self.unicode_error(start, "illegal Unicode character"));
        }
        self.push(value);
        Ok(())
    }

    fn named(&mut self, start: usize) -> Result<(), String> {
        const MALFORMED: &str = "malformed \\N character escape";
        if self.peek() != Some('{') {
            return Err(self.unicode_error(start, MALFORMED));
        }
        self.at += 1;
        let rest = &self.content[self.at..];
        match rest.find('}') {
            None => {
                self.at = self.content.len();
                Err(self.unicode_error(start, MALFORMED))
            }
            Some(0) => {
                self.at += 1;
                Err(self.unicode_error(start, MALFORMED))
            }
            Some(length) => {
                self.at += length + 1;
                match unicode_names2::character(&rest[..length]) {
                    Some(char) => {
                        self.value.push_char(char);
                        Ok(())
                    }
                    None => Err(self.unicode_error(start, "unknown Unicode character name")),
                }
            }
        }
    }

    /// The codec's complaint. It counts what is not ASCII as the ten characters of its escape, and names the last
    /// position included.
    fn unicode_error(&self, start: usize, reason: &str) -> String {
        let width = |text: &str| text.chars().map(|char| if char.is_ascii() { 1 } else { 10 }).sum::<usize>();
        let first = width(&self.content[..start]);
        let last = first + width(&self.content[start..self.at]) - 1;
        if last == first {
            return format!(
                "(unicode error) 'unicodeescape' codec can't decode byte 0x5c in position {first}: {reason}"
            );
        }
        format!(
            "(unicode error) 'unicodeescape' codec can't decode bytes in position {first}-{last}: {reason}"
        )
    }
}

/// Decodes the content of a bytes literal, all of it ASCII.
pub(crate) fn decode_bytes(content: &str, raw: bool) -> Result<Decoded<Vec<u8>>, String> {
    if raw || !content.contains('\\') {
        return Ok(Decoded { value: content.as_bytes().to_vec(), invalid: None });
    }
    let bytes = content.as_bytes();
    let mut value = Vec::with_capacity(bytes.len());
    let mut invalid = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        if byte != b'\\' {
            value.push(byte);
            continue;
        }
        let start = at - 1;
        let Some(&escaped) = bytes.get(at) else { break };
        at += 1;
        match escaped {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => value.push(escaped),
            b'a' => value.push(7),
            b'b' => value.push(8),
            b'f' => value.push(12),
            b'n' => value.push(b'\n'),
            b'r' => value.push(b'\r'),
            b't' => value.push(b'\t'),
            b'v' => value.push(11),
            b'0'..=b'7' => {
                let count = bytes[start + 1..]
                    .iter()
                    .take(3)
                    .take_while(|byte| (b'0'..=b'7').contains(*byte))
                    .count();
                at = start + 1 + count;
                let number = u16::from_str_radix(&content[start + 1..at], 8).unwrap_or_default();
                if number > 0o377 {
                    invalid.get_or_insert((start, content[start..at].to_owned()));
                }
                value.push((number & 0xff) as u8);
            }
            b'x' => {
                let digits = bytes[at..].iter().take(2).take_while(|byte| byte.is_ascii_hexdigit()).count();
                if digits < 2 {
                    return Err(format!("(value error) invalid \\x escape at position {start}"));
                }
                value.push(u8::from_str_radix(&content[at..at + 2], 16).unwrap_or_default());
                at += 2;
            }
            other => {
                invalid.get_or_insert((start, format!("\\{}", char::from(other))));
                value.extend([b'\\', other]);
            }
        }
    }
    Ok(Decoded { value, invalid })
}
