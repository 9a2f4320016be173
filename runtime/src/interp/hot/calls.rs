//! Calls and returns.

use memory::word::Word;
use memory::{Object, StackRef, Value};
use threads::Thread;

use super::{
    Next, Pc, generators, go, go_polling, is_quiet, jumps, native_calls, raise, release_and_go, release_down,
    slow, sync,
};
use crate::class::{ClassFlags, Shape, Type, class_of};
use crate::error::{Raised, Result};
use crate::interp::frame::{Caller, Frame};
use crate::interp::held::special_function;
use crate::interp::instr::Unit;
use crate::interp::run::{arguments, fetch, load, number, save_pc, save_top, stack_of, state_of};
use crate::interp::top::{Top, exact, header, look, read, with_values, write};
use crate::interp::{binding, calls};
use crate::native::Args;
use crate::object::{cast, cast_exact};
use crate::types::function::{self, Function, Method};
use crate::types::native_function::{self, MethodDescriptor};
use crate::types::{Dict, DictExt, Str, Tuple, TupleExt};
use crate::types::{class_object, exception};

/// How many units a CALL takes.
pub(super) const CALL: usize = 4;

#[native::handler]
pub(super) fn call(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let oparg = unit.oparg() as usize;
    let place = top.place(oparg + 2);
    let Some(function) = exact::<Function>(read(place)) else {
        return native_calls::call_unlike(thread, frame, pc, top, locals, unit);
    };
    // What is asked of the thread is answered by the callee's RESUME.
    let (first, n) = arguments(place, oparg, !read(place.wrapping_add(1)).is_empty());
    save_top(frame, place);
    match calls::push_plain(state_of(thread), stack_of(thread), frame, function, place, first, n) {
        Some(called) => {
            save_pc(frame, pc.wrapping_add(CALL));
            go_into(thread, called)
        }
        None => native_calls::call_lacking(thread, frame, pc, top, locals, unit),
    }
}

/// Calls a Python function whose last parameters get their defaults, or that has `*args`, `**kwargs` or parameters by keyword only.
#[inline(never)]
#[native::handler]
pub(super) fn call_with_defaults(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let oparg = unit.oparg() as usize;
    let place = top.place(oparg + 2);
    let Some(function) = exact::<Function>(read(place)) else {
        return native_calls::call_unlike(thread, frame, pc, top, locals, unit);
    };
    let (first, n) = arguments(place, oparg, !read(place.wrapping_add(1)).is_empty());
    save_top(frame, place);
    match calls::push_with_defaults(thread, frame, function, place, first, n) {
        Some(called) => {
            save_pc(frame, pc.wrapping_add(CALL));
            go_into(thread, called)
        }
        None => call_without_defaults(thread, frame, pc, top, locals, unit),
    }
}

/// So for a function that needs none, or where they are not enough.
#[inline(never)]
#[native::handler]
fn call_without_defaults(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let oparg = unit.oparg() as usize;
    let place = top.place(oparg + 2);
    let (first, n) = arguments(place, oparg, !read(place.wrapping_add(1)).is_empty());
    let Some(function) = exact::<Function>(read(place)) else {
        return call_any(thread, frame, pc, top, locals, unit);
    };
    match calls::push_plain(state_of(thread), stack_of(thread), frame, function, place, first, n) {
        Some(called) => {
            save_pc(frame, pc.wrapping_add(CALL));
            go_into(thread, called)
        }
        None => call_any(thread, frame, pc, top, locals, unit),
    }
}

/// Pushes the frame of `function`, called for what stands from `place`: `n` arguments from `first`, if they stand as it wants them or
/// lack defaults at the end. The running frame goes on `behind`. `None`, and nothing done but that its top is saved, for others.
#[inline(always)]
pub(super) fn enter_plainly(
    thread: &Thread,
    frame: *mut Frame,
    behind: Pc,
    function: &Object<Function>,
    (place, first, n): (*mut StackRef, *mut StackRef, usize),
) -> Option<*mut Frame> {
    save_top(frame, place);
    let called = match calls::push_plain(state_of(thread), stack_of(thread), frame, function, place, first, n)
    {
        Some(called) => called,
        None => calls::push_with_defaults(thread, frame, function, place, first, n)?,
    };
    save_pc(frame, behind);
    Some(called)
}

