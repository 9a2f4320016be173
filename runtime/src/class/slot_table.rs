//! Which special method stands for which slot: one row each.
//!
//! A row says three things: how a class written in Python fills the slot (a *trampoline* that looks the method up and calls
//! it), how a native slot looks to Python (a *wrapper*, which `int.__add__` is), and its documentation. Where several methods
//! share one slot (`__add__` and `__radd__`, the comparisons, `__setattr__` and `__delattr__`), the trampoline decides.

use memory::{Object, Value};
use threads::{Context, Thread};

use super::lookup::call_special;
use super::slots::{BinaryOp, Comparison, Slots};
use super::{ClassFlags, Type, TypeExt, as_value, class_of};
use crate::error::{Result, type_error};
use crate::names;
use crate::native::Args;
use crate::object::cast;
use crate::types::{Str, descriptor, int};

/// One special method.
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// Its documentation.
    pub doc: &'static str,
    /// Whether a class's table has the native function that the wrapper would call.
    pub(super) present: fn(&Slots) -> bool,
    /// Whether both tables have the same function there.
    pub(super) same: fn(&Slots, &Slots) -> bool,
    /// Puts the trampoline.
    pub(super) trampoline: fn(&Slots),
    /// Copies the function of another table (or none).
    pub(super) copy: fn(&Slots, &Slots),
    /// Calls the native function for Python.
    pub wrapper: fn(&mut Thread, &Slots, &Value, Args<'_>) -> Result<Value>,
}

/// Exactly `N` positional arguments.
fn exactly<'a, const N: usize>(args: Args<'a>) -> Result<&'a [Value; N]> {
    let values = args.no_keywords("wrapper")?;
    <&[Value; N]>::try_from(values).map_err(|_| {
        type_error(format!("expected {N} argument{}, got {}", if N == 1 { "" } else { "s" }, values.len()))
    })
}

/// Exactly two positional arguments of the special method `name`.
fn two<'a>(name: &str, args: Args<'a>) -> Result<&'a [Value; 2]> {
    let values = args.no_keywords("wrapper")?;
    <&[Value; 2]>::try_from(values)
        .map_err(|_| type_error(format!("{name} expected 2 arguments, got {}", values.len())))
}

fn missing() -> crate::error::Raised {
    crate::error::system_error("a slot vanished")
}

fn required(thread: &mut Thread, value: &Value, name: &Value, args: &[&Value]) -> Result<Value> {
    match call_special(thread, value, name, args)? {
        Some(result) => Ok(result),
        None => Err(super::lookup::no_attribute(thread, value, name)),
    }
}

fn optional(thread: &mut Thread, value: &Value, name: &Value, args: &[&Value]) -> Result<Value> {
    Ok(call_special(thread, value, name, args)?.unwrap_or_else(Value::not_implemented))
}

/// A comparison by the special method `name`. A descriptor there that raises AttributeError counts as none.
fn compared(thread: &mut Thread, a: &Value, name: &Value, b: &Value) -> Result<Value> {
    if let Some(result) = super::lookup::call_special_function(thread, a, name, &[b]) {
        return result;
    }
    let Some(method) = class_of(a).lookup(thread, name) else { return Ok(Value::not_implemented()) };
    if crate::call::takes_receiver(&method) {
        return crate::call::call(thread, &method, Args::positional(&[a.clone(), b.clone()]));
    }
    match super::lookup::bind(thread, method, a) {
        Ok(bound) => crate::call::call_one(thread, &bound, b),
        Err(raised) if raised.is(&crate::error::ATTRIBUTE_ERROR) => Ok(Value::not_implemented()),
        Err(raised) => Err(raised),
    }
}

