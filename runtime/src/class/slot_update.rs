//! Decides the slots of classes made by programs, from the special methods that they and their bases have.
//!
//! A slot is one of three things: empty, a native base's function, or a trampoline that looks the special method up. Rows of
//! `slot_table` that share a slot are decided together.

use std::collections::HashMap;

use memory::{Object, Value};
use threads::Thread;
use threads::sync::{Mutex, MutexGuard, OnceLock};

use super::slot_table::{ROWS, Row, SEQUENCE_ROWS};
use super::slots::Slots;
use super::{ClassFlags, Type, TypeExt};
use crate::names::{self, StaticValue};
use crate::object::cast;
#[cfg(debug_assertions)]
use crate::types::DictExt;
use crate::types::native_function::MethodDescriptor;
use crate::types::{Str, StrExt, Tuple, TupleExt, descriptor};

/// Slots are decided by one thread at a time: else what one has decided could be overtaken by what another found out before. A
/// new class gets its slots and is entered with its bases in one turn: a change of a base that comes later finds it there. No
/// safepoint is reached meanwhile.
pub(super) fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock()
}

/// Brings the table of a class made by a program up to date after its attribute `changed` (or any, if none is named) has
/// been set or deleted, and that of its subclasses.
pub(crate) fn update(thread: &mut Thread, class: &Object<Type>, changed: Option<&Value>) {
    let text = changed.and_then(special_text);
    if changed.is_some() && text.is_none() {
        return;
    }
    update_tree(thread, class, &Change::of(text), 0);
}

/// What has to be decided about a new class, whose namespace has these `entries`: found out before its turn.
///
/// Where the classes after it in its order are those of `base`, its main base, a special method that it does not define is
/// `base`'s, and so is the slot: only what the class defines is looked at.
pub(crate) fn plan(
    thread: &mut Thread,
    class: &Object<Type>,
    base: &Object<Type>,
    entries: &[(Value, Value)],
) -> Plan {
    let order = class.mro_tuple(thread);
    let base_order = base.mro_tuple(thread);
    let (Some(order), Some(base_order)) = (cast::<Tuple>(&order), cast::<Tuple>(&base_order)) else {
        return Plan(None);
    };
    let same = |(a, b): (&Value, &Value)| a.is(b);
    if order.items().len() != base_order.items().len() + 1
        || !order.items()[1..].iter().zip(base_order.items()).all(same)
    {
        return Plan(None);
    }
    let changes = Change::of_names();
    let found = entries.iter().filter_map(|(name, _)| {
        if cast::<Str>(name).is_some_and(|text| text.payload().is_interned(text)) {
            return changes.get(&name.word().bits());
        }
        changes.get(&names::find(special_text(name)?)?.word().bits())
    });
    Plan(Some(found.collect()))
}

