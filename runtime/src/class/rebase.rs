//! Assigning `__bases__`.
//!
//! New bases mean new orders for the class and everything derived from it, and a metaclass's `mro` may be a program's: it
//! may raise, or assign `__bases__` itself, of the same class or of another. What has been assigned meanwhile stays; what
//! this assignment has changed is taken back when a later step of it fails.

use memory::{Object, Value};
use threads::Thread;

use super::bases::best_base;
use super::build::{add_subclass_value, remove_subclass, subclasses};
use super::order::compute_mro;
use super::{ClassFlags, Type, TypeExt, as_value, class_of, lookup, slot_update};
use crate::error::{Result, type_error};
use crate::names;
use crate::object::cast;
use crate::types::{Tuple, TupleExt, weakref};

/// A class whose order has been replaced: the class, the order before, and the new one.
type Change = (Value, Option<Value>, Value);

/// Replaces `__bases__`.
///
/// # Errors
/// TypeError where the layouts differ or a class would be its own base; what a metaclass's `mro` raises.
pub(crate) fn set_bases(thread: &mut Thread, class: &Object<Type>, bases: &Value) -> Result<()> {
    let new = checked(thread, class, bases)?;
    let best = best_base(&new)?;
    check_base(class, &best)?;
    let payload = class.payload();
    let old_bases = payload.bases.get(class.header());
    let old_base = payload.base.get(class.header());
    lookup::begin_change(thread, class);
    drop(payload.bases.replace(thread, class.header(), Some(bases.clone())));
    drop(payload.base.replace(thread, class.header(), Some(best)));
    let mut changes = Vec::new();
    let result = reorder(thread, class, &mut changes);
    let ours = payload.bases.get(class.header()).is_some_and(|now| now.is(bases));
    if result.is_err() {
        for (changed, before, after) in changes.into_iter().rev() {
            let Some(changed) = cast::<Type>(&changed) else { continue };
            if changed.payload().mro.get(changed.header()).is_some_and(|now| now.is(&after)) {
                drop(changed.payload().mro.replace(thread, changed.header(), before));
            }
        }
        if ours {
            drop(payload.bases.replace(thread, class.header(), old_bases));
            drop(payload.base.replace(thread, class.header(), old_base));
        }
    } else if ours {
        if let Some(old_bases) = old_bases.as_ref().and_then(cast::<Tuple>) {
            for base in old_bases.items().iter().filter_map(cast::<Type>) {
                remove_subclass(thread, base, class);
            }
        }
        for base in new.iter().filter_map(cast::<Type>) {
            let reference = weakref::new_plain(thread, &as_value(class))?;
            add_subclass_value(thread, base, reference);
        }
        let _turn = slot_update::turn();
        slot_update::update(thread, class, None);
    }
    lookup::end_change(thread, class, names::__bases__());
    result
}

/// The classes of a tuple that may become `class`'s bases.
fn checked(thread: &Thread, class: &Object<Type>, bases: &Value) -> Result<Vec<Value>> {
    let Some(tuple) = cast::<Tuple>(bases) else {
        return Err(type_error(format!(
            "can only assign tuple to {}.__bases__, not {}",
            class.name_lossy(),
            class_of(bases).name_lossy()
        )));
    };
    if tuple.items().is_empty() {
        return Err(type_error(format!(
            "can only assign non-empty tuple to {}.__bases__, not ()",
            class.name_lossy()
        )));
    }
    for base in tuple.items() {
        let Some(base_class) = cast::<Type>(base) else {
            return Err(type_error(format!(
                "{}.__bases__ must be tuple of classes, not '{}'",
                class.name_lossy(),
                class_of(base).name_lossy()
            )));
        };
        // An assignment that is still at work has set the base, but not yet the order.
        let has_order = cast::<Tuple>(&base_class.mro_tuple(thread)).is_some();
        if base_class.is_subclass_of(class) || has_order && is_below(base_class, class) {
            return Err(type_error("a __bases__ item causes an inheritance cycle"));
        }
    }
    Ok(tuple.items().to_vec())
}

/// Whether following `__base__` from `class` leads to `other`.
fn is_below(class: &Object<Type>, other: &Object<Type>) -> bool {
    let mut at = as_value(class);
    loop {
        if at.is(&as_value(other)) {
            return true;
        }
        match cast::<Type>(&at).and_then(|class| class.payload().base.get(class.header())) {
            Some(base) => at = base,
            None => return false,
        }
    }
}

/// Raises unless instances of `class` could have been made with `best` for the base.
fn check_base(class: &Object<Type>, best: &Value) -> Result<()> {
    let old = class.payload().base.get(class.header());
    let (Some(best), Some(old)) = (cast::<Type>(best), old.as_ref().and_then(cast::<Type>)) else {
        return Ok(());
    };
    let own_slots = |class: &Object<Type>| class.payload().layout.own_slots(class.payload().flags());
    if std::ptr::eq(best.payload().native, old.payload().native) && own_slots(best) == own_slots(old) {
        return Ok(());
    }
    let made = |class: &Object<Type>| class.payload().flags().contains(ClassFlags::HEAP);
    let what = if made(best) && made(old) { "object layout" } else { "deallocator" };
    Err(type_error(format!(
        "__bases__ assignment: '{}' {what} differs from '{}'",
        best.name_lossy(),
        old.name_lossy()
    )))
}

/// Computes the orders of `class` and of all classes derived from it, and notes what has changed.
fn reorder(thread: &mut Thread, class: &Object<Type>, changes: &mut Vec<Change>) -> Result<()> {
    crate::state::check_stack(thread, "")?;
    let Some((before, after)) = compute_mro(thread, class)? else { return Ok(()) };
    changes.push((as_value(class), before, after));
    for subclass in subclasses(thread, class) {
        if let Some(subclass) = cast::<Type>(&subclass) {
            reorder(thread, subclass, changes)?;
        }
    }
    Ok(())
}
