//! The interpreter's own copy of a code object's instructions.
//!
//! One 64-bit unit for each of CPython's 16-bit units, in the same places, so that jumps, exception and location tables mean the
//! same here. A unit holds the opcode (bits 0 to 7), a counter for specialization (16 to 31; of a conditional jump, how many units on
//! it goes where it does not jump) and the whole argument (32 to 63), `EXTENDED_ARG` prefixes included. The units behind an instruction
//! that CPython uses as inline cache are one 64-bit cache word each. Bits 8 to 15 hold the opcode of an instruction that is being
//! watched (`interp::monitor`), whose own opcode is INSTRUMENTED then.
//!
//! * INV-INSTR-1: a unit is written whole; its opcode may change to another of its family at any time, and any member of a
//!   family executed with any cache contents is correct: caches are guarded by what they are about.
//! * INV-INSTR-2: a LOAD_CONST names a constant that the code has.

use compiler::opcode::Opcode;
use memory::{Object, StackRef};
use threads::sync::Mutex;
use threads::sync::atomic::{AtomicU64, Ordering};

use super::handlers::{self, Handler};
use super::monitor::CodeMonitor;
use super::run::number;
use super::specialized;
use super::specialized::internal::{self, REFUSED};
use crate::object::cast;
use crate::types::code::{Code, Trust, flag};
use crate::types::{Tuple, TupleExt};

/// The instructions of one code object.
pub struct Instructions {
    units: Box<[AtomicU64]>,
    /// What a call asks about the code.
    pub(super) plan: Plan,
    /// Which of them are protected by which handlers.
    pub(crate) handlers: Box<[Handler]>,
    /// Who watches them.
    pub(crate) monitor: Mutex<CodeMonitor>,
}

/// What a call from Python code to Python code asks about the callee.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Plan {
    /// How many arguments a call passes whose arguments stand as the callee wants them; [`ALWAYS_MORE`](Self::ALWAYS_MORE) for code
    /// that always has more to do (`*args`, `**kwargs`, parameters by keyword only).
    pub arguments: usize,
    /// How many slots locals, cells and free variables take.
    pub locals: usize,
    /// How many bytes a frame may take from the first argument on.
    pub room: usize,
}

impl Plan {
    /// What the callee's evaluation stack may hold beyond what its code says.
    pub const SPARE: usize = 4;

    /// More arguments than there can be.
    pub const ALWAYS_MORE: usize = usize::MAX;

    fn of(code: &Code) -> Self {
        let variadic = code.flags & (flag::VARARGS | flag::VARKEYWORDS) != 0;
        let more = variadic || code.kwonlyargcount != 0;
        let arguments = if more { Self::ALWAYS_MORE } else { code.argcount as usize };
        let locals = code.nlocalsplus();
        let slots = locals + code.stacksize as usize + Self::SPARE + code.argcount as usize;
        Self { arguments, locals, room: slots.saturating_mul(size_of::<StackRef>()) }
    }
}

/// What the first cache of an instruction holds: an instruction that goes on with it when a special method has returned that it has
/// called.
fn finish_of(opcode: u8) -> Option<u8> {
    match opcode {
        number::BinaryOp => Some(internal::FINISH_BINARY_OP),
        number::CompareOp => Some(internal::FINISH_COMPARE_OP),
        _ => None,
    }
}

/// How many units a conditional jump takes.
pub const CONDITIONAL_JUMP: usize = 2;

/// Whether it is a conditional jump that takes its condition off the stack.
fn is_conditional(opcode: u8) -> bool {
    matches!(
        opcode,
        number::PopJumpIfFalse | number::PopJumpIfTrue | number::PopJumpIfNone | number::PopJumpIfNotNone
    )
}

/// The bits of a RESUME's argument that are CPython's; the others hold the version of what is watched (`interp::monitor`).
pub const RESUME_ARGUMENT: u32 = 0xff;

/// The first unit of the instruction to which unit `index` belongs: itself, or one before if it is a cache.
pub fn start_of(code: &Code, index: usize) -> usize {
    let mut at = index;
    // Only caches have opcode 0.
    while at > 0 && code.code.get(2 * at) == Some(&0) {
        at -= 1;
    }
    at
}

