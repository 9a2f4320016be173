//! `enumerate`: the items of an iterable with their numbers.

use memory::word::Word;
use memory::{Object, Slot, StackRef, Trace, Value, Visitor};
use num_bigint::BigInt;
use threads::sync::atomic::{AtomicI64, Ordering};
use threads::{Context, Thread};

use super::{Str, StrExt, Tuple, int, iterators, sequence};
use crate::class::{ClassFlags, Slots};
use crate::error::{Result, type_error};
use crate::native::{Args, NativeDef};
use crate::object::cast;
use crate::ops;

/// The payload: the iterator, and the number that is next.
pub struct Enumerate {
    iterator: Value,
    /// The next number, as long as it fits a machine word; the greatest from then on.
    small: AtomicI64,
    /// The next number from then on.
    number: Slot,
}

// SAFETY: both once.
unsafe impl Trace for Enumerate {
    const NAME: &'static str = "enumerate";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.value(&self.iterator);
        visitor.slot(&self.number);
    }
}

static METHODS: &[&[NativeDef]] = &[methods::METHODS];

crate::class_def!(
    Enumerate,
    "enumerate",
    ClassFlags::BASETYPE,
    with_doc(
        "Return an enumerate object.\n\n  iterable\n    an object supporting iteration\n\nThe enumerate object yields pairs containing a count (from start, which\ndefaults to zero) and a value yielded by the iterable argument.\n\nenumerate is useful for obtaining an indexed list:\n    (0, seq[0]), (1, seq[1]), (2, seq[2]), ..."
    ),
    with_signature("(iterable, start=0)"),
    with_slots(slots),
    with_new(new),
    with_methods(METHODS)
);

fn slots(slots: &Slots) {
    slots.iter.set(|_, value| Ok(value.clone()));
    slots.next.set(next);
}

fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let given = args.values.len();
    if given > 2 {
        return Err(type_error(format!("enumerate() takes at most 2 arguments ({given} given)")));
    }
    let (mut iterable, mut start) = (None, None);
    for (i, value) in args.positionals().iter().enumerate() {
        *if i == 0 { &mut iterable } else { &mut start } = Some(value);
    }
    for (name, value) in args.keywords() {
        let text = cast::<Str>(name).map(StrExt::to_string_lossy).unwrap_or_default();
        let place = match text.as_str() {
            "iterable" if iterable.is_none() => &mut iterable,
            "start" if start.is_none() && (given == 2 || iterable.is_some()) => &mut start,
            _ => return Err(type_error(format!("'{text}' is an invalid keyword argument for enumerate()"))),
        };
        *place = Some(value);
    }
    let Some(iterable) = iterable else {
        return Err(type_error("enumerate() missing required argument 'iterable'"));
    };
    let number = match start {
        Some(start) => Some(ops::index(thread, start)?),
        None => None,
    };
    let small = number.as_ref().map_or(Some(0), int::to_i64);
    let number = Slot::new(if small.is_some() { None } else { number });
    let small = AtomicI64::new(small.unwrap_or(i64::MAX));
    let class = sequence::class_for(class)?;
    let iterator = ops::iter(thread, iterable)?;
    crate::object::new_of(thread, class, Enumerate { iterator, small, number })
}

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<Enumerate>(value) else { return Ok(None) };
    match next_pair(thread, object)? {
        Some(pair) => Tuple::of_array(thread, pair).map(Some),
        None => Ok(None),
    }
}

/// The next number and item where both are to be had at sight, the item as for [`iterators::borrow_next`].
#[inline(always)]
pub(crate) fn borrow_next_pair(thread: &Context, object: &Object<Enumerate>) -> Option<(Word, StackRef)> {
    let this = object.payload();
    let small = this.small.load(Ordering::Relaxed); // threads that share one may get a number twice
    // What does not fit a word has neighbours that do not.
    let (number, _) = (Word::from_int(small)?, Word::from_int(small + 1)?);
    let item = iterators::borrow_next(thread, &this.iterator);
    if item.is_empty() {
        return None;
    }
    this.small.store(small + 1, Ordering::Relaxed);
    Some((number, item))
}

/// The next number and item, which `next()` puts into a tuple.
///
/// # Errors
/// What the iterator raises.
pub(crate) fn next_pair(thread: &mut Thread, object: &Object<Enumerate>) -> Result<Option<[Value; 2]>> {
    let this = object.payload();
    let Some(item) = ops::next(thread, &this.iterator)? else { return Ok(None) };
    let large = this.number.get(object.header());
    if large.is_none() {
        let small = this.small.load(Ordering::Relaxed); // threads that share one may get a number twice
        if let Some(following) = small.checked_add(1) {
            this.small.store(following, Ordering::Relaxed);
            return Ok(Some([int::from_i64(thread, small)?, item]));
        }
    }
    let number = next_number(thread, object, large)?;
    let following = int::to_bigint(&number).unwrap_or_default() + BigInt::from(1);
    let following = int::from_bigint(thread, following)?;
    drop(this.number.replace(thread, object.header(), Some(following)));
    Ok(Some([number, item]))
}

/// The number that is next: `large`, or a small one.
fn next_number(thread: &Context, object: &Object<Enumerate>, large: Option<Value>) -> Result<Value> {
    match large {
        Some(large) => Ok(large),
        None => int::from_i64(thread, object.payload().small.load(Ordering::Relaxed)), // see above
    }
}

/// Methods that have no slot.
#[native::methods(Enumerate)]
mod methods {
    use super::{Enumerate, Tuple};
    use crate::class::{as_value, class_of};
    use crate::error::Result;
    use crate::native::{Object, Thread, Value};
    use crate::object::to_value;
    use crate::types::generic_alias;

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, object: &Object<Enumerate>) -> Result<Value> {
        let class = as_value(class_of(&to_value(object)));
        let number = super::next_number(th, object, object.payload().number.get(object.header()))?;
        let args = Tuple::of_array(th, [object.payload().iterator.clone(), number])?;
        Tuple::of_array(th, [class, args])
    }

    /// 'enumerate' objects are generic over the type of their values
    #[class_method]
    #[name("__class_getitem__")]
    pub fn class_getitem(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        generic_alias::new(th, class, object)
    }
}
