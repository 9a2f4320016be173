//! Arithmetic on constants, for folding.
//!
//! A result that would be an exception, that is large, or whose rounding is not surely the runtime's is `None`: then
//! the expression stays as it is.

use num_bigint::BigInt;
use num_traits::{Pow, Signed, ToPrimitive, Zero};

use crate::opcode::BinaryOp;
use crate::{Constant, Wtf8Buf};

/// Bits of the largest int that folding makes.
const MAX_INT_BITS: u64 = 128;
/// Items of the largest tuple.
const MAX_COLLECTION_SIZE: i64 = 256;
/// Length of the largest repeated str or bytes.
const MAX_STR_SIZE: i64 = 4096;
/// Items, nested ones counted, of the largest repeated tuple.
const MAX_TOTAL_ITEMS: i64 = 1024;

/// A number, on the level of the numeric tower where it stands.
enum Number {
    Int(BigInt),
    Float(f64),
    Complex(f64, f64),
}

fn number(value: &Constant) -> Option<Number> {
    Some(match value {
        Constant::Bool(bool) => Number::Int(BigInt::from(*bool as u8)),
        Constant::Int(int) => Number::Int(BigInt::from(*int)),
        Constant::BigInt(int) => Number::Int(int.clone()),
        Constant::Float(float) => Number::Float(*float),
        Constant::Complex(real, imag) => Number::Complex(*real, *imag),
        _ => return None,
    })
}

/// An int constant in its proper form.
pub(crate) fn int(value: BigInt) -> Constant {
    value.to_i64().map_or(Constant::BigInt(value), Constant::Int)
}

fn to_float(value: &BigInt) -> Option<f64> {
    value.to_f64().filter(|float| float.is_finite())
}

/// `bool(value)`.
pub(super) fn is_true(value: &Constant) -> bool {
    match value {
        Constant::None | Constant::Bool(false) => false,
        Constant::Int(int) => *int != 0,
        Constant::Float(float) => *float != 0.0,
        Constant::Complex(real, imag) => *real != 0.0 || *imag != 0.0,
        Constant::Str(text) => !text.is_empty(),
        Constant::Bytes(bytes) => !bytes.is_empty(),
        Constant::Tuple(items) | Constant::FrozenSet(items) => !items.is_empty(),
        Constant::Bool(true)
        | Constant::Ellipsis
        | Constant::BigInt(_)
        | Constant::Slice(_)
        | Constant::Code(_) => true,
    }
}

/// `left == right` of hashable constants, for members of a set.
pub(crate) fn equal(left: &Constant, right: &Constant) -> bool {
    match (number(left), number(right)) {
        (Some(left), Some(right)) => numbers_equal(&left, &right),
        (None, None) => match (left, right) {
            (Constant::Tuple(left), Constant::Tuple(right)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
            }
            _ => left == right,
        },
        _ => false,
    }
}

fn numbers_equal(left: &Number, right: &Number) -> bool {
    let exact = |int: &BigInt, float: f64| {
        float.is_finite() && float.fract() == 0.0 && {
            num_traits::FromPrimitive::from_f64(float).is_some_and(|float: BigInt| float == *int)
        }
    };
    match (left, right) {
        (Number::Int(left), Number::Int(right)) => left == right,
        (Number::Float(left), Number::Float(right)) => left == right,
        (Number::Int(int), Number::Float(float)) | (Number::Float(float), Number::Int(int)) => {
            exact(int, *float)
        }
        (Number::Complex(real, imag), Number::Complex(real2, imag2)) => real == real2 && imag == imag2,
        (Number::Complex(real, imag), other) | (other, Number::Complex(real, imag)) => {
            *imag == 0.0 && numbers_equal(&Number::Float(*real), other)
        }
    }
}

/// `-value`.
pub(super) fn negative(value: &Constant) -> Option<Constant> {
    Some(match number(value)? {
        Number::Int(value) => int(-value),
        Number::Float(float) => Constant::Float(-float),
        Number::Complex(real, imag) => Constant::Complex(-real, -imag),
    })
}

