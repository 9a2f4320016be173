//! Descriptors: slot wrappers, computed attributes, members in slots, static and class methods.

use memory::{Header, Object, Slot, Trace, Value, View, Visitor};
use threads::{Context, Thread};

use crate::class::slot_table::Row;
use crate::class::slots::GetAttr;
use crate::class::{ClassFlags, Slots, Type, TypeExt, as_value, class_of, instance, slots_of};
use crate::error::{Raised, Result, attribute_error, type_error};
use crate::native::{Args, GetSet, Member};
use crate::object::cast;
use crate::types::Str;

macro_rules! descriptor {
    ($(#[$doc:meta])* $type:ident $name:literal $data:ty, $slots:path, [$($with:ident($arg:expr)),*]) => {
        $(#[$doc])*
        pub struct $type {
            /// What it describes.
            pub data: $data,
            /// The class that it belongs to.
            pub class: Slot,
        }
        // SAFETY: the slot once.
        unsafe impl Trace for $type {
            const NAME: &'static str = $name;
            fn trace<V: Visitor>(&self, visitor: &mut V) {
                visitor.slot(&self.class);
            }
        }
        crate::class_def!($type, $name, ClassFlags::NO_NEW, with_slots($slots) $(, $with($arg))*);
        impl $type {
            /// The class that it belongs to.
            pub fn class_of(object: &Object<Self>) -> Option<Value> {
                object.payload().class.get(object.header())
            }

            /// The same for a short look, uncounted.
            #[inline]
            fn view_class<'a>(thread: &'a Context, object: &Object<Self>) -> Option<View<'a>> {
                // SAFETY: nobody replaces a descriptor's class, and no safepoint is reached while the context is borrowed.
                unsafe { object.payload().class.view(thread, object.header()) }
            }
        }
    };
}

/// `wrapper_descriptor` is a method descriptor too; the flag says so.
pub struct SlotWrapper {
    /// The special method.
    pub data: &'static Row,
    /// The class whose slot it wraps.
    pub class: Slot,
}

// SAFETY: the slot once.
unsafe impl Trace for SlotWrapper {
    const NAME: &'static str = "wrapper_descriptor";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.class);
    }
}

crate::class_def!(
    SlotWrapper,
    "wrapper_descriptor",
    ClassFlags::METHOD_DESCRIPTOR.union(ClassFlags::NO_NEW),
    with_slots(wrapper_slots),
    with_methods(super::function_attributes::DESCRIPTOR_METHODS),
    with_getsets(super::function_attributes::WRAPPER_GETSETS)
);

/// A slot wrapper bound to its receiver.
pub struct MethodWrapper {
    /// The special method.
    pub data: &'static Row,
    /// The class whose slot it wraps.
    pub class: Slot,
    /// The receiver.
    pub receiver: Slot,
}

// SAFETY: each slot once.
unsafe impl Trace for MethodWrapper {
    const NAME: &'static str = "method-wrapper";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.class);
        visitor.slot(&self.receiver);
    }
}

crate::class_def!(
    MethodWrapper,
    "method-wrapper",
    ClassFlags::NO_NEW,
    with_slots(bound_wrapper_slots),
    with_methods(super::function_attributes::METHOD_WRAPPER_METHODS),
    with_getsets(super::function_attributes::METHOD_WRAPPER_GETSETS)
);

descriptor!(
    /// A computed attribute of native instances.
    GetSetDescriptor "getset_descriptor" &'static GetSet, getset_slots,
    [with_getsets(super::function_attributes::GETSET_GETSETS)]
);

