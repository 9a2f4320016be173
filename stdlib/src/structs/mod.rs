//! `_struct`: values as C lays them out.

mod plan;
mod values;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use runtime::class::{ClassDef, Slots, TypeExt, class_of};
use runtime::error::{EXCEPTION, Raised, Result, overflow_error, raise, runtime_error, type_error};
use runtime::memory::{Guarded, Slot};
use runtime::native::{self, Args, Exclusive};
use runtime::object::cast;
use runtime::types::{
    Bytes, BytesExt, Str, StrExt, buffers, codecs, exception, memoryview, module as modules,
};
use runtime::{Object, Thread, Value, object, ops};
use threads::sync::atomic::{AtomicUsize, Ordering};
use threads::sync::{Arc, Mutex};

use crate::support;
use plan::Plan;

/// `struct.error`
pub static ERROR: ClassDef = exception::declare("error", "struct", "", &EXCEPTION);

#[cold]
fn error(message: impl Into<String>) -> Raised {
    raise(&ERROR, message.into())
}

/// Formats that functions of the module were called with, read.
static KNOWN: Mutex<Option<Known>> = Mutex::new(None);
type Known = HashMap<Vec<u8>, Arc<Plan>, BuildHasherDefault<FormatHasher>>;
const MOST_KNOWN: usize = 100;

/// Hashes formats, which are short and of which few are kept: nothing is gained by making many equal.
#[derive(Default)]
struct FormatHasher(u64);

