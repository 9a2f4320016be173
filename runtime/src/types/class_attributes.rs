//! Attributes of classes that are computed: `type.__dict__['__name__']` and its like.

use memory::{Object, Value};
use threads::Thread;

use crate::class::{ClassFlags, Type, TypeExt, as_value, class_of, lookup, slots_of};
use crate::error::{Raised, Result, attribute_error, type_error, value_error};
use crate::native::GetSet;
use crate::object::cast;
use crate::types::{Dict, DictExt, Str, StrExt, Tuple, int};
use crate::{call, names, ops};

macro_rules! of_class {
    ($value:expr) => {
        match cast::<Type>($value) {
            Some(class) => class,
            None => return Err(not_a_class($value)),
        }
    };
}

/// A row that reads something of the class alone.
macro_rules! row {
    ($name:literal, value $get:expr) => {
        GetSet {
            name: $name,
            doc: None,
            get: |_, value| {
                let get: fn(&Object<Type>) -> Option<Value> = $get;
                Ok(get(of_class!(value)).unwrap_or_else(Value::none))
            },
            set: None,
        }
    };
    ($name:literal, number $get:expr) => {
        GetSet {
            name: $name,
            doc: None,
            get: |thread, value| {
                let get: fn(&Object<Type>) -> i64 = $get;
                int::from_i64(thread, get(of_class!(value)))
            },
            set: None,
        }
    };
    ($name:literal, $get:ident) => {
        GetSet { name: $name, doc: None, get: |thread, value| $get(thread, of_class!(value)), set: None }
    };
    ($name:literal, $get:ident, $set:ident) => {
        GetSet {
            name: $name,
            doc: None,
            get: |thread, value| $get(thread, of_class!(value)),
            set: Some(|thread, value, new| {
                let class = of_class!(value);
                check_changeable(class, $name)?;
                $set(thread, class, new)
            }),
        }
    };
}

/// The attributes.
pub static GETSETS: &[GetSet] = &[
    row!("__base__", value | class | class.payload().base.get(class.header())),
    row!("__mro__", value | class | class.payload().mro.get(class.header())),
    row!("__basicsize__", number basic_size),
    row!("__itemsize__", number item_size),
    row!("__flags__", number flags),
    row!("__dictoffset__", number | class | area(class, ClassFlags::HAS_DICT, -1, 16)),
    row!("__weakrefoffset__", number | class | area(class, ClassFlags::HAS_WEAKREF, -32, 24)),
    row!("__name__", get_name, set_name),
    row!("__qualname__", get_qualname, set_qualname),
    row!("__bases__", get_bases, set_bases),
    row!("__module__", get_module, set_module),
    row!("__abstractmethods__", get_abstract, set_abstract),
    row!("__dict__", get_dict),
    row!("__doc__", get_doc, set_doc),
    row!("__text_signature__", get_signature),
    row!("__annotate__", get_annotate, set_annotate),
    row!("__annotations__", get_annotations, set_annotations),
    row!("__type_params__", get_type_params, set_type_params),
];

#[cold]
fn not_a_class(value: &Value) -> Raised {
    type_error(format!("a class was expected, not a '{}' object", class_of(value).name_lossy()))
}

fn has(class: &Object<Type>, flag: ClassFlags) -> bool {
    class.payload().flags().contains(flag)
}

fn check_changeable(class: &Object<Type>, attribute: &str) -> Result<()> {
    if has(class, ClassFlags::HEAP) {
        return Ok(());
    }
    Err(type_error(format!("cannot set '{attribute}' attribute of immutable type '{}'", class.name_lossy())))
}

/// The new value, unless the attribute is to be deleted.
fn not_deleted<'a>(class: &Object<Type>, attribute: &str, new: Option<&'a Value>) -> Result<&'a Value> {
    new.ok_or_else(|| {
        type_error(format!(
            "cannot delete '{attribute}' attribute of immutable type '{}'",
            class.name_lossy()
        ))
    })
}

/// What the class itself has under `name`.
fn own(thread: &Thread, class: &Object<Type>, name: &Value) -> Option<Value> {
    let namespace = class.namespace(thread);
    cast::<Dict>(&namespace)?.get_str(thread, name)
}

