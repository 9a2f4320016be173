//! What becomes of garbage: weak references, finalizers, clearing.
//!
//! While the world is stopped (`judge`): weak references to garbage are cleared and the callbacks of those that are not
//! garbage themselves are left to be run, so that a finalizer finds no other garbage through them; if something wants its
//! finalizer run, everything it reaches is published (the finalizer runs on this thread, whoever owns it) and kept for
//! another look; what is to be freed is made DEAD, so that the releases among garbage do nothing, or handed out if all of it
//! is to be kept. After the world has resumed (`clear`): every payload is dropped while all headers are still valid, then
//! every block is given back.

use std::mem::ManuallyDrop;

use crate::count;
use crate::death::{self, wants_finalizer};
use crate::header::{Flags, ObjectPtr};
use crate::local::{Local, Privilege};
use crate::pending::Pending;
use crate::publish;
use crate::shared_word::{CountState, SharedWord};
use crate::value::Value;
use crate::weak::{self, Which};

use super::graph::Graph;
use super::inspect::{is_hidden, publish_one};

/// What was decided while the world was stopped.
#[derive(Default)]
pub(crate) struct Sentence {
    dead: Vec<ObjectPtr>,
    finalizers: usize,
    /// What would be dead, if all garbage is kept.
    pub(crate) kept: Vec<Value>,
}

impl Sentence {
    pub(crate) fn finalizers(&self) -> usize {
        self.finalizers
    }
}

/// Shows all garbage that programs can see.
pub(crate) fn show(graph: &Graph<'_>, show: &mut dyn FnMut(&Value)) {
    graph.each_garbage(|object| {
        if !is_hidden(object) {
            // SAFETY: a live object of a stopped world; the reference is not counted, and is not released.
            show(&ManuallyDrop::new(unsafe { Value::from_owned(object) }));
        }
    });
}

/// Decides about garbage. In the last round, what still wants a finalizer is left for another collection. With `keep`, what
/// would be freed lives on in the sentence.
pub(crate) fn judge(local: &Local, graph: &Graph<'_>, last_round: bool, keep: bool) -> Sentence {
    let count = graph.garbage_count();
    let mut garbage = Vec::new();
    let mut finalizable = Vec::new();
    // Grown in steps, it would be copied and faulted in twice over. Without memory for it, nothing is freed.
    if count == 0 || garbage.try_reserve_exact(count).is_err() {
        return Sentence::default();
    }
    graph.each_garbage(|object| {
        // SAFETY: a live object of a stopped world.
        let header = unsafe { object.as_ref() };
        if header.desc().finalizer.is_some() && wants_finalizer(header, object) {
            finalizable.push(object);
        }
        garbage.push(object);
    });
    for &object in &garbage {
        // SAFETY: as above.
        let is_class = unsafe { object.as_ref() }.flags().contains(Flags::TRACED_ONLY);
        // Classes know their subclasses by weak references, which a finalizer that uses or revives the classes relies on.
        clear_weak(local, object, if is_class { Which::WithCallback } else { Which::All });
    }
    let finalizers = finalizable.len();
    if finalizers > 0 && last_round {
        // Finalizers of the first round made new garbage that wants some: its turn comes in the next collection.
        finalizable.iter().for_each(|&object| graph.rescue(object));
        garbage.retain(|&object| Graph::is_garbage(object));
    } else if finalizers > 0 {
        finalizable.into_iter().for_each(|object| leave_finalizer(local, object));
        return Sentence { finalizers, ..Sentence::default() };
    }
    if keep {
        // What is hidden is kept by what is not.
        let shown = garbage.into_iter().filter(|&object| !is_hidden(object));
        let kept = shown.filter_map(|object| publish_one(local, object)).collect();
        return Sentence { kept, ..Sentence::default() };
    }
    for &object in &garbage {
        clear_weak(local, object, Which::All);
    }
    for &object in &garbage {
        // SAFETY: as above.
        let header = unsafe { object.as_ref() };
        header.set_owner(0);
        header.store_shared(SharedWord::new(CountState::Dead, 0)); // INV-GC-2
    }
    Sentence { dead: garbage, finalizers: 0, kept: Vec::new() }
}

fn clear_weak(local: &Local, object: ObjectPtr, which: Which) {
    // SAFETY: as in `judge`.
    let header = unsafe { object.as_ref() };
    if header.flags().contains(Flags::HAS_WEAKREF) {
        weak::clear_some(local, object, which, |reference| !Graph::is_garbage(reference));
    }
}

fn leave_finalizer(local: &Local, object: ObjectPtr) {
    // SAFETY: as in `judge`.
    let header = unsafe { object.as_ref() };
    header.set_flags(Flags::FINALIZED); // INV-DEATH-3
    publish::publish_object(local, object);
    // SAFETY: garbage until its finalizer revives it, but counted by other garbage.
    unsafe { count::retain(object) };
    // SAFETY: the count was just made.
    let value = unsafe { Value::from_owned(object) };
    local.push_pending(Pending::Finalizer(value));
}

/// Frees what was sentenced; returns how many objects that programs can see.
pub(crate) fn clear(local: &Local, sentence: Sentence) -> usize {
    if sentence.dead.is_empty() {
        return 0;
    }
    let mut freed = 0;
    let privilege = Privilege::new(); // garbage may be private to others
    local.draining.set(true); // what dies besides waits until the garbage is gone
    for &object in &sentence.dead {
        // SAFETY: INV-GC-2; this thread alone has it, and its header stays valid until the loop below.
        let header = unsafe { object.as_ref() };
        let drop_payload = header.desc().drop;
        freed += usize::from(!header.desc().hidden);
        // SAFETY: as above; once.
        unsafe { drop_payload(object) };
    }
    local.free_blocks(&sentence.dead);
    local.draining.set(false);
    death::drain(local);
    drop(privilege);
    freed
}
