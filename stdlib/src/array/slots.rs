//! Construction of arrays, and their slots.

use runtime::class::{Comparison, Payload, Slots, Type, slots_of};
use runtime::error::{
    DEPRECATION_WARNING, Raised, Result, index_error, memory_error, type_error, value_error,
};
use runtime::native::{Args, Object};
use runtime::object::cast;
use runtime::types::bytearray::Bytearray;
use runtime::types::sequence::{self, Selection, Subscript};
use runtime::types::slice::Slice;
use runtime::types::{Bytes, List, Str, StrExt, Tuple};
use runtime::{Thread, Value, ops};

use super::kind::Kind;
use super::storage::{self, Array, ArrayExt};
use super::{iterator, methods};
use crate::support;

/// Slots.
pub fn slots(slots: &Slots) {
    slots.repr.set(repr);
    slots.hash.set(ops::hash_not_implemented);
    slots.compare.set(compare);
    slots.len.set(|thread, value| Ok(cast::<Array>(value).map_or(0, |array| array.len(thread))));
    slots.getitem.set(getitem);
    slots.setitem.set(setitem);
    slots.contains.set(contains);
    slots.iter.set(iterator::iterate);
    slots.concat.set(concat);
    slots.repeat.set(repeat);
    slots.inplace_concat.set(inplace_concat);
    slots.inplace_repeat.set(inplace_repeat);
    storage::buffer_slot(slots);
}

const BAD_CODE: &str = "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)";

/// A new array of the class of `like`.
///
/// # Errors
/// MemoryError.
pub fn make_like(thread: &Thread, kind: Kind, bytes: Vec<u8>) -> Result<Value> {
    runtime::object::new(thread, Array::of(kind, bytes))
}

/// `array.__new__`.
///
/// # Errors
/// TypeError and ValueError for wrong arguments; what converting items raises; MemoryError.
pub fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let class_object = sequence::class_for(class)?;
    let def = Array::def();
    let own = &def.object().payload().slots;
    if !args.names.is_empty() && (def.value().is(class) || class_object.payload().slots.init.same(&own.init))
    {
        return Err(type_error("array.array() takes no keyword arguments"));
    }
    let (code, initial) = match args.positionals() {
        [code] => (code, None),
        [code, initial] => (code, Some(initial).filter(|initial| !initial.is_none())),
        [] => return Err(type_error("array() takes at least 1 argument (0 given)")),
        more => return Err(type_error(format!("array() takes at most 2 arguments ({} given)", more.len()))),
    };
    let kind = kind_of(code)?;
    if kind == Kind::WideChar {
        let message = "The 'u' type code is deprecated and will be removed in Python 3.16";
        runtime::hooks::warn(thread, &DEPRECATION_WARNING, message, 1)?;
    }
    if let Some(initial) = initial {
        check_initial(kind, initial)?;
    }
    of_class(thread, class_object, kind, initial)
}

/// A new array with the items of `initial`.
///
/// # Errors
/// As [`new`].
pub fn of_class(
    thread: &mut Thread,
    class: &Object<Type>,
    kind: Kind,
    initial: Option<&Value>,
) -> Result<Value> {
    // What is no sequence is asked for its iterator before anything is made.
    let iterator = match initial {
        Some(initial) if !is_sequence(initial) => Some(ops::iter(thread, initial)?),
        _ => None,
    };
    let result = runtime::object::new_of(thread, class, Array::of(kind, Vec::new()))?;
    let (Some(array), Some(initial)) = (cast::<Array>(&result), initial) else { return Ok(result) };
    if let Some(iterator) = iterator {
        methods::extend_from(thread, array, &iterator)?;
    } else if let Some(other) = cast::<Array>(initial) {
        if other.payload().kind() == kind {
            let bytes = other.bytes(thread)?;
            array.append(thread, &bytes)?;
        } else {
            let mut index = 0;
            while let Some(item) = other.get(thread, index)? {
                methods::push(thread, array, &item)?;
                index += 1;
            }
        }
    } else if let Some(text) = cast::<Str>(initial) {
        methods::append_text(thread, array, text)?;
    } else if cast::<List>(initial).is_some() || cast::<Tuple>(initial).is_some() {
        for item in ops::to_vec(thread, initial)? {
            methods::push(thread, array, &item)?;
        }
    } else {
        methods::append_buffer(thread, array, initial)?;
    }
    Ok(result)
}

