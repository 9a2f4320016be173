//! Calling things.

use std::mem::MaybeUninit;

use memory::{StackRef, Value};
use threads::Thread;

use crate::class::{ClassFlags, TypeExt, class_of, slots_of};
use crate::error::{Raised, Result, type_error};
use crate::native::Args;

/// `callable(*args, **kwargs)`.
///
/// # Errors
/// What the call raises; TypeError for what cannot be called; RecursionError.
#[inline]
pub fn call(thread: &mut Thread, callable: &Value, args: Args<'_>) -> Result<Value> {
    match slots_of(callable).call.get() {
        Some(call) => {
            crate::state::check_stack(thread, "")?;
            call(thread, callable, args)
        }
        None => Err(not_callable(callable)),
    }
}

/// Runs `f` with `receiver` and `args` side by side, as calls take them, uncounted: the caller keeps them alive.
#[inline]
pub fn with_receiver<R>(receiver: &Value, args: &[&Value], f: impl FnOnce(&[Value]) -> R) -> R {
    with_few::<4, R>(receiver, args.iter().copied(), f)
}

/// As [`with_receiver`], for arguments that stand side by side already.
#[inline]
pub fn with_first<R>(first: &Value, rest: &[Value], f: impl FnOnce(&[Value]) -> R) -> R {
    with_few::<8, R>(first, rest.iter(), f)
}

#[inline(always)]
fn with_few<'a, const FEW: usize, R>(
    first: &'a Value,
    rest: impl ExactSizeIterator<Item = &'a Value>,
    f: impl FnOnce(&[Value]) -> R,
) -> R {
    let count = rest.len() + 1;
    if count > FEW {
        let all: Vec<Value> = std::iter::once(first).chain(rest).cloned().collect();
        return f(&all);
    }
    let mut few = [const { MaybeUninit::<Value>::uninit() }; FEW];
    let mut written = 0;
    for (place, value) in few.iter_mut().zip(std::iter::once(first).chain(rest)) {
        // SAFETY: the copy is never dropped, and the caller keeps the original for as long as it is used.
        place.write(unsafe { std::ptr::read(value) });
        written += 1;
    }
    let written: *const [MaybeUninit<Value>] = &few[..written];
    // SAFETY: each of them has just been written.
    f(unsafe { &*(written as *const [Value]) })
}

/// `callable(args...)`.
///
/// # Errors
/// As [`call`].
#[inline]
pub fn call_positional(thread: &mut Thread, callable: &Value, args: &[Value]) -> Result<Value> {
    call(thread, callable, Args::positional(args))
}

/// `callable(arg)`.
///
/// # Errors
/// As [`call`].
#[inline]
pub fn call_one(thread: &mut Thread, callable: &Value, arg: &Value) -> Result<Value> {
    call(thread, callable, Args::positional(std::slice::from_ref(arg)))
}

/// `value.name(args...)`.
///
/// # Errors
/// AttributeError, or as [`call`].
pub fn call_method(thread: &mut Thread, value: &Value, name: &Value, args: &[Value]) -> Result<Value> {
    let function = python_method(thread, value, name);
    if !function.is_empty() {
        return crate::interp::calls::call_held_with_receiver(thread, function, value, args.iter());
    }
    if let Some(method) = method_without_binding(thread, value, name) {
        if let [arg] = args {
            return with_receiver(value, &[arg], |all| call(thread, &method, Args::positional(all)));
        }
        if args.is_empty() {
            return call(thread, &method, Args::positional(std::slice::from_ref(value)));
        }
        let mut all = Vec::with_capacity(args.len() + 1);
        all.push(value.clone());
        all.extend_from_slice(args);
        return call(thread, &method, Args::positional(&all));
    }
    let method = crate::class::lookup::getattr(thread, value, name)?;
    call(thread, &method, Args::positional(args))
}

/// The Python function behind `value.name`, for the stack, which need not count it, where no instance attribute stands before it; EMPTY if
/// it is anything else.
fn python_method(thread: &Thread, value: &Value, name: &Value) -> StackRef {
    if !is_looked_up_plainly(value) {
        return StackRef::EMPTY;
    }
    let function = crate::interp::held::special_function(thread, class_of(value), name);
    if !function.is_empty() && crate::class::instance::own_attribute(thread, value, name).is_some() {
        function.release();
        return StackRef::EMPTY;
    }
    function
}

/// Whether attributes of the value are looked up as `object` does it.
#[inline]
fn is_looked_up_plainly(value: &Value) -> bool {
    let generic = crate::class::instance::generic_getattr as *const () as usize;
    class_of(value).payload().slots.getattr.get().map(|f| f as usize) == Some(generic)
}

/// The function behind `value.name` that is to be called with `value` first, where no instance attribute stands before it:
/// saves making a bound method.
pub fn method_without_binding(thread: &mut Thread, value: &Value, name: &Value) -> Option<Value> {
    if !is_looked_up_plainly(value) {
        return None;
    }
    let found = class_of(value).lookup(thread, name)?;
    if !takes_receiver(&found) || crate::class::instance::own_attribute(thread, value, name).is_some() {
        return None;
    }
    Some(found)
}

/// Whether calling `function` with the instance first is the same as calling what it is bound to the instance.
#[inline]
pub fn takes_receiver(function: &Value) -> bool {
    class_of(function).payload().flags().contains(ClassFlags::METHOD_DESCRIPTOR)
}

/// Whether it can be called.
pub fn is_callable(value: &Value) -> bool {
    slots_of(value).call.get().is_some()
}

/// "'X' object is not callable".
#[cold]
pub fn not_callable(value: &Value) -> Raised {
    type_error(format!("'{}' object is not callable", class_of(value).name_lossy()))
}