impl Hasher for FormatHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_usize(byte.into());
        }
    }

    #[inline]
    fn write_usize(&mut self, number: usize) {
        const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
        self.0 = (self.0.rotate_left(5) ^ number as u64).wrapping_mul(FACTOR);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The text of a format: ASCII, or bytes.
fn format_of(thread: &mut Thread, format: &Value) -> Result<Vec<u8>> {
    if let Some(text) = cast::<Str>(format) {
        if let Some(ascii) = text.as_ascii() {
            return Ok(ascii.as_bytes().to_vec());
        }
        return codecs::Encoding::Ascii.encode(thread, format, "strict");
    }
    match cast::<Bytes>(format) {
        Some(bytes) => Ok(bytes.bytes().to_vec()),
        None => {
            let class = class_of(format).name_lossy();
            Err(type_error(format!("Struct() argument 1 must be a str or bytes object, not {class}")))
        }
    }
}

/// A format without zeros.
fn checked(format: Vec<u8>) -> Result<Vec<u8>> {
    if format.contains(&0) { Err(error("embedded null character")) } else { Ok(format) }
}

/// The plan of a format, which may have been read before.
fn plan_of(thread: &mut Thread, format: &Value) -> Result<Arc<Plan>> {
    let plain = match cast::<Str>(format) {
        Some(text) => text.as_ascii().map(str::as_bytes),
        None => cast::<Bytes>(format).map(BytesExt::bytes),
    };
    if let Some(text) = plain
        && let Some(plan) = KNOWN.lock().as_ref().and_then(|known| known.get(text).cloned())
    {
        return Ok(plan);
    }
    let text = checked(format_of(thread, format)?)?;
    let plan = Arc::new(Plan::parse(&text)?);
    let mut known = KNOWN.lock();
    let known = known.get_or_insert_default();
    if known.len() >= MOST_KNOWN {
        known.clear();
    }
    known.insert(text, Arc::clone(&plan));
    Ok(plan)
}

/// Struct(fmt) --> compiled struct object
#[native::class("Struct", module = "_struct", basetype, weakref, methods, new = new_struct, slots = struct_slots)]
pub struct Struct {
    #[untraced]
    plan: Guarded<Option<Arc<Plan>>>,
}

fn struct_slots(slots: &Slots) {
    slots.init.set(init_struct);
    slots.repr.set(|thread, value| {
        let Some(object) = cast::<Struct>(value) else { return Err(type_error("a Struct is required")) };
        let plan = own_plan(thread, object)?;
        let format = Str::from_latin1(thread, &plan.format)?;
        let format = ops::repr_text(thread, &format)?;
        Str::new(thread, &format!("{}({format})", support::short_name(value)))
    });
}

fn new_struct(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    support::make(thread, class, Struct { plan: Guarded::new(None) })
}

fn init_struct(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let Some(object) = cast::<Struct>(value) else { return Err(type_error("a Struct is required")) };
    let named = args.keywords().find(|(name, _)| support::keyword(name) == "format").map(|(_, value)| value);
    let format = match (args.values.len(), args.positionals().first().or(named)) {
        (1, Some(format)) => format,
        (0 | 1, _) => return Err(type_error("Struct() missing required argument 'format' (pos 1)")),
        (n, _) => return Err(type_error(format!("Struct() takes at most 1 argument ({n} given)"))),
    };
    let text = checked(format_of(thread, format)?)?;
    let plan = Arc::new(Plan::parse(&text)?);
    let before = Exclusive::open(thread, object).get(|object| &object.plan).replace(plan);
    drop(before);
    Ok(())
}

/// The plan of a Struct.
fn own_plan(thread: &mut Thread, object: &Object<Struct>) -> Result<Arc<Plan>> {
    let plan = Exclusive::open(thread, object).get(|object| &object.plan).clone();
    plan.ok_or_else(|| runtime_error("Struct object is not initialized"))
}

fn check_count(name: &str, plan: &Plan, given: usize) -> Result<()> {
    if given == plan.values {
        return Ok(());
    }
    Err(error(format!("{name} expected {} items for packing (got {given})", plan.values)))
}

fn packed(thread: &mut Thread, plan: &Plan, items: &[Value]) -> Result<Value> {
    check_count("pack", plan, items.len())?;
    let bytes = values::pack(thread, plan, items)?;
    Bytes::new(thread, &bytes)
}

/// Where `size` bytes at `offset` of `len` begin; the offset counts from the end if it is negative.
fn place(offset: isize, len: usize, size: usize, name: &str) -> Result<usize> {
    let packing = name == "pack_into";
    if offset < 0 {
        if offset + size as isize > 0 {
            return Err(error(if packing {
                format!("no space to pack {size} bytes at offset {offset}")
            } else {
                format!("not enough data to unpack {size} bytes at offset {offset}")
            }));
        }
        return offset
            .checked_add_unsigned(len)
            .and_then(|at| usize::try_from(at).ok())
            .ok_or_else(|| error(format!("offset {offset} out of range for {len}-byte buffer")));
    }
    let at = offset as usize;
    if at <= len && len - at >= size {
        return Ok(at);
    }
    let doing = if packing { "packing" } else { "unpacking" };
    Err(error(format!(
        "{name} requires a buffer of at least {} bytes for {doing} {size} bytes at offset {at} (actual buffer size is {len})",
        at + size
    )))
}

/// `pack_into` with `args`: buffer, offset, values.
fn packed_into(thread: &mut Thread, plan: &Plan, args: &[Value]) -> Result<()> {
    let (buffer, offset, items) = match args {
        [] => return Err(error("pack_into expected buffer argument")),
        [_] => return Err(error("pack_into expected offset argument")),
        [buffer, offset, items @ ..] => (buffer, offset, items),
    };
    check_count("pack_into", plan, items.len())?;
    let refused = || {
        let class = class_of(buffer).name_lossy();
        type_error(format!("argument must be read-write bytes-like object, not {class}"))
    };
    let lent = buffers::lend(thread, buffer, true).map_err(|_| refused())?;
    if !lent.is_c_contiguous() {
        buffers::give_back(thread, &lent);
        return Err(refused());
    }
    let done = write_into(thread, plan, &lent, offset, items);
    buffers::give_back(thread, &lent);
    done
}

fn write_into(
    thread: &mut Thread,
    plan: &Plan,
    lent: &runtime::native::buffer::Buffer,
    offset: &Value,
    items: &[Value],
) -> Result<()> {
    let offset = ops::index_isize_or(thread, offset, |_| {
        overflow_error("Python int too large to convert to C ssize_t")
    })?;
    let at = place(offset, lent.len_bytes, plan.size, "pack_into")?;
    let bytes = values::pack(thread, plan, items)?;
    for (i, byte) in bytes.into_iter().enumerate() {
        lent.set_byte(at + i, byte);
    }
    Ok(())
}

fn unpacked(thread: &mut Thread, plan: &Plan, buffer: &Value) -> Result<Value> {
    let bytes = buffers::bytes_of(thread, buffer)?;
    if bytes.len() != plan.size {
        return Err(error(format!("unpack requires a buffer of {} bytes", plan.size)));
    }
    values::unpack(thread, plan, &bytes)
}

fn unpacked_from(thread: &mut Thread, plan: &Plan, buffer: &Value, offset: isize) -> Result<Value> {
    let bytes = buffers::bytes_of(thread, buffer)?;
    let at = place(offset, bytes.len(), plan.size, "unpack_from")?;
    values::unpack(thread, plan, &bytes[at..at + plan.size])
}

/// Iterates over the structs in a buffer.
#[native::class("unpack_iterator", module = "_struct", disallow_instantiation, methods(iterator_methods), slots = iterator_slots)]
pub struct UnpackIterator {
    /// A memoryview, until the iterator is exhausted.
    #[trace]
    view: Slot,
    #[untraced]
    plan: Arc<Plan>,
    at: AtomicUsize,
}

fn iterator_slots(slots: &Slots) {
    support::iterator(slots, next_struct);
}

fn iterated(thread: &mut Thread, plan: Arc<Plan>, buffer: &Value) -> Result<Value> {
    if plan.size == 0 {
        return Err(error("cannot iteratively unpack with a struct of length 0"));
    }
    if !buffers::is_buffer(buffer) {
        return Err(buffers::not_bytes_like(buffer));
    }
    let view = memoryview::new(thread, buffer)?;
    let len = length(thread, &view)?;
    if len % plan.size != 0 {
        return Err(error(format!(
            "iterative unpacking requires a buffer of a multiple of {} bytes",
            plan.size
        )));
    }
    object::new(thread, UnpackIterator { view: support::slot(view), plan, at: AtomicUsize::new(0) })
}

fn length(thread: &mut Thread, view: &Value) -> Result<usize> {
    let buffer = buffers::lend(thread, view, false)?;
    let len = buffer.len_bytes;
    buffers::give_back(thread, &buffer);
    Ok(len)
}

fn next_struct(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(iterator) = cast::<UnpackIterator>(value) else { return Ok(None) };
    let Some(view) = support::get(iterator, |iterator| &iterator.view) else { return Ok(None) };
    let payload = iterator.payload();
    // Relaxed: threads that share an iterator get different structs, which need no order.
    let at = payload.at.fetch_add(payload.plan.size, Ordering::Relaxed);
    let buffer = buffers::lend(thread, &view, false)?;
    let bytes: Option<Vec<u8>> = (at + payload.plan.size <= buffer.len_bytes)
        .then(|| (at..at + payload.plan.size).map(|i| buffer.byte(i)).collect());
    buffers::give_back(thread, &buffer);
    match bytes {
        Some(bytes) => values::unpack(thread, &payload.plan, &bytes).map(Some),
        None => {
            support::set(thread, iterator, |iterator| &iterator.view, None);
            Ok(None)
        }
    }
}

/// Methods of the iterator.
#[native::methods(UnpackIterator, name = "unpack_iterator")]
pub mod iterator_methods {
    use super::*;

    /// How many structs are left.
    #[sig("($self, /)", hidden)]
    pub fn __length_hint__(th: &mut Thread, iterator: &Object<UnpackIterator>) -> Result<usize> {
        let Some(view) = support::get(iterator, |iterator| &iterator.view) else { return Ok(0) };
        let len = length(th, &view)?;
        let payload = iterator.payload();
        Ok(len.saturating_sub(payload.at.load(Ordering::Relaxed)) / payload.plan.size)
    }
}

/// Methods of Struct.
#[native::methods(Struct, name = "Struct")]
pub mod methods {
    use super::*;

    /// Return an iterator yielding tuples.
    ///
    /// Tuples are unpacked from the given bytes source, like a repeated
    /// invocation of unpack_from().
    ///
    /// Requires that the bytes length be a multiple of the struct size.
    pub fn iter_unpack(th: &mut Thread, this: &Object<Struct>, buffer: &Value) -> Result<Value> {
        let plan = own_plan(th, this)?;
        iterated(th, plan, buffer)
    }

    /// S.pack(v1, v2, ...) -> bytes
    ///
    /// Return a bytes object containing values v1, v2, ... packed according
    /// to the format string S.format.  See help(struct) for more on format
    /// strings.
    #[sig("($self, /, *values)", hidden)]
    pub fn pack(th: &mut Thread, this: &Object<Struct>, values: &[Value]) -> Result<Value> {
        let plan = own_plan(th, this)?;
        packed(th, &plan, values)
    }

    /// S.pack_into(buffer, offset, v1, v2, ...)
    ///
    /// Pack the values v1, v2, ... according to the format string S.format
    /// and write the packed bytes into the writable buffer buf starting at
    /// offset.  Note that the offset is a required argument.  See
    /// help(struct) for more on format strings.
    #[sig("($self, /, *values)", hidden)]
    pub fn pack_into(th: &mut Thread, this: &Object<Struct>, values: &[Value]) -> Result<()> {
        let plan = own_plan(th, this)?;
        packed_into(th, &plan, values)
    }

    /// Return a tuple containing unpacked values.
    ///
    /// Unpack according to the format string Struct.format. The buffer's size
    /// in bytes must be Struct.size.
    ///
    /// See help(struct) for more on format strings.
    pub fn unpack(th: &mut Thread, this: &Object<Struct>, buffer: &Value) -> Result<Value> {
        let plan = own_plan(th, this)?;
        unpacked(th, &plan, buffer)
    }

    /// Return a tuple containing unpacked values.
    ///
    /// Values are unpacked according to the format string Struct.format.
    ///
    /// The buffer's size in bytes, starting at position offset, must be
    /// at least Struct.size.
    ///
    /// See help(struct) for more on format strings.
    #[sig("($self, /, buffer, offset=0)")]
    pub fn unpack_from(
        th: &mut Thread,
        this: &Object<Struct>,
        buffer: &Value,
        offset: isize,
    ) -> Result<Value> {
        let plan = own_plan(th, this)?;
        unpacked_from(th, &plan, buffer, offset)
    }

    /// S.__sizeof__() -> size of S in memory, in bytes
    pub fn __sizeof__(th: &mut Thread, this: &Object<Struct>) -> Result<usize> {
        let plan = own_plan(th, this)?;
        Ok(size_of::<Object<Struct>>() + size_of::<Plan>() + plan.items.len() * size_of::<plan::Item>())
    }

    /// struct format string
    #[getter]
    pub fn format(th: &mut Thread, this: &Object<Struct>) -> Result<Value> {
        let plan = own_plan(th, this)?;
        Str::from_latin1(th, &plan.format)
    }

    /// struct size in bytes
    #[getter]
    pub fn size(th: &mut Thread, this: &Object<Struct>) -> i64 {
        let plan = Exclusive::open(th, this).get(|object| &object.plan).clone();
        plan.map_or(-1, |plan| plan.size as i64)
    }
}

/// The functions of `_struct`.
#[native::module(
    "_struct",
    doc = "Functions to convert between Python values and C structs.",
    classes(Struct)
)]
pub mod module {
    use super::*;

