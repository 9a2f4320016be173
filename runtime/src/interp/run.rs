//! The dispatch loop: instructions in their most frequent forms.
//!
//! The loop is in two functions. [`run`] has the instructions that most programs spend their time in, in the forms that need no
//! help: it is small enough for the compiler to keep its variables (the next instruction, the top of the stack, the first
//! local, the frame) in registers. Whatever it does not do itself it hands to `step`, which knows every instruction in full and
//! executes one. So an arm here either does all of its instruction and goes on, or has changed nothing.
//!
//! Before anything that can reach a safepoint, `sync!` saves what a refresh, a traceback or another frame needs (INV-FRAME-3).
//! Operands stay on the stack while an operation looks at them, so they stay alive, and are popped afterwards: a refresh may
//! have made them counted.

use memory::word::Word;
use memory::{Object, StackRef, Value};
use threads::Thread;
use threads::sync::atomic::{AtomicU64, Ordering};

use super::frame::{Caller, Frame};
use super::instr::Unit;
use super::step::step;
use super::top::{Top, look, read, write};
use super::{attributes, calls, names as name_ops, unwind};
use crate::class::{BinaryOp, Comparison, Type};
use crate::error::{Raised, Result, unbound_local_error};
use crate::object::{cast, cast_exact};
use crate::ops;
use crate::state::ThreadState;
use crate::types::cell::Cell;
use crate::types::function::Function;
use crate::types::generator::{self, Generator};
use crate::types::iterators::{self, ListIterator, TupleIterator};
use crate::types::range_iterators::{self, RangeIterator};
use crate::types::{Dict, DictExt, List, ListExt, Str, StrExt, Tuple, TupleExt, cell};

/// Opcodes that only the interpreter uses: what decoding or specialization makes of CPython's.
pub mod internal {
    /// `LOAD_ATTR` of an attribute in a slot of a shape.
    pub const LOAD_ATTR_SLOT: u8 = 130;
    /// `LOAD_ATTR` of a method of a class.
    pub const LOAD_ATTR_METHOD: u8 = 131;
    /// `LOAD_ATTR` that is not specialized again.
    pub const LOAD_ATTR_GENERIC: u8 = 132;
    /// `STORE_ATTR` into a slot of a shape.
    pub const STORE_ATTR_SLOT: u8 = 133;
    /// `STORE_ATTR` that is not specialized again.
    pub const STORE_ATTR_GENERIC: u8 = 134;
    /// `STORE_ATTR` of an attribute that the instance has not yet, with the shape that follows.
    pub const STORE_ATTR_NEW: u8 = 138;
    /// `LOAD_GLOBAL` found in the globals.
    pub const LOAD_GLOBAL_MODULE: u8 = 135;
    /// `LOAD_GLOBAL` found in the builtins.
    pub const LOAD_GLOBAL_BUILTIN: u8 = 136;
    /// `LOAD_GLOBAL` that is not specialized again.
    pub const LOAD_GLOBAL_GENERIC: u8 = 137;
    /// An instruction that is being watched; the original opcode is beside it in the unit.
    pub const INSTRUMENTED: u8 = 139;
    /// All instructions of code that cannot be trusted.
    pub const REFUSED: u8 = 140;
}

