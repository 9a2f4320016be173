//! Reading location tables: from an instruction to its lines and columns (`Objects/locations.md` of CPython describes the
//! format).

use threads::sync::OnceLock;

use crate::types::code::Code;

/// Where an instruction comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// First line, from 1.
    pub line: Option<i32>,
    /// Last line.
    pub end_line: Option<i32>,
    /// First column, in bytes from 0.
    pub column: Option<i32>,
    /// One past the last column.
    pub end_column: Option<i32>,
}

/// The entries of a location table: how many units each covers, and where they come from.
pub fn entries(code: &Code) -> Entries<'_> {
    Entries { bytes: &code.linetable, line: code.first_line }
}

/// Whether more than lines is told: not under `-X no_debug_ranges` and PYTHONNODEBUGRANGES.
fn tells_columns() -> bool {
    static TELLS: OnceLock<bool> = OnceLock::new();
    *TELLS.get_or_init(|| {
        let config = crate::config::get();
        let variable = std::env::var_os("PYTHONNODEBUGRANGES").is_some_and(|value| !value.is_empty());
        !(config.xoptions.iter().any(|(name, _)| name == "no_debug_ranges")
            || variable && !config.ignore_environment)
    })
}

/// An iterator over a location table.
pub struct Entries<'a> {
    bytes: &'a [u8],
    line: i32,
}

impl Entries<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(first)
    }

    fn unsigned(&mut self) -> Option<u32> {
        let (mut value, mut shift) = (0u32, 0u32);
        loop {
            let byte = self.byte()?;
            value |= u32::from(byte & 63).checked_shl(shift).unwrap_or(0);
            if byte & 64 == 0 {
                return Some(value);
            }
            shift = shift.saturating_add(6);
        }
    }

    fn signed(&mut self) -> Option<i32> {
        let value = self.unsigned()?;
        let magnitude = (value >> 1) as i32;
        Some(if value & 1 != 0 { -magnitude } else { magnitude })
    }
}

impl Iterator for Entries<'_> {
    type Item = (usize, Position);

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.byte()?;
        let units = usize::from(first & 7) + 1;
        let code = first >> 3 & 15;
        let position = match code {
            15 => Position::default(),
            14 => {
                self.line = self.line.wrapping_add(self.signed()?);
                let end_line = self.line.wrapping_add(self.unsigned()? as i32);
                let column = self.unsigned()?.checked_sub(1).map(|c| c as i32);
                let end_column = self.unsigned()?.checked_sub(1).map(|c| c as i32);
                Position { line: Some(self.line), end_line: Some(end_line), column, end_column }
            }
            13 => {
                self.line = self.line.wrapping_add(self.signed()?);
                Position { line: Some(self.line), end_line: Some(self.line), column: None, end_column: None }
            }
            10..=12 => {
                self.line = self.line.wrapping_add(i32::from(code - 10));
                let column = i32::from(self.byte()?);
                let end = i32::from(self.byte()?);
                Position {
                    line: Some(self.line),
                    end_line: Some(self.line),
                    column: Some(column),
                    end_column: Some(end),
                }
            }
            _ => {
                let second = self.byte()?;
                let column = i32::from(code) << 3 | i32::from(second >> 4);
                let end = column + i32::from(second & 15);
                Position {
                    line: Some(self.line),
                    end_line: Some(self.line),
                    column: Some(column),
                    end_column: Some(end),
                }
            }
        };
        if !tells_columns() {
            return Some((
                units,
                Position { line: position.line, end_line: position.line, ..Position::default() },
            ));
        }
        Some((units, position))
    }
}

/// Where instruction `index` comes from.
pub fn position_of(code: &Code, index: i64) -> Position {
    if index < 0 {
        return Position { line: Some(code.first_line), ..Position::default() };
    }
    let mut at = 0;
    for (units, position) in entries(code) {
        at += units as i64;
        if index < at {
            return position;
        }
    }
    Position::default()
}

/// The line of instruction `index`.
pub fn line_of(code: &Code, index: i64) -> Option<i32> {
    position_of(code, index).line
}
