//! The heap, alone and from several threads.

use std::collections::HashMap;

use proptest::prelude::*;
use threads::sync::thread;

use super::*;

use std::ptr::NonNull;
use threads::sync::{Arc, Mutex};

/// Allocates as an object would: word 0 is set, the rest filled.
fn allocate(heap: &Heap, size_bytes: usize, kind: Kind, fill: u8) -> NonNull<u8> {
    let block = heap.allocate(size_bytes, kind).expect("memory");
    // SAFETY: the block is new and has the size.
    unsafe { block.write_bytes(fill | 1, size_bytes.max(SMALLEST_BYTES)) };
    block
}

fn holds(block: NonNull<u8>, size_bytes: usize, fill: u8) -> bool {
    // SAFETY: `allocate` initialised as many bytes.
    let bytes = unsafe { std::slice::from_raw_parts(block.as_ptr(), size_bytes.max(SMALLEST_BYTES)) };
    bytes.iter().all(|&byte| byte == fill | 1)
}

fn free(heap: &Heap, block: NonNull<u8>) {
    // SAFETY: the tests free what they allocated, once.
    unsafe { heap.free(block) };
}

fn page(block: NonNull<u8>) -> &'static Page {
    // SAFETY: the tests use it while the block is live.
    unsafe { &*Page::of(block).as_ptr() }
}

/// A block that may go to another thread.
#[derive(Clone, Copy)]
struct Sent(NonNull<u8>);
// SAFETY: a block belongs to whoever has it.
unsafe impl Send for Sent {}

#[test]
fn classes_cover_every_size_with_bounded_waste() {
    for size in 0..=LARGEST_BYTES {
        let class = SizeClass::of(size).expect("small").size_bytes();
        assert!(class >= size && class.is_multiple_of(16));
        assert!(
            class <= SMALLEST_BYTES || class - size < 16 || class * 4 <= size * 5 + 4,
            "{size} in {class}"
        );
    }
    assert!(SizeClass::of(LARGEST_BYTES + 1).is_none());
    let sizes: Vec<_> = SizeClass::all().map(SizeClass::size_bytes).collect();
    assert!(sizes.is_sorted() && sizes.len() == CLASS_COUNT);
}

#[test]
fn heap_8_index_is_the_quotient_for_every_offset() {
    for class in SizeClass::all() {
        let (size, reciprocal) = (class.size_bytes(), u64::from(class.reciprocal()));
        for offset in 0..PAGE_BYTES {
            assert_eq!((offset as u64 * reciprocal) >> 32, (offset / size) as u64);
        }
    }
}

#[test]
fn heap_7_mask_finds_the_page_of_every_block() {
    let heap = Heap::new(PagePool::new(), 1);
    for size in SizeClass::all().map(SizeClass::size_bytes).chain([8193, 65_536, 1_000_001]) {
        let block = allocate(&heap, size, Kind::Tracked, 7);
        assert_eq!(page(block).kind(), Kind::Tracked);
        assert!(page(block).block_bytes() >= size);
        assert_eq!(page(block).is_large(), size > LARGEST_BYTES);
        assert!(block.as_ptr().addr().is_multiple_of(16));
        assert!(holds(block, size, 7));
        free(&heap, block);
    }
}

#[test]
fn no_memory_is_none() {
    let heap = Heap::new(PagePool::new(), 1);
    for size in [usize::MAX, usize::MAX - 15, usize::MAX - 64, isize::MAX as usize, isize::MAX as usize - 200]
    {
        assert!(heap.allocate(size, Kind::Untracked).is_none());
    }
    assert_eq!(heap.pool().stats().total(), BinStats::default());
}

