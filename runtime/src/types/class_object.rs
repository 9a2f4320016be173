//! `type`: calling classes, making them, and what classes are asked.

use memory::{Object, Value};
use threads::{Context, Thread};

use super::class_attributes;
use crate::class::build::{self, Recipe};
use crate::class::lookup::{
    getattr_opt, lookup_view, remembered_answer, type_getattr, type_setattr, winning_metaclass,
};
use crate::class::order;
use crate::class::{BinaryOp, ClassFlags, Slots, Type, TypeExt, as_value, class_of, slots_of};
use crate::error::{ATTRIBUTE_ERROR, Result, type_error};
use crate::names::StaticValue;
use crate::native::{Args, KwRest, NativeDef, Rest};
use crate::object::{cast, cast_exact};
use crate::types::weakref::WeakReference;
use crate::types::{Dict, DictExt, Instance, List, Str, StrExt, Tuple, TupleExt};
use crate::{names, ops};

crate::class_def!(
    Type,
    "type",
    ClassFlags::BASETYPE.union(ClassFlags::TYPE).union(ClassFlags::HAS_WEAKREF),
    with_doc("type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type"),
    with_slots(slots),
    with_new(new),
    with_methods(METHODS),
    with_getsets(&[class_attributes::GETSETS])
);

static METHODS: &[&[NativeDef]] = &[methods::METHODS];

fn slots(slots: &Slots) {
    slots.repr.set(repr);
    slots.call.set(call);
    slots.getattr.set(type_getattr);
    slots.setattr.set(type_setattr);
    slots.init.set(init);
    slots.binary[BinaryOp::Or as usize].set(super::union::or);
}

/// `<class 'module.qualname'>`.
fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(class) = cast::<Type>(value) else { return super::instance::default_repr(thread, value) };
    let module = class_attributes::module(thread, class);
    if let Some(module) = module.as_ref().and_then(cast::<Str>)
        && module.as_ascii() != Some("builtins")
    {
        let mut text = text::Builder::new();
        text.push_str("<class '");
        text.push_view(module.view());
        text.push_str(".");
        if let Some(qualname) = class.payload().qualname.get(class.header())
            && let Some(qualname) = cast::<Str>(&qualname)
        {
            text.push_view(qualname.view());
        }
        text.push_str("'>");
        return Str::from_text(thread, &text.finish());
    }
    Str::new(thread, &format!("<class '{}'>", class.name_lossy()))
}

/// Calling a class: `__new__`, then `__init__` if that made an instance.
fn call(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(value) else { return Err(crate::call::not_callable(value)) };
    if std::ptr::eq(class, type_class()) {
        match args.positionals() {
            [object] if args.names.is_empty() => return Ok(as_value(class_of(object))),
            [_] => return Err(type_error("type() takes no keyword arguments")),
            [_, _, _] => {}
            _ => return Err(type_error("type() takes 1 or 3 arguments")),
        }
    }
    let Some(new) = class.payload().slots.new.get() else {
        return Err(type_error(format!("cannot create '{}' instances", class.name_lossy())));
    };
    let made = new(thread, value, args)?;
    initialised(thread, class, made, args)
}

/// Whether calling `value`, a class, is making an instance: its metaclass has no `__call__` of its own.
#[inline]
pub(crate) fn makes_instances(value: &Value) -> bool {
    slots_of(value).call.same(&type_class().payload().slots.call)
}

/// As [`call`], for a class that [`makes_instances`] and values alone: an `__init__` that accepts whatever `__new__` takes is
/// left out.
///
/// # Errors
/// As calling.
#[inline]
pub(crate) fn call_plainly(thread: &mut Thread, value: &Value, values: &[Value]) -> Result<Value> {
    let args = Args::positional(values);
    let Some(class) = cast::<Type>(value) else { return call(thread, value, args) };
    let slots = &class.payload().slots;
    let of_object = &Instance::def_static().object().payload().slots;
    let of_reference = &<WeakReference as crate::class::Payload>::def().object().payload().slots;
    let Some(new) = slots.new.get() else { return call(thread, value, args) };
    // `object.__init__` complains of arguments only where `__new__` is `object`'s too, which has complained already; that of weak
    // references takes what their `__new__` takes.
    let accepts = slots.init.same(&of_object.init)
        || slots.init.same(&of_reference.init) && slots.new.same(&of_reference.new);
    if !accepts {
        return call(thread, value, args);
    }
    let made = new(thread, value, args)?;
    if std::ptr::eq(class_of(&made), class) { Ok(made) } else { initialised(thread, class, made, args) }
}

/// `__init__` of what `__new__` made, if that is an instance.
fn initialised(thread: &mut Thread, class: &Object<Type>, made: Value, args: Args<'_>) -> Result<Value> {
    if class_of(&made).is_subclass_of(class)
        && let Some(init) = slots_of(&made).init.get()
    {
        init(thread, &made, args)?;
    }
    Ok(made)
}

/// `type` itself.
pub(crate) fn type_class() -> &'static Object<Type> {
    <Type as crate::class::Payload>::def().object()
}

