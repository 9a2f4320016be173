//! The seam to what runs programs: all else asks for matches here.

use runtime::Thread;
use runtime::error::{Raised, Result};
use text::unicode::{simple_lower, simple_upper};

use super::engine::{Demand, Marks, Matcher, NONE, Subject};
use super::program::Program;
use super::text::Characters;
use crate::support;

/// What `re._constants` calls `MAGIC`: which set of operations this is.
pub const MAGIC: i64 = super::opcode::MAGIC;
/// Bytes of a word.
pub const CODE_BYTES: i64 = 4;
/// A repeat without an upper bound.
pub const MAX_REPEAT: i64 = u32::MAX as i64;
/// The most groups: marks of all of them are counted in bytes by a C int.
pub const MAX_GROUPS: i64 = i32::MAX as i64 / 2;

pub(super) use super::opcode as op;

/// The lower case of a character, as the matcher has it.
pub fn lower(code: u32) -> u32 {
    simple_lower(code)
}

/// The upper case of a character, as the matcher has it.
pub fn upper(code: u32) -> u32 {
    simple_upper(code)
}

/// Where a match may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Anywhere.
    Search,
    /// At the start.
    Match,
    /// From the start to the end.
    FullMatch,
}

/// What is asked of the matcher.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// Where the match may be.
    pub mode: Mode,
    /// Where to begin.
    pub start: usize,
    /// Where the text ends.
    pub end: usize,
    /// Whether the match at `start` must not be the empty one.
    pub must_advance: bool,
}

/// Begin and end of groups.
#[derive(Debug)]
pub struct Spans {
    /// Those of the whole match.
    whole: (usize, usize),
    /// Those of each group, one after the other, as the matcher left them.
    marks: Marks,
}

impl Spans {
    /// How many groups there are, the whole match being one.
    #[inline]
    pub fn len(&self) -> usize {
        self.marks.len() / 2 + 1
    }

    /// Begin and end of a group that took part; the first `None` is for no such group.
    #[inline]
    pub fn get(&self, group: usize) -> Option<Option<(usize, usize)>> {
        let Some(first) = group.checked_sub(1) else { return Some(Some(self.whole)) };
        match *self.marks.get(first.checked_mul(2)?..)? {
            [begin, end, ..] => Some((begin != NONE && end != NONE && begin <= end).then_some((begin, end))),
            _ => None,
        }
    }

    /// Those of each group but the whole match.
    pub fn groups(&self) -> impl Iterator<Item = Option<(usize, usize)>> {
        self.iter().skip(1)
    }

    /// Those of each group, the whole match first.
    pub fn iter(&self) -> impl Iterator<Item = Option<(usize, usize)>> {
        (0..self.len()).map(|group| self.get(group).flatten())
    }
}

/// A match.
#[derive(Debug)]
pub struct Found {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Begin and end of each group that took part.
    pub spans: Spans,
    /// The group that was closed last, from 1.
    pub last_index: Option<usize>,
}

/// Runs a program. Others may stop the thread now and then, and signals are answered.
///
/// # Errors
/// What a signal handler raises.
pub fn run(thread: &mut Thread, program: &Program, text: Characters<'_>, ask: Ask) -> Result<Option<Found>> {
    match text {
        Characters::Narrow(units) => run_on(thread, program, units, ask),
        Characters::Wide(units) => run_on(thread, program, units, ask),
        Characters::Full(units) => run_on(thread, program, units, ask),
    }
}

fn run_on<S: Subject>(thread: &mut Thread, program: &Program, text: S, ask: Ask) -> Result<Option<Found>> {
    step(thread, &mut Matcher::new(program, text, ask.end), ask)
}

fn step<S: Subject>(thread: &mut Thread, matcher: &mut Matcher<'_, S>, ask: Ask) -> Result<Option<Found>> {
    let demand =
        Demand { whole: ask.mode == Mode::FullMatch, not_empty_at: ask.must_advance.then_some(ask.start) };
    let mut poll = || -> std::result::Result<(), Raised> { support::poll(thread) };
    let span = match ask.mode {
        Mode::Search => matcher.search(ask.start, demand, &mut poll)?,
        Mode::Match | Mode::FullMatch => matcher.match_at(ask.start, demand, &mut poll)?,
    };
    let Some(span) = span else { return Ok(None) };
    let (marks, last_index) = matcher.take_marks();
    let spans = Spans { whole: (span.start, span.end), marks };
    let last_index = Some(last_index).filter(|&index| index > 0);
    Ok(Some(Found { start: span.start, end: span.end, spans, last_index }))
}

/// Searches one text again and again, up to the same end.
pub enum Searcher<'a> {
    /// Bytes, or characters below 256.
    Narrow(Matcher<'a, &'a [u8]>),
    /// Characters below 65536.
    Wide(Matcher<'a, &'a [u16]>),
    /// Any characters.
    Full(Matcher<'a, &'a [u32]>),
}

impl<'a> Searcher<'a> {
    /// Nothing has been looked for yet.
    pub fn new(program: &'a Program, text: Characters<'a>, end: usize) -> Self {
        match text {
            Characters::Narrow(units) => Self::Narrow(Matcher::new(program, units, end)),
            Characters::Wide(units) => Self::Wide(Matcher::new(program, units, end)),
            Characters::Full(units) => Self::Full(Matcher::new(program, units, end)),
        }
    }

    /// The next match; `ask` has the mode [`Mode::Search`].
    ///
    /// # Errors
    /// What a signal handler raises.
    pub fn next(&mut self, thread: &mut Thread, ask: Ask) -> Result<Option<Found>> {
        if ask.start > ask.end {
            return Ok(None);
        }
        match self {
            Self::Narrow(matcher) => step(thread, matcher, ask),
            Self::Wide(matcher) => step(thread, matcher, ask),
            Self::Full(matcher) => step(thread, matcher, ask),
        }
    }
}
