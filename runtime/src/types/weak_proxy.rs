//! `weakref.ProxyType` and `weakref.CallableProxyType`: they do what their referent does, as long as it lives.

use memory::{Object, Slot, Trace, Value, Visitor, WeakCell};
use threads::Thread;

use crate::class::lookup::{getattr_opt, lookup_special, setattr};
use crate::class::{BinaryOp, ClassFlags, Slots, TypeExt, class_of, slots_of};
use crate::error::{Result, reference_error, type_error};
use crate::native::Args;
use crate::object::{cast, cast_exact};
use crate::types::Str;
use crate::{call, ops};

macro_rules! proxy {
    ($(#[$doc:meta])* $type:ident $name:literal $slots:path) => {
        $(#[$doc])*
        pub struct $type {
            cell: WeakCell,
            callback: Slot,
        }

        // SAFETY: the callback once; the cell shows its referent as weak.
        unsafe impl Trace for $type {
            const NAME: &'static str = concat!("weakref.", $name);
            const WEAK_CALLBACK: Option<fn(&mut Thread, &Value)> = Some(|thread, value| {
                let Some(object) = cast::<$type>(value) else { return };
                let callback = object.payload().callback.replace(thread, object.header(), None).keep();
                super::weakref::run_callback_of(thread, value, callback);
            });
            fn trace<V: Visitor>(&self, visitor: &mut V) {
                visitor.slot(&self.callback);
                self.cell.trace(visitor);
            }
        }

        crate::class_def!(
            $type,
            $name,
            ClassFlags::NO_NEW.union(ClassFlags::HAS_WEAKREF),
            with_module("weakref"),
            with_slots($slots),
            with_methods(&[methods::METHODS])
        );

        impl $type {
            fn make(thread: &mut Thread, referent: &Value, callback: Option<Value>) -> Result<Value> {
                let wants = callback.is_some();
                let payload = $type { cell: WeakCell::new(), callback: Slot::new(callback) };
                let value = crate::object::new(thread, payload)?;
                if let Some(object) = cast::<$type>(&value) {
                    // SAFETY: the object was just made around the cell, which has not been attached.
                    unsafe { object.payload().cell.attach(thread, &value, referent, wants) };
                }
                Ok(value)
            }

            fn plain(value: &Value) -> bool {
                cast_exact::<$type>(value)
                    .is_some_and(|object: &Object<$type>| object.payload().callback.get(object.header()).is_none())
            }
        }
    };
}

proxy!(
    /// The payload of a proxy.
    Proxy "ProxyType" slots
);
proxy!(
    /// The payload of a proxy of something callable.
    CallableProxy "CallableProxyType" callable_slots
);

/// A proxy of `referent`; without a callback, one that there is already.
///
/// # Errors
/// TypeError for what cannot be referred to weakly; MemoryError.
pub fn new(thread: &mut Thread, referent: &Value, callback: Option<&Value>) -> Result<Value> {
    if !class_of(referent).payload().flags().contains(ClassFlags::HAS_WEAKREF) {
        return Err(type_error(format!(
            "cannot create weak reference to '{}' object",
            class_of(referent).name_lossy()
        )));
    }
    let callback = callback.filter(|callback| !callback.is_none()).cloned();
    let callable = call::is_callable(referent);
    if callback.is_none() {
        for reference in memory::weak_references(thread, referent) {
            if (callable && CallableProxy::plain(&reference)) || (!callable && Proxy::plain(&reference)) {
                return Ok(reference);
            }
        }
    }
    if callable {
        CallableProxy::make(thread, referent, callback)
    } else {
        Proxy::make(thread, referent, callback)
    }
}

/// The referent, if `value` is a proxy whose referent lives; the value itself if it is no proxy.
///
/// # Errors
/// ReferenceError.
fn unwrap(thread: &mut Thread, value: &Value) -> Result<Value> {
    let found = if let Some(proxy) = cast::<Proxy>(value) {
        proxy.payload().cell.upgrade(thread, proxy.header())
    } else if let Some(proxy) = cast::<CallableProxy>(value) {
        proxy.payload().cell.upgrade(thread, proxy.header())
    } else {
        return Ok(value.clone());
    };
    found.ok_or_else(|| reference_error("weakly-referenced object no longer exists"))
}

/// Slots that take the one operand.
macro_rules! forward_unary {
    ($slots:expr; $($slot:ident => $function:expr;)*) => {
        $($slots.$slot.set(|thread, value| {
            let value = unwrap(thread, value)?;
            $function(thread, &value)
        });)*
    };
}

/// Slots of operators, by their number.
macro_rules! forward_binary {
    ($slots:expr; $($op:ident)*) => {
        $(
            $slots.binary[BinaryOp::$op as usize].set(|thread, a, b| {
                let (a, b) = (unwrap(thread, a)?, unwrap(thread, b)?);
                ops::binary(thread, &a, &b, BinaryOp::$op)
            });
            $slots.inplace[BinaryOp::$op as usize].set(|thread, a, b| {
                let (a, b) = (unwrap(thread, a)?, unwrap(thread, b)?);
                ops::inplace(thread, &a, &b, BinaryOp::$op)
            });
        )*
    };
}

fn callable_slots(to: &Slots) {
    slots(to);
    to.call.set(|thread, value, args: Args<'_>| {
        let value = unwrap(thread, value)?;
        call::call(thread, &value, args)
    });
}

fn slots(slots: &Slots) {
    slots.repr.set(repr);
    slots.hash.set(ops::hash_not_implemented);
    slots.getattr.set(|thread, value, name| {
        let value = unwrap(thread, value)?;
        match getattr_opt(thread, &value, name)? {
            Some(found) => Ok(Some(found)),
            None => Err(crate::class::lookup::no_attribute(thread, &value, name)),
        }
    });
    slots.setattr.set(|thread, value, name, new| {
        let value = unwrap(thread, value)?;
        setattr(thread, &value, name, new)
    });
    slots.compare.set(|thread, a, b, op| {
        let (a, b) = (unwrap(thread, a)?, unwrap(thread, b)?);
        ops::compare(thread, &a, &b, op)
    });
    forward_unary! { slots;
        str => ops::str;
        iter => ops::iter;
        bool => ops::is_true;
        len => ops::len;
        negative => |thread, value: &Value| ops::unary(thread, value, ops::UnaryOp::Negative);
        positive => |thread, value: &Value| ops::unary(thread, value, ops::UnaryOp::Positive);
        invert => |thread, value: &Value| ops::unary(thread, value, ops::UnaryOp::Invert);
        absolute => ops::absolute;
        int => int;
        float => |thread: &mut Thread, value: &Value| {
            let number = super::float::as_f64(thread, value)?;
            super::float::new(thread, number)
        };
        index => ops::index;
        next => next;
    }
    slots.getitem.set(|thread, value, key| {
        let value = unwrap(thread, value)?;
        ops::getitem(thread, &value, key)
    });
    slots.setitem.set(|thread, value, key, new| {
        let value = unwrap(thread, value)?;
        ops::setitem(thread, &value, key, new)
    });
    slots.contains.set(|thread, value, item| {
        let value = unwrap(thread, value)?;
        ops::contains(thread, &value, item)
    });
    slots.divmod.set(|thread, a, b| {
        let (a, b) = (unwrap(thread, a)?, unwrap(thread, b)?);
        ops::divmod(thread, &a, &b)
    });
    slots.power.set(|thread, a, b, modulus| {
        let (a, b, modulus) = (unwrap(thread, a)?, unwrap(thread, b)?, unwrap(thread, modulus)?);
        ops::power(thread, &a, &b, &modulus)
    });
    slots.inplace_power.set(|thread, a, b, _| {
        let (a, b) = (unwrap(thread, a)?, unwrap(thread, b)?);
        ops::inplace(thread, &a, &b, BinaryOp::Power)
    });
    forward_binary! { slots;
        Add And FloorDivide Lshift MatrixMultiply Multiply Remainder Or Rshift Subtract TrueDivide Xor
    }
}

fn int(thread: &mut Thread, value: &Value) -> Result<Value> {
    match slots_of(value).int.get() {
        Some(int) => int(thread, value),
        None => Err(type_error(format!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            class_of(value).name_lossy()
        ))),
    }
}

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    if slots_of(value).next.get().is_none() {
        return Err(type_error(format!(
            "Weakref proxy referenced a non-iterator '{}' object",
            class_of(value).name_lossy()
        )));
    }
    ops::next(thread, value)
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let address = value.word().bits();
    let text = match unwrap(thread, value) {
        Ok(referent) => format!(
            "<weakproxy at {address:#x}; to '{}' at {:#x}>",
            class_of(&referent).name_lossy(),
            referent.word().bits()
        ),
        Err(_) => format!("<weakproxy at {address:#x}; dead>"),
    };
    Str::new(thread, &text)
}

#[native::methods(name = "weakref.ProxyType")]
mod methods {
    use super::*;

    /// bytes() of the referent.
    pub fn __bytes__(th: &mut Thread, this: &Value) -> Result<Value> {
        forward(th, this, "__bytes__")
    }

    /// reversed() of the referent.
    pub fn __reversed__(th: &mut Thread, this: &Value) -> Result<Value> {
        forward(th, this, "__reversed__")
    }
}

fn forward(thread: &mut Thread, value: &Value, name: &str) -> Result<Value> {
    let value = unwrap(thread, value)?;
    let name = Str::interned(thread, name)?;
    match lookup_special(thread, &value, &name)? {
        Some(method) => call::call(thread, &method, Args::none()),
        None => Err(crate::class::lookup::no_attribute(thread, &value, &name)),
    }
}

/// Whether this is a proxy without a callback: there is one for each referent.
pub(crate) fn is_plain(value: &Value) -> bool {
    Proxy::plain(value) || CallableProxy::plain(value)
}
