//! `weakref.ProxyType` and `weakref.CallableProxyType`: objects that pass what is asked of them on to one that they do not
//! keep alive.

use memory::{Object, Slot, Trace, Value, Visitor, WeakCell};
use threads::{Context, Thread};

use super::{Str, weakref_methods};
use crate::class::{BinaryOp, ClassFlags, Comparison, Payload, Slots, TypeExt, class_of, lookup, slots_of};
use crate::error::{Raised, Result, reference_error, type_error};
use crate::native::{Args, NativeDef};
use crate::object::cast;
use crate::{call, ops};

/// The payload of a proxy.
pub struct ProxyOf<const CALLABLE: bool> {
    cell: WeakCell,
    callback: Slot,
}

/// The payload of a proxy to what cannot be called.
pub type Proxy = ProxyOf<false>;
/// The payload of a proxy to what can be called.
pub type CallableProxy = ProxyOf<true>;

// SAFETY: the callback once; the cell shows its referent as weak.
unsafe impl<const CALLABLE: bool> Trace for ProxyOf<CALLABLE> {
    const NAME: &'static str = if CALLABLE { "weakref.CallableProxyType" } else { "weakref.ProxyType" };
    const WEAK_CALLBACK: Option<fn(&mut Thread, &Value)> = Some(run_callback);
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.callback);
        self.cell.trace(visitor);
    }
}

crate::class_def!(
    ProxyOf<false>,
    "ProxyType",
    ClassFlags::NO_NEW,
    with_module("weakref"),
    with_slots(slots),
    with_methods(PLAIN_METHODS)
);

crate::class_def!(
    ProxyOf<true>,
    "CallableProxyType",
    ClassFlags::NO_NEW,
    with_module("weakref"),
    with_slots(callable_slots)
);

static PLAIN_METHODS: &[&[NativeDef]] = &[methods::METHODS];

fn run_callback(thread: &mut Thread, proxy: &Value) {
    let slot = match (cast::<Proxy>(proxy), cast::<CallableProxy>(proxy)) {
        (Some(object), _) => &object.payload().callback,
        (_, Some(object)) => &object.payload().callback,
        _ => return,
    };
    let Some(header) = proxy.header() else { return };
    let Some(callback) = slot.replace(thread, header, None).keep() else { return };
    if let Err(raised) = call::call_one(thread, &callback, proxy) {
        crate::hooks::unraisable(
            thread,
            raised,
            Some("Exception ignored while calling weakref callback"),
            Some(&callback),
        );
    }
}

fn make<const CALLABLE: bool>(thread: &Context, referent: &Value, callback: Option<Value>) -> Result<Value>
where
    ProxyOf<CALLABLE>: Payload,
{
    let wants = callback.is_some();
    let value = crate::object::new(
        thread,
        ProxyOf::<CALLABLE> { cell: WeakCell::new(), callback: Slot::new(callback) },
    )?;
    if let Some(object) = cast::<ProxyOf<CALLABLE>>(&value) {
        // SAFETY: the object was just made around the cell, which has not been attached.
        unsafe { object.payload().cell.attach(thread, &value, referent, wants) };
    }
    Ok(value)
}

/// A proxy to `referent`; without a callback there is one at a time.
///
/// # Errors
/// TypeError for what cannot be referred to weakly; MemoryError.
pub fn new(thread: &mut Thread, referent: &Value, callback: Option<&Value>) -> Result<Value> {
    let class = class_of(referent);
    if !class.payload().flags().contains(ClassFlags::HAS_WEAKREF) {
        return Err(type_error(format!("cannot create weak reference to '{}' object", class.name_lossy())));
    }
    let callback = callback.filter(|callback| !callback.is_none()).cloned();
    if callback.is_none() {
        let plain = |value: &Value| match (cast::<Proxy>(value), cast::<CallableProxy>(value)) {
            (Some(proxy), _) => proxy.payload().callback.is_empty(),
            (_, Some(proxy)) => proxy.payload().callback.is_empty(),
            _ => false,
        };
        if let Some(found) = memory::weak_references(thread, referent).into_iter().find(plain) {
            return Ok(found);
        }
    }
    if call::is_callable(referent) {
        make::<true>(thread, referent, callback)
    } else {
        make::<false>(thread, referent, callback)
    }
}

fn upgrade(thread: &Context, value: &Value) -> Option<Value> {
    if let Some(proxy) = cast::<Proxy>(value) {
        return proxy.payload().cell.upgrade(thread, proxy.header());
    }
    let proxy = cast::<CallableProxy>(value)?;
    proxy.payload().cell.upgrade(thread, proxy.header())
}

fn is_proxy(value: &Value) -> bool {
    cast::<Proxy>(value).is_some() || cast::<CallableProxy>(value).is_some()
}

#[cold]
fn gone() -> Raised {
    reference_error("weakly-referenced object no longer exists")
}

/// The object behind a proxy; what is no proxy is itself.
fn behind(thread: &Context, value: &Value) -> Result<Value> {
    if is_proxy(value) { upgrade(thread, value).ok_or_else(gone) } else { Ok(value.clone()) }
}

fn binary<const OP: u8>(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let (a, b) = (behind(thread, a)?, behind(thread, b)?);
    ops::binary(thread, &a, &b, BinaryOp::ALL[OP as usize])
}

fn inplace<const OP: u8>(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let (a, b) = (behind(thread, a)?, behind(thread, b)?);
    ops::inplace(thread, &a, &b, BinaryOp::ALL[OP as usize])
}

