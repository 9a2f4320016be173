//! `_weft_tally`, in debug builds alone: how often the calling thread has written what others may be reading, for the program
//! `tests/modules/shared_reads.py`, which holds reads of shared objects to zero.

use runtime::native;
use threads::sync::tally;

/// Counts of the calling thread's writes to memory that threads share.
#[native::module("_weft_tally")]
pub mod module {
    use super::*;

    /// How many atomic read-modify-writes the thread has executed, and how many plain stores to shared objects.
    pub fn counts() -> (i64, i64) {
        let counts = tally::tally();
        (counts.updates.cast_signed(), counts.stores.cast_signed())
    }

    /// Describe the thread's next writes on the standard error.
    #[sig("(count, /)")]
    pub fn show(count: u32) {
        tally::show(count);
    }
}
