//! The flow graph: instructions between code generation and assembly.
//!
//! The code generator writes a linear [`Sequence`] with labels. [`Graph`] cuts it into basic blocks: runs of
//! instructions that are entered at the top only and left at the end only (or by an exception). The passes, in their
//! order in [`optimize`] and [`Graph::finish`]:
//!
//! 1. `except`: which handler protects each instruction; blocks no longer nest from then on.
//! 2. `reach`, `lines`: drop what cannot be reached; give a line to instructions that were made without one.
//! 3. `fold`, `peephole`, `swaps`, `nops`: constants, jumps to jumps, stack shuffles, and what they leave behind.
//! 4. `locals`: which variables may be unbound when read; two local accesses in one instruction.
//! 5. `cold`: handlers go to the end, so that the usual path is straight.
//! 6. `finish`, `depth`, `borrow`: real jumps, cells, stack depth, borrowed references.
//!
//! What each pass decides is visible in `co_code`, `co_consts` and `co_linetable`, and meant to be what CPython 3.14
//! decides.

mod borrow;
mod build;
mod cold;
mod consts;
mod depth;
mod evaluate;
mod except;
mod finish;
mod fold;
mod lines;
mod locals;
mod nops;
mod peephole;
mod reach;
mod sequence;
mod swaps;

use std::collections::VecDeque;

use crate::ast::Span;
use crate::opcode::Opcode;

pub(crate) use consts::Consts;
pub(crate) use evaluate::equal;
pub(crate) use finish::{Handler, Line, Variables};
pub(crate) use sequence::{Label, SeqInstr, Sequence};

use crate::SyntaxError;

/// The place of an instruction that has none.
pub(crate) const NO_LOCATION: Span = Span { lineno: -1, col_offset: -1, end_lineno: -1, end_col_offset: -1 };
/// The place of an instruction that takes that of the instruction after it.
pub(crate) const NEXT_LOCATION: Span =
    Span { lineno: -2, col_offset: -2, end_lineno: -2, end_col_offset: -2 };

/// Index of a block in [`Graph::blocks`].
pub(crate) type BlockId = usize;

/// An instruction in a block.
#[derive(Clone, Debug)]
pub(crate) struct Instr {
    pub(crate) op: Opcode,
    pub(crate) arg: u32,
    pub(crate) span: Span,
    /// Where a jump goes, or which handler a SETUP_… installs.
    pub(crate) target: Option<BlockId>,
    /// The handler that is active.
    pub(crate) except: Option<BlockId>,
}

impl Instr {
    pub(crate) fn new(op: Opcode, arg: u32, span: Span) -> Self {
        Self { op, arg, span, target: None, except: None }
    }

    pub(crate) fn jump(op: Opcode, target: BlockId, span: Span) -> Self {
        Self { op, arg: 0, span, target: Some(target), except: None }
    }

    /// Turns the instruction into a NOP that keeps its line.
    pub(crate) fn make_nop(&mut self) {
        self.set(Opcode::Nop, 0);
    }

    /// Turns the instruction into another without target.
    pub(crate) fn set(&mut self, op: Opcode, arg: u32) {
        self.op = op;
        self.arg = arg;
        self.target = None;
    }

    pub(crate) fn is_jump(&self) -> bool {
        self.op.has_jump()
    }

    pub(crate) fn is_block_push(&self) -> bool {
        self.op.has_exc()
    }
}

/// Whether the instruction always jumps.
pub(crate) fn is_unconditional_jump(op: Opcode) -> bool {
    matches!(
        op,
        Opcode::Jump
            | Opcode::JumpNoInterrupt
            | Opcode::JumpForward
            | Opcode::JumpBackward
            | Opcode::JumpBackwardNoInterrupt
    )
}

/// Whether the instruction leaves the code.
pub(crate) fn is_scope_exit(op: Opcode) -> bool {
    matches!(op, Opcode::ReturnValue | Opcode::RaiseVarargs | Opcode::Reraise)
}

/// Whether a block ends with the instruction.
pub(crate) fn is_terminator(op: Opcode) -> bool {
    op.has_jump() || is_scope_exit(op)
}

