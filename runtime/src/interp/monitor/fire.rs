//! Telling tools what happens.

use memory::{EvalStack, Object, StackRef, Value};
use threads::Thread;
use threads::sync::atomic::AtomicU64;

use super::code::{self, Marks};
use super::{LOCAL_EVENTS, PROFILE, TRACE, UNGROUPED_EVENTS, callback, calls, event, global_tools, legacy};
use crate::call;
use crate::error::{Raised, Result, value_error};
use crate::interp::frame::Frame;
use crate::interp::instr::{self, RESUME_ARGUMENT, Unit};
use crate::interp::run::number;
use crate::interp::top::{Top, look};
use crate::state::ThreadState;
use crate::types::code::Code;

/// How the loop goes on.
pub(crate) enum Next {
    /// With the original instruction.
    Execute,
    /// At the frame's saved place, with its saved top.
    Reload,
}

/// Where something happens.
#[derive(Clone, Copy)]
pub(crate) struct Site<'a> {
    pub(crate) state: &'a ThreadState,
    pub(crate) frame: *mut Frame,
    pub(crate) code: &'a Object<Code>,
    pub(crate) index: usize,
}

impl Site<'_> {
    fn offset(&self) -> Value {
        offset(self.index)
    }
}

fn offset(index: usize) -> Value {
    Value::from_int(index as i64 * 2).unwrap_or_else(Value::none)
}

/// The highest bit of `tools`, which is cleared.
fn next_tool(tools: &mut u8) -> Option<usize> {
    let tool = tools.checked_ilog2()?;
    *tools &= !(1 << tool);
    Some(tool as usize)
}

/// While this lives, no tool hears of what the thread does.
pub(crate) struct Callback<'a> {
    state: &'a ThreadState,
    event: i32,
}

impl<'a> Callback<'a> {
    pub(crate) fn enter(state: &'a ThreadState, event: usize) -> Self {
        state.monitoring.set(state.monitoring.get() + 1); // INV-MON-2
        let before = state.event.replace(event as i32);
        Self { state, event: before }
    }
}

impl Drop for Callback<'_> {
    fn drop(&mut self) {
        self.state.event.set(self.event);
        self.state.monitoring.set(self.state.monitoring.get() - 1);
    }
}

/// Tells the tools of `tools` of an event, with what they get behind the code.
///
/// # Errors
/// What a tool raises.
pub(crate) fn tell(
    thread: &mut Thread,
    site: Site<'_>,
    event: usize,
    mut tools: u8,
    rest: &[Value],
) -> Result<()> {
    if site.state.monitoring.get() != 0 {
        return Ok(());
    }
    let mut values: Option<Vec<Value>> = None;
    while let Some(tool) = next_tool(&mut tools) {
        let mut both_ways = false;
        let disabled = match tool {
            TRACE => legacy::trace(thread, site, event, rest)?,
            PROFILE => legacy::profile(thread, site, event, rest)?,
            _ => {
                let Some((callback, both)) = callback(tool, event) else { continue };
                both_ways = both;
                let values = values.get_or_insert_with(|| {
                    std::iter::once(crate::object::to_value(site.code)).chain(rest.iter().cloned()).collect()
                });
                let guard = Callback::enter(site.state, event);
                let answer = call::call_positional(thread, &callback, values);
                drop(guard);
                super::is_disable(&answer?)
            }
        };
        if !disabled {
            continue;
        }
        if event >= LOCAL_EVENTS {
            drop(super::set_callback(tool, event, None));
            return Err(value_error(format!(
                "Cannot disable {} events. Callback removed.",
                event::NAMES[event]
            )));
        }
        code::disable(site.code, site.index, event, 1 << tool);
        if both_ways && let Some((index, other)) = other_way(site, rest) {
            code::disable(site.code, index, other, 1 << tool);
        }
    }
    Ok(())
}

