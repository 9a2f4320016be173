//! Running a compiled regular expression against text.
//!
//! The program is what `re._compiler` makes: opcodes and arguments in one array of words, offsets relative to the word that
//! holds them. The matcher walks it with a position in the text and an explicit stack of *choices*: places to go back to when
//! it can go no further. Nothing recurses, so no pattern and no text exhausts the machine's stack.
//!
//! * **Marks** (where groups begin and end) are changed in place; a trail remembers what they were, and going back undoes the
//!   changes since.
//! * **Repeats** of more than one character are nodes that never change: another round makes another node. Going back to a
//!   choice is going back to its node.
//! * **Sub-matches** (look-around, atomic groups, possessive repeats) put a frame on a stack of their own and a barrier among
//!   the choices. Success drops the choices down to the barrier; falling back on the barrier is failure.
//!
//! Words beyond the program read as FAILURE: no program, however malformed, reaches outside the arrays.

use super::classes::Case;
use super::firsts::{Bits, Tables};
use super::opcode::{self as op, at};
use super::program::Program;
pub(super) use characters::in_set;
use smallvec::SmallVec;

mod characters;

/// The text, by character.
pub trait Subject: Copy {
    /// How many characters.
    fn len(&self) -> usize;
    /// The character at `index`, which is below the length.
    fn at(&self, index: usize) -> u32;
    /// Where `code` comes first in a range.
    fn find(&self, code: u32, start: usize, end: usize) -> Option<usize>;
}

macro_rules! subjects {
    ($($unit:ty, $find:expr;)*) => {$(
        impl Subject for &[$unit] {
            #[inline(always)]
            fn len(&self) -> usize {
                <[$unit]>::len(self)
            }
            #[inline(always)]
            fn at(&self, index: usize) -> u32 {
                u32::from(self[index])
            }
            #[inline]
            fn find(&self, code: u32, start: usize, end: usize) -> Option<usize> {
                let code = <$unit>::try_from(code).ok()?;
                let within = self.get(start..end)?;
                $find(code, within).map(|found| start + found)
            }
        }
    )*};
}
subjects! {
    u8, memchr::memchr;
    u16, |code: u16, units: &[u16]| units.iter().position(|&unit| unit == code);
    u32, |code: u32, units: &[u32]| units.iter().position(|&unit| unit == code);
}

/// No position.
pub const NONE: usize = usize::MAX;

/// How many steps are taken between two polls.
const POLL_STEPS: u32 = 1 << 14;

/// After how many attempts that fail it is worth finding out with which characters a match begins.
const MANY_FAILURES: u32 = 64;

/// A repetition without an upper bound.
const ENDLESS: u32 = u32::MAX;

/// No repeat.
const NO_NODE: u32 = u32::MAX;

/// A round of a repeat.
#[derive(Clone, Copy)]
struct Node {
    parent: u32,
    /// Where the REPEAT stands.
    pc: u32,
    /// How many rounds are complete: -1 before the first.
    count: i64,
    /// Where the last round began, so that empty rounds end.
    last: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Go on at `pc`.
    Goto,
    /// Try the next alternative, whose skip word is at `pc`.
    Branch,
    /// One character less of a greedy repeat: `pos` is where it begins, `count` how many it has, `pc` the tail.
    Fewer,
    /// One character more of a lazy repeat: `pos` is where it ends, `count` how many it has, `pc` the operation.
    More,
    /// One more round of a lazy repeat.
    Round,
    /// The sub-match on top of the frames has failed.
    Barrier,
}

