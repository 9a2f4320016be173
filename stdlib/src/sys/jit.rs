//! `sys._jit`: what programs ask of a compiler at run time, of which there is none yet.

use runtime::native;

/// Utilities for observing just-in-time compilation.
#[native::module("sys._jit")]
pub mod functions {
    /// Return True if the current Python executable supports JIT compilation, and False otherwise.
    pub fn is_available() -> bool {
        false
    }

    /// Return True if JIT compilation is enabled for the current Python process (implies
    /// sys._jit.is_available()), and False otherwise.
    pub fn is_enabled() -> bool {
        false
    }

    /// Return True if the topmost Python frame is currently executing JIT code (implies
    /// sys._jit.is_enabled()), and False otherwise.
    pub fn is_active() -> bool {
        false
    }
}
