//! What the native modules of this crate share: payloads and their slots; errors of the system, blocking calls,
//! descriptors, names of files.

use std::io;
use std::os::fd::BorrowedFd;

use runtime::class::lookup::getattr_or_none;
use runtime::class::slots::Next;
use runtime::class::{Payload, Type, TypeExt, class_of};
use runtime::error::{Raised, Result, memory_error, overflow_error, type_error, value_error};
use runtime::memory::{Guarded, Slot};
use runtime::native::{Args, Exclusive, FromArg, ModuleDef, NativeDef, Object, Slots};
use runtime::object::cast;
use runtime::types::{Bytes, BytesExt, Str, StrExt, buffers, codecs, int, module, native_function, os_error};
use runtime::{Context, Thread, Value, call, class, ops};

/// The slots of an iterator.
pub fn iterator(slots: &Slots, next: Next) {
    slots.iter.set(|_, value| Ok(value.clone()));
    slots.next.set(next);
}

/// An instance of `class`, whose native part is `payload`.
///
/// # Errors
/// TypeError if `class` is no class; MemoryError.
pub fn make<T: Payload>(thread: &Context, class: &Value, payload: T) -> Result<Value> {
    let class = runtime::types::sequence::class_for(class)?;
    runtime::object::new_of(thread, class, payload)
}

/// A slot that holds `value`.
pub fn slot(value: Value) -> Slot {
    Slot::new(Some(value))
}

/// What a slot of an object holds.
pub fn get<T: Payload>(object: &Object<T>, slot: fn(&T) -> &Slot) -> Option<Value> {
    slot(object.payload()).get(object.header())
}

/// Replaces what a slot of an object holds; what was there is dropped.
pub fn set<T: Payload>(thread: &Context, object: &Object<T>, slot: fn(&T) -> &Slot, value: Option<Value>) {
    drop(slot(object.payload()).replace(thread, object.header(), value));
}

/// Takes what a slot of an object holds.
pub fn take<T: Payload>(thread: &Context, object: &Object<T>, slot: fn(&T) -> &Slot) -> Option<Value> {
    slot(object.payload()).replace(thread, object.header(), None).keep()
}

/// A plain value in the guarded state of an object.
pub fn read<T: Payload, U: Copy>(thread: &Context, object: &Object<T>, field: fn(&T) -> &Guarded<U>) -> U {
    *Exclusive::open_in(thread, object).get(field)
}

/// Sets a plain value in the guarded state of an object.
pub fn write<T: Payload, U: Copy>(
    thread: &Context,
    object: &Object<T>,
    field: fn(&T) -> &Guarded<U>,
    value: U,
) {
    *Exclusive::open_in(thread, object).get(field) = value;
}

/// An empty vector with room.
///
/// # Errors
/// MemoryError.
pub fn vector<T>(capacity: usize) -> Result<Vec<T>> {
    let mut vector = Vec::new();
    vector.try_reserve_exact(capacity).map_err(|_| memory_error())?;
    Ok(vector)
}

/// The text of a keyword.
pub fn keyword(name: &Value) -> String {
    cast::<Str>(name).map(StrExt::to_string_lossy).unwrap_or_default()
}

/// The class of a value, as a value.
pub fn class_value(value: &Value) -> Value {
    class::as_value(class::class_of(value))
}

/// The name of a value's class, for messages.
pub fn class_name(value: &Value) -> String {
    class::TypeExt::name_lossy(class::class_of(value))
}

/// The `__name__` of a value's class, as reprs begin.
pub fn short_name(value: &Value) -> String {
    let name = class_name(value);
    name.rsplit('.').next().unwrap_or_default().to_owned()
}

/// A tuple.
///
/// # Errors
/// MemoryError.
pub fn tuple(thread: &Context, items: Vec<Value>) -> Result<Value> {
    runtime::types::Tuple::new(thread, items)
}

/// Raises unless there are no keyword arguments.
///
/// # Errors
/// TypeError.
pub fn no_keywords(names: &[Value], function: &str) -> Result<()> {
    if names.is_empty() {
        Ok(())
    } else {
        Err(type_error(format!("{function}() takes no keyword arguments")))
    }
}

/// What `T`'s constructor, which takes no keywords, is given of `args`: those of a subclass with an `__init__` of its own are
/// for that.
pub fn without_keywords_for_init<'a, T: Payload>(class: &Value, args: Args<'a>) -> Args<'a> {
    let native = T::def().object();
    let has_init = cast::<Type>(class).is_some_and(|class| {
        !std::ptr::eq(class, native) && !class.payload().slots.init.same(&native.payload().slots.init)
    });
    if has_init { Args { values: args.positionals(), names: &[] } } else { args }
}

/// What an attribute that is a flag is set to.
///
/// # Errors
/// TypeError for what is no bool, and for deletion.
pub fn flag(new: Option<&Value>) -> Result<bool> {
    let new = new.ok_or_else(|| type_error("can't delete numeric/char attribute"))?;
    int::as_bool(new).ok_or_else(|| type_error("attribute value type must be bool"))
}

