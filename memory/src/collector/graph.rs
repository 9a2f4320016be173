//! Trial deletion and marking over tracked pages.
//!
//! Each tracked block has a word in its page's side array: how many references to it tracked objects hold, and the bit
//! MARKED once it is known to be reachable. The array begins as zeros, so two passes over the objects suffice: one
//! counts references where they lead, the other compares with the objects' own counts and marks.

use std::ptr::NonNull;

use threads::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::header::{Flags, ObjectPtr};
use crate::heap::{Kind, Page};
use crate::local::{Local, Privilege};
use crate::trace::Visitor;

/// Set in a block's word when the object is reachable.
const MARKED: u32 = 1 << 31;

/// Above this many live tracked blocks the passes run in parallel. Measured: benches/substrate, `collect`.
const PARALLEL_BLOCKS: usize = 1 << 15;

/// The tracked pages of a stopped world.
pub(crate) struct Graph<'a> {
    pages: Vec<&'a Page>,
    blocks: usize,
    may_be_parallel: bool,
}

/// A pointer that may be handed to a thread of the marking pool.
#[derive(Clone, Copy)]
struct Shared(ObjectPtr);
// SAFETY: the world is stopped; the pool's threads read objects and write side arrays by atomics.
unsafe impl Send for Shared {}

fn word_of(object: ObjectPtr) -> Option<&'static AtomicU32> {
    // SAFETY: every object lies in a page, which lives as long as the object; the world is stopped.
    let page: &'static Page = unsafe { Page::of(object.cast()).as_ref() };
    if page.kind() != Kind::Tracked {
        return None;
    }
    let words = page.scratch()?;
    // SAFETY: INV-HEAP-8; a block's index is below the page's capacity, which is the array's length.
    Some(unsafe { words.get_unchecked(page.index_of(object.cast()) as usize) })
}

/// Runs both passes. The caller has stopped the world and settled all counts.
pub(crate) fn examine(local: &Local) -> Graph<'_> {
    let mut pages = Vec::new();
    let mut blocks = 0;
    let mut short = false;
    // SAFETY: the world is stopped until the graph is finished.
    unsafe {
        local.memory().pool().for_each_page(|page| {
            if page.kind() == Kind::Tracked {
                blocks += page.live_blocks() as usize;
                short |= pages.try_reserve(1).is_err();
                if !short {
                    pages.push(page);
                }
            }
        });
    }
    // Without memory for a side array nothing can be said: the collection ends having found nothing.
    if short || pages.iter().any(|page: &&Page| page.scratch().is_none()) {
        for page in pages.drain(..) {
            // SAFETY: INV-HEAP-9; no pass has begun, and the world is stopped.
            unsafe { page.drop_scratch() };
        }
        blocks = 0;
    }
    let may_be_parallel = local.memory().collector().parallel.load(Ordering::Relaxed);
    let graph = Graph { pages, blocks, may_be_parallel };
    graph.each_page(|page| graph.count_internal(page));
    graph.mark();
    graph
}

