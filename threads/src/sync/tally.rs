//! Debug builds: how often each thread writes what others may be reading.
//!
//! A read that writes nothing cannot be told from one that counts and uncounts by what it returns, nor, on a busy machine, by the time that
//! it takes. So the atomics of debug builds count their read-modify-writes, and the layers above say when they store to an object
//! that is shared ([`note_store`]). Tests compare the counts before and after a loop. Release builds have none of this.
//!
//! * INV-TALLY-1: every read-modify-write through `sync::atomic`, and every acquired `sync::Mutex`, is counted on the thread that
//!   executes it.

use std::cell::Cell;
use std::panic::Location;

/// What a thread has written since it started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Atomic read-modify-writes, whether others can see the word or not.
    pub updates: u64,
    /// Plain stores to what others can see.
    pub stores: u64,
}

std::thread_local! {
    static TALLY: Cell<Tally> = const { Cell::new(Tally { updates: 0, stores: 0 }) };
    static SHOWN: Cell<u32> = const { Cell::new(0) };
}

/// What the calling thread has written so far.
pub fn tally() -> Tally {
    TALLY.with(Cell::get)
}

/// The next `count` writes of the calling thread are described on the standard error, with a backtrace each.
pub fn show(count: u32) {
    SHOWN.with(|shown| shown.set(count));
}

/// Counts a read-modify-write.
#[inline]
#[track_caller]
pub(super) fn note_update() {
    note("a word", |tally| tally.updates += 1);
}

/// Counts a plain store to something of that kind, which others can see.
#[inline]
#[track_caller]
pub fn note_store(kind: &str) {
    note(kind, |tally| tally.stores += 1);
}

#[inline]
#[track_caller]
fn note(kind: &str, count: impl FnOnce(&mut Tally)) {
    let mut now = tally();
    count(&mut now);
    TALLY.with(|tally| tally.set(now));
    if SHOWN.with(Cell::get) > 0 {
        describe(kind, Location::caller());
    }
}

#[cold]
fn describe(kind: &str, place: &Location<'_>) {
    // Describing writes too.
    let left = SHOWN.with(|shown| shown.replace(0));
    eprintln!("a write to {kind} at {place}\n{}", std::backtrace::Backtrace::force_capture());
    SHOWN.with(|shown| shown.set(left - 1));
}

/// Atomic words that count their read-modify-writes.
pub(super) mod counted {
    use super::note_update;
    use std::sync::atomic as real;
    use std::sync::atomic::Ordering;

    macro_rules! common {
        ($name:ident$(<$param:ident>)?, $value:ty) => {
            impl$(<$param>)? $name$(<$param>)? {
                /// A word that holds `value`.
                pub const fn new(value: $value) -> Self {
                    Self(real::$name::new(value))
                }

                /// The value, given the word.
                pub fn into_inner(self) -> $value {
                    self.0.into_inner()
                }

                /// As `std`'s.
                #[track_caller]
                pub fn swap(&self, value: $value, order: Ordering) -> $value {
                    note_update();
                    self.0.swap(value, order)
                }

                /// As `std`'s.
                ///
                /// # Errors
                /// What the word holds, if that is not `current`.
                #[track_caller]
                pub fn compare_exchange(
                    &self,
                    current: $value,
                    new: $value,
                    success: Ordering,
                    failure: Ordering,
                ) -> Result<$value, $value> {
                    note_update();
                    self.0.compare_exchange(current, new, success, failure)
                }

                /// As `std`'s.
                ///
                /// # Errors
                /// What the word holds, if it was not exchanged.
                #[track_caller]
                pub fn compare_exchange_weak(
                    &self,
                    current: $value,
                    new: $value,
                    success: Ordering,
                    failure: Ordering,
                ) -> Result<$value, $value> {
                    note_update();
                    self.0.compare_exchange_weak(current, new, success, failure)
                }

                /// As `std`'s.
                ///
                /// # Errors
                /// What the word holds, if `change` answers None.
                #[track_caller]
                pub fn fetch_update(
                    &self,
                    set: Ordering,
                    fetch: Ordering,
                    change: impl FnMut($value) -> Option<$value>,
                ) -> Result<$value, $value> {
                    note_update();
                    self.0.fetch_update(set, fetch, change)
                }
            }

            impl$(<$param>)? std::ops::Deref for $name$(<$param>)? {
                type Target = real::$name$(<$param>)?;

                fn deref(&self) -> &Self::Target {
                    &self.0
                }
            }

            impl$(<$param>)? std::ops::DerefMut for $name$(<$param>)? {
                fn deref_mut(&mut self) -> &mut Self::Target {
                    &mut self.0
                }
            }
        };
    }

    macro_rules! fetches {
        ($name:ident, $value:ty: $($fetch:ident)*) => {
            impl $name {
                $(
                    /// As `std`'s.
                    #[track_caller]
                    pub fn $fetch(&self, value: $value, order: Ordering) -> $value {
                        note_update();
                        self.0.$fetch(value, order)
                    }
                )*
            }
        };
    }

    macro_rules! integers {
        ($($name:ident: $value:ty;)*) => { $(
            /// `std`'s, counted.
            #[derive(Debug, Default)]
            #[repr(transparent)]
            pub struct $name(real::$name);
            common!($name, $value);
            fetches!($name, $value: fetch_add fetch_sub fetch_and fetch_nand fetch_or fetch_xor fetch_max fetch_min);
        )* };
    }

    integers! {
        AtomicI32: i32;
        AtomicI64: i64;
        AtomicIsize: isize;
        AtomicU8: u8;
        AtomicU16: u16;
        AtomicU32: u32;
        AtomicU64: u64;
        AtomicUsize: usize;
    }

    /// `std`'s, counted.
    #[derive(Debug, Default)]
    #[repr(transparent)]
    pub struct AtomicBool(real::AtomicBool);
    common!(AtomicBool, bool);
    fetches!(AtomicBool, bool: fetch_and fetch_nand fetch_or fetch_xor);

    /// `std`'s, counted.
    #[repr(transparent)]
    pub struct AtomicPtr<T>(real::AtomicPtr<T>);
    common!(AtomicPtr<T>, *mut T);

    impl<T> std::fmt::Debug for AtomicPtr<T> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.0.fmt(f)
        }
    }

    impl<T> Default for AtomicPtr<T> {
        fn default() -> Self {
            Self::new(std::ptr::null_mut())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Tally, note_store, tally};
    use crate::sync::Mutex;
    use crate::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

    #[test]
    fn tally_1_updates_are_counted_where_they_happen() {
        let (word, place) = (AtomicU32::new(1), AtomicPtr::<u8>::default());
        let before = tally();
        word.fetch_add(1, Ordering::Relaxed);
        let _: Result<u32, u32> = word.compare_exchange(7, 8, Ordering::Relaxed, Ordering::Relaxed);
        place.swap(std::ptr::null_mut(), Ordering::Relaxed);
        drop(Mutex::new(()).lock());
        note_store("an object");
        word.store(3, Ordering::Relaxed);
        assert_eq!(word.load(Ordering::Relaxed), 3);
        let after = tally();
        assert_eq!((after.updates - before.updates, after.stores - before.stores), (4, 1));
        let other = std::thread::spawn(tally).join().expect("no panic");
        assert_eq!(other, Tally::default());
    }
}
