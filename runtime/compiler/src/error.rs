//! What compiling can complain about.

/// Which exception a [`SyntaxError`] stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// `SyntaxError`.
    SyntaxError,
    /// `IndentationError`.
    IndentationError,
    /// `TabError`.
    TabError,
    /// `_IncompleteInputError`: the text could be completed to something valid.
    IncompleteInput,
    /// `RecursionError`: nested too deeply to compile.
    TooDeep,
    /// `MemoryError`: nested too deeply to parse.
    TooComplex,
    /// `OverflowError`: a table of the code object would be too large.
    Overflow,
    /// `ValueError`: what a hand-made tree holds is malformed.
    ValueError,
    /// `TypeError`: what a hand-made tree holds is of the wrong type.
    TypeError,
    /// `SystemError`: an impossible tree.
    SystemError,
}

/// An error with its place, as the attributes of Python's `SyntaxError` show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The exception's class.
    pub kind: ErrorKind,
    /// `msg`.
    pub message: String,
    /// `lineno`, from one.
    pub lineno: i32,
    /// `offset`, from one; zero when unknown. Characters in errors of the parser, bytes in those of the compiler.
    pub offset: i32,
    /// `end_lineno`; zero when unknown.
    pub end_lineno: i32,
    /// `end_offset`, likewise.
    pub end_offset: i32,
    /// `text`: the line, with its newline where the source has one.
    pub text: Option<String>,
    /// The place is in the attributes alone, not in `args`: so it is with what the symbol table complains about.
    pub bare: bool,
    /// What the text before the error is to be warned of.
    pub warnings: Vec<SyntaxWarning>,
}

impl SyntaxError {
    /// An error of class `kind` that names no place, as `RecursionError` and its like are.
    pub fn unplaced(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            lineno: 0,
            offset: 0,
            end_lineno: 0,
            end_offset: 0,
            text: None,
            bare: false,
            warnings: Vec::new(),
        }
    }

    /// A `SyntaxError` that the compiler finds in a tree, whose columns are bytes. So are the offsets of such
    /// errors, in CPython too, and the line is for whoever can read the file.
    pub fn at(span: crate::ast::Span, message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::SyntaxError,
            message: message.into(),
            lineno: span.lineno,
            offset: span.col_offset + 1,
            end_lineno: span.end_lineno,
            end_offset: span.end_col_offset + 1,
            text: None,
            bare: false,
            warnings: Vec::new(),
        }
    }
}

/// Which category a [`SyntaxWarning`] is issued under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarningCategory {
    /// `SyntaxWarning`.
    Syntax,
    /// `DeprecationWarning`.
    Deprecation,
}

/// A warning that the runtime issues through `warnings`; under the filter "error" it becomes a [`SyntaxError`]
/// with this message at this place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxWarning {
    /// The category.
    pub category: WarningCategory,
    /// The text.
    pub message: String,
    /// The line, from one.
    pub lineno: i32,
    /// In characters from one.
    pub offset: i32,
    /// The last line.
    pub end_lineno: i32,
    /// In characters from one.
    pub end_offset: i32,
}
