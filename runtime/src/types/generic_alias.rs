//! `types.GenericAlias`: `list[int]`.

use memory::{Object, Slot, Trace, Value, Visitor};
use threads::Thread;
use threads::sync::atomic::{AtomicBool, Ordering};

use super::type_params;
use crate::class::lookup::{getattr, setattr};
use crate::class::{BinaryOp, ClassFlags, Comparison, Slots, Type, instance};
use crate::error::{ATTRIBUTE_ERROR, Result, TYPE_ERROR, type_error};
use crate::native::Args;
use crate::object::{cast, cast_exact, new_of};
use crate::types::{List, Str, StrExt, Tuple, TupleExt};
use crate::{call, names, ops};

/// The payload of a generic alias.
pub struct GenericAlias {
    /// What is generic.
    origin: Slot,
    /// What it is made of: a tuple.
    args: Slot,
    /// The type parameters among the arguments, once asked for.
    parameters: Slot,
    /// Whether it is unpacked: `*tuple[int]`.
    starred: bool,
}

// SAFETY: each slot once.
unsafe impl Trace for GenericAlias {
    const NAME: &'static str = "types.GenericAlias";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        for slot in [&self.origin, &self.args, &self.parameters] {
            visitor.slot(slot);
        }
    }
}

crate::class_def!(
    GenericAlias,
    "GenericAlias",
    ClassFlags::BASETYPE.union(ClassFlags::HAS_WEAKREF),
    with_module("types"),
    with_doc(
        "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,)."
    ),
    with_slots(slots),
    with_new(construct),
    with_methods(&[methods::METHODS]),
    with_getsets(&[methods::GETSETS])
);

fn slots(slots: &Slots) {
    slots.repr.set(repr);
    slots.hash.set(hash);
    slots.call.set(call_origin);
    slots.getattr.set(alias_getattr);
    slots.compare.set(compare);
    slots.iter.set(iter);
    slots.getitem.set(getitem);
    slots.binary[BinaryOp::Or as usize].set(super::union::or);
}

/// `origin[args]`.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &mut Thread, origin: &Value, args: &Value) -> Result<Value> {
    let class = <GenericAlias as crate::class::Payload>::def().object();
    make(thread, class, origin, args, false)
}

fn make(
    thread: &mut Thread,
    class: &Object<Type>,
    origin: &Value,
    args: &Value,
    starred: bool,
) -> Result<Value> {
    let args = match cast::<Tuple>(args) {
        Some(_) => args.clone(),
        None => Tuple::of_array(thread, [args.clone()])?,
    };
    let payload = GenericAlias {
        origin: Slot::new(Some(origin.clone())),
        args: Slot::new(Some(args)),
        parameters: Slot::new(None),
        starred,
    };
    new_of(thread, class, payload)
}

fn construct(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else {
        return Err(type_error("GenericAlias.__new__(X): X is not a type"));
    };
    match args.no_keywords("GenericAlias")? {
        [origin, arguments] => make(thread, class, origin, arguments, false),
        other => Err(type_error(format!("GenericAlias expected 2 arguments, got {}", other.len()))),
    }
}

/// Whether `value` is a generic alias.
pub fn is_alias(value: &Value) -> bool {
    cast::<GenericAlias>(value).is_some()
}

fn origin_of(alias: &Object<GenericAlias>) -> Value {
    alias.payload().origin.get(alias.header()).unwrap_or_else(Value::none)
}

fn args_of(alias: &Object<GenericAlias>) -> Value {
    alias.payload().args.get(alias.header()).unwrap_or_else(Value::none)
}

fn arg_items(alias: &Object<GenericAlias>) -> Vec<Value> {
    cast::<Tuple>(&args_of(alias)).map(|args| args.items().to_vec()).unwrap_or_default()
}

/// `__parameters__`, found at first use.
fn parameters_of(thread: &mut Thread, alias: &Object<GenericAlias>) -> Result<Value> {
    if let Some(found) = alias.payload().parameters.get(alias.header()) {
        return Ok(found);
    }
    let found = type_params::parameters(thread, &arg_items(alias))?;
    let found = Tuple::new(thread, found)?;
    drop(alias.payload().parameters.replace(thread, alias.header(), Some(found.clone())));
    Ok(found)
}

