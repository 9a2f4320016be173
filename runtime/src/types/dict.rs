//! `dict`: a compact ordered table that is read without a lock.
//!
//! Looking a key up compares natively as long as it can: identical words, strs, ints. Where only Python's `__eq__` can tell,
//! a candidate key is taken out with a count of its own, compared without any lock, and the walk goes on; a table that was
//! replaced meanwhile is searched anew.

use containers::Edit;
use containers::dict::{At, Dict as Table, Lookup, Match, Probe, Step, Stored};
use memory::{Exclusive, Object, Slot, StackRef, Trace, Value, View, Visitor};
use threads::sync::atomic::{AtomicU64, Ordering};
use threads::{Context, Thread};

use super::str::{Str, StrExt};
use crate::class::{ClassFlags, Type, TypeExt, class_of};
use crate::error::{Raised, Result, TYPE_ERROR, key_error, memory_error, type_error};
use crate::object::cast_exact;
use crate::ops;

/// The payload of a dict.
#[derive(Default)]
pub struct Dict {
    /// The table.
    pub table: Table,
}

// SAFETY: meets every key and value once; dropping the table releases the same.
unsafe impl Trace for Dict {
    const NAME: &'static str = "dict";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        self.table.trace(visitor);
    }
}

crate::class_def!(
    Dict,
    "dict",
    ClassFlags::BASETYPE.union(ClassFlags::DICT).union(ClassFlags::MAPPING).union(ClassFlags::MATCH_SELF),
    with_doc(
        "dict() -> new empty dictionary\ndict(mapping) -> new dictionary initialized from a mapping object's\n    (key, value) pairs\ndict(iterable) -> new dictionary initialized as if via:\n    d = {}\n    for k, v in iterable:\n        d[k] = v\ndict(**kwargs) -> new dictionary initialized with the name=value pairs\n    in the keyword argument list.  For example:  dict(one=1, two=2)"
    ),
    with_slots(super::dict_methods::slots),
    with_new(super::dict_methods::new),
    with_methods(super::dict_methods::METHODS)
);

/// Whether two keys with equal hashes are equal, if that can be told without Python.
#[inline]
pub fn match_natively(key: &Value, other: &Value) -> Match {
    match ops::equals_natively(key, other) {
        Some(true) => Match::Same,
        Some(false) => Match::Different,
        None => Match::AskPython,
    }
}

/// A str against something that is no exact str.
fn match_unlike(other: &Value) -> Match {
    if other.word().is_int() || other.word().is_float() || other.word().is_singleton() {
        Match::Different
    } else {
        Match::AskPython
    }
}

#[inline]
fn match_str(key: &Object<Str>, other: &Value) -> Match {
    match cast_exact::<Str>(other) {
        Some(other) if key.equals(other) => Match::Same,
        Some(_) => Match::Different,
        None => match_unlike(other),
    }
}

impl Dict {
    /// An empty dict.
    ///
    /// # Errors
    /// MemoryError.
    #[inline]
    #[allow(clippy::new_ret_no_self, reason = "makes the object, not the payload")]
    pub fn new(thread: &Context) -> Result<Value> {
        crate::object::new(thread, Dict::default())
    }

    /// An empty dict with room for `entries`.
    ///
    /// # Errors
    /// MemoryError.
    pub fn with_capacity(thread: &Context, entries: usize) -> Result<Value> {
        let table = Table::with_capacity(entries).map_err(|_| memory_error())?;
        crate::object::new(thread, Dict { table })
    }

    /// A dict of entries whose keys are strs that differ; about `count` of them.
    ///
    /// # Errors
    /// MemoryError.
    pub(crate) fn of_names(
        thread: &Context,
        count: usize,
        entries: impl Iterator<Item = (Value, Value)>,
    ) -> Result<Value> {
        let mut table = Table::with_capacity(count).map_err(|_| memory_error())?;
        for (key, value) in entries {
            let Some(hash) = crate::object::cast::<Str>(&key).map(super::str::hash) else { continue };
            table.add(hash, key, value).map_err(|_| memory_error())?;
        }
        crate::object::new(thread, Dict { table })
    }