#[test]
fn heap_3_blocks_yields_exactly_the_live_ones() {
    let heap = Heap::new(PagePool::new(), 1);
    let blocks: Vec<_> = (0..300).map(|_| allocate(&heap, 48, Kind::Tracked, 3)).collect();
    for block in blocks.iter().skip(1).step_by(2) {
        free(&heap, *block);
    }
    // SAFETY: the page is this thread's.
    let live: Vec<_> = unsafe { page(blocks[0]).blocks() }.collect();
    assert_eq!(live, blocks.iter().copied().step_by(2).collect::<Vec<_>>());
    assert!(live.iter().enumerate().all(|(i, &block)| page(block).index_of(block) == 2 * i as u32));
}

#[test]
fn fresh_page_is_not_carved_whole() {
    let heap = Heap::new(PagePool::new(), 1);
    allocate(&heap, 32, Kind::Tracked, 1);
    assert_eq!(heap.take_allocated_volume(), 4096);
    assert_eq!(heap.take_allocated_volume(), 0);
}

#[test]
fn empty_pages_go_back_within_bounds() {
    let heap = Heap::new(PagePool::new(), 1);
    let blocks: Vec<_> = (0..2000).map(|_| allocate(&heap, 8192, Kind::Untracked, 9)).collect();
    assert_eq!(heap.pool().stats().total().live_bytes, 2000 * 8192);
    blocks.iter().for_each(|&block| free(&heap, block));
    let stats = heap.pool().stats();
    assert_eq!((stats.total().pages, stats.total().live_blocks), (1, 0));
    // A program that makes as many again finds them.
    assert_eq!(stats.cached_pages + 1, 2000_usize.div_ceil(7).next_multiple_of(32));
    heap.pool().give_back();
    let kept = heap.pool().stats().cached_pages;
    assert!((64..128).contains(&kept), "{kept}");
}

#[test]
fn heap_9_scratch_has_a_zero_for_each_block() {
    let heap = Heap::new(PagePool::new(), 1);
    for size in [32, 8192, 100_000] {
        let block = allocate(&heap, size, Kind::Tracked, 1);
        let words = page(block).scratch().expect("memory");
        assert_eq!(words.len(), page(block).capacity() as usize);
        words[page(block).index_of(block) as usize].store(5, threads::sync::atomic::Ordering::Relaxed);
        assert!(std::ptr::eq(words, page(block).scratch().expect("memory")));
        // SAFETY: `words` is not used again.
        unsafe { page(block).drop_scratch() };
        let word = &page(block).scratch().expect("memory")[0];
        assert_eq!(word.load(threads::sync::atomic::Ordering::Relaxed), 0);
        free(&heap, block);
    }
}

#[test]
fn heap_6_former_id_does_not_own_an_abandoned_page() {
    let pool = PagePool::new();
    let first = Heap::new(Arc::clone(&pool), 5);
    let (a, b) = (allocate(&first, 64, Kind::Tracked, 1), allocate(&first, 64, Kind::Tracked, 1));
    first.abandon();
    assert_eq!((page(a).owner(), pool.stats().abandoned_pages), (NOBODY, 1));
    let second = Heap::new(Arc::clone(&pool), 5);
    free(&second, a);
    assert_eq!((page(b).owner(), page(b).live_blocks()), (NOBODY, 1));
    let c = allocate(&second, 64, Kind::Tracked, 1);
    assert_eq!((Page::of(c), page(c).owner(), pool.stats().abandoned_pages), (Page::of(b), 5, 0));
    assert!(first.allocate(64, Kind::Tracked).is_none(), "an abandoned heap has no pages");
    free(&first, c);
    free(&second, b);
}

#[test]
fn heap_10_trim_releases_abandoned_pages_that_became_empty() {
    let pool = PagePool::new();
    let first = Heap::new(Arc::clone(&pool), 1);
    let second = Heap::new(Arc::clone(&pool), 2);
    let blocks: Vec<_> = (0..3000).map(|_| allocate(&first, 64, Kind::Tracked, 1)).collect();
    drop(first);
    blocks[1..].iter().for_each(|&block| free(&second, block));
    pool.trim_abandoned();
    assert_eq!((pool.stats().abandoned_pages, pool.stats().total().live_blocks), (1, 1));
    free(&second, blocks[0]);
    pool.trim_abandoned();
    assert_eq!((pool.stats().abandoned_pages, pool.stats().total().pages), (0, 0));
}

