//! Instructions in full: attributes, calls, returns, generators, exceptions, patterns; `step` has the others.
//!
//! Most of the time `run` executes instructions in their frequent forms without coming here. Operands stay on the stack while an
//! operation looks at them, so they stay alive, and are popped afterwards: a refresh may have made them counted.

use memory::word::Word;
use memory::{StackRef, Value};
use threads::Thread;

use super::frame::Caller;
use super::instr::Unit;
use super::run::{
    Flow, Registers, arguments, code_of, despecialize, is_generator, load, name, poll_quietly, save_top,
    sendable, skip_after, top_release,
};
use super::specialized::internal;
use super::step_words::{op, vocabulary};
use super::top::{Top, look, read, with_values, write};
use super::{attributes, calls, held, operations, unwind};
use crate::class::{Type, class_of};
use crate::native::Args;
use crate::object::{cast, cast_exact};
use crate::types::function::{Function, Method};

use crate::types::{Tuple, TupleExt, async_generator, awaiting, generator, generator_turns};

/// Executes one of the instructions that lead elsewhere: `unit`, behind which `registers.pc` is.
pub(super) fn step_control(thread: &mut Thread, registers: &mut Registers, unit: Unit) -> Flow {
    let Registers { mut frame, mut pc, mut top, mut locals } = *registers;
    let oparg = unit.oparg() as usize;
    let flow = 'op: {
        vocabulary!($ 'op thread frame pc top locals);

        match unit.opcode() {
            // Attributes.
            op!(LoadAttr) | internal::LOAD_ATTR_GENERIC => {
                sync!();
                let owner = top.look(1);
                let (found, receiver) = attempt!(attributes::load(thread, frame, pc, unit, &owner));
                pc = pc.wrapping_add(9);
                if oparg & 1 == 0 {
                    top.drop_one();
                    top.push_value(found);
                } else if receiver {
                    // function, receiver
                    let owner = top.pop();
                    top.push_value(found);
                    top.push(owner);
                } else {
                    top.drop_one();
                    top.push_value(found);
                    top.push(StackRef::EMPTY);
                }
                poll!();
            }
            internal::LOAD_ATTR_PROPERTY
            | internal::LOAD_ATTR_SLOT
            | internal::LOAD_ATTR_SLOT_CALLED
            | internal::LOAD_ATTR_SLOTS
                if held::knows_property(pc, unit, &top.look(1))
                    || attributes::knows_empty_slot(pc, unit, &top.look(1)) =>
            {
                // Right as it is, but for others to find out.
                sync!();
                let owner = top.look(1);
                let found = attempt!(crate::class::lookup::getattr(thread, &owner, name(frame, oparg >> 1)));
                pc = pc.wrapping_add(9);
                top.drop_one();
                top.push_value(found);
                if oparg & 1 != 0 {
                    top.push(StackRef::EMPTY);
                }
                poll!();
            }
            // What a cache knows, where counting it takes more than a plain addition, is no reason to look again.
            internal::LOAD_ATTR_SLOT
            | internal::LOAD_ATTR_SLOT_CALLED
            | internal::LOAD_ATTR_SLOTS
            | internal::LOAD_ATTR_MODULE
            | internal::LOAD_ATTR_HELD
            | internal::LOAD_ATTR_CLASS => {
                let owner = top.peek(1);
                let found = match unit.opcode() {
                    internal::LOAD_ATTR_SLOT | internal::LOAD_ATTR_SLOT_CALLED => {
                        attributes::cached_slot::<false>(thread, pc, owner)
                    }
                    internal::LOAD_ATTR_SLOTS => attributes::cached_in_ways::<false>(thread, pc, owner),
                    internal::LOAD_ATTR_HELD => held::cached_held::<false>(thread, pc, owner),
                    internal::LOAD_ATTR_CLASS => held::cached_of_class::<false>(thread, pc, owner),
                    _ => attributes::cached_in_module::<false>(thread, pc, owner),
                };
                if found.is_empty() {
                    pc = despecialize(pc, unit, op!(LoadAttr));
                } else {
                    pc = pc.wrapping_add(9);
                    let owner = top.pop();
                    top.push(found);
                    if oparg & 1 != 0 {
                        top.push(StackRef::EMPTY);
                    }
                    owner.release();
                    poll!();
                }
            }
            internal::LOAD_ATTR_METHOD => {
                let found = attributes::cached_method(thread, pc, top.peek(1));
                if found.is_empty() {
                    pc = despecialize(pc, unit, op!(LoadAttr));
                } else {
                    pc = pc.wrapping_add(9);
                    let owner = top.pop();
                    top.push(found);
                    top.push(owner);
                }
            }
            internal::LOAD_ATTR_COMPUTED | internal::LOAD_ATTR_PROPERTY => {
                pc = despecialize(pc, unit, op!(LoadAttr));
            }
            op!(StoreAttr) | internal::STORE_ATTR_GENERIC => {
                sync!();
                let (value, owner) = (top.look(2), top.look(1));
                attempt!(attributes::store(thread, frame, pc, unit, &owner, &value));
                pc = pc.wrapping_add(4);
                top.drop_many(2);
                poll!();
            }
            internal::STORE_ATTR_SLOT | internal::STORE_ATTR_SLOTS | internal::STORE_ATTR_NEW => {
                let store = match unit.opcode() {
                    internal::STORE_ATTR_SLOT => attributes::store_cached,
                    internal::STORE_ATTR_SLOTS => attributes::store_in_ways,
                    _ => attributes::store_new,
                };
                if store(thread, pc, top.peek(1), top.peek(2)) {
                    pc = pc.wrapping_add(4);
                    top.drop_one();
                    top.0 = top.place(1); // the value is in the slot now
                    poll!();
                } else {
                    pc = despecialize(pc, unit, op!(StoreAttr));
                }
            }
            op!(DeleteAttr) => {
                sync!();
                let owner = top.look(1);
                attempt!(crate::class::lookup::setattr(thread, &owner, name(frame, oparg), None));
                top.drop_one();
                poll!();
            }
            op!(LoadSuperAttr) => {
                pc = pc.wrapping_add(1);
                sync!();
                let (callable, class, receiver) = (top.look(3), top.look(2), top.look(1));
                let found = attempt!(super::super_call::load_super(
                    thread,
                    &callable,
                    &class,
                    &receiver,
                    name(frame, oparg >> 2),
                    oparg as u32 & 3
                ));
                top.drop_many(3);
                top.push_value(found);
                if oparg & 1 != 0 {
                    top.push(StackRef::EMPTY);
                }
                poll!();
            }
            op!(LoadSpecial) => {
                sync!();
                let owner = top.look(1);
                let (found, receiver) = attempt!(operations::load_special(thread, &owner, oparg as u32));
                if receiver {
                    let owner = top.pop();
                    top.push_value(found);
                    top.push(owner);
                } else {
                    top.drop_one();
                    top.push_value(found);
                    top.push(StackRef::EMPTY);
                }
            }

            // Calls.
            op!(Call) => {
                poll!();
                pc = pc.wrapping_add(3);
                let place = top.place(oparg + 2);
                let callable = look(read(place));
                let has_receiver = !read(place.wrapping_add(1)).is_empty();
                sync!();
                if let Some(function) = cast_exact::<Function>(&callable) {
                    let (first, n) = arguments(place, oparg, has_receiver);
                    save_top(frame, place);
                    attempt!(calls::push(
                        thread,
                        state!(),
                        stack!(),
                        function,
                        place,
                        first,
                        n,
                        &[],
                        Caller::Frame
                    ));
                    new_frame!();
                    done!();
                }
                if !has_receiver && let Some(method) = cast_exact::<Method>(&callable) {
                    if let Some((function, receiver)) = crate::types::function::parts(method)
                        && let Some(function) = cast_exact::<Function>(&function)
                    {
                        write(place.wrapping_add(1), StackRef::from_value(receiver));
                        save_top(frame, place);
                        attempt!(calls::push(
                            thread,
                            state!(),
                            stack!(),
                            function,
                            place,
                            place.wrapping_add(1),
                            oparg + 1,
                            &[],
                            Caller::Frame
                        ));
                        new_frame!();
                        done!();
                    }
                } else if !has_receiver
                    && let Some(class) = cast::<Type>(&callable)
                    && attempt!(calls::push_instance(thread, state!(), stack!(), frame, class, place, oparg))
                {
                    new_frame!();
                    done!();
                }
                let (first, n) = arguments(place, oparg, has_receiver);
                let call = |values: &[Value]| crate::call::call(thread, &callable, Args::positional(values));
                let result = attempt!(with_values(first, n, call));
                top.drop_many(oparg + 2);
                top.push_value(result);
                poll!();
            }
            op!(CallKw) => {
                poll!();
                pc = pc.wrapping_add(3);
                let names = top.look(1);
                let place = top.place(oparg + 3);
                let callable = look(read(place));
                let has_receiver = !read(place.wrapping_add(1)).is_empty();
                let (first, n) = arguments(place, oparg, has_receiver);
                sync!();
                let keywords = cast::<Tuple>(&names).map_or(&[][..], |names| names.items());
                if let Some(function) = cast_exact::<Function>(&callable)
                    && top.peek(1).is_borrowed()
                {
                    // The code keeps the names. Their slot is the callee's.
                    save_top(frame, place);
                    attempt!(calls::push(
                        thread,
                        state!(),
                        stack!(),
                        function,
                        place,
                        first,
                        n,
                        keywords,
                        Caller::Frame
                    ));
                    new_frame!();
                    done!();
                }
                let call =
                    |values: &[Value]| crate::call::call(thread, &callable, Args { values, names: keywords });
                let result = attempt!(with_values(first, n, call));
                top.drop_many(oparg + 3);
                top.push_value(result);
                poll!();
            }
            op!(CallFunctionEx) => {
                poll!();
                sync!();
                attempt!(calls::bind_receiver(thread, top));
                let (callable, args, kwargs) = (top.look(4), top.look(2), top.peek(1));
                let kwargs = if kwargs.is_empty() { None } else { Some(top.look(1)) };
                let result = attempt!(calls::call_ex(thread, &callable, &args, kwargs.as_deref()));
                top.drop_many(4);
                top.push_value(result);
                poll!();
            }
            op!(CallIntrinsic1) => {
                sync!();
                let value = top.look(1);
                let result = attempt!(operations::intrinsic_1(thread, frame, oparg as u32, &value));
                top.drop_one();
                top.push_value(result);
                poll!();
            }
            op!(CallIntrinsic2) => {
                sync!();
                let (a, b) = (top.look(2), top.look(1));
                let result = attempt!(operations::intrinsic_2(thread, oparg as u32, &a, &b));
                top.drop_many(2);
                top.push_value(result);
                poll!();
            }
            op!(MakeFunction) => {
                sync!();
                let code = top.look(1);
                let function = attempt!(calls::make_function(thread, frame, &code));
                top.drop_one();
                top.push_value(function);
            }
            op!(SetFunctionAttribute) => {
                let function = top.pop();
                let attribute = top.pop_value();
                calls::set_function_attribute(thread, &look(function), oparg as u32, attribute);
                top.push(function);
            }
            op!(ReturnValue) => {
                let result = top.pop_value();
                poll_quietly(stack!(), frame, pc, top);
                if is_generator(frame) {
                    generator_turns::finished(thread, state!(), frame);
                }
                let (ret, caller) = calls::pop(thread, state!(), stack!(), frame);
                top = Top(ret);
                match caller {
                    Caller::Native => {
                        top_release(stack!(), top);
                        return Flow::Return(result);
                    }
                    Caller::Frame => {
                        // The callable's slot, whose contents `pop` has released.
                        top.push_value(result);
                    }
                    Caller::Init => {
                        if !result.is_none() {
                            let raised = calls::init_returned(&result);
                            drop(result);
                            save_top(state!().frames.current.get(), top.0);
                            (pc, top, _) = load(state!().frames.current.get());
                            raise!(raised);
                        }
                    }
                    Caller::Next => {
                        let below = state!().frames.current.get();
                        skip_after(below, 1);
                        if !result.is_none()
                            && let Err(raised) = super::stop_value_seen(thread, result)
                        {
                            save_top(below, top.0);
                            (pc, top, _) = load(below);
                            raise!(raised);
                        }
                    }
                    Caller::Send => {
                        top.push_value(result);
                        skip_after(state!().frames.current.get(), 0);
                    }
                    Caller::Anext => {
                        drop(result);
                        let raised = async_generator::ended(thread, top.peek(1));
                        save_top(state!().frames.current.get(), top.0);
                        (pc, top, _) = load(state!().frames.current.get());
                        raise!(raised);
                    }
                }
                frame = state!().frames.current.get();
                save_top(frame, top.0);
                new_frame!();
                poll!();
            }
            internal::REFUSED => {
                sync!();
                raise!(unwind::refused(frame));
            }
            op!(InterpreterExit) => {
                sync!();
                raise!(crate::error::system_error("INTERPRETER_EXIT is not executed"));
            }

            // Generators.
            op!(ReturnGenerator) => {
                sync!();
                let generator = attempt!(generator::from_frame(thread, frame, pc));
                let (ret, caller) = calls::pop(thread, state!(), stack!(), frame);
                top = Top(ret);
                if caller == Caller::Native {
                    top_release(stack!(), top);
                    return Flow::Return(generator);
                }
                if caller == Caller::Init {
                    let raised = calls::init_returned(&generator);
                    drop(generator);
                    save_top(state!().frames.current.get(), top.0);
                    (pc, top, _) = load(state!().frames.current.get());
                    raise!(raised);
                }
                top.push_value(generator);
                frame = state!().frames.current.get();
                save_top(frame, top.0);
                new_frame!();
            }
            op!(YieldValue) => {
                let value = top.pop_value();
                sync!();
                generator_turns::suspend(thread, state!(), frame, pc, top.0);
                let (ret, caller) = calls::pop(thread, state!(), stack!(), frame);
                top = Top(ret);
                if caller == Caller::Native {
                    state!().yielded.set(true);
                    top_release(stack!(), top);
                    return Flow::Return(value);
                }
                frame = state!().frames.current.get();
                // FOR_ITER or SEND of the frame below goes on with the value.
                let value = match caller {
                    Caller::Anext => match async_generator::yielded(thread, top.peek(1), value) {
                        generator::Sent::Yielded(awaited) => awaited,
                        generator::Sent::Returned(item) => {
                            skip_after(frame, 0);
                            item
                        }
                    },
                    _ => value,
                };
                top.push_value(value);
                save_top(frame, top.0);
                new_frame!();
                poll!();
            }
            op!(Send) => {
                pc = pc.wrapping_add(1);
                let receiver = top.look(2);
                if let Some(generator) = sendable(&receiver) {
                    let value = top.pop_value();
                    sync!();
                    save_top(frame, top.0);
                    if attempt!(generator_turns::begin(
                        thread,
                        state!(),
                        stack!(),
                        &receiver,
                        generator,
                        Some(&value),
                        Caller::Send
                    )) {
                        drop(value);
                        new_frame!();
                        done!();
                    }
                    drop(value);
                    let ended = generator::resume(thread, &receiver, generator::With::Value(Value::none()));
                    match attempt!(ended) {
                        generator::Sent::Yielded(item) => top.push_value(item),
                        generator::Sent::Returned(result) => {
                            top.push_value(result);
                            jump!(oparg);
                        }
                    }
                    poll!();
                    done!();
                }
                sync!();
                let value = top.look(1);
                match attempt!(generator::send_to(thread, &receiver, &value)) {
                    generator::Sent::Yielded(item) => {
                        top.drop_one();
                        top.push_value(item);
                    }
                    generator::Sent::Returned(result) => {
                        top.drop_one();
                        top.push_value(result);
                        jump!(oparg);
                    }
                }
                poll!();
            }
            op!(GetYieldFromIter) => {
                unary!(|thread: &mut Thread, value: &Value| awaiting::yield_from_iter(
                    thread,
                    value,
                    code_of(frame)
                ))
            }
            op!(GetAwaitable) => {
                unary!(|thread: &mut Thread, value: &Value| awaiting::get_awaitable(
                    thread,
                    value,
                    oparg as u32
                ))
            }
            op!(GetAiter) => unary!(awaiting::get_aiter),
            op!(GetAnext) => {
                sync!();
                let iterator = top.look(1);
                let awaitable = attempt!(awaiting::get_anext(thread, &iterator));
                top.push_value(awaitable);
            }
            op!(EndAsyncFor) => {
                let exception = top.look(1);
                if class_of(&exception).payload().flags().contains(crate::class::ClassFlags::EXCEPTION)
                    && crate::class::is_instance(&exception, crate::error::STOP_ASYNC_ITERATION.object())
                {
                    top.drop_many(2);
                    poll!();
                } else {
                    sync!();
                    let exception = top.pop_value();
                    raise!(unwind::reraise(frame, exception));
                }
            }
            op!(CleanupThrow) => {
                let exception = top.look(1);
                if crate::class::is_instance(&exception, crate::error::STOP_ITERATION.object()) {
                    let value = crate::types::exception::field(thread, &exception, "value");
                    top.drop_many(3);
                    top.push_value(Value::none());
                    top.push_value(value.unwrap_or_else(Value::none));
                } else {
                    sync!();
                    let exception = top.pop_value();
                    raise!(unwind::reraise(frame, exception));
                }
            }

            // Exceptions.
            op!(RaiseVarargs) => {
                let cause = if oparg == 2 { Some(top.pop_value()) } else { None };
                let exception = if oparg >= 1 { Some(top.pop_value()) } else { None };
                sync!();
                raise!(unwind::raise(thread, frame, exception, cause));
            }
            op!(Reraise) => {
                let exception = top.pop_value();
                sync!();
                if oparg > 0 {
                    unwind::restore_instruction(frame, &top.look(oparg));
                }
                raise!(unwind::reraise(frame, exception));
            }
            op!(PushExcInfo) => {
                let exception = top.pop_value();
                let before = unwind::begin_handling(state!(), frame, &exception);
                top.push_value(before);
                top.push_value(exception);
            }
            op!(PopExcept) => {
                let before = top.pop_value();
                unwind::end_handling(state!(), before);
                poll!();
            }
            op!(CheckExcMatch) => {
                sync!();
                let (exception, class) = (top.look(2), top.look(1));
                let matches = attempt!(unwind::matches(thread, &exception, &class));
                top.drop_one();
                top.push(StackRef::immediate(Word::from_bool(matches)));
            }
            op!(CheckEgMatch) => {
                sync!();
                let (group, class) = (top.look(2), top.look(1));
                let (rest, matched) = attempt!(unwind::match_group(thread, &group, &class));
                top.drop_many(2);
                if !matched.is_none() {
                    unwind::handle_instead(state!(), &matched);
                }
                top.push_value(rest);
                top.push_value(matched);
            }
            op!(WithExceptStart) => {
                sync!();
                let (exit, receiver, exception) = (top.look(5), top.peek(4), top.look(1));
                let receiver = if receiver.is_empty() { None } else { Some(top.look(4)) };
                let result = attempt!(unwind::call_exit(thread, &exit, receiver.as_deref(), &exception));
                top.push_value(result);
            }
            op!(ExitInitCheck) => {
                top.drop_one();
            }

            // Patterns.
            op!(MatchMapping) => {
                let flags = class_of(&top.look(1)).payload().flags();
                let is = flags.contains(crate::class::ClassFlags::MAPPING);
                top.push(StackRef::immediate(Word::from_bool(is)));
            }
            op!(MatchSequence) => {
                let flags = class_of(&top.look(1)).payload().flags();
                let is = flags.contains(crate::class::ClassFlags::SEQUENCE);
                top.push(StackRef::immediate(Word::from_bool(is)));
            }
            op!(MatchKeys) => {
                sync!();
                let (subject, keys) = (top.look(2), top.look(1));
                let values = attempt!(operations::match_keys(thread, &subject, &keys));
                top.push_value(values);
            }
            op!(MatchClass) => {
                sync!();
                let (subject, class, names) = (top.look(3), top.look(2), top.look(1));
                let attributes = attempt!(operations::match_class(thread, &subject, &class, oparg, &names));
                top.drop_many(3);
                top.push_value(attributes);
                poll!();
            }
            other => {
                sync!();
                raise!(crate::error::system_error(format!("unknown opcode {other}")));
            }
        }
        Flow::Next
    };
    *registers = Registers { frame, pc, top, locals };
    flow
}
