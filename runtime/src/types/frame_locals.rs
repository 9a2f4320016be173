//! `FrameLocalsProxy`: the variables of a function's frame as a mapping that writes through (PEP 667).
//!
//! The frame's own variables cannot be removed. Keys that are no variables of the code are kept in a dict beside the frame.

use memory::{Object, Slot, Trace, Value, Visitor};
use threads::Thread;

use super::cell::{self, Cell};
use super::code::{flag, kind};
use super::{Dict, DictExt, List, Str, Tuple};
use crate::class::{BinaryOp, ClassFlags, Comparison, Slots, TypeExt, class_of};
use crate::error::{Raised, Result, key_error, type_error, value_error};
use crate::interp::frame_object::{self, FrameObject};
use crate::native::{Args, Rest};
use crate::object::cast;
use crate::ops;

/// The payload.
pub struct FrameLocals {
    frame: Slot,
}

// SAFETY: the slot once.
unsafe impl Trace for FrameLocals {
    const NAME: &'static str = "FrameLocalsProxy";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.frame);
    }
}

crate::class_def!(
    FrameLocals,
    "FrameLocalsProxy",
    ClassFlags::MAPPING,
    with_slots(slots),
    with_new(construct),
    with_methods(&[methods::METHODS])
);

fn slots(slots: &Slots) {
    slots.repr.set(repr);
    slots.iter.set(|thread, value| {
        let keys = keys_list(thread, value)?;
        ops::iter(thread, &keys)
    });
    slots.len.set(|thread, value| {
        let Some(frame) = frame_of(value) else { return Ok(0) };
        frame_of_value(&frame, |frame| Ok(variables(thread, frame).len()))
    });
    slots.getitem.set(get_item);
    slots.setitem.set(set_item);
    slots.contains.set(|thread, value, key| {
        ops::hash(thread, key)?;
        Ok(lookup(thread, value, key)?.is_some())
    });
    slots.compare.set(compare);
    slots.hash.set(ops::hash_not_implemented);
    slots.binary[BinaryOp::Or as usize].set(or);
    slots.inplace[BinaryOp::Or as usize].set(inplace_or);
}

/// The view of a frame's variables.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &mut Thread, frame: &Object<FrameObject>) -> Result<Value> {
    crate::object::new(thread, FrameLocals { frame: Slot::new(Some(crate::object::to_value(frame))) })
}

fn construct(thread: &mut Thread, _: &Value, args: Args<'_>) -> Result<Value> {
    match args.positionals() {
        [frame] => match cast::<FrameObject>(frame) {
            Some(frame) => new(thread, frame),
            None => Err(type_error(format!("expect frame, not {}", class_of(frame).name_lossy()))),
        },
        other => Err(type_error(format!("FrameLocalsProxy expected 1 argument, got {}", other.len()))),
    }
}

fn frame_of(value: &Value) -> Option<Value> {
    let object = cast::<FrameLocals>(value)?;
    object.payload().frame.get(object.header())
}

fn frame_of_value<R>(frame: &Value, then: impl FnOnce(&Object<FrameObject>) -> Result<R>) -> Result<R> {
    match cast::<FrameObject>(frame) {
        Some(frame) => then(frame),
        None => Err(type_error("a view of no frame")),
    }
}

/// What a slot holds, looked for in its cell if it is a cell's; `None` if the variable is unbound or not to be seen.
fn visible(thread: &mut Thread, frame: &Object<FrameObject>, index: usize) -> Option<Value> {
    let code = frame.payload().code().payload();
    let k = code.localspluskinds.get(index).copied()?;
    if k & kind::FREE != 0 && code.flags & flag::OPTIMIZED == 0 {
        return None;
    }
    let value = frame_object::slot(thread, frame, index)?;
    if k & (kind::CELL | kind::FREE) != 0 && cast::<Cell>(&value).is_some() {
        return cell::get(&value);
    }
    Some(value)
}

