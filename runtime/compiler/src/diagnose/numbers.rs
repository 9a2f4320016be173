//! Number literals, and what can be wrong with them.

/// A malformed number: where the complaint ends, and begins if not there.
pub(crate) struct Wrong {
    pub(crate) start: Option<usize>,
    pub(crate) end: usize,
    pub(crate) message: String,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Reads the number at byte `start`; gives its end.
pub(crate) fn read(source: &str, start: usize) -> Result<usize, Wrong> {
    let mut reader = Reader { bytes: source.as_bytes(), at: start };
    reader.number(start)?;
    Ok(reader.at)
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn wrong<T>(&self, end: usize, message: impl Into<String>) -> Result<T, Wrong> {
        Err(Wrong { start: None, end, message: message.into() })
    }

    fn number(&mut self, start: usize) -> Result<(), Wrong> {
        if self.peek(0) == b'0' {
            match self.peek(1) {
                b'x' | b'X' => return self.based(16, "hexadecimal"),
                b'o' | b'O' => return self.based(8, "octal"),
                b'b' | b'B' => return self.based(2, "binary"),
                _ => {}
            }
            return self.zero(start);
        }
        if self.peek(0) != b'.' {
            self.digits()?;
        }
        self.fraction(start)
    }

    fn based(&mut self, base: u32, name: &str) -> Result<(), Wrong> {
        self.at += 2;
        loop {
            if self.peek(0) == b'_' {
                self.at += 1;
            }
            if !char::from(self.peek(0)).is_digit(base) {
                if self.peek(0).is_ascii_digit() {
                    let digit = char::from(self.peek(0));
                    return self.wrong(self.at + 1, format!("invalid digit '{digit}' in {name} literal"));
                }
                return self.wrong(self.at, format!("invalid {name} literal"));
            }
            while char::from(self.peek(0)).is_digit(base) {
                self.at += 1;
            }
            if self.peek(0) != b'_' {
                break;
            }
        }
        if self.peek(0).is_ascii_digit() {
            let digit = char::from(self.peek(0));
            return self.wrong(self.at + 1, format!("invalid digit '{digit}' in {name} literal"));
        }
        self.finish(name)
    }

    /// A number that begins with zero: more zeros, or a float.
    fn zero(&mut self, start: usize) -> Result<(), Wrong> {
        let mut nonzero = false;
        self.at += 1;
        loop {
            if self.peek(0) == b'_' {
                self.at += 1;
                if !self.peek(0).is_ascii_digit() {
                    return self.wrong(self.at, "invalid decimal literal");
                }
            }
            if self.peek(0) != b'0' {
                break;
            }
            self.at += 1;
        }
        let zeros = self.at;
        if self.peek(0).is_ascii_digit() {
            nonzero = true;
            self.digits()?;
        }
        match self.peek(0) {
            b'.' | b'e' | b'E' | b'j' | b'J' => return self.fraction(start),
            _ => {}
        }
        if nonzero {
            return Err(Wrong {
                start: Some(start),
                end: zeros + 1,
                message:
                    "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal \
                          integers"
                        .to_owned(),
            });
        }
        self.finish("decimal")
    }

    /// Digits with single underscores between them.
    fn digits(&mut self) -> Result<(), Wrong> {
        loop {
            while self.peek(0).is_ascii_digit() {
                self.at += 1;
            }
            if self.peek(0) != b'_' {
                return Ok(());
            }
            self.at += 1;
            if !self.peek(0).is_ascii_digit() {
                return self.wrong(self.at, "invalid decimal literal");
            }
        }
    }

    fn fraction(&mut self, start: usize) -> Result<(), Wrong> {
        if self.peek(0) == b'.' {
            self.at += 1;
            if self.peek(0).is_ascii_digit() {
                self.digits()?;
            }
        }
        if matches!(self.peek(0), b'e' | b'E') {
            let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
            if self.peek(1 + sign).is_ascii_digit() {
                self.at += 1 + sign;
                self.digits()?;
            } else if sign == 1 {
                return self.wrong(self.at + 2, "invalid decimal literal");
            } else {
                return self.finish("decimal");
            }
        }
        if matches!(self.peek(0), b'j' | b'J') {
            self.at += 1;
            return self.finish("imaginary");
        }
        let _ = start;
        self.finish("decimal")
    }

    /// What may follow a number directly: keywords that CPython still lets pass, with a warning.
    fn finish(&mut self, name: &str) -> Result<(), Wrong> {
        let rest = &self.bytes[self.at.min(self.bytes.len())..];
        let next = self.peek(0);
        let part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        let word = |text: &str| {
            rest.starts_with(text.as_bytes()) && !rest.get(text.len()).copied().is_some_and(part)
        };
        let tolerated = match next {
            b'a' => word("and"),
            b'e' => word("else"),
            b'f' => word("for"),
            b'i' => matches!(self.peek(1), b'n' | b's' | b'f'),
            b'o' => word("or"),
            b'n' => word("not"),
            _ => false,
        };
        if !tolerated && (next.is_ascii_alphanumeric() || next == b'_') {
            return self.wrong(self.at, format!("invalid {name} literal"));
        }
        Ok(())
    }
}
