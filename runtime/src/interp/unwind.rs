//! Exceptions in the interpreter: raising, finding handlers in the exception table, leaving frames, handled exceptions.
//!
//! No instruction runs where nothing is raised: protected ranges are in a table beside the code.

use memory::{EvalStack, StackRef, Value};
use threads::Thread;

use threads::sync::atomic::AtomicU64;

use super::frame::{Caller, Frame};
use super::handlers;
use super::instr;
use super::monitor::{self, event};
use super::top::{Top, read, write};
use crate::class::{Type, TypeExt, class_of};
use crate::error::{BASE_EXCEPTION_GROUP, EXCEPTION_GROUP_NAME, Raised, Result, runtime_error, type_error};
use crate::native::Args;
use crate::object::cast;
use crate::state::ThreadState;
use crate::types::code::Trust;
use crate::types::{Tuple, TupleExt, exception, int, traceback};
use crate::{call, names, ops};

/// Set in `Frame::traced` terms: a reraise adds no second traceback entry for the frame it happens in.
pub(super) fn reraised(frame: *mut Frame) {
    super::with_state(|state| state.reraise.set(frame));
}

/// What `raise` does.
pub(super) fn raise(
    thread: &mut Thread,
    _frame: *mut Frame,
    exception: Option<Value>,
    cause: Option<Value>,
) -> Raised {
    match try_raise(thread, exception, cause) {
        Ok(raised) | Err(raised) => raised,
    }
}

fn try_raise(thread: &mut Thread, exception: Option<Value>, cause: Option<Value>) -> Result<Raised> {
    let Some(exception) = exception else {
        return match crate::state::handled_exception(thread) {
            Some(handled) => {
                let frame = ThreadState::of(thread).frames.current.get();
                reraised(frame);
                Ok(Raised::new(handled))
            }
            None => Err(runtime_error("No active exception to reraise")),
        };
    };
    let value = instantiate(thread, exception, "exceptions must derive from BaseException")?;
    if let Some(cause) = cause {
        let cause = if cause.is_none() {
            None
        } else {
            Some(instantiate(thread, cause, "exception causes must derive from BaseException")?)
        };
        exception::set_cause(thread, &value, cause);
    }
    Ok(exception::raise_again(thread, &value))
}

/// An instance: an exception class is called.
fn instantiate(thread: &mut Thread, value: Value, complaint: &str) -> Result<Value> {
    if exception::is_exception(&value) {
        return Ok(value);
    }
    if !exception::is_exception_class(&value) {
        return Err(type_error(complaint));
    }
    if let Some(class) = cast::<Type>(&value)
        && let Some(instance) = exception::instantiate_plainly(thread, class, &[])
    {
        return instance;
    }
    let instance = call::call(thread, &value, Args::none())?;
    if exception::is_exception(&instance) {
        return Ok(instance);
    }
    Err(type_error(format!(
        "calling {} should have returned an instance of BaseException, not {}",
        ops::repr_text(thread, &value)?,
        crate::types::quoted_class(&instance)
    )))
}

fn set_context(thread: &Thread, value: &Value) {
    if let Some(handled) = crate::state::handled_exception(thread) {
        exception::set_context(thread, value, Some(handled));
    }
}

/// What is thrown into a generator that handles an exception is raised beside that one. What the generator's caller handles is
/// no business of it.
pub(super) fn chain(thread: &Thread, state: &ThreadState, raised: &Raised) {
    // SAFETY: the frame that was just pushed.
    if unsafe { &*state.frames.current.get() }.handles
        && let Some(handled) = state.handled.innermost()
    {
        exception::set_context(thread, raised.value(), Some(handled));
    }
}