/// `+value`.
pub(super) fn positive(value: &Constant) -> Option<Constant> {
    Some(match number(value)? {
        Number::Int(value) => int(value),
        Number::Float(float) => Constant::Float(float),
        Number::Complex(real, imag) => Constant::Complex(real, imag),
    })
}

/// `~value`; bools are left to the runtime, which warns of them.
pub(super) fn invert(value: &Constant) -> Option<Constant> {
    match (value, number(value)?) {
        (Constant::Bool(_), _) => None,
        (_, Number::Int(value)) => Some(int(!value)),
        _ => None,
    }
}

/// `left op right`.
pub(super) fn binary(left: &Constant, op: BinaryOp, right: &Constant) -> Option<Constant> {
    if op == BinaryOp::Subscript {
        return subscript(left, right);
    }
    match (number(left), number(right)) {
        (Some(Number::Int(a)), Some(Number::Int(b))) => {
            let both_bool = matches!((left, right), (Constant::Bool(_), Constant::Bool(_)));
            let bit =
                |result: BigInt| if both_bool { Constant::Bool(!result.is_zero()) } else { int(result) };
            match op {
                BinaryOp::And => Some(bit(a & b)),
                BinaryOp::Or => Some(bit(a | b)),
                BinaryOp::Xor => Some(bit(a ^ b)),
                _ => int_binary(&a, op, &b),
            }
        }
        (Some(Number::Complex(..)), Some(_)) | (Some(_), Some(Number::Complex(..))) => {
            complex_binary(number(left)?, op, number(right)?)
        }
        (Some(a), Some(b)) => {
            let float = |number| match number {
                Number::Int(int) => to_float(&int),
                Number::Float(float) => Some(float),
                Number::Complex(..) => None,
            };
            float_binary(float(a)?, op, float(b)?)
        }
        _ => sequence_binary(left, op, right),
    }
}

fn int_binary(a: &BigInt, op: BinaryOp, b: &BigInt) -> Option<Constant> {
    Some(match op {
        BinaryOp::Add => int(a + b),
        BinaryOp::Subtract => int(a - b),
        BinaryOp::Multiply => {
            if !a.is_zero() && !b.is_zero() && a.bits() + b.bits() > MAX_INT_BITS {
                return None;
            }
            int(a * b)
        }
        BinaryOp::FloorDivide if !b.is_zero() => int(floor_div_mod(a, b).0),
        BinaryOp::Remainder if !b.is_zero() => int(floor_div_mod(a, b).1),
        BinaryOp::TrueDivide if !b.is_zero() => Constant::Float(true_divide(a, b)?),
        BinaryOp::Power if b.is_negative() => return float_binary(to_float(a)?, op, to_float(b)?),
        BinaryOp::Power => {
            if !a.is_zero() && b.is_positive() && a.bits() > MAX_INT_BITS / b.to_u64()? {
                return None;
            }
            int(Pow::pow(a, b.to_u32().or_else(|| a.is_zero().then_some(1))?))
        }
        BinaryOp::LeftShift if !b.is_negative() => {
            let count = if a.is_zero() { 0 } else { b.to_u64().filter(|&count| count <= MAX_INT_BITS)? };
            if a.bits() > MAX_INT_BITS - count {
                return None;
            }
            int(a << count)
        }
        BinaryOp::RightShift if !b.is_negative() => int(match b.to_u64() {
            Some(count) => a >> count,
            None => BigInt::from(if a.is_negative() { -1 } else { 0 }),
        }),
        _ => return None,
    })
}

fn floor_div_mod(a: &BigInt, b: &BigInt) -> (BigInt, BigInt) {
    let (quotient, rest) = (a / b, a % b);
    if !rest.is_zero() && (rest.is_negative() != b.is_negative()) {
        (quotient - 1, rest + b)
    } else {
        (quotient, rest)
    }
}

