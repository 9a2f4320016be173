//! Constants as Python's `repr` writes them.

use std::fmt::Write as _;

use num_bigint::BigInt;
use rustpython_wtf8::Wtf8;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

use crate::Constant;

/// Writes the repr of a constant; infinity as a literal that overflows to it.
pub(super) fn constant(value: &Constant, out: &mut String) {
    match value {
        Constant::None => out.push_str("None"),
        Constant::Bool(true) => out.push_str("True"),
        Constant::Bool(false) => out.push_str("False"),
        Constant::Ellipsis => out.push_str("..."),
        Constant::Int(value) => {
            let _ = write!(out, "{value}");
        }
        Constant::BigInt(value) => big_int(value, out),
        Constant::Float(value) => out.push_str(&float(*value)),
        Constant::Complex(real, imag) => complex(*real, *imag, out),
        Constant::Str(value) => text(value, out),
        Constant::Bytes(value) => bytes(value, out),
        Constant::Tuple(values) => {
            out.push('(');
            list(values, out);
            out.push_str(if values.len() == 1 { ",)" } else { ")" });
        }
        Constant::FrozenSet(values) => {
            out.push_str("frozenset({");
            list(values, out);
            out.push_str("})");
        }
        Constant::Slice(parts) => {
            out.push_str("slice(");
            list(&parts[..], out);
            out.push(')');
        }
        Constant::Code(code) => {
            let _ = write!(out, "<code object {}>", code.name);
        }
    }
}

fn list(values: &[Constant], out: &mut String) {
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        constant(value, out);
    }
}

fn big_int(value: &BigInt, out: &mut String) {
    let _ = write!(out, "{value}");
}

/// The shortest text that reads back as `value`.
fn float(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value < 0.0 { "-1e309" } else { "1e309" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{value}");
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

fn complex(real: f64, imag: f64, out: &mut String) {
    let part = |value: f64| {
        let text = float(value);
        text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
    };
    if real == 0.0 && real.is_sign_positive() {
        let _ = write!(out, "{}j", part(imag));
        return;
    }
    let sign = if imag.is_sign_negative() && !imag.is_nan() { "" } else { "+" };
    let _ = write!(out, "({}{sign}{}j)", part(real), part(imag));
}

/// The repr of a str.
pub(super) fn text(value: &Wtf8, out: &mut String) {
    let quotes = |quote: char| value.code_points().any(|code_point| code_point.to_char() == Some(quote));
    let quote = if quotes('\'') && !quotes('"') { '"' } else { '\'' };
    out.push(quote);
    for code_point in value.code_points() {
        let number = code_point.to_u32();
        let Some(char) = code_point.to_char() else {
            let _ = write!(out, "\\u{number:04x}");
            continue;
        };
        match char {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if char == quote => out.extend(['\\', char]),
            ' '..='~' => out.push(char),
            _ if printable(char) => out.push(char),
            _ => {
                let _ = match number {
                    0..=0xff => write!(out, "\\x{number:02x}"),
                    0x100..=0xffff => write!(out, "\\u{number:04x}"),
                    _ => write!(out, "\\U{number:08x}"),
                };
            }
        }
    }
    out.push(quote);
}

fn printable(char: char) -> bool {
    !matches!(char.general_category_group(), GeneralCategoryGroup::Other | GeneralCategoryGroup::Separator)
}

fn bytes(value: &[u8], out: &mut String) {
    let quote = if value.contains(&b'\'') && !value.contains(&b'"') { '"' } else { '\'' };
    out.push('b');
    out.push(quote);
    for &byte in value {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ if char::from(byte) == quote => out.extend(['\\', quote]),
            b' '..=b'~' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push(quote);
}