/// Goes to the handler of a raised exception: in the running frame or, frame by frame, in one below. On success the current
/// frame's `pc` and `saved_top` are where it goes on.
///
/// # Errors
/// The exception, if native code called the frame that does not handle it.
#[cold]
pub(super) fn unwind(
    thread: &mut Thread,
    state: &ThreadState,
    stack: &EvalStack,
    pc: Option<*const AtomicU64>,
    mut raised: Raised,
) -> Result<()> {
    let mut first = true;
    let mut raised_at = pc;
    loop {
        let frame = state.frames.current.get();
        let again = state.reraise.replace(std::ptr::null_mut()) == frame;
        // SAFETY: the running frame is in use.
        let this = unsafe { &mut *frame };
        if first && !again && exception::first_raised(raised.value()) {
            set_context(thread, raised.value());
        }
        first = false;
        if !again && let Err(second) = traceback::add_entry(thread, frame, raised.value()) {
            raised = second;
        }
        if monitor::exceptions_watched() {
            let event = if again { event::RERAISE } else { event::RAISE };
            monitor::fire::exceptional(thread, state, frame, event, &mut raised);
        }
        // A reraise is handled from where it stands, while the frame shows where the exception was raised first.
        let at = match raised_at.take() {
            Some(pc) => (pc.addr() - instr::of(this.code()).first().addr()) / size_of::<AtomicU64>() - 1,
            None => this.instruction(),
        };
        if let Some(&handler) = handlers::find(&instr::of(this.code()).handlers, at) {
            let keep = this.locals.wrapping_add(this.nlocalsplus() + handler.depth);
            let mut top = Top(stack.top());
            while top.0 > keep {
                let reference = top.pop();
                stack.set_top(top.0);
                reference.release();
            }
            if handler.push_instruction {
                // After a reraise, this is where the exception was raised first.
                let shown = this.instruction() as i64;
                top.push(StackRef::immediate(memory::word::Word::from_int_wrapping(shown)));
            }
            let mut handled = raised;
            if monitor::exceptions_watched() {
                // A tool that fails here fails inside the handler.
                let before = handled.value().clone();
                stack.set_top(top.0);
                this.saved_top = top.0;
                this.pc = instr::of(this.code()).first().wrapping_add(handler.target + 1);
                monitor::fire::exceptional(thread, state, frame, event::EXCEPTION_HANDLED, &mut handled);
                if !handled.value().is(&before) {
                    raised = handled;
                    continue;
                }
            }
            top.push_value(handled.into_value());
            stack.set_top(top.0);
            this.saved_top = top.0;
            this.pc = instr::of(this.code()).first().wrapping_add(handler.target);
            return Ok(());
        }
        if monitor::exceptions_watched() {
            monitor::fire::exceptional(thread, state, frame, event::PY_UNWIND, &mut raised);
        }
        if !this.generator.is_null() {
            crate::types::generator_turns::finished(thread, state, frame);
        }
        let (ret, caller) = super::calls::pop(thread, state, stack, frame);
        match caller {
            Caller::Native => return Err(raised),
            Caller::Frame | Caller::Next | Caller::Send => save_top(state, ret),
            Caller::Anext => {
                crate::types::async_generator::failed(thread, read(ret.wrapping_sub(1)), &raised);
                save_top(state, ret);
            }
            Caller::Init => {
                // Below the function stands the instance that was being made.
                let instance = ret.wrapping_sub(1);
                let reference = read(instance);
                write(instance, StackRef::EMPTY);
                stack.set_top(instance);
                reference.release();
                save_top(state, instance);
            }
        }
    }
}

fn save_top(state: &ThreadState, top: *mut StackRef) {
    let frame = state.frames.current.get();
    if !frame.is_null() {
        // SAFETY: the running frame is in use.
        unsafe { (*frame).saved_top = top };
    }
}

