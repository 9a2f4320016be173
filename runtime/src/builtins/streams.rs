//! `print`, `input`, `open`.

use memory::Value;
use threads::Thread;

use crate::class::{TypeExt, class_of};
use crate::error::{Result, eof_error, runtime_error, type_error};
use crate::native::{Args, KwRest, Rest};
use crate::object::cast;
use crate::types::{Str, StrExt};
use crate::{call, names, ops};

/// `separator` unless it is None; TypeError if it is no str.
fn text_option(name: &str, value: Option<&Value>) -> Result<Option<Value>> {
    match value {
        None => Ok(None),
        Some(value) if value.is_none() => Ok(None),
        Some(value) if cast::<Str>(value).is_some() => Ok(Some(value.clone())),
        Some(other) => {
            Err(type_error(format!("{name} must be None or a string, not {}", class_of(other).name_lossy())))
        }
    }
}

fn flush(thread: &mut Thread, stream: &Value) -> Result<()> {
    call::call_method(thread, stream, names::flush(), &[]).map(drop)
}

#[native::module("builtins", doc = "Functions of streams.")]
pub mod functions {
    use super::*;

    /// Prints the values to a stream, or to sys.stdout by default.
    ///
    ///   sep
    ///     string inserted between values, default a space.
    ///   end
    ///     string appended after the last value, default a newline.
    ///   file
    ///     a file-like object (stream); defaults to the current sys.stdout.
    ///   flush
    ///     whether to forcibly flush the stream.
    #[sig("(*args, sep=' ', end='\\n', file=None, flush=False)")]
    pub fn print(
        th: &mut Thread,
        args: Rest<'_>,
        sep: Option<&Value>,
        end: Option<&Value>,
        file: Option<&Value>,
        flush: bool,
    ) -> Result<()> {
        let file = match file {
            Some(file) => file.clone(),
            None => match crate::interp::sys_value(th, names::stdout()) {
                Some(stdout) if stdout.is_none() => return Ok(()),
                Some(stdout) => stdout,
                None => return Err(runtime_error("lost sys.stdout")),
            },
        };
        let sep = match text_option("sep", sep)? {
            Some(sep) => sep,
            None => Str::from_char(th, ' '.into())?,
        };
        let end = match text_option("end", end)? {
            Some(end) => end,
            None => Str::from_char(th, '\n'.into())?,
        };
        for (index, value) in args.iter().enumerate() {
            if index > 0 {
                call::call_method(th, &file, names::write(), std::slice::from_ref(&sep))?;
            }
            let text = ops::str(th, value)?;
            call::call_method(th, &file, names::write(), &[text])?;
        }
        call::call_method(th, &file, names::write(), &[end])?;
        if flush {
            super::flush(th, &file)?;
        }
        Ok(())
    }

    /// Read a string from standard input.  The trailing newline is stripped.
    ///
    /// The prompt string, if given, is printed to standard output without a
    /// trailing newline before reading input.
    ///
    /// If the user hits EOF (*nix: Ctrl-D, Windows: Ctrl-Z+Return), raise EOFError.
    /// On *nix systems, readline is used if available.
    #[sig("(prompt='', /)")]
    pub fn input(th: &mut Thread, prompt: Option<&Value>) -> Result<Value> {
        let mut streams = Vec::new();
        for name in ["stdin", "stdout", "stderr"] {
            match crate::interp::sys_attribute(th, name) {
                Some(stream) if !stream.is_none() => streams.push(stream),
                _ => return Err(runtime_error(format!("lost sys.{name}"))),
            }
        }
        let (stdin, stdout, stderr) = (&streams[0], &streams[1], &streams[2]);
        // What is waiting in the error stream comes first; that it fails is no reason not to ask.
        drop(super::flush(th, stderr));
        if let Some(prompt) = prompt {
            let text = ops::str(th, prompt)?;
            call::call_method(th, stdout, names::write(), &[text])?;
        }
        drop(super::flush(th, stdout));
        let line = call::call_method(th, stdin, names::readline(), &[])?;
        let Some(text) = cast::<Str>(&line) else {
            return Err(type_error("object.readline() returned non-string"));
        };
        if text.is_empty() {
            return Err(eof_error("EOF when reading a line"));
        }
        let last = text.len() - 1;
        if text.char_at(last) == Some(u32::from(b'\n')) {
            return Str::from_view(th, text.view().slice(0..last));
        }
        Ok(line.clone())
    }

    /// Open file and return a stream.  Raise OSError upon failure.
    ///
    /// See io.open: this is the same function.
    #[sig("(*args, **kwargs)", hidden)]
    pub fn open(th: &mut Thread, args: Rest<'_>, kwargs: KwRest<'_>) -> Result<Value> {
        let io = crate::interp::import::attribute_of(th, "_io", "open")?;
        let mut values = args.to_vec();
        let mut names = Vec::new();
        for (name, value) in kwargs.iter() {
            names.push(name.clone());
            values.push(value.clone());
        }
        call::call(th, &io, Args { values: &values, names: &names })
    }
}
