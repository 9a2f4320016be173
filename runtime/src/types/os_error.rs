//! OSError: error numbers choose the class; file names beside the message.

use memory::{Object, Value};
use threads::Thread;

use super::exception::{self, BaseException, field};
use super::exception_methods::{arg_items, args_of, existing_dict, push_repr, push_text, reduce, set_args};
use crate::class::{ClassDef, Slots, Type, TypeExt, class_of, slots_of};
use crate::error::{self, Raised, Result, attribute_error, type_error, value_error};
use crate::native::{Args, GetSet, NativeDef};
use crate::object::cast;
use crate::types::{Str, Tuple, TupleExt, int};
use crate::{call, ops};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[methods::METHODS];
/// Computed attributes.
pub static GETSETS: &[&[GetSet]] = &[methods::GETSETS];

/// The class for an error number.
fn class_for(number: i64) -> Option<&'static ClassDef> {
    let number = i32::try_from(number).ok()?;
    if number == libc::EWOULDBLOCK {
        return Some(&error::BLOCKING_IO_ERROR);
    }
    Some(match number {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => &error::BLOCKING_IO_ERROR,
        libc::EPIPE | libc::ESHUTDOWN => &error::BROKEN_PIPE_ERROR,
        libc::ECHILD => &error::CHILD_PROCESS_ERROR,
        libc::ECONNABORTED => &error::CONNECTION_ABORTED_ERROR,
        libc::ECONNREFUSED => &error::CONNECTION_REFUSED_ERROR,
        libc::ECONNRESET => &error::CONNECTION_RESET_ERROR,
        libc::EEXIST => &error::FILE_EXISTS_ERROR,
        libc::ENOENT => &error::FILE_NOT_FOUND_ERROR,
        libc::EINTR => &error::INTERRUPTED_ERROR,
        libc::EISDIR => &error::IS_A_DIRECTORY_ERROR,
        libc::ENOTDIR => &error::NOT_A_DIRECTORY_ERROR,
        libc::EACCES | libc::EPERM => &error::PERMISSION_ERROR,
        libc::ESRCH => &error::PROCESS_LOOKUP_ERROR,
        libc::ETIMEDOUT => &error::TIMEOUT_ERROR,
        _ => return None,
    })
}

