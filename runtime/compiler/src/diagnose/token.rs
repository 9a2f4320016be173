//! Tokens as error messages need them.

/// What a token is. Keywords are names; the text tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Number,
    String,
    /// Start, text and end of an f-string or, with `template`, a t-string.
    FStart {
        template: bool,
    },
    FMiddle {
        template: bool,
    },
    FEnd {
        template: bool,
    },
    Op,
    Newline,
    Indent,
    Dedent,
    End,
}

/// A token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    /// Byte range in the source. The newline that is added to a text without one is beyond its end.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Brackets open when it was read.
    pub(super) level: usize,
    /// Stands nowhere: indentation and the end of the text. Errors there take the tokenizer's own place.
    pub(super) nowhere: bool,
    /// How far the tokenizer had read.
    pub(super) cursor: usize,
}

/// The words that are never names.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

impl Token<'_> {
    /// Whether it is a name that is no keyword.
    pub(super) fn is_name(&self) -> bool {
        self.kind == Kind::Name && !KEYWORDS.contains(&self.text)
    }

    /// Whether it is this operator or keyword.
    pub(super) fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Op | Kind::Name) && self.text == text
    }
}