/// The correctly rounded quotient: enough quotient bits that a sticky last one decides the rounding.
fn true_divide(a: &BigInt, b: &BigInt) -> Option<f64> {
    let negative = a.is_negative() != b.is_negative();
    let (a, b) = (a.abs(), b.abs());
    let shift = 66 + b.bits() as i64 - a.bits() as i64;
    let (a, b) = if shift > 0 { (a << shift, b) } else { (a, b << -shift) };
    let rest = &a % &b;
    let quotient = (a / b) | BigInt::from(!rest.is_zero() as u8);
    let scale = i32::try_from(-shift).ok().filter(|scale| (-900..900).contains(scale))?;
    let result = quotient.to_f64()? * 2f64.powi(scale);
    let normal = result == 0.0 || result.is_normal();
    normal.then_some(if negative { -result } else { result })
}

fn float_binary(a: f64, op: BinaryOp, b: f64) -> Option<Constant> {
    let result = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::TrueDivide if b != 0.0 => a / b,
        BinaryOp::Remainder if b != 0.0 => float_div_mod(a, b).1,
        BinaryOp::FloorDivide if b != 0.0 => float_div_mod(a, b).0,
        BinaryOp::Power => {
            // Zero to a negative power raises; a root of a negative number is complex.
            if a == 0.0 && b < 0.0 {
                return None;
            }
            if a < 0.0 && a.is_finite() && b.is_finite() && b.fract() != 0.0 {
                let (real, imag) = complex_power((a, 0.0), (b, 0.0))?;
                return Some(Constant::Complex(real, imag));
            }
            let result = a.powf(b);
            if result.is_infinite() && a.is_finite() && b.is_finite() {
                return None;
            }
            result
        }
        _ => return None,
    };
    Some(Constant::Float(result))
}

fn float_div_mod(a: f64, b: f64) -> (f64, f64) {
    let mut rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest != 0.0 {
        if (b < 0.0) != (rest < 0.0) {
            rest += b;
            quotient -= 1.0;
        }
    } else {
        rest = 0f64.copysign(b);
    }
    let floor = if quotient != 0.0 {
        let floor = quotient.floor();
        if quotient - floor > 0.5 { floor + 1.0 } else { floor }
    } else {
        0f64.copysign(a / b)
    };
    (floor, rest)
}

/// Arithmetic of complex numbers, where a real operand has no imaginary part rather than a zero one.
fn complex_binary(a: Number, op: BinaryOp, b: Number) -> Option<Constant> {
    let part = |number: Number| match number {
        Number::Int(int) => to_float(&int).map(|float| (float, None)),
        Number::Float(float) => Some((float, None)),
        Number::Complex(real, imag) => Some((real, Some(imag))),
    };
    let ((a, ai), (b, bi)) = (part(a)?, part(b)?);
    let (real, imag) = match (op, ai, bi) {
        (BinaryOp::Add, ai, bi) => (
            a + b,
            match (ai, bi) {
                (Some(ai), Some(bi)) => ai + bi,
                (ai, bi) => ai.or(bi)?,
            },
        ),
        (BinaryOp::Subtract, Some(ai), Some(bi)) => (a - b, ai - bi),
        (BinaryOp::Subtract, Some(ai), None) => (a - b, ai),
        (BinaryOp::Subtract, None, Some(bi)) => (a - b, -bi),
        (BinaryOp::Multiply, Some(ai), Some(bi)) => (a * b - ai * bi, a * bi + ai * b),
        (BinaryOp::Multiply, Some(ai), None) => (a * b, ai * b),
        (BinaryOp::Multiply, None, Some(bi)) => (a * b, a * bi),
        (BinaryOp::TrueDivide, Some(ai), None) if b != 0.0 => (a / b, ai / b),
        (BinaryOp::TrueDivide, ai, Some(bi)) if b != 0.0 || bi != 0.0 => complex_quotient(a, ai, b, bi),
        (BinaryOp::Power, ai, bi) => complex_power((a, ai.unwrap_or(0.0)), (b, bi.unwrap_or(0.0)))?,
        _ => return None,
    };
    // Infinities in products and quotients need the rules of C's Annex G, which are the runtime's business.
    let plain = matches!(op, BinaryOp::Add | BinaryOp::Subtract) || ai.is_none() != bi.is_none();
    let sure = real.is_finite() && imag.is_finite() || plain && op != BinaryOp::Power;
    sure.then_some(Constant::Complex(real, imag))
}

