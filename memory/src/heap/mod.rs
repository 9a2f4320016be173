//! Where objects live.
//!
//! Memory for objects comes in *pages* of 64 KiB. A page has one owner thread, one size class and one kind (does the
//! cycle collector visit its objects?), so allocation is the pop of a list that nobody else touches, and the header
//! found by masking an object's address says all there is to know about its block. Three things are hard:
//!
//! **Others free.** An object dies on whichever thread drops its last reference. A foreign thread never touches the
//! owner's lists: it pushes the block onto the page's one shared word, and the owner takes the whole list when it runs
//! out. Pushing must be the last thing the foreign thread does to the page, since the owner may release the page
//! as soon as it has taken its last block.
//!
//! **Owners exit.** Their pages with live objects go to the [`PagePool`] with owner 0 ([`NOBODY`]) and are adopted by
//! threads that run out of blocks of that kind and class. Foreign frees need not know: they go to the page's word
//! whoever owns it, and whoever owns it next takes them. Thread ids are used again, so a page is nobody's from
//! the moment of abandonment, and never belongs to a new thread for having the id of the old one.
//!
//! **The collector reads.** With the world stopped it walks every page's blocks, and tells live ones from free ones by
//! their first word, which is the never-null shape pointer in an object and zero in a free block.
//!
//! Objects over 8 KiB have a page of their own, as long as needed (`large`). Memory that cannot be had is `None`:
//! nothing here aborts, and nothing collects; a heap counts what it hands out, and the embedder asks for collections.
//!
//! # Invariants
//! * INV-HEAP-1: a block is in exactly one place: used (its user has it to itself, as far as this module goes), on its
//!   page's free list, on its page's remote list, or uncarved.
//! * INV-HEAP-2: only its owner touches a page's owner fields; those of a page that is nobody's belong to the holder of
//!   the pool's lock.
//! * INV-HEAP-3: word 0 of a free block is zero, and of a used block it is not zero at any safepoint.
//! * INV-HEAP-4: a page is released only when no block is used and its remote list was taken; a foreign free's last
//!   access to a page is its push.
//! * INV-HEAP-5: a block that was pushed onto a remote list stays there until an owner takes it: the word changes by
//!   compare-exchange and by swap alone.
//! * INV-HEAP-6: a page's owner field equals a live heap's id only while that heap owns it; two live heaps of one pool
//!   never have the same id.
//! * INV-HEAP-7: every block begins within the first 64 KiB of its page, which is aligned to 64 KiB.
//! * INV-HEAP-8: `Page::index_of` is the quotient of offset and block size, for every class.
//! * INV-HEAP-9: a page's scratch array has a word for each block, and is freed when nobody uses it.
//! * INV-HEAP-10: a page that is listed or registered is alive; its list and its owner's fields belong to the same
//!   thread, or are under the pool's lock.

mod block;
mod chunk;
#[cfg(not(any(loom, miri)))]
mod general;
mod large;
mod local;
#[cfg(all(target_os = "linux", not(any(loom, miri))))]
mod mapped;
mod page;
mod page_list;
mod pool;
mod scratch;
mod size_class;
mod stats;
mod system;
#[cfg(all(test, not(loom)))]
mod tests;

pub use block::{POISON, POISONING};
pub use local::Heap;
pub use page::{NOBODY, PAGE_BYTES, Page};
pub use pool::PagePool;
pub use size_class::{BIN_COUNT, Bin, CLASS_COUNT, Kind, LARGEST_BYTES, SMALLEST_BYTES, SizeClass};
pub use stats::{BinStats, HeapStats};
pub(crate) use system::give_back;
pub use system::{Allocator, begin_with_small_pages};
