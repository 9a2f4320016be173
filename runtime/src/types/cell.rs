//! `cell`: a variable that closures share.

use memory::{Object, Slot, StackRef, Trace, Value, Visitor};
use threads::{Context, Thread};

use crate::class::{ClassFlags, Comparison, Slots, TypeExt, class_of};
use crate::error::{Result, type_error, value_error};
use crate::native::{Args, GetSet};
use crate::object::cast;
use crate::types::Str;

/// The payload of a cell.
#[derive(Default)]
pub struct Cell {
    /// What it holds; EMPTY if the variable is unbound.
    pub contents: Slot,
}

// SAFETY: the slot once; dropping it releases the same.
unsafe impl Trace for Cell {
    const NAME: &'static str = "cell";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.contents);
    }
}

crate::class_def!(
    Cell,
    "cell",
    ClassFlags::NONE,
    with_doc(
        "Create a new cell object.\n\n  contents\n    the contents of the cell. If not specified, the cell will be empty,\n    and \n further attempts to access its cell_contents attribute will\n    raise a ValueError."
    ),
    with_slots(slots),
    with_new(new_cell),
    with_getsets(&[GETSETS])
);

static GETSETS: &[GetSet] = &[GetSet {
    name: "cell_contents",
    doc: None,
    get: |_, value| get(value).ok_or_else(|| value_error("cell is empty")),
    set: Some(|thread, value, new| {
        set(thread, value, new.cloned());
        Ok(())
    }),
}];

fn slots(slots: &Slots) {
    slots.repr.set(repr);
    slots.compare.set(compare);
    slots.hash.set(crate::ops::hash_not_implemented);
}

fn new_cell(thread: &mut Thread, _: &Value, args: Args<'_>) -> Result<Value> {
    match args.no_keywords("cell")? {
        [] => new(thread, None),
        [contents] => new(thread, Some(contents.clone())),
        more => Err(type_error(format!("cell expected at most 1 argument, got {}", more.len()))),
    }
}

/// A new cell.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &Context, contents: Option<Value>) -> Result<Value> {
    crate::object::new(thread, Cell { contents: Slot::new(contents) })
}

/// Whether `value` is a cell.
pub fn is_cell(value: &Value) -> bool {
    cast::<Cell>(value).is_some()
}

/// What a cell holds.
#[inline]
pub fn get(cell: &Value) -> Option<Value> {
    let cell = cast::<Cell>(cell)?;
    cell.payload().contents.get(cell.header())
}

/// What a cell holds, borrowed if that is possible.
#[inline]
pub fn borrow(thread: &Context, cell: &Object<Cell>) -> StackRef {
    cell.payload().contents.borrow(thread, cell.header())
}

/// Sets what a cell holds.
pub fn set(thread: &Context, cell: &Value, contents: Option<Value>) {
    if let Some(cell) = cast::<Cell>(cell) {
        drop(cell.payload().contents.replace(thread, cell.header(), contents));
    }
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let address = value.word().bits();
    let text = match get(value) {
        None => format!("<cell at {address:#x}: empty>"),
        Some(contents) => format!(
            "<cell at {address:#x}: {} object at {:#x}>",
            class_of(&contents).name_lossy(),
            contents.word().bits()
        ),
    };
    Str::new(thread, &text)
}

fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    if !is_cell(a) || !is_cell(b) {
        return Ok(Value::not_implemented());
    }
    match (get(a), get(b)) {
        (Some(a), Some(b)) => crate::ops::compare(thread, &a, &b, op),
        (a, b) => Ok(Value::from_bool(op.holds(a.is_some().cmp(&b.is_some())))),
    }
}