fn is_sequence(value: &Value) -> bool {
    cast::<List>(value).is_some()
        || cast::<Tuple>(value).is_some()
        || cast::<Str>(value).is_some()
        || cast::<Bytes>(value).is_some()
        || cast::<Bytearray>(value).is_some()
        || cast::<Array>(value).is_some()
}

fn kind_of(code: &Value) -> Result<Kind> {
    let Some(text) = cast::<Str>(code) else {
        let got = support::class_name(code);
        return Err(type_error(format!("array() argument 1 must be a unicode character, not {got}")));
    };
    if text.len() != 1 {
        return Err(type_error(format!(
            "array() argument 1 must be a unicode character, not a string of length {}",
            text.len()
        )));
    }
    let code = text.char_at(0).and_then(char::from_u32);
    code.and_then(Kind::of).ok_or_else(|| value_error(BAD_CODE))
}

fn check_initial(kind: Kind, initial: &Value) -> Result<()> {
    if kind.is_text() {
        return Ok(());
    }
    if cast::<Str>(initial).is_some() {
        return Err(type_error(format!(
            "cannot use a str to initialize an array with typecode '{}'",
            kind.code()
        )));
    }
    if cast::<Array>(initial).is_some_and(|array| array.payload().kind().is_text()) {
        return Err(type_error(format!(
            "cannot use a unicode array to initialize an array with typecode '{}'",
            kind.code()
        )));
    }
    Ok(())
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(array) = cast::<Array>(value) else { return Ok(Value::none()) };
    let (name, kind) = (support::short_name(value), array.payload().kind());
    if array.len(thread) == 0 {
        return Str::new(thread, &format!("{name}('{}')", kind.code()));
    }
    let items =
        if kind.is_text() { methods::text_of(thread, array)? } else { methods::list_of(thread, array)? };
    let mut text = sequence::Builder::new();
    text.push_str(&format!("{name}('{}', ", kind.code()));
    sequence::push_repr(thread, &mut text, &items)?;
    text.push_str(")");
    Str::from_text(thread, &text.finish())
}

fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some(left), Some(right)) = (cast::<Array>(a), cast::<Array>(b)) else {
        return Ok(Value::not_implemented());
    };
    let lens = (left.len(thread), right.len(thread));
    if lens.0 != lens.1 && matches!(op, Comparison::Eq | Comparison::Ne) {
        return Ok(Value::from_bool(op == Comparison::Ne));
    }
    let mut index = 0;
    while let (Some(x), Some(y)) = (left.raw(thread, index), right.raw(thread, index)) {
        let result = match x.compare(y) {
            Some(Some(std::cmp::Ordering::Equal)) => None,
            Some(ordering) => Some(match (op, ordering) {
                (Comparison::Ne, _) => true,
                (_, Some(ordering)) => op.holds(ordering),
                (_, None) => false,
            }),
            None => {
                let (x, y) = (x.to_value(thread)?, y.to_value(thread)?);
                if ops::compare_bool(thread, &x, &y, Comparison::Eq)? {
                    None
                } else {
                    match op {
                        Comparison::Eq => Some(false),
                        Comparison::Ne => Some(true),
                        _ => return ops::compare(thread, &x, &y, op),
                    }
                }
            }
        };
        if let Some(result) = result {
            return Ok(Value::from_bool(result));
        }
        index += 1;
        if index & 0xfff == 0 {
            support::poll(thread)?;
        }
    }
    Ok(Value::from_bool(op.holds(lens.0.cmp(&lens.1))))
}

fn subscript(thread: &mut Thread, key: &Value) -> Result<Subscript> {
    if cast::<Slice>(key).is_none() && slots_of(key).index.get().is_none() {
        return Err(type_error("array indices must be integers"));
    }
    sequence::subscript(thread, "array", key)
}