macro_rules! rows {
    ($($kind:ident $name:ident $($slot:ident)? $(($($extra:tt)*))? $doc:literal;)*) => {
        /// Every special method that has a slot.
        pub static ROWS: &[Row] = &[$(rows!(@row $kind $name [$($slot)?] [$($($extra)*)?] $doc)),*];
    };
    (@row $kind:ident $name:ident [$slot:ident] [] $doc:literal) => {
        Row {
            name: stringify!($name),
            doc: $doc,
            present: |slots| slots.$slot.get().is_some(),
            same: |a, b| a.$slot.same(&b.$slot),
            trampoline: |slots| slots.$slot.set($kind::trampoline!($name $slot)),
            copy: |to, from| to.$slot.set_option(from.$slot.get()),
            wrapper: $kind::wrapper!($name $slot),
        }
    };
    (@row $kind:ident $name:ident [$slot:ident] [$($extra:tt)+] $doc:literal) => {
        Row {
            name: stringify!($name),
            doc: $doc,
            present: |slots| slots.$slot.get().is_some(),
            same: |a, b| a.$slot.same(&b.$slot),
            trampoline: |slots| slots.$slot.set($kind::trampoline!($name $slot $($extra)+)),
            copy: |to, from| to.$slot.set_option(from.$slot.get()),
            wrapper: $kind::wrapper!($name $slot $($extra)+),
        }
    };
    (@row $kind:ident $name:ident [] [$op:ident $($extra:tt)*] $doc:literal) => {
        Row {
            name: stringify!($name),
            doc: $doc,
            present: |slots| $kind::table!(slots)[BinaryOp::$op as usize].get().is_some(),
            same: |a, b| $kind::table!(a)[BinaryOp::$op as usize].same(&$kind::table!(b)[BinaryOp::$op as usize]),
            trampoline: |slots| $kind::table!(slots)[BinaryOp::$op as usize].set($kind::trampoline!($name $op $($extra)*)),
            copy: |to, from| {
                $kind::table!(to)[BinaryOp::$op as usize].set_option($kind::table!(from)[BinaryOp::$op as usize].get());
            },
            wrapper: $kind::wrapper!($name $op $($extra)*),
        }
    };
}

// Each kind of row is two macros: its trampoline and its wrapper.
mod unary {
    macro_rules! trampoline {
        ($name:ident $slot:ident) => {
            |thread, value| required(thread, value, names::$name(), &[])
        };
    }
    macro_rules! wrapper {
        ($name:ident $slot:ident) => {
            |thread, slots, value, args| {
                exactly::<0>(args)?;
                slots.$slot.get().ok_or_else(missing)?(thread, value)
            }
        };
    }
    pub(super) use {trampoline, wrapper};
}

mod iteration {
    macro_rules! trampoline {
        ($name:ident $slot:ident) => {
            |thread, value| {
                // A class whose `__iter__` is None says that it is not iterable, whatever its bases are.
                if class_of(value).lookup(thread, names::$name()).is_some_and(|method| method.is_none()) {
                    return Err(type_error(format!(
                        "'{}' object is not iterable",
                        class_of(value).name_lossy()
                    )));
                }
                required(thread, value, names::$name(), &[])
            }
        };
    }
    pub(super) use super::unary::wrapper;
    pub(super) use trampoline;
}

mod text {
    macro_rules! trampoline {
        ($name:ident $slot:ident) => {
            |thread, value| {
                let result = required(thread, value, names::$name(), &[])?;
                if cast::<Str>(&result).is_some() {
                    return Ok(result);
                }
                Err(type_error(format!(
                    "{} returned non-string (type {})",
                    stringify!($name),
                    class_of(&result).name_lossy()
                )))
            }
        };
    }
    pub(super) use super::unary::wrapper;
    pub(super) use trampoline;
}

mod binary {
    macro_rules! table {
        ($slots:expr) => {
            $slots.binary
        };
    }
    macro_rules! trampoline {
        ($name:ident $op:ident left $left:ident $right:ident) => {
            |thread, a, b| both_orders(thread, a, b, names::$left(), names::$right(), BinaryOp::$op)
        };
        ($name:ident $op:ident right $left:ident $right:ident) => {
            |thread, a, b| both_orders(thread, a, b, names::$left(), names::$right(), BinaryOp::$op)
        };
    }
    macro_rules! wrapper {
        ($name:ident $op:ident left $left:ident $right:ident) => {
            |thread, slots, value, args| {
                let [other] = exactly::<1>(args)?;
                slots.binary[BinaryOp::$op as usize].get().ok_or_else(missing)?(thread, value, other)
            }
        };
        ($name:ident $op:ident right $left:ident $right:ident) => {
            |thread, slots, value, args| {
                let [other] = exactly::<1>(args)?;
                slots.binary[BinaryOp::$op as usize].get().ok_or_else(missing)?(thread, other, value)
            }
        };
    }
    pub(super) use {table, trampoline, wrapper};
}

mod inplace {
    macro_rules! table {
        ($slots:expr) => {
            $slots.inplace
        };
    }
    macro_rules! trampoline {
        ($name:ident $op:ident place) => {
            |thread, a, b| optional(thread, a, names::$name(), &[b])
        };
    }
    macro_rules! wrapper {
        ($name:ident $op:ident place) => {
            |thread, slots, value, args| {
                let [other] = exactly::<1>(args)?;
                slots.inplace[BinaryOp::$op as usize].get().ok_or_else(missing)?(thread, value, other)
            }
        };
    }
    pub(super) use {table, trampoline, wrapper};
}

