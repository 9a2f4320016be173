//! What dicts and sets have in common: questions about keys, their answers, and where a key was.

use memory::Value;

/// What Python's `hash()` answers.
pub type Hash = i64;

/// The answer to "is this the key?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// It is.
    Same,
    /// It is not.
    Different,
    /// Only Python's `__eq__` can tell.
    AskPython,
}

/// What a native search has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup<R> {
    /// The key is there.
    Found(R),
    /// It is not.
    Absent,
    /// A key was met that only Python can compare: go by steps.
    Unsure,
}

impl<R> Lookup<R> {
    /// What was found.
    pub fn found(self) -> Option<R> {
        match self {
            Lookup::Found(found) => Some(found),
            Lookup::Absent | Lookup::Unsure => None,
        }
    }
}

/// One step of a search.
#[derive(Debug)]
pub enum Step {
    /// The very key is there.
    Found(At),
    /// A key with the same hash: to be compared with the one that is looked for. If they are equal, and `confirm` says
    /// that the key is still there, it is found. If they differ, step on. If it is no longer there, restart.
    Candidate(Value, At),
    /// There is no such key.
    Absent,
}

/// Where a key was: a table, by its address, and a position in it. Only ever compared with the current table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    pub(crate) table: usize,
    pub(crate) position: u32,
}

impl At {
    #[inline(always)]
    pub(crate) fn new<T>(table: &T, position: u32) -> Self {
        Self { table: std::ptr::from_ref(table).addr(), position }
    }

    /// The position: in a dict, the place in the order of insertion.
    pub fn position(self) -> usize {
        self.position as usize
    }
}