/// The number of each of CPython's instructions, as patterns.
#[allow(non_upper_case_globals, missing_docs, reason = "named as the instructions are")]
pub(crate) mod number {
    macro_rules! numbers {
        ($n:ident; $($(#[$doc:meta])* $number:literal $variant:ident $name:ident ($popped:expr => $pushed:expr)
            cache $cache:literal [$($flag:ident)*];)*) => {
            $(#[allow(dead_code, reason = "some are never run")] pub const $variant: u8 = ($number & 0xff) as u8;)*
        };
    }
    compiler::opcode_table!(numbers);
}

macro_rules! op {
    ($name:ident) => {
        number::$name
    };
}

/// What the loop keeps in variables.
#[derive(Clone, Copy)]
pub(super) struct Registers {
    /// The running frame.
    pub frame: *mut Frame,
    /// The next unit.
    pub pc: *const AtomicU64,
    /// The top of the evaluation stack.
    pub top: Top,
    /// The first local.
    pub locals: *mut StackRef,
}

/// How an instruction ends.
pub(super) enum Flow {
    /// The next one follows.
    Next,
    /// The frame that native code called has returned.
    Return(Value),
    /// An exception.
    Raise(Raised),
}

/// Answers what others have asked of this thread.
#[cold]
#[inline(never)]
fn answer(thread: &mut Thread) -> Result<()> {
    let rest = thread.poll();
    if rest.is_empty() { Ok(()) } else { super::answer_requests(thread, rest) }
}

/// Runs the current frame, which native code has pushed, until it returns.
///
/// # Errors
/// What the frame raises and does not handle.
pub fn run(thread: &mut Thread) -> Result<Value> {
    let control: *const threads::Control = thread.control();
    // SAFETY: a thread's control word lives as long as its world, which the thread keeps.
    let control: &threads::Control = unsafe { &*control };
    let state = state_of(thread);
    let stack = stack_of(thread);

    'frame: loop {
        let mut frame: *mut Frame = state.frames.current.get();
        let (mut pc, mut top, mut locals) = load(frame);

        let raised: Raised = 'op: loop {
            macro_rules! sync {
                () => {{
                    stack.set_top(top.0);
                    save_pc(frame, pc);
                }};
            }
            macro_rules! attempt {
                ($result:expr) => {
                    match $result {
                        Ok(value) => value,
                        Err(raised) => break 'op raised,
                    }
                };
            }
            // The end of an instruction that may have left something to be done.
            macro_rules! poll {
                () => {
                    if control.poll() != threads::Control::QUIET {
                        sync!();
                        attempt!(answer(thread));
                    }
                };
            }

            macro_rules! new_frame {
                () => {{
                    frame = state.frames.current.get();
                    (pc, top, locals) = load(frame);
                }};
            }

            let unit = fetch(pc);
            let oparg = unit.oparg() as usize;
            // The instruction takes this many units, its caches included, and is done.
            macro_rules! next {
                ($units:expr) => {{
                    pc = pc.wrapping_add($units);
                    continue 'op;
                }};
            }
            macro_rules! release {
                ($reference:expr) => {
                    let reference: StackRef = $reference;
                    if reference.object().is_some() {
                        reference.release();
                        pc = pc.wrapping_add(1);
                        poll!();
                        continue 'op;
                    }
                };
            }
            match unit.opcode() {
                op!(Resume) if unit.0 >> 40 == super::monitor::version() => {
                    pc = pc.wrapping_add(1);
                    poll!();
                    continue 'op;
                }
                op!(Nop) | op!(Cache) | op!(NotTaken) => next!(1),

                // Locals.
                op!(LoadFast) => {
                    match read(locals.wrapping_add(oparg)).to_value() {
                        Some(value) => top.push_value(value),
                        None => top.push(StackRef::EMPTY),
                    }
                    next!(1);
                }
                op!(LoadFastBorrow) => {
                    top.push(read(locals.wrapping_add(oparg)).to_borrowed());
                    next!(1);
                }
                op!(LoadFastBorrowLoadFastBorrow) => {
                    top.push(read(locals.wrapping_add(oparg >> 4)).to_borrowed());
                    top.push(read(locals.wrapping_add(oparg & 15)).to_borrowed());
                    next!(1);
                }
                op!(LoadFastAndClear) => {
                    let place = locals.wrapping_add(oparg);
                    top.push(read(place));
                    write(place, StackRef::EMPTY);
                    next!(1);
                }
                op!(StoreFast) => {
                    let place = locals.wrapping_add(oparg);
                    let before = read(place);
                    write(place, top.pop());
                    release!(before);
                    next!(1);
                }
                op!(StoreFastLoadFast) => {
                    let place = locals.wrapping_add(oparg >> 4);
                    let before = read(place);
                    write(place, top.pop());
                    match read(locals.wrapping_add(oparg & 15)).to_value() {
                        Some(value) => top.push_value(value),
                        None => top.push(StackRef::EMPTY),
                    }
                    release!(before);
                    next!(1);
                }
                op!(StoreFastStoreFast) => {
                    let first = locals.wrapping_add(oparg >> 4);
                    let before = read(first);
                    write(first, top.pop());
                    let second = locals.wrapping_add(oparg & 15);
                    let before_too = read(second);
                    write(second, top.pop());
                    before.release();
                    release!(before_too);
                    pc = pc.wrapping_add(1);
                    poll!();
                    continue 'op;
                }

                // Constants and the stack.
                op!(LoadConst) => {
                    top.push(StackRef::borrow_from(constant(frame, oparg)));
                    next!(1);
                }
                op!(LoadSmallInt) => {
                    top.push(StackRef::immediate(Word::from_int_wrapping(oparg as i64)));
                    next!(1);
                }
                op!(PopTop) | op!(PopIter) | op!(EndFor) => {
                    release!(top.pop());
                    next!(1);
                }
                op!(PushNull) => {
                    top.push(StackRef::EMPTY);
                    next!(1);
                }
                op!(Copy) => {
                    match top.peek(oparg).to_value() {
                        Some(value) => top.push_value(value),
                        None => top.push(StackRef::EMPTY),
                    }
                    next!(1);
                }
                op!(Swap) => {
                    let (a, b) = (top.peek(1), top.peek(oparg));
                    top.set(1, b);
                    top.set(oparg, a);
                    next!(1);
                }

                // Operators.
                op!(UnaryNot) => {
                    let negated = top.pop().word() == Word::FALSE;
                    top.push(StackRef::immediate(Word::from_bool(negated)));
                    next!(1);
                }
                op!(ToBool) => {
                    let word = top.peek(1).word();
                    if word == Word::TRUE || word == Word::FALSE {
                        next!(4);
                    }
                    let truth = if word == Word::NONE { Some(false) } else { word.as_int().map(|n| n != 0) };
                    if let Some(truth) = truth {
                        top.set(1, StackRef::immediate(Word::from_bool(truth)));
                        next!(4);
                    }
                }
                op!(BinaryOp) => {
                    let (a, b) = (top.peek(2).word(), top.peek(1).word());
                    if Word::both_ints(a, b) {
                        let result = match oparg {
                            0 | 13 => a.checked_add_ints(b),
                            10 | 23 => a.checked_sub_ints(b),
                            5 | 18 => a.checked_mul_ints(b),
                            1 | 14 => Word::from_int(a.int_payload() & b.int_payload()),
                            7 | 20 => Word::from_int(a.int_payload() | b.int_payload()),
                            12 | 25 => Word::from_int(a.int_payload() ^ b.int_payload()),
                            2 | 15 if b.int_payload() > 0 => {
                                Word::from_int(a.int_payload().div_euclid(b.int_payload()))
                            }
                            6 | 19 if b.int_payload() > 0 => {
                                Word::from_int(a.int_payload().rem_euclid(b.int_payload()))
                            }
                            9 | 22 if (0..63).contains(&b.int_payload()) => {
                                Word::from_int(a.int_payload() >> b.int_payload())
                            }
                            _ => None,
                        };
                        if let Some(result) = result {
                            top.0 = top.place(1);
                            top.set(1, StackRef::immediate(result));
                            next!(6);
                        }
                    } else if let (Some(x), Some(y)) = (number(a), number(b))
                        && (a.is_float() || b.is_float())
                    {
                        let result = match oparg {
                            0 | 13 => Some(x + y),
                            10 | 23 => Some(x - y),
                            5 | 18 => Some(x * y),
                            11 | 24 if y != 0.0 => Some(x / y),
                            _ => None,
                        };
                        if let Some(word) = result.and_then(Word::from_float) {
                            top.0 = top.place(1);
                            top.set(1, StackRef::immediate(word));
                            next!(6);
                        }
                    } else if oparg == SUBSCRIPT {
                        let item = subscript(thread, top);
                        if !item.is_empty() {
                            let (key, container) = (top.peek(1), top.peek(2));
                            top.0 = top.place(1);
                            top.set(1, item);
                            pc = pc.wrapping_add(6);
                            if key.is_counted() || container.is_counted() {
                                key.release();
                                container.release();
                                poll!();
                            }
                            continue 'op;
                        }
                    }
                }
                op!(CompareOp) => {
                    let (a, b) = (top.peek(2).word(), top.peek(1).word());
                    let ordering = if Word::both_ints(a, b) {
                        Some(a.int_payload().cmp(&b.int_payload()))
                    } else if let (Some(x), Some(y)) = (a.as_float(), b.as_float()) {
                        x.partial_cmp(&y)
                    } else {
                        None
                    };
                    if let Some(ordering) = ordering {
                        let op = Comparison::ALL[oparg >> 5];
                        top.0 = top.place(1);
                        top.set(1, StackRef::immediate(Word::from_bool(op.holds(ordering))));
                        next!(2);
                    }
                }
                op!(IsOp) => {
                    let (a, b) = (top.peek(2), top.peek(1));
                    let same = look(a).is(&look(b));
                    top.0 = top.place(1);
                    top.set(1, StackRef::immediate(Word::from_bool(same != (oparg != 0))));
                    pc = pc.wrapping_add(1);
                    if a.is_counted() || b.is_counted() {
                        a.release();
                        b.release();
                        poll!();
                    }
                    continue 'op;
                }
                op!(StoreSubscr) => {
                    let (value, container, key) = (top.look(3), top.look(2), top.look(1));
                    if let (Some(index), Some(list)) = (key.as_int(), cast_exact::<List>(&container))
                        && index >= 0
                        && list.set(thread, index as usize, (*value).clone())
                    {
                        top.drop_many(3);
                        pc = pc.wrapping_add(2);
                        poll!();
                        continue 'op;
                    }
                }

                // Jumps.
                op!(JumpForward) => next!(1 + oparg),
                op!(JumpBackward) => {
                    // What is raised here is raised by the jump, not by what stands before its target.
                    pc = pc.wrapping_add(2);
                    poll!();
                    pc = pc.wrapping_sub(oparg);
                    continue 'op;
                }
                op!(JumpBackwardNoInterrupt) => {
                    pc = pc.wrapping_add(1).wrapping_sub(oparg);
                    continue 'op;
                }
                op!(PopJumpIfFalse) => {
                    let jumps = top.pop().word() == Word::FALSE;
                    next!(2 + if jumps { oparg } else { 0 });
                }
                op!(PopJumpIfTrue) => {
                    let jumps = top.pop().word() == Word::TRUE;
                    next!(2 + if jumps { oparg } else { 0 });
                }
                op!(PopJumpIfNone) | op!(PopJumpIfNotNone) => {
                    let reference = top.pop();
                    let jumps = (reference.word() == Word::NONE) == (unit.opcode() == op!(PopJumpIfNone));
                    pc = pc.wrapping_add(2);
                    if reference.is_counted() {
                        reference.release();
                        poll!();
                    }
                    pc = pc.wrapping_add(if jumps { oparg } else { 0 });
                    continue 'op;
                }

                // Iteration.
                op!(GetIter) => {
                    pc = pc.wrapping_add(1);
                    sync!();
                    let iterator = attempt!(ops::iter(thread, &top.look(1)));
                    top.drop_one();
                    top.push_value(iterator);
                    poll!();
                    continue 'op;
                }
                op!(ForIter) => {
                    let iterator = top.look(1);
                    if let Some(range) = cast_exact::<RangeIterator>(&iterator) {
                        match range_iterators::next_number(range).map(Word::from_int) {
                            Some(Some(word)) => {
                                top.push(StackRef::immediate(word));
                                next!(2);
                            }
                            Some(None) => {
                                pc = pc.wrapping_add(2);
                                sync!();
                                top.push_value(attempt!(range_iterators::wide_number(thread, range)));
                                continue 'op;
                            }
                            None => next!(3 + oparg),
                        }
                    }
                    if let Some(list) = cast_exact::<ListIterator>(&iterator) {
                        match iterators::next_of_list(thread, list) {
                            Some(item) => {
                                top.push_value(item);
                                next!(2);
                            }
                            None => {
                                pc = pc.wrapping_add(2);
                                poll!();
                                pc = pc.wrapping_add(1 + oparg);
                                continue 'op;
                            }
                        }
                    }
                    if let Some(tuple) = cast_exact::<TupleIterator>(&iterator) {
                        match iterators::next_of_tuple(thread, tuple) {
                            Some(item) => {
                                top.push_value(item);
                                next!(2);
                            }
                            None => {
                                pc = pc.wrapping_add(2);
                                poll!();
                                pc = pc.wrapping_add(1 + oparg);
                                continue 'op;
                            }
                        }
                    }
                    if let Some(generator) = plain_generator(&iterator) {
                        pc = pc.wrapping_add(2);
                        sync!();
                        save_top(frame, top.0);
                        let sent = Value::none();
                        let begun = generator::begin(
                            thread,
                            state,
                            stack,
                            &iterator,
                            generator,
                            Some(&sent),
                            Caller::Next,
                        );
                        if attempt!(begun) {
                            new_frame!();
                        } else {
                            pc = pc.wrapping_add(oparg + 1);
                        }
                        continue 'op;
                    }
                }
                // Building and taking apart.
                op!(BuildTuple) => {
                    pc = pc.wrapping_add(1);
                    sync!();
                    let first = top.place(oparg);
                    // Read one by one once the tuple is there, so that they are on the stack until then.
                    let items = (0..oparg)
                        .map(|i| read(first.wrapping_add(i)).into_value().unwrap_or_else(Value::none));
                    let tuple = attempt!(Tuple::from_exact(thread, items));
                    top = Top(first);
                    top.push_value(tuple);
                    continue 'op;
                }
                op!(UnpackSequence) => {
                    let value = top.look(1);
                    if let Some(tuple) = cast_exact::<Tuple>(&value)
                        && tuple.len() == oparg
                    {
                        let whole = top.pop();
                        for item in tuple.items().iter().rev() {
                            top.push_value(item.clone());
                        }
                        pc = pc.wrapping_add(2);
                        if whole.is_counted() {
                            whole.release();
                            poll!();
                        }
                        continue 'op;
                    }
                }
                op!(ListAppend) => {
                    let list = top.look(1 + oparg);
                    if let Some(list) = cast_exact::<List>(&list) {
                        pc = pc.wrapping_add(1);
                        let value = top.pop_value();
                        sync!();
                        attempt!(list.push(thread, value));
                        continue 'op;
                    }
                }

                // Names and cells.
                internal::LOAD_GLOBAL_MODULE | internal::LOAD_GLOBAL_BUILTIN => {
                    let at = pc.wrapping_add(1);
                    let found = if unit.opcode() == internal::LOAD_GLOBAL_MODULE {
                        name_ops::cached_global(thread, frame, at, oparg >> 1)
                    } else {
                        name_ops::cached_builtin(thread, frame, at, oparg >> 1)
                    };
                    if let Some(found) = found {
                        top.push(found);
                        if oparg & 1 != 0 {
                            top.push(StackRef::EMPTY);
                        }
                        next!(5);
                    }
                }
                op!(LoadDeref) => {
                    let holder = look(read(locals.wrapping_add(oparg)));
                    if let Some(cell) = cast::<Cell>(&holder) {
                        let found = cell::borrow(thread, cell);
                        if !found.is_empty() {
                            top.push(found);
                            next!(1);
                        }
                    }
                }

                // Attributes.
                internal::LOAD_ATTR_SLOT => {
                    let found = attributes::cached_slot(thread, pc.wrapping_add(1), &top.look(1));
                    if !found.is_empty() {
                        let owner = top.pop();
                        top.push(found);
                        if oparg & 1 != 0 {
                            top.push(StackRef::EMPTY);
                        }
                        pc = pc.wrapping_add(10);
                        if owner.is_counted() {
                            owner.release();
                            poll!();
                        }
                        continue 'op;
                    }
                }
                internal::LOAD_ATTR_METHOD => {
                    let found = attributes::cached_method(thread, pc.wrapping_add(1), &top.look(1));
                    if !found.is_empty() {
                        let owner = top.pop();
                        top.push(found);
                        top.push(owner);
                        next!(10);
                    }
                }
                internal::STORE_ATTR_SLOT | internal::STORE_ATTR_NEW => {
                    let at = pc.wrapping_add(1);
                    let stored = if unit.opcode() == internal::STORE_ATTR_SLOT {
                        attributes::store_cached(thread, at, &top.look(1), top.peek(2))
                    } else {
                        attributes::store_new(thread, at, &top.look(1), top.peek(2))
                    };
                    if stored {
                        top.drop_one();
                        top.0 = top.place(1); // the value is in the slot now
                        pc = pc.wrapping_add(5);
                        poll!();
                        continue 'op;
                    }
                }

                // Calls.
                op!(Call) => {
                    let place = top.place(oparg + 2);
                    let callable = look(read(place));
                    let has_receiver = !read(place.wrapping_add(1)).is_empty();
                    if control.poll() != threads::Control::QUIET {
                        // `step` answers before it calls.
                    } else if let Some(function) = cast_exact::<Function>(&callable) {
                        let (first, n) = arguments(place, oparg, has_receiver);
                        pc = pc.wrapping_add(4);
                        sync!();
                        save_top(frame, place);
                        attempt!(calls::push(
                            thread,
                            state,
                            stack,
                            function,
                            place,
                            first,
                            n,
                            &[],
                            Caller::Frame
                        ));
                        new_frame!();
                        continue 'op;
                    } else if !has_receiver && let Some(class) = cast::<Type>(&callable) {
                        let at = pc;
                        pc = pc.wrapping_add(4);
                        sync!();
                        if attempt!(calls::push_instance(thread, state, stack, frame, class, place, oparg)) {
                            new_frame!();
                            continue 'op;
                        }
                        pc = at;
                    } else {
                        let at = pc;
                        pc = pc.wrapping_add(4);
                        sync!();
                        if let Some(result) = calls::native(thread, &callable, place, oparg, has_receiver) {
                            let result = attempt!(result);
                            top.drop_many(oparg + 2);
                            top.push_value(result);
                            poll!();
                            continue 'op;
                        }
                        pc = at;
                    }
                }
                op!(YieldValue) if called_by_frame(frame) => {
                    let value = top.pop_value();
                    pc = pc.wrapping_add(1);
                    sync!();
                    generator::suspend(thread, state, frame, pc, top.0);
                    let (ret, _) = calls::pop(thread, state, stack, frame);
                    let mut below = Top(ret);
                    below.push_value(value);
                    frame = state.frames.current.get();
                    (pc, _, locals) = load(frame);
                    top = below;
                    poll!();
                    continue 'op;
                }
                op!(ReturnValue) if returns_to_frame(frame, top) => {
                    let result = top.pop_value();
                    pc = pc.wrapping_add(1);
                    sync!();
                    let (ret, caller) = calls::pop(thread, state, stack, frame);
                    let mut below = Top(ret);
                    if caller == Caller::Frame {
                        below.push_value(result);
                    }
                    frame = state.frames.current.get();
                    (pc, _, locals) = load(frame);
                    top = below;
                    poll!();
                    continue 'op;
                }
                _ => {}
            }

            // What it was not done above.
            let mut registers = Registers { frame, pc: pc.wrapping_add(1), top, locals };
            let flow = step(thread, &mut registers, unit);
            Registers { frame, pc, top, locals } = registers;
            match flow {
                Flow::Next => {}
                Flow::Return(value) => return Ok(value),
                Flow::Raise(raised) => break 'op raised,
            }
        };

        // An exception: to its handler, or out of this frame and the next ones.
        stack.set_top(top.0);
        match unwind::unwind(thread, state, stack, Some(pc), raised) {
            Ok(()) => continue 'frame,
            Err(raised) => return Err(raised),
        }
    }
}

