//! What the word of an inline cache points to, where one word does not hold it.
//!
//! An entry is made once, only read, and replaced as a whole; who still reads the one before does so until its next refresh
//! (INV-RETIRE-1).

use threads::Thread;
use threads::sync::Reclaim;
use threads::sync::atomic::{AtomicU64, Ordering};

use super::run::number;

/// How many shapes an entry knows.
pub(super) const WAYS: usize = 8;

/// The contents of the entry that a word of a cache points to.
///
/// # Safety
/// No other type's entries are ever in the word [`WORD`](Self::WORD) of the caches that have these. What the pointers in it lead
/// to is kept by something else, or is not looked at.
pub(super) unsafe trait Cached: 'static {
    /// The cache word. `words` names it.
    const WORD: usize;
}

#[repr(C)]
struct Entry<T> {
    /// Frees it, for who does not know what it is.
    free: unsafe fn(*mut ()),
    contents: T,
}

/// Frees an entry with such contents.
///
/// # Safety
/// It is one, unlinked, which nobody reads, and which is freed once.
unsafe fn free<T>(entry: *mut ()) {
    // SAFETY: promised by the caller; made by `remember`.
    drop(unsafe { Box::from_raw(entry.cast::<Entry<T>>()) });
}

/// The words of an instruction's cache that may lead to entries, of the opcode that code has, not of one of its forms.
fn words(opcode: u8) -> &'static [usize] {
    match opcode {
        number::LoadAttr => &[2, 3, 5, 6],
        number::StoreAttr => &[2, 3],
        number::LoadSuperAttr => &[0],
        number::LoadGlobal => &[3],
        _ => &[],
    }
}

// SAFETY: an entry is only read; promised by whoever makes `T` one's contents.
unsafe impl<T: Cached> Send for Entry<T> {}

impl<T: Cached> Reclaim for Entry<T> {
    unsafe fn reclaim(pointer: *mut Self) {
        // SAFETY: promised by the caller: unlinked, and reclaimed once.
        drop(unsafe { Box::from_raw(pointer) });
    }
}

/// Frees what the cache of an instruction leads to, in whatever form it was executed.
///
/// # Safety
/// `cache` is that of an instruction whose opcode in the code is `opcode`, and nobody executes it any more.
pub(super) unsafe fn forget(opcode: u8, cache: &[AtomicU64]) {
    for word in words(opcode).iter().filter_map(|&index| cache.get(index)) {
        let entry: *mut unsafe fn(*mut ()) =
            std::ptr::with_exposed_provenance_mut(word.load(Ordering::Acquire) as usize);
        if !entry.is_null() {
            // SAFETY: an entry begins with what frees it.
            let free = unsafe { entry.read() };
            // SAFETY: promised by the caller.
            unsafe { free(entry.cast()) };
        }
    }
}

/// The cache unit `index` behind an instruction.
pub(super) fn word<'a>(pc: *const AtomicU64, index: usize) -> &'a AtomicU64 {
    // SAFETY: INV-INSTR-1: cache units follow the instruction.
    unsafe { &*pc.wrapping_add(index) }
}

/// What the cache remembers, if anything.
#[inline(always)]
pub(super) fn recall<'a, T: Cached>(pc: *const AtomicU64) -> Option<&'a T> {
    // Acquire: pairs with the exchange in `remember`.
    let bits = word(pc, T::WORD).load(Ordering::Acquire);
    let entry: *const Entry<T> = std::ptr::with_exposed_provenance(bits as usize);
    // SAFETY: `Cached`, and INV-RETIRE-1: a replaced entry stays readable until this thread's next refresh.
    unsafe { entry.as_ref() }.map(|entry| &entry.contents)
}

/// Has the cache remember `contents` from now on.
pub(super) fn remember<T: Cached>(thread: &Thread, pc: *const AtomicU64, contents: T) {
    let entry = Box::into_raw(Box::new(Entry { free: free::<T>, contents }));
    let before = word(pc, T::WORD).swap(entry.expose_provenance() as u64, Ordering::AcqRel);
    if before != 0 {
        let before: *mut Entry<T> = std::ptr::with_exposed_provenance_mut(before as usize);
        // SAFETY: unlinked by the swap, which only one thread gets.
        unsafe { memory::retire(thread, before) };
    }
}

/// `way` before those of the ways known so far that are not about the same.
pub(super) fn latest_first<W: Copy>(
    way: W,
    known: Option<&[W; WAYS]>,
    same: impl Fn(&W) -> bool,
) -> [W; WAYS] {
    let mut ways = [way; WAYS];
    let others = known.into_iter().flatten().filter(|&known| !same(known));
    for (place, known) in ways[1..].iter_mut().zip(others) {
        *place = *known;
    }
    ways
}
