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
    if base == 10
        && let Some(small) = text.latin1().and_then(plain)
    {
        return Ok(Int::Small(small));
    }
    parse_ascii(&to_ascii_digits(text), base, limit, &|| repr::str_repr(text).view().to_string_lossy())
}

/// `int(text, base)` for bytes.
pub fn parse_bytes(text: &[u8], base: u32, limit: usize) -> Result<Int> {
    parse_ascii(text, base, limit, &|| repr::bytes_repr(text))
}

/// The number that a sign and a few decimal digits are, and nothing else.
fn plain(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut value = 0;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if negative { -value } else { value })
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

/// Room for the decimal digits of a small int, and a sign.
pub const SMALL_DECIMAL: usize = 20;

/// The decimal digits of a small int, with a sign where it is negative.
pub fn small_decimal(value: i64, buffer: &mut [u8; SMALL_DECIMAL]) -> &[u8] {
    let mut rest = value.unsigned_abs();
    let mut start = buffer.len();
    loop {
        start -= 1;
        buffer[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        start -= 1;
        buffer[start] = b'-';
    }
    &buffer[start..]
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
    let text = match few_limbs(value) {
        Some(text) => text,
        None => value.to_string(),
    };
    if limit > 0 && text.len() - usize::from(text.starts_with('-')) > limit {
        return Err(refused());
    }
    Ok(text)
}

/// So many decimal digits at a time: the largest power of ten that fits 64 bits, the highest of which is set.
const CHUNK: u64 = 10_000_000_000_000_000_000;
const CHUNK_DIGITS: usize = 19;
/// `2**128 / CHUNK - 2**64`, rounded down: with it a division is two multiplications.
const RECIPROCAL: u64 = (u128::MAX / CHUNK as u128 - (1 << 64)) as u64;

/// Quotient and remainder of `high * 2**64 + low` by [`CHUNK`], where `high` is less than that (Möller and Granlund, "Improved
/// division by invariant integers", algorithm 4).
#[inline]
fn divide_by_chunk(high: u64, low: u64) -> (u64, u64) {
    let estimate = u128::from(RECIPROCAL) * u128::from(high) + (u128::from(high) << 64 | u128::from(low));
    let (mut quotient, below) = (((estimate >> 64) as u64).wrapping_add(1), estimate as u64);
    let mut rest = low.wrapping_sub(quotient.wrapping_mul(CHUNK));
    if rest > below {
        quotient = quotient.wrapping_sub(1);
        rest = rest.wrapping_add(CHUNK);
    }
    if rest >= CHUNK {
        quotient = quotient.wrapping_add(1);
        rest -= CHUNK;
    }
    (quotient, rest)
}

/// The decimal digits of an int of a few machine words, in one pass for each nineteen of them.
fn few_limbs(value: &BigInt) -> Option<String> {
    const MOST: usize = 32;
    const ROOM: usize = MOST * 64 * 31 / 100 + CHUNK_DIGITS + 1; // a bit is less than 0.302 digits; a sign
    let mut limbs = [0; MOST];
    let mut used = 0;
    for limb in value.iter_u64_digits() {
        *limbs.get_mut(used)? = limb;
        used += 1;
    }
    let mut buffer = [b'0'; ROOM];
    let mut start = ROOM;
    while used > 0 {
        let mut rest = 0;
        for limb in limbs[..used].iter_mut().rev() {
            (*limb, rest) = divide_by_chunk(rest, *limb);
        }
        while used > 0 && limbs[used - 1] == 0 {
            used -= 1;
        }
        let chunk = start;
        while rest > 0 {
            start -= 1;
            buffer[start] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        if used > 0 {
            start = chunk - CHUNK_DIGITS; // zeros in front belong to it
        }
    }
    if start == ROOM {
        start -= 1;
    }
    if value.sign() == Sign::Minus {
        start -= 1;
        buffer[start] = b'-';
    }
    std::str::from_utf8(&buffer[start..]).ok().map(str::to_owned)
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
    use crate::chars::View;

    #[test]
    fn bytes_are_shown_as_bytes() {
        let error = parse_bytes(b"\xff", 10, 0).unwrap_err();
        assert_eq!(error.message, "invalid literal for int() with base 10: b'\\xff'");
        assert_eq!(parse_bytes(b" -0x10 ", 0, 0), Ok(Int::Small(-16)));
    }

    #[test]
    fn decimal_digits_of_a_few_words_are_those_of_many() {
        let mut numbers: Vec<BigInt> = (0..2300u32).step_by(7).map(|bits| BigInt::from(1) << bits).collect();
        numbers.extend((0..40).map(|power| BigInt::from(10).pow(19 * power)));
        for number in numbers {
            for near in [&number - 1, number.clone(), -&number, number * 0x1234_5678_9abc_def1u64 + 1] {
                assert_eq!(to_decimal(&near, 0).as_deref(), Ok(near.to_string().as_str()));
            }
        }
    }

    #[test]
    fn plain_digits_are_read_at_once() {
        for text in [
            "0",
            "-0",
            "+12",
            "-999999999999999999",
            "007",
            "",
            "-",
            "1_0",
            " 1",
            "1 ",
            "12x",
            "1234567890123456789",
        ] {
            let slow = parse_bytes(text.as_bytes(), 10, 0);
            let fast = parse(&View::Latin1(text.as_bytes()), 10, 0);
            assert_eq!(fast.is_ok(), slow.is_ok(), "{text}");
            assert!(fast.is_err() || fast == slow, "{text}");
        }
    }

    #[test]
    fn floats_that_are_too_large_are_errors() {
        let big = BigInt::from(1) << 1024;
        assert_eq!(IntRef::Big(&big).to_f64().unwrap_err().message, "int too large to convert to float");
        assert_eq!(IntRef::Big(&(BigInt::from(1) << 1023)).to_f64(), Ok(2f64.powi(1023)));
    }
}
