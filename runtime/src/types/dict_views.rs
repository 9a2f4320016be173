//! What `keys()`, `values()` and `items()` of a dict answer: views, of which those on keys and items behave like sets.

use memory::{Object, Trace, Value, Visitor};
use text::Builder;
use threads::{Context, Thread};

use super::dict_iterators::{self, What};
use super::sequence;
use super::set::{self, Set, SetExt};
use super::{Dict, DictExt, Str, Tuple, TupleExt};
use crate::class::{BinaryOp, ClassFlags, Comparison, Slots, Type};
use crate::error::Result;
use crate::iterate::Iteration;
use crate::native::NativeDef;
use crate::object::{cast, cast_exact};
use crate::ops;

macro_rules! view {
    ($type:ident $name:literal $table:ident $getsets:ident $module:ident, $slots:expr, $what:ident $reversed:ident, $make:ident, [$($more:tt)*]) => {
        #[doc = concat!("The payload of a `", $name, "`.")]
        pub struct $type {
            dict: Value,
        }

        // SAFETY: the dict once.
        unsafe impl Trace for $type {
            const NAME: &'static str = $name;
            fn trace<V: Visitor>(&self, visitor: &mut V) {
                visitor.value(&self.dict);
            }
        }

        static $table: &[&[NativeDef]] = &[$module::METHODS];
        static $getsets: &[&[crate::native::GetSet]] = &[$module::GETSETS];

        crate::class_def!(
            $type,
            $name,
            ClassFlags::NO_NEW,
            with_slots($slots),
            with_methods($table),
            with_getsets($getsets)
        );

        impl $type {
            /// What this is a view of.
            #[inline]
            pub fn dict(&self) -> &Value {
                &self.dict
            }

            /// An instance of a class derived from this one.
            ///
            /// # Errors
            /// MemoryError.
            pub fn of_class(thread: &Context, class: &Object<Type>, dict: &Value) -> Result<Value> {
                crate::object::new_of(thread, class, $type { dict: dict.clone() })
            }
        }

        #[doc = concat!("A `", $name, "` on a dict.")]
        ///
        /// # Errors
        /// MemoryError.
        pub fn $make(thread: &Context, dict: &Value) -> Result<Value> {
            crate::object::new(thread, $type { dict: dict.clone() })
        }

        #[doc = concat!("Methods of `", $name, "`.")]
        #[native::methods($type, name = $name)]
        mod $module {
            use super::{$type, What, dict_iterators};
            use crate::error::Result;
            use crate::native::{Object, Thread, Value};

            /// Return a reverse iterator over the view.
            #[name("__reversed__")]
            pub fn reversed(th: &mut Thread, view: &Object<$type>) -> Result<Value> {
                dict_iterators::new(th, &view.payload().dict, What::$reversed)
            }

            /// dictionary that this view refers to
            #[getter]
            pub fn mapping(th: &mut Thread, view: &Object<$type>) -> Result<Value> {
                crate::types::mappingproxy::new(th, &view.payload().dict)
            }

            $($more)*
        }
    };
}

view!(DictKeys "dict_keys" KEYS_METHODS KEYS_GETSETS keys_methods, keys_slots, Keys ReversedKeys, keys, [
    /// Return True if the view and the given iterable have a null intersection.
    pub fn isdisjoint(th: &mut Thread, view: &Value, other: &Value) -> Result<bool> {
        super::is_disjoint(th, view, other)
    }
]);
view!(DictItems "dict_items" ITEMS_METHODS ITEMS_GETSETS items_methods, items_slots, Items ReversedItems, items, [
    /// Return True if the view and the given iterable have a null intersection.
    pub fn isdisjoint(th: &mut Thread, view: &Value, other: &Value) -> Result<bool> {
        super::is_disjoint(th, view, other)
    }
]);
view!(DictValues "dict_values" VALUES_METHODS VALUES_GETSETS values_methods, values_slots, Values ReversedValues, values, []);

fn common_slots(slots: &Slots) {
    slots.len.set(|_, view| Ok(dict_of(view).and_then(cast::<Dict>).map_or(0, DictExt::len)));
    slots.repr.set(repr);
}

fn set_slots(slots: &Slots) {
    common_slots(slots);
    slots.compare.set(compare);
    slots.hash.set(ops::hash_not_implemented);
    slots.contains.set(contains);
    slots.binary[BinaryOp::Subtract as usize].set(subtract);
    slots.binary[BinaryOp::And as usize].set(intersect);
    slots.binary[BinaryOp::Or as usize].set(unite);
    slots.binary[BinaryOp::Xor as usize].set(symmetric_difference);
}

fn keys_slots(slots: &Slots) {
    set_slots(slots);
    slots.iter.set(|thread, view| iterate(thread, view, What::Keys));
}

fn items_slots(slots: &Slots) {
    set_slots(slots);
    slots.iter.set(|thread, view| iterate(thread, view, What::Items));
}

fn values_slots(slots: &Slots) {
    common_slots(slots);
    slots.iter.set(|thread, view| iterate(thread, view, What::Values));
}

/// The dict of a view.
pub fn dict_of(view: &Value) -> Option<&Value> {
    if let Some(view) = cast::<DictKeys>(view) {
        return Some(&view.payload().dict);
    }
    if let Some(view) = cast::<DictItems>(view) {
        return Some(&view.payload().dict);
    }
    cast::<DictValues>(view).map(|view| &view.payload().dict)
}