/// The instruction and the event by which a branch's other way is told of.
fn other_way(site: Site<'_>, rest: &[Value]) -> Option<(usize, usize)> {
    let from = rest.first().and_then(Value::as_int).map(|offset| offset as usize / 2)?;
    let unit = instr::of(site.code).unit(site.index)?;
    match instr::original(unit) {
        number::ForIter => Some((site.index + 3 + unit.oparg() as usize, event::BRANCH_RIGHT)),
        number::PopIter => Some((from, event::BRANCH_LEFT)),
        number::NotTaken if opcode_at(site.code, from) == number::EndSend => None,
        number::NotTaken => Some((from, event::BRANCH_RIGHT)),
        number::EndAsyncFor => Some((from + 1, event::BRANCH_LEFT)),
        _ => Some((site.index + 2, event::BRANCH_LEFT)),
    }
}

/// What comes before a watched instruction: its line, itself, what it does. `pc` is past it.
///
/// # Errors
/// What a tool raises; what a call raises that was made here.
pub(crate) fn before(
    thread: &mut Thread,
    state: &ThreadState,
    stack: &EvalStack,
    frame: *mut Frame,
    pc: *const AtomicU64,
    unit: Unit,
) -> Result<Next> {
    // SAFETY: the running frame is in use.
    let this = unsafe { &mut *frame };
    this.saved_top = stack.top();
    let previous = this.previous as usize;
    // SAFETY: INV-FRAME-2: the function keeps its code.
    let code: &Object<Code> = unsafe { &*this.code };
    let index = (pc.addr() - instr::of(code).first().addr()) / size_of::<AtomicU64>() - 1;
    this.previous = index as u32;
    if state.monitoring.get() != 0 {
        return Ok(Next::Execute);
    }
    let Marks { line, previous_line, instruction, own } = code::marks(code, index, previous, unit);
    let site = Site { state, frame, code, index };
    if line.0 != 0 && (line.1 != previous_line || opcode_at(code, previous) == number::Resume) {
        let number = Value::from_int(line.1.into()).unwrap_or_else(Value::none);
        tell(thread, site, event::LINE, line.0, &[number])?;
        if has_moved(site, pc) {
            return Ok(Next::Reload);
        }
    }
    if instruction != 0 {
        tell(thread, site, event::INSTRUCTION, instruction, &[site.offset()])?;
        if has_moved(site, pc) {
            return Ok(Next::Reload);
        }
    }
    if own == 0 {
        return Ok(Next::Execute);
    }
    let top = Top(stack.top());
    let next = own_event(thread, site, stack, top, pc, unit, own, previous)?;
    if matches!(next, Next::Execute) && has_moved(site, pc) { Ok(Next::Reload) } else { Ok(next) }
}

fn opcode_at(code: &Object<Code>, index: usize) -> u8 {
    instr::of(code).unit(index).map_or(0, instr::original)
}

/// Whether a tool has set the frame's line: then it goes on there.
fn has_moved(site: Site<'_>, pc: *const AtomicU64) -> bool {
    // SAFETY: the running frame is in use.
    let frame = unsafe { &mut *site.frame };
    if frame.pc == pc {
        return false;
    }
    // The first instruction there is not told of its line again.
    let first = instr::of(site.code).first();
    frame.previous = ((frame.pc.addr() - first.addr()) / size_of::<AtomicU64>()) as u32;
    true
}

