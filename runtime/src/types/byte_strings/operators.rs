//! The operators that both types have: concatenation, containment, comparison, repetition.

use std::cmp::Ordering;

use memory::Value;
use threads::Thread;

use super::{ByteString, byte, receiver};
use crate::class::{Comparison, Slots, TypeExt, class_of, slots_of};
use crate::error::{Result, memory_error, overflow_error, type_error};
use crate::types::buffers::{self, BytesLike};
use crate::types::bytearray::Bytearray;
use crate::types::{Bytes, int};

/// Fills the slots that both types have alike.
pub fn fill<T: ByteString>(slots: &Slots) {
    slots.len.set(|thread, value| Ok(T::with(thread, receiver::<T>(value)?, <[u8]>::len)));
    slots.contains.set(contains::<T>);
    slots.concat.set(concat::<T>);
    slots.repeat.set(repeat::<T>);
    slots.compare.set(compare);
}

fn contains<T: ByteString>(thread: &mut Thread, value: &Value, item: &Value) -> Result<bool> {
    let this = receiver::<T>(value)?;
    if int::is_int(item) || slots_of(item).index.get().is_some() {
        let wanted = T::held(thread, this, |thread| byte(thread, item))?;
        return Ok(T::with(thread, this, |bytes| bytes.contains(&wanted)));
    }
    let wanted = T::held(thread, this, |thread| buffers::bytes_of(thread, item))?;
    let wanted = text::View::Latin1(&wanted);
    Ok(T::with(thread, this, |bytes| text::search::contains(text::View::Latin1(bytes), wanted)))
}

/// The bytes of `b`, to be added to `a`.
///
/// # Errors
/// TypeError for what lends none, or not in one piece.
pub fn addend<'b>(thread: &mut Thread, a: &Value, b: &'b Value) -> Result<BytesLike<'b>> {
    let bytes = if buffers::is_buffer(b) { Some(buffers::bytes_of(thread, b)) } else { None };
    match bytes {
        Some(Err(raised)) if !raised.is(&crate::error::BUFFER_ERROR) => Err(raised),
        Some(Ok(bytes)) => Ok(bytes),
        _ => {
            let (left, right) = (class_of(a).name_lossy(), class_of(b).name_lossy());
            Err(type_error(format!("can't concat {right} to {left}")))
        }
    }
}

fn concat<T: ByteString>(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let this = receiver::<T>(a)?;
    let other = addend(thread, a, b)?;
    if T::TYPE == "bytes" {
        // What is empty adds nothing to the immutable.
        if other.is_empty() {
            return T::unchanged(thread, this);
        }
        if T::with(thread, this, <[u8]>::is_empty) && crate::object::cast_exact::<Bytes>(b).is_some() {
            return Ok(b.clone());
        }
    }
    let made = T::with(thread, this, |bytes| -> Result<Vec<u8>> {
        let mut out = Vec::new();
        if out.try_reserve_exact(bytes.len().saturating_add(other.len())).is_err() {
            return Err(memory_error());
        }
        out.extend_from_slice(bytes);
        out.extend_from_slice(&other);
        Ok(out)
    })?;
    T::make(thread, made)
}

/// `bytes * count`, or none where there is no memory.
pub fn repeated(bytes: &[u8], count: isize) -> Result<Vec<u8>> {
    let count = count.max(0) as usize;
    let len = bytes.len().checked_mul(count).filter(|&len| len <= isize::MAX as usize);
    let len = len.ok_or_else(|| overflow_error("repeated bytes are too long"))?;
    let mut out = Vec::new();
    if out.try_reserve_exact(len).is_err() {
        return Err(memory_error());
    }
    if let &[byte] = bytes {
        out.resize(len, byte);
        return Ok(out);
    }
    if len > 0 {
        out.extend_from_slice(bytes);
        while out.len() < len {
            let more = out.len().min(len - out.len());
            out.extend_from_within(..more);
        }
    }
    Ok(out)
}

fn repeat<T: ByteString>(thread: &mut Thread, value: &Value, count: isize) -> Result<Value> {
    let this = receiver::<T>(value)?;
    if count == 1 {
        return T::unchanged(thread, this);
    }
    let made = T::with(thread, this, |bytes| repeated(bytes, count));
    let made = match made {
        Err(raised) if T::TYPE == "bytearray" && raised.is(&crate::error::OVERFLOW_ERROR) => {
            return Err(memory_error());
        }
        made => made?,
    };
    T::make(thread, made)
}

/// bytes and bytearrays have an order among themselves; a bytearray has one with whatever lends bytes.
fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let is = |value: &Value| crate::object::cast::<Bytes>(value).is_some();
    let is_array = |value: &Value| crate::object::cast::<Bytearray>(value).is_some();
    if is(a) && !is(b) && !is_array(b) || !buffers::is_buffer(a) || !buffers::is_buffer(b) {
        return Ok(Value::not_implemented());
    }
    if a.is(b) {
        return Ok(Value::from_bool(op.holds(Ordering::Equal)));
    }
    let (left, right) = (buffers::any_bytes_of(thread, a)?, buffers::any_bytes_of(thread, b)?);
    let holds = match op {
        Comparison::Eq => *left == *right,
        Comparison::Ne => *left != *right,
        op => op.holds(left.cmp(&right)),
    };
    Ok(Value::from_bool(holds))
}