mod one_argument {
    macro_rules! wrapper {
        ($name:ident $slot:ident) => {
            |thread, slots, value, args| {
                let [other] = exactly::<1>(args)?;
                slots.$slot.get().ok_or_else(missing)?(thread, value, other)
            }
        };
        ($name:ident $slot:ident reflected) => {
            |thread, slots, value, args| {
                let [other] = exactly::<1>(args)?;
                slots.$slot.get().ok_or_else(missing)?(thread, other, value)
            }
        };
    }
    pub(super) use wrapper;
}

mod divmod {
    macro_rules! trampoline {
        ($name:ident $slot:ident $order:ident) => {
            |thread, a, b| {
                either_order(thread, a, b, names::__divmod__(), names::__rdivmod__(), None, |s| {
                    s.divmod.get().map(|f| f as usize)
                })
            }
        };
    }
    macro_rules! wrapper {
        ($name:ident $slot:ident left) => {
            one_argument::wrapper!($name $slot)
        };
        ($name:ident $slot:ident right) => {
            one_argument::wrapper!($name $slot reflected)
        };
    }
    pub(super) use {trampoline, wrapper};
}

mod power {
    macro_rules! trampoline {
        ($name:ident $slot:ident $order:ident) => {
            |thread, a, b, modulus| {
                if modulus.is_none() {
                    return both_powers(thread, a, b, None);
                }
                both_powers(thread, a, b, Some(modulus))
            }
        };
    }
    macro_rules! wrapper {
        ($name:ident $slot:ident left) => {
            |thread, slots, value, args| {
                let (other, modulus) = one_or_two(args)?;
                slots.power.get().ok_or_else(missing)?(thread, value, other, &modulus)
            }
        };
        ($name:ident $slot:ident right) => {
            |thread, slots, value, args| {
                let (other, modulus) = one_or_two(args)?;
                slots.power.get().ok_or_else(missing)?(thread, other, value, &modulus)
            }
        };
    }
    pub(super) use {trampoline, wrapper};
}

mod inplace_power {
    macro_rules! trampoline {
        ($name:ident $slot:ident) => {
            |thread, a, b, _modulus| optional(thread, a, names::__ipow__(), &[b])
        };
    }
    macro_rules! wrapper {
        ($name:ident $slot:ident) => {
            |thread, slots, value, args| {
                let (other, modulus) = one_or_two(args)?;
                slots.inplace_power.get().ok_or_else(missing)?(thread, value, other, &modulus)
            }
        };
    }
    pub(super) use {trampoline, wrapper};
}

mod comparison {
    macro_rules! trampoline {
        ($name:ident $slot:ident $op:ident) => {
            |thread, a, b, op| compared(thread, a, op.method(), b)
        };
    }
    macro_rules! wrapper {
        ($name:ident $slot:ident $op:ident) => {
            |thread, slots, value, args| {
                let [other] = exactly::<1>(args)?;
                slots.compare.get().ok_or_else(missing)?(thread, value, other, Comparison::$op)
            }
        };
    }
    pub(super) use {trampoline, wrapper};
}

mod predicate {
    macro_rules! trampoline {
        ($name:ident $slot:ident) => {
            |thread, value| {
                let result = required(thread, value, names::$name(), &[])?;
                match result.word() {
                    memory::word::Word::TRUE => Ok(true),
                    memory::word::Word::FALSE => Ok(false),
                    _ => Err(type_error(format!(
                        "{} should return bool, returned {}",
                        stringify!($name),
                        class_of(&result).name_lossy()
                    ))),
                }
            }
        };
    }
    macro_rules! wrapper {
        ($name:ident $slot:ident) => {
            |thread, slots, value, args| {
                exactly::<0>(args)?;
                slots.$slot.get().ok_or_else(missing)?(thread, value).map(Value::from_bool)
            }
        };
    }
    pub(super) use {trampoline, wrapper};
}

mod length {
    macro_rules! trampoline {
        ($name:ident $slot:ident) => {
            |thread, value| {
                let result = required(thread, value, names::$name(), &[])?;
                crate::ops::length_from(thread, &result)
            }
        };
    }
    macro_rules! wrapper {
        ($name:ident $slot:ident) => {
            |thread, slots, value, args| {
                exactly::<0>(args)?;
                let length = slots.$slot.get().ok_or_else(missing)?(thread, value)?;
                int::from_i128(thread, length as i128)
            }
        };
    }
    pub(super) use {trampoline, wrapper};
}