/// What has to be decided about a new class: everything, or what some of its attributes mean.
pub(crate) struct Plan(Option<Vec<&'static Change>>);

/// Decides the table of a new class, whose `slots` are copies of its main base's.
pub(crate) fn complete(thread: &mut Thread, class: &Object<Type>, plan: &Plan) {
    let Plan(Some(changes)) = plan else { return update(thread, class, None) };
    for change in changes {
        apply(thread, class, change);
    }
    apply(thread, class, &Change::of_class());
    #[cfg(debug_assertions)]
    if thread.is_solo() {
        assert_complete(thread, class); // others may be about to decide what they have changed
    }
}

/// Deciding every slot anew changes nothing, but for putting a trampoline where a native base has a function and a method.
#[cfg(debug_assertions)]
fn assert_complete(thread: &mut Thread, class: &Object<Type>) {
    let slots = &class.payload().slots;
    let before = Slots::default();
    before.inherit(slots);
    apply(thread, class, &Change::of(None));
    for row in ROWS.iter().chain(SEQUENCE_ROWS) {
        let native = |name: &Value| {
            let in_native = |class: &Object<Type>| !class.payload().flags().contains(ClassFlags::HEAP);
            class.find_in_mro(thread, |class, dict| dict.get_str(thread, name).map(|_| in_native(class)))
        };
        let all_native = group(row.name)
            .iter()
            .filter_map(|member| member.name.get())
            .all(|name| native(name) != Some(false));
        assert!(
            (row.same)(&before, slots) || all_native,
            "INV-SLOTS-2: {} of {}",
            row.name,
            class.name_lossy()
        );
        (row.copy)(slots, &before);
    }
}

/// The text of a name that begins and ends like a special method's.
fn special_text(name: &Value) -> Option<&str> {
    let text = cast::<Str>(name)?.as_ascii()?;
    (text.starts_with("__") && text.ends_with("__")).then_some(text)
}

/// What a changed attribute means for the table of a class.
pub(crate) struct Change {
    /// One row of each slot to decide.
    rows: Vec<&'static Row>,
    new: bool,
    del: bool,
    sequence: bool,
}

impl Change {
    fn of(name: Option<&str>) -> Self {
        let Some(name) = name else {
            let decides = |row: &&Row| group(row.name).last().is_some_and(|last| last.row.name == row.name);
            return Self {
                rows: ROWS.iter().filter(decides).collect(),
                new: true,
                del: true,
                sequence: true,
            };
        };
        let slot = if name == "__getattr__" { "__getattribute__" } else { name };
        let rows = group(slot).last().map(|member| member.row).into_iter().collect();
        let sequence = SEQUENCE_ROWS
            .iter()
            .any(|row| row.name == name || group(row.name).iter().any(|other| other.row.name == name));
        Self { rows, new: name == "__new__", del: name == "__del__", sequence }
    }

    /// What each name means that means anything, by the word of the interned name.
    fn of_names() -> &'static HashMap<u64, Change> {
        static CHANGES: OnceLock<HashMap<u64, Change>> = OnceLock::new();
        CHANGES.get_or_init(|| {
            let rows = ROWS.iter().chain(SEQUENCE_ROWS).map(|row| row.name);
            let all = rows.chain(["__new__", "__del__", "__getattr__"]);
            all.filter_map(|name| Some((names::find(name)?.word().bits(), Change::of(Some(name))))).collect()
        })
    }

    /// What every new class has to be asked, whatever it defines.
    fn of_class() -> Self {
        Self { rows: Vec::new(), new: true, del: true, sequence: false }
    }
}

fn update_tree(thread: &mut Thread, class: &Object<Type>, change: &Change, depth: usize) {
    const DEEPEST: usize = 10_000;
    if class.payload().flags().contains(ClassFlags::HEAP) {
        apply(thread, class, change);
    }
    if depth < DEEPEST {
        for subclass in super::build::subclasses(thread, class) {
            if let Some(subclass) = cast::<Type>(&subclass) {
                update_tree(thread, subclass, change, depth + 1);
            }
        }
    }
}

fn apply(thread: &mut Thread, class: &Object<Type>, change: &Change) {
    let slots = &class.payload().slots;
    for row in &change.rows {
        update_row(thread, class, slots, row);
    }
    if change.new {
        crate::class::build::update_new(thread, class);
    }
    if change.del {
        // A native one is what the payload's own finalizer does.
        let found = class.lookup(thread, names::__del__());
        let has_del = found.is_some_and(|found| cast::<MethodDescriptor>(&found).is_none());
        class.payload().set_flag(ClassFlags::HAS_DEL, has_del);
    }
    if change.sequence {
        update_sequence_slots(thread, class, slots);
    }
}

/// A row and where its name is as a value.
struct Member {
    row: &'static Row,
    name: &'static StaticValue,
}

/// The rows that decide one slot together, `name`'s among them.
fn group(name: &str) -> &'static [Member] {
    static GROUPS: OnceLock<HashMap<&'static str, Vec<Member>>> = OnceLock::new();
    let groups = GROUPS.get_or_init(|| {
        let member = |row: &'static Row| names::place(row.name).map(|name| Member { row, name });
        let of = |row: &Row| {
            ROWS.iter().filter(|other| slot_id(other) == slot_id(row)).filter_map(member).collect()
        };
        ROWS.iter().map(|row| (row.name, of(row))).collect()
    });
    groups.get(name).map_or(&[], Vec::as_slice)
}

