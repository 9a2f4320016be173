//! Attributes, `repr` and comparison of functions and bound methods.

use memory::{Object, Slot, Value};
use threads::Thread;

use super::code::{Code, flag, kind};
use super::function::{Function, Method, parts};
use super::{Dict, DictExt, Str, StrExt, Tuple, TupleExt, cell};
use crate::class::{Comparison, TypeExt, class_of, instance, lookup};
use crate::error::{DEPRECATION_WARNING, Result, type_error, value_error};
use crate::native::{Args, GetSet, NativeDef};
use crate::object::{cast, cast_exact};
use crate::{call, names};

/// Methods of functions.
pub static METHODS: &[&[NativeDef]] = &[];
/// Computed attributes of functions.
pub static GETSETS: &[&[GetSet]] = &[functions::GETSETS, &[DICT]];
/// Methods of bound methods.
pub static METHOD_METHODS: &[&[NativeDef]] = &[bound::METHODS];
/// Computed attributes of bound methods.
pub static METHOD_GETSETS: &[&[GetSet]] = &[bound::GETSETS];

/// `__dict__` of functions, which cannot be deleted.
const DICT: GetSet = GetSet {
    name: "__dict__",
    doc: None,
    get: instance::instance_dict,
    set: Some(|thread, value, new| match new {
        Some(new) if cast::<Dict>(new).is_some() => instance::set_instance_dict(thread, value, new.clone()),
        Some(other) => Err(type_error(format!(
            "__dict__ must be set to a dictionary, not a '{}'",
            class_of(other).name_lossy()
        ))),
        None => Err(type_error("cannot delete __dict__")),
    }),
};

fn free_count(code: &Code) -> usize {
    code.localspluskinds.iter().filter(|&&of| of & kind::FREE != 0).count()
}

fn held(function: &Object<Function>, slot: fn(&Function) -> &Slot) -> Option<Value> {
    slot(function.payload()).get(function.header())
}

fn keep(thread: &Thread, function: &Object<Function>, slot: fn(&Function) -> &Slot, new: Option<Value>) {
    drop(slot(function.payload()).replace(thread, function.header(), new));
}

/// The new value if `is` says that it is of the right type; None and deletion clear.
fn checked(new: Option<&Value>, message: &str, is: impl Fn(&Value) -> bool) -> Result<Option<Value>> {
    match new {
        None => Ok(None),
        Some(new) if new.is_none() => Ok(None),
        Some(new) if is(new) => Ok(Some(new.clone())),
        Some(_) => Err(type_error(message)),
    }
}

/// The names and values of annotations that the compiler laid out in pairs.
fn from_pairs(thread: &mut Thread, pairs: &Object<Tuple>) -> Result<Value> {
    let dict = Dict::new(thread)?;
    if let Some(target) = cast::<Dict>(&dict) {
        for pair in pairs.items().chunks_exact(2) {
            target.set(thread, &pair[0], pair[1].clone())?;
        }
    }
    Ok(dict)
}

fn annotations_of(thread: &mut Thread, function: &Object<Function>) -> Result<Value> {
    if let Some(found) = held(function, |payload| &payload.annotations) {
        let Some(pairs) = cast::<Tuple>(&found) else { return Ok(found) };
        let dict = from_pairs(thread, pairs)?;
        keep(thread, function, |payload| &payload.annotations, Some(dict.clone()));
        return Ok(dict);
    }
    let annotate = held(function, |payload| &payload.annotate).unwrap_or_else(Value::none);
    let annotations = super::class_attributes::compute_annotations(thread, &annotate)?;
    keep(thread, function, |payload| &payload.annotations, Some(annotations.clone()));
    Ok(annotations)
}

/// What computes a function's annotations is called after it, not after the block that both are made in, as its code is.
fn name_annotate(thread: &mut Thread, of: &Object<Function>, annotate: &Object<Function>) -> Result<()> {
    let named = annotate.payload().qualname(annotate.header());
    let unnamed = named.is(&annotate.payload().code().payload().qualname);
    let owner = of.payload().qualname(of.header());
    if let (true, Some(owner)) = (unnamed, cast::<Str>(&owner)) {
        let name = Str::new(thread, &format!("{}.__annotate__", owner.to_string_lossy()))?;
        annotate.payload().set_qualname(thread, annotate.header(), name);
    }
    Ok(())
}

