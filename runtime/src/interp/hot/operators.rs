//! Operators: arithmetic, comparison, truth, containment, storing by subscripts.

use memory::StackRef;
use memory::word::Word;
use threads::Thread;

use super::jumps::branch;
use super::{
    Handler, Next, Pc, computed, go, go_polling, operator_calls, release_and_go, release_down,
    release_slowly_and_go, sequences,
};
use crate::class::{Comparison, slots_of};
use crate::interp::frame::Frame;
use crate::interp::instr::Unit;
use crate::interp::run::number;
use crate::interp::top::{Top, exact, look};
use crate::types::{Bytes, BytesExt, Dict, DictExt, List, ListExt, Str, StrExt, Tuple, TupleExt};

/// How many units a BINARY_OP takes.
pub(super) const BINARY_OP: usize = 6;
/// How many units a TO_BOOL takes.
pub(super) const TO_BOOL: usize = 4;
/// How many units a COMPARE_OP takes.
pub(super) const COMPARE_OP: usize = 2;
/// How many units a STORE_SUBSCR takes.
const STORE_SUBSCR: usize = 2;

#[native::handler]
pub(super) fn unary_not(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    _: Unit,
) -> Next {
    let negated = top.peek(1).word() == Word::FALSE;
    top.set(1, StackRef::immediate(Word::from_bool(negated)));
    go(thread, frame, pc.wrapping_add(1), top, locals)
}

#[native::handler]
pub(super) fn to_bool(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let word = top.peek(1).word();
    if word != Word::TRUE && word != Word::FALSE {
        return to_bool_of_other(thread, frame, pc, top, locals, unit);
    }
    top.0 = top.place(1);
    branch(word == Word::TRUE, thread, frame, pc.wrapping_add(TO_BOOL), top, locals)
}

/// As [`to_bool`] of what is no bool.
#[inline(never)]
#[native::handler]
fn to_bool_of_other(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let word = top.peek(1).word();
    let truth = match word.as_int() {
        Some(number) => number != 0,
        None if word == Word::NONE => false,
        None => return to_bool_of_container(thread, frame, pc, top, locals, unit),
    };
    top.0 = top.place(1);
    branch(truth, thread, frame, pc.wrapping_add(TO_BOOL), top, locals)
}

/// Whether the object's class has no say in whether it is true.
#[inline(never)]
fn is_always_true(reference: StackRef) -> bool {
    let value = look(reference);
    let slots = slots_of(&value);
    slots.bool.get().is_none() && slots.len.get().is_none()
}

#[inline(never)]
#[native::handler]
fn to_bool_of_container(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let reference = top.peek(1);
    let truth = if let Some(text) = exact::<Str>(reference) {
        text.len() != 0
    } else if let Some(list) = exact::<List>(reference) {
        list.len() != 0
    } else if let Some(dict) = exact::<Dict>(reference) {
        dict.len() != 0
    } else if let Some(tuple) = exact::<Tuple>(reference) {
        tuple.len() != 0
    } else if let Some(bytes) = exact::<Bytes>(reference) {
        !bytes.bytes().is_empty()
    } else if is_always_true(reference) {
        true
    } else {
        return computed::to_bool_in_full(thread, frame, pc, top, locals, unit);
    };
    release_and_branch(truth, thread, frame, pc.wrapping_add(TO_BOOL), top, locals)
}

/// Puts a truth value in the place of the topmost value, which it releases, or jumps at once as [`branch`] does.
#[inline(always)]
pub(super) fn release_and_branch(
    truth: bool,
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
) -> Next {
    let reference = top.peek(1);
    if reference.release_own(thread) {
        return branch(truth, thread, frame, pc, Top(top.place(1)), locals);
    }
    top.set(1, StackRef::immediate(Word::from_bool(truth)));
    release_slowly_and_go(thread, frame, pc, top, locals, reference)
}

/// What an operation makes of two ints or two floats: None of other operands, and of these None where the result is no number of the
/// machine's.
#[inline(always)]
pub(super) fn of_numbers(
    (a, b): (Word, Word),
    ints: impl FnOnce(Word, Word) -> Option<Word>,
    floats: impl FnOnce(f64, f64) -> f64,
) -> Option<Option<Word>> {
    if Word::both_ints(a, b) {
        Some(ints(a, b))
    } else if a.is_float() && b.is_float() {
        Some(Word::from_float(floats(a.float_payload(), b.float_payload())))
    } else {
        None
    }
}

/// `BINARY_OP` of two ints or two floats, by the operation on ints, which may overflow, or the one on floats. What is left goes to the
/// handler `others`.
#[inline(always)]
fn arithmetic(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
    (ints, floats, others): (impl FnOnce(Word, Word) -> Option<Word>, impl FnOnce(f64, f64) -> f64, Handler),
) -> Next {
    let Some(result) = of_numbers((top.peek(2).word(), top.peek(1).word()), ints, floats) else {
        return others(thread, frame, pc, top, locals, unit);
    };
    let Some(word) = result else { return operator_calls::binary(thread, frame, pc, top, locals, unit) };
    top.0 = top.place(1);
    top.set(1, StackRef::immediate(word));
    go(thread, frame, pc.wrapping_add(BINARY_OP), top, locals)
}