/// Where a frame goes on that stands behind the SEND of an `async for` whose iterator has ended, and how much of its evaluation stack
/// stays: the StopAsyncIteration that END_ASYNC_FOR would drop at once need not be raised, if nobody hears of it. `None` if it
/// must be.
pub(super) fn end_of_async_for(frame: *mut Frame) -> Option<(*const AtomicU64, *mut StackRef)> {
    // SAFETY: an active frame.
    let this = unsafe { &*frame };
    let instructions = instr::of(this.code());
    let behind = (this.pc.addr() - instructions.first().addr()) / size_of::<AtomicU64>();
    let handler = handlers::find(&instructions.handlers, behind - 1)?;
    let target = instructions.first().wrapping_add(handler.target);
    if monitor::exceptions_watched()
        || handler.push_instruction
        || handler.depth == 0
        || super::run::fetch(target).opcode() != super::run::number::EndAsyncFor
    {
        return None;
    }
    // The iterator goes with the exception.
    Some((target.wrapping_add(1), this.locals.wrapping_add(this.nlocalsplus() + handler.depth - 1)))
}

/// After a reraise that was told which instruction raised first: that is where the frame stands.
pub(super) fn restore_instruction(frame: *mut Frame, instruction: &Value) {
    if let Some(index) = int::to_i64(instruction).and_then(|index| usize::try_from(index).ok()) {
        // SAFETY: the running frame is in use.
        let frame = unsafe { &mut *frame };
        let instructions = instr::of(frame.code());
        if index < instructions.len() {
            frame.pc = instructions.first().wrapping_add(index + 1);
        }
    }
}

/// What a reraise raises: the exception, which only code that the compiler has not made could mistake.
pub(super) fn reraise(frame: *mut Frame, value: Value) -> Raised {
    if !exception::is_exception(&value) {
        return crate::error::system_error("what is raised again is no exception");
    }
    reraised(frame);
    Raised::new(value)
}

/// The complaint about code that cannot be run.
#[cold]
pub(super) fn refused(frame: *mut Frame) -> Raised {
    // SAFETY: the running frame is in use.
    let code = unsafe { &*frame }.code();
    match &code.payload().trust {
        Trust::Refused(reason) => crate::error::system_error(reason.to_string()),
        _ => crate::error::system_error("unknown opcode"),
    }
}

/// `exception` is being handled by `frame` from here on; returns what was before (None if nothing was). What a generator handles
/// goes with it when it yields, so its frame gets an entry of its own in the thread's list.
pub(super) fn begin_handling(state: &ThreadState, frame: *mut Frame, exception: &Value) -> Value {
    // SAFETY: the running frame is in use.
    let this = unsafe { &mut *frame };
    if !this.generator.is_null() && !this.handles {
        this.handles = true;
        state.handled.enter(None);
    }
    let handled = Some(exception.clone()).filter(exception::is_exception);
    state.handled.replace(handled).unwrap_or_else(Value::none)
}

/// What was handled before is so again.
pub(super) fn end_handling(state: &ThreadState, before: Value) {
    drop(state.handled.replace(Some(before).filter(exception::is_exception)));
}

/// The matched part of a group is what is being handled.
pub(super) fn handle_instead(state: &ThreadState, matched: &Value) {
    drop(state.handled.replace(Some(matched.clone())));
}

/// Whether an `except CLASS` takes the exception.
///
/// # Errors
/// TypeError for what is no exception class.
pub(super) fn matches(_: &mut Thread, exception: &Value, class: &Value) -> Result<bool> {
    let complaint = "catching classes that do not inherit from BaseException is not allowed";
    if let Some(classes) = cast::<Tuple>(class) {
        if classes.items().iter().any(|class| !exception::is_exception_class(class)) {
            return Err(type_error(complaint));
        }
    } else if !exception::is_exception_class(class) {
        return Err(type_error(complaint));
    }
    Ok(matches_any(exception, class))
}

fn matches_any(exception: &Value, class: &Value) -> bool {
    if let Some(classes) = cast::<Tuple>(class) {
        return classes.items().iter().any(|class| matches_any(exception, class));
    }
    cast::<Type>(class).is_some_and(|class| class_of(exception).is_subclass_of(class))
}