/// A place to go back to.
#[derive(Clone, Copy)]
struct Choice {
    kind: Kind,
    pc: u32,
    node: u32,
    trail: u32,
    nodes: u32,
    count: u32,
    least: u32,
    pos: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sub {
    Assert,
    AssertNot,
    Atomic,
    Possessive,
}

/// A sub-match that is being tried.
#[derive(Clone, Copy)]
struct Frame {
    kind: Sub,
    pc: u32,
    node: u32,
    count: u32,
    choices: u32,
    trail: u32,
    pos: usize,
}

/// Whether a match must reach the end, or begin at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Demand {
    /// The match reaches the end (`fullmatch`).
    pub whole: bool,
    /// The match is not the empty one at this position.
    pub not_empty_at: Option<usize>,
}

/// Where a match begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// What is called now and then, and may say that it is enough.
pub type Poll<'p, E> = &'p mut dyn FnMut() -> Result<(), E>;

/// Begin and end of each group; those of a few take no allocation.
pub type Marks = SmallVec<[usize; 16]>;

/// The state of matching one program against one text.
pub struct Matcher<'a, S> {
    code: &'a [u32],
    tables: &'a Tables,
    text: S,
    end: usize,
    // What most matches need of these takes no allocation.
    marks: Marks,
    /// How many marks there are.
    mark_count: usize,
    last_index: usize,
    choices: SmallVec<[Choice; 4]>,
    frames: Vec<Frame>,
    nodes: Vec<Node>,
    trail: SmallVec<[(u32, usize); 8]>,
    demand: Demand,
    steps: u32,
    /// How many attempts of searches have failed.
    failures: u32,
}

/// The trail's entry for `last_index`.
const LAST_INDEX: u32 = u32::MAX;

impl<'a, S: Subject> Matcher<'a, S> {
    /// A matcher for the text up to `end`.
    pub fn new(program: &'a Program, text: S, end: usize) -> Self {
        Self {
            code: program.words(),
            tables: program.tables(),
            text,
            end: end.min(text.len()),
            marks: Marks::new(),
            mark_count: program.groups() * 2,
            last_index: 0,
            choices: SmallVec::new(),
            frames: Vec::new(),
            nodes: Vec::new(),
            trail: SmallVec::new(),
            demand: Demand::default(),
            steps: POLL_STEPS,
            failures: 0,
        }
    }

    #[inline(always)]
    fn word(&self, index: usize) -> u32 {
        self.code.get(index).copied().unwrap_or(op::FAILURE)
    }

    /// Begin and end of each group of the last match ([`NONE`] for groups that took no part), and the group that it closed last (0 for
    /// none).
    pub fn take_marks(&mut self) -> (Marks, usize) {
        self.trail.clear(); // what comes next begins without marks
        (std::mem::take(&mut self.marks), std::mem::take(&mut self.last_index))
    }

    /// Marks for another match, where those of the last one have been taken.
    #[inline(always)]
    fn begin(&mut self, demand: Demand) {
        self.demand = demand;
        if self.marks.len() < self.mark_count {
            self.marks.resize(self.mark_count, NONE);
        }
    }

    /// Matches at `start`.
    ///
    /// # Errors
    /// What `poll` says.
    pub fn match_at<E>(
        &mut self,
        start: usize,
        demand: Demand,
        poll: Poll<'_, E>,
    ) -> Result<Option<Span>, E> {
        self.begin(demand);
        if start > self.end {
            return Ok(None);
        }
        let first = self.after_info();
        self.attempt(first, start, poll)
    }

    /// Where the program begins behind its information block.
    fn after_info(&self) -> usize {
        if self.word(0) == op::INFO { 1 + self.word(1) as usize } else { 0 }
    }

    fn attempt<E>(&mut self, pc: usize, start: usize, poll: Poll<'_, E>) -> Result<Option<Span>, E> {
        // Undone, not filled: most attempts fail before they set a mark.
        self.undo_to(0);
        self.choices.clear();
        self.frames.clear();
        self.nodes.clear();
        let end = self.run(pc, start, poll)?;
        Ok(end.map(|end| Span { start, end }))
    }

