//! `set` and `frozenset`: a table of keys that is read without a lock. Methods are in `set_methods`.
//!
//! The two types differ in what their instances are asked to do, not in what they are: one payload serves both. Looking a key
//! up works as in `dict`: native comparisons first, and where only Python's `__eq__` can tell, a candidate is taken out and
//! compared without any lock.

use containers::Edit;
use containers::dict::{At, Lookup, Match, Step};
use containers::set::{AddedPrivately, Item, Probe, Set as Table, Stored};
use memory::{Exclusive, Header, Object, Trace, Value, Visitor};
use threads::sync::atomic::{AtomicI64, Ordering};
use threads::{Context, Thread};

use super::dict::match_natively;
use super::{Dict, DictExt, List, ListExt, Str, str};
use crate::class::{ClassFlags, Type};
use crate::error::{Result, memory_error};
use crate::object::{cast, cast_exact};
use crate::ops;

/// The payload of a set, or of a frozenset if `FROZEN`.
#[derive(Default)]
pub struct SetOf<const FROZEN: bool> {
    /// The keys.
    pub table: Table,
    /// A frozenset's hash; 0 until it is asked for.
    hash: AtomicI64,
}

/// The payload of a set.
pub type Set = SetOf<false>;
/// The payload of a frozenset.
pub type FrozenSet = SetOf<true>;

// SAFETY: meets every key once; dropping the table releases the same.
unsafe impl<const FROZEN: bool> Trace for SetOf<FROZEN> {
    const NAME: &'static str = if FROZEN { "frozenset" } else { "set" };
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        self.table.trace(visitor);
    }
}

crate::class_def!(
    SetOf<false>,
    "set",
    ClassFlags::BASETYPE.union(ClassFlags::HAS_WEAKREF).union(ClassFlags::MATCH_SELF),
    with_doc("Build an unordered collection of unique elements."),
    with_signature("(iterable=(), /)"),
    with_slots(super::set_methods::slots),
    with_new(super::set_methods::new),
    with_methods(super::set_methods::METHODS)
);

crate::class_def!(
    SetOf<true>,
    "frozenset",
    ClassFlags::BASETYPE.union(ClassFlags::HAS_WEAKREF).union(ClassFlags::MATCH_SELF),
    with_doc("Build an immutable unordered collection of unique elements."),
    with_signature("(iterable=(), /)"),
    with_slots(super::set_methods::frozen_slots),
    with_new(super::set_methods::new_frozen),
    with_methods(super::set_methods::FROZEN_METHODS)
);

impl<const FROZEN: bool> SetOf<FROZEN> {
    /// A payload with these keys.
    pub(crate) fn with_table(table: Table) -> Self {
        Self { table, hash: AtomicI64::new(0) }
    }
}

impl Set {
    /// An empty set.
    ///
    /// # Errors
    /// MemoryError.
    #[allow(clippy::new_ret_no_self, reason = "makes the object, not the payload")]
    pub fn new(thread: &Context) -> Result<Value> {
        crate::object::new(thread, Self::default())
    }

    /// An empty instance of set or a subclass.
    ///
    /// # Errors
    /// MemoryError.
    pub fn of_class(thread: &Context, class: &Object<Type>) -> Result<Value> {
        crate::object::new_of(thread, class, Self::default())
    }
}

impl FrozenSet {
    /// An empty frozenset, to be filled before anybody sees it.
    ///
    /// # Errors
    /// MemoryError.
    #[allow(clippy::new_ret_no_self, reason = "makes the object, not the payload")]
    pub fn new(thread: &Context) -> Result<Value> {
        crate::object::new(thread, Self::default())
    }

    /// The cached hash; 0 if it is not known.
    pub(crate) fn known_hash(&self) -> i64 {
        self.hash.load(Ordering::Relaxed) // whoever computes it gets the same number
    }

    pub(crate) fn note_hash(&self, hash: i64) {
        self.hash.store(hash, Ordering::Relaxed);
    }
}

/// The keys of a set or frozenset, to be read.
#[derive(Clone, Copy)]
pub struct Keys<'a> {
    table: &'a Table,
    header: &'a Header,
}

/// The keys of `value`, if it is a set, a frozenset, or an instance of a subclass.
pub fn keys(value: &Value) -> Option<Keys<'_>> {
    if let Some(set) = cast::<Set>(value) {
        return Some(set.keys());
    }
    cast::<FrozenSet>(value).map(SetExt::keys)
}