#[native::handler]
pub(super) fn add(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    arithmetic(thread, frame, pc, top, locals, unit, (Word::checked_add_ints, |x, y| x + y, sequences::add))
}

#[native::handler]
pub(super) fn subtract(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    arithmetic(thread, frame, pc, top, locals, unit, (Word::checked_sub_ints, |x, y| x - y, binary_op))
}

#[native::handler]
pub(super) fn multiply(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    arithmetic(
        thread,
        frame,
        pc,
        top,
        locals,
        unit,
        (Word::checked_mul_ints, |x, y| x * y, sequences::multiply),
    )
}

/// `BINARY_OP` of numbers.
#[native::handler]
pub(super) fn binary_op(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (a, b) = (top.peek(2).word(), top.peek(1).word());
    let result = if Word::both_ints(a, b) {
        let (x, y) = (a.int_payload(), b.int_payload());
        match unit.oparg() {
            1 | 14 => Word::from_int(x & y),
            7 | 20 => Word::from_int(x | y),
            12 | 25 => Word::from_int(x ^ y),
            2 | 15 if y > 0 => Word::from_int(x.div_euclid(y)),
            6 | 19 if y > 0 => Word::from_int(x.rem_euclid(y)),
            9 | 22 if (0..63).contains(&y) => Word::from_int(x >> y),
            3 | 16 if (0..32).contains(&y) && x.unsigned_abs() < 1 << 28 => Word::from_int(x << y),
            11 | 24 if y != 0 && x.unsigned_abs() < 1 << 53 && y.unsigned_abs() < 1 << 53 => {
                Word::from_float(x as f64 / y as f64)
            }
            _ => None,
        }
    } else if let (Some(x), Some(y)) = (number(a), number(b))
        && (a.is_float() || b.is_float())
    {
        let result = match unit.oparg() {
            0 | 13 => Some(x + y),
            10 | 23 => Some(x - y),
            5 | 18 => Some(x * y),
            11 | 24 if y != 0.0 => Some(x / y),
            8 | 21 if x > 0.0 => power(x, y),
            _ => None,
        };
        result.and_then(Word::from_float)
    } else {
        None
    };
    let Some(word) = result else {
        return operator_calls::binary(thread, frame, pc, top, locals, unit);
    };
    top.0 = top.place(1);
    top.set(1, StackRef::immediate(word));
    go(thread, frame, pc.wrapping_add(BINARY_OP), top, locals)
}

/// `x ** y` of a positive number, unless it overflows.
fn power(x: f64, y: f64) -> Option<f64> {
    let result = x.powf(y);
    result.is_finite().then_some(result)
}

#[native::handler]
pub(super) fn unary_negative(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let word = top.peek(1).word();
    let negative = if word.is_float() {
        Word::from_float(-word.float_payload())
    } else {
        word.as_int().and_then(|number| Word::from_int(-number))
    };
    let Some(negative) = negative else {
        return computed::unary_negative(thread, frame, pc, top, locals, unit);
    };
    top.set(1, StackRef::immediate(negative));
    go(thread, frame, pc.wrapping_add(1), top, locals)
}

/// Whether the comparison `unit` holds. The outcome is a bit of its argument: 0 unordered, 1 less, 2 greater, 3 equal.
#[inline(always)]
pub(super) fn holds<T: PartialOrd>(unit: Unit, x: T, y: T) -> bool {
    let outcome = 2 * u32::from(x >= y) + u32::from(x <= y);
    unit.oparg() >> outcome & 1 != 0
}

#[native::handler]
pub(super) fn compare_op(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (a, b) = (top.peek(2).word(), top.peek(1).word());
    if !Word::both_ints(a, b) {
        return compare_floats(thread, frame, pc, top, locals, unit);
    }
    // Tagged alike, they are ordered as their numbers are.
    let truth = holds(unit, a.bits() as i64, b.bits() as i64);
    top.0 = top.place(2);
    branch(truth, thread, frame, pc.wrapping_add(COMPARE_OP), top, locals)
}

/// A comparison of floats, or of anything.
#[inline(never)]
#[native::handler]
fn compare_floats(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (a, b) = (top.peek(2).word(), top.peek(1).word());
    if !(a.is_float() && b.is_float()) {
        return compare_strs(thread, frame, pc, top, locals, unit);
    }
    let truth = holds(unit, a.float_payload(), b.float_payload());
    top.0 = top.place(2);
    branch(truth, thread, frame, pc.wrapping_add(COMPARE_OP), top, locals)
}

