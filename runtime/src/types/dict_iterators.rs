//! The six iterators over a dict: keys, values or items, forwards or backwards.
//!
//! An iterator is a slot with the dict, which is emptied when the iterator is exhausted, and three numbers. Nothing is
//! locked: threads that share an iterator may get an entry twice or miss one. A dict whose size changes ends the iteration
//! with an error.

use containers::dict::Item;
use memory::{Object, Slot, StackRef, Trace, Value, Visitor};
use threads::sync::atomic::{AtomicUsize, Ordering};
use threads::{Context, Thread};

use super::{Dict, DictExt, List, Tuple};
use crate::class::{ClassFlags, Slots};
use crate::error::{Result, runtime_error};
use crate::native::NativeDef;
use crate::object::cast;

/// What an iterator gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum What {
    Keys,
    Values,
    Items,
    ReversedKeys,
    ReversedValues,
    ReversedItems,
}

/// The payload of an iterator that gives `What` number `WHAT`.
pub struct DictIterator<const WHAT: u8> {
    dict: Slot,
    /// The position of the entry that is next, or for backward ones the one above it.
    position: AtomicUsize,
    /// The size of the dict.
    size: AtomicUsize,
    /// How many entries are left.
    left: AtomicUsize,
}

/// The `size` of an iterator that has met a dict of another size.
const CHANGED: usize = usize::MAX;

const NAMES: [&str; 6] = [
    "dict_keyiterator",
    "dict_valueiterator",
    "dict_itemiterator",
    "dict_reversekeyiterator",
    "dict_reversevalueiterator",
    "dict_reverseitemiterator",
];

// SAFETY: the slot once.
unsafe impl<const WHAT: u8> Trace for DictIterator<WHAT> {
    const NAME: &'static str = NAMES[WHAT as usize];
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.dict);
    }
}

impl<const WHAT: u8> DictIterator<WHAT> {
    fn of(dict: &Value) -> Self {
        let (size, entries) =
            cast::<Dict>(dict).map_or((0, 0), |d| (d.len(), d.payload().table.entry_count()));
        Self {
            dict: Slot::new(Some(dict.clone())),
            position: AtomicUsize::new(if WHAT < 3 { 0 } else { entries }),
            size: AtomicUsize::new(size),
            left: AtomicUsize::new(size),
        }
    }

    /// The next entry.
    ///
    /// # Errors
    /// RuntimeError if keys have been added or removed.
    #[inline]
    pub fn advance(thread: &Context, iterator: &Object<Self>) -> Result<Option<Item>> {
        Self::advance_with(thread, iterator, |dict, position| {
            let table = &dict.payload().table;
            if WHAT < 3 {
                table.next_entry(thread, dict.header(), position)
            } else {
                table.previous_entry(thread, dict.header(), position)
            }
            .map(|item| (item.next, item))
        })
    }

    /// What `look` finds behind a position, and the position behind that.
    #[inline(always)]
    fn advance_with<R>(
        thread: &Context,
        iterator: &Object<Self>,
        look: impl FnOnce(&Object<Dict>, usize) -> Option<(usize, R)>,
    ) -> Result<Option<R>> {
        let this = iterator.payload();
        // All loads and stores are relaxed: the numbers are looked at by themselves, and checked against the table.
        let found = {
            // SAFETY: nothing between here and the end of the block reaches a safepoint or replaces the dict.
            let Some(dict) = (unsafe { this.dict.view(thread, iterator.header()) }) else { return Ok(None) };
            let Some(dict) = cast::<Dict>(&dict) else { return Ok(None) };
            if dict.len() != this.size.load(Ordering::Relaxed) {
                this.size.store(CHANGED, Ordering::Relaxed);
                return Err(runtime_error("dictionary changed size during iteration"));
            }
            look(dict, this.position.load(Ordering::Relaxed))
        };
        let Some((next, item)) = found else {
            Self::finish(thread, iterator);
            return Ok(None);
        };
        let left = this.left.load(Ordering::Relaxed);
        if left == 0 {
            Self::finish(thread, iterator);
            return Err(runtime_error("dictionary keys changed during iteration"));
        }
        this.left.store(left - 1, Ordering::Relaxed);
        this.position.store(next, Ordering::Relaxed);
        Ok(Some(item))
    }