#[test]
fn heap_5_chain_is_taken_whole() {
    let pool = PagePool::new();
    let owner = Heap::new(Arc::clone(&pool), 1);
    let blocks: Vec<_> = (0..10).map(|_| allocate(&owner, 8192, Kind::Tracked, 1)).collect();
    let mut first = None;
    for &block in &blocks[..5] {
        // SAFETY: the blocks are this test's, and of one page.
        unsafe { Page::chain(block, first) };
        first = Some(block);
    }
    // SAFETY: as above.
    unsafe { Heap::free_chain_remote(Page::of(blocks[0]), blocks[4], blocks[0], 5) };
    assert_eq!(pool.stats().total().live_blocks, 5);
    let again: Vec<_> = (0..9).map(|_| allocate(&owner, 8192, Kind::Tracked, 1)).collect();
    assert!(
        blocks[..5].iter().all(|block| again.contains(block)),
        "the remote list is used before a new page"
    );
    assert_eq!(pool.stats().total().pages, 2);
}

#[cfg(any(debug_assertions, zeal))]
#[test]
#[should_panic(expected = "INV-HEAP-3")]
fn heap_3_write_after_free_is_found() {
    let heap = Heap::new(PagePool::new(), 1);
    let block = allocate(&heap, 64, Kind::Tracked, 1);
    free(&heap, block);
    // SAFETY: the block has 64 bytes.
    let inside = unsafe { block.add(40) };
    // SAFETY: the memory is still a page's; that the write is wrong is the point.
    unsafe { inside.write(1) };
    let _ = heap.allocate(64, Kind::Tracked);
}

