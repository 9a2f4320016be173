//! The models. One file a protocol, which ends with the table of its models; two or three threads a model.
//!
//! A model sees only what loom tries, which is less than everything. It moves an operation before an earlier one of
//! another thread only if that was the *last* conflicting access to the word, and two reads do not conflict. So in
//! "I read the word, then exchange it" my own read hides everybody else's reads before it, and no execution lets the
//! exchange come first. Where that matters the first read is made a write under `cfg(loom)`, as in `Control::guess`.
//! The mutants show whether a model tries what it should.
//!
//! Put a model's threads where the contest begins: each preemption that is spent on getting there is missing
//! afterwards. `World::begin_multi` is there for that.
//!
//! To add a protocol, write its file and add its table to `PROTOCOLS`.

mod counting;
mod dicts;
mod gate;
mod grace;
mod heap;
mod lists;
mod notify;
mod object_lock;
mod owner_cell;
mod parking;
mod py_lock;
mod reclaim;
mod rlock;
mod sets;
mod sharing;
mod stop;
mod weak;

/// One model: what it runs, what it checks, and which defects it is known to find.
pub struct Model {
    /// Its name, which is that of its function.
    pub name: &'static str,
    /// The invariant that its assertions state.
    pub invariant: &'static str,
    /// One execution.
    pub run: fn(),
    /// Names of `mutant!`s that make some execution fail. At least one.
    pub mutants: &'static [&'static str],
}

/// The protocols, each with the models at the end of its file.
const PROTOCOLS: &[&[Model]] = &[
    owner_cell::MODELS,
    reclaim::MODELS,
    stop::MODELS,
    gate::MODELS,
    object_lock::MODELS,
    py_lock::MODELS,
    rlock::MODELS,
    notify::MODELS,
    heap::MODELS,
    counting::MODELS,
    parking::MODELS,
    weak::MODELS,
    sharing::MODELS,
    grace::MODELS,
    lists::MODELS,
    dicts::MODELS,
    sets::MODELS,
];

/// Every model.
pub fn all() -> impl Iterator<Item = &'static Model> {
    PROTOCOLS.iter().copied().flatten()
}

/// The model called `name`.
pub fn find(name: &str) -> Option<&'static Model> {
    all().find(|model| model.name == name)
}
