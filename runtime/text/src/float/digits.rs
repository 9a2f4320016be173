//! The decimal digits of a float.

/// How many digits are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// As few as read back as the same float.
    Shortest,
    /// So many significant digits, at least one.
    Significant(usize),
    /// So many after the decimal point; negative counts from the point to the left.
    Fraction(i64),
}

/// A float's absolute value as `0.DIGITS * 10**point`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// ASCII digits without leading or trailing zeros; none at all where the value rounds to zero.
    pub digits: Vec<u8>,
    /// How many digits stand before the decimal point.
    pub point: i64,
}

/// No double has more digits than this before only zeros follow, in either way of counting.
const ENOUGH: usize = 1100;

/// The digits of `|value|`, which must be finite.
pub fn decimal(value: f64, precision: Precision) -> Decimal {
    let value = value.abs();
    if value == 0.0 {
        return Decimal { digits: Vec::new(), point: 1 };
    }
    if let Precision::Fraction(count) = precision
        && let Some(rounded) = scaled(value, count)
    {
        let digits = rounded.to_string().into_bytes();
        let point = digits.len() as i64 - count;
        return trimmed(if rounded == 0 { Vec::new() } else { digits }, point);
    }
    match precision {
        Precision::Shortest => shortest(value),
        Precision::Significant(count) => scientific(&format!("{value:.*e}", count.clamp(1, ENOUGH) - 1)),
        Precision::Fraction(count) if count >= 0 => {
            fixed(&format!("{value:.*}", count.min(ENOUGH as i64) as usize))
        }
        Precision::Fraction(count) => to_the_left(value, count),
    }
}

/// `|value| * 10**count`, rounded to an integer, and to an even one from the middle; `None` where it takes more than machine
/// words to tell: for very many digits, and for values that are very large or very small.
pub(crate) fn scaled(value: f64, count: i64) -> Option<u64> {
    const MOST: i64 = 22; // the mantissa has 53 bits, and 10**22 has 74
    if !(0..=MOST).contains(&count) {
        return None;
    }
    let bits = value.to_bits();
    let biased = (bits >> 52 & 0x7ff) as i32;
    let exponent = biased - 1075;
    if biased == 0 || !(-127..=0).contains(&exponent) {
        return None;
    }
    let mantissa = u128::from(bits & ((1 << 52) - 1) | 1 << 52);
    let exact = mantissa * 10u128.pow(count as u32);
    let shift = exponent.unsigned_abs();
    let whole = exact >> shift;
    let rest = exact - (whole << shift);
    let half = if shift == 0 { 1 } else { 1 << (shift - 1) };
    let up = rest > half || (rest == half && whole & 1 == 1);
    u64::try_from(whole + u128::from(up)).ok()
}

/// The shortest digits that read back, the nearest of them, and the even one of two that are equally near.
fn shortest(value: f64) -> Decimal {
    let text = format!("{value:e}");
    let found = scientific(&text);
    // The standard library takes the larger of two. Only values of many digits can lie in the middle.
    if found.digits.len() >= 15 {
        let even = format!("{value:.*e}", found.digits.len() - 1);
        if even != text && even.parse() == Ok(value) {
            return scientific(&even);
        }
    }
    found
}

fn scientific(text: &str) -> Decimal {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let digits: Vec<u8> = mantissa.bytes().filter(|&b| b != b'.').collect();
    trimmed(digits, exponent.parse::<i64>().unwrap_or(0) + 1)
}

fn fixed(text: &str) -> Decimal {
    let point = text.find('.').unwrap_or(text.len());
    let digits: Vec<u8> = text.bytes().filter(|&b| b != b'.').collect();
    let zeros = digits.iter().take_while(|&&b| b == b'0').count();
    trimmed(digits[zeros..].to_vec(), point as i64 - zeros as i64)
}

fn trimmed(mut digits: Vec<u8>, point: i64) -> Decimal {
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    let point = if digits.is_empty() { 1 } else { point };
    Decimal { digits, point }
}

/// Round at a place left of the decimal point.
fn to_the_left(value: f64, count: i64) -> Decimal {
    // The exact digits say both how many of them stay and, where none does, on which side of a half the value is.
    let exact = scientific(&format!("{value:.ENOUGH$e}"));
    match exact.point + count {
        keep if keep > 0 => decimal(value, Precision::Significant(keep as usize)),
        0 if exact.digits.as_slice() > b"5".as_slice() => {
            Decimal { digits: vec![b'1'], point: exact.point + 1 }
        }
        _ => Decimal { digits: Vec::new(), point: 1 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_words_round_as_the_exact_digits_do() {
        let values =
            [0.5, 1.5, 2.5, 0.125, 2.675, 1e15, 0.1, 1.005, 123456.789, 1e-5, 4.35, 9.995, 0.05, 1e22, 7e-20];
        for value in values {
            for count in 0..=22 {
                let Some(rounded) = scaled(value, count) else { continue };
                let text = format!("{value:.*}", count as usize).replace('.', "");
                assert_eq!(Ok(rounded), text.parse::<u64>(), "{value} at {count}");
            }
        }
        assert_eq!(scaled(2.5, 0), Some(2));
        assert_eq!(scaled(0.125, 2), Some(12));
        assert_eq!(scaled(f64::MAX, 0), None);
        assert_eq!(scaled(f64::MIN_POSITIVE, 3), None);
    }
}