/// The operator of `BINARY_OP` that means `container[key]`.
pub(super) const SUBSCRIPT: usize = 26;

/// The item of a list, tuple or dict that the two topmost values name, if it takes no Python to find it; else EMPTY. Both
/// stay on the stack.
#[inline]
fn subscript(thread: &Thread, top: Top) -> StackRef {
    let (container, key) = (top.look(2), top.look(1));
    let at = |index: i64, len: usize| if index < 0 { index + len as i64 } else { index };
    if let Some(index) = key.as_int() {
        if let Some(list) = cast_exact::<List>(&container) {
            let index = at(index, list.len());
            if index >= 0 {
                return list.borrow(thread, index as usize);
            }
        } else if let Some(tuple) = cast_exact::<Tuple>(&container)
            && let Some(item) =
                usize::try_from(at(index, tuple.len())).ok().and_then(|index| tuple.items().get(index))
        {
            return StackRef::from_value(item.clone());
        }
    } else if let (Some(dict), Some(_)) = (cast_exact::<Dict>(&container), cast_exact::<Str>(&key)) {
        return dict.borrow_str(thread, &key);
    }
    StackRef::EMPTY
}

/// Whether the frame below goes on when the running one yields.
#[inline(always)]
fn called_by_frame(frame: *mut Frame) -> bool {
    // SAFETY: the running frame is in use.
    unsafe { &*frame }.caller != Caller::Native
}

