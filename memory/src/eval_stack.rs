//! A thread's evaluation stack: one contiguous run of `StackRef`s that never moves.
//!
//! An interpreter keeps its own pointer to the top in a register and saves it here ([`EvalStack::set_top`]) before
//! anything that may refresh; frames are its business, this file only knows slots. Refreshing makes every borrowed slot
//! counted. Slots below the low-water mark are counted already and stay so, because only the running frame's slots
//! change: a return lowers the mark to the caller's frame.
//!
//! * INV-STACK-1: every slot below the low-water mark is counted.
//! * INV-STACK-2: every slot below the top is EMPTY, counted, or borrowed as INV-BORROW-1 allows; slots above mean nothing.

use std::alloc::{self, Layout};
use std::cell::Cell;
use std::ptr::NonNull;

use threads::sync::cell::UnsafeCell;

use crate::stack_ref::StackRef;

/// The stack's slots are all in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackOverflow;

impl std::fmt::Display for StackOverflow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("evaluation stack overflow")
    }
}

impl std::error::Error for StackOverflow {}

/// Slots in all: 8 MiB of addresses, of which the system gives memory as they are touched. The interpreter raises
/// RecursionError where they end.
#[cfg(not(loom))]
const SLOTS: usize = 1 << 20;
#[cfg(loom)]
const SLOTS: usize = 1 << 8;

/// The slots of one thread. Thread-confined.
#[derive(Debug)]
pub struct EvalStack {
    slots: NonNull<StackRef>,
    top: Cell<*mut StackRef>,
    /// The first slot that may be borrowed.
    low_water: Cell<*mut StackRef>,
    /// Where the running frame begins.
    running: Cell<*mut StackRef>,
    /// Where each frame begins, for those who let this file keep their frames ([`enter_frame`](Self::enter_frame)).
    frames: UnsafeCell<Vec<usize>>,
}

impl EvalStack {
    pub(crate) fn new() -> Self {
        let layout = Self::layout();
        // SAFETY: the layout is not empty. Slots above the top mean nothing (INV-STACK-2), so they need not be cleared, which for
        // addresses that an earlier thread's stack had would take longer than all else about starting a thread.
        let Some(slots) = NonNull::new(unsafe { alloc::alloc(layout) }) else {
            alloc::handle_alloc_error(layout)
        };
        let slots: NonNull<StackRef> = slots.cast();
        Self {
            slots,
            top: Cell::new(slots.as_ptr()),
            low_water: Cell::new(slots.as_ptr()),
            running: Cell::new(slots.as_ptr()),
            frames: UnsafeCell::new(vec![0]),
        }
    }

    fn layout() -> Layout {
        Layout::array::<StackRef>(SLOTS).expect("INV-STACK-2: the size is a small constant")
    }

    /// The first slot.
    #[inline(always)]
    pub fn bottom(&self) -> *mut StackRef {
        self.slots.as_ptr()
    }

    /// One past the last slot.
    #[inline(always)]
    pub fn limit(&self) -> *mut StackRef {
        self.slots.as_ptr().wrapping_add(SLOTS)
    }

    /// How many slots there are from `place` on.
    #[inline(always)]
    pub fn room_from(&self, place: *mut StackRef) -> usize {
        (self.limit().addr() - place.addr()) / size_of::<StackRef>()
    }

    /// One past the last slot in use, as of the last [`set_top`](Self::set_top).
    #[inline(always)]
    pub fn top(&self) -> *mut StackRef {
        self.top.get()
    }

    /// Says where the top is: all below it is in use (INV-STACK-2).
    #[inline(always)]
    pub fn set_top(&self, top: *mut StackRef) {
        debug_assert!(top >= self.bottom() && top <= self.limit(), "INV-STACK-2");
        self.top.set(top);
    }

    /// The frame whose slots begin at `base` runs from now on, for the first time or again: they may be borrowed.
    #[inline(always)]
    pub fn run_frame_at(&self, base: *mut StackRef) {
        self.running.set(base);
        if base < self.low_water.get() {
            self.low_water.set(base); // INV-STACK-1
        }
    }

    /// As [`run_frame_at`](Self::run_frame_at) for a frame above the running one.
    #[inline(always)]
    pub fn run_new_frame_at(&self, base: *mut StackRef) {
        debug_assert!(base >= self.low_water.get(), "INV-STACK-1: the running frame is not below the mark");
        self.running.set(base);
    }