macro_rules! operators {
    ($slots:ident: $($op:ident)*) => {$(
        $slots.binary[BinaryOp::$op as usize].set(binary::<{ BinaryOp::$op as u8 }>);
        $slots.inplace[BinaryOp::$op as usize].set(inplace::<{ BinaryOp::$op as u8 }>);
    )*};
}

fn slots(slots: &Slots) {
    operators!(slots: Add And FloorDivide Lshift MatrixMultiply Multiply Remainder Or Rshift Subtract TrueDivide Xor);
    slots.power.set(|thread, a, b, modulus| {
        let (a, b, modulus) = (behind(thread, a)?, behind(thread, b)?, behind(thread, modulus)?);
        ops::power(thread, &a, &b, &modulus)
    });
    slots.inplace_power.set(|thread, a, b, _| {
        let (a, b) = (behind(thread, a)?, behind(thread, b)?);
        ops::inplace(thread, &a, &b, BinaryOp::Power)
    });
    slots.divmod.set(|thread, a, b| {
        let (a, b) = (behind(thread, a)?, behind(thread, b)?);
        ops::divmod(thread, &a, &b)
    });
    slots.negative.set(|thread, value| {
        let value = behind(thread, value)?;
        ops::unary(thread, &value, ops::UnaryOp::Negative)
    });
    slots.positive.set(|thread, value| {
        let value = behind(thread, value)?;
        ops::unary(thread, &value, ops::UnaryOp::Positive)
    });
    slots.invert.set(|thread, value| {
        let value = behind(thread, value)?;
        ops::unary(thread, &value, ops::UnaryOp::Invert)
    });
    slots.absolute.set(|thread, value| {
        let value = behind(thread, value)?;
        ops::absolute(thread, &value)
    });
    slots.index.set(|thread, value| {
        let value = behind(thread, value)?;
        ops::index(thread, &value)
    });
    slots.int.set(|thread, value| {
        let value = behind(thread, value)?;
        call::call_one(thread, &super::Int::def().value(), &value)
    });
    slots.float.set(|thread, value| {
        let value = behind(thread, value)?;
        call::call_one(thread, &super::Float::def().value(), &value)
    });
    slots.bool.set(|thread, value| {
        let value = behind(thread, value)?;
        ops::is_true(thread, &value)
    });
    slots.len.set(|thread, value| {
        let value = behind(thread, value)?;
        ops::len(thread, &value)
    });
    slots.contains.set(|thread, value, item| {
        let value = behind(thread, value)?;
        ops::contains(thread, &value, item)
    });
    slots.getitem.set(|thread, value, key| {
        let (value, key) = (behind(thread, value)?, behind(thread, key)?);
        ops::getitem(thread, &value, &key)
    });
    slots.setitem.set(|thread, value, key, new| {
        let value = behind(thread, value)?;
        ops::setitem(thread, &value, key, new)
    });
    slots.iter.set(|thread, value| {
        let value = behind(thread, value)?;
        ops::iter(thread, &value)
    });
    slots.next.set(|thread, value| {
        let value = behind(thread, value)?;
        if slots_of(&value).next.get().is_none() {
            let class = class_of(&value).name_lossy();
            return Err(type_error(format!("Weakref proxy referenced a non-iterator '{class}' object")));
        }
        ops::next(thread, &value)
    });
    slots.compare.set(compare);
    slots.hash.set(ops::hash_not_implemented);
    slots.repr.set(|thread, value| {
        let referent = upgrade(thread, value);
        let about = weakref_methods::describe(thread, referent)?;
        Str::new(thread, &format!("<weakproxy at {:#x}; {about}>", value.word().bits()))
    });
    slots.str.set(|thread, value| {
        let value = behind(thread, value)?;
        ops::str(thread, &value)
    });
    slots.getattr.set(|thread, value, name| {
        let value = behind(thread, value)?;
        lookup::getattr(thread, &value, name).map(Some)
    });
    slots.setattr.set(|thread, value, name, new| {
        let value = behind(thread, value)?;
        lookup::setattr(thread, &value, name, new)
    });
}

fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (a, b) = (behind(thread, a)?, behind(thread, b)?);
    ops::compare(thread, &a, &b, op)
}

fn callable_slots(slots: &Slots) {
    self::slots(slots);
    slots.call.set(|thread, value, args: Args<'_>| {
        let value = behind(thread, value)?;
        call::call(thread, &value, args)
    });
}

/// Methods.
#[native::methods(name = "ProxyType")]
pub mod methods {
    use super::*;

    /// The object's bytes.
    #[sig("($self, /)", hidden)]
    pub fn __bytes__(th: &mut Thread, this: &Value) -> Result<Value> {
        let value = behind(th, this)?;
        call::call_one(th, &super::super::Bytes::def().value(), &value)
    }

    /// An iterator over the object from its end.
    #[sig("($self, /)", hidden)]
    pub fn __reversed__(th: &mut Thread, this: &Value) -> Result<Value> {
        let value = behind(th, this)?;
        let name = Str::interned(th, "__reversed__")?;
        call::call_method(th, &value, &name, &[])
    }
}

/// The object behind a proxy, for who knows it to be one.
pub fn referent(thread: &Context, proxy: &Object<Proxy>) -> Option<Value> {
    proxy.payload().cell.upgrade(thread, proxy.header())
}
