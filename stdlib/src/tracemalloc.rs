//! `_tracemalloc`: where memory was allocated. Nothing is traced: starting says so, and everything else answers as before a
//! start.

use memory::Value;
use runtime::Thread;
use runtime::error::{Result, not_implemented_error, value_error};
use runtime::native;

#[native::module("_tracemalloc", doc = "Debug module to trace memory blocks allocated by Python.")]
pub mod module {
    use super::*;

    /// Return True if the tracemalloc module is tracing Python memory allocations.
    #[sig("()")]
    pub fn is_tracing() -> bool {
        false
    }

    /// Clear traces of memory blocks allocated by Python.
    #[sig("()")]
    pub fn clear_traces() {}

    /// The traces of all memory blocks: there are none.
    #[sig("()")]
    pub fn _get_traces(th: &mut Thread) -> Result<Value> {
        runtime::types::List::new(th, Vec::new())
    }

    /// Where an object was allocated: not known.
    #[sig("(obj, /)")]
    pub fn _get_object_traceback(obj: &Value) -> Value {
        let _ = obj;
        Value::none()
    }

    /// Start tracing Python memory allocations.
    #[sig("(nframe=1, /)")]
    pub fn start(nframe: i32) -> Result<()> {
        if !(1..=65535).contains(&nframe) {
            return Err(value_error("the number of frames must be in range [1; 65535]"));
        }
        Err(not_implemented_error("tracemalloc.start(): Weft does not trace where memory is allocated"))
    }

    /// Stop tracing Python memory allocations.
    #[sig("()")]
    pub fn stop() {}

    /// Get the maximum number of frames stored in the traceback of a trace.
    #[sig("()")]
    pub fn get_traceback_limit() -> i32 {
        1
    }

    /// The memory that tracing itself uses, in bytes.
    #[sig("()")]
    pub fn get_tracemalloc_memory() -> i32 {
        0
    }

    /// The current size and the peak size of traced memory, in bytes.
    #[sig("()")]
    pub fn get_traced_memory() -> (i32, i32) {
        (0, 0)
    }

    /// Set the peak size of traced memory to the current size.
    #[sig("()")]
    pub fn reset_peak() {}
}
