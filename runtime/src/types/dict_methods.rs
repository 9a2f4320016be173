//! Methods and slots of `dict`. Its views and iterators are in `dict_views` and `dict_iterators`.

use memory::{Object, Value};
use text::Builder;
use threads::Thread;

use super::dict_iterators::{self, What};
use super::set::SetExt;
use super::zip::Zip;
use super::{Dict, DictExt, FrozenSet, Set, Str, Tuple, TupleExt, sequence};
use crate::class::lookup::{call_special, getattr_opt};
use crate::class::{BinaryOp, Comparison, Payload, Slots, Type};
use crate::error::{Result, TYPE_ERROR, key_error, memory_error, runtime_error, type_error, value_error};
use crate::native::{Args, NativeDef};
use crate::object::{cast, cast_exact};
use crate::{names, ops};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[methods::METHODS];

/// Slots.
pub fn slots(slots: &Slots) {
    slots.init.set(init);
    slots.repr.set(repr);
    slots.hash.set(ops::hash_not_implemented);
    slots.compare.set(compare);
    slots.len.set(|_, value| Ok(cast::<Dict>(value).map_or(0, DictExt::len)));
    slots.getitem.set(getitem);
    slots.setitem.set(setitem);
    slots.contains.set(|thread, value, key| match cast::<Dict>(value) {
        Some(dict) => dict.contains(thread, key),
        None => Ok(false),
    });
    slots.iter.set(|thread, value| dict_iterators::new(thread, value, What::Keys));
    slots.binary[BinaryOp::Or as usize].set(or);
    slots.inplace[BinaryOp::Or as usize].set(or_inplace);
}

/// `dict.__new__`: an empty dict; `__init__` fills it.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    match cast::<Type>(class) {
        Some(class) => Dict::of_class(thread, class),
        None => Err(type_error("dict.__new__(X): X is not a type object")),
    }
}

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    update_from(thread, value, args, "dict")
}

/// What `dict()` and `update()` do with their arguments.
///
/// # Errors
/// TypeError for more than one; as [`update`].
pub fn update_from(thread: &mut Thread, value: &Value, args: Args<'_>, name: &str) -> Result<()> {
    match args.positionals() {
        [] => {}
        [other] => update(thread, value, other)?,
        more => return Err(type_error(format!("{name} expected at most 1 argument, got {}", more.len()))),
    }
    let Some(dict) = cast::<Dict>(value) else { return Ok(()) };
    for (key, value) in args.keywords() {
        dict.set(thread, key, value.clone())?;
    }
    Ok(())
}

/// `dict.update(other)`: from a mapping if `other` has `keys`, or else from pairs.
///
/// # Errors
/// What reading `other` and hashing keys raise; what was met before is in the dict.
pub fn update(thread: &mut Thread, value: &Value, other: &Value) -> Result<()> {
    if is_plain(other) || getattr_opt(thread, other, names::keys())?.is_some() {
        merge(thread, value, other)
    } else {
        update_from_pairs(thread, value, other)
    }
}

/// Whether a dict's entries may be read without asking its class: it iterates as dict does.
pub fn is_plain(value: &Value) -> bool {
    cast_exact::<Dict>(value).is_some()
        || (cast::<Dict>(value).is_some()
            && crate::class::slots_of(value).iter.same(&Dict::def().object().payload().slots.iter))
}

/// Sets every entry of a mapping.
///
/// # Errors
/// As [`update`].
pub fn merge(thread: &mut Thread, value: &Value, other: &Value) -> Result<()> {
    let Some(dict) = cast::<Dict>(value) else { return Ok(()) };
    if let Some(other) = cast::<Dict>(other).filter(|_| is_plain(other)) {
        if std::ptr::eq(dict, other) || other.is_empty() {
            return Ok(());
        }
        return merge_plain(thread, dict, other);
    }
    let keys = crate::call::call_method(thread, other, names::keys(), &[])?;
    ops::for_each(thread, &keys, |thread, key| {
        let found = ops::getitem(thread, other, &key)?;
        dict.set(thread, &key, found)
    })
}

