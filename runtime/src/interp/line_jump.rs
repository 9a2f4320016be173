//! Setting `f_lineno`: a debugger lets a frame go on at another line.
//!
//! What the evaluation stack holds must fit where the frame goes on. For each instruction the kinds of what is on the stack are
//! found by following the code from its start; the frame may go where they begin with what is there now, and what is above
//! goes away. (The kinds: what matters is whether there is an iterator of a `for`, an exception that was being handled when another
//! came, the index of an instruction that raised, or NULL.)

use compiler::opcode::Opcode;
use memory::{Object, StackRef, Value};
use threads::Thread;

use super::frame_object::{FrameObject, Place, place};
use super::instr::{self, Instructions, Unit};
use super::monitor::code::target_of;
use super::monitor::event;
use super::positions;
use super::run::number;
use super::top::{read, write};
use super::unwind;
use crate::error::{RUNTIME_WARNING, Result, value_error};
use crate::state::ThreadState;
use crate::types::code::Code;
use crate::types::int;

/// What a slot of the evaluation stack holds. The order decides between places on one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Iterator = 1,
    Exception = 2,
    Object = 3,
    Null = 4,
    Instruction = 5,
}

type Stack = Vec<Kind>;

/// Whether what is on the stack may be taken for `wanted`.
fn fits(has: Kind, wanted: Kind) -> bool {
    match wanted {
        Kind::Object => has != Kind::Null,
        Kind::Null => true,
        other => has == other,
    }
}

fn all_fit(has: &Stack, wanted: &Stack) -> bool {
    wanted.len() <= has.len() && has.iter().zip(wanted).all(|(&has, &wanted)| fits(has, wanted))
}

/// Why the frame cannot go where the stack is `wanted`.
fn explain(wanted: Option<&Stack>) -> &'static str {
    match wanted.map(|wanted| wanted.last()) {
        None => "can't jump into an exception handler, or code may be unreachable",
        Some(Some(Kind::Exception)) => "can't jump into an 'except' block as there's no exception",
        Some(Some(Kind::Instruction)) => "can't jump into a re-raising block as there's no location",
        Some(Some(Kind::Iterator)) => "can't jump into the body of a for loop",
        Some(_) => "incompatible stacks",
    }
}

/// The kinds on the stack before each instruction; `None` where control does not get.
struct Stacks {
    before: Vec<Option<Stack>>,
    work: Vec<usize>,
}

impl Stacks {
    fn reach(&mut self, index: usize, stack: Stack) {
        if let Some(place @ None) = self.before.get_mut(index) {
            *place = Some(stack);
            self.work.push(index);
        }
    }

    fn of(code: &Code, instructions: &Instructions) -> Self {
        let n = instructions.len();
        let mut stacks = Self { before: vec![None; n], work: Vec::new() };
        let handlers: Vec<_> = super::handlers::decode(&code.exceptiontable).collect();
        // A generator's first instruction finds what it was sent.
        stacks.reach(0, Vec::new());
        while let Some(index) = stacks.work.pop() {
            let Some(stack) = stacks.before[index].clone() else { continue };
            for handler in &handlers {
                if (handler.start..handler.end).contains(&index) {
                    let mut there: Stack = stack.iter().copied().take(handler.depth).collect();
                    if handler.push_instruction {
                        there.push(Kind::Instruction);
                    }
                    there.push(Kind::Exception);
                    stacks.reach(handler.target, there);
                }
            }
            stacks.step(index, stack, instructions);
        }
        stacks
    }

