//! Lists of pages, linked through their headers: joining and leaving one never allocates.

use std::cell::Cell;
use std::ptr::NonNull;

use super::page::{Owned, Page, Place};

/// A doubly linked list of pages whose owner's fields belong to the owner of the list (INV-HEAP-2).
#[derive(Default)]
pub(super) struct PageList {
    first: Cell<Option<NonNull<Page>>>,
    last: Cell<Option<NonNull<Page>>>,
}

/// The owner's view of a page that is in one of its lists.
fn owned<'a>(page: NonNull<Page>) -> Owned<'a> {
    // SAFETY: INV-HEAP-10; a page leaves its list before it is released.
    let page = unsafe { page.as_ref() };
    // SAFETY: INV-HEAP-10; who owns the list owns its pages.
    unsafe { page.owned() }
}

impl PageList {
    /// The first page.
    pub(super) fn first(&self) -> Option<NonNull<Page>> {
        self.first.get()
    }

    /// Adds a page that is in no list, in front.
    ///
    /// # Safety
    /// INV-HEAP-10: the page is alive, in no list, and the caller's; it leaves the list before that changes.
    pub(super) unsafe fn push_front(&self, page: NonNull<Page>, place: Place) {
        let first = self.first.replace(Some(page));
        owned(page).set_place(place);
        owned(page).set_previous(None);
        owned(page).set_next(first);
        match first {
            Some(first) => owned(first).set_previous(Some(page)),
            None => self.last.set(Some(page)),
        }
    }

    /// Adds a page that is in no list, at the end.
    ///
    /// # Safety
    /// As for [`push_front`](Self::push_front).
    pub(super) unsafe fn push_back(&self, page: NonNull<Page>, place: Place) {
        let last = self.last.replace(Some(page));
        owned(page).set_place(place);
        owned(page).set_previous(last);
        owned(page).set_next(None);
        match last {
            Some(last) => owned(last).set_next(Some(page)),
            None => self.first.set(Some(page)),
        }
    }

    /// Takes a page out of this list, where it is.
    pub(super) fn remove(&self, page: NonNull<Page>) {
        let (previous, next) = (owned(page).previous(), owned(page).next());
        match previous {
            Some(previous) => owned(previous).set_next(next),
            None => self.first.set(next),
        }
        match next {
            Some(next) => owned(next).set_previous(previous),
            None => self.last.set(previous),
        }
        owned(page).set_place(Place::Current);
    }

    /// Takes the first page out.
    pub(super) fn pop_front(&self) -> Option<NonNull<Page>> {
        let first = self.first()?;
        self.remove(first);
        Some(first)
    }

    /// Becomes `other`, which is of the same owner.
    pub(super) fn replace(&self, other: Self) {
        debug_assert!(self.first().is_none(), "INV-HEAP-10: a list is lost");
        self.first.set(other.first.get());
        self.last.set(other.last.get());
    }

    /// Takes the first page that `wanted` accepts of the next `at_most`; those that it declines go to the end, so that
    /// the next search begins behind them.
    pub(super) fn rotate_to(
        &self,
        at_most: usize,
        mut wanted: impl FnMut(Owned<'_>) -> bool,
    ) -> Option<NonNull<Page>> {
        let start = self.first()?;
        for _ in 0..at_most {
            let page = self.first()?;
            let place = owned(page).place();
            self.remove(page);
            if wanted(owned(page)) {
                return Some(page);
            }
            // SAFETY: INV-HEAP-10; it was in this list just now.
            unsafe { self.push_back(page, place) };
            if self.first() == Some(start) {
                break;
            }
        }
        None
    }
}