fn merge_plain(thread: &mut Thread, dict: &Object<Dict>, other: &Object<Dict>) -> Result<()> {
    let len = other.len();
    if dict.is_empty() {
        // A copy of a whole table costs no comparison; it is taken entry by entry all the same if somebody is faster.
        let copy = other.edit(thread, |edit| edit.copy()).map_err(|_| memory_error())?;
        if dict.edit(thread, |edit| edit.adopt(copy)).is_ok() {
            return Ok(());
        }
        dict.edit(thread, |edit| edit.reserve(len)).map_err(|_| memory_error())?;
    }
    let mut position = 0;
    let mut count = 0usize;
    while let Some(item) = other.payload().table.next_entry(thread, other.header(), position) {
        dict.set_hashed(thread, &item.key, item.hash, item.value)?;
        position = item.next;
        if other.len() != len {
            return Err(runtime_error("dict mutated during update"));
        }
        count += 1;
        if count & 0xff == 0 {
            ops::memory_poll(thread)?;
        }
    }
    Ok(())
}

/// Sets an entry for each pair of an iterable.
///
/// # Errors
/// TypeError and ValueError for what is no pair; as [`update`].
pub fn update_from_pairs(thread: &mut Thread, value: &Value, pairs: &Value) -> Result<()> {
    let Some(dict) = cast::<Dict>(value) else { return Ok(()) };
    // It is its own iterator.
    if let Some(zip) = cast_exact::<Zip>(pairs).filter(|zip| zip.payload().is_plain_pair()) {
        while let Some([key, value]) = super::zip::next_pair(thread, zip)? {
            dict.set(thread, &key, value)?;
            ops::memory_poll(thread)?;
        }
        return Ok(());
    }
    let mut index = 0usize;
    ops::for_each(thread, pairs, |thread, pair| {
        let (key, value) = pair_of(thread, &pair, index)?;
        index += 1;
        dict.set(thread, &key, value)
    })
}

fn pair_of(thread: &mut Thread, pair: &Value, index: usize) -> Result<(Value, Value)> {
    if let Some(tuple) = cast_exact::<Tuple>(pair)
        && let [key, value] = tuple.items()
    {
        return Ok((key.clone(), value.clone()));
    }
    let items = match sequence::fast(thread, pair, "object is not iterable") {
        Err(raised) if raised.is(&TYPE_ERROR) => {
            let note = format!("Cannot convert dictionary update sequence element #{index} to a sequence");
            super::exception::add_note(thread, raised.value(), &note)?;
            return Err(raised);
        }
        other => other?,
    };
    match <[Value; 2]>::try_from(items) {
        Ok([key, value]) => Ok((key, value)),
        Err(items) => Err(value_error(format!(
            "dictionary update sequence element #{index} has length {}; 2 is required",
            items.len()
        ))),
    }
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(dict) = cast::<Dict>(value) else { return Str::new(thread, "{}") };
    if dict.is_empty() {
        return Str::new(thread, "{}");
    }
    sequence::guarded_repr(thread, value, "{...}", |thread| {
        let mut text = Builder::with_capacity(dict.len() * 8);
        text.push_str("{");
        let mut position = 0;
        while let Some((next, key, value)) = dict.next_entry(thread, position) {
            if text.len() > 1 {
                text.push_str(", ");
            }
            sequence::push_repr(thread, &mut text, &key)?;
            text.push_str(": ");
            sequence::push_repr(thread, &mut text, &value)?;
            position = next;
        }
        text.push_str("}");
        Str::from_text(thread, &text.finish())
    })
}

fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some(a), Some(b)) = (cast::<Dict>(a), cast::<Dict>(b)) else { return Ok(Value::not_implemented()) };
    match op {
        Comparison::Eq => equal(thread, a, b).map(Value::from_bool),
        Comparison::Ne => equal(thread, a, b).map(|equal| Value::from_bool(!equal)),
        _ => Ok(Value::not_implemented()),
    }
}

/// Whether two dicts have equal values under equal keys.
///
/// # Errors
/// What comparing raises.
pub fn equal(thread: &mut Thread, a: &Object<Dict>, b: &Object<Dict>) -> Result<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    let mut position = 0;
    while let Some(item) = a.payload().table.next_entry(thread, a.header(), position) {
        let Some(other) = b.get_hashed(thread, &item.key, item.hash)? else { return Ok(false) };
        if !ops::is_or_equals(thread, &item.value, &other)? {
            return Ok(false);
        }
        position = item.next;
        ops::memory_poll(thread)?;
    }
    Ok(true)
}

