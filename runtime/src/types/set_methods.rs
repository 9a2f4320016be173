//! Methods and slots of `set` and `frozenset`, and their iterator.

use containers::set::Item;
use memory::{Object, Slot, Trace, Value, Visitor};
use text::Builder;
use threads::sync::atomic::{AtomicUsize, Ordering};
use threads::{Context, Thread};

use super::set::{self, FrozenSet, Keys, Set, SetExt, hash_element, keys};
use super::{Dict, DictExt, List, Str, Tuple, sequence};
use crate::class::{BinaryOp, ClassFlags, Comparison, Payload, Slots, Type, TypeExt, class_of};
use crate::error::{Result, TYPE_ERROR, key_error, memory_error, runtime_error, type_error};
use crate::iterate::Iteration;
use crate::native::{Args, NativeDef};
use crate::object::{cast, cast_exact};
use crate::{call, names, ops};

/// Methods of set.
pub static METHODS: &[&[NativeDef]] = &[common::METHODS, methods::METHODS];
/// Methods of frozenset.
pub static FROZEN_METHODS: &[&[NativeDef]] = &[frozen_common::METHODS, frozen_methods::METHODS];

fn common_slots(slots: &Slots) {
    slots.repr.set(repr);
    slots.compare.set(compare);
    slots.len.set(|_, value| Ok(keys(value).map_or(0, Keys::len)));
    slots.contains.set(contains);
    slots.iter.set(iterate);
    slots.binary[BinaryOp::Subtract as usize].set(|thread, a, b| operate(thread, a, b, difference));
    slots.binary[BinaryOp::And as usize].set(|thread, a, b| operate(thread, a, b, intersection));
    slots.binary[BinaryOp::Or as usize].set(|thread, a, b| operate(thread, a, b, union));
    slots.binary[BinaryOp::Xor as usize].set(|thread, a, b| operate(thread, a, b, symmetric_difference));
}

/// Slots of set.
pub fn slots(slots: &Slots) {
    common_slots(slots);
    slots.init.set(init);
    slots.hash.set(ops::hash_not_implemented);
    slots.inplace[BinaryOp::Subtract as usize]
        .set(|thread, a, b| inplace(thread, a, b, set::difference_update));
    slots.inplace[BinaryOp::And as usize].set(|thread, a, b| inplace(thread, a, b, intersection_update));
    slots.inplace[BinaryOp::Or as usize].set(|thread, a, b| inplace(thread, a, b, set::update));
    slots.inplace[BinaryOp::Xor as usize]
        .set(|thread, a, b| inplace(thread, a, b, set::symmetric_difference_update));
}

/// Slots of frozenset.
pub fn frozen_slots(slots: &Slots) {
    common_slots(slots);
    slots.hash.set(hash);
}

/// `set.__new__`: an empty set; `__init__` fills it.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    match cast::<Type>(class) {
        Some(class) => Set::of_class(thread, class),
        None => Err(type_error("set.__new__(X): X is not a type object")),
    }
}

fn one_or_none<'a>(args: Args<'a>, name: &str) -> Result<Option<&'a Value>> {
    match args.positionals() {
        [] => Ok(None),
        [iterable] => Ok(Some(iterable)),
        more => Err(type_error(format!("{name} expected at most 1 argument, got {}", more.len()))),
    }
}

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let Some(object) = cast::<Set>(value) else { return Ok(()) };
    if !args.names.is_empty() {
        return Err(type_error("set() takes no keyword arguments"));
    }
    let iterable = one_or_none(args, "set")?;
    object.clear(thread);
    match iterable {
        Some(iterable) => set::update(thread, object, iterable),
        None => Ok(()),
    }
}