#[allow(clippy::too_many_arguments, reason = "what the loop knows of one instruction")]
fn own_event(
    thread: &mut Thread,
    site: Site<'_>,
    stack: &EvalStack,
    top: Top,
    pc: *const AtomicU64,
    unit: Unit,
    own: u8,
    previous: usize,
) -> Result<Next> {
    let oparg = unit.oparg() as usize;
    let at = site.offset();
    let value = |n: usize| (*top.look(n)).clone();
    match instr::original(unit) {
        number::Resume => {
            let start = unit.oparg() & RESUME_ARGUMENT & compiler::opcode::resume::OPARG_LOCATION_MASK == 0;
            let event = if start { event::PY_START } else { event::PY_RESUME };
            tell(thread, site, event, own, &[at])?;
        }
        number::ReturnValue => tell(thread, site, event::PY_RETURN, own, &[at, value(1)])?,
        number::YieldValue => tell(thread, site, event::PY_YIELD, own, &[at, value(1)])?,
        number::JumpForward => {
            tell(thread, site, event::JUMP, own, &[at, offset(site.index + 1 + oparg)])?;
        }
        number::JumpBackward => {
            tell(thread, site, event::JUMP, own, &[at, offset(site.index + 2 - oparg)])?;
        }
        opcode @ (number::PopJumpIfFalse
        | number::PopJumpIfTrue
        | number::PopJumpIfNone
        | number::PopJumpIfNotNone) => {
            use memory::word::Word;
            let condition = top.peek(1).word();
            let taken = match opcode {
                number::PopJumpIfFalse => condition == Word::FALSE,
                number::PopJumpIfTrue => condition == Word::TRUE,
                number::PopJumpIfNone => condition == Word::NONE,
                _ => condition != Word::NONE,
            };
            if taken {
                tell(thread, site, event::BRANCH_RIGHT, own, &[at, offset(site.index + 2 + oparg)])?;
            }
        }
        number::NotTaken => {
            tell(thread, site, event::BRANCH_LEFT, own, &[offset(previous), offset(site.index + 1)])?;
        }
        number::PopIter => {
            tell(thread, site, event::BRANCH_RIGHT, own, &[offset(previous), offset(site.index + 1)])?;
        }
        number::EndAsyncFor => {
            let ends = crate::class::is_instance(&top.look(1), crate::error::STOP_ASYNC_ITERATION.object());
            if ends {
                let from = (site.index + 1).saturating_sub(oparg);
                tell(thread, site, event::BRANCH_RIGHT, own, &[offset(from), offset(site.index + 1)])?;
            }
        }
        number::ForIter => return calls::for_iter(thread, site, stack, top, pc, oparg, own),
        number::EndFor | number::EndSend => {
            let receiver = value(2);
            if crate::object::cast::<crate::types::generator::Generator>(&receiver).is_some() {
                let stop = crate::error::stop_iteration(value(1)).into_value();
                tell(thread, site, event::STOP_ITERATION, own, &[at, stop])?;
            }
        }
        number::Call | number::CallKw => return calls::call(thread, site, stack, top, pc, unit, own),
        number::CallFunctionEx => return calls::call_ex(thread, site, stack, top, pc, own),
        number::LoadSuperAttr => return calls::load_super(thread, site, stack, top, pc, oparg, own),
        _ => {}
    }
    Ok(Next::Execute)
}

/// Tells of an event that no instruction stands for, with the exception that it is about. What a tool raises takes the
/// exception's place.
#[cold]
pub(crate) fn exceptional(
    thread: &mut Thread,
    state: &ThreadState,
    frame: *mut Frame,
    event: usize,
    raised: &mut Raised,
) {
    debug_assert!(event < UNGROUPED_EVENTS);
    let tools = global_tools(event);
    if tools == 0 || state.monitoring.get() != 0 {
        return;
    }
    // SAFETY: the running frame is in use.
    let this = unsafe { &*frame };
    // SAFETY: INV-FRAME-2: the function keeps its code.
    let code: &Object<Code> = unsafe { &*this.code };
    let site = Site { state, frame, code, index: this.instruction() };
    let rest = [site.offset(), raised.value().clone()];
    if let Err(other) = tell(thread, site, event, tools, &rest) {
        *raised = other;
    }
}

/// The first of a call's arguments, which tools are told of.
pub(super) fn first_argument(thread: &mut Thread, place: *mut StackRef, n: usize) -> Result<Value> {
    if n == 0 { super::missing(thread) } else { Ok((*look(crate::interp::top::read(place))).clone()) }
}
