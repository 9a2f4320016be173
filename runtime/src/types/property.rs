//! `property`.

use memory::{Header, Object, Slot, StackRef, Trace, Value, Visitor};
use threads::sync::atomic::{AtomicBool, Ordering};
use threads::{Context, Thread};

use crate::class::lookup::{getattr_or_none, setattr};
use crate::class::{ClassFlags, Slots, Type, TypeExt, as_value, class_of};
use crate::error::{ATTRIBUTE_ERROR, Raised, Result, attribute_error, type_error};
use crate::native::{Args, Rest};
use crate::object::{cast, cast_exact, new_of, to_value};
use crate::types::Str;
use crate::types::function::Function;
use crate::{call, names, ops};

/// The payload of a property.
#[derive(Default)]
pub struct Property {
    get: Slot,
    set: Slot,
    delete: Slot,
    doc: Slot,
    name: Slot,
    /// Whether the documentation is the getter's.
    doc_of_getter: AtomicBool,
}

// SAFETY: each slot once.
unsafe impl Trace for Property {
    const NAME: &'static str = "property";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        for slot in [&self.get, &self.set, &self.delete, &self.doc, &self.name] {
            visitor.slot(slot);
        }
    }
}

impl Property {
    /// The getter, for the stack: EMPTY if it is no Python function.
    #[inline(always)]
    pub(crate) fn borrow_getter(&self, thread: &Context, holder: &Header) -> StackRef {
        let mut getter = self.get.borrow_quickly(thread, holder);
        if getter.is_empty() {
            getter = self.get.borrow(thread, holder);
        }
        // SAFETY: looked at while the slot that it was just read from keeps it, or its count.
        match unsafe { getter.view() } {
            Some(view) if cast_exact::<Function>(&view).is_some() => getter,
            _ => {
                getter.release();
                StackRef::EMPTY
            }
        }
    }
}

crate::class_def!(
    Property,
    "property",
    ClassFlags::BASETYPE,
    with_doc(
        "Property attribute.\n\n  fget\n    function to be used for getting an attribute value\n  fset\n    function to be used for setting an attribute value\n  fdel\n    function to be used for del'ing an attribute\n  doc\n    docstring\n\nTypical use is to define a managed attribute x:\n\nclass C(object):\n    def getx(self): return self._x\n    def setx(self, value): self._x = value\n    def delx(self): del self._x\n    x = property(getx, setx, delx, \"I'm the 'x' property.\")\n\nDecorators make defining new properties or modifying existing ones easy:\n\nclass C(object):\n    @property\n    def x(self):\n        \"I am the 'x' property.\"\n        return self._x\n    @x.setter\n    def x(self, value):\n        self._x = value\n    @x.deleter\n    def x(self):\n        del self._x"
    ),
    with_signature("(fget=None, fset=None, fdel=None, doc=None)"),
    with_slots(slots),
    with_new(new),
    with_methods(&[methods::METHODS]),
    with_getsets(&[methods::GETSETS])
);

fn slots(slots: &Slots) {
    slots.init.set(init);
    slots.get.set(descriptor_get);
    slots.set.set(descriptor_set);
}

fn new(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else {
        return Err(type_error("property.__new__(X): X is not a type"));
    };
    new_of(thread, class, Property::default())
}

fn held(object: &Object<Property>, slot: &Slot) -> Option<Value> {
    slot.get(object.header())
}

fn keep(thread: &Thread, object: &Object<Property>, slot: &Slot, value: Option<Value>) {
    drop(slot.replace(thread, object.header(), value));
}