/// `frozenset.__new__`.
///
/// # Errors
/// TypeError for wrong arguments, what iterating and hashing raise, MemoryError.
pub fn new_frozen(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let def = FrozenSet::def();
    let exact = def.value().is(class);
    let Some(class) = cast::<Type>(class) else {
        return Err(type_error("frozenset.__new__(X): X is not a type object"));
    };
    let own = &def.object().payload().slots;
    if !args.names.is_empty() && (exact || class.payload().slots.init.same(&own.init)) {
        return Err(type_error("frozenset() takes no keyword arguments"));
    }
    let iterable = one_or_none(args, "frozenset")?;
    if exact {
        return match iterable {
            Some(iterable) => set::new_frozen_from(thread, iterable),
            None => FrozenSet::new(thread),
        };
    }
    let result = crate::object::new_of(thread, class, FrozenSet::default())?;
    if let (Some(object), Some(iterable)) = (cast::<FrozenSet>(&result), iterable) {
        set::update(thread, object, iterable)?;
    }
    Ok(result)
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let name = class_of(value).name_lossy();
    let inside = format!("{name}(...)");
    sequence::guarded_repr(thread, value, &inside, |thread| {
        let elements = keys(value).map(|keys| keys.to_vec(thread)).unwrap_or_default();
        if elements.is_empty() {
            return Str::new(thread, &format!("{name}()"));
        }
        let plain = cast_exact::<Set>(value).is_some();
        let mut text = Builder::new();
        if !plain {
            text.push_str(&name);
            text.push_str("(");
        }
        text.push_str("{");
        for (i, (_, element)) in elements.iter().enumerate() {
            if i > 0 {
                text.push_str(", ");
            }
            sequence::push_repr(thread, &mut text, element)?;
        }
        text.push_str(if plain { "}" } else { "})" });
        Str::from_text(thread, &text.finish())
    })
}

fn hash(thread: &mut Thread, value: &Value) -> Result<i64> {
    let known = cast::<FrozenSet>(value).map_or(0, |set| set.payload().known_hash());
    if known != 0 {
        return Ok(known);
    }
    let hash = hash_of_keys(thread, value);
    if let Some(set) = cast::<FrozenSet>(value) {
        set.payload().note_hash(hash);
    }
    Ok(hash)
}

/// The hash of a frozenset with these keys: it does not depend on their order.
fn hash_of_keys(thread: &Context, value: &Value) -> i64 {
    let shuffled = |hash: u64| ((hash ^ 89_869_747) ^ (hash << 16)).wrapping_mul(3_644_798_167);
    let elements = keys(value).map(|keys| keys.to_vec(thread)).unwrap_or_default();
    let mut mixed = elements.iter().fold(0, |mixed, &(hash, _)| mixed ^ shuffled(hash as u64));
    mixed ^= (elements.len() as u64 + 1).wrapping_mul(1_927_868_237);
    mixed ^= (mixed >> 11) ^ (mixed >> 25);
    match mixed.wrapping_mul(69_069).wrapping_add(907_133_923) as i64 {
        -1 => 590_923_713,
        hash => hash,
    }
}

fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some(left), Some(right)) = (keys(a), keys(b)) else { return Ok(Value::not_implemented()) };
    let result = match op {
        Comparison::Eq => equal(thread, a, b)?,
        Comparison::Ne => !equal(thread, a, b)?,
        Comparison::Le => all_in(thread, left, right)?,
        Comparison::Ge => all_in(thread, right, left)?,
        Comparison::Lt => left.len() < right.len() && all_in(thread, left, right)?,
        Comparison::Gt => right.len() < left.len() && all_in(thread, right, left)?,
    };
    Ok(Value::from_bool(result))
}

fn equal(thread: &mut Thread, a: &Value, b: &Value) -> Result<bool> {
    let (Some(left), Some(right)) = (keys(a), keys(b)) else { return Ok(false) };
    if left.len() != right.len() {
        return Ok(false);
    }
    if let (Some(a), Some(b)) = (cast::<FrozenSet>(a), cast::<FrozenSet>(b)) {
        let (a, b) = (a.payload().known_hash(), b.payload().known_hash());
        if a != 0 && b != 0 && a != b {
            return Ok(false);
        }
    }
    all_in(thread, left, right)
}

fn all_in(thread: &mut Thread, some: Keys<'_>, others: Keys<'_>) -> Result<bool> {
    if some.len() > others.len() {
        return Ok(false);
    }
    let mut position = 0;
    while let Some(item) = some.next(thread, position) {
        if !others.contains(thread, &item.key, item.hash)? {
            return Ok(false);
        }
        position = item.next;
    }
    Ok(true)
}

