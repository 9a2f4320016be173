//! `re.Pattern`: a program and what it was made from.

use runtime::class::Comparison;
use runtime::error::{Result, type_error};
use runtime::memory::Slot;
use runtime::native::{self, Slots};
use runtime::object::{cast, cast_exact};
use runtime::types::sequence::Builder;
use runtime::types::{Dict, Str, StrExt, Tuple};
use runtime::{Object, Thread, Value, ops};
use threads::sync::Arc;

use super::found::Match;
use super::matcher::{self, Ask, Found, Mode, Searcher};
use super::pattern_methods::methods;
use super::program::Program;
use super::text::{self, Text};
use crate::support;

/// Compiled regular expression object.
#[native::class(
    "Pattern",
    module = "re",
    weakref,
    disallow_instantiation,
    methods(methods),
    slots = slots
)]
pub struct Pattern {
    #[trace]
    source: Slot,
    #[trace]
    group_index: Slot,
    #[trace]
    index_group: Slot,
    #[untraced]
    program: Arc<Program>,
    /// The flags, as `re` has them.
    pub flags: i32,
    /// Whether it is for bytes; for either if it has no source.
    pub is_bytes: Option<bool>,
}

/// Flags by name, in the order in which a repr has them.
const FLAGS: &[(i32, &str)] = &[
    (2, "re.IGNORECASE"),
    (8, "re.MULTILINE"),
    (16, "re.DOTALL"),
    (64, "re.VERBOSE"),
    (128, "re.DEBUG"),
    (256, "re.ASCII"),
    (4, "re.LOCALE"),
    (32, "re.UNICODE"),
];
const UNICODE: i32 = 32;
/// A str's pattern is a Unicode one unless one of these flags, LOCALE or ASCII, is set.
const NOT_UNICODE: i32 = 4 | 256;

fn slots(slots: &Slots) {
    slots.repr.set(repr);
    slots.hash.set(|thread, value| {
        let Some(pattern) = cast::<Pattern>(value) else { return Ok(0) };
        let source = ops::hash(thread, &pattern.source())?;
        let this = pattern.payload();
        let mut bytes = Vec::with_capacity(this.program.words().len() * 4 + 16);
        bytes.extend(this.program.words().iter().flat_map(|word| word.to_le_bytes()));
        bytes.extend(this.flags.to_le_bytes());
        bytes.extend(this.program.groups().to_le_bytes());
        bytes.push(this.is_bytes.map_or(2, u8::from));
        Ok(match source ^ runtime::types::hashing::hash_bytes(&bytes) {
            -1 => -2,
            hash => hash,
        })
    });
    slots.compare.set(compare);
}

/// The pattern with this program.
///
/// # Errors
/// TypeError for a source that is no text; MemoryError.
pub fn new(
    thread: &mut Thread,
    source: &Value,
    flags: i32,
    program: Program,
    (group_index, index_group): (&Object<Dict>, &Object<Tuple>),
) -> Result<Value> {
    let is_bytes = if source.is_none() { None } else { Some(text::is_bytes(source)?) };
    let pattern = Pattern {
        source: support::slot(source.clone()),
        group_index: support::slot(runtime::object::to_value(group_index)),
        index_group: support::slot(runtime::object::to_value(index_group)),
        program: Arc::new(program),
        flags,
        is_bytes,
    };
    runtime::object::new(thread, pattern)
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(pattern) = cast::<Pattern>(value) else { return Ok(Value::none()) };
    let mut flags = pattern.payload().flags;
    let source = pattern.source();
    if cast::<Str>(&source).is_some() && flags & (NOT_UNICODE | UNICODE) == UNICODE {
        flags &= !UNICODE;
    }
    let source = ops::repr(thread, &source)?;
    let mut out = Builder::new();
    out.push_str("re.compile(");
    if let Some(source) = cast::<Str>(&source) {
        // As much as shows what it is.
        out.push_view(source.view().slice(0..source.len().min(200)));
    }
    let mut names: Vec<String> = Vec::new();
    for (flag, name) in FLAGS {
        if flags & flag != 0 {
            names.push((*name).to_owned());
            flags &= !flag;
        }
    }
    if flags != 0 {
        names.push(format!("0x{flags:x}"));
    }
    if !names.is_empty() {
        out.push_str(", ");
        out.push_str(&names.join("|"));
    }
    out.push_str(")");
    Str::from_text(thread, &out.finish())
}

fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some(left), Some(right)) = (cast_exact::<Pattern>(a), cast_exact::<Pattern>(b)) else {
        return Ok(Value::not_implemented());
    };
    if !matches!(op, Comparison::Eq | Comparison::Ne) {
        return Ok(Value::not_implemented());
    }
    let (x, y) = (left.payload(), right.payload());
    let same = a.is(b)
        || (x.flags == y.flags
            && x.is_bytes == y.is_bytes
            && x.program.words() == y.program.words()
            && ops::compare_bool(thread, &left.source(), &right.source(), Comparison::Eq)?);
    Ok(Value::from_bool(same == (op == Comparison::Eq)))
}

/// Where a search goes on.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// Where it begins.
    pub start: usize,
    /// Where the text ends.
    pub end: usize,
    /// Whether the next match must not be the empty one at `start`.
    pub must_advance: bool,
}

impl Range {
    /// The range `start..end` of a text of length `len`, as programs give it.
    pub fn within(len: usize, start: isize, end: isize) -> Self {
        let clip = |at: isize| usize::try_from(at).unwrap_or(0).min(len);
        Self { start: clip(start), end: clip(end), must_advance: false }
    }

    /// What to ask for next.
    pub fn ask(&self, mode: Mode) -> Ask {
        Ask { mode, start: self.start, end: self.end, must_advance: self.must_advance }
    }

    /// Goes on behind a match.
    pub fn pass(&mut self, found: &Found) {
        self.must_advance = found.end == found.start;
        self.start = found.end;
    }
}

/// What patterns are asked.
pub trait PatternExt {
    /// What it was made from.
    fn source(&self) -> Value;
    /// Its groups' numbers, by name: a dict.
    fn group_index(&self) -> Value;
    /// Its groups' names, by number: a tuple.
    fn index_group(&self) -> Value;
    /// How many groups it has.
    fn groups(&self) -> usize;
    /// The text of a value that it is to be searched in.
    ///
    /// # Errors
    /// TypeError for another kind of text or none.
    fn open<'a>(&self, thread: &mut Thread, value: &'a Value) -> Result<Text<'a>>;
    /// Looks for a match.
    ///
    /// # Errors
    /// What a signal handler raises.
    fn find(&self, thread: &mut Thread, text: &Text<'_>, ask: Ask) -> Result<Option<Found>>;
    /// What looks for one match after the other.
    fn searcher<'a>(&'a self, text: &'a Text<'_>, end: usize) -> Searcher<'a>;
    /// The match object for what was found.
    ///
    /// # Errors
    /// MemoryError.
    fn matched(
        &self,
        thread: &mut Thread,
        text: &Text<'_>,
        found: Found,
        pos: usize,
        end: usize,
    ) -> Result<Value>;
}

impl PatternExt for Object<Pattern> {
    fn source(&self) -> Value {
        support::get(self, |pattern| &pattern.source).unwrap_or_else(Value::none)
    }

    fn group_index(&self) -> Value {
        support::get(self, |pattern| &pattern.group_index).unwrap_or_else(Value::none)
    }

    fn index_group(&self) -> Value {
        support::get(self, |pattern| &pattern.index_group).unwrap_or_else(Value::none)
    }

    fn groups(&self) -> usize {
        self.payload().program.groups()
    }

    fn open<'a>(&self, thread: &mut Thread, value: &'a Value) -> Result<Text<'a>> {
        let text = Text::open(thread, value)?;
        match (self.payload().is_bytes, text.is_bytes) {
            (Some(false), true) => Err(type_error("cannot use a string pattern on a bytes-like object")),
            (Some(true), false) => Err(type_error("cannot use a bytes pattern on a string-like object")),
            _ => Ok(text),
        }
    }

    fn find(&self, thread: &mut Thread, text: &Text<'_>, mut ask: Ask) -> Result<Option<Found>> {
        if ask.start > ask.end {
            // Nothing can be found; but what takes no characters matches there.
            if ask.mode == Mode::Search {
                return Ok(None);
            }
            ask.end = ask.start;
        }
        matcher::run(thread, &self.payload().program, text.characters(), ask)
    }

    fn searcher<'a>(&'a self, text: &'a Text<'_>, end: usize) -> Searcher<'a> {
        Searcher::new(&self.payload().program, text.characters(), end)
    }

    fn matched(
        &self,
        thread: &mut Thread,
        text: &Text<'_>,
        found: Found,
        pos: usize,
        end: usize,
    ) -> Result<Value> {
        Match::make(thread, self, text.value, found, pos, end)
    }
}
