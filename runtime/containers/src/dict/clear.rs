//! What a dict held, after it has let go of it.

use std::fmt;
use std::ptr::NonNull;

use memory::Value;

use super::table::Table;

/// The keys and values of a dict that was cleared or has died; dropped when this is.
pub struct Cleared {
    table: Option<NonNull<Table>>,
    /// Of a table that others may still read.
    values: Vec<Value>,
}

impl Cleared {
    /// Takes over a whole table with its counts.
    ///
    /// # Safety
    /// Nobody else reaches the table.
    pub(super) unsafe fn whole(table: NonNull<Table>) -> Self {
        Self { table: Some(table), values: Vec::new() }
    }

    /// Takes over values that have been moved out of a table.
    pub(super) fn values(values: Vec<Value>) -> Self {
        Self { table: None, values }
    }
}

impl Drop for Cleared {
    fn drop(&mut self) {
        let Some(table) = self.table else { return };
        // SAFETY: nobody else reaches it.
        let entries = unsafe { table.as_ref() };
        for position in 0..entries.appended() {
            let entry = entries.entry(position);
            for slot in [&entry.key, &entry.value] {
                // SAFETY: the slot counted it, and is never looked at again.
                drop(unsafe { Value::from_word(slot.word_plain()) });
            }
        }
        // SAFETY: nobody else reaches it.
        unsafe { Table::free(table) };
    }
}

impl fmt::Debug for Cleared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cleared").field("values", &self.values.len()).finish_non_exhaustive()
    }
}
