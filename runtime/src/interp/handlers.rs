//! Exception tables: which instructions are protected by which handlers.
//!
//! A code object has its table as CPython does, in bytes: start, length, target and depth of each range, sorted, as numbers of six
//! bits a byte. The interpreter's copy of the instructions has it decoded, since every frame that an exception leaves asks.

/// A protected range and its handler; places are indices of instructions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handler {
    /// The first protected instruction.
    pub(crate) start: usize,
    /// The first one behind.
    pub(crate) end: usize,
    /// The handler's first instruction.
    pub(crate) target: usize,
    /// How much of the evaluation stack stays.
    pub(crate) depth: usize,
    /// Whether the raising instruction's index is pushed below the exception.
    pub(crate) push_instruction: bool,
}

/// The entries of `table`, as far as they are whole.
pub(crate) fn decode(table: &[u8]) -> impl Iterator<Item = Handler> + '_ {
    let mut bytes = table.iter().copied();
    std::iter::from_fn(move || {
        let mut number = || -> Option<usize> {
            let mut byte = bytes.next()?;
            let mut value = usize::from(byte & 63);
            while byte & 64 != 0 {
                byte = bytes.next()?;
                value = value << 6 | usize::from(byte & 63);
            }
            Some(value)
        };
        let (start, length, target, depth) = (number()?, number()?, number()?, number()?);
        let end = start.saturating_add(length);
        Some(Handler { start, end, target, depth: depth >> 1, push_instruction: depth & 1 != 0 })
    })
}

/// The handler of instruction `at`: that of the last range around it.
pub(crate) fn find(handlers: &[Handler], at: usize) -> Option<&Handler> {
    let begun = handlers.partition_point(|handler| handler.start <= at);
    handlers[..begun].iter().rev().find(|handler| at < handler.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_range_around_an_instruction_counts() {
        // 2..70 to 80 at depth 1 with the instruction, 10..12 to 90 at depth 3, and half an entry.
        let table = [0x82, 0x41, 0x04, 0x41, 0x10, 0x03, 0x8a, 0x02, 0x41, 0x1a, 0x06, 0x8f, 0x01];
        let handlers: Vec<Handler> = decode(&table).collect();
        assert_eq!(handlers.len(), 2);
        let target =
            |at| find(&handlers, at).map(|handler| (handler.target, handler.depth, handler.push_instruction));
        assert_eq!([1, 70].map(target), [None, None]);
        assert_eq!([2, 9, 12, 69].map(target), [Some((80, 1, true)); 4]);
        assert_eq!([10, 11].map(target), [Some((90, 3, false)); 2]);
    }
}
