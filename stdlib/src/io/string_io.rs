//! `StringIO`: a text stream in memory.
//!
//! Positions count characters, and writing may happen anywhere. The characters are all as wide as the widest that has been written:
//! most streams hold one byte for each.

use memory::{Exclusive, Guarded, Object, Value};
use runtime::Thread;
use runtime::class::{Slots, Type, TypeExt, class_of};
use runtime::error::{Result, memory_error, type_error, value_error};
use runtime::native::{self, Args};
use runtime::object::{cast, to_value};
use runtime::ops;
use runtime::types::{Str, StrExt, Tuple, TupleExt, int};
use text::{Builder, Chars, Text, View};

use super::attribute;
use super::base::{self, TEXT_IO_BASE};
use super::newlines::{self, Newlines};

/// A text stream in memory.
#[native::class(
    "StringIO",
    module = "_io",
    base = TEXT_IO_BASE,
    basetype,
    dict,
    weakref,
    methods,
    slots = slots,
    new = new,
    signature = "(initial_value='', newline='\\n')",
    doc = "Text I/O implementation using an in-memory buffer.\n\nThe initial_value argument sets the value of object.  The newline\nargument is like the one of TextIOWrapper's constructor."
)]
pub struct StringIo {
    #[untraced]
    state: Guarded<State>,
}

#[derive(Debug, Default)]
struct State {
    ready: bool,
    closed: bool,
    chars: Builder,
    at: usize,
    /// The newline given: `None` for None.
    newline: Option<&'static str>,
    universal: bool,
    seen: Newlines,
}

fn slots(slots: &Slots) {
    slots.init.set(init);
    slots.next.set(next);
}

fn new(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else { return Err(type_error("X is not a type object")) };
    runtime::object::new_of(thread, class, StringIo { state: Guarded::new(State::default()) })
}

fn this_of(value: &Value) -> Result<&Object<StringIo>> {
    cast::<StringIo>(value).ok_or_else(|| type_error("a StringIO object is required"))
}

fn edit<R>(
    thread: &mut Thread,
    this: &Object<StringIo>,
    f: impl FnOnce(&mut State) -> Result<R>,
) -> Result<R> {
    let mut section = Exclusive::open(thread, this);
    f(section.get(|this| &this.state))
}

/// Runs `f` on the state of an open stream.
fn open<R>(
    thread: &mut Thread,
    this: &Object<StringIo>,
    f: impl FnOnce(&mut State) -> Result<R>,
) -> Result<R> {
    edit(thread, this, |state| {
        if !state.ready {
            return Err(value_error("I/O operation on uninitialized object"));
        }
        if state.closed {
            return Err(value_error("I/O operation on closed file"));
        }
        f(state)
    })
}

fn newline_argument(thread: &mut Thread, newline: Option<&Value>) -> Result<Option<&'static str>> {
    let Some(value) = newline else { return Ok(Some("\n")) };
    if value.is_none() {
        return Ok(None);
    }
    let Some(text) = cast::<Str>(value) else {
        return Err(type_error(format!(
            "StringIO() argument 'newline' must be str or None, not {}",
            class_of(value).name_lossy()
        )));
    };
    match text.to_string_lossy().as_str() {
        "" => Ok(Some("")),
        "\n" => Ok(Some("\n")),
        "\r" => Ok(Some("\r")),
        "\r\n" => Ok(Some("\r\n")),
        _ => Err(value_error(format!("illegal newline value: {}", ops::repr_text(thread, value)?))),
    }
}

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let this = this_of(value)?;
    let given = args.positionals();
    if given.len() > 2 {
        return Err(type_error(format!("StringIO() takes at most 2 arguments ({} given)", given.len())));
    }
    let (mut initial, mut newline) = (given.first().cloned(), given.get(1).cloned());
    for (key, value) in args.keywords() {
        match cast::<Str>(key).map(|key| key.to_string_lossy()).as_deref() {
            Some("initial_value") => initial = Some(value.clone()),
            Some("newline") => newline = Some(value.clone()),
            other => {
                return Err(type_error(format!(
                    "StringIO() got an unexpected keyword argument '{}'",
                    other.unwrap_or_default()
                )));
            }
        }
    }
    let newline = newline_argument(thread, newline.as_ref())?;
    let initial = initial.filter(|initial| !initial.is_none());
    if let Some(initial) = &initial
        && cast::<Str>(initial).is_none()
    {
        return Err(type_error(format!(
            "initial_value must be str or None, not {}",
            class_of(initial).name_lossy()
        )));
    }
    edit(thread, this, |state| {
        let universal = newline.is_none_or(str::is_empty);
        *state = State {
            ready: true,
            newline,
            universal,
            seen: Newlines { translate: newline.is_none(), ..Newlines::default() },
            ..State::default()
        };
        Ok(())
    })?;
    if let Some(initial) = initial {
        put(thread, this, &initial)?;
        edit(thread, this, |state| {
            state.at = 0;
            Ok(())
        })?;
    }
    Ok(())
}

