//! A text as tokens, for programs: what `_tokenize` gives to the `tokenize` module.
//!
//! Lines are asked for one at a time, when they are needed, so that a program can be read as it is typed. With *extra*
//! tokens comments and insignificant newlines are tokens too, and what only a parser would mind (numbers with letters
//! behind them, brackets that do not match, characters that no name may have) is let through.
//!
//! | file     | concept                                              |
//! |----------|------------------------------------------------------|
//! | `source` | the text that has been read, and reading on          |
//! | `lexer`  | indentation, names, strings, operators               |
//! | `fields` | the inside of f-strings and t-strings                |
//! | `number` | numbers, leniently                                   |
//! | `kind`   | the numbers of tokens                                |

mod fields;
pub mod kind;
mod lexer;
mod number;
mod source;
#[cfg(test)]
mod tests;

pub use lexer::Lexer;
pub use source::ReadLine;

use crate::ErrorKind;

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// One of [`kind`], or of an operator.
    pub kind: u8,
    /// The text.
    pub text: String,
    /// Line from one and column in characters; a column of -1 where there is none.
    pub start: (i64, i64),
    /// Likewise.
    pub end: (i64, i64),
    /// The line or lines in which the token stands.
    pub line: String,
}

/// Why there is no token.
#[derive(Debug)]
pub enum Failure<E> {
    /// Reading a line has failed.
    Read(E),
    /// The text is wrong.
    Wrong(Box<Complaint>),
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The exception's class.
    pub kind: ErrorKind,
    /// The message.
    pub message: String,
    /// The line, from one.
    pub lineno: i64,
    /// The column.
    pub offset: i64,
    /// The line's text; none for an end that comes too early, whose exception has a message only.
    pub text: Option<String>,
    /// The last column, on the same line.
    pub end_offset: Option<i64>,
}
