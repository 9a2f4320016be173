//! Constants: of the syntax tree and of code objects.

use num_bigint::BigInt;
use rustpython_wtf8::Wtf8Buf;

use crate::Code;

/// A constant value. Trees hold all but `Slice` and `Code`.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// `...`.
    Ellipsis,
    /// An int of 64 bits; one that fits is never a `BigInt`.
    Int(i64),
    /// Any other int.
    BigInt(BigInt),
    /// A float.
    Float(f64),
    /// A complex: real and imaginary part.
    Complex(f64, f64),
    /// A str, lone surrogates included.
    Str(Wtf8Buf),
    /// A bytes.
    Bytes(Vec<u8>),
    /// A tuple of constants.
    Tuple(Vec<Constant>),
    /// A frozenset of constants, in the order of the source.
    FrozenSet(Vec<Constant>),
    /// A slice of constants: start, stop, step.
    Slice(Box<[Constant; 3]>),
    /// A nested code object.
    Code(Box<Code>),
}
