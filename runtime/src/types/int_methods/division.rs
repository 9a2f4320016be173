//! Quotients that are shorter than their divisors, from the first digits of both numbers.
//!
//! The library divides all digits of large numbers by each other. What is needed for a quotient of `m` bits is far less: let
//! `a'` and `b'` be what is left of `a` and `b` without their last `s` bits. Then `a < (a' + 1) * 2^s` and `b >= b' * 2^s`, so
//! that `a // b` is at most `q = a' // b'`; and as `a >= a' * 2^s` and `b < (b' + 1) * 2^s`, it is `q` whenever
//! `q * (b' + 1) <= a'`. If `b'` has `n` bits more than `q`, that fails about once in `2^n` times, and `a // b` is then `q` or
//! `q - 1`: the product with the whole divisor tells.

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;

/// How many bits of the divisor are looked at beyond those of the quotient.
const GUARD_BITS: u64 = 64;

/// By how many bits a divisor is longer than what is looked at of it, before the copies of that are worth making: below it,
/// the library's way for short numbers is as good.
const WORTH_CUTTING_BITS: u64 = 1024;

/// The quotient as far as the first digits tell.
struct Estimate {
    /// The quotient, or one more.
    quotient: BigUint,
    /// Whether it is the quotient.
    certain: bool,
}

/// Estimates `a // b`; `None` where the whole numbers are to be divided. `b` is not zero.
fn estimate(a: &BigUint, b: &BigUint) -> Option<Estimate> {
    let (long, short) = (a.bits(), b.bits());
    let Some(difference) = long.checked_sub(short) else {
        return Some(Estimate { quotient: BigUint::ZERO, certain: true });
    };
    if long <= 128 {
        let quotient = window(a, 128) / window(b, 128);
        return Some(Estimate { quotient: quotient.into(), certain: true });
    }
    if difference < GUARD_BITS - 1 {
        let (a, b) = (window(a, long), window(b, long));
        let quotient = a / b;
        let certain =
            b.checked_add(1).and_then(|more| quotient.checked_mul(more)).is_some_and(|least| least <= a);
        return Some(Estimate { quotient: quotient.into(), certain });
    }
    let looked_at = difference + 1 + GUARD_BITS;
    if short < looked_at + difference + WORTH_CUTTING_BITS {
        return None;
    }
    // Whole digits are cut off, so that nothing is shifted.
    let cut = (short - looked_at) / 64 * 64;
    let (quotient, rest) = (a >> cut).div_rem(&(b >> cut));
    let certain = quotient <= rest;
    Some(Estimate { quotient, certain })
}

/// The 128 bits of `number` below bit `end`, above which it has none. `end` is at least 128.
fn window(number: &BigUint, end: u64) -> u128 {
    let mut digits = number.iter_u64_digits();
    let mut digit = |index: usize| {
        let there = digits.len() == index + 1;
        u128::from(if there { digits.next_back().unwrap_or(0) } else { 0 })
    };
    let last = ((end - 1) / 64) as usize;
    let used = (end - 1) % 64 + 1;
    let high = digit(last) << 64 | digit(last - 1);
    if used == 64 { high } else { high << (64 - used) | digit(last - 2) >> used }
}

/// `a // b` of magnitudes. `b` is not zero.
fn quotient(a: &BigUint, b: &BigUint) -> BigUint {
    match estimate(a, b) {
        Some(Estimate { quotient, certain: true }) => quotient,
        Some(Estimate { quotient, certain: false }) => {
            if &quotient * b > *a {
                quotient - 1u8
            } else {
                quotient
            }
        }
        None => a / b,
    }
}

/// Quotient and rest of magnitudes. `b` is not zero.
pub(super) fn quotient_and_rest(a: &BigUint, b: &BigUint) -> (BigUint, BigUint) {
    let Some(Estimate { quotient, certain }) = estimate(a, b) else { return a.div_rem(b) };
    let product = match u64::try_from(&quotient) {
        Ok(0) => return (quotient, a.clone()),
        Ok(digit) => b * digit,
        Err(_) => b * &quotient,
    };
    if !certain && product > *a {
        return (quotient - 1u8, a - (product - b));
    }
    (quotient, a - product)
}

/// `a // b`, rounded down. `b` is not zero.
pub(super) fn floor_quotient(a: &BigInt, b: &BigInt) -> BigInt {
    if a.sign() == b.sign() {
        return quotient(a.magnitude(), b.magnitude()).into();
    }
    let (quotient, rest) = quotient_and_rest(a.magnitude(), b.magnitude());
    -BigInt::from(if rest == BigUint::ZERO { quotient } else { quotient + 1u8 })
}

/// `a % b`, with the sign of `b`. `b` is not zero.
pub(super) fn floor_rest(a: &BigInt, b: &BigInt) -> BigInt {
    floor_divmod(a, b).1
}

/// `divmod(a, b)`, rounded down. `b` is not zero.
pub(super) fn floor_divmod(a: &BigInt, b: &BigInt) -> (BigInt, BigInt) {
    let (quotient, rest) = quotient_and_rest(a.magnitude(), b.magnitude());
    let of_sign =
        |rest| BigInt::from_biguint(if b.sign() == Sign::Minus { Sign::Minus } else { Sign::Plus }, rest);
    if a.sign() == b.sign() || a.sign() == Sign::NoSign {
        (quotient.into(), of_sign(rest))
    } else if rest == BigUint::ZERO {
        (-BigInt::from(quotient), of_sign(rest))
    } else {
        (-BigInt::from(quotient + 1u8), of_sign(b.magnitude() - rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers around which estimates are wrong: all bits set, one bit set, and one more or less.
    fn edges() -> Vec<BigInt> {
        let mut numbers = Vec::new();
        for bits in [1u32, 62, 63, 64, 65, 126, 127, 128, 129, 190, 192, 193, 700, 1500, 2700, 5400] {
            for offset in -1..=1 {
                numbers.push((BigInt::from(1) << bits) + offset);
            }
        }
        numbers.push(BigInt::from(3).pow(1700));
        numbers
    }

    fn check(a: &BigInt, b: &BigInt) {
        let (quotient, rest) = a.div_mod_floor(b);
        assert_eq!(floor_quotient(a, b), quotient, "{a} // {b}");
        assert_eq!(floor_rest(a, b), rest, "{a} % {b}");
        assert_eq!(floor_divmod(a, b), (quotient, rest), "divmod({a}, {b})");
    }

    #[test]
    fn divisions_agree_with_the_library() {
        for a in edges() {
            for b in edges().into_iter().filter(|b| b.sign() == Sign::Plus) {
                for (a, b) in [(a.clone(), b.clone()), (-&a, b.clone()), (a.clone(), -&b), (-&a, -&b)] {
                    check(&a, &b);
                }
            }
        }
    }

    #[test]
    fn quotients_whose_estimate_is_one_too_large_are_found() {
        for b in edges().into_iter().filter(|b| b.sign() == Sign::Plus) {
            for quotient in edges() {
                for offset in -1..=1 {
                    check(&(&b * &quotient + offset), &b);
                    check(&(&b * -&quotient + offset), &b);
                }
            }
        }
    }
}
