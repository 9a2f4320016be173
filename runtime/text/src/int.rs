//! Ints from text and back, in any base.

use crate::chars::Chars;
use crate::error::{Error, Result};
use crate::repr;
use crate::unicode::{is_ascii_space, to_ascii_digits};
use num_bigint::{BigInt, BigUint, Sign};
use num_traits::ToPrimitive;

/// More decimal digits than this (`sys.int_info.default_max_str_digits`) are refused unless the program asks for more.
pub const DEFAULT_MAX_STR_DIGITS: usize = 4300;
/// The smallest limit that `sys.set_int_max_str_digits` takes, 0 aside.
pub const MIN_MAX_STR_DIGITS: usize = 640;

/// An int of either size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Int {
    /// Fits a machine word.
    Small(i64),
    /// Does not.
    Big(BigInt),
}

impl From<BigInt> for Int {
    fn from(value: BigInt) -> Int {
        match value.to_i64() {
            Some(small) => Int::Small(small),
            None => Int::Big(value),
        }
    }
}

impl From<Int> for BigInt {
    fn from(value: Int) -> BigInt {
        match value {
            Int::Small(small) => small.into(),
            Int::Big(big) => big,
        }
    }
}

/// `int(text, base)` for a string; `limit` is the number of digits allowed (0: any) where the base is no power of two.
pub fn parse(text: &impl Chars, base: u32, limit: usize) -> Result<Int> {
    parse_ascii(&to_ascii_digits(text), base, limit, &|| repr::str_repr(text).view().to_string_lossy())
}

/// `int(text, base)` for bytes.
pub fn parse_bytes(text: &[u8], base: u32, limit: usize) -> Result<Int> {
    parse_ascii(text, base, limit, &|| repr::bytes_repr(text))
}

fn parse_ascii(text: &[u8], base: u32, limit: usize, shown: &dyn Fn() -> String) -> Result<Int> {
    if base == 1 || base > 36 {
        return Err(Error::value("int() base must be >= 2 and <= 36, or 0"));
    }
    let invalid = || {
        let shown: String = shown().chars().take(200).collect();
        Error::value(format!("invalid literal for int() with base {base}: {shown}"))
    };
    let start = text.iter().position(|&b| !is_ascii_space(b)).ok_or_else(invalid)?;
    let end = text.iter().rposition(|&b| !is_ascii_space(b)).map_or(0, |last| last + 1);
    let mut rest = &text[start..end];
    let negative = rest.first() == Some(&b'-');
    if matches!(rest.first(), Some(b'+' | b'-')) {
        rest = &rest[1..];
    }
    let literal = Literal::of(rest, base).ok_or_else(invalid)?;
    let digits = literal.digits().ok_or_else(invalid)?;
    if limit > 0 && digits.len() > limit && !literal.base.is_power_of_two() {
        return Err(too_many_digits(digits.len(), limit));
    }
    Ok(value(&digits, literal.base, negative))
}

/// The message for text of too many digits.
pub fn too_many_digits(count: usize, limit: usize) -> Error {
    Error::value(format!(
        "Exceeds the limit ({limit} digits) for integer string conversion: value has {count} digits; use \
         sys.set_int_max_str_digits() to increase the limit"
    ))
}

/// Digits behind the prefix that gave them their base.
struct Literal<'a> {
    base: u32,
    text: &'a [u8],
    /// Whether a prefix was cut off, after which an underscore may stand.
    prefixed: bool,
    /// Base 0 without a prefix takes no leading zeros, but for zero itself.
    strict_zero: bool,
}

impl<'a> Literal<'a> {
    fn of(text: &'a [u8], base: u32) -> Option<Literal<'a>> {
        let named = match text {
            [b'0', letter, ..] => match letter | 0x20 {
                b'x' => 16,
                b'o' => 8,
                b'b' => 2,
                _ => 0,
            },
            _ => 0,
        };
        if named != 0 && (base == 0 || base == named) {
            return Some(Literal { base: named, text: &text[2..], prefixed: true, strict_zero: false });
        }
        let strict_zero = base == 0;
        Some(Literal { base: if base == 0 { 10 } else { base }, text, prefixed: false, strict_zero })
    }

    /// The digits' values; `None` where they are not well formed.
    fn digits(&self) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(self.text.len());
        let mut after_digit = self.prefixed;
        for &b in self.text {
            if b == b'_' {
                if !after_digit {
                    return None;
                }
                after_digit = false;
                continue;
            }
            let digit = (b as char).to_digit(36).filter(|&digit| digit < self.base)?;
            out.push(digit as u8);
            after_digit = true;
        }
        if out.is_empty() || !after_digit {
            return None;
        }
        if self.strict_zero && out[0] == 0 && out.iter().any(|&digit| digit != 0) {
            return None;
        }
        Some(out)
    }
}

