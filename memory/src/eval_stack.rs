//! A thread's evaluation stack: frames of `StackRef`s, one behind the other.
//!
//! Refreshing makes every borrowed slot counted. Slots of frames below the low-water mark are counted already and
//! stay so, because only the running frame's slots change: a return lowers the mark to the caller's frame.
//!
//! * INV-STACK-1: every slot of the frames below the low-water mark is counted.

use std::cell::Cell;

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

/// The frames of one thread. Thread-confined.
#[derive(Debug)]
pub struct EvalStack {
    slots: UnsafeCell<Vec<StackRef>>,
    /// Where each frame begins.
    frames: UnsafeCell<Vec<usize>>,
    /// Index of the first frame whose slots may be borrowed.
    low_water: Cell<usize>,
}

/// Slots in all; the interpreter raises RecursionError long before.
const MAX_SLOTS: usize = 1 << 22;

impl EvalStack {
    pub(crate) fn new() -> Self {
        Self { slots: UnsafeCell::new(Vec::new()), frames: UnsafeCell::new(vec![0]), low_water: Cell::new(0) }
    }

    #[inline(always)]
    fn with_slots<R>(&self, f: impl FnOnce(&mut Vec<StackRef>) -> R) -> R {
        // SAFETY: thread-confined, and `f` comes from this file: it does not come back here.
        self.slots.with_mut(|slots| f(unsafe { &mut *slots }))
    }

    #[inline(always)]
    fn with_frames<R>(&self, f: impl FnOnce(&mut Vec<usize>) -> R) -> R {
        // SAFETY: as in `with_slots`.
        self.frames.with_mut(|frames| f(unsafe { &mut *frames }))
    }

    /// How many slots are in use.
    pub fn depth(&self) -> usize {
        self.with_slots(|slots| slots.len())
    }

    /// Begins a frame at the top.
    pub fn enter_frame(&self) {
        let depth = self.depth();
        self.with_frames(|frames| frames.push(depth));
    }

    /// Ends the running frame, releasing its slots.
    pub fn leave_frame(&self) {
        let base = self.with_frames(|frames| {
            let base = frames.pop().unwrap_or(0);
            if frames.is_empty() {
                frames.push(0);
            }
            self.low_water.set(self.low_water.get().min(frames.len() - 1));
            base
        });
        self.truncate(base);
    }

    /// Pushes a reference.
    ///
    /// # Errors
    /// [`StackOverflow`], and the reference is released.
    #[inline]
    pub fn push(&self, reference: StackRef) -> Result<(), StackOverflow> {
        let full = self.with_slots(|slots| {
            let full = slots.len() >= MAX_SLOTS;
            if !full {
                slots.push(reference);
            }
            full
        });
        if full {
            reference.release();
            return Err(StackOverflow);
        }
        Ok(())
    }

    /// Pops the top of the running frame; `None` if the frame is empty.
    #[inline]
    pub fn pop(&self) -> Option<StackRef> {
        let base = self.with_frames(|frames| frames.last().copied().unwrap_or(0));
        self.with_slots(|slots| if slots.len() > base { slots.pop() } else { None })
    }

    /// The slot `index` of the running frame.
    #[inline]
    pub fn local(&self, index: usize) -> Option<StackRef> {
        let base = self.with_frames(|frames| frames.last().copied().unwrap_or(0));
        self.with_slots(|slots| slots.get(base + index).copied())
    }

    /// Replaces slot `index` of the running frame and releases what was there; false if there is no such slot.
    pub fn set_local(&self, index: usize, reference: StackRef) -> bool {
        let base = self.with_frames(|frames| frames.last().copied().unwrap_or(0));
        let before = self
            .with_slots(|slots| slots.get_mut(base + index).map(|slot| std::mem::replace(slot, reference)));
        match before {
            Some(before) => before.release(),
            None => reference.release(),
        }
        before.is_some()
    }

    /// Releases every slot from `depth` up.
    pub fn truncate(&self, depth: usize) {
        while let Some(reference) =
            self.with_slots(|slots| if slots.len() > depth { slots.pop() } else { None })
        {
            reference.release();
        }
    }

    /// Makes every borrowed slot counted.
    pub(crate) fn refresh(&self) {
        let (first, frames) = self.with_frames(|frames| (frames[self.low_water.get()], frames.len()));
        self.with_slots(|slots| {
            for slot in &mut slots[first..] {
                if slot.is_borrowed() {
                    // Counting does not come back here: it allocates nothing and runs nothing.
                    *slot = slot.to_value().map_or(StackRef::EMPTY, StackRef::from_value);
                }
            }
        });
        self.low_water.set(frames - 1); // INV-STACK-1
    }

    /// Releases everything: the thread exits.
    pub(crate) fn clear(&self) {
        self.low_water.set(0);
        self.with_frames(|frames| frames.truncate(1));
        self.truncate(0);
    }
}
