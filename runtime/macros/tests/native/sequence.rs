//! A type with every kind of method.

use crate::native::{AsPayload, ClassDef, ClassFlags, Exclusive, KwRest, Object, Rest, Result, Value, slots};

/// A list of integers.
#[native::class(
    "list",
    basetype,
    sequence,
    flags(LIST),
    methods,
    new,
    slots(Iter, Repr),
    finalizer = crate::native::Finalizer("last")
)]
#[derive(Debug, Default)]
pub struct List {
    pub items: Vec<i64>,
    #[trace]
    pub owner: Option<Value>,
    #[trace]
    pub last: Option<Value>,
}

impl slots::Iter for List {}
impl slots::Repr for List {}

impl AsPayload for List {
    fn of(value: &Value) -> Option<&Object<Self>> {
        match value {
            Value::List(object) => Some(object),
            _ => None,
        }
    }
}

static BASE: ClassDef = ClassDef::new("base", ClassFlags::NONE);

/// Something that nobody makes.
#[native::class("hidden", module = "tests", doc = "Shown.", base = BASE, disallow_instantiation, methods(more::METHODS))]
pub struct Hidden {
    pub pair: crate::declarations::Pair,
}

#[native::methods(Hidden)]
pub mod more {
    use crate::native::Value;

    /// Nothing.
    pub fn nothing(_this: &Value) {}
}

#[native::methods(List)]
pub mod methods {
    use super::*;
    use crate::native::{Index, Thread};

    /// Append an integer.
    ///
    /// Really.
    ///
    /// # Concurrency
    /// Atomic.
    pub fn append(mut list: Exclusive<'_, List>, item: i64) {
        list.payload.items.push(item);
    }

    /// Remove and return an item.
    #[sig("($self, index=-1, /)")]
    pub fn pop(mut list: Exclusive<'_, List>, index: Index) -> Result<i64> {
        let place = if index.0 < 0 { index.0 + list.payload.items.len() as i64 } else { index.0 };
        if place < 0 || place as usize >= list.payload.items.len() {
            return Err("out of range".to_owned());
        }
        Ok(list.payload.items.remove(place as usize))
    }

    /// Count, with the thread.
    pub fn count(_th: &mut Thread, list: &Object<List>, item: i64) -> i64 {
        list.0.lock().expect("not poisoned").items.iter().filter(|other| **other == item).count() as i64
    }

    /// Itself.
    pub fn r#in(this: &Value) -> Value {
        this.clone()
    }

    /// Backwards.
    #[name("__reversed__")]
    pub fn reversed(this: &Value) -> Value {
        this.clone()
    }

    /// The receiver as a number.
    pub fn number(this: i64, more: i64) -> i64 {
        this + more
    }

    /// A new one.
    #[new]
    #[sig("(*args, **kwargs)")]
    pub fn new(_th: &mut Thread, class: &Value, args: Rest<'_>, kwargs: KwRest<'_>) -> String {
        let names: Vec<_> = kwargs.0.iter().map(|(name, _)| *name).collect();
        format!("{class:?} {} {}", args.0.len(), names.join(","))
    }

    /// From keys.
    #[class_method]
    #[sig("($type, iterable, value=None, /)")]
    pub fn fromkeys(class: &Value, iterable: &Value, value: Option<i64>) -> String {
        format!("{class:?} {iterable:?} {value:?}")
    }

    /// Without a receiver.
    #[static_method]
    pub fn maketrans(x: i64) -> i64 {
        x * 2
    }

    /// The number of items.
    #[getter]
    pub fn length(list: &Object<List>) -> i64 {
        list.0.lock().expect("not poisoned").items.len() as i64
    }

    /// The last item.
    #[getter]
    pub fn last(list: Exclusive<'_, List>) -> Value {
        list.payload.last.clone().unwrap_or(Value::None)
    }

    /// Set the last item.
    #[setter]
    pub fn set_last(mut list: Exclusive<'_, List>, value: &Value) {
        list.payload.last = Some(value.clone());
    }

    /// The owner.
    #[getter]
    #[name("__owner__")]
    pub fn owner(_th: &mut Thread, this: &Value) -> Value {
        this.clone()
    }

    /// Set or delete the owner.
    #[setter("__owner__")]
    pub fn change_owner(_th: &mut Thread, _list: &Object<List>, value: Option<&Value>) -> Result<()> {
        value.map(|_| ()).ok_or_else(|| "deleted".to_owned())
    }
}
