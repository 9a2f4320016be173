//! The standard streams: files on the descriptors 0, 1 and 2 as the `io` module makes them.

use runtime::config;
use runtime::error::Result;
use runtime::interp::import;
use runtime::native::Args;
use runtime::types::{Str, int};
use runtime::{Thread, Value, call};

use crate::sys::functions::required;
use crate::sys::hooks::set_sys;

/// Opens the three streams and sets them in `sys`.
///
/// # Errors
/// What `io` raises.
pub fn open(thread: &mut Thread) -> Result<()> {
    let (encoding, errors) = &config::get().stdio_encoding;
    let (encoding, errors) = (encoding.as_deref().unwrap_or("utf-8"), errors.as_deref());
    // The locale is looked at now: a program may change the environment later.
    crate::io::text::locale_encoding();
    let open_function = import::attribute_of(thread, "_io", "open")?;
    let builtins = runtime::interp::import_module(thread, "builtins")?;
    runtime::types::module::set(thread, &builtins, "open", open_function)?;
    for (name, fd) in [("stdin", 0), ("stdout", 1), ("stderr", 2)] {
        let handler = match fd {
            2 => "backslashreplace",
            _ => errors.unwrap_or("strict"),
        };
        let stream = if is_open(fd) { stream(thread, name, fd, encoding, handler)? } else { Value::none() };
        set_sys(thread, name, stream.clone())?;
        set_sys(thread, &format!("__{name}__"), stream)?;
    }
    Ok(())
}

/// Whether the system has a file behind the descriptor.
fn is_open(fd: i32) -> bool {
    let result = match fd {
        0 => rustix::io::fcntl_getfd(rustix::stdio::stdin()),
        1 => rustix::io::fcntl_getfd(rustix::stdio::stdout()),
        _ => rustix::io::fcntl_getfd(rustix::stdio::stderr()),
    };
    result.is_ok()
}

fn stream(thread: &mut Thread, name: &str, fd: i32, encoding: &str, errors: &str) -> Result<Value> {
    let unbuffered = config::get().unbuffered && fd != 0;
    let mode = Str::interned(thread, if fd == 0 { "rb" } else { "wb" })?;
    let open = import::attribute_of(thread, "_io", "open")?;
    let buffering = int::from_i64(thread, if unbuffered { 0 } else { -1 })?;
    let number = int::from_i64(thread, fd.into())?;
    let none = Value::none;
    let closefd = Value::from_bool(false);
    // open(fd, mode, buffering, encoding, errors, newline, closefd)
    let file =
        call::call_positional(thread, &open, &[number, mode, buffering, none(), none(), none(), closefd])?;
    let raw = if unbuffered { file.clone() } else { required(thread, &file, "raw")? };
    let shown = Str::new(thread, &format!("<{name}>"))?;
    let key = Str::interned(thread, "name")?;
    runtime::class::lookup::setattr(thread, &raw, &key, Some(&shown))?;
    let isatty = Str::interned(thread, "isatty")?;
    let terminal = call::call_method(thread, &raw, &isatty, &[])?;
    let terminal = runtime::ops::is_true(thread, &terminal)?;
    let wrapper = import::attribute_of(thread, "_io", "TextIOWrapper")?;
    let newline = if fd == 0 { none() } else { Str::interned(thread, "\n")? };
    let values = [
        file,
        Str::new(thread, encoding)?,
        Str::new(thread, errors)?,
        newline,
        Value::from_bool(fd == 2 || terminal),
        Value::from_bool(unbuffered),
    ];
    let keys = ["encoding", "errors", "newline", "line_buffering", "write_through"];
    let keys = keys.iter().map(|key| Str::interned(thread, key)).collect::<Result<Vec<Value>>>()?;
    let stream = call::call(thread, &wrapper, Args { values: &values, names: &keys })?;
    let mode = Str::interned(thread, if fd == 0 { "r" } else { "w" })?;
    let key = Str::interned(thread, "mode")?;
    runtime::class::lookup::setattr(thread, &stream, &key, Some(&mode))?;
    Ok(stream)
}
