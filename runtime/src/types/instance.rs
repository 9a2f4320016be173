//! `object`: the base of every class, and the payload of instances of classes that programs make.

use memory::{Object, Trace, Value, Visitor};
use threads::Thread;

use crate::class::instance::{generic_getattr, generic_setattr};
use crate::class::{ClassDef, ClassFlags, Comparison, Payload, Slots, Type, TypeExt, class_of, lookup};
use crate::error::{Result, type_error};
use crate::names;
use crate::native::Args;
use crate::object::cast;
use crate::types::{Str, int};

/// The payload of a plain instance: nothing. Its attributes stand behind it.
pub struct Instance;

// SAFETY: no references of its own.
unsafe impl Trace for Instance {
    const NAME: &'static str = "object";
    const TRACKED: bool = false;
    fn trace<V: Visitor>(&self, _: &mut V) {}
}

crate::class_def!(
    Instance,
    "object",
    ClassFlags::BASETYPE,
    with_doc(
        "The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\ninstance that has no instance attributes and cannot be given any.\n"
    ),
    with_signature("()"),
    with_slots(slots),
    with_new(new),
    with_methods(super::object_methods::METHODS),
    with_getsets(super::object_methods::GETSETS)
);

impl Instance {
    /// The definition of `object`.
    #[inline]
    pub fn def_static() -> &'static ClassDef {
        <Instance as Payload>::def()
    }
}

fn slots(slots: &Slots) {
    slots.repr.set(default_repr);
    slots.str.set(crate::ops::repr);
    slots.hash.set(|_, value| Ok(int::hash_of_address(value)));
    slots.compare.set(compare);
    slots.getattr.set(generic_getattr);
    slots.setattr.set(generic_setattr);
    slots.init.set(init);
}

/// `object.__repr__`: `<module.Class object at 0x...>`.
///
/// # Errors
/// MemoryError.
pub fn default_repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let name = class_of(value).full_name(thread);
    Str::new(thread, &format!("<{name} object at {:#x}>", value.word().bits()))
}

/// Identity; `!=` is the opposite of what `==` answers.
fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    match op {
        Comparison::Eq if a.is(b) => Ok(Value::from_bool(true)),
        Comparison::Ne => {
            let Some(equal) = class_of(a).payload().slots.compare.get() else {
                return Ok(Value::not_implemented());
            };
            let result = equal(thread, a, b, Comparison::Eq)?;
            if result.is_not_implemented() {
                return Ok(result);
            }
            Ok(Value::from_bool(!crate::ops::is_true(thread, &result)?))
        }
        _ => Ok(Value::not_implemented()),
    }
}

/// Whether the class of an instance has an `__init__` or a `__new__` of its own: arguments are then its business.
fn overrides(class: &Object<Type>) -> (bool, bool) {
    let own = &Instance::def_static().object().payload().slots;
    let native = class.payload().native;
    let of_object = if native.has_object_new() { &native.object().payload().slots } else { own };
    let slots = &class.payload().slots;
    (!slots.init.same(&own.init), !slots.new.same(&of_object.new))
}

fn init(_: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    if args.is_empty() {
        return Ok(());
    }
    let class = class_of(value);
    let (own_init, own_new) = overrides(class);
    if own_init {
        return Err(type_error("object.__init__() takes exactly one argument (the instance to initialize)"));
    }
    if !own_new {
        return Err(type_error(format!(
            "{}.__init__() takes exactly one argument (the instance to initialize)",
            class.name_lossy()
        )));
    }
    Ok(())
}

/// What `object.__new__` checks before it makes an instance.
///
/// # Errors
/// TypeError for arguments that nobody takes, and for a class with abstract methods.
pub fn check_new(thread: &mut Thread, class: &Object<Type>, args: Args<'_>) -> Result<()> {
    if !args.is_empty() {
        let (own_init, own_new) = overrides(class);
        if own_new {
            return Err(type_error("object.__new__() takes exactly one argument (the type to instantiate)"));
        }
        if !own_init {
            return Err(type_error(format!("{}() takes no arguments", class.name_lossy())));
        }
    }
    if class.payload().flags().contains(ClassFlags::ABSTRACT) {
        return Err(abstract_error(thread, class)?);
    }
    Ok(())
}

/// `object.__new__`.
pub(crate) fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else {
        return Err(type_error("object.__new__(X): X is not a type object"));
    };
    check_new(thread, class, args)?;
    allocate(thread, class)
}

/// A new instance of a class whose native base is `object`.
///
/// # Errors
/// MemoryError.
#[inline]
pub fn allocate(thread: &mut Thread, class: &Object<Type>) -> Result<Value> {
    crate::object::new_of(thread, class, Instance)
}

#[cold]
fn abstract_error(thread: &mut Thread, class: &Object<Type>) -> Result<crate::error::Raised> {
    let value = crate::class::as_value(class);
    let methods = lookup::getattr(thread, &value, names::__abstractmethods__())?;
    let mut all = Vec::new();
    for name in crate::ops::to_vec(thread, &methods)? {
        all.push(crate::ops::str_text(thread, &name)?);
    }
    all.sort();
    let quoted: Vec<String> = all.iter().map(|name| format!("'{name}'")).collect();
    Ok(type_error(format!(
        "Can't instantiate abstract class {} without an implementation for abstract method{} {}",
        class.name_lossy(),
        if all.len() == 1 { "" } else { "s" },
        quoted.join(", ")
    )))
}