/// Sets or removes an attribute of the class itself; whether it was there, if it is removed.
fn set_own(thread: &mut Thread, class: &Object<Type>, name: &Value, new: Option<Value>) -> Result<bool> {
    let namespace = class.namespace(thread);
    let Some(dict) = cast::<Dict>(&namespace) else { return Ok(false) };
    lookup::begin_change(thread, class);
    let result = match new {
        Some(new) => dict.set_str(thread, name, new).map(|()| (true, None)),
        None => {
            let before = dict.remove_str(thread, name);
            Ok((before.is_some(), before))
        }
    };
    lookup::end_change(thread, class, name);
    let (was_there, displaced) = result?;
    drop(displaced);
    Ok(was_there)
}

/// What the class itself has under `name`, as it looks through the class.
fn own_bound(thread: &mut Thread, class: &Object<Type>, name: &Value) -> Result<Option<Value>> {
    let Some(found) = own(thread, class, name) else { return Ok(None) };
    match slots_of(&found).get.get() {
        Some(get) => get(thread, &found, None, Some(&as_value(class))).map(Some),
        None => Ok(Some(found)),
    }
}

fn area(class: &Object<Type>, flag: ClassFlags, managed: i64, placed: i64) -> i64 {
    match (has(class, flag), has(class, ClassFlags::HEAP)) {
        (false, _) => 0,
        (true, true) => managed,
        (true, false) => placed,
    }
}

/// `__basicsize__`: ints count as `int.__sizeof__` does, by CPython's digits.
fn basic_size(class: &Object<Type>) -> i64 {
    match class.payload().native.name {
        "int" | "bool" => 24,
        _ => class.payload().native.desc.size_bytes as i64,
    }
}

fn item_size(class: &Object<Type>) -> i64 {
    match class.payload().native.name {
        "int" | "bool" => 4,
        "tuple" => 8,
        "bytes" => 1,
        "type" => 40,
        _ => 0,
    }
}

/// `__flags__`: the bits of CPython's `Py_TPFLAGS_*` that say something about Weft's classes too.
fn flags(class: &Object<Type>) -> i64 {
    const READY: i64 = 1 << 12;
    let own = class.payload().flags();
    let rows = [
        (ClassFlags::SEQUENCE, 5),
        (ClassFlags::MAPPING, 6),
        (ClassFlags::NO_NEW, 7),
        (ClassFlags::IMMUTABLE, 8),
        (ClassFlags::HEAP, 9),
        (ClassFlags::BASETYPE, 10),
        (ClassFlags::METHOD_DESCRIPTOR, 17),
        (ClassFlags::ABSTRACT, 20),
        (ClassFlags::MATCH_SELF, 22),
        (ClassFlags::INT, 24),
        (ClassFlags::LIST, 25),
        (ClassFlags::TUPLE, 26),
        (ClassFlags::BYTES, 27),
        (ClassFlags::STR, 28),
        (ClassFlags::DICT, 29),
        (ClassFlags::EXCEPTION, 30),
        (ClassFlags::TYPE, 31),
    ];
    // What the class itself gives its instances, beside their values.
    let native = class.payload().native.flags;
    let added = |flag| own.contains(ClassFlags::HEAP) && own.contains(flag) && !native.contains(flag);
    let plain = std::ptr::eq(class.payload().native, super::Instance::def_static());
    let areas = [
        (2, plain && added(ClassFlags::HAS_DICT)),
        (3, added(ClassFlags::HAS_WEAKREF)),
        (4, added(ClassFlags::HAS_DICT)),
    ];
    let areas = areas.iter().filter(|(_, has)| *has).fold(READY, |bits, (bit, _)| bits | 1 << bit);
    let bits =
        rows.iter().filter(|(flag, _)| own.contains(*flag)).fold(areas, |bits, (_, bit)| bits | 1 << bit);
    if is_made_at_run_time(class) { bits | 1 << 9 } else { bits }
}

/// Whether CPython makes a class when its module is imported, as those of programs are made. `copyreg` asks: what it finds at the
/// root of such a class is `object`.
fn is_made_at_run_time(class: &Object<Type>) -> bool {
    const STATIC_MODULES: &[&str] =
        &["builtins", "_contextvars", "datetime", "pickle", "string.templatelib", "sys", "types", "weakref"];
    const STATIC: &[(&str, &str)] =
        &[("collections", "OrderedDict"), ("typing", "TypeAliasType"), ("typing", "Union")];
    let native = class.payload().native;
    !STATIC_MODULES.contains(&native.module) && !STATIC.contains(&(native.module, native.name))
}

