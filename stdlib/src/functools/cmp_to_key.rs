//! `cmp_to_key`: keys that compare by calling an old-style comparison function.

use runtime::class::{Comparison, Slots};
use runtime::error::{Result, type_error};
use runtime::native::{self, Args, Object};
use runtime::object::cast;
use runtime::types::int;
use runtime::{Thread, Value, call, ops};

use crate::support;

/// The function that makes keys, and a key: with an object.
#[native::class(
    "KeyWrapper",
    module = "functools",
    disallow_instantiation,
    methods(methods),
    slots = slots
)]
pub struct KeyWrapper {
    #[trace]
    compare: Value,
    #[trace]
    object: runtime::memory::Slot,
}

fn slots(slots: &Slots) {
    slots.call.set(make_key);
    slots.compare.set(compare);
    slots.hash.set(ops::hash_not_implemented);
}

/// `cmp_to_key(compare)`.
pub(super) fn new(thread: &mut Thread, compare: &Value) -> Result<Value> {
    runtime::object::new(thread, KeyWrapper { compare: compare.clone(), object: Default::default() })
}

fn make_key(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<Value> {
    let Some(wrapper) = cast::<KeyWrapper>(value) else { return Ok(Value::none()) };
    let object = match (args.positionals(), args.names) {
        ([object], []) => object,
        ([], [name]) if support::keyword(name) == "obj" => &args.values[0],
        ([], []) => return Err(type_error("K() missing required argument 'obj' (pos 1)")),
        ([], [name]) => {
            let name = support::keyword(name);
            return Err(type_error(format!("K() got an unexpected keyword argument '{name}'")));
        }
        _ => return Err(type_error(format!("K() takes at most 1 argument ({} given)", args.values.len()))),
    };
    let compare = wrapper.payload().compare.clone();
    runtime::object::new(thread, KeyWrapper { compare, object: support::slot(object.clone()) })
}

fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some(left), Some(right)) = (cast::<KeyWrapper>(a), cast::<KeyWrapper>(b)) else {
        return Err(type_error("other argument must be K instance"));
    };
    let object = |key: &Object<KeyWrapper>| support::get(key, |key| &key.object);
    let (Some(x), Some(y)) = (object(left), object(right)) else {
        return Err(runtime::error::attribute_error("object"));
    };
    let answer = call::call_positional(thread, &left.payload().compare, &[x, y])?;
    let zero = int::from_i64(thread, 0)?;
    ops::compare(thread, &answer, &zero, op)
}

/// Attributes.
#[native::methods(KeyWrapper, name = "KeyWrapper")]
pub mod methods {
    use super::*;

    /// How it is called.
    #[getter]
    pub fn __text_signature__(_key: &Object<KeyWrapper>) -> &'static str {
        "(obj)"
    }

    /// Value wrapped by a key function.
    #[getter]
    pub fn obj(key: &Object<KeyWrapper>) -> Option<Value> {
        support::get(key, |key| &key.object)
    }

    /// Sets the value.
    #[setter]
    pub fn set_obj(th: &mut Thread, key: &Object<KeyWrapper>, value: Option<&Value>) {
        support::set(th, key, |key| &key.object, value.cloned());
    }
}
