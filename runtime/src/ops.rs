//! Operations on values of any type: what the operators and the simplest built-in functions do.

mod binary;
mod equality;

use crate::types::ListExt;
use crate::types::StrExt;
use crate::types::TupleExt;
use memory::Value;
use memory::word::Word;
use num_bigint::BigInt;
use threads::Thread;

use crate::class::lookup::call_special;
use crate::class::{Comparison, Shape, Type, TypeExt, class_of, slots_of};
use crate::error::{INDEX_ERROR, Raised, Result, TYPE_ERROR, overflow_error, type_error, value_error};
use crate::iterate::Iteration;
pub use crate::iterate::next;
use crate::names;
use crate::object::{cast, cast_exact};
use crate::state::check_stack;
use crate::types::{self, List, Str, Tuple, int};
pub use binary::{binary, divmod, inplace, power};
pub(crate) use binary::{binary_after_left, inplace_after_left};
pub use equality::equals_natively;

/// `bool(value)`.
///
/// # Errors
/// What `__bool__` or `__len__` raises.
#[inline]
pub fn is_true(thread: &mut Thread, value: &Value) -> Result<bool> {
    match value.word() {
        Word::TRUE => Ok(true),
        Word::FALSE | Word::NONE => Ok(false),
        word if word.is_int() => Ok(word.int_payload() != 0),
        _ => is_true_slow(thread, value),
    }
}

fn is_true_slow(thread: &mut Thread, value: &Value) -> Result<bool> {
    check_stack(thread, "")?;
    let slots = slots_of(value);
    if let Some(bool) = slots.bool.get() {
        return bool(thread, value);
    }
    match slots.len.get() {
        Some(len) => Ok(len(thread, value)? != 0),
        None => Ok(true),
    }
}

/// `repr(value)`: a str.
///
/// # Errors
/// What `__repr__` raises; RecursionError.
pub fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    check_stack(thread, " while getting the repr of an object")?;
    memory_poll(thread)?;
    match slots_of(value).repr.get() {
        Some(repr) => repr(thread, value),
        None => types::instance::default_repr(thread, value),
    }
}

/// `repr(value)` as Rust text, with what is no valid Unicode replaced.
///
/// # Errors
/// As [`repr`].
pub fn repr_text(thread: &mut Thread, value: &Value) -> Result<String> {
    let text = repr(thread, value)?;
    Ok(cast::<Str>(&text).map(|text| text.to_string_lossy()).unwrap_or_default())
}

/// `str(value)`: a str.
///
/// # Errors
/// What `__str__` raises.
pub fn str(thread: &mut Thread, value: &Value) -> Result<Value> {
    if cast_exact::<Str>(value).is_some() {
        return Ok(value.clone());
    }
    check_stack(thread, " while getting the str of an object")?;
    match slots_of(value).str.get() {
        Some(str) => str(thread, value),
        None => repr(thread, value),
    }
}

/// `str(value)` as Rust text.
///
/// # Errors
/// As `str`.
pub fn str_text(thread: &mut Thread, value: &Value) -> Result<String> {
    let text = str(thread, value)?;
    Ok(cast::<Str>(&text).map(|text| text.to_string_lossy()).unwrap_or_default())
}

/// Ints below this, whatever their sign, are their own hash: all but -1.
const SMALL_HASH: u64 = 1 << 60;

/// `hash(value)`.
///
/// # Errors
/// TypeError for what has no hash, or what `__hash__` raises.
#[inline]
pub fn hash(thread: &mut Thread, value: &Value) -> Result<i64> {
    if let Some(text) = cast_exact::<Str>(value) {
        return Ok(types::str::hash(text));
    }
    if let Some(hash) = hash_of_small(value) {
        return Ok(hash);
    }
    if let Some(hash) = cast_exact::<Tuple>(value).and_then(|tuple| tuple.payload().known_hash()) {
        return Ok(hash);
    }
    if let Some(hash) = hash_by_address(value) {
        return Ok(hash);
    }
    hash_by_slot(thread, value)
}

/// The hash of an object whose class hashes as `object` does.
#[inline(always)]
pub fn hash_by_address(value: &Value) -> Option<i64> {
    let class = Shape::of(value.header()?).known_class()?;
    let of_object = &types::Instance::def_static().object().payload().slots.hash;
    class.payload().slots.hash.same(of_object).then(|| types::int::hash_of_address(value))
}