fn getitem(thread: &mut Thread, value: &Value, key: &Value) -> Result<Value> {
    let Some(array) = cast::<Array>(value) else { return Ok(Value::none()) };
    if let Some(index) = key.as_int() {
        return match array.raw_at(thread, index) {
            Some(item) => item.to_value(thread),
            None => Err(index_error("array index out of range")),
        };
    }
    match subscript(thread, key)? {
        Subscript::Index(index) => {
            let index = ops::wrap_index(index, array.len(thread));
            let found = match index {
                Some(index) => array.get(thread, index)?,
                None => None,
            };
            found.ok_or_else(|| index_error("array index out of range"))
        }
        Subscript::Span(span) => {
            let kind = array.payload().kind();
            let bytes =
                array.with_bytes(thread, |bytes| picked(bytes, kind, span.select(bytes.len() / kind.size())));
            make_like(thread, kind, bytes?)
        }
    }
}

/// The bytes of the selected items.
fn picked(bytes: &[u8], kind: Kind, selection: Selection) -> Result<Vec<u8>> {
    let size = kind.size();
    let mut picked = support::vector(selection.count * size)?;
    if selection.step == 1 {
        picked.extend_from_slice(&bytes[selection.start * size..(selection.start + selection.count) * size]);
    } else {
        selection.indices().for_each(|i| picked.extend_from_slice(&bytes[i * size..(i + 1) * size]));
    }
    Ok(picked)
}

fn setitem(thread: &mut Thread, value: &Value, key: &Value, new: Option<&Value>) -> Result<()> {
    let Some(array) = cast::<Array>(value) else { return Ok(()) };
    let kind = array.payload().kind();
    let size = kind.size();
    let out_of_range = || index_error("array assignment index out of range");
    if let (Some(index), Some(new), Kind::F64) = (key.as_int(), new, kind)
        && let Some(double) = new.word().as_float()
    {
        let done = array.write_at(thread, index, &double.to_ne_bytes());
        return if done { Ok(()) } else { Err(out_of_range()) };
    }
    match (subscript(thread, key)?, new) {
        (Subscript::Index(index), Some(new)) => {
            if ops::wrap_index(index, array.len(thread)).is_none() {
                return Err(out_of_range());
            }
            let item = kind.encode(thread, new)?;
            // Converting may have run Python that shortened the array.
            let index = ops::wrap_index(index, array.len(thread)).ok_or_else(out_of_range)?;
            array.with_bytes(thread, |bytes| match bytes.get_mut(index * size..(index + 1) * size) {
                Some(place) => {
                    place.copy_from_slice(&item[..size]);
                    Ok(())
                }
                None => Err(out_of_range()),
            })
        }
        (Subscript::Index(index), None) => {
            let index = ops::wrap_index(index, array.len(thread)).ok_or_else(out_of_range)?;
            array.resize(thread, |bytes| {
                if (index + 1) * size > bytes.len() {
                    return Err(out_of_range());
                }
                bytes.drain(index * size..(index + 1) * size);
                Ok(())
            })
        }
        (Subscript::Span(span), new) => {
            let new = match new {
                Some(new) => Some(bytes_for_span(thread, kind, new)?),
                None => None,
            };
            assign(thread, array, span, new)
        }
    }
}

fn bytes_for_span(thread: &mut Thread, kind: Kind, new: &Value) -> Result<Vec<u8>> {
    let Some(other) = cast::<Array>(new) else {
        return Err(type_error(format!(
            "can only assign array (not \"{}\") to array slice",
            support::class_name(new)
        )));
    };
    if other.payload().kind() != kind {
        return Err(bad_argument());
    }
    other.bytes(thread)
}

#[cold]
fn bad_argument() -> Raised {
    type_error("bad argument type for built-in operation")
}