/// Goes on in a frame that has been pushed.
#[inline(always)]
pub(super) fn go_into(thread: &mut Thread, called: *mut Frame) -> Next {
    let (pc, top, locals) = load(called);
    let first = fetch(pc);
    if first.opcode() == number::Resume && jumps::needs_no_resume(thread, first) {
        return go(thread, called, pc.wrapping_add(1), top, locals);
    }
    go(thread, called, pc, top, locals)
}

/// Calls a method that is bound to its receiver, and whose function is a Python function.
#[native::handler]
pub(super) fn call_bound_function(
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
    let Some(method) = exact::<Method>(read(place)).filter(|_| read(first).is_empty() && is_quiet(thread))
    else {
        return native_calls::call_unlike(thread, frame, pc, top, locals, unit);
    };
    let Some((function, receiver)) = function::parts_for_call(thread, method) else {
        return call_any(thread, frame, pc, top, locals, unit);
    };
    if let Some(function) = exact::<Function>(function) {
        // The method, which stays where it is, holds the function.
        write(first, receiver);
        let called = (place, first, oparg + 1);
        if let Some(called) = enter_plainly(thread, frame, pc.wrapping_add(CALL), function, called) {
            return go_into(thread, called);
        }
        write(first, StackRef::EMPTY);
    }
    super::release(receiver);
    call_any(thread, frame, pc, top, locals, unit)
}

/// Calls anything.
#[native::handler]
pub(super) fn call_any(
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
    let behind = pc.wrapping_add(CALL);
    sync(thread, frame, behind, top);
    let called = perform_other(thread, frame, top, oparg);
    go_behind(thread, frame, behind, top, locals, oparg + 2, called)
}

/// Whether it is `type` itself.
#[inline(always)]
pub(super) fn is_type(callable: StackRef) -> bool {
    callable.object().is_some_and(|object| std::ptr::eq(object.as_ptr().cast(), class_object::type_class()))
}

/// The class, for the stack.
#[inline(never)]
pub(super) fn class_of_value(thread: &Thread, value: StackRef) -> StackRef {
    let class = class_of(&look(value));
    StackRef::borrow_to(class)
        .lasting_quickly(thread)
        .unwrap_or_else(|| StackRef::from_value(crate::class::as_value(class)))
}

/// What has become of a call.
pub(super) enum Called {
    /// It has returned.
    Returned(Value),
    /// The frame of a function has been pushed.
    Entered,
    /// It raised.
    Failed(Raised),
}

impl From<Result<Value>> for Called {
    #[inline(always)]
    fn from(result: Result<Value>) -> Self {
        match result {
            Ok(result) => Self::Returned(result),
            Err(raised) => Self::Failed(raised),
        }
    }
}

/// Goes on where a call leads that takes `operands` slots.
#[inline(always)]
pub(super) fn go_behind(
    thread: &mut Thread,
    frame: *mut Frame,
    behind: Pc,
    mut top: Top,
    locals: *mut StackRef,
    operands: usize,
    called: Called,
) -> Next {
    match called {
        Called::Returned(result) => {
            top.0 = release_down(thread, top.0, operands);
            top.push_value(result);
            go_polling(thread, frame, behind, top, locals)
        }
        Called::Entered => {
            let frame = state_of(thread).frames.current.get();
            let (pc, top, locals) = load(frame);
            go_polling(thread, frame, pc, top, locals)
        }
        // What was to be called may have made room for something.
        Called::Failed(raised) => raise(thread, behind, Top(stack_of(thread).top()), raised),
    }
}