fn hash_by_slot(thread: &mut Thread, value: &Value) -> Result<i64> {
    match slots_of(value).hash.get() {
        Some(hash) => {
            if check_stack(thread, "").is_err() {
                check_stack(
                    thread,
                    if cast::<Tuple>(value).is_some() { " while hashing a tuple" } else { "" },
                )?;
            }
            hash(thread, value)
        }
        None => Err(unhashable(value)),
    }
}

/// The hash of a small int, which is itself.
#[inline(always)]
pub fn hash_of_small(value: &Value) -> Option<i64> {
    let number = value.as_int().filter(|number| number.unsigned_abs() < SMALL_HASH)?;
    Some(if number == -1 { -2 } else { number })
}

/// The `hash` slot of classes without a hash.
///
/// # Errors
/// TypeError.
pub fn hash_not_implemented(_: &mut Thread, value: &Value) -> Result<i64> {
    Err(unhashable(value))
}

/// "unhashable type: 'X'".
#[cold]
pub fn unhashable(value: &Value) -> Raised {
    type_error(format!("unhashable type: '{}'", class_of(value).name_lossy()))
}

/// `a OP b` of a comparison.
///
/// # Errors
/// TypeError where an order is asked of what has none, or what the methods raise.
pub fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    check_stack(thread, " in comparison")?;
    let (class_a, class_b) = (class_of(a), class_of(b));
    let mut reflected_done = false;
    if !std::ptr::eq(class_a, class_b)
        && class_b.is_subclass_of(class_a)
        && let Some(compare) = class_b.payload().slots.compare.get()
    {
        reflected_done = true;
        let result = compare(thread, b, a, op.swapped())?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
    }
    if let Some(compare) = class_a.payload().slots.compare.get() {
        let result = compare(thread, a, b, op)?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
    }
    if reflected_done { compare_identities(a, b, op) } else { compare_after_left(thread, a, b, op) }
}

/// What is left of [`compare`] once the special method of `a` has not answered, and that of `b` has not been asked.
///
/// # Errors
/// As [`compare`].
pub(crate) fn compare_after_left(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    if let Some(compare) = slots_of(b).compare.get() {
        let result = compare(thread, b, a, op.swapped())?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
    }
    compare_identities(a, b, op)
}

/// The answer where no class has one.
fn compare_identities(a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    match op {
        Comparison::Eq => Ok(Value::from_bool(a.is(b))),
        Comparison::Ne => Ok(Value::from_bool(!a.is(b))),
        _ => Err(type_error(format!(
            "'{}' not supported between instances of '{}' and '{}'",
            op.symbol(),
            class_of(a).name_lossy(),
            class_of(b).name_lossy()
        ))),
    }
}

/// Whether the class of `value` compares as `object` does.
#[inline(always)]
fn compares_by_identity(value: &Value) -> bool {
    let of_object = &types::Instance::def_static().object().payload().slots.compare;
    class_of(value).payload().slots.compare.same(of_object)
}

/// Whether `a OP b` holds.
///
/// # Errors
/// As [`compare`], or what `__bool__` of the result raises.
pub fn compare_bool(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<bool> {
    if let (Some(a), Some(b)) = (a.as_int(), b.as_int()) {
        return Ok(op.holds(a.cmp(&b)));
    }
    if let (Some(a), Some(b)) = (a.word().as_float(), b.word().as_float())
        && let Some(ordering) = a.partial_cmp(&b)
    {
        return Ok(op.holds(ordering));
    }
    if matches!(op, Comparison::Eq | Comparison::Ne) && compares_by_identity(a) && compares_by_identity(b) {
        return Ok(a.is(b) == (op == Comparison::Eq));
    }
    let result = compare(thread, a, b, op)?;
    is_true(thread, &result)
}

/// Whether `a is b or a == b`, as containers ask.
///
/// # Errors
/// As [`compare`].
#[inline]
pub fn is_or_equals(thread: &mut Thread, a: &Value, b: &Value) -> Result<bool> {
    match equals_natively(a, b) {
        Some(equal) => Ok(equal),
        None => compare_bool(thread, a, b, Comparison::Eq),
    }
}

/// Which unary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum UnaryOp {
    Negative,
    Positive,
    Invert,
}