#[native::methods(Function)]
mod functions {
    use super::*;

    /// the code
    #[getter]
    pub fn __code__(this: &Object<Function>) -> Value {
        crate::object::to_value(this.payload().code())
    }

    /// Sets the code.
    #[setter("__code__")]
    pub fn set_code(th: &mut Thread, this: &Object<Function>, new: Option<&Value>) -> Result<()> {
        let Some(new) = new.filter(|new| cast::<Code>(new).is_some()) else {
            return Err(type_error("__code__ must be set to a code object"));
        };
        let Some(code) = cast::<Code>(new) else { return Ok(()) };
        let needed = free_count(code.payload());
        let closure = held(this, |payload| &payload.closure);
        let has = closure.as_ref().and_then(cast::<Tuple>).map_or(0, |closure| closure.len());
        if needed != has {
            let name = this.payload().name(this.header());
            let name = cast::<Str>(&name).map(|name| name.to_string_lossy()).unwrap_or_default();
            return Err(value_error(format!(
                "{name}() requires a code object with {has} free vars, not {needed}"
            )));
        }
        let generators = flag::GENERATOR | flag::COROUTINE | flag::ASYNC_GENERATOR;
        if this.payload().code().payload().flags & generators != code.payload().flags & generators {
            crate::hooks::warn(
                th,
                &DEPRECATION_WARNING,
                "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain function)",
                1,
            )?;
        }
        this.payload().set_code(th, this.header(), new);
        Ok(())
    }

    /// the default values of positional parameters
    #[getter]
    pub fn __defaults__(this: &Object<Function>) -> Option<Value> {
        held(this, |payload| &payload.defaults)
    }

    /// Sets the default values.
    #[setter("__defaults__")]
    pub fn set_defaults(th: &mut Thread, this: &Object<Function>, new: Option<&Value>) -> Result<()> {
        let new =
            checked(new, "__defaults__ must be set to a tuple object", |new| cast::<Tuple>(new).is_some())?;
        keep(th, this, |payload| &payload.defaults, new);
        this.payload().touch();
        Ok(())
    }

    /// the default values of keyword-only parameters
    #[getter]
    pub fn __kwdefaults__(this: &Object<Function>) -> Option<Value> {
        held(this, |payload| &payload.kwdefaults)
    }

    /// Sets the default values of keyword-only parameters.
    #[setter("__kwdefaults__")]
    pub fn set_kwdefaults(th: &mut Thread, this: &Object<Function>, new: Option<&Value>) -> Result<()> {
        let new =
            checked(new, "__kwdefaults__ must be set to a dict object", |new| cast::<Dict>(new).is_some())?;
        keep(th, this, |payload| &payload.kwdefaults, new);
        this.payload().touch();
        Ok(())
    }

    /// the annotations
    #[getter]
    pub fn __annotations__(th: &mut Thread, this: &Object<Function>) -> Result<Value> {
        annotations_of(th, this)
    }

    /// Sets the annotations.
    #[setter("__annotations__")]
    pub fn set_annotations(th: &mut Thread, this: &Object<Function>, new: Option<&Value>) -> Result<()> {
        let new =
            checked(new, "__annotations__ must be set to a dict object", |new| cast::<Dict>(new).is_some())?;
        keep(th, this, |payload| &payload.annotations, new);
        keep(th, this, |payload| &payload.annotate, None);
        Ok(())
    }

    /// the function that computes the annotations
    #[getter]
    pub fn __annotate__(th: &mut Thread, this: &Object<Function>) -> Result<Option<Value>> {
        let annotate = held(this, |payload| &payload.annotate);
        if let Some(function) = annotate.as_ref().and_then(cast_exact::<Function>) {
            name_annotate(th, this, function)?;
        }
        Ok(annotate)
    }

