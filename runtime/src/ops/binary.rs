//! Binary operators: the special methods of both operands in the order that the data model asks for, then what sequences do.

use memory::Value;
use threads::Thread;

use super::index_isize_or;
use crate::class::{BinaryOp, Slots, TypeExt, class_of, slots_of};
use crate::error::{Raised, Result, overflow_error, type_error};
use crate::state::check_stack;
use crate::types;

/// `a OP b`.
///
/// # Errors
/// TypeError for operands that do not go together, or what the methods raise.
pub fn binary(thread: &mut Thread, a: &Value, b: &Value, op: BinaryOp) -> Result<Value> {
    if op == BinaryOp::Power {
        return power(thread, a, b, &Value::none());
    }
    let result = binary_numbers(thread, a, b, op)?;
    if !result.is_not_implemented() {
        return Ok(result);
    }
    binary_of_sequences(thread, a, b, op)
}

/// What is left of [`binary`] once the special method of `a` has not answered, where the class of `b` is that of `a` or native.
///
/// # Errors
/// As [`binary`].
pub(crate) fn binary_after_left(thread: &mut Thread, a: &Value, b: &Value, op: BinaryOp) -> Result<Value> {
    match reflected_of_other(thread, a, b, op)? {
        Some(result) => Ok(result),
        None => binary_of_sequences(thread, a, b, op),
    }
}

/// The answer of the class of `b`, if it is another than that of `a` and has one.
fn reflected_of_other(thread: &mut Thread, a: &Value, b: &Value, op: BinaryOp) -> Result<Option<Value>> {
    if std::ptr::eq(class_of(a), class_of(b)) {
        return Ok(None);
    }
    let Some(reflected) = slots_of(b).binary[op as usize].get() else { return Ok(None) };
    reflected(thread, a, b).map(|result| Some(result).filter(|result| !result.is_not_implemented()))
}

/// What a binary operator does with sequences, whose classes do not answer as numbers do.
fn binary_of_sequences(thread: &mut Thread, a: &Value, b: &Value, op: BinaryOp) -> Result<Value> {
    match op {
        BinaryOp::Add => {
            if let Some(concat) = slots_of(a).concat.get() {
                return concat(thread, a, b);
            }
        }
        BinaryOp::Multiply => {
            if let Some(result) = repeat(thread, a, b)? {
                return Ok(result);
            }
        }
        _ => {}
    }
    Err(unsupported(a, b, op.symbol(), op == BinaryOp::Rshift))
}

fn repeat(thread: &mut Thread, a: &Value, b: &Value) -> Result<Option<Value>> {
    if let Some(repeat) = slots_of(a).repeat.get() {
        return repeat_by(thread, repeat, a, b).map(Some);
    }
    if let Some(repeat) = slots_of(b).repeat.get() {
        return repeat_by(thread, repeat, b, a).map(Some);
    }
    Ok(None)
}

fn repeat_by(
    thread: &mut Thread,
    repeat: crate::class::slots::Repeat,
    sequence: &Value,
    n: &Value,
) -> Result<Value> {
    if slots_of(n).index.get().is_none() {
        return Err(type_error(format!(
            "can't multiply sequence by non-int of type '{}'",
            class_of(n).name_lossy()
        )));
    }
    let n = index_isize_or(thread, n, |value| {
        overflow_error(format!("cannot fit '{}' into an index-sized integer", class_of(value).name_lossy()))
    })?;
    repeat(thread, sequence, n)
}

fn either(
    thread: &mut Thread,
    a: &Value,
    b: &Value,
    slot: impl Fn(&Slots) -> Option<crate::class::slots::Binary>,
) -> Result<Value> {
    check_stack(thread, "")?;
    let (class_a, class_b) = (class_of(a), class_of(b));
    let of_a = slot(&class_a.payload().slots);
    let mut of_b = if std::ptr::eq(class_a, class_b) { None } else { slot(&class_b.payload().slots) };
    if of_a.map(|f| f as usize) == of_b.map(|f| f as usize) {
        of_b = None;
    }
    if let Some(f) = of_a {
        if let Some(g) = of_b
            && class_b.is_subclass_of(class_a)
        {
            let result = g(thread, a, b)?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
            of_b = None;
        }
        let result = f(thread, a, b)?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
    }
    match of_b {
        Some(g) => g(thread, a, b),
        None => Ok(Value::not_implemented()),
    }
}

fn binary_numbers(thread: &mut Thread, a: &Value, b: &Value, op: BinaryOp) -> Result<Value> {
    either(thread, a, b, |slots| slots.binary[op as usize].get())
}

