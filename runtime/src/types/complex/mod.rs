//! `complex`: two doubles in a heap object.
//!
//! | file         | concept                                                         |
//! |--------------|-----------------------------------------------------------------|
//! | `arithmetic` | the operators, on parts and on values                           |
//! | `construct`  | `complex(...)`, and what other numbers are as complex ones      |
//! | `methods`    | what programs call by name, text, hash                          |

mod arithmetic;
mod construct;
mod methods;

use memory::{Object, Trace, Value, Visitor};
use threads::Context;

use crate::class::{ClassFlags, Type};
use crate::error::Result;
use crate::object::cast;

pub use arithmetic::{multiply_parts, power_of_parts, quotient_of_parts};
pub use construct::as_complex;

/// Real and imaginary part.
pub type Parts = (f64, f64);

/// The payload of a complex number.
pub struct Complex {
    parts: Parts,
}

// SAFETY: no references.
unsafe impl Trace for Complex {
    const NAME: &'static str = "complex";
    const TRACKED: bool = false;
    fn trace<V: Visitor>(&self, _: &mut V) {}
}

crate::class_def!(
    Complex,
    "complex",
    ClassFlags::BASETYPE,
    with_doc(
        "Create a complex number from a string or numbers.\n\nIf a string is given, parse it as a complex number.\nIf a single number is given, convert it to a complex number.\nIf the 'real' or 'imag' arguments are given, create a complex number\nwith the specified real and imaginary components."
    ),
    with_signature("(real=0, imag=0)"),
    with_slots(arithmetic::slots),
    with_new(construct::new),
    with_methods(&[methods::METHODS]),
    with_getsets(&[methods::GETSETS])
);

/// The complex number with these parts.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &Context, real: f64, imag: f64) -> Result<Value> {
    crate::object::new(thread, Complex { parts: (real, imag) })
}

/// An instance of a subclass of complex.
///
/// # Errors
/// MemoryError.
pub fn of_class(thread: &Context, class: &Object<Type>, parts: Parts) -> Result<Value> {
    crate::object::new_of(thread, class, Complex { parts })
}

/// The parts of a complex number or a subclass's instance.
#[inline]
pub fn to_parts(value: &Value) -> Option<Parts> {
    cast::<Complex>(value).map(|complex| complex.payload().parts)
}
