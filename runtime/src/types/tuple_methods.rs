//! Methods and slots of `tuple`.

use memory::{Object, Value};
use text::Builder;
use threads::{Context, Thread};

use super::sequence::{self, Subscript};
use super::{List, Str, Tuple, TupleExt};
use crate::class::{Comparison, Payload, Slots, Type};
use crate::error::{Result, index_error, type_error};
use crate::native::{Args, NativeDef};
use crate::object::{cast, cast_exact, to_value};
use crate::ops;

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[methods::METHODS];

/// Slots.
pub fn slots(slots: &Slots) {
    slots.repr.set(repr);
    slots.hash.set(hash);
    slots.compare.set(compare);
    slots.len.set(|_, value| Ok(cast::<Tuple>(value).map_or(0, TupleExt::len)));
    slots.getitem.set(getitem);
    slots.contains.set(contains);
    slots.iter.set(super::iterators::of_tuple);
    slots.concat.set(concat);
    slots.repeat.set(repeat);
}

fn items(value: &Value) -> &[Value] {
    cast::<Tuple>(value).map_or(&[], TupleExt::items)
}

/// `tuple.__new__`.
///
/// # Errors
/// TypeError for wrong arguments, what iterating raises, MemoryError.
pub fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let exact = Tuple::def().value().is(class);
    let Some(class) = cast::<Type>(class) else {
        return Err(type_error("tuple.__new__(X): X is not a type object"));
    };
    if !args.names.is_empty()
        && (exact || class.payload().slots.init.same(&Tuple::def().object().payload().slots.init))
    {
        return Err(type_error("tuple() takes no keyword arguments"));
    }
    let items = match args.positionals() {
        [] => Vec::new(),
        [tuple] if exact && cast_exact::<Tuple>(tuple).is_some() => return Ok(tuple.clone()),
        [iterable] => match cast_exact::<List>(iterable) {
            Some(list) if exact => return Tuple::of_list(thread, list),
            _ => ops::to_vec(thread, iterable)?,
        },
        more => return Err(type_error(format!("tuple expected at most 1 argument, got {}", more.len()))),
    };
    if exact { Tuple::new(thread, items) } else { Tuple::of_class(thread, class, items.into_iter()) }
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let items = items(value);
    if items.is_empty() {
        return Str::new(thread, "()");
    }
    sequence::guarded_repr(thread, value, "(...)", |thread| {
        let mut text = Builder::with_capacity(items.len() * 4);
        text.push_str("(");
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                text.push_str(", ");
            }
            sequence::push_repr(thread, &mut text, item)?;
        }
        text.push_str(if items.len() == 1 { ",)" } else { ")" });
        Str::from_text(thread, &text.finish())
    })
}

/// The mixing steps of xxHash64, over the hashes of the items.
pub(crate) struct TupleHash(u64);

impl TupleHash {
    const PRIME_1: u64 = 11_400_714_785_074_694_791;
    const PRIME_2: u64 = 14_029_467_366_897_019_727;
    const PRIME_5: u64 = 2_870_177_450_012_600_261;

    pub(crate) fn new() -> Self {
        Self(Self::PRIME_5)
    }

    pub(crate) fn add(&mut self, hash: i64) {
        let mixed = self.0.wrapping_add((hash as u64).wrapping_mul(Self::PRIME_2));
        self.0 = mixed.rotate_left(31).wrapping_mul(Self::PRIME_1);
    }

    pub(crate) fn finish(self, len: usize) -> i64 {
        match self.0.wrapping_add(len as u64 ^ (Self::PRIME_5 ^ 3_527_539)) as i64 {
            -1 => 1_546_275_796,
            hash => hash,
        }
    }
}

fn hash(thread: &mut Thread, value: &Value) -> Result<i64> {
    crate::state::check_stack(thread, " while hashing a tuple")?;
    let Some(tuple) = cast::<Tuple>(value) else { return ops::hash_not_implemented(thread, value) };
    if let Some(hash) = tuple.payload().known_hash() {
        return Ok(hash);
    }
    let mut mixed = TupleHash::new();
    for item in tuple.items() {
        mixed.add(match ops::hash_of_small(item) {
            Some(hash) => hash,
            None => ops::hash(thread, item)?,
        });
    }
    let hash = mixed.finish(tuple.len());
    tuple.payload().keep_hash(hash);
    Ok(hash)
}

/// `a OP b` of tuples; NotImplemented for what is none.
///
/// # Errors
/// What comparing items raises.
pub fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some(a), Some(b)) = (cast::<Tuple>(a), cast::<Tuple>(b)) else {
        return Ok(Value::not_implemented());
    };
    // Tuples of different lengths are compared item by item nevertheless, up to the first difference.
    let (a, b) = (a.items(), b.items());
    for (x, y) in a.iter().zip(b) {
        if !ops::is_or_equals(thread, x, y)? {
            return match op {
                Comparison::Eq => Ok(Value::from_bool(false)),
                Comparison::Ne => Ok(Value::from_bool(true)),
                _ => ops::compare(thread, x, y, op),
            };
        }
    }
    Ok(Value::from_bool(op.holds(a.len().cmp(&b.len()))))
}