/// Whether the running frame was called by the frame below, which gets what it returns, or whose new instance it has initialized.
#[inline(always)]
fn returns_to_frame(frame: *mut Frame, top: Top) -> bool {
    // SAFETY: the running frame is in use.
    let frame = unsafe { &*frame };
    let plain = match frame.caller {
        Caller::Frame => true,
        Caller::Init => top.peek(1).word() == Word::NONE,
        _ => false,
    };
    plain && frame.generator.is_null()
}

/// The thread's state.
#[inline(always)]
pub(super) fn state_of<'a>(thread: &Thread) -> &'a ThreadState {
    let state: *const ThreadState = ThreadState::of(thread);
    // SAFETY: INV-STATE-1: the state lives as long as the thread runs Python, which it does here.
    unsafe { &*state }
}

/// The thread's evaluation stack.
#[inline(always)]
pub(super) fn stack_of<'a>(thread: &Thread) -> &'a memory::EvalStack {
    let stack: *const memory::EvalStack = memory::stack(thread);
    // SAFETY: a thread's stack lives as long as the thread.
    unsafe { &*stack }
}

/// The hot state of a frame that runs from now on.
#[inline(always)]
pub(super) fn load(frame: *mut Frame) -> (*const AtomicU64, Top, *mut StackRef) {
    // SAFETY: the current frame is in use.
    let frame = unsafe { &*frame };
    (frame.pc, Top(frame.saved_top), frame.locals)
}