/// Replaces the items of a slice, or removes them.
fn assign(
    thread: &mut Thread,
    array: &Object<Array>,
    span: sequence::Span,
    new: Option<Vec<u8>>,
) -> Result<()> {
    let size = array.payload().kind().size();
    let selection = span.select(array.len(thread));
    let given = new.as_ref().map_or(0, |new| new.len() / size);
    if new.is_some() && given == selection.count {
        // The number of items stays, so that bytes that are lent may be changed too.
        let new = new.unwrap_or_default();
        array.with_bytes(thread, |bytes| {
            for (i, item) in selection.indices().zip(new.chunks_exact(size)) {
                if let Some(place) = bytes.get_mut(i * size..(i + 1) * size) {
                    place.copy_from_slice(item);
                }
            }
        });
        return Ok(());
    }
    if selection.step != 1 && new.is_some() {
        return Err(value_error(format!(
            "attempt to assign array of size {given} to extended slice of size {}",
            selection.count
        )));
    }
    if new.is_none() && selection.count == 0 {
        return Ok(());
    }
    array.resize(thread, |bytes| {
        let selection = span.select(bytes.len() / size);
        if selection.step == 1 {
            let new = new.unwrap_or_default();
            bytes.try_reserve(new.len()).map_err(|_| memory_error())?;
            bytes.splice(selection.start * size..(selection.start + selection.count) * size, new);
            return Ok(());
        }
        let mut gone = selection.ascending().indices().peekable();
        let mut kept = support::vector(bytes.len())?;
        for (i, item) in bytes.chunks_exact(size).enumerate() {
            if gone.peek() == Some(&i) {
                gone.next();
            } else {
                kept.extend_from_slice(item);
            }
        }
        *bytes = kept;
        Ok(())
    })
}

fn contains(thread: &mut Thread, value: &Value, item: &Value) -> Result<bool> {
    match cast::<Array>(value) {
        Some(array) => Ok(methods::find(thread, array, item, 0, usize::MAX)?.is_some()),
        None => Ok(false),
    }
}

fn concat(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let Some(right) = cast::<Array>(b) else {
        return Err(type_error(format!(
            "can only append array (not \"{}\") to array",
            support::class_name(b)
        )));
    };
    let Some(left) = cast::<Array>(a) else { return Ok(Value::not_implemented()) };
    let kind = left.payload().kind();
    if right.payload().kind() != kind {
        return Err(bad_argument());
    }
    let mut bytes = left.bytes(thread)?;
    let more = right.bytes(thread)?;
    bytes.try_reserve_exact(more.len()).map_err(|_| memory_error())?;
    bytes.extend_from_slice(&more);
    make_like(thread, kind, bytes)
}

fn repeated(bytes: &[u8], times: isize) -> Result<Vec<u8>> {
    let times = usize::try_from(times).unwrap_or(0);
    let total = bytes.len().checked_mul(times).ok_or_else(memory_error)?;
    let mut all: Vec<u8> = Vec::new();
    all.try_reserve_exact(total).map_err(|_| memory_error())?;
    for _ in 0..times {
        all.extend_from_slice(bytes);
    }
    Ok(all)
}

fn repeat(thread: &mut Thread, value: &Value, times: isize) -> Result<Value> {
    let Some(array) = cast::<Array>(value) else { return Ok(Value::not_implemented()) };
    let bytes = array.bytes(thread)?;
    make_like(thread, array.payload().kind(), repeated(&bytes, times)?)
}

fn inplace_concat(thread: &mut Thread, value: &Value, other: &Value) -> Result<Value> {
    let Some(array) = cast::<Array>(value) else { return Ok(Value::not_implemented()) };
    if cast::<Array>(other).is_none() {
        return Err(type_error(format!(
            "can only extend array with array (not \"{}\")",
            support::class_name(other)
        )));
    }
    methods::extend(thread, array, other)?;
    Ok(value.clone())
}

fn inplace_repeat(thread: &mut Thread, value: &Value, times: isize) -> Result<Value> {
    let Some(array) = cast::<Array>(value) else { return Ok(Value::not_implemented()) };
    if times != 1 && array.len(thread) > 0 {
        array.resize(thread, |bytes| {
            *bytes = repeated(bytes, times)?;
            Ok(())
        })?;
    }
    Ok(value.clone())
}