fn init(_: &mut Thread, _: &Value, args: Args<'_>) -> Result<()> {
    match args.positionals().len() {
        1 if !args.names.is_empty() => Err(type_error("type.__init__() takes no keyword arguments")),
        1 | 3 => Ok(()),
        _ => Err(type_error("type.__init__() takes 1 or 3 arguments")),
    }
}

fn wrong_argument(index: usize, expected: &str, value: &Value) -> crate::error::Raised {
    type_error(format!(
        "type.__new__() argument {index} must be {expected}, not {}",
        class_of(value).name_lossy()
    ))
}

/// `type.__new__`.
fn new(thread: &mut Thread, meta: &Value, args: Args<'_>) -> Result<Value> {
    let given = args.positionals();
    let [name, bases, namespace] = given else {
        return Err(type_error(format!("type.__new__() takes exactly 3 arguments ({} given)", given.len())));
    };
    if cast::<Str>(name).is_none() {
        return Err(wrong_argument(1, "str", name));
    }
    let Some(base_tuple) = cast::<Tuple>(bases) else { return Err(wrong_argument(2, "tuple", bases)) };
    if cast::<Dict>(namespace).is_none() {
        return Err(wrong_argument(3, "dict", namespace));
    }
    let Some(mut meta_class) = cast::<Type>(meta) else {
        return Err(type_error(format!(
            "type.__new__(X): X is not a type object ({})",
            class_of(meta).name_lossy()
        )));
    };
    for base in base_tuple.items() {
        if cast::<Type>(base).is_none() && getattr_opt(thread, base, names::__mro_entries__())?.is_some() {
            return Err(type_error("type() doesn't support MRO entry resolution; use types.new_class()"));
        }
    }
    let winner = winning_metaclass(meta_class, base_tuple.items())?;
    if !winner.is(meta)
        && let Some(winning) = cast::<Type>(&winner)
    {
        if !winning.payload().slots.new.same(&type_class().payload().slots.new)
            && let Some(new) = winning.payload().slots.new.get()
        {
            return new(thread, &winner, args);
        }
        meta_class = winning;
    }
    let keywords = Args { values: &args.values[given.len()..], names: args.names };
    let recipe = Recipe {
        meta: meta_class,
        name: name.clone(),
        bases: base_tuple.items().to_vec(),
        given_bases: Some(bases.clone()),
        namespace,
        keywords,
    };
    build::new_class(thread, recipe)
}

#[native::methods(Type)]
mod methods {
    use super::*;

    /// Return a type's method resolution order.
    pub fn mro(th: &mut Thread, class: &Object<Type>) -> Result<Value> {
        let order = order::default_mro(th, class)?;
        List::new(th, order)
    }

    /// Return a list of immediate subclasses.
    pub fn __subclasses__(th: &mut Thread, class: &Object<Type>) -> Result<Value> {
        let subclasses = build::subclasses(th, class);
        List::new(th, subclasses)
    }

    /// Create the namespace for the class statement.
    #[class_method]
    #[sig("($type, *args, **kwargs)", hidden)]
    pub fn __prepare__(
        th: &mut Thread,
        _class: &Value,
        _args: Rest<'_>,
        _kwargs: KwRest<'_>,
    ) -> Result<Value> {
        Dict::new(th)
    }

    /// Check if an object is an instance.
    pub fn __instancecheck__(th: &mut Thread, class: &Value, instance: &Value) -> Result<bool> {
        default_is_instance(th, instance, class)
    }

    /// Check if a class is a subclass.
    pub fn __subclasscheck__(th: &mut Thread, class: &Value, subclass: &Value) -> Result<bool> {
        default_is_subclass(th, subclass, class)
    }

    /// Specialized __dir__ implementation for types.
    pub fn __dir__(th: &mut Thread, class: &Object<Type>) -> Result<Value> {
        let all = Dict::new(th)?;
        super::super::object_methods::merge_class_dict(th, &all, &as_value(class))?;
        let entries = cast::<Dict>(&all).map(|all| all.items(th)).unwrap_or_default();
        List::new(th, entries.into_iter().map(|(name, _)| name).collect())
    }

    /// Return memory consumption of the type object.
    pub fn __sizeof__(class: &Object<Type>) -> usize {
        super::super::object_methods::size_of_value(&as_value(class))
    }
}

// isinstance() and issubclass() without the hooks.

/// `type.__instancecheck__`: by the object's class, or by what it says its class is.
///
/// # Errors
/// TypeError if `class` is no class, or what asking for `__class__` and `__bases__` raises.
pub fn default_is_instance(thread: &mut Thread, value: &Value, class: &Value) -> Result<bool> {
    if let Some(class) = cast::<Type>(class) {
        if let Some(answer) = is_plain_instance(thread, value, class) {
            return Ok(answer);
        }
        let claimed = quiet_getattr(thread, value, names::__class__())?;
        return Ok(match claimed.as_ref().and_then(cast::<Type>) {
            Some(claimed) if !std::ptr::eq(claimed, class_of(value)) => claimed.is_subclass_of(class),
            _ => false,
        });
    }
    check_class(thread, class, "isinstance() arg 2 must be a type, a tuple of types, or a union")?;
    match quiet_getattr(thread, value, names::__class__())? {
        Some(claimed) => abstract_is_subclass(thread, &claimed, class),
        None => Ok(false),
    }
}