/// `-x`, `+x`, `~x`.
///
/// # Errors
/// TypeError, or what the method raises.
pub fn unary(thread: &mut Thread, value: &Value, op: UnaryOp) -> Result<Value> {
    check_stack(thread, "")?;
    let slots = slots_of(value);
    let (slot, symbol) = match op {
        UnaryOp::Negative => (&slots.negative, "-"),
        UnaryOp::Positive => (&slots.positive, "+"),
        UnaryOp::Invert => (&slots.invert, "~"),
    };
    match slot.get() {
        Some(f) => f(thread, value),
        None => Err(type_error(format!(
            "bad operand type for unary {symbol}: '{}'",
            class_of(value).name_lossy()
        ))),
    }
}

/// `abs(value)`.
///
/// # Errors
/// TypeError, or what `__abs__` raises.
pub fn absolute(thread: &mut Thread, value: &Value) -> Result<Value> {
    match slots_of(value).absolute.get() {
        Some(f) => f(thread, value),
        None => Err(type_error(format!("bad operand type for abs(): '{}'", class_of(value).name_lossy()))),
    }
}

/// `operator.index(value)`: an int (or a subclass's instance).
///
/// # Errors
/// TypeError, or what `__index__` raises.
#[inline]
pub fn index(thread: &mut Thread, value: &Value) -> Result<Value> {
    if value.word().is_int() {
        return Ok(value.clone());
    }
    index_slow(thread, value)
}

fn index_slow(thread: &mut Thread, value: &Value) -> Result<Value> {
    if int::is_int(value) {
        return Ok(value.clone());
    }
    let Some(index) = slots_of(value).index.get() else {
        return Err(type_error(format!(
            "'{}' object cannot be interpreted as an integer",
            class_of(value).name_lossy()
        )));
    };
    let result = index(thread, value)?;
    if int::is_exact(&result) {
        return Ok(result);
    }
    if !int::is_int(&result) {
        return Err(type_error(format!(
            "__index__ returned non-int (type {})",
            class_of(&result).name_lossy()
        )));
    }
    crate::hooks::warn(
        thread,
        &crate::error::DEPRECATION_WARNING,
        &format!(
            "__index__ returned non-int (type {}).  The ability to return an instance of a strict subclass of int is deprecated, and may be removed in a future version of Python.",
            class_of(&result).name_lossy()
        ),
        1,
    )?;
    Ok(result)
}

/// `operator.index(value)`, clipped to what an `isize` holds.
///
/// # Errors
/// As [`index`].
#[inline]
pub fn index_clipped(thread: &mut Thread, value: &Value) -> Result<isize> {
    if let Some(small) = value.as_int() {
        return Ok(small as isize);
    }
    let value = index(thread, value)?;
    Ok(int::to_isize_clipped(&value))
}

/// `operator.index(value)` as an `isize`.
///
/// # Errors
/// As [`index`]; OverflowError.
pub fn index_isize(thread: &mut Thread, value: &Value) -> Result<isize> {
    index_isize_or(thread, value, |value| {
        overflow_error(format!("cannot fit '{}' into an index-sized integer", class_of(value).name_lossy()))
    })
}

/// `operator.index(value)` as an `isize`, with the caller's error for what does not fit.
///
/// # Errors
/// As [`index`]; `too_large`.
pub fn index_isize_or(
    thread: &mut Thread,
    value: &Value,
    too_large: impl FnOnce(&Value) -> Raised,
) -> Result<isize> {
    if let Some(small) = value.as_int() {
        return Ok(small as isize);
    }
    let number = index(thread, value)?;
    int::to_i128(&number).and_then(|wide| isize::try_from(wide).ok()).ok_or_else(|| too_large(value))
}

/// `operator.index(value)` as a wide integer; what does not even fit there is out of every machine type's range.
///
/// # Errors
/// As [`index`].
pub fn index_i128(thread: &mut Thread, value: &Value) -> Result<i128> {
    if let Some(small) = value.as_int() {
        return Ok(small.into());
    }
    let number = index(thread, value)?;
    Ok(int::to_i128(&number).unwrap_or(if int::is_negative(&number) { i128::MIN } else { i128::MAX }))
}