#[inline(always)]
pub(super) fn fetch(pc: *const AtomicU64) -> Unit {
    // SAFETY: INV-TOP-1: jumps stay within the code, which ends with a return or a raise.
    Unit(unsafe { &*pc }.load(Ordering::Relaxed))
}

#[inline(always)]
pub(super) fn save_pc(frame: *mut Frame, pc: *const AtomicU64) {
    // SAFETY: the running frame is in use, and only this thread touches it.
    unsafe { (*frame).pc = pc };
}

#[inline(always)]
pub(super) fn save_top(frame: *mut Frame, top: *mut StackRef) {
    // SAFETY: as in `save_pc`.
    unsafe { (*frame).saved_top = top };
}

#[inline(always)]
pub(super) fn code_of<'a>(frame: *mut Frame) -> &'a Object<crate::types::code::Code> {
    // SAFETY: INV-FRAME-2.
    unsafe { &*frame }.code()
}

#[inline(always)]
pub(super) fn function_of<'a>(frame: *mut Frame) -> &'a Object<Function> {
    // SAFETY: INV-FRAME-2.
    unsafe { &*frame }.function()
}

/// The constant `index` of the running code.
#[inline(always)]
pub(super) fn constant<'a>(frame: *mut Frame, index: usize) -> &'a Value {
    let consts = &code_of(frame).payload().consts;
    debug_assert!(cast::<Tuple>(consts).is_some(), "INV-CODE-1");
    // SAFETY: INV-CODE-1.
    let items: &Object<Tuple> = unsafe { Object::of_unchecked(consts) };
    items.items().get(index).unwrap_or(consts)
}

