//! What the code generator writes: instructions in a row, with labels for jumps.

use crate::ast::Span;
use crate::opcode::Opcode;

/// A place to jump to, which may become known after the jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label(pub(crate) u32);

/// An instruction; `arg` is the label's number where the instruction jumps or installs a handler.
#[derive(Clone, Debug)]
pub(crate) struct SeqInstr {
    pub(crate) op: Opcode,
    pub(crate) arg: u32,
    pub(crate) span: Span,
}

impl SeqInstr {
    /// Whether the argument is a label.
    pub(crate) fn has_target(&self) -> bool {
        self.op.has_jump() || self.op.has_exc()
    }
}

/// Instructions and labels.
#[derive(Debug, Default)]
pub(crate) struct Sequence {
    pub(crate) instrs: Vec<SeqInstr>,
    /// For each label the index of the instruction that it marks, once known.
    labels: Vec<Option<usize>>,
    /// What stands where ANNOTATIONS_PLACEHOLDER is; has no jumps.
    pub(crate) annotations: Vec<SeqInstr>,
}

impl Sequence {
    /// A new label.
    pub(crate) fn label(&mut self) -> Label {
        self.labels.push(None);
        Label((self.labels.len() - 1) as u32)
    }

    /// Makes `label` mark the next instruction.
    pub(crate) fn mark(&mut self, label: Label) {
        self.labels[label.0 as usize] = Some(self.instrs.len());
    }

    /// Appends an instruction.
    pub(crate) fn push(&mut self, op: Opcode, arg: u32, span: Span) {
        self.instrs.push(SeqInstr { op, arg, span });
    }

    /// Inserts an instruction; labels of what stands at `at` or after it move with it.
    pub(crate) fn insert(&mut self, at: usize, instr: SeqInstr) {
        self.instrs.insert(at, instr);
        for place in self.labels.iter_mut().flatten() {
            if *place >= at {
                *place += 1;
            }
        }
    }

    /// The index of the instruction that a label marks.
    pub(crate) fn place(&self, label: u32) -> Option<usize> {
        self.labels.get(label as usize).copied().flatten()
    }
}
