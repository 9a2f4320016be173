//! Checking instructions that programs bring themselves: `types.CodeType(...)`, `code.replace(co_code=...)`.
//!
//! What the compiler makes is trusted: its stack never under- or overflows, its jumps land on instructions, its borrowed
//! slots outlive their use. Nothing of that is known of other code, so it is run through once without values: from the
//! first instruction along every way that execution can take, the height of the stack must be the same wherever ways
//! meet. The interpreter checks kinds of values itself and takes an empty slot for None, so heights, indices and places are
//! all there is to check.
//!
//! Code that does not pass is made all the same, for programs look at code that they never run; running it raises SystemError.

use compiler::opcode::{Opcode, flag as op_flag};
use memory::Value;

use super::handlers::Handler;
use crate::object::cast;
use crate::types::code::flag;
use crate::types::{Str, Tuple, TupleExt};

/// What the instructions stand among.
pub struct Surroundings<'a> {
    /// `co_code`.
    pub code: &'a [u8],
    /// `co_exceptiontable`.
    pub handlers: &'a [u8],
    /// `co_consts`.
    pub consts: &'a [Value],
    /// How many names there are.
    pub names: usize,
    /// How many slots hold locals, cells and free variables.
    pub locals: usize,
    /// How many of them hold free variables.
    pub free: usize,
    /// `co_flags`.
    pub flags: u32,
}

/// What is known of code that passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How high the stack becomes.
    pub height: usize,
    /// No borrowed slot is used after what it borrows from has changed.
    pub borrows_safely: bool,
}

/// One instruction.
#[derive(Clone, Copy)]
struct Instruction {
    /// The unit at which it stands, prefixes left out.
    unit: usize,
    opcode: Opcode,
    argument: usize,
    /// The unit behind it and its caches.
    next: usize,
}

/// What is known where an instruction begins.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    height: usize,
    /// The frame is a generator's.
    generator: bool,
}

struct Verifier<'a> {
    around: Surroundings<'a>,
    instructions: Vec<Instruction>,
    /// By unit: the instruction that begins there.
    by_unit: Vec<Option<usize>>,
    handlers: Vec<Handler>,
    /// By instruction.
    states: Vec<Option<State>>,
    pending: Vec<usize>,
    verified: Verified,
}

/// More than any real code needs, and far from overflowing.
const HIGHEST: usize = 1 << 20;

/// Checks instructions.
///
/// # Errors
/// What is wrong with them.
pub fn verify(around: Surroundings<'_>) -> Result<Verified, String> {
    let units = around.code.len() / 2;
    let mut verifier = Verifier {
        instructions: Vec::new(),
        by_unit: vec![None; units + 1],
        handlers: Vec::new(),
        states: Vec::new(),
        pending: Vec::new(),
        verified: Verified { height: 0, borrows_safely: true },
        around,
    };
    verifier.decode()?;
    verifier.read_handlers()?;
    verifier.states = vec![None; verifier.instructions.len()];
    verifier.reach(0, State { height: 0, generator: false })?;
    while let Some(index) = verifier.pending.pop() {
        verifier.step(index)?;
    }
    verifier.check_borrows();
    Ok(verifier.verified)
}

