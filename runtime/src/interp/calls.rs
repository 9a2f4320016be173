//! Calling Python functions: pushing and popping frames; calls from native code and of it.

use memory::{EvalStack, Object, StackRef, Value};
use threads::Thread;
use threads::sync::atomic::{AtomicUsize, Ordering};

use super::binding::{bind, bind_in_place, fill_last};
use super::frame::{Caller, FRAMES, Frame};
use super::instr;
use super::run::{stack_of, state_of};
use super::top::{Top, exact, look, read, write};
use crate::class::{Type, TypeExt, class_of};
use crate::error::{Raised, Result, recursion_error, type_error};
use crate::native::Args;
use crate::object::cast;
use crate::state::ThreadState;
use crate::types::code::flag;
use crate::types::function::{self, Function};
use crate::types::{Dict, DictExt, Instance, Str, Tuple, TupleExt};
use crate::{names, ops};

/// How many frames a thread may have, by what `sys.setrecursionlimit` has said.
static RECURSION_LIMIT: AtomicUsize = AtomicUsize::new(1000);

/// How many it may have indeed: there are places for no more. [`ThreadState::depth`] counts the frames, so who has compared it with this
/// knows that there is a place for the next one.
static FRAME_LIMIT: AtomicUsize = AtomicUsize::new(1000);

/// Sets how many frames a thread may have.
pub fn set_recursion_limit(limit: usize) {
    RECURSION_LIMIT.store(limit, Ordering::Relaxed);
    FRAME_LIMIT.store(limit.min(FRAMES), Ordering::Relaxed);
}

/// How many frames a thread may have (`sys.getrecursionlimit`).
pub fn recursion_limit() -> usize {
    RECURSION_LIMIT.load(Ordering::Relaxed)
}

/// Whether a thread may have one frame more, for which there is a place then, above the running one.
#[inline(always)]
pub(crate) fn may_nest(state: &ThreadState) -> bool {
    state.depth.get() < FRAME_LIMIT.load(Ordering::Relaxed)
}

/// Pushes the frame of a call of `function`, whose `n` arguments stand from `first`, followed by the values of `names`
/// (counted in `n`). On success the arguments belong to the new frame; on failure everything stays as it is.
///
/// # Errors
/// TypeError for arguments that do not fit; RecursionError.
#[allow(clippy::too_many_arguments, reason = "the loop's hot state, passed in registers")]
#[inline]
pub(super) fn push(
    thread: &mut Thread,
    state: &ThreadState,
    stack: &EvalStack,
    function: &Object<Function>,
    ret: *mut StackRef,
    first: *mut StackRef,
    n: usize,
    names: &[Value],
    caller: Caller,
) -> Result<()> {
    let code = function.payload().code();
    let payload = code.payload();
    let needed = payload.nlocalsplus() + payload.stacksize as usize + instr::Plan::SPARE;
    let room = stack.room_from(first);
    let Some(place) = state.frames.next() else { return Err(too_deep()) };
    if !may_nest(state) || room < needed + n {
        return Err(too_deep());
    }
    const VARIADIC: u32 = flag::VARARGS | flag::VARKEYWORDS;
    let plain = names.is_empty()
        && n == payload.argcount as usize
        && payload.kwonlyargcount == 0
        && payload.flags & VARIADIC == 0;
    if !plain && !bind_in_place(thread, function, payload, first, n, names) {
        bind(thread, function, payload, first, n, names)?;
    }
    let parameters = payload.parameter_count();
    let nlocals = payload.nlocalsplus();
    let top = first.wrapping_add(nlocals);
    empty(first.wrapping_add(parameters), top);
    let pc = instr::of(code).first();
    let frame = Frame { pc, locals: first, ret, code, function, saved_top: top, caller, ..Frame::FRESH };
    enter(state, stack, place, frame);
    stack.set_top(top);
    Ok(())
}