/// What `except* CLASS` takes of a group, and what it leaves: `(rest, match)`, None where there is nothing.
///
/// # Errors
/// TypeError for what cannot be caught so, or what `split` raises.
pub(super) fn match_group(thread: &mut Thread, value: &Value, class: &Value) -> Result<(Value, Value)> {
    let is_group_class = |class: &Value| {
        cast::<Type>(class).is_some_and(|class| class.is_subclass_of(BASE_EXCEPTION_GROUP.object()))
    };
    let each: Vec<Value> = match cast::<Tuple>(class) {
        Some(classes) => classes.items().to_vec(),
        None => vec![class.clone()],
    };
    for class in &each {
        if !exception::is_exception_class(class) {
            return Err(type_error("catching classes that do not inherit from BaseException is not allowed"));
        }
        if is_group_class(class) {
            return Err(type_error(
                "catching ExceptionGroup with except* is not allowed. Use except instead.",
            ));
        }
    }
    if value.is_none() {
        return Ok((Value::none(), Value::none()));
    }
    if matches_any(value, class) {
        if class_of(value).is_subclass_of(BASE_EXCEPTION_GROUP.object()) {
            return Ok((Value::none(), value.clone()));
        }
        // A lone exception is wrapped.
        let group = super::builtin_class(thread, EXCEPTION_GROUP_NAME)
            .unwrap_or_else(|| BASE_EXCEPTION_GROUP.value());
        let message = crate::types::Str::new(thread, "")?;
        let members = Tuple::of_array(thread, [value.clone()])?;
        let wrapped = call::call_positional(thread, &group, &[message, members])?;
        let traceback = exception::traceback(thread, value);
        exception::set_traceback(thread, &wrapped, traceback);
        return Ok((Value::none(), wrapped));
    }
    if class_of(value).is_subclass_of(BASE_EXCEPTION_GROUP.object()) {
        let split = crate::interned!(thread, "split")?;
        let pair = call::call_method(thread, value, split, std::slice::from_ref(class))?;
        let Some(pair) = cast::<Tuple>(&pair) else {
            return Err(type_error(format!(
                "{}.split must return a tuple, not {}",
                class_of(value).name_lossy(),
                class_of(&pair).name_lossy()
            )));
        };
        let [matched, rest, ..] = pair.items() else {
            return Err(type_error(format!(
                "{}.split must return a 2-tuple, got tuple of size {}",
                class_of(value).name_lossy(),
                pair.len()
            )));
        };
        return Ok((rest.clone(), matched.clone()));
    }
    Ok((value.clone(), Value::none()))
}

/// Calls `__exit__(type, value, traceback)`.
///
/// # Errors
/// What it raises.
pub(super) fn call_exit(
    thread: &mut Thread,
    exit: &Value,
    receiver: Option<&Value>,
    exception: &Value,
) -> Result<Value> {
    let class = crate::class::as_value(class_of(exception));
    let traceback = exception::traceback(thread, exception).unwrap_or_else(Value::none);
    let exception = exception.clone();
    match receiver {
        Some(receiver) => {
            call::call_positional(thread, exit, &[receiver.clone(), class, exception, traceback])
        }
        None => call::call_positional(thread, exit, &[class, exception, traceback]),
    }
}

/// Puts together what `except*` handlers leave: `(original, [raised and reraised...])`.
///
/// # Errors
/// MemoryError, or what deriving groups raises.
pub(super) fn prepare_reraise_star(thread: &mut Thread, original: &Value, list: &Value) -> Result<Value> {
    let parts: Vec<Value> = ops::to_vec(thread, list)?.into_iter().filter(|part| !part.is_none()).collect();
    if parts.is_empty() {
        return Ok(Value::none());
    }
    if !class_of(original).is_subclass_of(BASE_EXCEPTION_GROUP.object()) {
        return Ok(parts[0].clone());
    }
    let mut raised = Vec::new();
    let mut reraised = Vec::new();
    for part in parts {
        let is_group = class_of(&part).is_subclass_of(BASE_EXCEPTION_GROUP.object());
        let same = |get: fn(&threads::Context, &Value) -> Option<Value>| {
            let (a, b) = (get(thread, &part), get(thread, original));
            match (a, b) {
                (Some(a), Some(b)) => a.is(&b),
                (None, None) => true,
                _ => false,
            }
        };
        let of_original =
            is_group && same(exception::traceback) && same(exception::cause) && same(exception::context);
        if of_original { reraised.push(part) } else { raised.push(part) }
    }
    let projected = project(thread, original, &reraised)?;
    if raised.is_empty() {
        return Ok(projected);
    }
    if !projected.is_none() {
        raised.push(projected);
    } else if raised.len() == 1 {
        return Ok(raised.remove(0));
    }
    let group =
        super::builtin_class(thread, EXCEPTION_GROUP_NAME).unwrap_or_else(|| BASE_EXCEPTION_GROUP.value());
    let base = raised.iter().any(|part| !class_of(part).is_subclass_of(crate::error::EXCEPTION.object()));
    let group = if base { BASE_EXCEPTION_GROUP.value() } else { group };
    let message = crate::types::Str::new(thread, "")?;
    let members = Tuple::new(thread, raised)?;
    call::call_positional(thread, &group, &[message, members])
}

