//! `memoryview`: a window on bytes that another object lends.
//!
//! Views made from each other share one *loan* (what CPython calls a managed buffer): it is given back when the last of
//! them has been released or has died.
//!
//! * INV-MEMORYVIEW-1: the bytes are touched only while the loan has a user. Every view that is not released is one, and
//!   so is every access to a view that other threads may release meanwhile.
//!
//! | file        | concept                                               |
//! |-------------|-------------------------------------------------------|
//! | `item`      | formats: items to values and back                     |
//! | `layout`    | shapes and strides: where items are                   |
//! | `loan`      | borrowing and giving back                             |
//! | `subscript` | indexing and slicing                                  |
//! | `compare`   | equality and hash                                     |
//! | `methods`   | methods and attributes                                |
//! | `iterator`  | iteration                                             |

mod compare;
mod item;
mod iterator;
mod layout;
mod loan;
mod methods;
mod subscript;

use memory::{Object, Slot, Trace, Value, Visitor};
use threads::sync::Arc;
use threads::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use threads::{Context, Thread};

use crate::class::{ClassFlags, Slots, TypeExt, class_of};
use crate::error::{Raised, Result, system_error, type_error, value_error};
use crate::native::Args;
use crate::native::buffer::Buffer;
use crate::object::cast;
use crate::types::{Str, buffers};

use item::Format;
use layout::Layout;
use loan::Loan;

/// The payload of a memoryview.
pub struct MemoryView {
    /// The loan; a `Loan`.
    loan: Slot,
    /// The loan's users, of which this is one until it is released.
    users: Arc<AtomicUsize>,
    /// Where the items are.
    layout: Layout,
    format: Format,
    readonly: bool,
    released: AtomicBool,
    /// How many buffers have been lent from this view.
    exports: AtomicUsize,
    /// The hash, once asked for; -1 before.
    hash: AtomicI64,
}

impl Drop for MemoryView {
    fn drop(&mut self) {
        if !self.released.load(Ordering::Acquire) {
            loan::forget(&self.users);
        }
    }
}

// SAFETY: the slot once.
unsafe impl Trace for MemoryView {
    const NAME: &'static str = "memoryview";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.loan);
    }
}

crate::class_def!(
    MemoryView,
    "memoryview",
    ClassFlags::HAS_WEAKREF.union(ClassFlags::SEQUENCE),
    with_doc("Create a new memoryview object which references the given object."),
    with_signature("(object)"),
    with_slots(slots),
    with_new(new_memoryview),
    with_methods(&[methods::methods::METHODS]),
    with_getsets(&[methods::methods::GETSETS])
);

fn slots(slots: &Slots) {
    slots.repr.set(repr);
    slots.hash.set(compare::hash);
    slots.compare.set(compare::compare);
    slots.iter.set(iterator::iter);
    slots.len.set(length);
    slots.getitem.set(subscript::getitem);
    slots.setitem.set(subscript::setitem);
    slots.buffer.set(lend);
}

fn new_memoryview(thread: &mut Thread, _: &Value, args: Args<'_>) -> Result<Value> {
    let n = args.values.len();
    if n > 1 {
        return Err(type_error(format!("memoryview() takes at most 1 argument ({n} given)")));
    }
    let named = args.names.first().and_then(cast::<Str>);
    if named.is_some_and(|name| crate::types::StrExt::as_ascii(name) != Some("object")) {
        return Err(type_error("memoryview() missing required argument 'object' (pos 1)"));
    }
    match args.values {
        [object] => new(thread, object),
        _ => Err(type_error("memoryview() missing required argument 'object' (pos 1)")),
    }
}

/// `memoryview(object)`
///
/// # Errors
/// TypeError for what lends no bytes, or what lending raises.
pub fn new(thread: &mut Thread, object: &Value) -> Result<Value> {
    new_with(thread, object, false)
}

/// A view of what `object` lends, which must be writable if that is asked.
///
/// # Errors
/// As [`new`]; BufferError.
pub fn new_with(thread: &mut Thread, object: &Value, writable: bool) -> Result<Value> {
    if let Some(view) = cast::<MemoryView>(object) {
        check(view)?;
        let payload = view.payload();
        return derived(thread, view, payload.layout.clone(), payload.format.clone(), payload.readonly);
    }
    if !buffers::is_buffer(object) {
        let class = class_of(object).name_lossy();
        return Err(type_error(format!("memoryview: a bytes-like object is required, not '{class}'")));
    }
    let buffer = buffers::lend(thread, object, writable)?;
    of_buffer(thread, buffer)
}

/// A view of a buffer that has been lent.
///
/// # Errors
/// MemoryError.
pub fn of_buffer(thread: &mut Thread, buffer: Buffer) -> Result<Value> {
    let layout = Layout::of(&buffer);
    let format = Format::parse(&buffer.format);
    let readonly = buffer.readonly;
    let loan = loan::new(thread, buffer)?;
    made(thread, loan, layout, format, readonly)
}

