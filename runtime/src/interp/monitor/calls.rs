//! Instructions that are carried out here when they are watched, for their end is told of too: calls of what is no Python
//! function, and loops.

use memory::{EvalStack, StackRef, Value};
use threads::Thread;
use threads::sync::atomic::AtomicU64;

use super::event;
use super::fire::{Next, Site, first_argument, tell};
use crate::class::slots_of;
use crate::error::{Raised, Result, STOP_ITERATION};
use crate::interp::instr::{self, Unit};
use crate::interp::run::{self, number};
use crate::interp::top::{Top, look, read, with_values, write};
use crate::native::Args;
use crate::object::{cast, cast_exact};
use crate::types::function::{Function, Method};
use crate::types::{Tuple, TupleExt};
use crate::{call as calling, ops};

/// The frame goes on `units` further, with `top`.
fn done(site: Site<'_>, stack: &EvalStack, top: Top, pc: *const AtomicU64, units: usize) -> Next {
    // SAFETY: the running frame is in use.
    let frame = unsafe { &mut *site.frame };
    frame.pc = pc.wrapping_add(units);
    frame.saved_top = top.0;
    stack.set_top(top.0);
    Next::Reload
}

fn offset(site: Site<'_>) -> Value {
    Value::from_int(site.index as i64 * 2).unwrap_or_else(Value::none)
}

/// Tells how a native call has ended.
fn told(
    thread: &mut Thread,
    site: Site<'_>,
    own: u8,
    callable: &Value,
    first: Value,
    result: Result<Value>,
) -> Result<Value> {
    let rest = [offset(site), callable.clone(), first];
    // The call may have changed who listens.
    let own = own & super::code::tools(site.code, site.index, event::CALL);
    match result {
        Ok(value) => tell(thread, site, event::C_RETURN, own, &rest).map(|()| value),
        Err(raised) => match tell(thread, site, event::C_RAISE, own, &rest) {
            Ok(()) => Err(raised),
            Err(other) => Err(chained(thread, other, raised)),
        },
    }
}

/// `other` was raised while `raised` was on its way.
fn chained(thread: &Thread, other: Raised, raised: Raised) -> Raised {
    if crate::types::exception::context(thread, other.value()).is_none() {
        crate::types::exception::set_context(thread, other.value(), Some(raised.into_value()));
    }
    other
}

/// A bound method on the stack becomes its function and receiver.
fn expand_method(stack_place: *mut StackRef) {
    let callable = look(read(stack_place));
    if !read(stack_place.wrapping_add(1)).is_empty() {
        return;
    }
    let Some((function, receiver)) = cast_exact::<Method>(&callable).and_then(crate::types::function::parts)
    else {
        return;
    };
    let method = read(stack_place);
    write(stack_place.wrapping_add(1), StackRef::from_value(receiver));
    write(stack_place, StackRef::from_value(function));
    method.release();
}

/// A watched CALL or CALL_KW, whose names of arguments stand at the top.
///
/// # Errors
/// What a tool or the call raises.
pub(super) fn call(
    thread: &mut Thread,
    site: Site<'_>,
    stack: &EvalStack,
    mut top: Top,
    pc: *const AtomicU64,
    unit: Unit,
    own: u8,
) -> Result<Next> {
    let has_names = instr::original(unit) == number::CallKw;
    let count = unit.oparg() as usize;
    let slots = count + 2 + usize::from(has_names);
    let place = top.place(slots);
    expand_method(place);
    let has_receiver = !read(place.wrapping_add(1)).is_empty();
    let (first, n) = run::arguments(place, count, has_receiver);
    let callable = (*look(read(place))).clone();
    let argument = first_argument(thread, first, n)?;
    tell(thread, site, event::CALL, own, &[offset(site), callable.clone(), argument.clone()])?;
    if cast_exact::<Function>(&callable).is_some() {
        return Ok(Next::Execute);
    }
    let names = top.look(1);
    let names = cast::<Tuple>(&names).filter(|_| has_names).map_or(&[][..], |names| names.items());
    let result = with_values(first, n, |values| calling::call(thread, &callable, Args { values, names }));
    let result = told(thread, site, own, &callable, argument, result)?;
    top.drop_many(slots);
    top.push_value(result);
    Ok(done(site, stack, top, pc, 3))
}