    #[cold]
    fn finish(thread: &Context, iterator: &Object<Self>) {
        drop(iterator.payload().dict.replace(thread, iterator.header(), None));
    }

    fn hint(iterator: &Object<Self>) -> usize {
        let Some(dict) = iterator.payload().dict.get(iterator.header()) else { return 0 };
        let same =
            cast::<Dict>(&dict).is_some_and(|d| d.len() == iterator.payload().size.load(Ordering::Relaxed));
        if same { iterator.payload().left.load(Ordering::Relaxed) } else { 0 }
    }

    /// What is left, as a list; the iterator stays where it is.
    fn rest(thread: &mut Thread, iterator: &Object<Self>) -> Result<Value> {
        let this = iterator.payload();
        let mut rest = Vec::new();
        let dict = this.dict.get(iterator.header());
        if let Some(dict) = dict.as_ref().and_then(cast::<Dict>) {
            if dict.len() != this.size.load(Ordering::Relaxed) {
                return Err(runtime_error("dictionary changed size during iteration"));
            }
            let table = &dict.payload().table;
            let mut position = this.position.load(Ordering::Relaxed);
            for _ in 0..this.left.load(Ordering::Relaxed) {
                let found = if WHAT < 3 {
                    table.next_entry(thread, dict.header(), position)
                } else {
                    table.previous_entry(thread, dict.header(), position)
                };
                let Some(item) = found else { break };
                position = item.next;
                rest.push(match WHAT % 3 {
                    0 => item.key,
                    1 => item.value,
                    _ => pair(thread, item)?,
                });
            }
        }
        List::new(thread, rest)
    }
}

impl DictKeyIterator {
    /// The next key, borrowed if it may be.
    ///
    /// # Errors
    /// RuntimeError if keys have been added or removed.
    #[inline]
    pub(crate) fn borrow_next(thread: &Context, iterator: &Object<Self>) -> Result<Option<StackRef>> {
        Self::advance_with(thread, iterator, |dict, position| {
            dict.payload().table.next_key(thread, dict.header(), position)
        })
    }
}

impl DictValueIterator {
    /// The next value, borrowed if it may be.
    ///
    /// # Errors
    /// RuntimeError if keys have been added or removed.
    #[inline]
    pub(crate) fn borrow_next(thread: &Context, iterator: &Object<Self>) -> Result<Option<StackRef>> {
        Self::advance_with(thread, iterator, |dict, position| {
            dict.payload().table.next_value(thread, dict.header(), position)
        })
    }
}

impl DictItemIterator {
    /// The key and the value of the next entry, borrowed if they may be.
    ///
    /// # Errors
    /// RuntimeError if keys have been added or removed.
    #[inline]
    pub(crate) fn borrow_next(
        thread: &Context,
        iterator: &Object<Self>,
    ) -> Result<Option<(StackRef, StackRef)>> {
        Self::advance_with(thread, iterator, |dict, position| {
            dict.payload().table.next_pair(thread, dict.header(), position)
        })
    }
}

fn pair(thread: &Context, item: Item) -> Result<Value> {
    Tuple::of_array(thread, [item.key, item.value])
}

/// The next entry as a tuple, without a look at its hash.
fn next_pair(thread: &mut Thread, iterator: &Value) -> Result<Option<Value>> {
    let Some(iterator) = cast::<DictItemIterator>(iterator) else { return Ok(None) };
    let Some((key, value)) = DictItemIterator::borrow_next(thread, iterator)? else { return Ok(None) };
    let counted = |reference: StackRef| reference.into_value().unwrap_or_else(Value::none);
    Tuple::of_array(thread, [counted(key), counted(value)]).map(Some)
}

