//! From source text to code objects.

use memory::Value;
use threads::Thread;

use crate::error::{Raised, Result};
use crate::types::{Str, exception, int};

/// Compiles source text.
///
/// # Errors
/// SyntaxError and its subclasses.
pub fn compile(
    thread: &mut Thread,
    source: &str,
    filename: &str,
    mode: compiler::Mode,
    optimize: u8,
) -> Result<Value> {
    let options = compiler::Options { filename, mode, optimize, ..compiler::Options::default() };
    match compiler::compile(source, &options) {
        Ok(compiled) => crate::types::code::from_compiled(thread, &compiled.code),
        Err(error) => Err(raise(thread, &error, filename)?),
    }
}

/// The exception of a compiler's error.
///
/// # Errors
/// MemoryError.
pub fn raise(thread: &mut Thread, error: &compiler::SyntaxError, filename: &str) -> Result<Raised> {
    use compiler::ErrorKind;
    let message = error.message.as_str();
    let raised = match error.kind {
        ErrorKind::SyntaxError => crate::error::syntax_error(message),
        ErrorKind::IndentationError => crate::error::indentation_error(message),
        ErrorKind::TabError => crate::error::tab_error(message),
        ErrorKind::IncompleteInput => crate::error::incomplete_input_error(message),
        ErrorKind::TooDeep => return Ok(crate::error::recursion_error(message)),
        ErrorKind::TooComplex => return Ok(crate::error::memory_error_with(message)),
        ErrorKind::Overflow => return Ok(crate::error::overflow_error(message)),
        ErrorKind::ValueError => return Ok(crate::error::value_error(message)),
        ErrorKind::TypeError => return Ok(crate::error::type_error(message)),
        ErrorKind::SystemError => return Ok(crate::error::system_error(message)),
    };
    let place = |n: i32| if n > 0 { int::from_i64(thread, n.into()) } else { Ok(Value::none()) };
    let fields = [
        ("filename", Str::new(thread, filename)?),
        ("lineno", place(error.lineno)?),
        ("offset", place(error.offset)?),
        ("end_lineno", place(error.end_lineno)?),
        ("end_offset", place(error.end_offset)?),
        (
            "text",
            match &error.text {
                Some(text) => Str::new(thread, text)?,
                None => Value::none(),
            },
        ),
    ];
    for (name, value) in fields {
        exception::set_field(thread, raised.value(), name, value);
    }
    Ok(raised)
}