fn made(thread: &Context, loan: Value, layout: Layout, format: Format, readonly: bool) -> Result<Value> {
    let users = match cast::<Loan>(&loan) {
        Some(loan) => Arc::clone(&loan.payload().users),
        None => return Err(released()),
    };
    let payload = MemoryView {
        loan: Slot::new(Some(loan)),
        users,
        layout,
        format,
        readonly,
        released: AtomicBool::new(false),
        exports: AtomicUsize::new(0),
        hash: AtomicI64::new(-1),
    };
    crate::object::new(thread, payload)
}

/// Another view of the same loan.
fn derived(
    thread: &mut Thread,
    view: &Object<MemoryView>,
    layout: Layout,
    format: Format,
    readonly: bool,
) -> Result<Value> {
    let loan = loan_of(view)?;
    let user = cast::<Loan>(&loan).is_some_and(loan::enter);
    if !user {
        return Err(released());
    }
    // Where memory ends, dropping the view that was to be ends its use.
    made(thread, loan, layout, format, readonly)
}

fn loan_of(view: &Object<MemoryView>) -> Result<Value> {
    view.payload().loan.get(view.header()).ok_or_else(released)
}

/// "operation forbidden on released memoryview object"
#[cold]
fn released() -> Raised {
    value_error("operation forbidden on released memoryview object")
}

/// The receiver of a slot.
fn receiver(value: &Value) -> Result<&Object<MemoryView>> {
    cast::<MemoryView>(value)
        .ok_or_else(|| system_error("a slot of memoryview was called for something else"))
}

/// Raises if the view has been released.
fn check(view: &Object<MemoryView>) -> Result<()> {
    // Acquire: pairs with the release in `release`.
    if view.payload().released.load(Ordering::Acquire) { Err(released()) } else { Ok(()) }
}

/// Runs `f` while the view's bytes cannot go away: INV-MEMORYVIEW-1. `f` runs no Python.
fn access<R>(thread: &mut Thread, view: &Object<MemoryView>, f: impl FnOnce(&Layout) -> R) -> Result<R> {
    check(view)?;
    if !view.header().is_shared() || thread.is_solo() {
        return Ok(f(&view.payload().layout)); // nobody else can release it before the next safepoint
    }
    let loan = loan_of(view)?;
    let Some(loan) = cast::<Loan>(&loan).filter(|loan| loan::enter(loan)) else { return Err(released()) };
    let result = f(&view.payload().layout);
    loan::leave(thread, loan);
    Ok(result)
}

/// `view.release()`
fn release(thread: &mut Thread, view: &Object<MemoryView>) -> Result<()> {
    let payload = view.payload();
    if payload.released.load(Ordering::Acquire) {
        return Ok(());
    }
    let exports = payload.exports.load(Ordering::Acquire);
    if exports > 0 {
        let s = if exports == 1 { "" } else { "s" };
        return Err(crate::error::buffer_error(format!("memoryview has {exports} exported buffer{s}")));
    }
    // AcqRel: whoever sees the flag sees what was done before; one of two racing releases ends the use.
    if payload.released.swap(true, Ordering::AcqRel) {
        return Ok(());
    }
    let loan = payload.loan.get(view.header());
    if let Some(loan) = loan.as_ref().and_then(cast::<Loan>) {
        loan::leave(thread, loan);
    }
    Ok(())
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let state = if check(receiver(value)?).is_ok() { "memory" } else { "released memory" };
    Str::new(thread, &format!("<{state} at {:#x}>", value.word().bits()))
}

fn length(_: &mut Thread, value: &Value) -> Result<usize> {
    let view = receiver(value)?;
    check(view)?;
    let first = view.payload().layout.shape.first();
    first.copied().ok_or_else(|| type_error("0-dim memory has no length"))
}

fn lend(thread: &mut Thread, value: &Value, writable: bool) -> Result<Buffer> {
    let view = receiver(value)?;
    check(view)?;
    let payload = view.payload();
    if writable && payload.readonly {
        return Err(crate::error::buffer_error("memoryview: underlying buffer is not writable"));
    }
    payload.exports.fetch_add(1, Ordering::AcqRel);
    // A release that came in between has not seen the export.
    if check(view).is_err() {
        give_back(thread, value);
        return Err(released());
    }
    let layout = &payload.layout;
    Ok(Buffer {
        owner: value.clone(),
        pointer: layout.first,
        len_bytes: layout.len_bytes(),
        readonly: payload.readonly,
        item_bytes: layout.item_bytes,
        format: payload.format.text().to_owned(),
        shape: layout.shape.clone(),
        strides: layout.strides.clone(),
        release: Some(give_back),
    })
}

fn give_back(_: &mut Thread, value: &Value) {
    if let Some(view) = cast::<MemoryView>(value) {
        view.payload().exports.fetch_sub(1, Ordering::AcqRel);
    }
}
