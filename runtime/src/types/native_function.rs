//! Native functions as Python objects: `builtin_function_or_method`, `method_descriptor`, `classmethod_descriptor`.

use memory::{Object, Slot, Trace, Value, Visitor};
use threads::{Context, Thread};

use crate::class::{ClassFlags, Slots, Type, TypeExt, as_value, class_of};
use crate::error::{Result, type_error};
use crate::native::{Args, Inlined, Kind, NativeDef, Params};
use crate::object::cast;
use crate::types::Str;

/// The payload of a native function: a module's, or a method bound to its receiver.
pub struct NativeFunction {
    /// What it is.
    pub def: &'static NativeDef,
    /// The receiver, or the module.
    pub receiver: Slot,
    /// `__module__`.
    pub module: Slot,
}

// SAFETY: each slot once.
unsafe impl Trace for NativeFunction {
    const NAME: &'static str = "builtin_function_or_method";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.receiver);
        visitor.slot(&self.module);
    }
}

crate::class_def!(
    NativeFunction,
    "builtin_function_or_method",
    ClassFlags::HAS_WEAKREF.union(ClassFlags::NO_NEW),
    with_slots(function_slots),
    with_methods(super::function_attributes::NATIVE_METHODS),
    with_getsets(super::function_attributes::NATIVE_GETSETS)
);

/// The payload of an unbound native method.
pub struct MethodDescriptor {
    /// What it is.
    pub def: &'static NativeDef,
    /// The class that it is a method of.
    pub class: Slot,
}

// SAFETY: the slot once.
unsafe impl Trace for MethodDescriptor {
    const NAME: &'static str = "method_descriptor";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.class);
    }
}

crate::class_def!(
    MethodDescriptor,
    "method_descriptor",
    ClassFlags::METHOD_DESCRIPTOR.union(ClassFlags::NO_NEW),
    with_slots(method_slots),
    with_methods(super::function_attributes::DESCRIPTOR_METHODS),
    with_getsets(super::function_attributes::METHOD_GETSETS)
);

/// The payload of an unbound native class method.
pub struct ClassMethodDescriptor {
    /// What it is.
    pub def: &'static NativeDef,
    /// The class that it is a method of.
    pub class: Slot,
}

// SAFETY: the slot once.
unsafe impl Trace for ClassMethodDescriptor {
    const NAME: &'static str = "classmethod_descriptor";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.class);
    }
}

crate::class_def!(
    ClassMethodDescriptor,
    "classmethod_descriptor",
    ClassFlags::NO_NEW,
    with_slots(class_method_slots),
    with_getsets(super::function_attributes::CLASS_METHOD_GETSETS)
);

fn function_slots(slots: &Slots) {
    slots.call.set(call_function);
    slots.repr.set(super::function_attributes::native_repr);
    slots.compare.set(super::function_attributes::native_compare);
    slots.hash.set(super::function_attributes::native_hash);
}

fn method_slots(slots: &Slots) {
    slots.call.set(call_method);
    slots.get.set(get_method);
    slots.repr.set(super::function_attributes::method_repr);
}

fn class_method_slots(slots: &Slots) {
    slots.call.set(call_class_method);
    slots.get.set(get_class_method);
    slots.repr.set(super::function_attributes::method_repr);
}

/// Calls a native function with a receiver before the arguments.
#[inline]
pub(crate) fn call_with_receiver(
    thread: &mut Thread,
    def: &'static NativeDef,
    receiver: &Value,
    args: Args<'_>,
) -> Result<Value> {
    crate::call::with_first(receiver, args.values, |values| (def.call)(thread, def, values, args.kw_names()))
}

fn call_function(thread: &mut Thread, callable: &Value, args: Args<'_>) -> Result<Value> {
    let Some(function) = cast::<NativeFunction>(callable) else {
        return Err(crate::call::not_callable(callable));
    };
    let def = function.payload().def;
    match def.kind {
        Kind::Function | Kind::StaticMethod => (def.call)(thread, def, args.values, args.kw_names()),
        Kind::New => call_new(thread, function, args),
        Kind::Method | Kind::ClassMethod => match function.payload().receiver.get(function.header()) {
            Some(receiver) => call_with_receiver(thread, def, &receiver, args),
            None => (def.call)(thread, def, args.values, args.kw_names()),
        },
    }
}

