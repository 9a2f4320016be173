//! `super`: attributes of the classes after one in an instance's method resolution order.

use memory::{Object, Slot, Trace, Value, Visitor};
use threads::Thread;

use crate::class::lookup::getattr_opt;
use crate::class::{ClassFlags, Slots, Type, TypeExt, as_value, class_of, instance, slots_of};
use crate::error::{ATTRIBUTE_ERROR, Result, runtime_error, type_error};
use crate::native::Args;
use crate::object::{cast, cast_exact, new_of};
use crate::types::{Dict, DictExt, Str, Tuple, TupleExt};
use crate::{call, names};

/// The payload of a super object.
#[derive(Default)]
pub struct Super {
    /// The class whose successors are looked at.
    class: Slot,
    /// The instance or class that what is found is bound to; EMPTY while unbound.
    object: Slot,
    /// The class whose method resolution order it is.
    object_class: Slot,
}

// SAFETY: each slot once.
unsafe impl Trace for Super {
    const NAME: &'static str = "super";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        for slot in [&self.class, &self.object, &self.object_class] {
            visitor.slot(slot);
        }
    }
}

crate::class_def!(
    Super,
    "super",
    ClassFlags::BASETYPE,
    with_doc(
        "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\nsuper(type, obj) -> bound super object; requires isinstance(obj, type)\nsuper(type, type2) -> bound super object; requires issubclass(type2, type)\nTypical use to call a cooperative superclass method:\nclass C(B):\n    def meth(self, arg):\n        super().meth(arg)\nThis works for class methods too:\nclass C(B):\n    @classmethod\n    def cmeth(cls, arg):\n        super().cmeth(arg)\n"
    ),
    with_slots(slots),
    with_new(new),
    with_getsets(&[methods::GETSETS])
);

fn slots(slots: &Slots) {
    slots.init.set(init);
    slots.repr.set(repr);
    slots.getattr.set(getattr);
    slots.get.set(descriptor_get);
}

fn new(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else {
        return Err(type_error("super.__new__(X): X is not a type"));
    };
    new_of(thread, class, Super::default())
}

/// The class of which `object` is an instance, or which it is, if that is `class` or derived from it.
///
/// # Errors
/// TypeError if it is not, or what asking for `__class__` raises.
pub(crate) fn check(thread: &mut Thread, class: &Object<Type>, object: &Value) -> Result<Value> {
    if let Some(as_class) = cast::<Type>(object)
        && as_class.is_subclass_of(class)
    {
        return Ok(object.clone());
    }
    let real = class_of(object);
    if real.is_subclass_of(class) {
        return Ok(as_value(real));
    }
    let claimed = match getattr_opt(thread, object, names::__class__()) {
        Ok(claimed) => claimed,
        Err(raised) if raised.is(&ATTRIBUTE_ERROR) => None,
        Err(raised) => return Err(raised),
    };
    if let Some(claimed) = claimed
        && let Some(claimed_class) = cast::<Type>(&claimed)
        && !std::ptr::eq(claimed_class, real)
        && claimed_class.is_subclass_of(class)
    {
        return Ok(claimed);
    }
    let (kind, name) = match cast::<Type>(object) {
        Some(as_class) => ("type", as_class.name_lossy()),
        None => ("instance of", real.name_lossy()),
    };
    Err(type_error(format!(
        "super(type, obj): obj ({kind} {name}) is not an instance or subtype of type ({}).",
        class.name_lossy()
    )))
}

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let given = args.no_keywords("super")?;
    let (class, object) = match given {
        [] => {
            let (class, object) = crate::interp::super_arguments(thread)?;
            (class, Some(object))
        }
        [class] => (class.clone(), None),
        [class, object] => (class.clone(), Some(object.clone()).filter(|object| !object.is_none())),
        more => return Err(type_error(format!("super() expected at most 2 arguments, got {}", more.len()))),
    };
    let Some(class_object) = cast::<Type>(&class) else {
        return Err(type_error(format!(
            "super() argument 1 must be a type, not {}",
            class_of(&class).name_lossy()
        )));
    };
    let object_class = match &object {
        Some(object) => Some(check(thread, class_object, object)?),
        None => None,
    };
    if let Some(this) = cast::<Super>(value) {
        let (payload, header) = (this.payload(), this.header());
        drop(payload.class.replace(thread, header, Some(class.clone())));
        drop(payload.object.replace(thread, header, object));
        drop(payload.object_class.replace(thread, header, object_class));
    }
    Ok(())
}

