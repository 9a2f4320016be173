//! `compile`, `eval`, `exec`, `__import__`.

use compiler::{Mode, Options, future, parse_flag};
use memory::Value;
use threads::Thread;

use super::objects::current_locals;
use crate::class::{TypeExt, class_of, slots_of};
use crate::error::{Raised, Result, syntax_error, type_error, value_error};
use crate::interp::frame_object::{self, FrameObject};
use crate::object::{cast, cast_exact};
use crate::types::code::{self, Code};
use crate::types::function::Function;
use crate::types::int_methods::text::max_str_digits;
use crate::types::{Bytes, BytesExt, Dict, DictExt, Str, StrExt, Tuple, TupleExt, cell, int};
use crate::{compile, names, syntax};

/// The text of `source`, which is a str or lends bytes in UTF-8 (or in the encoding that its first lines name).
///
/// # Errors
/// TypeError for what `function` does not take, which is `kinds`; SyntaxError for what is no text.
pub fn source_text(
    thread: &mut Thread,
    source: &Value,
    function: &str,
    kinds: &str,
    filename: &str,
) -> Result<String> {
    if let Some(text) = cast::<Str>(source) {
        crate::types::exception_methods::require_utf8(thread, source)?;
        let text = text.to_string_lossy();
        if text.contains('\0') {
            return Err(syntax_error("source code string cannot contain null bytes"));
        }
        return Ok(text);
    }
    let bytes = match cast::<Bytes>(source) {
        Some(bytes) => bytes.bytes().to_vec(),
        None => match slots_of(source).buffer.get() {
            Some(lend) => {
                let buffer = lend(thread, source, false)?;
                let bytes = buffer.to_vec();
                if let Some(release) = buffer.release {
                    release(thread, &buffer.owner);
                }
                bytes
            }
            None => return Err(wrong_source(function, kinds)),
        },
    };
    if bytes.contains(&0) {
        return Err(syntax_error("source code string cannot contain null bytes"));
    }
    decode_source(thread, &bytes, Some(filename))
}

#[cold]
fn wrong_source(function: &str, kinds: &str) -> Raised {
    type_error(format!("{function}() arg 1 must be a {kinds} object"))
}

/// Bytes of a source file as text: PEP 263. Complaints are about `filename`, if that is given.
///
/// # Errors
/// SyntaxError for malformed text and for encodings that do not fit or do not exist.
pub fn decode_source(thread: &mut Thread, bytes: &[u8], filename: Option<&str>) -> Result<String> {
    let (bytes, marked) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    let encoding = declared_encoding(bytes);
    let normal = encoding.as_deref().map(|name| name.to_ascii_lowercase().replace('_', "-"));
    match normal.as_deref() {
        None => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => Err(not_utf8(thread, bytes, error.valid_up_to(), filename, false)?),
        },
        Some("utf-8" | "utf8" | "u8" | "utf" | "utf-8-sig")
            if (!marked || normal.as_deref().is_some_and(|name| name.starts_with("utf-8")))
                && let Ok(text) = std::str::from_utf8(bytes) =>
        {
            Ok(text.to_owned())
        }
        Some("utf-8") => {
            let at = std::str::from_utf8(bytes).err().map_or(0, |error| error.valid_up_to());
            Err(not_utf8(thread, bytes, at, filename, false)?)
        }
        Some(other) if marked => {
            let name = match other {
                "latin-1" | "iso-latin-1" | "iso-8859-1" => "iso-8859-1",
                other => other,
            };
            let line = line_of(bytes, 0);
            let (text, length) = (Str::new(thread, &line)?, line.chars().count() as i64);
            let number = |number| int::from_i64(thread, number);
            let details = vec![Value::none(), number(1)?, number(0)?, text, number(1)?, number(length)?];
            let message = format!("encoding problem: {name} with BOM");
            Err(compile::syntax_error_at(thread, &message, details)?)
        }
        Some("latin-1" | "iso-8859-1" | "iso8859-1" | "latin1" | "l1") => {
            Ok(bytes.iter().map(|&byte| char::from(byte)).collect())
        }
        Some("ascii" | "us-ascii") if bytes.is_ascii() => {
            Ok(bytes.iter().map(|&byte| char::from(byte)).collect())
        }
        Some(_) => {
            let name = encoding.unwrap_or_default();
            let (data, name_value) = (Bytes::new(thread, bytes)?, Str::new(thread, &name)?);
            let decode = crate::interned!(thread, "decode")?;
            let message = match crate::call::call_method(thread, &data, decode, &[name_value]) {
                Ok(text) => match cast::<Str>(&text) {
                    Some(text) => return Ok(text.to_string_lossy()),
                    None => format!("encoding problem: {name}"),
                },
                Err(raised) => crate::ops::str_text(thread, raised.value())?,
            };
            let filename = match filename {
                Some(filename) => Str::new(thread, filename)?,
                None => Value::none(),
            };
            let details =
                vec![filename, int::from_i64(thread, 0)?, int::from_i64(thread, -1)?, Value::none()];
            Err(compile::syntax_error_at(thread, &message, details)?)
        }
    }
}

