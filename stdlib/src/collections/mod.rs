//! `_collections`: what `collections` is built on.
//!
//! | file           | concept                                                   |
//! |----------------|-----------------------------------------------------------|
//! | `deque`        | a queue with two ends; `deque_methods`, `deque_iterators` |
//! | `defaultdict`  | a dict that makes missing values                          |
//! | `ordered_dict` | a dict whose order counts; `ordered_views`                |
//! | `tuplegetter`  | the fields of named tuples                                |

mod defaultdict;
mod deque;
mod deque_iterators;
mod deque_methods;
mod ordered_dict;
mod ordered_views;
mod tuplegetter;

pub use module::MODULE;

/// High performance data structures.
/// - deque:        ordered collection accessible from endpoints only
/// - defaultdict:  dict subclass with a default value factory
#[runtime::native::module(
    "_collections",
    classes(
        super::deque::Deque,
        super::deque_iterators::DequeIterator,
        super::deque_iterators::DequeReverseIterator,
        super::tuplegetter::TupleGetter
    )
)]
pub mod module {
    use runtime::class::BinaryOp;
    use runtime::error::Result;
    use runtime::object::{cast, cast_exact};
    use runtime::types::{Dict, DictExt, Str, int, module};
    use runtime::{Thread, Value, call, class, ops};

    use crate::support;

    /// Adds the types whose payload is a dict's.
    #[init]
    pub fn exec(th: &mut Thread, this: &Value) -> Result<()> {
        let namespace = module::dict(th, this)?;
        if let Some(dict) = cast::<Dict>(&namespace) {
            for (name, def) in [
                ("defaultdict", &super::defaultdict::DEFAULT_DICT),
                ("OrderedDict", &super::ordered_dict::ORDERED_DICT),
            ] {
                let name = Str::interned(th, name)?;
                dict.set_str(th, &name, def.value())?;
            }
        }
        Ok(())
    }

    /// Count elements in the iterable, updating the mapping.
    pub fn _count_elements(th: &mut Thread, mapping: &Value, iterable: &Value) -> Result<()> {
        let one = int::from_i64(th, 1)?;
        let plain = cast_exact::<Dict>(mapping).or_else(|| {
            // A subclass that changes neither `get` nor `__setitem__` is counted in like a dict.
            let of_dict = <Dict as class::Payload>::def().object();
            let class = class::class_of(mapping);
            let same = [runtime::names::get(), runtime::names::__setitem__()].into_iter().all(|name| {
                let (found, own) =
                    (class::TypeExt::lookup(class, th, name), class::TypeExt::lookup(of_dict, th, name));
                matches!((&found, &own), (Some(found), Some(own)) if found.is(own))
            });
            cast::<Dict>(mapping).filter(|_| same)
        });
        if let Some(dict) = plain {
            return ops::for_each(th, iterable, |thread, key| {
                let hash = runtime::types::dict::hash_key(thread, &key)?;
                let count = match dict.get_hashed(thread, &key, hash)? {
                    Some(count) if let Some(small) = count.as_int() => int::from_i64(thread, small + 1)?,
                    Some(count) => ops::binary(thread, &count, &one, BinaryOp::Add)?,
                    None => one.clone(),
                };
                dict.set_hashed(thread, &key, hash, count)
            });
        }
        let get = class::lookup::getattr(th, mapping, runtime::names::get())?;
        let zero = int::from_i64(th, 0)?;
        ops::for_each(th, iterable, |thread, key| {
            let count = call::call_positional(thread, &get, &[key.clone(), zero.clone()])?;
            let count = ops::binary(thread, &count, &one, BinaryOp::Add)?;
            support::poll(thread)?;
            ops::setitem(thread, mapping, &key, Some(&count))
        })
    }
}