/// As [`push`] for a call from `frame` whose arguments are one for each parameter; `None`, and nothing done, for any other.
#[inline(always)]
pub(super) fn push_plain(
    state: &ThreadState,
    stack: &EvalStack,
    frame: *mut Frame,
    function: &Object<Function>,
    ret: *mut StackRef,
    first: *mut StackRef,
    n: usize,
) -> Option<*mut Frame> {
    let code = function.payload().code();
    let instructions = instr::decoded(code)?;
    let plan = &instructions.plan;
    if n != plan.arguments || !has_room(state, stack, frame, plan, first) {
        return None;
    }
    Some(push_fitting(state, stack, frame, (function, instructions), ret, first))
}

/// As [`push_plain`], where each parameter has its argument and there is room.
#[inline(always)]
fn push_fitting(
    state: &ThreadState,
    stack: &EvalStack,
    frame: *mut Frame,
    (function, instructions): (&Object<Function>, &instr::Instructions),
    ret: *mut StackRef,
    first: *mut StackRef,
) -> *mut Frame {
    let bound = first.wrapping_add(instructions.plan.arguments);
    push_bound_until(state, stack, frame, (function, instructions), ret, (first, bound))
}

/// As [`push_fitting`] where the slots from `first` to `bound` have their values, whatever was called with.
#[inline(always)]
fn push_bound_until(
    state: &ThreadState,
    stack: &EvalStack,
    frame: *mut Frame,
    (function, instructions): (&Object<Function>, &instr::Instructions),
    ret: *mut StackRef,
    (first, bound): (*mut StackRef, *mut StackRef),
) -> *mut Frame {
    let top = first.wrapping_add(instructions.plan.locals);
    empty(bound, top);
    let place = frame.wrapping_add(1);
    let (pc, code) = (instructions.first(), function.payload().code());
    let called = Frame { pc, locals: first, ret, code, function, saved_top: top, ..Frame::FRESH };
    enter(state, stack, place, called);
    place
}

/// As [`push_plain`] for a call by native code; false, and nothing done, where it takes more.
#[inline(always)]
fn push_called(
    state: &ThreadState,
    stack: &EvalStack,
    function: &Object<Function>,
    ret: *mut StackRef,
    first: *mut StackRef,
    n: usize,
) -> bool {
    let running = state.frames.current.get();
    if running.is_null() {
        return false;
    }
    let Some(called) = push_plain(state, stack, running, function, ret, first, n) else { return false };
    // SAFETY: the frame that was just pushed.
    let called = unsafe { &mut *called };
    called.caller = Caller::Native;
    called.ends_plainly = false;
    stack.set_top(called.saved_top);
    true
}

/// Whether there is room for one more frame, above `frame`, and for its slots.
#[inline(always)]
fn has_room(
    state: &ThreadState,
    stack: &EvalStack,
    frame: *mut Frame,
    plan: &instr::Plan,
    first: *mut StackRef,
) -> bool {
    debug_assert_eq!(state.frames.current.get(), frame, "the running frame");
    stack.limit().addr() - first.addr() >= plan.room && may_nest(state)
}

/// Whether `n` arguments are fewer than `function` has parameters, or it has others than such as take one argument each.
pub(super) fn lacks_arguments(function: &Object<Function>, n: usize) -> bool {
    instr::decoded(function.payload().code()).is_some_and(|instructions| n < instructions.plan.arguments)
}

/// As [`push_plain`] where the last parameters get their defaults, or the function takes more than one argument for each parameter
/// ([`push_bound`]).
#[inline(never)]
pub(super) fn push_with_defaults(
    thread: &Thread,
    frame: *mut Frame,
    function: &Object<Function>,
    ret: *mut StackRef,
    first: *mut StackRef,
    n: usize,
) -> Option<*mut Frame> {
    let (state, stack) = (state_of(thread), stack_of(thread));
    let instructions = instr::decoded(function.payload().code())?;
    let plan = &instructions.plan;
    if plan.arguments == instr::Plan::ALWAYS_MORE {
        return push_bound(thread, frame, function, ret, first, n, &[]);
    }
    // Asked before the defaults are written: it does not fail afterwards.
    if n >= plan.arguments
        || !has_room(state, stack, frame, plan, first)
        || !fill_last(thread, function, first, n, plan.arguments)
    {
        return None;
    }
    Some(push_fitting(state, stack, frame, (function, instructions), ret, first))
}

