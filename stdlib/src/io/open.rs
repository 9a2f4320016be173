//! `open`, `open_code`, `text_encoding`.

use memory::Value;
use runtime::Thread;
use runtime::class::{Payload, TypeExt, class_of};
use runtime::error::{Result, type_error, value_error};
use runtime::native;
use runtime::object::cast;
use runtime::types::{Str, StrExt, int};
use runtime::{call, ops};

use super::file::FileIo;
use super::text::TextIoWrapper;
use super::{DEFAULT_BUFFER_SIZE, attribute, buffered, is_true_attribute, method};

/// What the letters of a mode say.
#[derive(Clone, Copy, Debug, Default)]
struct Mode {
    creating: bool,
    reading: bool,
    writing: bool,
    appending: bool,
    updating: bool,
    text: bool,
    binary: bool,
}

impl Mode {
    fn parse(mode: &str) -> Result<Self> {
        let mut parsed = Self::default();
        let invalid = || value_error(format!("invalid mode: '{mode}'"));
        for (i, letter) in mode.char_indices() {
            let flag = match letter {
                'x' => &mut parsed.creating,
                'r' => &mut parsed.reading,
                'w' => &mut parsed.writing,
                'a' => &mut parsed.appending,
                '+' => &mut parsed.updating,
                't' => &mut parsed.text,
                'b' => &mut parsed.binary,
                _ => return Err(invalid()),
            };
            *flag = true;
            if mode[i + letter.len_utf8()..].contains(letter) {
                return Err(invalid());
            }
        }
        if parsed.text && parsed.binary {
            return Err(value_error("can't have text and binary mode at once"));
        }
        let kinds = [parsed.creating, parsed.reading, parsed.writing, parsed.appending];
        if kinds.iter().filter(|&&kind| kind).count() != 1 {
            return Err(value_error("must have exactly one of create/read/write/append mode"));
        }
        Ok(parsed)
    }

    fn of_file(self) -> String {
        let mut mode = String::new();
        for (flag, letter) in [
            (self.creating, 'x'),
            (self.reading, 'r'),
            (self.writing, 'w'),
            (self.appending, 'a'),
            (self.updating, '+'),
        ] {
            if flag {
                mode.push(letter);
            }
        }
        mode
    }
}

/// The arguments of `open`.
struct Arguments<'a> {
    file: &'a Value,
    mode: &'a str,
    buffering: i32,
    encoding: Option<&'a Value>,
    errors: Option<&'a Value>,
    newline: Option<&'a Value>,
    close_fd: bool,
    opener: Option<&'a Value>,
}

fn open_stream(thread: &mut Thread, given: &Arguments<'_>) -> Result<Value> {
    let mode = Mode::parse(given.mode)?;
    if mode.binary {
        for (argument, name) in
            [(given.encoding, "an encoding"), (given.errors, "an errors"), (given.newline, "a newline")]
        {
            if argument.is_some() {
                return Err(value_error(format!("binary mode doesn't take {name} argument")));
            }
        }
        if given.buffering == 1 {
            runtime::hooks::warn(
                thread,
                &runtime::error::RUNTIME_WARNING,
                "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used",
                1,
            )?;
        }
    }
    let mode_text = Str::new(thread, &mode.of_file())?;
    let opener = given.opener.cloned().unwrap_or_else(Value::none);
    let raw_args = [given.file.clone(), mode_text, Value::from_bool(given.close_fd), opener];
    let raw = call::call_positional(thread, &FileIo::def().value(), &raw_args)?;
    match wrap(thread, given, mode, &raw) {
        Ok(stream) => Ok(stream),
        Err((raised, outermost)) => {
            // What has been opened is closed, and what goes wrong then stands behind what went wrong before.
            if let Err(second) = method(thread, &outermost, "close", &[]) {
                runtime::types::exception::set_context(thread, second.value(), Some(raised.into_value()));
                return Err(second);
            }
            Err(raised)
        }
    }
}

/// The streams above a raw one. A failure comes with the outermost that there is already.
fn wrap(
    thread: &mut Thread,
    given: &Arguments<'_>,
    mode: Mode,
    raw: &Value,
) -> std::result::Result<Value, (runtime::error::Raised, Value)> {
    let of_raw = |raised| (raised, raw.clone());
    let terminal = if given.buffering < 0 || given.buffering == 1 && !mode.binary {
        let answer = method(thread, raw, "_isatty_open_only", &[]).map_err(of_raw)?;
        ops::is_true(thread, &answer).map_err(of_raw)?
    } else {
        false
    };
    let mut buffering = given.buffering;
    let line_buffering = buffering == 1 && !mode.binary || buffering < 0 && terminal;
    if buffering == 1 || buffering < 0 {
        let blocks = attribute(thread, raw, "_blksize").map_err(of_raw)?;
        let bytes = int::to_i64(&blocks).unwrap_or(0).clamp(0, 8 << 20);
        buffering = bytes.max(DEFAULT_BUFFER_SIZE as i64) as i32;
    }
    if buffering == 0 {
        if !mode.binary {
            return Err(of_raw(value_error("can't have unbuffered text I/O")));
        }
        return Ok(raw.clone());
    }
    let def = if mode.updating {
        &buffered::RANDOM
    } else if mode.creating || mode.writing || mode.appending {
        &buffered::WRITER
    } else {
        &buffered::READER
    };
    let size = usize::try_from(buffering).unwrap_or(DEFAULT_BUFFER_SIZE);
    let buffer = buffered::make(thread, def, raw, size).map_err(of_raw)?;
    if mode.binary {
        return Ok(buffer);
    }
    let of_buffer = |raised| (raised, buffer.clone());
    let or_none = |value: Option<&Value>| value.cloned().unwrap_or_else(Value::none);
    let args = [
        buffer.clone(),
        or_none(given.encoding),
        or_none(given.errors),
        or_none(given.newline),
        Value::from_bool(line_buffering),
    ];
    let text = call::call_positional(thread, &TextIoWrapper::def().value(), &args).map_err(of_buffer)?;
    let of_text = |raised| (raised, text.clone());
    let mode_text = Str::new(thread, given.mode).map_err(of_text)?;
    let name = Str::interned(thread, "mode").map_err(of_text)?;
    runtime::class::lookup::setattr(thread, &text, &name, Some(&mode_text)).map_err(of_text)?;
    Ok(text)
}