/// Where a member is.
#[derive(Clone, Debug)]
pub enum Place {
    /// In a native payload, which finds it by its table.
    Native(&'static Member),
    /// In attribute slot `index`, under this name (`__slots__`).
    Slot(String, u32),
    /// In a native payload, by these functions.
    Computed(&'static GetSet),
}

descriptor!(
    /// An attribute that is a slot.
    MemberDescriptor "member_descriptor" Place, member_slots,
    [with_methods(super::function_attributes::DESCRIPTOR_METHODS), with_getsets(super::function_attributes::MEMBER_GETSETS)]
);

/// `staticmethod` and `classmethod` wrap a callable; both have a dict.
pub struct StaticMethod {
    /// What is wrapped.
    pub callable: Slot,
}

// SAFETY: the slot once.
unsafe impl Trace for StaticMethod {
    const NAME: &'static str = "staticmethod";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.callable);
    }
}

crate::class_def!(
    StaticMethod,
    "staticmethod",
    ClassFlags::BASETYPE.union(ClassFlags::HAS_DICT).union(ClassFlags::HAS_WEAKREF),
    with_doc(
        "staticmethod(function) -> method\n\nConvert a function to be a static method.\n\nA static method does not receive an implicit first argument.\nTo declare a static method, use this idiom:\n\n     class C:\n         @staticmethod\n         def f(arg1, arg2, argN):\n             ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()). Both the class and the instance are ignored, and\nneither is passed implicitly as the first argument to the method.\n\nStatic methods in Python are similar to those found in Java or C++.\nFor a more advanced concept, see the classmethod builtin."
    ),
    with_slots(static_slots),
    with_new(static_new),
    with_methods(super::function_attributes::WRAPPING_METHODS),
    with_getsets(super::function_attributes::STATIC_GETSETS)
);

/// The payload of a classmethod.
pub struct ClassMethod {
    /// What is wrapped.
    pub callable: Slot,
}

// SAFETY: the slot once.
unsafe impl Trace for ClassMethod {
    const NAME: &'static str = "classmethod";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.callable);
    }
}

crate::class_def!(
    ClassMethod,
    "classmethod",
    ClassFlags::BASETYPE.union(ClassFlags::HAS_DICT).union(ClassFlags::HAS_WEAKREF),
    with_doc(
        "classmethod(function) -> method\n\nConvert a function to be a class method.\n\nA class method receives the class as implicit first argument,\njust like an instance method receives the instance.\nTo declare a class method, use this idiom:\n\n  class C:\n      @classmethod\n      def f(cls, arg1, arg2, argN):\n          ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()).  The instance is ignored except for its class.\nIf a class method is called for a derived class, the derived class\nobject is passed as the implied first argument.\n\nClass methods are different than C++ or Java static methods.\nIf you want those, see the staticmethod builtin."
    ),
    with_slots(class_slots),
    with_new(class_new),
    with_methods(super::function_attributes::WRAPPING_METHODS),
    with_getsets(super::function_attributes::CLASS_WRAPPER_GETSETS)
);

fn wrapper_slots(slots: &Slots) {
    slots.call.set(call_wrapper);
    slots.get.set(get_wrapper);
    slots.repr.set(super::function_attributes::wrapper_repr);
}

fn bound_wrapper_slots(slots: &Slots) {
    slots.call.set(call_bound_wrapper);
    slots.repr.set(super::function_attributes::method_wrapper_repr);
    slots.compare.set(super::function_attributes::method_wrapper_compare);
    slots.hash.set(super::function_attributes::method_wrapper_hash);
}

fn getset_slots(slots: &Slots) {
    slots.get.set(get_getset);
    slots.set.set(set_getset);
    slots.repr.set(super::function_attributes::getset_repr);
}

fn member_slots(slots: &Slots) {
    slots.get.set(get_member);
    slots.set.set(set_member);
    slots.repr.set(super::function_attributes::member_repr);
}

fn static_slots(slots: &Slots) {
    slots.get.set(|_, value, _, _| Ok(callable_of(value).unwrap_or_else(Value::none)));
    slots.call.set(|thread, value, args| match callable_of(value) {
        Some(callable) => crate::call::call(thread, &callable, args),
        None => Err(crate::error::runtime_error("uninitialized staticmethod object")),
    });
    slots.init.set(super::function_attributes::wrapping_init);
    slots.repr.set(super::function_attributes::wrapping_repr);
}

fn class_slots(slots: &Slots) {
    slots.get.set(get_class_method);
    slots.init.set(super::function_attributes::wrapping_init);
    slots.repr.set(super::function_attributes::wrapping_repr);
}