    /// Finds the first match from `start` on.
    ///
    /// # Errors
    /// What `poll` says.
    pub fn search<E>(&mut self, start: usize, demand: Demand, poll: Poll<'_, E>) -> Result<Option<Span>, E> {
        self.begin(demand);
        let first = self.after_info();
        let mut last = self.end;
        let (mut prefix, mut is_prefix): (&[u32], bool) = (&[], false);
        let mut begins = self.tables.start;
        if self.word(0) == op::INFO {
            let (flags, least) = (self.word(2), self.word(3) as usize);
            if start > self.end || self.end - start < least {
                return Ok(None);
            }
            // What is shorter than the shortest match begins no match.
            last = self.end - least;
            if flags & op::INFO_PREFIX != 0 {
                let length = self.word(5) as usize;
                prefix = self.code.get(7..7 + length).unwrap_or(&[]);
                is_prefix = flags == op::INFO_LITERAL_PREFIX && !demand.whole;
            } else if flags & op::INFO_CHARSET != 0 {
                begins = self.tables.at(5).copied();
            }
        }
        let anchored = self.word(first) == op::AT
            && matches!(self.word(first + 1), at::BEGINNING | at::BEGINNING_STRING);
        if anchored {
            // Nowhere else does it match, so nothing is looked for.
            return if start <= last { self.attempt(first, start, poll) } else { Ok(None) };
        }
        let mut heads = self.tables.known_heads();
        let mut at = start;
        while at <= last {
            if let Some((&head, rest)) = prefix.split_first() {
                let Some(found) = self.text.find(head, at, last.saturating_add(1).min(self.end)) else {
                    return Ok(None);
                };
                at = found;
                let fits = self.end - at >= prefix.len()
                    && rest.iter().enumerate().all(|(i, &code)| self.text.at(at + 1 + i) == code);
                if !fits {
                    at += 1;
                    continue;
                }
                if is_prefix {
                    return Ok(Some(Span { start: at, end: at + prefix.len() }));
                }
                if heads.is_some_and(|heads| !heads.may_begin(self.text, at, self.end)) {
                    at += 1;
                    continue;
                }
            } else if let Some(heads) = heads {
                while at <= last && at < self.end && !heads.may_begin(self.text, at, self.end) {
                    at += 1;
                }
                if at > last || at >= self.end {
                    return Ok(None);
                }
            } else if let Some(begins) = &begins {
                while at <= last && at < self.end && !begins.may_have(self.text.at(at)) {
                    at += 1;
                }
                if at > last || at >= self.end {
                    return Ok(None);
                }
            }
            if let Some(found) = self.attempt(first, at, poll)? {
                return Ok(Some(found));
            }
            at += 1;
            self.failures = self.failures.saturating_add(1);
            if self.failures == MANY_FAILURES {
                heads = self.tables.heads(self.code);
            }
            self.tick(poll)?;
        }
        Ok(None)
    }

    #[inline(always)]
    fn tick<E>(&mut self, poll: Poll<'_, E>) -> Result<(), E> {
        self.steps -= 1;
        if self.steps == 0 {
            self.steps = POLL_STEPS;
            poll()?;
        }
        Ok(())
    }

