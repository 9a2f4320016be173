//! The shared roots of a round: one published object with many slots.

use memory::{Object, Slot, Trace, Value, Visitor};
use threads::Thread;

/// A range of places on the board, or of a thread's private roots, for one sort of things. Places are not bound to their sort:
/// an operation that meets something else leaves it alone.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sort {
    Node = 0,
    List = 1,
    Weak = 2,
    Class = 3,
}

/// Where each sort's places end.
const ENDS: [u64; 4] = [32, 38, 44, 48];

/// Places in all.
pub(crate) const PLACES: u64 = ENDS[3];

impl Sort {
    const ALL: [Sort; 4] = [Sort::Node, Sort::List, Sort::Weak, Sort::Class];

    /// The place for this sort that `choice` selects among the first `hot`.
    pub(crate) fn place(self, choice: u64, hot: u64) -> usize {
        let begin = if self as usize == 0 { 0 } else { ENDS[self as usize - 1] };
        (begin + choice % (ENDS[self as usize] - begin).min(hot)) as usize
    }
}

/// The place that `choice` selects among the first `hot` of each sort, mostly of nodes.
pub(crate) fn any_place(choice: u64, hot: u64) -> usize {
    Sort::ALL[[0, 0, 0, 0, 0, 1, 2, 3][(choice % 8) as usize]].place(choice / 8, hot)
}

/// The shared roots.
#[derive(Debug)]
pub(crate) struct Board {
    pub(crate) places: [Slot; PLACES as usize],
}

// SAFETY: every place is visited.
unsafe impl Trace for Board {
    const NAME: &'static str = "board";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        self.places.iter().for_each(|place| visitor.slot(place));
    }
}

static DESC: memory::TypeDesc = mock::description::<Board>();
// SAFETY: `DESC` was made for the same type.
static BOARD: memory::TypedShape<Board> = unsafe { mock::shape_of(&DESC) };

/// Makes a board.
pub(crate) fn new_board(thread: &mut Thread) -> Value {
    let places = std::array::from_fn(|_| Slot::default());
    BOARD.allocate(thread, Board { places }).expect("memory for a board")
}

/// The board behind `value`.
pub(crate) fn board_of(value: &Value) -> Option<&Object<Board>> {
    Object::of(value, &BOARD)
}
