//! What is wrong with a text that does not parse: the error that CPython 3.14 raises, with its words and its place.
//!
//! CPython's parser tries alternatives in order and remembers how far it had to read. If nothing fits it parses once
//! more with rules that match typical mistakes, and only if none of them matches either is it "invalid syntax" at the
//! furthest token of the first time. That order decides which of several complaints a user sees, so this module parses in
//! the same way: a recognizer with backtracking and memory, which builds nothing but what messages need.
//!
//! `tokenizer` reads, `parser` holds the state of the recognizer, `statements`, `simple`, `parameters`, `patterns`,
//! `expressions`, `primaries`, `calls`, `targets` and `strings` hold the grammar, mistakes beside what they are mistaken
//! for.

mod calls;
mod expressions;
mod node;
pub(crate) mod numbers;
mod parameters;
mod parser;
mod patterns;
mod primaries;
mod simple;
mod statements;
mod strings;
mod targets;
mod token;
mod tokenizer;

use self::parser::Parser;
pub(crate) use self::tokenizer::{MAX_F_STRINGS, MAX_FIELDS, identifier_error, prefix_error};
use crate::lines::Lines;
use crate::{Mode, Options, SyntaxError};

/// The error in a text; none if the recognizer accepts it.
pub(crate) fn diagnose(lines: &Lines<'_>, options: &Options<'_>) -> Option<SyntaxError> {
    Parser::new(lines, options).run()
}

/// Where a text in mode `mode` starts.
fn start(parser: &mut Parser<'_>, mode: Mode) -> Option<()> {
    match mode {
        Mode::Exec => parser.file(),
        Mode::Single => parser.interactive(),
        Mode::Eval => parser.eval(),
        Mode::FuncType => parser.func_type(),
    }
}
