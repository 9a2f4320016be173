//! Attributes, `repr` and comparison of native functions, slot wrappers and other descriptors.

use memory::{Object, Value};
use threads::Thread;

use super::descriptor::{
    ClassMethod, GetSetDescriptor, MemberDescriptor, MethodWrapper, Place, SlotWrapper, StaticMethod,
    callable_of, set_callable,
};
use super::native_function::{ClassMethodDescriptor, MethodDescriptor, NativeFunction};
use crate::class::lookup::{getattr, getattr_or_none, setattr};
use crate::class::{Comparison, Type, TypeExt, as_value, class_of, instance};
use crate::error::{ATTRIBUTE_ERROR, Result, attribute_error, type_error};
use crate::native::{Args, GetSet, Kind, NativeDef};
use crate::object::cast;
use crate::types::{Dict, DictExt, Str, StrExt, Tuple, int};
use crate::{names, ops};

/// Methods of native functions.
pub static NATIVE_METHODS: &[&[NativeDef]] = &[functions::METHODS];
/// Attributes of native functions.
pub static NATIVE_GETSETS: &[&[GetSet]] = &[functions::GETSETS];
/// Methods of descriptors.
pub static DESCRIPTOR_METHODS: &[&[NativeDef]] = &[descriptors::METHODS];
/// Attributes of native methods.
pub static METHOD_GETSETS: &[&[GetSet]] = &[descriptors::GETSETS, signatures::GETSETS];
/// Attributes of native class methods.
pub static CLASS_METHOD_GETSETS: &[&[GetSet]] = &[descriptors::GETSETS, signatures::GETSETS];
/// Attributes of slot wrappers.
pub static WRAPPER_GETSETS: &[&[GetSet]] = &[descriptors::GETSETS, signatures::GETSETS];
/// Methods of bound slot wrappers.
pub static METHOD_WRAPPER_METHODS: &[&[NativeDef]] = &[bound::METHODS];
/// Attributes of bound slot wrappers.
pub static METHOD_WRAPPER_GETSETS: &[&[GetSet]] = &[bound::GETSETS];
/// Attributes of computed attributes' descriptors.
pub static GETSET_GETSETS: &[&[GetSet]] = &[descriptors::GETSETS];
/// Attributes of members' descriptors.
pub static MEMBER_GETSETS: &[&[GetSet]] = &[descriptors::GETSETS];
/// Methods of staticmethod and classmethod.
pub static WRAPPING_METHODS: &[&[NativeDef]] = &[wrapping::METHODS];
/// Attributes of staticmethod.
pub static STATIC_GETSETS: &[&[GetSet]] = &[wrapping::GETSETS];
/// Attributes of classmethod.
pub static CLASS_WRAPPER_GETSETS: &[&[GetSet]] = &[wrapping::GETSETS];

// Native functions.

fn receiver_of(function: &Object<NativeFunction>) -> Option<Value> {
    function.payload().receiver.get(function.header())
}

/// The class of a static method, which is not bound to it: by the name that the definition gives.
fn class_of_static(thread: &mut Thread, def: &NativeDef) -> Option<Value> {
    let (class, _) = def.qualname.split_once('.')?;
    crate::interp::builtin_class(thread, class)
}

fn is_module(value: &Value) -> bool {
    super::module::of(value).is_some()
}

/// `getattr`, the builtin, and its arguments: how most descriptors are pickled.
fn by_getattr(thread: &mut Thread, object: Value, name: &str) -> Result<Value> {
    let name = Str::interned(thread, name)?;
    let getattr = crate::interp::builtin(thread, "getattr")?;
    let args = Tuple::of_array(thread, [object, name])?;
    Tuple::of_array(thread, [getattr, args])
}

/// `__qualname__` of a class, and the attribute's name behind it.
fn qualified(thread: &mut Thread, class: &Value, name: &str) -> Result<Value> {
    let qualname = getattr(thread, class, names::__qualname__())?;
    let Some(of_class) = cast::<Str>(&qualname) else {
        return Err(type_error("<method>.__class__.__qualname__ is not a unicode object"));
    };
    let mut text = text::Builder::new();
    text.push_view(of_class.view());
    text.push_str(".");
    text.push_str(name);
    Str::from_text(thread, &text.finish())
}

#[native::methods(NativeFunction, name = "builtin_function_or_method")]
mod functions {
    use super::*;

