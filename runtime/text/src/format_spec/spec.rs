//! Reading a specification: `[[fill]align][sign][z][#][0][width][grouping][.precision[grouping]][type]`.

use crate::chars::Chars;
use crate::error::{Error, Result};

/// Where a value stands in its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// `<`
    Left,
    /// `>`
    Right,
    /// `^`
    Center,
    /// `=`: padding between the sign and the digits.
    AfterSign,
}

impl Align {
    fn from_char(code: u32) -> Option<Align> {
        Some(match char::from_u32(code)? {
            '<' => Align::Left,
            '>' => Align::Right,
            '^' => Align::Center,
            '=' => Align::AfterSign,
            _ => return None,
        })
    }
}

/// What stands between groups of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// `,` every three digits.
    Comma,
    /// `_` every three digits.
    Underscore,
    /// `_` every four digits, in bases that are powers of two.
    UnderscoreFour,
}

impl Grouping {
    fn char(self) -> char {
        if self == Grouping::Comma { ',' } else { '_' }
    }
}

/// What holds where a specification does not say.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// The alignment.
    pub align: Align,
    /// The type.
    pub kind: Option<char>,
}

impl Defaults {
    /// Those of numbers.
    pub const NUMBER: Defaults = Defaults { align: Align::Right, kind: None };
    /// Those of strings.
    pub const STR: Defaults = Defaults { align: Align::Left, kind: Some('s') };
}

/// A specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The code point that fills the field.
    pub fill: u32,
    /// The alignment.
    pub align: Align,
    /// `+`, `-` or a space.
    pub sign: Option<char>,
    /// `z`
    pub no_negative_zero: bool,
    /// `#`
    pub alternate: bool,
    /// The least width.
    pub width: Option<usize>,
    /// Between groups of digits before the point.
    pub grouping: Option<Grouping>,
    /// The precision.
    pub precision: Option<usize>,
    /// Between groups of digits after the point.
    pub fraction_grouping: Option<Grouping>,
    /// The type: a code point, for it may be anything.
    pub kind: Option<u32>,
}

/// Code points from left to right.
struct Reader<'a, C: ?Sized> {
    text: &'a C,
    at: usize,
}

impl<C: Chars + ?Sized> Reader<'_, C> {
    fn peek(&self, ahead: usize) -> Option<u32> {
        (self.at + ahead < self.text.len()).then(|| self.text.at(self.at + ahead))
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek(0) == Some(c.into());
        self.at += usize::from(found);
        found
    }

    /// Decimal digits of any script; `None` where there are none.
    fn number(&mut self) -> Result<Option<usize>> {
        let mut value: Option<usize> = None;
        while let Some(digit) = self.peek(0).and_then(crate::unicode::database::decimal) {
            let next = value.unwrap_or(0).checked_mul(10).and_then(|value| value.checked_add(digit.into()));
            let next = next.filter(|&value| value <= isize::MAX as usize);
            value = Some(next.ok_or_else(|| Error::value("Too many decimal digits in format string"))?);
            self.at += 1;
        }
        Ok(value)
    }
}

fn both_separators() -> Error {
    Error::value("Cannot specify both ',' and '_'.")
}

/// Read `text`, a specification for a value of the type `type_name`.
pub fn parse(text: &(impl Chars + ?Sized), defaults: Defaults, type_name: &str) -> Result<Spec> {
    let mut r = Reader { text, at: 0 };
    let mut spec = Spec {
        fill: ' '.into(),
        align: defaults.align,
        sign: None,
        no_negative_zero: false,
        alternate: false,
        width: None,
        grouping: None,
        precision: None,
        fraction_grouping: None,
        kind: defaults.kind.map(u32::from),
    };
    let (mut filled, mut aligned) = (false, false);
    if let (Some(fill), Some(align)) = (r.peek(0), r.peek(1).and_then(Align::from_char)) {
        (spec.fill, spec.align) = (fill, align);
        (filled, aligned) = (true, true);
        r.at += 2;
    } else if let Some(align) = r.peek(0).and_then(Align::from_char) {
        spec.align = align;
        aligned = true;
        r.at += 1;
    }
    spec.sign = ['+', '-', ' '].into_iter().find(|&sign| r.eat(sign));
    spec.no_negative_zero = r.eat('z');
    spec.alternate = r.eat('#');
    if !filled && r.eat('0') {
        spec.fill = '0'.into();
        if !aligned && defaults.align == Align::Right {
            spec.align = Align::AfterSign;
        }
    }
    spec.width = r.number()?;
    spec.grouping = separators(&mut r)?;
    if r.eat('.') {
        spec.precision = r.number()?;
        spec.fraction_grouping = separators(&mut r)?;
        if spec.precision.is_none() && spec.fraction_grouping.is_none() {
            return Err(Error::value("Format specifier missing precision"));
        }
    }
    match text.len() - r.at {
        0 => {}
        1 => spec.kind = r.peek(0),
        _ => {
            let shown: String = text_of(text);
            return Err(Error::value(format!(
                "Invalid format specifier '{shown}' for object of type '{type_name}'"
            )));
        }
    }
    check_separators(&mut spec)?;
    Ok(spec)
}

fn text_of(text: &(impl Chars + ?Sized)) -> String {
    (0..text.len()).map(|i| char::from_u32(text.at(i)).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn separators<C: Chars + ?Sized>(r: &mut Reader<'_, C>) -> Result<Option<Grouping>> {
    let comma = r.eat(',');
    let underscore = r.eat('_');
    if underscore && (comma || r.peek(0) == Some(','.into())) {
        return Err(both_separators());
    }
    Ok(match (comma, underscore) {
        (true, _) => Some(Grouping::Comma),
        (_, true) => Some(Grouping::Underscore),
        _ => None,
    })
}

/// Not every type can be grouped.
fn check_separators(spec: &mut Spec) -> Result<()> {
    let kind = spec.kind.map(|kind| char::from_u32(kind).unwrap_or('\0'));
    let real = matches!(kind, None | Some('e' | 'f' | 'g' | 'E' | 'F' | 'G' | '%'));
    if let Some(grouping) = spec.grouping {
        match kind {
            Some('b' | 'o' | 'x' | 'X') if grouping == Grouping::Underscore => {
                spec.grouping = Some(Grouping::UnderscoreFour);
            }
            _ if real || kind == Some('d') => {}
            _ => return Err(cannot_specify(grouping, spec.kind)),
        }
    }
    // What groups a fraction is not looked at by types that write none.
    match spec.fraction_grouping {
        Some(grouping) if kind == Some('n') => Err(cannot_specify(grouping, spec.kind)),
        _ => Ok(()),
    }
}

fn cannot_specify(grouping: Grouping, kind: Option<u32>) -> Error {
    Error::value(format!("Cannot specify '{}' with '{}'.", grouping.char(), shown_kind(kind)))
}

/// A type as messages show it.
pub(super) fn shown_kind(kind: Option<u32>) -> String {
    match kind.unwrap_or(0) {
        code @ 33..128 => char::from(code as u8).to_string(),
        code => format!("\\x{code:x}"),
    }
}
