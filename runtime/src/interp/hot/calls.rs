//! Calls and returns.

use memory::word::Word;
use memory::{Object, StackRef, Value};
use threads::Thread;

use super::{Next, Pc, generators, go, go_polling, is_quiet, raise, release_down, slow, sync};
use crate::class::{ClassFlags, Type, class_of, lookup};
use crate::error::{Raised, Result};
use crate::interp::calls;
use crate::interp::frame::{Caller, Frame};
use crate::interp::held::hold;
use crate::interp::instr::Unit;
use crate::interp::run::{arguments, load, save_top, stack_of, state_of};
use crate::interp::top::{Top, exact, look, read, with_values, write};
use crate::native::{Args, Kind, NativeDef};
use crate::object::{cast, cast_exact};
use crate::types::exception;
use crate::types::function::{self, Function, Method};
use crate::types::native_function::{MethodDescriptor, NativeFunction};
use crate::types::{Tuple, TupleExt};

/// How many units a CALL takes.
const CALL: usize = 4;

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
    // `step` answers before it calls.
    if let Some(function) = exact::<Function>(read(place))
        && is_quiet(thread)
    {
        let (first, n) = arguments(place, oparg, !read(place.wrapping_add(1)).is_empty());
        let (state, stack) = (state_of(thread), stack_of(thread));
        save_top(frame, place);
        if let Some(called) = calls::push_plain(state, stack, frame, function, place, first, n) {
            crate::interp::run::save_pc(frame, pc.wrapping_add(CALL));
            let (pc, top, locals) = load(called);
            return go(thread, called, pc, top, locals);
        }
    }
    call_native(thread, frame, pc, top, locals, unit)
}