    /// Support for pickle.
    pub fn __reduce__(th: &mut Thread, this: &Object<NativeFunction>) -> Result<Value> {
        let def = this.payload().def;
        let owner = match receiver_of(this) {
            None if def.kind == Kind::StaticMethod => class_of_static(th, def),
            receiver => receiver,
        };
        match owner {
            Some(owner) if !is_module(&owner) => by_getattr(th, owner, def.name),
            _ => Str::interned(th, def.name),
        }
    }

    /// the name
    #[getter]
    pub fn __name__(th: &mut Thread, this: &Object<NativeFunction>) -> Result<Value> {
        Str::interned(th, this.payload().def.name)
    }

    /// the name with the class before it
    #[getter]
    pub fn __qualname__(th: &mut Thread, this: &Object<NativeFunction>) -> Result<Value> {
        let def = this.payload().def;
        match receiver_of(this) {
            None => Str::interned(th, def.qualname),
            Some(module) if is_module(&module) => Str::interned(th, def.name),
            Some(receiver) => {
                let class =
                    if cast::<Type>(&receiver).is_some() { receiver } else { as_value(class_of(&receiver)) };
                qualified(th, &class, def.name)
            }
        }
    }

    /// the module
    #[getter]
    pub fn __module__(this: &Object<NativeFunction>) -> Option<Value> {
        this.payload().module.get(this.header())
    }

    /// Sets the module.
    #[setter("__module__")]
    pub fn set_module(th: &mut Thread, this: &Object<NativeFunction>, new: Option<&Value>) {
        drop(this.payload().module.replace(th, this.header(), new.cloned()));
    }

    /// what the function is bound to
    #[getter]
    pub fn __self__(this: &Object<NativeFunction>) -> Option<Value> {
        receiver_of(this)
    }

    /// the parameters
    #[getter]
    pub fn __text_signature__(this: &Object<NativeFunction>) -> Option<&'static str> {
        this.payload().def.signature
    }

    /// the documentation
    #[getter]
    pub fn __doc__(this: &Object<NativeFunction>) -> Option<&'static str> {
        Some(this.payload().def.doc).filter(|doc| !doc.is_empty())
    }
}

/// `repr()` of a native function.
///
/// # Errors
/// MemoryError.
pub fn native_repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(function) = cast::<NativeFunction>(value) else {
        return super::instance::default_repr(thread, value);
    };
    let def = function.payload().def;
    let receiver = match receiver_of(function) {
        None if def.kind == Kind::StaticMethod => class_of_static(thread, def),
        receiver => receiver,
    };
    let text = match receiver {
        Some(receiver) if !is_module(&receiver) => format!(
            "<built-in method {} of {} object at {:#x}>",
            def.name,
            class_of(&receiver).name_lossy(),
            receiver.word().bits()
        ),
        _ => format!("<built-in function {}>", def.name),
    };
    Str::new(thread, &text)
}