macro_rules! dict_iterator {
    ($alias:ident $number:literal $module:ident $table:ident $name:literal, |$thread:ident, $item:ident| $give:expr) => {
        dict_iterator! { $alias $number $module $table $name, |$thread, $item| $give, |$thread: &mut Thread, value: &Value| {
            let Some(iterator) = cast::<$alias>(value) else { return Ok(None) };
            match $alias::advance($thread, iterator)? {
                Some($item) => $give.map(Some),
                None => Ok(None),
            }
        } }
    };
    ($alias:ident $number:literal $module:ident $table:ident $name:literal, |$thread:ident, $item:ident| $give:expr, $next:expr) => {
        #[doc = concat!("`", $name, "`.")]
        pub type $alias = DictIterator<$number>;

        static $table: &[&[NativeDef]] = &[$module::METHODS];

        crate::class_def!(
            DictIterator<$number>,
            $name,
            ClassFlags::NO_NEW,
            with_slots(|slots: &Slots| {
                slots.iter.set(|_, value| Ok(value.clone()));
                slots.next.set($next);
            }),
            with_methods($table)
        );

        #[doc = concat!("Methods of `", $name, "`.")]
        #[native::methods($alias, name = $name)]
        mod $module {
            use super::$alias;
            use crate::error::Result;
            use crate::native::{Object, Thread, Value};
            use crate::types::Tuple;

            /// Private method returning an estimate of len(list(it)).
            #[name("__length_hint__")]
            pub fn length_hint(iterator: &Object<$alias>) -> usize {
                $alias::hint(iterator)
            }

            /// Return state information for pickling.
            #[name("__reduce__")]
            pub fn reduce(th: &mut Thread, iterator: &Object<$alias>) -> Result<Value> {
                let rest = $alias::rest(th, iterator)?;
                let function = crate::interp::builtin(th, "iter")?;
                let args = Tuple::of_array(th, [rest])?;
                Tuple::of_array(th, [function, args])
            }
        }
    };
}

dict_iterator! { DictKeyIterator 0 key_iterator KEY_METHODS "dict_keyiterator", |thread, item| Ok::<_, crate::error::Raised>(item.key) }
dict_iterator! { DictValueIterator 1 value_iterator VALUE_METHODS "dict_valueiterator", |thread, item| Ok::<_, crate::error::Raised>(item.value) }
dict_iterator! { DictItemIterator 2 item_iterator ITEM_METHODS "dict_itemiterator", |thread, item| pair(thread, item), next_pair }
dict_iterator! { DictReverseKeyIterator 3 reverse_key_iterator REVERSE_KEY_METHODS "dict_reversekeyiterator", |thread, item| Ok::<_, crate::error::Raised>(item.key) }
dict_iterator! { DictReverseValueIterator 4 reverse_value_iterator REVERSE_VALUE_METHODS "dict_reversevalueiterator", |thread, item| Ok::<_, crate::error::Raised>(item.value) }
dict_iterator! { DictReverseItemIterator 5 reverse_item_iterator REVERSE_ITEM_METHODS "dict_reverseitemiterator", |thread, item| pair(thread, item) }

/// An iterator over `dict`.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &Context, dict: &Value, what: What) -> Result<Value> {
    match what {
        What::Keys => crate::object::new(thread, DictKeyIterator::of(dict)),
        What::Values => crate::object::new(thread, DictValueIterator::of(dict)),
        What::Items => crate::object::new(thread, DictItemIterator::of(dict)),
        What::ReversedKeys => crate::object::new(thread, DictReverseKeyIterator::of(dict)),
        What::ReversedValues => crate::object::new(thread, DictReverseValueIterator::of(dict)),
        What::ReversedItems => crate::object::new(thread, DictReverseItemIterator::of(dict)),
    }
}