fn name_at(frame: &Object<FrameObject>, index: usize) -> Value {
    frame.payload().code().payload().local_name(index).cloned().unwrap_or_else(Value::none)
}

/// Whether a variable of a comprehension is bound now, in a frame that is no function's.
pub(super) fn has_hidden(thread: &mut Thread, frame: &Object<FrameObject>) -> bool {
    let n = frame.payload().code().payload().nlocalsplus();
    (0..n).any(|index| {
        frame.payload().code().payload().localspluskinds[index] & kind::HIDDEN != 0
            && visible(thread, frame, index).is_some()
    })
}

/// Names and values of what is bound: the code's variables in order, then what programs have added.
pub(super) fn variables(thread: &mut Thread, frame: &Object<FrameObject>) -> Vec<(Value, Value)> {
    let n = frame.payload().code().payload().nlocalsplus();
    let mut found = Vec::with_capacity(n);
    for index in 0..n {
        if let Some(value) = visible(thread, frame, index) {
            found.push((name_at(frame, index), value));
        }
    }
    for place in [&frame.payload().namespace, &frame.payload().extra] {
        let more = place.get(frame.header());
        if let Some(more) = more.as_ref().and_then(cast::<Dict>) {
            found.extend(more.items(thread));
        }
    }
    found
}