fn same(a: Option<Value>, b: Option<Value>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.is(&b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

fn equality(equal: bool, op: Comparison) -> Value {
    match op {
        Comparison::Eq => Value::from_bool(equal),
        Comparison::Ne => Value::from_bool(!equal),
        _ => Value::not_implemented(),
    }
}

/// Native functions are equal if they do the same to the same object.
///
/// # Errors
/// None.
pub fn native_compare(_: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some(f), Some(g)) = (cast::<NativeFunction>(a), cast::<NativeFunction>(b)) else {
        return Ok(Value::not_implemented());
    };
    let equal = std::ptr::eq(f.payload().def, g.payload().def) && same(receiver_of(f), receiver_of(g));
    Ok(equality(equal, op))
}

fn hash_of(receiver: Option<Value>, what: usize) -> i64 {
    let receiver = receiver.map_or(0, |receiver| int::hash_of_address(&receiver));
    let hash = receiver ^ (what as i64).rotate_right(4);
    if hash == -1 { -2 } else { hash }
}

/// The hash of a native function.
///
/// # Errors
/// None.
pub fn native_hash(_: &mut Thread, value: &Value) -> Result<i64> {
    Ok(cast::<NativeFunction>(value)
        .map_or(0, |function| hash_of(receiver_of(function), (&raw const *function.payload().def).addr())))
}

// Descriptors.

/// What the attributes of all kinds of descriptors tell.
struct Described {
    name: String,
    class: Option<Value>,
    doc: Option<&'static str>,
    signature: Option<&'static str>,
}

fn describe(value: &Value) -> Option<Described> {
    if let Some(method) = cast::<MethodDescriptor>(value) {
        let def = method.payload().def;
        let class = method.payload().class.get(method.header());
        return Some(Described {
            name: def.name.to_owned(),
            class,
            doc: Some(def.doc),
            signature: def.signature,
        });
    }
    if let Some(method) = cast::<ClassMethodDescriptor>(value) {
        let def = method.payload().def;
        let class = method.payload().class.get(method.header());
        return Some(Described {
            name: def.name.to_owned(),
            class,
            doc: Some(def.doc),
            signature: def.signature,
        });
    }
    if let Some(wrapper) = cast::<SlotWrapper>(value) {
        let row = wrapper.payload().data;
        let class = wrapper.payload().class.get(wrapper.header());
        return Some(Described {
            name: row.name.to_owned(),
            class,
            doc: Some(row.doc),
            signature: Some(signature_of(row.name)),
        });
    }
    if let Some(getset) = cast::<GetSetDescriptor>(value) {
        let data = getset.payload().data;
        return Some(Described {
            name: data.name.to_owned(),
            class: GetSetDescriptor::class_of(getset),
            doc: data.doc,
            signature: None,
        });
    }
    let member = cast::<MemberDescriptor>(value)?;
    let (name, doc) = match &member.payload().data {
        Place::Native(member) => (member.name.to_owned(), member.doc),
        Place::Slot(name, _) => (name.clone(), None),
        Place::Computed(data) => (data.name.to_owned(), data.doc),
    };
    Some(Described { name, class: MemberDescriptor::class_of(member), doc, signature: None })
}

/// The parameters of a special method's wrapper.
fn signature_of(name: &str) -> &'static str {
    match name {
        "__repr__" | "__str__" | "__hash__" | "__iter__" | "__next__" | "__neg__" | "__pos__" | "__abs__"
        | "__bool__" | "__invert__" | "__int__" | "__float__" | "__index__" | "__len__" | "__await__"
        | "__aiter__" | "__anext__" | "__del__" => "($self, /)",
        "__getattribute__" | "__delattr__" => "($self, name, /)",
        "__setattr__" => "($self, name, value, /)",
        "__pow__" | "__rpow__" => "($self, value, mod=None, /)",
        "__get__" => "($self, instance, owner=None, /)",
        "__set__" => "($self, instance, value, /)",
        "__delete__" => "($self, instance, /)",
        "__init__" | "__call__" => "($self, /, *args, **kwargs)",
        "__getitem__" | "__delitem__" | "__contains__" => "($self, key, /)",
        "__setitem__" => "($self, key, value, /)",
        _ => "($self, value, /)",
    }
}

#[native::methods(name = "descriptor")]
mod descriptors {
    use super::*;

    /// Support for pickle.
    pub fn __reduce__(th: &mut Thread, this: &Value) -> Result<Value> {
        match describe(this) {
            Some(Described { name, class: Some(class), .. }) => by_getattr(th, class, &name),
            _ => Err(type_error(format!("cannot pickle '{}' object", class_of(this).name_lossy()))),
        }
    }

    /// the name
    #[getter]
    pub fn __name__(th: &mut Thread, this: &Value) -> Result<Value> {
        let name = describe(this).map(|found| found.name).unwrap_or_default();
        Str::interned(th, &name)
    }

    /// the name with the class before it
    #[getter]
    pub fn __qualname__(th: &mut Thread, this: &Value) -> Result<Value> {
        match describe(this) {
            Some(Described { name, class: Some(class), .. }) => qualified(th, &class, &name),
            _ => Ok(Value::none()),
        }
    }

    /// the class that the descriptor belongs to
    #[getter]
    pub fn __objclass__(this: &Value) -> Option<Value> {
        describe(this)?.class
    }

    /// the documentation
    #[getter]
    pub fn __doc__(this: &Value) -> Option<&'static str> {
        describe(this)?.doc.filter(|doc| !doc.is_empty())
    }
}

#[native::methods(name = "descriptor")]
mod signatures {
    use super::*;

    /// the parameters
    #[getter]
    pub fn __text_signature__(this: &Value) -> Option<&'static str> {
        describe(this)?.signature
    }
}

fn shown(thread: &mut Thread, value: &Value, kind: &str) -> Result<Value> {
    let Some(found) = describe(value) else { return super::instance::default_repr(thread, value) };
    let class =
        found.class.as_ref().and_then(cast::<Type>).map_or_else(|| "?".to_owned(), TypeExt::name_lossy);
    Str::new(thread, &format!("<{kind} '{}' of '{class}' objects>", found.name))
}