    /// Runs the program from `pc`; answers where the match ends.
    fn run<E>(&mut self, mut pc: usize, mut pos: usize, poll: Poll<'_, E>) -> Result<Option<usize>, E> {
        let mut node = NO_NODE;
        loop {
            self.tick(poll)?;
            let ahead = match self.word(pc) {
                op::SUCCESS => match self.frames.last() {
                    None => {
                        if self.accepts(pos) {
                            return Ok(Some(pos));
                        }
                        false
                    }
                    Some(_) => self.leave_sub(&mut pc, &mut pos, &mut node),
                },
                op::FAILURE => false,
                op::MARK => {
                    self.set_mark(self.word(pc + 1), pos);
                    pc += 2;
                    true
                }
                op::JUMP => {
                    pc += 1 + self.word(pc + 1) as usize;
                    true
                }
                op::INFO => {
                    pc += 1 + self.word(pc + 1) as usize;
                    true
                }
                op::AT => {
                    let holds = self.at_place(self.word(pc + 1), pos);
                    pc += 2;
                    holds
                }
                op::BRANCH => self.branch(pc + 1, &mut pc, pos, node),
                op::REPEAT_ONE => self.repeat_one(&mut pc, &mut pos, node),
                op::MIN_REPEAT_ONE => self.min_repeat_one(&mut pc, &mut pos, node),
                op::POSSESSIVE_REPEAT_ONE => {
                    let least = self.word(pc + 2) as usize;
                    let count = self.count(pc + 4, pos, self.word(pc + 3));
                    pos += count;
                    pc += 1 + self.word(pc + 1) as usize;
                    count >= least
                }
                op::REPEAT => {
                    node = self.new_node(Node { parent: node, pc: pc as u32, count: -1, last: NONE });
                    pc += 1 + self.word(pc + 1) as usize;
                    true
                }
                op::MAX_UNTIL => self.max_until(&mut pc, pos, &mut node),
                op::MIN_UNTIL => self.min_until(&mut pc, pos, &mut node),
                op::POSSESSIVE_REPEAT => {
                    let frame = self.frame(Sub::Possessive, pc, pos, node);
                    self.possessive_round(frame, NONE, &mut pc, &mut pos, &mut node)
                }
                op::ASSERT => {
                    let back = self.word(pc + 2) as usize;
                    pos >= back && {
                        self.enter_sub(Sub::Assert, pc, pos, node);
                        pos -= back;
                        pc += 3;
                        true
                    }
                }
                op::ASSERT_NOT => {
                    let back = self.word(pc + 2) as usize;
                    if pos >= back {
                        self.enter_sub(Sub::AssertNot, pc, pos, node);
                        pos -= back;
                        pc += 3;
                    } else {
                        pc += 1 + self.word(pc + 1) as usize;
                    }
                    true
                }
                op::ATOMIC_GROUP => {
                    self.enter_sub(Sub::Atomic, pc, pos, node);
                    pc += 2;
                    true
                }
                op::GROUPREF => self.group_ref(&mut pc, &mut pos, |code| code),
                op::GROUPREF_IGNORE => self.group_ref(&mut pc, &mut pos, Case::Ascii.lower_function()),
                op::GROUPREF_LOC_IGNORE => self.group_ref(&mut pc, &mut pos, Case::Ascii.lower_function()),
                op::GROUPREF_UNI_IGNORE => self.group_ref(&mut pc, &mut pos, Case::Unicode.lower_function()),
                op::GROUPREF_EXISTS => {
                    let (_, end) = self.group(self.word(pc + 1) as usize);
                    pc += if end == NONE { 1 + self.word(pc + 2) as usize } else { 3 };
                    true
                }
                op::LITERAL => {
                    // Most stand in rows.
                    loop {
                        let fits = pos < self.end && self.text.at(pos) == self.word(pc + 1);
                        pos += 1;
                        pc += 2;
                        if !fits || self.word(pc) != op::LITERAL {
                            break fits;
                        }
                    }
                }
                op::IN => {
                    let fits = pos < self.end && self.in_set(pc + 2, self.text.at(pos));
                    pos += 1;
                    pc += 1 + self.word(pc + 1) as usize;
                    fits
                }
                _ => {
                    // The other operations on one character.
                    let (fits, length) = self.one(pc, pos);
                    pos += 1;
                    pc += length;
                    fits
                }
            };
            if !ahead {
                match self.go_back() {
                    Some((next, place, round)) => (pc, pos, node) = (next, place, round),
                    None => return Ok(None),
                }
            }
        }
    }

    fn accepts(&self, pos: usize) -> bool {
        !(self.demand.whole && pos != self.end || self.demand.not_empty_at == Some(pos))
    }

