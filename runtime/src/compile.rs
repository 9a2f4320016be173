//! From source text to code objects.

use memory::Value;
use threads::Thread;

use crate::builtins::evaluate;
use crate::error::{self, ClassDefRef, DEPRECATION_WARNING, Raised, Result, SYNTAX_WARNING};
use crate::syntax::{objects_of, tree_of};
use crate::types::{Str, Tuple, exception, int};
use crate::{call, hooks};

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
    compile_with(thread, source, &options)
}

/// As [`compile`], with all options.
///
/// # Errors
/// SyntaxError and its subclasses.
pub fn compile_with(thread: &mut Thread, source: &str, options: &compiler::Options<'_>) -> Result<Value> {
    match compiler::compile(source, options) {
        Ok(compiled) => finish(thread, &compiled, options, Some(source)),
        Err(error) => Err(raise_in(thread, &error, options.filename, source)?),
    }
}

/// The code of a tree that a program has made.
///
/// # Errors
/// What [`tree_of`] and compiling raise.
pub fn compile_tree(thread: &mut Thread, tree: &Value, options: &compiler::Options<'_>) -> Result<Value> {
    let tree = tree_of(thread, tree)?;
    match compiler::compile_ast(&tree, options) {
        Ok(compiled) => finish(thread, &compiled, options, None),
        Err(error) => Err(raise(thread, &error, options.filename)?),
    }
}

fn finish(
    thread: &mut Thread,
    compiled: &compiler::Compiled,
    options: &compiler::Options<'_>,
    source: Option<&str>,
) -> Result<Value> {
    issue(thread, &compiled.warnings, options.filename, source)?;
    crate::types::code::from_compiled(thread, &compiled.code)
}

/// The syntax tree of a text, as objects.
///
/// # Errors
/// SyntaxError and its subclasses.
pub fn parse_to_objects(thread: &mut Thread, source: &str, options: &compiler::Options<'_>) -> Result<Value> {
    let parsed = compiler::parse(source, options).and_then(|mut parsed| {
        let more = prepared(&mut parsed.module, options)?;
        parsed.warnings.extend(more);
        Ok(parsed)
    });
    match parsed {
        Ok(parsed) => {
            issue(thread, &parsed.warnings, options.filename, Some(source))?;
            objects_of(thread, &parsed.module)
        }
        Err(error) => Err(raise_in(thread, &error, options.filename, source)?),
    }
}

/// A tree that a program has made, as optimizing leaves it.
///
/// # Errors
/// What [`tree_of`] and preprocessing raise.
pub fn optimize_objects(thread: &mut Thread, tree: &Value, options: &compiler::Options<'_>) -> Result<Value> {
    let mut tree = tree_of(thread, tree)?;
    match prepared(&mut tree, options) {
        Ok(warnings) => {
            issue(thread, &warnings, options.filename, None)?;
            objects_of(thread, &tree)
        }
        Err(error) => Err(raise(thread, &error, options.filename)?),
    }
}

/// Does to a tree that is wanted as such what the options say.
fn prepared(
    tree: &mut compiler::ast::Mod,
    options: &compiler::Options<'_>,
) -> std::result::Result<Vec<compiler::SyntaxWarning>, compiler::SyntaxError> {
    use compiler::parse_flag::OPTIMIZED_AST;
    if options.future_flags & OPTIMIZED_AST == OPTIMIZED_AST {
        let future = compiler::symtable::future_imports(tree, options)?;
        compiler::preprocess(tree, options, future.features)
    } else {
        compiler::check_jumps(tree, options)
    }
}

/// The symbol table of a text.
///
/// # Errors
/// SyntaxError and its subclasses.
pub fn symbols_of(
    thread: &mut Thread,
    source: &str,
    options: &compiler::Options<'_>,
) -> Result<compiler::symtable::SymbolTable> {
    let built = compiler::parse(source, options).and_then(|parsed| {
        let table = compiler::symtable::build(&parsed.module, options)?;
        Ok((table, parsed.warnings))
    });
    match built {
        Ok((table, warnings)) => {
            issue(thread, &warnings, options.filename, Some(source))?;
            issue(thread, &table.warnings, options.filename, Some(source))?;
            Ok(table)
        }
        Err(error) => Err(raise(thread, &error, options.filename)?),
    }
}

/// Issues what compiling has to warn of. What the filters make an exception of becomes a SyntaxError at that place.
fn issue(
    thread: &mut Thread,
    warnings: &[compiler::SyntaxWarning],
    filename: &str,
    source: Option<&str>,
) -> Result<()> {
    for warning in warnings {
        let category: ClassDefRef = match warning.category {
            compiler::WarningCategory::Syntax => &SYNTAX_WARNING,
            compiler::WarningCategory::Deprecation => &DEPRECATION_WARNING,
        };
        let issued = hooks::warn_at(thread, category, &warning.message, filename, warning.lineno.into());
        match issued {
            Err(raised) if raised.is(category) => {
                let line = usize::try_from(warning.lineno - 1).unwrap_or(0);
                let text = source.and_then(|source| source.split_inclusive('\n').nth(line));
                let error = compiler::SyntaxError {
                    kind: compiler::ErrorKind::SyntaxError,
                    // An error says nothing of the future.
                    message: warning.message.replace(" Such sequences will not work in the future.", ""),
                    lineno: warning.lineno,
                    offset: warning.offset,
                    end_lineno: warning.end_lineno,
                    end_offset: warning.end_offset,
                    text: text.map(str::to_owned),
                    bare: false,
                    warnings: Vec::new(),
                };
                return Err(raise(thread, &error, filename)?);
            }
            other => other?,
        }
    }
    Ok(())
}

