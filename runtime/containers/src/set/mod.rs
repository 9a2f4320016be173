//! A hash table of keys: the storage of `set` and `frozenset`.
//!
//! Everything that [`dict`](crate::dict) says about readers and writers holds here: a reader loads the table once, a cell
//! is written once before the table is replaced, and a removed key leaves a mark. The cells hold the keys themselves, so
//! there is no order of insertion; the order is CPython's, as long as no key is added to a set that is shared and has had
//! keys removed while other threads are attached: then the cells of removed keys are not used again.
//!
//! | field  | who may read                    | who may write        |
//! |--------|---------------------------------|----------------------|
//! | table  | anybody                         | who has the [`Edit`](crate::Edit) |
//! | len    | anybody                         | who has the [`Edit`](crate::Edit) |
//! | finger | who has the [`Edit`](crate::Edit) | who has the [`Edit`](crate::Edit) |
//! | cells  | anybody, through a loaded table | who has the [`Edit`](crate::Edit) |
//!
//! * INV-SET-1: the hash is in its cell before the key is.
//! * INV-SET-2: while others may be reading a table, a cell in it that was once used is not used for another key.
//! * INV-SET-3: every walk stays inside its own table and meets a free cell.
//! * INV-SET-4: a table stays readable for everybody who loaded it before it was replaced, until they refresh.
//! * INV-SET-5: the counts belong to the slots of the current table alone; a replaced one owns none.

mod edit;
mod table;

pub use edit::Stored;

use std::ptr::{self, NonNull};

use memory::word::Word;
use memory::{Header, OutOfMemory, StackRef, Value, Visitor};
use threads::Context;
use threads::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use crate::clear::{Cleared, Storage};
use crate::lookup::{At, Hash, Lookup, Match, Step};
use table::{Entry, REMOVED, Search, Table, Walk};

/// The storage of a set. 24 bytes; an empty one has no table.
#[derive(Debug)]
pub struct Set {
    table: AtomicPtr<Table>,
    len: AtomicUsize,
    /// Where `pop` goes on.
    finger: AtomicUsize,
}

impl Default for Set {
    fn default() -> Self {
        Self::new()
    }
}

/// A search that can be interrupted: it holds nothing, and any set can be asked to go on with it.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    table: usize,
    hash: Hash,
    walk: Walk,
}

impl Probe {
    /// A search for a key with this hash.
    pub fn new(hash: Hash) -> Self {
        Self { table: 0, hash, walk: Walk::new(hash, 0) }
    }

    /// Begins anew.
    pub fn restart(&mut self) {
        *self = Self::new(self.hash);
    }
}

/// Making one, which is private.
impl Set {
    /// No keys; allocates nothing.
    #[inline]
    pub fn new() -> Self {
        Self { table: AtomicPtr::new(ptr::null_mut()), len: AtomicUsize::new(0), finger: AtomicUsize::new(0) }
    }

    /// Adds a key that is not there, to a set that is being made.
    ///
    /// # Errors
    /// [`OutOfMemory`], and the key is dropped.
    pub fn add_fresh(&mut self, hash: Hash, key: Value) -> Result<(), OutOfMemory> {
        let len = self.len.load(Ordering::Relaxed);
        let table = match self.current() {
            Some(table) => NonNull::from(table),
            None => self.remake(table::MIN_CELLS)?,
        };
        // SAFETY: INV-SET-4; `&mut self`.
        let table = unsafe { table.as_ref() };
        if table.fill() == table.mask() {
            return Err(OutOfMemory); // growing has failed before
        }
        table.append(hash, key.into_word(), false, |slot, key| {
            // SAFETY: the slot is free, and takes over the count.
            unsafe { slot.set_word(key) };
        });
        self.len.store(len + 1, Ordering::Relaxed);
        if table::is_too_full(table.fill(), table.mask()) {
            self.remake(table::cells_grown(len + 1)?)?;
        }
        Ok(())
    }