#[derive(Clone, Debug)]
enum Step {
    Allocate(usize, bool),
    Free(prop::sample::Index, usize),
    Abandon(usize),
    Trim(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let size = prop_oneof![8 => 0_usize..300, 2 => 300_usize..9000, 1 => 8192_usize..100_000];
    let step = prop_oneof![
        20 => (size, any::<bool>()).prop_map(|(size, tracked)| Step::Allocate(size, tracked)),
        16 => (any::<prop::sample::Index>(), 0..3_usize).prop_map(|(index, by)| Step::Free(index, by)),
        1 => (0..3_usize).prop_map(Step::Abandon),
        1 => (0..3_usize).prop_map(Step::Trim),
    ];
    prop::collection::vec(step, 1..600)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Three heaps on one thread against a list of what is live: no overlap, no lost byte, exact statistics.
    #[test]
    fn heap_1_blocks_never_overlap(steps in steps()) {
        let pool = PagePool::new();
        let mut heaps: Vec<_> = (1..4).map(|id| Heap::new(Arc::clone(&pool), id)).collect();
        let mut live: Vec<(NonNull<u8>, usize, u8)> = Vec::new();
        let mut fill = 0_u8;
        for (turn, step) in steps.into_iter().enumerate() {
            match step {
                Step::Allocate(size, tracked) => {
                    fill = fill.wrapping_add(2);
                    let kind = if tracked { Kind::Tracked } else { Kind::Untracked };
                    live.push((allocate(&heaps[turn % 3], size, kind, fill), size, fill));
                }
                Step::Free(index, by) if !live.is_empty() => {
                    let (block, size, fill) = live.swap_remove(index.index(live.len()));
                    prop_assert!(holds(block, size, fill));
                    free(&heaps[by], block);
                }
                Step::Free(..) => {}
                Step::Abandon(which) => {
                    heaps[which].abandon();
                    heaps[which] = Heap::new(Arc::clone(&pool), 1 + which as u16);
                }
                Step::Trim(which) => {
                    heaps[which].trim();
                    pool.trim_abandoned();
                }
            }
        }
        prop_assert!(live.iter().all(|&(block, size, fill)| holds(block, size, fill)));
        prop_assert_eq!(pool.stats().total().live_blocks, live.len());
        let mut seen = HashMap::new();
        let mut pages = Vec::new();
        // SAFETY: one thread, which allocates nothing meanwhile.
        unsafe { pool.for_each_page(|page| pages.push(page)) };
        for page in pages {
            // SAFETY: as above.
            seen.extend(unsafe { page.blocks() }.map(|block| (block, page.kind())));
        }
        prop_assert_eq!(seen.len(), live.len());
        prop_assert!(live.iter().all(|(block, ..)| seen.contains_key(block)));
        live.into_iter().for_each(|(block, ..)| free(&heaps[0], block));
        heaps.clear();
        pool.trim_abandoned();
        prop_assert_eq!(pool.stats().total(), BinStats::default());
    }
}

/// Blocks for anyone to take: address, size and fill.
type Hand = Mutex<Vec<(Sent, usize, u8)>>;

/// Threads pass blocks around through shared hands, free what others allocated, exit and are replaced.
#[test]
fn heap_4_foreign_frees_and_exits_lose_nothing() {
    const THREADS: u64 = 4;
    let rounds: u64 = if cfg!(debug_assertions) { 5_000 } else { 60_000 };
    let pool = PagePool::new();
    let hands: Arc<Vec<Hand>> = Arc::new((0..8).map(|_| Mutex::default()).collect());
    let workers: Vec<_> = (1..=THREADS)
        .map(|id| {
            let (pool, hands) = (Arc::clone(&pool), Arc::clone(&hands));
            thread::spawn(move || {
                let mut random = id.wrapping_mul(0x9E37_79B9_7F4A_7C15);
                let mut next = move |below: u64| {
                    random = random
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    (random >> 33) % below
                };
                for _ in 0..4 {
                    let heap = Heap::new(Arc::clone(&pool), id as u16);
                    for _ in 0..rounds {
                        let hand = &hands[next(8) as usize];
                        if next(100) < 52 {
                            let size = if next(200) == 0 { 9000 } else { 32 + next(20) as usize * 16 };
                            let fill = next(256) as u8;
                            let block = allocate(&heap, size, Kind::Tracked, fill);
                            hand.lock().push((Sent(block), size, fill));
                        } else if let Some((block, size, fill)) = { hand.lock().pop() } {
                            assert!(holds(block.0, size, fill));
                            free(&heap, block.0);
                        }
                    }
                }
            })
        })
        .collect();
    workers.into_iter().for_each(|worker| worker.join().expect("no panic"));
    let heap = Heap::new(Arc::clone(&pool), 1);
    let left: Vec<_> = hands.iter().flat_map(|hand| std::mem::take(&mut *hand.lock())).collect();
    assert_eq!(pool.stats().total().live_blocks, left.len());
    for (block, size, fill) in left {
        assert!(holds(block.0, size, fill));
        free(&heap, block.0);
    }
    drop(heap);
    pool.trim_abandoned();
    assert_eq!(pool.stats().total(), BinStats::default());
}

/// One thread allocates, the other frees: memory must circulate instead of growing.
#[test]
fn heap_2_producer_reuses_what_the_consumer_frees() {
    let pool = PagePool::new();
    let (sender, receiver) = std::sync::mpsc::sync_channel::<Sent>(1000);
    let consumer_pool = Arc::clone(&pool);
    let consumer = thread::spawn(move || {
        let heap = Heap::new(consumer_pool, 2);
        receiver.into_iter().for_each(|block| free(&heap, block.0));
    });
    let heap = Heap::new(Arc::clone(&pool), 1);
    for _ in 0..200_000 {
        sender.send(Sent(allocate(&heap, 128, Kind::Untracked, 1))).expect("the consumer listens");
    }
    drop(sender);
    consumer.join().expect("no panic");
    assert!(pool.stats().total().pages < 40, "{:?}", pool.stats().total());
    heap.trim();
    assert_eq!(pool.stats().total().live_blocks, 0);
}
