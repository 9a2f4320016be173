//! `methodcaller`: a callable that calls a method of its operand.

use runtime::class::Slots;
use runtime::error::{Result, type_error};
use runtime::native::{self, Args, Object};
use runtime::object::cast;
use runtime::types::{Str, StrExt, sequence};
use runtime::{Thread, Value, call, class};

use crate::support;

/// Return a callable object that calls the given method on its operand.
///
/// After f = methodcaller('name'), the call f(r) returns r.name().
/// After g = methodcaller('name', 'date', foo=1), the call g(r) returns
/// r.name('date', foo=1).
#[native::class(
    "methodcaller",
    module = "operator",
    methods(methods),
    new = new,
    signature = "(name, /, *args, **kwargs)",
    slots = slots
)]
pub struct MethodCaller {
    #[trace]
    name: Value,
    /// Positional arguments, then those of the names.
    #[trace]
    values: Vec<Value>,
    #[trace]
    names: Vec<Value>,
}

fn slots(slots: &Slots) {
    slots.call.set(call_method);
    slots.repr.set(repr);
}

fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let Some((name, _)) = args.positionals().split_first() else {
        return Err(type_error("methodcaller needs at least one argument, the method name"));
    };
    if cast::<Str>(name).is_none() {
        return Err(type_error("method name must be a string"));
    }
    let name = runtime::types::str::intern(thread, name);
    let payload = MethodCaller { name, values: args.values[1..].to_vec(), names: args.names.to_vec() };
    support::make(thread, class, payload)
}

fn call_method(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<Value> {
    let Some(caller) = cast::<MethodCaller>(value) else { return Ok(Value::none()) };
    support::no_keywords(args.names, "methodcaller")?;
    let [operand] = args.positionals() else {
        return Err(type_error(format!(
            "methodcaller expected 1 argument, got {}",
            args.positionals().len()
        )));
    };
    let MethodCaller { name, values, names } = caller.payload();
    if names.is_empty() {
        return call::call_method(thread, operand, name, values);
    }
    let method = class::lookup::getattr(thread, operand, name)?;
    call::call(thread, &method, Args { values, names })
}

/// Positional arguments, and names with values.
fn split(caller: &MethodCaller) -> (&[Value], impl Iterator<Item = (&Value, &Value)>) {
    let (positional, named) = caller.values.split_at(caller.values.len() - caller.names.len());
    (positional, caller.names.iter().zip(named))
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(caller) = cast::<MethodCaller>(value) else { return Ok(Value::none()) };
    sequence::guarded_repr(thread, value, "...", |thread| {
        let mut text = sequence::Builder::new();
        let name = class::TypeExt::full_name(class::class_of(value), thread);
        text.push_str(&name);
        text.push_str("(");
        sequence::push_repr(thread, &mut text, &caller.payload().name)?;
        let (positional, named) = split(caller.payload());
        for arg in positional {
            text.push_str(", ");
            sequence::push_repr(thread, &mut text, arg)?;
        }
        for (name, arg) in named {
            text.push_str(", ");
            if let Some(name) = cast::<Str>(name) {
                text.push_view(name.view());
            }
            text.push_str("=");
            sequence::push_repr(thread, &mut text, arg)?;
        }
        text.push_str(")");
        Str::from_text(thread, &text.finish())
    })
}

/// Methods.
#[native::methods(MethodCaller)]
pub mod methods {
    use super::*;

    /// How instances are called.
    #[getter]
    pub fn __text_signature__(this: &Value) -> &'static str {
        let _ = this;
        "(obj, /)"
    }

    /// Return state information for pickling
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, caller: &Object<MethodCaller>) -> Result<Value> {
        let class = support::class_value(&runtime::object::to_value(caller));
        let this = caller.payload();
        let (positional, named) = split(this);
        if this.names.is_empty() {
            let mut args = vec![this.name.clone()];
            args.extend_from_slice(positional);
            let args = support::tuple(th, args)?;
            return support::tuple(th, vec![class, args]);
        }
        // Keywords go through a partial, for pickle passes positional arguments only.
        let functools = runtime::interp::import_module(th, "functools")?;
        let name = runtime::interned!(th, "partial")?;
        let partial = class::lookup::getattr(th, &functools, name)?;
        let mut values = vec![class, this.name.clone()];
        values.extend(named.map(|(_, value)| value.clone()));
        let maker = call::call(th, &partial, Args { values: &values, names: &this.names })?;
        let args = support::tuple(th, positional.to_vec())?;
        support::tuple(th, vec![maker, args])
    }
}
