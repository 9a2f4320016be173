//! `typing.Union`, which is `types.UnionType` too: `int | str`.

use memory::{Object, Slot, Trace, Value, Visitor};
use threads::{Context, Thread};

use super::type_params;
use crate::class::{BinaryOp, ClassFlags, Comparison, Payload, Slots, Type};
use crate::error::{Result, TYPE_ERROR, type_error};
use crate::object::cast;
use crate::types::{NoneType, Str, Tuple, TupleExt, set};
use crate::{call, ops};

/// The payload of a union.
pub struct Union {
    /// The types: a tuple of at least two.
    args: Slot,
    /// The type parameters among them, once asked for.
    parameters: Slot,
    /// How many of the types had no hash when the union was made: then it has none either.
    unhashable: usize,
}

// SAFETY: each slot once.
unsafe impl Trace for Union {
    const NAME: &'static str = "typing.Union";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.args);
        visitor.slot(&self.parameters);
    }
}

crate::class_def!(
    Union,
    "Union",
    ClassFlags::NO_NEW.union(ClassFlags::HAS_WEAKREF),
    with_module("typing"),
    with_doc("Represent a union type\n\nE.g. for int | str"),
    with_slots(slots),
    with_methods(&[methods::METHODS]),
    with_getsets(&[methods::GETSETS])
);

fn slots(slots: &Slots) {
    slots.repr.set(repr);
    slots.hash.set(hash);
    slots.compare.set(compare);
    slots.getitem.set(getitem);
    slots.binary[BinaryOp::Or as usize].set(or_checked);
}

/// Whether `value` is a union of types.
pub fn is_union(value: &Value) -> bool {
    cast::<Union>(value).is_some()
}

/// The types of a union.
pub fn parts(_: &Context, value: &Value) -> Vec<Value> {
    cast::<Union>(value).map(items).unwrap_or_default()
}

fn args_of(union: &Object<Union>) -> Value {
    union.payload().args.get(union.header()).unwrap_or_else(Value::none)
}

fn items(union: &Object<Union>) -> Vec<Value> {
    cast::<Tuple>(&args_of(union)).map(|args| args.items().to_vec()).unwrap_or_default()
}

/// What may stand in a union without a question to the typing module.
fn is_unionable(value: &Value) -> bool {
    value.is_none()
        || cast::<Type>(value).is_some()
        || super::generic_alias::is_alias(value)
        || super::typevars::is_type_alias(value)
        || is_union(value)
}

/// Types gathered for a union: equal ones once, in order.
struct Builder {
    all: Vec<Value>,
    /// Those with a hash, to find equal ones quickly.
    hashed: Value,
    unhashed: Vec<Value>,
}

impl Builder {
    fn new(thread: &mut Thread) -> Result<Self> {
        Ok(Self { all: Vec::new(), hashed: set::new(thread)?, unhashed: Vec::new() })
    }

    fn add(&mut self, thread: &mut Thread, value: &Value) -> Result<()> {
        if let Some(union) = cast::<Union>(value) {
            for part in items(union) {
                self.add_single(thread, part)?;
            }
            return Ok(());
        }
        if value.is_none() {
            return self.add_single(thread, NoneType::def().value());
        }
        if is_unionable(value) {
            return self.add_single(thread, value.clone());
        }
        let check = crate::interp::import::attribute_of(thread, "typing", "_type_check")?;
        let message = Str::new(thread, "Union[arg, ...]: each arg must be a type.")?;
        let checked = call::call_positional(thread, &check, &[value.clone(), message])?;
        self.add_single(thread, checked)
    }

    fn add_single(&mut self, thread: &mut Thread, value: Value) -> Result<()> {
        match ops::hash(thread, &value) {
            Ok(_) => {
                if set::contains(thread, &self.hashed, &value)? {
                    return Ok(());
                }
                set::add(thread, &self.hashed, &value)?;
            }
            Err(raised) if raised.is(&TYPE_ERROR) => {
                for other in &self.unhashed {
                    if ops::is_or_equals(thread, other, &value)? {
                        return Ok(());
                    }
                }
                self.unhashed.push(value.clone());
            }
            Err(raised) => return Err(raised),
        }
        self.all.push(value);
        Ok(())
    }

    fn finish(mut self, thread: &mut Thread) -> Result<Value> {
        match self.all.len() {
            0 => Err(type_error("Cannot take a Union of no types.")),
            1 => Ok(self.all.pop().unwrap_or_else(Value::none)),
            _ => {
                let unhashable = self.unhashed.len();
                let args = Slot::new(Some(Tuple::new(thread, self.all)?));
                crate::object::new(thread, Union { args, parameters: Slot::new(None), unhashable })
            }
        }
    }
}

fn join(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let mut builder = Builder::new(thread)?;
    builder.add(thread, a)?;
    builder.add(thread, b)?;
    builder.finish(thread)
}

/// `a | b` of classes and generic aliases.
///
/// # Errors
/// What comparing the types raises.
pub fn or(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    if !is_unionable(a) || !is_unionable(b) {
        return Ok(Value::not_implemented());
    }
    join(thread, a, b)
}

/// `a | b` where one is a union or a type parameter: what else there is, the typing module judges.
///
/// # Errors
/// TypeError, or what comparing the types raises.
pub(crate) fn or_checked(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    join(thread, a, b)
}

