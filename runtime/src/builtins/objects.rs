//! Functions that ask or change any object.

use memory::Value;
use threads::Thread;

use crate::class::lookup::{getattr, getattr_opt, getattr_or_none, lookup_special, setattr};
use crate::class::{TypeExt, class_of};
use crate::error::{ATTRIBUTE_ERROR, Result, runtime_error, type_error};
use crate::native::{Args, KwRest, Rest};
use crate::object::{cast, cast_exact};
use crate::types::StrExt;
use crate::types::{self, Dict, DictExt, List, Str, int};
use crate::{call, names, ops};

/// `name`, if it is a str: what `getattr` and its like take.
pub(super) fn attribute_name(thread: &mut Thread, name: &Value) -> Result<Value> {
    if cast_exact::<Str>(name).is_some() {
        return Ok(types::str::intern(thread, name));
    }
    if let Some(text) = cast::<Str>(name) {
        // What a subclass adds is not asked: attributes are found by the text.
        let plain = Str::from_view(thread, text.view())?;
        return Ok(types::str::intern(thread, &plain));
    }
    Err(crate::class::lookup::name_error(name))
}

/// The namespace that `locals()` and `dir()` show: of the running frame.
pub(super) fn current_locals(thread: &mut Thread) -> Result<Value> {
    let frame = crate::interp::current_frame(thread, 0).map_err(|_| runtime_error("frame does not exist"))?;
    let name = crate::interned!(thread, "f_locals")?;
    let locals = getattr(thread, &frame, name)?;
    if class_of(&locals).payload().native.name == "FrameLocalsProxy" {
        return call::call_positional(thread, &<Dict as crate::class::Payload>::def().value(), &[locals]);
    }
    Ok(locals)
}

/// The sorted list of an iterable of names.
fn sorted_list(thread: &mut Thread, names: &Value) -> Result<Value> {
    let items = ops::to_vec(thread, names)?;
    let list = List::new(thread, items)?;
    call::call_method(thread, &list, names::sort(), &[])?;
    Ok(list)
}

/// `dir(value)`.
///
/// # Errors
/// TypeError, or what `__dir__` raises.
pub(crate) fn dir_of(thread: &mut Thread, value: &Value) -> Result<Value> {
    match lookup_special(thread, value, names::__dir__())? {
        Some(method) => {
            let names = call::call(thread, &method, Args::none())?;
            sorted_list(thread, &names)
        }
        None => Err(type_error("object does not provide __dir__")),
    }
}

/// Built-in functions, types, exceptions, and other objects.
///
/// This module provides direct access to all 'built-in'
/// identifiers of Python; for example, builtins.len is
/// the full name for the built-in function len().
///
/// This module is not normally accessed explicitly by most
/// applications, but can be useful in modules that provide
/// objects with the same name as a builtin but where the
/// built-in of that name is also needed.
#[native::module("builtins")]
pub mod functions {
    use super::*;

    /// Return an ASCII-only representation of an object.
    ///
    /// As repr(), return a string containing a printable representation of an
    /// object, but escape the non-ASCII characters in the string returned by
    /// repr() using \\x, \\u or \\U escapes.
    pub fn ascii(th: &mut Thread, obj: &Value) -> Result<Value> {
        types::ascii(th, obj)
    }

    /// Call sys.breakpointhook(*args, **kws), whatever that may be.
    ///
    /// By default, this drops you into the pdb debugger.
    #[sig("(*args, **kws)")]
    pub fn breakpoint(th: &mut Thread, args: Rest<'_>, kws: KwRest<'_>) -> Result<Value> {
        let Some(hook) = crate::interp::sys_attribute(th, "breakpointhook") else {
            return Err(runtime_error("lost sys.breakpointhook"));
        };
        let mut values = args.to_vec();
        let mut names = Vec::new();
        for (name, value) in kws.iter() {
            names.push(name.clone());
            values.push(value.clone());
        }
        call::call(th, &hook, Args { values: &values, names: &names })
    }

    /// Return whether the object is callable (i.e., some kind of function).
    ///
    /// Note that classes are callable, as are instances of classes with a
    /// __call__() method.
    pub fn callable(obj: &Value) -> bool {
        call::is_callable(obj)
    }

    /// Deletes the named attribute from the given object.
    ///
    /// delattr(x, 'y') is equivalent to ``del x.y``
    pub fn delattr(th: &mut Thread, obj: &Value, name: &Value) -> Result<()> {
        let name = attribute_name(th, name)?;
        setattr(th, obj, &name, None)
    }

    /// dir([object]) -> list of strings
    ///
    /// If called without an argument, return the names in the current scope.
    /// Else, return an alphabetized list of names comprising (some of) the attributes
    /// of the given object, and of attributes reachable from it.
    /// If the object supplies a method named __dir__, it will be used; otherwise
    /// the default dir() logic is used and returns:
    ///   for a module object: the module's attributes.
    ///   for a class object:  its attributes, and recursively the attributes
    ///     of its bases.
    ///   for any other object: its attributes, its class's attributes, and
    ///     recursively the attributes of its class's base classes.
    #[sig("(object=<unrepresentable>, /)", hidden)]
    pub fn dir(th: &mut Thread, object: Option<&Value>) -> Result<Value> {
        if let Some(object) = object {
            return dir_of(th, object);
        }
        let locals = current_locals(th)?;
        let keys = match cast_exact::<Dict>(&locals) {
            Some(dict) => {
                let keys = dict.items(th).into_iter().map(|(key, _)| key).collect();
                List::new(th, keys)?
            }
            None => call::call_method(th, &locals, names::keys(), &[])?,
        };
        sorted_list(th, &keys)
    }