fn contains(thread: &mut Thread, value: &Value, item: &Value) -> Result<bool> {
    match keys(value) {
        Some(keys) => is_in(thread, keys, item),
        None => Ok(false),
    }
}

/// Whether `item` is among the keys of a set.
///
/// # Errors
/// What hashing and comparing raise.
pub fn is_in(thread: &mut Thread, keys: Keys<'_>, item: &Value) -> Result<bool> {
    let hash = hash_or_frozen(thread, item)?;
    keys.contains(thread, item, hash)
}

/// The hash of what is looked for: a set, which has none, is looked for as the frozenset that equals it.
fn hash_or_frozen(thread: &mut Thread, item: &Value) -> Result<i64> {
    match hash_element(thread, item) {
        Err(raised) if raised.is(&TYPE_ERROR) && cast::<Set>(item).is_some() => {
            Ok(hash_of_keys(thread, item))
        }
        other => other,
    }
}

/// An empty set, or frozenset if `like` is one.
fn empty_like(thread: &Context, like: &Value) -> Result<Value> {
    if cast::<FrozenSet>(like).is_some() { FrozenSet::new(thread) } else { Set::new(thread) }
}

/// A copy, as an exact set or frozenset.
fn copy(thread: &mut Thread, value: &Value) -> Result<Value> {
    let table = set::table_of(thread, value)?;
    if cast::<FrozenSet>(value).is_some() {
        crate::object::new(thread, FrozenSet::with_table(table))
    } else {
        crate::object::new(thread, Set::with_table(table))
    }
}