    #[init]
    pub fn exec(th: &mut Thread, this: &Value) -> Result<()> {
        modules::set(th, this, "error", ERROR.value())
    }

    /// Clear the internal cache.
    pub fn _clearcache() {
        let known = KNOWN.lock().take();
        drop(known);
    }

    /// Return size in bytes of the struct described by the format string.
    pub fn calcsize(th: &mut Thread, format: &Value) -> Result<usize> {
        plan_of(th, format).map(|plan| plan.size)
    }

    /// Return an iterator yielding tuples unpacked from the given bytes.
    ///
    /// The bytes are unpacked according to the format string, like
    /// a repeated invocation of unpack_from().
    ///
    /// Requires that the bytes length be a multiple of the format struct size.
    pub fn iter_unpack(th: &mut Thread, format: &Value, buffer: &Value) -> Result<Value> {
        let plan = plan_of(th, format)?;
        iterated(th, plan, buffer)
    }

    /// pack(format, v1, v2, ...) -> bytes
    ///
    /// Return a bytes object containing the values v1, v2, ... packed according
    /// to the format string.  See help(struct) for more on format strings.
    #[sig("($module, /, *values)", hidden)]
    pub fn pack(th: &mut Thread, values: &[Value]) -> Result<Value> {
        let Some((format, values)) = values.split_first() else {
            return Err(type_error("missing format argument"));
        };
        let plan = plan_of(th, format)?;
        packed(th, &plan, values)
    }