fn getitem(thread: &mut Thread, value: &Value, key: &Value) -> Result<Value> {
    let Some(dict) = cast::<Dict>(value) else { return Ok(Value::none()) };
    if let Some(found) = dict.get(thread, key)? {
        return Ok(found);
    }
    if cast_exact::<Dict>(value).is_none()
        && let Some(found) = call_special(thread, value, names::__missing__(), &[key])?
    {
        return Ok(found);
    }
    Err(key_error(key))
}

fn setitem(thread: &mut Thread, value: &Value, key: &Value, new: Option<&Value>) -> Result<()> {
    let Some(dict) = cast::<Dict>(value) else { return Ok(()) };
    match new {
        Some(new) => dict.set(thread, key, new.clone()),
        None => match dict.remove(thread, key)? {
            Some(removed) => {
                drop(removed);
                Ok(())
            }
            None => Err(key_error(key)),
        },
    }
}

fn or(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let (Some(left), Some(_)) = (cast::<Dict>(a), cast::<Dict>(b)) else {
        return Ok(Value::not_implemented());
    };
    let result = copy(thread, a, left)?;
    update(thread, &result, b)?;
    Ok(result)
}

fn or_inplace(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    update(thread, a, b)?;
    Ok(a.clone())
}

/// `dict.copy()`: an exact dict.
fn copy(thread: &mut Thread, value: &Value, dict: &Object<Dict>) -> Result<Value> {
    if is_plain(value) {
        return dict.copy(thread);
    }
    let result = Dict::new(thread)?;
    merge(thread, &result, value)?;
    Ok(result)
}

/// Sets all keys of a set, frozenset or dict to `value`, without hashing them again; false for any other iterable.
fn set_known_keys(thread: &mut Thread, dict: &Object<Dict>, iterable: &Value, value: &Value) -> Result<bool> {
    let keys: Vec<(i64, Value)> = match (cast_exact::<Set>(iterable), cast_exact::<FrozenSet>(iterable)) {
        (Some(set), _) => set.keys().to_vec(thread),
        (None, Some(set)) => set.keys().to_vec(thread),
        (None, None) => return Ok(false),
    };
    for (hash, key) in keys {
        dict.set_hashed(thread, &key, hash, value.clone())?;
    }
    Ok(true)
}

/// Methods that have no slot.
#[native::methods(Dict)]
pub mod methods {
    use memory::{Object, Value};
    use threads::Thread;

    use super::{Dict, DictExt, What, cast, cast_exact, dict_iterators, ops};
    use crate::error::{Result, key_error};
    use crate::native::{Args, KwRest, Rest};
    use crate::types::{Tuple, dict_views, generic_alias};

    /// True if the dictionary has the specified key, else False.
    #[name("__contains__")]
    pub fn contains(th: &mut Thread, dict: &Object<Dict>, key: &Value) -> Result<bool> {
        dict.contains(th, key)
    }

    /// Return the size of the dict in memory, in bytes.
    #[name("__sizeof__")]
    pub fn sizeof(dict: &Object<Dict>) -> usize {
        size_of::<Object<Dict>>() + dict.payload().table.table_bytes()
    }

    /// Return the value for key if key is in the dictionary, else default.
    #[sig("($self, key, default=None, /)")]
    #[inlined(DictGet)]
    pub fn get(th: &mut Thread, dict: &Object<Dict>, key: &Value, default: Option<&Value>) -> Result<Value> {
        Ok(dict.get(th, key)?.or_else(|| default.cloned()).unwrap_or_else(Value::none))
    }

    /// Insert key with a value of default if key is not in the dictionary.
    ///
    /// Return the value for key if key is in the dictionary, else default.
    #[sig("($self, key, default=None, /)")]
    pub fn setdefault(
        th: &mut Thread,
        dict: &Object<Dict>,
        key: &Value,
        default: Option<&Value>,
    ) -> Result<Value> {
        let default = default.cloned().unwrap_or_else(Value::none);
        dict.set_default(th, key, default).map(|(value, _)| value)
    }

