//! The seam to the library that runs programs.
//!
//! The library walks a text by a cursor that it alone can read. It knows bytes and UTF-8; the text of a str has characters of
//! one, two or four bytes. [`Units`] makes its cursor over bytes one over characters: where it is counts characters, and
//! every move is so many bytes.

use runtime::Thread;
use rustpython_sre_engine as sre;
use rustpython_sre_engine::{Request, State, StrDrive, StringCursor};
use zerocopy::IntoBytes;

use super::program::Program;
use super::text::Characters;

/// What `re._constants` calls `MAGIC`: which set of operations this is.
pub const MAGIC: i64 = sre::SRE_MAGIC as i64;
/// Bytes of a word.
pub const CODE_BYTES: i64 = sre::CODESIZE as i64;
/// A repeat without an upper bound.
pub const MAX_REPEAT: i64 = sre::MAXREPEAT as i64;
/// The most groups: marks of all of them are counted in bytes by a C int.
pub const MAX_GROUPS: i64 = i32::MAX as i64 / 2;

/// Operations and their arguments, as plain words.
pub mod op {
    use rustpython_sre_engine::{SreAtCode, SreCatCode, SreInfo, SreOpcode};

    macro_rules! operations {
        ($($name:ident)*) => { $(pub const $name: u32 = SreOpcode::$name as u32;)* };
    }

    operations! {
        FAILURE SUCCESS ANY ANY_ALL ASSERT ASSERT_NOT AT BRANCH CATEGORY CHARSET BIGCHARSET GROUPREF GROUPREF_EXISTS IN INFO
        JUMP LITERAL MARK MAX_UNTIL MIN_UNTIL NOT_LITERAL NEGATE RANGE REPEAT REPEAT_ONE MIN_REPEAT_ONE ATOMIC_GROUP
        POSSESSIVE_REPEAT POSSESSIVE_REPEAT_ONE GROUPREF_IGNORE IN_IGNORE LITERAL_IGNORE NOT_LITERAL_IGNORE
        GROUPREF_LOC_IGNORE IN_LOC_IGNORE LITERAL_LOC_IGNORE NOT_LITERAL_LOC_IGNORE GROUPREF_UNI_IGNORE IN_UNI_IGNORE
        LITERAL_UNI_IGNORE NOT_LITERAL_UNI_IGNORE RANGE_UNI_IGNORE
    }

    /// Places that AT knows are below this.
    pub const AT_CODES: u32 = SreAtCode::UNI_NON_BOUNDARY as u32 + 1;
    /// Categories are below this.
    pub const CATEGORY_CODES: u32 = SreCatCode::UNI_NOT_LINEBREAK as u32 + 1;
    /// A match begins with known letters.
    pub const INFO_PREFIX: u32 = SreInfo::PREFIX.bits();
    /// A match is known letters.
    pub const INFO_LITERAL_PREFIX: u32 = SreInfo::PREFIX.bits() | SreInfo::LITERAL.bits();
    /// A match begins with one of a set.
    pub const INFO_CHARSET: u32 = SreInfo::CHARSET.bits();
}

/// The lower case of a character, as the matcher has it.
pub fn lower(code: u32) -> u32 {
    sre::string::lower_unicode(code)
}

/// The upper case of a character, as the matcher has it.
pub fn upper(code: u32) -> u32 {
    sre::string::upper_unicode(code)
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

/// A match.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Begin and end of each group that took part.
    pub groups: Vec<Option<(usize, usize)>>,
    /// The group that was closed last, from 1.
    pub last_index: Option<usize>,
}

/// Texts from here on are searched detached.
const LONG: usize = 4096;

/// Runs a program.
pub fn run(thread: &mut Thread, program: &Program, text: Characters<'_>, ask: Ask) -> Option<Found> {
    let long = program.nested || ask.end.saturating_sub(ask.start) > LONG;
    if long { thread.detached(|| dispatch(program, text, ask)) } else { dispatch(program, text, ask) }
}

fn dispatch(program: &Program, text: Characters<'_>, ask: Ask) -> Option<Found> {
    match text {
        Characters::Narrow(units) => run_on(program, Units::<1>(units), ask),
        Characters::Wide(units) => run_on(program, Units::<2>(units.as_bytes()), ask),
        Characters::Full(units) => run_on(program, Units::<4>(units.as_bytes()), ask),
    }
}

fn run_on<S: StrDrive>(program: &Program, text: S, ask: Ask) -> Option<Found> {
    let mut request = Request::new(text, ask.start, ask.end, program.words(), ask.mode == Mode::FullMatch);
    request.must_advance = ask.must_advance;
    let mut state = State::default();
    let found = match ask.mode {
        Mode::Search => state.search(request),
        Mode::Match | Mode::FullMatch => state.py_match(&request),
    };
    if !found {
        return None;
    }
    let groups = (0..program.groups())
        .map(|group| {
            let (begin, end) = state.marks.get(group);
            begin.into_option().zip(end.into_option()).filter(|(begin, end)| begin <= end)
        })
        .collect();
    let last_index = usize::try_from(state.marks.last_index()).ok().filter(|&index| index > 0);
    Some(Found { start: state.start, end: state.cursor.position, groups, last_index })
}

/// Characters of `N` bytes each.
#[derive(Clone, Copy)]
struct Units<'a, const N: usize>(&'a [u8]);

/// The library's cursor over bytes moves.
type Bytes<'a> = &'a [u8];

impl<'a, const N: usize> StrDrive for Units<'a, N> {
    #[inline]
    fn count(&self) -> usize {
        self.0.len() / N
    }

    #[inline]
    fn create_cursor(&self, n: usize) -> StringCursor {
        let mut cursor = self.0.create_cursor(n * N);
        cursor.position = n;
        cursor
    }

    #[inline]
    fn adjust_cursor(&self, cursor: &mut StringCursor, n: usize) {
        *cursor = self.create_cursor(n);
    }

    #[inline]
    fn advance(cursor: &mut StringCursor) -> u32 {
        let code = Self::peek(cursor);
        Self::skip(cursor, 1);
        code
    }

    #[inline]
    fn peek(cursor: &StringCursor) -> u32 {
        let mut cursor = *cursor;
        let mut bytes = [0; 4];
        for byte in &mut bytes[..N] {
            *byte = <Bytes<'a>>::peek(&cursor) as u8;
            <Bytes<'a>>::skip(&mut cursor, 1);
        }
        // The bytes of a unit are in the machine's order; the rest of the word is zero on either side.
        if cfg!(target_endian = "big") {
            u32::from_be_bytes(bytes) >> (32 - 8 * N)
        } else {
            u32::from_le_bytes(bytes)
        }
    }

    #[inline]
    fn skip(cursor: &mut StringCursor, n: usize) {
        let position = cursor.position.wrapping_add(n);
        <Bytes<'a>>::skip(cursor, n * N);
        cursor.position = position;
    }

    #[inline]
    fn back_advance(cursor: &mut StringCursor) -> u32 {
        Self::back_skip(cursor, 1);
        Self::peek(cursor)
    }

    #[inline]
    fn back_peek(cursor: &StringCursor) -> u32 {
        let mut cursor = *cursor;
        Self::back_advance(&mut cursor)
    }

    #[inline]
    fn back_skip(cursor: &mut StringCursor, n: usize) {
        // The position is set first: the library takes `n * N` from it, which may be more than there is.
        let position = cursor.position - n;
        cursor.position = n * N;
        <Bytes<'a>>::back_skip(cursor, n * N);
        cursor.position = position;
    }
}
