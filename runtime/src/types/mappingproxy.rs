//! `types.MappingProxyType`: a mapping that can only be read, such as the `__dict__` of a class.

use memory::{Trace, Value, Visitor};
use threads::{Context, Thread};

use super::{Dict, List, Str, Tuple};
use crate::class::{BinaryOp, ClassFlags, Comparison, Slots, TypeExt, class_of, slots_of};
use crate::error::{Result, type_error};
use crate::native::{Args, NativeDef};
use crate::object::{cast, cast_exact};
use crate::{names, ops};

/// The payload: the mapping.
pub struct MappingProxy {
    mapping: Value,
}

// SAFETY: the mapping once.
unsafe impl Trace for MappingProxy {
    const NAME: &'static str = "mappingproxy";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.value(&self.mapping);
    }
}

static METHODS: &[&[NativeDef]] = &[methods::METHODS];

crate::class_def!(
    MappingProxy,
    "mappingproxy",
    ClassFlags::MAPPING,
    with_doc("Read-only proxy of a mapping."),
    with_signature("(mapping)"),
    with_slots(slots),
    with_new(construct),
    with_methods(METHODS)
);

/// A proxy of `mapping`.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &Context, mapping: &Value) -> Result<Value> {
    crate::object::new(thread, MappingProxy { mapping: mapping.clone() })
}

/// The mapping behind a proxy.
pub fn mapping_of(value: &Value) -> Option<&Value> {
    cast::<MappingProxy>(value).map(|proxy| &proxy.payload().mapping)
}

fn inner(value: &Value) -> &Value {
    mapping_of(value).unwrap_or(value)
}

fn construct(thread: &mut Thread, _: &Value, args: Args<'_>) -> Result<Value> {
    let mapping = match (args.positionals(), args.names) {
        ([mapping], []) => mapping,
        ([], [name])
            if cast::<Str>(name).is_some_and(|name| super::StrExt::to_string_lossy(name) == "mapping") =>
        {
            &args.values[0]
        }
        ([], _) if args.values.len() < 2 => {
            return Err(type_error("mappingproxy() missing required argument 'mapping' (pos 1)"));
        }
        _ => {
            return Err(type_error(format!(
                "mappingproxy() takes at most 1 argument ({} given)",
                args.values.len()
            )));
        }
    };
    let is_mapping = slots_of(mapping).getitem.get().is_some();
    if !is_mapping || cast::<List>(mapping).is_some() || cast::<Tuple>(mapping).is_some() {
        return Err(type_error(format!(
            "mappingproxy() argument must be a mapping, not {}",
            class_of(mapping).name_lossy()
        )));
    }
    new(thread, mapping)
}

fn slots(slots: &Slots) {
    slots.len.set(|thread, value| ops::len(thread, inner(value)));
    slots.getitem.set(|thread, value, key| ops::getitem(thread, inner(value), key));
    slots.contains.set(contains);
    slots.iter.set(|thread, value| ops::iter(thread, inner(value)));
    slots.str.set(|thread, value| ops::str(thread, inner(value)));
    slots.repr.set(repr);
    slots.hash.set(|thread, value| ops::hash(thread, inner(value)));
    slots.compare.set(|thread, a, b, op: Comparison| match mapping_of(a) {
        Some(mapping) => ops::compare(thread, mapping, b, op),
        None => Ok(Value::not_implemented()),
    });
    slots.binary[BinaryOp::Or as usize]
        .set(|thread, a, b| ops::binary(thread, inner(a), inner(b), BinaryOp::Or));
    slots.inplace[BinaryOp::Or as usize].set(|_, value, _| {
        Err(type_error(format!("'|=' is not supported by {}; use '|' instead", class_of(value).name_lossy())))
    });
}

fn contains(thread: &mut Thread, value: &Value, key: &Value) -> Result<bool> {
    ops::contains(thread, inner(value), key)
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let text = ops::repr(thread, inner(value))?;
    let mut builder = text::Builder::new();
    builder.push_str("mappingproxy(");
    if let Some(text) = cast::<Str>(&text) {
        builder.push_view(super::StrExt::view(text));
    }
    builder.push_str(")");
    Str::from_text(thread, &builder.finish())
}

/// Methods that have no slot: all of them are the mapping's.
#[native::methods(MappingProxy)]
mod methods {
    use super::{Dict, MappingProxy, cast_exact, names};
    use crate::call::call_method;
    use crate::error::Result;
    use crate::native::{Object, Thread, Value};
    use crate::types::{DictExt, generic_alias};

    /// Return the value for key if key is in the mapping, else default.
    #[sig("($self, key, default=None, /)")]
    pub fn get(
        th: &mut Thread,
        proxy: &Object<MappingProxy>,
        key: &Value,
        default: Option<&Value>,
    ) -> Result<Value> {
        let default = default.cloned().unwrap_or_else(Value::none);
        let mapping = &proxy.payload().mapping;
        if let Some(dict) = cast_exact::<Dict>(mapping) {
            return Ok(dict.get(th, key)?.unwrap_or(default));
        }
        call_method(th, mapping, names::get(), &[key.clone(), default])
    }

    /// a set-like object providing a view on D's keys
    pub fn keys(th: &mut Thread, proxy: &Object<MappingProxy>) -> Result<Value> {
        call_method(th, &proxy.payload().mapping, names::keys(), &[])
    }

    /// an object providing a view on D's values
    pub fn values(th: &mut Thread, proxy: &Object<MappingProxy>) -> Result<Value> {
        call_method(th, &proxy.payload().mapping, names::values(), &[])
    }

    /// a set-like object providing a view on D's items
    pub fn items(th: &mut Thread, proxy: &Object<MappingProxy>) -> Result<Value> {
        call_method(th, &proxy.payload().mapping, names::items(), &[])
    }

    /// a shallow copy of D
    pub fn copy(th: &mut Thread, proxy: &Object<MappingProxy>) -> Result<Value> {
        let name = crate::interned!(th, "copy")?;
        call_method(th, &proxy.payload().mapping, name, &[])
    }

    /// Return a reverse iterator over the mapping's keys.
    #[name("__reversed__")]
    pub fn reversed(th: &mut Thread, proxy: &Object<MappingProxy>) -> Result<Value> {
        crate::types::reversed::of(th, &proxy.payload().mapping)
    }

    /// See PEP 585
    #[class_method]
    #[name("__class_getitem__")]
    pub fn class_getitem(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        generic_alias::new(th, class, object)
    }
}