fn static_new(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else {
        return Err(type_error("staticmethod.__new__(X): X is not a type"));
    };
    crate::object::new_of(thread, class, StaticMethod { callable: Slot::new(None) })
}

fn class_new(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else {
        return Err(type_error("classmethod.__new__(X): X is not a type"));
    };
    crate::object::new_of(thread, class, ClassMethod { callable: Slot::new(None) })
}

/// What a staticmethod or classmethod wraps.
pub fn callable_of(value: &Value) -> Option<Value> {
    if let Some(object) = cast::<StaticMethod>(value) {
        return object.payload().callable.get(object.header());
    }
    let object = cast::<ClassMethod>(value)?;
    object.payload().callable.get(object.header())
}

/// Sets what a staticmethod or classmethod wraps.
pub fn set_callable(thread: &Context, value: &Value, callable: Value) {
    if let Some(object) = cast::<StaticMethod>(value) {
        drop(object.payload().callable.replace(thread, object.header(), Some(callable)));
    } else if let Some(object) = cast::<ClassMethod>(value) {
        drop(object.payload().callable.replace(thread, object.header(), Some(callable)));
    }
}

/// A staticmethod around `callable`.
///
/// # Errors
/// MemoryError.
pub fn new_static_method(thread: &Context, callable: Value) -> Result<Value> {
    crate::object::new(thread, StaticMethod { callable: Slot::new(Some(callable)) })
}

/// A classmethod around `callable`.
///
/// # Errors
/// MemoryError.
pub fn new_class_method(thread: &Context, callable: Value) -> Result<Value> {
    crate::object::new(thread, ClassMethod { callable: Slot::new(Some(callable)) })
}

fn get_class_method(
    thread: &mut Thread,
    value: &Value,
    object: Option<&Value>,
    class: Option<&Value>,
) -> Result<Value> {
    let callable =
        callable_of(value).ok_or_else(|| crate::error::runtime_error("uninitialized classmethod object"))?;
    let class = match (class, object) {
        (Some(class), _) => class.clone(),
        (None, Some(object)) => as_value(class_of(object)),
        (None, None) => Value::none(),
    };
    super::function::new_method(thread, callable, class)
}

/// The wrapper of a native class's slot.
///
/// # Errors
/// MemoryError.
pub fn new_wrapper(thread: &Context, row: &'static Row, class: &Value) -> Result<Value> {
    crate::object::new(thread, SlotWrapper { data: row, class: Slot::new(Some(class.clone())) })
}

/// The class whose slot `value` wraps, if it is the wrapper of the special method `name`.
pub(crate) fn wrapper_class(value: &Value, name: &str) -> Option<Value> {
    let wrapper = cast::<SlotWrapper>(value)?;
    if wrapper.payload().data.name != name {
        return None;
    }
    wrapper.payload().class.get(wrapper.header())
}

/// Whether `value` wraps a slot.
pub(crate) fn is_wrapper(value: &Value) -> bool {
    cast::<SlotWrapper>(value).is_some()
}

/// The native attribute lookup that a class's `__getattribute__` stands for.
pub(crate) fn native_getattr(value: &Value) -> Option<GetAttr> {
    let class = wrapper_class(value, "__getattribute__")?;
    cast::<Type>(&class)?.payload().slots.getattr.get()
}

/// Raises unless `object` is an instance of the class that a descriptor belongs to.
///
/// # Errors
/// TypeError.
#[inline]
pub fn check_receiver(name: &str, class: Option<&Value>, object: &Value) -> Result<()> {
    match class.and_then(cast::<Type>) {
        Some(class) if !class_of(object).is_subclass_of(class) => Err(does_not_apply(name, class, object)),
        _ => Ok(()),
    }
}

#[cold]
fn does_not_apply(name: &str, class: &Object<Type>, object: &Value) -> Raised {
    type_error(format!(
        "descriptor '{name}' for '{}' objects doesn't apply to a '{}' object",
        class.name_lossy(),
        class_of(object).name_lossy()
    ))
}