    /// Sets the function that computes the annotations.
    #[setter("__annotate__")]
    pub fn set_annotate(th: &mut Thread, this: &Object<Function>, new: Option<&Value>) -> Result<()> {
        let Some(new) = new else { return Err(type_error("__annotate__ cannot be deleted")) };
        if new.is_none() {
            keep(th, this, |payload| &payload.annotate, None);
            return Ok(());
        }
        if !call::is_callable(new) {
            return Err(type_error("__annotate__ must be callable or None"));
        }
        keep(th, this, |payload| &payload.annotate, Some(new.clone()));
        keep(th, this, |payload| &payload.annotations, None);
        Ok(())
    }

    /// the name
    #[getter]
    pub fn __name__(this: &Object<Function>) -> Value {
        this.payload().name(this.header())
    }

    /// Sets the name.
    #[setter("__name__")]
    pub fn set_name(th: &mut Thread, this: &Object<Function>, new: Option<&Value>) -> Result<()> {
        let Some(new) = new.filter(|new| cast::<Str>(new).is_some()) else {
            return Err(type_error("__name__ must be set to a string object"));
        };
        this.payload().set_name(th, this.header(), new.clone());
        Ok(())
    }

    /// the name with what the function is defined in before it
    #[getter]
    pub fn __qualname__(this: &Object<Function>) -> Value {
        this.payload().qualname(this.header())
    }

    /// Sets the qualified name.
    #[setter("__qualname__")]
    pub fn set_qualname(th: &mut Thread, this: &Object<Function>, new: Option<&Value>) -> Result<()> {
        let Some(new) = new.filter(|new| cast::<Str>(new).is_some()) else {
            return Err(type_error("__qualname__ must be set to a string object"));
        };
        this.payload().set_qualname(th, this.header(), new.clone());
        Ok(())
    }

    /// the type parameters
    #[getter]
    pub fn __type_params__(th: &mut Thread, this: &Object<Function>) -> Result<Value> {
        match held(this, |payload| &payload.type_params) {
            Some(params) => Ok(params),
            None => Tuple::new(th, Vec::new()),
        }
    }

    /// Sets the type parameters.
    #[setter("__type_params__")]
    pub fn set_type_params(th: &mut Thread, this: &Object<Function>, new: Option<&Value>) -> Result<()> {
        let Some(new) = new.filter(|new| cast::<Tuple>(new).is_some()) else {
            return Err(type_error("__type_params__ must be set to a tuple"));
        };
        keep(th, this, |payload| &payload.type_params, Some(new.clone()));
        Ok(())
    }

    /// the module
    #[getter]
    pub fn __module__(this: &Object<Function>) -> Option<Value> {
        this.payload().module(this.header())
    }

    /// Sets the module.
    #[setter("__module__")]
    pub fn set_module(th: &mut Thread, this: &Object<Function>, new: Option<&Value>) {
        this.payload().set_module(th, this.header(), new.cloned());
    }

    /// the documentation
    #[getter]
    pub fn __doc__(this: &Object<Function>) -> Option<Value> {
        held(this, |payload| &payload.doc)
    }

    /// Sets the documentation.
    #[setter("__doc__")]
    pub fn set_doc(th: &mut Thread, this: &Object<Function>, new: Option<&Value>) {
        keep(th, this, |payload| &payload.doc, new.cloned());
    }

    /// the cells of free variables
    #[getter]
    pub fn __closure__(this: &Object<Function>) -> Option<Value> {
        held(this, |payload| &payload.closure)
    }

    /// Cannot be set.
    #[setter("__closure__")]
    pub fn set_closure(_this: &Object<Function>, _new: Option<&Value>) -> Result<()> {
        Err(read_only())
    }

    /// the namespace of the module
    #[getter]
    pub fn __globals__(this: &Object<Function>) -> Option<Value> {
        this.payload().globals(this.header())
    }

    /// Cannot be set.
    #[setter("__globals__")]
    pub fn set_globals(_this: &Object<Function>, _new: Option<&Value>) -> Result<()> {
        Err(read_only())
    }

