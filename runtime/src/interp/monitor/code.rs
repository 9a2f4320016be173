//! What is watched in one code object.

use std::collections::HashMap;
use std::sync::Arc;

use compiler::opcode::Opcode;
use memory::Object;
use threads::Thread;
use threads::sync::atomic::{AtomicU64, Ordering};

use super::{GLOBAL, LOCAL_EVENTS, RESTARTS, VERSION, event};
use crate::error::Result;
use crate::interp::instr::{self, Instructions, Unit};
use crate::interp::positions;
use crate::interp::run::number;
use crate::interp::specialized::{self, internal};
use crate::types::code::Code;

/// Who watches a code object.
#[derive(Default)]
pub struct CodeMonitor {
    /// The tools that want each event of this code object, by bit.
    local: [u8; LOCAL_EVENTS],
    /// Those, and the tools that want it of all code, as of the last marking.
    active: [u8; LOCAL_EVENTS],
    /// Tools that want no more of an event at an instruction.
    disabled: HashMap<(u32, u8), u8>,
    restarts: u64,
    lines: Option<Arc<Lines>>,
}

/// Lines of instructions.
pub(crate) struct Lines {
    /// The line of each unit; -1 if it has none.
    pub(crate) line: Box<[i32]>,
    /// Whether a line event belongs to the instruction.
    pub(crate) starts: Box<[bool]>,
}

/// What is to be told before an instruction runs.
pub(crate) struct Marks {
    /// Tools that hear of its line, and that line.
    pub(crate) line: (u8, i32),
    /// The line of the instruction that ran before.
    pub(crate) previous_line: i32,
    /// Tools that hear of every instruction.
    pub(crate) instruction: u8,
    /// Tools that hear of what this instruction does.
    pub(crate) own: u8,
}

/// The event that an instruction stands for.
pub(crate) fn event_of(opcode: u8, oparg: u32) -> Option<usize> {
    Some(match opcode {
        number::Resume if oparg & compiler::opcode::resume::OPARG_LOCATION_MASK == 0 => event::PY_START,
        number::Resume => event::PY_RESUME,
        number::ReturnValue => event::PY_RETURN,
        number::YieldValue => event::PY_YIELD,
        number::Call | number::CallKw | number::CallFunctionEx | number::LoadSuperAttr => event::CALL,
        number::JumpForward | number::JumpBackward => event::JUMP,
        number::ForIter | number::NotTaken => event::BRANCH_LEFT,
        number::PopJumpIfFalse
        | number::PopJumpIfTrue
        | number::PopJumpIfNone
        | number::PopJumpIfNotNone
        | number::PopIter
        | number::EndAsyncFor => event::BRANCH_RIGHT,
        number::EndFor | number::EndSend => event::STOP_ITERATION,
        _ => return None,
    })
}

/// Whether a branch event tells of the instruction as where the branch came from.
fn is_branch(opcode: u8) -> bool {
    matches!(event_of(opcode, 1), Some(event::BRANCH_LEFT | event::BRANCH_RIGHT)) || opcode == number::EndSend
}

/// The opcode of a unit, without marks and specialization.
pub(crate) fn base(unit: Unit) -> u8 {
    specialized::base(instr::original(unit))
}

/// The instructions of a code object: the index of each, in order.
fn starts(code: &Code) -> impl Iterator<Item = usize> + '_ {
    let n = code.code.len() / 2;
    // Only caches have opcode 0.
    (0..n).filter(|&i| code.code[2 * i] != 0)
}

/// The first instruction of which anybody hears: what stands before it sets up the frame.
fn first_watched(code: &Code) -> usize {
    starts(code).find(|&i| code.code[2 * i] == number::Resume).unwrap_or(0)
}

impl Lines {
    fn of(code: &Code, instructions: &Instructions) -> Self {
        let n = code.code.len() / 2;
        let mut line = vec![-1; n];
        let mut at = 0;
        for (units, position) in positions::entries(code) {
            for _ in 0..units {
                if let Some(place) = line.get_mut(at) {
                    *place = position.line.unwrap_or(-1);
                }
                at += 1;
            }
        }
        let mut begins = vec![false; n];
        let first = first_watched(code);
        let mut current = -1;
        let mut targets = Vec::new();
        for i in starts(code).filter(|&i| i >= first) {
            let Some(unit) = instructions.unit(i) else { continue };
            let opcode = base(unit);
            match opcode {
                number::EndAsyncFor | number::EndFor | number::EndSend | number::Resume | number::PopIter => {
                }
                _ => {
                    begins[i] = line[i] != current && line[i] >= 0;
                    current = line[i];
                }
            }
            targets.extend(target_of(i, unit));
        }
        let handlers = crate::interp::handlers::decode(&code.exceptiontable).map(|handler| handler.target);
        for target in targets.into_iter().chain(handlers) {
            let hidden = instructions.unit(target).is_none_or(|unit| {
                matches!(base(unit), number::EndFor | number::EndSend | number::Resume | number::PopIter)
            });
            if !hidden && line.get(target).is_some_and(|&line| line >= 0) {
                begins[target] = true;
            }
        }
        Self { line: line.into_boxed_slice(), starts: begins.into_boxed_slice() }
    }
}