/// `==` and `!=` of strs, or any comparison of anything.
#[inline(never)]
#[native::handler]
fn compare_strs(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let comparison = unit.oparg() >> 5;
    let (Some(a), Some(b)) = (exact::<Str>(top.peek(2)), exact::<Str>(top.peek(1))) else {
        return operator_calls::compare(thread, frame, pc, top, locals, unit);
    };
    if comparison != Comparison::Eq as u32 && comparison != Comparison::Ne as u32 {
        return operator_calls::compare(thread, frame, pc, top, locals, unit);
    }
    let Some(equal) = a.equals_at_sight(b) else {
        return compare_characters(thread, frame, pc, top, locals, unit);
    };
    let truth = equal == (comparison == Comparison::Eq as u32);
    branch_on(thread, frame, pc, top, locals, truth)
}

/// As [`compare_strs`] where the characters decide.
#[inline(never)]
#[native::handler]
fn compare_characters(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (a, b) = (exact::<Str>(top.peek(2)), exact::<Str>(top.peek(1)));
    let equal = matches!((a, b), (Some(a), Some(b)) if a.equals(b));
    let truth = equal == (unit.oparg() >> 5 == Comparison::Eq as u32);
    branch_on(thread, frame, pc, top, locals, truth)
}

/// Goes on behind a comparison of strs, whose operands it releases.
#[inline(always)]
fn branch_on(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    truth: bool,
) -> Next {
    if !top.peek(1).release_own(thread) {
        return branch_slowly(thread, frame, pc, top, locals, Unit(u64::from(truth)));
    }
    let top = Top(top.place(1));
    if !top.peek(1).release_own(thread) {
        // The other one is gone already.
        return branch_slowly(thread, frame, pc, top, locals, Unit(u64::from(truth) | 2));
    }
    branch(truth, thread, frame, pc.wrapping_add(COMPARE_OP), Top(top.place(1)), locals)
}

/// As [`branch_on`], whatever it takes. The lowest bit of `left` is the truth; the next is set where one operand is left.
#[inline(never)]
#[native::handler]
fn branch_slowly(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    left: Unit,
) -> Next {
    top.0 = release_down(thread, top.0, if left.0 & 2 == 0 { 2 } else { 1 });
    branch(left.0 & 1 != 0, thread, frame, pc.wrapping_add(COMPARE_OP), top, locals)
}

#[native::handler]
pub(super) fn is_op(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (a, b) = (top.peek(2), top.peek(1));
    let answer = is_same(a, b) != (unit.oparg() != 0);
    if !b.release_own(thread) {
        return is_op_slowly(thread, frame, pc, top, locals, unit);
    }
    top.0 = top.place(1);
    release_and_branch(answer, thread, frame, pc.wrapping_add(1), top, locals)
}

/// Whether both are the same object.
#[inline(always)]
fn is_same(a: StackRef, b: StackRef) -> bool {
    let (a, b) = (a.word(), b.word());
    // One reference to an object may be borrowed and the other not.
    a == b || a.is_pointer() && a.bits() ^ b.bits() == Word::BORROWED
}

/// As [`is_op`], whatever it takes to release the operands.
#[inline(never)]
#[native::handler]
fn is_op_slowly(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let same = is_same(top.peek(2), top.peek(1));
    top.0 = release_down(thread, top.0, 2);
    top.push(StackRef::immediate(Word::from_bool(same != (unit.oparg() != 0))));
    go_polling(thread, frame, pc.wrapping_add(1), top, locals)
}

/// `container[index] = value` in a list of that length; false, and nothing done, for anything else. The value is counted.
#[inline(never)]
fn set_item(thread: &Thread, container: StackRef, key: StackRef, value: StackRef) -> bool {
    match (key.word().as_int(), exact::<List>(container)) {
        (Some(index), Some(list)) if index >= 0 => list.set(thread, index as usize, (*look(value)).clone()),
        _ => false,
    }
}

/// `list[index] = value` of a private list, of whose item nothing dies; others are apart, for the sake of the registers.
#[native::handler]
pub(super) fn store_subscr(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let container = top.peek(2);
    let (Some(index), Some(list)) = (top.peek(1).word().as_int(), exact::<List>(container)) else {
        return store_in_other(thread, frame, pc, top, locals, unit);
    };
    let index = if index < 0 { index + list.len() as i64 } else { index };
    if !list.set_privately(thread, index as usize, top.peek(3)) {
        return store_in_other(thread, frame, pc, top, locals, unit);
    }
    release_and_go(container, thread, frame, pc.wrapping_add(STORE_SUBSCR), Top(top.place(3)), locals)
}

#[inline(never)]
#[native::handler]
fn store_in_other(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if exact::<Dict>(top.peek(2)).is_some() {
        return computed::store_in_dict(thread, frame, pc, top, locals, unit);
    }
    if !set_item(thread, top.peek(2), top.peek(1), top.peek(3)) {
        return computed::store_subscr_in_full(thread, frame, pc, top, locals, unit);
    }
    top.drop_many(3);
    go_polling(thread, frame, pc.wrapping_add(STORE_SUBSCR), top, locals)
}