/// `repr()` of an unbound native method.
///
/// # Errors
/// MemoryError.
pub fn method_repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    shown(thread, value, "method")
}

/// `repr()` of a slot wrapper.
///
/// # Errors
/// MemoryError.
pub fn wrapper_repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    shown(thread, value, "slot wrapper")
}

/// `repr()` of a computed attribute's descriptor.
///
/// # Errors
/// MemoryError.
pub fn getset_repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    shown(thread, value, "attribute")
}

/// `repr()` of a member's descriptor.
///
/// # Errors
/// MemoryError.
pub fn member_repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    shown(thread, value, "member")
}

// Bound slot wrappers.

fn bound_receiver(wrapper: &Object<MethodWrapper>) -> Value {
    wrapper.payload().receiver.get(wrapper.header()).unwrap_or_else(Value::none)
}

#[native::methods(MethodWrapper, name = "method-wrapper")]
mod bound {
    use super::*;

    /// Support for pickle.
    pub fn __reduce__(th: &mut Thread, this: &Object<MethodWrapper>) -> Result<Value> {
        by_getattr(th, bound_receiver(this), this.payload().data.name)
    }

    /// the name
    #[getter]
    pub fn __name__(th: &mut Thread, this: &Object<MethodWrapper>) -> Result<Value> {
        Str::interned(th, this.payload().data.name)
    }

    /// the name with the class before it
    #[getter]
    pub fn __qualname__(th: &mut Thread, this: &Object<MethodWrapper>) -> Result<Value> {
        match this.payload().class.get(this.header()) {
            Some(class) => qualified(th, &class, this.payload().data.name),
            None => Ok(Value::none()),
        }
    }

    /// what it is bound to
    #[getter]
    pub fn __self__(this: &Object<MethodWrapper>) -> Value {
        bound_receiver(this)
    }

    /// the class whose method it is
    #[getter]
    pub fn __objclass__(this: &Object<MethodWrapper>) -> Option<Value> {
        this.payload().class.get(this.header())
    }

    /// the parameters
    #[getter]
    pub fn __text_signature__(this: &Object<MethodWrapper>) -> &'static str {
        signature_of(this.payload().data.name)
    }

    /// the documentation
    #[getter]
    pub fn __doc__(this: &Object<MethodWrapper>) -> &'static str {
        this.payload().data.doc
    }
}

/// `repr()` of a bound slot wrapper.
///
/// # Errors
/// MemoryError.
pub fn method_wrapper_repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(wrapper) = cast::<MethodWrapper>(value) else {
        return super::instance::default_repr(thread, value);
    };
    let receiver = bound_receiver(wrapper);
    let text = format!(
        "<method-wrapper '{}' of {} object at {:#x}>",
        wrapper.payload().data.name,
        class_of(&receiver).name_lossy(),
        receiver.word().bits()
    );
    Str::new(thread, &text)
}

/// Bound slot wrappers are equal if they do the same to the same object.
///
/// # Errors
/// None.
pub fn method_wrapper_compare(_: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some(f), Some(g)) = (cast::<MethodWrapper>(a), cast::<MethodWrapper>(b)) else {
        return Ok(Value::not_implemented());
    };
    let equal = std::ptr::eq(f.payload().data, g.payload().data)
        && same(f.payload().class.get(f.header()), g.payload().class.get(g.header()))
        && bound_receiver(f).is(&bound_receiver(g));
    Ok(equality(equal, op))
}

/// The hash of a bound slot wrapper.
///
/// # Errors
/// None.
pub fn method_wrapper_hash(_: &mut Thread, value: &Value) -> Result<i64> {
    Ok(cast::<MethodWrapper>(value).map_or(0, |wrapper| {
        hash_of(Some(bound_receiver(wrapper)), (&raw const *wrapper.payload().data).addr())
    }))
}

// staticmethod and classmethod.

fn wrapping_name(value: &Value) -> &'static str {
    if cast::<StaticMethod>(value).is_some() { "staticmethod" } else { "classmethod" }
}

