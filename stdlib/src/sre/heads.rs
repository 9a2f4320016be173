//! With which few characters a match begins.
//!
//! A search tries to match wherever it may begin, and mostly fails. By its first character alone a pattern such as `cat|dog` may
//! begin in many places; by the first three in few. Each way in which a match may begin is one of eight *buckets*, and each character
//! has, for each of the three places, the buckets that it fits: where no bucket has all three, no match begins. What the buckets say
//! is never too strict: a match is tried for where they cannot tell.

use super::engine::Subject;
use super::firsts::{Bits, one, word};
use super::opcode as op;

/// How many characters are looked at.
const PLACES: usize = 3;
/// How many ways are kept apart.
const BUCKETS: usize = u8::BITS as usize;
/// How many ways are looked for.
const WAYS: usize = 64;
/// How many operations are looked at.
const BUDGET: u32 = 400;
/// How deep alternatives within alternatives are looked into.
const DEPTH: u32 = 8;

/// What each of the first characters of a match may be.
type Way = [Bits; PLACES];

/// The buckets that each character below 256 fits, for each place.
#[derive(Debug)]
pub struct Heads([[u8; 256]; PLACES]);

impl Heads {
    /// The heads of a checked program; `None` where a match may begin with any character, or take none.
    pub fn of(words: &[u32]) -> Option<Self> {
        let first = if words.first() == Some(&op::INFO) { 1 + word(words, 1) as usize } else { 0 };
        let mut ways = Ways { words, found: Vec::new(), budget: BUDGET };
        ways.follow(first, [Bits::ALL; PLACES], 0, 0)?;
        let mut buckets = [[Bits::NONE; PLACES]; BUCKETS];
        for (i, way) in ways.found.iter().enumerate() {
            let bucket = &mut buckets[i % BUCKETS];
            *bucket = std::array::from_fn(|place| bucket[place].or(way[place]));
        }
        let fitting = |place: usize, code: usize| {
            let has = |bucket: &Way| u8::from(bucket[place].has(code as u32));
            buckets.iter().enumerate().fold(0, |mask, (i, bucket)| mask | has(bucket) << i)
        };
        Some(Self(std::array::from_fn(|place| std::array::from_fn(|code| fitting(place, code)))))
    }

    /// Whether a match may begin at `at`, which is below `end`.
    #[inline(always)]
    pub fn may_begin<S: Subject>(&self, text: S, at: usize, end: usize) -> bool {
        let mut buckets = u8::MAX;
        for (place, fitting) in self.0.iter().enumerate() {
            if at + place >= end {
                return true;
            }
            // Any bucket may have characters from 256 on.
            buckets &= fitting.get(text.at(at + place) as usize).copied().unwrap_or(u8::MAX);
            if buckets == 0 {
                return false;
            }
        }
        true
    }
}

/// The ways in which matches of a program begin.
struct Ways<'a> {
    words: &'a [u32],
    found: Vec<Way>,
    budget: u32,
}

impl Ways<'_> {
    /// Finds those that go on from `pc` behind the first `known` characters of `way`; those after them may be any. `None` where there
    /// are too many, or one takes no character that is known.
    fn follow(&mut self, mut pc: usize, mut way: Way, mut known: usize, depth: u32) -> Option<()> {
        while known < PLACES {
            self.budget = self.budget.checked_sub(1)?;
            let argument = word(self.words, pc + 1);
            match word(self.words, pc) {
                op::MARK | op::AT => pc += 2,
                op::JUMP | op::ASSERT | op::ASSERT_NOT => pc += 1 + argument as usize,
                op::BRANCH if depth < DEPTH => {
                    let mut skip = pc + 1;
                    while word(self.words, skip) != 0 {
                        self.follow(skip + 1, way, known, depth + 1)?;
                        skip += word(self.words, skip) as usize;
                    }
                    return Some(());
                }
                op::REPEAT_ONE | op::MIN_REPEAT_ONE | op::POSSESSIVE_REPEAT_ONE => {
                    let (least, most) = (word(self.words, pc + 2), word(self.words, pc + 3));
                    let Some((bits, _)) = one(self.words, pc + 4) else { break };
                    for place in way.iter_mut().skip(known).take(least as usize) {
                        *place = bits;
                        known += 1;
                    }
                    if least != most {
                        break;
                    }
                    pc += 1 + argument as usize;
                }
                op::REPEAT | op::POSSESSIVE_REPEAT if word(self.words, pc + 2) > 0 => pc += 4,
                _ => {
                    let Some((bits, length)) = one(self.words, pc) else { break };
                    way[known] = bits;
                    known += 1;
                    pc += length;
                }
            }
        }
        if known == 0 || self.found.len() == WAYS {
            return None;
        }
        self.found.push(way);
        Some(())
    }
}
