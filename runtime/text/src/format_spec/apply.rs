//! `format(value, spec)` for the types that know the mini-language.

use super::Context;
use super::number::{Locale, Parts, field, number, pieces};
use super::spec::{Align, Defaults, Spec, parse, shown_kind};
use crate::builder::Builder;
use crate::chars::{Chars, Text, View};
use crate::error::{Error, Result, room};
use crate::float::{self, Code, Style};
use crate::int::IntRef;

fn unknown(kind: Option<u32>, type_name: &str) -> Error {
    Error::value(format!("Unknown format code '{}' for object of type '{type_name}'", shown_kind(kind)))
}

fn kind_of(spec: &Spec) -> Option<char> {
    spec.kind.map(|kind| char::from_u32(kind).unwrap_or(char::REPLACEMENT_CHARACTER))
}

/// `str.__format__`
pub fn format_str(value: View<'_>, spec: &(impl Chars + ?Sized), cx: &Context<'_>) -> Result<Text> {
    if spec.is_empty() {
        return Ok(Text::narrow(value));
    }
    let spec = parse(spec, Defaults::STR, cx.type_name)?;
    if kind_of(&spec) != Some('s') {
        return Err(unknown(spec.kind, cx.type_name));
    }
    match spec.sign {
        Some(' ') => return Err(Error::value("Space not allowed in string format specifier")),
        Some(_) => return Err(Error::value("Sign not allowed in string format specifier")),
        None => {}
    }
    if spec.no_negative_zero {
        return Err(Error::value("Negative zero coercion (z) not allowed in string format specifier"));
    }
    if spec.alternate {
        return Err(Error::value("Alternate form (#) not allowed in string format specifier"));
    }
    if spec.align == Align::AfterSign {
        return Err(Error::value("'=' alignment not allowed in string format specifier"));
    }
    let shown = value.slice(0..value.len().min(spec.precision.unwrap_or(usize::MAX)));
    field(Text::default(), Text::narrow(shown), &spec)
}

/// `int.__format__`
pub fn format_int(value: IntRef<'_>, spec: &(impl Chars + ?Sized), cx: &Context<'_>) -> Result<Text> {
    let spec = parse(spec, Defaults::NUMBER, cx.type_name)?;
    match kind_of(&spec) {
        None | Some('b' | 'c' | 'd' | 'n' | 'o' | 'x' | 'X') => integer(value, &spec, cx),
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => real(value.to_f64()?, &spec, cx),
        _ => Err(unknown(spec.kind, cx.type_name)),
    }
}

fn integer(value: IntRef<'_>, spec: &Spec, cx: &Context<'_>) -> Result<Text> {
    if spec.precision.is_some() {
        return Err(Error::value("Precision not allowed in integer format specifier"));
    }
    if spec.no_negative_zero {
        return Err(Error::value("Negative zero coercion (z) not allowed in integer format specifier"));
    }
    let (base, prefix) = match kind_of(spec) {
        Some('c') => return character(value, spec),
        Some('b') => (2, "0b"),
        Some('o') => (8, "0o"),
        Some('x') => (16, "0x"),
        Some('X') => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = value.digits(base, cx.max_str_digits)?;
    if kind_of(spec) == Some('X') {
        digits.make_ascii_uppercase();
    }
    let prefix = if spec.alternate { prefix } else { "" };
    let parts = Parts { negative: value.is_negative(), prefix, whole: &digits, ..Parts::default() };
    number(parts, spec, locale(spec, cx))
}

fn character(value: IntRef<'_>, spec: &Spec) -> Result<Text> {
    if spec.sign.is_some() {
        return Err(Error::value("Sign not allowed with integer format specifier 'c'"));
    }
    if spec.alternate {
        return Err(Error::value("Alternate form (#) not allowed with integer format specifier 'c'"));
    }
    let code = value.to_code_point().ok_or_else(|| match value {
        IntRef::Small(_) => Error::overflow("%c arg not in range(0x110000)"),
        IntRef::Big(_) => Error::overflow("Python int too large to convert to C long"),
    })?;
    let mut text = Builder::new();
    text.push(code);
    field(Text::default(), text.finish(), spec)
}

/// The locale, where the type asks for it.
fn locale<'a>(spec: &Spec, cx: &Context<'a>) -> Option<&'a Locale> {
    (kind_of(spec) == Some('n')).then_some(cx.locale)
}