/// Where instruction `i` may jump to.
pub(crate) fn target_of(i: usize, unit: Unit) -> Option<usize> {
    let opcode = base(unit);
    let oparg = unit.oparg() as usize;
    let after = i + 1 + Opcode::from_number(opcode.into()).map_or(0, Opcode::caches);
    match opcode {
        number::PopJumpIfFalse
        | number::PopJumpIfTrue
        | number::PopJumpIfNone
        | number::PopJumpIfNotNone
        | number::JumpForward => Some(after + oparg),
        // Past END_FOR and POP_ITER, past END_SEND: no line begins there.
        number::ForIter => Some(after + oparg + 2),
        number::Send => Some(after + oparg + 1),
        number::JumpBackward | number::JumpBackwardNoInterrupt | number::EndAsyncFor => {
            after.checked_sub(oparg)
        }
        _ => None,
    }
}

impl CodeMonitor {
    fn enabled(&self, index: usize, event: usize) -> u8 {
        let off = self.disabled.get(&(index as u32, event as u8)).copied().unwrap_or(0);
        self.active[event] & !off
    }

    fn lines(&mut self, code: &Code, instructions: &Instructions) -> Arc<Lines> {
        Arc::clone(self.lines.get_or_insert_with(|| Arc::new(Lines::of(code, instructions))))
    }

    /// Whether every instruction is watched: who is told of lines needs to know where control came from.
    fn wants_all(&mut self, code: &Code, instructions: &Instructions) -> bool {
        if self.active[event::INSTRUCTION] != 0 {
            return true;
        }
        if self.active[event::LINE] == 0 {
            return false;
        }
        let lines = self.lines(code, instructions);
        lines.starts.iter().enumerate().any(|(i, &start)| start && self.enabled(i, event::LINE) != 0)
    }

    /// Marks the instructions that are watched, and unmarks the others.
    fn mark(&mut self, code: &Code, instructions: &Instructions, version: u64) {
        let all = self.wants_all(code, instructions);
        let branches = self.active[event::BRANCH_LEFT] | self.active[event::BRANCH_RIGHT] != 0;
        let first = first_watched(code);
        for i in starts(code).filter(|&i| i >= first) {
            let Some(place) = instructions.units().get(i) else { break };
            let unit = Unit(place.load(Ordering::Relaxed));
            let opcode = base(unit);
            let wanted = all
                || (branches && is_branch(opcode))
                || event_of(opcode, unit.oparg()).is_some_and(|event| self.enabled(i, event) != 0);
            change(place, |unit| {
                let opcode = base(unit);
                let watched = unit.opcode() == internal::INSTRUMENTED;
                let mut new = match (wanted, watched) {
                    (true, _) => {
                        unit.0 & !0xffff | u64::from(internal::INSTRUMENTED) | u64::from(opcode) << 8
                    }
                    (false, true) => unit.0 & !0xffff | u64::from(opcode),
                    (false, false) => unit.0,
                };
                if opcode == number::Resume {
                    new = (new & ((1 << 40) - 1)) | version << 40;
                }
                new
            });
        }
    }
}

/// INV-MON-1.
fn change(place: &AtomicU64, new: impl Fn(Unit) -> u64) {
    let mut unit = place.load(Ordering::Relaxed);
    loop {
        let wanted = new(Unit(unit));
        if wanted == unit {
            return;
        }
        // Release: pairs with nothing; who executes a unit needs no more than the unit itself.
        match place.compare_exchange(unit, wanted, Ordering::Release, Ordering::Relaxed) {
            Ok(_) => return,
            Err(now) => unit = now,
        }
    }
}

