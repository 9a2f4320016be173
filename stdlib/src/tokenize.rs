//! `_tokenize`: a text as tokens, for the `tokenize` module. The compiler's tokenizer does the work.

use compiler::tokenize::{Complaint, Failure, Lexer, Token};
use runtime::class::slots::Next;
use runtime::error::{Raised, Result, STOP_ITERATION, runtime_error, type_error};
use runtime::memory::{Guarded, Slot};
use runtime::native::Exclusive;
use runtime::object::cast;
use runtime::types::{Bytes, BytesExt, Str, Tuple, exception, int};
use runtime::{Thread, Value, call, native};

use crate::support;

/// An iterator over the tokens of a text that is read line by line.
#[native::class("TokenizerIter", module = "_tokenize", methods(methods), new = methods::construct, slots = slots)]
pub struct TokenizerIter {
    /// What gives the next line.
    #[trace]
    readline: Slot,
    /// The encoding of lines that are bytes; None for strs.
    #[trace]
    encoding: Slot,
    /// Taken while it runs: `readline` may be anything, this very iterator's `__next__` too.
    #[untraced]
    lexer: Guarded<Option<Box<Lexer>>>,
}

fn slots(slots: &runtime::class::Slots) {
    support::iterator(slots, NEXT);
}

const NEXT: Next = next;

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(this) = cast::<TokenizerIter>(value) else { return Ok(None) };
    let taken = Exclusive::open(thread, this).get(|this| &this.lexer).take();
    let Some(mut lexer) = taken else {
        return Err(runtime_error("the tokenizer is already running"));
    };
    let readline = support::get(this, |this| &this.readline).unwrap_or_else(Value::none);
    let encoding = support::get(this, |this| &this.encoding).filter(|encoding| !encoding.is_none());
    let result = lexer.next(&mut || read_line(thread, &readline, encoding.as_ref()));
    *Exclusive::open(thread, this).get(|this| &this.lexer) = Some(lexer);
    match result {
        Ok(Some(token)) => token_value(thread, &token).map(Some),
        Ok(None) => Ok(None),
        Err(Failure::Read(raised)) => Err(raised),
        Err(Failure::Wrong(complaint)) => Err(raise(thread, &complaint)?),
    }
}

/// The next line; none at the end.
fn read_line(thread: &mut Thread, readline: &Value, encoding: Option<&Value>) -> Result<Option<String>> {
    let line = match call::call_positional(thread, readline, &[]) {
        Ok(line) => line,
        Err(raised) if raised.is(&STOP_ITERATION) => return Ok(None),
        Err(raised) => return Err(raised),
    };
    let line = match encoding {
        Some(encoding) => {
            if cast::<Bytes>(&line).is_none() {
                return Err(type_error("readline() returned a non-bytes object"));
            }
            decode(thread, &line, encoding)?
        }
        None => {
            if cast::<Str>(&line).is_none() {
                return Err(type_error("readline() returned a non-string object"));
            }
            line
        }
    };
    runtime::types::exception_methods::require_utf8(thread, &line)?;
    Ok(Some(support::keyword(&line)))
}

/// Bytes as text, with what is malformed replaced.
fn decode(thread: &mut Thread, line: &Value, encoding: &Value) -> Result<Value> {
    if let Some(bytes) = cast::<Bytes>(line)
        && bytes.bytes().is_ascii()
        && matches!(&*support::keyword(encoding), "utf-8" | "utf-8-sig" | "ascii" | "iso-8859-1")
    {
        return Str::from_latin1(thread, bytes.bytes());
    }
    let decode = Str::interned(thread, "decode")?;
    let replace = Str::interned(thread, "replace")?;
    call::call_method(thread, line, &decode, &[encoding.clone(), replace])
}

fn place(thread: &mut Thread, (line, column): (i64, i64)) -> Result<Value> {
    let items = vec![int::from_i64(thread, line)?, int::from_i64(thread, column)?];
    Tuple::new(thread, items)
}

fn token_value(thread: &mut Thread, token: &Token) -> Result<Value> {
    let items = vec![
        int::from_i64(thread, token.kind.into())?,
        Str::new(thread, &token.text)?,
        place(thread, token.start)?,
        place(thread, token.end)?,
        Str::new(thread, &token.line)?,
    ];
    Tuple::new(thread, items)
}

/// The exception for what is wrong with a text.
fn raise(thread: &mut Thread, complaint: &Complaint) -> Result<Raised> {
    let class = runtime::compile::class_of_error(complaint.kind);
    let message = Str::new(thread, &complaint.message)?;
    let filename = Str::interned(thread, "<string>")?;
    let line = int::from_i64(thread, complaint.lineno)?;
    let offset = int::from_i64(thread, complaint.offset)?;
    let Some(text) = &complaint.text else {
        let raised = call::call_one(thread, &class.value(), &message)?;
        for (name, value) in
            [("filename", filename), ("lineno", line.clone()), ("offset", offset), ("end_lineno", line)]
        {
            exception::set_field(thread, &raised, name, value);
        }
        return Ok(Raised::new(raised));
    };
    let text = Str::new(thread, text)?;
    let (end_line, end_offset) = match complaint.end_offset {
        Some(end) => (line.clone(), int::from_i64(thread, end)?),
        None => (Value::none(), Value::none()),
    };
    let details = Tuple::of_array(thread, [filename, line, offset, text, end_line, end_offset])?;
    let raised = call::call_positional(thread, &class.value(), &[message, details])?;
    Ok(Raised::new(raised))
}

/// Methods.
#[native::methods(TokenizerIter, name = "TokenizerIter")]
pub mod methods {
    use super::*;

    /// A new iterator.
    #[new]
    #[sig("(readline, /, *, encoding=None, extra_tokens)", hidden)]
    pub fn new(
        th: &mut Thread,
        class: &Value,
        readline: Value,
        encoding: Option<Value>,
        extra_tokens: bool,
    ) -> Result<Value> {
        let encoding = encoding.unwrap_or_else(Value::none);
        let payload = TokenizerIter {
            readline: support::slot(readline),
            encoding: support::slot(encoding),
            lexer: Guarded::new(Some(Box::new(Lexer::new(extra_tokens)))),
        };
        support::make(th, class, payload)
    }
}

pub use module::MODULE;

/// The module.
#[native::module("_tokenize", classes(super::TokenizerIter))]
pub mod module {}