/// What is being made: either kind.
enum Making<'a> {
    Set(&'a Object<Set>),
    Frozen(&'a Object<FrozenSet>),
}

impl<'a> Making<'a> {
    fn of(value: &'a Value) -> Option<Self> {
        cast::<Set>(value).map(Self::Set).or_else(|| cast::<FrozenSet>(value).map(Self::Frozen))
    }

    fn add(&self, thread: &mut Thread, key: Value, hash: i64) -> Result<()> {
        match self {
            Self::Set(set) => set.add_known(thread, key, hash).map(drop),
            Self::Frozen(set) => set.add_known(thread, key, hash).map(drop),
        }
    }

    fn update(&self, thread: &mut Thread, other: &Value) -> Result<()> {
        match self {
            Self::Set(object) => set::update(thread, object, other),
            Self::Frozen(object) => set::update(thread, object, other),
        }
    }

    fn symmetric_difference_update(&self, thread: &mut Thread, other: &Value) -> Result<()> {
        match self {
            Self::Set(object) => set::symmetric_difference_update(thread, object, other),
            Self::Frozen(object) => set::symmetric_difference_update(thread, object, other),
        }
    }
}

fn union(thread: &mut Thread, value: &Value, other: &Value) -> Result<Value> {
    let result = copy(thread, value)?;
    if let Some(making) = Making::of(&result)
        && !value.is(other)
    {
        making.update(thread, other)?;
    }
    Ok(result)
}

fn difference(thread: &mut Thread, value: &Value, other: &Value) -> Result<Value> {
    let result = empty_like(thread, value)?;
    let (Some(making), Some(elements)) = (Making::of(&result), keys(value)) else { return Ok(result) };
    // What is to be left out, where it can be asked.
    let temporary;
    let dict = cast_exact::<Dict>(other);
    let left_out = match (keys(other), dict) {
        (Some(keys), _) => Some(keys),
        (None, Some(_)) => None,
        (None, None) => {
            temporary = set::new_from(thread, other)?;
            keys(&temporary)
        }
    };
    let mut position = 0;
    while let Some(item) = elements.next(thread, position) {
        let there = match (left_out, dict) {
            (Some(keys), _) => keys.contains(thread, &item.key, item.hash)?,
            (None, Some(dict)) => dict.get_hashed(thread, &item.key, item.hash)?.is_some(),
            (None, None) => false,
        };
        if !there {
            making.add(thread, item.key, item.hash)?;
        }
        position = item.next;
    }
    Ok(result)
}

fn intersection(thread: &mut Thread, value: &Value, other: &Value) -> Result<Value> {
    if value.is(other) {
        return copy(thread, value);
    }
    let result = empty_like(thread, value)?;
    let (Some(making), Some(elements)) = (Making::of(&result), keys(value)) else { return Ok(result) };
    if let Some(others) = keys(other) {
        let (through, asked) =
            if others.len() > elements.len() { (elements, others) } else { (others, elements) };
        let mut position = 0;
        while let Some(item) = through.next(thread, position) {
            if asked.contains(thread, &item.key, item.hash)? {
                making.add(thread, item.key, item.hash)?;
            }
            position = item.next;
        }
        return Ok(result);
    }
    ops::for_each(thread, other, |thread, key| {
        let hash = hash_element(thread, &key)?;
        if elements.contains(thread, &key, hash)? {
            making.add(thread, key, hash)?;
        }
        Ok(())
    })?;
    Ok(result)
}

fn symmetric_difference(thread: &mut Thread, value: &Value, other: &Value) -> Result<Value> {
    let result = empty_like(thread, value)?;
    if let Some(making) = Making::of(&result) {
        making.update(thread, other)?;
        making.symmetric_difference_update(thread, value)?;
    }
    Ok(result)
}

fn intersection_update(thread: &mut Thread, object: &Object<Set>, other: &Value) -> Result<()> {
    let value = crate::object::to_value(object);
    let common = intersection(thread, &value, other)?;
    replace_all(thread, object, &common)
}

/// Puts the elements of `of` in the place of those of `object`, at once.
fn replace_all(thread: &mut Thread, object: &Object<Set>, of: &Value) -> Result<()> {
    let elements = keys(of).map(|keys| keys.to_vec(thread)).unwrap_or_default();
    let (cleared, result) = object.edit(thread, |edit| {
        let cleared = edit.clear();
        let result = elements.into_iter().try_for_each(|(hash, key)| edit.add(hash, key));
        (cleared, result)
    });
    drop(cleared);
    result.map_err(|_| memory_error())
}

fn operate(
    thread: &mut Thread,
    a: &Value,
    b: &Value,
    f: fn(&mut Thread, &Value, &Value) -> Result<Value>,
) -> Result<Value> {
    if set::is_set(a) && set::is_set(b) { f(thread, a, b) } else { Ok(Value::not_implemented()) }
}

fn inplace(
    thread: &mut Thread,
    a: &Value,
    b: &Value,
    f: fn(&mut Thread, &Object<Set>, &Value) -> Result<()>,
) -> Result<Value> {
    match cast::<Set>(a) {
        Some(object) if set::is_set(b) => {
            f(thread, object, b)?;
            Ok(a.clone())
        }
        _ => Ok(Value::not_implemented()),
    }
}

fn is_subset(thread: &mut Thread, value: &Value, other: &Value) -> Result<bool> {
    let Some(elements) = keys(value) else { return Ok(false) };
    if let Some(others) = keys(other) {
        return all_in(thread, elements, others);
    }
    let common = intersection(thread, value, other)?;
    Ok(keys(&common).map_or(0, Keys::len) == elements.len())
}

fn is_superset(thread: &mut Thread, value: &Value, other: &Value) -> Result<bool> {
    let Some(elements) = keys(value) else { return Ok(false) };
    if let Some(others) = keys(other) {
        return all_in(thread, others, elements);
    }
    let mut others = Iteration::over(thread, other)?;
    while let Some(key) = others.next(thread)? {
        let hash = hash_element(thread, &key)?;
        if !elements.contains(thread, &key, hash)? {
            return Ok(false);
        }
        ops::memory_poll(thread)?;
    }
    Ok(true)
}

fn is_disjoint(thread: &mut Thread, value: &Value, other: &Value) -> Result<bool> {
    let Some(elements) = keys(value) else { return Ok(true) };
    if let Some(others) = keys(other) {
        if elements.same(others) {
            return Ok(elements.is_empty());
        }
        let (through, asked) =
            if others.len() > elements.len() { (elements, others) } else { (others, elements) };
        let mut position = 0;
        while let Some(item) = through.next(thread, position) {
            if asked.contains(thread, &item.key, item.hash)? {
                return Ok(false);
            }
            position = item.next;
        }
        return Ok(true);
    }
    let mut others = Iteration::over(thread, other)?;
    while let Some(key) = others.next(thread)? {
        let hash = hash_element(thread, &key)?;
        if elements.contains(thread, &key, hash)? {
            return Ok(false);
        }
        ops::memory_poll(thread)?;
    }
    Ok(true)
}

fn reduce(thread: &mut Thread, value: &Value) -> Result<Value> {
    let elements = keys(value).map(|keys| keys.to_vec(thread)).unwrap_or_default();
    let elements = List::new(thread, elements.into_iter().map(|(_, key)| key).collect())?;
    let args = Tuple::of_array(thread, [elements])?;
    let state = call::call_method(thread, value, names::__getstate__(), &[])?;
    Tuple::of_array(thread, [crate::class::as_value(class_of(value)), args, state])
}

fn sizeof(value: &Value) -> usize {
    let table = match (cast::<Set>(value), cast::<FrozenSet>(value)) {
        (Some(set), _) => set.payload().table.table_bytes(),
        (None, Some(set)) => set.payload().table.table_bytes(),
        (None, None) => 0,
    };
    size_of::<Object<Set>>() + table
}

macro_rules! common_methods {
    ($module:ident $payload:ident $name:literal $generic:literal) => {
        /// Methods that both types have.
        #[native::methods($payload, name = $name)]
        mod $module {
            use super::{SetExt, hash_or_frozen, $payload};
            use crate::error::Result;
            use crate::native::{Object, Rest, Thread, Value};
            use crate::object::to_value;

            /// x.__contains__(y) <==> y in x.
            #[name("__contains__")]
            pub fn contains(th: &mut Thread, set: &Object<$payload>, object: &Value) -> Result<bool> {
                let hash = hash_or_frozen(th, object)?;
                set.keys().contains(th, object, hash)
            }

            /// Return a new set with elements in the set that are not in the others.
            #[sig("($self, /, *others)")]
            pub fn difference(th: &mut Thread, set: &Object<$payload>, others: Rest<'_>) -> Result<Value> {
                if others.is_empty() {
                    return super::copy(th, &to_value(set));
                }
                let mut result = to_value(set);
                for other in others {
                    result = super::difference(th, &result, other)?;
                }
                Ok(result)
            }

            /// Return a new set with elements common to the set and all others.
            #[sig("($self, /, *others)")]
            pub fn intersection(th: &mut Thread, set: &Object<$payload>, others: Rest<'_>) -> Result<Value> {
                if others.is_empty() {
                    return super::copy(th, &to_value(set));
                }
                let mut result = to_value(set);
                for other in others {
                    result = super::intersection(th, &result, other)?;
                }
                Ok(result)
            }

            /// Return True if two sets have a null intersection.
            pub fn isdisjoint(th: &mut Thread, set: &Object<$payload>, other: &Value) -> Result<bool> {
                super::is_disjoint(th, &to_value(set), other)
            }

            /// Report whether another set contains this set.
            pub fn issubset(th: &mut Thread, set: &Object<$payload>, other: &Value) -> Result<bool> {
                super::is_subset(th, &to_value(set), other)
            }

            /// Report whether this set contains another set.
            pub fn issuperset(th: &mut Thread, set: &Object<$payload>, other: &Value) -> Result<bool> {
                super::is_superset(th, &to_value(set), other)
            }

            /// Return state information for pickling.
            #[name("__reduce__")]
            pub fn reduce(th: &mut Thread, set: &Object<$payload>) -> Result<Value> {
                super::reduce(th, &to_value(set))
            }

            /// S.__sizeof__() -> size of S in memory, in bytes.
            #[name("__sizeof__")]
            pub fn sizeof(set: &Object<$payload>) -> usize {
                super::sizeof(&to_value(set))
            }

            /// Return a new set with elements in either the set or other but not both.
            pub fn symmetric_difference(
                th: &mut Thread,
                set: &Object<$payload>,
                other: &Value,
            ) -> Result<Value> {
                super::symmetric_difference(th, &to_value(set), other)
            }

            /// Return a new set with elements from the set and all others.
            #[sig("($self, /, *others)")]
            pub fn union(th: &mut Thread, set: &Object<$payload>, others: Rest<'_>) -> Result<Value> {
                let result = super::copy(th, &to_value(set))?;
                if let Some(making) = super::Making::of(&result) {
                    for other in others {
                        making.update(th, other)?;
                    }
                }
                Ok(result)
            }

            #[doc = $generic]
            #[class_method]
            #[name("__class_getitem__")]
            pub fn class_getitem(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
                crate::types::generic_alias::new(th, class, object)
            }
        }
    };
}

common_methods!(common Set "set" "sets are generic over the type of their elements");
common_methods!(frozen_common FrozenSet "frozenset" "frozensets are generic over the type of their elements");

/// Methods of frozenset.
#[native::methods(FrozenSet, name = "frozenset")]
mod frozen_methods {
    use super::{FrozenSet, cast_exact};
    use crate::error::Result;
    use crate::native::{Thread, Value};

    /// Return a shallow copy of a set.
    pub fn copy(th: &mut Thread, set: &Value) -> Result<Value> {
        if cast_exact::<FrozenSet>(set).is_some() { Ok(set.clone()) } else { super::copy(th, set) }
    }
}

/// Methods of set.
#[native::methods(Set, name = "set")]
mod methods {
    use super::{Set, SetExt, hash_or_frozen, key_error, set};
    use crate::error::Result;
    use crate::native::{Object, Rest, Thread, Value};
    use crate::object::to_value;

    /// Return a shallow copy of a set.
    pub fn copy(th: &mut Thread, set: &Value) -> Result<Value> {
        super::copy(th, set)
    }

    /// Add an element to a set.
    ///
    /// This has no effect if the element is already present.
    pub fn add(th: &mut Thread, set: &Object<Set>, object: &Value) -> Result<()> {
        set.add(th, object).map(drop)
    }

    /// Remove all elements from this set.
    pub fn clear(th: &mut Thread, set: &Object<Set>) {
        set.clear(th);
    }

    /// Remove an element from a set if it is a member.
    ///
    /// Unlike set.remove(), the discard() method does not raise
    /// an exception when an element is missing from the set.
    pub fn discard(th: &mut Thread, set: &Object<Set>, object: &Value) -> Result<()> {
        let hash = hash_or_frozen(th, object)?;
        set.discard_hashed(th, object, hash).map(drop)
    }

    /// Remove an element from a set; it must be a member.
    ///
    /// If the element is not a member, raise a KeyError.
    pub fn remove(th: &mut Thread, set: &Object<Set>, object: &Value) -> Result<()> {
        let hash = hash_or_frozen(th, object)?;
        if set.discard_hashed(th, object, hash)? { Ok(()) } else { Err(key_error(object)) }
    }

    /// Remove and return an arbitrary set element.
    ///
    /// Raises KeyError if the set is empty.
    pub fn pop(th: &mut Thread, set: &Object<Set>) -> Result<Value> {
        set.edit(th, |edit| edit.pop()).ok_or_else(|| key_error("pop from an empty set"))
    }

    /// Update the set, removing elements found in others.
    #[sig("($self, /, *others)")]
    pub fn difference_update(th: &mut Thread, set: &Object<Set>, others: Rest<'_>) -> Result<()> {
        others.iter().try_for_each(|other| set::difference_update(th, set, other))
    }

    /// Update the set, keeping only elements found in it and all others.
    #[sig("($self, /, *others)")]
    pub fn intersection_update(th: &mut Thread, set: &Object<Set>, others: Rest<'_>) -> Result<()> {
        let mut common = to_value(set);
        for other in others {
            common = super::intersection(th, &common, other)?;
        }
        if others.is_empty() { Ok(()) } else { super::replace_all(th, set, &common) }
    }

    /// Update the set, keeping only elements found in either set, but not in both.
    pub fn symmetric_difference_update(th: &mut Thread, set: &Object<Set>, other: &Value) -> Result<()> {
        set::symmetric_difference_update(th, set, other)
    }

    /// Update the set, adding elements from all others.
    #[sig("($self, /, *others)")]
    pub fn update(th: &mut Thread, set: &Object<Set>, others: Rest<'_>) -> Result<()> {
        others.iter().try_for_each(|other| set::update(th, set, other))
    }
}

/// The payload of `set_iterator`: the set until it is exhausted, the position that is next, the size, how many are left.
pub struct SetIterator {
    set: Slot,
    position: AtomicUsize,
    size: AtomicUsize,
    left: AtomicUsize,
}

// SAFETY: the slot once.
unsafe impl Trace for SetIterator {
    const NAME: &'static str = "set_iterator";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.set);
    }
}