fn getitem(thread: &mut Thread, value: &Value, key: &Value) -> Result<Value> {
    let items = items(value);
    match sequence::subscript(thread, "tuple", key)? {
        Subscript::Index(index) => match ops::wrap_index(index, items.len()) {
            Some(index) => Ok(items[index].clone()),
            None => Err(index_error("tuple index out of range")),
        },
        Subscript::Span(span) => {
            let selection = span.select(items.len());
            if selection.count == items.len() && selection.step == 1 && cast_exact::<Tuple>(value).is_some() {
                return Ok(value.clone());
            }
            if selection.step == 1 {
                return Tuple::from_slice(thread, &items[selection.start..selection.start + selection.count]);
            }
            Tuple::from_exact(thread, selection.indices().map(|i| items[i].clone()))
        }
    }
}

fn contains(thread: &mut Thread, value: &Value, item: &Value) -> Result<bool> {
    for candidate in items(value) {
        if ops::is_or_equals(thread, candidate, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn concat(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let Some(right) = cast::<Tuple>(b) else { return Err(sequence::cannot_concatenate("tuple", b)) };
    let (left, right) = (items(a), right.items());
    if left.is_empty() && cast_exact::<Tuple>(b).is_some() {
        return Ok(b.clone());
    }
    if right.is_empty() && cast_exact::<Tuple>(a).is_some() {
        return Ok(a.clone());
    }
    Tuple::of_two(thread, left, right)
}

/// `left + right` of two instances of tuple itself.
///
/// # Errors
/// MemoryError.
pub fn join_two(thread: &Context, left: &Object<Tuple>, right: &Object<Tuple>) -> Result<Value> {
    if left.is_empty() || right.is_empty() {
        return Ok(to_value(if left.is_empty() { right } else { left }));
    }
    Tuple::of_two(thread, left.items(), right.items())
}

/// The items of an instance of tuple itself that `span` selects.
///
/// # Errors
/// MemoryError.
pub fn part(thread: &Context, tuple: &Object<Tuple>, span: sequence::Span) -> Result<Value> {
    let items = tuple.items();
    if span.step != 1 {
        return Tuple::from_exact(thread, span.select(items.len()).indices().map(|i| items[i].clone()));
    }
    let range = sequence::cut(span.start, span.stop, items.len());
    if range.len() == items.len() { Ok(to_value(tuple)) } else { Tuple::from_slice(thread, &items[range]) }
}

/// `value * times`.
///
/// # Errors
/// MemoryError.
pub fn repeat(thread: &mut Thread, value: &Value, times: isize) -> Result<Value> {
    let items = items(value);
    if (items.is_empty() || times == 1) && cast_exact::<Tuple>(value).is_some() {
        return Ok(value.clone());
    }
    let total = sequence::repeated(items.len(), times)?;
    Tuple::repeated(thread, items, total)
}

/// Methods that have no slot.
#[native::methods(Tuple)]
pub mod methods {
    use memory::{Object, Value};
    use threads::Thread;

    use super::{Tuple, TupleExt, ops, sequence};
    use crate::error::{Result, value_error};
    use crate::types::generic_alias;
    use crate::types::sequence::SearchBound;

    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[sig("($self, value, start=0, stop=sys.maxsize, /)")]
    pub fn index(
        th: &mut Thread,
        tuple: &Object<Tuple>,
        value: &Value,
        start: SearchBound,
        stop: SearchBound,
    ) -> Result<usize> {
        let items = tuple.items();
        let start = sequence::search_bound(start.0, items.len());
        let stop = sequence::search_bound(stop.0, items.len()).min(items.len());
        for (i, item) in items.iter().enumerate().take(stop).skip(start) {
            if ops::is_or_equals(th, item, value)? {
                return Ok(i);
            }
        }
        Err(value_error("tuple.index(x): x not in tuple"))
    }

    /// Return number of occurrences of value.
    pub fn count(th: &mut Thread, tuple: &Object<Tuple>, value: &Value) -> Result<usize> {
        let mut found = 0;
        for item in tuple.items() {
            found += usize::from(ops::is_or_equals(th, item, value)?);
        }
        Ok(found)
    }

    /// What pickle and copy pass to `__new__`.
    #[name("__getnewargs__")]
    pub fn getnewargs(th: &mut Thread, tuple: &Object<Tuple>) -> Result<Value> {
        let plain = Tuple::from_slice(th, tuple.items())?;
        Tuple::of_array(th, [plain])
    }

    /// See PEP 585
    #[class_method]
    #[name("__class_getitem__")]
    pub fn class_getitem(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        generic_alias::new(th, class, object)
    }
}
