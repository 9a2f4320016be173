//! A cell whose ownership passes between threads through a mutex.

use super::Model;
use threads::mutant;
use threads::sync::{Arc, Mutex, OwnerCell, thread};

struct Shared {
    turn: Mutex<()>,
    cell: OwnerCell<u64>,
}

/// Whoever holds the mutex owns the cell; two threads add to it and no addition is lost.
fn owner_cell_hand_over() {
    let shared = Arc::new(Shared { turn: Mutex::new(()), cell: OwnerCell::new(0) });
    let other = {
        let shared = Arc::clone(&shared);
        thread::spawn(move || add(&shared))
    };
    add(&shared);
    other.join().expect("the other thread passed");
    // SAFETY: INV-OWNER-1; the other thread has been joined.
    let total = unsafe { shared.cell.get() };
    assert_eq!(total, 2, "INV-OWNER-1: an addition was lost");
}

fn add(shared: &Shared) {
    let guard = (!mutant!("owner-cell-touched-without-the-lock")).then(|| shared.turn.lock());
    // SAFETY: INV-OWNER-1; the mutex is held.
    let value = unsafe { shared.cell.get() };
    // SAFETY: INV-OWNER-1; the mutex is held.
    unsafe { shared.cell.set(value + 1) };
    drop(guard);
}

pub const MODELS: &[Model] = &[Model {
    name: "owner_cell_hand_over",
    invariant: "INV-OWNER-1",
    run: owner_cell_hand_over,
    mutants: &["owner-cell-touched-without-the-lock"],
}];
