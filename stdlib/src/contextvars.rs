//! `_contextvars`: variables whose values belong to a context, and contexts.
//!
//! A context has a dict that nobody changes: setting a variable makes another, so that a copy of a context is made at once.
//! Contexts hold few variables.

use runtime::class::{Comparison, Namespace, Slots};
use runtime::error::{Result, key_error, lookup_error, runtime_error, type_error, value_error};
use runtime::memory::Slot;
use runtime::native::{self, Args, KwRest, Rest};
use runtime::object::cast;
use runtime::state::{self, Place};
use runtime::types::{Dict, DictExt, List, Str, Tuple, generic_alias};
use runtime::{Object, Thread, Value, call, ops};
use threads::sync::atomic::{AtomicBool, Ordering};

/// The native part of a context.
#[native::class("Context", module = "_contextvars", doc = "", weakref, mapping, methods(context_methods), new = new_context, slots = context_slots)]
pub struct Context {
    /// From variables to values; never changed.
    #[trace]
    values: Slot,
    #[untraced]
    entered: AtomicBool,
}

/// The native part of a context variable.
#[native::class("ContextVar", module = "_contextvars", doc = "", methods(variable_methods), new = new_variable, slots = variable_slots)]
pub struct Variable {
    #[trace]
    name: Value,
    #[trace]
    default: Slot,
}

/// The native part of what `set` returns.
#[native::class("Token", module = "_contextvars", doc = "", methods(token_methods), new = new_token, slots = token_slots, init = token_attributes)]
pub struct Token {
    #[trace]
    variable: Value,
    #[trace]
    context: Value,
    #[trace]
    old: Slot,
    #[untraced]
    used: AtomicBool,
}

/// The type of `Token.MISSING`.
#[native::class("Token.MISSING", module = "_contextvars", doc = "", disallow_instantiation, slots = missing_slots)]
pub struct Missing;

fn missing_slots(slots: &Slots) {
    slots.repr.set(|thread, _| Str::new(thread, "<Token.MISSING>"));
}

static MISSING: runtime::names::StaticValue = runtime::names::StaticValue::new();

fn missing(thread: &runtime::Context) -> Result<Value> {
    if let Some(value) = MISSING.get() {
        return Ok(value.clone());
    }
    let value = runtime::object::new(thread, Missing)?;
    MISSING.set(value.clone());
    Ok(value)
}

fn token_attributes(namespace: &Namespace<'_>) {
    if let Ok(missing) = missing(namespace.thread) {
        namespace.set("MISSING", missing);
    }
}

fn make_context(thread: &mut Thread, values: Value) -> Result<Value> {
    runtime::object::new(thread, Context { values: Slot::new(Some(values)), entered: AtomicBool::new(false) })
}

fn new_context(thread: &mut Thread, _: &Value, args: Args<'_>) -> Result<Value> {
    if !args.is_empty() {
        return Err(type_error("Context() does not accept any arguments"));
    }
    let values = Dict::new(thread)?;
    make_context(thread, values)
}

/// The thread's current context, made if need be.
///
/// # Errors
/// MemoryError.
pub fn current(thread: &mut Thread) -> Result<Value> {
    if let Some(context) = state::kept(thread, Place::Context) {
        return Ok(context);
    }
    let values = Dict::new(thread)?;
    let context = make_context(thread, values)?;
    drop(state::keep(thread, Place::Context, Some(context.clone())));
    Ok(context)
}

/// A copy of the thread's current context.
///
/// # Errors
/// MemoryError.
pub fn copy_current(thread: &mut Thread) -> Result<Value> {
    let context = current(thread)?;
    match cast::<Context>(&context) {
        Some(context) => make_context(thread, values_of(context)),
        None => Err(runtime_error("no context")),
    }
}

/// Runs `body` with `context` as the current context.
///
/// # Errors
/// RuntimeError if somebody is in the context already; TypeError for what is no context; what `body` raises.
pub fn run_in<R>(
    thread: &mut Thread,
    context: &Value,
    body: impl FnOnce(&mut Thread) -> Result<R>,
) -> Result<R> {
    let Some(object) = cast::<Context>(context) else { return Err(type_error("a Context is required")) };
    if object.payload().entered.swap(true, Ordering::AcqRel) {
        let shown = ops::repr_text(thread, context)?;
        return Err(runtime_error(format!("cannot enter context: {shown} is already entered")));
    }
    let before = state::keep(thread, Place::Context, Some(context.clone()));
    let result = body(thread);
    drop(state::keep(thread, Place::Context, before));
    object.payload().entered.store(false, Ordering::Release);
    result
}

