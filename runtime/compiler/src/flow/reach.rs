//! Blocks that no path reaches lose their instructions; the others learn how many ways lead to them.

use super::Graph;

impl Graph {
    pub(super) fn remove_unreachable(&mut self) {
        self.clear_visited();
        for block in &mut self.blocks {
            block.predecessors = 0;
        }
        self.blocks[self.entry].predecessors = 1;
        self.blocks[self.entry].visited = true;
        let mut todo = vec![self.entry];
        while let Some(id) = todo.pop() {
            let block = &self.blocks[id];
            let next = block.next.filter(|_| block.falls_through());
            let targets: Vec<_> =
                next.into_iter().chain(block.instrs.iter().filter_map(|instr| instr.target)).collect();
            for target in targets {
                let target_block = &mut self.blocks[target];
                target_block.predecessors += 1;
                if !target_block.visited {
                    target_block.visited = true;
                    todo.push(target);
                }
            }
        }
        for block in &mut self.blocks {
            if block.predecessors == 0 {
                block.keep(Vec::new());
                block.except_handler = false;
            }
        }
    }
}