impl Verifier<'_> {
    fn decode(&mut self) -> Result<(), String> {
        let code = self.around.code;
        if code.is_empty() || !code.len().is_multiple_of(2) {
            return Err("co_code is malformed".to_owned());
        }
        let (mut unit, mut extended, mut prefixes) = (0, 0usize, 0);
        while unit * 2 < code.len() {
            let number = code[unit * 2];
            let argument = extended << 8 | usize::from(code[unit * 2 + 1]);
            let opcode = Opcode::from_number(number.into())
                .filter(|opcode| runs(*opcode))
                .ok_or_else(|| format!("unknown opcode {number}"))?;
            self.by_unit[unit] = Some(self.instructions.len());
            let mut next = unit + 1;
            if opcode == Opcode::ExtendedArg {
                prefixes += 1;
                if prefixes > 3 {
                    return Err("more than three EXTENDED_ARG".to_owned());
                }
                extended = argument;
            } else {
                next += opcode.caches();
                (extended, prefixes) = (0, 0);
            }
            if next > code.len() / 2 {
                return Err("an instruction's cache is cut off".to_owned());
            }
            self.instructions.push(Instruction { unit, opcode, argument, next });
            unit = next;
        }
        Ok(())
    }

    fn read_handlers(&mut self) -> Result<(), String> {
        let malformed = || "co_exceptiontable is malformed".to_owned();
        let (table, units) = (self.around.handlers, self.around.code.len() / 2);
        let mut at = 0;
        while at < table.len() {
            let mut number = || -> Result<usize, String> {
                let mut value = 0;
                loop {
                    let byte = table.get(at).copied().ok_or_else(malformed)?;
                    at += 1;
                    value = value << 6 | usize::from(byte & 63);
                    if value > HIGHEST << 8 {
                        return Err(malformed());
                    }
                    if byte & 64 == 0 {
                        return Ok(value);
                    }
                }
            };
            let (start, length, target, depth) = (number()?, number()?, number()?, number()?);
            let range = Handler {
                start,
                end: start + length,
                target,
                depth: depth >> 1,
                push_instruction: depth & 1 != 0,
            };
            if range.end > units || self.by_unit.get(target).copied().flatten().is_none() {
                return Err(malformed());
            }
            self.handlers.push(range);
        }
        Ok(())
    }

    /// Execution can come to the instruction at `unit` in this state.
    fn reach(&mut self, unit: usize, state: State) -> Result<(), String> {
        let index = self
            .by_unit
            .get(unit)
            .copied()
            .flatten()
            .ok_or_else(|| format!("execution leaves the instructions at offset {}", unit * 2))?;
        if state.height > HIGHEST {
            return Err("the stack grows without end".to_owned());
        }
        match self.states[index] {
            None => {
                self.states[index] = Some(state);
                self.pending.push(index);
                self.verified.height = self.verified.height.max(state.height);
                Ok(())
            }
            Some(known) if known == state => Ok(()),
            Some(_) => Err(format!("ways of different stack height meet at offset {}", unit * 2)),
        }
    }

    /// Follows execution over one instruction.
    fn step(&mut self, index: usize) -> Result<(), String> {
        let Instruction { unit, opcode, argument, next } = self.instructions[index];
        let Some(State { height, mut generator }) = self.states[index] else { return Ok(()) };
        let at = |problem: &str| format!("{problem} at offset {} ({opcode:?} {argument})", unit * 2);
        if !self.argument_fits(opcode, argument) {
            return Err(at("an argument is out of range"));
        }
        let oparg = u32::try_from(argument).map_err(|_| at("an argument is out of range"))?;
        let count = |count: i32| usize::try_from(count).unwrap_or(usize::MAX);
        let (popped, pushed) = (count(opcode.popped(oparg)), count(opcode.pushed(oparg)));
        let Some(rest) = height.checked_sub(popped) else { return Err(at("too little on the stack")) };
        let after = rest + pushed;
        // What a handler finds: an instruction may raise after it has popped.
        let least = if keeps_operands(opcode) { height.min(after) } else { rest };
        for handler in 0..self.handlers.len() {
            let range = &self.handlers[handler];
            if !(range.start..range.end).contains(&unit) {
                continue;
            }
            if range.depth > least {
                return Err(at("a handler expects more on the stack than there is"));
            }
            let state = State {
                height: range.depth + usize::from(range.push_instruction) + 1,
                generator: generator || opcode == Opcode::ReturnGenerator,
            };
            let target = range.target;
            self.reach(target, state)?;
        }
        match opcode {
            Opcode::ReturnGenerator => {
                let kinds = flag::GENERATOR | flag::COROUTINE | flag::ASYNC_GENERATOR;
                if generator || height != 0 || self.around.flags & kinds == 0 {
                    return Err(at("no generator can begin here"));
                }
                generator = true;
            }
            Opcode::YieldValue if !generator => return Err(at("not in a generator")),
            Opcode::CallKw => self.check_keywords(index, argument).map_err(|problem| at(&problem))?,
            _ => {}
        }
        let state = State { height: after, generator };
        match opcode {
            Opcode::JumpForward => self.reach(next + argument, state),
            Opcode::JumpBackward | Opcode::JumpBackwardNoInterrupt => {
                let target =
                    next.checked_sub(argument).ok_or_else(|| at("a jump leaves the instructions"))?;
                self.reach(target, state)
            }
            Opcode::PopJumpIfFalse
            | Opcode::PopJumpIfTrue
            | Opcode::PopJumpIfNone
            | Opcode::PopJumpIfNotNone
            | Opcode::Send => {
                self.reach(next + argument, state)?;
                self.reach(next, state)
            }
            // The jump goes past the END_FOR, and the iterator stays.
            Opcode::ForIter => {
                self.reach(next + argument + 1, State { height, generator })?;
                self.reach(next, State { height: height + 1, generator })
            }
            Opcode::ReturnValue | Opcode::RaiseVarargs | Opcode::Reraise => Ok(()),
            _ => {
                self.verified.height = self.verified.height.max(after);
                self.reach(next, state)
            }
        }
    }

    fn argument_fits(&self, opcode: Opcode, argument: usize) -> bool {
        let flags = opcode.flags();
        let around = &self.around;
        if flags & op_flag::CONST != 0 && argument >= around.consts.len() {
            return false;
        }
        if flags & op_flag::NAME != 0 {
            let index = match opcode {
                Opcode::LoadAttr | Opcode::LoadGlobal => argument >> 1,
                Opcode::LoadSuperAttr => argument >> 2,
                _ => argument,
            };
            if index >= around.names {
                return false;
            }
        }
        match opcode {
            Opcode::LoadFastLoadFast
            | Opcode::LoadFastBorrowLoadFastBorrow
            | Opcode::StoreFastLoadFast
            | Opcode::StoreFastStoreFast => {
                argument < 256 && argument >> 4 < around.locals && argument & 15 < around.locals
            }
            Opcode::CopyFreeVars => argument == around.free,
            Opcode::BinaryOp => argument <= 26,
            Opcode::CompareOp => argument >> 5 <= 5,
            Opcode::CallIntrinsic1 => (1..=11).contains(&argument),
            Opcode::CallIntrinsic2 => (1..=5).contains(&argument),
            Opcode::LoadSpecial => argument <= 3,
            Opcode::LoadCommonConstant => argument <= 4,
            Opcode::ConvertValue => (1..=3).contains(&argument),
            Opcode::BuildSlice => matches!(argument, 2 | 3),
            Opcode::RaiseVarargs => argument <= 2,
            Opcode::Copy | Opcode::Swap => argument >= 1,
            Opcode::ListAppend
            | Opcode::ListExtend
            | Opcode::SetAdd
            | Opcode::SetUpdate
            | Opcode::MapAdd
            | Opcode::DictUpdate
            | Opcode::DictMerge => argument >= 1,
            Opcode::UnpackSequence | Opcode::UnpackEx => argument < HIGHEST,
            _ if flags & (op_flag::LOCAL | op_flag::FREE) != 0 => argument < around.locals,
            _ => argument < HIGHEST << 4,
        }
    }

    /// The names of keyword arguments must be known: a constant right before the call, which nobody jumps between.
    fn check_keywords(&self, index: usize, given: usize) -> Result<(), String> {
        let before = index
            .checked_sub(1)
            .map(|before| self.instructions[before])
            .filter(|before| before.opcode == Opcode::LoadConst)
            .and_then(|before| self.around.consts.get(before.argument));
        let names = before.and_then(cast::<Tuple>).map(|names| names.items());
        let unit = self.instructions[index].unit;
        let jumped = self.instructions.iter().any(|other| jump_target(other) == Some(unit))
            || self.handlers.iter().any(|handler| handler.target == unit);
        match names {
            Some(names)
                if !jumped
                    && names.len() <= given
                    && names.iter().all(|name| cast::<Str>(name).is_some()) =>
            {
                Ok(())
            }
            _ => Err("the names of keyword arguments are no constant".to_owned()),
        }
    }

    /// Within a run of instructions that is entered at its beginning alone, a borrowed slot must be used up before the
    /// local is changed that it borrows from, and before the run ends.
    fn check_borrows(&mut self) {
        let mut enters = vec![false; self.by_unit.len()];
        for instruction in &self.instructions {
            if let Some(target) = jump_target(instruction).and_then(|target| enters.get_mut(target)) {
                *target = true;
            }
        }
        for handler in &self.handlers {
            enters[handler.target] = true;
        }
        let mut borrowed = Borrowed::default();
        for (instruction, state) in self.instructions.iter().zip(&self.states) {
            match state {
                None => borrowed = Borrowed::default(),
                Some(_) if enters[instruction.unit] && !borrowed.0.is_empty() => {
                    self.verified.borrows_safely = false;
                    return;
                }
                Some(state) if !borrowed.follow(instruction, state.height) => {
                    self.verified.borrows_safely = false;
                    return;
                }
                Some(_) => {}
            }
        }
    }
}