/// Calls `poll` once in a while.
///
/// # Errors
/// What a signal handler raises.
pub fn poll(thread: &mut Thread) -> Result<()> {
    runtime::ops::memory_poll(thread)
}

/// Errors of the system, in either library's form.
pub trait SystemError {
    /// The error number.
    fn number(&self) -> i32;
}

impl SystemError for io::Error {
    fn number(&self) -> i32 {
        self.raw_os_error().unwrap_or(rustix::io::Errno::IO.raw_os_error())
    }
}

impl SystemError for rustix::io::Errno {
    fn number(&self) -> i32 {
        self.raw_os_error()
    }
}

/// The OSError for an error of the system.
pub fn raise(thread: &mut Thread, error: &impl SystemError) -> Raised {
    os_error::from_errno(thread, error.number(), None, None)
}

/// The OSError for an error number.
pub fn raise_number(thread: &mut Thread, number: i32) -> Raised {
    os_error::from_errno(thread, number, None, None)
}

/// Answers signals and whatever else is asked of the thread.
///
/// # Errors
/// What a signal handler raises.
pub fn check_signals(thread: &mut Thread) -> Result<()> {
    let requests = thread.poll();
    if requests.is_empty() { Ok(()) } else { runtime::interp::answer_requests(thread, requests) }
}

/// Runs a call that may block, detached, and again when a signal has interrupted it and its handler has not raised.
///
/// # Errors
/// What a signal handler raises. The call's own failure is inside.
pub fn blocking<T, E: SystemError>(
    thread: &mut Thread,
    mut call: impl FnMut() -> std::result::Result<T, E>,
) -> Result<std::result::Result<T, E>> {
    loop {
        match thread.detached(&mut call) {
            Err(error) if error.number() == rustix::io::Errno::INTR.raw_os_error() => check_signals(thread)?,
            result => return Ok(result),
        }
    }
}

/// [`blocking`], with the call's failure raised.
///
/// # Errors
/// OSError, or what a signal handler raises.
pub fn blocking_call<T, E: SystemError>(
    thread: &mut Thread,
    call: impl FnMut() -> std::result::Result<T, E>,
) -> Result<T> {
    match blocking(thread, call)? {
        Ok(value) => Ok(value),
        Err(error) => Err(raise(thread, &error)),
    }
}

/// The descriptor with this number.
///
/// # Errors
/// OSError (EBADF) for a negative one.
pub fn fd(thread: &mut Thread, number: i32) -> Result<BorrowedFd<'static>> {
    runtime::system::fd(number).map_err(|error| raise(thread, &error))
}

/// A descriptor given as an int or as an object with `fileno()`.
#[derive(Clone, Copy, Debug)]
pub struct Descriptor(pub i32);

impl<'a> FromArg<'a> for Descriptor {
    fn from_arg(thread: &mut Thread, _: &NativeDef, _: &'static str, value: &'a Value) -> Result<Self> {
        file_descriptor(thread, value).map(Self)
    }
}

/// The number of a descriptor given as an int or as an object with `fileno()`.
///
/// # Errors
/// TypeError for something else, ValueError for a negative number, what `fileno` raises.
pub fn file_descriptor(thread: &mut Thread, value: &Value) -> Result<i32> {
    let number = if int::is_int(value) {
        if int::as_bool(value).is_some() {
            runtime::hooks::warn(
                thread,
                &runtime::error::RUNTIME_WARNING,
                "bool is used as a file descriptor",
                1,
            )?;
        }
        value.clone()
    } else {
        let name = runtime::interned!(thread, "fileno")?;
        let Some(method) = getattr_or_none(thread, value, name)? else {
            return Err(type_error("argument must be an int, or have a fileno() method."));
        };
        let number = call::call_positional(thread, &method, &[])?;
        if !int::is_int(&number) {
            return Err(type_error("fileno() returned a non-integer"));
        }
        number
    };
    let number = int::to_i64(&number)
        .and_then(|number| i32::try_from(number).ok())
        .ok_or_else(|| overflow_error("Python int too large to convert to C int"))?;
    if number < 0 {
        return Err(value_error(format!("file descriptor cannot be a negative integer ({number})")));
    }
    Ok(number)
}

/// How a float of seconds becomes a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Towards minus infinity.
    Floor,
    /// Away from zero: waits are never too short.
    Up,
}