fn value(digits: &[u8], base: u32, negative: bool) -> Int {
    // Twelve digits of base 36 and more of a smaller one fit 64 bits.
    if digits.len() <= 12 {
        let value = digits.iter().fold(0i64, |sum, &digit| sum * i64::from(base) + i64::from(digit));
        return Int::Small(if negative { -value } else { value });
    }
    let magnitude = BigUint::from_radix_be(digits, base).unwrap_or_default();
    BigInt::from_biguint(if negative { Sign::Minus } else { Sign::Plus }, magnitude).into()
}

/// The digits of `value` in a base from 2 to 36, with a sign and without a prefix.
pub fn to_string_radix(value: &BigInt, base: u32) -> String {
    value.to_str_radix(base)
}

/// `str(value)`, unless that has more than `limit` digits (0: any number).
pub fn to_decimal(value: &BigInt, limit: usize) -> Result<String> {
    let refused = || {
        Error::value(format!(
            "Exceeds the limit ({limit} digits) for integer string conversion; use sys.set_int_max_str_digits() to \
             increase the limit"
        ))
    };
    // Over 3.33 bits a digit: seen before the conversion, which is what costs.
    if limit > 0 && value.bits() as f64 > (limit as f64 + 1.0) * std::f64::consts::LOG2_10 {
        return Err(refused());
    }
    let text = value.to_string();
    if limit > 0 && text.len() - usize::from(text.starts_with('-')) > limit {
        return Err(refused());
    }
    Ok(text)
}

/// A borrowed int of either size.
#[derive(Clone, Copy, Debug)]
pub enum IntRef<'a> {
    /// Fits a machine word.
    Small(i64),
    /// May not.
    Big(&'a BigInt),
}

impl<'a> From<&'a Int> for IntRef<'a> {
    fn from(value: &'a Int) -> IntRef<'a> {
        match value {
            Int::Small(small) => IntRef::Small(*small),
            Int::Big(big) => IntRef::Big(big),
        }
    }
}

impl IntRef<'_> {
    /// Whether the int is below zero.
    pub fn is_negative(self) -> bool {
        match self {
            IntRef::Small(small) => small < 0,
            IntRef::Big(big) => big.sign() == Sign::Minus,
        }
    }

    /// The digits of the absolute value in base 2, 8, 10 or 16; base 10 keeps to `limit` digits (0: any number).
    pub fn digits(self, base: u32, limit: usize) -> Result<String> {
        Ok(match (self, base) {
            (IntRef::Small(small), 2) => format!("{:b}", small.unsigned_abs()),
            (IntRef::Small(small), 8) => format!("{:o}", small.unsigned_abs()),
            (IntRef::Small(small), 16) => format!("{:x}", small.unsigned_abs()),
            (IntRef::Small(small), _) => small.unsigned_abs().to_string(),
            (IntRef::Big(big), 10) => {
                let mut text = to_decimal(big, limit)?;
                if text.starts_with('-') {
                    text.remove(0);
                }
                text
            }
            (IntRef::Big(big), _) => big.magnitude().to_str_radix(base),
        })
    }

    /// The nearest float.
    pub fn to_f64(self) -> Result<f64> {
        let value = match self {
            IntRef::Small(small) => small as f64,
            IntRef::Big(big) => big.to_f64().unwrap_or(f64::INFINITY),
        };
        if value.is_infinite() {
            return Err(Error::overflow("int too large to convert to float"));
        }
        Ok(value)
    }

    /// The value where it is a code point.
    pub fn to_code_point(self) -> Option<u32> {
        let small = match self {
            IntRef::Small(small) => small,
            IntRef::Big(big) => big.to_i64()?,
        };
        u32::try_from(small).ok().filter(|&code| code <= 0x10ffff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_as_bytes() {
        let error = parse_bytes(b"\xff", 10, 0).unwrap_err();
        assert_eq!(error.message, "invalid literal for int() with base 10: b'\\xff'");
        assert_eq!(parse_bytes(b" -0x10 ", 0, 0), Ok(Int::Small(-16)));
    }

    #[test]
    fn floats_that_are_too_large_are_errors() {
        let big = BigInt::from(1) << 1024;
        assert_eq!(IntRef::Big(&big).to_f64().unwrap_err().message, "int too large to convert to float");
        assert_eq!(IntRef::Big(&(BigInt::from(1) << 1023)).to_f64(), Ok(2f64.powi(1023)));
    }
}