/// `a OP= b`.
///
/// # Errors
/// As [`binary`].
pub fn inplace(thread: &mut Thread, a: &Value, b: &Value, op: BinaryOp) -> Result<Value> {
    if op == BinaryOp::Power {
        if let Some(power) = slots_of(a).inplace_power.get() {
            let result = power(thread, a, b, &Value::none())?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
        return power_named(thread, a, b, &Value::none(), "**=");
    }
    if let Some(inplace) = slots_of(a).inplace[op as usize].get() {
        let result = inplace(thread, a, b)?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
    }
    let result = binary_numbers(thread, a, b, op)?;
    if !result.is_not_implemented() {
        return Ok(result);
    }
    inplace_of_sequences(thread, a, b, op)
}

/// As [`binary_after_left`] for `a OP= b`, of whose `a` the class has no method of its own for that.
///
/// # Errors
/// As [`inplace`].
pub(crate) fn inplace_after_left(thread: &mut Thread, a: &Value, b: &Value, op: BinaryOp) -> Result<Value> {
    match reflected_of_other(thread, a, b, op)? {
        Some(result) => Ok(result),
        None => inplace_of_sequences(thread, a, b, op),
    }
}

/// As [`binary_of_sequences`].
fn inplace_of_sequences(thread: &mut Thread, a: &Value, b: &Value, op: BinaryOp) -> Result<Value> {
    let slots = slots_of(a);
    match op {
        BinaryOp::Add => {
            if let Some(concat) = slots.inplace_concat.get().or_else(|| slots.concat.get()) {
                return concat(thread, a, b);
            }
        }
        BinaryOp::Multiply => {
            if let Some(repeat) = slots.inplace_repeat.get() {
                return repeat_by(thread, repeat, a, b);
            }
            if let Some(result) = repeat(thread, a, b)? {
                return Ok(result);
            }
        }
        _ => {}
    }
    Err(unsupported(a, b, &format!("{}=", op.symbol()), false))
}

#[cold]
fn unsupported(a: &Value, b: &Value, symbol: &str, shift: bool) -> Raised {
    if shift && types::native_function::is_named(a, "print") {
        return type_error(format!(
            "unsupported operand type(s) for >>: '{}' and '{}'. Did you mean \"print(<message>, file=<output_stream>)\"?",
            class_of(a).name_lossy(),
            class_of(b).name_lossy()
        ));
    }
    type_error(format!(
        "unsupported operand type(s) for {symbol}: '{}' and '{}'",
        class_of(a).name_lossy(),
        class_of(b).name_lossy()
    ))
}

/// `pow(a, b, modulus)`, with None for no modulus.
///
/// # Errors
/// As [`binary`].
pub fn power(thread: &mut Thread, a: &Value, b: &Value, modulus: &Value) -> Result<Value> {
    power_named(thread, a, b, modulus, "** or pow()")
}

fn power_named(thread: &mut Thread, a: &Value, b: &Value, modulus: &Value, symbol: &str) -> Result<Value> {
    let (class_a, class_b, class_m) = (class_of(a), class_of(b), class_of(modulus));
    let of_a = class_a.payload().slots.power.get();
    let mut of_b = if std::ptr::eq(class_a, class_b) { None } else { class_b.payload().slots.power.get() };
    if of_a.map(|f| f as usize) == of_b.map(|f| f as usize) {
        of_b = None;
    }
    if let Some(f) = of_a {
        if let Some(g) = of_b
            && class_b.is_subclass_of(class_a)
        {
            let result = g(thread, a, b, modulus)?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
            of_b = None;
        }
        let result = f(thread, a, b, modulus)?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
    }
    if let Some(g) = of_b {
        let result = g(thread, a, b, modulus)?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
    }
    if modulus.is_none() {
        return Err(unsupported(a, b, symbol, false));
    }
    let of_m = class_m.payload().slots.power.get();
    if let Some(h) = of_m
        && of_m.map(|f| f as usize) != of_a.map(|f| f as usize)
        && of_m.map(|f| f as usize) != class_b.payload().slots.power.get().map(|f| f as usize)
    {
        let result = h(thread, a, b, modulus)?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
    }
    Err(type_error(format!(
        "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
        class_a.name_lossy(),
        class_b.name_lossy(),
        class_m.name_lossy()
    )))
}

/// `divmod(a, b)`.
///
/// # Errors
/// As [`binary`].
pub fn divmod(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let result = either(thread, a, b, |slots| slots.divmod.get())?;
    if result.is_not_implemented() { Err(unsupported(a, b, "divmod()", false)) } else { Ok(result) }
}