/// Calls what stands `oparg + 2` below the top.
#[inline(never)]
fn perform_other(thread: &mut Thread, frame: *mut Frame, top: Top, oparg: usize) -> Called {
    let place = top.place(oparg + 2);
    let callable = look(read(place));
    let has_receiver = !read(place.wrapping_add(1)).is_empty();
    let (first, n) = arguments(place, oparg, has_receiver);
    if let Some(function) = cast_exact::<Function>(&callable) {
        return enter(thread, frame, top, function, (place, first, n), &[]);
    }
    if !has_receiver {
        if let Some(method) = cast_exact::<Method>(&callable) {
            if let Some((function, receiver)) = function::parts_for_call(thread, method) {
                if let Some(function) = exact::<Function>(function) {
                    // The method, which stays where it is, holds the function.
                    write(place.wrapping_add(1), receiver);
                    let called = (place, place.wrapping_add(1), oparg + 1);
                    return enter(thread, frame, top, function, called, &[]);
                }
                receiver.release();
            }
        } else if let held = python_method(thread, read(place), crate::names::__call__())
            && let Some(function) = exact::<Function>(held)
        {
            // The instance becomes the receiver.
            write(place.wrapping_add(1), read(place));
            write(place, held);
            let called = (place, place.wrapping_add(1), oparg + 1);
            return enter(thread, frame, top, function, called, &[]);
        }
    }
    with_values(first, n, |values| crate::call::call(thread, &callable, Args::positional(values))).into()
}

/// Whether it is an instance of a class that a program defines.
#[inline(always)]
pub(super) fn is_of_program(value: StackRef) -> bool {
    class_of(&look(value)).payload().flags().contains(ClassFlags::HEAP)
}

/// The special method of an instance of a program's class, if it is a Python function, for the stack; EMPTY if not.
fn python_method(thread: &Thread, value: StackRef, name: &Value) -> StackRef {
    if is_of_program(value) {
        special_function(thread, class_of(&look(value)), name)
    } else {
        StackRef::EMPTY
    }
}

/// Pushes the frame of `function`, called for what stands from `place`: `n` arguments from `first`, of which the last have `names`.
#[inline(never)]
pub(super) fn enter(
    thread: &mut Thread,
    frame: *mut Frame,
    top: Top,
    function: &Object<Function>,
    (place, first, n): (*mut StackRef, *mut StackRef, usize),
    names: &[Value],
) -> Called {
    let (state, stack) = (state_of(thread), stack_of(thread));
    save_top(frame, place);
    match calls::push(thread, state, stack, function, place, first, n, names, Caller::Frame) {
        Ok(()) => Called::Entered,
        Err(raised) => {
            stack.set_top(top.0);
            Called::Failed(raised)
        }
    }
}

/// Whether it is a class whose call makes an instance.
#[inline(always)]
pub(super) fn is_class(callable: StackRef) -> bool {
    exact::<Type>(callable).is_some() || is_other_class(callable)
}

/// Out of line, as it asks for the class of what is called.
#[inline(never)]
fn is_other_class(callable: StackRef) -> bool {
    let callable = look(callable);
    cast::<Type>(&callable).is_some() && class_object::makes_instances(&callable)
}

/// `type(value)`: no frame, nothing that could raise.
#[native::handler]
pub(super) fn call_type(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let value = top.peek(1);
    // A borrowed `type` is not released.
    let plain = unit.oparg() == 1
        && is_type(top.peek(3))
        && top.peek(3).is_borrowed()
        && top.peek(2).is_empty()
        && is_quiet(thread);
    if plain
        && let Some(class) = known_class(value)
        && let Some(class) = StackRef::borrow_to(class).lasting_quickly(thread)
    {
        top = Top(top.place(2));
        top.set(1, class);
        return release_and_go(value, thread, frame, pc.wrapping_add(CALL), top, locals);
    }
    call_type_in_full(thread, frame, pc, top, locals, unit)
}

/// The class of a value; `None` for that of a native shape that nobody has asked for its class yet.
#[inline(always)]
fn known_class(value: StackRef) -> Option<&'static Object<Type>> {
    match header(value) {
        Some(object) => Shape::of(object).known_class(),
        None => Some(class_of_immediate(value)),
    }
}