/// `float.__format__`
pub fn format_float(value: f64, spec: &(impl Chars + ?Sized), cx: &Context<'_>) -> Result<Text> {
    let spec = parse(spec, Defaults::NUMBER, cx.type_name)?;
    match kind_of(&spec) {
        None | Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%') => real(value, &spec, cx),
        _ => Err(unknown(spec.kind, cx.type_name)),
    }
}

fn precision_too_big(spec: &Spec) -> Result<()> {
    match spec.precision {
        Some(precision) if precision > i32::MAX as usize => Err(Error::value("precision too big")),
        Some(precision) => room(precision),
        None => Ok(()),
    }
}

/// Layout, default precision and style of a type; without a type, `repr` or, with a precision, nearly `g`.
fn layout(spec: &Spec, point_zero: bool) -> (Code, usize, Style) {
    let kind = kind_of(spec);
    let code = match kind {
        Some('e' | 'E') => Code::Exponent,
        Some('f' | 'F' | '%') => Code::Fixed,
        Some(_) => Code::General,
        None if spec.precision.is_some() => Code::General,
        None => Code::Repr,
    };
    let style = Style {
        alternate: spec.alternate,
        point_zero: point_zero && kind.is_none(),
        no_negative_zero: spec.no_negative_zero,
        upper: matches!(kind, Some('E' | 'F' | 'G')),
        ..Style::default()
    };
    (code, spec.precision.unwrap_or(6), style)
}

fn real(value: f64, spec: &Spec, cx: &Context<'_>) -> Result<Text> {
    precision_too_big(spec)?;
    let (code, precision, style) = layout(spec, true);
    let percent = kind_of(spec) == Some('%');
    let mut text = float::format(if percent { value * 100.0 } else { value }, code, precision, style);
    if percent {
        text.push('%');
    }
    number(Parts::of_float(&text), spec, locale(spec, cx))
}

/// `complex.__format__`
pub fn format_complex(real: f64, imag: f64, spec: &(impl Chars + ?Sized), cx: &Context<'_>) -> Result<Text> {
    let spec = parse(spec, Defaults::NUMBER, cx.type_name)?;
    match kind_of(&spec) {
        None | Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n') => {}
        _ => return Err(unknown(spec.kind, cx.type_name)),
    }
    precision_too_big(&spec)?;
    if spec.fill == '0'.into() {
        return Err(Error::value("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == Align::AfterSign {
        return Err(Error::value("'=' alignment flag is not allowed in complex format specifier"));
    }
    let (code, precision, style) = layout(&spec, false);
    let bare = spec.kind.is_none();
    // As `repr` does, leave out a real part of zero and put two parts in parentheses, but only without a type.
    let only_imag = bare && real == 0.0 && real.is_sign_positive();
    let mut out = String::new();
    if bare && !only_imag {
        out.push('(');
    }
    let mut unpadded = Spec { width: None, ..spec.clone() };
    if !only_imag {
        let text = float::format(real, code, precision, style);
        let (head, body) = pieces(Parts::of_float(&text), &unpadded, locale(&spec, cx))?;
        out.push_str(&head);
        out.push_str(&body);
        unpadded.sign = Some('+');
    }
    let text = float::format(imag, code, precision, style);
    let (head, body) = pieces(Parts::of_float(&text), &unpadded, locale(&spec, cx))?;
    out.push_str(&head);
    out.push_str(&body);
    out.push('j');
    if bare && !only_imag {
        out.push(')');
    }
    field(Text::default(), Text::from(out), &spec)
}
