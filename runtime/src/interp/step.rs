//! Every instruction in full.
//!
//! Most of the time `run` executes instructions in their frequent forms without coming here. Operands stay on the stack while an
//! operation looks at them, so they stay alive, and are popped afterwards: a refresh may have made them counted.

use memory::word::Word;
use memory::{StackRef, Value};
use threads::Thread;

use super::frame::Caller;
use super::instr::Unit;
use super::run::{
    Flow, Registers, code_of, constant, despecialize, fetch, function_of, plain_generator, save_top,
    stored_local, unbound_local,
};
use super::specialized::{self, internal};
use super::step_words::{op, vocabulary};
use super::top::{Top, look, read, with_values, write};
use super::{names as name_ops, operations};
use crate::class::{Comparison, slots_of};
use crate::object::{cast, cast_exact};
use crate::ops;
use crate::types::cell::Cell;
use crate::types::generator_turns;
use crate::types::str::append::{append, concat_with_room};
use crate::types::{Dict, DictExt, List, ListExt, Str, StrExt, Tuple, TupleExt, cell, int};

/// Executes one instruction, whatever it is: `unit`, behind which `registers.pc` is.
pub(super) fn step(thread: &mut Thread, registers: &mut Registers, mut unit: Unit) -> Flow {
    let Registers { mut frame, mut pc, mut top, mut locals } = *registers;
    let oparg = unit.oparg() as usize;
    let flow = 'op: {
        vocabulary!($ 'op thread frame pc top locals);
        'again: loop {
            match unit.opcode() {
                op!(Resume) => {
                    if unit.0 >> 40 != super::monitor::version() {
                        // What is watched has changed since the code began last.
                        super::monitor::code::renew(code_of(frame));
                        pc = pc.wrapping_sub(1);
                        done!();
                    }
                    poll!();
                }
                internal::INSTRUMENTED => {
                    let original = super::instr::original(unit);
                    if original == op!(Resume) && unit.0 >> 40 != super::monitor::version() {
                        super::monitor::code::renew(code_of(frame));
                        pc = pc.wrapping_sub(1);
                        done!();
                    }
                    sync!();
                    match super::monitor::fire::before(thread, state!(), stack!(), frame, pc, unit) {
                        Ok(super::monitor::fire::Next::Execute) => {
                            unit = specialized::in_full(unit.with_opcode(original));
                            continue 'again;
                        }
                        Ok(super::monitor::fire::Next::Reload) => {
                            new_frame!();
                            poll!();
                            done!();
                        }
                        Err(raised) => {
                            top.0 = stack!().top();
                            raise!(raised);
                        }
                    }
                }
                op!(Nop) | op!(Cache) | op!(NotTaken) | op!(ExtendedArg) => {}

                // Locals.
                op!(LoadFast) => {
                    let reference = read(locals.wrapping_add(oparg));
                    match reference.to_value() {
                        Some(value) => top.push_value(value),
                        None => top.push(StackRef::EMPTY),
                    }
                }
                op!(LoadFastBorrow) => {
                    let reference = read(locals.wrapping_add(oparg));
                    top.push(reference.to_borrowed());
                }
                op!(LoadFastBorrowLoadFastBorrow) => {
                    top.push(read(locals.wrapping_add(oparg >> 4)).to_borrowed());
                    top.push(read(locals.wrapping_add(oparg & 15)).to_borrowed());
                }
                op!(LoadFastLoadFast) => {
                    for index in [oparg >> 4, oparg & 15] {
                        match read(locals.wrapping_add(index)).to_value() {
                            Some(value) => top.push_value(value),
                            None => top.push(StackRef::EMPTY),
                        }
                    }
                }
                op!(LoadFastCheck) => match read(locals.wrapping_add(oparg)).to_value() {
                    Some(value) => top.push_value(value),
                    None => {
                        sync!();
                        raise!(unbound_local(frame, oparg));
                    }
                },
                op!(LoadFastAndClear) => {
                    let place = locals.wrapping_add(oparg);
                    top.push(read(place));
                    write(place, StackRef::EMPTY);
                }
                op!(StoreFast) => {
                    let place = locals.wrapping_add(oparg);
                    let before = read(place);
                    write(place, top.pop());
                    if before.object().is_some() {
                        before.release();
                        poll!();
                    }
                }
                op!(StoreFastLoadFast) => {
                    let place = locals.wrapping_add(oparg >> 4);
                    let before = read(place);
                    write(place, top.pop());
                    match read(locals.wrapping_add(oparg & 15)).to_value() {
                        Some(value) => top.push_value(value),
                        None => top.push(StackRef::EMPTY),
                    }
                    before.release();
                    poll!();
                }
                op!(StoreFastStoreFast) => {
                    let first = locals.wrapping_add(oparg >> 4);
                    let before = read(first);
                    write(first, top.pop());
                    let second = locals.wrapping_add(oparg & 15);
                    let before_too = read(second);
                    write(second, top.pop());
                    before.release();
                    before_too.release();
                    poll!();
                }
                op!(DeleteFast) => {
                    let place = locals.wrapping_add(oparg);
                    let before = read(place);
                    if before.is_empty() {
                        sync!();
                        raise!(unbound_local(frame, oparg));
                    }
                    write(place, StackRef::EMPTY);
                    before.release();
                    poll!();
                }

                // Constants and the stack.
                op!(LoadConst) => top.push(StackRef::borrow_from(constant(frame, unit))),
                op!(LoadSmallInt) => top.push(StackRef::immediate(Word::from_int_wrapping(oparg as i64))),
                op!(LoadCommonConstant) => {
                    sync!();
                    let value = attempt!(operations::common_constant(thread, oparg as u32));
                    top.push_value(value);
                }
                op!(PopTop) | op!(PopIter) | op!(EndFor) => {
                    let reference = top.pop();
                    if reference.object().is_some() {
                        reference.release();
                        poll!();
                    }
                }
                op!(PushNull) => top.push(StackRef::EMPTY),
                op!(Copy) => {
                    let reference = top.peek(oparg);
                    match reference.to_value() {
                        Some(value) => top.push_value(value),
                        None => top.push(StackRef::EMPTY),
                    }
                }
                op!(Swap) => {
                    let (a, b) = (top.peek(1), top.peek(oparg));
                    top.set(1, b);
                    top.set(oparg, a);
                }
                op!(EndSend) => {
                    let value = top.pop();
                    top.drop_one();
                    top.push(value);
                }

                // Operators.
                op!(UnaryNegative) => unary!(|thread: &mut Thread, value: &Value| ops::unary(
                    thread,
                    value,
                    ops::UnaryOp::Negative
                )),
                op!(UnaryInvert) => unary!(|thread: &mut Thread, value: &Value| ops::unary(
                    thread,
                    value,
                    ops::UnaryOp::Invert
                )),
                op!(UnaryNot) => {
                    let reference = top.pop();
                    let negated = reference.word() == Word::FALSE;
                    top.push(StackRef::immediate(Word::from_bool(negated)));
                }
                op!(ToBool) => {
                    unary!(|thread: &mut Thread, value: &Value| ops::is_true(thread, value)
                        .map(Value::from_bool))
                }
                op!(BinaryOp) => {
                    pc = pc.wrapping_add(5);
                    let (left, right) = (top.look(2), top.look(1));
                    if matches!(oparg, 0 | 13)
                        && let (Some(text), Some(piece)) =
                            (cast_exact::<Str>(&left), cast_exact::<Str>(&right))
                        && let Some(index) = stored_local(fetch(pc))
                    {
                        let place = locals.wrapping_add(index);
                        let kept = read(place);
                        let replaced = kept.word() == top.peek(2).word() && !kept.is_borrowed();
                        if replaced {
                            // The variable keeps it.
                            let counted = top.peek(2);
                            top.set(2, kept.to_borrowed());
                            counted.release();
                            if append(text, piece) {
                                write(place, StackRef::EMPTY);
                                top.drop_one();
                                top.set(1, kept);
                                done!();
                            }
                            sync!();
                            let result = attempt!(concat_with_room(thread, text, piece));
                            top.drop_many(2);
                            top.push_value(result);
                            poll!();
                            done!();
                        }
                    }
                    sync!();
                    let result = attempt!(operations::binary(thread, &left, &right, oparg as u32));
                    top.drop_many(2);
                    top.push_value(result);
                    poll!();
                }
                op!(CompareOp) => {
                    pc = pc.wrapping_add(1);
                    let op = Comparison::ALL[oparg >> 5];
                    let (left, right) = (top.look(2), top.look(1));
                    if let (Some(x), Some(y)) = (cast_exact::<Str>(&left), cast_exact::<Str>(&right))
                        && matches!(op, Comparison::Eq | Comparison::Ne)
                    {
                        let result = x.equals(y) == (op == Comparison::Eq);
                        top.drop_many(2);
                        top.push(StackRef::immediate(Word::from_bool(result)));
                        done!();
                    }
                    sync!();
                    let mut result = attempt!(ops::compare(thread, &left, &right, op));
                    if oparg & 16 != 0 {
                        let truth = attempt!(ops::is_true(thread, &result));
                        result = Value::from_bool(truth);
                    }
                    top.drop_many(2);
                    top.push_value(result);
                    poll!();
                }
                op!(IsOp) => {
                    let same = look(top.peek(2)).is(&look(top.peek(1)));
                    top.drop_many(2);
                    top.push(StackRef::immediate(Word::from_bool(same != (oparg != 0))));
                    poll!();
                }
                op!(ContainsOp) => {
                    pc = pc.wrapping_add(1);
                    sync!();
                    let (item, container) = (top.look(2), top.look(1));
                    let found = attempt!(ops::contains(thread, &container, &item));
                    top.drop_many(2);
                    top.push(StackRef::immediate(Word::from_bool(found != (oparg != 0))));
                    poll!();
                }
                op!(BinarySlice) => {
                    sync!();
                    let (container, start, stop) = (top.look(3), top.look(2), top.look(1));
                    let result = attempt!(operations::get_slice(thread, &container, &start, &stop));
                    top.drop_many(3);
                    top.push_value(result);
                    poll!();
                }
                op!(StoreSlice) => {
                    sync!();
                    let (value, container, start, stop) =
                        (top.look(4), top.look(3), top.look(2), top.look(1));
                    attempt!(operations::set_slice(thread, &container, &start, &stop, &value));
                    top.drop_many(4);
                    poll!();
                }
                op!(StoreSubscr) => {
                    pc = pc.wrapping_add(1);
                    let (value, container, key) = (top.look(3), top.look(2), top.look(1));
                    sync!();
                    attempt!(ops::setitem(thread, &container, &key, Some(&value)));
                    top.drop_many(3);
                    poll!();
                }
                op!(DeleteSubscr) => {
                    sync!();
                    let (container, key) = (top.look(2), top.look(1));
                    attempt!(ops::setitem(thread, &container, &key, None));
                    top.drop_many(2);
                    poll!();
                }

                // Jumps.
                op!(JumpForward) => jump!(oparg),
                op!(JumpBackward) => {
                    pc = pc.wrapping_add(1);
                    poll!();
                    pc = pc.wrapping_sub(oparg);
                }
                op!(JumpBackwardNoInterrupt) => pc = pc.wrapping_sub(oparg),
                op!(PopJumpIfFalse) => {
                    pc = pc.wrapping_add(1);
                    let condition = top.pop().word();
                    if condition == Word::FALSE {
                        jump!(oparg);
                    }
                }
                op!(PopJumpIfTrue) => {
                    pc = pc.wrapping_add(1);
                    let condition = top.pop().word();
                    if condition == Word::TRUE {
                        jump!(oparg);
                    }
                }
                op!(PopJumpIfNone) => {
                    pc = pc.wrapping_add(1);
                    let reference = top.pop();
                    if reference.word() == Word::NONE {
                        jump!(oparg);
                    } else {
                        reference.release();
                        poll!();
                    }
                }
                op!(PopJumpIfNotNone) => {
                    pc = pc.wrapping_add(1);
                    let reference = top.pop();
                    if reference.word() != Word::NONE {
                        reference.release();
                        poll!();
                        jump!(oparg);
                    }
                }

                // Iteration.
                op!(GetIter) => unary!(ops::iter),
                op!(ForIter) => {
                    pc = pc.wrapping_add(1);
                    sync!();
                    let iterator = top.look(1);
                    if let Some(generator) = plain_generator(&iterator) {
                        let sent = Value::none();
                        save_top(frame, top.0);
                        if attempt!(generator_turns::begin(
                            thread,
                            state!(),
                            stack!(),
                            &iterator,
                            generator,
                            Some(&sent),
                            Caller::Next
                        )) {
                            new_frame!();
                        } else {
                            jump!(oparg + 1);
                        }
                        done!();
                    }
                    let next = slots_of(&iterator).next.get();
                    let item = match next {
                        Some(next) => next(thread, &iterator),
                        None => ops::next(thread, &iterator),
                    };
                    match item {
                        Ok(Some(item)) => {
                            top.push_value(item);
                            poll!();
                        }
                        Ok(None) => {
                            if let Some(value) = crate::state::take_stop_value(thread) {
                                attempt!(super::stop_value_seen(thread, value));
                            }
                            // Past END_FOR; the iterator stays for POP_ITER.
                            poll!();
                            jump!(oparg + 1);
                        }
                        Err(raised) if raised.is(&crate::error::STOP_ITERATION) => {
                            attempt!(super::stop_iteration_seen(thread, &raised));
                            drop(raised);
                            poll!();
                            jump!(oparg + 1);
                        }
                        Err(raised) => raise!(raised),
                    }
                }
                op!(GetLen) => {
                    sync!();
                    let value = top.look(1);
                    let len = attempt!(ops::len(thread, &value));
                    top.push_value(attempt!(int::from_i128(thread, len as i128)));
                }
                op!(UnpackSequence) => {
                    pc = pc.wrapping_add(1);
                    let value = top.look(1);
                    sync!();
                    let items = attempt!(operations::unpack(thread, &value, oparg));
                    top.drop_one();
                    for item in items.into_iter().rev() {
                        top.push_value(item);
                    }
                    poll!();
                }
                op!(UnpackEx) => {
                    sync!();
                    let value = top.look(1);
                    let items = attempt!(operations::unpack_ex(thread, &value, oparg & 0xff, oparg >> 8));
                    top.drop_one();
                    for item in items.into_iter().rev() {
                        top.push_value(item);
                    }
                    poll!();
                }

                // Building.
                op!(BuildTuple) => {
                    sync!();
                    let items;
                    (top, items) = take(top, oparg);
                    top.push_value(attempt!(Tuple::new(thread, items)));
                }
                op!(BuildList) => {
                    sync!();
                    let items;
                    (top, items) = take(top, oparg);
                    top.push_value(attempt!(List::new(thread, items)));
                }
                op!(BuildSet) => {
                    sync!();
                    let build = |values: &[Value]| operations::build_set(thread, values);
                    let set = attempt!(with_values(top.place(oparg), oparg, build));
                    top.drop_many(oparg);
                    top.push_value(set);
                }
                op!(BuildMap) => {
                    sync!();
                    let build = |values: &[Value]| operations::build_map(thread, values);
                    let dict = attempt!(with_values(top.place(2 * oparg), 2 * oparg, build));
                    top.drop_many(2 * oparg);
                    top.push_value(dict);
                }
                op!(BuildString) => {
                    sync!();
                    let build = |values: &[Value]| operations::build_string(thread, values);
                    let text = attempt!(with_values(top.place(oparg), oparg, build));
                    top.drop_many(oparg);
                    top.push_value(text);
                }
                op!(BuildSlice) => {
                    let step = if oparg == 3 { top.pop_value() } else { Value::none() };
                    let stop = top.pop_value();
                    let start = top.pop_value();
                    sync!();
                    top.push_value(attempt!(crate::types::slice::new(thread, start, stop, step)));
                }
                op!(BuildTemplate) => {
                    let interpolations = top.pop_value();
                    let strings = top.pop_value();
                    sync!();
                    top.push_value(attempt!(operations::build_template(thread, strings, interpolations)));
                }
                op!(BuildInterpolation) => {
                    let spec = if oparg & 1 != 0 { Some(top.pop_value()) } else { None };
                    let expression = top.pop_value();
                    let value = top.pop_value();
                    sync!();
                    top.push_value(attempt!(operations::build_interpolation(
                        thread,
                        value,
                        expression,
                        (oparg >> 2) as u32,
                        spec
                    )));
                }
                op!(ListAppend) => {
                    let value = top.pop_value();
                    let list = top.look(oparg);
                    if let Some(list) = cast::<List>(&list) {
                        sync!();
                        attempt!(list.push(thread, value));
                    }
                }
                op!(ListExtend) => {
                    sync!();
                    let (iterable, list) = (top.look(1), top.look(oparg + 1));
                    attempt!(operations::list_extend(thread, &list, &iterable));
                    top.drop_one();
                    poll!();
                }
                op!(SetAdd) => {
                    sync!();
                    let (value, set) = (top.look(1), top.look(oparg + 1));
                    attempt!(operations::set_add(thread, &set, &value));
                    top.drop_one();
                    poll!();
                }
                op!(SetUpdate) => {
                    sync!();
                    let (iterable, set) = (top.look(1), top.look(oparg + 1));
                    attempt!(operations::set_update(thread, &set, &iterable));
                    top.drop_one();
                    poll!();
                }
                op!(MapAdd) => {
                    sync!();
                    let (key, value, dict) = (top.look(2), top.look(1), top.look(oparg + 2));
                    if let Some(dict) = cast::<Dict>(&dict) {
                        attempt!(dict.set(thread, &key, (*value).clone()));
                    }
                    top.drop_many(2);
                    poll!();
                }
                op!(DictUpdate) => {
                    sync!();
                    let (update, dict) = (top.look(1), top.look(oparg + 1));
                    attempt!(operations::dict_update(thread, &dict, &update));
                    top.drop_one();
                    poll!();
                }
                op!(DictMerge) => {
                    sync!();
                    let (update, dict, callable) = (top.look(1), top.look(oparg + 1), top.look(oparg + 4));
                    attempt!(operations::dict_merge(thread, &dict, &update, &callable));
                    top.drop_one();
                    poll!();
                }
                op!(FormatSimple) => {
                    let value = top.look(1);
                    if cast_exact::<Str>(&value).is_none() {
                        sync!();
                        let text = attempt!(operations::format_simple(thread, &value));
                        top.drop_one();
                        top.push_value(text);
                        poll!();
                    }
                }
                op!(FormatWithSpec) => {
                    sync!();
                    let (value, spec) = (top.look(2), top.look(1));
                    let text = attempt!(ops::format(thread, &value, &spec));
                    top.drop_many(2);
                    top.push_value(text);
                    poll!();
                }
                op!(ConvertValue) => {
                    unary!(|thread: &mut Thread, value: &Value| operations::convert(
                        thread,
                        value,
                        oparg as u32
                    ))
                }

                // Names.
                op!(LoadGlobal) | internal::LOAD_GLOBAL_GENERIC => {
                    sync!();
                    let found = attempt!(name_ops::load_global(thread, frame, pc, unit));
                    top.push(found);
                    if oparg & 1 != 0 {
                        top.push(StackRef::EMPTY);
                    }
                    pc = pc.wrapping_add(4);
                }
                internal::LOAD_GLOBAL_MODULE | internal::LOAD_GLOBAL_BUILTIN => {
                    let found = if unit.opcode() == internal::LOAD_GLOBAL_MODULE {
                        name_ops::cached_global(thread, frame, pc)
                    } else {
                        name_ops::cached_builtin(thread, frame, pc)
                    };
                    match found {
                        Some(found) => {
                            top.push(found);
                            if oparg & 1 != 0 {
                                top.push(StackRef::EMPTY);
                            }
                            pc = pc.wrapping_add(4);
                        }
                        None => pc = despecialize(pc, unit, op!(LoadGlobal)),
                    }
                }
                op!(LoadName) => {
                    sync!();
                    top.push_value(attempt!(name_ops::load_name(thread, frame, oparg)));
                }
                op!(StoreName) => {
                    sync!();
                    let value = top.look(1);
                    attempt!(name_ops::store_name(thread, frame, oparg, &value));
                    top.drop_one();
                    poll!();
                }
                op!(DeleteName) => {
                    sync!();
                    attempt!(name_ops::delete_name(thread, frame, oparg));
                    poll!();
                }
                op!(StoreGlobal) => {
                    sync!();
                    let value = top.look(1);
                    attempt!(name_ops::store_global(thread, frame, oparg, &value));
                    top.drop_one();
                    poll!();
                }
                op!(DeleteGlobal) => {
                    sync!();
                    attempt!(name_ops::delete_global(thread, frame, oparg));
                    poll!();
                }
                op!(LoadLocals) => {
                    sync!();
                    top.push_value(attempt!(name_ops::load_locals(frame)));
                }
                op!(LoadFromDictOrGlobals) => {
                    sync!();
                    let mapping = top.look(1);
                    let found = attempt!(name_ops::load_from_dict_or_globals(thread, frame, &mapping, oparg));
                    top.drop_one();
                    top.push_value(found);
                }
                op!(LoadFromDictOrDeref) => {
                    sync!();
                    let mapping = top.look(1);
                    let found = attempt!(name_ops::load_from_dict_or_deref(thread, frame, &mapping, oparg));
                    top.drop_one();
                    top.push_value(found);
                }
                op!(SetupAnnotations) => {
                    sync!();
                    attempt!(name_ops::setup_annotations(thread, frame));
                }
                op!(LoadBuildClass) => {
                    sync!();
                    top.push_value(attempt!(name_ops::load_build_class(thread, frame)));
                }
                op!(ImportName) => {
                    sync!();
                    let (level, from) = (top.look(2), top.look(1));
                    let module = attempt!(name_ops::import_name(thread, frame, oparg, &from, &level));
                    top.drop_many(2);
                    top.push_value(module);
                    poll!();
                }
                op!(ImportFrom) => {
                    sync!();
                    let module = top.look(1);
                    let found = attempt!(name_ops::import_from(thread, frame, oparg, &module));
                    top.push_value(found);
                }

                // Cells.
                op!(MakeCell) => {
                    sync!();
                    let place = locals.wrapping_add(oparg);
                    let contents = read(place).into_value();
                    write(place, StackRef::EMPTY);
                    let made = attempt!(cell::new(thread, contents));
                    write(place, StackRef::from_value(made));
                }
                op!(CopyFreeVars) => {
                    let first = locals.wrapping_add(code_of(frame).payload().nlocalsplus() - oparg);
                    let function = function_of(frame);
                    if let Some(closure) = function.payload().closure.get(function.header())
                        && let Some(cells) = cast::<Tuple>(&closure)
                    {
                        for (i, cell) in cells.items().iter().enumerate().take(oparg) {
                            write(first.wrapping_add(i), StackRef::from_value(cell.clone()));
                        }
                    }
                }
                op!(LoadDeref) => {
                    let holder = look(read(locals.wrapping_add(oparg)));
                    let found = match cast::<Cell>(&holder) {
                        Some(cell) => cell::borrow(thread, cell),
                        None => StackRef::EMPTY,
                    };
                    if found.is_empty() {
                        sync!();
                        raise!(name_ops::unbound_deref(frame, oparg));
                    }
                    top.push(found);
                }
                op!(StoreDeref) => {
                    let value = top.pop_value();
                    let holder = look(read(locals.wrapping_add(oparg)));
                    cell::set(thread, &holder, Some(value));
                    poll!();
                }
                op!(DeleteDeref) => {
                    let holder = look(read(locals.wrapping_add(oparg)));
                    if cell::get(&holder).is_none() {
                        sync!();
                        raise!(name_ops::unbound_deref(frame, oparg));
                    }
                    cell::set(thread, &holder, None);
                    poll!();
                }

                _ => {
                    *registers = Registers { frame, pc, top, locals };
                    return super::step_control::step_control(thread, registers, unit);
                }
            }
            break 'again;
        }
        Flow::Next
    };
    *registers = Registers { frame, pc, top, locals };
    flow
}

/// Pops `n` values, the lowest first.
///
/// The top goes in and comes out by value: a reference to it would keep it out of its register.
fn take(top: Top, n: usize) -> (Top, Vec<Value>) {
    let first = top.place(n);
    let values =
        (0..n).map(|i| read(first.wrapping_add(i)).into_value().unwrap_or_else(Value::none)).collect();
    (Top(first), values)
}