/// Calls a native function or method.
#[inline(never)]
fn call_native(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    // Asked once: what stands in the receiver's place afterwards is for this call alone (INV-HOT-1).
    if !is_quiet(thread) {
        return slow(thread, frame, pc, top, locals, unit);
    }
    let oparg = unit.oparg() as usize;
    let place = top.place(oparg + 2);
    let callable = read(place);
    let mut has_receiver = !read(place.wrapping_add(1)).is_empty();
    let (def, fits) = if let Some(native) = exact::<NativeFunction>(callable) {
        let def = native.payload().def;
        let fits = match def.kind {
            Kind::Function | Kind::StaticMethod => true,
            Kind::Method if !has_receiver => {
                // One that takes its receiver along, which goes where the receiver of any method stands.
                let receiver = native.payload().receiver.borrow_quickly(thread, native.header());
                write(place.wrapping_add(1), receiver);
                has_receiver = !receiver.is_empty();
                has_receiver
            }
            _ => false,
        };
        (def, fits)
    } else if let Some(method) = exact::<MethodDescriptor>(callable) {
        (method.payload().def, has_receiver)
    } else {
        return call_other(thread, frame, pc, top, locals, unit);
    };
    if !fits {
        return call_other(thread, frame, pc, top, locals, unit);
    }
    let (first, n) = arguments(place, oparg, has_receiver);
    let behind = pc.wrapping_add(CALL);
    sync(thread, frame, behind, top);
    match perform(thread, def, first, n) {
        Ok(result) => {
            top.0 = release_down(thread, top.0, oparg + 2);
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

/// Calls anything.
#[inline(never)]
fn call_other(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    _: *mut StackRef,
    unit: Unit,
) -> Next {
    let oparg = unit.oparg() as usize;
    let place = top.place(oparg + 2);
    let callable = look(read(place));
    let has_receiver = !read(place.wrapping_add(1)).is_empty();
    let behind = pc.wrapping_add(CALL);
    sync(thread, frame, behind, top);
    let (first, n) = arguments(place, oparg, has_receiver);
    if let Some(function) = cast_exact::<Function>(&callable) {
        return enter_function(thread, frame, behind, top, function, (place, first, n));
    }
    if !has_receiver {
        if let Some(class) = cast::<Type>(&callable) {
            let instance = class_instance(thread, frame, class, place, oparg);
            match instance {
                Instance::Made(instance) => {
                    top.0 = release_down(thread, top.0, oparg + 2);
                    top.push_value(instance);
                    return Next::polling(thread, behind, top);
                }
                Instance::Entered => return Next::current(thread),
                Instance::Failed(raised) => {
                    return raise(thread, behind, Top(stack_of(thread).top()), raised);
                }
            }
        }
        if let Some(method) = cast_exact::<Method>(&callable) {
            if let Some((function, receiver)) = function::parts_for_call(thread, method) {
                if let Some(function) = exact::<Function>(function) {
                    // The method, which stays where it is, holds the function.
                    write(place.wrapping_add(1), receiver);
                    let called = (place, place.wrapping_add(1), oparg + 1);
                    return enter_function(thread, frame, behind, top, function, called);
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
            return enter_function(thread, frame, behind, top, function, called);
        }
    }
    match with_values(first, n, |values| crate::call::call(thread, &callable, Args::positional(values))) {
        Ok(result) => {
            top.0 = release_down(thread, top.0, oparg + 2);
            top.push_value(result);
            Next::polling(thread, behind, top)
        }
        Err(raised) => raise(thread, behind, top, raised),
    }
}

/// The special method of an instance of a program's class, if it is a Python function, for the stack; EMPTY if not.
#[inline(never)]
pub(super) fn python_method(thread: &Thread, value: StackRef, name: &Value) -> StackRef {
    let class = class_of(&look(value));
    if !class.payload().flags().contains(ClassFlags::HEAP) {
        return StackRef::EMPTY;
    }
    match lookup::lookup_view(thread, class, name) {
        Some(found) if cast_exact::<Function>(&found).is_some() => hold(thread, &found),
        _ => StackRef::EMPTY,
    }
}

/// Goes on in `function`, called for what stands from `place`: `n` arguments from `first`.
#[inline(always)]
pub(super) fn enter_function(
    thread: &mut Thread,
    frame: *mut Frame,
    behind: Pc,
    top: Top,
    function: &Object<Function>,
    (place, first, n): (*mut StackRef, *mut StackRef, usize),
) -> Next {
    let (state, stack) = (state_of(thread), stack_of(thread));
    save_top(frame, place);
    match calls::push(thread, state, stack, function, place, first, n, &[], Caller::Frame) {
        Ok(()) => Next::current(thread),
        Err(raised) => raise(thread, behind, top, raised),
    }
}

/// What has become of the call of a class.
enum Instance {
    /// Done.
    Made(Value),
    /// The frame of `__init__` has been pushed.
    Entered,
    /// It raised.
    Failed(Raised),
}

/// Calls a class with the arguments that stand behind `place`.
#[inline(never)]
fn class_instance(
    thread: &mut Thread,
    frame: *mut Frame,
    class: &Object<Type>,
    place: *mut StackRef,
    n: usize,
) -> Instance {
    let flags = class.payload().flags();
    let first = place.wrapping_add(2);
    if flags.contains(ClassFlags::EXCEPTION) {
        let instantiate = |values: &[Value]| exception::instantiate_plainly(thread, class, values);
        match with_values(first, n, instantiate) {
            Some(Ok(instance)) => return Instance::Made(instance),
            Some(Err(raised)) => return Instance::Failed(raised),
            None => {}
        }
    }
    if flags.contains(ClassFlags::HEAP) {
        let (state, stack) = (state_of(thread), stack_of(thread));
        match calls::push_instance(thread, state, stack, frame, class, place, n) {
            Ok(true) => return Instance::Entered,
            Ok(false) => {}
            Err(raised) => return Instance::Failed(raised),
        }
    }
    let callable = look(read(place));
    let call = |values: &[Value]| crate::call::call(thread, &callable, Args::positional(values));
    match with_values(first, n, call) {
        Ok(instance) => Instance::Made(instance),
        Err(raised) => Instance::Failed(raised),
    }
}

/// `callable(*args, **kwargs)`
pub(super) fn call_function_ex(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if !is_quiet(thread) {
        return slow(thread, frame, pc, top, locals, unit);
    }
    let behind = pc.wrapping_add(1);
    sync(thread, frame, behind, top);
    if let Some(function) = exact::<Function>(top.peek(4))
        && top.peek(1).is_empty()
        && exact::<Tuple>(top.peek(2)).is_some()
    {
        return enter_with_tuple(thread, frame, behind, top, function);
    }
    match call_with_everything(thread, top) {
        Ok(result) => {
            top.0 = release_down(thread, top.0, 4);
            top.push_value(result);
            go_polling(thread, frame, behind, top, locals)
        }
        Err(raised) => raise(thread, behind, top, raised),
    }
}

#[inline(never)]
fn call_with_everything(thread: &mut Thread, top: Top) -> Result<Value> {
    let (callable, args) = (top.look(4), top.look(2));
    let kwargs = if top.peek(1).is_empty() { None } else { Some(top.look(1)) };
    calls::call_ex(thread, &callable, &args, kwargs.as_deref())
}

/// Goes on in a function whose arguments are the items of a tuple, which they come to stand in the place of.
#[inline(never)]
fn enter_with_tuple(
    thread: &mut Thread,
    frame: *mut Frame,
    behind: Pc,
    top: Top,
    function: &Object<Function>,
) -> Next {
    let (place, first) = (top.place(4), top.place(2));
    let tuple = top.peek(2);
    let items = exact::<Tuple>(tuple).map_or(&[][..], TupleExt::items);
    let room = (stack_of(thread).limit().addr() - first.addr()) / size_of::<StackRef>();
    if room <= items.len() {
        return Next::step(thread, behind.wrapping_sub(1), top);
    }
    for (i, item) in items.iter().enumerate() {
        write(first.wrapping_add(i), StackRef::from_value(item.clone()));
    }
    let n = items.len();
    let top = Top(first.wrapping_add(n));
    sync(thread, frame, behind, top);
    tuple.release();
    enter_function(thread, frame, behind, top, function, (place, first, n))
}

/// A call with keywords.
pub(super) fn call_kw(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let names = top.peek(1);
    // Names that the code keeps: their slot is the callee's.
    if !is_quiet(thread) || !names.is_borrowed() {
        return slow(thread, frame, pc, top, locals, unit);
    }
    let oparg = unit.oparg() as usize;
    let place = top.place(oparg + 3);
    let has_receiver = !read(place.wrapping_add(1)).is_empty();
    let behind = pc.wrapping_add(CALL);
    let (first, n) = arguments(place, oparg, has_receiver);
    sync(thread, frame, behind, top);
    if let Some(function) = exact::<Function>(read(place)) {
        return enter_with_names(thread, frame, behind, top, function, (place, first, n));
    }
    match call_with_names(thread, read(place), names, first, n) {
        Ok(result) => {
            top.0 = release_down(thread, top.0, oparg + 3);
            top.push_value(result);
            go_polling(thread, frame, behind, top, locals)
        }
        Err(raised) => raise(thread, behind, top, raised),
    }
}

/// As [`enter_function`], for arguments of which the last have the names on top of them.
#[inline(never)]
fn enter_with_names(
    thread: &mut Thread,
    frame: *mut Frame,
    behind: Pc,
    top: Top,
    function: &Object<Function>,
    (place, first, n): (*mut StackRef, *mut StackRef, usize),
) -> Next {
    let (state, stack) = (state_of(thread), stack_of(thread));
    let names = top.look(1);
    let names = cast_exact::<Tuple>(&names).map_or(&[][..], TupleExt::items);
    save_top(frame, place);
    match calls::push(thread, state, stack, function, place, first, n, names, Caller::Frame) {
        Ok(()) => Next::current(thread),
        Err(raised) => raise(thread, behind, top, raised),
    }
}

#[inline(never)]
fn call_with_names(
    thread: &mut Thread,
    callable: StackRef,
    names: StackRef,
    first: *mut StackRef,
    n: usize,
) -> Result<Value> {
    let (callable, names) = (look(callable), look(names));
    let names = cast_exact::<Tuple>(&names).map_or(&[][..], TupleExt::items);
    with_values(first, n, |values| crate::call::call(thread, &callable, Args { values, names }))
}

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
    let result = top.peek(1);
    let plain = match this.caller {
        Caller::Frame | Caller::Native => true,
        Caller::Init => result.word() == Word::NONE,
        _ => false,
    };
    if !this.generator.is_null() {
        return generators::return_of_generator(thread, frame, pc, top, locals, unit);
    }
    if !plain || this.object.is_some() || this.namespace.is_some() {
        return slow(thread, frame, pc, top, locals, unit);
    }
    let result = if result.is_borrowed() {
        match result.counted_quickly(thread) {
            Some(counted) => counted,
            None => return slow(thread, frame, pc, top, locals, unit),
        }
    } else {
        result
    };
    let ret = this.ret;
    let mut at = top.place(1);
    while at > ret {
        at = at.wrapping_sub(1);
        if !read(at).release_quickly(thread) {
            return return_rest(thread, frame, at.wrapping_add(1), result);
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

/// Ends the running frame, whose slots from `top` up are released already.
#[inline(never)]
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
