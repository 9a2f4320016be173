//! The table of models. One file a protocol; two or three threads a model.

mod owner_cell;
mod reclaim;

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

/// Every model.
pub const MODELS: &[Model] = &[
    Model {
        name: "owner_cell_hand_over",
        invariant: "INV-OWNER-1",
        run: owner_cell::owner_cell_hand_over,
        mutants: &["owner_cell_touched_without_the_lock"],
    },
    Model {
        name: "reclaim_waits_for_active_guards",
        invariant: "INV-RECLAIM-1",
        run: reclaim::reclaim_waits_for_active_guards,
        mutants: &["reclaim_forgets_active_guards", "reclaim_read_after_refresh"],
    },
];

/// The model called `name`.
pub fn find(name: &str) -> Option<&'static Model> {
    MODELS.iter().find(|model| model.name == name)
}