fn parts(value: &Value) -> (Option<Value>, Option<Value>, Option<Value>) {
    match cast::<Super>(value) {
        Some(this) => {
            let (payload, header) = (this.payload(), this.header());
            (payload.class.get(header), payload.object.get(header), payload.object_class.get(header))
        }
        None => (None, None, None),
    }
}

fn name_of(class: Option<&Value>) -> String {
    class.and_then(cast::<Type>).map_or_else(|| "NULL".to_owned(), TypeExt::name_lossy)
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let (class, _, object_class) = parts(value);
    let class = name_of(class.as_ref());
    let text = match object_class {
        Some(object_class) => {
            format!("<super: <class '{class}'>, <{} object>>", name_of(Some(&object_class)))
        }
        None => format!("<super: <class '{class}'>, NULL>"),
    };
    Str::new(thread, &text)
}

/// What the classes after `class` in the order of `object_class` have under `name`, bound to `object`.
///
/// # Errors
/// What a descriptor raises.
pub(crate) fn find(
    thread: &mut Thread,
    class: &Value,
    object: &Value,
    object_class: &Value,
    name: &Value,
) -> Result<Option<Value>> {
    let Some(start) = cast::<Type>(object_class) else { return Ok(None) };
    let order = start.mro_tuple(thread);
    let Some(order) = cast::<Tuple>(&order) else { return Ok(None) };
    let after = order.items().iter().skip_while(|other| !other.is(class)).skip(1);
    for other in after.filter_map(cast::<Type>) {
        let namespace = other.namespace(thread);
        let Some(found) = cast::<Dict>(&namespace).and_then(|dict| dict.get_str(thread, name)) else {
            continue;
        };
        let Some(get) = slots_of(&found).get.get() else { return Ok(Some(found)) };
        // Through a class, what is found is not bound to an instance.
        let object = if object.is(object_class) { None } else { Some(object) };
        return get(thread, &found, object, Some(object_class)).map(Some);
    }
    Ok(None)
}

fn getattr(thread: &mut Thread, value: &Value, name: &Value) -> Result<Option<Value>> {
    // `__class__` is the super object's own.
    if !name.is(names::__class__())
        && let (Some(class), Some(object), Some(object_class)) = parts(value)
        && let Some(found) = find(thread, &class, &object, &object_class, name)?
    {
        return Ok(Some(found));
    }
    instance::generic_getattr(thread, value, name)
}

fn descriptor_get(
    thread: &mut Thread,
    value: &Value,
    object: Option<&Value>,
    _: Option<&Value>,
) -> Result<Value> {
    let (class, bound, _) = parts(value);
    let (Some(object), None, Some(class)) = (object, bound, class) else { return Ok(value.clone()) };
    if cast_exact::<Super>(value).is_none() {
        return call::call_positional(thread, &as_value(class_of(value)), &[class, object.clone()]);
    }
    let Some(class_object) = cast::<Type>(&class) else { return Err(runtime_error("super(): no class")) };
    let object_class = check(thread, class_object, object)?;
    let made = Super {
        class: Slot::new(Some(class.clone())),
        object: Slot::new(Some(object.clone())),
        object_class: Slot::new(Some(object_class)),
    };
    crate::object::new(thread, made)
}

#[native::methods(Super)]
mod methods {
    use super::*;

    /// the class invoking super()
    #[getter]
    pub fn __thisclass__(this: &Object<Super>) -> Option<Value> {
        this.payload().class.get(this.header())
    }

    /// the instance invoking super(); may be None
    #[getter]
    pub fn __self__(this: &Object<Super>) -> Option<Value> {
        this.payload().object.get(this.header())
    }

    /// the type of the instance invoking super(); may be None
    #[getter]
    pub fn __self_class__(this: &Object<Super>) -> Option<Value> {
        this.payload().object_class.get(this.header())
    }
}