/// Seconds, as an int or a float, in nanoseconds.
///
/// # Errors
/// TypeError, ValueError for NaN, OverflowError.
pub fn nanoseconds(thread: &mut Thread, value: &Value, rounding: Rounding) -> Result<i64> {
    const TOO_LARGE: &str = "timestamp out of range for C PyTime_t";
    if let Some(seconds) = runtime::types::float::to_f64(value) {
        if seconds.is_nan() {
            return Err(value_error("Invalid value NaN (not a number)"));
        }
        let scaled = seconds * 1e9;
        let rounded = match rounding {
            Rounding::Floor => scaled.floor(),
            Rounding::Up if scaled < 0.0 => scaled.floor(),
            Rounding::Up => scaled.ceil(),
        };
        if !(-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&rounded) {
            return Err(overflow_error(TOO_LARGE));
        }
        return Ok(rounded as i64);
    }
    if !int::is_int(value) && runtime::class::slots_of(value).index.get().is_none() {
        return Err(type_error(format!(
            "'{}' object cannot be interpreted as an integer or float",
            class_of(value).name_lossy()
        )));
    }
    let whole = ops::index(thread, value)?;
    int::to_i64(&whole)
        .and_then(|seconds| seconds.checked_mul(1_000_000_000))
        .ok_or_else(|| overflow_error(TOO_LARGE))
}

/// A file's name: a str, bytes, or an object with `__fspath__`.
#[derive(Clone, Debug)]
pub struct Name {
    /// The bytes that the system gets: no zero among them.
    pub bytes: Vec<u8>,
    /// Whether it was bytes, so that answers are bytes too.
    pub is_bytes: bool,
}

/// `os.fspath`.
///
/// # Errors
/// TypeError for what is no path, what `__fspath__` raises.
pub fn fspath(thread: &mut Thread, value: &Value) -> Result<Value> {
    if cast::<Str>(value).is_some() || cast::<Bytes>(value).is_some() {
        return Ok(value.clone());
    }
    let name = runtime::interned!(thread, "__fspath__")?;
    let refuse = |value: &Value| {
        type_error(format!("expected str, bytes or os.PathLike object, not {}", class_of(value).name_lossy()))
    };
    if class_of(value).lookup(thread, name).is_none_or(|method| method.is_none()) {
        return Err(refuse(value));
    }
    let Some(method) = runtime::class::lookup_special(thread, value, name)? else {
        return Err(refuse(value));
    };
    let path = call::call_positional(thread, &method, &[])?;
    if cast::<Str>(&path).is_some() || cast::<Bytes>(&path).is_some() {
        return Ok(path);
    }
    Err(type_error(format!(
        "expected {}.__fspath__() to return str or bytes, not {}",
        class_of(value).name_lossy(),
        class_of(&path).name_lossy()
    )))
}

/// The file's name that `value`, a str or bytes, stands for.
///
/// # Errors
/// UnicodeEncodeError, ValueError for a zero byte.
pub fn name_of(thread: &mut Thread, value: &Value) -> Result<Name> {
    let (bytes, is_bytes) = match (cast::<Str>(value), cast::<Bytes>(value)) {
        (Some(text), _) => (codecs::fs_encode(thread, text)?, false),
        (_, Some(bytes)) => (bytes.bytes().to_vec(), true),
        _ => (buffers::bytes_of(thread, value)?.into_vec(), true),
    };
    Ok(Name { bytes, is_bytes })
}

/// Text for a file's name that the system gave.
///
/// # Errors
/// MemoryError.
pub fn name_value(thread: &mut Thread, bytes: &[u8], as_bytes: bool) -> Result<Value> {
    if as_bytes { Bytes::new(thread, bytes) } else { codecs::fs_decode(thread, bytes) }
}

/// The address that stands for an object in its `repr`.
///
/// # Errors
/// MemoryError.
pub fn address(thread: &Thread, value: &Value) -> Result<String> {
    let id = int::id(thread, value)?;
    Ok(format!("{:#x}", int::to_i128(&id).unwrap_or_default()))
}

/// Sets attributes of a module that are ints.
///
/// # Errors
/// MemoryError.
pub fn constants(thread: &mut Thread, module: &Value, table: &[(&str, i64)]) -> Result<()> {
    for (name, value) in table {
        let value = int::from_i64(thread, *value)?;
        module::set(thread, module, name, value)?;
    }
    Ok(())
}

/// Adds the functions and types of parts of a module that are declared apart.
///
/// # Errors
/// MemoryError.
pub fn add_parts(thread: &mut Thread, module: &Value, parts: &[&'static ModuleDef]) -> Result<()> {
    for part in parts {
        let name = Str::interned(thread, part.name)?;
        for function in part.functions {
            let value = native_function::new(thread, function, Some(module.clone()), Some(name.clone()))?;
            module::set(thread, module, function.name, value)?;
        }
        for class in part.classes {
            let class = class();
            module::set(thread, module, class.name, class.value())?;
        }
    }
    Ok(())
}

/// `class[item]` of a type that takes types as parameters.
///
/// # Errors
/// MemoryError.
pub fn generic_alias(thread: &mut Thread, class: &Value, item: &Value) -> Result<Value> {
    runtime::types::generic_alias::new(thread, class, item)
}

/// The OSError for an error number, where there is no thread at hand.
pub fn errno_error(number: i32) -> Raised {
    os_error::plain(number)
}

/// So many zero bytes.
///
/// # Errors
/// MemoryError.
pub fn zeroed(count: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(count).map_err(|_| runtime::error::memory_error())?;
    bytes.resize(count, 0);
    Ok(bytes)
}
