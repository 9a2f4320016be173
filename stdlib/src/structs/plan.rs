//! Reading formats: where each value stands and how large it is.

use runtime::error::{Raised, Result};

use super::error;

/// How one code of a format is read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// The letter.
    pub code: u8,
    /// Where the first of them starts.
    pub offset: usize,
    /// Bytes of one.
    pub size: usize,
    /// How many follow each other; 1 for a string, whatever its length.
    pub count: usize,
}

/// A format that has been read.
#[derive(Debug)]
pub(super) struct Plan {
    /// As it was written.
    pub format: Vec<u8>,
    /// In order; padding is left out.
    pub items: Vec<Item>,
    /// Bytes in all.
    pub size: usize,
    /// Values in all.
    pub values: usize,
    /// The most significant byte comes first.
    pub big: bool,
    /// Sizes are the machine's.
    pub native: bool,
}

/// Size and alignment of a code; `None` for what is none.
fn layout(code: u8, native: bool) -> Option<(usize, usize)> {
    let (size, alignment) = match code {
        b'x' | b'c' | b'b' | b'B' | b'?' | b's' | b'p' => (1, 1),
        b'h' | b'H' | b'e' => (2, 2),
        b'i' | b'I' | b'f' => (4, 4),
        b'l' | b'L' if !native => (4, 4),
        b'l' | b'L' | b'q' | b'Q' | b'd' => (8, 8),
        b'n' | b'N' | b'P' if native => (8, 8),
        b'F' => (8, 4),
        b'D' => (16, 8),
        _ => return None,
    };
    Some((size, if native { alignment } else { 1 }))
}

fn too_long() -> Raised {
    error("total struct size too long")
}

impl Plan {
    /// Reads a format.
    ///
    /// # Errors
    /// `struct.error`
    pub fn parse(format: &[u8]) -> Result<Self> {
        let (prefix, codes) = match format.split_first() {
            Some((&prefix @ (b'@' | b'=' | b'<' | b'>' | b'!'), rest)) => (prefix, rest),
            _ => (b'@', format),
        };
        let native = prefix == b'@';
        let big = matches!(prefix, b'>' | b'!') || (prefix != b'<' && cfg!(target_endian = "big"));
        let mut plan = Self { format: format.to_vec(), items: Vec::new(), size: 0, values: 0, big, native };
        let mut at = 0;
        while let Some(&c) = codes.get(at) {
            at += 1;
            if c.is_ascii_whitespace() || c == 0x0b {
                continue;
            }
            let (mut count, mut code) = (1usize, c);
            if c.is_ascii_digit() {
                count = usize::from(c - b'0');
                loop {
                    let Some(&next) = codes.get(at) else {
                        return Err(error("repeat count given without format specifier"));
                    };
                    at += 1;
                    if !next.is_ascii_digit() {
                        code = next;
                        break;
                    }
                    let more = count.checked_mul(10).and_then(|n| n.checked_add(usize::from(next - b'0')));
                    count = more.filter(|&n| n <= isize::MAX as usize).ok_or_else(too_long)?;
                }
            }
            plan.add(code, count)?;
        }
        Ok(plan)
    }

    fn add(&mut self, code: u8, count: usize) -> Result<()> {
        let (size, alignment) =
            layout(code, self.native).ok_or_else(|| error("bad char in struct format"))?;
        let offset = self.size.checked_next_multiple_of(alignment).ok_or_else(too_long)?;
        let bytes = size.checked_mul(count).ok_or_else(too_long)?;
        let end = offset.checked_add(bytes).filter(|&end| end <= isize::MAX as usize).ok_or_else(too_long)?;
        self.size = end;
        match code {
            b'x' => {}
            b's' | b'p' => {
                self.items.push(Item { code, offset, size: count, count: 1 });
                self.values += 1;
            }
            _ if count > 0 => {
                self.items.push(Item { code, offset, size, count });
                self.values += count;
            }
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn native_formats_are_aligned() {
        let size = |format: &[u8]| Plan::parse(format).map(|plan| plan.size).ok();
        assert_eq!(size(b"cq"), Some(16));
        assert_eq!(size(b"<cq"), Some(9));
        assert_eq!(size(b"qc0q"), Some(16));
        assert_eq!(size(b"cF"), Some(12));
        assert_eq!(size(b"3x i"), Some(8));
    }
}
