//! Equality and hash of views.

use memory::Value;
use threads::Thread;
use threads::sync::atomic::Ordering;

use super::item::{Format, Number};
use super::layout::Layout;
use super::{MemoryView, access, check, receiver};
use crate::class::Comparison;
use crate::error::{Result, value_error};
use crate::object::cast;
use crate::types::{buffers, hashing};

fn equal_items(a: (&Format, &[u8]), b: (&Format, &[u8])) -> bool {
    match (a.0.number(a.1), b.0.number(b.1)) {
        (Some(Number::Int(a)), Some(Number::Int(b))) => a == b,
        (Some(Number::Float(a)), Some(Number::Float(b))) => a == b,
        (Some(Number::Int(int)), Some(Number::Float(float)))
        | (Some(Number::Float(float)), Some(Number::Int(int))) => float == int as f64 && float as i128 == int,
        (Some(Number::Byte(a)), Some(Number::Byte(b))) => a == b,
        _ => false,
    }
}

pub(super) fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let wanted = match op {
        Comparison::Eq => true,
        Comparison::Ne => false,
        _ => return Ok(Value::not_implemented()),
    };
    let Some(view) = cast::<MemoryView>(a) else { return Ok(Value::not_implemented()) };
    let released = |value: &Value| cast::<MemoryView>(value).is_some_and(|view| check(view).is_err());
    if released(a) || released(b) {
        return Ok(Value::from_bool(a.is(b) == wanted));
    }
    if !buffers::is_buffer(b) {
        return Ok(Value::not_implemented());
    }
    let Ok(buffer) = buffers::lend(thread, b, false) else { return Ok(Value::not_implemented()) };
    let (layout, format) = (Layout::of(&buffer), Format::parse(&buffer.format));
    let mine = access(thread, view, |layout| (layout.shape.clone(), layout.item_bytes, layout.to_vec(false)));
    let theirs = layout.to_vec(false); // the loan lasts until the next line
    buffers::give_back(thread, &buffer);
    let (shape, item_bytes, mine) = mine?;
    let my_format = &view.payload().format;
    let equal = shape == layout.shape
        && if my_format.native() == format.native() && my_format.is_bytes() {
            mine == theirs
        } else if mine.is_empty() || item_bytes == 0 {
            true
        } else {
            let pairs = mine.chunks(item_bytes).zip(theirs.chunks(layout.item_bytes.max(1)));
            pairs.into_iter().all(|(a, b)| equal_items((my_format, a), (&format, b)))
        };
    Ok(Value::from_bool(equal == wanted))
}

pub(super) fn hash(thread: &mut Thread, value: &Value) -> Result<i64> {
    let view = receiver(value)?;
    let payload = view.payload();
    // Relaxed: whoever computes it gets the same number.
    let known = payload.hash.load(Ordering::Relaxed);
    if known != -1 {
        return Ok(known);
    }
    check(view)?;
    if !payload.readonly {
        return Err(value_error("cannot hash writable memoryview object"));
    }
    if !payload.format.is_bytes() {
        return Err(value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
    }
    // What changes has no hash, and neither has a view of it.
    let loan = super::loan_of(view)?;
    if let Some(owner) = cast::<super::Loan>(&loan).and_then(|loan| loan.payload().owner.get(loan.header())) {
        crate::ops::hash(thread, &owner)?;
    }
    let bytes = access(thread, view, |layout| layout.to_vec(false))?;
    let hash = hashing::hash_bytes(&bytes);
    payload.hash.store(hash, Ordering::Relaxed);
    Ok(hash)
}