/// `operator.index(value)` as a big integer.
///
/// # Errors
/// As [`index`].
pub fn index_bigint(thread: &mut Thread, value: &Value) -> Result<BigInt> {
    let number = index(thread, value)?;
    Ok(int::to_bigint(&number).unwrap_or_default())
}

/// What `__len__` returned, as a length.
///
/// # Errors
/// ValueError for a negative one, OverflowError, TypeError.
pub fn length_from(thread: &mut Thread, result: &Value) -> Result<usize> {
    let number = index(thread, result)?;
    if crate::types::int::is_negative(&number) {
        return Err(value_error("__len__() should return >= 0"));
    }
    Ok(index_isize(thread, &number)? as usize)
}

/// `len(value)`.
///
/// # Errors
/// TypeError, or what `__len__` raises.
#[inline]
pub fn len(thread: &mut Thread, value: &Value) -> Result<usize> {
    match slots_of(value).len.get() {
        Some(len) => {
            check_stack(thread, "")?;
            len(thread, value)
        }
        None => Err(type_error(format!("object of type '{}' has no len()", class_of(value).name_lossy()))),
    }
}

/// `iter(value)`.
///
/// # Errors
/// TypeError, or what `__iter__` raises.
#[inline]
pub fn iter(thread: &mut Thread, value: &Value) -> Result<Value> {
    check_stack(thread, "")?;
    let slots = slots_of(value);
    match slots.iter.get() {
        Some(iter) => {
            let iterator = iter(thread, value)?;
            if slots_of(&iterator).next.get().is_none() {
                return Err(type_error(format!(
                    "iter() returned non-iterator of type '{}'",
                    class_of(&iterator).name_lossy()
                )));
            }
            Ok(iterator)
        }
        None if slots.getitem.get().is_some()
            && !class_of(value).payload().flags().contains(crate::class::ClassFlags::DICT)
            && types::sequence_iterator::is_sequence(value) =>
        {
            types::sequence_iterator::new(thread, value)
        }
        None => Err(type_error(format!("'{}' object is not iterable", class_of(value).name_lossy()))),
    }
}

/// Calls `f` with each item of an iterable.
///
/// # Errors
/// What iterating or `f` raises.
pub fn for_each(
    thread: &mut Thread,
    iterable: &Value,
    mut f: impl FnMut(&mut Thread, Value) -> Result<()>,
) -> Result<()> {
    let mut iteration = Iteration::over(thread, iterable)?;
    while let Some(item) = iteration.next(thread)? {
        f(thread, item)?;
        memory_poll(thread)?;
    }
    Ok(())
}

/// The items of an iterable.
///
/// # Errors
/// What iterating raises; MemoryError.
pub fn to_vec(thread: &mut Thread, iterable: &Value) -> Result<Vec<Value>> {
    if let Some(tuple) = cast_exact::<Tuple>(iterable) {
        let mut items = Vec::new();
        items.try_reserve_exact(tuple.len()).map_err(|_| crate::error::memory_error())?;
        items.extend_from_slice(tuple.items());
        return Ok(items);
    }
    if let Some(list) = cast_exact::<List>(iterable) {
        return list.to_vec(thread);
    }
    if let Some(items) = types::snapshot::snapshot(thread, iterable)? {
        return Ok(items);
    }
    let mut items = Vec::new();
    let hint = length_hint(thread, iterable, 0)?;
    if items.try_reserve(hint.min(1 << 20)).is_err() {
        return Err(crate::error::memory_error());
    }
    for_each(thread, iterable, |_, item| {
        if items.len() == items.capacity() && items.try_reserve(1).is_err() {
            return Err(crate::error::memory_error());
        }
        items.push(item);
        Ok(())
    })?;
    Ok(items)
}

