//! The iterators over a deque, which notice when it changes.

use runtime::class::Slots;
use runtime::error::{Result, runtime_error};
use runtime::memory::Guarded;
use runtime::native::{self, Exclusive, Object};
use runtime::object::cast;
use runtime::types::int;
use runtime::{Thread, Value};

use super::deque::{Deque, DequeExt};
use crate::support;

macro_rules! deque_iterator {
    ($(#[$doc:meta])* $type:ident $name:literal $methods:ident $slots:ident $make:ident, $place:expr) => {
        $(#[$doc])*
        #[native::class(
            $name,
            module = "collections",
            methods($methods),
            new = $methods::construct,
            slots = $slots
        )]
        pub struct $type {
            #[trace]
            deque: Value,
            /// How many items have been given, and how many are left.
            #[trace]
            at: Guarded<(usize, usize)>,
            version: u64,
        }

        fn $slots(slots: &Slots) {
            support::iterator(slots, |thread, value| {
                let Some(object) = cast::<$type>(value) else { return Ok(None) };
                let this = object.payload();
                let Some(deque) = cast::<Deque>(&this.deque) else { return Ok(None) };
                let (given, left) = support::read(thread, object, |it| &it.at);
                if deque.version(thread) != this.version {
                    support::write(thread, object, |it| &it.at, (given, 0));
                    return Err(runtime_error("deque mutated during iteration"));
                }
                if left == 0 {
                    return Ok(None);
                }
                let place: fn(usize, usize) -> usize = $place;
                let item = deque.get(thread, place(given, given + left));
                *Exclusive::open(thread, object).get(|it| &it.at) = (given + 1, left - 1);
                Ok(item)
            });
        }

        /// An iterator over a deque.
        ///
        /// # Errors
        /// MemoryError.
        pub fn $make(thread: &mut Thread, value: &Value) -> Result<Value> {
            $methods::make_at(thread, value, 0)
        }

        /// Its methods.
        #[native::methods($type, name = $name)]
        pub mod $methods {
            use super::*;

            /// An iterator over a deque, some items further on.
            #[new]
            #[sig("(deque, index=0, /)", hidden)]
            pub fn new(th: &mut Thread, _class: &Value, deque: &Object<Deque>, index: isize) -> Result<Value> {
                let deque = runtime::object::to_value(deque);
                let len = cast::<Deque>(&deque).map_or(0, |deque| deque.len(th));
                make_at(th, &deque, (index.max(0) as usize).min(len))
            }

            /// Private method returning an estimate of len(list(it)).
            #[name("__length_hint__")]
            pub fn length_hint(th: &mut Thread, object: &Object<$type>) -> usize {
                support::read(th, object, |it| &it.at).1
            }

            /// Return state information for pickling.
            #[name("__reduce__")]
            pub fn reduce(th: &mut Thread, object: &Object<$type>) -> Result<Value> {
                let (given, left) = support::read(th, object, |it| &it.at);
                let deque = object.payload().deque.clone();
                let len = cast::<Deque>(&deque).map_or(0, |deque| deque.len(th));
                let given = if left == 0 { len } else { given };
                let given = int::from_i64(th, given as i64)?;
                let args = support::tuple(th, vec![deque, given])?;
                let class = support::class_value(&runtime::object::to_value(object));
                support::tuple(th, vec![class, args])
            }

            pub(super) fn make_at(thread: &mut Thread, value: &Value, given: usize) -> Result<Value> {
                let Some(deque) = cast::<Deque>(value) else { return Ok(Value::none()) };
                let (len, version) = (deque.len(thread), deque.version(thread));
                let payload = $type { deque: value.clone(), at: Guarded::new((given, len - given.min(len))), version };
                runtime::object::new(thread, payload)
            }
        }
    };
}

deque_iterator! {
    /// The iterator over a deque.
    DequeIterator "_deque_iterator" methods iterator_slots forward, |given, _| given
}
deque_iterator! {
    /// The iterator over a deque from right to left.
    DequeReverseIterator "_deque_reverse_iterator" reverse_methods reverse_slots backward, |given, len| len - 1 - given
}