/// As [`push_plain`] where the arguments, of which the last have `names`, are to be bound first, and that is no more than
/// [`bind_in_place`] does.
#[inline(never)]
pub(super) fn push_bound(
    thread: &Thread,
    frame: *mut Frame,
    function: &Object<Function>,
    ret: *mut StackRef,
    first: *mut StackRef,
    n: usize,
    names: &[Value],
) -> Option<*mut Frame> {
    let (state, stack) = (state_of(thread), stack_of(thread));
    let code = function.payload().code().payload();
    let instructions = instr::decoded(function.payload().code())?;
    // There may be any number of arguments for `*args`.
    let behind = first.wrapping_add(n);
    if stack.limit().addr().checked_sub(behind.addr())? < instructions.plan.room
        || !may_nest(state)
        || !bind_in_place(thread, function, code, first, n, names)
    {
        return None;
    }
    let bound = first.wrapping_add(code.parameter_count());
    Some(push_bound_until(state, stack, frame, (function, instructions), ret, (first, bound)))
}

/// Makes the slots from `at` to `end` empty. They are few as a rule: a call of `memset` would take longer than the loop does.
#[inline(always)]
fn empty(mut at: *mut StackRef, end: *mut StackRef) {
    while at < end {
        // SAFETY: INV-FRAME-1: slots of a frame that is being made.
        unsafe { at.write_volatile(StackRef::EMPTY) };
        at = at.wrapping_add(1);
    }
}

/// `frame` runs from now on, at `place`, the next one above the running frame.
#[inline(always)]
pub(crate) fn enter(state: &ThreadState, stack: &EvalStack, place: *mut Frame, mut frame: Frame) {
    let ret = frame.ret;
    frame.ends_plainly = frame.is_plain();
    // SAFETY: the place is free: frames above the current one are not in use.
    unsafe { place.write(frame) };
    state.frames.current.set(place);
    state.depth.set(state.depth.get() + 1);
    stack.run_new_frame_at(ret);
}

#[cold]
fn too_deep() -> Raised {
    recursion_error("maximum recursion depth exceeded")
}

/// Ends the running frame: releases its slots and the callable's, and returns where the result goes and who goes on. The top
/// is left there.
#[inline]
pub(crate) fn pop(
    thread: &mut Thread,
    state: &ThreadState,
    stack: &EvalStack,
    frame: *mut Frame,
) -> (*mut StackRef, Caller) {
    // SAFETY: the running frame is in use.
    let this = unsafe { &mut *frame };
    if this.object.is_some() {
        super::frame_object::detach(thread, this);
    }
    let namespace = this.namespace.take();
    let (ret, caller, locals) = (this.ret, this.caller, this.locals);
    // Everything from the callable up, whatever is left on the evaluation stack included.
    let top = stack.top().max(locals);
    leave(state, stack, frame);
    let mut at = top;
    stack.set_top(ret); // what is released is no longer seen by a refresh; releasing reaches no safepoint
    while at > ret {
        at = at.wrapping_sub(1);
        let reference = read(at);
        if reference.object().is_some() {
            reference.release();
        }
    }
    drop(namespace);
    (ret, caller)
}

/// The frame below `frame` runs from now on, or none does.
#[inline(always)]
pub(crate) fn leave(state: &ThreadState, stack: &EvalStack, frame: *mut Frame) {
    let below = state.frames.below(frame);
    if !below.is_null() {
        return leave_to(state, stack, below);
    }
    state.frames.current.set(below);
    state.depth.set(0);
    stack.run_frame_at(stack.bottom());
}