    fn remake(&mut self, cells: usize) -> Result<NonNull<Table>, OutOfMemory> {
        let new = Table::allocate(cells)?;
        if let Some(old) = NonNull::new(self.table.swap(new.as_ptr(), Ordering::Relaxed)) {
            // SAFETY: `&mut self`.
            let from = unsafe { old.as_ref() };
            // SAFETY: just made.
            from.move_to(unsafe { new.as_ref() });
            // SAFETY: `&mut self` was the only way to it.
            unsafe { Table::give_back(old) };
        }
        Ok(new)
    }
}

/// Reading, by anybody. Nothing here takes a lock. What is found stays readable because nobody can refresh while the
/// thread is borrowed.
impl Set {
    /// How many keys there are.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.load(Ordering::Acquire) // what was done to the table before is seen
    }

    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of the table. Exact where nobody writes.
    pub fn table_bytes(&self) -> usize {
        self.current().map_or(0, Table::bytes)
    }

    #[inline(always)]
    fn current(&self) -> Option<&Table> {
        // Acquire: pairs with the release that stored it; its cells are complete.
        let table = self.table.load(Ordering::Acquire);
        // SAFETY: INV-SET-4; this thread has just loaded it.
        unsafe { table.as_ref() }
    }

    /// Where `key` is. `compare` is asked about keys with the same hash that are not identical; it runs no Python.
    ///
    /// # Concurrency
    /// Linearizes at the load of the key that decides, or, if the table was replaced meanwhile, at that moment.
    #[inline(always)]
    pub fn lookup(
        &self,
        _thread: &Context,
        hash: Hash,
        key: &Value,
        compare: impl FnMut(&Value) -> Match,
    ) -> Lookup<At> {
        let Some(table) = self.current() else { return Lookup::Absent };
        match table.search(hash, key.word(), compare) {
            Search::Found(at) => Lookup::Found(At::new(table, at as u32)),
            Search::Absent(_) => Lookup::Absent,
            Search::Unsure => Lookup::Unsure,
        }
    }

    /// Goes on with `probe`. If the table has been replaced since the last step, the search begins anew.
    ///
    /// # Concurrency
    /// Takes no lock. Each step by itself is atomic; "absent" was true at some moment since the search last began, and
    /// is final where the caller has kept writers out since then.
    pub fn step(&self, _thread: &Context, holder: &Header, probe: &mut Probe, key: &Value) -> Step {
        let Some(table) = self.current() else { return Step::Absent };
        let (address, mask) = (ptr::from_ref(table).addr(), table.mask());
        if probe.table != address {
            *probe = Probe { table: address, hash: probe.hash, walk: Walk::new(probe.hash, mask) };
        }
        loop {
            let cell = probe.walk.at(mask);
            let entry = table.entry(cell);
            let at = At::new(table, cell as u32);
            let word = entry.key.word();
            if word.is_empty() {
                return Step::Absent;
            }
            if word == key.word() {
                return Step::Found(at);
            }
            probe.walk.step(mask);
            if word != REMOVED
                && entry.hash() == probe.hash
                && let Some(found) = entry.key.get(holder)
                && found.word() != REMOVED
            {
                return Step::Candidate(found, at);
            }
        }
    }

    /// Whether `key`, the very object, is still where it was met.
    #[inline]
    pub fn confirm(&self, _thread: &Context, at: At, key: &Value) -> bool {
        self.entry_at(at).is_some_and(|entry| entry.key.word() == key.word())
    }

    /// The key at `at`, counted.
    pub fn key_at(&self, _thread: &Context, holder: &Header, at: At) -> Option<Value> {
        self.entry_at(at)?.key.get(holder).filter(|key| key.word() != REMOVED)
    }

    fn entry_at(&self, at: At) -> Option<&Entry> {
        let table = self.current()?;
        let same = ptr::from_ref(table).addr() == at.table && at.position() <= table.mask();
        same.then(|| table.entry(at.position()))
    }

    /// The first key in cell `position` or behind it, with its hash: a counted reference, and the cell behind it.
    ///
    /// # Concurrency
    /// Weakly consistent over several calls: when the table is replaced meanwhile, keys may be skipped or met again.
    pub fn next_entry(&self, thread: &Context, holder: &Header, position: usize) -> Option<Item> {
        self.scan(thread, position, |entry| {
            let key = entry.key.get(holder).filter(|key| key.word() != REMOVED)?;
            Some((entry.hash(), key))
        })
        .map(|(next, (hash, key))| Item { hash, key, next })
    }

    /// As [`next_entry`](Self::next_entry): the key, borrowed if it may be, and the cell behind it.
    #[inline]
    pub fn next_key(&self, thread: &Context, holder: &Header, position: usize) -> Option<(usize, StackRef)> {
        self.scan(thread, position, |entry| {
            let key = entry.key.borrow(thread, holder);
            (!key.is_empty() && key.word() != REMOVED).then_some(key)
        })
    }

    #[inline(always)]
    fn scan<R>(
        &self,
        _thread: &Context,
        position: usize,
        mut look: impl FnMut(&Entry) -> Option<R>,
    ) -> Option<(usize, R)> {
        let table = self.current()?;
        (position..table.mask() + 1).find_map(|i| look(table.entry(i)).map(|found| (i + 1, found)))
    }
}