/// The name `index` of the running code.
#[inline(always)]
pub(super) fn name<'a>(frame: *mut Frame, index: usize) -> &'a Value {
    let names = &code_of(frame).payload().names;
    match cast::<Tuple>(names).and_then(|names| names.items().get(index)) {
        Some(value) => value,
        None => names,
    }
}

/// Puts the general instruction back and goes to it.
#[inline(never)]
#[cold]
pub(super) fn despecialize(pc: *const AtomicU64, unit: Unit, general: u8) -> *const AtomicU64 {
    super::instr::replace(pc, unit, unit.with_opcode(general));
    pc.wrapping_sub(1)
}

/// The generator that a `for` loop iterates, if it is one.
#[inline(always)]
pub(super) fn plain_generator(value: &Value) -> Option<&Object<Generator>> {
    cast_exact::<Generator>(value)
}

/// The generator or coroutine that SEND resumes by pushing its frame.
#[inline(always)]
pub(super) fn sendable(value: &Value) -> Option<&Object<Generator>> {
    cast::<Generator>(value).filter(|_| !generator::is_async(value))
}

#[inline(always)]
pub(super) fn is_generator(frame: *mut Frame) -> bool {
    // SAFETY: the running frame is in use.
    !unsafe { &*frame }.generator.is_null()
}

