//! Calls of native functions, and how a CALL comes to its form.
//!
//! `CALL` as it is compiled calls a Python function. Where it meets something else, it takes the form for that ([`call_unlike`]); after
//! [`ATTEMPTS`] changes it stays `CALL`, which then asks each time.

use containers::Lookup;
use memory::word::Word;
use memory::{Object, StackRef, Value};
use threads::Thread;

use super::calls::{CALL, call_any, call_with_defaults, is_class, is_type};
use super::jumps::branch;
use super::operators::TO_BOOL;
use super::{
    HANDLERS, Next, Pc, go_polling, is_quiet, raise, release_down, release_several, replace_and_go, slow,
    sync,
};
use crate::class::slots::Call;
use crate::class::{ClassFlags, Shape, Type};
use crate::error::Result;
use crate::interp::calls;
use crate::interp::frame::Frame;
use crate::interp::instr::{Unit, replace};
use crate::interp::run::{arguments, fetch, number};
use crate::interp::specialized::internal;
use crate::interp::top::{Top, exact, header, look, read, with_values, write};
use crate::native::{Args, Inlined, Kind, NativeDef};
use crate::types::class_object;
use crate::types::function::{Function, Method};
use crate::types::native_function::{MethodDescriptor, NativeFunction};
use crate::types::{Dict, DictExt, List, ListExt, Str, StrExt, Tuple, TupleExt};

/// How often a CALL changes its form before it stays general.
const ATTEMPTS: u16 = 8;

/// The native function that stands there, if it is one that gets its arguments and no more.
#[inline(always)]
fn function(callable: StackRef) -> Option<&'static NativeDef> {
    let def = exact::<NativeFunction>(callable)?.payload().def;
    matches!(def.kind, Kind::Function | Kind::StaticMethod).then_some(def)
}

/// The native method with a receiver of its own that stands there.
#[inline(always)]
fn bound<'a>(callable: StackRef) -> Option<&'a Object<NativeFunction>> {
    exact::<NativeFunction>(callable).filter(|native| native.payload().def.kind == Kind::Method)
}

/// The form of CALL for what stands at `place`.
fn form_for(place: *mut StackRef, oparg: usize) -> u8 {
    let callable = read(place);
    let has_receiver = !read(place.wrapping_add(1)).is_empty();
    if exact::<Function>(callable).is_some() {
        number::Call
    } else if let Some(def) = function(callable) {
        match def.inlined {
            Inlined::Len if oparg == 1 && !has_receiver => internal::CALL_LEN,
            Inlined::IsInstance if oparg == 2 && !has_receiver => internal::CALL_ISINSTANCE,
            _ => internal::CALL_NATIVE,
        }
    } else if let Some(method) = exact::<MethodDescriptor>(callable)
        && has_receiver
    {
        match method.payload().def.inlined {
            Inlined::ListAppend if oparg == 1 => internal::CALL_LIST_APPEND,
            Inlined::DictGet if oparg == 1 || oparg == 2 => internal::CALL_DICT_GET,
            _ => internal::CALL_METHOD,
        }
    } else if !has_receiver && oparg == 1 && is_type(callable) {
        internal::CALL_TYPE
    } else if !has_receiver && is_class(callable) {
        internal::CALL_CLASS
    } else if !has_receiver && bound(callable).is_some() {
        internal::CALL_BOUND
    } else if !has_receiver && exact::<Method>(callable).is_some() {
        internal::CALL_BOUND_FUNCTION
    } else if slot_of(callable).is_some() {
        internal::CALL_BY_SLOT
    } else {
        internal::CALL_ANY
    }
}

/// Something else than the instruction is a form for: it takes the form for this, and runs.
#[inline(never)]
#[native::handler]
pub(super) fn call_unlike(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if !is_quiet(thread) {
        return slow(thread, frame, pc, top, locals, unit);
    }
    let oparg = unit.oparg() as usize;
    let form = form_for(top.place(oparg + 2), oparg);
    if unit.counter() < ATTEMPTS {
        replace(pc.wrapping_add(1), unit, unit.with_opcode(form).with_counter(unit.counter() + 1));
    } else if unit.opcode() != number::Call {
        replace(pc.wrapping_add(1), unit, unit.with_opcode(number::Call));
    }
    HANDLERS[form as usize](thread, frame, pc, top, locals, unit.with_opcode(form))
}

/// A function is called otherwise than with an argument for each parameter: where it lacks the last ones, the instruction takes the
/// form for that.
#[inline(never)]
#[native::handler]
pub(super) fn call_lacking(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let oparg = unit.oparg() as usize;
    let place = top.place(oparg + 2);
    let (_, n) = arguments(place, oparg, !read(place.wrapping_add(1)).is_empty());
    if !exact::<Function>(read(place)).is_some_and(|function| calls::lacks_arguments(function, n)) {
        return call_any(thread, frame, pc, top, locals, unit);
    }
    if unit.counter() < ATTEMPTS {
        let form = unit.with_opcode(internal::CALL_WITH_DEFAULTS).with_counter(unit.counter() + 1);
        replace(pc.wrapping_add(1), unit, form);
    }
    call_with_defaults(thread, frame, pc, top, locals, unit)
}