fn values_of(context: &Object<Context>) -> Value {
    context.payload().values.get(context.header()).unwrap_or_else(Value::none)
}

fn look_up(thread: &mut Thread, context: &Object<Context>, variable: &Value) -> Result<Option<Value>> {
    let values = values_of(context);
    match cast::<Dict>(&values) {
        Some(values) => values.get(thread, variable),
        None => Ok(None),
    }
}

/// Gives a variable another value in a context, or none.
fn change(
    thread: &mut Thread,
    context: &Object<Context>,
    variable: &Value,
    new: Option<Value>,
) -> Result<()> {
    let values = values_of(context);
    let Some(values) = cast::<Dict>(&values) else { return Ok(()) };
    let copy = values.copy(thread)?;
    if let Some(copy) = cast::<Dict>(&copy) {
        match new {
            Some(value) => copy.set(thread, variable, value)?,
            None => drop(copy.remove(thread, variable)?),
        }
    }
    drop(context.payload().values.replace(thread, context.header(), Some(copy)));
    Ok(())
}

/// A new variable.
///
/// # Errors
/// MemoryError.
pub fn make_variable(thread: &mut Thread, name: &str) -> Result<Value> {
    let name = Str::interned(thread, name)?;
    runtime::object::new(thread, Variable { name, default: Slot::new(None) })
}

/// The value of a variable in the current context, if it has one there.
///
/// # Errors
/// MemoryError.
pub fn get(thread: &mut Thread, variable: &Value) -> Result<Option<Value>> {
    let Some(context) = state::kept(thread, Place::Context) else { return Ok(None) };
    match cast::<Context>(&context) {
        Some(context) => look_up(thread, context, variable),
        None => Ok(None),
    }
}

fn require_variable(thread: &mut Thread, key: &Value) -> Result<()> {
    if cast::<Variable>(key).is_some() {
        return Ok(());
    }
    let shown = ops::repr_text(thread, key)?;
    Err(type_error(format!("a ContextVar key was expected, got {shown}")))
}

fn context_slots(slots: &Slots) {
    slots.compare.set(|thread, a, b, op| {
        let (Some(a), Some(b)) = (cast::<Context>(a), cast::<Context>(b)) else {
            return Ok(Value::not_implemented());
        };
        match op {
            Comparison::Eq | Comparison::Ne => ops::compare(thread, &values_of(a), &values_of(b), op),
            _ => Ok(Value::not_implemented()),
        }
    });
    slots.hash.set(ops::hash_not_implemented);
    slots.len.set(|thread, value| match cast::<Context>(value) {
        Some(context) => ops::len(thread, &values_of(context)),
        None => Ok(0),
    });
    slots.iter.set(|thread, value| match cast::<Context>(value) {
        Some(context) => ops::iter(thread, &values_of(context)),
        None => Err(type_error("a Context is required")),
    });
    slots.contains.set(|thread, value, key| {
        require_variable(thread, key)?;
        match cast::<Context>(value) {
            Some(context) => Ok(look_up(thread, context, key)?.is_some()),
            None => Ok(false),
        }
    });
    slots.getitem.set(|thread, value, key| {
        require_variable(thread, key)?;
        let Some(context) = cast::<Context>(value) else { return Err(type_error("a Context is required")) };
        look_up(thread, context, key)?.ok_or_else(|| key_error(key))
    });
}

/// Methods of contexts.
#[native::methods(Context, name = "Context")]
pub mod context_methods {
    use super::*;

    /// Return the value for `key` if `key` has the value in the context object.
    ///
    /// If `key` does not exist, return `default`.  If `default` is not
    /// given, return None.
    #[sig("($self, key, default=None, /)")]
    pub fn get(
        th: &mut Thread,
        this: &Object<Context>,
        key: &Value,
        default: Option<&Value>,
    ) -> Result<Value> {
        require_variable(th, key)?;
        let found = look_up(th, this, key)?;
        Ok(found.or_else(|| default.cloned()).unwrap_or_else(Value::none))
    }

    /// Return a list of all variables in the context object.
    pub fn keys(th: &mut Thread, this: &Object<Context>) -> Result<Value> {
        let values = values_of(this);
        let items = cast::<Dict>(&values).map(|dict| dict.items(th)).unwrap_or_default();
        List::new(th, items.into_iter().map(|(key, _)| key).collect())
    }