static ITERATOR_METHODS: &[&[NativeDef]] = &[iterator_methods::METHODS];

crate::class_def!(
    SetIterator,
    "set_iterator",
    ClassFlags::NO_NEW,
    with_slots(|slots: &Slots| {
        slots.iter.set(|_, value| Ok(value.clone()));
        slots.next.set(|thread, value| match cast::<SetIterator>(value) {
            Some(iterator) => Ok(advance(thread, iterator)?.map(|item| item.key)),
            None => Ok(None),
        });
    }),
    with_methods(ITERATOR_METHODS)
);

fn iterate(thread: &mut Thread, value: &Value) -> Result<Value> {
    let size = keys(value).map_or(0, Keys::len);
    let iterator = SetIterator {
        set: Slot::new(Some(value.clone())),
        position: AtomicUsize::new(0),
        size: AtomicUsize::new(size),
        left: AtomicUsize::new(size),
    };
    crate::object::new(thread, iterator)
}

fn advance(thread: &Context, iterator: &Object<SetIterator>) -> Result<Option<Item>> {
    let this = iterator.payload();
    // Relaxed, as for dicts.
    let found = {
        // SAFETY: nothing between here and the end of the block reaches a safepoint or replaces the set.
        let Some(set) = (unsafe { this.set.view(thread, iterator.header()) }) else { return Ok(None) };
        let Some(keys) = keys(&set) else { return Ok(None) };
        if keys.len() != this.size.load(Ordering::Relaxed) {
            this.size.store(usize::MAX, Ordering::Relaxed);
            return Err(runtime_error("Set changed size during iteration"));
        }
        keys.next(thread, this.position.load(Ordering::Relaxed))
    };
    match found {
        Some(item) => {
            this.position.store(item.next, Ordering::Relaxed);
            this.left.store(this.left.load(Ordering::Relaxed).saturating_sub(1), Ordering::Relaxed);
            Ok(Some(item))
        }
        None => {
            drop(this.set.replace(thread, iterator.header(), None));
            Ok(None)
        }
    }
}

