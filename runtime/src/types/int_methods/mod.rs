//! Methods and slots of `int` and `bool`.
//!
//! | file         | concept                                                      |
//! |--------------|--------------------------------------------------------------|
//! | `operand`    | ints as the operators take them                              |
//! | `arithmetic` | `+ - * // % /`, signs, comparisons                           |
//! | `division`   | quotients that are shorter than their divisors               |
//! | `bits`       | `& \| ^ ~ << >>`                                             |
//! | `power`      | `**` and `pow()`                                             |
//! | `text`       | `repr`, `format`, the limit on digits                        |
//! | `construct`  | `int(...)`, `bool(...)`                                      |
//! | `methods`    | what programs call by name                                   |

pub mod arithmetic;
pub mod bits;
mod construct;
mod division;
mod methods;
pub mod operand;
mod power;
mod rounding;
pub mod text;

use crate::class::{BinaryOp, Slots};
use crate::native::{GetSet, NativeDef};

pub use arithmetic::{divide_to_f64, order};
pub use construct::{bool_new, new, parse_bytes_like, to_int};
pub use operand::{IntRef, operand};
pub use power::power;

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[methods::METHODS];
/// Computed attributes.
pub static GETSETS: &[&[GetSet]] = &[methods::GETSETS];

/// Slots.
pub fn slots(slots: &Slots) {
    slots.repr.set(text::repr);
    slots.hash.set(arithmetic::hash);
    slots.compare.set(arithmetic::compare);
    slots.bool.set(arithmetic::is_nonzero);
    slots.power.set(power::power);
    slots.negative.set(arithmetic::negative);
    slots.positive.set(arithmetic::positive);
    slots.absolute.set(arithmetic::absolute);
    slots.invert.set(bits::invert);
    slots.int.set(arithmetic::positive);
    slots.float.set(arithmetic::to_float);
    slots.index.set(arithmetic::positive);
    slots.divmod.set(arithmetic::divmod);
    let binary =
        |op: BinaryOp, function: crate::class::slots::Binary| slots.binary[op as usize].set(function);
    binary(BinaryOp::Add, arithmetic::add);
    binary(BinaryOp::Subtract, arithmetic::subtract);
    binary(BinaryOp::Multiply, arithmetic::multiply);
    binary(BinaryOp::FloorDivide, arithmetic::floor_divide);
    binary(BinaryOp::Remainder, arithmetic::remainder);
    binary(BinaryOp::TrueDivide, arithmetic::true_divide);
    binary(BinaryOp::And, bits::and);
    binary(BinaryOp::Or, bits::or);
    binary(BinaryOp::Xor, bits::xor);
    binary(BinaryOp::Lshift, bits::shift_left);
    binary(BinaryOp::Rshift, bits::shift_right);
}

/// Slots of bool.
pub fn bool_slots(slots: &Slots) {
    slots.repr.set(text::repr_bool);
    slots.invert.set(bits::invert_bool);
    slots.binary[BinaryOp::And as usize].set(bits::and_of_bools);
    slots.binary[BinaryOp::Or as usize].set(bits::or_of_bools);
    slots.binary[BinaryOp::Xor as usize].set(bits::xor_of_bools);
}
