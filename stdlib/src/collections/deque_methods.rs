//! Methods and slots of `deque`.

use runtime::class::{Comparison, Slots};
use runtime::error::{Raised, Result, index_error, overflow_error, runtime_error, type_error, value_error};
use runtime::native::{self, Args, Object};
use runtime::object::{cast, cast_exact};
use runtime::types::{Str, int, sequence};
use runtime::{Thread, Value, call, class, names, ops};

use super::deque::{Deque, DequeExt, End, Search};
use super::deque_iterators;
use crate::support;

/// Slots.
pub fn slots(slots: &Slots) {
    slots.init.set(init);
    slots.repr.set(repr);
    slots.hash.set(ops::hash_not_implemented);
    slots.compare.set(compare);
    slots.len.set(|thread, value| Ok(cast::<Deque>(value).map_or(0, |deque| deque.len(thread))));
    slots.getitem.set(getitem);
    slots.setitem.set(setitem);
    slots.contains.set(contains);
    slots.iter.set(deque_iterators::forward);
    slots.concat.set(concat);
    slots.repeat.set(|thread, value, times| {
        let copy = copy(thread, value)?;
        repeat(thread, &copy, times)
    });
    slots.inplace_concat.set(|thread, value, other| {
        if let Some(deque) = cast::<Deque>(value) {
            deque.extend(thread, End::Right, other)?;
        }
        Ok(value.clone())
    });
    slots.inplace_repeat.set(repeat);
}

/// `deque.__new__`: an empty deque; `__init__` fills it.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    support::make(thread, class, Deque::default())
}

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let Some(deque) = cast::<Deque>(value) else { return Ok(()) };
    let given = args.values.len();
    if given > 2 {
        return Err(type_error(format!("deque() takes at most 2 arguments ({given} given)")));
    }
    let [mut iterable, mut maxlen] = [args.positionals().first(), args.positionals().get(1)];
    for (name, value) in args.keywords() {
        let name = support::keyword(name);
        let place = match name.as_str() {
            "iterable" => &mut iterable,
            "maxlen" => &mut maxlen,
            _ => return Err(type_error(format!("deque() got an unexpected keyword argument '{name}'"))),
        };
        if place.replace(value).is_some() {
            let place = if name == "iterable" { 1 } else { 2 };
            return Err(type_error(format!(
                "argument for deque() given by name ('{name}') and position ({place})"
            )));
        }
    }
    let maxlen = match maxlen {
        Some(maxlen) if !maxlen.is_none() => {
            if !int::is_int(maxlen) {
                return Err(type_error("an integer is required"));
            }
            let maxlen = index(thread, maxlen)?;
            Some(usize::try_from(maxlen).map_err(|_| value_error("maxlen must be non-negative"))?)
        }
        _ => None,
    };
    deque.reset(thread, maxlen);
    match iterable {
        Some(iterable) => deque.extend(thread, End::Right, iterable),
        None => Ok(()),
    }
}

fn index(thread: &mut Thread, value: &Value) -> Result<isize> {
    ops::index_isize_or(thread, value, |_| overflow_error("Python int too large to convert to C ssize_t"))
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(deque) = cast::<Deque>(value) else { return Ok(Value::none()) };
    sequence::guarded_repr(thread, value, "[...]", |thread| {
        let items = deque.to_vec(thread)?;
        let maxlen = deque.maxlen(thread);
        let list = runtime::types::List::new(thread, items)?;
        let mut text = sequence::Builder::new();
        text.push_str(&support::short_name(value));
        text.push_str("(");
        sequence::push_repr(thread, &mut text, &list)?;
        if let Some(maxlen) = maxlen {
            text.push_str(&format!(", maxlen={maxlen}"));
        }
        text.push_str(")");
        Str::from_text(thread, &text.finish())
    })
}

fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some(left), Some(right)) = (cast::<Deque>(a), cast::<Deque>(b)) else {
        return Ok(Value::not_implemented());
    };
    let lens = (left.len(thread), right.len(thread));
    if matches!(op, Comparison::Eq | Comparison::Ne) && (a.is(b) || lens.0 != lens.1) {
        return Ok(Value::from_bool((op == Comparison::Eq) == a.is(b)));
    }
    let versions = (left.version(thread), right.version(thread));
    let mut at = 0;
    while let (Some(x), Some(y)) = (left.get(thread, at), right.get(thread, at)) {
        if !ops::is_or_equals(thread, &x, &y)? {
            return match op {
                Comparison::Eq => Ok(Value::from_bool(false)),
                Comparison::Ne => Ok(Value::from_bool(true)),
                _ => ops::compare(thread, &x, &y, op),
            };
        }
        if versions != (left.version(thread), right.version(thread)) {
            return Err(mutated());
        }
        at += 1;
        support::poll(thread)?;
    }
    Ok(Value::from_bool(op.holds(lens.0.cmp(&lens.1))))
}

#[cold]
fn mutated() -> Raised {
    runtime_error("deque mutated during iteration")
}

fn key_index(thread: &mut Thread, key: &Value) -> Result<isize> {
    if class::slots_of(key).index.get().is_none() {
        return Err(type_error(format!(
            "sequence index must be integer, not '{}'",
            support::class_name(key)
        )));
    }
    ops::index_isize_or(thread, key, |key| {
        index_error(format!("cannot fit '{}' into an index-sized integer", support::class_name(key)))
    })
}

fn getitem(thread: &mut Thread, value: &Value, key: &Value) -> Result<Value> {
    let at = key_index(thread, key)?;
    let found =
        cast::<Deque>(value).and_then(|deque| deque.get(thread, ops::wrap_index(at, deque.len(thread))?));
    found.ok_or_else(|| index_error("deque index out of range"))
}

fn setitem(thread: &mut Thread, value: &Value, key: &Value, new: Option<&Value>) -> Result<()> {
    let at = key_index(thread, key)?;
    let done = cast::<Deque>(value).and_then(|deque| {
        let at = ops::wrap_index(at, deque.len(thread))?;
        match new {
            Some(new) => deque.replace(thread, at, new.clone()).then_some(()),
            None => deque.remove_at(thread, at).map(drop),
        }
    });
    done.ok_or_else(|| index_error("deque index out of range"))
}

/// The first index of an item that equals `item`; an error if the deque changes meanwhile.
fn find(
    thread: &mut Thread,
    deque: &Object<Deque>,
    item: &Value,
    start: usize,
    stop: usize,
    changed: fn() -> Raised,
) -> Result<Option<usize>> {
    let mut at = start;
    let mut seen = None;
    loop {
        let (next, candidate, version) = match deque.search(thread, item, at, stop) {
            Search::Found(at) => return Ok(Some(at)),
            Search::Nothing => return Ok(None),
            Search::Ask(at, candidate, version) => (at, candidate, version),
        };
        if *seen.get_or_insert(version) != version {
            return Err(changed());
        }
        let same = ops::is_or_equals(thread, &candidate, item)?;
        if deque.version(thread) != version {
            return Err(changed());
        }
        if same {
            return Ok(Some(next));
        }
        at = next + 1;
        support::poll(thread)?;
    }
}

fn contains(thread: &mut Thread, value: &Value, item: &Value) -> Result<bool> {
    match cast::<Deque>(value) {
        Some(deque) => Ok(find(thread, deque, item, 0, usize::MAX, mutated)?.is_some()),
        None => Ok(false),
    }
}