mod hashing {
    macro_rules! trampoline {
        ($name:ident $slot:ident) => {
            |thread, value| {
                let hashed = super::lookup::call_special_function(thread, value, names::__hash__(), &[]);
                let result = match hashed {
                    Some(result) => result?,
                    None if class_of(value).lookup(thread, names::__hash__()).is_none_or(|m| m.is_none()) => {
                        return Err(crate::ops::unhashable(value));
                    }
                    None => required(thread, value, names::__hash__(), &[])?,
                };
                int::as_hash(thread, &result)
            }
        };
    }
    macro_rules! wrapper {
        ($name:ident $slot:ident) => {
            |thread, slots, value, args| {
                exactly::<0>(args)?;
                let hash = slots.$slot.get().ok_or_else(missing)?(thread, value)?;
                int::from_i64(thread, hash)
            }
        };
    }
    pub(super) use {trampoline, wrapper};
}

mod contains {
    macro_rules! trampoline {
        ($name:ident $slot:ident) => {
            |thread, value, item| match class_of(value).lookup(thread, names::__contains__()) {
                Some(method) if method.is_none() => {
                    Err(type_error(format!("'{}' object is not a container", class_of(value).name_lossy())))
                }
                Some(_) => {
                    let result = required(thread, value, names::__contains__(), &[item])?;
                    crate::ops::is_true(thread, &result)
                }
                None => crate::ops::contains_by_iteration(thread, value, item),
            }
        };
    }
    macro_rules! wrapper {
        ($name:ident $slot:ident) => {
            |thread, slots, value, args| {
                let [item] = exactly::<1>(args)?;
                slots.$slot.get().ok_or_else(missing)?(thread, value, item).map(Value::from_bool)
            }
        };
    }
    pub(super) use {trampoline, wrapper};
}

mod item {
    macro_rules! trampoline {
        ($name:ident $slot:ident) => {
            |thread, value, key| required(thread, value, names::$name(), &[key])
        };
    }
    pub(super) use super::one_argument::wrapper;
    pub(super) use trampoline;
}

mod change {
    macro_rules! trampoline {
        ($name:ident $slot:ident $set:ident $delete:ident $which:ident) => {
            |thread, value, key, new| {
                match new {
                    Some(new) => required(thread, value, names::$set(), &[key, new])?,
                    None => required(thread, value, names::$delete(), &[key])?,
                };
                Ok(())
            }
        };
    }
    macro_rules! wrapper {
        ($name:ident $slot:ident $set:ident $delete:ident set) => {
            |thread, slots, value, args| {
                let [key, new] = two(stringify!($name), args)?;
                slots.$slot.get().ok_or_else(missing)?(thread, value, key, Some(new)).map(|()| Value::none())
            }
        };
        ($name:ident $slot:ident $set:ident $delete:ident delete) => {
            |thread, slots, value, args| {
                let [key] = exactly::<1>(args)?;
                slots.$slot.get().ok_or_else(missing)?(thread, value, key, None).map(|()| Value::none())
            }
        };
    }
    pub(super) use {trampoline, wrapper};
}

mod attribute_change {
    macro_rules! wrapper {
        ($name:ident $slot:ident $set:ident $delete:ident set) => {
            |thread, slots, value, args| {
                let [key, new] = two(stringify!($name), args)?;
                let key = &attribute_name(key)?;
                safe_base(value, slots, "__setattr__")?;
                slots.$slot.get().ok_or_else(missing)?(thread, value, key, Some(new)).map(|()| Value::none())
            }
        };
        ($name:ident $slot:ident $set:ident $delete:ident delete) => {
            |thread, slots, value, args| {
                let [key] = exactly::<1>(args)?;
                let key = &attribute_name(key)?;
                safe_base(value, slots, "__delattr__")?;
                slots.$slot.get().ok_or_else(missing)?(thread, value, key, None).map(|()| Value::none())
            }
        };
    }
    pub(super) use super::change::trampoline;
    pub(super) use wrapper;
}

mod attribute {
    macro_rules! trampoline {
        ($name:ident $slot:ident $which:ident) => {
            getattr_trampoline
        };
    }
    macro_rules! wrapper {
        ($name:ident $slot:ident getattribute) => {
            |thread, slots, value, args| {
                let [name] = exactly::<1>(args)?;
                let name = &attribute_name(name)?;
                match slots.getattr.get().ok_or_else(missing)?(thread, value, name)? {
                    Some(found) => Ok(found),
                    None => Err(super::lookup::no_attribute(thread, value, name)),
                }
            }
        };
    }
    pub(super) use {trampoline, wrapper};
}

