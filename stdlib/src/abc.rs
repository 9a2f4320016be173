//! `_abc`: what `abc.ABCMeta` remembers of its classes and how it answers `isinstance`.
//!
//! A class's registry and caches are dicts from a class's address to a weak reference. Two objects that live at the same
//! time never share an address, so an entry whose weak reference is alive is about the class that is asked for.

use runtime::class::lookup::{getattr, getattr_or_none, is_plain_metaclass, lookup_view};
use runtime::class::{ClassFlags, Type, TypeExt, as_value, class_of, mark_collection};
use runtime::error::{Result, runtime_error, type_error};
use runtime::object::cast;
use runtime::types::{Dict, DictExt, FrozenSet, List, ListExt, Set, SetExt, Tuple, TupleExt, int, weakref};
use runtime::{Object, Thread, Value, call, names, native, ops};
use threads::sync::atomic::{AtomicI64, Ordering};

/// Grows with every registration: what caches deny holds for one version.
static VERSION: AtomicI64 = AtomicI64::new(0);

/// What an abstract class remembers.
#[native::class(
    "_abc_data",
    module = "_abc",
    doc = "Internal state held by ABC machinery.",
    disallow_instantiation
)]
pub struct Data {
    #[trace]
    registry: Value,
    #[trace]
    cache: Value,
    #[trace]
    negative: Value,
    #[untraced]
    negative_version: AtomicI64,
}

/// Whether a set of classes has `class`.
fn has(thread: &mut Thread, set: &Value, class: &Value) -> Result<bool> {
    let Some(dict) = cast::<Dict>(set) else { return Ok(false) };
    if dict.is_empty() {
        return Ok(false);
    }
    let key = int::id(thread, class)?;
    Ok(dict.get(thread, &key)?.is_some_and(|reference| !weakref::is_dead(&reference)))
}

/// Adds `class` to a set of classes.
fn add(thread: &mut Thread, set: &Value, class: &Value) -> Result<()> {
    let Some(dict) = cast::<Dict>(set) else { return Ok(()) };
    let count = dict.len();
    if count >= 32 && count.is_power_of_two() {
        for (key, reference) in dict.items(thread) {
            if weakref::is_dead(&reference) {
                dict.remove(thread, &key)?;
            }
        }
    }
    let key = int::id(thread, class)?;
    let reference = weakref::new_plain(thread, class)?;
    dict.set(thread, &key, reference)
}

/// The classes of a set that are alive.
fn members(thread: &mut Thread, set: &Value) -> Vec<Value> {
    let items = cast::<Dict>(set).map(|dict| dict.items(thread)).unwrap_or_default();
    items.into_iter().filter_map(|(_, reference)| weakref::upgrade(thread, &reference)).collect()
}

/// The set's weak references, as a set.
fn references(thread: &mut Thread, set: &Value) -> Result<Value> {
    let copy = Set::new(thread)?;
    let items = cast::<Dict>(set).map(|dict| dict.items(thread)).unwrap_or_default();
    if let Some(object) = cast::<Set>(&copy) {
        for (_, reference) in items {
            if !weakref::is_dead(&reference) {
                object.add(thread, &reference)?;
            }
        }
    }
    Ok(copy)
}

fn data(thread: &mut Thread, class: &Value) -> Result<Value> {
    let name = runtime::interned!(thread, "_abc_impl")?;
    // Nothing in the way between the class and what it or a base holds: the usual case.
    if let Some(object) = cast::<Type>(class)
        && is_plain_metaclass(class_of(class))
        && lookup_view(thread, class_of(class), name).is_none()
        && let Some(found) = lookup_view(thread, object, name)
        && cast::<Data>(&found).is_some()
    {
        return Ok((*found).clone());
    }
    let data = getattr(thread, class, name)?;
    if cast::<Data>(&data).is_some() {
        Ok(data)
    } else {
        Err(type_error(format!("_abc_impl is set to a wrong type: '{}'", class_of(&data).name_lossy())))
    }
}

fn state(data: &Value) -> Result<&Object<Data>> {
    cast::<Data>(data).ok_or_else(|| type_error("_abc_impl is set to a wrong type"))
}

/// Whether a value of a namespace is an abstract method.
fn is_abstract(thread: &mut Thread, value: &Value) -> Result<bool> {
    let name = runtime::interned!(thread, "__isabstractmethod__")?;
    match getattr_or_none(thread, value, name)? {
        Some(flag) => ops::is_true(thread, &flag),
        None => Ok(false),
    }
}