/// A watched CALL_FUNCTION_EX.
///
/// # Errors
/// What a tool or the call raises.
pub(super) fn call_ex(
    thread: &mut Thread,
    site: Site<'_>,
    stack: &EvalStack,
    mut top: Top,
    pc: *const AtomicU64,
    own: u8,
) -> Result<Next> {
    crate::interp::calls::bind_receiver(thread, top)?;
    let callable = (*top.look(4)).clone();
    let given = (*top.look(2)).clone();
    let argument = match cast::<Tuple>(&given).and_then(|given| given.items().first()) {
        Some(first) => first.clone(),
        None => super::missing(thread)?,
    };
    tell(thread, site, event::CALL, own, &[offset(site), callable.clone(), argument.clone()])?;
    if cast_exact::<Function>(&callable).is_some() {
        return Ok(Next::Execute);
    }
    let kwargs = if top.peek(1).is_empty() { None } else { Some(top.look(1)) };
    let result = crate::interp::calls::call_ex(thread, &callable, &given, kwargs.as_deref());
    let result = if cast_exact::<Method>(&callable).is_some() {
        result?
    } else {
        told(thread, site, own, &callable, argument, result)?
    };
    top.drop_many(4);
    top.push_value(result);
    Ok(done(site, stack, top, pc, 0))
}

/// A watched LOAD_SUPER_ATTR: `super` is called as any other class.
///
/// # Errors
/// What a tool, `super` or the attribute raises.
pub(super) fn load_super(
    thread: &mut Thread,
    site: Site<'_>,
    stack: &EvalStack,
    mut top: Top,
    pc: *const AtomicU64,
    oparg: usize,
    own: u8,
) -> Result<Next> {
    let (callable, class, receiver) =
        ((*top.look(3)).clone(), (*top.look(2)).clone(), (*top.look(1)).clone());
    let explicit = oparg & 2 != 0;
    let argument = if explicit { class.clone() } else { super::missing(thread)? };
    tell(thread, site, event::CALL, own, &[offset(site), callable.clone(), argument.clone()])?;
    let given = [class, receiver];
    let result = calling::call_positional(thread, &callable, if explicit { &given } else { &[] });
    let found = told(thread, site, own, &callable, argument, result)?;
    let name = run::name(site.frame, oparg >> 2).clone();
    let attribute = crate::class::lookup::getattr(thread, &found, &name)?;
    top.drop_many(3);
    top.push_value(attribute);
    if oparg & 1 != 0 {
        top.push(StackRef::EMPTY);
    }
    Ok(done(site, stack, top, pc, 1))
}

/// A watched FOR_ITER: that the loop goes on is a branch.
///
/// # Errors
/// What a tool or the iterator raises.
pub(super) fn for_iter(
    thread: &mut Thread,
    site: Site<'_>,
    stack: &EvalStack,
    mut top: Top,
    pc: *const AtomicU64,
    oparg: usize,
    own: u8,
) -> Result<Next> {
    let iterator = (*top.look(1)).clone();
    let item = match slots_of(&iterator).next.get() {
        Some(next) => next(thread, &iterator),
        None => ops::next(thread, &iterator),
    };
    let item = match item {
        Ok(item) => item,
        Err(raised) if raised.is(&STOP_ITERATION) => {
            crate::interp::stop_iteration_seen(thread, &raised)?;
            None
        }
        Err(raised) => return Err(raised),
    };
    let Some(item) = item else {
        if let Some(value) = crate::state::take_stop_value(thread) {
            crate::interp::stop_value_seen(thread, value)?;
        }
        // Past END_FOR; the iterator stays for POP_ITER.
        return Ok(done(site, stack, top, pc, 1 + oparg + 1));
    };
    top.push_value(item);
    let next = done(site, stack, top, pc, 1);
    let target = Value::from_int((site.index as i64 + 2) * 2).unwrap_or_else(Value::none);
    tell(thread, site, event::BRANCH_LEFT, own, &[offset(site), target])?;
    Ok(next)
}