    /// pack_into(format, buffer, offset, v1, v2, ...)
    ///
    /// Pack the values v1, v2, ... according to the format string and write
    /// the packed bytes into the writable buffer buf starting at offset.  Note
    /// that the offset is a required argument.  See help(struct) for more
    /// on format strings.
    #[sig("($module, /, *values)", hidden)]
    pub fn pack_into(th: &mut Thread, values: &[Value]) -> Result<()> {
        let Some((format, values)) = values.split_first() else {
            return Err(type_error("missing format argument"));
        };
        let plan = plan_of(th, format)?;
        packed_into(th, &plan, values)
    }

    /// Return a tuple containing values unpacked according to the format string.
    ///
    /// The buffer's size in bytes must be calcsize(format).
    ///
    /// See help(struct) for more on format strings.
    pub fn unpack(th: &mut Thread, format: &Value, buffer: &Value) -> Result<Value> {
        let plan = plan_of(th, format)?;
        unpacked(th, &plan, buffer)
    }

    /// Return a tuple containing values unpacked according to the format string.
    ///
    /// The buffer's size, minus offset, must be at least calcsize(format).
    ///
    /// See help(struct) for more on format strings.
    #[sig("($module, format, /, buffer, offset=0)")]
    pub fn unpack_from(th: &mut Thread, format: &Value, buffer: &Value, offset: isize) -> Result<Value> {
        let plan = plan_of(th, format)?;
        unpacked_from(th, &plan, buffer, offset)
    }
}
