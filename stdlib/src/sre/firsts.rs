//! Which characters an operation takes, and with which a match from some place on may begin.
//!
//! Both are kept as sets of the characters below 256, for sets and places of a program that are asked about again and again:
//! what comes from a set's own operations would be worked out anew for each character of a text. They are made when a program
//! is first run, not when it is compiled: most patterns of a program's modules are never used.

use super::classes::{self, Case};
use super::heads::Heads;
use super::opcode as op;
use threads::sync::OnceLock;

/// Characters below 256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bits([u64; 4]);

impl Bits {
    pub(super) const NONE: Self = Self([0; 4]);
    pub(super) const ALL: Self = Self([u64::MAX; 4]);

    /// Whether `code`, which is below 256, is one of them.
    #[inline(always)]
    pub fn has(&self, code: u32) -> bool {
        self.0[code as usize >> 6 & 3] >> (code & 63) & 1 != 0
    }

    /// Whether `code` may be one of them: all characters from 256 on may.
    #[inline(always)]
    pub fn may_have(&self, code: u32) -> bool {
        code >= 256 || self.has(code)
    }

    fn add(&mut self, code: u32) {
        if code < 256 {
            self.0[code as usize >> 6] |= 1 << (code & 63);
        }
    }

    fn of(test: impl Fn(u32) -> bool) -> Self {
        let mut bits = Self::NONE;
        (0..256).filter(|&code| test(code)).for_each(|code| bits.add(code));
        bits
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] | other.0[i]))
    }

    fn not(self) -> Self {
        Self(self.0.map(|word| !word))
    }
}

/// What is known about the places of a program.
#[derive(Debug, Default)]
pub struct Tables {
    /// For each word, one more than the index of what is known about it; 0 for nothing.
    index: Box<[u32]>,
    bits: Vec<Bits>,
    /// With what a match begins, if it takes a character at all.
    pub start: Option<Bits>,
    heads: OnceLock<Option<Box<Heads>>>,
}

/// How many operations are looked at to find out with what one place goes on.
const BUDGET: u32 = 200;

impl Tables {
    /// The tables of a checked program.
    pub fn of(words: &[u32], places: &[Place]) -> Self {
        let mut tables = Self { index: vec![0; words.len()].into_boxed_slice(), ..Self::default() };
        for &place in places {
            let (at, bits) = match place {
                Place::Set(at) => (at, Some(set(words, at))),
                Place::Way(at, first) => (at, begins(words, first)),
            };
            if let (Some(bits), Some(entry)) = (bits, tables.index.get_mut(at)) {
                tables.bits.push(bits);
                *entry = tables.bits.len() as u32;
            }
        }
        let first = if words.first() == Some(&op::INFO) { 1 + word(words, 1) as usize } else { 0 };
        tables.start = begins(words, first);
        tables
    }

    /// With which characters a match begins, if that is known already.
    pub fn known_heads(&self) -> Option<&Heads> {
        self.heads.get()?.as_deref()
    }

    /// With which characters a match of the program begins; `None` where it may begin with any or take none.
    pub fn heads(&self, words: &[u32]) -> Option<&Heads> {
        self.heads.get_or_init(|| Heads::of(words).map(Box::new)).as_deref()
    }

    /// What is known about the place `at`.
    #[inline(always)]
    pub fn at(&self, at: usize) -> Option<&Bits> {
        match self.index.get(at) {
            None | Some(0) => None,
            Some(&index) => self.bits.get(index as usize - 1),
        }
    }
}

/// A place that tables are to know about.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// The set that begins there.
    Set(usize),
    /// With what a match goes on, noted for the first place, from the second one on.
    Way(usize, usize),
}

pub(super) fn word(words: &[u32], at: usize) -> u32 {
    words.get(at).copied().unwrap_or(op::FAILURE)
}

