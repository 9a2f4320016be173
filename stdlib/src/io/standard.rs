//! The streams that are there at the start: `sys.stdin`, `sys.stdout`, `sys.stderr`.

use memory::Value;
use runtime::Thread;
use runtime::class::Payload;
use runtime::error::Result;
use runtime::native::Args;
use runtime::types::Str;
use runtime::{call, ops};

use super::text::TextIoWrapper;
use super::{DEFAULT_BUFFER_SIZE, buffered, file, method, text};

/// What the options and the environment say of the standard streams.
#[derive(Clone, Debug, Default)]
pub struct StreamOptions {
    /// `-u`: hand on at once what is written.
    pub unbuffered: bool,
    /// `PYTHONIOENCODING`: the encoding.
    pub encoding: Option<String>,
    /// `PYTHONIOENCODING`: the error handler.
    pub errors: Option<String>,
}

impl StreamOptions {
    /// The options, with what the environment says.
    pub fn from_environment(unbuffered: bool) -> Self {
        let mut options = Self { unbuffered, ..Self::default() };
        if let Ok(value) = std::env::var("PYTHONIOENCODING") {
            let (encoding, errors) = value.split_once(':').unwrap_or((&value, ""));
            options.encoding = Some(encoding.to_owned()).filter(|name| !name.is_empty());
            options.errors = Some(errors.to_owned()).filter(|name| !name.is_empty());
        }
        options
    }
}

/// The three streams, None where the descriptor is not open: standard input, output, and error.
///
/// # Errors
/// LookupError for an unknown encoding, OSError.
pub fn standard_streams(thread: &mut Thread, options: &StreamOptions) -> Result<[Value; 3]> {
    // Their types are made ready even where the module has not been imported yet.
    Ok([
        stream(thread, options, 0, "<stdin>")?,
        stream(thread, options, 1, "<stdout>")?,
        stream(thread, options, 2, "<stderr>")?,
    ])
}

fn stream(thread: &mut Thread, options: &StreamOptions, fd: i32, name: &str) -> Result<Value> {
    if runtime::system::files::fcntl(fd, libc::F_GETFD, 0).is_err() {
        return Ok(Value::none());
    }
    let writes = fd != 0;
    let unbuffered = options.unbuffered && writes;
    let raw = file::of_descriptor(thread, fd, if writes { "wb" } else { "rb" }, false)?;
    let name = Str::new(thread, name)?;
    let buffer = if unbuffered {
        raw.clone()
    } else {
        let def = if writes { &buffered::WRITER } else { &buffered::READER };
        buffered::make(thread, def, &raw, DEFAULT_BUFFER_SIZE)?
    };
    let attribute = Str::interned(thread, "name")?;
    runtime::class::lookup::setattr(thread, &raw, &attribute, Some(&name))?;
    let terminal = method(thread, &raw, "isatty", &[])?;
    let terminal = ops::is_true(thread, &terminal)?;
    let encoding = options.encoding.clone().unwrap_or_else(|| {
        let locale = text::locale_encoding();
        if locale.eq_ignore_ascii_case("utf-8") { "utf-8".to_owned() } else { locale }
    });
    // What cannot be encoded is shown all the same where the locale says nothing of what can.
    let plain_locale = text::locale_encoding() == "utf-8";
    let errors = match (fd, &options.errors) {
        (2, _) => "backslashreplace".to_owned(),
        (_, Some(errors)) => errors.clone(),
        _ if plain_locale => "surrogateescape".to_owned(),
        _ => "strict".to_owned(),
    };
    let values = [
        buffer,
        Str::new(thread, &encoding)?,
        Str::new(thread, &errors)?,
        Str::new(thread, "\n")?,
        Value::from_bool(!unbuffered && (terminal || fd == 2)),
        Value::from_bool(unbuffered),
    ];
    let text = call::call(thread, &TextIoWrapper::def().value(), Args::positional(&values))?;
    let mode = Str::new(thread, if writes { "w" } else { "r" })?;
    let attribute = Str::interned(thread, "mode")?;
    runtime::class::lookup::setattr(thread, &text, &attribute, Some(&mode))?;
    Ok(text)
}