/// The class of a compiler's error.
pub fn class_of_error(kind: compiler::ErrorKind) -> ClassDefRef {
    use compiler::ErrorKind;
    match kind {
        ErrorKind::SyntaxError => &error::SYNTAX_ERROR,
        ErrorKind::IndentationError => &error::INDENTATION_ERROR,
        ErrorKind::TabError => &error::TAB_ERROR,
        ErrorKind::IncompleteInput => &error::INCOMPLETE_INPUT_ERROR,
        ErrorKind::TooDeep => &error::RECURSION_ERROR,
        ErrorKind::TooComplex => &error::MEMORY_ERROR,
        ErrorKind::Overflow => &error::OVERFLOW_ERROR,
        ErrorKind::ValueError => &error::VALUE_ERROR,
        ErrorKind::TypeError => &error::TYPE_ERROR,
        ErrorKind::SystemError => &error::SYSTEM_ERROR,
    }
}

/// The exception of a compiler's error.
///
/// # Errors
/// MemoryError.
pub fn raise(thread: &mut Thread, error: &compiler::SyntaxError, filename: &str) -> Result<Raised> {
    let class = class_of_error(error.kind).value();
    let message = Str::new(thread, &error.message)?;
    let placed = class_of_error(error.kind).is_or_extends(&error::SYNTAX_ERROR);
    if !placed {
        return call::call_one(thread, &class, &message).map(Raised::new);
    }
    let number = |number: i32| int::from_i64(thread, number.into());
    let (line, offset) = (number(error.lineno)?, number(error.offset)?);
    let (end_line, end_offset) = (number(error.end_lineno)?, number(error.end_offset)?);
    let text = match &error.text {
        Some(text) => Str::new(thread, text)?,
        None => line_of_file(thread, filename, error.lineno)?,
    };
    let filename = Str::new(thread, filename)?;
    let details = [filename, line, offset, text, end_line, end_offset];
    if error.bare {
        let raised = call::call_one(thread, &class, &message)?;
        for (name, value) in
            ["filename", "lineno", "offset", "text", "end_lineno", "end_offset"].into_iter().zip(details)
        {
            exception::set_field(thread, &raised, name, value);
        }
        return Ok(Raised::new(raised));
    }
    let details = Tuple::new(thread, details.to_vec())?;
    call::call_positional(thread, &class, &[message, details]).map(Raised::new)
}

/// As [`raise`], for an error in a text that is at hand: `traceback` looks there for misspelled keywords.
fn raise_in(
    thread: &mut Thread,
    error: &compiler::SyntaxError,
    filename: &str,
    source: &str,
) -> Result<Raised> {
    issue(thread, &error.warnings, filename, Some(source))?;
    let raised = raise(thread, error, filename)?;
    if error.message != "invalid syntax" && !error.message.contains("Perhaps you forgot a comma") {
        return Ok(raised);
    }
    // The statement before the wrong one: the wrong one may be what a misspelled keyword was to continue.
    let last = usize::try_from(error.lineno).unwrap_or(0).saturating_sub(1);
    let continues = ["elif", "else", "except", "finally"];
    let begins = |line: &str| {
        line.starts_with(|first: char| !first.is_whitespace() && first != '#')
            && !continues.iter().any(|keyword| line.starts_with(keyword))
    };
    let before = source.lines().take(last).enumerate().filter(|(_, line)| begins(line)).last();
    let line = before.map_or(last, |(index, _)| index) as i64 + 1;
    let metadata = vec![int::from_i64(thread, line)?, int::from_i64(thread, 0)?, Str::new(thread, source)?];
    let metadata = Tuple::new(thread, metadata)?;
    exception::set_field(thread, raised.value(), "_metadata", metadata);
    Ok(raised)
}

/// A line of a source file, for errors that the compiler finds in a tree; None if there is no such file.
fn line_of_file(thread: &mut Thread, filename: &str, line: i32) -> Result<Value> {
    let index = usize::try_from(line - 1).ok();
    let bytes = if filename.starts_with('<') { None } else { std::fs::read(filename).ok() };
    let text = bytes.and_then(|bytes| evaluate::decode_source(thread, &bytes, Some(filename)).ok());
    let text = text.as_deref().zip(index).and_then(|(text, index)| text.split_inclusive('\n').nth(index));
    text.map_or_else(|| Ok(Value::none()), |text| Str::new(thread, text))
}

/// A SyntaxError with these details behind its message.
///
/// # Errors
/// MemoryError.
pub(crate) fn syntax_error_at(thread: &mut Thread, message: &str, details: Vec<Value>) -> Result<Raised> {
    let message = Str::new(thread, message)?;
    let details = Tuple::new(thread, details)?;
    call::call_positional(thread, &error::SYNTAX_ERROR.value(), &[message, details]).map(Raised::new)
}