mod next_item {
    macro_rules! trampoline {
        ($name:ident $slot:ident) => {
            |thread, value| match required(thread, value, names::__next__(), &[]) {
                Ok(item) => Ok(Some(item)),
                Err(raised) if raised.is(&crate::error::STOP_ITERATION) => {
                    crate::state::note_stop_value(thread, &raised);
                    Ok(None)
                }
                Err(raised) => Err(raised),
            }
        };
    }
    macro_rules! wrapper {
        ($name:ident $slot:ident) => {
            |thread, slots, value, args| {
                exactly::<0>(args)?;
                match slots.next.get().ok_or_else(missing)?(thread, value)? {
                    Some(item) => Ok(item),
                    None => Err(crate::state::stop_iteration(thread)),
                }
            }
        };
    }
    pub(super) use {trampoline, wrapper};
}

mod descriptor_get {
    macro_rules! trampoline {
        ($name:ident $slot:ident) => {
            |thread, value, object, class| {
                let none = Value::none();
                required(thread, value, names::__get__(), &[object.unwrap_or(&none), class.unwrap_or(&none)])
            }
        };
    }
    macro_rules! wrapper {
        ($name:ident $slot:ident) => {
            |thread, slots, value, args| {
                let values = args.no_keywords("__get__")?;
                let (object, class) = match values {
                    [object] => (object, None),
                    [object, class] => (object, Some(class)),
                    [] => return Err(type_error("__get__ expected at least 1 argument, got 0")),
                    _ => {
                        return Err(type_error(format!(
                            "__get__ expected at most 2 arguments, got {}",
                            values.len()
                        )));
                    }
                };
                let object = Some(object).filter(|object| !object.is_none());
                let class = class.filter(|class| !class.is_none());
                if object.is_none() && class.is_none() {
                    return Err(type_error("__get__(None, None) is invalid"));
                }
                slots.get.get().ok_or_else(missing)?(thread, value, object, class)
            }
        };
    }
    pub(super) use {trampoline, wrapper};
}

mod calling {
    macro_rules! trampoline {
        ($name:ident $slot:ident) => {
            |thread, value, args| {
                let Some(method) = super::lookup_special(thread, value, names::__call__())? else {
                    return Err(crate::call::not_callable(value));
                };
                crate::call::call(thread, &method, args)
            }
        };
    }
    macro_rules! wrapper {
        ($name:ident $slot:ident) => {
            |thread, slots, value, args| slots.call.get().ok_or_else(missing)?(thread, value, args)
        };
    }
    pub(super) use {trampoline, wrapper};
}

mod buffering {
    macro_rules! trampoline {
        ($name:ident $slot:ident) => {
            crate::types::python_buffer::lend
        };
    }
    macro_rules! wrapper {
        ($name:ident $slot:ident) => {
            |thread, slots, value, args| {
                let [flags] = exactly::<1>(args)?;
                let get = slots.buffer.get().ok_or_else(missing)?;
                crate::types::python_buffer::view_of(thread, value, flags, get)
            }
        };
    }
    pub(super) use {trampoline, wrapper};
}

mod initializer {
    macro_rules! trampoline {
        ($name:ident $slot:ident) => {
            |thread, value, args| {
                crate::state::check_stack(thread, "")?;
                let name = names::__init__();
                let result = match super::lookup::call_special_function_with(thread, value, name, args) {
                    Some(result) => result?,
                    None => {
                        let Some(method) = super::lookup_special(thread, value, name)? else { return Ok(()) };
                        crate::call::call(thread, &method, args)?
                    }
                };
                if result.is_none() {
                    return Ok(());
                }
                Err(type_error(format!(
                    "__init__() should return None, not '{}'",
                    class_of(&result).name_lossy()
                )))
            }
        };
    }
    macro_rules! wrapper {
        ($name:ident $slot:ident) => {
            |thread, slots, value, args| {
                slots.init.get().ok_or_else(missing)?(thread, value, args).map(|()| Value::none())
            }
        };
    }
    pub(super) use {trampoline, wrapper};
}

mod finalizer {
    macro_rules! trampoline {
        ($name:ident $slot:ident) => {
            |thread, value| required(thread, value, names::__del__(), &[])
        };
    }
    pub(super) use super::unary::wrapper;
    pub(super) use trampoline;
}

