//! The models. One file a protocol, which ends with the table of its models; two or three threads a model.
//!
//! To add a protocol, write its file and add its table to `PROTOCOLS`.

mod gate;
mod notify;
mod owner_cell;
mod py_lock;
mod reclaim;
mod stop;

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
const PROTOCOLS: &[&[Model]] =
    &[owner_cell::MODELS, reclaim::MODELS, stop::MODELS, gate::MODELS, py_lock::MODELS, notify::MODELS];

/// Every model.
pub fn all() -> impl Iterator<Item = &'static Model> {
    PROTOCOLS.iter().copied().flatten()
}

/// The model called `name`.
pub fn find(name: &str) -> Option<&'static Model> {
    all().find(|model| model.name == name)
}