    /// An empty instance of dict or a subclass.
    ///
    /// # Errors
    /// MemoryError.
    pub fn of_class(thread: &Context, class: &Object<Type>) -> Result<Value> {
        crate::object::new_of(thread, class, Dict::default())
    }
}

/// What dicts are asked. The `_str` functions take strs as keys and never run Python.
pub trait DictExt {
    /// How many entries.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The value of a str key, counted.
    fn get_str(&self, thread: &Context, key: &Value) -> Option<Value>;
    /// As [`get_str`](Self::get_str), asking keys with a Python `__eq__` too.
    ///
    /// # Errors
    /// What comparing raises.
    fn get_str_asking(&self, thread: &mut Thread, key: &Value) -> Result<Option<Value>>;
    /// The value of a str key, if it is there and was met before any key that only Python can compare.
    fn get_plainly(&self, thread: &Context, key: &Value) -> Option<Value>;
    /// The value of a str key, uncounted, until the next safepoint; the caller does not change the dict meanwhile.
    fn view_str<'a>(&self, thread: &'a Context, key: &Value) -> Option<View<'a>>;
    /// The value of a str key, borrowed if that is possible; EMPTY if there is none.
    fn borrow_str(&self, thread: &Context, key: &Value) -> StackRef;
    /// As [`borrow_str`](Self::borrow_str) for `key`, the int `number`, where that very int is a key.
    fn borrow_int(&self, thread: &Context, key: &Value, number: i64) -> StackRef;
    /// The value of a key, borrowed if it may be, as far as neither the key's hash nor a comparison takes any Python.
    fn borrow_at_sight(&self, thread: &Context, key: &Value) -> Lookup<StackRef>;
    /// Where a str key is.
    fn find_str(&self, thread: &Context, key: &Value) -> Option<At>;
    /// A number that stays for as long as the set of keys does; no two sets of keys have the same.
    fn stamp(&self) -> Option<u64>;
    /// Sets the value of a str key.
    ///
    /// # Errors
    /// MemoryError.
    fn set_str(&self, thread: &Context, key: &Value, value: Value) -> Result<()>;
    /// Removes a str key; its value if it was there.
    fn remove_str(&self, thread: &Context, key: &Value) -> Option<Value>;
    /// A copy: an exact dict.
    ///
    /// # Errors
    /// MemoryError.
    fn copy(&self, thread: &Context) -> Result<Value>;
    /// The keys, as they are now.
    ///
    /// # Errors
    /// MemoryError.
    fn to_keys(&self, thread: &Context) -> Result<Vec<Value>>;
    /// The values, as they are now.
    ///
    /// # Errors
    /// MemoryError.
    fn to_values(&self, thread: &Context) -> Result<Vec<Value>>;
    /// Keys and values, as they are now.
    fn items(&self, thread: &Context) -> Vec<(Value, Value)>;
    /// The entry at or after `position`, and where to go on: entries that are added or removed meanwhile may be missed.
    fn next_entry(&self, thread: &Context, position: usize) -> Option<(usize, Value, Value)>;
    /// Removes everything.
    fn clear(&self, thread: &Context);
    /// `d.get(key)`.
    ///
    /// # Errors
    /// What hashing and comparing raise.
    fn get(&self, thread: &mut Thread, key: &Value) -> Result<Option<Value>>;
    /// As [`get`](Self::get), with the hash at hand.
    ///
    /// # Errors
    /// What comparing raises.
    fn get_hashed(&self, thread: &mut Thread, key: &Value, hash: i64) -> Result<Option<Value>>;
    /// `d[key] = value`.
    ///
    /// # Errors
    /// What hashing and comparing raise; MemoryError.
    fn set(&self, thread: &mut Thread, key: &Value, value: Value) -> Result<()>;
    /// As [`set`](Self::set), with the hash at hand.
    ///
    /// # Errors
    /// What comparing raises; MemoryError.
    fn set_hashed(&self, thread: &mut Thread, key: &Value, hash: i64, value: Value) -> Result<()>;
    /// `d.setdefault(key, value)`; whether the key was there beside what it maps to.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    fn set_default(&self, thread: &mut Thread, key: &Value, value: Value) -> Result<(Value, bool)>;
    /// `d.pop(key)`; `None` if it is not there.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn remove(&self, thread: &mut Thread, key: &Value) -> Result<Option<Value>>;
    /// Removes `key` if `test`, which runs no Python and takes no lock, says so of its value; in one step.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn remove_if(&self, thread: &mut Thread, key: &Value, test: fn(&Value) -> bool) -> Result<()>;
    /// `key in d`.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn contains(&self, thread: &mut Thread, key: &Value) -> Result<bool>;
    /// Whether `key`, whose hash is `hash`, is there, if that can be told without asking a class.
    fn contains_natively(&self, thread: &Context, key: &Value, hash: i64) -> Option<bool>;
    /// Runs `f` with the right to change the table, under the lock if there are others.
    fn edit<R>(&self, thread: &Context, f: impl FnOnce(&Edit<'_, Table>) -> R) -> R;
}

/// What `set` does where the key is or is not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Set,
    Default,
}