/// The opcode of a unit, watched or not.
#[inline(always)]
pub fn original(unit: Unit) -> u8 {
    if unit.opcode() == super::specialized::internal::INSTRUMENTED {
        (unit.0 >> 8) as u8
    } else {
        unit.opcode()
    }
}

/// The opcode of a frequent operator for BINARY_OP's, whose argument says which operator it is.
fn frequent(opcode: u8, argument: u32) -> u8 {
    if opcode != Opcode::BinaryOp as u16 as u8 {
        return opcode;
    }
    match argument {
        0 | 13 => internal::BINARY_OP_ADD,
        10 | 23 => internal::BINARY_OP_SUBTRACT,
        5 | 18 => internal::BINARY_OP_MULTIPLY,
        26 => internal::BINARY_OP_SUBSCRIPT,
        _ => opcode,
    }
}

impl std::fmt::Debug for Instructions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Instructions({})", self.units.len())
    }
}

/// A decoded unit.
#[derive(Clone, Copy)]
pub struct Unit(pub u64);

impl Unit {
    /// The opcode.
    #[inline(always)]
    pub fn opcode(self) -> u8 {
        self.0 as u8
    }

    /// The argument.
    #[inline(always)]
    pub fn oparg(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The counter.
    #[inline(always)]
    pub fn counter(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// How many units on a conditional jump goes where it does not jump: past its cache, and past the NOT_TAKEN behind that. Whoever
    /// watches a NOT_TAKEN watches the jump too (`interp::monitor`), which is then executed elsewhere.
    #[inline(always)]
    pub fn behind(self) -> usize {
        self.counter().into()
    }

    /// The same instruction with another counter.
    pub fn with_counter(self, counter: u16) -> Unit {
        Unit(self.0 & !(0xffff << 16) | u64::from(counter) << 16)
    }

    /// The same instruction with another opcode of its family.
    pub fn with_opcode(self, opcode: u8) -> Unit {
        Unit(self.0 & !0xff | u64::from(opcode))
    }
}

/// Replaces the unit before `pc` if it still is what was read there (INV-MON-1).
#[inline]
pub fn replace(pc: *const AtomicU64, unit: Unit, new: Unit) {
    let at = pc.wrapping_sub(1);
    // SAFETY: the callers name the unit that they have just executed, which the running frame's code keeps.
    let at = unsafe { &*at };
    // Release: caches were written before. If the unit has changed meanwhile, the change stays.
    let _ = at.compare_exchange(unit.0, new.0, Ordering::Release, Ordering::Relaxed);
}

impl Drop for Instructions {
    fn drop(&mut self) {
        let mut rest = &self.units[..];
        while let [unit, behind @ ..] = rest {
            let opcode = specialized::base(original(Unit(unit.load(Ordering::Relaxed))));
            let caches = Opcode::from_number(opcode.into()).map_or(0, Opcode::caches);
            let (cache, next) = behind.split_at(caches.min(behind.len()));
            // SAFETY: nobody runs code that is gone.
            unsafe { super::cache_entry::forget(opcode, cache) };
            rest = next;
        }
    }
}

impl Instructions {
    fn of_code(code: &Code) -> Self {
        let handlers = handlers::decode(&code.exceptiontable);
        let plan = Plan::of(code);
        match code.trust {
            Trust::Full => {
                let mut decoded = Self::with_constants(code);
                decoded.pair(&code.code);
                (decoded.handlers, decoded.plan) = (handlers.collect(), plan);
                decoded
            }
            Trust::NoBorrowing => {
                let mut decoded = Self::with_constants(code);
                for unit in &decoded.units {
                    let instruction = Unit(unit.load(Ordering::Relaxed));
                    let counted = match Opcode::from_number(instruction.opcode().into()) {
                        Some(Opcode::LoadFastBorrow) => Opcode::LoadFast,
                        Some(Opcode::LoadFastBorrowLoadFastBorrow) => Opcode::LoadFastLoadFast,
                        _ => continue,
                    };
                    unit.store(instruction.with_opcode(counted.number() as u8).0, Ordering::Relaxed);
                }
                (decoded.handlers, decoded.plan) = (handlers.collect(), plan);
                decoded
            }
            Trust::Refused(_) => {
                let units = (0..=code.code.len() / 2).map(|_| AtomicU64::new(REFUSED.into()));
                let mut refused = Self::decode(&[]);
                (refused.units, refused.plan) = (units.collect(), plan);
                refused
            }
        }
    }

    /// Decodes `co_code`; what loads a constant that there is not is refused (INV-INSTR-2).
    fn with_constants(code: &Code) -> Self {
        let decoded = Self::decode(&code.code);
        let constants = cast::<Tuple>(&code.consts).map_or(0, |constants| constants.items().len());
        for index in (0..decoded.len()).filter(|&i| code.code[2 * i] == number::LoadConst) {
            let place = &decoded.units[index];
            if Unit(place.load(Ordering::Relaxed)).oparg() as usize >= constants {
                place.store(REFUSED.into(), Ordering::Relaxed);
            }
        }
        decoded
    }

    /// Decodes `co_code`, without handlers or a plan.
    pub fn decode(code: &[u8]) -> Self {
        let mut units = Vec::with_capacity(code.len() / 2);
        let mut extended = 0u32;
        let (mut caches, mut in_cache) = (0, 0);
        let mut before: Option<usize> = None; // where the instruction before is, if that is a conditional jump
        for pair in code.chunks_exact(2) {
            if caches > 0 {
                caches -= 1;
                units.push(AtomicU64::new(std::mem::take(&mut in_cache)));
                continue;
            }
            let argument = extended << 8 | u32::from(pair[1]);
            let opcode = pair[0];
            if let Some(jump) = before.take().filter(|_| opcode == number::NotTaken) {
                let jump: &mut AtomicU64 = &mut units[jump];
                *jump = AtomicU64::new(jump.load(Ordering::Relaxed) + (1 << 16));
            }
            let mut unit = u64::from(frequent(opcode, argument)) | u64::from(argument) << 32;
            if is_conditional(opcode) {
                unit |= (CONDITIONAL_JUMP as u64) << 16;
                before = Some(units.len());
            }
            units.push(AtomicU64::new(unit));
            if opcode == Opcode::ExtendedArg as u8 {
                extended = argument;
            } else {
                extended = 0;
                caches = Opcode::from_number(opcode.into()).map_or(0, Opcode::caches);
                let finish = finish_of(opcode).map(|finish| u64::from(finish) | u64::from(argument) << 32);
                in_cache = finish.unwrap_or_default();
            }
        }
        Self {
            units: units.into_boxed_slice(),
            plan: Plan::default(),
            handlers: Box::default(),
            monitor: Mutex::new(CodeMonitor::default()),
        }
    }

    /// Joins instructions that one handler executes both of (INV-PAIR-1); of two pairs that share an instruction, the later one.
    fn pair(&self, code: &[u8]) {
        let caches = |index: usize| Opcode::from_number(code[2 * index].into()).map_or(0, Opcode::caches);
        let next = |&index: &usize| Some(index + 1 + caches(index)).filter(|&next| next < self.len());
        let starts: Vec<_> = std::iter::successors(Some(0).filter(|_| !self.is_empty()), next).collect();
        let mut second = number::Cache; // no instruction
        for index in starts.into_iter().rev() {
            let place = &self.units[index];
            let unit = Unit(place.load(Ordering::Relaxed));
            second = match specialized::pair(unit.opcode(), second) {
                Some(both) => {
                    place.store(unit.with_opcode(both).0, Ordering::Relaxed);
                    both
                }
                None => unit.opcode(),
            };
        }
    }

    /// The first unit.
    #[inline(always)]
    pub fn first(&self) -> *const AtomicU64 {
        self.units.as_ptr()
    }

    /// All units.
    pub(crate) fn units(&self) -> &[AtomicU64] {
        &self.units
    }

    /// The unit `index`.
    pub fn unit(&self, index: usize) -> Option<Unit> {
        self.units.get(index).map(|unit| Unit(unit.load(Ordering::Relaxed)))
    }

    /// How many units.
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }
}

/// The instructions of `code`, if they have been decoded.
#[inline(always)]
pub fn decoded(code: &Object<Code>) -> Option<&Instructions> {
    code.payload().instructions.0.get()
}

/// The instructions of `code`, decoded at first use.
#[inline(always)]
pub fn of(code: &Object<Code>) -> &Instructions {
    let payload = code.payload();
    match payload.instructions.0.get() {
        Some(instructions) => instructions,
        None => payload.instructions.0.get_or_init(|| Instructions::of_code(payload)),
    }
}