    /// Follows one instruction.
    fn step(&mut self, index: usize, mut stack: Stack, instructions: &Instructions) {
        let Some(unit) = instructions.unit(index) else { return };
        let general = super::monitor::code::base(unit);
        let oparg = unit.oparg();
        let Some(known) = Opcode::from_number(general.into()) else { return };
        let next = index + 1 + known.caches();
        let pop = |stack: &mut Stack, n: usize| {
            for _ in 0..n {
                stack.pop();
            }
        };
        match general {
            number::PopJumpIfFalse
            | number::PopJumpIfTrue
            | number::PopJumpIfNone
            | number::PopJumpIfNotNone => {
                pop(&mut stack, 1);
                self.jump(index, unit, stack.clone());
                self.reach(next, stack);
            }
            number::Send => {
                // Past END_SEND's place: the receiver and the result.
                let mut there = stack.clone();
                pop(&mut there, 1);
                there.push(Kind::Object);
                self.reach(next + oparg as usize, there);
                self.reach(next, stack);
            }
            number::JumpForward | number::JumpBackward | number::JumpBackwardNoInterrupt => {
                self.jump(index, unit, stack);
            }
            number::GetIter | number::GetAiter => {
                pop(&mut stack, 1);
                stack.push(Kind::Iterator);
                self.reach(next, stack);
            }
            number::ForIter => {
                // Where the loop ends END_FOR is passed over, and POP_ITER pops the iterator.
                self.reach(next + oparg as usize + 1, stack.clone());
                self.reach(next + oparg as usize, [&stack[..], &[Kind::Object]].concat());
                stack.push(Kind::Object);
                self.reach(next, stack);
            }
            number::EndAsyncFor => {
                pop(&mut stack, 2);
                self.reach(next, stack);
            }
            number::PushExcInfo => {
                pop(&mut stack, 1);
                stack.extend([Kind::Exception, Kind::Exception]);
                self.reach(next, stack);
            }
            number::ReturnValue | number::RaiseVarargs | number::Reraise | number::InterpreterExit => {}
            number::PushNull => {
                stack.push(Kind::Null);
                self.reach(next, stack);
            }
            number::LoadGlobal => {
                stack.push(Kind::Object);
                if oparg & 1 != 0 {
                    stack.push(Kind::Null);
                }
                self.reach(next, stack);
            }
            number::LoadAttr => {
                pop(&mut stack, 1);
                stack.push(Kind::Object);
                if oparg & 1 != 0 {
                    stack.push(Kind::Null);
                }
                self.reach(next, stack);
            }
            number::LoadSuperAttr => {
                pop(&mut stack, 3);
                stack.push(Kind::Object);
                if oparg & 1 != 0 {
                    stack.push(Kind::Null);
                }
                self.reach(next, stack);
            }
            number::LoadSpecial => {
                pop(&mut stack, 1);
                stack.extend([Kind::Object, Kind::Null]);
                self.reach(next, stack);
            }
            number::Call => {
                pop(&mut stack, oparg as usize + 2);
                stack.push(Kind::Object);
                self.reach(next, stack);
            }
            number::Swap => {
                let n = stack.len();
                if let Some(at) = n.checked_sub(oparg as usize).filter(|&at| at < n) {
                    stack.swap(at, n - 1);
                }
                self.reach(next, stack);
            }
            number::Copy => {
                if let Some(&kind) = stack.len().checked_sub(oparg as usize).and_then(|at| stack.get(at)) {
                    stack.push(kind);
                }
                self.reach(next, stack);
            }
            _ => {
                let effect = known.stack_effect(oparg, false);
                pop(&mut stack, usize::try_from(-effect).unwrap_or(0));
                stack.extend(std::iter::repeat_n(Kind::Object, usize::try_from(effect).unwrap_or(0)));
                self.reach(next, stack);
            }
        }
    }

    fn jump(&mut self, index: usize, unit: Unit, stack: Stack) {
        if let Some(target) = target_of(index, unit) {
            self.reach(target, stack);
        }
    }
}

/// For each unit, the line that begins there, or -1.
fn line_starts(code: &Code, n: usize) -> Vec<i32> {
    let mut starts = vec![-1; n];
    let (mut at, mut last) = (0, None);
    for (units, position) in positions::entries(code) {
        if position.line != last
            && let (Some(line), Some(place)) = (position.line, starts.get_mut(at))
        {
            *place = line;
        }
        last = position.line;
        at += units;
    }
    starts
}

