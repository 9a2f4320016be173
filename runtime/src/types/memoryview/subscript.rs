//! Indexing and slicing of views.

use memory::{Object, Value};
use threads::Thread;

use super::{MemoryView, access, check, derived, receiver};
use crate::class::{TypeExt, class_of, slots_of};
use crate::error::{Raised, Result, index_error, not_implemented_error, type_error, value_error};
use crate::object::cast;
use crate::types::slice::{Bounds, Slice};
use crate::types::{Tuple, TupleExt, buffers, int};

fn out_of_bounds(dimension: usize) -> Raised {
    index_error(format!("index out of bounds on dimension {}", dimension + 1))
}

fn is_index(value: &Value) -> bool {
    int::is_int(value) || slots_of(value).index.get().is_some()
}

fn index(thread: &mut Thread, key: &Value) -> Result<isize> {
    crate::ops::index_isize_or(thread, key, |key| {
        index_error(format!("cannot fit '{}' into an index-sized integer", class_of(key).name_lossy()))
    })
}

/// The item at `offset`.
fn item(thread: &mut Thread, view: &Object<MemoryView>, offset: isize) -> Result<Value> {
    let format = &view.payload().format;
    format.for_items()?;
    let bytes = access(thread, view, |layout| {
        let mut bytes = vec![0; layout.item_bytes];
        layout.read(offset, &mut bytes);
        bytes
    })?;
    format.unpack(thread, &bytes)
}

/// The item `at` of a view of one dimension (`view[at]` with an int).
pub(super) fn item_at(thread: &mut Thread, view: &Object<MemoryView>, at: isize) -> Result<Value> {
    check(view)?;
    view.payload().format.for_items()?;
    let layout = &view.payload().layout;
    match layout.shape.len() {
        0 => Err(type_error("invalid indexing of 0-dim memory")),
        1 => {
            let offset = layout.offset(0, at).ok_or_else(|| out_of_bounds(0))?;
            item(thread, view, offset)
        }
        _ => Err(not_implemented_error("multi-dimensional sub-views are not implemented")),
    }
}

/// The offset that a tuple of indices means.
fn offset_of(thread: &mut Thread, view: &Object<MemoryView>, keys: &[Value]) -> Result<isize> {
    let layout = &view.payload().layout;
    let dimensions = layout.shape.len();
    if keys.len() < dimensions {
        return Err(not_implemented_error("sub-views are not implemented"));
    }
    if keys.len() > dimensions {
        return Err(type_error(format!(
            "cannot index {dimensions}-dimension view with {}-element tuple",
            keys.len()
        )));
    }
    let mut offset = 0;
    for (dimension, key) in keys.iter().enumerate() {
        let at = index(thread, key)?;
        offset += layout.offset(dimension, at).ok_or_else(|| out_of_bounds(dimension))?;
    }
    check(view)?; // converting an index may have released the view
    Ok(offset)
}

/// A tuple of indices, or of slices, or neither.
enum Keys<'a> {
    Indices(&'a [Value]),
    Slices,
    Neither,
}

fn keys(key: &Value) -> Keys<'_> {
    let Some(keys) = cast::<Tuple>(key).map(TupleExt::items) else { return Keys::Neither };
    if keys.iter().all(is_index) {
        Keys::Indices(keys)
    } else if keys.iter().all(|key| cast::<Slice>(key).is_some()) {
        Keys::Slices
    } else {
        Keys::Neither
    }
}

fn is_ellipsis(key: &Value) -> bool {
    key.is(&Value::ellipsis())
}

pub(super) fn getitem(thread: &mut Thread, value: &Value, key: &Value) -> Result<Value> {
    let view = receiver(value)?;
    check(view)?;
    let payload = view.payload();
    if payload.layout.shape.is_empty() {
        return match cast::<Tuple>(key) {
            Some(keys) if keys.is_empty() => item(thread, view, 0),
            _ if is_ellipsis(key) => Ok(value.clone()),
            _ => Err(type_error("invalid indexing of 0-dim memory")),
        };
    }
    if is_index(key) {
        let at = index(thread, key)?;
        return item_at(thread, view, at);
    }
    if let Some(slice) = cast::<Slice>(key) {
        let bounds = Bounds::of(thread, slice)?;
        let part = payload.layout.sliced(bounds.over(payload.layout.shape[0]));
        return derived(thread, view, part, payload.format.clone(), payload.readonly);
    }
    match keys(key) {
        Keys::Indices(keys) => {
            payload.format.for_items()?;
            let offset = offset_of(thread, view, keys)?;
            item(thread, view, offset)
        }
        Keys::Slices => Err(not_implemented_error("multi-dimensional slicing is not implemented")),
        Keys::Neither => Err(type_error("memoryview: invalid slice key")),
    }
}

pub(super) fn setitem(thread: &mut Thread, value: &Value, key: &Value, new: Option<&Value>) -> Result<()> {
    let view = receiver(value)?;
    check(view)?;
    let payload = view.payload();
    if payload.readonly {
        return Err(type_error("cannot modify read-only memory"));
    }
    let Some(new) = new else { return Err(type_error("cannot delete memory")) };
    let dimensions = payload.layout.shape.len();
    if dimensions == 0 {
        return match cast::<Tuple>(key) {
            Some(keys) if keys.is_empty() => set_item(thread, view, 0, new),
            _ if is_ellipsis(key) => set_item(thread, view, 0, new),
            _ => Err(type_error("invalid indexing of 0-dim memory")),
        };
    }
    if is_index(key) {
        if dimensions > 1 {
            return Err(not_implemented_error("sub-views are not implemented"));
        }
        let at = index(thread, key)?;
        let offset = payload.layout.offset(0, at).ok_or_else(|| out_of_bounds(0))?;
        return set_item(thread, view, offset, new);
    }
    if let Some(slice) = cast::<Slice>(key)
        && dimensions == 1
    {
        return set_slice(thread, view, slice, new);
    }
    match keys(key) {
        Keys::Indices(keys) => {
            let offset = offset_of(thread, view, keys)?;
            set_item(thread, view, offset, new)
        }
        _ if cast::<Slice>(key).is_some() || matches!(keys(key), Keys::Slices) => {
            Err(not_implemented_error("memoryview slice assignments are currently restricted to ndim = 1"))
        }
        _ => Err(type_error("memoryview: invalid slice key")),
    }
}

fn set_item(thread: &mut Thread, view: &Object<MemoryView>, offset: isize, new: &Value) -> Result<()> {
    let bytes = view.payload().format.pack(thread, new)?;
    access(thread, view, |layout| layout.write(offset, &bytes))
}

fn set_slice(
    thread: &mut Thread,
    view: &Object<MemoryView>,
    slice: &Object<Slice>,
    new: &Value,
) -> Result<()> {
    let payload = view.payload();
    let buffer = buffers::lend(thread, new, false)?;
    // A copy, for both may lie in the same bytes.
    let (shape, bytes) = (buffer.shape.clone(), buffer.to_vec());
    let same_format = super::Format::parse(&buffer.format) == payload.format
        || buffer.format.trim_start_matches('@') == payload.format.text().trim_start_matches('@');
    buffers::give_back(thread, &buffer);
    let part = payload.layout.sliced(Bounds::of(thread, slice)?.over(payload.layout.shape[0]));
    if !same_format || shape != part.shape || bytes.len() != part.len_bytes() {
        return Err(value_error("memoryview assignment: lvalue and rvalue have different structures"));
    }
    access(thread, view, |_| part.fill(&bytes))
}
