//! From instructions to bytes: jump distances, extended arguments, line table and exception table.

use crate::ast::Span;
use crate::flow::{Handler, Line, NEXT_LOCATION, NO_LOCATION, is_terminator};
use crate::opcode::Opcode;

/// What the bytes of a code object are.
pub(crate) struct Assembled {
    pub(crate) code: Vec<u8>,
    pub(crate) linetable: Vec<u8>,
    pub(crate) exceptiontable: Vec<u8>,
}

/// Distance, in code units, from END_ASYNC_FOR's usual target, the SEND, to the END_SEND that monitoring looks for.
const END_SEND_OFFSET: u32 = 5;

/// Assembles instructions whose jumps have the index of their target as argument.
pub(crate) fn assemble(mut lines: Vec<Line>, first_line: i32) -> Assembled {
    choose_jumps(&mut lines);
    let offsets = resolve_jumps(&mut lines);
    resolve_next_locations(&mut lines);
    let mut code = Vec::new();
    for line in &lines {
        emit(&mut code, line.op, line.arg);
    }
    Assembled {
        code,
        linetable: line_table(&lines, first_line),
        exceptiontable: exception_table(&lines, &offsets),
    }
}

fn choose_jumps(lines: &mut [Line]) {
    for (index, line) in lines.iter_mut().enumerate() {
        let forward = line.arg as usize > index;
        line.op = match line.op {
            Opcode::Jump | Opcode::JumpNoInterrupt if forward => Opcode::JumpForward,
            Opcode::Jump => Opcode::JumpBackward,
            Opcode::JumpNoInterrupt => Opcode::JumpBackwardNoInterrupt,
            op => op,
        };
    }
}

/// Code units of an instruction with its extended arguments and caches.
fn units(op: Opcode, arg: u32) -> u32 {
    let extended = u32::from(arg > 0xff) + u32::from(arg > 0xffff) + u32::from(arg > 0xff_ffff);
    extended + 1 + op.caches() as u32
}

/// Replaces targets by distances; returns the offset of each instruction and of the end. A longer distance may need
/// an extended argument, which makes other distances longer, so this goes on until nothing changes. The start, with
/// the targets' indices for distances, decides which of several solutions is found.
fn resolve_jumps(lines: &mut [Line]) -> Vec<u32> {
    let targets: Vec<Option<usize>> =
        lines.iter().map(|line| line.op.has_jump().then_some(line.arg as usize)).collect();
    loop {
        let mut offsets = Vec::with_capacity(lines.len() + 1);
        let mut offset = 0;
        for line in lines.iter() {
            offsets.push(offset);
            offset += units(line.op, line.arg);
        }
        offsets.push(offset);
        let mut changed = false;
        for (index, target) in targets.iter().enumerate() {
            let Some(target) = *target else { continue };
            let line = &mut lines[index];
            let (there, here) = (offsets[target.min(targets.len())], offsets[index + 1]);
            let distance = match line.op {
                Opcode::EndAsyncFor => here.saturating_sub(there).saturating_sub(END_SEND_OFFSET),
                _ => here.abs_diff(there),
            };
            changed |= units(line.op, distance) != units(line.op, line.arg);
            line.arg = distance;
        }
        if !changed {
            return offsets;
        }
    }
}

fn emit(code: &mut Vec<u8>, op: Opcode, arg: u32) {
    for shift in [24, 16, 8] {
        if arg >> shift != 0 {
            code.extend([Opcode::ExtendedArg.number() as u8, (arg >> shift) as u8]);
        }
    }
    code.extend([op.number() as u8, arg as u8]);
    code.resize(code.len() + 2 * op.caches(), 0);
}

fn resolve_next_locations(lines: &mut [Line]) {
    for index in (0..lines.len()).rev() {
        if lines[index].span == NEXT_LOCATION {
            lines[index].span = match lines.get(index + 1) {
                Some(next) if !is_terminator(lines[index].op) => next.span,
                _ => NO_LOCATION,
            };
        }
    }
}