/// Writing without an [`Edit`](crate::Edit), by the one thread that can reach the set.
impl Set {
    /// Adds what `take` gives, whose word is `key`, to the set of a private holder, if the first cell that it may be in is free;
    /// nothing is done if that holds the key, or it takes more.
    ///
    /// # Concurrency
    /// None: INV-SET-1 to 5 hold because nobody else can read a private set.
    #[inline(always)]
    pub fn add_privately(
        &self,
        holder: &Header,
        hash: Hash,
        key: Word,
        take: impl FnOnce() -> Value,
    ) -> AddedPrivately {
        if holder.is_shared() {
            return AddedPrivately::Not;
        }
        holder.assert_accessible();
        let Some(table) = self.current() else { return AddedPrivately::Not };
        let mask = table.mask();
        let at = hash as usize & mask;
        let word = table.entry(at).key.word_plain();
        if word == key {
            return AddedPrivately::WasThere;
        }
        let (len, fill) = (self.len.load(Ordering::Relaxed), table.fill());
        // Where a key has been removed, its cell may be the one to use.
        if !word.is_empty() || fill != len || table::is_too_full(fill + 1, mask) {
            return AddedPrivately::Not;
        }
        let value = take();
        debug_assert!(value.word() == key, "INV-SET-1: a key under the hash of another");
        table.append_at(at, hash, value.into_word(), |slot, key| {
            // SAFETY: the slot is free, and takes over the count.
            unsafe { slot.set_word(key) };
        });
        self.len.store(len + 1, Ordering::Relaxed); // nobody else reads it
        AddedPrivately::Added
    }
}

/// What [`Set::add_privately`] has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum AddedPrivately {
    /// The key was added.
    Added,
    /// It was there.
    WasThere,
    /// Nothing: it takes more.
    Not,
}

/// One key, met by its cell.
#[derive(Debug)]
pub struct Item {
    /// The key's hash.
    pub hash: Hash,
    /// The key.
    pub key: Value,
    /// Where to go on.
    pub next: usize,
}

/// For the object that this is part of.
impl Set {
    /// Meets every key: part of the holder's `Trace::trace`.
    #[inline]
    pub fn trace<V: Visitor>(&self, visitor: &mut V) {
        if let Some(table) = self.current() {
            table.for_each_slot(|slot| visitor.slot(slot));
        }
    }
}

impl Drop for Set {
    #[inline]
    fn drop(&mut self) {
        if let Some(table) = NonNull::new(self.table.load(Ordering::Relaxed)) {
            // SAFETY: nobody else reaches this set any more.
            drop(unsafe { Cleared::whole(table) });
        }
    }
}