impl Graph<'_> {
    fn is_parallel(&self) -> bool {
        self.may_be_parallel && self.blocks > PARALLEL_BLOCKS
    }

    fn each_page(&self, visit: impl Fn(&Page) + Sync) {
        if self.is_parallel() {
            use rayon::prelude::*;
            self.pages.par_iter().for_each(|page| {
                // Threads that help look at everybody's objects.
                let _privilege = Privilege::new();
                visit(page);
            });
        } else {
            self.pages.iter().for_each(|page| visit(page));
        }
    }

    /// Counts, at each target, the references that a page's objects hold.
    fn count_internal(&self, page: &Page) {
        let mut visitor = InternalVisitor { parallel: self.is_parallel() };
        // SAFETY: the world is stopped, and nobody allocates.
        for block in unsafe { page.blocks() } {
            let object: ObjectPtr = block.cast();
            // SAFETY: a live block of a tracked page holds an object.
            let header = unsafe { object.as_ref() };
            // SAFETY: the object is live, and the world is stopped.
            unsafe { (header.desc().count_internal)(object, &mut visitor) };
        }
    }

    /// Whether more references to the object are counted than tracked objects hold.
    fn is_held_from_outside(object: ObjectPtr, internal: u32) -> bool {
        // SAFETY: as in `count_internal`.
        let header = unsafe { object.as_ref() };
        if header.flags().contains(Flags::IMMORTAL.union(Flags::FROZEN)) {
            return true;
        }
        // SAFETY: INV-HEADER-1; the world is stopped.
        let count = unsafe { header.count() };
        debug_assert!(count >= i64::from(internal), "INV-GC-1: more references than counts");
        count > i64::from(internal)
    }

    /// Marks what is held from outside and what it reaches.
    fn mark(&self) {
        let short = AtomicBool::new(false);
        if self.is_parallel() {
            rayon::scope(|scope| {
                for page in &self.pages {
                    let short = &short;
                    scope.spawn(move |scope| {
                        let mut visitor = MarkVisitor::new(true);
                        Self::mark_roots(page, &mut visitor, |visitor| share(scope, visitor, short));
                        visitor.report(short);
                    });
                }
            });
        } else {
            let mut visitor = MarkVisitor::new(false);
            for page in &self.pages {
                Self::mark_roots(page, &mut visitor, |_| ());
            }
            visitor.report(&short);
        }
        // Relaxed: the tasks have ended.
        if short.load(Ordering::Relaxed) {
            self.mark_again();
        }
    }

    /// Marks what marked objects reach, until nothing is left: for want of memory, some were not remembered when they were marked.
    /// Each pass marks something or is the last, and none needs memory.
    #[cold]
    fn mark_again(&self) {
        let mut visitor = MarkVisitor::new(false);
        loop {
            visitor.short = false;
            for page in &self.pages {
                let words = page.scratch().unwrap_or_default();
                // SAFETY: as in `count_internal`.
                for block in unsafe { page.blocks() } {
                    if words[page.index_of(block) as usize].load(Ordering::Relaxed) & MARKED != 0 {
                        visitor.walk(block.cast());
                        while visitor.step() {}
                    }
                }
            }
            if !visitor.short {
                return;
            }
        }
    }

    fn mark_roots(page: &Page, visitor: &mut MarkVisitor, mut share: impl FnMut(&mut MarkVisitor)) {
        let words = page.scratch().unwrap_or_default();
        // SAFETY: as in `count_internal`.
        for block in unsafe { page.blocks() } {
            let word = words[page.index_of(block) as usize].load(Ordering::Relaxed);
            if word & MARKED == 0 && Self::is_held_from_outside(block.cast(), word) {
                visitor.object(block.cast());
                while visitor.step() {
                    share(visitor);
                }
            }
        }
    }

    /// How many objects are garbage: told from the side arrays, without touching the objects.
    pub(crate) fn garbage_count(&self) -> usize {
        let words = self.pages.iter().flat_map(|page| page.scratch().unwrap_or_default());
        let marked = words.filter(|word| word.load(Ordering::Relaxed) & MARKED != 0).count();
        self.blocks.saturating_sub(marked)
    }

    /// Calls `visit` with every object that is garbage.
    pub(crate) fn each_garbage(&self, mut visit: impl FnMut(ObjectPtr)) {
        for page in &self.pages {
            let words = page.scratch().unwrap_or_default();
            // SAFETY: as in `count_internal`.
            for block in unsafe { page.blocks() } {
                if words[page.index_of(block) as usize].load(Ordering::Relaxed) & MARKED == 0 {
                    visit(block.cast());
                }
            }
        }
    }

    /// Whether the object was found unreachable.
    pub(crate) fn is_garbage(object: ObjectPtr) -> bool {
        word_of(object).is_some_and(|word| word.load(Ordering::Relaxed) & MARKED == 0)
    }

    /// Marks `object` and what it reaches after all.
    pub(crate) fn rescue(&self, object: ObjectPtr) {
        let mut visitor = MarkVisitor::new(false);
        visitor.object(object);
        while visitor.step() {}
        if visitor.short {
            self.mark_again();
        }
    }

    pub(crate) fn examined(&self) -> usize {
        self.blocks
    }

    /// Frees the side arrays. True if there were so many that the system should have the memory back ([`give_back`]).
    pub(crate) fn finish(self) -> bool {
        let was_large = self.blocks > PARALLEL_BLOCKS;
        for page in self.pages {
            // SAFETY: INV-HEAP-9; the passes are over, and the world is still stopped.
            unsafe { page.drop_scratch() };
        }
        was_large
    }
}