mod repeat {
    macro_rules! wrapper {
        ($name:ident $slot:ident $which:ident) => {
            |thread, slots, value, args| {
                let [n] = exactly::<1>(args)?;
                let n = crate::ops::index_isize(thread, n)?;
                slots.$slot.get().ok_or_else(missing)?(thread, value, n)
            }
        };
    }
    pub(super) use wrapper;
}

rows! {
    text __repr__ repr "Return repr(self).";
    text __str__ str "Return str(self).";
    hashing __hash__ hash "Return hash(self).";
    calling __call__ call "Call self as a function.";
    buffering __buffer__ buffer "Return a buffer object that exposes the underlying memory of the object.";
    attribute __getattribute__ getattr (getattribute) "Return getattr(self, name).";
    attribute_change __setattr__ setattr (__setattr__ __delattr__ set) "Implement setattr(self, name, value).";
    attribute_change __delattr__ setattr (__setattr__ __delattr__ delete) "Implement delattr(self, name).";
    comparison __lt__ compare (Lt) "Return self<value.";
    comparison __le__ compare (Le) "Return self<=value.";
    comparison __eq__ compare (Eq) "Return self==value.";
    comparison __ne__ compare (Ne) "Return self!=value.";
    comparison __gt__ compare (Gt) "Return self>value.";
    comparison __ge__ compare (Ge) "Return self>=value.";
    iteration __iter__ iter "Implement iter(self).";
    next_item __next__ next "Implement next(self).";
    descriptor_get __get__ get "Return an attribute of instance, which is of type owner.";
    change __set__ set (__set__ __delete__ set) "Set an attribute of instance to value.";
    change __delete__ set (__set__ __delete__ delete) "Delete an attribute of instance.";
    initializer __init__ init "Initialize self.  See help(type(self)) for accurate signature.";
    finalizer __del__ finalize "Called when the instance is about to be destroyed.";
    unary __await__ await_ "Return an iterator to be used in await expression.";
    unary __aiter__ aiter "Return an awaitable, that resolves in asynchronous iterator.";
    unary __anext__ anext "Return a value or raise StopAsyncIteration.";
    binary __add__ (Add left __add__ __radd__) "Return self+value.";
    binary __radd__ (Add right __add__ __radd__) "Return value+self.";
    binary __sub__ (Subtract left __sub__ __rsub__) "Return self-value.";
    binary __rsub__ (Subtract right __sub__ __rsub__) "Return value-self.";
    binary __mul__ (Multiply left __mul__ __rmul__) "Return self*value.";
    binary __rmul__ (Multiply right __mul__ __rmul__) "Return value*self.";
    binary __mod__ (Remainder left __mod__ __rmod__) "Return self%value.";
    binary __rmod__ (Remainder right __mod__ __rmod__) "Return value%self.";
    divmod __divmod__ divmod (left) "Return divmod(self, value).";
    divmod __rdivmod__ divmod (right) "Return divmod(value, self).";
    power __pow__ power (left) "Return pow(self, value, mod).";
    power __rpow__ power (right) "Return pow(value, self, mod).";
    unary __neg__ negative "-self";
    unary __pos__ positive "+self";
    unary __abs__ absolute "abs(self)";
    predicate __bool__ bool "True if self else False";
    unary __invert__ invert "~self";
    binary __lshift__ (Lshift left __lshift__ __rlshift__) "Return self<<value.";
    binary __rlshift__ (Lshift right __lshift__ __rlshift__) "Return value<<self.";
    binary __rshift__ (Rshift left __rshift__ __rrshift__) "Return self>>value.";
    binary __rrshift__ (Rshift right __rshift__ __rrshift__) "Return value>>self.";
    binary __and__ (And left __and__ __rand__) "Return self&value.";
    binary __rand__ (And right __and__ __rand__) "Return value&self.";
    binary __xor__ (Xor left __xor__ __rxor__) "Return self^value.";
    binary __rxor__ (Xor right __xor__ __rxor__) "Return value^self.";
    binary __or__ (Or left __or__ __ror__) "Return self|value.";
    binary __ror__ (Or right __or__ __ror__) "Return value|self.";
    unary __int__ int "int(self)";
    unary __float__ float "float(self)";
    inplace __iadd__ (Add place) "Return self+=value.";
    inplace __isub__ (Subtract place) "Return self-=value.";
    inplace __imul__ (Multiply place) "Return self*=value.";
    inplace __imod__ (Remainder place) "Return self%=value.";
    inplace_power __ipow__ inplace_power "Return self**=value.";
    inplace __ilshift__ (Lshift place) "Return self<<=value.";
    inplace __irshift__ (Rshift place) "Return self>>=value.";
    inplace __iand__ (And place) "Return self&=value.";
    inplace __ixor__ (Xor place) "Return self^=value.";
    inplace __ior__ (Or place) "Return self|=value.";
    binary __floordiv__ (FloorDivide left __floordiv__ __rfloordiv__) "Return self//value.";
    binary __rfloordiv__ (FloorDivide right __floordiv__ __rfloordiv__) "Return value//self.";
    binary __truediv__ (TrueDivide left __truediv__ __rtruediv__) "Return self/value.";
    binary __rtruediv__ (TrueDivide right __truediv__ __rtruediv__) "Return value/self.";
    inplace __ifloordiv__ (FloorDivide place) "Return self//=value.";
    inplace __itruediv__ (TrueDivide place) "Return self/=value.";
    unary __index__ index "Return self converted to an integer, if self is suitable for use as an index into a list.";
    binary __matmul__ (MatrixMultiply left __matmul__ __rmatmul__) "Return self@value.";
    binary __rmatmul__ (MatrixMultiply right __matmul__ __rmatmul__) "Return value@self.";
    inplace __imatmul__ (MatrixMultiply place) "Return self@=value.";
    length __len__ len "Return len(self).";
    item __getitem__ getitem "Return self[key].";
    change __setitem__ setitem (__setitem__ __delitem__ set) "Set self[key] to value.";
    change __delitem__ setitem (__setitem__ __delitem__ delete) "Delete self[key].";
    contains __contains__ contains "Return bool(key in self).";
}

