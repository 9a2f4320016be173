//! `OrderedDict`: a dict whose order counts: it is compared, and changed on purpose.
//!
//! Every dict keeps the order of insertion, so this one adds no bookkeeping: its payload is a dict's. Taking entries from
//! the front and moving them to the back costs constant time; moving one to the front renews the table.

use runtime::class::{BinaryOp, ClassDef, ClassFlags, Comparison, Payload, Slots};
use runtime::error::{Raised, Result, key_error, runtime_error, type_error, value_error};
use runtime::native::{self, Args, KwRest, NativeDef, Object, Rest};
use runtime::object::{cast, cast_exact};
use runtime::types::{Dict, DictExt, Str, dict_methods, sequence};
use runtime::{Thread, Value, call, class, names, ops};

use super::ordered_views::{self, Kind};
use crate::support;

static METHODS: &[&[NativeDef]] = &[methods::METHODS];

/// The class.
pub static ORDERED_DICT: ClassDef = runtime::object::derive::<Dict>(
    "OrderedDict",
    ClassFlags::BASETYPE.union(ClassFlags::HAS_DICT).union(ClassFlags::HAS_WEAKREF),
    0,
)
.with_base_of(<Dict as Payload>::def)
.with_module("collections")
.with_doc("Dictionary that remembers insertion order")
.with_slots(slots)
.with_methods(METHODS);

fn slots(slots: &Slots) {
    slots.init.set(|thread, value, args| update(thread, value, args.positionals(), args.keywords()));
    slots.repr.set(repr);
    slots.hash.set(ops::hash_not_implemented);
    slots.compare.set(compare);
    slots.iter.set(|thread, value| ordered_views::iterate(thread, value, Kind::Keys, false));
    slots.binary[BinaryOp::Or as usize].set(or);
    slots.inplace[BinaryOp::Or as usize].set(|thread, a, b| {
        update_from(thread, a, b)?;
        Ok(a.clone())
    });
    // A dict's own functions do, but the class shows them as its own.
    let of_dict = &Dict::def().object().payload().slots;
    slots.setitem.set_option(of_dict.setitem.get());
}

/// Whether a value is one.
pub fn is_ordered(value: &Value) -> bool {
    class::is_instance(value, ORDERED_DICT.object())
}

fn is_exact(value: &Value) -> bool {
    ORDERED_DICT.is_exact(value)
}

/// A new one.
fn new(thread: &Thread) -> Result<Value> {
    Dict::of_class(thread, ORDERED_DICT.object())
}

/// `self[key] = value`, by the class's own method if it has one.
fn set(thread: &mut Thread, value: &Value, key: &Value, new: &Value) -> Result<()> {
    match cast::<Dict>(value) {
        Some(dict) if is_exact(value) => dict.set(thread, key, new.clone()),
        _ => ops::setitem(thread, value, key, Some(new)),
    }
}

/// What the constructor and `update` do.
fn update<'a>(
    thread: &mut Thread,
    value: &Value,
    args: &[Value],
    keywords: impl Iterator<Item = (&'a Value, &'a Value)>,
) -> Result<()> {
    match args {
        [] => {}
        [other] => update_from(thread, value, other)?,
        more => return Err(type_error(format!("expected at most 1 argument, got {}", more.len()))),
    }
    for (key, new) in keywords {
        set(thread, value, key, new)?;
    }
    Ok(())
}