/// Sets `__abstractmethods__` of a new class.
fn find_abstract_methods(thread: &mut Thread, class: &Value) -> Result<()> {
    let Some(object) = cast::<Type>(class) else { return Err(type_error("a class is required")) };
    let mut found = Vec::new();
    let namespace = object.namespace(thread);
    for (name, value) in cast::<Dict>(&namespace).map(|dict| dict.items(thread)).unwrap_or_default() {
        if is_abstract(thread, &value)? {
            found.push(name);
        }
    }
    let bases = runtime::interned!(thread, "__bases__")?;
    let bases = getattr(thread, class, bases)?;
    for base in cast::<Tuple>(&bases).map(|bases| bases.items().to_vec()).unwrap_or_default() {
        let Some(names) = getattr_or_none(thread, &base, names::__abstractmethods__())? else { continue };
        for name in ops::to_vec(thread, &names)? {
            if let Some(value) = getattr_or_none(thread, class, &name)?
                && is_abstract(thread, &value)?
            {
                found.push(name);
            }
        }
    }
    let set = FrozenSet::new(thread)?;
    if let Some(object) = cast::<FrozenSet>(&set) {
        for name in found {
            object.add(thread, &name)?;
        }
    }
    runtime::class::lookup::setattr(thread, class, names::__abstractmethods__(), Some(&set))
}

/// What `__subclasscheck__` of an abstract class answers.
fn subclass_check(thread: &mut Thread, class: &Value, subclass: &Value) -> Result<bool> {
    if cast::<Type>(subclass).is_none() {
        return Err(type_error("issubclass() arg 1 must be a class"));
    }
    let data = data(thread, class)?;
    let this = state(&data)?.payload();
    if has(thread, &this.cache, subclass)? {
        return Ok(true);
    }
    let version = VERSION.load(Ordering::Acquire);
    if this.negative_version.load(Ordering::Acquire) < version {
        if let Some(negative) = cast::<Dict>(&this.negative) {
            negative.clear(thread);
        }
        this.negative_version.store(version, Ordering::Release);
    } else if has(thread, &this.negative, subclass)? {
        return Ok(false);
    }
    let hook = runtime::interned!(thread, "__subclasshook__")?;
    let answer = call::call_method(thread, class, hook, std::slice::from_ref(subclass))?;
    let answer = if answer.is_not_implemented() {
        None
    } else {
        match int::as_bool(&answer) {
            Some(answer) => Some(answer),
            None => {
                return Err(runtime::error::assertion_error(
                    "__subclasshook__ must return either False, True, or NotImplemented",
                ));
            }
        }
    };
    let answer = match answer {
        Some(answer) => answer,
        None => search(thread, class, subclass, &this.registry)?,
    };
    add(thread, if answer { &this.cache } else { &this.negative }, subclass)?;
    Ok(answer)
}