/// Line `index` (from zero), with what is malformed replaced.
fn line_of(bytes: &[u8], index: usize) -> String {
    let line = bytes.split(|&byte| byte == b'\n').nth(index).unwrap_or_default();
    String::from_utf8_lossy(line).into_owned()
}

/// Raises unless the bytes of a program's file, which names no encoding, are text: CPython names the file then.
///
/// # Errors
/// SyntaxError.
pub fn check_program(thread: &mut Thread, bytes: &[u8], filename: &str) -> Result<()> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Err(error) if declared_encoding(bytes).is_none() => {
            Err(not_utf8(thread, bytes, error.valid_up_to(), Some(filename), true)?)
        }
        _ => Ok(()),
    }
}

/// The complaint about the byte `at`, from which on the text is not UTF-8.
fn not_utf8(
    thread: &mut Thread,
    bytes: &[u8],
    at: usize,
    filename: Option<&str>,
    named: bool,
) -> Result<Raised> {
    let byte = bytes.get(at).copied().unwrap_or(0);
    let index = bytes[..at].iter().filter(|&&byte| byte == b'\n').count();
    let start = bytes[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
    let column = String::from_utf8_lossy(&bytes[start..at]).chars().count() as i64 + 1;
    let line = index as i64 + 1;
    let text = Str::new(thread, &line_of(bytes, index))?;
    let number = |number| int::from_i64(thread, number);
    let file = match filename {
        Some(filename) => Str::new(thread, filename)?,
        None => Value::none(),
    };
    let details = vec![file, number(line)?, number(column)?, text, number(line)?, number(column)?];
    let place =
        filename.filter(|_| named).map_or_else(String::new, |filename| format!(" in file {filename}"));
    let message = format!(
        "Non-UTF-8 code starting with '\\x{byte:02x}'{place} on line {line}, but no encoding declared; \
         see https://peps.python.org/pep-0263/ for details"
    );
    compile::syntax_error_at(thread, &message, details)
}

/// The encoding that a comment in one of the first two lines names.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|&byte| byte == b'\n').take(2) {
        let start = line.iter().position(|byte| !b" \t\x0c".contains(byte));
        let Some(comment) = start.map(|start| &line[start..]).filter(|text| text.starts_with(b"#")) else {
            if start.is_some() {
                return None; // only blank lines and comments may stand before it
            }
            continue;
        };
        let Some(at) = comment.windows(6).position(|window| window == b"coding") else { continue };
        let rest = &comment[at + 6..];
        let Some((b':' | b'=', rest)) = rest.split_first() else { continue };
        let rest = &rest[rest.iter().position(|byte| !b" \t".contains(byte))?..];
        let name: String = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
            .map(|&byte| char::from(byte))
            .collect();
        if !name.is_empty() {
            return Some(name);
        }
    }
    None
}