    /// Return type(value).__format__(value, format_spec).
    ///
    /// Many built-in types implement format_spec according to the
    /// Format Specification Mini-language. See help('FORMATTING') for
    /// details.
    #[sig("(value, format_spec='', /)")]
    pub fn format(th: &mut Thread, value: &Value, format_spec: Option<&Value>) -> Result<Value> {
        match format_spec {
            None => ops::format(th, value, names::default_format()),
            Some(spec) if cast::<Str>(spec).is_some() => ops::format(th, value, spec),
            Some(other) => Err(type_error(format!(
                "format() argument 2 must be str, not {}",
                class_of(other).name_lossy()
            ))),
        }
    }

    /// getattr(object, name[, default]) -> value
    ///
    /// Get a named attribute from an object; getattr(x, 'y') is equivalent to x.y.
    /// When a default argument is given, it is returned when the attribute doesn't
    /// exist; without it, an exception is raised in that case.
    #[name("getattr")]
    #[sig("(object, name, default=<unrepresentable>, /)", hidden)]
    pub fn get_attribute(
        th: &mut Thread,
        object: &Value,
        name: &Value,
        default: Option<&Value>,
    ) -> Result<Value> {
        let name = attribute_name(th, name)?;
        match default {
            Some(default) => Ok(getattr_or_none(th, object, &name)?.unwrap_or_else(|| default.clone())),
            None => getattr(th, object, &name),
        }
    }

    /// Return the dictionary containing the current scope's global variables.
    ///
    /// NOTE: Updates to this dictionary *will* affect name lookups in the current
    /// global scope and vice-versa.
    pub fn globals(th: &mut Thread) -> Result<Value> {
        crate::interp::current_globals(th).ok_or_else(|| runtime_error("globals(): no current frame"))
    }

    /// Return whether the object has an attribute with the given name.
    ///
    /// This is done by calling getattr(obj, name) and catching AttributeError.
    pub fn hasattr(th: &mut Thread, obj: &Value, name: &Value) -> Result<bool> {
        let name = attribute_name(th, name)?;
        match getattr_opt(th, obj, &name) {
            Ok(found) => Ok(found.is_some()),
            Err(raised) if raised.is(&ATTRIBUTE_ERROR) => Ok(false),
            Err(raised) => Err(raised),
        }
    }

    /// Return the hash value for the given object.
    ///
    /// Two objects that compare equal must also have the same hash value, but the
    /// reverse is not necessarily true.
    pub fn hash(th: &mut Thread, obj: &Value) -> Result<i64> {
        ops::hash(th, obj)
    }

    /// Return the identity of an object.
    ///
    /// This is guaranteed to be unique among simultaneously existing objects.
    /// (Weft answers from the object's address, or from the value itself if that is no heap object.)
    pub fn id(th: &mut Thread, obj: &Value) -> Result<Value> {
        int::id(th, obj)
    }

    /// Return whether an object is an instance of a class or of a subclass thereof.
    ///
    /// A tuple, as in ``isinstance(x, (A, B, ...))``, may be given as the target to
    /// check against. This is equivalent to ``isinstance(x, A) or isinstance(x, B)
    /// or ...`` etc.
    #[inlined(IsInstance)]
    pub fn isinstance(th: &mut Thread, obj: &Value, class_or_tuple: &Value) -> Result<bool> {
        ops::is_instance(th, obj, class_or_tuple)
    }

    /// Return whether 'cls' is derived from another class or is the same class.
    ///
    /// A tuple, as in ``issubclass(x, (A, B, ...))``, may be given as the target to
    /// check against. This is equivalent to ``issubclass(x, A) or issubclass(x, B)
    /// or ...``.
    pub fn issubclass(th: &mut Thread, cls: &Value, class_or_tuple: &Value) -> Result<bool> {
        ops::is_subclass(th, cls, class_or_tuple)
    }

    /// Return the number of items in a container.
    #[inlined(Len)]
    pub fn len(th: &mut Thread, obj: &Value) -> Result<usize> {
        ops::len(th, obj)
    }

    /// Return a dictionary containing the current scope's local variables.
    ///
    /// NOTE: Whether or not updates to this dictionary will affect name lookups in
    /// the local scope and vice-versa is *implementation dependent* and not
    /// covered by any backwards compatibility guarantees.
    pub fn locals(th: &mut Thread) -> Result<Value> {
        current_locals(th)
    }

    /// Return the canonical string representation of the object.
    ///
    /// For many object types, including most builtins, eval() will return
    /// an object with the same value, when passed to it.
    pub fn repr(th: &mut Thread, obj: &Value) -> Result<Value> {
        ops::repr(th, obj)
    }

    /// Sets the named attribute on the given object to the specified value.
    ///
    /// setattr(x, 'y', v) is equivalent to ``x.y = v``
    #[name("setattr")]
    pub fn set_attribute(th: &mut Thread, obj: &Value, name: &Value, value: &Value) -> Result<()> {
        let name = attribute_name(th, name)?;
        setattr(th, obj, &name, Some(value))
    }

    /// vars([object]) -> dictionary
    ///
    /// Without arguments, equivalent to locals().
    /// With an argument, equivalent to object.__dict__.
    #[sig("(object=<unrepresentable>, /)", hidden)]
    pub fn vars(th: &mut Thread, object: Option<&Value>) -> Result<Value> {
        match object {
            None => current_locals(th),
            Some(object) => getattr_or_none(th, object, names::__dict__())?
                .ok_or_else(|| type_error("vars() argument must have __dict__ attribute")),
        }
    }
}
