//! Functions of ints.

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use runtime::error::{Result, overflow_error, value_error};
use runtime::types::int;
use runtime::types::int_methods::operand::{IntRef, check_room, exact, operand};
use runtime::{Thread, Value, ops};

/// `math.factorial(n)`
pub(super) fn factorial(thread: &mut Thread, n: &Value) -> Result<Value> {
    let n = ops::index(thread, n)?;
    if int::is_negative(&n) {
        return Err(value_error("factorial() not defined for negative values"));
    }
    let Some(n) = int::to_i64(&n) else {
        return Err(overflow_error(format!("factorial() argument should not exceed {}", i64::MAX)));
    };
    let product = product_of_range(thread, 1, n as u64)?;
    int::from_bigint(thread, product.into())
}

/// About how many bits the product of the numbers from `first` to `last` has, at most.
fn bits_of_range(first: u64, last: u64) -> u64 {
    (last - first + 1).saturating_mul(u64::from(u64::BITS - last.leading_zeros()))
}

/// The product of the numbers from `first` to `last`, by halves so that the factors grow alike.
fn product_of_range(thread: &mut Thread, first: u64, last: u64) -> Result<BigUint> {
    if last < first {
        return Ok(BigUint::from(1u8));
    }
    check_room(bits_of_range(first, last))?;
    ops::memory_poll(thread)?;
    if last - first < 16 {
        let mut product = BigUint::from(1u8);
        let mut small = 1u64;
        for n in first..=last {
            match small.checked_mul(n) {
                Some(more) => small = more,
                None => {
                    product *= small;
                    small = n;
                }
            }
        }
        return Ok(product * small);
    }
    // The depth is that of a binary tree over 64-bit numbers.
    let middle = first + (last - first) / 2;
    Ok(product_of_range(thread, first, middle)? * product_of_range(thread, middle + 1, last)?)
}

/// `n * (n - 1) * ...`, `k` factors, of which none is negative.
fn falling(thread: &mut Thread, n: &BigInt, k: u64) -> Result<BigInt> {
    if let Ok(n) = u64::try_from(n) {
        // `k` is no larger.
        return Ok(if k == 0 { BigInt::from(1) } else { product_of_range(thread, n - k + 1, n)?.into() });
    }
    check_room(n.bits().saturating_mul(k))?;
    let mut product = BigInt::from(1);
    let mut factor = n.clone();
    for _ in 0..k {
        product *= &factor;
        factor -= 1;
        ops::memory_poll(thread)?;
    }
    Ok(product)
}

fn not_negative(name: &str, value: &Value) -> Result<()> {
    if int::is_negative(value) {
        return Err(value_error(format!("{name} must be a non-negative integer")));
    }
    Ok(())
}

/// `math.perm(n, k)`
pub(super) fn permutations(thread: &mut Thread, n: &Value, k: Option<&Value>) -> Result<Value> {
    let Some(k) = k else { return factorial(thread, n) };
    let n = ops::index(thread, n)?;
    let k = ops::index(thread, k)?;
    not_negative("n", &n)?;
    not_negative("k", &k)?;
    let (n, big_k) = (int::to_bigint(&n).unwrap_or_default(), int::to_bigint(&k).unwrap_or_default());
    if n < big_k {
        return int::from_i64(thread, 0);
    }
    let Some(k) = int::to_i64(&k) else {
        return Err(overflow_error(format!("k must not exceed {}", i64::MAX)));
    };
    let product = falling(thread, &n, k as u64)?;
    int::from_bigint(thread, product)
}

/// `math.comb(n, k)`
pub(super) fn combinations(thread: &mut Thread, n: &Value, k: &Value) -> Result<Value> {
    let n = ops::index(thread, n)?;
    let k = ops::index(thread, k)?;
    not_negative("n", &n)?;
    not_negative("k", &k)?;
    let (n, k) = (int::to_bigint(&n).unwrap_or_default(), int::to_bigint(&k).unwrap_or_default());
    if n < k {
        return int::from_i64(thread, 0);
    }
    let other = &n - &k;
    let Ok(k) = i64::try_from(k.min(other)) else {
        return Err(overflow_error(format!("min(n - k, k) must not exceed {}", i64::MAX)));
    };
    let k = k as u64;
    if let Ok(n) = u64::try_from(&n)
        && let Some(small) = small_combinations(n, k)
    {
        return int::from_i128(thread, small.into());
    }
    let ways = falling(thread, &n, k)? / BigInt::from(product_of_range(thread, 1, k)?);
    int::from_bigint(thread, ways)
}

/// Where no product on the way is wider than a machine word.
fn small_combinations(n: u64, k: u64) -> Option<u64> {
    let mut ways = 1u64;
    for i in 0..k.min(65) {
        // Always exact: `i + 1` neighbours have been multiplied.
        ways = ways.checked_mul(n - i)? / (i + 1);
    }
    (k <= 64).then_some(ways)
}

/// `math.gcd(*integers)`
pub(super) fn gcd(thread: &mut Thread, integers: &[Value]) -> Result<Value> {
    fold(thread, integers, 0, gcd_u64, |a, b| a.gcd(b))
}

fn gcd_u64(a: u64, b: u64) -> Option<u64> {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    Some(a)
}

/// `math.lcm(*integers)`
pub(super) fn lcm(thread: &mut Thread, integers: &[Value]) -> Result<Value> {
    fold(
        thread,
        integers,
        1,
        |a, b| if a == 0 || b == 0 { Some(0) } else { (a / gcd_u64(a, b)?).checked_mul(b) },
        |a, b| a.lcm(b),
    )
}

/// Folds magnitudes, in machine words as long as they fit.
fn fold(
    thread: &mut Thread,
    integers: &[Value],
    start: u64,
    small: fn(u64, u64) -> Option<u64>,
    big: fn(&BigInt, &BigInt) -> BigInt,
) -> Result<Value> {
    let mut result: std::result::Result<u64, BigInt> = Ok(start);
    for integer in integers {
        let integer = ops::index(thread, integer)?;
        let magnitude = match operand(&integer) {
            Some(IntRef::Small(small)) => Ok(small.unsigned_abs()),
            Some(IntRef::Big(big)) => Err(BigInt::from(big.magnitude().clone())),
            None => continue,
        };
        result = match (result, magnitude) {
            (Ok(a), Ok(b)) => small(a, b).ok_or_else(|| big(&a.into(), &b.into())),
            (a, b) => {
                let widen = |n: std::result::Result<u64, BigInt>| n.map_or_else(|big| big, BigInt::from);
                let folded = big(&widen(a), &widen(b));
                u64::try_from(&folded).map_err(|_| folded)
            }
        };
        ops::memory_poll(thread)?;
    }
    match result {
        Ok(small) => int::from_i128(thread, small.into()),
        Err(big) => int::from_bigint(thread, big),
    }
}

/// `math.isqrt(n)`
pub(super) fn integer_root(thread: &mut Thread, n: &Value) -> Result<Value> {
    let n = ops::index(thread, n)?;
    if int::is_negative(&n) {
        return Err(value_error("isqrt() argument must be nonnegative"));
    }
    match operand(&n) {
        Some(IntRef::Small(small)) => int::from_i64(thread, small.isqrt()),
        Some(IntRef::Big(big)) => int::from_bigint(thread, big.sqrt()),
        None => exact(thread, &n),
    }
}