    fn set_mark(&mut self, index: u32, pos: usize) {
        let Some(mark) = self.marks.get_mut(index as usize) else { return };
        self.trail.push((index, *mark));
        *mark = pos;
        if index & 1 != 0 {
            self.trail.push((LAST_INDEX, self.last_index));
            self.last_index = index as usize / 2 + 1;
        }
    }

    fn undo_to(&mut self, length: u32) {
        while self.trail.len() > length as usize {
            let Some((index, before)) = self.trail.pop() else { break };
            if index == LAST_INDEX {
                self.last_index = before;
            } else if let Some(mark) = self.marks.get_mut(index as usize) {
                *mark = before;
            }
        }
    }

    /// Begin and end of a group that is complete.
    fn group(&self, group: usize) -> (usize, usize) {
        let begin = self.marks.get(group * 2).copied().unwrap_or(NONE);
        let end = self.marks.get(group * 2 + 1).copied().unwrap_or(NONE);
        if begin == NONE || end == NONE || end < begin { (NONE, NONE) } else { (begin, end) }
    }

    fn new_node(&mut self, node: Node) -> u32 {
        self.nodes.push(node);
        self.nodes.len() as u32 - 1
    }

    fn node(&self, index: u32) -> Node {
        let nowhere = Node { parent: NO_NODE, pc: u32::MAX >> 1, count: 0, last: NONE };
        self.nodes.get(index as usize).copied().unwrap_or(nowhere)
    }

    fn choose(&mut self, kind: Kind, pc: usize, pos: usize, node: u32) -> &mut Choice {
        let choice = Choice {
            kind,
            pc: pc as u32,
            node,
            trail: self.trail.len() as u32,
            nodes: self.nodes.len() as u32,
            count: 0,
            least: 0,
            pos,
        };
        self.choices.push(choice);
        let last = self.choices.len() - 1;
        &mut self.choices[last]
    }

    /// Goes back to the last choice: where to go on.
    fn go_back(&mut self) -> Option<(usize, usize, u32)> {
        loop {
            let choice = *self.choices.last()?;
            self.undo_to(choice.trail);
            self.nodes.truncate(choice.nodes as usize);
            let (pc, pos) = (choice.pc as usize, choice.pos);
            match choice.kind {
                Kind::Goto => {
                    self.choices.pop();
                    return Some((pc, pos, choice.node));
                }
                Kind::Branch => {
                    self.choices.pop();
                    let mut next = pc;
                    if self.branch(pc, &mut next, pos, choice.node) {
                        return Some((next, pos, choice.node));
                    }
                }
                Kind::Fewer => {
                    if let Some(count) = self.fewer(choice) {
                        let tail = pc + 1 + self.word(pc + 1) as usize;
                        return Some((tail, pos + count as usize, choice.node));
                    }
                }
                Kind::More => {
                    let most = self.word(pc + 3);
                    let (mut count, mut pos) = (choice.count, pos);
                    let ahead = self.tables.at(pc);
                    loop {
                        if (most != ENDLESS && count >= most) || pos >= self.end || !self.one(pc + 4, pos).0 {
                            self.choices.pop();
                            break;
                        }
                        count = count.saturating_add(1);
                        pos += 1;
                        if self.may_go_on(ahead, pos) {
                            if let Some(last) = self.choices.last_mut() {
                                last.count = count;
                                last.pos = pos;
                            }
                            return Some((pc + 1 + self.word(pc + 1) as usize, pos, choice.node));
                        }
                    }
                }
                Kind::Round => {
                    self.choices.pop();
                    let node = self.node(choice.node);
                    let most = self.word(node.pc as usize + 3);
                    let count = node.count + 1;
                    if (most == ENDLESS || count < i64::from(most)) && pos != node.last {
                        let round = self.new_node(Node { count, last: pos, ..node });
                        return Some((node.pc as usize + 4, pos, round));
                    }
                }
                Kind::Barrier => {
                    self.choices.pop();
                    let Some(frame) = self.frames.pop() else { continue };
                    let at = frame.pc as usize;
                    let after = at + 1 + self.word(at + 1) as usize;
                    match frame.kind {
                        Sub::Assert | Sub::Atomic => {}
                        Sub::AssertNot => return Some((after, frame.pos, frame.node)),
                        Sub::Possessive => {
                            if frame.count >= self.word(at + 2) {
                                return Some((after + 1, frame.pos, frame.node));
                            }
                        }
                    }
                }
            }
        }
    }

