//! Objects that threads note under a number, so that every thread can list them: the tasks of an event loop.
//!
//! A thread notes in its own state, weakly: noting shares nothing with other threads, and keeps nothing alive. Who lists what
//! others have noted stops the world, and publishes of theirs what stands under that one number.
//!
//! * INV-GROUP-1: a group holds weak references alone; one whose referent is gone goes when the group has doubled.
//! * INV-GROUP-2: what is left by a thread that has ended is shared.

use memory::Value;
use threads::sync::Mutex;
use threads::{Context, Thread};

use crate::error::Result;
use crate::state::{Own, ThreadState, each_state};
use crate::types::weakref;

/// How many members a group has before it is looked through for dead ones.
const FEW: usize = 64;

/// What a thread has noted under one number.
struct Group {
    number: u64,
    members: Vec<Value>,
    /// How many members are too many to go on without a look.
    sweep_at: usize,
}

impl Group {
    fn new(number: u64) -> Self {
        Self { number, members: Vec::new(), sweep_at: FEW }
    }

    /// Takes out those that are gone.
    fn sweep(&mut self) -> Vec<Value> {
        let gone = self.members.extract_if(.., |reference| weakref::is_dead(reference)).collect();
        self.sweep_at = FEW.max(self.members.len() * 2);
        gone
    }
}

/// What a thread has noted.
#[derive(Default)]
pub(crate) struct Groups(Own<Vec<Group>>);

/// What threads had noted that have ended.
struct Left(Vec<Group>);

// SAFETY: INV-GROUP-2: any thread may count and release what is shared.
unsafe impl Send for Left {}

static LEFT: Mutex<Left> = Mutex::new(Left(Vec::new()));

/// The number that stands for an object as long as it lives.
pub fn number_of(object: &Value) -> u64 {
    object.word().bits()
}

/// Notes `object` under `number`, once more if it has been noted.
///
/// # Errors
/// TypeError for what cannot be referred to weakly; MemoryError.
pub fn note(thread: &Context, number: u64, object: &Value) -> Result<()> {
    let reference = weakref::new_plain(thread, object)?;
    let gone = ThreadState::of(thread).groups.0.with(|groups| {
        let at = groups.iter().position(|group| group.number == number);
        let mut gone = Vec::new();
        let at = at.unwrap_or_else(|| {
            // Of numbers whose objects are all gone nothing stays.
            gone.extend(groups.iter_mut().flat_map(Group::sweep));
            groups.retain(|group| !group.members.is_empty());
            groups.push(Group::new(number));
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(at) {
            group.members.push(reference);
            if group.members.len() >= group.sweep_at {
                gone.extend(group.sweep());
            }
        }
        gone
    });
    drop(gone);
    Ok(())
}

/// What this thread has noted under `number` and is still there.
pub fn own(thread: &Context, number: u64) -> Vec<Value> {
    upgrade(thread, &references(ThreadState::of(thread), number))
}

/// What any thread has noted under `number` and is still there. Stops the world if there are other threads.
pub fn all(thread: &mut Thread, number: u64) -> Vec<Value> {
    let mut found = references(ThreadState::of(thread), number);
    let own: *const ThreadState = ThreadState::of(thread);
    {
        let stopped = thread.stop_the_world();
        each_state(|state| {
            if !std::ptr::eq(state, own) {
                state.groups.0.with(|groups| {
                    for member in
                        groups.iter().filter(|group| group.number == number).flat_map(|g| &g.members)
                    {
                        memory::publish_foreign(stopped.context(), member);
                        found.push(member.clone());
                    }
                });
            }
        });
    }
    {
        let left = LEFT.lock();
        let members = left.0.iter().filter(|group| group.number == number).flat_map(|group| &group.members);
        found.extend(members.cloned());
    }
    upgrade(thread, &found)
}

/// A thread ends: what it has noted is left for others to list.
pub(crate) fn leave(state: &ThreadState) {
    let mut groups = state.groups.0.with(std::mem::take);
    let mut gone: Vec<Value> = groups.iter_mut().flat_map(Group::sweep).collect();
    groups.retain(|group| !group.members.is_empty());
    groups.iter().flat_map(|group| &group.members).for_each(memory::publish); // INV-GROUP-2
    {
        let mut left = LEFT.lock();
        gone.extend(left.0.iter_mut().flat_map(Group::sweep));
        left.0.retain(|group| !group.members.is_empty());
        left.0.append(&mut groups);
    }
    drop(gone);
}

fn references(state: &ThreadState, number: u64) -> Vec<Value> {
    state.groups.0.with(|groups| {
        groups.iter().filter(|group| group.number == number).flat_map(|group| group.members.clone()).collect()
    })
}

fn upgrade(thread: &Context, references: &[Value]) -> Vec<Value> {
    references.iter().filter_map(|reference| weakref::upgrade(thread, reference)).collect()
}
