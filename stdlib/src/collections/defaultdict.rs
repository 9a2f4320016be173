//! `defaultdict`: a dict that calls a factory for the values of keys that are missing.

use runtime::class::{BinaryOp, ClassDef, ClassFlags, Payload, Slots};
use runtime::error::{Result, key_error, type_error};
use runtime::native::{self, Args, GetSet, NativeDef};
use runtime::object::{cast, own_slot};
use runtime::types::{Dict, DictExt, Str, dict_methods, sequence};
use runtime::{Thread, Value, call, ops};

use crate::support;

static METHODS: &[&[NativeDef]] = &[methods::METHODS];
static GETSETS: &[&[GetSet]] = &[methods::GETSETS];

/// The class. Its payload is a dict's; the factory is in a slot of its own.
pub static DEFAULT_DICT: ClassDef = runtime::object::derive::<Dict>("defaultdict", ClassFlags::BASETYPE, 1)
    .with_base_of(<Dict as Payload>::def)
    .with_module("collections")
    .with_doc(
        "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\n\
         The default factory is called without arguments to produce\n\
         a new value when a key is not present, in __getitem__ only.\n\
         A defaultdict compares equal to a dict with the same items.\n\
         All remaining arguments are treated the same as if they were\n\
         passed to the dict constructor, including keyword arguments.",
    )
    .with_slots(slots)
    .with_methods(METHODS)
    .with_getsets(GETSETS);

fn slots(slots: &Slots) {
    slots.init.set(init);
    slots.repr.set(repr);
    slots.binary[BinaryOp::Or as usize].set(or);
}

fn is_default_dict(value: &Value) -> bool {
    runtime::class::is_instance(value, DEFAULT_DICT.object())
}

/// The factory, unless it is None.
fn factory(value: &Value) -> Option<Value> {
    own_slot(value, 0)?.get(value.header()?).filter(|factory| !factory.is_none())
}

fn set_factory(thread: &Thread, value: &Value, factory: Option<Value>) {
    if let (Some(slot), Some(header)) = (own_slot(value, 0), value.header()) {
        drop(slot.replace(thread, header, factory));
    }
}

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let (new, rest) = match args.positionals() {
        [first, ..] if first.is_none() => (None, &args.values[1..]),
        [first, ..] if call::is_callable(first) => (Some(first.clone()), &args.values[1..]),
        [_, ..] => return Err(type_error("first argument must be callable or None")),
        [] => (None, args.values),
    };
    set_factory(thread, value, new);
    dict_methods::update_from(thread, value, Args { values: rest, names: args.names }, "dict")
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let mut text = sequence::Builder::new();
    text.push_str(&support::short_name(value));
    text.push_str("(");
    let factory = factory(value).unwrap_or_else(Value::none);
    // The factory may be a method of this very dict.
    let inside = sequence::guarded(thread, value, |thread| {
        let mut part = sequence::Builder::new();
        sequence::push_repr(thread, &mut part, &factory)?;
        Ok(part.finish())
    })?;
    match inside {
        Some(part) => text.push_view(part.view()),
        None => text.push_str("..."),
    }
    text.push_str(", ");
    if let Some(of_dict) = Dict::def().object().payload().slots.repr.get() {
        let dict = of_dict(thread, value)?;
        if let Some(dict) = cast::<Str>(&dict) {
            text.push_view(runtime::types::StrExt::view(dict));
        }
    }
    text.push_str(")");
    Str::from_text(thread, &text.finish())
}

fn or(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let (own, first) = if is_default_dict(a) { (a, a) } else { (b, a) };
    if cast::<Dict>(a).is_none() || cast::<Dict>(b).is_none() {
        return Ok(Value::not_implemented());
    }
    let factory = factory(own).unwrap_or_else(Value::none);
    let class = support::class_value(own);
    let result = call::call_positional(thread, &class, &[factory, first.clone()])?;
    dict_methods::update(thread, &result, b)?;
    Ok(result)
}

fn copy_of(thread: &mut Thread, value: &Value) -> Result<Value> {
    let factory = factory(value).unwrap_or_else(Value::none);
    let class = support::class_value(value);
    call::call_positional(thread, &class, &[factory, value.clone()])
}

/// Methods.
#[native::methods(Dict, name = "defaultdict")]
mod methods {
    use super::*;

    /// __missing__(key) # Called by __getitem__ for missing key; pseudo-code:
    ///   if self.default_factory is None: raise KeyError((key,))
    ///   self[key] = value = self.default_factory()
    ///   return value
    #[name("__missing__")]
    pub fn missing(th: &mut Thread, dict: &Value, key: &Value) -> Result<Value> {
        let Some(factory) = factory(dict) else { return Err(key_error(key)) };
        let value = call::call(th, &factory, Args::none())?;
        let own = &Dict::def().object().payload().slots.setitem;
        match cast::<Dict>(dict) {
            // Another thread may have been faster; there is one value for a key.
            Some(plain) if runtime::class::slots_of(dict).setitem.same(own) => {
                plain.set_default(th, key, value).map(|(value, _)| value)
            }
            _ => {
                ops::setitem(th, dict, key, Some(&value))?;
                Ok(value)
            }
        }
    }

    /// D.copy() -> a shallow copy of D.
    pub fn copy(th: &mut Thread, dict: &Value) -> Result<Value> {
        copy_of(th, dict)
    }

    /// D.copy() -> a shallow copy of D.
    #[name("__copy__")]
    pub fn shallow_copy(th: &mut Thread, dict: &Value) -> Result<Value> {
        copy_of(th, dict)
    }

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, dict: &Value) -> Result<Value> {
        let args = support::tuple(th, factory(dict).into_iter().collect())?;
        let items = call::call_method(th, dict, runtime::names::items(), &[])?;
        let iterator = ops::iter(th, &items)?;
        support::tuple(th, vec![support::class_value(dict), args, Value::none(), Value::none(), iterator])
    }

    /// See PEP 585
    #[class_method]
    #[name("__class_getitem__")]
    pub fn class_getitem(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        runtime::types::generic_alias::new(th, class, object)
    }

    /// Factory for default value called by __missing__().
    #[getter]
    pub fn default_factory(dict: &Value) -> Option<Value> {
        factory(dict)
    }

    /// Sets the factory.
    #[setter]
    pub fn set_default_factory(th: &mut Thread, dict: &Value, value: Option<&Value>) {
        set_factory(th, dict, value.cloned());
    }
}