/// The frame `below` runs from now on, and the one above it no more.
#[inline(always)]
pub(crate) fn leave_to(state: &ThreadState, stack: &EvalStack, below: *mut Frame) {
    state.frames.current.set(below);
    debug_assert!(state.depth.get() > 1, "frames are counted, and one stays");
    state.depth.set(state.depth.get().wrapping_sub(1));
    // SAFETY: an active frame.
    stack.run_frame_at(unsafe { (*below).ret });
}

/// Calls a Python function from native code.
///
/// # Errors
/// What the call raises.
pub fn call_function(thread: &mut Thread, callable: &Value, args: Args<'_>) -> Result<Value> {
    call_with_namespace(thread, callable, args, None)
}

/// Calls a function whose body stores its names in `namespace`: class bodies and modules.
///
/// # Errors
/// What the call raises.
pub fn call_with_namespace(
    thread: &mut Thread,
    callable: &Value,
    args: Args<'_>,
    namespace: Option<Value>,
) -> Result<Value> {
    if cast::<Function>(callable).is_none() {
        return Err(crate::call::not_callable(callable));
    }
    call_held(thread, StackRef::borrow_from(callable), args, namespace)
}

/// As [`call_with_namespace`] for a function that the stack holds during the call: `callable` is counted or borrowed, and is
/// taken over.
///
/// # Errors
/// What the call raises.
pub(crate) fn call_held(
    thread: &mut Thread,
    callable: StackRef,
    args: Args<'_>,
    namespace: Option<Value>,
) -> Result<Value> {
    let Some(first) = begin_call(thread, callable, args.values.len()) else {
        return Err(no_room(thread, callable));
    };
    let top = pass(first, args.values.iter());
    push_held(thread, callable, (first, top), args.names)?;
    if namespace.is_some() {
        // SAFETY: the frame that was just pushed.
        let pushed = unsafe { &mut *state_of(thread).frames.current.get() };
        pushed.namespace = namespace;
        pushed.ends_plainly = false;
    }
    super::run::run(thread)
}

/// As [`call_held`] for a receiver and the arguments behind it.
///
/// # Errors
/// What the call raises.
pub(crate) fn call_held_with_receiver<'a>(
    thread: &mut Thread,
    callable: StackRef,
    receiver: &'a Value,
    args: impl ExactSizeIterator<Item = &'a Value>,
) -> Result<Value> {
    let Some(first) = begin_call(thread, callable, args.len() + 1) else {
        return Err(no_room(thread, callable));
    };
    let top = pass(first, std::iter::once(receiver).chain(args));
    push_held(thread, callable, (first, top), &[])?;
    super::run::run(thread)
}

/// Writes what is to be called on top of the stack; the place for its arguments, `n` at most, or `None`, and nothing done, if there is
/// no room for them.
#[inline(always)]
fn begin_call(thread: &Thread, callable: StackRef, n: usize) -> Option<*mut StackRef> {
    let stack = stack_of(thread);
    let ret = stack.top();
    if crate::state::is_stack_short(thread) || stack.room_from(ret) < n + 2 {
        return None;
    }
    write(ret, callable);
    Some(ret.wrapping_add(1))
}

/// Why there is no room for a call.
#[cold]
fn no_room(thread: &Thread, callable: StackRef) -> Raised {
    callable.release();
    match crate::state::check_stack(thread, "") {
        Err(raised) => raised,
        Ok(()) => too_deep(),
    }
}

/// Writes arguments from `first` on, borrowed; returns where the top is then.
#[inline(always)]
fn pass<'a>(first: *mut StackRef, args: impl Iterator<Item = &'a Value>) -> *mut StackRef {
    let mut at = first;
    for value in args {
        // SAFETY: INV-FRAME-1: there is room for them. They are few, as in `empty`.
        unsafe { at.write_volatile(StackRef::borrow_from(value)) };
        at = at.wrapping_add(1);
    }
    at
}