/// A key that only Python can compare, and where it stands.
struct Candidate {
    key: Value,
    at: At,
}

/// Walks until the key is found, known to be absent, or a candidate is met.
enum Walked {
    Found(At),
    Absent,
    Ask(Candidate),
}

fn walk(object: &Object<Dict>, thread: &Context, probe: &mut Probe, key: &Value) -> Walked {
    loop {
        match object.payload().table.step(thread, object.header(), probe, key) {
            Step::Found(at) => return Walked::Found(at),
            Step::Absent => return Walked::Absent,
            Step::Candidate(other, at) => match match_natively(key, &other) {
                Match::Same => return Walked::Found(at),
                Match::Different => {}
                Match::AskPython => return Walked::Ask(Candidate { key: other, at }),
            },
        }
    }
}

fn insert(
    object: &Object<Dict>,
    thread: &mut Thread,
    key: &Value,
    hash: i64,
    value: Value,
    mode: Mode,
) -> Result<(Option<Value>, bool)> {
    let mut value = Some(value);
    let mut known: Option<(Value, At, bool)> = None; // a candidate, where it was, whether Python says it is the key
    let mut different: Vec<Value> = Vec::new();
    loop {
        enum Outcome {
            Done(Option<Value>, bool, Option<Value>),
            Ask(Candidate),
            OutOfMemory,
        }
        let context: &Context = thread;
        let outcome = object.edit(context, |edit| {
            let mut asked = None;
            let found = if let Some((candidate, at, true)) = &known
                && edit.confirm(*at, candidate)
            {
                Lookup::Found(*at)
            } else {
                edit.lookup(hash, key, |other| match match_natively(key, other) {
                    Match::AskPython if different.iter().any(|d| d.is(other)) => Match::Different,
                    verdict => verdict,
                })
            };
            match found {
                Lookup::Found(at) if mode == Mode::Default => Outcome::Done(edit.get(at), true, None),
                Lookup::Found(at) => match value.take().map(|value| edit.set(at, value)) {
                    Some(Ok(displaced)) => Outcome::Done(None, true, displaced.keep()),
                    _ => Outcome::OutOfMemory,
                },
                Lookup::Absent => {
                    let Some(value) = value.take() else { return Outcome::OutOfMemory };
                    let kept = (mode == Mode::Default).then(|| value.clone());
                    match edit.insert(hash, key.clone(), value) {
                        Ok(_) => Outcome::Done(kept, false, None),
                        Err(_) => Outcome::OutOfMemory,
                    }
                }
                Lookup::Unsure => {
                    let mut probe = Probe::new(hash);
                    while let Step::Candidate(other, at) = edit.step(&mut probe, key) {
                        let open = match_natively(key, &other) == Match::AskPython
                            && !different.iter().any(|d| d.is(&other));
                        if open {
                            asked = Some(Candidate { key: other, at });
                            break;
                        }
                    }
                    asked.map_or(Outcome::OutOfMemory, Outcome::Ask)
                }
            }
        });
        match outcome {
            Outcome::Done(result, was_there, displaced) => {
                drop(displaced);
                return Ok((result, was_there));
            }
            Outcome::OutOfMemory => return Err(memory_error()),
            Outcome::Ask(candidate) => {
                let same = ops::is_or_equals(thread, &candidate.key, key)?;
                if same {
                    known = Some((candidate.key, candidate.at, true));
                } else {
                    known = None;
                    different.push(candidate.key);
                }
                ops::memory_poll(thread)?;
            }
        }
    }
}