/// Whether `value` is a set, a frozenset, or an instance of a subclass.
pub fn is_set(value: &Value) -> bool {
    cast::<Set>(value).is_some() || cast::<FrozenSet>(value).is_some()
}

impl<'a> Keys<'a> {
    /// How many.
    pub fn len(self) -> usize {
        self.table.len()
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The first key at `position` or behind it.
    pub fn next(self, thread: &Context, position: usize) -> Option<Item> {
        self.table.next_entry(thread, self.header, position)
    }

    /// All of them.
    pub fn to_vec(self, thread: &Context) -> Vec<(i64, Value)> {
        let mut position = 0;
        let mut keys = Vec::with_capacity(self.len());
        while let Some(item) = self.next(thread, position) {
            keys.push((item.hash, item.key));
            position = item.next;
        }
        keys
    }

    /// Whether both are the keys of one object.
    pub fn same(self, other: Keys<'_>) -> bool {
        std::ptr::eq(self.header, other.header)
    }

    /// Whether `key` is there.
    ///
    /// # Errors
    /// What comparing raises.
    pub fn contains(self, thread: &mut Thread, key: &Value, hash: i64) -> Result<bool> {
        match self.table.lookup(thread, hash, key, |other| match_natively(key, other)) {
            Lookup::Found(_) => return Ok(true),
            Lookup::Absent => return Ok(false),
            Lookup::Unsure => {}
        }
        Ok(self.find(thread, key, hash)?.is_some())
    }

    /// The same, if that can be told without asking a class.
    #[inline]
    pub fn contains_natively(self, thread: &Context, key: &Value, hash: i64) -> Option<bool> {
        match self.table.lookup(thread, hash, key, |other| match_natively(key, other)) {
            Lookup::Found(_) => Some(true),
            Lookup::Absent => Some(false),
            Lookup::Unsure => None,
        }
    }

    /// Where `key` is, and the key that is there.
    fn find(self, thread: &mut Thread, key: &Value, hash: i64) -> Result<Option<(At, Value)>> {
        let mut probe = Probe::new(hash);
        loop {
            let (at, found) = match self.table.step(thread, self.header, &mut probe, key) {
                Step::Absent => return Ok(None),
                Step::Found(at) => (at, key.clone()),
                Step::Candidate(other, at) => {
                    let same = match match_natively(key, &other) {
                        Match::Same => true,
                        Match::Different => false,
                        Match::AskPython => {
                            ops::memory_poll(thread)?;
                            ops::is_or_equals(thread, &other, key)?
                        }
                    };
                    if !same {
                        continue;
                    }
                    (at, other)
                }
            };
            if self.table.confirm(thread, at, &found) {
                return Ok(Some((at, found)));
            }
            probe.restart();
        }
    }
}

/// What sets and frozensets are asked. A frozenset is changed only while it is being made.
pub trait SetExt {
    /// The keys, to be read.
    fn keys(&self) -> Keys<'_>;
    /// How many keys.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The keys, as they are now.
    ///
    /// # Errors
    /// MemoryError.
    fn to_keys(&self, thread: &Context) -> Result<Vec<Value>>;
    /// `s.add(key)`; whether it was not there.
    ///
    /// # Errors
    /// What hashing and comparing raise; MemoryError.
    fn add(&self, thread: &mut Thread, key: &Value) -> Result<bool>;
    /// As [`add`](Self::add), with the hash at hand.
    ///
    /// # Errors
    /// What comparing raises; MemoryError.
    fn add_hashed(&self, thread: &mut Thread, key: &Value, hash: i64) -> Result<bool>;
    /// As [`add_hashed`](Self::add_hashed), for a key that is the set's from then on.
    ///
    /// # Errors
    /// As there.
    fn add_known(&self, thread: &mut Thread, key: Value, hash: i64) -> Result<bool>;
    /// As [`add_hashed`](Self::add_hashed), where a key was met that only Python can compare.
    ///
    /// # Errors
    /// As there.
    fn add_asking(&self, thread: &mut Thread, key: &Value, hash: i64) -> Result<bool>;
    /// Removes `key`; whether it was there.
    ///
    /// # Errors
    /// What comparing raises.
    fn discard_hashed(&self, thread: &mut Thread, key: &Value, hash: i64) -> Result<bool>;
    /// Removes everything.
    fn clear(&self, thread: &Context);
    /// Runs `f` with the right to change the table, under the lock if there are others.
    fn edit<R>(&self, thread: &Context, f: impl FnOnce(&Edit<'_, Table>) -> R) -> R;
}

impl<const FROZEN: bool> SetExt for Object<SetOf<FROZEN>> {
    #[inline]
    fn keys(&self) -> Keys<'_> {
        Keys { table: &self.payload().table, header: self.header() }
    }

    #[inline]
    fn len(&self) -> usize {
        self.payload().table.len()
    }

    fn to_keys(&self, thread: &Context) -> Result<Vec<Value>> {
        self.edit(thread, |edit| {
            let mut all = Vec::new();
            all.try_reserve_exact(edit.len()).map_err(|_| memory_error())?;
            edit.each(|_, key| all.push(key));
            Ok(all)
        })
    }

    #[inline]
    fn add(&self, thread: &mut Thread, key: &Value) -> Result<bool> {
        if let Some(hash) = known_hash(key) {
            match self.payload().table.add_privately(self.header(), hash, key.word(), || key.clone()) {
                AddedPrivately::Added => return Ok(true),
                AddedPrivately::WasThere => return Ok(false),
                AddedPrivately::Not => return self.add_hashed(thread, key, hash),
            }
        }
        let hash = hash_element(thread, key)?;
        self.add_hashed(thread, key, hash)
    }

    fn add_hashed(&self, thread: &mut Thread, key: &Value, hash: i64) -> Result<bool> {
        // One search, where no key is met that only Python can compare.
        match self.edit(thread, |edit| edit.store(hash, key, |other| match_natively(key, other))) {
            Ok(Stored::Added) => Ok(true),
            Ok(Stored::WasThere) => Ok(false),
            Ok(Stored::Unsure) => self.add_asking(thread, key, hash),
            Err(_) => Err(memory_error()),
        }
    }

    #[inline]
    fn add_known(&self, thread: &mut Thread, key: Value, hash: i64) -> Result<bool> {
        let word = key.word();
        let mut key = Some(key);
        let take = || key.take().unwrap_or_else(Value::none);
        match self.payload().table.add_privately(self.header(), hash, word, take) {
            AddedPrivately::Added => Ok(true),
            AddedPrivately::WasThere => Ok(false),
            AddedPrivately::Not => key.map_or(Ok(false), |key| self.add_hashed(thread, &key, hash)),
        }
    }

    fn add_asking(&self, thread: &mut Thread, key: &Value, hash: i64) -> Result<bool> {
        let mut different: Vec<Value> = Vec::new();
        loop {
            enum Outcome {
                Added,
                WasThere,
                Ask,
                OutOfMemory,
            }
            let outcome = self.edit(thread, |edit| {
                let found = edit.lookup(hash, key, |other| match match_natively(key, other) {
                    Match::AskPython if different.iter().any(|d| d.is(other)) => Match::Different,
                    verdict => verdict,
                });
                match found {
                    Lookup::Found(_) => Outcome::WasThere,
                    Lookup::Unsure => Outcome::Ask,
                    Lookup::Absent => match edit.add(hash, key.clone()) {
                        Ok(()) => Outcome::Added,
                        Err(_) => Outcome::OutOfMemory,
                    },
                }
            });
            match outcome {
                Outcome::Added => return Ok(true),
                Outcome::WasThere => return Ok(false),
                Outcome::OutOfMemory => return Err(memory_error()),
                Outcome::Ask => {}
            }
            // Every key that only Python can compare is compared once, without the lock, and then the search is repeated.
            let mut probe = Probe::new(hash);
            loop {
                match self.payload().table.step(thread, self.header(), &mut probe, key) {
                    Step::Absent => break,
                    Step::Found(_) => return Ok(false),
                    Step::Candidate(other, at) => {
                        if match_natively(key, &other) != Match::AskPython
                            || different.iter().any(|d| d.is(&other))
                        {
                            continue;
                        }
                        ops::memory_poll(thread)?;
                        if !ops::is_or_equals(thread, &other, key)? {
                            different.push(other);
                        } else if self.payload().table.confirm(thread, at, &other) {
                            return Ok(false);
                        } else {
                            probe.restart();
                        }
                    }
                }
            }
        }
    }

    fn discard_hashed(&self, thread: &mut Thread, key: &Value, hash: i64) -> Result<bool> {
        // One search, where no key is met that only Python can compare.
        let done =
            self.edit(thread, |edit| match edit.lookup(hash, key, |other| match_natively(key, other)) {
                Lookup::Found(at) => Some(edit.remove(at)),
                Lookup::Absent => Some(None),
                Lookup::Unsure => None,
            });
        if let Some(removed) = done {
            return Ok(removed.is_some());
        }
        loop {
            let Some((at, found)) = self.keys().find(thread, key, hash)? else { return Ok(false) };
            let removed =
                self.edit(thread, |edit| if edit.confirm(at, &found) { edit.remove(at) } else { None });
            if removed.is_some() {
                return Ok(true);
            }
        }
    }

    fn clear(&self, thread: &Context) {
        let cleared = self.edit(thread, |edit| edit.clear());
        drop(cleared);
    }

    #[inline(always)]
    fn edit<R>(&self, thread: &Context, f: impl FnOnce(&Edit<'_, Table>) -> R) -> R {
        let mut section = Exclusive::open_in(thread, self);
        f(&Edit::new(&mut section, |set: &SetOf<FROZEN>| &set.table))
    }
}

/// The hash of what is to be an element.
///
/// # Errors
/// TypeError "cannot use 'X' as a set element (...)", or what `__hash__` raises.
#[inline]
pub fn hash_element(thread: &mut Thread, key: &Value) -> Result<i64> {
    if let Some(hash) = ops::hash_of_small(key) {
        return Ok(hash);
    }
    match ops::hash(thread, key) {
        Err(raised) => Err(super::dict::no_key(thread, key, raised, "a set element")),
        hash => hash,
    }
}

/// The hash of a small int, of a str that has been hashed before, or of what is hashed by its address.
#[inline(always)]
pub fn known_hash(key: &Value) -> Option<i64> {
    if key.word().is_int() {
        return ops::hash_of_small(key);
    }
    match cast_exact::<Str>(key) {
        Some(text) => str::known_hash(text),
        None => ops::hash_by_address(key),
    }
}

/// Adds all elements of an iterable.
///
/// # Errors
/// What iterating, hashing and comparing raise; what was met before stays. MemoryError.
pub fn update<const FROZEN: bool>(
    thread: &mut Thread,
    set: &Object<SetOf<FROZEN>>,
    other: &Value,
) -> Result<()> {
    if let Some(keys) = keys(other) {
        if keys.same(set.keys()) || keys.is_empty() {
            return Ok(());
        }
        if set.is_empty() {
            let copy = table_of(thread, other)?;
            let Err(copy) = set.edit(thread, |edit| edit.adopt(copy)) else { return Ok(()) };
            drop(copy);
        }
        let len = keys.len();
        set.edit(thread, |edit| edit.reserve(len)).map_err(|_| memory_error())?;
        let mut position = 0;
        while let Some(item) = keys.next(thread, position) {
            position = item.next;
            set.add_known(thread, item.key, item.hash)?;
        }
        return Ok(());
    }
    if let Some(dict) = cast_exact::<Dict>(other) {
        let len = dict.len();
        set.edit(thread, |edit| edit.reserve(len)).map_err(|_| memory_error())?;
        let mut position = 0;
        while let Some(item) = dict.payload().table.next_entry(thread, dict.header(), position) {
            set.add_hashed(thread, &item.key, item.hash)?;
            position = item.next;
        }
        return Ok(());
    }
    if let Some(list) = cast_exact::<List>(other) {
        // As its iterator does: the length is looked at each time.
        let mut index = 0;
        while let Some(key) = list.get(index) {
            set.add(thread, &key)?;
            index += 1;
            if index & 0xff == 0 {
                ops::memory_poll(thread)?;
            }
        }
        return Ok(());
    }
    ops::for_each(thread, other, |thread, key| set.add(thread, &key).map(drop))
}

/// Removes all elements of an iterable.
///
/// # Errors
/// What iterating, hashing and comparing raise.
pub fn difference_update(thread: &mut Thread, set: &Object<Set>, other: &Value) -> Result<()> {
    if let Some(keys) = keys(other) {
        if keys.same(set.keys()) {
            set.clear(thread);
            return Ok(());
        }
        let mut position = 0;
        while let Some(item) = keys.next(thread, position) {
            set.discard_hashed(thread, &item.key, item.hash)?;
            position = item.next;
        }
        return Ok(());
    }
    if let Some(dict) = cast_exact::<Dict>(other) {
        let mut position = 0;
        while let Some(item) = dict.payload().table.next_entry(thread, dict.header(), position) {
            set.discard_hashed(thread, &item.key, item.hash)?;
            position = item.next;
        }
        return Ok(());
    }
    ops::for_each(thread, other, |thread, key| {
        let hash = hash_element(thread, &key)?;
        set.discard_hashed(thread, &key, hash).map(drop)
    })
}

/// Adds the elements of an iterable that are not there and removes those that are.
///
/// # Errors
/// What iterating, hashing and comparing raise; MemoryError.
pub fn symmetric_difference_update<const FROZEN: bool>(
    thread: &mut Thread,
    set: &Object<SetOf<FROZEN>>,
    other: &Value,
) -> Result<()> {
    if let Some(keys) = keys(other)
        && keys.same(set.keys())
    {
        set.clear(thread);
        return Ok(());
    }
    let toggled = match (keys(other), cast_exact::<Dict>(other)) {
        (Some(keys), _) => keys.to_vec(thread),
        (None, Some(dict)) => {
            let mut keys = Vec::with_capacity(dict.len());
            let mut position = 0;
            while let Some(item) = dict.payload().table.next_entry(thread, dict.header(), position) {
                keys.push((item.hash, item.key));
                position = item.next;
            }
            keys
        }
        (None, None) => {
            // An element that comes twice counts once.
            let unique = new_from(thread, other)?;
            cast::<Set>(&unique).map(|set| set.keys().to_vec(thread)).unwrap_or_default()
        }
    };
    for (hash, key) in toggled {
        if !set.discard_hashed(thread, &key, hash)? {
            set.add_hashed(thread, &key, hash)?;
        }
    }
    Ok(())
}

/// `set(iterable)`.
///
/// # Errors
/// As [`update`].
pub fn new_from(thread: &mut Thread, iterable: &Value) -> Result<Value> {
    if let Some(keys) = keys(iterable) {
        return copy_of::<false>(thread, iterable, keys);
    }
    let result = Set::new(thread)?;
    if let Some(set) = cast::<Set>(&result) {
        update(thread, set, iterable)?;
    }
    Ok(result)
}

/// `frozenset(iterable)`.
///
/// # Errors
/// As [`update`].
pub fn new_frozen_from(thread: &mut Thread, iterable: &Value) -> Result<Value> {
    if cast_exact::<FrozenSet>(iterable).is_some() {
        return Ok(iterable.clone());
    }
    if let Some(keys) = keys(iterable) {
        return copy_of::<true>(thread, iterable, keys);
    }
    let result = FrozenSet::new(thread)?;
    if let Some(set) = cast::<FrozenSet>(&result) {
        update(thread, set, iterable)?;
    }
    Ok(result)
}

/// A copy of the table of a set or frozenset.
pub(crate) fn table_of(thread: &Context, value: &Value) -> Result<Table> {
    let copied = match (cast::<Set>(value), cast::<FrozenSet>(value)) {
        (Some(set), _) => set.edit(thread, |edit| edit.copy()),
        (None, Some(set)) => set.edit(thread, |edit| edit.copy()),
        (None, None) => Ok(Table::new()),
    };
    copied.map_err(|_| memory_error())
}

fn copy_of<const FROZEN: bool>(thread: &mut Thread, value: &Value, _: Keys<'_>) -> Result<Value> {
    let table = table_of(thread, value)?;
    if FROZEN {
        crate::object::new(thread, FrozenSet::with_table(table))
    } else {
        crate::object::new(thread, Set::with_table(table))
    }
}

/// The frozenset of a code object's constants.
///
/// # Errors
/// MemoryError.
pub fn frozenset_of_constants(thread: &mut Thread, items: Vec<Value>) -> Result<Value> {
    let result = FrozenSet::new(thread)?;
    if let Some(set) = cast::<FrozenSet>(&result) {
        for item in items {
            set.add(thread, &item)?;
        }
    }
    Ok(result)
}

/// An empty set.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &Context) -> Result<Value> {
    Set::new(thread)
}

/// Adds to a set.
///
/// # Errors
/// What hashing and comparing raise.
pub fn add(thread: &mut Thread, set: &Value, value: &Value) -> Result<()> {
    match cast_exact::<Set>(set).or_else(|| cast::<Set>(set)) {
        Some(set) => set.add(thread, value).map(drop),
        None => Ok(()),
    }
}

/// Whether it is in a set.
///
/// # Errors
/// What hashing and comparing raise.
pub fn contains(thread: &mut Thread, set: &Value, value: &Value) -> Result<bool> {
    match cast::<Set>(set) {
        Some(set) => {
            let hash = ops::hash(thread, value)?;
            Ok(set.keys().find(thread, value, hash)?.is_some())
        }
        None => Ok(false),
    }
}
