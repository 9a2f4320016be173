//! Calling things.

use std::mem::MaybeUninit;

use memory::{Value, View};
use threads::{Context, Thread};

use crate::class::instance::own_attribute;
use crate::class::lookup::lookup_view;
use crate::class::{ClassFlags, TypeExt, class_of, slots_of};
use crate::error::{Raised, Result, type_error};
use crate::interp::calls::call_held_with_receiver;
use crate::interp::held::hold;
use crate::native::Args;
use crate::object::cast_exact;
use crate::types::function::Function;

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
    if let Some(found) = unbound(thread, value, name) {
        if cast_exact::<Function>(&found).is_some() {
            let function = hold(thread, &found);
            return call_held_with_receiver(thread, function, value, args.iter());
        }
        let method = (*found).clone();
        return with_first(value, args, |all| call(thread, &method, Args::positional(all)));
    }
    let method = crate::class::lookup::getattr(thread, value, name)?;
    call(thread, &method, Args::positional(args))
}

/// Whether attributes of the value are looked up as `object` does it.
#[inline]
fn is_looked_up_plainly(value: &Value) -> bool {
    let generic = crate::class::instance::generic_getattr as *const () as usize;
    class_of(value).payload().slots.getattr.get().map(|f| f as usize) == Some(generic)
}

/// The function behind `value.name` that is to be called with `value` first, where no instance attribute stands before it:
/// saves making a bound method.
fn unbound<'a>(thread: &'a Context, value: &Value, name: &Value) -> Option<View<'a>> {
    if !is_looked_up_plainly(value) {
        return None;
    }
    let found = lookup_view(thread, class_of(value), name)?;
    let stands = takes_receiver(&found) && own_attribute(thread, value, name).is_none();
    stands.then_some(found)
}

/// As [`call_method`] finds a method without binding it, counted; None if it must be bound, or there is none.
pub fn method_without_binding(thread: &Thread, value: &Value, name: &Value) -> Option<Value> {
    unbound(thread, value, name).map(|found| (*found).clone())
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
