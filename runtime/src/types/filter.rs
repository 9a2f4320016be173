//! `filter`: the items of an iterable that a function holds for.

use memory::{Trace, Value, Visitor};
use threads::Thread;

use super::{Bool, Tuple, sequence};
use crate::class::{ClassFlags, Payload, Slots};
use crate::error::{Result, type_error};
use crate::native::{Args, NativeDef};
use crate::object::cast;
use crate::{call, ops};

/// The payload of a filter.
pub struct Filter {
    function: Value,
    iterator: Value,
}

// SAFETY: both once.
unsafe impl Trace for Filter {
    const NAME: &'static str = "filter";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.value(&self.function);
        visitor.value(&self.iterator);
    }
}

static METHODS: &[&[NativeDef]] = &[methods::METHODS];

crate::class_def!(
    Filter,
    "filter",
    ClassFlags::BASETYPE,
    with_doc(
        "Return an iterator yielding those items of iterable for which\nfunction(item) is true.  If function is None, return the items that\nare true."
    ),
    with_signature("(function, iterable, /)"),
    with_slots(|slots: &Slots| {
        slots.iter.set(|_, value| Ok(value.clone()));
        slots.next.set(next);
    }),
    with_new(new),
    with_methods(METHODS)
);

fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let class_object = sequence::class_for(class)?;
    let exact = Filter::def().value().is(class);
    if !args.names.is_empty()
        && (exact || class_object.payload().slots.init.same(&Filter::def().object().payload().slots.init))
    {
        return Err(type_error("filter() takes no keyword arguments"));
    }
    let [function, iterable] = args.positionals() else {
        return Err(type_error(format!("filter expected 2 arguments, got {}", args.positionals().len())));
    };
    let iterator = ops::iter(thread, iterable)?;
    crate::object::new_of(thread, class_object, Filter { function: function.clone(), iterator })
}

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(filter) = cast::<Filter>(value) else { return Ok(None) };
    let Filter { function, iterator } = filter.payload();
    let plain = function.is_none() || Bool::def().value().is(function);
    while let Some(item) = ops::next(thread, iterator)? {
        let holds = if plain {
            ops::is_true(thread, &item)?
        } else {
            let answer = call::call_one(thread, function, &item)?;
            ops::is_true(thread, &answer)?
        };
        if holds {
            return Ok(Some(item));
        }
        ops::memory_poll(thread)?;
    }
    Ok(None)
}

/// Methods that have no slot.
#[native::methods(Filter)]
mod methods {
    use super::{Filter, Tuple};
    use crate::class::{as_value, class_of};
    use crate::error::Result;
    use crate::native::{Object, Thread, Value};
    use crate::object::to_value;

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, filter: &Object<Filter>) -> Result<Value> {
        let Filter { function, iterator } = filter.payload();
        let class = as_value(class_of(&to_value(filter)));
        let args = Tuple::of_array(th, [function.clone(), iterator.clone()])?;
        Tuple::of_array(th, [class, args])
    }
}