    /// D.pop(k[,d]) -> v, remove specified key and return the corresponding value.
    ///
    /// If the key is not found, return the default if given; otherwise,
    /// raise a KeyError.
    #[sig("($self, key, default=<unrepresentable>, /)")]
    pub fn pop(th: &mut Thread, dict: &Object<Dict>, key: &Value, default: Option<&Value>) -> Result<Value> {
        if dict.is_empty() {
            // An empty dict asks for no hash.
            return default.cloned().ok_or_else(|| key_error(key));
        }
        match dict.remove(th, key)? {
            Some(value) => Ok(value),
            None => default.cloned().ok_or_else(|| key_error(key)),
        }
    }

    /// Remove and return a (key, value) pair as a 2-tuple.
    ///
    /// Pairs are returned in LIFO (last-in, first-out) order.
    /// Raises KeyError if the dict is empty.
    pub fn popitem(th: &mut Thread, dict: &Object<Dict>) -> Result<Value> {
        match dict.edit(th, |edit| edit.pop_last()) {
            Some((_, key, value)) => Tuple::of_array(th, [key, value]),
            None => Err(key_error("popitem(): dictionary is empty")),
        }
    }

    /// Return a set-like object providing a view on the dict's keys.
    pub fn keys(th: &mut Thread, dict: &Value) -> Result<Value> {
        dict_views::keys(th, dict)
    }

    /// Return a set-like object providing a view on the dict's items.
    pub fn items(th: &mut Thread, dict: &Value) -> Result<Value> {
        dict_views::items(th, dict)
    }

    /// Return an object providing a view on the dict's values.
    pub fn values(th: &mut Thread, dict: &Value) -> Result<Value> {
        dict_views::values(th, dict)
    }

    /// D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.
    /// If E is present and has a .keys() method, then does:  for k in E.keys(): D[k] = E[k]
    /// If E is present and lacks a .keys() method, then does:  for k, v in E: D[k] = v
    /// In either case, this is followed by: for k in F:  D[k] = F[k]
    #[sig("($self, /, *args, **kwargs)", hidden)]
    pub fn update(th: &mut Thread, dict: &Value, args: Rest<'_>, kwargs: KwRest<'_>) -> Result<()> {
        super::update_from(th, dict, Args::positional(args), "update")?;
        if let Some(dict) = cast::<Dict>(dict) {
            for (key, value) in kwargs.iter() {
                dict.set(th, key, value.clone())?;
            }
        }
        Ok(())
    }

    /// Create a new dictionary with keys from iterable and values set to value.
    #[class_method]
    #[sig("($type, iterable, value=None, /)")]
    pub fn fromkeys(
        th: &mut Thread,
        class: &Value,
        iterable: &Value,
        value: Option<&Value>,
    ) -> Result<Value> {
        let value = value.cloned().unwrap_or_else(Value::none);
        let result = crate::call::call_positional(th, class, &[])?;
        let plain = cast_exact::<Dict>(&result);
        // The hashes of a set's and a dict's keys are known.
        if let Some(dict) = plain
            && super::set_known_keys(th, dict, iterable, &value)?
        {
            return Ok(result);
        }
        ops::for_each(th, iterable, |thread, key| match plain {
            Some(dict) => dict.set(thread, &key, value.clone()),
            None => ops::setitem(thread, &result, &key, Some(&value)),
        })?;
        Ok(result)
    }

    /// Remove all items from the dict.
    pub fn clear(th: &mut Thread, dict: &Object<Dict>) {
        dict.clear(th);
    }

    /// Return a shallow copy of the dict.
    pub fn copy(th: &mut Thread, value: &Value) -> Result<Value> {
        match cast::<Dict>(value) {
            Some(dict) => super::copy(th, value, dict),
            None => Ok(Value::none()),
        }
    }

    /// Return a reverse iterator over the dict keys.
    #[name("__reversed__")]
    pub fn reversed(th: &mut Thread, dict: &Value) -> Result<Value> {
        dict_iterators::new(th, dict, What::ReversedKeys)
    }

    /// See PEP 585
    #[class_method]
    #[name("__class_getitem__")]
    pub fn class_getitem(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        generic_alias::new(th, class, object)
    }
}