macro_rules! alias {
    ($value:expr, $otherwise:expr) => {
        match cast::<GenericAlias>($value) {
            Some(alias) => alias,
            None => return Ok($otherwise),
        }
    };
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let alias = alias!(value, value.clone());
    let mut text = text::Builder::new();
    if alias.payload().starred {
        text.push_str("*");
    }
    type_params::push_type(thread, &mut text, &origin_of(alias))?;
    text.push_str("[");
    type_params::push_arguments(thread, &mut text, &arg_items(alias))?;
    text.push_str("]");
    Str::from_text(thread, &text.finish())
}

fn hash(thread: &mut Thread, value: &Value) -> Result<i64> {
    let alias = alias!(value, 0);
    let origin = ops::hash(thread, &origin_of(alias))?;
    let hash = origin ^ ops::hash(thread, &args_of(alias))?;
    Ok(if hash == -1 { -2 } else { hash })
}

fn call_origin(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<Value> {
    let alias = alias!(value, value.clone());
    let made = call::call(thread, &origin_of(alias), args)?;
    match setattr(thread, &made, names::__orig_class__(), Some(value)) {
        Err(raised) if !raised.is(&ATTRIBUTE_ERROR) && !raised.is(&TYPE_ERROR) => Err(raised),
        _ => Ok(made),
    }
}

/// Attributes that are the alias's own; all others are the origin's.
const OWN: [&str; 9] = [
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
];

/// Attributes that the origin's are not shown for.
const BLOCKED: [&str; 3] = ["__bases__", "__copy__", "__deepcopy__"];

fn alias_getattr(thread: &mut Thread, value: &Value, name: &Value) -> Result<Option<Value>> {
    let alias = alias!(value, None);
    let text = cast::<Str>(name).and_then(|name| name.as_ascii()).unwrap_or_default();
    if OWN.contains(&text) || BLOCKED.contains(&text) {
        return instance::generic_getattr(thread, value, name);
    }
    getattr(thread, &origin_of(alias), name).map(Some)
}

fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some(x), Some(y)) = (cast::<GenericAlias>(a), cast::<GenericAlias>(b)) else {
        return Ok(Value::not_implemented());
    };
    if !matches!(op, Comparison::Eq | Comparison::Ne) {
        return Ok(Value::not_implemented());
    }
    let equal = x.payload().starred == y.payload().starred
        && ops::compare_bool(thread, &origin_of(x), &origin_of(y), Comparison::Eq)?
        && ops::compare_bool(thread, &args_of(x), &args_of(y), Comparison::Eq)?;
    Ok(Value::from_bool(equal == (op == Comparison::Eq)))
}

fn getitem(thread: &mut Thread, value: &Value, item: &Value) -> Result<Value> {
    let alias = alias!(value, value.clone());
    let parameters = parameters_of(thread, alias)?;
    let parameters = cast::<Tuple>(&parameters).map_or(&[][..], |parameters| parameters.items());
    let args = type_params::substitute(thread, value, &arg_items(alias), parameters, item)?;
    let args = Tuple::new(thread, args)?;
    let class = <GenericAlias as crate::class::Payload>::def().object();
    make(thread, class, &origin_of(alias), &args, alias.payload().starred)
}

fn iter(thread: &mut Thread, value: &Value) -> Result<Value> {
    let payload = AliasIterator { alias: Slot::new(Some(value.clone())), done: AtomicBool::new(false) };
    crate::object::new(thread, payload)
}

#[native::methods(GenericAlias, name = "types.GenericAlias")]
mod methods {
    use super::*;

    /// The bases that stand for the alias in a class statement.
    pub fn __mro_entries__(th: &mut Thread, this: &Object<GenericAlias>, _bases: &Value) -> Result<Value> {
        Tuple::of_array(th, [origin_of(this)])
    }

    /// Generic aliases are no classes of instances.
    pub fn __instancecheck__(_this: &Object<GenericAlias>, _instance: &Value) -> Result<()> {
        Err(type_error("isinstance() argument 2 cannot be a parameterized generic"))
    }

