//! How deeply a text may nest, before anything recursive looks at it.
//!
//! One pass over the bytes that knows strings, comments and brackets and nothing else. What it counts is an upper bound
//! of what the parser will do: operators that make it go down a level, since the last comma or line end of each bracket
//! that is open, and all tokens that make the tree deeper.

/// Limits that CPython's parser has; beyond them the tokenizer says what is wrong.
const MAX_BRACKETS: usize = 200;
const MAX_INDENTS: usize = 100;

/// What the scan found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Levels of recursion in parsing, at most.
    pub(crate) recursion: usize,
    /// Levels of the tree within one expression, at most.
    pub(crate) chain: usize,
    /// More brackets or blocks are open than the tokenizer allows.
    pub(crate) beyond_limits: bool,
}

#[derive(Clone, Copy, Default)]
struct Frame {
    recursion: usize,
    chain: usize,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    frames: Vec<Frame>,
    /// Sums over the frames below the top one.
    below: Frame,
    indents: Vec<usize>,
    shape: Shape,
}

/// Scans a text.
pub(crate) fn scan(source: &str) -> Shape {
    let mut scanner = Scanner {
        bytes: source.as_bytes(),
        at: 0,
        frames: vec![Frame::default()],
        below: Frame::default(),
        indents: vec![0],
        shape: Shape::default(),
    };
    scanner.run();
    scanner.shape
}

impl Scanner<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn run(&mut self) {
        self.indentation();
        // Whether an operand may end here, so that a sign is binary.
        let mut after_operand = false;
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\n' if self.frames.len() == 1 => {
                    self.reset();
                    self.indentation();
                    after_operand = false;
                }
                b'\n' => {}
                b'\\' => self.at += 1,
                b'#' => {
                    while self.at < self.bytes.len() && self.peek(0) != b'\n' {
                        self.at += 1;
                    }
                }
                b'"' | b'\'' => {
                    self.string(byte);
                    after_operand = true;
                }
                b'(' | b'[' | b'{' => {
                    self.count(1, 1);
                    let top = self.top();
                    self.below.recursion += top.recursion;
                    self.below.chain += top.chain;
                    self.frames.push(Frame::default());
                    self.shape.beyond_limits |= self.frames.len() > MAX_BRACKETS + 1;
                    after_operand = false;
                }
                b')' | b']' | b'}' => {
                    if self.frames.len() > 1 {
                        self.frames.pop();
                        let top = self.top();
                        self.below.recursion -= top.recursion;
                        self.below.chain -= top.chain;
                    }
                    after_operand = true;
                }
                b',' | b';' => {
                    self.reset();
                    after_operand = false;
                }
                b'+' | b'-' | b'~' | b'*' | b'/' | b'%' | b'@' | b'&' | b'|' | b'^' | b'<' | b'>' | b'='
                | b'!' | b':' => {
                    // `**` and signs recurse; the rest are loops that make the tree deeper.
                    let recurses = !after_operand || byte == b'*' && self.peek(0) == b'*';
                    self.count(usize::from(recurses), 1);
                    after_operand = false;
                }
                b'.' => self.count(0, 1),
                _ if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 => {
                    let start = self.at - 1;
                    while self.peek(0).is_ascii_alphanumeric() || self.peek(0) == b'_' || self.peek(0) >= 0x80
                    {
                        self.at += 1;
                    }
                    let word = &self.bytes[start..self.at];
                    match word {
                        b"not" | b"lambda" | b"else" | b"await" | b"yield" | b"from" | b"for" | b"if" => {
                            self.count(1, 1);
                            after_operand = false;
                        }
                        b"and" | b"or" | b"in" | b"is" | b"return" => after_operand = false,
                        _ => after_operand = true,
                    }
                }
                _ if byte.is_ascii_digit() => after_operand = true,
                _ => {}
            }
        }
    }

    fn top(&self) -> Frame {
        self.frames.last().copied().unwrap_or_default()
    }

    fn count(&mut self, recursion: usize, chain: usize) {
        let Some(top) = self.frames.last_mut() else { return };
        top.recursion += recursion;
        top.chain += chain;
        self.shape.recursion = self.shape.recursion.max(self.below.recursion + top.recursion);
        self.shape.chain = self.shape.chain.max(self.below.chain + top.chain);
    }

    fn reset(&mut self) {
        if let Some(top) = self.frames.last_mut() {
            *top = Frame::default();
        }
    }

    /// Skips a string whose opening quote has been read. What an f-string holds counts as if it were nested.
    fn string(&mut self, quote: u8) {
        let mut prefix = self.at - 1;
        while prefix > 0 && self.bytes[prefix - 1].is_ascii_alphabetic() && self.at - prefix < 4 {
            prefix -= 1;
        }
        let interpolated =
            self.bytes[prefix..self.at].iter().any(|byte| matches!(byte, b'f' | b'F' | b't' | b'T'));
        let triple = self.peek(0) == quote && self.peek(1) == quote;
        self.at += if triple { 2 } else { 0 };
        let mut inside = 0;
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'\n' if !triple => {
                    self.at -= 1;
                    break;
                }
                _ if byte == quote && (!triple || self.peek(0) == quote && self.peek(1) == quote) => {
                    self.at += if triple { 2 } else { 0 };
                    break;
                }
                b'(' | b'[' | b'{' | b'-' | b'+' | b'~' | b'*' | b':' if interpolated => inside += 1,
                // Words that recurse are at least this long.
                b'n' | b'l' | b'e' | b'a' if interpolated => inside += 1,
                _ => {}
            }
        }
        // Only text in which most of these are operators is that deep; ordinary prose is not counted.
        if inside > 2000 {
            self.count(inside, inside);
            let top = self.frames.last_mut();
            if let Some(top) = top {
                top.recursion -= inside;
                top.chain -= inside;
            }
        }
    }

    /// Keeps the stack of columns at the beginning of a line.
    fn indentation(&mut self) {
        let mut column = 0;
        loop {
            match self.peek(0) {
                b' ' => column += 1,
                b'\t' => column = (column / 8 + 1) * 8,
                0x0c => column = 0,
                _ => break,
            }
            self.at += 1;
        }
        if self.at >= self.bytes.len() || matches!(self.peek(0), b'\n' | b'#') {
            return;
        }
        while self.indents.last().is_some_and(|&open| column < open) {
            self.indents.pop();
        }
        if self.indents.last().is_none_or(|&open| column > open) {
            self.indents.push(column);
        }
        self.shape.beyond_limits |= self.indents.len() > MAX_INDENTS;
    }
}

#[cfg(test)]
mod tests {
    use super::scan;

    #[test]
    fn commas_and_lines_begin_anew() {
        let data = "x = [".to_owned() + &"-1, ".repeat(10_000) + "]\n";
        assert!(scan(&data.repeat(3)).recursion < 10);
        assert!(scan(&"-".repeat(500)).recursion >= 500);
        assert!(scan(&"1+".repeat(500)).chain >= 500);
        assert!(scan(&"1+".repeat(500)).recursion < 3);
    }

    #[test]
    fn brackets_and_blocks_have_limits() {
        assert!(scan(&"(".repeat(201)).beyond_limits);
        assert!(!scan(&("(".repeat(200) + &")".repeat(200))).beyond_limits);
        assert!(!scan("'(((' + \"((\"").beyond_limits);
        let blocks: String = (0..101).map(|depth| " ".repeat(depth) + "if x:\n").collect();
        assert!(scan(&blocks).beyond_limits);
    }
}
