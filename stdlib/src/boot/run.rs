//! Running a program as `__main__`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Read;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use runtime::config;
use runtime::error::{IMPORT_ERROR, Result};
use runtime::interp::{import, sys_attribute};
use runtime::native::Args;
use runtime::object::cast;
use runtime::types::{Bytes, Dict, DictExt, Str, codecs, int};
use runtime::{Thread, Value, call, names};

use super::main_globals;
use crate::sys::make::os_text;

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// `-c`.
    Command(OsString),
    /// `-m`.
    Module(OsString),
    /// A file, or a directory or archive with a `__main__`.
    File(PathBuf),
    /// Standard input.
    Input,
    /// An interactive session.
    Session,
}

/// Runs the program.
///
/// # Errors
/// What it raises.
pub fn run(thread: &mut Thread, program: &Program, skip_first_line: bool) -> Result<()> {
    match program {
        Program::Command(text) => command(thread, text),
        Program::Module(name) => module(thread, name),
        Program::File(path) => file(thread, path, skip_first_line),
        Program::Input => input(thread),
        Program::Session => session(thread),
    }
}

/// Puts an entry before all others on `sys.path`.
fn prepend_path(thread: &mut Thread, entry: &OsStr) -> Result<()> {
    let Some(path) = sys_attribute(thread, "path") else { return Ok(()) };
    let entry = os_text(thread, entry)?;
    let zero = int::from_i64(thread, 0)?;
    call::call_method(thread, &path, names::insert(), &[zero, entry]).map(drop)
}

/// As [`prepend_path`], for an entry that a program may have planted.
fn prepend_unsafe_path(thread: &mut Thread, entry: &OsStr) -> Result<()> {
    if config::get().safe_path { Ok(()) } else { prepend_path(thread, entry) }
}

/// Compiles source bytes with the builtin.
fn compile(thread: &mut Thread, source: &Value, filename: &Value) -> Result<Value> {
    let compile = runtime::interp::builtin(thread, "compile")?;
    let exec = Str::interned(thread, "exec")?;
    let zero = int::from_i64(thread, 0)?;
    let args = [source.clone(), filename.clone(), exec, zero, Value::from_bool(true)];
    call::call_positional(thread, &compile, &args)
}

fn set(thread: &mut Thread, globals: &Value, name: &str, value: Value) -> Result<()> {
    let name = Str::interned(thread, name)?;
    match cast::<Dict>(globals) {
        Some(dict) => dict.set_str(thread, &name, value),
        None => Ok(()),
    }
}

fn command(thread: &mut Thread, text: &OsStr) -> Result<()> {
    prepend_unsafe_path(thread, OsStr::new(""))?;
    let globals = main_globals(thread)?;
    let bytes = dedent(text.as_bytes());
    let source = codecs::fs_decode(thread, &bytes)?;
    let filename = Str::interned(thread, "<string>")?;
    let code = compile(thread, &source, &filename)?;
    import::show_command(thread, &code, &source, &filename)?;
    runtime::interp::eval_code(thread, &code, &globals, None).map(drop)
}

/// The text of `-c` without what all its lines are indented by.
fn dedent(text: &[u8]) -> Vec<u8> {
    let blank = |line: &[u8]| line.iter().all(|byte| b" \t\r".contains(byte));
    let lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
    let mut common: Option<&[u8]> = None;
    for line in lines.iter().filter(|line| !blank(line)) {
        let indent = line.iter().take_while(|byte| b" \t".contains(byte)).count();
        let indent = &line[..indent];
        common = Some(match common {
            None => indent,
            Some(before) => {
                let same = before.iter().zip(indent).take_while(|(a, b)| a == b).count();
                &indent[..same]
            }
        });
    }
    let width = common.map_or(0, <[u8]>::len);
    if width == 0 {
        return text.to_vec();
    }
    let lines: Vec<&[u8]> = lines
        .into_iter()
        .map(|line| if blank(line) { &line[line.len()..] } else { &line[width..] })
        .collect();
    lines.join(&b'\n')
}

fn run_module(thread: &mut Thread, name: &Value, set_argv0: bool) -> Result<()> {
    let run = import::attribute_of(thread, "runpy", "_run_module_as_main")?;
    call::call_positional(thread, &run, &[name.clone(), Value::from_bool(set_argv0)]).map(drop)
}

fn module(thread: &mut Thread, name: &OsStr) -> Result<()> {
    let folder = std::env::current_dir().map(PathBuf::into_os_string).unwrap_or_default();
    prepend_unsafe_path(thread, &folder)?;
    let name = os_text(thread, name)?;
    run_module(thread, &name, true)
}

/// The importer of a directory or archive that can be run, if `path` is one.
fn importer(thread: &mut Thread, path: &Value) -> Result<Option<Value>> {
    let get = import::attribute_of(thread, "pkgutil", "get_importer");
    let found = get.and_then(|get| call::call_one(thread, &get, path))?;
    Ok(Some(found).filter(|importer| !importer.is_none()))
}