/// Apart from the handler, because it takes the address of the value (INV-HOT-2).
#[inline(never)]
fn class_of_immediate(value: StackRef) -> &'static Object<Type> {
    class_of(&look(value))
}

/// So where counts are to be changed, or something else than `type` is called.
#[inline(never)]
#[native::handler]
fn call_type_in_full(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if unit.oparg() != 1 || !is_type(top.peek(3)) || !top.peek(2).is_empty() {
        return native_calls::call_unlike(thread, frame, pc, top, locals, unit);
    }
    let class = class_of_value(thread, top.peek(1));
    top.0 = release_down(thread, top.0, 3);
    top.push(class);
    go_polling(thread, frame, pc.wrapping_add(CALL), top, locals)
}

/// Calls a class.
#[native::handler]
pub(super) fn call_class(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let oparg = unit.oparg() as usize;
    if !is_quiet(thread) {
        return slow(thread, frame, pc, top, locals, unit);
    }
    if !top.peek(oparg + 1).is_empty() || !is_class(top.peek(oparg + 2)) {
        return native_calls::call_unlike(thread, frame, pc, top, locals, unit);
    }
    let behind = pc.wrapping_add(CALL);
    sync(thread, frame, behind, top);
    let called = instantiate(thread, frame, top.place(oparg + 2), oparg);
    go_behind(thread, frame, behind, top, locals, oparg + 2, called)
}

/// Calls the class at `place` with the arguments that stand behind it.
#[inline(never)]
fn instantiate(thread: &mut Thread, frame: *mut Frame, place: *mut StackRef, n: usize) -> Called {
    let callable = look(read(place));
    let first = place.wrapping_add(2);
    if let Some(class) = cast::<Type>(&callable) {
        let flags = class.payload().flags();
        if flags.contains(ClassFlags::EXCEPTION) {
            let plainly = |values: &[Value]| exception::instantiate_plainly(thread, class, values);
            match with_values(first, n, plainly) {
                Some(Ok(instance)) => return Called::Returned(instance),
                Some(Err(raised)) => return Called::Failed(raised),
                None => {}
            }
        }
        if flags.contains(ClassFlags::HEAP) {
            let (state, stack) = (state_of(thread), stack_of(thread));
            match calls::push_instance(thread, state, stack, frame, class, place, n) {
                Ok(true) => return Called::Entered,
                Ok(false) => {}
                Err(raised) => return Called::Failed(raised),
            }
        }
    }
    with_values(first, n, |values| class_object::call_plainly(thread, &callable, values)).into()
}

/// `callable(*args, **kwargs)`
#[native::handler]
pub(super) fn call_function_ex(
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
    let behind = pc.wrapping_add(1);
    sync(thread, frame, behind, top);
    let called = call_with_everything(thread, frame, top);
    go_behind(thread, frame, behind, top, locals, 4, called)
}

#[inline(never)]
fn call_with_everything(thread: &mut Thread, frame: *mut Frame, top: Top) -> Called {
    let callable = top.peek(4);
    if let Some(function) = exact::<Function>(callable) {
        if let Some(called) = enter_with_arguments(thread, frame, top, function) {
            return called;
        }
    } else if let Some(method) = exact::<Method>(callable).filter(|_| top.peek(3).is_empty())
        && let Some((function, receiver)) = function::parts_for_call(thread, method)
    {
        if let Some(function) = exact::<Function>(function) {
            // The method, which stays where it is, holds the function.
            top.set(3, receiver);
            if let Some(called) = enter_with_arguments(thread, frame, top, function) {
                return called;
            }
            top.set(3, StackRef::EMPTY);
        }
        receiver.release();
    } else if top.peek(1).is_empty()
        && let Some(args) = exact::<Tuple>(top.peek(2))
    {
        if let Some(method) = exact::<MethodDescriptor>(callable)
            && !top.peek(3).is_empty()
        {
            let (def, args) = (method.payload().def, Args::positional(args.items()));
            return native_function::call_with_receiver(thread, def, &top.look(3), args).into();
        }
        if exact::<Type>(callable).is_some()
            && top.peek(3).is_empty()
            && let Some(called) = instantiate_with_tuple(thread, frame, top)
        {
            return called;
        }
    }
    if let Err(raised) = calls::bind_receiver(thread, top) {
        return Called::Failed(raised);
    }
    let (callable, args) = (top.look(4), top.look(2));
    let kwargs = if top.peek(1).is_empty() { None } else { Some(top.look(1)) };
    calls::call_ex(thread, &callable, &args, kwargs.as_deref()).into()
}