/// Sequences' operators share their names with the numbers': they have wrappers, and Python's classes never fill them.
pub static SEQUENCE_ROWS: &[Row] = &[
    Row {
        name: "__add__",
        doc: "Return self+value.",
        present: |slots| slots.concat.get().is_some(),
        same: |a, b| a.concat.same(&b.concat),
        trampoline: |_| {},
        copy: |to, from| to.concat.set_option(from.concat.get()),
        wrapper: one_argument::wrapper!(__add__ concat),
    },
    Row {
        name: "__mul__",
        doc: "Return self*value.",
        present: |slots| slots.repeat.get().is_some(),
        same: |a, b| a.repeat.same(&b.repeat),
        trampoline: |_| {},
        copy: |to, from| to.repeat.set_option(from.repeat.get()),
        wrapper: repeat::wrapper!(__mul__ repeat left),
    },
    Row {
        name: "__rmul__",
        doc: "Return value*self.",
        present: |slots| slots.repeat.get().is_some(),
        same: |a, b| a.repeat.same(&b.repeat),
        trampoline: |_| {},
        copy: |to, from| to.repeat.set_option(from.repeat.get()),
        wrapper: repeat::wrapper!(__rmul__ repeat right),
    },
    Row {
        name: "__iadd__",
        doc: "Implement self+=value.",
        present: |slots| slots.inplace_concat.get().is_some(),
        same: |a, b| a.inplace_concat.same(&b.inplace_concat),
        trampoline: |_| {},
        copy: |to, from| to.inplace_concat.set_option(from.inplace_concat.get()),
        wrapper: one_argument::wrapper!(__iadd__ inplace_concat),
    },
    Row {
        name: "__imul__",
        doc: "Implement self*=value.",
        present: |slots| slots.inplace_repeat.get().is_some(),
        same: |a, b| a.inplace_repeat.same(&b.inplace_repeat),
        trampoline: |_| {},
        copy: |to, from| to.inplace_repeat.set_option(from.inplace_repeat.get()),
        wrapper: repeat::wrapper!(__imul__ inplace_repeat left),
    },
];

fn one_or_two(args: Args<'_>) -> Result<(&Value, Value)> {
    let values = args.no_keywords("wrapper")?;
    match values {
        [other] => Ok((other, Value::none())),
        [other, modulus] => Ok((other, modulus.clone())),
        _ => Err(type_error(format!("expected 1 or 2 arguments, got {}", values.len()))),
    }
}

fn attribute_name(name: &Value) -> Result<Value> {
    if cast::<Str>(name).is_some() {
        return Ok(name.clone());
    }
    Err(super::lookup::name_error(name))
}

/// `object.__setattr__(some_class, ...)` must not get around what the metaclass guards.
fn safe_base(value: &Value, slots: &Slots, what: &str) -> Result<()> {
    let native = class_of(value).payload().native;
    let own = &native.object().payload().slots;
    if own.setattr.same(&slots.setattr) || cast::<Type>(value).is_none() {
        return Ok(());
    }
    Err(type_error(format!("can't apply this {what} to {} object", class_of(value).name_lossy())))
}