/// What the system says about an error number.
pub fn describe(number: i32) -> String {
    let text = std::io::Error::from_raw_os_error(number).to_string();
    match text.rfind(" (os error ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// The OSError for an error number, with up to two file names.
pub fn from_errno(
    thread: &mut Thread,
    number: i32,
    filename: Option<&Value>,
    filename2: Option<&Value>,
) -> Raised {
    match make(thread, number, filename, filename2) {
        Ok(value) => Raised::new(value),
        Err(raised) => raised,
    }
}

/// The OSError for an error of Rust's library.
pub fn from_io(thread: &mut Thread, io: &std::io::Error, filename: Option<&Value>) -> Raised {
    match io.raw_os_error() {
        Some(number) => from_errno(thread, number, filename, None),
        None => error::os_error(io.to_string()),
    }
}

/// The OSError for an error number, for who has no thread at hand: the class and the fields, as [`from_errno`] makes them.
pub fn plain(number: i32) -> Raised {
    let class = class_for(number.into()).unwrap_or(&error::OS_ERROR);
    let raised = error::raise(class, describe(number));
    let Some(thread) = threads::current_context() else { return raised };
    let (Ok(value), Ok(text)) = (int::from_i64(thread, number.into()), Str::new(thread, &describe(number)))
    else {
        return raised;
    };
    if let Ok(args) = Tuple::of_array(thread, [value.clone(), text.clone()]) {
        set_args(thread, raised.value(), args);
    }
    exception::set_field(thread, raised.value(), "errno", value);
    exception::set_field(thread, raised.value(), "strerror", text);
    raised
}

fn make(
    thread: &mut Thread,
    number: i32,
    filename: Option<&Value>,
    filename2: Option<&Value>,
) -> Result<Value> {
    let mut args = vec![int::from_i64(thread, number.into())?, Str::new(thread, &describe(number))?];
    if let Some(filename) = filename {
        args.push(filename.clone());
    }
    if let Some(filename2) = filename2 {
        args.push(Value::none());
        args.push(filename2.clone());
    }
    call::call_positional(thread, &error::OS_ERROR.value(), &args)
}

/// Slots of OSError.
pub fn os_error_slots(slots: &Slots) {
    slots.init.set(init);
    slots.str.set(str);
}

/// Whether `__init__` takes the arguments: where a subclass overrides it and not `__new__`.
fn uses_init(class: &Object<Type>) -> bool {
    let own = &error::OS_ERROR.object().payload().slots;
    let slots = &class.payload().slots;
    !slots.init.same(&own.init) && slots.new.same(&own.new)
}

/// `OSError.__new__`.
pub(crate) fn new(thread: &mut Thread, class: &Object<Type>, args: Args<'_>) -> Result<Value> {
    if uses_init(class) {
        let empty = Tuple::new(thread, Vec::new())?;
        return exception::allocate(thread, class, empty);
    }
    if !args.names.is_empty() {
        return Err(type_error(format!("{}() takes no keyword arguments", class.name_lossy())));
    }
    let given = args.positionals();
    let mut class = class;
    if std::ptr::eq(class, error::OS_ERROR.object())
        && (2..=5).contains(&given.len())
        && let Some(of_number) = int::to_i64(&given[0]).and_then(class_for)
    {
        class = of_number.object();
    }
    let tuple = Tuple::from_slice(thread, given)?;
    let value = exception::allocate(thread, class, tuple)?;
    fill(thread, &value, given)?;
    Ok(value)
}

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let class = class_of(value);
    if !uses_init(class) {
        return Ok(());
    }
    if !args.names.is_empty() {
        return Err(type_error(format!("{}() takes no keyword arguments", class.name_lossy())));
    }
    let tuple = Tuple::from_slice(thread, args.positionals())?;
    set_args(thread, value, tuple);
    fill(thread, value, args.positionals())
}

/// `errno, strerror[, filename[, winerror[, filename2]]]`
fn fill(thread: &mut Thread, value: &Value, given: &[Value]) -> Result<()> {
    if !(2..=5).contains(&given.len()) {
        return Ok(());
    }
    if let Some(filename) = given.get(2).filter(|name| !name.is_none()) {
        let is_number = is_number(filename);
        if is_number && std::ptr::eq(class_of(value), error::BLOCKING_IO_ERROR.object()) {
            let written = written_from(thread, filename)?;
            exception::set_field(thread, value, "characters_written", written);
        } else {
            exception::set_field(thread, value, "filename", filename.clone());
            if let Some(second) = given.get(4).filter(|name| !name.is_none()) {
                exception::set_field(thread, value, "filename2", second.clone());
            }
            let short = Tuple::from_slice(thread, &given[..2])?;
            set_args(thread, value, short);
        }
    }
    exception::set_field(thread, value, "errno", given[0].clone());
    exception::set_field(thread, value, "strerror", given[1].clone());
    Ok(())
}

/// Whether `value` can be made a number of.
fn is_number(value: &Value) -> bool {
    let slots = slots_of(value);
    slots.index.get().is_some() || slots.int.get().is_some() || slots.float.get().is_some()
}

fn written_from(thread: &mut Thread, value: &Value) -> Result<Value> {
    let written = ops::index_isize_or(thread, value, |value| {
        value_error(format!("cannot fit '{}' into an index-sized integer", class_of(value).name_lossy()))
    })?;
    int::from_i128(thread, written as i128)
}

fn str(thread: &mut Thread, value: &Value) -> Result<Value> {
    let (number, message) = (field(thread, value, "errno"), field(thread, value, "strerror"));
    let filename = field(thread, value, "filename");
    if filename.is_none() && (number.is_none() || message.is_none()) {
        return super::exception_methods::str(thread, value);
    }
    let mut text = text::Builder::new();
    text.push_str("[Errno ");
    push_text(thread, &mut text, &number.unwrap_or_else(Value::none))?;
    text.push_str("] ");
    push_text(thread, &mut text, &message.unwrap_or_else(Value::none))?;
    if let Some(filename) = filename {
        text.push_str(": ");
        push_repr(thread, &mut text, &filename)?;
        if let Some(second) = field(thread, value, "filename2") {
            text.push_str(" -> ");
            push_repr(thread, &mut text, &second)?;
        }
    }
    Str::from_text(thread, &text.finish())
}

#[native::methods(BaseException, name = "OSError")]
mod methods {
    use super::*;

    /// Support for pickle: the file names stand among the arguments again.
    pub fn __reduce__(th: &mut Thread, this: &Object<BaseException>) -> Result<Value> {
        let value = crate::object::to_value(this);
        let mut args = args_of(&value).unwrap_or_else(Value::none);
        if cast::<Tuple>(&args).is_some_and(|args| args.len() == 2)
            && let Some(filename) = field(th, &value, "filename")
        {
            let mut all = arg_items(&value);
            all.push(filename);
            if let Some(second) = field(th, &value, "filename2") {
                all.push(Value::none());
                all.push(second);
            }
            args = Tuple::new(th, all)?;
        }
        let dict = existing_dict(th, &value)?;
        reduce(th, &value, args, dict)
    }

    /// how many characters were written before the call blocked
    #[getter]
    pub fn characters_written(th: &mut Thread, this: &Object<BaseException>) -> Result<Value> {
        field(th, &crate::object::to_value(this), "characters_written")
            .ok_or_else(|| attribute_error("characters_written"))
    }

    /// Sets how many characters were written.
    #[setter("characters_written")]
    pub fn set_written(th: &mut Thread, this: &Object<BaseException>, new: Option<&Value>) -> Result<()> {
        let value = crate::object::to_value(this);
        let new = match new {
            Some(new) => Some(written_from(th, new)?),
            None if field(th, &value, "characters_written").is_none() => {
                return Err(attribute_error("characters_written"));
            }
            None => None,
        };
        exception::set_field_option(th, &value, "characters_written", new);
        Ok(())
    }
}