/// Goes on in a function whose arguments are the items of a tuple and of a dict, which they come to stand in the place of, behind a
/// receiver. `None`, and nothing done, if the arguments are in anything else, or there is no room.
fn enter_with_arguments(
    thread: &mut Thread,
    frame: *mut Frame,
    top: Top,
    function: &Object<Function>,
) -> Option<Called> {
    let (place, first) = (top.place(4), top.place(2));
    let (tuple, dict) = (top.peek(2), top.peek(1));
    let items = exact::<Tuple>(tuple)?.items();
    if !dict.is_empty() && binding::takes_dict_over(thread, function, dict) {
        return enter_with_dict(thread, frame, top, function);
    }
    let named = match dict.is_empty() {
        true => Vec::new(),
        false => {
            let dict = exact::<Dict>(dict)?;
            if dict.len() == 0 { Vec::new() } else { dict.items(thread) }
        }
    };
    let n = items.len() + named.len();
    if stack_of(thread).room_from(first) <= n
        || !named.iter().all(|(name, _)| cast_exact::<Str>(name).is_some())
    {
        return None;
    }
    let mut names = Vec::with_capacity(named.len());
    for (i, item) in items.iter().enumerate() {
        write(first.wrapping_add(i), StackRef::from_value(item.clone()));
    }
    for ((name, value), at) in named.into_iter().zip(items.len()..) {
        names.push(name);
        write(first.wrapping_add(at), StackRef::from_value(value));
    }
    let top = Top(first.wrapping_add(n));
    stack_of(thread).set_top(top.0);
    tuple.release();
    dict.release();
    let called = match read(place.wrapping_add(1)).is_empty() {
        true => (place, first, n),
        false => (place, first.wrapping_sub(1), n + 1),
    };
    Some(enter(thread, frame, top, function, called, &names))
}

/// As [`enter_with_arguments`] where the dict becomes the function's `**kwargs` as it is.
fn enter_with_dict(
    thread: &mut Thread,
    frame: *mut Frame,
    top: Top,
    function: &Object<Function>,
) -> Option<Called> {
    let (place, first) = (top.place(4), top.place(2));
    let (tuple, dict) = (top.peek(2), top.peek(1));
    let items = exact::<Tuple>(tuple)?.items();
    let n = items.len();
    if stack_of(thread).room_from(first) <= n {
        return None;
    }
    for (i, item) in items.iter().enumerate() {
        write(first.wrapping_add(i), StackRef::from_value(item.clone()));
    }
    let top = Top(first.wrapping_add(n));
    stack_of(thread).set_top(top.0);
    tuple.release();
    let called = match read(place.wrapping_add(1)).is_empty() {
        true => (place, first, n),
        false => (place, first.wrapping_sub(1), n + 1),
    };
    let called = enter(thread, frame, top, function, called, &[]);
    if matches!(called, Called::Entered) {
        binding::give_dict(state_of(thread).frames.current.get(), dict);
    } else {
        dict.release();
    }
    Some(called)
}

