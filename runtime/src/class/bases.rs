//! Which bases go together: the layout of instances decides.

use memory::{Object, Value};

use super::{ClassDef, ClassFlags, Type, TypeExt, as_value};
use crate::error::{Result, type_error};
use crate::object::cast;

/// The base whose native part and slots a new class takes over.
pub(super) fn best_base(bases: &[Value]) -> Result<Value> {
    let mut best: Option<&Object<Type>> = None;
    for base in bases {
        let Some(base) = cast::<Type>(base) else {
            return Err(type_error("bases must be types"));
        };
        if !base.payload().flags().contains(ClassFlags::BASETYPE) {
            return Err(type_error(format!("type '{}' is not an acceptable base type", base.name_lossy())));
        }
        best = Some(match best {
            None => base,
            Some(best) if extends_layout(best, base) => best,
            Some(best) if extends_layout(base, best) => base,
            Some(_) => return Err(type_error("multiple bases have instance lay-out conflict")),
        });
    }
    Ok(as_value(best.unwrap_or_else(|| crate::types::Instance::def_static().object())))
}

/// Whether instances of `class` can be used where the layout of `other` is expected.
pub(super) fn extends_layout(class: &Object<Type>, other: &Object<Type>) -> bool {
    let (mine, theirs) = (class.payload(), other.payload());
    let own_slots = theirs.layout.own_slots(theirs.flags());
    native_extends(mine.native, theirs.native)
        && (own_slots == 0
            || cast::<Type>(&with_last_slots(other)).is_some_and(|base| class.is_subclass_of(base)))
}

/// The class, or the nearest of its bases, whose `__slots__` were the last to add any.
fn with_last_slots(class: &Object<Type>) -> Value {
    let own_slots = |class: &Object<Type>| class.payload().layout.own_slots(class.payload().flags());
    let mut at = as_value(class);
    loop {
        let base = cast::<Type>(&at).and_then(|class| {
            let base = class.payload().base.get(class.header())?;
            (own_slots(cast(&base)?) == own_slots(class)).then_some(base)
        });
        match base {
            Some(base) => at = base,
            None => return at,
        }
    }
}

fn native_extends(class: &'static ClassDef, other: &'static ClassDef) -> bool {
    if std::ptr::eq(other, crate::types::Instance::def_static()) {
        return true;
    }
    // A native type without a payload of its own adds nothing to the layout of those that are derived from it.
    if other.desc.size_bytes == size_of::<memory::Header>() && class.is_or_extends(other) {
        return true;
    }
    // Classes of one payload, as all exceptions are, differ by the members that they add.
    let mut solid = other;
    while solid.cell.members.is_empty()
        && let Some(base) = solid.base()
        && std::ptr::eq(base.desc, solid.desc)
    {
        solid = base;
    }
    class.desc.is_or_extends(other.desc) && class.is_or_extends(solid)
}