fn call_method(thread: &mut Thread, callable: &Value, args: Args<'_>) -> Result<Value> {
    let Some(method) = cast::<MethodDescriptor>(callable) else {
        return Err(crate::call::not_callable(callable));
    };
    let def = method.payload().def;
    let Some(receiver) = args.positionals().first() else {
        return Err(type_error(format!("unbound method {}() needs an argument", def.qualname)));
    };
    check_receiver(thread, method, receiver)?;
    (def.call)(thread, def, args.values, args.kw_names())
}

/// # Errors
/// TypeError if the method is none of the object's class.
#[inline]
fn check_receiver(thread: &Thread, method: &Object<MethodDescriptor>, object: &Value) -> Result<()> {
    // SAFETY: the class of a method stays the same, and the caller holds the method.
    let class = unsafe { method.payload().class.view(thread, method.header()) };
    super::descriptor::check_receiver(method.payload().def.name, class.as_deref(), object)
}

fn get_method(
    thread: &mut Thread,
    descriptor: &Value,
    object: Option<&Value>,
    _: Option<&Value>,
) -> Result<Value> {
    let (Some(method), Some(object)) = (cast::<MethodDescriptor>(descriptor), object) else {
        return Ok(descriptor.clone());
    };
    check_receiver(thread, method, object)?;
    new(thread, method.payload().def, Some(object.clone()), None)
}

fn call_class_method(thread: &mut Thread, callable: &Value, args: Args<'_>) -> Result<Value> {
    let Some(method) = cast::<ClassMethodDescriptor>(callable) else {
        return Err(crate::call::not_callable(callable));
    };
    let def = method.payload().def;
    let Some(first) = args.positionals().first() else {
        return Err(type_error(format!("unbound method {}() needs an argument", def.qualname)));
    };
    if cast::<Type>(first).is_none() {
        return Err(type_error(format!(
            "descriptor '{}' for type '{}' needs a type, not a '{}' as arg 2",
            def.name,
            def.qualname.split('.').next().unwrap_or_default(),
            class_of(first).name_lossy()
        )));
    }
    (def.call)(thread, def, args.values, args.kw_names())
}

fn get_class_method(
    thread: &mut Thread,
    descriptor: &Value,
    object: Option<&Value>,
    class: Option<&Value>,
) -> Result<Value> {
    let Some(method) = cast::<ClassMethodDescriptor>(descriptor) else { return Ok(descriptor.clone()) };
    let class = match (class, object) {
        (Some(class), _) => class.clone(),
        (None, Some(object)) => as_value(class_of(object)),
        (None, None) => return Ok(descriptor.clone()),
    };
    new(thread, method.payload().def, Some(class), None)
}

/// A native function object.
///
/// # Errors
/// MemoryError.
pub fn new(
    thread: &Context,
    def: &'static NativeDef,
    receiver: Option<Value>,
    module: Option<Value>,
) -> Result<Value> {
    crate::object::new(
        thread,
        NativeFunction { def, receiver: Slot::new(receiver), module: Slot::new(module) },
    )
}

/// A native function in a class's namespace, as its kind asks.
///
/// # Errors
/// MemoryError.
pub fn method(thread: &Context, class: &Object<Type>, def: &'static NativeDef) -> Result<Value> {
    let class = as_value(class);
    match def.kind {
        Kind::Method => crate::object::new(thread, MethodDescriptor { def, class: Slot::new(Some(class)) }),
        Kind::ClassMethod => {
            crate::object::new(thread, ClassMethodDescriptor { def, class: Slot::new(Some(class)) })
        }
        Kind::StaticMethod => {
            let function = new(thread, def, None, None)?;
            super::descriptor::new_static_method(thread, function)
        }
        Kind::Function | Kind::New => new(thread, def, Some(class), None),
    }
}