fn get_name(thread: &mut Thread, class: &Object<Type>) -> Result<Value> {
    match class.payload().name.get(class.header()) {
        Some(name) => Ok(name),
        None => Str::new(thread, class.payload().native.name),
    }
}

fn set_name(thread: &mut Thread, class: &Object<Type>, new: Option<&Value>) -> Result<()> {
    let new = not_deleted(class, "__name__", new)?;
    let Some(text) = cast::<Str>(new) else {
        return Err(type_error(format!(
            "can only assign string to {}.__name__, not '{}'",
            class.name_lossy(),
            class_of(new).name_lossy()
        )));
    };
    super::exception_methods::require_utf8(thread, new)?;
    if text.to_string_lossy().contains('\0') {
        return Err(value_error("type name must not contain null characters"));
    }
    drop(class.payload().name.replace(thread, class.header(), Some(new.clone())));
    Ok(())
}

fn get_qualname(thread: &mut Thread, class: &Object<Type>) -> Result<Value> {
    match class.payload().qualname.get(class.header()) {
        Some(name) => Ok(name),
        None => get_name(thread, class),
    }
}

fn set_qualname(thread: &mut Thread, class: &Object<Type>, new: Option<&Value>) -> Result<()> {
    let new = not_deleted(class, "__qualname__", new)?;
    if cast::<Str>(new).is_none() {
        return Err(type_error(format!(
            "can only assign string to {}.__qualname__, not '{}'",
            class.name_lossy(),
            class_of(new).name_lossy()
        )));
    }
    drop(class.payload().qualname.replace(thread, class.header(), Some(new.clone())));
    Ok(())
}

fn get_bases(thread: &mut Thread, class: &Object<Type>) -> Result<Value> {
    match class.payload().bases.get(class.header()) {
        Some(bases) => Ok(bases),
        None => Tuple::new(thread, Vec::new()),
    }
}

fn set_bases(thread: &mut Thread, class: &Object<Type>, new: Option<&Value>) -> Result<()> {
    let new = not_deleted(class, "__bases__", new)?;
    crate::class::rebase::set_bases(thread, class, new)
}

/// `__module__` of a class, if it has one.
pub(crate) fn module(thread: &mut Thread, class: &Object<Type>) -> Option<Value> {
    if has(class, ClassFlags::HEAP) {
        return own(thread, class, names::__module__());
    }
    Str::interned(thread, class.payload().native.module).ok()
}

fn get_module(thread: &mut Thread, class: &Object<Type>) -> Result<Value> {
    module(thread, class).ok_or_else(|| attribute_error("__module__"))
}

fn set_module(thread: &mut Thread, class: &Object<Type>, new: Option<&Value>) -> Result<()> {
    let new = not_deleted(class, "__module__", new)?;
    set_own(thread, class, names::__firstlineno__(), None)?;
    set_own(thread, class, names::__module__(), Some(new.clone())).map(drop)
}

fn get_abstract(thread: &mut Thread, class: &Object<Type>) -> Result<Value> {
    let found = if std::ptr::eq(class, super::class_object::type_class()) {
        None
    } else {
        own(thread, class, names::__abstractmethods__())
    };
    found.ok_or_else(|| attribute_error("__abstractmethods__"))
}

fn set_abstract(thread: &mut Thread, class: &Object<Type>, new: Option<&Value>) -> Result<()> {
    let is_abstract = match new {
        Some(new) => ops::is_true(thread, new)?,
        None => false,
    };
    if !set_own(thread, class, names::__abstractmethods__(), new.cloned())? {
        return Err(attribute_error("__abstractmethods__"));
    }
    class.payload().set_flag(ClassFlags::ABSTRACT, is_abstract);
    Ok(())
}

fn get_dict(thread: &mut Thread, class: &Object<Type>) -> Result<Value> {
    let namespace = class.namespace(thread);
    super::mappingproxy::new(thread, &namespace)
}

fn get_doc(thread: &mut Thread, class: &Object<Type>) -> Result<Value> {
    if !has(class, ClassFlags::HEAP) {
        return match class.payload().native.doc {
            Some(doc) => Str::new(thread, doc),
            None => Ok(Value::none()),
        };
    }
    Ok(own_bound(thread, class, names::__doc__())?.unwrap_or_else(Value::none))
}

fn set_doc(thread: &mut Thread, class: &Object<Type>, new: Option<&Value>) -> Result<()> {
    let new = not_deleted(class, "__doc__", new)?;
    set_own(thread, class, names::__doc__(), Some(new.clone())).map(drop)
}

