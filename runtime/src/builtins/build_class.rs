//! `__build_class__`: what a class statement calls.

use memory::Value;
use threads::Thread;

use crate::class::lookup::{getattr_opt, getattr_or_none, winning_metaclass};
use crate::class::{Type, TypeExt, as_value, class_of, slots_of};
use crate::error::{Result, runtime_error, type_error};
use crate::native::{Args, KwRest, Rest};
use crate::object::cast;
use crate::types::{Dict, DictExt, Str, StrExt, Tuple, TupleExt, cell, function};
use crate::{call, names, ops};

/// The bases with what their `__mro_entries__` stand for; `None` if there was nothing to replace.
fn resolve_bases(thread: &mut Thread, original: &Value, bases: &[Value]) -> Result<Option<Vec<Value>>> {
    let mut resolved: Option<Vec<Value>> = None;
    for (index, base) in bases.iter().enumerate() {
        let entries = if cast::<Type>(base).is_some() {
            None
        } else {
            getattr_opt_quiet(thread, base, names::__mro_entries__())?
        };
        let Some(entries) = entries else {
            if let Some(resolved) = &mut resolved {
                resolved.push(base.clone());
            }
            continue;
        };
        let found = call::call_one(thread, &entries, original)?;
        let Some(found) = cast::<Tuple>(&found) else {
            return Err(type_error("__mro_entries__ must return a tuple"));
        };
        resolved.get_or_insert_with(|| bases[..index].to_vec()).extend_from_slice(found.items());
    }
    Ok(resolved)
}

fn getattr_opt_quiet(thread: &mut Thread, value: &Value, name: &Value) -> Result<Option<Value>> {
    match getattr_opt(thread, value, name) {
        Err(raised) if raised.is(&crate::error::ATTRIBUTE_ERROR) => Ok(None),
        other => other,
    }
}

/// Names and values of the keyword arguments, as a call takes them.
#[derive(Default)]
struct Keywords {
    names: Vec<Value>,
    values: Vec<Value>,
}

impl Keywords {
    /// Calls `callable` with `args` and these.
    fn call(&self, thread: &mut Thread, callable: &Value, args: &[Value]) -> Result<Value> {
        let mut values = args.to_vec();
        values.extend_from_slice(&self.values);
        call::call(thread, callable, Args { values: &values, names: &self.names })
    }
}

fn prepare(
    thread: &mut Thread,
    meta: &Value,
    is_class: bool,
    name: &Value,
    bases: &Value,
    keywords: &Keywords,
) -> Result<Value> {
    let plain = std::ptr::eq(
        cast::<Type>(meta).map_or(std::ptr::null(), |meta| &raw const *meta),
        crate::types::class_object::type_class(),
    );
    if plain {
        return Dict::new(thread);
    }
    let Some(prepare) = getattr_or_none(thread, meta, names::__prepare__())? else {
        return Dict::new(thread);
    };
    let namespace = keywords.call(thread, &prepare, &[name.clone(), bases.clone()])?;
    if slots_of(&namespace).getitem.get().is_none() {
        let meta_name = match cast::<Type>(meta) {
            Some(meta) if is_class => meta.name_lossy(),
            _ => "<metaclass>".to_owned(),
        };
        return Err(type_error(format!(
            "{meta_name}.__prepare__() must return a mapping, not {}",
            class_of(&namespace).name_lossy()
        )));
    }
    Ok(namespace)
}

/// The body's `__class__` cell must hold the class that came of it.
fn check_cell(thread: &mut Thread, class: &Value, name: &Value, class_cell: &Value) -> Result<()> {
    if cast::<Type>(class).is_none() || !cell::is_cell(class_cell) {
        return Ok(());
    }
    let name = ops::repr_text(thread, name)?;
    match cell::get(class_cell) {
        Some(held) if held.is(class) => Ok(()),
        Some(held) => {
            let (held, class) = (ops::repr_text(thread, &held)?, ops::repr_text(thread, class)?);
            Err(type_error(format!("__class__ set to {held} defining {name} as {class}")))
        }
        None => {
            let class = ops::repr_text(thread, class)?;
            Err(runtime_error(format!(
                "__class__ not set defining {name} as {class}. Was __classcell__ propagated to type.__new__?"
            )))
        }
    }
}

#[native::module("builtins", doc = "The class statement.")]
pub mod functions {
    use super::*;

    /// __build_class__(func, name, /, *bases, [metaclass], **kwds) -> class
    ///
    /// Internal helper function used by the class statement.
    #[sig("(*args, **kwds)", hidden)]
    pub fn __build_class__(th: &mut Thread, args: Rest<'_>, kwds: KwRest<'_>) -> Result<Value> {
        let [body, name, given @ ..] = args else {
            return Err(type_error("__build_class__: not enough arguments"));
        };
        if !function::is_function(body) {
            return Err(type_error("__build_class__: func must be a function"));
        }
        if cast::<Str>(name).is_none() {
            return Err(type_error("__build_class__: name is not a string"));
        }
        let original = Tuple::from_slice(th, given)?;
        let resolved = resolve_bases(th, &original, given)?;
        let replaced = resolved.is_some();
        let bases = match resolved {
            Some(resolved) => Tuple::new(th, resolved)?,
            None => original.clone(),
        };
        let mut meta = None;
        let mut keywords = Keywords::default();
        for (key, value) in kwds.iter() {
            if cast::<Str>(key).and_then(|key| key.as_ascii()) == Some("metaclass") {
                meta = Some(value.clone());
            } else {
                keywords.names.push(key.clone());
                keywords.values.push(value.clone());
            }
        }
        let items = cast::<Tuple>(&bases).map_or(&[][..], |bases| bases.items());
        let mut meta = match (meta, items.first()) {
            (Some(meta), _) => meta,
            (None, Some(first)) => as_value(class_of(first)),
            (None, None) => as_value(crate::types::class_object::type_class()),
        };
        let is_class = cast::<Type>(&meta).is_some();
        let winner = match cast::<Type>(&meta) {
            Some(meta) => Some(winning_metaclass(meta, items)?),
            None => None,
        };
        if let Some(winner) = winner {
            meta = winner;
        }
        let namespace = prepare(th, &meta, is_class, name, &bases, &keywords)?;
        let class_cell = crate::interp::call_body(th, body, &namespace)?;
        if replaced {
            match cast::<Dict>(&namespace) {
                Some(dict) => dict.set(th, names::__orig_bases__(), original)?,
                None => ops::setitem(th, &namespace, names::__orig_bases__(), Some(&original))?,
            }
        }
        let class = keywords.call(th, &meta, &[name.clone(), bases.clone(), namespace])?;
        check_cell(th, &class, name, &class_cell)?;
        Ok(class)
    }
}