/// `Class.__new__` of every native class is this one function, bound to the class.
static NEW: NativeDef = NativeDef {
    name: "__new__",
    qualname: "__new__",
    doc: "Create and return a new object.  See help(type) for accurate signature.",
    signature: Some("($type, *args, **kwargs)"),
    kind: Kind::New,
    params: &Params {
        posonly: 0,
        positional: 0,
        required: 0,
        names: &[],
        kwonly_required: 0,
        var_positional: true,
        var_keyword: true,
    },
    call: |_, _, _, _| Err(type_error("__new__ is not bound to a class")),
    inlined: Inlined::No,
};

/// `__new__` of a native class.
///
/// # Errors
/// MemoryError.
pub fn new_for_class(thread: &Context, class: &Object<Type>) -> Result<Value> {
    new(thread, &NEW, Some(as_value(class)), None)
}

/// The native class whose `__new__` this is.
pub fn new_of(function: &Value) -> Option<&'static Object<Type>> {
    let function = cast::<NativeFunction>(function)?;
    if !std::ptr::eq(function.payload().def, &NEW) {
        return None;
    }
    let class = function.payload().receiver.get(function.header())?;
    Some(cast::<Type>(&class)?.payload().native.object())
}

fn call_new(thread: &mut Thread, function: &Object<NativeFunction>, args: Args<'_>) -> Result<Value> {
    let owner = function.payload().receiver.get(function.header()).unwrap_or_else(Value::none);
    let Some(owner_class) = cast::<Type>(&owner) else { return Err(type_error("__new__ has no class")) };
    let name = || owner_class.name_lossy();
    let Some(first) = args.positionals().first() else {
        return Err(type_error(format!("{}.__new__(): not enough arguments", name())));
    };
    let Some(class) = cast::<Type>(first) else {
        return Err(type_error(format!(
            "{}.__new__(X): X is not a type object ({})",
            name(),
            class_of(first).name_lossy()
        )));
    };
    if !class.is_subclass_of(owner_class) {
        let (name, class) = (name(), class.name_lossy());
        return Err(type_error(format!("{name}.__new__({class}): {class} is not a subtype of {name}")));
    }
    let native = class.payload().native;
    if class.payload().slots.new.get().is_none() {
        return Err(type_error(format!("cannot create '{}' instances", class.full_name(thread))));
    }
    if native.has_object_new() && std::ptr::eq(owner_class, super::Instance::def_static().object()) {
        let new = native.object().payload().slots.new.get();
        let missing = || type_error(format!("cannot create '{}' instances", name()));
        let new = new.ok_or_else(missing)?;
        return new(thread, first, Args { values: &args.values[1..], names: args.names });
    }
    if !std::ptr::eq(native, owner_class.payload().native)
        && !native.object().payload().slots.new.same(&owner_class.payload().slots.new)
    {
        // The first class that has no `__new__` of a program is the one to ask.
        let mut safe = first.clone();
        while let Some(class) = cast::<Type>(&safe)
            && !class.payload().slots.new.same(&native.object().payload().slots.new)
            && let Some(base) = class.payload().base.get(class.header())
        {
            safe = base;
        }
        return Err(type_error(format!(
            "{}.__new__({}) is not safe, use {}.__new__()",
            name(),
            class.name_lossy(),
            cast::<Type>(&safe).map(TypeExt::name_lossy).unwrap_or_default()
        )));
    }
    let Some(new) = owner_class.payload().slots.new.get() else {
        return Err(type_error(format!("cannot create '{}' instances", name())));
    };
    new(thread, first, Args { values: &args.values[1..], names: args.names })
}

/// Whether `value` is the native function of this name.
pub fn is_named(value: &Value, name: &str) -> bool {
    cast::<NativeFunction>(value).is_some_and(|function| function.payload().def.name == name)
}

/// The text of a def's signature, for who shows it.
///
/// # Errors
/// MemoryError.
pub fn signature(thread: &Context, def: &'static NativeDef) -> Result<Value> {
    def.signature.map_or_else(|| Ok(Value::none()), |text| Str::new(thread, text))
}