/// Whether `subclass` derives from `class`, from a class registered with it, or from a subclass of it.
fn search(thread: &mut Thread, class: &Value, subclass: &Value, registry: &Value) -> Result<bool> {
    if let (Some(subclass), Some(class)) = (cast::<Type>(subclass), cast::<Type>(class))
        && subclass.is_subclass_of(class)
    {
        return Ok(true);
    }
    if has(thread, registry, subclass)? {
        return Ok(true);
    }
    for registered in members(thread, registry) {
        if ops::is_subclass(thread, subclass, &registered)? {
            return Ok(true);
        }
    }
    let name = runtime::interned!(thread, "__subclasses__")?;
    let subclasses = call::call_method(thread, class, name, &[])?;
    let Some(list) = cast::<List>(&subclasses) else {
        return Err(type_error("__subclasses__() must return a list"));
    };
    for known in list.to_vec(thread)? {
        if ops::is_subclass(thread, subclass, &known)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The module.
#[native::module("_abc", doc = "Module contains faster C implementation of abc.ABCMeta")]
pub mod module {
    use super::*;

    /// Returns the current ABC cache token.
    ///
    /// The token is an opaque object (supporting equality testing) identifying
    /// the current version of the ABC cache for virtual subclasses.  The token
    /// changes with every call to register() on any ABC.
    pub fn get_cache_token() -> i64 {
        VERSION.load(Ordering::Acquire)
    }

    /// Internal ABC helper for class set-up. Should be never used outside abc module.
    #[name("_abc_init")]
    pub fn initialize(th: &mut Thread, this: &Value) -> Result<()> {
        find_abstract_methods(th, this)?;
        let data = Data {
            registry: Dict::new(th)?,
            cache: Dict::new(th)?,
            negative: Dict::new(th)?,
            negative_version: AtomicI64::new(VERSION.load(Ordering::Acquire)),
        };
        let data = runtime::object::new(th, data)?;
        let name = runtime::interned!(th, "_abc_impl")?;
        runtime::class::lookup::setattr(th, this, name, Some(&data))?;
        // What patterns take instances for is said once, in the class body of two of the library's classes.
        let Some(class) = cast::<Type>(this) else { return Ok(()) };
        let namespace = class.namespace(th);
        let flags = runtime::interned!(th, "__abc_tpflags__")?;
        let Some(dict) = cast::<Dict>(&namespace) else { return Ok(()) };
        if let Some(value) = dict.get_str(th, flags) {
            const SEQUENCE: i64 = 1 << 5;
            const MAPPING: i64 = 1 << 6;
            let wanted = int::to_i64(&value).unwrap_or(0);
            match wanted & (SEQUENCE | MAPPING) {
                SEQUENCE => mark_collection(th, class, ClassFlags::SEQUENCE),
                MAPPING => mark_collection(th, class, ClassFlags::MAPPING),
                0 => {}
                _ => {
                    return Err(type_error(
                        "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING",
                    ));
                }
            }
            runtime::class::lookup::setattr(th, this, flags, None)?;
        }
        Ok(())
    }

    /// Internal ABC helper for subclasss registration. Should be never used outside abc module.
    #[name("_abc_register")]
    pub fn register(th: &mut Thread, this: &Value, subclass: &Value) -> Result<Value> {
        let Some(object) = cast::<Type>(subclass) else {
            return Err(type_error("Can only register classes"));
        };
        if ops::is_subclass(th, subclass, this)? {
            return Ok(subclass.clone());
        }
        if ops::is_subclass(th, this, subclass)? {
            return Err(runtime_error("Refusing to create an inheritance cycle"));
        }
        let data = data(th, this)?;
        add(th, &state(&data)?.payload().registry, subclass)?;
        VERSION.fetch_add(1, Ordering::AcqRel);
        if let Some(class) = cast::<Type>(this) {
            for flag in [ClassFlags::SEQUENCE, ClassFlags::MAPPING] {
                if class.payload().flags().contains(flag) {
                    mark_collection(th, object, flag);
                }
            }
        }
        Ok(subclass.clone())
    }

    /// Internal ABC helper for instance checks. Should be never used outside abc module.
    #[name("_abc_instancecheck")]
    pub fn check_instance(th: &mut Thread, owner: &Value, instance: &Value) -> Result<Value> {
        let data = data(th, owner)?;
        let this = state(&data)?.payload();
        let subclass = runtime::types::class_object::claimed_class(th, instance)?;
        if has(th, &this.cache, &subclass)? {
            return Ok(Value::from_bool(true));
        }
        let class = as_value(class_of(instance));
        let check = names::__subclasscheck__();
        if class.is(&subclass) {
            if this.negative_version.load(Ordering::Acquire) == VERSION.load(Ordering::Acquire)
                && has(th, &this.negative, &subclass)?
            {
                return Ok(Value::from_bool(false));
            }
            return call::call_method(th, owner, check, &[subclass]);
        }
        let answer = call::call_method(th, owner, check, &[subclass])?;
        if ops::is_true(th, &answer)? {
            return Ok(answer);
        }
        call::call_method(th, owner, check, &[class])
    }

    /// Internal ABC helper for subclasss checks. Should be never used outside abc module.
    #[name("_abc_subclasscheck")]
    pub fn check_subclass(th: &mut Thread, owner: &Value, subclass: &Value) -> Result<bool> {
        subclass_check(th, owner, subclass)
    }

    /// Internal ABC helper for cache and registry debugging.
    ///
    /// Return shallow copies of registry, of both caches, and
    /// negative cache version. Don't call this function directly,
    /// instead use ABC._dump_registry() for a nice repr.
    pub fn _get_dump(th: &mut Thread, owner: &Value) -> Result<Value> {
        let data = data(th, owner)?;
        let this = state(&data)?.payload();
        let registry = references(th, &this.registry)?;
        let cache = references(th, &this.cache)?;
        let negative = references(th, &this.negative)?;
        let version = int::from_i64(th, this.negative_version.load(Ordering::Acquire))?;
        Tuple::of_array(th, [registry, cache, negative, version])
    }

    /// Internal ABC helper to reset registry of a given class.
    ///
    /// Should be only used by refleak.py
    pub fn _reset_registry(th: &mut Thread, owner: &Value) -> Result<()> {
        let data = data(th, owner)?;
        if let Some(dict) = cast::<Dict>(&state(&data)?.payload().registry) {
            dict.clear(th);
        }
        Ok(())
    }

    /// Internal ABC helper to reset both caches of a given class.
    ///
    /// Should be only used by refleak.py
    pub fn _reset_caches(th: &mut Thread, owner: &Value) -> Result<()> {
        let data = data(th, owner)?;
        let this = state(&data)?.payload();
        for set in [&this.cache, &this.negative] {
            if let Some(dict) = cast::<Dict>(set) {
                dict.clear(th);
            }
        }
        Ok(())
    }
}