impl DictExt for Object<Dict> {
    #[inline(always)]
    fn len(&self) -> usize {
        self.payload().table.len()
    }

    #[inline]
    fn get_str(&self, thread: &Context, key: &Value) -> Option<Value> {
        self.view_str(thread, key).map(|found| (*found).clone())
    }

    fn get_str_asking(&self, thread: &mut Thread, key: &Value) -> Result<Option<Value>> {
        let Some(text) = crate::object::cast::<Str>(key) else { return self.get(thread, key) };
        let hash = super::str::hash(text);
        match self.payload().table.get(thread, self.header(), hash, key, |other| match_str(text, other)) {
            Lookup::Found(value) => Ok(Some(value)),
            Lookup::Absent => Ok(None),
            Lookup::Unsure => self.get(thread, key),
        }
    }

    fn get_plainly(&self, thread: &Context, key: &Value) -> Option<Value> {
        let text = crate::object::cast::<Str>(key)?;
        let hash = super::str::hash(text);
        self.payload().table.get(thread, self.header(), hash, key, |other| match_str(text, other)).found()
    }

    #[inline]
    fn view_str<'a>(&self, thread: &'a Context, key: &Value) -> Option<View<'a>> {
        let text = crate::object::cast::<Str>(key)?;
        let table = &self.payload().table;
        let hash = super::str::hash(text);
        // Keys with a Python `__eq__` are passed over: with str keys of namespaces they do not occur.
        let compare = |other: &Value| match match_str(text, other) {
            Match::AskPython => Match::Different,
            verdict => verdict,
        };
        // In one walk: where a key was found, another table may be by now, with the key elsewhere in it.
        // SAFETY: promised by the callers of `view_str`.
        unsafe { table.view(thread, self.header(), hash, key, compare) }.found()
    }

    #[inline]
    fn borrow_str(&self, thread: &Context, key: &Value) -> StackRef {
        let Some(text) = crate::object::cast::<Str>(key) else { return StackRef::EMPTY };
        let table = &self.payload().table;
        let hash = super::str::hash(text);
        let compare = |other: &Value| match match_str(text, other) {
            Match::AskPython => Match::Different,
            verdict => verdict,
        };
        table.borrow(thread, self.header(), hash, key, compare).found().unwrap_or(StackRef::EMPTY)
    }

    #[inline]
    fn borrow_int(&self, thread: &Context, key: &Value, number: i64) -> StackRef {
        let hash = super::hashing::hash_i64(number);
        // Small ints are the same if they are equal; what else could equal one is for others to find.
        let found = self.payload().table.borrow(thread, self.header(), hash, key, |_| Match::Different);
        found.found().unwrap_or(StackRef::EMPTY)
    }

    #[inline]
    fn borrow_at_sight(&self, thread: &Context, key: &Value) -> Lookup<StackRef> {
        let Some(hash) = super::set::known_hash(key) else { return Lookup::Unsure };
        self.payload().table.borrow(thread, self.header(), hash, key, |other| match_natively(key, other))
    }

    fn find_str(&self, thread: &Context, key: &Value) -> Option<At> {
        let text = crate::object::cast::<Str>(key)?;
        let hash = super::str::hash(text);
        let compare = |other: &Value| match match_str(text, other) {
            Match::AskPython => Match::Different,
            verdict => verdict,
        };
        self.payload().table.lookup(thread, hash, key, compare).found()
    }

    fn stamp(&self) -> Option<u64> {
        // Relaxed: uniqueness is all that is asked.
        self.payload().table.stamp(|| NEXT_STAMP.fetch_add(1, Ordering::Relaxed))
    }

    fn set_str(&self, thread: &Context, key: &Value, value: Value) -> Result<()> {
        let Some(text) = crate::object::cast::<Str>(key) else { return Err(memory_error()) };
        let hash = super::str::hash(text);
        let result = self.edit(thread, |edit| {
            let found = edit.lookup(hash, key, |other| match match_str(text, other) {
                Match::AskPython => Match::Different,
                verdict => verdict,
            });
            match found.found() {
                Some(at) => edit.set(at, value).map(Some).map_err(|_| ()),
                None => edit.insert(hash, key.clone(), value).map(|_| None).map_err(|_| ()),
            }
        });
        // What was displaced is dropped here, after the lock has been given back.
        result.map(drop).map_err(|()| memory_error())
    }

    fn remove_str(&self, thread: &Context, key: &Value) -> Option<Value> {
        let text = crate::object::cast::<Str>(key)?;
        let hash = super::str::hash(text);
        let removed = self.edit(thread, |edit| {
            let found = edit.lookup(hash, key, |other| match match_str(text, other) {
                Match::AskPython => Match::Different,
                verdict => verdict,
            });
            found.found().and_then(|at| edit.remove(at))
        });
        removed.map(|(_, value)| value)
    }

    fn copy(&self, thread: &Context) -> Result<Value> {
        let table = self.edit(thread, |edit| edit.copy()).map_err(|_| memory_error())?;
        crate::object::new(thread, Dict { table })
    }

    fn to_keys(&self, thread: &Context) -> Result<Vec<Value>> {
        picked(self, thread, |key, _| key.get(self.header()))
    }

    fn to_values(&self, thread: &Context) -> Result<Vec<Value>> {
        picked(self, thread, |_, value| value.get(self.header()))
    }

    fn items(&self, thread: &Context) -> Vec<(Value, Value)> {
        let pair = |key: &Slot, value: &Slot| key.get(self.header()).zip(value.get(self.header()));
        picked(self, thread, pair).unwrap_or_default()
    }

    #[inline]
    fn next_entry(&self, thread: &Context, position: usize) -> Option<(usize, Value, Value)> {
        let item = self.payload().table.next_entry(thread, self.header(), position)?;
        Some((item.next, item.key, item.value))
    }

    fn clear(&self, thread: &Context) {
        let cleared = self.edit(thread, |edit| edit.clear());
        drop(cleared);
    }

    #[inline]
    fn get(&self, thread: &mut Thread, key: &Value) -> Result<Option<Value>> {
        let hash = hash_key(thread, key)?;
        self.get_hashed(thread, key, hash)
    }

    fn contains(&self, thread: &mut Thread, key: &Value) -> Result<bool> {
        let hash = hash_key(thread, key)?;
        match self.payload().table.contains(thread, hash, key, |other| match_natively(key, other)) {
            Lookup::Found(()) => Ok(true),
            Lookup::Absent => Ok(false),
            Lookup::Unsure => Ok(self.get_hashed(thread, key, hash)?.is_some()),
        }
    }

    #[inline]
    fn contains_natively(&self, thread: &Context, key: &Value, hash: i64) -> Option<bool> {
        match self.payload().table.contains(thread, hash, key, |other| match_natively(key, other)) {
            Lookup::Found(()) => Some(true),
            Lookup::Absent => Some(false),
            Lookup::Unsure => None,
        }
    }

    fn get_hashed(&self, thread: &mut Thread, key: &Value, hash: i64) -> Result<Option<Value>> {
        let table = &self.payload().table;
        match table.get(thread, self.header(), hash, key, |other| match_natively(key, other)) {
            Lookup::Found(value) => return Ok(Some(value)),
            Lookup::Absent => return Ok(None),
            Lookup::Unsure => {}
        }
        let mut probe = Probe::new(hash);
        loop {
            match walk(self, thread, &mut probe, key) {
                Walked::Found(at) => match table.get_at(thread, self.header(), at) {
                    Some(value) => return Ok(Some(value)),
                    None => probe.restart(),
                },
                Walked::Absent => return Ok(None),
                Walked::Ask(candidate) => {
                    if ops::is_or_equals(thread, &candidate.key, key)? {
                        if table.confirm(thread, candidate.at, &candidate.key)
                            && let Some(value) = table.get_at(thread, self.header(), candidate.at)
                        {
                            return Ok(Some(value));
                        }
                        probe.restart();
                    }
                    ops::memory_poll(thread)?;
                }
            }
        }
    }

    #[inline]
    fn set(&self, thread: &mut Thread, key: &Value, value: Value) -> Result<()> {
        let hash = hash_key(thread, key)?;
        self.set_hashed(thread, key, hash, value)
    }

    fn set_hashed(&self, thread: &mut Thread, key: &Value, hash: i64, mut value: Value) -> Result<()> {
        if self.header().is_shared() && !thread.is_solo() {
            // No lock is taken for the value of a key that is there.
            let compare = |other: &Value| match_natively(key, other);
            match self.payload().table.exchange(thread, self.header(), hash, key, value, compare) {
                Ok(displaced) => {
                    drop(displaced);
                    return Ok(());
                }
                Err(other) => value = other,
            }
        }
        // One search, where no key is met that only Python can compare.
        let stored =
            self.edit(thread, |edit| edit.store(hash, key, value, |other| match_natively(key, other)));
        let value = match stored {
            Ok(Stored::Added) => return Ok(()),
            Ok(Stored::Replaced(displaced)) => {
                drop(displaced);
                return Ok(());
            }
            Ok(Stored::Unsure(value)) => value,
            Err(_) => return Err(memory_error()),
        };
        insert(self, thread, key, hash, value, Mode::Set).map(drop)
    }

    fn set_default(&self, thread: &mut Thread, key: &Value, value: Value) -> Result<(Value, bool)> {
        let hash = hash_key(thread, key)?;
        let (found, was_there) = insert(self, thread, key, hash, value, Mode::Default)?;
        Ok((found.unwrap_or_else(Value::none), was_there))
    }

    fn remove(&self, thread: &mut Thread, key: &Value) -> Result<Option<Value>> {
        let hash = hash_key(thread, key)?;
        let removed = edit_at(self, thread, key, hash, |edit, at| edit.remove(at))?;
        Ok(removed.flatten().map(|(_, value)| value))
    }

    fn remove_if(&self, thread: &mut Thread, key: &Value, test: fn(&Value) -> bool) -> Result<()> {
        let hash = hash_key(thread, key)?;
        edit_at(self, thread, key, hash, |edit, at| edit.remove_if(at, test)).map(drop)
    }

    #[inline(always)]
    fn edit<R>(&self, thread: &Context, f: impl FnOnce(&Edit<'_, Table>) -> R) -> R {
        let mut section = Exclusive::open_in(thread, self);
        f(&Edit::new(&mut section, |dict: &Dict| &dict.table))
    }
}

