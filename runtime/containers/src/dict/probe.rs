//! Walking along the cells one key at a time, with Python in between; and looking where a key was.

use std::ptr::{self, NonNull};

use memory::{Header, Slot, StackRef, Value};
use threads::Context;

use super::table::{Entry, Follow, Table, Walk};
use super::{At, Dict, Hash, Step};

/// A search that can be interrupted: it holds nothing, and any dict can be asked to go on with it.
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

#[inline(always)]
fn borrow_value<const QUICKLY: bool>(value: &Slot, thread: &Context, holder: &Header) -> StackRef {
    if QUICKLY { value.borrow_definition_quickly(thread, holder) } else { value.borrow(thread, holder) }
}

impl Dict {
    /// Goes on with `probe`. If the table has been replaced since the last step, the search begins anew.
    ///
    /// # Concurrency
    /// Takes no lock. Each step by itself is atomic; "absent" was true at some moment since the search last began, and
    /// is final where the caller has kept writers out since then.
    pub fn step(&self, _thread: &Context, holder: &Header, probe: &mut Probe, key: &Value) -> Step {
        let Some(table) = self.current() else { return Step::Absent };
        let address = ptr::from_ref(table).addr();
        if probe.table != address {
            *probe = Probe { table: address, hash: probe.hash, walk: Walk::new(probe.hash, table.log2()) };
        }
        loop {
            // The mask again: another table may have come to the same address while Python ran.
            let cell = probe.walk.at & ((1 << table.log2()) - 1);
            probe.walk.at = cell;
            let position = match table.follow(cell) {
                Follow::Empty => return Step::Absent,
                Follow::Dummy => {
                    probe.walk.step(table.log2());
                    continue;
                }
                Follow::Entry(position) => position,
            };
            let entry = table.entry(position);
            let at = At::new(table, position);
            if entry.key.word() == key.word() {
                return Step::Found(at);
            }
            probe.walk.step(table.log2());
            if entry.hash() == probe.hash
                && let Some(found) = entry.key.get(holder)
            {
                if found.is(key) {
                    return Step::Found(at);
                }
                return Step::Candidate(found, at);
            }
        }
    }

    /// Whether `key`, the very object, is still where it was met.
    #[inline]
    pub fn confirm(&self, _thread: &Context, at: At, key: &Value) -> bool {
        self.entry_at(at, key).is_some()
    }

    /// The value of the key with these bits, the very object, if it is at that position of the present table: what an inline cache asks.
    /// EMPTY otherwise, and if `QUICKLY` also where that takes more than a look at the value and a plain addition. Whichever table it was
    /// met in: the bits tell that it is here. They are asked for when they are compared, and need no register before.
    ///
    /// # Concurrency
    /// As [`borrow`](Self::borrow).
    #[inline(always)]
    pub fn borrow_at<const QUICKLY: bool>(
        &self,
        thread: &Context,
        holder: &Header,
        position: u32,
        key_bits: impl FnOnce() -> u64,
    ) -> StackRef {
        let Some(table) = self.current() else { return StackRef::EMPTY };
        if position >= table.appended() {
            return StackRef::EMPTY;
        }
        let entry = table.entry(position);
        if entry.key.word().bits() != key_bits() {
            return StackRef::EMPTY;
        }
        borrow_value::<QUICKLY>(&entry.value, thread, holder)
    }

    /// Where the value at `at` is, if that is still in the present table: for as long as the dict keeps the stamp that it has now.
    pub fn place(&self, _thread: &Context, at: At) -> Option<NonNull<Slot>> {
        self.entry_anywhere(at).map(|entry| NonNull::from(&entry.value))
    }

    /// The value in `place`; EMPTY if there is none any more, and if `QUICKLY` also where it takes more than a look at the value and a
    /// plain addition.
    ///
    /// # Safety
    /// This dict gave the place while it had a stamp, and has been found to have that stamp since the thread's last refresh: the table that
    /// the place is in was the present one then (INV-DICT-6), and is readable until the next (INV-DICT-4).
    ///
    /// # Concurrency
    /// As [`borrow`](Self::borrow).
    #[inline(always)]
    pub unsafe fn borrow_in_place<const QUICKLY: bool>(
        thread: &Context,
        holder: &Header,
        place: NonNull<Slot>,
    ) -> StackRef {
        // SAFETY: promised by the caller.
        borrow_value::<QUICKLY>(unsafe { place.as_ref() }, thread, holder)
    }

    /// The value at `at`, whichever key it belongs to, counted.
    #[inline]
    pub fn get_at(&self, _thread: &Context, holder: &Header, at: At) -> Option<Value> {
        Self::settle(self.table_with(at)?, at.position, |entry| entry.value.get(holder))
    }

    /// The key at `at`, counted.
    #[inline]
    pub fn key_at(&self, _thread: &Context, holder: &Header, at: At) -> Option<Value> {
        self.entry_anywhere(at)?.key.get(holder)
    }

    #[inline(always)]
    fn entry_at(&self, at: At, key: &Value) -> Option<&Entry> {
        let entry = self.entry_anywhere(at)?;
        (entry.key.word() == key.word()).then_some(entry)
    }

    #[inline(always)]
    pub(super) fn entry_anywhere(&self, at: At) -> Option<&Entry> {
        self.table_with(at).map(|table| table.entry(at.position))
    }

    /// The present table, if `at` is in it.
    #[inline(always)]
    fn table_with(&self, at: At) -> Option<&Table> {
        let table = self.current()?;
        (ptr::from_ref(table).addr() == at.table && at.position < table.appended()).then_some(table)
    }
}