/// The class whose slot is wrapped: a native one, as others have no functions of their own in their slots.
fn wrapped_class(thread: &Context, class: &Slot, holder: &Header) -> Option<&'static Object<Type>> {
    // SAFETY: nobody replaces a wrapper's class, and no safepoint is reached here.
    let class = unsafe { class.view(thread, holder) }?;
    let class = cast::<Type>(&class)?;
    let native = class.payload().native.object();
    std::ptr::eq(native, class).then_some(native)
}

fn call_wrapper(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<Value> {
    let Some(wrapper) = cast::<SlotWrapper>(value) else { return Err(crate::call::not_callable(value)) };
    let row = wrapper.payload().data;
    let Some(class_object) = wrapped_class(thread, &wrapper.payload().class, wrapper.header()) else {
        return Err(crate::call::not_callable(value));
    };
    let Some(receiver) = args.positionals().first() else {
        return Err(type_error(format!(
            "descriptor '{}' of '{}' object needs an argument",
            row.name,
            class_object.name_lossy()
        )));
    };
    if !class_of(receiver).is_subclass_of(class_object) {
        return Err(type_error(format!(
            "descriptor '{}' requires a '{}' object but received a '{}'",
            row.name,
            class_object.name_lossy(),
            class_of(receiver).name_lossy()
        )));
    }
    let rest = Args { values: &args.values[1..], names: args.names };
    check_keywords(row, args)?;
    (row.wrapper)(thread, &class_object.payload().slots, receiver, rest)
}

/// Of the special methods with a slot, two take arguments by name.
fn check_keywords(row: &Row, args: Args<'_>) -> Result<()> {
    if args.names.is_empty() || matches!(row.name, "__call__" | "__init__") {
        return Ok(());
    }
    Err(type_error(format!("wrapper {}() takes no keyword arguments", row.name)))
}

fn get_wrapper(
    thread: &mut Thread,
    value: &Value,
    object: Option<&Value>,
    _: Option<&Value>,
) -> Result<Value> {
    let (Some(wrapper), Some(object)) = (cast::<SlotWrapper>(value), object) else {
        return Ok(value.clone());
    };
    let class = wrapper.payload().class.get(wrapper.header());
    check_receiver(wrapper.payload().data.name, class.as_ref(), object)?;
    crate::object::new(
        thread,
        MethodWrapper {
            data: wrapper.payload().data,
            class: Slot::new(class),
            receiver: Slot::new(Some(object.clone())),
        },
    )
}

fn call_bound_wrapper(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<Value> {
    let Some(wrapper) = cast::<MethodWrapper>(value) else { return Err(crate::call::not_callable(value)) };
    let payload = wrapper.payload();
    let receiver = payload.receiver.get(wrapper.header()).unwrap_or_else(Value::none);
    let Some(class) = wrapped_class(thread, &payload.class, wrapper.header()) else {
        return Err(crate::call::not_callable(value));
    };
    check_keywords(payload.data, args)?;
    (payload.data.wrapper)(thread, &class.payload().slots, &receiver, args)
}

/// A descriptor of a computed attribute.
///
/// # Errors
/// MemoryError.
pub fn new_getset(thread: &Context, class: &Object<Type>, data: &'static GetSet) -> Result<Value> {
    if super::member_names::is_member(class.payload(), data.name) {
        let data = Place::Computed(data);
        return crate::object::new(
            thread,
            MemberDescriptor { data, class: Slot::new(Some(as_value(class))) },
        );
    }
    crate::object::new(thread, GetSetDescriptor { data, class: Slot::new(Some(as_value(class))) })
}

/// The computed attribute behind a descriptor of one that fits `object`, for inline caches.
pub(crate) fn getset_of(descriptor: &Value, object: &Value) -> Option<&'static GetSet> {
    let getset = crate::object::cast_exact::<GetSetDescriptor>(descriptor)?;
    let data: &'static GetSet = getset.payload().data;
    check_receiver(data.name, GetSetDescriptor::class_of(getset).as_ref(), object).ok()?;
    Some(data)
}

fn get_getset(
    thread: &mut Thread,
    value: &Value,
    object: Option<&Value>,
    _: Option<&Value>,
) -> Result<Value> {
    let (Some(getset), Some(object)) = (cast::<GetSetDescriptor>(value), object) else {
        return Ok(value.clone());
    };
    let class = GetSetDescriptor::view_class(thread, getset);
    check_receiver(getset.payload().data.name, class.as_deref(), object)?;
    (getset.payload().data.get)(thread, object)
}

fn set_getset(thread: &mut Thread, value: &Value, object: &Value, new: Option<&Value>) -> Result<()> {
    let Some(getset) = cast::<GetSetDescriptor>(value) else {
        return Err(attribute_error("not a descriptor"));
    };
    let data = getset.payload().data;
    let class = GetSetDescriptor::class_of(getset);
    check_receiver(data.name, class.as_ref(), object)?;
    match data.set {
        Some(set) => set(thread, object, new),
        None => Err(attribute_error(format!(
            "attribute '{}' of '{}' objects is not writable",
            data.name,
            class.as_ref().and_then(cast::<Type>).map(TypeExt::name_lossy).unwrap_or_default()
        ))),
    }
}

/// `__dict__` of instances of a program's class: deleting it leaves an empty one.
pub static DICT: GetSet = GetSet {
    name: "__dict__",
    doc: Some("dictionary for instance variables"),
    get: |thread, value| match native_dict(thread, value) {
        Some(native) => crate::class::lookup::bind(thread, native, value),
        None => instance::instance_dict(thread, value),
    },
    set: Some(|thread, value, new| {
        if let Some(native) = native_dict(thread, value)
            && let Some(set) = slots_of(&native).set.get()
        {
            return set(thread, &native, value, new);
        }
        match new {
            Some(new) => set_dict(thread, value, new),
            None => {
                let empty = super::Dict::new(thread)?;
                instance::set_instance_dict(thread, value, empty)
            }
        }
    }),
};

/// `__dict__` of instances of a native class.
static DICT_OF_NATIVE: GetSet = GetSet {
    name: "__dict__",
    doc: None,
    get: instance::instance_dict,
    set: Some(|thread, value, new| match new {
        Some(new) => set_dict(thread, value, new),
        None => Err(type_error("cannot delete __dict__")),
    }),
};

/// `__dict__` of instances of a native class that are without one at no time, and keep the one that they have.
static KEPT_DICT: GetSet = GetSet { name: "__dict__", doc: None, get: instance::instance_dict, set: None };

/// The descriptor of `__dict__` of a native class's instances: where it is a member, it cannot be replaced.
///
/// # Errors
/// MemoryError.
pub fn new_native_dict(thread: &Context, class: &Object<Type>) -> Result<Value> {
    let kept = super::member_names::is_member(class.payload(), "__dict__");
    new_getset(thread, class, if kept { &KEPT_DICT } else { &DICT_OF_NATIVE })
}

fn set_dict(thread: &mut Thread, value: &Value, new: &Value) -> Result<()> {
    if cast::<super::Dict>(new).is_none() {
        let class = class_of(new).name_lossy();
        return Err(type_error(format!("__dict__ must be set to a dictionary, not a '{class}'")));
    }
    instance::set_instance_dict(thread, value, new.clone())
}

/// The descriptor by which the native base of an instance's class shows `__dict__`, if it does so in a way of its own, as
/// classes and modules do: a class may inherit [`DICT`] from another base that comes first.
fn native_dict(thread: &Thread, value: &Value) -> Option<Value> {
    class_of(value).payload().native.object().lookup(thread, crate::names::__dict__())
}

/// `__weakref__` of instances.
pub static WEAKREF: GetSet = GetSet {
    name: "__weakref__",
    doc: Some("list of weak references to the object"),
    get: |thread, value| {
        Ok(super::weakref_methods::references(thread, value).into_iter().next().unwrap_or_else(Value::none))
    },
    set: None,
};

/// A descriptor of a member in a native payload.
///
/// # Errors
/// MemoryError.
pub fn new_member(thread: &Context, class: &Object<Type>, member: &'static Member) -> Result<Value> {
    crate::object::new(
        thread,
        MemberDescriptor { data: Place::Native(member), class: Slot::new(Some(as_value(class))) },
    )
}

/// A descriptor of one of a class's `__slots__`, which are counted without the slot of a `__dict__`: a class may be without
/// one, and a subclass of it have one.
///
/// # Errors
/// MemoryError.
pub fn new_slot_member(thread: &Context, class: &Object<Type>, name: &Value, index: u32) -> Result<Value> {
    use super::str::StrExt;
    let text = cast::<Str>(name).map(|name| name.to_string_lossy()).unwrap_or_default();
    crate::object::new(
        thread,
        MemberDescriptor { data: Place::Slot(text, index), class: Slot::new(Some(as_value(class))) },
    )
}

/// The slot that a member stands for in `object`.
fn member_slot<'a>(place: &Place, object: &'a Value) -> Option<&'a Slot> {
    match place {
        Place::Native(member) => super::exception::member_slot(object, member),
        Place::Slot(_, index) => crate::object::own_slot(object, *index),
        Place::Computed(_) => None,
    }
}

