//! What compiling makes: one code object as data.

use std::sync::Arc;

use crate::Constant;

/// One code object, nested ones among its constants.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    /// `co_name`.
    pub name: Arc<str>,
    /// `co_qualname`.
    pub qualname: Arc<str>,
    /// `co_filename`.
    pub filename: Arc<str>,
    /// `co_firstlineno`.
    pub first_line: i32,
    /// `co_argcount`, positional-only parameters included.
    pub argcount: u32,
    /// `co_posonlyargcount`.
    pub posonlyargcount: u32,
    /// `co_kwonlyargcount`.
    pub kwonlyargcount: u32,
    /// `co_stacksize`.
    pub stacksize: u32,
    /// `co_flags`.
    pub flags: u32,
    /// `co_code`: two-byte units of opcode and argument, extended arguments and zeroed caches included.
    pub code: Vec<u8>,
    /// `co_consts`.
    pub consts: Vec<Constant>,
    /// `co_names`.
    pub names: Vec<Arc<str>>,
    /// Names of locals, cells and free variables, in slot order.
    pub localsplusnames: Vec<Arc<str>>,
    /// What each slot is: CPython's `CO_FAST_*` bits.
    pub localspluskinds: Vec<u8>,
    /// `co_linetable`.
    pub linetable: Vec<u8>,
    /// `co_exceptiontable`.
    pub exceptiontable: Vec<u8>,
}