/// Whether a frame may be moved during the event that is being told of.
fn check_event(what: i32) -> Result<()> {
    let message = match usize::try_from(what) {
        Err(_) => "f_lineno can only be set in a trace function",
        Ok(
            event::PY_RESUME
            | event::JUMP
            | event::BRANCH_LEFT
            | event::BRANCH_RIGHT
            | event::LINE
            | event::PY_YIELD,
        ) => return Ok(()),
        Ok(event::PY_START) => "can't jump from the 'call' trace event of a new frame",
        Ok(event::CALL | event::C_RETURN) => "can't jump during a call",
        Ok(_) => "can only jump from a 'line' trace event",
    };
    Err(value_error(message))
}

/// Sets `f_lineno`.
///
/// # Errors
/// ValueError where the frame cannot go on there.
pub fn jump(thread: &mut Thread, object: &Object<FrameObject>, line: &Value) -> Result<()> {
    check_event(ThreadState::of(thread).event.get())?;
    let Some(line) = int::to_i64(line).and_then(|line| i32::try_from(line).ok()) else {
        return Err(value_error("lineno out of range"));
    };
    let code_object = object.payload().code();
    let code = code_object.payload();
    if line < code.first_line {
        return Err(value_error(format!("line {line} comes before the current code block")));
    }
    let instructions = instr::of(code_object);
    let lines = line_starts(code, instructions.len());
    let Some(target_line) = lines.iter().copied().filter(|&start| start >= line).min() else {
        return Err(value_error(format!("line {line} comes after the current code block")));
    };
    let Place::Active(frame) = place(thread, object) else {
        return Err(value_error("f_lineno can only be set in a trace function"));
    };
    // SAFETY: an active frame of this thread.
    let frame = unsafe { &mut *frame };
    let stacks = Stacks::of(code, instructions);
    let here = stacks.before.get(frame.instruction()).and_then(Option::as_ref);
    let mut best: Option<(usize, &Stack)> = None;
    let mut message = "cannot find bytecode for specified line";
    let mut explained = false;
    for (index, _) in lines.iter().enumerate().filter(|&(_, &start)| start == target_line) {
        let wanted = stacks.before.get(index).and_then(Option::as_ref);
        match (here, wanted) {
            (Some(here), Some(wanted)) if all_fit(here, wanted) => {
                let rank = |stack: &Stack| (stack.len(), stack.clone());
                if best.is_none_or(|(_, stack)| rank(wanted) > rank(stack)) {
                    best = Some((index, wanted));
                }
            }
            _ if best.is_some() || explained => {}
            (None, _) => message = "can't jump from unreachable code",
            (Some(_), wanted) => {
                message = explain(wanted);
                explained = true;
            }
        }
    }
    let (Some((target, wanted)), Some(here)) = (best, here) else { return Err(value_error(message)) };
    bind_none(thread, frame)?;
    let state: *const ThreadState = ThreadState::of(thread);
    // SAFETY: INV-STATE-1: the state lives as long as the thread runs Python.
    let state = unsafe { &*state };
    let mut top = frame.saved_top;
    for &kind in here[wanted.len()..].iter().rev() {
        top = top.wrapping_sub(1);
        let popped = read(top);
        write(top, StackRef::EMPTY);
        if kind == Kind::Exception {
            unwind::end_handling(state, popped.into_value().unwrap_or_else(Value::none));
        } else {
            popped.release();
        }
    }
    frame.saved_top = top;
    frame.pc = instructions.first().wrapping_add(target);
    Ok(())
}

/// Variables that the compiler takes to be bound where the frame goes on.
fn bind_none(thread: &mut Thread, frame: &super::frame::Frame) -> Result<()> {
    let places = || (0..frame.nlocalsplus()).map(|i| frame.locals.wrapping_add(i));
    let unbound = places().filter(|&place| read(place).is_empty()).count();
    if unbound == 0 {
        return Ok(());
    }
    let plural = if unbound == 1 { "" } else { "s" };
    let message = format!("assigning None to {unbound} unbound local{plural}");
    crate::hooks::warn(thread, &RUNTIME_WARNING, &message, 0)?;
    for place in places().filter(|&place| read(place).is_empty()) {
        write(place, StackRef::from_value(Value::none()));
    }
    Ok(())
}