fn place_name(place: &Place) -> &str {
    match place {
        Place::Native(member) => member.name,
        Place::Slot(name, _) => name,
        Place::Computed(data) => data.name,
    }
}

fn get_member(
    thread: &mut Thread,
    value: &Value,
    object: Option<&Value>,
    _: Option<&Value>,
) -> Result<Value> {
    let (Some(member), Some(object)) = (cast::<MemberDescriptor>(value), object) else {
        return Ok(value.clone());
    };
    let place = &member.payload().data;
    check_receiver(place_name(place), MemberDescriptor::view_class(thread, member).as_deref(), object)?;
    if let Place::Computed(data) = place {
        return (data.get)(thread, object);
    }
    let found = match (member_slot(place, object), object.header()) {
        (Some(slot), Some(header)) => slot.get(header),
        _ => None,
    };
    match (found, place) {
        (Some(found), _) => Ok(found),
        (None, Place::Native(_) | Place::Computed(_)) => Ok(Value::none()),
        (None, Place::Slot(name, _)) => {
            Err(crate::class::messages::empty_slot(thread, class_of(object), name))
        }
    }
}

fn missing_member(object: &Value, name: &str) -> crate::error::Raised {
    attribute_error(format!("'{}' object has no attribute '{name}'", class_of(object).name_lossy()))
}

