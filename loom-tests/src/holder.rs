//! Objects that hold one container, for the models of `containers`.

use containers::Edit;
use containers::dict::Dict;
use containers::list::Items;
use containers::set::Set;
use memory::{Exclusive, Object, Trace, TypeDesc, TypedShape, Value, Visitor};
use threads::Thread;

/// Declares a holder.
macro_rules! holder {
    ($(#[$doc:meta])* $name:ident $container:ty) => {
        $(#[$doc])*
        pub struct $name($container);

        // SAFETY: the container visits its references, and there are no others.
        unsafe impl Trace for $name {
            const NAME: &'static str = stringify!($name);
            fn trace<V: Visitor>(&self, visitor: &mut V) {
                self.0.trace(visitor);
            }
        }

        impl $name {
            fn shape() -> &'static TypedShape<Self> {
                static DESC: TypeDesc = TypeDesc::of::<$name>();
                // SAFETY: `DESC` is made for the same type.
                static SHAPE: TypedShape<$name> = unsafe { TypedShape::new(&DESC) };
                &SHAPE
            }

            /// A shared object around `container`.
            pub fn make_shared(th: &mut Thread, container: $container) -> Value {
                let value = Self::shape().allocate(th, Self(container)).expect("memory");
                memory::publish(&value);
                value
            }

            /// The object behind `value`.
            pub fn object(value: &Value) -> &Object<Self> {
                Object::of(value, Self::shape()).expect("a holder")
            }

            /// The container in `value`.
            pub fn container(value: &Value) -> &$container {
                &Self::object(value).payload().0
            }

            /// Runs `change` with the right to change the container in `value`.
            pub fn edit<R>(
                th: &mut Thread,
                value: &Value,
                change: impl FnOnce(Edit<'_, $container>) -> R,
            ) -> R {
                let mut section = Exclusive::open(th, Self::object(value));
                change(Edit::new(&mut section, |holder| &holder.0))
            }
        }
    };
}

holder! {
    /// Holds a list.
    ListHolder Items
}
holder! {
    /// Holds a dict.
    DictHolder Dict
}
holder! {
    /// Holds a set.
    SetHolder Set
}

/// A small int.
pub fn int(value: i64) -> Value {
    Value::from_int(value).expect("a small int")
}
