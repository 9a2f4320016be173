//! `types.SimpleNamespace`.

use memory::{Trace, Value, Visitor};
use threads::Thread;

use crate::call;
use crate::class::{ClassFlags, Comparison, Slots, Type, TypeExt, as_value, class_of, instance};
use crate::error::{Result, type_error};
use crate::native::{Args, KwRest, Rest};
use crate::object::{cast, cast_exact, new_of};
use crate::types::{Dict, DictExt, Str, StrExt, Tuple, sequence};

/// The payload: nothing but the `__dict__` behind it.
pub struct SimpleNamespace;

// SAFETY: no references.
unsafe impl Trace for SimpleNamespace {
    const NAME: &'static str = "types.SimpleNamespace";
    const TRACKED: bool = false;
    fn trace<V: Visitor>(&self, _: &mut V) {}
}

crate::class_def!(
    SimpleNamespace,
    "SimpleNamespace",
    ClassFlags::BASETYPE.union(ClassFlags::HAS_DICT),
    with_module("types"),
    with_doc("A simple attribute-based namespace."),
    with_signature("(mapping_or_iterable=(), /, **kwargs)"),
    with_slots(slots),
    with_new(construct),
    with_methods(&[methods::METHODS])
);

fn slots(slots: &Slots) {
    slots.init.set(init);
    slots.repr.set(repr);
    slots.compare.set(compare);
}

fn construct(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else {
        return Err(type_error("types.SimpleNamespace.__new__(X): X is not a type"));
    };
    new_of(thread, class, SimpleNamespace)
}

fn update(thread: &mut Thread, value: &Value, pairs: Vec<(Value, Value)>) -> Result<()> {
    if pairs.iter().any(|(name, _)| cast::<Str>(name).is_none()) {
        return Err(type_error("keywords must be strings"));
    }
    let dict = instance::instance_dict(thread, value)?;
    if let Some(dict) = cast::<Dict>(&dict) {
        for (name, new) in pairs {
            dict.set(thread, &name, new)?;
        }
    }
    Ok(())
}

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let given = args.positionals();
    let mut pairs = Vec::new();
    match given {
        [] => {}
        [source] => {
            let dict = match cast_exact::<Dict>(source) {
                Some(_) => source.clone(),
                None => call::call_one(thread, &<Dict as crate::class::Payload>::def().value(), source)?,
            };
            pairs = cast::<Dict>(&dict).map(|dict| dict.items(thread)).unwrap_or_default();
        }
        more => {
            return Err(type_error(format!(
                "{} expected at most 1 argument, got {}",
                class_of(value).name_lossy().rsplit('.').next().unwrap_or_default(),
                more.len()
            )));
        }
    }
    pairs.extend(args.keywords().map(|(name, new)| (name.clone(), new.clone())));
    update(thread, value, pairs)
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let name = if cast_exact::<SimpleNamespace>(value).is_some() {
        "namespace".to_owned()
    } else {
        class_of(value).name_lossy()
    };
    let shown = format!("{name}(...)");
    sequence::guarded_repr(thread, value, &shown, |thread| {
        let dict = instance::instance_dict(thread, value)?;
        let mut text = text::Builder::new();
        text.push_str(&name);
        text.push_str("(");
        let mut first = true;
        for (key, attribute) in cast::<Dict>(&dict).map(|dict| dict.items(thread)).unwrap_or_default() {
            let Some(key) = cast::<Str>(&key).filter(|key| !key.is_empty()) else { continue };
            if !first {
                text.push_str(", ");
            }
            first = false;
            text.push_view(key.view());
            text.push_str("=");
            super::exception_methods::push_repr(thread, &mut text, &attribute)?;
        }
        text.push_str(")");
        Str::from_text(thread, &text.finish())
    })
}

fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    if cast::<SimpleNamespace>(a).is_none() || cast::<SimpleNamespace>(b).is_none() {
        return Ok(Value::not_implemented());
    }
    let (x, y) = (instance::instance_dict(thread, a)?, instance::instance_dict(thread, b)?);
    match crate::class::slots_of(&x).compare.get() {
        Some(compare) => compare(thread, &x, &y, op),
        None => Ok(Value::not_implemented()),
    }
}

#[native::methods(name = "SimpleNamespace")]
mod methods {
    use super::*;

    /// Support for pickle.
    pub fn __reduce__(th: &mut Thread, this: &Value) -> Result<Value> {
        let dict = instance::instance_dict(th, this)?;
        let empty = Tuple::new(th, Vec::new())?;
        Tuple::of_array(th, [as_value(class_of(this)), empty, dict])
    }

    /// Return a copy with some attributes replaced (`copy.replace`).
    #[sig("($self, /, *args, **changes)", hidden)]
    pub fn __replace__(th: &mut Thread, this: &Value, args: Rest<'_>, changes: KwRest<'_>) -> Result<Value> {
        if !args.is_empty() {
            return Err(type_error(format!(
                "__replace__() takes 0 positional arguments but {} were given",
                args.len()
            )));
        }
        let copy = call::call_positional(th, &as_value(class_of(this)), &[])?;
        if cast::<SimpleNamespace>(&copy).is_none() {
            return Err(type_error(format!(
                "expect types.SimpleNamespace type, but {}() returned '{}' object",
                class_of(this).full_name(th),
                class_of(&copy).name_lossy()
            )));
        }
        let dict = instance::instance_dict(th, this)?;
        let pairs = cast::<Dict>(&dict).map(|dict| dict.items(th)).unwrap_or_default();
        update(th, &copy, pairs)?;
        let pairs = changes.iter().map(|(name, new)| (name.clone(), new.clone())).collect();
        update(th, &copy, pairs)?;
        Ok(copy)
    }
}

/// A namespace with these attributes.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &mut Thread, fields: &[(&Value, Value)]) -> Result<Value> {
    let value = crate::object::new(thread, SimpleNamespace)?;
    let dict = instance::instance_dict(thread, &value)?;
    if let Some(dict) = cast::<Dict>(&dict) {
        for (name, field) in fields {
            dict.set_str(thread, name, field.clone())?;
        }
    }
    Ok(value)
}