/// Rows of one slot have equal answers here.
fn slot_id(row: &Row) -> &'static str {
    match row.name {
        "__lt__" | "__le__" | "__eq__" | "__ne__" | "__gt__" | "__ge__" => "compare",
        "__delattr__" => "__setattr__",
        "__delete__" => "__set__",
        "__delitem__" => "__setitem__",
        "__rdivmod__" => "__divmod__",
        "__rpow__" => "__pow__",
        "__radd__" => "__add__",
        "__rsub__" => "__sub__",
        "__rmul__" => "__mul__",
        "__rmod__" => "__mod__",
        "__rlshift__" => "__lshift__",
        "__rrshift__" => "__rshift__",
        "__rand__" => "__and__",
        "__rxor__" => "__xor__",
        "__ror__" => "__or__",
        "__rfloordiv__" => "__floordiv__",
        "__rtruediv__" => "__truediv__",
        "__rmatmul__" => "__matmul__",
        name => name,
    }
}

/// Decides one slot: no function, a base's native one, or the trampoline.
fn update_row(thread: &mut Thread, class: &Object<Type>, slots: &Slots, row: &'static Row) {
    let mut native: Option<Value> = None;
    let mut any = false;
    let mut all_native = true;
    for &Member { row: other, name } in group(row.name) {
        let Some(found) = name.get().and_then(|name| class.lookup(thread, name)) else { continue };
        any = true;
        if other.name == "__hash__" && found.is_none() {
            slots.hash.set(crate::ops::hash_not_implemented);
            return;
        }
        match descriptor::wrapper_class(&found, other.name) {
            Some(of) if native.as_ref().is_none_or(|n| same_function(n, &of, other)) => native = Some(of),
            _ => all_native = false,
        }
    }
    if row.name == "__getattribute__" && class.lookup(thread, names::__getattr__()).is_some() {
        all_native = false;
        any = true;
    }
    match (any, all_native, native.as_ref().and_then(cast::<Type>)) {
        (true, true, Some(of)) => (row.copy)(slots, &of.payload().slots),
        (true, _, _) => (row.trampoline)(slots),
        (false, ..) => (row.copy)(slots, &Slots::default()),
    }
}

fn same_function(a: &Value, b: &Value, row: &Row) -> bool {
    match (cast::<Type>(a), cast::<Type>(b)) {
        (Some(a), Some(b)) => (row.same)(&a.payload().slots, &b.payload().slots),
        _ => false,
    }
}

/// A subclass of a sequence keeps its native concatenation unless it has an operator of its own.
fn update_sequence_slots(thread: &mut Thread, class: &Object<Type>, slots: &Slots) {
    for row in SEQUENCE_ROWS {
        // All that share the slot, as `__mul__` and `__rmul__` do, have to be the native's.
        let native = native_of(thread, class, row).filter(|_| {
            let mut sharing = SEQUENCE_ROWS.iter().filter(|other| slot_id(other) == slot_id(row));
            sharing.all(|other| native_of(thread, class, other).is_some())
        });
        match native.as_ref().and_then(cast::<Type>) {
            Some(of) => {
                (row.copy)(slots, &of.payload().slots);
                // The number slot of the same name stays empty: the operator is the sequence's.
                let number = ROWS.iter().find(|other| other.name == row.name);
                if let Some(number) = number
                    && !(number.present)(&of.payload().slots)
                {
                    update_number_of_sequence(thread, class, slots, number);
                }
            }
            None => (row.copy)(slots, &Slots::default()),
        }
    }
}

/// The native class whose function a sequence's slot has, if that is what the class finds under its name.
fn native_of(thread: &mut Thread, class: &Object<Type>, row: &Row) -> Option<Value> {
    let found = class.lookup(thread, names::find(row.name)?)?;
    let of = descriptor::wrapper_class(&found, row.name)?;
    cast::<Type>(&of).is_some_and(|of| (row.present)(&of.payload().slots)).then_some(of)
}

/// A sequence's `__add__` is no reason for the number's slot to have a trampoline; a reflected method in Python is.
fn update_number_of_sequence(thread: &mut Thread, class: &Object<Type>, slots: &Slots, row: &'static Row) {
    let in_python = group(row.name).iter().any(|other| {
        let found = other.name.get().and_then(|name| class.lookup(thread, name));
        found.is_some_and(|found| !descriptor::is_wrapper(&found))
    });
    if !in_python {
        (row.copy)(slots, &Slots::default());
    }
}
