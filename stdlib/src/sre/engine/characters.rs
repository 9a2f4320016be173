//! What single characters and places are: the steps of a match that only look.

use super::super::classes::{self, Case};
use super::super::opcode::{self as op, at};
use super::{ENDLESS, Matcher, Subject};

impl<S: Subject> Matcher<'_, S> {
    /// Whether the operation on one character at `pc` takes the one at `pos`, and how many words it has.
    #[inline(always)]
    pub(super) fn one(&self, pc: usize, pos: usize) -> (bool, usize) {
        let operation = self.word(pc);
        let length = match operation {
            op::ANY | op::ANY_ALL => 1,
            op::IN | op::IN_IGNORE | op::IN_UNI_IGNORE | op::IN_LOC_IGNORE => 1 + self.word(pc + 1) as usize,
            _ => 2,
        };
        if pos >= self.end {
            return (false, length);
        }
        let code = self.text.at(pos);
        let argument = self.word(pc + 1);
        let fits = match operation {
            op::LITERAL => code == argument,
            op::NOT_LITERAL => code != argument,
            op::ANY => code != u32::from(b'\n'),
            op::ANY_ALL => true,
            op::IN => self.in_set(pc + 2, code),
            op::CATEGORY => classes::category(argument, code),
            op::LITERAL_IGNORE => Case::Ascii.lower(code) == argument,
            op::NOT_LITERAL_IGNORE => Case::Ascii.lower(code) != argument,
            op::LITERAL_UNI_IGNORE => Case::Unicode.lower(code) == argument,
            op::NOT_LITERAL_UNI_IGNORE => Case::Unicode.lower(code) != argument,
            op::LITERAL_LOC_IGNORE => equal_in_locale(code, argument),
            op::NOT_LITERAL_LOC_IGNORE => !equal_in_locale(code, argument),
            op::IN_IGNORE => self.in_set(pc + 2, Case::Ascii.lower(code)),
            op::IN_UNI_IGNORE => self.in_set(pc + 2, Case::Unicode.lower(code)),
            op::IN_LOC_IGNORE => {
                let (lower, upper) = (Case::Ascii.lower(code), Case::Ascii.upper(code));
                self.in_set(pc + 2, lower) || (upper != lower && self.in_set(pc + 2, upper))
            }
            _ => false,
        };
        (fits, length)
    }

    /// How many characters from `pos` on the operation at `pc` takes, `most` at the most.
    pub(super) fn count(&self, pc: usize, pos: usize, most: u32) -> usize {
        let limit = if most == ENDLESS { self.end } else { self.end.min(pos.saturating_add(most as usize)) };
        let text = self.text;
        let run = |fits: &dyn Fn(u32) -> bool| {
            let mut at = pos;
            while at < limit && fits(text.at(at)) {
                at += 1;
            }
            at - pos
        };
        let argument = self.word(pc + 1);
        match self.word(pc) {
            op::ANY_ALL => limit.saturating_sub(pos),
            op::ANY => match text.find(u32::from(b'\n'), pos, limit) {
                Some(found) => found - pos,
                None => limit.saturating_sub(pos),
            },
            op::LITERAL => run(&|code| code == argument),
            op::NOT_LITERAL => match text.find(argument, pos, limit) {
                Some(found) => found - pos,
                None => limit.saturating_sub(pos),
            },
            op::IN => {
                let mut at = pos;
                match self.tables.at(pc + 2) {
                    Some(bits) => {
                        while at < limit {
                            let code = text.at(at);
                            let fits =
                                if code < 256 { bits.has(code) } else { in_set(self.code, pc + 2, code) };
                            if !fits {
                                break;
                            }
                            at += 1;
                        }
                    }
                    None => {
                        while at < limit && self.in_set(pc + 2, text.at(at)) {
                            at += 1;
                        }
                    }
                }
                at - pos
            }
            _ => {
                let mut at = pos;
                while at < limit && self.one(pc, at).0 {
                    at += 1;
                }
                at - pos
            }
        }
    }

    /// Whether the set that begins at `pc` has the character.
    #[inline(always)]
    pub(super) fn in_set(&self, pc: usize, code: u32) -> bool {
        match self.tables.at(pc) {
            Some(bits) if code < 256 => bits.has(code),
            _ => in_set(self.code, pc, code),
        }
    }

    /// Whether `pos` is such a place.
    pub(super) fn at_place(&self, place: u32, pos: usize) -> bool {
        let before = |test: fn(u32) -> bool| pos > 0 && test(self.text.at(pos - 1));
        let behind = |test: fn(u32) -> bool| pos < self.end && test(self.text.at(pos));
        let line_end = |code: u32| code == u32::from(b'\n');
        match place {
            at::BEGINNING | at::BEGINNING_STRING => pos == 0,
            at::BEGINNING_LINE => pos == 0 || before(line_end),
            at::END => pos == self.end || (pos + 1 == self.end && behind(line_end)),
            at::END_LINE => pos == self.end || behind(line_end),
            at::END_STRING => pos == self.end,
            at::BOUNDARY | at::LOC_BOUNDARY => before(classes::is_word) != behind(classes::is_word),
            at::NON_BOUNDARY | at::LOC_NON_BOUNDARY => before(classes::is_word) == behind(classes::is_word),
            at::UNI_BOUNDARY => before(classes::is_unicode_word) != behind(classes::is_unicode_word),
            at::UNI_NON_BOUNDARY => before(classes::is_unicode_word) == behind(classes::is_unicode_word),
            _ => false,
        }
    }
}

fn equal_in_locale(code: u32, pattern: u32) -> bool {
    code == pattern || Case::Ascii.lower(code) == pattern || Case::Ascii.upper(code) == pattern
}

/// Whether the set that begins at `pc` has the character.
pub fn in_set(words: &[u32], mut pc: usize, code: u32) -> bool {
    let word = |at: usize| words.get(at).copied().unwrap_or(op::FAILURE);
    let mut wanted = true;
    loop {
        let operation = word(pc);
        pc += 1;
        match operation {
            op::NEGATE => wanted = !wanted,
            op::LITERAL => {
                if code == word(pc) {
                    return wanted;
                }
                pc += 1;
            }
            op::CATEGORY => {
                if classes::category(word(pc), code) {
                    return wanted;
                }
                pc += 1;
            }
            op::RANGE => {
                if (word(pc)..=word(pc + 1)).contains(&code) {
                    return wanted;
                }
                pc += 2;
            }
            op::RANGE_UNI_IGNORE => {
                let range = word(pc)..=word(pc + 1);
                if range.contains(&code) || range.contains(&Case::Unicode.upper(code)) {
                    return wanted;
                }
                pc += 2;
            }
            op::CHARSET => {
                if code < 256 && word(pc + code as usize / 32) >> (code & 31) & 1 != 0 {
                    return wanted;
                }
                pc += 8;
            }
            op::BIGCHARSET => {
                let blocks = word(pc) as usize;
                pc += 1;
                if code < 0x1_0000 {
                    let high = code as usize >> 8;
                    let block = word(pc + high / 4).to_le_bytes()[high % 4] as usize;
                    let bit = block * 256 + (code as usize & 255);
                    if word(pc + 64 + bit / 32) >> (bit & 31) & 1 != 0 {
                        return wanted;
                    }
                }
                pc += 64 + blocks * 8;
            }
            _ => return !wanted,
        }
    }
}