/// Globals and locals that `eval` and `exec` run in, from what they were given.
fn namespaces(
    thread: &mut Thread,
    what: &str,
    globals: Option<&Value>,
    locals: Option<&Value>,
) -> Result<(Value, Value)> {
    let globals = globals.filter(|globals| !globals.is_none());
    let locals = locals.filter(|locals| !locals.is_none());
    if let Some(locals) = locals
        && slots_of(locals).getitem.get().is_none()
    {
        return Err(type_error(match what {
            "eval" => "locals must be a mapping".to_owned(),
            _ => format!("locals must be a mapping or None, not {}", class_of(locals).name_lossy()),
        }));
    }
    let globals_value = match globals {
        Some(globals) => {
            if cast::<Dict>(globals).is_none() {
                return Err(type_error(match what {
                    "eval" if slots_of(globals).getitem.get().is_some() => {
                        "globals must be a real dict; try eval(code, {}, mapping)".to_owned()
                    }
                    "eval" => "globals must be a dict".to_owned(),
                    _ => format!("exec() globals must be a dict, not {}", class_of(globals).name_lossy()),
                }));
            }
            globals.clone()
        }
        None => crate::interp::current_globals(thread).ok_or_else(|| {
            crate::error::system_error(format!("globals and locals cannot be NULL in {what}()"))
        })?,
    };
    let locals_value = match (locals, globals) {
        (Some(locals), _) => locals.clone(),
        (None, Some(globals)) => globals.clone(),
        (None, None) => current_locals(thread)?,
    };
    if let Some(dict) = cast::<Dict>(&globals_value)
        && dict.get_str(thread, names::__builtins__()).is_none()
    {
        let builtins = match crate::interp::current_globals(thread) {
            Some(current) => match cast::<Dict>(&current) {
                Some(current) => crate::interp::builtins_of(thread, current)?,
                None => Value::none(),
            },
            None => crate::interp::builtins_of(thread, dict)?,
        };
        dict.set_str(thread, names::__builtins__(), builtins)?;
    }
    Ok((globals_value, locals_value))
}

fn free_variables(code: &Code) -> usize {
    code.localspluskinds.iter().filter(|&&kind| kind & crate::types::code::kind::FREE != 0).count()
}

/// Bits of `flags` that `compile` knows.
const KNOWN_FLAGS: u32 = parse_flag::ONLY_AST
    | parse_flag::OPTIMIZED_AST
    | parse_flag::TYPE_COMMENTS
    | parse_flag::ALLOW_TOP_LEVEL_AWAIT
    | parse_flag::ALLOW_INCOMPLETE_INPUT
    | parse_flag::DONT_IMPLY_DEDENT
    | future::MASK
    | code::flag::NESTED;

/// The future imports of the code that calls a builtin.
fn inherited_flags(thread: &mut Thread) -> u32 {
    let Ok(frame) = crate::interp::current_frame(thread, 0) else { return 0 };
    let function = cast::<FrameObject>(&frame).and_then(frame_object::function);
    let function = function.as_ref().and_then(cast::<Function>);
    function.map_or(0, |function| function.payload().code().payload().flags & future::MASK)
}

/// How much the program is to be optimized where nothing is said: `-O`.
fn optimize_level(thread: &mut Thread) -> Result<u8> {
    let Some(flags) = crate::interp::sys_attribute(thread, "flags") else { return Ok(0) };
    let name = crate::interned!(thread, "optimize")?;
    let level = crate::class::lookup::getattr_or_none(thread, &flags, name)?;
    Ok(level
        .and_then(|level| int::to_i64(&level))
        .and_then(|level| u8::try_from(level).ok())
        .unwrap_or(0)
        .min(2))
}

/// Compiles text that `eval` or `exec` was given.
fn compile_text(thread: &mut Thread, text: &str, mode: Mode) -> Result<Value> {
    let optimize = optimize_level(thread)?;
    let options = Options {
        filename: "<string>",
        mode,
        optimize,
        future_flags: inherited_flags(thread) | parse_flag::SOURCE_IS_UTF8,
        max_int_digits: max_str_digits(),
        ..Options::default()
    };
    compile::compile_with(thread, text, &options)
}

#[native::module("builtins", doc = "Compiling and running.")]
pub mod functions {
    use super::*;