impl State {
    /// Writes `view` where the stream stands; what was never written before that is zeros.
    fn write(&mut self, view: View<'_>) -> Result<()> {
        let (at, length) = (self.at, view.len());
        let end = at.checked_add(length).ok_or_else(memory_error)?;
        if length == 0 {
            return Ok(());
        }
        let before = self.chars.len();
        let gap = at.saturating_sub(before);
        self.chars.reserve(gap)?;
        self.chars.push_repeated(0, gap);
        // How wide what is there becomes is known with the gap in it; what there is no memory for changes nothing.
        if let Err(error) = self.chars.reserve_view(view) {
            self.chars.truncate(before);
            return Err(error.into());
        }
        let over = length.min(self.chars.len() - at);
        if over > 0 {
            self.chars.overwrite(at, view.slice(0..over));
        }
        self.chars.push_view(view.slice(over..length));
        self.at = end;
        Ok(())
    }
}

/// Writes a str where the stream stands.
fn put(thread: &mut Thread, this: &Object<StringIo>, text: &Value) -> Result<usize> {
    let (universal, newline, mut seen) =
        open(thread, this, |state| Ok((state.universal, state.newline, state.seen)))?;
    let mut piece = text.clone();
    if universal {
        piece = seen.feed(thread, text, true)?;
    }
    let Some(chars) = cast::<Str>(&piece) else { return Err(type_error("string argument expected")) };
    let replaced = match newline {
        Some(newline @ ("\r" | "\r\n")) => text::search::replace(
            chars.view(),
            View::Latin1(b"\n"),
            View::Latin1(newline.as_bytes()),
            usize::MAX,
        )?,
        _ => None,
    };
    let view = replaced.as_ref().map_or(chars.view(), Text::view);
    let length = cast::<Str>(text).map_or(0, |text| text.len());
    open(thread, this, |state| {
        state.seen = seen;
        state.write(view)?;
        Ok(length)
    })
}

fn line(thread: &mut Thread, this: &Object<StringIo>, limit: Option<usize>) -> Result<Value> {
    let line = open(thread, this, |state| {
        let start = state.at.min(state.chars.len());
        let view = state.chars.view();
        let (universal, ends) = match state.newline {
            None => (false, "\n"),
            Some("") => (true, "\n"),
            Some(newline) => (false, newline),
        };
        let end = newlines::line_end(view, start, universal, ends).unwrap_or(view.len());
        let end = limit.map_or(end, |limit| end.min(start.saturating_add(limit)));
        state.at = state.at.max(end);
        Ok(Text::narrow(view.slice(start..end)))
    })?;
    Str::from_text(thread, &line)
}

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    use runtime::class::Payload;
    let this = this_of(value)?;
    let found = if StringIo::def().is_exact(value) {
        line(thread, this, None)?
    } else {
        let line = super::method(thread, value, "readline", &[])?;
        if cast::<Str>(&line).is_none() {
            return Err(runtime::error::os_error(format!(
                "readline() should have returned a str object, not '{}'",
                class_of(&line).name_lossy()
            )));
        }
        line
    };
    Ok(Some(found).filter(|line| cast::<Str>(line).is_some_and(|line| !line.is_empty())))
}

#[native::methods(StringIo, name = "StringIO")]
mod methods {
    use super::*;