/// Calls a class for the items of a tuple, which come to stand in its place. `None`, and nothing done, if there is no room.
fn instantiate_with_tuple(thread: &mut Thread, frame: *mut Frame, top: Top) -> Option<Called> {
    let (place, first, tuple) = (top.place(4), top.place(2), top.peek(2));
    let items = exact::<Tuple>(tuple)?.items();
    let n = items.len();
    if stack_of(thread).room_from(first) <= n + 1 {
        return None;
    }
    for (i, item) in items.iter().enumerate() {
        write(first.wrapping_add(i), StackRef::from_value(item.clone()));
    }
    let above = first.wrapping_add(n);
    stack_of(thread).set_top(above);
    tuple.release();
    let called = instantiate(thread, frame, place, n);
    if matches!(called, Called::Returned(_)) {
        // The stack is as high as the instruction left it.
        release_down(thread, above, n);
        write(first, StackRef::EMPTY);
        write(first.wrapping_add(1), StackRef::EMPTY);
        stack_of(thread).set_top(top.0);
    }
    Some(called)
}

/// A call with keywords.
#[native::handler]
pub(super) fn call_kw(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    // Names that the code keeps: their slot is the callee's.
    if !is_quiet(thread) || !top.peek(1).is_borrowed() {
        return slow(thread, frame, pc, top, locals, unit);
    }
    let oparg = unit.oparg() as usize;
    let behind = pc.wrapping_add(CALL);
    if exact::<Function>(top.peek(oparg + 3)).is_some() {
        let called = enter_with_names(thread, frame, top, oparg);
        if !called.is_null() {
            save_pc(frame, behind);
            return go_into(thread, called);
        }
    }
    call_kw_in_full(thread, frame, pc, top, locals, unit)
}

/// Pushes the frame of a Python function that is called with keywords; null, and nothing done but that the running frame's top is saved,
/// where that takes more.
#[inline(never)]
fn enter_with_names(thread: &Thread, frame: *mut Frame, top: Top, oparg: usize) -> *mut Frame {
    let place = top.place(oparg + 3);
    let (Some(function), Some(names)) = (exact::<Function>(read(place)), exact::<Tuple>(top.peek(1))) else {
        return std::ptr::null_mut();
    };
    let (first, n) = arguments(place, oparg, !read(place.wrapping_add(1)).is_empty());
    save_top(frame, place);
    calls::push_bound(thread, frame, function, place, first, n, names.items()).unwrap_or(std::ptr::null_mut())
}

/// As [`call_kw`] for anything else.
#[inline(never)]
#[native::handler]
fn call_kw_in_full(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let oparg = unit.oparg() as usize;
    let behind = pc.wrapping_add(CALL);
    sync(thread, frame, behind, top);
    let called = call_with_names(thread, frame, top, oparg);
    go_behind(thread, frame, behind, top, locals, oparg + 3, called)
}

#[inline(never)]
fn call_with_names(thread: &mut Thread, frame: *mut Frame, top: Top, oparg: usize) -> Called {
    let place = top.place(oparg + 3);
    let (callable, names) = (look(read(place)), top.look(1));
    let names = cast_exact::<Tuple>(&names).map_or(&[][..], TupleExt::items);
    let (first, n) = arguments(place, oparg, !read(place.wrapping_add(1)).is_empty());
    if let Some(function) = cast_exact::<Function>(&callable) {
        return enter(thread, frame, top, function, (place, first, n), names);
    }
    with_values(first, n, |values| crate::call::call(thread, &callable, Args { values, names })).into()
}

/// Ends the running frame with the value on the top.
#[native::handler]
pub(super) fn return_value(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    // SAFETY: the running frame is in use.
    let this = unsafe { &*frame };
    if !this.ends_plainly {
        return return_otherwise(thread, frame, pc, top, locals, unit);
    }
    debug_assert!(this.is_plain(), "what makes a frame unusual says so");
    let mut result = top.peek(1);
    if result.is_borrowed() {
        // What another thread owns need not be counted for a frame, whose stack may borrow it too.
        match result.lasting_quickly(thread) {
            Some(lasting) => result = lasting,
            None => return slow(thread, frame, pc, top, locals, unit),
        }
    }
    let ret = this.ret;
    let mut at = top.place(1);
    while at > ret {
        at = at.wrapping_sub(1);
        if !read(at).release_quickly(thread) {
            return return_releasing(thread, frame, at.wrapping_add(1), result);
        }
    }
    let below = frame.wrapping_sub(1);
    calls::leave_to(state_of(thread), stack_of(thread), below);
    let mut top = Top(ret);
    top.push(result);
    let (pc, _, locals) = load(below);
    go(thread, below, pc, top, locals)
}