    /// the builtins
    #[getter]
    pub fn __builtins__(this: &Object<Function>) -> Option<Value> {
        this.payload().builtins(this.header())
    }

    /// Cannot be set.
    #[setter("__builtins__")]
    pub fn set_builtins(_this: &Object<Function>, _new: Option<&Value>) -> Result<()> {
        Err(read_only())
    }
}

#[cold]
fn read_only() -> crate::error::Raised {
    crate::error::attribute_error("readonly attribute")
}

fn wrong_argument(name: &str, expected: &str, value: &Value) -> crate::error::Raised {
    type_error(format!(
        "function() argument '{name}' must be {expected}, not {}",
        class_of(value).name_lossy()
    ))
}

/// `function(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)`.
///
/// # Errors
/// TypeError and ValueError for arguments that do not go together.
pub fn new(thread: &mut Thread, _: &Value, args: Args<'_>) -> Result<Value> {
    let names = ["code", "globals", "name", "argdefs", "closure", "kwdefaults"];
    let [code, globals, name, defaults, closure, kwdefaults] =
        super::arguments::bind(args, "function", names)?;
    let code = super::arguments::required(code, "function", "code", 1)?;
    let Some(code_object) = cast::<Code>(&code) else { return Err(wrong_argument("code", "code", &code)) };
    let globals = super::arguments::required(globals, "function", "globals", 2)?;
    let Some(globals_dict) = cast::<Dict>(&globals) else {
        return Err(wrong_argument("globals", "dict", &globals));
    };
    let name =
        checked(name.as_ref(), "arg 3 (name) must be None or string", |name| cast::<Str>(name).is_some())?;
    let defaults = checked(defaults.as_ref(), "arg 4 (defaults) must be None or tuple", |new| {
        cast::<Tuple>(new).is_some()
    })?;
    let needed = free_count(code_object.payload());
    let message =
        if needed > 0 { "arg 5 (closure) must be tuple" } else { "arg 5 (closure) must be None or tuple" };
    let closure = checked(closure.as_ref(), message, |new| cast::<Tuple>(new).is_some())?;
    if needed > 0 && closure.is_none() {
        return Err(type_error(message));
    }
    let kwdefaults = checked(kwdefaults.as_ref(), "arg 6 (kwdefaults) must be None or dict", |new| {
        cast::<Dict>(new).is_some()
    })?;
    let cells = closure.as_ref().and_then(cast::<Tuple>);
    let given = cells.map_or(0, |cells| cells.len());
    if given != needed {
        let of =
            cast::<Str>(&code_object.payload().name).map(|name| name.to_string_lossy()).unwrap_or_default();
        return Err(value_error(format!("{of} requires closure of length {needed}, not {given}")));
    }
    if let Some(other) = cells.and_then(|cells| cells.items().iter().find(|item| !cell::is_cell(item))) {
        return Err(type_error(format!(
            "arg 5 (closure) expected cell, found {}",
            class_of(other).name_lossy()
        )));
    }
    let builtins = crate::interp::builtins_of(thread, globals_dict)?;
    let module = globals_dict.get_str(thread, names::__name__());
    let value = super::function::new(thread, &code, globals.clone(), builtins, module)?;
    if let Some(function) = cast::<Function>(&value) {
        if let Some(name) = name {
            function.payload().set_name(thread, function.header(), name);
        }
        keep(thread, function, |payload| &payload.defaults, defaults);
        keep(thread, function, |payload| &payload.closure, closure);
        keep(thread, function, |payload| &payload.kwdefaults, kwdefaults);
        function.payload().touch();
    }
    Ok(value)
}

#[native::methods(Method)]
mod bound {
    use super::*;

    /// Support for pickle.
    pub fn __reduce__(th: &mut Thread, this: &Object<Method>) -> Result<Value> {
        let Some((function, receiver)) = parts(this) else { return Err(type_error("an unbound method")) };
        let name = lookup::getattr(th, &function, names::__name__())?;
        let getattr = crate::interp::builtin(th, "getattr")?;
        let args = Tuple::of_array(th, [receiver, name])?;
        Tuple::of_array(th, [getattr, args])
    }