/// `operator.length_hint(value, default)`.
///
/// # Errors
/// TypeError and ValueError for what is no length, or what the methods raise.
pub fn length_hint(thread: &mut Thread, value: &Value, default: usize) -> Result<usize> {
    if slots_of(value).len.get().is_some() {
        match len(thread, value) {
            Err(raised) if raised.is(&TYPE_ERROR) => {}
            other => return other,
        }
    }
    let hint = match call_special(thread, value, names::__length_hint__(), &[]) {
        Ok(Some(hint)) => hint,
        Ok(None) => return Ok(default),
        Err(raised) if raised.is(&TYPE_ERROR) => return Ok(default),
        Err(raised) => return Err(raised),
    };
    if hint.is_not_implemented() {
        return Ok(default);
    }
    if !int::is_int(&hint) {
        return Err(type_error(format!(
            "__length_hint__ must be an integer, not {}",
            class_of(&hint).name_lossy()
        )));
    }
    let hint = index_isize(thread, &hint)?;
    if hint < 0 {
        return Err(value_error("__length_hint__() should return >= 0"));
    }
    Ok(hint as usize)
}

/// As [`getitem`], where lists and tuples are the most likely.
///
/// # Errors
/// As there.
pub fn getitem_of_sequence(thread: &mut Thread, value: &Value, key: &Value) -> Result<Value> {
    if let Some(index) = key.as_int() {
        if let Some(tuple) = cast_exact::<Tuple>(value)
            && let Some(item) = tuple.items().get(index as usize)
        {
            return Ok(item.clone());
        }
        if let Some(list) = cast_exact::<List>(value)
            && let Some(item) = list.get(index as usize)
        {
            return Ok(item);
        }
    }
    getitem(thread, value, key)
}

/// `value[key]`.
///
/// # Errors
/// TypeError, or what `__getitem__` raises.
pub fn getitem(thread: &mut Thread, value: &Value, key: &Value) -> Result<Value> {
    check_stack(thread, "")?;
    if let Some(getitem) = slots_of(value).getitem.get() {
        return getitem(thread, value, key);
    }
    if let Some(class) = cast::<Type>(value) {
        return class_getitem(thread, value, class, key);
    }
    Err(type_error(format!("'{}' object is not subscriptable", class_of(value).name_lossy())))
}

fn class_getitem(
    thread: &mut Thread,
    value: &Value,
    class: &memory::Object<Type>,
    key: &Value,
) -> Result<Value> {
    // `type[int]` is an alias, though `type` has no `__class_getitem__`.
    if std::ptr::eq(class, <Type as crate::class::Payload>::def().object()) {
        return types::generic_alias::new(thread, value, key);
    }
    match crate::class::lookup::getattr_or_none(thread, value, names::__class_getitem__())? {
        Some(method) if !method.is_none() => crate::call::call_one(thread, &method, key),
        _ => Err(type_error(format!("type '{}' is not subscriptable", class.name_lossy()))),
    }
}

/// `value[key] = new`, or `del value[key]` without a new value.
///
/// # Errors
/// TypeError, or what the methods raise.
pub fn setitem(thread: &mut Thread, value: &Value, key: &Value, new: Option<&Value>) -> Result<()> {
    check_stack(thread, "")?;
    match slots_of(value).setitem.get() {
        Some(setitem) => setitem(thread, value, key, new),
        None => Err(type_error(format!(
            "'{}' object {}",
            class_of(value).name_lossy(),
            if new.is_some() { "does not support item assignment" } else { "doesn't support item deletion" }
        ))),
    }
}

/// `item in container`.
///
/// # Errors
/// TypeError, or what the methods raise.
pub fn contains(thread: &mut Thread, container: &Value, item: &Value) -> Result<bool> {
    check_stack(thread, "")?;
    match slots_of(container).contains.get() {
        Some(contains) => contains(thread, container, item),
        None => contains_by_iteration(thread, container, item),
    }
}

/// `item in container` of what has no `__contains__`.
///
/// # Errors
/// TypeError, or what iterating raises.
pub fn contains_by_iteration(thread: &mut Thread, container: &Value, item: &Value) -> Result<bool> {
    let iterator = match iter(thread, container) {
        Ok(iterator) => iterator,
        Err(raised) if raised.is(&TYPE_ERROR) && slots_of(container).iter.get().is_none() => {
            return Err(type_error(format!(
                "argument of type '{}' is not a container or iterable",
                class_of(container).name_lossy()
            )));
        }
        Err(raised) => return Err(raised),
    };
    while let Some(candidate) = next(thread, &iterator)? {
        if is_or_equals(thread, &candidate, item)? {
            return Ok(true);
        }
        memory_poll(thread)?;
    }
    Ok(false)
}

