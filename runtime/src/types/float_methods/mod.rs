//! Methods and slots of `float`.
//!
//! | file         | concept                                            |
//! |--------------|----------------------------------------------------|
//! | `arithmetic` | the operators                                      |
//! | `compare`    | exact comparison, also with ints of any size       |
//! | `construct`  | `float(...)`                                       |
//! | `methods`    | what programs call by name                         |

pub mod arithmetic;
mod compare;
mod construct;
mod methods;

use crate::class::{BinaryOp, Slots};
use crate::native::{GetSet, NativeDef};

pub use arithmetic::{divmod_of_doubles, operand, power_of_doubles};
pub use compare::{compare, order_with_int};
pub use construct::{new, to_float};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[methods::METHODS];
/// Computed attributes.
pub static GETSETS: &[&[GetSet]] = &[methods::GETSETS];

/// Slots.
pub fn slots(slots: &Slots) {
    slots.repr.set(methods::repr);
    slots.hash.set(methods::hash);
    slots.compare.set(compare::compare);
    slots.bool.set(arithmetic::is_nonzero);
    slots.power.set(arithmetic::power);
    slots.negative.set(arithmetic::negative);
    slots.positive.set(arithmetic::positive);
    slots.absolute.set(arithmetic::absolute);
    slots.int.set(methods::truncate);
    slots.float.set(arithmetic::positive);
    slots.divmod.set(arithmetic::divmod);
    let binary =
        |op: BinaryOp, function: crate::class::slots::Binary| slots.binary[op as usize].set(function);
    binary(BinaryOp::Add, arithmetic::add);
    binary(BinaryOp::Subtract, arithmetic::subtract);
    binary(BinaryOp::Multiply, arithmetic::multiply);
    binary(BinaryOp::TrueDivide, arithmetic::divide);
    binary(BinaryOp::FloorDivide, arithmetic::floor_divide);
    binary(BinaryOp::Remainder, arithmetic::remainder);
}