/// Pushes the frame of `callable` for the arguments between `first` and `top`, of which the last have `names`.
#[inline(always)]
fn push_held(
    thread: &mut Thread,
    callable: StackRef,
    (first, top): (*mut StackRef, *mut StackRef),
    names: &[Value],
) -> Result<()> {
    let (state, stack) = (state_of(thread), stack_of(thread));
    let ret = first.wrapping_sub(1);
    let n = (top.addr() - first.addr()) / size_of::<StackRef>();
    stack.set_top(top);
    match exact::<Function>(callable) {
        Some(function) if names.is_empty() && push_called(state, stack, function, ret, first, n) => Ok(()),
        _ => push_held_in_full(thread, callable, first, n, names),
    }
}

#[inline(never)]
fn push_held_in_full(
    thread: &mut Thread,
    callable: StackRef,
    first: *mut StackRef,
    n: usize,
    names: &[Value],
) -> Result<()> {
    let (state, stack) = (state_of(thread), stack_of(thread));
    let ret = first.wrapping_sub(1);
    let pushed = match exact::<Function>(callable) {
        Some(function) => push(thread, state, stack, function, ret, first, n, names, Caller::Native),
        None => Err(crate::call::not_callable(&look(callable))),
    };
    if pushed.is_err() {
        // The references are borrowed, or a refresh has made them counted.
        let mut at = first.wrapping_add(n);
        while at > ret {
            at = at.wrapping_sub(1);
            let reference = read(at);
            stack.set_top(at);
            reference.release();
        }
    }
    pushed
}

/// Makes an instance of the class at `place`, which has a plain `__new__`, and pushes the frame of its `__init__`, a Python
/// function, for the `count` arguments there. False, and nothing done, for another class. On failure the stack is as high as
/// it was.
///
/// # Errors
/// MemoryError, what looking up raises, TypeError for arguments that do not fit.
#[inline(never)]
pub(super) fn push_instance(
    thread: &mut Thread,
    state: &ThreadState,
    stack: &EvalStack,
    frame: *mut Frame,
    class: &Object<Type>,
    place: *mut StackRef,
    count: usize,
) -> Result<bool> {
    let callable = look(read(place));
    let Some((instance, init)) = plain_instance(thread, class, &callable)? else { return Ok(false) };
    let Some(function) = exact::<Function>(init) else {
        init.release();
        return Ok(false);
    };
    // ret: instance | init | self, arguments
    let class_ref = read(place);
    let from = place.wrapping_add(2);
    for i in (0..count).rev() {
        write(from.wrapping_add(i + 1), read(from.wrapping_add(i)));
    }
    let receiver = StackRef::borrow_from(&instance);
    write(place, StackRef::from_value(instance));
    write(place.wrapping_add(1), init);
    write(from, receiver);
    stack.set_top(from.wrapping_add(count + 1));
    class_ref.release();
    // SAFETY: the running frame is in use.
    unsafe { (*frame).saved_top = place.wrapping_add(1) };
    let pushed =
        push(thread, state, stack, function, place.wrapping_add(1), from, count + 1, &[], Caller::Init);
    if let Err(raised) = pushed {
        // The caller knows as many slots as it had: what came on top of them goes.
        let last = from.wrapping_add(count);
        let reference = read(last);
        stack.set_top(last);
        reference.release();
        return Err(raised);
    }
    Ok(true)
}

/// An instance of a class with a plain `__new__`, and the `__init__` that is to be called with it, if that is a Python function.
///
/// # Errors
/// MemoryError, or what looking up raises.
#[inline]
pub(super) fn plain_instance(
    thread: &mut Thread,
    class: &Object<Type>,
    callable: &Value,
) -> Result<Option<(Value, StackRef)>> {
    use crate::class::ClassFlags;
    let payload = class.payload();
    let object = Instance::def_static().object().payload();
    let plain = payload.slots.new.same(&object.slots.new)
        && payload.flags().contains(ClassFlags::HEAP)
        && !payload.flags().contains(ClassFlags::ABSTRACT)
        && crate::types::class_object::makes_instances(callable);
    if !plain {
        return Ok(None);
    }
    let init = super::held::special_function(thread, class, names::__init__());
    if init.is_empty() {
        return Ok(None);
    }
    match crate::types::instance::allocate(thread, class) {
        Ok(instance) => Ok(Some((instance, init))),
        Err(raised) => {
            init.release();
            Err(raised)
        }
    }
}