    /// How many characters a greedy repeat has after giving some back; `None` if it has none to give.
    fn fewer(&mut self, choice: Choice) -> Option<u32> {
        let ahead = self.tables.at(choice.pc as usize);
        let mut count = choice.count;
        loop {
            if count <= choice.least {
                self.choices.pop();
                return None;
            }
            count -= 1;
            // Only places where the tail may begin are worth going back to.
            if self.may_go_on(ahead, choice.pos + count as usize) {
                break;
            }
        }
        if count == choice.least {
            self.choices.pop();
        } else if let Some(last) = self.choices.last_mut() {
            last.count = count;
        }
        Some(count)
    }

    /// Goes into the first alternative, from the one whose skip word is at `skip`, that may fit.
    fn branch(&mut self, skip: usize, pc: &mut usize, pos: usize, node: u32) -> bool {
        let Some(skip) = self.alternative(skip, pos) else { return false };
        // Only to another that may fit is it worth going back.
        if let Some(other) = self.alternative(skip + self.word(skip) as usize, pos) {
            self.choose(Kind::Branch, other, pos, node);
        }
        *pc = skip + 1;
        true
    }

    /// The skip word of the first alternative, from the one whose skip word is at `skip`, that may fit.
    #[inline(always)]
    fn alternative(&self, mut skip: usize, pos: usize) -> Option<usize> {
        loop {
            let length = self.word(skip) as usize;
            if length == 0 {
                return None;
            }
            if self.may_go_on(self.tables.at(skip), pos) {
                return Some(skip);
            }
            skip += length;
        }
    }

    /// Whether a match may go on at `pos`, where `ahead` is with what it must.
    #[inline(always)]
    fn may_go_on(&self, ahead: Option<&Bits>, pos: usize) -> bool {
        match ahead {
            Some(bits) => pos < self.end && bits.may_have(self.text.at(pos)),
            None => true,
        }
    }

    fn repeat_one(&mut self, pc: &mut usize, pos: &mut usize, node: u32) -> bool {
        let (least, most) = (self.word(*pc + 2), self.word(*pc + 3));
        let tail = *pc + 1 + self.word(*pc + 1) as usize;
        let start = *pos;
        let mut count = self.count(*pc + 4, start, most);
        if count < least as usize {
            return false;
        }
        let (at, ahead) = (*pc, self.tables.at(*pc));
        while !self.may_go_on(ahead, start + count) {
            if count == least as usize {
                return false;
            }
            count -= 1;
        }
        *pc = tail;
        *pos = start + count;
        if count > least as usize {
            let choice = self.choose(Kind::Fewer, at, start, node);
            choice.count = u32::try_from(count).unwrap_or(u32::MAX);
            choice.least = least;
        }
        true
    }

    fn min_repeat_one(&mut self, pc: &mut usize, pos: &mut usize, node: u32) -> bool {
        let (least, at) = (self.word(*pc + 2), *pc);
        if least > 0 {
            let count = self.count(at + 4, *pos, least);
            if count < least as usize {
                return false;
            }
            *pos += count;
        }
        let choice = self.choose(Kind::More, at, *pos, node);
        choice.count = least;
        *pc = at + 1 + self.word(at + 1) as usize;
        true
    }