/// What `pick` makes of the slots of each entry's key and value.
#[inline(always)]
fn picked<R>(
    dict: &Object<Dict>,
    thread: &Context,
    mut pick: impl FnMut(&Slot, &Slot) -> Option<R>,
) -> Result<Vec<R>> {
    dict.edit(thread, |edit| {
        let mut all = Vec::new();
        all.try_reserve_exact(edit.len()).map_err(|_| memory_error())?;
        edit.each(|_, key, value| all.extend(pick(key, value)));
        Ok(all)
    })
}

/// The next stamp of a set of keys: above the two that mean something else.
static NEXT_STAMP: AtomicU64 = AtomicU64::new(16);
/// Where `key` is, and the key that is there.
fn locate(object: &Object<Dict>, thread: &mut Thread, key: &Value, hash: i64) -> Result<Option<(At, Value)>> {
    let mut probe = Probe::new(hash);
    loop {
        match walk(object, thread, &mut probe, key) {
            Walked::Absent => return Ok(None),
            Walked::Found(at) => match object.payload().table.key_at(thread, object.header(), at) {
                Some(found) => return Ok(Some((at, found))),
                None => probe.restart(),
            },
            Walked::Ask(candidate) => {
                let same = ops::is_or_equals(thread, &candidate.key, key)?;
                ops::memory_poll(thread)?;
                if same {
                    return Ok(Some((candidate.at, candidate.key)));
                }
            }
        }
    }
}