    /// Return a list of all variables' values in the context object.
    pub fn values(th: &mut Thread, this: &Object<Context>) -> Result<Value> {
        let values = values_of(this);
        let items = cast::<Dict>(&values).map(|dict| dict.items(th)).unwrap_or_default();
        List::new(th, items.into_iter().map(|(_, value)| value).collect())
    }

    /// Return all variables and their values in the context object.
    ///
    /// The result is returned as a list of 2-tuples (variable, value).
    pub fn items(th: &mut Thread, this: &Object<Context>) -> Result<Value> {
        let values = values_of(this);
        let items = cast::<Dict>(&values).map(|dict| dict.items(th)).unwrap_or_default();
        let mut pairs = Vec::with_capacity(items.len());
        for (key, value) in items {
            pairs.push(Tuple::of_array(th, [key, value])?);
        }
        List::new(th, pairs)
    }

    /// Return a shallow copy of the context object.
    pub fn copy(th: &mut Thread, this: &Object<Context>) -> Result<Value> {
        make_context(th, values_of(this))
    }

    /// Calls a function in the context.
    #[sig("($self, /, *args, **kwargs)", hidden)]
    pub fn run(th: &mut Thread, this: &Value, args: Rest<'_>, kwargs: KwRest<'_>) -> Result<Value> {
        let Some((function, rest)) = args.split_first() else {
            return Err(type_error("run() missing 1 required positional argument"));
        };
        if kwargs.is_empty() {
            return run_in(th, this, |th| call::call_positional(th, function, rest));
        }
        let mut values = rest.to_vec();
        let mut names = Vec::new();
        for (name, value) in kwargs.iter() {
            names.push(name.clone());
            values.push(value.clone());
        }
        run_in(th, this, |th| call::call(th, function, Args { values: &values, names: &names }))
    }
}

fn new_variable(thread: &mut Thread, _: &Value, args: Args<'_>) -> Result<Value> {
    let [name] = args.positionals() else {
        let given = args.positionals().len();
        return Err(type_error(format!("ContextVar() takes exactly 1 positional argument ({given} given)")));
    };
    let mut default = None;
    for (key, value) in args.keywords() {
        match crate::support::keyword(key).as_str() {
            "default" => default = Some(value.clone()),
            other => {
                return Err(type_error(format!("ContextVar() got an unexpected keyword argument '{other}'")));
            }
        }
    }
    if cast::<Str>(name).is_none() {
        return Err(type_error("context variable name must be a str"));
    }
    // A subclass's instances may have none.
    ops::hash(thread, name)?;
    runtime::object::new(thread, Variable { name: name.clone(), default: Slot::new(default) })
}

fn variable_slots(slots: &Slots) {
    slots.repr.set(|thread, value| {
        let Some(variable) = cast::<Variable>(value) else {
            return Err(type_error("a ContextVar is required"));
        };
        let name = ops::repr_text(thread, &variable.payload().name)?;
        let default = match variable.payload().default.get(variable.header()) {
            Some(default) => format!(" default={}", ops::repr_text(thread, &default)?),
            None => String::new(),
        };
        let address = crate::support::address(thread, value)?;
        Str::new(thread, &format!("<ContextVar name={name}{default} at {address}>"))
    });
}

/// Methods of variables.
#[native::methods(Variable, name = "ContextVar")]
pub mod variable_methods {
    use super::*;

    /// The variable's name.
    #[getter]
    pub fn name(this: &Object<Variable>) -> Value {
        this.payload().name.clone()
    }

    /// Return a value for the context variable for the current context.
    ///
    /// If there is no value for the variable in the current context, the
    /// method will:
    ///  * return the value of the default argument of the method, if
    ///    provided; or
    ///  * return the default value for the context variable, if it was
    ///    created with one; or
    ///  * raise a LookupError.
    #[sig("($self, default=<unrepresentable>, /)")]
    pub fn get(th: &mut Thread, this: &Value, default: Option<&Value>) -> Result<Value> {
        let Some(variable) = cast::<Variable>(this) else {
            return Err(type_error("a ContextVar is required"));
        };
        if let Some(value) = super::get(th, this)? {
            return Ok(value);
        }
        default
            .cloned()
            .or_else(|| variable.payload().default.get(variable.header()))
            .ok_or_else(|| lookup_error(this))
    }