    /// Compile source into a code object that can be executed by exec() or eval().
    ///
    /// The source code may represent a Python module, statement or expression.
    /// The filename will be used for run-time error messages.
    /// The mode must be 'exec' to compile a module, 'single' to compile a
    /// single (interactive) statement, or 'eval' to compile an expression.
    /// The flags argument, if present, controls which future statements influence
    /// the compilation of the code.
    /// The dont_inherit argument, if true, stops the compilation inheriting
    /// the effects of any future statements in effect in the code calling
    /// compile; if absent or false these statements do influence the compilation,
    /// in addition to any features explicitly specified.
    #[sig("(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)")]
    #[allow(clippy::too_many_arguments, reason = "Python's own signature")]
    pub fn compile(
        th: &mut Thread,
        source: &Value,
        filename: &Value,
        mode: &Value,
        flags: i64,
        dont_inherit: bool,
        optimize: i64,
        _feature_version: i64,
    ) -> Result<Value> {
        let flags = u32::try_from(flags).ok().filter(|flags| flags & !KNOWN_FLAGS == 0);
        let Some(flags) = flags else { return Err(value_error("compile(): unrecognised flags")) };
        if !(-1..=2).contains(&optimize) {
            return Err(value_error("compile(): invalid optimize value"));
        }
        let filename = filename_text(th, filename)?;
        let Some(mode) = cast::<Str>(mode).map(|mode| mode.to_string_lossy()) else {
            return Err(type_error(format!(
                "compile() argument 'mode' must be str, not {}",
                class_of(mode).name_lossy()
            )));
        };
        let mode = match &*mode {
            "exec" => Mode::Exec,
            "eval" => Mode::Eval,
            "single" => Mode::Single,
            "func_type" if flags & parse_flag::ONLY_AST == 0 => {
                return Err(value_error("compile() mode 'func_type' requires flag PyCF_ONLY_AST"));
            }
            "func_type" => Mode::FuncType,
            _ if flags & parse_flag::ONLY_AST != 0 => {
                return Err(value_error("compile() mode must be 'exec', 'eval', 'single' or 'func_type'"));
            }
            _ => return Err(value_error("compile() mode must be 'exec', 'eval' or 'single'")),
        };
        let optimize = match u8::try_from(optimize) {
            Ok(optimize) => optimize,
            Err(_) => optimize_level(th)?,
        };
        let inherited = if dont_inherit { 0 } else { inherited_flags(th) };
        let feature_version = match u8::try_from(_feature_version) {
            Ok(version) if flags & parse_flag::ONLY_AST != 0 => version,
            _ => Options::default().feature_version,
        };
        let options = Options {
            filename: &filename,
            mode,
            optimize,
            future_flags: flags | inherited,
            feature_version,
            max_int_digits: max_str_digits(),
        };
        if syntax::is_node(source) {
            syntax::check_mode(th, source, mode)?;
            return match flags & parse_flag::OPTIMIZED_AST {
                parse_flag::ONLY_AST => Ok(source.clone()),
                parse_flag::OPTIMIZED_AST => compile::optimize_objects(th, source, &options),
                _ => compile::compile_tree(th, source, &options),
            };
        }
        let text = source_text(th, source, "compile", "string, bytes or AST", &filename)?;
        if flags & parse_flag::ONLY_AST != 0 {
            return compile::parse_to_objects(th, &text, &options);
        }
        compile::compile_with(th, &text, &options)
    }

    /// Evaluate the given source in the context of globals and locals.
    ///
    /// The source may be a string representing a Python expression
    /// or a code object as returned by compile().
    /// The globals must be a dictionary and locals can be any mapping,
    /// defaulting to the current globals and locals.
    /// If only globals is given, locals defaults to it.
    #[sig("(source, /, globals=None, locals=None)")]
    pub fn eval(
        th: &mut Thread,
        source: &Value,
        globals: Option<&Value>,
        locals: Option<&Value>,
    ) -> Result<Value> {
        let (globals, locals) = namespaces(th, "eval", globals, locals)?;
        if let Some(code) = cast_exact::<Code>(source) {
            if free_variables(code.payload()) > 0 {
                return Err(type_error("code object passed to eval() may not contain free variables"));
            }
            return crate::interp::eval_code(th, source, &globals, Some(&locals));
        }
        let text = source_text(th, source, "eval", "string, bytes or code", "<string>")?;
        let text = text.trim_start_matches([' ', '\t']);
        let code = compile_text(th, text, Mode::Eval)?;
        crate::interp::eval_code(th, &code, &globals, Some(&locals))
    }