/// The borrowed slots of the stack: their heights, and the locals that they borrow from.
#[derive(Default)]
struct Borrowed(Vec<(usize, usize)>);

impl Borrowed {
    fn from(&self, local: usize) -> bool {
        self.0.iter().any(|&(_, from)| from == local)
    }

    /// Follows one instruction before which the stack is `height` high; false if it is not known to be safe.
    fn follow(&mut self, instruction: &Instruction, height: usize) -> bool {
        let Instruction { opcode, argument, .. } = *instruction;
        let oparg = u32::try_from(argument).unwrap_or(u32::MAX);
        let popped = usize::try_from(opcode.popped(oparg)).unwrap_or(0);
        let rest = height.saturating_sub(popped);
        let top = self.0.iter().find(|&&(at, _)| at + 1 == height).map(|&(_, from)| from);
        let moves = match opcode {
            Opcode::Swap => self.0.iter().any(|&(at, _)| at + argument >= height),
            Opcode::EndSend | Opcode::LoadSpecial | Opcode::LoadSuperAttr | Opcode::SetFunctionAttribute => {
                top.is_some()
            }
            _ => false,
        };
        if !keeps_operands(opcode) {
            self.0.retain(|&(at, _)| at < rest);
        }
        let changes = match opcode {
            Opcode::StoreFast
            | Opcode::DeleteFast
            | Opcode::LoadFastAndClear
            | Opcode::MakeCell
            | Opcode::StoreFastMaybeNull => self.from(argument),
            Opcode::StoreFastLoadFast => self.from(argument >> 4),
            Opcode::StoreFastStoreFast => self.from(argument >> 4) || self.from(argument & 15),
            Opcode::YieldValue | Opcode::ReturnGenerator | Opcode::Send | Opcode::CopyFreeVars => {
                !self.0.is_empty()
            }
            _ => jump_target(instruction).is_some() && !self.0.is_empty(),
        };
        match (opcode, top) {
            // The receiver of a method stays on the stack, and so does a str that needs no formatting.
            (Opcode::LoadAttr, Some(from)) if argument & 1 != 0 => self.0.push((rest + 1, from)),
            (Opcode::FormatSimple, Some(from)) => self.0.push((rest, from)),
            (Opcode::LoadFastBorrow, _) => self.0.push((height, argument)),
            (Opcode::LoadFastBorrowLoadFastBorrow, _) => {
                self.0.push((height, argument >> 4));
                self.0.push((height + 1, argument & 15));
            }
            (Opcode::ReturnValue | Opcode::RaiseVarargs | Opcode::Reraise, _) => self.0.clear(),
            _ => {}
        }
        !moves && !changes
    }
}