fn get_signature(thread: &mut Thread, class: &Object<Type>) -> Result<Value> {
    match class.payload().native.signature {
        Some(signature) if !has(class, ClassFlags::HEAP) => Str::new(thread, signature),
        _ => Ok(Value::none()),
    }
}

// Annotations (PEP 649): computed at first use by `__annotate__`, and kept.

#[cold]
fn no_such(class: &Object<Type>, attribute: &str) -> Raised {
    attribute_error(format!("type object '{}' has no attribute '{attribute}'", class.name_lossy()))
}

fn get_annotate(thread: &mut Thread, class: &Object<Type>) -> Result<Value> {
    if !has(class, ClassFlags::HEAP) {
        return Err(no_such(class, "__annotate__"));
    }
    if let Some(found) = own_bound(thread, class, names::__annotate__())? {
        return Ok(found);
    }
    if let Some(found) = own_bound(thread, class, names::__annotate_func__())? {
        return Ok(found);
    }
    set_own(thread, class, names::__annotate_func__(), Some(Value::none()))?;
    Ok(Value::none())
}

fn set_annotate(thread: &mut Thread, class: &Object<Type>, new: Option<&Value>) -> Result<()> {
    let Some(new) = new else { return Err(type_error("cannot delete __annotate__ attribute")) };
    if !new.is_none() && !call::is_callable(new) {
        return Err(type_error("__annotate__ must be callable or None"));
    }
    set_own(thread, class, names::__annotate_func__(), Some(new.clone()))?;
    if !new.is_none() {
        set_own(thread, class, names::__annotations__(), None)?;
        set_own(thread, class, names::__annotations_cache__(), None)?;
    }
    Ok(())
}

fn get_annotations(thread: &mut Thread, class: &Object<Type>) -> Result<Value> {
    if !has(class, ClassFlags::HEAP) {
        return Err(no_such(class, "__annotations__"));
    }
    if let Some(found) = own_bound(thread, class, names::__annotations__())? {
        return Ok(found);
    }
    if let Some(found) = own_bound(thread, class, names::__annotations_cache__())? {
        return Ok(found);
    }
    let annotate = lookup::getattr(thread, &as_value(class), names::__annotate__())?;
    let annotations = compute_annotations(thread, &annotate)?;
    set_own(thread, class, names::__annotations_cache__(), Some(annotations.clone()))?;
    Ok(annotations)
}

/// What `__annotate__` answers for the format VALUE; an empty dict without one.
///
/// # Errors
/// What it raises; TypeError if that is no dict.
pub(crate) fn compute_annotations(thread: &mut Thread, annotate: &Value) -> Result<Value> {
    if !call::is_callable(annotate) {
        return Dict::new(thread);
    }
    let format = int::from_i64(thread, 1)?;
    let annotations = call::call_one(thread, annotate, &format)?;
    if cast::<Dict>(&annotations).is_none() {
        return Err(type_error(format!(
            "__annotate__ returned non-dict of type '{}'",
            class_of(&annotations).name_lossy()
        )));
    }
    Ok(annotations)
}

fn set_annotations(thread: &mut Thread, class: &Object<Type>, new: Option<&Value>) -> Result<()> {
    match new {
        Some(new) => {
            let written = own(thread, class, names::__annotations__()).is_some();
            let name = if written { names::__annotations__() } else { names::__annotations_cache__() };
            set_own(thread, class, name, Some(new.clone()))?;
        }
        None => {
            if !set_own(thread, class, names::__annotations__(), None)?
                && !set_own(thread, class, names::__annotations_cache__(), None)?
            {
                return Err(attribute_error("__annotations__"));
            }
        }
    }
    set_own(thread, class, names::__annotate_func__(), None)?;
    set_own(thread, class, names::__annotate__(), None)?;
    Ok(())
}

fn get_type_params(thread: &mut Thread, class: &Object<Type>) -> Result<Value> {
    if has(class, ClassFlags::HEAP)
        && let Some(found) = own(thread, class, names::__type_params__())
    {
        return Ok(found);
    }
    Tuple::new(thread, Vec::new())
}

fn set_type_params(thread: &mut Thread, class: &Object<Type>, new: Option<&Value>) -> Result<()> {
    let new = not_deleted(class, "__type_params__", new)?;
    set_own(thread, class, names::__type_params__(), Some(new.clone())).map(drop)
}