/// The instruction that resumed a generator, which has ended, jumps: by its argument and `more`.
pub(super) fn skip_after(frame: *mut Frame, more: usize) {
    // SAFETY: the running frame is in use.
    let frame = unsafe { &mut *frame };
    // A cache stands between the instruction and where its frame goes on.
    let unit = fetch(frame.pc.wrapping_sub(2));
    frame.pc = frame.pc.wrapping_add(unit.oparg() as usize + more);
}

/// An int or float as a double.
#[inline(always)]
pub(super) fn number(word: Word) -> Option<f64> {
    match word.as_float() {
        Some(float) => Some(float),
        None => word.as_int().filter(|n| n.unsigned_abs() < 1 << 53).map(|n| n as f64),
    }
}

/// Where a call's arguments begin, and how many there are.
#[inline(always)]
pub(super) fn arguments(place: *mut StackRef, oparg: usize, has_receiver: bool) -> (*mut StackRef, usize) {
    if has_receiver { (place.wrapping_add(1), oparg + 1) } else { (place.wrapping_add(2), oparg) }
}

/// The top as the caller of native code left it.
#[inline(always)]
pub(super) fn top_release(stack: &memory::EvalStack, top: Top) {
    stack.set_top(top.0);
}

/// Before a frame ends nothing is asked that its end would not answer as well.
#[inline(always)]
pub(super) fn poll_quietly(stack: &memory::EvalStack, frame: *mut Frame, pc: *const AtomicU64, top: Top) {
    stack.set_top(top.0);
    save_pc(frame, pc);
}

#[cold]
pub(super) fn unbound_local(frame: *mut Frame, index: usize) -> Raised {
    let name = code_of(frame).payload().local_name(index).and_then(cast::<Str>);
    let text = name.map(|name| name.to_string_lossy()).unwrap_or_default();
    unbound_local_error(format!(
        "cannot access local variable '{text}' where it is not associated with a value"
    ))
}

/// The local that an instruction stores into, if it begins by storing into one.
#[inline(always)]
pub(super) fn stored_local(unit: Unit) -> Option<usize> {
    let oparg = unit.oparg() as usize;
    match unit.opcode() {
        number::StoreFast => Some(oparg),
        number::StoreFastLoadFast | number::StoreFastStoreFast => Some(oparg >> 4),
        _ => None,
    }
}

/// The operator of a `BINARY_OP` argument.
pub(super) fn operator(oparg: u32) -> Option<(BinaryOp, bool)> {
    let n = oparg as usize;
    match n {
        0..13 => Some((BinaryOp::ALL[n], false)),
        13..26 => Some((BinaryOp::ALL[n - 13], true)),
        _ => None,
    }
}