    /// Execute the given source in the context of globals and locals.
    ///
    /// The source may be a string representing one or more Python statements
    /// or a code object as returned by compile().
    /// The globals must be a dictionary and locals can be any mapping,
    /// defaulting to the current globals and locals.
    /// If only globals is given, locals defaults to it.
    /// The closure must be a tuple of cellvars, and can only be used
    /// when source is a code object requiring exactly that many cellvars.
    #[sig("(source, /, globals=None, locals=None, *, closure=None)")]
    pub fn exec(
        th: &mut Thread,
        source: &Value,
        globals: Option<&Value>,
        locals: Option<&Value>,
        closure: Option<&Value>,
    ) -> Result<()> {
        let (globals, locals) = namespaces(th, "exec", globals, locals)?;
        if let Some(code) = cast_exact::<Code>(source) {
            let needed = free_variables(code.payload());
            if needed == 0 && closure.is_some() {
                return Err(type_error("cannot use a closure with this code object"));
            }
            if needed > 0 {
                let cells = closure.and_then(cast_exact::<Tuple>);
                if closure.is_none()
                    || cells
                        .is_none_or(|cells| cells.len() != needed || !cells.items().iter().all(cell::is_cell))
                {
                    return Err(type_error(format!(
                        "code object requires a closure of exactly length {needed}"
                    )));
                }
            }
            crate::interp::eval_code_closure(th, source, &globals, Some(&locals), closure)?;
            return Ok(());
        }
        if closure.is_some() {
            return Err(type_error("closure can only be used when source is a code object"));
        }
        let text = source_text(th, source, "exec", "string, bytes or code", "<string>")?;
        let code = compile_text(th, &text, Mode::Exec)?;
        crate::interp::eval_code(th, &code, &globals, Some(&locals))?;
        Ok(())
    }

    /// Import a module.
    ///
    /// Because this function is meant for use by the Python
    /// interpreter and not for general use, it is better to use
    /// importlib.import_module() to programmatically import a module.
    ///
    /// The globals argument is only used to determine the context;
    /// they are not modified.  The locals argument is unused.  The fromlist
    /// should be a list of names to emulate ``from name import ...``, or an
    /// empty list to emulate ``import name``.
    /// When importing a module from a package, note that __import__('A.B', ...)
    /// returns package A when fromlist is empty, but its submodule B when
    /// fromlist is not empty.  The level argument is used to determine whether to
    /// perform absolute or relative imports: 0 is absolute, while a positive number
    /// is the number of parent directories to search relative to the current module.
    #[sig("(name, globals=None, locals=None, fromlist=<unrepresentable>, level=0)", hidden)]
    pub fn __import__(
        th: &mut Thread,
        name: &Value,
        globals: Option<&Value>,
        _locals: Option<&Value>,
        fromlist: Option<&Value>,
        level: i64,
    ) -> Result<Value> {
        let none = Value::none();
        crate::interp::import::import(th, name, globals.unwrap_or(&none), fromlist.unwrap_or(&none), level)
    }
}

/// A file name: str, bytes or what has `__fspath__`.
///
/// # Errors
/// TypeError for what is no path; what `__fspath__` raises.
pub fn filename_text(thread: &mut Thread, filename: &Value) -> Result<String> {
    let filename = match crate::class::lookup::call_special(thread, filename, names::__fspath__(), &[])? {
        Some(path) => path,
        None => filename.clone(),
    };
    if let Some(text) = cast::<Str>(&filename) {
        return Ok(text.to_string_lossy());
    }
    if let Some(bytes) = cast::<Bytes>(&filename) {
        return Ok(String::from_utf8_lossy(bytes.bytes()).into_owned());
    }
    Err(type_error(format!(
        "expected str, bytes or os.PathLike object, not {}",
        class_of(&filename).name_lossy()
    )))
}