    /// Call to set a new value for the context variable in the current context.
    ///
    /// The required value argument is the new value for the context
    /// variable.
    ///
    /// Returns a Token object that can be used to restore the variable to
    /// its previous value via the `ContextVar.reset()` method.
    pub fn set(th: &mut Thread, this: &Value, value: &Value) -> Result<Value> {
        let context = current(th)?;
        let Some(object) = cast::<Context>(&context) else { return Err(runtime_error("no context")) };
        let old = look_up(th, object, this)?;
        change(th, object, this, Some(value.clone()))?;
        let token = Token {
            variable: this.clone(),
            context: context.clone(),
            old: Slot::new(old),
            used: AtomicBool::new(false),
        };
        runtime::object::new(th, token)
    }

    /// Reset the context variable.
    ///
    /// The variable is reset to the value it had before the
    /// `ContextVar.set()` that created the token was used.
    pub fn reset(th: &mut Thread, this: &Value, token: &Value) -> Result<()> {
        if cast::<Token>(token).is_none() {
            let shown = ops::repr_text(th, token)?;
            return Err(type_error(format!("expected an instance of Token, got {shown}")));
        }
        reset_to(th, this, token)
    }

    /// ContextVars are generic over the type of their contained values
    #[class_method]
    pub fn __class_getitem__(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        generic_alias::new(th, class, object)
    }
}

/// Gives a variable back the value that it had before the token was made.
fn reset_to(thread: &mut Thread, variable: &Value, token: &Value) -> Result<()> {
    let Some(object) = cast::<Token>(token) else { return Err(type_error("a Token is required")) };
    let payload = object.payload();
    let complain = |thread: &mut Thread, what: &str| -> Result<String> {
        Ok(format!("{} {what}", ops::repr_text(thread, token)?))
    };
    if payload.used.load(Ordering::Acquire) {
        return Err(runtime_error(complain(thread, "has already been used once")?));
    }
    if !payload.variable.is(variable) {
        return Err(value_error(complain(thread, "was created by a different ContextVar")?));
    }
    let context = current(thread)?;
    if !payload.context.is(&context) {
        return Err(value_error(complain(thread, "was created in a different Context")?));
    }
    payload.used.store(true, Ordering::Release);
    let old = payload.old.get(object.header());
    match cast::<Context>(&context) {
        Some(context) => change(thread, context, variable, old),
        None => Ok(()),
    }
}

fn new_token(_: &mut Thread, _: &Value, _: Args<'_>) -> Result<Value> {
    Err(runtime_error("Tokens can only be created by ContextVars"))
}

fn token_slots(slots: &Slots) {
    slots.hash.set(ops::hash_not_implemented);
    slots.repr.set(|thread, value| {
        let Some(token) = cast::<Token>(value) else { return Err(type_error("a Token is required")) };
        let variable = ops::repr_text(thread, &token.payload().variable)?;
        let used = if token.payload().used.load(Ordering::Acquire) { " used" } else { "" };
        let address = crate::support::address(thread, value)?;
        Str::new(thread, &format!("<Token{used} var={variable} at {address}>"))
    });
}

/// Methods of tokens.
#[native::methods(Token, name = "Token")]
pub mod token_methods {
    use super::*;

    /// The variable.
    #[getter]
    pub fn var(this: &Object<Token>) -> Value {
        this.payload().variable.clone()
    }

    /// The value that the variable had, or Token.MISSING.
    #[getter]
    pub fn old_value(th: &mut Thread, this: &Object<Token>) -> Result<Value> {
        match this.payload().old.get(this.header()) {
            Some(old) => Ok(old),
            None => missing(th),
        }
    }

    /// Enter into Token context manager.
    pub fn __enter__(this: &Value) -> Value {
        this.clone()
    }

    /// Exit from Token context manager, restore the linked ContextVar.
    pub fn __exit__(th: &mut Thread, this: &Value, r#type: &Value, val: &Value, tb: &Value) -> Result<()> {
        let _ = (r#type, val, tb);
        match cast::<Token>(this) {
            Some(token) => {
                let variable = token.payload().variable.clone();
                reset_to(th, &variable, this)
            }
            None => Err(type_error("a Token is required")),
        }
    }

    /// Tokens are generic over the same type as the ContextVar which created them.
    #[class_method]
    pub fn __class_getitem__(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        generic_alias::new(th, class, object)
    }
}

/// The module.
#[native::module(
    "_contextvars",
    doc = "Context Variables",
    classes(super::Context, super::Variable, super::Token)
)]
pub mod module {
    use super::*;

    /// Return a copy of the current context.
    pub fn copy_context(th: &mut Thread) -> Result<Value> {
        copy_current(th)
    }
}