fn file(thread: &mut Thread, path: &Path, skip_first_line: bool) -> Result<()> {
    if may_hold_main(path) {
        let shown = os_text(thread, path.as_os_str())?;
        if importer(thread, &shown)?.is_some() {
            let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
            prepend_path(thread, absolute.as_os_str())?;
            let main = names::__main__().clone();
            return run_module(thread, &main, false);
        }
    }
    let mut bytes = match read(path) {
        Ok(bytes) => bytes,
        Err(error) => return Err(cannot_open(path, &error)),
    };
    if !config::get().safe_path {
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let folder = target.parent().map(Path::as_os_str).unwrap_or_default().to_owned();
        prepend_path(thread, &folder)?;
    }
    let shown = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let filename = os_text(thread, shown.as_os_str())?;
    let globals = main_globals(thread)?;
    set(thread, &globals, "__file__", filename.clone())?;
    set(thread, &globals, "__cached__", Value::none())?;
    let is_bytecode = bytes.starts_with(&crate::imp::MAGIC.to_le_bytes());
    let class = if is_bytecode { "SourcelessFileLoader" } else { "SourceFileLoader" };
    let loader = import::attribute_of(thread, "_frozen_importlib_external", class)?;
    let loader = call::call_positional(thread, &loader, &[names::__main__().clone(), filename.clone()])?;
    set(thread, &globals, "__loader__", loader)?;
    let code = if is_bytecode {
        crate::marshal::read(thread, bytes.get(16..).unwrap_or_default(), true)?
    } else {
        if skip_first_line {
            let end = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len());
            bytes.drain(..end); // the line's end stays, and with it the numbers of the others
        }
        runtime::builtins::evaluate::check_program(thread, &bytes, &shown.to_string_lossy())?;
        let source = Bytes::new(thread, &bytes)?;
        compile(thread, &source, &filename)?
    };
    runtime::interp::eval_code(thread, &code, &globals, None).map(drop)
}

/// Whether a path may be a directory or archive: what begins with a zip archive's end is found from behind.
fn may_hold_main(path: &Path) -> bool {
    if path.is_dir() {
        return true;
    }
    const LONGEST_END: u64 = 22 + (1 << 16);
    let mut file = match fs::File::open(path) {
        Ok(file) => file,
        // Perhaps a folder in an archive.
        Err(error) => return error.kind() == std::io::ErrorKind::NotADirectory,
    };
    let Ok(metadata) = file.metadata() else { return false };
    if !metadata.is_file() || metadata.len() < 22 {
        return false;
    }
    use std::io::Seek;
    let tail = metadata.len().min(LONGEST_END);
    let mut bytes = Vec::new();
    file.seek(std::io::SeekFrom::End(-(tail as i64))).is_ok()
        && file.read_to_end(&mut bytes).is_ok()
        && bytes.windows(4).any(|window| window == b"PK\x05\x06")
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    if path.is_dir() {
        return Err(std::io::Error::from_raw_os_error(libc::EISDIR));
    }
    fs::read(path)
}

/// The program cannot be opened: said without a traceback, and the exit code is 2.
fn cannot_open(path: &Path, error: &std::io::Error) -> runtime::error::Raised {
    let executable = config::get().executable.display().to_string();
    let number = error.raw_os_error().unwrap_or(0);
    let what = runtime::types::os_error::describe(number);
    if number == libc::EISDIR {
        eprintln!("{executable}: {} is a directory, cannot continue", quoted(path));
        runtime::error::system_exit(Value::from_int(1).unwrap_or_else(Value::none))
    } else {
        let shown = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        eprintln!("{executable}: can't open file {}: [Errno {number}] {what}", quoted(&shown));
        runtime::error::system_exit(Value::from_int(2).unwrap_or_else(Value::none))
    }
}

/// A path as `repr` of a str would show it.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    if text.contains('\'') && !text.contains('"') { format!("\"{text}\"") } else { format!("'{text}'") }
}

fn input(thread: &mut Thread) -> Result<()> {
    prepend_unsafe_path(thread, OsStr::new(""))?;
    let globals = main_globals(thread)?;
    let mut bytes = Vec::new();
    let outcome = thread.detached(|| std::io::stdin().lock().read_to_end(&mut bytes));
    if let Err(error) = outcome {
        return Err(runtime::types::os_error::from_io(thread, &error, None));
    }
    let source = Bytes::new(thread, &bytes)?;
    let filename = Str::interned(thread, "<stdin>")?;
    let code = compile(thread, &source, &filename)?;
    runtime::interp::eval_code(thread, &code, &globals, None).map(drop)
}

/// The interactive session: the library's, or its plainer one.
///
/// # Errors
/// What comes from outside the statements; SystemExit.
pub fn session(thread: &mut Thread) -> Result<()> {
    prepend_unsafe_path(thread, OsStr::new(""))?;
    interact(thread)
}

/// Reads and runs statements in `__main__`.
///
/// # Errors
/// As [`session`].
pub fn interact(thread: &mut Thread) -> Result<()> {
    use std::io::IsTerminal;
    crate::sys::hooks::begin_session();
    if !std::io::stdin().is_terminal() {
        return super::lines::session(thread);
    }
    if std::env::var_os("PYTHON_BASIC_REPL").is_none_or(|value| value.is_empty()) {
        match import::attribute_of(thread, "_pyrepl.main", "interactive_console") {
            Ok(console) => return call::call(thread, &console, Args::none()).map(drop),
            Err(raised) if raised.is(&IMPORT_ERROR) => {}
            Err(raised) => return Err(raised),
        }
    }
    crate::sys::hooks::plain_repl(thread)
}

/// Text of the system as an owned string, for messages.
pub fn os_string(bytes: Vec<u8>) -> OsString {
    OsString::from_vec(bytes)
}