/// Whether `value` is a view that behaves like a set.
pub fn is_set_like(value: &Value) -> bool {
    cast::<DictKeys>(value).is_some() || cast::<DictItems>(value).is_some()
}

fn iterate(thread: &mut Thread, view: &Value, what: What) -> Result<Value> {
    match dict_of(view) {
        Some(dict) => dict_iterators::new(thread, dict, what),
        None => Ok(Value::none()),
    }
}

fn repr(thread: &mut Thread, view: &Value) -> Result<Value> {
    sequence::guarded_repr(thread, view, "...", |thread| {
        let items = ops::to_vec(thread, view)?;
        let mut text = Builder::new();
        text.push_str(&crate::class::TypeExt::name_lossy(crate::class::class_of(view)));
        text.push_str("([");
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                text.push_str(", ");
            }
            sequence::push_repr(thread, &mut text, item)?;
        }
        text.push_str("])");
        Str::from_text(thread, &text.finish())
    })
}

fn contains(thread: &mut Thread, view: &Value, item: &Value) -> Result<bool> {
    if let Some(view) = cast::<DictKeys>(view) {
        return match cast::<Dict>(&view.payload().dict) {
            Some(dict) => dict.contains(thread, item),
            None => Ok(false),
        };
    }
    let Some(dict) = dict_of(view).and_then(cast::<Dict>) else { return Ok(false) };
    let Some([key, value]) = cast::<Tuple>(item).map(TupleExt::items) else { return Ok(false) };
    match dict.get(thread, key)? {
        Some(found) => ops::is_or_equals(thread, &found, value),
        None => Ok(false),
    }
}

fn is_set(value: &Value) -> bool {
    set::is_set(value) || is_set_like(value)
}

fn all_in(thread: &mut Thread, items: &Value, container: &Value) -> Result<bool> {
    let mut items = Iteration::over(thread, items)?;
    while let Some(item) = items.next(thread)? {
        if !ops::contains(thread, container, &item)? {
            return Ok(false);
        }
        ops::memory_poll(thread)?;
    }
    Ok(true)
}

fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    if !is_set_like(a) || !is_set(b) {
        return Ok(Value::not_implemented());
    }
    let (len_a, len_b) = (ops::len(thread, a)?, ops::len(thread, b)?);
    let result = match op {
        Comparison::Eq => len_a == len_b && all_in(thread, a, b)?,
        Comparison::Ne => !(len_a == len_b && all_in(thread, a, b)?),
        Comparison::Lt => len_a < len_b && all_in(thread, a, b)?,
        Comparison::Le => len_a <= len_b && all_in(thread, a, b)?,
        Comparison::Gt => len_a > len_b && all_in(thread, b, a)?,
        Comparison::Ge => len_a >= len_b && all_in(thread, b, a)?,
    };
    Ok(Value::from_bool(result))
}

/// The operand as a new set. Either operand may be the view.
fn to_set(thread: &mut Thread, value: &Value) -> Result<Value> {
    set::new_from(thread, value)
}

fn subtract(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let result = to_set(thread, a)?;
    if let Some(set) = cast::<Set>(&result) {
        set::difference_update(thread, set, b)?;
    }
    Ok(result)
}

fn unite(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let result = to_set(thread, a)?;
    if let Some(set) = cast::<Set>(&result) {
        set::update(thread, set, b)?;
    }
    Ok(result)
}

fn symmetric_difference(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let result = to_set(thread, a)?;
    if let Some(set) = cast::<Set>(&result) {
        set::symmetric_difference_update(thread, set, b)?;
    }
    Ok(result)
}

fn intersect(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    // The view may be the right operand, of what is no set.
    let (mut view, mut other) = if is_set_like(a) { (a, b) } else { (b, a) };
    let len = ops::len(thread, view)?;
    if is_set_like(other) && ops::len(thread, other)? > len {
        std::mem::swap(&mut view, &mut other);
    }
    let result = Set::new(thread)?;
    let Some(set) = cast::<Set>(&result) else { return Ok(result) };
    // The smaller one is gone through if the other is an exact set, of which the question is cheap.
    let larger = cast_exact::<Set>(other).is_some() && ops::len(thread, other)? > len;
    let (through, asked) = if larger { (view, other) } else { (other, view) };
    ops::for_each(thread, through, |thread, item| {
        if ops::contains(thread, asked, &item)? {
            set.add(thread, &item)?;
        }
        Ok(())
    })?;
    Ok(result)
}

fn is_disjoint(thread: &mut Thread, view: &Value, other: &Value) -> Result<bool> {
    if view.is(other) {
        return Ok(ops::len(thread, view)? == 0);
    }
    let (mut view, mut other) = (view, other);
    if is_set(other) && ops::len(thread, other)? > ops::len(thread, view)? {
        std::mem::swap(&mut view, &mut other);
    }
    let mut items = Iteration::over(thread, other)?;
    while let Some(item) = items.next(thread)? {
        if ops::contains(thread, view, &item)? {
            return Ok(false);
        }
        ops::memory_poll(thread)?;
    }
    Ok(true)
}

/// A view's dict, for who knows that it is one.
pub fn dict(view: &Value) -> Option<&Object<Dict>> {
    dict_of(view).and_then(cast::<Dict>)
}