/// [`return_value`] of a frame with something unusual about it.
#[inline(never)]
#[native::handler]
fn return_otherwise(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    // SAFETY: the running frame is in use.
    let this = unsafe { &*frame };
    let result = top.peek(1);
    let plain = match this.caller {
        Caller::Frame | Caller::Native => true,
        Caller::Init => result.word() == Word::NONE,
        _ => false,
    };
    if !this.generator.is_null() {
        return generators::return_of_generator(thread, frame, pc, top, locals, unit);
    }
    if !plain {
        return slow(thread, frame, pc, top, locals, unit);
    }
    let result = if result.is_borrowed() {
        // Counted, for where the end of this frame may wait for others, no refresh would see it.
        match result.counted_quickly(thread) {
            Some(counted) => counted,
            None => return slow(thread, frame, pc, top, locals, unit),
        }
    } else {
        result
    };
    if this.object.is_some() || this.namespace.is_some() {
        save_pc(frame, pc.wrapping_add(1));
        return return_rest(thread, frame, top.place(1), result);
    }
    let ret = this.ret;
    let mut at = top.place(1);
    while at > ret {
        at = at.wrapping_sub(1);
        if !read(at).release_quickly(thread) {
            return return_releasing(thread, frame, at.wrapping_add(1), result);
        }
    }
    let state = state_of(thread);
    let below = frame.wrapping_sub(1);
    let mut top = Top(ret);
    if this.caller == Caller::Native {
        calls::leave(state, stack_of(thread), frame);
        return Next::leave(thread, top, result);
    }
    calls::leave_to(state, stack_of(thread), below);
    if this.caller == Caller::Frame {
        top.push(result);
    }
    let (pc, _, locals) = load(below);
    go(thread, below, pc, top, locals)
}

/// As [`return_value`] of a plain frame, of which the slots below `at` are still to be released, some of them in full. Apart, for the
/// sake of the registers.
#[inline(never)]
#[native::handler]
fn return_releasing(thread: &mut Thread, frame: *mut Frame, mut at: *mut StackRef, result: StackRef) -> Next {
    // SAFETY: the running frame is in use.
    let this = unsafe { &*frame };
    let (ret, caller) = (this.ret, this.caller);
    let (state, stack) = (state_of(thread), stack_of(thread));
    calls::leave(state, stack, frame);
    stack.set_top(ret); // what is released is no longer seen by a refresh; releasing reaches no safepoint
    while at > ret {
        at = at.wrapping_sub(1);
        let reference = read(at);
        if !reference.release_own(thread) {
            reference.release_in_full(thread);
        }
    }
    let mut top = Top(ret);
    if caller == Caller::Native {
        return Next::leave(thread, top, result);
    }
    if caller == Caller::Frame {
        top.push(result);
    }
    let below = frame.wrapping_sub(1);
    let (pc, _, locals) = load(below);
    go_polling(thread, below, pc, top, locals)
}

/// Ends the running frame, whose slots from `top` up are released already.
#[inline(never)]
#[native::handler]
fn return_rest(thread: &mut Thread, frame: *mut Frame, top: *mut StackRef, result: StackRef) -> Next {
    let (state, stack) = (state_of(thread), stack_of(thread));
    stack.set_top(top);
    let (ret, caller) = calls::pop(thread, state, stack, frame);
    let mut top = Top(ret);
    if caller == Caller::Native {
        return Next::leave(thread, top, result);
    }
    if caller == Caller::Frame {
        top.push(result);
    }
    let (pc, _, _) = load(state.frames.current.get());
    Next::polling(thread, pc, top)
}