/// By multiplication for small integral exponents, else in polar form.
fn complex_power(base: (f64, f64), exponent: (f64, f64)) -> Option<(f64, f64)> {
    let product = |a: (f64, f64), b: (f64, f64)| (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0);
    let (real, imag) = exponent;
    let result = if imag == 0.0 && real.fract() == 0.0 && real.abs() <= 100.0 {
        let mut left = real.abs() as u32;
        let (mut power, mut result) = (base, if left > 0 { base } else { (1.0, 0.0) });
        left = left.saturating_sub(1);
        while left > 0 {
            if left & 1 != 0 {
                result = product(result, power);
            }
            left >>= 1;
            power = product(power, power);
        }
        if real > 0.0 {
            result
        } else if result == (0.0, 0.0) {
            return None;
        } else {
            complex_quotient(1.0, Some(0.0), result.0, result.1)
        }
    } else if base == (0.0, 0.0) {
        if imag != 0.0 || real < 0.0 {
            return None;
        }
        (0.0, 0.0)
    } else {
        let size = base.0.hypot(base.1);
        let angle = base.1.atan2(base.0);
        let mut length = size.powf(real);
        let mut phase = angle * real;
        if imag != 0.0 {
            length *= (-angle * imag).exp();
            phase += imag * size.ln();
        }
        (length * phase.cos(), length * phase.sin())
    };
    (result.0.is_finite() && result.1.is_finite()).then_some(result)
}

fn complex_quotient(a: f64, ai: Option<f64>, b: f64, bi: f64) -> (f64, f64) {
    if b.abs() >= bi.abs() {
        let ratio = bi / b;
        let denominator = b + bi * ratio;
        match ai {
            Some(ai) => ((a + ai * ratio) / denominator, (ai - a * ratio) / denominator),
            None => (a / denominator, (-a * ratio) / denominator),
        }
    } else {
        let ratio = b / bi;
        let denominator = b * ratio + bi;
        match ai {
            Some(ai) => ((a * ratio + ai) / denominator, (ai * ratio - a) / denominator),
            None => ((a * ratio) / denominator, -a / denominator),
        }
    }
}

fn sequence_binary(left: &Constant, op: BinaryOp, right: &Constant) -> Option<Constant> {
    match (left, op, right) {
        (Constant::Str(a), BinaryOp::Add, Constant::Str(b)) => {
            str_of_points(a.code_points().chain(b.code_points()))
        }
        (Constant::Bytes(a), BinaryOp::Add, Constant::Bytes(b)) => {
            Some(Constant::Bytes([&a[..], b].concat()))
        }
        (Constant::Tuple(a), BinaryOp::Add, Constant::Tuple(b)) => {
            Some(Constant::Tuple([&a[..], b].concat()))
        }
        (sequence, BinaryOp::Multiply, count) if number(sequence).is_none() => repeat(sequence, count),
        (count, BinaryOp::Multiply, sequence) if number(sequence).is_none() => repeat(sequence, count),
        _ => None,
    }
}

fn repeat(sequence: &Constant, count: &Constant) -> Option<Constant> {
    let Number::Int(count) = number(count)? else { return None };
    let size = match sequence {
        Constant::Str(text) => text.code_points().count(),
        Constant::Bytes(bytes) => bytes.len(),
        Constant::Tuple(items) => items.len(),
        _ => return None,
    } as i64;
    let limit = if matches!(sequence, Constant::Tuple(_)) { MAX_COLLECTION_SIZE } else { MAX_STR_SIZE };
    let count =
        if size == 0 { 0 } else { count.to_i64().filter(|&count| count >= 0 && count <= limit / size)? };
    if count != 0 && matches!(sequence, Constant::Tuple(_)) {
        complexity(sequence, MAX_TOTAL_ITEMS / count)?;
    }
    let count = count as usize;
    match sequence {
        Constant::Str(text) => str_of_points((0..count).flat_map(|_| text.code_points())),
        Constant::Bytes(bytes) => Some(Constant::Bytes(bytes.repeat(count))),
        Constant::Tuple(items) => {
            Some(Constant::Tuple((0..count).flat_map(|_| items.iter().cloned()).collect()))
        }
        _ => None,
    }
}

