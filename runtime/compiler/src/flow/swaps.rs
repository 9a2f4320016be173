//! Stack shuffles: runs of SWAP made as short as they can be, and SWAPs saved by exchanging the stores after them.

use super::{Block, Instr};
use crate::opcode::Opcode;

impl Block {
    /// Replaces the run of SWAPs and NOPs at `start` by the shortest run with the same effect; returns the index of
    /// the run's last instruction.
    ///
    /// The permutation of the stack that the run makes splits into cycles. A cycle is made by exchanging the top with
    /// each of its other places in turn; a cycle that the top is not part of starts and ends by exchanging the top in
    /// and out.
    pub(super) fn shorten_swaps(&mut self, start: usize) -> usize {
        let run = &mut self.instrs[start..];
        let len =
            run.iter().position(|instr| !matches!(instr.op, Opcode::Swap | Opcode::Nop)).unwrap_or(run.len());
        let run = &mut run[..len];
        let swaps = |run: &[Instr]| -> Vec<usize> {
            run.iter().filter(|instr| instr.op == Opcode::Swap).map(|instr| instr.arg as usize).collect()
        };
        let swaps = swaps(run);
        if swaps.len() < 2 {
            return start;
        }
        let depth = swaps.iter().copied().max().unwrap_or(0);
        let mut stack: Vec<Option<usize>> = (0..depth).map(Some).collect();
        for &swap in &swaps {
            stack.swap(0, swap - 1);
        }
        // From the end of the run to its start.
        let mut free = run.iter_mut().rev();
        for first in 0..depth {
            if stack[first].is_none_or(|item| item == first) {
                continue;
            }
            let mut place = first;
            loop {
                if place != 0
                    && let Some(instr) = free.next()
                {
                    instr.set(Opcode::Swap, place as u32 + 1);
                }
                match stack[place].take() {
                    Some(next) => place = next,
                    None => break,
                }
            }
        }
        free.for_each(Instr::make_nop);
        start + len - 1
    }

    /// Applies SWAPs up to index `at` to the instructions after them: two stores (or pops) in the other order need no
    /// SWAP before them.
    pub(super) fn apply_swaps(&mut self, at: usize) {
        for index in (0..=at).rev() {
            let swap = &self.instrs[index];
            if swap.op != Opcode::Swap {
                if swap.op == Opcode::Nop || is_swappable(swap.op) {
                    continue;
                }
                return;
            }
            let count = swap.arg;
            let Some(first) = self.next_swappable(index, None) else { return };
            let line = self.instrs[first].span.lineno;
            let mut second = first;
            for _ in 1..count {
                let Some(next) = self.next_swappable(second, Some(line)) else { return };
                second = next;
            }
            let (store_first, store_second) = (stored(&self.instrs[first]), stored(&self.instrs[second]));
            if store_first.is_some() || store_second.is_some() {
                if store_first == store_second {
                    return;
                }
                let between = &self.instrs[first + 1..second.max(first + 1)];
                if between
                    .iter()
                    .filter_map(stored)
                    .any(|var| Some(var) == store_first || Some(var) == store_second)
                {
                    return;
                }
            }
            self.instrs[index].make_nop();
            self.instrs.swap(first, second);
        }
    }

    /// The next store or pop after `index` with nothing but NOPs between, on `line` if it is one.
    fn next_swappable(&self, index: usize, line: Option<i32>) -> Option<usize> {
        for (at, instr) in self.instrs.iter().enumerate().skip(index + 1) {
            if line.is_some_and(|line| line >= 0 && instr.span.lineno != line) {
                return None;
            }
            if instr.op != Opcode::Nop {
                return is_swappable(instr.op).then_some(at);
            }
        }
        None
    }
}

fn is_swappable(op: Opcode) -> bool {
    matches!(op, Opcode::StoreFast | Opcode::StoreFastMaybeNull | Opcode::PopTop)
}

fn stored(instr: &Instr) -> Option<u32> {
    matches!(instr.op, Opcode::StoreFast | Opcode::StoreFastMaybeNull).then_some(instr.arg)
}