/// The slot whose variable is called `key`. When it is read, the variable must be bound.
fn index_of(
    thread: &mut Thread,
    frame: &Object<FrameObject>,
    key: &Value,
    reading: bool,
) -> Result<Option<usize>> {
    let hash = ops::hash(thread, key)?;
    let n = frame.payload().code().payload().nlocalsplus();
    for index in 0..n {
        let name = name_at(frame, index);
        let same = name.is(key)
            || (ops::hash(thread, &name)? == hash && ops::compare_bool(thread, &name, key, Comparison::Eq)?);
        if !same {
            continue;
        }
        let k = frame.payload().code().payload().localspluskinds[index];
        if reading {
            if visible(thread, frame, index).is_some() {
                return Ok(Some(index));
            }
        } else if k & kind::HIDDEN == 0 {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

fn extra(frame: &Object<FrameObject>) -> Option<Value> {
    let payload = frame.payload();
    payload.extra.get(frame.header()).or_else(|| payload.namespace.get(frame.header()))
}

fn lookup(thread: &mut Thread, value: &Value, key: &Value) -> Result<Option<Value>> {
    let Some(frame) = frame_of(value) else { return Ok(None) };
    frame_of_value(&frame, |frame| {
        if let Some(index) = index_of(thread, frame, key, true)? {
            return Ok(visible(thread, frame, index));
        }
        ops::hash(thread, key)?;
        let extra = extra(frame);
        match extra.as_ref().and_then(cast::<Dict>) {
            Some(extra) => extra.get(thread, key),
            None => Ok(None),
        }
    })
}

fn get_item(thread: &mut Thread, value: &Value, key: &Value) -> Result<Value> {
    match lookup(thread, value, key)? {
        Some(found) => Ok(found),
        None => {
            let text = ops::repr_text(thread, key)?;
            Err(key_error(format!("local variable '{text}' is not defined")))
        }
    }
}

#[cold]
fn not_removable() -> Raised {
    value_error("cannot remove local variables from FrameLocalsProxy")
}

fn set_item(thread: &mut Thread, value: &Value, key: &Value, new: Option<&Value>) -> Result<()> {
    let Some(frame) = frame_of(value) else { return Ok(()) };
    frame_of_value(&frame, |frame| {
        if let Some(index) = index_of(thread, frame, key, false)? {
            let Some(new) = new else { return Err(not_removable()) };
            let k = frame.payload().code().payload().localspluskinds[index];
            if k & (kind::CELL | kind::FREE) != 0
                && let Some(holder) = frame_object::slot(thread, frame, index)
                && cast::<Cell>(&holder).is_some()
            {
                cell::set(thread, &holder, Some(new.clone()));
            } else {
                frame_object::set_slot(thread, frame, index, Some(new.clone()));
            }
            return Ok(());
        }
        ops::hash(thread, key)?;
        let place = &frame.payload().extra;
        let extra = extra(frame);
        match (extra.as_ref().and_then(cast::<Dict>), new) {
            (Some(extra), Some(new)) => extra.set(thread, key, new.clone()),
            (Some(extra), None) if extra.remove(thread, key)?.is_some() => Ok(()),
            (_, None) => Err(key_error(key)),
            (None, Some(new)) => {
                let made = Dict::new(thread)?;
                if let Some(dict) = cast::<Dict>(&made) {
                    dict.set(thread, key, new.clone())?;
                }
                drop(place.replace(thread, frame.header(), Some(made)));
                Ok(())
            }
        }
    })
}

fn all(thread: &mut Thread, value: &Value) -> Result<Vec<(Value, Value)>> {
    match frame_of(value) {
        Some(frame) => frame_of_value(&frame, |frame| Ok(variables(thread, frame))),
        None => Ok(Vec::new()),
    }
}

fn keys_list(thread: &mut Thread, value: &Value) -> Result<Value> {
    let keys = all(thread, value)?.into_iter().map(|(key, _)| key).collect();
    List::new(thread, keys)
}

fn as_dict(thread: &mut Thread, value: &Value) -> Result<Value> {
    let result = Dict::new(thread)?;
    if let Some(dict) = cast::<Dict>(&result) {
        for (key, item) in all(thread, value)? {
            dict.set(thread, &key, item)?;
        }
    }
    Ok(result)
}

/// Copies from a dict or another view.
fn merge(thread: &mut Thread, value: &Value, other: &Value) -> Result<()> {
    let items = match cast::<Dict>(other) {
        Some(dict) => dict.items(thread),
        None => all(thread, other)?,
    };
    for (key, item) in items {
        set_item(thread, value, &key, Some(&item))?;
    }
    Ok(())
}

fn is_mapping(value: &Value) -> bool {
    cast::<Dict>(value).is_some() || cast::<FrameLocals>(value).is_some()
}

fn or(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    if !is_mapping(a) || !is_mapping(b) {
        return Ok(Value::not_implemented());
    }
    let result = Dict::new(thread)?;
    if let Some(dict) = cast::<Dict>(&result) {
        for side in [a, b] {
            let items = match cast::<Dict>(side) {
                Some(side) => side.items(thread),
                None => all(thread, side)?,
            };
            for (key, item) in items {
                dict.set(thread, &key, item)?;
            }
        }
    }
    Ok(result)
}

fn inplace_or(thread: &mut Thread, value: &Value, other: &Value) -> Result<Value> {
    if !is_mapping(other) {
        return Ok(Value::not_implemented());
    }
    merge(thread, value, other)?;
    Ok(value.clone())
}

fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    if !matches!(op, Comparison::Eq | Comparison::Ne) {
        return Ok(Value::not_implemented());
    }
    if cast::<FrameLocals>(b).is_some() {
        let same = match (frame_of(a), frame_of(b)) {
            (Some(x), Some(y)) => x.is(&y),
            _ => false,
        };
        return Ok(Value::from_bool(same == (op == Comparison::Eq)));
    }
    if cast::<Dict>(b).is_some() {
        let dict = as_dict(thread, a)?;
        return ops::compare(thread, &dict, b, op);
    }
    Ok(Value::not_implemented())
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(frame) = frame_of(value) else { return Str::new(thread, "{}") };
    // Views of one frame count as one: each `f_locals` is a new one.
    crate::types::sequence::guarded_repr(thread, &frame, "{...}", |thread| {
        let dict = as_dict(thread, value)?;
        ops::repr(thread, &dict)
    })
}

#[native::methods(FrameLocals, name = "FrameLocalsProxy")]
mod methods {
    use super::*;

    /// Return a list of the names of the bound variables.
    pub fn keys(th: &mut Thread, this: &Value) -> Result<Value> {
        keys_list(th, this)
    }

    /// Return a list of the values of the bound variables.
    pub fn values(th: &mut Thread, this: &Value) -> Result<Value> {
        let values = all(th, this)?.into_iter().map(|(_, value)| value).collect();
        List::new(th, values)
    }

    /// Return a list of the names and values of the bound variables.
    pub fn items(th: &mut Thread, this: &Value) -> Result<Value> {
        let pairs = all(th, this)?.into_iter().map(|(key, value)| Tuple::of_array(th, [key, value]));
        let pairs = pairs.collect::<Result<Vec<Value>>>()?;
        List::new(th, pairs)
    }

    /// Return a dict of the bound variables.
    pub fn copy(th: &mut Thread, this: &Value) -> Result<Value> {
        as_dict(th, this)
    }

    /// Return the value of a variable if it is bound, else default.
    #[sig("($self, /, *args)", hidden)]
    pub fn get(th: &mut Thread, this: &Value, args: Rest<'_>) -> Result<Value> {
        match arguments(&args) {
            [key] => Ok(lookup(th, this, key)?.unwrap_or_else(Value::none)),
            [key, default] => Ok(lookup(th, this, key)?.unwrap_or_else(|| default.clone())),
            _ => Err(type_error("get expected 1 or 2 arguments")),
        }
    }

    /// Return the value of a variable; bind it to default if it is not bound.
    #[sig("($self, /, *args)", hidden)]
    pub fn setdefault(th: &mut Thread, this: &Value, args: Rest<'_>) -> Result<Value> {
        let (key, default) = match arguments(&args) {
            [key] => (key, Value::none()),
            [key, default] => (key, default.clone()),
            _ => return Err(type_error("setdefault expected 1 or 2 arguments")),
        };
        if let Some(found) = lookup(th, this, key)? {
            return Ok(found);
        }
        set_item(th, this, key, Some(&default))?;
        Ok(default)
    }

    /// Remove a key that is no variable of the code and return its value.
    #[sig("($self, /, *args)", hidden)]
    pub fn pop(th: &mut Thread, this: &Value, args: Rest<'_>) -> Result<Value> {
        let (key, default) = match arguments(&args) {
            [key] => (key, None),
            [key, default] => (key, Some(default)),
            [] => return Err(type_error("pop expected at least 1 argument, got 0")),
            more => {
                return Err(type_error(format!("pop expected at most 2 arguments, got {}", more.len())));
            }
        };
        let Some(frame) = frame_of(this) else { return Ok(Value::none()) };
        frame_of_value(&frame, |frame| {
            if index_of(th, frame, key, false)?.is_some() {
                return Err(not_removable());
            }
            ops::hash(th, key)?;
            let extra = frame.payload().extra.get(frame.header());
            if let Some(extra) = extra.as_ref().and_then(cast::<Dict>)
                && let Some(found) = extra.remove(th, key)?
            {
                return Ok(found);
            }
            default.cloned().ok_or_else(|| key_error(key))
        })
    }

    /// Bind variables from a dict or another view.
    pub fn update(th: &mut Thread, this: &Value, other: &Value) -> Result<()> {
        if !is_mapping(other) {
            return Err(type_error("update() argument must be dict or another FrameLocalsProxy"));
        }
        merge(th, this, other)
    }

    /// Return the names of the bound variables, the last one first.
    pub fn __reversed__(th: &mut Thread, this: &Value) -> Result<Value> {
        let mut keys: Vec<Value> = all(th, this)?.into_iter().map(|(key, _)| key).collect();
        keys.reverse();
        List::new(th, keys)
    }

    /// Return True if the variable is bound.
    #[name("__contains__")]
    pub fn contains(th: &mut Thread, this: &Value, key: &Value) -> Result<bool> {
        Ok(lookup(th, this, key)?.is_some())
    }
}

/// The arguments as they are matched against.
fn arguments<'a>(args: &'a Rest<'_>) -> &'a [Value] {
    args
}