/// `__init__` of staticmethod and classmethod: what is wrapped, and what tells of it.
///
/// # Errors
/// TypeError, or what getting and setting attributes raises.
pub fn wrapping_init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let name = wrapping_name(value);
    let callable = match args.no_keywords(name)? {
        [callable] => callable,
        more => return Err(type_error(format!("{name} expected 1 argument, got {}", more.len()))),
    };
    set_callable(thread, value, callable.clone());
    for name in [names::__module__(), names::__name__(), names::__qualname__(), names::__doc__()] {
        if let Some(found) = getattr_or_none(thread, callable, name)? {
            setattr(thread, value, name, Some(&found))?;
        }
    }
    Ok(())
}

/// `repr()` of staticmethod and classmethod.
///
/// # Errors
/// What the callable's `repr` raises.
pub fn wrapping_repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let mut text = text::Builder::new();
    text.push_str("<");
    text.push_str(wrapping_name(value));
    text.push_str("(");
    let callable = callable_of(value).unwrap_or_else(Value::none);
    super::exception_methods::push_repr(thread, &mut text, &callable)?;
    text.push_str(")>");
    Str::from_text(thread, &text.finish())
}

/// An attribute of what is wrapped, kept in the wrapper's dict from then on.
fn kept_attribute(thread: &mut Thread, value: &Value, name: &Value) -> Result<Value> {
    let dict = instance::instance_dict(thread, value)?;
    let kept = cast::<Dict>(&dict);
    if let Some(found) = kept.and_then(|dict| dict.get_str(thread, name)) {
        return Ok(found);
    }
    let callable = callable_of(value).unwrap_or_else(Value::none);
    let found = getattr(thread, &callable, name)?;
    if let Some(kept) = kept {
        kept.set_str(thread, name, found.clone())?;
    }
    Ok(found)
}

fn set_kept_attribute(thread: &mut Thread, value: &Value, name: &Value, new: Option<&Value>) -> Result<()> {
    let dict = instance::instance_dict(thread, value)?;
    let Some(kept) = cast::<Dict>(&dict) else { return Ok(()) };
    match new {
        Some(new) => kept.set_str(thread, name, new.clone()),
        None if kept.remove_str(thread, name).is_some() => Ok(()),
        None => Err(attribute_error(format!(
            "'{}' object has no attribute '{}'",
            wrapping_name(value),
            cast::<Str>(name).map(|name| name.to_string_lossy()).unwrap_or_default()
        ))),
    }
}

#[native::methods(name = "staticmethod")]
mod wrapping {
    use super::*;

    /// See PEP 585
    #[class_method]
    pub fn __class_getitem__(th: &mut Thread, class: &Value, item: &Value) -> Result<Value> {
        super::super::generic_alias::new(th, class, item)
    }

    /// what is wrapped
    #[getter]
    pub fn __func__(this: &Value) -> Option<Value> {
        callable_of(this)
    }

    /// what is wrapped
    #[getter]
    pub fn __wrapped__(this: &Value) -> Option<Value> {
        callable_of(this)
    }

    /// whether what is wrapped is abstract
    #[getter]
    pub fn __isabstractmethod__(th: &mut Thread, this: &Value) -> Result<bool> {
        let Some(callable) = callable_of(this) else { return Ok(false) };
        let name = crate::interned!(th, "__isabstractmethod__")?;
        match getattr_or_none(th, &callable, name) {
            Ok(Some(found)) => ops::is_true(th, &found),
            Ok(None) => Ok(false),
            Err(raised) if raised.is(&ATTRIBUTE_ERROR) => Ok(false),
            Err(raised) => Err(raised),
        }
    }

    /// annotations of what is wrapped
    #[getter]
    pub fn __annotations__(th: &mut Thread, this: &Value) -> Result<Value> {
        kept_attribute(th, this, names::__annotations__())
    }

    /// Sets the annotations.
    #[setter("__annotations__")]
    pub fn set_annotations(th: &mut Thread, this: &Value, new: Option<&Value>) -> Result<()> {
        set_kept_attribute(th, this, names::__annotations__(), new)
    }

    /// the function that computes the annotations of what is wrapped
    #[getter]
    pub fn __annotate__(th: &mut Thread, this: &Value) -> Result<Value> {
        kept_attribute(th, this, names::__annotate__())
    }

    /// Sets the function that computes the annotations.
    #[setter("__annotate__")]
    pub fn set_annotate(th: &mut Thread, this: &Value, new: Option<&Value>) -> Result<()> {
        set_kept_attribute(th, this, names::__annotate__(), new)
    }
}

/// Whether a value is a staticmethod or classmethod.
pub fn is_wrapping(value: &Value) -> bool {
    cast::<StaticMethod>(value).is_some() || cast::<ClassMethod>(value).is_some()
}