    /// Generic aliases are no bases.
    pub fn __subclasscheck__(_this: &Object<GenericAlias>, _cls: &Value) -> Result<()> {
        Err(type_error("issubclass() argument 2 cannot be a parameterized generic"))
    }

    /// Support for pickle.
    pub fn __reduce__(th: &mut Thread, this: &Object<GenericAlias>) -> Result<Value> {
        if this.payload().starred {
            let plain = new(th, &origin_of(this), &args_of(this))?;
            let iterator = ops::iter(th, &plain)?;
            let next = crate::interp::builtin(th, "next")?;
            let args = Tuple::of_array(th, [iterator])?;
            return Tuple::of_array(th, [next, args]);
        }
        let class = <GenericAlias as crate::class::Payload>::def().value();
        let args = Tuple::of_array(th, [origin_of(this), args_of(this)])?;
        Tuple::of_array(th, [class, args])
    }

    /// The origin's attributes and the alias's own.
    pub fn __dir__(th: &mut Thread, this: &Object<GenericAlias>) -> Result<Value> {
        let listed = crate::builtins::dir_of(th, &origin_of(this))?;
        let mut all = ops::to_vec(th, &listed)?;
        for own in OWN {
            let name = Str::interned(th, own)?;
            let mut known = false;
            for other in &all {
                known |= ops::is_or_equals(th, other, &name)?;
            }
            if !known {
                all.push(name);
            }
        }
        List::new(th, all)
    }

    /// what is generic
    #[getter]
    pub fn __origin__(this: &Object<GenericAlias>) -> Value {
        origin_of(this)
    }

    /// what it is made of
    #[getter]
    pub fn __args__(this: &Object<GenericAlias>) -> Value {
        args_of(this)
    }

    /// whether it is unpacked
    #[getter]
    pub fn __unpacked__(this: &Object<GenericAlias>) -> bool {
        this.payload().starred
    }

    /// Type variables in the GenericAlias.
    #[getter]
    pub fn __parameters__(th: &mut Thread, this: &Object<GenericAlias>) -> Result<Value> {
        parameters_of(th, this)
    }

    /// the arguments, if it is an unpacked tuple
    #[getter]
    pub fn __typing_unpacked_tuple_args__(this: &Object<GenericAlias>) -> Option<Value> {
        let of_tuple = origin_of(this).is(&<Tuple as crate::class::Payload>::def().value());
        (this.payload().starred && of_tuple).then(|| args_of(this))
    }
}

/// What iterating an alias answers once: the alias, unpacked.
pub struct AliasIterator {
    alias: Slot,
    done: AtomicBool,
}

// SAFETY: the slot once.
unsafe impl Trace for AliasIterator {
    const NAME: &'static str = "generic_alias_iterator";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.alias);
    }
}

crate::class_def!(
    AliasIterator,
    "generic_alias_iterator",
    ClassFlags::NO_NEW,
    with_slots(|slots: &Slots| {
        slots.iter.set(|_, value| Ok(value.clone()));
        slots.next.set(next);
    }),
    with_methods(&[iterator_methods::METHODS])
);

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(iterator) = cast_exact::<AliasIterator>(value) else { return Ok(None) };
    if iterator.payload().done.swap(true, Ordering::AcqRel) {
        return Ok(None);
    }
    let Some(found) = iterator.payload().alias.get(iterator.header()) else { return Ok(None) };
    let alias = alias!(&found, None);
    let class = <GenericAlias as crate::class::Payload>::def().object();
    make(thread, class, &origin_of(alias), &args_of(alias), true).map(Some)
}

#[native::methods(AliasIterator, name = "generic_alias_iterator")]
mod iterator_methods {
    use super::*;

    /// Support for pickle.
    pub fn __reduce__(th: &mut Thread, this: &Object<AliasIterator>) -> Result<Value> {
        let iter = crate::interp::builtin(th, "iter")?;
        let rest = if this.payload().done.load(Ordering::Acquire) {
            Tuple::new(th, Vec::new())?
        } else {
            this.payload().alias.get(this.header()).unwrap_or_else(Value::none)
        };
        let args = Tuple::of_array(th, [rest])?;
        Tuple::of_array(th, [iter, args])
    }
}
