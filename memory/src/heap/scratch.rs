//! The collector's side array of a page: a word for each block, there only during a collection.

use std::ptr;

use threads::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// The array in `place`, made with zeros if there is none. `None` if memory is short.
pub(super) fn get_or_create(place: &AtomicPtr<AtomicU32>, len: usize) -> Option<&[AtomicU32]> {
    // Acquire: pairs with the Release below, which publishes the zeros.
    let mut words = place.load(Ordering::Acquire);
    if words.is_null() {
        words = create(place, len)?;
    }
    // SAFETY: INV-HEAP-9; the array has `len` words and lives until `destroy`, whose caller vouches for its end.
    Some(unsafe { std::slice::from_raw_parts(words, len) })
}

#[cold]
fn create(place: &AtomicPtr<AtomicU32>, len: usize) -> Option<*mut AtomicU32> {
    let mut fresh = Vec::new();
    fresh.try_reserve_exact(len).ok()?;
    fresh.extend((0..len).map(|_| AtomicU32::new(0)));
    let fresh = Box::into_raw(fresh.into_boxed_slice()).cast::<AtomicU32>();
    // Release: publishes the zeros. Acquire on failure: another thread's zeros.
    match place.compare_exchange(ptr::null_mut(), fresh, Ordering::Release, Ordering::Acquire) {
        Ok(_) => Some(fresh),
        Err(theirs) => {
            // SAFETY: INV-HEAP-9; made above with this length and shown to nobody.
            unsafe { drop_words(fresh, len) };
            Some(theirs)
        }
    }
}

/// Frees the array in `place`, if there is one.
///
/// # Safety
/// `len` is what it was made with; nobody uses the array any more, nor asks for it meanwhile.
pub(super) unsafe fn destroy(place: &AtomicPtr<AtomicU32>, len: usize) {
    // Relaxed: the caller says that nobody else is looking.
    let words = place.swap(ptr::null_mut(), Ordering::Relaxed);
    if !words.is_null() {
        // SAFETY: INV-HEAP-9; `create` made it with this length; the caller excludes other users.
        unsafe { drop_words(words, len) };
    }
}

/// # Safety
/// `words` came from `Box::into_raw` of a slice of `len` words.
unsafe fn drop_words(words: *mut AtomicU32, len: usize) {
    // SAFETY: promised by the caller.
    drop(unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(words, len)) });
}