/// The parameters of `property()`.
const PARAMETERS: [&str; 4] = ["fget", "fset", "fdel", "doc"];

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let Some(property) = cast::<Property>(value) else { return Ok(()) };
    let [get, set, delete, doc] = super::arguments::all_optional(args, "property", PARAMETERS)?;
    let payload = property.payload();
    keep(thread, property, &payload.get, get.clone());
    keep(thread, property, &payload.set, set);
    keep(thread, property, &payload.delete, delete);
    keep(thread, property, &payload.doc, None);
    keep(thread, property, &payload.name, None);
    payload.doc_of_getter.store(false, Ordering::Release);
    let mut shown = doc;
    if shown.is_none()
        && let Some(get) = get
    {
        shown = getattr_or_none(thread, &get, names::__doc__())?.filter(|doc| !doc.is_none());
        payload.doc_of_getter.store(shown.is_some(), Ordering::Release);
    }
    if cast_exact::<Property>(value).is_some() {
        keep(thread, property, &payload.doc, shown);
        return Ok(());
    }
    // A subclass has a `__doc__` of its own, which would hide the one in the payload.
    let shown = shown.unwrap_or_else(Value::none);
    match setattr(thread, value, names::__doc__(), Some(&shown)) {
        Err(raised) if raised.is(&ATTRIBUTE_ERROR) && !payload.doc_of_getter.load(Ordering::Acquire) => {
            Ok(())
        }
        other => other,
    }
}

/// The name: what `__set_name__` or the program said, or the getter's.
fn name_of(thread: &mut Thread, property: &Object<Property>) -> Result<Option<Value>> {
    if let Some(name) = held(property, &property.payload().name) {
        return Ok(Some(name));
    }
    match held(property, &property.payload().get) {
        Some(get) => getattr_or_none(thread, &get, names::__name__()),
        None => Ok(None),
    }
}

fn missing(thread: &mut Thread, property: &Object<Property>, object: &Value, what: &str) -> Result<Raised> {
    let owner = as_value(class_of(object));
    let owner = match cast::<Type>(&owner).and_then(|class| class.payload().qualname.get(class.header())) {
        Some(name) => name,
        None => Str::new(thread, &class_of(object).name_lossy())?,
    };
    let owner = ops::repr_text(thread, &owner)?;
    Ok(attribute_error(match name_of(thread, property)? {
        Some(name) => format!("property {} of {owner} object has no {what}", ops::repr_text(thread, &name)?),
        None => format!("property of {owner} object has no {what}"),
    }))
}

fn descriptor_get(
    thread: &mut Thread,
    value: &Value,
    object: Option<&Value>,
    _: Option<&Value>,
) -> Result<Value> {
    let (Some(property), Some(object)) = (cast::<Property>(value), object) else { return Ok(value.clone()) };
    match held(property, &property.payload().get) {
        Some(get) => call::call_one(thread, &get, object),
        None => Err(missing(thread, property, object, "getter")?),
    }
}

fn descriptor_set(thread: &mut Thread, value: &Value, object: &Value, new: Option<&Value>) -> Result<()> {
    let Some(property) = cast::<Property>(value) else { return Err(attribute_error("not a property")) };
    let payload = property.payload();
    match new {
        Some(new) => match held(property, &payload.set) {
            Some(set) => call::call_positional(thread, &set, &[object.clone(), new.clone()]).map(drop),
            None => Err(missing(thread, property, object, "setter")?),
        },
        None => match held(property, &payload.delete) {
            Some(delete) => call::call_one(thread, &delete, object).map(drop),
            None => Err(missing(thread, property, object, "deleter")?),
        },
    }
}

/// The same property with one function replaced.
fn copy_with(
    thread: &mut Thread,
    property: &Object<Property>,
    get: Option<&Value>,
    set: Option<&Value>,
    delete: Option<&Value>,
) -> Result<Value> {
    let payload = property.payload();
    let value = to_value(property);
    let pick = |new: Option<&Value>, slot: &Slot| {
        new.filter(|new| !new.is_none()).cloned().or_else(|| held(property, slot)).unwrap_or_else(Value::none)
    };
    let get = pick(get, &payload.get);
    let doc = if payload.doc_of_getter.load(Ordering::Acquire) && !get.is_none() {
        Value::none()
    } else {
        held(property, &payload.doc).unwrap_or_else(Value::none)
    };
    let args = [get, pick(set, &payload.set), pick(delete, &payload.delete), doc];
    let copy = call::call_positional(thread, &as_value(class_of(&value)), &args)?;
    if let Some(copy) = cast::<Property>(&copy) {
        keep(thread, copy, &copy.payload().name, held(property, &payload.name));
    }
    Ok(copy)
}