/// A deque like this one, with the same items; of a subclass, what calling it makes.
fn copy(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(deque) = cast::<Deque>(value) else { return Ok(Value::none()) };
    let maxlen = deque.maxlen(thread);
    if cast_exact::<Deque>(value).is_some() {
        let result = runtime::object::new(thread, Deque::default())?;
        if let Some(copy) = cast::<Deque>(&result) {
            copy.reset(thread, maxlen);
            for item in deque.to_vec(thread)? {
                copy.push(thread, End::Right, item)?;
            }
        }
        return Ok(result);
    }
    let class = support::class_value(value);
    let mut args = vec![value.clone()];
    if let Some(maxlen) = maxlen {
        args.push(int::from_i128(thread, maxlen as i128)?);
    }
    let result = call::call_positional(thread, &class, &args)?;
    if cast::<Deque>(&result).is_none() {
        return Err(type_error(format!(
            "{}() must return a deque, not {}",
            support::class_name(value),
            support::class_name(&result)
        )));
    }
    Ok(result)
}

fn concat(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    if cast::<Deque>(b).is_none() {
        return Err(type_error(format!(
            "can only concatenate deque (not \"{}\") to deque",
            support::class_name(b)
        )));
    }
    let result = copy(thread, a)?;
    if let Some(deque) = cast::<Deque>(&result) {
        deque.extend(thread, End::Right, b)?;
    }
    Ok(result)
}

/// Repeats the items in place.
fn repeat(thread: &mut Thread, value: &Value, times: isize) -> Result<Value> {
    let Some(deque) = cast::<Deque>(value) else { return Ok(Value::not_implemented()) };
    let items = deque.to_vec(thread)?;
    if times <= 0 {
        deque.clear(thread);
        return Ok(value.clone());
    }
    let mut times = times as usize;
    if let Some(maxlen) = deque.maxlen(thread)
        && !items.is_empty()
    {
        // What would be pushed out again need not be pushed in.
        times = times.min(maxlen.div_ceil(items.len()) + 1);
    }
    sequence::repeated(items.len(), times as isize)?;
    for _ in 1..times {
        for item in &items {
            deque.push(thread, End::Right, item.clone())?;
        }
        support::poll(thread)?;
    }
    Ok(value.clone())
}

/// Methods.
#[native::methods(Deque)]
pub mod methods {
    use super::*;
    use runtime::types::sequence::SearchBound;

    /// Add an element to the right side of the deque.
    pub fn append(th: &mut Thread, deque: &Object<Deque>, item: Value) -> Result<()> {
        deque.push(th, End::Right, item)
    }

    /// Add an element to the left side of the deque.
    pub fn appendleft(th: &mut Thread, deque: &Object<Deque>, item: Value) -> Result<()> {
        deque.push(th, End::Left, item)
    }

    /// Remove all elements from the deque.
    pub fn clear(th: &mut Thread, deque: &Object<Deque>) {
        deque.clear(th);
    }

    /// Return a shallow copy of a deque.
    pub fn copy(th: &mut Thread, deque: &Value) -> Result<Value> {
        super::copy(th, deque)
    }

    /// Return a shallow copy of a deque.
    #[name("__copy__")]
    pub fn shallow_copy(th: &mut Thread, deque: &Value) -> Result<Value> {
        super::copy(th, deque)
    }

    /// Return number of occurrences of value.
    pub fn count(th: &mut Thread, deque: &Object<Deque>, value: &Value) -> Result<usize> {
        // In one piece as far as no Python is asked: an item that moves meanwhile is not met twice.
        let (mut found, mut at, mut seen) = (0, 0, None);
        loop {
            let (more, rest) = deque.tally(th, value, at);
            found += more;
            let Search::Ask(next, candidate, version) = rest else { return Ok(found) };
            if *seen.get_or_insert(version) != version {
                return Err(mutated());
            }
            found += usize::from(ops::is_or_equals(th, &candidate, value)?);
            if deque.version(th) != version {
                return Err(mutated());
            }
            at = next + 1;
            support::poll(th)?;
        }
    }

    /// Extend the right side of the deque with elements from the iterable.
    pub fn extend(th: &mut Thread, deque: &Object<Deque>, iterable: &Value) -> Result<()> {
        deque.extend(th, End::Right, iterable)
    }

