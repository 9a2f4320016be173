//! Checked programs.
//!
//! A program comes from Python as a list of words and may be anything. The matcher follows offsets without looking twice, so
//! [`Program::check`] accepts just what `re._compiler` can make: every offset leads to where an operation begins, inside the
//! same block; every block ends with the operation that its head expects; every argument is one that the matcher knows.
//!
//! * INV-SRE-1: the words of a `Program` have passed the check.
//!
//! Blocks nest as deep as a list is long, so they wait on a work list instead of being checked recursively.

use runtime::error::{Raised, Result, runtime_error};

use threads::sync::OnceLock;

use super::firsts::{Place, Tables};
use super::matcher::op;

/// A checked program.
#[derive(Debug)]
pub struct Program {
    words: Box<[u32]>,
    groups: usize,
    /// What `tables` are to know about.
    places: Box<[Place]>,
    tables: OnceLock<Tables>,
}

/// "invalid SRE code"
#[cold]
pub fn invalid() -> Raised {
    runtime_error("invalid SRE code")
}

/// What the words of a block must satisfy.
struct Check<'a> {
    words: &'a [u32],
    groups: usize,
    /// Blocks that are still to be checked.
    blocks: Vec<Block>,
    places: Vec<Place>,
}

/// A range of words that holds whole operations.
struct Block {
    start: usize,
    end: usize,
}

impl Program {
    /// Checks a program.
    ///
    /// # Errors
    /// RuntimeError.
    pub fn check(words: Vec<u32>, groups: usize) -> Result<Self> {
        let valid = groups <= super::matcher::MAX_GROUPS as usize && words.last() == Some(&op::SUCCESS);
        if !valid {
            return Err(invalid());
        }
        let end = words.len() - 1;
        let blocks = vec![Block { start: 0, end }];
        let mut check = Check { words: &words, groups, blocks, places: Vec::new() };
        while let Some(block) = check.blocks.pop() {
            check.block(&block).ok_or_else(invalid)?;
        }
        let places = check.places.into_boxed_slice();
        Ok(Self { words: words.into_boxed_slice(), groups, places, tables: OnceLock::new() })
    }

    /// The words.
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// What is known about places of the program, made when it is first asked for.
    pub fn tables(&self) -> &Tables {
        self.tables.get_or_init(|| Tables::of(&self.words, &self.places))
    }

    /// How many groups.
    pub fn groups(&self) -> usize {
        self.groups
    }
}