/// A position in a sequence of `len` items: negative ones count from the end.
#[inline]
pub fn wrap_index(index: isize, len: usize) -> Option<usize> {
    let index = if index < 0 { index.checked_add(len as isize)? } else { index };
    usize::try_from(index).ok().filter(|&index| index < len)
}

/// `isinstance(value, class)`, with `__instancecheck__`.
///
/// # Errors
/// TypeError, or what the methods raise.
pub fn is_instance(thread: &mut Thread, value: &Value, class: &Value) -> Result<bool> {
    is_instance_at(thread, value, class, 0)
}

/// How deep tuples of classes may be nested.
const DEEPEST_TUPLE: usize = 5000;

fn check_tuples(depth: usize, doing: &str) -> Result<()> {
    if depth > DEEPEST_TUPLE {
        return Err(crate::error::recursion_error(format!("maximum recursion depth exceeded{doing}")));
    }
    Ok(())
}

fn is_instance_at(thread: &mut Thread, value: &Value, class: &Value, depth: usize) -> Result<bool> {
    if let Some(class) = cast_exact::<Type>(class)
        && std::ptr::eq(class_of(value), class)
    {
        return Ok(true);
    }
    check_stack(thread, " in __instancecheck__")?;
    check_tuples(depth, " in __instancecheck__")?;
    if cast_exact::<Type>(class).is_some() {
        return types::class_object::default_is_instance(thread, value, class);
    }
    if types::union::is_union(class) {
        for part in types::union::parts(thread, class) {
            if is_instance(thread, value, &part)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Some(classes) = cast::<Tuple>(class) {
        for class in classes.items() {
            if is_instance_at(thread, value, class, depth + 1)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Some(result) = call_special(thread, class, names::__instancecheck__(), &[value])? {
        return is_true(thread, &result);
    }
    types::class_object::default_is_instance(thread, value, class)
}

/// `issubclass(class, of)`, with `__subclasscheck__`.
///
/// # Errors
/// TypeError, or what the methods raise.
pub fn is_subclass(thread: &mut Thread, class: &Value, of: &Value) -> Result<bool> {
    is_subclass_at(thread, class, of, 0)
}

fn is_subclass_at(thread: &mut Thread, class: &Value, of: &Value, depth: usize) -> Result<bool> {
    check_stack(thread, " in __subclasscheck__")?;
    check_tuples(depth, " in __subclasscheck__")?;
    if cast_exact::<Type>(of).is_some() {
        if class.is(of) {
            return Ok(true);
        }
        return types::class_object::default_is_subclass(thread, class, of);
    }
    if types::union::is_union(of) {
        for part in types::union::parts(thread, of) {
            if is_subclass(thread, class, &part)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Some(classes) = cast::<Tuple>(of) {
        for of in classes.items() {
            if is_subclass_at(thread, class, of, depth + 1)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Some(result) = call_special(thread, of, names::__subclasscheck__(), &[class])? {
        return is_true(thread, &result);
    }
    types::class_object::default_is_subclass(thread, class, of)
}

/// `format(value, spec)`.
///
/// # Errors
/// What `__format__` raises; TypeError if it returns no str.
pub fn format(thread: &mut Thread, value: &Value, spec: &Value) -> Result<Value> {
    if let Some(text) = types::str::format::plainly(thread, value, spec) {
        return text;
    }
    match call_special(thread, value, names::__format__(), &[spec])? {
        Some(text) if cast::<Str>(&text).is_some() => Ok(text),
        Some(other) => {
            Err(type_error(format!("__format__ must return a str, not {}", class_of(&other).name_lossy())))
        }
        None => Err(type_error(format!("Type {} doesn't define __format__", class_of(value).name_lossy()))),
    }
}

/// What a long native loop does now and then: lets the thread be stopped, and raises what a signal handler raises.
///
/// # Errors
/// What a signal handler or an asynchronous exception raises.
#[inline]
pub fn memory_poll(thread: &mut Thread) -> Result<()> {
    let rest = thread.poll();
    if rest.is_empty() { Ok(()) } else { crate::interp::answer_requests(thread, rest) }
}

/// Whether an error says that an index is out of range: how old iteration ends.
pub fn is_index_error(raised: &Raised) -> bool {
    raised.is(&INDEX_ERROR)
}