/// Methods of the iterator.
#[native::methods(SetIterator, name = "set_iterator")]
mod iterator_methods {
    use super::{Ordering, SetIterator, keys};
    use crate::error::Result;
    use crate::native::{Object, Thread, Value};
    use crate::types::{List, Tuple};

    /// Private method returning an estimate of len(list(it)).
    #[name("__length_hint__")]
    pub fn length_hint(iterator: &Object<SetIterator>) -> usize {
        let this = iterator.payload();
        let set = this.set.get(iterator.header());
        match set.as_ref().and_then(keys) {
            Some(keys) if keys.len() == this.size.load(Ordering::Relaxed) => {
                this.left.load(Ordering::Relaxed)
            }
            _ => 0,
        }
    }

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, iterator: &Object<SetIterator>) -> Result<Value> {
        let this = iterator.payload();
        let mut rest = Vec::new();
        let set = this.set.get(iterator.header());
        if let Some(keys) = set.as_ref().and_then(keys) {
            let mut position = this.position.load(Ordering::Relaxed);
            while let Some(item) = keys.next(th, position) {
                rest.push(item.key);
                position = item.next;
            }
        }
        let function = crate::interp::builtin(th, "iter")?;
        let list = List::new(th, rest)?;
        let args = Tuple::of_array(th, [list])?;
        Tuple::of_array(th, [function, args])
    }
}