/// Marks what is watched now.
pub(crate) fn renew(code: &Object<Code>) {
    let payload = code.payload();
    let instructions = instr::of(code);
    let version = u64::from(VERSION.load(Ordering::Acquire));
    let mut monitor = instructions.monitor.lock();
    let restarts = RESTARTS.load(Ordering::Acquire);
    if monitor.restarts != restarts {
        monitor.restarts = restarts;
        monitor.disabled.clear();
    }
    for (event, global) in GLOBAL.iter().enumerate().take(LOCAL_EVENTS) {
        let active = global.load(Ordering::Acquire) | monitor.local[event];
        // A tool that asks anew hears of everything.
        let new = active & !monitor.active[event];
        if new != 0 {
            for ((_, other), off) in &mut monitor.disabled {
                if usize::from(*other) == event {
                    *off &= !new;
                }
            }
        }
        monitor.active[event] = active;
    }
    monitor.disabled.retain(|_, off| *off != 0);
    monitor.mark(payload, instructions, version);
}

/// What is to be told before instruction `index` runs, which follows `previous`.
pub(crate) fn marks(code: &Object<Code>, index: usize, previous: usize, unit: Unit) -> Marks {
    let payload = code.payload();
    let instructions = instr::of(code);
    let mut monitor = instructions.monitor.lock();
    let mut marks = Marks { line: (0, -1), previous_line: -1, instruction: 0, own: 0 };
    if monitor.active[event::LINE] != 0 {
        let lines = monitor.lines(payload, instructions);
        if lines.starts.get(index).copied().unwrap_or(false) {
            marks.line = (monitor.enabled(index, event::LINE), lines.line[index]);
            marks.previous_line = lines.line.get(previous).copied().unwrap_or(-1);
        }
    }
    let opcode = instr::original(unit);
    if opcode != number::Resume {
        marks.instruction = monitor.enabled(index, event::INSTRUCTION);
    }
    if let Some(event) = event_of(opcode, unit.oparg()) {
        marks.own = monitor.enabled(index, event);
    }
    marks
}

/// The tools that hear of an event at an instruction now.
pub(crate) fn tools(code: &Object<Code>, index: usize, event: usize) -> u8 {
    instr::of(code).monitor.lock().enabled(index, event)
}

/// The line of an instruction; -1 if it has none.
pub(crate) fn line_of(code: &Object<Code>, index: usize) -> i32 {
    let instructions = instr::of(code);
    let lines = instructions.monitor.lock().lines(code.payload(), instructions);
    lines.line.get(index).copied().unwrap_or(-1)
}

/// The tools of `tools` want no more of an event at an instruction.
pub(crate) fn disable(code: &Object<Code>, index: usize, event: usize, tools: u8) {
    let instructions = instr::of(code);
    let mut monitor = instructions.monitor.lock();
    *monitor.disabled.entry((index as u32, event as u8)).or_default() |= tools;
    if monitor.enabled(index, event) == 0 {
        let resume = first_watched(code.payload());
        let version = instructions.unit(resume).map_or(0, |unit| unit.0 >> 40);
        monitor.mark(code.payload(), instructions, version);
    }
}

/// The events that a tool wants of one code object, by bit.
pub fn local_events(code: &Object<Code>, tool: usize) -> u32 {
    let monitor = instr::of(code).monitor.lock();
    monitor
        .local
        .iter()
        .enumerate()
        .fold(0, |set, (event, tools)| set | u32::from(tools >> tool & 1) << event)
}

/// Sets the events that a tool wants of one code object.
///
/// # Errors
/// OverflowError if events have been set too often.
pub fn set_local_events(thread: &mut Thread, code: &Object<Code>, tool: usize, set: u32) -> Result<()> {
    if local_events(code, tool) == set {
        return Ok(());
    }
    {
        let mut monitor = instr::of(code).monitor.lock();
        for (event, tools) in monitor.local.iter_mut().enumerate() {
            *tools = *tools & !(1 << tool) | ((set >> event & 1) as u8) << tool;
        }
    }
    LOCAL_USERS.fetch_or(1 << tool, Ordering::AcqRel);
    super::changed(thread)
}

/// Tools that have asked for events of single code objects.
static LOCAL_USERS: AtomicU64 = AtomicU64::new(0);

/// A tool that is taken out of use wants nothing of any code object any more.
pub(super) fn forget_local(thread: &mut Thread, tool: usize) -> Result<()> {
    if LOCAL_USERS.fetch_and(!(1 << tool), Ordering::AcqRel) & 1 << tool == 0 {
        return Ok(());
    }
    let codes = {
        let mut stopped = thread.stop_the_world();
        memory::collector::objects(&mut stopped)
    };
    for value in &codes {
        if let Some(code) = crate::object::cast::<Code>(value)
            && code.payload().instructions.0.get().is_some()
        {
            for tools in &mut instr::of(code).monitor.lock().local {
                *tools &= !(1 << tool);
            }
        }
    }
    drop(codes);
    super::changed(thread)
}