/// "__init__() should return None".
#[cold]
pub(super) fn init_returned(result: &Value) -> Raised {
    type_error(format!("__init__() should return None, not '{}'", class_of(result).name_lossy()))
}

/// `callable(*args, **kwargs)`.
///
/// # Errors
/// TypeError for what cannot be unpacked, or what the call raises.
pub(super) fn call_ex(
    thread: &mut Thread,
    callable: &Value,
    args: &Value,
    kwargs: Option<&Value>,
) -> Result<Value> {
    let mut values = match cast::<Tuple>(args) {
        // The caller's slot keeps the tuple, which keeps its items.
        Some(args) if kwargs.is_none() => {
            return crate::call::call(thread, callable, Args::positional(args.items()));
        }
        Some(args) => args.items().to_vec(),
        None => {
            if crate::class::slots_of(args).iter.get().is_none()
                && crate::class::slots_of(args).getitem.get().is_none()
            {
                return Err(type_error(format!(
                    "{} argument after * must be an iterable, not {}",
                    super::operations::function_text(thread, callable)?,
                    class_of(args).name_lossy()
                )));
            }
            ops::to_vec(thread, args)?
        }
    };
    let mut keywords = Vec::new();
    if let Some(kwargs) = kwargs {
        let dict = match cast::<Dict>(kwargs) {
            Some(_) => kwargs.clone(),
            None => {
                let dict = Dict::new(thread)?;
                super::operations::dict_merge(thread, &dict, kwargs, callable)?;
                dict
            }
        };
        if let Some(dict) = cast::<Dict>(&dict) {
            for (key, value) in dict.items(thread) {
                if cast::<Str>(&key).is_none() {
                    return Err(type_error("keywords must be strings"));
                }
                keywords.push(key);
                values.push(value);
            }
        }
    }
    crate::call::call(thread, callable, Args { values: &values, names: &keywords })
}

/// Binds what CALL_FUNCTION_EX calls to the receiver that stands behind it, if there is one: who loaded it as a method has left that
/// to be done.
///
/// # Errors
/// What a descriptor raises.
pub(super) fn bind_receiver(thread: &mut Thread, top: Top) -> Result<()> {
    if top.peek(3).is_empty() {
        return Ok(());
    }
    let (callable, receiver) = (top.look(4), top.look(3));
    let bound = crate::class::lookup::bind(thread, (*callable).clone(), &receiver)?;
    let (callable, receiver) = (top.peek(4), top.peek(3));
    top.set(4, StackRef::from_value(bound));
    top.set(3, StackRef::EMPTY);
    callable.release();
    receiver.release();
    Ok(())
}

/// A function of a code object in the running frame's globals.
///
/// # Errors
/// MemoryError.
pub(super) fn make_function(thread: &mut Thread, frame: *mut Frame, code: &Value) -> Result<Value> {
    // SAFETY: the running frame is in use.
    let frame = unsafe { &*frame };
    function::new_within(thread, code, frame.function())
}

/// What `SET_FUNCTION_ATTRIBUTE` does.
pub(super) fn set_function_attribute(thread: &Thread, function: &Value, which: u32, value: Value) {
    use compiler::opcode::function_attribute as attribute;
    let Some(object) = cast::<Function>(function) else { return };
    let payload = object.payload();
    let slot = match which {
        attribute::DEFAULTS => &payload.defaults,
        attribute::KWDEFAULTS => &payload.kwdefaults,
        attribute::ANNOTATIONS => &payload.annotations,
        attribute::CLOSURE => &payload.closure,
        _ => &payload.annotate,
    };
    drop(slot.replace(thread, object.header(), Some(value)));
}