/// Sets every entry of a mapping or an iterable of pairs.
fn update_from(thread: &mut Thread, value: &Value, other: &Value) -> Result<()> {
    if let Some(dict) = cast_exact::<Dict>(other) {
        for (key, new) in dict.items(thread) {
            set(thread, value, &key, &new)?;
        }
        return Ok(());
    }
    if let Some(keys) = class::lookup::getattr_opt(thread, other, names::keys())? {
        let keys = call::call(thread, &keys, Args::none())?;
        return ops::for_each(thread, &keys, |thread, key| {
            let new = ops::getitem(thread, other, &key)?;
            set(thread, value, &key, &new)
        });
    }
    let pairs = match class::lookup::getattr_opt(thread, other, names::items())? {
        Some(items) => call::call(thread, &items, Args::none())?,
        None => other.clone(),
    };
    ops::for_each(thread, &pairs, |thread, pair| {
        let pair = ops::to_vec(thread, &pair)?;
        match pair.as_slice() {
            [key, new] => set(thread, value, key, new),
            [] => Err(value_error("need more than 0 values to unpack")),
            [_] => Err(value_error("need more than 1 value to unpack")),
            _ => Err(value_error("too many values to unpack (expected 2)")),
        }
    })
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let name = support::short_name(value);
    let Some(dict) = cast::<Dict>(value) else { return Ok(Value::none()) };
    if dict.is_empty() {
        return Str::new(thread, &format!("{name}()"));
    }
    sequence::guarded_repr(thread, value, "...", |thread| {
        let plain = if is_exact(value) {
            dict.copy(thread)?
        } else {
            let items = call::call_method(thread, value, names::items(), &[])?;
            call::call_one(thread, &Dict::def().value(), &items)?
        };
        let mut text = sequence::Builder::new();
        text.push_str(&name);
        text.push_str("(");
        sequence::push_repr(thread, &mut text, &plain)?;
        text.push_str(")");
        Str::from_text(thread, &text.finish())
    })
}

fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some(left), Some(right)) = (cast::<Dict>(a), cast::<Dict>(b)) else {
        return Ok(Value::not_implemented());
    };
    if !matches!(op, Comparison::Eq | Comparison::Ne) {
        return Ok(Value::not_implemented());
    }
    let equal =
        dict_methods::equal(thread, left, right)? && (!is_ordered(b) || same_order(thread, left, right)?);
    Ok(Value::from_bool(equal == (op == Comparison::Eq)))
}

/// Whether equal keys stand in equal places.
fn same_order(thread: &mut Thread, left: &Object<Dict>, right: &Object<Dict>) -> Result<bool> {
    let stamps = (left.stamp(), right.stamp());
    let (mut at, mut other_at) = (0, 0);
    loop {
        let (entry, other) = (left.next_entry(thread, at), right.next_entry(thread, other_at));
        let ((next, key, _), (other_next, other_key, _)) = match (entry, other) {
            (Some(entry), Some(other)) => (entry, other),
            (entry, other) => return Ok(entry.is_none() && other.is_none()),
        };
        let equal = ops::is_or_equals(thread, &key, &other_key)?;
        if stamps != (left.stamp(), right.stamp()) {
            return Err(mutated());
        }
        if !equal {
            return Ok(false);
        }
        (at, other_at) = (next, other_next);
        support::poll(thread)?;
    }
}

#[cold]
fn mutated() -> Raised {
    runtime_error("OrderedDict mutated during iteration")
}

fn or(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let class = support::class_value(if is_ordered(a) { a } else { b });
    if cast::<Dict>(a).is_none() || cast::<Dict>(b).is_none() {
        return Ok(Value::not_implemented());
    }
    let result = call::call_one(thread, &class, a)?;
    update_from(thread, &result, b)?;
    Ok(result)
}

/// Methods.
#[native::methods(Dict, name = "OrderedDict")]
mod methods {
    use super::*;

    /// Create a new ordered dictionary with keys from iterable and values set to value.
    #[class_method]
    #[sig("($type, /, iterable, value=None)")]
    pub fn fromkeys(
        th: &mut Thread,
        class: &Value,
        iterable: &Value,
        value: Option<&Value>,
    ) -> Result<Value> {
        let value = value.cloned().unwrap_or_else(Value::none);
        let result = call::call(th, class, Args::none())?;
        ops::for_each(th, iterable, |thread, key| set(thread, &result, &key, &value))?;
        Ok(result)
    }

    /// Return the size of the dictionary in memory, in bytes.
    #[name("__sizeof__")]
    pub fn sizeof(dict: &Object<Dict>) -> usize {
        size_of::<Object<Dict>>() + dict.payload().table.table_bytes()
    }