    #[inline(always)]
    fn with_frames<R>(&self, f: impl FnOnce(&mut Vec<usize>) -> R) -> R {
        // SAFETY: thread-confined, and `f` comes from this file: it does not come back here.
        self.frames.with_mut(|frames| f(unsafe { &mut *frames }))
    }

    /// How many slots are in use.
    pub fn depth(&self) -> usize {
        (self.top.get().addr() - self.bottom().addr()) / size_of::<StackRef>()
    }

    fn at(&self, index: usize) -> *mut StackRef {
        self.bottom().wrapping_add(index)
    }

    fn base(&self) -> usize {
        self.with_frames(|frames| frames.last().copied().unwrap_or(0))
    }

    /// Begins a frame at the top.
    pub fn enter_frame(&self) {
        let depth = self.depth();
        self.with_frames(|frames| frames.push(depth));
        self.run_frame_at(self.at(depth));
    }

    /// Ends the running frame, releasing its slots.
    pub fn leave_frame(&self) {
        let (base, caller) = self.with_frames(|frames| {
            let base = frames.pop().unwrap_or(0);
            if frames.is_empty() {
                frames.push(0);
            }
            (base, frames.last().copied().unwrap_or(0))
        });
        self.truncate(base);
        self.run_frame_at(self.at(caller));
    }

    /// Pushes a reference.
    ///
    /// # Errors
    /// [`StackOverflow`], and the reference is released.
    #[inline]
    pub fn push(&self, reference: StackRef) -> Result<(), StackOverflow> {
        let top = self.top.get();
        if top == self.limit() {
            reference.release();
            return Err(StackOverflow);
        }
        // SAFETY: below the limit, and this thread's own.
        unsafe { top.write(reference) };
        self.top.set(top.wrapping_add(1));
        Ok(())
    }

    /// Pops the top of the running frame; `None` if the frame is empty.
    #[inline]
    pub fn pop(&self) -> Option<StackRef> {
        if self.depth() <= self.base() {
            return None;
        }
        let top = self.top.get().wrapping_sub(1);
        self.top.set(top);
        // SAFETY: it was in use (INV-STACK-2).
        Some(unsafe { top.read() })
    }

    /// The slot `index` of the running frame.
    #[inline]
    pub fn local(&self, index: usize) -> Option<StackRef> {
        let index = self.base() + index;
        if index >= self.depth() {
            return None;
        }
        // SAFETY: in use (INV-STACK-2).
        Some(unsafe { self.at(index).read() })
    }

    /// Replaces slot `index` of the running frame and releases what was there; false if there is no such slot.
    pub fn set_local(&self, index: usize, reference: StackRef) -> bool {
        let index = self.base() + index;
        if index >= self.depth() {
            reference.release();
            return false;
        }
        // SAFETY: in use (INV-STACK-2).
        let before = unsafe { self.at(index).replace(reference) };
        before.release();
        true
    }

    /// Releases every slot from `depth` up.
    pub fn truncate(&self, depth: usize) {
        while self.depth() > depth {
            let top = self.top.get().wrapping_sub(1);
            // SAFETY: in use (INV-STACK-2).
            let reference = unsafe { top.read() };
            self.top.set(top);
            reference.release();
        }
    }

    /// Makes every borrowed slot counted.
    pub(crate) fn refresh(&self) {
        let top = self.top.get();
        let mut slot = self.low_water.get();
        while slot < top {
            // SAFETY: in use (INV-STACK-2), and nobody else touches this thread's slots while it runs.
            let reference = unsafe { slot.read() };
            if reference.is_borrowed() {
                // Counting does not come back here: it allocates nothing and runs nothing.
                let counted = reference.to_value().map_or(StackRef::EMPTY, StackRef::from_value);
                // SAFETY: as above.
                unsafe { slot.write(counted) };
            }
            slot = slot.wrapping_add(1);
        }
        self.low_water.set(self.running.get()); // INV-STACK-1: the running frame goes on changing its slots
    }

    /// Releases everything: the thread exits.
    pub(crate) fn clear(&self) {
        self.run_frame_at(self.bottom());
        self.with_frames(|frames| frames.truncate(1));
        self.truncate(0);
    }
}

impl Drop for EvalStack {
    fn drop(&mut self) {
        // SAFETY: allocated by `new` with this layout.
        unsafe { alloc::dealloc(self.slots.as_ptr().cast(), Self::layout()) };
    }
}
