//! Views on an `OrderedDict`, and the iterator behind them: it notices when keys come, go or move.

use runtime::class::{ClassDef, ClassFlags, Payload, Slots};
use runtime::error::{Result, runtime_error};
use runtime::memory::{Guarded, Slot};
use runtime::native::{self, NativeDef, Object};
use runtime::object::cast;
use runtime::types::dict_views::{self, DictItems, DictKeys, DictValues};
use runtime::types::{Dict, List, Tuple};
use runtime::{Context, Thread, Value};

use crate::support;

/// What a view shows, and an iterator gives.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Kind {
    Keys,
    Values,
    Items,
}

macro_rules! ordered_view {
    ($static:ident $base:ident $name:literal $kind:ident $module:ident $table:ident) => {
        static $table: &[&[NativeDef]] = &[$module::METHODS];

        static $static: ClassDef = runtime::object::derive::<$base>($name, ClassFlags::NO_NEW, 0)
            .with_base_of(<$base as Payload>::def)
            .with_slots(|slots: &Slots| {
                slots.iter.set(|thread, view| iterate_view(thread, view, Kind::$kind, false));
            })
            .with_methods($table);

        #[doc = concat!("Methods of `", $name, "`.")]
        #[native::methods($base, name = $name)]
        mod $module {
            use super::*;

            /// Return a reverse iterator over the view.
            #[name("__reversed__")]
            pub fn reversed(th: &mut Thread, view: &Value) -> Result<Value> {
                iterate_view(th, view, Kind::$kind, true)
            }
        }
    };
}

ordered_view!(ODICT_KEYS DictKeys "odict_keys" Keys keys_methods KEYS_METHODS);
ordered_view!(ODICT_VALUES DictValues "odict_values" Values values_methods VALUES_METHODS);
ordered_view!(ODICT_ITEMS DictItems "odict_items" Items items_methods ITEMS_METHODS);

/// A view.
///
/// # Errors
/// MemoryError.
pub fn view(thread: &Context, dict: &Value, kind: Kind) -> Result<Value> {
    match kind {
        Kind::Keys => DictKeys::of_class(thread, ODICT_KEYS.object(), dict),
        Kind::Values => DictValues::of_class(thread, ODICT_VALUES.object(), dict),
        Kind::Items => DictItems::of_class(thread, ODICT_ITEMS.object(), dict),
    }
}

fn iterate_view(thread: &mut Thread, view: &Value, kind: Kind, reversed: bool) -> Result<Value> {
    match dict_views::dict_of(view) {
        Some(dict) => iterate(thread, dict, kind, reversed),
        None => Ok(Value::none()),
    }
}

/// The iterator over an ordered dict.
#[native::class(
    "odict_iterator",
    disallow_instantiation,
    methods(iterator_methods),
    slots = iterator_slots
)]
pub struct OrderedIterator {
    /// Until it is exhausted.
    #[trace]
    dict: Slot,
    kind: Kind,
    reversed: bool,
    #[trace]
    position: Guarded<usize>,
    version: u64,
}

fn iterator_slots(slots: &Slots) {
    support::iterator(slots, next);
}

/// An iterator.
///
/// # Errors
/// MemoryError.
pub fn iterate(thread: &mut Thread, value: &Value, kind: Kind, reversed: bool) -> Result<Value> {
    let Some(dict) = cast::<Dict>(value) else { return Ok(Value::none()) };
    let version = runtime::types::dict::keys_version(dict);
    let position = Guarded::new(if reversed { usize::MAX } else { 0 });
    let dict = support::slot(value.clone());
    runtime::object::new(thread, OrderedIterator { dict, kind, reversed, position, version })
}

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<OrderedIterator>(value) else { return Ok(None) };
    let this = object.payload();
    let Some(held) = support::get(object, |it| &it.dict) else { return Ok(None) };
    let Some(dict) = cast::<Dict>(&held) else { return Ok(None) };
    if runtime::types::dict::keys_version(dict) != this.version {
        return Err(runtime_error("OrderedDict mutated during iteration"));
    }
    let position = support::read(thread, object, |it| &it.position);
    match step(thread, dict, this, position)? {
        Some((position, item)) => {
            support::write(thread, object, |it| &it.position, position);
            Ok(Some(item))
        }
        None => {
            support::set(thread, object, |it| &it.dict, None);
            Ok(None)
        }
    }
}

/// What stands at a position or behind it, and where to go on.
fn step(
    thread: &Context,
    dict: &Object<Dict>,
    this: &OrderedIterator,
    position: usize,
) -> Result<Option<(usize, Value)>> {
    let table = &dict.payload().table;
    let item = if this.reversed {
        table.previous_entry(thread, dict.header(), position)
    } else {
        table.next_entry(thread, dict.header(), position)
    };
    let Some(item) = item else { return Ok(None) };
    let found = match this.kind {
        Kind::Keys => item.key,
        Kind::Values => item.value,
        Kind::Items => Tuple::of_array(thread, [item.key, item.value])?,
    };
    Ok(Some((item.next, found)))
}

/// Methods of the iterator.
#[native::methods(OrderedIterator, name = "odict_iterator")]
mod iterator_methods {
    use super::*;

    /// Return state information for pickling
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, object: &Object<OrderedIterator>) -> Result<Value> {
        let mut rest = Vec::new();
        let held = support::get(object, |it| &it.dict);
        if let Some(dict) = held.as_ref().and_then(cast::<Dict>) {
            let mut position = support::read(th, object, |it| &it.position);
            while let Some((next, item)) = step(th, dict, object.payload(), position)? {
                rest.push(item);
                position = next;
            }
        }
        let function = runtime::interp::builtin(th, "iter")?;
        let list = List::new(th, rest)?;
        let args = support::tuple(th, vec![list])?;
        support::tuple(th, vec![function, args])
    }
}