/// Gives back what the passes have used: side arrays and lists, which together come close to half of what the objects take; and what
/// the heap has not used.
pub(crate) fn give_back(local: &Local) {
    if local.memory().collector().parallel.load(Ordering::Relaxed) {
        rayon::broadcast(|_| crate::heap::give_back());
    }
    crate::heap::give_back();
    local.memory().pool().give_back();
}

/// Counts references where they lead.
pub struct InternalVisitor {
    parallel: bool,
}

impl InternalVisitor {
    #[inline(always)]
    fn object(&self, object: ObjectPtr) {
        let Some(word) = word_of(object) else { return };
        // Relaxed: the passes are separated by the end of the parallel loop.
        if self.parallel {
            word.fetch_add(1, Ordering::Relaxed);
        } else {
            word.store(word.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        }
    }
}

impl Visitor for InternalVisitor {
    #[inline(always)]
    fn counted(&mut self, object: ObjectPtr) {
        self.object(object);
    }

    fn uncounted(&mut self, _object: ObjectPtr) {}
}

/// Marks targets and remembers those that were not marked before.
pub struct MarkVisitor {
    parallel: bool,
    found: Vec<ObjectPtr>,
    /// There was no memory to remember one that was marked.
    short: bool,
}

/// A task hands half of its list over when it is this long, if there are cores to take it.
const SHARE_AT: usize = 512;

/// Gives half of a long list to the pool.
fn share<'scope>(scope: &rayon::Scope<'scope>, visitor: &mut MarkVisitor, short: &'scope AtomicBool) {
    if visitor.found.len() < SHARE_AT {
        return;
    }
    let mut half: Vec<Shared> = Vec::new();
    if half.try_reserve_exact(visitor.found.len() / 2).is_err() {
        return;
    }
    half.extend(visitor.found.drain(..visitor.found.len() / 2).map(Shared));
    scope.spawn(move |scope| {
        let found = half.into_iter().map(|object| object.0).collect();
        let mut visitor = MarkVisitor { parallel: true, found, short: false };
        while visitor.step() {
            share(scope, &mut visitor, short);
        }
        visitor.report(short);
    });
}

impl MarkVisitor {
    fn new(parallel: bool) -> Self {
        Self { parallel, found: Vec::new(), short: false }
    }

    fn report(&self, short: &AtomicBool) {
        if self.short {
            short.store(true, Ordering::Relaxed); // read when all tasks have ended
        }
    }

    fn remember(&mut self, object: ObjectPtr) {
        if self.found.len() == self.found.capacity() && self.found.try_reserve(1).is_err() {
            self.short = true;
        } else {
            self.found.push(object);
        }
    }

    #[inline(always)]
    fn object(&mut self, object: ObjectPtr) {
        let Some(word) = word_of(object) else { return };
        let before = word.load(Ordering::Relaxed);
        if before & MARKED != 0 {
            return;
        }
        let before = if self.parallel {
            word.fetch_or(MARKED, Ordering::Relaxed)
        } else {
            word.store(before | MARKED, Ordering::Relaxed);
            before
        };
        if before & MARKED == 0 {
            self.remember(object);
        }
    }

    /// Walks the edges of one object on the list; false if the list is empty.
    #[inline(always)]
    fn step(&mut self) -> bool {
        let Some(object) = self.found.pop() else { return false };
        self.walk(object);
        true
    }

    #[inline(always)]
    fn walk(&mut self, object: ObjectPtr) {
        // SAFETY: reachable, so live.
        let header = unsafe { NonNull::as_ref(&object) };
        // SAFETY: live, and the world is stopped.
        unsafe { (header.desc().mark)(object, self) };
    }
}

impl Visitor for MarkVisitor {
    #[inline(always)]
    fn counted(&mut self, object: ObjectPtr) {
        self.object(object);
    }

    #[inline(always)]
    fn uncounted(&mut self, object: ObjectPtr) {
        self.object(object);
    }
}