    /// Return state information for pickling
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, dict: &Value) -> Result<Value> {
        let state = call::call_method(th, dict, names::__getstate__(), &[])?;
        let items = call::call_method(th, dict, names::items(), &[])?;
        let iterator = ops::iter(th, &items)?;
        let args = support::tuple(th, Vec::new())?;
        support::tuple(th, vec![support::class_value(dict), args, state, Value::none(), iterator])
    }

    /// Insert key with a value of default if key is not in the dictionary.
    ///
    /// Return the value for key if key is in the dictionary, else default.
    #[sig("($self, /, key, default=None)")]
    pub fn setdefault(
        th: &mut Thread,
        dict: &Object<Dict>,
        key: &Value,
        default: Option<&Value>,
    ) -> Result<Value> {
        let value = runtime::object::to_value(dict);
        let default = default.cloned().unwrap_or_else(Value::none);
        if is_exact(&value) {
            return dict.set_default(th, key, default).map(|(found, _)| found);
        }
        if ops::contains(th, &value, key)? {
            return ops::getitem(th, &value, key);
        }
        ops::setitem(th, &value, key, Some(&default))?;
        Ok(default)
    }

    /// od.pop(key[,default]) -> v, remove specified key and return the corresponding value.
    ///
    /// If the key is not found, return the default if given; otherwise,
    /// raise a KeyError.
    #[sig("($self, /, key, default=<unrepresentable>)")]
    pub fn pop(th: &mut Thread, dict: &Object<Dict>, key: &Value, default: Option<&Value>) -> Result<Value> {
        let found = dict.remove(th, key)?;
        found.or_else(|| default.cloned()).ok_or_else(|| key_error(key))
    }

    /// Remove and return a (key, value) pair from the dictionary.
    ///
    /// Pairs are returned in LIFO order if last is true or FIFO order if false.
    #[sig("($self, /, last=True)")]
    pub fn popitem(th: &mut Thread, dict: &Object<Dict>, last: bool) -> Result<Value> {
        let popped = dict.edit(th, |edit| if last { edit.pop_last() } else { edit.pop_first() });
        let (_, key, value) = popped.ok_or_else(|| key_error("dictionary is empty"))?;
        support::tuple(th, vec![key, value])
    }

    /// Return a set-like object providing a view on the dictionary's keys.
    pub fn keys(th: &mut Thread, dict: &Value) -> Result<Value> {
        ordered_views::view(th, dict, Kind::Keys)
    }

    /// Return an object providing a view on the dictionary's values.
    pub fn values(th: &mut Thread, dict: &Value) -> Result<Value> {
        ordered_views::view(th, dict, Kind::Values)
    }

    /// Return a set-like object providing a view on the dictionary's items.
    pub fn items(th: &mut Thread, dict: &Value) -> Result<Value> {
        ordered_views::view(th, dict, Kind::Items)
    }

    /// Update the dictionary from mapping/iterable and keyword arguments.
    #[sig("($self, /, *args, **kwargs)", hidden)]
    pub fn update(th: &mut Thread, dict: &Value, args: Rest<'_>, kwargs: KwRest<'_>) -> Result<()> {
        super::update(th, dict, args, kwargs.iter())
    }

    /// Remove all items from ordered dict.
    pub fn clear(th: &mut Thread, dict: &Object<Dict>) {
        dict.clear(th);
    }

    /// A shallow copy of ordered dict.
    pub fn copy(th: &mut Thread, dict: &Object<Dict>) -> Result<Value> {
        let value = runtime::object::to_value(dict);
        let exact = is_exact(&value);
        let copy =
            if exact { new(th)? } else { call::call(th, &support::class_value(&value), Args::none())? };
        let stamp = dict.stamp();
        for (key, found) in dict.items(th) {
            if exact {
                set(th, &copy, &key, &found)?;
            } else {
                let found = ops::getitem(th, &value, &key)?;
                ops::setitem(th, &copy, &key, Some(&found))?;
            }
            if dict.stamp() != stamp {
                return Err(mutated());
            }
        }
        Ok(copy)
    }

    /// od.__reversed__() <==> reversed(od)
    #[name("__reversed__")]
    pub fn reversed(th: &mut Thread, dict: &Value) -> Result<Value> {
        ordered_views::iterate(th, dict, Kind::Keys, true)
    }

    /// Move an existing element to the end (or beginning if last is false).
    ///
    /// Raise KeyError if the element does not exist.
    #[sig("($self, /, key, last=True)")]
    pub fn move_to_end(th: &mut Thread, dict: &Object<Dict>, key: &Value, last: bool) -> Result<()> {
        if runtime::types::dict::move_to_end(th, dict, key, last)? { Ok(()) } else { Err(key_error(key)) }
    }
}
