//! The buffer protocol for classes written in Python (PEP 688): `__buffer__` answers a memoryview, whose bytes are lent;
//! `__release_buffer__`, if there is one, gets that view back when the loan ends.

use memory::{Slot, Trace, Value, Visitor};
use threads::{Context, Thread};

use super::{Str, buffers, int, memoryview};
use crate::class::lookup::call_special;
use crate::class::{ClassFlags, TypeExt, class_of};
use crate::error::{Result, type_error};
use crate::names;
use crate::native::buffer::Buffer;
use crate::object::cast;

/// What `__buffer__` is asked for: any layout (`inspect.BufferFlags.FULL_RO`); and that with writing (`FULL`).
const READ: i64 = 0x11c;
const WRITE: i64 = 0x11d;

/// The payload of the owner of such a loan.
struct Wrapper {
    /// The memoryview that `__buffer__` has answered.
    view: Slot,
    /// Whose `__release_buffer__` is called.
    object: Slot,
    /// Gives back what the view has lent.
    release: Option<fn(&mut Thread, &Value)>,
}

// SAFETY: each slot once.
unsafe impl Trace for Wrapper {
    const NAME: &'static str = "_buffer_wrapper";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.view);
        visitor.slot(&self.object);
    }
}

crate::class_def!(Wrapper, "_buffer_wrapper", ClassFlags::NO_NEW);

/// Lends what `__buffer__` of a Python class answers.
///
/// # Errors
/// What `__buffer__` raises, TypeError if it answers no memoryview, BufferError.
pub(crate) fn lend(thread: &mut Thread, value: &Value, writable: bool) -> Result<Buffer> {
    let flags = int::from_i64(thread, if writable { WRITE } else { READ })?;
    let Some(view) = call_special(thread, value, names::__buffer__(), &[&flags])? else {
        return Err(buffers::not_bytes_like(value));
    };
    if cast::<memoryview::MemoryView>(&view).is_none() {
        return Err(type_error("__buffer__ returned non-memoryview object"));
    }
    let lent = buffers::lend(thread, &view, writable)?;
    if class_of(value).lookup(thread, names::__release_buffer__()).is_none() {
        return Ok(lent);
    }
    let wrapper = Wrapper {
        view: Slot::new(Some(view)),
        object: Slot::new(Some(value.clone())),
        release: lent.release,
    };
    match crate::object::new(thread as &Context, wrapper) {
        Ok(owner) => Ok(Buffer { owner, release: Some(give_back), ..lent }),
        Err(raised) => {
            buffers::give_back(thread, &lent);
            Err(raised)
        }
    }
}

fn give_back(thread: &mut Thread, value: &Value) {
    let Some(wrapper) = cast::<Wrapper>(value) else { return };
    let payload = wrapper.payload();
    let (Some(view), Some(object)) =
        (payload.view.get(wrapper.header()), payload.object.get(wrapper.header()))
    else {
        return;
    };
    if let Some(release) = payload.release {
        release(thread, &view);
    }
    // Nobody waits for what these raise.
    let called = call_special(thread, &object, names::__release_buffer__(), &[&view]).map(drop);
    let released = Str::interned(thread, "release")
        .and_then(|name| crate::call::call_method(thread, &view, &name, &[]))
        .map(drop);
    for raised in [called, released].into_iter().filter_map(Result::err) {
        crate::hooks::unraisable(thread, raised, None, Some(&object));
    }
}

/// `__buffer__(flags)` of a native class: a view of what it lends.
///
/// # Errors
/// TypeError for flags that are no int, BufferError.
pub(crate) fn view_of(
    thread: &mut Thread,
    value: &Value,
    flags: &Value,
    get: crate::native::buffer::GetBuffer,
) -> Result<Value> {
    let writable = crate::ops::index_i128(thread, flags)? & 1 != 0;
    let buffer = get(thread, value, writable)?;
    memoryview::of_buffer(thread, buffer)
}