fn is_abstract(thread: &mut Thread, function: Option<Value>) -> Result<bool> {
    let Some(function) = function else { return Ok(false) };
    let name = crate::interned!(thread, "__isabstractmethod__")?;
    match getattr_or_none(thread, &function, name)? {
        Some(found) => ops::is_true(thread, &found),
        None => Ok(false),
    }
}

#[native::methods(Property)]
mod methods {
    use super::*;

    /// Descriptor to obtain a copy of the property with a different getter.
    pub fn getter(th: &mut Thread, this: &Object<Property>, fget: &Value) -> Result<Value> {
        copy_with(th, this, Some(fget), None, None)
    }

    /// Descriptor to obtain a copy of the property with a different setter.
    pub fn setter(th: &mut Thread, this: &Object<Property>, fset: &Value) -> Result<Value> {
        copy_with(th, this, None, Some(fset), None)
    }

    /// Descriptor to obtain a copy of the property with a different deleter.
    pub fn deleter(th: &mut Thread, this: &Object<Property>, fdel: &Value) -> Result<Value> {
        copy_with(th, this, None, None, Some(fdel))
    }

    /// Take the name of the attribute that holds the property.
    #[sig("($self, *args)", hidden)]
    pub fn __set_name__(th: &mut Thread, this: &Object<Property>, args: Rest<'_>) -> Result<()> {
        let [_, name] = args else {
            return Err(type_error(format!(
                "__set_name__() takes 2 positional arguments but {} were given",
                args.len()
            )));
        };
        keep(th, this, &this.payload().name, Some(name.clone()));
        Ok(())
    }

    /// the getter
    #[getter]
    pub fn fget(this: &Object<Property>) -> Option<Value> {
        held(this, &this.payload().get)
    }

    /// the setter
    #[getter]
    pub fn fset(this: &Object<Property>) -> Option<Value> {
        held(this, &this.payload().set)
    }

    /// the deleter
    #[getter]
    pub fn fdel(this: &Object<Property>) -> Option<Value> {
        held(this, &this.payload().delete)
    }

    /// the documentation
    #[getter]
    pub fn __doc__(this: &Object<Property>) -> Option<Value> {
        held(this, &this.payload().doc)
    }

    /// Sets the documentation.
    #[setter("__doc__")]
    pub fn set_doc(th: &mut Thread, this: &Object<Property>, new: Option<&Value>) {
        keep(th, this, &this.payload().doc, new.cloned());
    }

    /// the name of the attribute
    #[getter]
    pub fn __name__(th: &mut Thread, this: &Object<Property>) -> Result<Value> {
        match name_of(th, this)? {
            Some(name) => Ok(name),
            None => Err(attribute_error(format!(
                "'{}' object has no attribute '__name__'",
                class_of(&to_value(this)).name_lossy()
            ))),
        }
    }

    /// Sets the name.
    #[setter("__name__")]
    pub fn set_name(th: &mut Thread, this: &Object<Property>, new: Option<&Value>) {
        keep(th, this, &this.payload().name, new.cloned());
    }

    /// whether one of the functions is abstract
    #[getter]
    pub fn __isabstractmethod__(th: &mut Thread, this: &Object<Property>) -> Result<bool> {
        let payload = this.payload();
        Ok(is_abstract(th, held(this, &payload.get))?
            || is_abstract(th, held(this, &payload.set))?
            || is_abstract(th, held(this, &payload.delete))?)
    }
}
