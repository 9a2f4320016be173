//! `typing.TypeAliasType`: what `type X = ...` makes.

use memory::{Object, Slot, Trace, Value, Visitor};
use threads::Thread;

use super::typevars::{Lazy, iterate_unpacked, unpack_tuples};
use crate::class::lookup::getattr_or_none;
use crate::class::{BinaryOp, ClassFlags, Slots, Type, TypeExt, class_of};
use crate::error::{Result, system_error, type_error};
use crate::native::Args;
use crate::object::{cast, new_of};
use crate::types::{Str, StrExt, Tuple, TupleExt};
use crate::{call, names, ops};

/// The payload of a type alias.
pub struct TypeAliasType {
    name: Slot,
    /// A tuple.
    type_params: Slot,
    value: Lazy,
    module: Slot,
}

// SAFETY: each slot once.
unsafe impl Trace for TypeAliasType {
    const NAME: &'static str = "typing.TypeAliasType";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.name);
        visitor.slot(&self.type_params);
        self.value.trace(visitor);
        visitor.slot(&self.module);
    }
}

crate::class_def!(
    TypeAliasType,
    "TypeAliasType",
    ClassFlags::HAS_WEAKREF,
    with_module("typing"),
    with_doc(
        "Type alias.\n\nType aliases are created through the type statement::\n\n    type Alias = int\n\nIn this example, Alias and int will be treated equivalently by static\ntype checkers.\n"
    ),
    with_slots(slots),
    with_new(construct),
    with_methods(&[methods::METHODS]),
    with_getsets(&[methods::GETSETS])
);

fn slots(slots: &Slots) {
    slots.repr.set(|thread, value| match cast::<TypeAliasType>(value) {
        Some(alias) => {
            let name = name_of(alias);
            ops::str(thread, &name)
        }
        None => Str::new(thread, ""),
    });
    slots.iter.set(iterate_unpacked);
    slots.getitem.set(getitem);
    slots.binary[BinaryOp::Or as usize].set(super::union::or);
}

/// Whether `value` is a type alias.
pub fn is_type_alias(value: &Value) -> bool {
    cast::<TypeAliasType>(value).is_some()
}

fn name_of(alias: &Object<TypeAliasType>) -> Value {
    alias.payload().name.get(alias.header()).unwrap_or_else(Value::none)
}

fn params_of(alias: &Object<TypeAliasType>) -> Value {
    alias.payload().type_params.get(alias.header()).unwrap_or_else(Value::none)
}

/// What the `type` statement makes of its name, its type parameters (or None) and the function that computes its value.
///
/// # Errors
/// MemoryError.
pub fn new_type_alias(thread: &mut Thread, parts: &Value) -> Result<Value> {
    let Some([name, params, evaluate]) = cast::<Tuple>(parts).map(|parts| parts.items()) else {
        return Err(system_error("a type alias is made of three parts"));
    };
    let params = if params.is_none() { Tuple::new(thread, Vec::new())? } else { params.clone() };
    let payload = TypeAliasType {
        name: Slot::new(Some(name.clone())),
        type_params: Slot::new(Some(params)),
        value: Lazy::of_function(Some(evaluate.clone())),
        module: Slot::new(None),
    };
    crate::object::new(thread, payload)
}