/// What is left of `limit` after counting the items of nested tuples; none if it does not suffice.
fn complexity(value: &Constant, mut limit: i64) -> Option<i64> {
    if let Constant::Tuple(items) = value {
        limit = limit.checked_sub(items.len() as i64).filter(|&limit| limit >= 0)?;
        for item in items {
            limit = complexity(item, limit)?;
        }
    }
    Some(limit)
}

/// A str of code points; none if two of them would merge in our encoding.
fn str_of_points(points: impl Iterator<Item = crate::CodePoint>) -> Option<Constant> {
    let mut text = Wtf8Buf::new();
    let mut after_lead = false;
    for point in points {
        if after_lead && point.to_trail_surrogate().is_some() {
            return None;
        }
        after_lead = point.to_lead_surrogate().is_some();
        text.push(point);
    }
    Some(Constant::Str(text))
}

fn subscript(container: &Constant, key: &Constant) -> Option<Constant> {
    let points = |text: &Wtf8Buf| text.code_points().collect::<Vec<_>>();
    if let Constant::Slice(parts) = key {
        return match container {
            Constant::Str(text) => {
                let points = points(text);
                str_of_points(slice_indices(parts, points.len())?.into_iter().map(|index| points[index]))
            }
            Constant::Bytes(bytes) => {
                let indices = slice_indices(parts, bytes.len())?;
                Some(Constant::Bytes(indices.into_iter().map(|index| bytes[index]).collect()))
            }
            Constant::Tuple(items) => {
                let indices = slice_indices(parts, items.len())?;
                Some(Constant::Tuple(indices.into_iter().map(|index| items[index].clone()).collect()))
            }
            _ => None,
        };
    }
    let Number::Int(index) = number(key)? else { return None };
    let index = index.to_i64()?;
    let place = |len: usize| {
        let index = if index < 0 { index.checked_add(len as i64)? } else { index };
        usize::try_from(index).ok().filter(|&index| index < len)
    };
    match container {
        Constant::Str(text) => {
            let points = points(text);
            str_of_points(std::iter::once(points[place(points.len())?]))
        }
        Constant::Bytes(bytes) => Some(Constant::Int(bytes[place(bytes.len())?].into())),
        Constant::Tuple(items) => Some(items[place(items.len())?].clone()),
        _ => None,
    }
}

/// The indices that a slice selects from a sequence of `len` items.
fn slice_indices(parts: &[Constant; 3], len: usize) -> Option<Vec<usize>> {
    let len = len as i64;
    let part = |value: &Constant| match value {
        Constant::None => Some(None),
        Constant::Bool(bool) => Some(Some(i64::from(*bool))),
        Constant::Int(int) if int.unsigned_abs() < 1 << 60 => Some(Some(*int)),
        _ => None,
    };
    let step = part(&parts[2])?.unwrap_or(1);
    if step == 0 {
        return None;
    }
    let (lowest, highest) = if step > 0 { (0, len) } else { (-1, len - 1) };
    let clamp = |value: i64| (if value < 0 { value + len } else { value }).clamp(lowest, highest);
    let start = part(&parts[0])?.map_or(if step > 0 { lowest } else { highest }, clamp);
    let stop = part(&parts[1])?.map_or(if step > 0 { highest } else { lowest }, clamp);
    let mut indices = Vec::new();
    let mut index = start;
    while if step > 0 { index < stop } else { index > stop } {
        indices.push(index as usize);
        index += step;
    }
    Some(indices)
}