impl Check<'_> {
    fn word(&self, at: usize) -> Option<u32> {
        self.words.get(at).copied()
    }

    /// Where the skip word at `at` leads to, if that is inside the block.
    fn skip(&self, at: usize, end: usize) -> Option<usize> {
        let target = at.checked_add(self.word(at)? as usize)?;
        (target > at && target <= end).then_some(target)
    }

    fn push(&mut self, start: usize, end: usize) -> Option<()> {
        if start > end {
            return None;
        }
        self.blocks.push(Block { start, end });
        Some(())
    }

    /// Checks the operations of a block; `None` if something is wrong.
    fn block(&mut self, block: &Block) -> Option<()> {
        let mut at = block.start;
        while at < block.end {
            at = self.operation(at, block)?;
        }
        (at == block.end).then_some(())
    }

    /// Checks the operation at `at`; where the next one begins.
    fn operation(&mut self, at: usize, block: &Block) -> Option<usize> {
        let end = block.end;
        let argument = |this: &Self| if at + 1 < end { this.word(at + 1) } else { None };
        match self.word(at)? {
            op::SUCCESS | op::FAILURE | op::ANY | op::ANY_ALL => Some(at + 1),
            op::LITERAL
            | op::NOT_LITERAL
            | op::LITERAL_IGNORE
            | op::NOT_LITERAL_IGNORE
            | op::LITERAL_UNI_IGNORE
            | op::NOT_LITERAL_UNI_IGNORE
            | op::LITERAL_LOC_IGNORE
            | op::NOT_LITERAL_LOC_IGNORE => argument(self).map(|_| at + 2),
            op::MARK => (argument(self)? as usize / 2 < self.groups).then_some(at + 2),
            op::AT => (argument(self)? < op::AT_CODES).then_some(at + 2),
            op::CATEGORY => (argument(self)? < op::CATEGORY_CODES).then_some(at + 2),
            op::GROUPREF | op::GROUPREF_IGNORE | op::GROUPREF_UNI_IGNORE | op::GROUPREF_LOC_IGNORE => {
                ((argument(self)? as usize) < self.groups).then_some(at + 2)
            }
            op::IN | op::IN_IGNORE | op::IN_UNI_IGNORE | op::IN_LOC_IGNORE => {
                let next = self.skip(at + 1, end)?;
                self.set(at + 2, next)?;
                self.places.push(Place::Set(at + 2));
                Some(next)
            }
            op::INFO => self.info(at, end),
            op::BRANCH => self.branch(at, block),
            op::REPEAT_ONE | op::MIN_REPEAT_ONE | op::POSSESSIVE_REPEAT_ONE => {
                let next = self.repeat(at, end)?;
                self.closed(at + 4, next, op::SUCCESS)?;
                self.places.push(Place::Way(at, next));
                Some(next)
            }
            op::POSSESSIVE_REPEAT => {
                let last = self.repeat(at, end)?;
                self.closed(at + 4, last + 1, op::SUCCESS)?;
                (last < end).then_some(last + 1)
            }
            op::REPEAT => {
                let last = self.repeat(at, end)?;
                self.push(at + 4, last)?;
                let closes = matches!(self.word(last)?, op::MAX_UNTIL | op::MIN_UNTIL);
                (last < end && closes).then_some(last + 1)
            }
            op::ATOMIC_GROUP => {
                let next = self.skip(at + 1, end)?;
                self.closed(at + 2, next, op::SUCCESS)?;
                Some(next)
            }
            op::ASSERT | op::ASSERT_NOT => {
                let next = self.skip(at + 1, end)?;
                // The width that a look-behind goes back.
                if self.word(at + 2)? >> 31 != 0 {
                    return None;
                }
                self.closed(at + 3, next, op::SUCCESS)?;
                Some(next)
            }
            op::GROUPREF_EXISTS => self.conditional(at, block),
            _ => None,
        }
    }

    /// Skip, least and most rounds of a repeat; where it leads to.
    fn repeat(&self, at: usize, end: usize) -> Option<usize> {
        let target = self.skip(at + 1, end)?;
        let (least, most) = (self.word(at + 2)?, self.word(at + 3)?);
        (target >= at + 4 && least <= most).then_some(target)
    }

    /// A block from `start` whose last operation, right before `next`, is `closing`.
    fn closed(&mut self, start: usize, next: usize, closing: u32) -> Option<()> {
        let last = next.checked_sub(1)?;
        if last < start || self.word(last)? != closing {
            return None;
        }
        self.push(start, last)
    }

    /// Alternatives, each ending with a jump behind them all.
    fn branch(&mut self, at: usize, block: &Block) -> Option<usize> {
        let mut skip = at + 1;
        let mut target = None;
        loop {
            if skip >= block.end {
                return None;
            }
            if self.word(skip)? == 0 {
                return (target == Some(skip + 1)).then_some(skip + 1);
            }
            let next = self.skip(skip, block.end)?;
            let jump = next.checked_sub(2).filter(|&jump| jump > skip)?;
            if self.word(jump)? != op::JUMP {
                return None;
            }
            let leads_to = self.skip(jump + 1, block.end)?;
            if *target.get_or_insert(leads_to) != leads_to {
                return None;
            }
            self.push(skip + 1, jump)?;
            self.places.push(Place::Way(skip, skip + 1));
            skip = next;
        }
    }

    /// A choice by whether a group has matched: the operations of one case, and, behind a jump, those of the other.
    fn conditional(&mut self, at: usize, block: &Block) -> Option<usize> {
        if self.word(at + 1)? as usize >= self.groups {
            return None;
        }
        // This skip word counts from the word before it.
        let other = (at + 1).checked_add(self.word(at + 2)? as usize)?;
        if other > block.end || other < at + 3 {
            return None;
        }
        // The last words of the first case look like a jump also when they are a two-word operation's tail, so walk there.
        let mut walk = at + 3;
        let inner = Block { start: walk, end: other };
        while walk < other {
            if walk + 2 == other && self.word(walk)? == op::JUMP {
                let next = self.skip(walk + 1, block.end)?;
                self.push(other, next)?;
                return Some(next);
            }
            walk = self.operation(walk, &inner)?;
        }
        (walk == other).then_some(other)
    }

    /// What a search may look for first.
    fn info(&mut self, at: usize, end: usize) -> Option<usize> {
        let next = self.skip(at + 1, end)?;
        let flags = self.word(at + 2)?;
        let first = at + 5;
        if next < first || at != 0 {
            return None;
        }
        match flags {
            0 => (next == first).then_some(next),
            op::INFO_CHARSET => {
                self.set(first, next)?;
                self.places.push(Place::Set(first));
                Some(next)
            }
            op::INFO_PREFIX | op::INFO_LITERAL_PREFIX => {
                let (length, skip) = (self.word(first)? as usize, self.word(first + 1)? as usize);
                let prefix = self.words.get(first + 2..first.checked_add(2)?.checked_add(length)?)?;
                let overlaps = self.words.get(first + 2 + length..next)?;
                let fits = length > 0
                    && skip <= length
                    && overlaps.len() == length
                    && overlaps.iter().enumerate().all(|(i, &overlap)| overlap as usize <= i);
                // The matcher leaves out as many operations as the prefix has: they are just those letters.
                let leads = prefix.iter().take(skip).enumerate().all(|(i, letter)| {
                    self.word(next + 2 * i) == Some(op::LITERAL)
                        && self.word(next + 2 * i + 1) == Some(*letter)
                });
                let whole = flags == op::INFO_PREFIX
                    || (skip == length && self.word(next + 2 * skip) == Some(op::SUCCESS));
                (fits && leads && whole && next + 2 * skip <= end).then_some(next)
            }
            _ => None,
        }
    }

    /// A set of characters that ends with FAILURE right before `end`.
    fn set(&self, start: usize, end: usize) -> Option<()> {
        let mut at = start;
        while at < end {
            at = match self.word(at)? {
                op::FAILURE => return (at + 1 == end).then_some(()),
                op::NEGATE => at + 1,
                op::LITERAL => at + 2,
                op::RANGE | op::RANGE_UNI_IGNORE => at + 3,
                op::CATEGORY if self.word(at + 1)? < op::CATEGORY_CODES => at + 2,
                op::CHARSET => at + 9,
                op::BIGCHARSET => {
                    let blocks = self.word(at + 1)? as usize;
                    let indices = self.words.get(at + 2..at + 2 + 64)?;
                    let known = indices
                        .iter()
                        .all(|word| word.to_ne_bytes().iter().all(|&index| usize::from(index) < blocks));
                    if !known {
                        return None;
                    }
                    at.checked_add(blocks.checked_mul(8)?)?.checked_add(66)?
                }
                _ => return None,
            };
        }
        None
    }
}