/// `type.__subclasscheck__`: by method resolution order, or by `__bases__` of what is no real class.
///
/// # Errors
/// TypeError if one of them is no class, or what asking for `__bases__` raises.
pub fn default_is_subclass(thread: &mut Thread, class: &Value, of: &Value) -> Result<bool> {
    if let (Some(class), Some(of)) = (cast::<Type>(class), cast::<Type>(of)) {
        return Ok(class.is_subclass_of(of));
    }
    check_class(thread, class, "issubclass() arg 1 must be a class")?;
    if !super::union::is_union(of) {
        check_class(thread, of, "issubclass() arg 2 must be a class, a tuple of classes, or a union")?;
    }
    abstract_is_subclass(thread, class, of)
}

/// `value.__class__`; its class, where asking raises AttributeError.
///
/// # Errors
/// What asking raises.
pub fn claimed_class(thread: &mut Thread, value: &Value) -> Result<Value> {
    if may_claim_another_class(thread, value)
        && let Some(claimed) = quiet_getattr(thread, value, names::__class__())?
    {
        return Ok(claimed);
    }
    Ok(as_value(class_of(value)))
}

/// Whether `value.__class__` could be something else than its class: where attributes are not looked up in the usual way, or
/// where it is not `object`'s property that would be found.
fn may_claim_another_class(thread: &Context, value: &Value) -> bool {
    let class = class_of(value);
    let getattr = &class.payload().slots.getattr;
    let usual = &Instance::def_static().object().payload().slots.getattr;
    if !getattr.same(usual) && !getattr.same(&type_class().payload().slots.getattr) {
        return true;
    }
    if !class.payload().flags().contains(ClassFlags::HEAP) {
        return false; // no native class has a `__class__` of its own
    }
    let Some(found) = lookup_view(thread, class, names::__class__()) else { return true };
    PROPERTY.get().or_else(|| property(thread)).is_none_or(|property| !found.is(property))
}

/// `object`'s property `__class__`, which nobody can replace.
static PROPERTY: StaticValue = StaticValue::new();

#[cold]
fn property(thread: &Context) -> Option<&'static Value> {
    let property = lookup_view(thread, Instance::def_static().object(), names::__class__())?;
    PROPERTY.set_first((*property).clone());
    PROPERTY.get()
}

/// Whether `value` is an instance of `class`, `__instancecheck__` aside; `None` where an attribute `__class__` has a say.
pub(crate) fn is_plain_instance(thread: &Context, value: &Value, class: &Object<Type>) -> Option<bool> {
    let own = class_of(value);
    if std::ptr::eq(own, class) {
        return Some(true);
    }
    remembered_answer(thread, own, class, || {
        if own.is_subclass_of(class) {
            return Some(true);
        }
        (!may_claim_another_class(thread, value)).then_some(false)
    })
}

/// So for one of several classes; `None` also where one of them is no class, or has an `__instancecheck__` of its own.
pub(crate) fn is_plain_instance_of_one(thread: &Context, value: &Value, classes: &[Value]) -> Option<bool> {
    for class in classes {
        if is_plain_instance(thread, value, cast_exact::<Type>(class)?)? {
            return Some(true);
        }
    }
    Some(false)
}

/// An attribute; none where asking raises AttributeError.
fn quiet_getattr(thread: &mut Thread, value: &Value, name: &Value) -> Result<Option<Value>> {
    match getattr_opt(thread, value, name) {
        Err(raised) if raised.is(&ATTRIBUTE_ERROR) => Ok(None),
        other => other,
    }
}

/// `__bases__` if it is a tuple.
fn abstract_bases(thread: &mut Thread, class: &Value) -> Result<Option<Value>> {
    Ok(quiet_getattr(thread, class, names::__bases__())?.filter(|bases| cast::<Tuple>(bases).is_some()))
}

fn check_class(thread: &mut Thread, class: &Value, message: &str) -> Result<()> {
    match abstract_bases(thread, class)? {
        Some(_) => Ok(()),
        None => Err(type_error(message)),
    }
}

/// Follows `__bases__` upwards. A chain of single bases is walked without recursion.
fn abstract_is_subclass(thread: &mut Thread, class: &Value, of: &Value) -> Result<bool> {
    crate::state::check_stack(thread, " in __issubclass__")?;
    let mut class = class.clone();
    loop {
        if class.is(of) {
            return Ok(true);
        }
        let Some(bases) = abstract_bases(thread, &class)? else { return Ok(false) };
        let Some(bases) = cast::<Tuple>(&bases) else { return Ok(false) };
        match bases.items() {
            [] => return Ok(false),
            [base] => class = base.clone(),
            several => {
                for base in several {
                    if abstract_is_subclass(thread, base, of)? {
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
        }
        ops::memory_poll(thread)?;
    }
}