    /// Extend the left side of the deque with elements from the iterable.
    pub fn extendleft(th: &mut Thread, deque: &Object<Deque>, iterable: &Value) -> Result<()> {
        deque.extend(th, End::Left, iterable)
    }

    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[sig("($self, value, start=0, stop=sys.maxsize, /)", hidden)]
    pub fn index(
        th: &mut Thread,
        deque: &Object<Deque>,
        value: &Value,
        start: SearchBound,
        stop: SearchBound,
    ) -> Result<usize> {
        let len = deque.len(th);
        let start = sequence::search_bound(start.0, len);
        let stop = sequence::search_bound(stop.0, len);
        find(th, deque, value, start, stop, mutated)?
            .ok_or_else(|| value_error("deque.index(x): x not in deque"))
    }

    /// Insert value before index.
    pub fn insert(th: &mut Thread, deque: &Object<Deque>, index: isize, value: Value) -> Result<()> {
        if deque.insert(th, index, value)? {
            Ok(())
        } else {
            Err(index_error("deque already at its maximum size"))
        }
    }

    /// Remove and return the rightmost element.
    pub fn pop(th: &mut Thread, deque: &Object<Deque>) -> Result<Value> {
        deque.pop(th, End::Right).ok_or_else(|| index_error("pop from an empty deque"))
    }

    /// Remove and return the leftmost element.
    pub fn popleft(th: &mut Thread, deque: &Object<Deque>) -> Result<Value> {
        deque.pop(th, End::Left).ok_or_else(|| index_error("pop from an empty deque"))
    }

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, deque: &Value) -> Result<Value> {
        let maxlen = cast::<Deque>(deque).and_then(|deque| deque.maxlen(th));
        let state = call::call_method(th, deque, names::__getstate__(), &[])?;
        let iterator = ops::iter(th, deque)?;
        let args = match maxlen {
            Some(maxlen) => {
                let empty = support::tuple(th, Vec::new())?;
                vec![empty, int::from_i128(th, maxlen as i128)?]
            }
            None => Vec::new(),
        };
        let args = support::tuple(th, args)?;
        support::tuple(th, vec![support::class_value(deque), args, state, iterator])
    }

    /// Remove first occurrence of value.
    pub fn remove(th: &mut Thread, deque: &Object<Deque>, value: &Value) -> Result<()> {
        let changed = || index_error("deque mutated during remove().");
        match find(th, deque, value, 0, usize::MAX, changed)? {
            Some(at) => {
                drop(deque.remove_at(th, at));
                Ok(())
            }
            None => Err(value_error("deque.remove(x): x not in deque")),
        }
    }

    /// Return a reverse iterator over the deque.
    #[name("__reversed__")]
    pub fn reversed(th: &mut Thread, deque: &Value) -> Result<Value> {
        deque_iterators::backward(th, deque)
    }

    /// Reverse *IN PLACE*.
    pub fn reverse(th: &mut Thread, deque: &Object<Deque>) {
        deque.reverse(th);
    }

    /// Rotate the deque n steps to the right.  If n is negative, rotates left.
    #[sig("($self, n=1, /)")]
    pub fn rotate(th: &mut Thread, deque: &Object<Deque>, n: isize) {
        deque.rotate(th, n);
    }

    /// Return the size of the deque in memory, in bytes.
    #[name("__sizeof__")]
    pub fn sizeof(th: &mut Thread, deque: &Object<Deque>) -> usize {
        size_of::<Object<Deque>>() + deque.buffer_bytes(th)
    }

    /// See PEP 585
    #[class_method]
    #[name("__class_getitem__")]
    pub fn class_getitem(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        runtime::types::generic_alias::new(th, class, object)
    }

    /// maximum size of a deque or None if unbounded
    #[getter]
    pub fn maxlen(th: &mut Thread, deque: &Object<Deque>) -> Option<usize> {
        deque.maxlen(th)
    }
}