    /// Retrieve the entire contents of the object.
    pub fn getvalue(th: &mut Thread, this: &Object<StringIo>) -> Result<Value> {
        let text = open(th, this, |state| Ok(Text::narrow(state.chars.view())))?;
        Str::from_text(th, &text)
    }

    /// Tell the current file position.
    pub fn tell(th: &mut Thread, this: &Object<StringIo>) -> Result<usize> {
        open(th, this, |state| Ok(state.at))
    }

    /// Read at most size characters, returned as a string.
    ///
    /// If the argument is negative or omitted, read until EOF
    /// is reached. Return an empty string at EOF.
    #[sig("($self, size=-1, /)")]
    pub fn read(th: &mut Thread, this: &Object<StringIo>, size: Option<&Value>) -> Result<Value> {
        let size = base::size_argument(th, size)?;
        let text = open(th, this, |state| {
            let start = state.at.min(state.chars.len());
            let rest = state.chars.len() - start;
            let count = usize::try_from(size).unwrap_or(usize::MAX).min(rest);
            if count > 0 {
                state.at = start + count;
            }
            Ok(Text::narrow(state.chars.view().slice(start..start + count)))
        })?;
        Str::from_text(th, &text)
    }

    /// Read until newline or EOF.
    ///
    /// Returns an empty string if EOF is hit immediately.
    #[sig("($self, size=-1, /)")]
    pub fn readline(th: &mut Thread, this: &Object<StringIo>, size: Option<&Value>) -> Result<Value> {
        let limit = usize::try_from(base::size_argument(th, size)?).ok();
        line(th, this, limit)
    }

    /// Truncate size to pos.
    ///
    /// The pos argument defaults to the current file position, as
    /// returned by tell().  The current file position is unchanged.
    /// Returns the new absolute position.
    #[sig("($self, pos=None, /)")]
    pub fn truncate(th: &mut Thread, this: &Object<StringIo>, pos: Option<&Value>) -> Result<usize> {
        let size = match pos {
            Some(pos) => Some(ops::index_isize(th, pos)?),
            None => None,
        };
        open(th, this, |state| {
            let size = match size {
                Some(size) => {
                    usize::try_from(size).map_err(|_| value_error(format!("Negative size value {size}")))?
                }
                None => state.at,
            };
            state.chars.truncate(size);
            Ok(size)
        })
    }

    /// Change stream position.
    ///
    /// Seek to character offset pos relative to position indicated by whence:
    ///     0  Start of stream (the default).  pos should be >= 0;
    ///     1  Current position - pos must be 0;
    ///     2  End of stream - pos must be 0.
    /// Returns the new absolute position.
    #[sig("($self, pos, whence=0, /)")]
    pub fn seek(th: &mut Thread, this: &Object<StringIo>, pos: &Value, whence: i32) -> Result<usize> {
        let pos = ops::index_isize(th, pos)?;
        open(th, this, |state| {
            state.at = match whence {
                0 => {
                    usize::try_from(pos).map_err(|_| value_error(format!("Negative seek position {pos}")))?
                }
                1 | 2 if pos != 0 => {
                    return Err(runtime::error::os_error("Can't do nonzero cur-relative seeks"));
                }
                1 => state.at,
                2 => state.chars.len(),
                _ => return Err(value_error(format!("Invalid whence ({whence}, should be 0, 1 or 2)"))),
            };
            Ok(state.at)
        })
    }

    /// Write string to file.
    ///
    /// Returns the number of characters written, which is always equal to
    /// the length of the string.
    pub fn write(th: &mut Thread, this: &Object<StringIo>, s: &Value) -> Result<usize> {
        open(th, this, |_| Ok(()))?;
        if cast::<Str>(s).is_none() {
            return Err(type_error(format!("string argument expected, got '{}'", class_of(s).name_lossy())));
        }
        put(th, this, s)
    }

    /// Close the IO object.
    ///
    /// Attempting any further operation after the object is closed
    /// will raise a ValueError.
    ///
    /// This method has no effect if the file is already closed.
    pub fn close(th: &mut Thread, this: &Object<StringIo>) -> Result<()> {
        edit(th, this, |state| {
            state.closed = true;
            state.chars = Builder::new();
            Ok(())
        })
    }