/// A basic block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    pub(crate) instrs: Vec<Instr>,
    /// The handlers of removed instructions, see [`Block::push`].
    vacated: VecDeque<Option<BlockId>>,
    /// The block after it in the code.
    pub(crate) next: Option<BlockId>,
    /// Whether something jumps here, or did.
    pub(crate) has_label: bool,
    pub(crate) predecessors: usize,
    /// Whether this is where an exception handler starts.
    pub(crate) except_handler: bool,
    /// Whether the handler wants the offset of the instruction that raised.
    pub(crate) preserve_lasti: bool,
    pub(crate) cold: bool,
    pub(crate) warm: bool,
    pub(crate) visited: bool,
    /// Height of the stack on entry, once known.
    pub(crate) start_depth: i32,
    /// Locals that may be unbound on entry, a bit each.
    pub(crate) unsafe_locals: u64,
}

impl Block {
    /// Appends a fresh instruction. It gets the handler of the instruction that stood at its index before the block
    /// shrank, or none: for fresh instructions, which are jumps and markers and cannot raise, this means nothing, but
    /// it is what CPython's arrays of instructions do, and the exception table shows it.
    fn push(&mut self, mut instr: Instr) {
        instr.except = self.vacated.pop_front().flatten();
        self.instrs.push(instr);
    }

    /// Appends copies of instructions, with their handlers.
    fn extend(&mut self, instrs: Vec<Instr>) {
        self.vacated.drain(..instrs.len().min(self.vacated.len()));
        self.instrs.extend(instrs);
    }

    /// Inserts instructions, with their handlers.
    fn insert(&mut self, at: usize, instrs: Vec<Instr>) {
        self.vacated.drain(..instrs.len().min(self.vacated.len()));
        self.instrs.splice(at..at, instrs);
    }

    /// Replaces the instructions by those that are left of them.
    fn keep(&mut self, kept: Vec<Instr>) {
        let removed = self.instrs[kept.len()..].iter().map(|instr| instr.except);
        let vacated: VecDeque<_> = removed.chain(self.vacated.iter().copied()).collect();
        self.vacated = vacated;
        self.instrs = kept;
    }

    pub(crate) fn last_op(&self) -> Option<Opcode> {
        self.instrs.last().map(|instr| instr.op)
    }

    pub(crate) fn falls_through(&self) -> bool {
        !self.last_op().is_some_and(|op| is_scope_exit(op) || is_unconditional_jump(op))
    }

    pub(crate) fn exits_scope(&self) -> bool {
        self.last_op().is_some_and(is_scope_exit)
    }

    pub(crate) fn has_no_line(&self) -> bool {
        self.instrs.iter().all(|instr| instr.span.lineno < 0)
    }
}

/// The blocks of one code object, linked in their order.
#[derive(Debug)]
pub(crate) struct Graph {
    pub(crate) blocks: Vec<Block>,
    pub(crate) entry: BlockId,
}

impl Graph {
    /// The blocks in their order.
    pub(crate) fn order(&self) -> Vec<BlockId> {
        std::iter::successors(Some(self.entry), |&block| self.blocks[block].next).collect()
    }

    pub(crate) fn new_block(&mut self) -> BlockId {
        self.blocks.push(Block { start_depth: -1, ..Block::default() });
        self.blocks.len() - 1
    }

    /// Links `block` in after `after`.
    pub(crate) fn insert_after(&mut self, after: BlockId, block: BlockId) {
        self.blocks[block].next = self.blocks[after].next;
        self.blocks[after].next = Some(block);
    }

    /// The block itself if it has instructions, else the next that has.
    pub(crate) fn nonempty(&self, mut block: Option<BlockId>) -> Option<BlockId> {
        while let Some(id) = block {
            if !self.blocks[id].instrs.is_empty() {
                break;
            }
            block = self.blocks[id].next;
        }
        block
    }

    fn clear_visited(&mut self) {
        for block in &mut self.blocks {
            block.visited = false;
        }
    }

    /// Optimizes the graph; drops constants that are no longer used.
    ///
    /// `locals` and `params` count the fast locals and how many of them are parameters.
    pub(crate) fn optimize(
        &mut self,
        consts: &mut Consts,
        locals: usize,
        params: usize,
    ) -> Result<(), SyntaxError> {
        self.mark_except_handlers();
        self.label_exception_targets()?;

        self.inline_small_blocks();
        self.remove_unreachable();
        self.resolve_lines();
        self.fold_loaded_constants(consts);
        for block in self.order() {
            self.optimize_block(block, consts);
        }
        self.remove_redundant_nops_and_pairs();
        self.remove_unreachable();
        self.remove_redundant_nops_and_jumps()?;

        self.remove_unused_consts(consts);
        self.check_unbound_locals(locals, params);
        self.insert_superinstructions();
        self.push_cold_blocks_to_end()?;
        self.resolve_lines();
        Ok(())
    }
}