/// The part of `original` that consists of the leaves of `parts`.
fn project(thread: &mut Thread, original: &Value, parts: &[Value]) -> Result<Value> {
    if parts.is_empty() {
        return Ok(Value::none());
    }
    let mut leaves = Vec::new();
    for part in parts {
        collect_leaves(thread, part, &mut leaves, 0)?;
    }
    keep_leaves(thread, original, &leaves, 0)
}

fn members(thread: &Thread, group: &Value) -> Vec<Value> {
    let members = exception::field(thread, group, "exceptions");
    members.as_ref().and_then(cast::<Tuple>).map(|members| members.items().to_vec()).unwrap_or_default()
}

const DEEPEST_GROUP: usize = 200;

fn collect_leaves(thread: &mut Thread, part: &Value, leaves: &mut Vec<Value>, depth: usize) -> Result<()> {
    if depth > DEEPEST_GROUP {
        return Err(crate::error::recursion_error(
            "maximum recursion depth exceeded in exceptiongroup_split_recursive",
        ));
    }
    if !class_of(part).is_subclass_of(BASE_EXCEPTION_GROUP.object()) {
        leaves.push(part.clone());
        return Ok(());
    }
    for member in members(thread, part) {
        collect_leaves(thread, &member, leaves, depth + 1)?;
    }
    Ok(())
}

fn keep_leaves(thread: &mut Thread, group: &Value, leaves: &[Value], depth: usize) -> Result<Value> {
    if depth > DEEPEST_GROUP {
        return Err(crate::error::recursion_error(
            "maximum recursion depth exceeded in exceptiongroup_split_recursive",
        ));
    }
    if !class_of(group).is_subclass_of(BASE_EXCEPTION_GROUP.object()) {
        let kept = leaves.iter().any(|leaf| leaf.is(group));
        return Ok(if kept { group.clone() } else { Value::none() });
    }
    let mut kept = Vec::new();
    for member in members(thread, group) {
        let member = keep_leaves(thread, &member, leaves, depth + 1)?;
        if !member.is_none() {
            kept.push(member);
        }
    }
    if kept.is_empty() {
        return Ok(Value::none());
    }
    let derive = crate::interned!(thread, "derive")?;
    let kept = crate::types::List::new(thread, kept)?;
    let derived = call::call_method(thread, group, derive, &[kept])?;
    let traceback = exception::traceback(thread, group);
    exception::set_traceback(thread, &derived, traceback);
    let context = exception::context(thread, group);
    exception::set_context(thread, &derived, context);
    if let Some(cause) = exception::cause(thread, group) {
        exception::set_cause(thread, &derived, Some(cause));
    }
    if let Some(notes) = crate::class::lookup::getattr_or_none(thread, group, names::__notes__())? {
        let copy = ops::to_vec(thread, &notes)?;
        let copy = crate::types::List::new(thread, copy)?;
        crate::class::lookup::setattr(thread, &derived, names::__notes__(), Some(&copy))?;
    }
    Ok(derived)
}
