//! Models of the heap: what foreign threads free is never lost, whoever owns the page.
//!
//! Pages have three blocks under loom, and a cell for each block that every access to its link goes through, so that
//! loom sees a block that is handed out before its last user is done.

use std::ptr::NonNull;

use memory::heap::{BinStats, Heap, Kind, PagePool};
use threads::sync::{Arc, thread};

use super::Model;

const SIZE_BYTES: usize = 32;

struct Block(NonNull<u8>);
// SAFETY: a block belongs to whoever has it.
unsafe impl Send for Block {}

fn allocate(heap: &Heap) -> Block {
    let block = heap.allocate(SIZE_BYTES, Kind::Tracked).expect("memory");
    // SAFETY: the block is new; word 0 is an object's shape.
    unsafe { block.cast::<usize>().write(1) };
    Block(block)
}

fn free(heap: &Heap, block: Block) {
    // SAFETY: each block is freed once, by whoever has it.
    unsafe { heap.free(block.0) };
}

/// Ends every heap and checks that all memory came back.
fn assert_nothing_lost(pool: &Arc<PagePool>, heaps: impl IntoIterator<Item = Heap>) {
    heaps.into_iter().for_each(drop);
    pool.trim_abandoned();
    assert_eq!(pool.stats().total(), BinStats::default(), "INV-HEAP-5: a freed block was lost");
}

/// Two foreign threads free while the owner runs out of blocks, takes, and hands the same blocks out.
fn remote_free_against_allocate() {
    let pool = PagePool::new();
    let owner = Heap::new(Arc::clone(&pool), 1);
    let (a, b, c) = (allocate(&owner), allocate(&owner), allocate(&owner));
    let foreign: Vec<_> = [(2, a), (3, b)]
        .into_iter()
        .map(|(id, block)| {
            let heap = Heap::new(Arc::clone(&pool), id);
            thread::spawn(move || {
                free(&heap, block);
                heap
            })
        })
        .collect();
    let d = allocate(&owner);
    free(&owner, c);
    free(&owner, d);
    let heaps: Vec<_> = foreign.into_iter().map(|t| t.join().expect("no panic")).collect();
    assert_nothing_lost(&pool, heaps.into_iter().chain([owner]));
}

/// A foreign thread frees while the owner abandons the page and another thread adopts it.
fn remote_free_against_abandon_and_adopt() {
    let pool = PagePool::new();
    let owner = Heap::new(Arc::clone(&pool), 1);
    let (a, b, c) = (allocate(&owner), allocate(&owner), allocate(&owner));
    let (frees, adopts) = (Heap::new(Arc::clone(&pool), 2), Heap::new(Arc::clone(&pool), 3));
    let freeing = thread::spawn(move || {
        free(&frees, a);
        frees
    });
    let adopting = thread::spawn(move || {
        let d = allocate(&adopts);
        free(&adopts, d);
        adopts
    });
    free(&owner, b);
    owner.abandon();
    let heaps = [freeing.join().expect("no panic"), adopting.join().expect("no panic")];
    free(&heaps[0], c);
    assert_nothing_lost(&pool, heaps.into_iter().chain([owner]));
}

/// Two threads that run out of blocks want the same abandoned page.
fn adopt_against_adopt() {
    let pool = PagePool::new();
    let old = Heap::new(Arc::clone(&pool), 1);
    let (a, b) = (allocate(&old), allocate(&old));
    drop(old);
    let (first, second) = (Heap::new(Arc::clone(&pool), 2), Heap::new(Arc::clone(&pool), 3));
    let adopting = thread::spawn(move || {
        let c = allocate(&first);
        free(&first, c);
        first
    });
    let d = allocate(&second);
    free(&second, d);
    free(&second, a);
    let first = adopting.join().expect("no panic");
    free(&first, b);
    assert_nothing_lost(&pool, [first, second]);
}

/// A thread whose id was the old owner's frees into the abandoned page while another adopts it.
fn former_id_against_adopt() {
    let pool = PagePool::new();
    let old = Heap::new(Arc::clone(&pool), 1);
    let (a, b) = (allocate(&old), allocate(&old));
    drop(old);
    let (adopts, again) = (Heap::new(Arc::clone(&pool), 2), Heap::new(Arc::clone(&pool), 1));
    let adopting = thread::spawn(move || {
        let c = allocate(&adopts);
        free(&adopts, c);
        adopts
    });
    free(&again, a);
    let adopts = adopting.join().expect("no panic");
    free(&again, b);
    assert_nothing_lost(&pool, [adopts, again]);
}

/// The models of the heap.
pub const MODELS: &[Model] = &[
    Model {
        name: "heap_5_remote_free_against_allocate",
        invariant: "INV-HEAP-5",
        run: remote_free_against_allocate,
        mutants: &["heap_push_relaxed", "heap_take_relaxed", "heap_take_by_load_and_store"],
    },
    Model {
        name: "heap_4_remote_free_against_abandon_and_adopt",
        invariant: "INV-HEAP-4",
        run: remote_free_against_abandon_and_adopt,
        mutants: &["heap_abandon_before_taking", "heap_take_relaxed"],
    },
    Model {
        name: "heap_2_adopt_against_adopt",
        invariant: "INV-HEAP-2",
        run: adopt_against_adopt,
        mutants: &["heap_adopt_unlocked"],
    },
    Model {
        name: "heap_6_former_id_against_adopt",
        invariant: "INV-HEAP-6",
        run: former_id_against_adopt,
        mutants: &["heap_abandon_keeps_owner"],
    },
];
