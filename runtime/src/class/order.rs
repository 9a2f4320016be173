//! Method resolution orders.

use memory::{Object, Value};
use threads::Thread;

use super::bases::{best_base, extends_layout};
use super::{ClassFlags, Type, TypeExt, as_value, class_of, lookup};
use crate::error::{Result, type_error};
use crate::native::Args;
use crate::object::cast;
use crate::types::{Tuple, TupleExt};
use crate::{call, names};

/// C3 linearization of `bases`' orders.
///
/// # Errors
/// TypeError if there is none.
fn linearize(thread: &mut Thread, class: Value, bases: &[Value]) -> Result<Vec<Value>> {
    let mut sequences: Vec<Vec<Value>> = Vec::new();
    for base in bases {
        let Some(base_class) = cast::<Type>(base) else {
            return Err(type_error("bases must be types"));
        };
        let order = base_class.mro_tuple(thread);
        let Some(order) = cast::<Tuple>(&order) else {
            // Its metaclass's `mro` is still at work.
            return Err(type_error(format!(
                "Cannot extend an incomplete type '{}'",
                base_class.name_lossy()
            )));
        };
        sequences.push(order.items().to_vec());
    }
    for (i, base) in bases.iter().enumerate() {
        if bases[..i].iter().any(|other| other.is(base)) {
            let name = cast::<Type>(base).map(TypeExt::name_lossy).unwrap_or_default();
            return Err(type_error(format!("duplicate base class {name}")));
        }
    }
    sequences.push(bases.to_vec());
    let mut positions = vec![0; sequences.len()];
    let mut order = vec![class];
    loop {
        let mut candidate = None;
        let mut left = false;
        for (sequence, &position) in sequences.iter().zip(&positions) {
            let Some(head) = sequence.get(position) else { continue };
            left = true;
            let blocked = sequences.iter().zip(&positions).any(|(other, &at)| {
                other.get(at + 1..).is_some_and(|tail| tail.iter().any(|value| value.is(head)))
            });
            if !blocked {
                candidate = Some(head.clone());
                break;
            }
        }
        let Some(next) = candidate else {
            if !left {
                return Ok(order);
            }
            let names: Vec<String> = sequences
                .iter()
                .zip(&positions)
                .filter_map(|(sequence, &at)| sequence.get(at))
                .fold(Vec::<Value>::new(), |mut seen, value| {
                    if !seen.iter().any(|other| other.is(value)) {
                        seen.push(value.clone());
                    }
                    seen
                })
                .iter()
                .filter_map(cast::<Type>)
                .map(TypeExt::name_lossy)
                .collect();
            return Err(type_error(format!(
                "Cannot create a consistent method resolution order (MRO) for bases {}",
                names.join(", ")
            )));
        };
        for (sequence, position) in sequences.iter().zip(&mut positions) {
            if sequence.get(*position).is_some_and(|head| head.is(&next)) {
                *position += 1;
            }
        }
        order.push(next);
    }
}

/// Sets the method resolution order, by the metaclass's `mro` if it has one of its own. Answers the order that was replaced
/// and the new one; nothing if the program's `mro` has led to another order meanwhile, which then stays.
///
/// # Errors
/// TypeError if there is no order, or what `mro` raises.
pub(super) fn compute_mro(
    thread: &mut Thread,
    class: &Object<Type>,
) -> Result<Option<(Option<Value>, Value)>> {
    let before = class.payload().mro.get(class.header());
    let value = as_value(class);
    let meta = class_of(&value);
    let order = if std::ptr::eq(meta, <Type as super::Payload>::def().object()) {
        default_mro(thread, class)?
    } else {
        match lookup::lookup_special(thread, &value, names::mro())? {
            Some(method) => {
                let result = call::call(thread, &method, Args::none())?;
                let order = crate::ops::to_vec(thread, &result)?;
                let bases = class.payload().bases.get(class.header());
                let solid =
                    best_base(bases.as_ref().and_then(cast::<Tuple>).map_or(&[][..], |bases| bases.items()))?;
                for entry in &order {
                    let Some(base) = cast::<Type>(entry) else {
                        return Err(type_error(format!(
                            "mro() returned a non-class ('{}')",
                            class_of(entry).name_lossy()
                        )));
                    };
                    if !is_ancestor(class, base) {
                        class.payload().set_flag(ClassFlags::FOREIGN_ORDER, true);
                    }
                    // The class itself has no order yet to be asked about.
                    if !std::ptr::eq(class, base) && !extends_layout(cast(&solid).unwrap_or(class), base) {
                        return Err(type_error(format!(
                            "mro() returned base with unsuitable layout ('{}')",
                            base.name_lossy()
                        )));
                    }
                }
                order
            }
            None => default_mro(thread, class)?,
        }
    };
    let order = Tuple::new(thread, order)?;
    let now = class.payload().mro.get(class.header());
    if now.as_ref().map(Value::word) != before.as_ref().map(Value::word) {
        return Ok(None);
    }
    drop(class.payload().mro.replace(thread, class.header(), Some(order.clone())));
    Ok(Some((before, order)))
}

/// Whether following `__bases__` from `class` leads to `other`.
fn is_ancestor(class: &Object<Type>, other: &Object<Type>) -> bool {
    let mut seen: Vec<Value> = vec![as_value(class)];
    let mut next = 0;
    while let Some(at) = seen.get(next).and_then(cast::<Type>) {
        if std::ptr::eq(at, other) {
            return true;
        }
        let bases = at.payload().bases.get(at.header());
        for base in bases.as_ref().and_then(cast::<Tuple>).map_or(&[][..], |bases| bases.items()) {
            if !seen.iter().any(|known| known.is(base)) {
                seen.push(base.clone());
            }
        }
        next += 1;
    }
    false
}

/// What `type.mro` answers.
///
/// # Errors
/// TypeError if there is no order.
pub fn default_mro(thread: &mut Thread, class: &Object<Type>) -> Result<Vec<Value>> {
    let bases = class.payload().bases.get(class.header()).unwrap_or_else(Value::none);
    let bases = cast::<Tuple>(&bases).map(|bases| bases.items().to_vec()).unwrap_or_default();
    linearize(thread, as_value(class), &bases)
}