/// The union of several types; the type itself if there is one.
///
/// # Errors
/// TypeError if there is none, or what comparing the types raises.
pub fn of_all(thread: &mut Thread, types: &[Value]) -> Result<Value> {
    let mut builder = Builder::new(thread)?;
    for value in types {
        builder.add(thread, value)?;
    }
    builder.finish(thread)
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let mut text = text::Builder::new();
    for (index, part) in parts(thread, value).iter().enumerate() {
        if index > 0 {
            text.push_str(" | ");
        }
        type_params::push_type(thread, &mut text, part)?;
    }
    Str::from_text(thread, &text.finish())
}

fn hash(thread: &mut Thread, value: &Value) -> Result<i64> {
    let args = cast::<Union>(value).map_or_else(Value::none, args_of);
    for arg in cast::<Tuple>(&args).map_or(&[][..], |args| args.items()) {
        ops::hash(thread, arg)?; // what has no hash says so itself
    }
    let unhashable = cast::<Union>(value).map_or(0, |union| union.payload().unhashable);
    if unhashable > 0 {
        return Err(type_error(format!("union contains {unhashable} unhashable elements")));
    }
    let set = set::new_frozen_from(thread, &args)?;
    ops::hash(thread, &set)
}

/// The types with a hash as a set, and the others.
fn split(thread: &mut Thread, union: &Object<Union>) -> Result<(Value, Vec<Value>)> {
    let hashed = set::new(thread)?;
    let mut others = Vec::new();
    for part in items(union) {
        match ops::hash(thread, &part) {
            Ok(_) => set::add(thread, &hashed, &part)?,
            Err(raised) if raised.is(&TYPE_ERROR) => others.push(part),
            Err(raised) => return Err(raised),
        }
    }
    Ok((hashed, others))
}

fn contains_all(thread: &mut Thread, these: &[Value], others: &[Value]) -> Result<bool> {
    for value in these {
        let mut found = false;
        for other in others {
            found = found || ops::is_or_equals(thread, value, other)?;
        }
        if !found {
            return Ok(false);
        }
    }
    Ok(true)
}

fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some(x), Some(y)) = (cast::<Union>(a), cast::<Union>(b)) else {
        return Ok(Value::not_implemented());
    };
    if !matches!(op, Comparison::Eq | Comparison::Ne) {
        return Ok(Value::not_implemented());
    }
    let ((of_x, rest_x), (of_y, rest_y)) = (split(thread, x)?, split(thread, y)?);
    let equal = ops::compare_bool(thread, &of_x, &of_y, Comparison::Eq)?
        && rest_x.len() == rest_y.len()
        && contains_all(thread, &rest_x, &rest_y)?
        && contains_all(thread, &rest_y, &rest_x)?;
    Ok(Value::from_bool(equal == (op == Comparison::Eq)))
}

fn parameters_of(thread: &mut Thread, union: &Object<Union>) -> Result<Value> {
    if let Some(found) = union.payload().parameters.get(union.header()) {
        return Ok(found);
    }
    let found = type_params::parameters(thread, &items(union))?;
    let found = Tuple::new(thread, found)?;
    drop(union.payload().parameters.replace(thread, union.header(), Some(found.clone())));
    Ok(found)
}

fn getitem(thread: &mut Thread, value: &Value, item: &Value) -> Result<Value> {
    let Some(union) = cast::<Union>(value) else { return Ok(Value::not_implemented()) };
    let parameters = parameters_of(thread, union)?;
    let parameters = cast::<Tuple>(&parameters).map_or(&[][..], |parameters| parameters.items());
    let args = type_params::substitute(thread, value, &items(union), parameters, item)?;
    let mut args = args.into_iter();
    let mut result = args.next().unwrap_or_else(Value::none);
    for arg in args {
        result = ops::binary(thread, &result, &arg, BinaryOp::Or)?;
    }
    Ok(result)
}

#[native::methods(Union, name = "typing.Union")]
mod methods {
    use super::*;

    /// A union is no base.
    pub fn __mro_entries__(th: &mut Thread, this: &Object<Union>, _bases: &Value) -> Result<()> {
        let shown = ops::repr_text(th, &crate::object::to_value(this))?;
        Err(type_error(format!("Cannot subclass {shown}")))
    }

    /// Return a union of types.
    #[class_method]
    pub fn __class_getitem__(th: &mut Thread, _class: &Value, args: &Value) -> Result<Value> {
        match cast::<Tuple>(args) {
            Some(args) => of_all(th, args.items()),
            None => of_all(th, std::slice::from_ref(args)),
        }
    }

    /// the types
    #[getter]
    pub fn __args__(this: &Object<Union>) -> Value {
        args_of(this)
    }

    /// the name of the type
    #[getter]
    pub fn __name__(_this: &Object<Union>) -> &'static str {
        "Union"
    }

    /// the qualified name of the type
    #[getter]
    pub fn __qualname__(_this: &Object<Union>) -> &'static str {
        "Union"
    }

    /// always typing.Union
    #[getter]
    pub fn __origin__(_this: &Object<Union>) -> Value {
        Union::def().value()
    }

    /// Type variables in the types.UnionType.
    #[getter]
    pub fn __parameters__(th: &mut Thread, this: &Object<Union>) -> Result<Value> {
        parameters_of(th, this)
    }
}
