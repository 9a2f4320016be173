//! The seam to what runs programs: all else asks for matches here.

use runtime::Thread;
use runtime::error::{Raised, Result, memory_error};
use smallvec::SmallVec;
use text::unicode::{simple_lower, simple_upper};

use super::engine::{Demand, Matcher, NONE, Subject};
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

/// Begin and end of groups, of a few without an allocation.
pub type Spans = SmallVec<[Option<(usize, usize)>; 4]>;

/// A match.
#[derive(Debug)]
pub struct Found {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Begin and end of each group that took part, the whole match first.
    pub spans: Spans,
    /// The group that was closed last, from 1.
    pub last_index: Option<usize>,
}

impl Found {
    /// Begin and end of each group, from the first on.
    pub fn groups(&self) -> &[Option<(usize, usize)>] {
        self.spans.get(1..).unwrap_or_default()
    }
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
    let groups = matcher.marks().chunks_exact(2).map(|marks| match *marks {
        [begin, end] if begin != NONE && end != NONE && begin <= end => Some((begin, end)),
        _ => None,
    });
    // At once: they are as many as the pattern has groups.
    let mut spans = Spans::new();
    spans.try_reserve_exact(groups.len() + 1).map_err(|_| memory_error())?;
    spans.push(Some((span.start, span.end)));
    spans.extend(groups);
    let last_index = Some(matcher.last_index()).filter(|&index| index > 0);
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