/// `co_linetable`: entries of at most eight code units, each with a delta of lines and, in forms from short to long,
/// columns.
fn line_table(lines: &[Line], first_line: i32) -> Vec<u8> {
    let mut table = LineTable { bytes: Vec::new(), line: first_line };
    let mut span = NO_LOCATION;
    let mut size = 0;
    for line in lines {
        if line.span != span {
            table.run(span, size);
            span = line.span;
            size = 0;
        }
        size += units(line.op, line.arg);
    }
    table.run(span, size);
    table.bytes
}

struct LineTable {
    bytes: Vec<u8>,
    line: i32,
}

impl LineTable {
    fn run(&mut self, span: Span, mut size: u32) {
        while size > 8 {
            self.entry(span, 8);
            size -= 8;
        }
        if size > 0 {
            self.entry(span, size);
        }
    }

    fn entry(&mut self, span: Span, size: u32) {
        if span.lineno == NO_LOCATION.lineno {
            self.head(15, size);
            return;
        }
        let delta = span.lineno - self.line;
        let (column, end_column) = (span.col_offset, span.end_col_offset);
        if column < 0 || end_column < 0 {
            if span.end_lineno == span.lineno || span.end_lineno < 0 {
                self.head(13, size);
                self.signed(delta);
                self.line = span.lineno;
                return;
            }
        } else if span.end_lineno == span.lineno {
            if delta == 0 && column < 80 && (column..column + 16).contains(&end_column) {
                self.head(column >> 3, size);
                self.bytes.push(((column & 7) << 4 | (end_column - column)) as u8);
                return;
            }
            if (0..3).contains(&delta) && column < 128 && end_column < 128 {
                self.head(10 + delta, size);
                self.bytes.extend([column as u8, end_column as u8]);
                self.line = span.lineno;
                return;
            }
        }
        self.head(14, size);
        self.signed(delta);
        self.unsigned((span.end_lineno - span.lineno) as u32);
        self.unsigned((column + 1) as u32);
        self.unsigned((end_column + 1) as u32);
        self.line = span.lineno;
    }

    fn head(&mut self, form: i32, size: u32) {
        self.bytes.push(0x80 | (form as u8) << 3 | (size - 1) as u8);
    }

    /// Six bits a byte, the lowest first; bit 6 says that more follow.
    fn unsigned(&mut self, mut value: u32) {
        while value >= 64 {
            self.bytes.push(0x40 | (value & 63) as u8);
            value >>= 6;
        }
        self.bytes.push(value as u8);
    }

    fn signed(&mut self, value: i32) {
        self.unsigned(value.unsigned_abs() << 1 | u32::from(value < 0));
    }
}

/// `co_exceptiontable`: ranges of code units with the same handler.
fn exception_table(lines: &[Line], offsets: &[u32]) -> Vec<u8> {
    let mut table = Vec::new();
    let mut current: Option<Handler> = None;
    let mut start = 0;
    let end = offsets.last().copied().unwrap_or(0);
    let ends = lines.iter().map(|line| line.handler).zip(offsets.iter().copied());
    for (handler, offset) in ends.chain([(None, end)]) {
        if handler.map(|handler| handler.target) == current.map(|handler| handler.target) {
            continue;
        }
        if let Some(handler) = current {
            let depth = handler.depth - 1 - i32::from(handler.preserve_lasti);
            item(&mut table, start, 0x80);
            item(&mut table, offset - start, 0);
            item(&mut table, offsets[handler.target], 0);
            item(&mut table, (depth.max(0) as u32) << 1 | u32::from(handler.preserve_lasti), 0);
        }
        start = offset;
        current = handler;
    }
    table
}

/// Six bits a byte, the highest first; bit 6 says that more follow, and `mark` is set in the first byte.
fn item(table: &mut Vec<u8>, value: u32, mark: u8) {
    let mut mark = mark;
    for shift in [30, 24, 18, 12, 6] {
        if value >> shift != 0 {
            table.push(0x40 | (value >> shift & 63) as u8 | mark);
            mark = 0;
        }
    }
    table.push((value & 63) as u8 | mark);
}