/// Instructions that code may consist of: no caches, nothing that only CPython's own loop meets, nothing monitored.
fn runs(opcode: Opcode) -> bool {
    opcode.number() < 129 && !matches!(opcode, Opcode::Cache | Opcode::Reserved | Opcode::InterpreterExit)
}

/// Where an instruction jumps.
fn jump_target(instruction: &Instruction) -> Option<usize> {
    let Instruction { opcode, argument, next, .. } = *instruction;
    match opcode {
        Opcode::JumpForward
        | Opcode::PopJumpIfFalse
        | Opcode::PopJumpIfTrue
        | Opcode::PopJumpIfNone
        | Opcode::PopJumpIfNotNone
        | Opcode::Send => next.checked_add(argument),
        Opcode::ForIter => next.checked_add(argument + 1),
        Opcode::JumpBackward | Opcode::JumpBackwardNoInterrupt => next.checked_sub(argument),
        _ => None,
    }
}

/// Instructions whose operands, or all but the uppermost, are still there when they raise.
fn keeps_operands(opcode: Opcode) -> bool {
    matches!(
        opcode,
        Opcode::CheckEgMatch
            | Opcode::CheckExcMatch
            | Opcode::Copy
            | Opcode::DictMerge
            | Opcode::DictUpdate
            | Opcode::ForIter
            | Opcode::GetAnext
            | Opcode::GetLen
            | Opcode::ImportFrom
            | Opcode::ListAppend
            | Opcode::ListExtend
            | Opcode::LoadSpecial
            | Opcode::MapAdd
            | Opcode::MatchKeys
            | Opcode::MatchMapping
            | Opcode::MatchSequence
            | Opcode::Reraise
            | Opcode::Send
            | Opcode::SetAdd
            | Opcode::SetUpdate
            | Opcode::Swap
            | Opcode::WithExceptStart
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verified(code: &[(Opcode, u8)], handlers: &[u8]) -> Result<Verified, String> {
        let code: Vec<u8> = code
            .iter()
            .flat_map(|&(opcode, argument)| {
                let caches = vec![0; 2 * opcode.caches()];
                [opcode.number() as u8, argument].into_iter().chain(caches)
            })
            .collect();
        verify(Surroundings { code: &code, handlers, consts: &[], names: 1, locals: 2, free: 0, flags: 0 })
    }

    #[test]
    fn heights_are_followed_along_both_ways_of_a_branch() {
        let code = [
            (Opcode::Resume, 0),
            (Opcode::LoadFast, 0),
            (Opcode::PopJumpIfFalse, 2),
            (Opcode::LoadSmallInt, 1),
            (Opcode::ReturnValue, 0),
            (Opcode::LoadSmallInt, 2),
            (Opcode::ReturnValue, 0),
        ];
        assert_eq!(verified(&code, &[]), Ok(Verified { height: 1, borrows_safely: true }));
    }

    #[test]
    fn what_leaves_the_stack_or_the_code_is_refused() {
        for code in [
            &[(Opcode::PopTop, 0), (Opcode::ReturnValue, 0)][..],
            &[(Opcode::LoadSmallInt, 0)],
            &[(Opcode::JumpForward, 9)],
            &[(Opcode::LoadConst, 0), (Opcode::ReturnValue, 0)],
            &[(Opcode::LoadFast, 2), (Opcode::ReturnValue, 0)],
            &[(Opcode::LoadSmallInt, 0), (Opcode::YieldValue, 0), (Opcode::ReturnValue, 0)],
            &[(Opcode::LoadSmallInt, 0), (Opcode::JumpBackward, 3)],
        ] {
            assert!(verified(code, &[]).is_err(), "{code:?}");
        }
        // A handler that would find more on the stack than there is.
        let code = [(Opcode::Nop, 0), (Opcode::LoadSmallInt, 0), (Opcode::ReturnValue, 0)];
        assert!(verified(&code, &[0, 1, 1, 4]).is_err());
    }

    #[test]
    fn a_borrowed_slot_must_be_used_before_its_local_changes() {
        let end = (Opcode::ReturnValue, 0);
        let borrow = (Opcode::LoadFastBorrow, 0);
        let safe = [borrow, end];
        assert_eq!(verified(&safe, &[]).map(|verified| verified.borrows_safely), Ok(true));
        let unsafe_ = [borrow, (Opcode::DeleteFast, 0), end];
        assert_eq!(verified(&unsafe_, &[]).map(|verified| verified.borrows_safely), Ok(false));
    }
}