    /// Returns True if the IO object can be read.
    pub fn readable(th: &mut Thread, this: &Object<StringIo>) -> Result<bool> {
        open(th, this, |_| Ok(true))
    }

    /// Returns True if the IO object can be written.
    pub fn writable(th: &mut Thread, this: &Object<StringIo>) -> Result<bool> {
        open(th, this, |_| Ok(true))
    }

    /// Returns True if the IO object can be seeked.
    pub fn seekable(th: &mut Thread, this: &Object<StringIo>) -> Result<bool> {
        open(th, this, |_| Ok(true))
    }

    /// whether the stream is closed
    #[getter]
    pub fn closed(th: &mut Thread, this: &Object<StringIo>) -> Result<bool> {
        edit(th, this, |state| match state.ready {
            true => Ok(state.closed),
            false => Err(value_error("I/O operation on uninitialized object")),
        })
    }

    /// the newlines that have been written
    #[getter]
    pub fn newlines(th: &mut Thread, this: &Object<StringIo>) -> Result<Value> {
        let (universal, seen) = open(th, this, |state| Ok((state.universal, state.seen.seen)))?;
        if universal { newlines::seen_value(th, seen) } else { Ok(Value::none()) }
    }

    /// whether lines are flushed
    #[getter]
    pub fn line_buffering(th: &mut Thread, this: &Object<StringIo>) -> Result<bool> {
        open(th, this, |_| Ok(false))
    }

    /// The text, the newline, the position and the attributes, for pickling.
    #[sig("($self)", hidden)]
    pub fn __getstate__(th: &mut Thread, this: &Object<StringIo>) -> Result<Value> {
        let (text, newline, at) =
            open(th, this, |state| Ok((Text::narrow(state.chars.view()), state.newline, state.at)))?;
        let text = Str::from_text(th, &text)?;
        let newline = match newline {
            Some(newline) => Str::new(th, newline)?,
            None => Value::none(),
        };
        let at = int::from_i64(th, at as i64)?;
        let dict = attribute(th, &to_value(this), "__dict__")?;
        let dict = if ops::len(th, &dict)? == 0 {
            Value::none()
        } else {
            super::super::method(th, &dict, "copy", &[])?
        };
        Tuple::of_array(th, [text, newline, at, dict])
    }

    /// Sets what `__getstate__` answered.
    #[sig("($self, state, /)", hidden)]
    pub fn __setstate__(th: &mut Thread, this: &Object<StringIo>, state: &Value) -> Result<()> {
        if edit(th, this, |state| Ok(state.closed))? {
            return Err(value_error("I/O operation on closed file"));
        }
        let items = cast::<Tuple>(state).map(|state| state.items().to_vec());
        let Some([text, newline, at, dict]) = items.as_deref() else {
            return Err(type_error(format!(
                "{}.__setstate__ argument should be 4-tuple, got {}",
                class_of(&to_value(this)).name_lossy(),
                class_of(state).name_lossy()
            )));
        };
        let empty = Str::empty(th)?;
        init(th, &to_value(this), Args::positional(&[empty, newline.clone()]))?;
        let Some(chars) = cast::<Str>(text) else {
            return Err(type_error(format!(
                "first item of state must be a str, not {}",
                class_of(text).name_lossy()
            )));
        };
        let mut written = Builder::new();
        written.reserve_view(chars.view())?;
        written.push_view(chars.view());
        if !int::is_int(at) {
            return Err(type_error(format!(
                "third item of state must be an integer, got {}",
                class_of(at).name_lossy()
            )));
        }
        let at = ops::index_isize(th, at)?;
        let at = usize::try_from(at).map_err(|_| value_error("position value cannot be negative"))?;
        edit(th, this, |state| {
            // Not through `write`: the text's newlines have been translated.
            state.chars = written;
            state.at = at;
            Ok(())
        })?;
        if !dict.is_none() {
            if cast::<runtime::types::Dict>(dict).is_none() {
                return Err(type_error(format!(
                    "fourth item of state should be a dict, got a {}",
                    class_of(dict).name_lossy()
                )));
            }
            let own = attribute(th, &to_value(this), "__dict__")?;
            super::super::method(th, &own, "update", std::slice::from_ref(dict))?;
        }
        Ok(())
    }
}