/// A str argument, or None.
fn text_argument<'a>(value: Option<&'a Value>, name: &str) -> Result<Option<&'a Value>> {
    match value {
        Some(value) if value.is_none() => Ok(None),
        Some(value) if cast::<Str>(value).is_some() => Ok(Some(value)),
        Some(value) => Err(type_error(format!(
            "open() argument '{name}' must be str or None, not {}",
            class_of(value).name_lossy()
        ))),
        None => Ok(None),
    }
}

#[native::module("_io", doc = "Functions that open streams.")]
pub(crate) mod functions {
    use super::*;

    /// Open file and return a stream.  Raise OSError upon failure.
    ///
    /// file is either a text or byte string giving the name (and the path
    /// if the file isn't in the current working directory) of the file to
    /// be opened or an integer file descriptor of the file to be
    /// wrapped. (If a file descriptor is given, it is closed when the
    /// returned I/O object is closed, unless closefd is set to False.)
    ///
    /// mode is an optional string that specifies the mode in which the file
    /// is opened. It defaults to 'r' which means open for reading in text
    /// mode.  Other common values are 'w' for writing (truncating the file if
    /// it already exists), 'x' for creating and writing to a new file, and
    /// 'a' for appending (which on some Unix systems, means that all writes
    /// append to the end of the file regardless of the current seek position).
    /// In text mode, if encoding is not specified the encoding used is platform
    /// dependent: locale.getencoding() is called to get the current locale encoding.
    /// (For reading and writing raw bytes use binary mode and leave encoding
    /// unspecified.)
    #[sig(
        "(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "they are the function's in Python")]
    pub fn open(
        th: &mut Thread,
        file: &Value,
        mode: Option<&Value>,
        buffering: i32,
        encoding: Option<&Value>,
        errors: Option<&Value>,
        newline: Option<&Value>,
        closefd: bool,
        opener: Option<&Value>,
    ) -> Result<Value> {
        let mode = match mode {
            None => "r".to_owned(),
            Some(mode) => match cast::<Str>(mode) {
                Some(mode) => mode.to_string_lossy(),
                None => {
                    return Err(type_error(format!(
                        "open() argument 'mode' must be str, not {}",
                        if mode.is_none() { "None".to_owned() } else { class_of(mode).name_lossy() }
                    )));
                }
            },
        };
        let encoding = text_argument(encoding, "encoding")?;
        let errors = text_argument(errors, "errors")?;
        let newline = text_argument(newline, "newline")?;
        let is_number = runtime::class::slots_of(file).index.get().is_some();
        let path = if is_number { file.clone() } else { crate::support::fspath(th, file)? };
        let given = Arguments {
            file: &path,
            mode: &mode,
            buffering,
            encoding,
            errors,
            newline,
            close_fd: closefd,
            opener,
        };
        open_stream(th, &given)
    }

    /// Opens the provided file with the intent to import the contents.
    ///
    /// This may perform extra validation beyond open(), but is otherwise interchangeable
    /// with calling open(path, 'rb').
    #[sig("(path)")]
    pub fn open_code(th: &mut Thread, path: &Value) -> Result<Value> {
        if cast::<Str>(path).is_none() {
            return Err(type_error(format!(
                "open_code() argument 'path' must be str, not {}",
                class_of(path).name_lossy()
            )));
        }
        let given = Arguments {
            file: path,
            mode: "rb",
            buffering: -1,
            encoding: None,
            errors: None,
            newline: None,
            close_fd: true,
            opener: None,
        };
        open_stream(th, &given)
    }

    /// A helper function to choose the text encoding.
    ///
    /// When encoding is not None, this function returns it.
    /// Otherwise, this function returns the default text encoding
    /// (i.e. "locale" or "utf-8" depends on UTF-8 mode).
    ///
    /// This function emits an EncodingWarning if encoding is None and
    /// sys.flags.warn_default_encoding is true.
    ///
    /// This can be used in APIs with an encoding=None parameter.
    /// However, please consider using encoding="utf-8" for new APIs.
    #[sig("(encoding, stacklevel=2, /)")]
    pub fn text_encoding(th: &mut Thread, encoding: &Value, stacklevel: i32) -> Result<Value> {
        if !encoding.is_none() {
            return Ok(encoding.clone());
        }
        let Some(flags) = runtime::interp::sys_attribute(th, "flags") else {
            return Str::interned(th, "locale");
        };
        if is_true_attribute(th, &flags, "warn_default_encoding").unwrap_or(false) {
            runtime::hooks::warn(
                th,
                &runtime::error::ENCODING_WARNING,
                "'encoding' argument not specified",
                stacklevel.into(),
            )?;
        }
        let utf8 = is_true_attribute(th, &flags, "utf8_mode").unwrap_or(false);
        Str::interned(th, if utf8 { "utf-8" } else { "locale" })
    }
}
