//! The constants of a code object, each once.

use std::collections::HashMap;

use super::Graph;
use crate::Constant;

/// What makes two constants the same: type and value, down to the sign of zero. Of a code object it holds only a part.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ConstKey(Vec<u8>);

impl ConstKey {
    /// The key of a constant.
    fn of(value: &Constant) -> Self {
        let mut bytes = Vec::new();
        write_key(value, &mut bytes);
        Self(bytes)
    }
}

fn write_key(value: &Constant, out: &mut Vec<u8>) {
    let mut sized = |tag: u8, bytes: &[u8]| {
        out.push(tag);
        out.extend(bytes.len().to_le_bytes());
        out.extend(bytes);
    };
    match value {
        Constant::None => out.push(b'N'),
        Constant::Bool(false) => out.push(b'F'),
        Constant::Bool(true) => out.push(b'T'),
        Constant::Ellipsis => out.push(b'.'),
        Constant::Int(int) => sized(b'i', &int.to_le_bytes()),
        Constant::BigInt(int) => sized(b'I', &int.to_signed_bytes_le()),
        Constant::Float(float) => sized(b'f', &float.to_bits().to_le_bytes()),
        Constant::Complex(real, imag) => {
            sized(b'c', &[real.to_bits().to_le_bytes(), imag.to_bits().to_le_bytes()].concat());
        }
        Constant::Str(text) => sized(b's', text.as_bytes()),
        Constant::Bytes(bytes) => sized(b'b', bytes),
        Constant::Tuple(items) => {
            sized(b't', &items.len().to_le_bytes());
            items.iter().for_each(|item| write_key(item, out));
        }
        Constant::FrozenSet(items) => {
            sized(b'z', &items.len().to_le_bytes());
            let mut keys: Vec<_> = items.iter().map(|item| ConstKey::of(item).0).collect();
            keys.sort();
            keys.iter().for_each(|key| out.extend(key));
        }
        Constant::Slice(parts) => {
            out.push(b'l');
            parts.iter().for_each(|part| write_key(part, out));
        }
        Constant::Code(code) => {
            sized(b'k', code.name.as_bytes());
            sized(b'k', &code.first_line.to_le_bytes());
            sized(b'k', &code.code);
            sized(b'k', &code.linetable);
        }
    }
}

fn has_nan(value: &Constant) -> bool {
    match value {
        Constant::Float(float) => float.is_nan(),
        Constant::Complex(real, imag) => real.is_nan() || imag.is_nan(),
        Constant::Tuple(items) | Constant::FrozenSet(items) => items.iter().any(has_nan),
        _ => false,
    }
}

/// `co_consts` in the making.
#[derive(Debug, Default)]
pub(crate) struct Consts {
    list: Vec<Constant>,
    index: HashMap<ConstKey, u32>,
}

impl Consts {
    /// The index of a constant, added if it is new.
    pub(crate) fn add(&mut self, value: Constant) -> u32 {
        let fresh = self.list.len() as u32;
        if has_nan(&value) {
            // Equal to nothing, not to itself either.
            self.list.push(value);
            return fresh;
        }
        let index = *self.index.entry(ConstKey::of(&value)).or_insert(fresh);
        // Equal code objects are one too: the body of a `finally`, say, is compiled more than once.
        if index != fresh && !(matches!(value, Constant::Code(_)) && self.list[index as usize] != value) {
            return index;
        }
        self.list.push(value);
        fresh
    }

    pub(crate) fn get(&self, index: u32) -> Option<&Constant> {
        self.list.get(index as usize)
    }

    pub(crate) fn into_list(self) -> Vec<Constant> {
        self.list
    }
}

impl Graph {
    /// Drops the constants that no instruction loads, except the first, which may be the docstring.
    pub(super) fn remove_unused_consts(&mut self, consts: &mut Consts) {
        let mut used = vec![false; consts.list.len()];
        if let Some(first) = used.first_mut() {
            *first = true;
        }
        let order = self.order();
        for &id in &order {
            for instr in self.blocks[id].instrs.iter().filter(|instr| instr.op.has_const()) {
                if let Some(used) = used.get_mut(instr.arg as usize) {
                    *used = true;
                }
            }
        }
        if used.iter().all(|&used| used) {
            return;
        }
        let mut moved = Vec::with_capacity(used.len());
        let mut next = 0;
        for &used in &used {
            moved.push(next);
            next += u32::from(used);
        }
        let mut keep = used.iter();
        consts.list.retain(|_| keep.next().copied().unwrap_or(false));
        consts.index.clear();
        for id in order {
            for instr in self.blocks[id].instrs.iter_mut().filter(|instr| instr.op.has_const()) {
                instr.arg = moved.get(instr.arg as usize).copied().unwrap_or(instr.arg);
            }
        }
    }
}