/// The trampoline of all binary operators: the left operand's method, or the right one's reflected method, in the order that
/// the data model asks for.
fn both_orders(
    thread: &mut Thread,
    a: &Value,
    b: &Value,
    left: &Value,
    right: &Value,
    op: BinaryOp,
) -> Result<Value> {
    let slot = move |slots: &Slots| slots.binary[op as usize].get().map(|f| f as usize);
    either_order(thread, a, b, left, right, None, slot)
}

/// `pow(a, b)` or `pow(a, b, modulus)`.
fn both_powers(thread: &mut Thread, a: &Value, b: &Value, modulus: Option<&Value>) -> Result<Value> {
    let slot = |slots: &Slots| slots.power.get().map(|f| f as usize);
    either_order(thread, a, b, names::__pow__(), names::__rpow__(), modulus, slot)
}

/// Whether a special method in Python stands behind a slot, whose function is given as an address: a class made by a program has the trampoline
/// exactly if it has another function than its native base.
#[inline(always)]
pub(crate) fn has_trampoline(class: &Object<Type>, slot: impl Fn(&Slots) -> Option<usize>) -> bool {
    let function = slot(&class.payload().slots);
    class.payload().flags().contains(ClassFlags::HEAP)
        && function.is_some()
        && function != slot(&class.payload().native.object().payload().slots)
}

fn either_order(
    thread: &mut Thread,
    a: &Value,
    b: &Value,
    left: &Value,
    right: &Value,
    extra: Option<&Value>,
    slot: impl Fn(&Slots) -> Option<usize>,
) -> Result<Value> {
    let with = |operand| {
        let mut args = vec![operand];
        args.extend(extra);
        args
    };
    let (class_a, class_b) = (class_of(a), class_of(b));
    let mut try_b = !std::ptr::eq(class_a, class_b) && has_trampoline(class_b, &slot);
    if has_trampoline(class_a, &slot) {
        if try_b && class_b.is_subclass_of(class_a) {
            let overrides = match (class_b.lookup(thread, right), class_a.lookup(thread, right)) {
                (Some(of_b), Some(of_a)) => !of_b.is(&of_a),
                (Some(_), None) => true,
                (None, _) => false,
            };
            if overrides {
                let result = optional(thread, b, right, &with(a))?;
                if !result.is_not_implemented() {
                    return Ok(result);
                }
                try_b = false;
            }
        }
        let result = optional(thread, a, left, &with(b))?;
        if !result.is_not_implemented() || std::ptr::eq(class_a, class_b) {
            return Ok(result);
        }
    }
    if try_b { optional(thread, b, right, &with(a)) } else { Ok(Value::not_implemented()) }
}

/// Attribute access of classes with `__getattribute__` or `__getattr__` in Python.
fn getattr_trampoline(thread: &mut Thread, value: &Value, name: &Value) -> Result<Option<Value>> {
    let class = class_of(value);
    let fallback = class.lookup(thread, names::__getattr__());
    let first = match class.lookup(thread, names::__getattribute__()) {
        Some(method) => match descriptor::native_getattr(&method) {
            Some(native) => native(thread, value, name),
            None => match required(thread, value, names::__getattribute__(), &[name]) {
                Ok(found) => Ok(Some(found)),
                Err(raised) => Err(raised),
            },
        },
        None => super::instance::generic_getattr(thread, value, name),
    };
    let Some(_) = fallback else { return first };
    match first {
        Ok(Some(found)) => Ok(Some(found)),
        Ok(None) => required(thread, value, names::__getattr__(), &[name]).map(Some),
        Err(raised) if raised.is(&crate::error::ATTRIBUTE_ERROR) => {
            drop(raised);
            required(thread, value, names::__getattr__(), &[name]).map(Some)
        }
        Err(raised) => Err(raised),
    }
}

/// Adds the wrappers of a native class's own slots to its namespace.
pub(super) fn add_wrappers(
    thread: &Context,
    class: &Object<Type>,
    own: &Slots,
    mut add: impl FnMut(&'static str, Value),
) -> Result<()> {
    let class_value = as_value(class);
    for row in ROWS.iter().chain(SEQUENCE_ROWS) {
        if (row.present)(own) && row.name != "__del__" {
            let wrapper = descriptor::new_wrapper(thread, row, &class_value)?;
            add(row.name, wrapper);
        }
    }
    if own.hash.get().is_none() && own.compare.get().is_some() {
        add("__hash__", Value::none());
        class.payload().slots.hash.set(crate::ops::hash_not_implemented);
    }
    Ok(())
}