/// The characters of the set that begins at `pc`.
fn set(words: &[u32], mut pc: usize) -> Bits {
    let mut bits = Bits::NONE;
    let mut negated = false;
    loop {
        let argument = word(words, pc + 1);
        match word(words, pc) {
            op::NEGATE if bits == Bits::NONE => {
                negated = !negated;
                pc += 1;
            }
            op::LITERAL => {
                bits.add(argument);
                pc += 2;
            }
            op::CATEGORY => {
                bits = bits.or(Bits::of(|code| classes::category(argument, code)));
                pc += 2;
            }
            op::RANGE => {
                (argument..=word(words, pc + 2).min(255)).for_each(|code| bits.add(code));
                pc += 3;
            }
            op::RANGE_UNI_IGNORE => {
                let range = argument..=word(words, pc + 2);
                let test = |code| range.contains(&code) || range.contains(&Case::Unicode.upper(code));
                bits = bits.or(Bits::of(test));
                pc += 3;
            }
            op::CHARSET => {
                let own = |code: u32| word(words, pc + 1 + code as usize / 32) >> (code & 31) & 1 != 0;
                bits = bits.or(Bits::of(own));
                pc += 9;
            }
            op::FAILURE => break,
            // What is rare or strange is asked character by character.
            _ => {
                let rest = |code| super::engine::in_set(words, pc, code);
                return Bits::of(|code| if bits.has(code) { !negated } else { rest(code) != negated });
            }
        }
    }
    if negated { bits.not() } else { bits }
}

/// With which characters a match from `pc` on begins; `None` where it may take none, or that is not known.
fn begins(words: &[u32], pc: usize) -> Option<Bits> {
    let mut budget = BUDGET;
    way(words, pc, &mut budget, 0)
}

/// How deep alternatives within alternatives are looked into.
const DEPTH: u32 = 8;

fn way(words: &[u32], mut pc: usize, budget: &mut u32, depth: u32) -> Option<Bits> {
    loop {
        *budget = budget.checked_sub(1)?;
        let argument = word(words, pc + 1);
        match word(words, pc) {
            op::MARK | op::AT => pc += 2,
            op::JUMP | op::ASSERT | op::ASSERT_NOT => pc += 1 + argument as usize,
            op::REPEAT_ONE | op::MIN_REPEAT_ONE | op::POSSESSIVE_REPEAT_ONE => {
                let own = way(words, pc + 4, budget, depth)?;
                if word(words, pc + 2) > 0 {
                    return Some(own);
                }
                let rest = way(words, pc + 1 + argument as usize, budget, depth)?;
                return Some(own.or(rest));
            }
            op::REPEAT | op::POSSESSIVE_REPEAT if word(words, pc + 2) > 0 => pc += 4,
            op::BRANCH if depth < DEPTH => {
                let mut bits = Bits::NONE;
                let mut skip = pc + 1;
                while word(words, skip) != 0 {
                    bits = bits.or(way(words, skip + 1, budget, depth + 1)?);
                    skip += word(words, skip) as usize;
                }
                return Some(bits);
            }
            _ => return one(words, pc).map(|(bits, _)| bits),
        }
    }
}

/// What the operation on one character at `pc` takes, and how many words it has; `None` for other operations.
pub(super) fn one(words: &[u32], pc: usize) -> Option<(Bits, usize)> {
    let operation = word(words, pc);
    let argument = word(words, pc + 1);
    let only = |code| {
        let mut bits = Bits::NONE;
        bits.add(code);
        bits
    };
    let bits = match operation {
        op::LITERAL => only(argument),
        op::NOT_LITERAL => only(argument).not(),
        op::ANY => return Some((only(b'\n'.into()).not(), 1)),
        op::ANY_ALL => return Some((Bits::ALL, 1)),
        op::CATEGORY => Bits::of(|code| classes::category(argument, code)),
        op::LITERAL_IGNORE => Bits::of(|code| Case::Ascii.lower(code) == argument),
        op::LITERAL_UNI_IGNORE => Bits::of(|code| Case::Unicode.lower(code) == argument),
        op::IN => return Some((set(words, pc + 2), 1 + argument as usize)),
        op::IN_IGNORE | op::IN_UNI_IGNORE => {
            let case = if operation == op::IN_IGNORE { Case::Ascii } else { Case::Unicode };
            let bits = Bits::of(|code| super::engine::in_set(words, pc + 2, case.lower(code)));
            return Some((bits, 1 + argument as usize));
        }
        _ => return None,
    };
    Some((bits, 2))
}
