//! Numbers, with letters behind them let through: `1if` is a number and a name.

/// Where the complaint about a malformed number ends, and what it is.
pub(super) type Wrong = (usize, String);

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Reads the number at byte `start`; gives its end.
pub(super) fn read(text: &str, start: usize) -> Result<usize, Wrong> {
    let mut reader = Reader { bytes: text.as_bytes(), at: start };
    reader.number()?;
    Ok(reader.at)
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn number(&mut self) -> Result<(), Wrong> {
        if self.peek(0) == b'0' {
            match self.peek(1).to_ascii_lowercase() {
                b'x' => return self.based(16, "hexadecimal"),
                b'o' => return self.based(8, "octal"),
                b'b' => return self.based(2, "binary"),
                _ => self.zeros()?,
            }
        } else if self.peek(0) != b'.' {
            self.digits()?;
        }
        if self.peek(0) == b'.' {
            self.at += 1;
            if self.peek(0).is_ascii_digit() {
                self.digits()?;
            }
        }
        if self.peek(0).eq_ignore_ascii_case(&b'e') && !self.exponent()? {
            return Ok(());
        }
        self.at += usize::from(self.peek(0).eq_ignore_ascii_case(&b'j'));
        Ok(())
    }

    fn based(&mut self, base: u32, name: &str) -> Result<(), Wrong> {
        self.at += 2;
        loop {
            self.at += usize::from(self.peek(0) == b'_');
            if !char::from(self.peek(0)).is_digit(base) {
                if self.peek(0).is_ascii_digit() {
                    return self.wrong_digit(name);
                }
                return Err((self.at, format!("invalid {name} literal")));
            }
            while char::from(self.peek(0)).is_digit(base) {
                self.at += 1;
            }
            if self.peek(0) != b'_' {
                break;
            }
        }
        if self.peek(0).is_ascii_digit() { self.wrong_digit(name) } else { Ok(()) }
    }

    fn wrong_digit(&self, name: &str) -> Result<(), Wrong> {
        let digit = char::from(self.peek(0));
        Err((self.at + 1, format!("invalid digit '{digit}' in {name} literal")))
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
                return Err((self.at, "invalid decimal literal".to_owned()));
            }
        }
    }

    fn zeros(&mut self) -> Result<(), Wrong> {
        self.digits()
    }

    /// An exponent, if what follows the letter is one.
    fn exponent(&mut self) -> Result<bool, Wrong> {
        let signed = matches!(self.peek(1), b'+' | b'-');
        if !self.peek(1 + usize::from(signed)).is_ascii_digit() {
            if signed {
                return Err((self.at + 2, "invalid decimal literal".to_owned()));
            }
            return Ok(false);
        }
        self.at += 1 + usize::from(signed);
        self.digits()?;
        Ok(true)
    }
}
