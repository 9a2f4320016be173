//! The layouts of `repr` and of the conversions e, f, g and their like.

use super::digits::{Decimal, Precision, decimal, scaled};

/// A layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// With an exponent, always.
    Exponent,
    /// Without one.
    Fixed,
    /// Whichever is shorter, for so many significant digits.
    General,
    /// As `repr`: the shortest digits that read back; the precision is not used.
    Repr,
}

/// How to lay out, beside [`Code`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Keep the decimal point and trailing zeros (`#`).
    pub alternate: bool,
    /// Write at least `.0` where there is no exponent.
    pub point_zero: bool,
    /// `+` before what is not negative.
    pub plus: bool,
    /// `-0` is written as `0` (`z`).
    pub no_negative_zero: bool,
    /// Capital letters in exponents, `INF` and `NAN`.
    pub upper: bool,
}

/// `repr(value)`
pub fn repr(value: f64) -> String {
    format(value, Code::Repr, 0, Style { point_zero: true, ..Style::default() })
}

/// Lay out `value` with `precision` digits.
pub fn format(value: f64, code: Code, precision: usize, style: Style) -> String {
    let negative = value.is_sign_negative();
    if !value.is_finite() {
        let sign = match () {
            () if value.is_infinite() && negative => "-",
            () if style.plus => "+",
            () => "",
        };
        let name = match (value.is_nan(), style.upper) {
            (true, false) => "nan",
            (true, true) => "NAN",
            (false, false) => "inf",
            (false, true) => "INF",
        };
        return format!("{sign}{name}");
    }
    if code == Code::Fixed && precision <= SHORT && !style.no_negative_zero {
        return fixed(value, precision, style);
    }
    let precision = if code == Code::General { precision.max(1) } else { precision };
    let wanted = match code {
        Code::Exponent => Precision::Significant(precision.saturating_add(1)),
        Code::Fixed => Precision::Fraction(i64::try_from(precision).unwrap_or(i64::MAX)),
        Code::General => Precision::Significant(precision),
        Code::Repr => Precision::Shortest,
    };
    let digits = decimal(value, wanted);
    let mut out = String::new();
    if negative && !(style.no_negative_zero && digits.digits.is_empty()) {
        out.push('-');
    } else if style.plus {
        out.push('+');
    }
    lay_out(&mut out, digits, code, precision, style);
    out
}

/// Up to here the standard library lays out as Python does, and it does so at once.
const SHORT: usize = 1000;

fn fixed(value: f64, precision: usize, style: Style) -> String {
    let sign = match () {
        () if value.is_sign_negative() => "-",
        () if style.plus => "+",
        () => "",
    };
    let point = if style.alternate && precision == 0 { "." } else { "" };
    let mut buffer = [0; FIXED_ROOM];
    if let Some(start) = fixed_digits(value, precision, &mut buffer) {
        let mut out = String::with_capacity(FIXED_ROOM + 2 - start);
        out.push_str(sign);
        out.push_str(std::str::from_utf8(&buffer[start..]).unwrap_or(""));
        out.push_str(point);
        return out;
    }
    format!("{sign}{:.precision$}{point}", value.abs())
}

/// Room for the digits of [`fixed_digits`] and the point between them.
pub(crate) const FIXED_ROOM: usize = 64;

/// Writes the digits of `value` without its sign, `precision` of them behind the point, to the end of `buffer`; where they begin.
/// `None` where they are not few.
pub(crate) fn fixed_digits(value: f64, precision: usize, buffer: &mut [u8; FIXED_ROOM]) -> Option<usize> {
    const MOST: usize = 22; // as `scaled` has it
    if precision > MOST {
        return None;
    }
    let mut rest = if value == 0.0 { 0 } else { scaled(value, precision as i64)? };
    let mut at = FIXED_ROOM;
    for _ in 0..precision {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    if precision > 0 {
        at -= 1;
        buffer[at] = b'.';
    }
    loop {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            return Some(at);
        }
    }
}

fn lay_out(out: &mut String, decimal: Decimal, code: Code, precision: usize, style: Style) {
    let Decimal { digits, mut point } = decimal;
    let places = i64::try_from(precision).unwrap_or(i64::MAX);
    let limit = match code {
        Code::General => places - i64::from(style.point_zero),
        _ => 16,
    };
    let exponent = match code {
        Code::Exponent => true,
        Code::Fixed => false,
        Code::General | Code::Repr => point <= -4 || point > limit,
    };
    let shown = point - 1;
    if exponent {
        point = 1;
    }
    let fraction = match code {
        Code::Exponent => precision,
        Code::Fixed => precision,
        Code::General if style.alternate => (places - point).max(0) as usize,
        _ => (digits.len() as i64 - point).max(i64::from(style.point_zero && !exponent)) as usize,
    };
    let at = |place: i64| match usize::try_from(place) {
        Ok(place) => digits.get(place).copied().unwrap_or(b'0') as char,
        Err(_) => '0',
    };
    match point > 0 {
        true => out.extend((0..point).map(at)),
        false => out.push('0'),
    }
    if fraction > 0 || style.alternate {
        out.push('.');
    }
    // Only so many places can differ from zero; the rest may be very many.
    let told = fraction.min((digits.len() as i64 - point).max(0) as usize);
    out.extend((0..told as i64).map(|i| at(point + i)));
    out.extend(std::iter::repeat_n('0', fraction - told));
    if exponent {
        let e = if style.upper { 'E' } else { 'e' };
        out.push_str(&format!("{e}{}{:02}", if shown < 0 { '-' } else { '+' }, shown.abs()));
    }
}
