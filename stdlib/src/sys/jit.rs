//! `sys._jit`: what the just-in-time compiler is doing. There is none yet, and these say so.

use runtime::error::Result;
use runtime::native;
use runtime::types::module;
use runtime::{Thread, Value};

/// The module.
///
/// # Errors
/// MemoryError.
pub fn make(thread: &mut Thread) -> Result<Value> {
    module::from_def(thread, &functions::MODULE)
}

/// Utilities for observing just-in-time compilation.
#[native::module("sys._jit")]
mod functions {
    /// Return True if the current Python executable supports JIT compilation, and False otherwise.
    pub fn is_available() -> bool {
        false
    }

    /// Return True if JIT compilation is enabled for the current Python process (implies sys._jit.is_available()), and False otherwise.
    pub fn is_enabled() -> bool {
        false
    }

    /// Return True if the topmost Python frame is currently executing JIT code (implies sys._jit.is_enabled()), and False otherwise.
    pub fn is_active() -> bool {
        false
    }
}