    fn max_until(&mut self, pc: &mut usize, pos: usize, node: &mut u32) -> bool {
        let this = self.node(*node);
        let at = this.pc as usize;
        let (least, most) = (self.word(at + 2), self.word(at + 3));
        let count = this.count + 1;
        if count < i64::from(least) {
            *node = self.new_node(Node { count, ..this });
            *pc = at + 4;
        } else if (most == ENDLESS || count < i64::from(most)) && pos != this.last {
            self.choose(Kind::Goto, *pc + 1, pos, this.parent);
            *node = self.new_node(Node { count, last: pos, ..this });
            *pc = at + 4;
        } else {
            *node = this.parent;
            *pc += 1;
        }
        true
    }

    fn min_until(&mut self, pc: &mut usize, pos: usize, node: &mut u32) -> bool {
        let this = self.node(*node);
        let at = this.pc as usize;
        let count = this.count + 1;
        if count < i64::from(self.word(at + 2)) {
            *node = self.new_node(Node { count, ..this });
            *pc = at + 4;
        } else {
            self.choose(Kind::Round, at, pos, *node);
            *node = this.parent;
            *pc += 1;
        }
        true
    }

    fn frame(&self, kind: Sub, pc: usize, pos: usize, node: u32) -> Frame {
        Frame {
            kind,
            pc: pc as u32,
            node,
            count: 0,
            choices: self.choices.len() as u32,
            trail: self.trail.len() as u32,
            pos,
        }
    }

    fn enter_sub(&mut self, kind: Sub, pc: usize, pos: usize, node: u32) {
        let frame = self.frame(kind, pc, pos, node);
        self.frames.push(frame);
        self.choose(Kind::Barrier, pc, pos, node);
    }

    /// Begins another round of a possessive repeat at `pos`, or goes on behind it; `last` is where the last one began.
    fn possessive_round(
        &mut self,
        mut frame: Frame,
        last: usize,
        pc: &mut usize,
        pos: &mut usize,
        node: &mut u32,
    ) -> bool {
        let at = frame.pc as usize;
        let (least, most) = (self.word(at + 2), self.word(at + 3));
        let wanted = frame.count < least;
        if wanted || ((most == ENDLESS || frame.count < most) && *pos != last) {
            frame.pos = *pos;
            frame.choices = self.choices.len() as u32;
            frame.trail = self.trail.len() as u32;
            self.frames.push(frame);
            self.choose(Kind::Barrier, at, *pos, frame.node);
            *pc = at + 4;
        } else {
            *node = frame.node;
            *pc = at + 2 + self.word(at + 1) as usize;
        }
        true
    }

    /// A sub-match has succeeded at `pos`.
    fn leave_sub(&mut self, pc: &mut usize, pos: &mut usize, node: &mut u32) -> bool {
        let Some(frame) = self.frames.pop() else { return false };
        self.choices.truncate(frame.choices as usize);
        let at = frame.pc as usize;
        let after = at + 1 + self.word(at + 1) as usize;
        match frame.kind {
            Sub::Assert => {
                *pos = frame.pos;
                *node = frame.node;
                *pc = after;
                true
            }
            Sub::AssertNot => {
                self.undo_to(frame.trail);
                false
            }
            Sub::Atomic => {
                *node = frame.node;
                *pc = after;
                true
            }
            Sub::Possessive => {
                let last = frame.pos;
                let frame = Frame { count: frame.count.saturating_add(1), ..frame };
                self.possessive_round(frame, last, pc, pos, node)
            }
        }
    }

    fn group_ref(&self, pc: &mut usize, pos: &mut usize, fold: impl Fn(u32) -> u32) -> bool {
        let (begin, end) = self.group(self.word(*pc + 1) as usize);
        if begin == NONE || self.end - *pos < end - begin {
            return false;
        }
        for index in begin..end {
            if fold(self.text.at(index)) != fold(self.text.at(*pos)) {
                return false;
            }
            *pos += 1;
        }
        *pc += 2;
        true
    }
}