fn construct(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let given = args.positionals();
    if given.len() > 2 {
        return Err(type_error(format!(
            "typealias() takes exactly 2 positional arguments ({} given)",
            given.len()
        )));
    }
    let (mut name, mut value, mut params) = (given.first().cloned(), given.get(1).cloned(), None);
    for (key, new) in args.keywords() {
        let key = cast::<Str>(key).map(|key| key.to_string_lossy()).unwrap_or_default();
        let place = match &*key {
            "name" => &mut name,
            "value" => &mut value,
            "type_params" => &mut params,
            _ => return Err(type_error(format!("typealias() got an unexpected keyword argument '{key}'"))),
        };
        *place = Some(new.clone());
    }
    let name = super::arguments::required(name, "typealias", "name", 1)?;
    if cast::<Str>(&name).is_none() {
        return Err(type_error(format!(
            "typealias() argument 'name' must be str, not {}",
            class_of(&name).name_lossy()
        )));
    }
    let value = super::arguments::required(value, "typealias", "value", 2)?;
    let params = match params {
        Some(params) => check_params(thread, params)?,
        None => Tuple::new(thread, Vec::new())?,
    };
    let module = crate::interp::current_module_name(thread);
    let Some(class) = cast::<Type>(class) else { return Err(type_error("X is not a type")) };
    let payload = TypeAliasType {
        name: Slot::new(Some(name)),
        type_params: Slot::new(Some(params)),
        value: Lazy::of_value(Some(value)),
        module: Slot::new(module),
    };
    new_of(thread, class, payload)
}

/// Type parameters with defaults stand after those without.
fn check_params(thread: &mut Thread, params: Value) -> Result<Value> {
    let Some(tuple) = cast::<Tuple>(&params) else { return Err(type_error("type_params must be a tuple")) };
    let has_default = crate::interned!(thread, "has_default")?;
    let mut seen = false;
    for param in tuple.items() {
        let Some(method) = getattr_or_none(thread, param, has_default)? else {
            let shown = ops::repr_text(thread, param)?;
            return Err(type_error(format!("Expected a type param, got {shown}")));
        };
        let answer = call::call(thread, &method, Args::none())?;
        if ops::is_true(thread, &answer)? {
            seen = true;
        } else if seen {
            let shown = ops::repr_text(thread, param)?;
            return Err(type_error(format!(
                "non-default type parameter '{shown}' follows default type parameter"
            )));
        }
    }
    Ok(params.clone())
}

fn getitem(thread: &mut Thread, value: &Value, item: &Value) -> Result<Value> {
    let Some(alias) = cast::<TypeAliasType>(value) else { return Ok(Value::not_implemented()) };
    if cast::<Tuple>(&params_of(alias)).is_none_or(|params| params.is_empty()) {
        return Err(type_error("Only generic type aliases are subscriptable"));
    }
    super::generic_alias::new(thread, value, item)
}

#[native::methods(TypeAliasType, name = "typing.TypeAliasType")]
mod methods {
    use super::*;

    /// Support for pickle: the name.
    pub fn __reduce__(this: &Object<TypeAliasType>) -> Value {
        name_of(this)
    }

    /// the name
    #[getter]
    pub fn __name__(this: &Object<TypeAliasType>) -> Value {
        name_of(this)
    }

    /// the type parameters
    #[getter]
    pub fn __type_params__(this: &Object<TypeAliasType>) -> Value {
        params_of(this)
    }

    /// the type parameters, type variable tuples unpacked
    #[getter]
    pub fn __parameters__(th: &mut Thread, this: &Object<TypeAliasType>) -> Result<Value> {
        unpack_tuples(th, &params_of(this))
    }

    /// what the alias stands for
    #[getter]
    pub fn __value__(th: &mut Thread, this: &Object<TypeAliasType>) -> Result<Option<Value>> {
        this.payload().value.get(th, this.header())
    }

    /// the function that computes what the alias stands for
    #[getter]
    pub fn evaluate_value(th: &mut Thread, this: &Object<TypeAliasType>) -> Result<Value> {
        this.payload().value.evaluator(th, this.header())
    }

    /// the module that it was made in
    #[getter]
    pub fn __module__(th: &mut Thread, this: &Object<TypeAliasType>) -> Result<Value> {
        if let Some(module) = this.payload().module.get(this.header()) {
            return Ok(module);
        }
        let evaluate = this.payload().value.evaluator(th, this.header())?;
        Ok(getattr_or_none(th, &evaluate, names::__module__())?.unwrap_or_else(Value::none))
    }
}