/// What `change` makes of the place where `key` is; `None` if it is not there.
#[inline(always)]
fn edit_at<R>(
    dict: &Object<Dict>,
    thread: &mut Thread,
    key: &Value,
    hash: i64,
    change: impl Fn(&Edit<'_, Table>, At) -> R,
) -> Result<Option<R>> {
    // One search, where no key is met that only Python can compare.
    let done = dict.edit(thread, |edit| match edit.lookup(hash, key, |other| match_natively(key, other)) {
        Lookup::Found(at) => Some(Some(change(edit, at))),
        Lookup::Absent => Some(None),
        Lookup::Unsure => None,
    });
    match done {
        Some(done) => Ok(done),
        None => edit_at_slow(dict, thread, key, hash, change),
    }
}

/// As [`edit_at`], with comparisons by Python.
#[cold]
fn edit_at_slow<R>(
    dict: &Object<Dict>,
    thread: &mut Thread,
    key: &Value,
    hash: i64,
    change: impl Fn(&Edit<'_, Table>, At) -> R,
) -> Result<Option<R>> {
    loop {
        let Some((at, found)) = locate(dict, thread, key, hash)? else { return Ok(None) };
        let done = dict.edit(thread, |edit| edit.confirm(at, &found).then(|| change(edit, at)));
        match done {
            Some(_) => return Ok(done),
            None => ops::memory_poll(thread)?, // somebody has moved or removed it meanwhile
        }
    }
}

/// Moves a key behind all others, or before them; false if it is not there.
///
/// # Errors
/// What hashing and comparing raise; MemoryError.
pub fn move_to_end(thread: &mut Thread, dict: &Object<Dict>, key: &Value, last: bool) -> Result<bool> {
    let hash = hash_key(thread, key)?;
    move_to_end_hashed(thread, dict, key, hash, last)
}

/// As [`move_to_end`], with the hash at hand.
///
/// # Errors
/// What comparing raises; MemoryError.
pub fn move_to_end_hashed(
    thread: &mut Thread,
    dict: &Object<Dict>,
    key: &Value,
    hash: i64,
    last: bool,
) -> Result<bool> {
    match edit_at(dict, thread, key, hash, |edit, at| edit.move_to_end(at, last))? {
        Some(moved) => moved.map(|()| true).map_err(|_| memory_error()),
        None => Ok(false),
    }
}

/// The value of a key, which is moved behind all others.
///
/// # Errors
/// What comparing raises; MemoryError.
pub fn get_and_move_to_end(
    thread: &mut Thread,
    dict: &Object<Dict>,
    key: &Value,
    hash: i64,
) -> Result<Option<Value>> {
    let moved = edit_at(dict, thread, key, hash, |edit, at| {
        let value = edit.get(at);
        edit.move_to_end(at, true).map(|()| value)
    })?;
    match moved {
        Some(value) => value.map_err(|_| memory_error()),
        None => Ok(None),
    }
}

/// A number that changes when keys come, go or move.
pub fn keys_version(dict: &Object<Dict>) -> u64 {
    loop {
        if let Some(stamp) = dict.stamp() {
            return stamp;
        }
        threads::sync::spin_loop(); // a key is being added or removed at this very moment
    }
}

/// The hash of what is to be a key.
///
/// # Errors
/// TypeError "cannot use 'X' as a dict key (...)", or what `__hash__` raises.
#[inline]
pub fn hash_key(thread: &mut Thread, key: &Value) -> Result<i64> {
    if let Some(hash) = ops::hash_of_small(key) {
        return Ok(hash);
    }
    match ops::hash(thread, key) {
        Err(raised) => Err(no_key(thread, key, raised, "a dict key")),
        hash => hash,
    }
}

/// Says for what the hash was needed, if the error is a plain TypeError.
#[cold]
pub(crate) fn no_key(thread: &mut Thread, key: &Value, raised: Raised, what: &str) -> Raised {
    if !std::ptr::eq(class_of(raised.value()), TYPE_ERROR.object()) {
        return raised;
    }
    let name = class_of(key).shown_name(thread);
    match ops::str_text(thread, raised.value()) {
        Ok(reason) => type_error(format!("cannot use '{name}' as {what} ({reason})")),
        Err(raised) => raised,
    }
}

/// KeyError for `key`.
#[cold]
pub fn missing(key: &Value) -> Raised {
    key_error(key)
}
