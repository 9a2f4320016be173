//! Looks at every tracked object of a stopped world and says what is wrong. For stress runs and `zeal`.

use std::collections::HashMap;

use threads::StoppedWorld;
use threads::sync::atomic::Ordering;

use crate::header::{Flags, Header, ObjectPtr};
use crate::local::{Local, Privilege};
use crate::shared_word::{CountState, SharedWord};
use crate::trace::Visitor;

use super::inspect::{each_object, visit};

/// Looks at every tracked object: counts against references (INV-GC-1), sharing (INV-PUB-2, INV-PUB-3 and invariant
/// P), parking (INV-PARK-1), life (INV-HEADER-3). Returns how many objects there are.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify(stopped: &mut StoppedWorld<'_>) -> Result<usize, String> {
    let _privilege = Privilege::new();
    let survey = Survey::of(Local::of(stopped.requester()));
    if let Some(wrong) = survey.wrong {
        return Err(wrong);
    }
    for (object, found) in survey.references {
        // SAFETY: referenced by a live object of a stopped world.
        let header = unsafe { object.as_ref() };
        // SAFETY: INV-HEADER-1; the world is stopped.
        let count = unsafe { header.count() };
        if !header.flags().contains(Flags::IMMORTAL) && count < found {
            return Err(format!("INV-GC-1: {found} references to an object that counts {count}: {header:?}"));
        }
    }
    Ok(survey.objects.len())
}

/// Describes the tracked objects that are counted more often than tracked objects refer to them: what keeps the
/// others alive, or has leaked. At most `most` of them.
pub fn held_from_outside(stopped: &mut StoppedWorld<'_>, most: usize) -> Vec<String> {
    let _privilege = Privilege::new();
    let survey = Survey::of(Local::of(stopped.requester()));
    let held = survey.objects.iter().filter_map(|object| {
        // SAFETY: a live object of a stopped world.
        let header = unsafe { object.as_ref() };
        // SAFETY: INV-HEADER-1; the world is stopped.
        let count = unsafe { header.count() };
        let found = survey.references.get(object).copied().unwrap_or(0);
        (count != found).then(|| format!("{found} references, counts {count}: {header:?}"))
    });
    held.take(most).collect()
}

/// Every tracked object, and how many references each object has in tracked ones.
#[derive(Default)]
struct Survey {
    objects: Vec<ObjectPtr>,
    references: HashMap<ObjectPtr, i64>,
    /// The first thing that is wrong.
    wrong: Option<String>,
}

impl Survey {
    /// The world is stopped, and private objects may be touched.
    fn of(local: &Local) -> Self {
        local.credits().settle_all(); // those of the stopped threads are settled
        let mut survey = Self::default();
        each_object(local, |object| {
            survey.objects.push(object);
            let result = check(object).and_then(|()| check_edges(object, &mut survey.references));
            survey.wrong = survey.wrong.take().or(result.err());
        });
        survey
    }
}

fn check(object: ObjectPtr) -> Result<(), String> {
    // SAFETY: a live object of a stopped world.
    let header = unsafe { object.as_ref() };
    let flags = header.flags();
    if flags.contains(Flags::IMMORTAL) {
        return Ok(());
    }
    let word = header.load_shared(Ordering::Acquire);
    // SAFETY: INV-HEADER-1; the world is stopped.
    let count = unsafe { header.count() };
    let merged = word.state() == CountState::Merged;
    let is = |holds: bool, name: &str| if holds { Ok(()) } else { Err(format!("{name}: {header:?}")) };
    is(word.state() != CountState::Dead, "INV-DEATH-2: a dead object at a stop")?;
    is(count >= 0, "INV-RC-1: a negative count at a stop")?;
    is(!merged || header.owner() == 0, "INV-RC-4: merged with an owner")?;
    is(merged || header.owner() != 0, "INV-RC-4: nobody's but not merged")?;
    let parked = word.has(SharedWord::PARKED);
    is(parked || count > 0 || flags.contains(Flags::TRACED_ONLY), "INV-PARK-1: uncounted but not parked")?;
    is(!header.lock.is_locked(), "INV-LOCK-4: locked at a stop")
}

fn check_edges(object: ObjectPtr, references: &mut HashMap<ObjectPtr, i64>) -> Result<(), String> {
    // SAFETY: a live object of a stopped world.
    let header = unsafe { object.as_ref() };
    let mut edges = Edges { holder: header, references, wrong: None };
    visit(object, &mut edges);
    edges.wrong.map_or(Ok(()), Err)
}

/// Counts references, and compares each holder with what it holds.
struct Edges<'a> {
    holder: &'a Header,
    references: &'a mut HashMap<ObjectPtr, i64>,
    wrong: Option<String>,
}

impl Edges<'_> {
    fn any(&mut self, object: ObjectPtr) {
        // SAFETY: referenced by a live object of a stopped world.
        let target = unsafe { object.as_ref() };
        target.touch();
        if target.is_shared() {
            return;
        }
        let holder = self.holder;
        if holder.is_shared() {
            self.wrong = Some(format!("INV-PUB-2: shared {holder:?} holds private {target:?}"));
        } else if holder.owner() != target.owner() {
            self.wrong = Some(format!("invariant P: {holder:?} holds another thread's private {target:?}"));
        }
    }
}

impl Visitor for Edges<'_> {
    fn counted(&mut self, object: ObjectPtr) {
        *self.references.entry(object).or_default() += 1;
        self.any(object);
    }
    fn uncounted(&mut self, object: ObjectPtr) {
        self.any(object);
    }
    fn weak(&mut self, object: ObjectPtr) {
        self.any(object); // INV-PUB-3
    }
}
