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
    match precision {
        Precision::Shortest => shortest(value),
        Precision::Significant(count) => scientific(&format!("{value:.*e}", count.clamp(1, ENOUGH) - 1)),
        Precision::Fraction(count) if count >= 0 => {
            fixed(&format!("{value:.*}", count.min(ENOUGH as i64) as usize))
        }
        Precision::Fraction(count) => to_the_left(value, count),
    }
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