fn set_member(thread: &mut Thread, value: &Value, object: &Value, new: Option<&Value>) -> Result<()> {
    let Some(member) = cast::<MemberDescriptor>(value) else {
        return Err(attribute_error("not a descriptor"));
    };
    let place = &member.payload().data;
    check_receiver(place_name(place), MemberDescriptor::class_of(member).as_ref(), object)?;
    if let Place::Native(member) = place
        && !member.writable
    {
        return Err(attribute_error("readonly attribute"));
    }
    if let Place::Computed(data) = place {
        return match data.set {
            Some(set) => set(thread, object, new),
            None => Err(attribute_error("readonly attribute")),
        };
    }
    let (Some(slot), Some(header)) = (member_slot(place, object), object.header()) else {
        return Err(missing_member(object, place_name(place)));
    };
    let before = slot.replace(thread, header, new.cloned());
    if new.is_none() && !before.is_some() && matches!(place, Place::Slot(..)) {
        return Err(attribute_error(place_name(place)));
    }
    Ok(())
}

/// The slot behind a `__slots__` member in `object`, for inline caches.
pub(crate) fn slot_index(descriptor: &Value, object: &Value) -> Option<u32> {
    let member = cast::<MemberDescriptor>(descriptor)?;
    let Place::Slot(name, index) = &member.payload().data else { return None };
    check_receiver(name, MemberDescriptor::class_of(member).as_ref(), object).ok()?;
    Some(index + u32::from(class_of(object).payload().flags().contains(ClassFlags::HAS_DICT)))
}