/// Calls `def` with the `n` values from `first`. What is asked of the thread is answered afterwards.
#[inline(always)]
fn call(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
    (def, first, n): (&'static NativeDef, *mut StackRef, usize),
) -> Next {
    let behind = pc.wrapping_add(CALL);
    sync(thread, frame, behind, top);
    match perform(thread, def, first, n) {
        Ok(result) => {
            top.0 = release_down(thread, top.0, unit.oparg() as usize + 2);
            top.push_value(result);
            go_polling(thread, frame, behind, top, locals)
        }
        Err(raised) => raise(thread, behind, top, raised),
    }
}

/// Apart from the handler, because it takes the address of the values (INV-HOT-2).
#[inline(never)]
fn perform(thread: &mut Thread, def: &'static NativeDef, first: *mut StackRef, n: usize) -> Result<Value> {
    with_values(first, n, |values| (def.call)(thread, def, values, None))
}

/// Calls a native function.
#[native::handler]
pub(super) fn call_native(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let oparg = unit.oparg() as usize;
    let place = top.place(oparg + 2);
    let Some(def) = function(read(place)) else {
        return call_unlike(thread, frame, pc, top, locals, unit);
    };
    let (first, n) = arguments(place, oparg, !read(place.wrapping_add(1)).is_empty());
    call(thread, frame, pc, top, locals, unit, (def, first, n))
}

/// Calls a native method with its receiver, of whose class it is.
#[native::handler]
pub(super) fn call_method(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let oparg = unit.oparg() as usize;
    let place = top.place(oparg + 2);
    let first = place.wrapping_add(1);
    let Some(method) = exact::<MethodDescriptor>(read(place)).filter(|_| !read(first).is_empty()) else {
        return call_unlike(thread, frame, pc, top, locals, unit);
    };
    call(thread, frame, pc, top, locals, unit, (method.payload().def, first, oparg + 1))
}

/// Calls a native method that takes its receiver along.
#[native::handler]
pub(super) fn call_bound(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let oparg = unit.oparg() as usize;
    let place = top.place(oparg + 2);
    let first = place.wrapping_add(1);
    let Some(native) = bound(read(place)).filter(|_| read(first).is_empty()) else {
        return call_unlike(thread, frame, pc, top, locals, unit);
    };
    let receiver = native.payload().receiver.borrow_quickly(thread, native.header());
    if receiver.is_empty() {
        return call_any(thread, frame, pc, top, locals, unit);
    }
    write(first, receiver);
    call(thread, frame, pc, top, locals, unit, (native.payload().def, first, oparg + 1))
}

/// How an instance of a native class is called, unless that may be a call of a Python function: it would run in a driver of its own.
#[inline(always)]
fn slot_of(callable: StackRef) -> Option<Call> {
    let leads_to_python = exact::<Function>(callable).is_some()
        || exact::<Method>(callable).is_some()
        || exact::<Type>(callable).is_some();
    if leads_to_python {
        return None;
    }
    let class = Shape::of(header(callable)?).known_class()?.payload();
    if class.flags().contains(ClassFlags::HEAP) { None } else { class.slots.call.get() }
}

/// Calls an instance of a native class by the slot that its class has for that.
#[native::handler]
pub(super) fn call_by_slot(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let oparg = unit.oparg() as usize;
    let place = top.place(oparg + 2);
    let Some(slot) = slot_of(read(place)) else {
        return call_unlike(thread, frame, pc, top, locals, unit);
    };
    let behind = pc.wrapping_add(CALL);
    sync(thread, frame, behind, top);
    match perform_by_slot(thread, slot, place, oparg) {
        Ok(result) => {
            top.0 = release_down(thread, top.0, oparg + 2);
            top.push_value(result);
            go_polling(thread, frame, behind, top, locals)
        }
        Err(raised) => raise(thread, behind, top, raised),
    }
}

/// Apart from the handler, as [`perform`].
#[inline(never)]
fn perform_by_slot(thread: &mut Thread, slot: Call, place: *mut StackRef, oparg: usize) -> Result<Value> {
    let callable = look(read(place));
    let (first, n) = arguments(place, oparg, !read(place.wrapping_add(1)).is_empty());
    with_values(first, n, |values| slot(thread, &callable, Args::positional(values)))
}

/// How many items the instance of a frequent type has.
#[inline(always)]
fn length(value: StackRef) -> Option<usize> {
    if let Some(list) = exact::<List>(value) {
        Some(list.len())
    } else if let Some(text) = exact::<Str>(value) {
        Some(text.len())
    } else if let Some(tuple) = exact::<Tuple>(value) {
        Some(tuple.len())
    } else {
        exact::<Dict>(value).map(DictExt::len)
    }
}

/// Calls `len`.
#[native::handler]
pub(super) fn call_len(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if !exact::<NativeFunction>(top.peek(3)).is_some_and(|len| len.payload().def.inlined == Inlined::Len)
        || unit.oparg() != 1
        || !top.peek(2).is_empty()
    {
        return call_unlike(thread, frame, pc, top, locals, unit);
    }
    let length = length(top.peek(1)).and_then(|length| Word::from_int(length as i64));
    let Some(length) = length else { return call_native(thread, frame, pc, top, locals, unit) };
    let behind = pc.wrapping_add(CALL);
    replace_and_go::<3>(StackRef::immediate(length), thread, frame, behind, top, locals)
}

/// Whether `value` is an instance of `class`, a plain class or a tuple of such; `None` where it takes more to know.
#[inline(never)]
fn is_plain_instance(thread: &Thread, value: StackRef, class: StackRef) -> Option<bool> {
    if let Some(classes) = exact::<Tuple>(class) {
        return class_object::is_plain_instance_of_one(thread, &look(value), classes.items());
    }
    class_object::is_plain_instance(thread, &look(value), exact::<Type>(class)?)
}

/// Calls `isinstance`.
#[native::handler]
pub(super) fn call_isinstance(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let is_it = |called: &Object<NativeFunction>| called.payload().def.inlined == Inlined::IsInstance;
    if !exact::<NativeFunction>(top.peek(4)).is_some_and(is_it)
        || unit.oparg() != 2
        || !top.peek(3).is_empty()
    {
        return call_unlike(thread, frame, pc, top, locals, unit);
    }
    let Some(answer) = is_plain_instance(thread, top.peek(2), top.peek(1)) else {
        return call_native(thread, frame, pc, top, locals, unit);
    };
    let behind = pc.wrapping_add(CALL);
    if fetch(behind).opcode() == number::ToBool && is_quiet(thread) && release_several::<4>(thread, top) {
        return branch(answer, thread, frame, behind.wrapping_add(TO_BOOL), Top(top.place(4)), locals);
    }
    let answer = StackRef::immediate(Word::from_bool(answer));
    replace_and_go::<4>(answer, thread, frame, behind, top, locals)
}

/// Calls `list.append`.
#[native::handler]
pub(super) fn call_list_append(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let is_it = |called: &Object<MethodDescriptor>| called.payload().def.inlined == Inlined::ListAppend;
    if !exact::<MethodDescriptor>(top.peek(3)).is_some_and(is_it) || unit.oparg() != 1 {
        return call_unlike(thread, frame, pc, top, locals, unit);
    }
    let Some(list) = exact::<List>(top.peek(2)).filter(|list| !list.header().is_shared()) else {
        return call_method(thread, frame, pc, top, locals, unit);
    };
    let item = top.peek(1);
    let counted = if item.is_borrowed() { item.counted_quickly(thread) } else { Some(item) };
    match counted {
        Some(counted) if list.push_privately(counted) => {}
        Some(counted) => {
            // The call takes it as it stands.
            top.set(1, counted);
            return call_method(thread, frame, pc, top, locals, unit);
        }
        None => return call_method(thread, frame, pc, top, locals, unit),
    }
    // The item is the list's now.
    top.set(1, StackRef::EMPTY);
    let behind = pc.wrapping_add(CALL);
    if fetch(behind).opcode() == number::PopTop {
        return replace_and_go::<3>(StackRef::EMPTY, thread, frame, behind.wrapping_add(1), top, locals);
    }
    replace_and_go::<3>(StackRef::immediate(Word::NONE), thread, frame, behind, top, locals)
}

/// What a dict has under a key, borrowed where it may be, if neither the key's hash nor a comparison takes any Python.
#[inline(never)]
fn value_at_sight(thread: &Thread, dict: &Object<Dict>, key: StackRef) -> Lookup<StackRef> {
    dict.borrow_at_sight(thread, &look(key))
}

/// Calls `dict.get`: what is found, or the default, need not be counted on the way.
#[native::handler]
pub(super) fn call_dict_get(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let is_it = |called: &Object<MethodDescriptor>| called.payload().def.inlined == Inlined::DictGet;
    let (with_default, behind) = (unit.oparg() == 2, pc.wrapping_add(CALL));
    let place = top.place(unit.oparg() as usize + 2);
    if !exact::<MethodDescriptor>(read(place)).is_some_and(is_it) || !with_default && unit.oparg() != 1 {
        return call_unlike(thread, frame, pc, top, locals, unit);
    }
    let Some(dict) = exact::<Dict>(read(place.wrapping_add(1))) else {
        return call_method(thread, frame, pc, top, locals, unit);
    };
    let result = match value_at_sight(thread, dict, read(place.wrapping_add(2))) {
        Lookup::Found(value) => value,
        Lookup::Absent if with_default => {
            let default = top.peek(1);
            if default.is_borrowed() {
                // It may come to be the only one.
                let Some(lasting) = default.lasting_quickly(thread) else {
                    return call_method(thread, frame, pc, top, locals, unit);
                };
                lasting
            } else {
                top.set(1, StackRef::EMPTY);
                default
            }
        }
        Lookup::Absent => StackRef::immediate(Word::NONE),
        Lookup::Unsure => return call_method(thread, frame, pc, top, locals, unit),
    };
    if with_default {
        replace_and_go::<4>(result, thread, frame, behind, top, locals)
    } else {
        replace_and_go::<3>(result, thread, frame, behind, top, locals)
    }
}
