//! What most format specifications ask for, at once: a width, a precision, and the plainest types, of small ints, floats and
//! text of one byte a character. Whatever else is asked for, errors included, is left to those who read all of a specification.

use super::Align;
use crate::float;

/// The longest field that is laid out here.
pub const ROOM: usize = 128;

/// A field that has been laid out.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    bytes: [u8; ROOM],
    len: usize,
}

impl Field {
    /// Its characters.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

struct Spec {
    fill: u8,
    align: Align,
    width: usize,
    /// What stands between groups of three digits; 0 where nothing does.
    separator: u8,
    precision: Option<usize>,
    /// 0 where there is none.
    kind: u8,
}

fn align_of(byte: Option<&u8>) -> Option<Align> {
    Some(match byte? {
        b'<' => Align::Left,
        b'>' => Align::Right,
        b'^' => Align::Center,
        _ => return None,
    })
}

fn digits(spec: &[u8], at: &mut usize) -> Option<usize> {
    let mut number = None;
    while let Some(digit) = spec.get(*at).filter(|byte| byte.is_ascii_digit()) {
        number = Some(number.unwrap_or(0) * 10 + usize::from(digit - b'0'));
        *at += 1;
        if number > Some(ROOM) {
            break; // what follows is no type, or the field is too long
        }
    }
    number
}

/// `[[fill]align][0][width][grouping][.precision][type]`
fn read(spec: &[u8], number: bool) -> Option<Spec> {
    let mut out = Spec {
        fill: b' ',
        align: if number { Align::Right } else { Align::Left },
        width: 0,
        separator: 0,
        precision: None,
        kind: 0,
    };
    let mut at = 0;
    if let Some(align) = align_of(spec.get(1)) {
        (out.fill, out.align) = (spec[0], align);
        at = 2;
    } else if let Some(align) = align_of(spec.first()) {
        out.align = align;
        at = 1;
    }
    if spec.get(at) == Some(&b'0') {
        if at > 0 || !number {
            return None;
        }
        (out.fill, out.align) = (b'0', Align::AfterSign);
        at += 1;
    }
    out.width = digits(spec, &mut at).unwrap_or(0);
    if let Some(&separator @ (b',' | b'_')) = spec.get(at) {
        if !number || out.align == Align::AfterSign {
            return None; // an error, or zeros that are grouped too
        }
        out.separator = separator;
        at += 1;
    }
    if spec.get(at) == Some(&b'.') {
        at += 1;
        out.precision = Some(digits(spec, &mut at)?);
    }
    if let Some(&kind) = spec.get(at) {
        out.kind = kind;
        at += 1;
    }
    (at == spec.len() && out.width <= ROOM).then_some(out)
}

fn lay_out(negative: bool, body: &[u8], spec: &Spec) -> Option<Field> {
    let sign = usize::from(negative);
    let len = body.len() + sign;
    let total = len.max(spec.width);
    if total > ROOM {
        return None;
    }
    let mut field = Field { bytes: [spec.fill; ROOM], len: total };
    let padding = total - len;
    let (sign_at, at) = match spec.align {
        Align::Left => (0, sign),
        Align::Right => (padding, padding + sign),
        Align::Center => (padding / 2, padding / 2 + sign),
        Align::AfterSign => (0, padding + sign),
    };
    if negative {
        field.bytes[sign_at] = b'-';
    }
    field.bytes[at..at + body.len()].copy_from_slice(body);
    Some(field)
}

/// As [`lay_out`], with the first `whole` digits of `body` in groups where the specification asks for that.
fn lay_out_grouped(negative: bool, body: &[u8], whole: usize, spec: &Spec) -> Option<Field> {
    if spec.separator == 0 {
        return lay_out(negative, body, spec);
    }
    let (mut grouped, mut len) = ([0; ROOM], 0);
    for (i, &digit) in body.iter().enumerate() {
        if i > 0 && i < whole && (whole - i).is_multiple_of(3) {
            grouped[len] = spec.separator;
            len += 1;
        }
        grouped[len] = digit;
        len += 1;
    }
    lay_out(negative, &grouped[..len], spec)
}

/// The last digits of `number` in `base`, before `end`; where they begin.
fn put_digits(mut number: u64, base: u64, buffer: &mut [u8], end: usize) -> usize {
    let mut at = end;
    loop {
        at -= 1;
        buffer[at] = b"0123456789abcdef"[(number % base) as usize];
        number /= base;
        if number == 0 {
            return at;
        }
    }
}

/// `int.__format__` of a small int.
pub fn int(value: i64, spec: &[u8]) -> Option<Field> {
    let spec = read(spec, true).filter(|spec| spec.precision.is_none())?;
    let mut buffer = [0; 64];
    let (magnitude, end) = (value.unsigned_abs(), buffer.len());
    let start = match spec.kind {
        0 | b'd' => {
            let start = put_digits(magnitude, 10, &mut buffer, end);
            return lay_out_grouped(value < 0, &buffer[start..], end - start, &spec);
        }
        _ if spec.separator != 0 => return None,
        b'x' => put_digits(magnitude, 16, &mut buffer, end),
        b'o' => put_digits(magnitude, 8, &mut buffer, end),
        b'b' => put_digits(magnitude, 2, &mut buffer, end),
        _ => return None,
    };
    lay_out(value < 0, &buffer[start..], &spec)
}

/// `float.__format__` of the type `f`.
pub fn float(value: f64, spec: &[u8]) -> Option<Field> {
    let spec = read(spec, true).filter(|spec| matches!(spec.kind, b'f' | b'F'))?;
    let precision = spec.precision.unwrap_or(6);
    let mut buffer = [0; float::FIXED_ROOM];
    let start = float::fixed_digits(value, precision, &mut buffer)?;
    let body = &buffer[start..];
    let point = if precision > 0 { precision + 1 } else { 0 };
    lay_out_grouped(value.is_sign_negative(), body, body.len() - point, &spec)
}

/// `str.__format__` of text of one byte a character.
pub fn latin1(value: &[u8], spec: &[u8]) -> Option<Field> {
    let spec = read(spec, false).filter(|spec| matches!(spec.kind, 0 | b's'))?;
    lay_out(false, &value[..value.len().min(spec.precision.unwrap_or(usize::MAX))], &spec)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::View;
    use crate::format_spec::{C_LOCALE, Context, format_float, format_int, format_str};
    use crate::int::IntRef;

    #[test]
    fn quick_fields_are_those_of_the_whole_language() {
        let cx = Context { locale: &C_LOCALE, max_str_digits: 0, type_name: "x" };
        let specs = [
            "5",
            "05",
            "<5",
            "*>9",
            "^8",
            "d",
            "3d",
            "x",
            "#x",
            "o",
            "b",
            "070b",
            ".3",
            ".2f",
            "8.3f",
            "08.1f",
            "<8.0f",
            "^30.15f",
            ".22f",
            "f",
            "F",
            "s",
            "10s",
            "-^7.2s",
            "=5",
            "<05",
            "+5",
            "1000",
            "129",
            "128",
            "5.",
            "0",
            "00",
            "z",
            "",
            ">",
            "<>5",
            "99999999999999999999999",
            "3.3s",
            ".0f",
            "n",
            ",",
            "010,",
            "08",
            ",.2f",
            "_.0f",
            "<12,.1f",
            "*^16,",
            "_d",
            "_x",
            ",x",
            ",s",
        ];
        let text = |view: View<'_>| view.to_string_lossy();
        let quick = |field: &Field| text(View::Latin1(field.bytes()));
        for spec in specs {
            let view = View::Latin1(spec.as_bytes());
            for value in [0, 1, -1, 42, -12345, i64::MAX, i64::MIN] {
                if let Some(field) = int(value, spec.as_bytes()) {
                    let whole = format_int(IntRef::Small(value), &view, &cx).unwrap_or_default();
                    assert_eq!(quick(&field), text(whole.view()), "{value} {spec}");
                }
            }
            for value in [
                0.0,
                -0.0,
                1.5,
                -2.25,
                0.125,
                1e15,
                1e-5,
                0.5,
                2.5,
                99.995,
                -0.001,
                -1234567.125,
                999.5,
                1e300,
                f64::NAN,
                f64::INFINITY,
            ] {
                if let Some(field) = float(value, spec.as_bytes()) {
                    let whole = format_float(value, &view, &cx).unwrap_or_default();
                    assert_eq!(quick(&field), text(whole.view()), "{value} {spec}");
                }
            }
            for value in ["", "a", "h\u{e9}llo", "a longer text"] {
                let bytes: Vec<u8> = value.chars().map(|c| c as u8).collect();
                if let Some(field) = latin1(&bytes, spec.as_bytes()) {
                    let whole = format_str(View::Latin1(&bytes), &view, &cx).unwrap_or_default();
                    assert_eq!(quick(&field), text(whole.view()), "{value} {spec}");
                }
            }
        }
    }
}