    /// the function (or other callable) implementing a method
    #[getter]
    pub fn __func__(this: &Object<Method>) -> Option<Value> {
        this.payload().function.get(this.header())
    }

    /// the instance to which a method is bound
    #[getter]
    pub fn __self__(this: &Object<Method>) -> Option<Value> {
        this.payload().receiver.get(this.header())
    }

    /// the documentation of the function
    #[getter]
    pub fn __doc__(th: &mut Thread, this: &Object<Method>) -> Result<Value> {
        match this.payload().function.get(this.header()) {
            Some(function) => lookup::getattr(th, &function, names::__doc__()),
            None => Ok(Value::none()),
        }
    }
}

/// `method(function, instance)`.
///
/// # Errors
/// TypeError.
pub fn new_method(thread: &mut Thread, _: &Value, args: Args<'_>) -> Result<Value> {
    match args.no_keywords("method")? {
        [function, _] if !crate::call::is_callable(function) => {
            Err(type_error("first argument must be callable"))
        }
        [_, receiver] if receiver.is_none() => Err(type_error("instance must not be None")),
        [function, receiver] => super::function::new_method(thread, function.clone(), receiver.clone()),
        more => Err(type_error(format!("method expected 2 arguments, got {}", more.len()))),
    }
}

/// `repr()` of a function.
///
/// # Errors
/// MemoryError.
pub fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let qualname = cast::<super::function::Function>(value)
        .map(|function| function.payload().qualname(function.header()));
    let qualname =
        qualname.as_ref().and_then(cast::<Str>).map(|name| name.to_string_lossy()).unwrap_or_default();
    Str::new(thread, &format!("<function {qualname} at {:#x}>", value.word().bits()))
}

/// A bound method has its function's attributes.
///
/// # Errors
/// What the lookup raises.
pub fn method_getattr(thread: &mut Thread, value: &Value, name: &Value) -> Result<Option<Value>> {
    if let Some(own) = instance::generic_getattr(thread, value, name)? {
        return Ok(Some(own));
    }
    match cast::<Method>(value).and_then(parts) {
        Some((function, _)) => lookup::getattr(thread, &function, name).map(Some),
        None => Ok(None),
    }
}

/// `repr()` of a bound method.
///
/// # Errors
/// What the receiver's `repr` raises.
pub fn method_repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some((function, receiver)) = cast::<Method>(value).and_then(parts) else {
        return super::instance::default_repr(thread, value);
    };
    let mut name = lookup::getattr_or_none(thread, &function, crate::names::__qualname__())?;
    if name.is_none() {
        name = lookup::getattr_or_none(thread, &function, crate::names::__name__())?;
    }
    let name =
        name.as_ref().and_then(cast::<Str>).map_or_else(|| "?".to_owned(), |name| name.to_string_lossy());
    let receiver = crate::ops::repr_text(thread, &receiver)?;
    Str::new(thread, &format!("<bound method {name} of {receiver}>"))
}

/// Bound methods are equal if their functions are, and their receivers are the same object.
///
/// # Errors
/// What comparing the functions raises.
pub fn method_compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some((f, x)), Some((g, y))) = (cast::<Method>(a).and_then(parts), cast::<Method>(b).and_then(parts))
    else {
        return Ok(Value::not_implemented());
    };
    let equal = x.is(&y) && crate::ops::is_or_equals(thread, &f, &g)?;
    match op {
        Comparison::Eq => Ok(Value::from_bool(equal)),
        Comparison::Ne => Ok(Value::from_bool(!equal)),
        _ => Ok(Value::not_implemented()),
    }
}

/// The hash of a bound method.
///
/// # Errors
/// What hashing the function raises.
pub fn method_hash(thread: &mut Thread, value: &Value) -> Result<i64> {
    let Some((function, receiver)) = cast::<Method>(value).and_then(parts) else {
        return Ok(super::int::hash_of_address(value));
    };
    let hash = super::int::hash_of_address(&receiver) ^ crate::ops::hash(thread, &function)?;
    Ok(if hash == -1 { -2 } else { hash })
}
