//! What compiling makes: one code object as data.

use std::sync::Arc;

use crate::Constant;

/// One code object, nested ones among its constants.
#[derive(Debug)]
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

/// Below this much free stack, a walk over nested code objects continues on a fresh piece.
const RED_ZONE_BYTES: usize = 64 * 1024;
const PIECE_BYTES: usize = 4 * 1024 * 1024;

impl Clone for Code {
    fn clone(&self) -> Self {
        stacker::maybe_grow(RED_ZONE_BYTES, PIECE_BYTES, || Self {
            name: self.name.clone(),
            qualname: self.qualname.clone(),
            filename: self.filename.clone(),
            first_line: self.first_line,
            argcount: self.argcount,
            posonlyargcount: self.posonlyargcount,
            kwonlyargcount: self.kwonlyargcount,
            stacksize: self.stacksize,
            flags: self.flags,
            code: self.code.clone(),
            consts: self.consts.clone(),
            names: self.names.clone(),
            localsplusnames: self.localsplusnames.clone(),
            localspluskinds: self.localspluskinds.clone(),
            linetable: self.linetable.clone(),
            exceptiontable: self.exceptiontable.clone(),
        })
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        stacker::maybe_grow(RED_ZONE_BYTES, PIECE_BYTES, || {
            self.name == other.name
                && self.qualname == other.qualname
                && self.filename == other.filename
                && self.first_line == other.first_line
                && self.argcount == other.argcount
                && self.posonlyargcount == other.posonlyargcount
                && self.kwonlyargcount == other.kwonlyargcount
                && self.stacksize == other.stacksize
                && self.flags == other.flags
                && self.code == other.code
                && self.names == other.names
                && self.localsplusnames == other.localsplusnames
                && self.localspluskinds == other.localspluskinds
                && self.linetable == other.linetable
                && self.exceptiontable == other.exceptiontable
                && self.consts == other.consts
        })
    }
}

/// Code objects can nest as deeply as lambdas can, so they are taken apart one by one.
impl Drop for Code {
    fn drop(&mut self) {
        let mut pending = std::mem::take(&mut self.consts);
        while let Some(constant) = pending.pop() {
            if let Constant::Code(mut nested) = constant {
                pending.append(&mut nested.consts);
            }
        }
    }
}

/// Bits of [`Code::flags`]; those of `__future__` are in [`crate::future`].
pub mod code_flag {
    /// Locals are fast locals.
    pub const OPTIMIZED: u32 = 0x1;
    /// A call makes new locals.
    pub const NEWLOCALS: u32 = 0x2;
    /// Has `*args`.
    pub const VARARGS: u32 = 0x4;
    /// Has `**kwargs`.
    pub const VARKEYWORDS: u32 = 0x8;
    /// Stands inside a function.
    pub const NESTED: u32 = 0x10;
    /// Makes a generator.
    pub const GENERATOR: u32 = 0x20;
    /// Makes a coroutine.
    pub const COROUTINE: u32 = 0x80;
    /// Makes a generator that can be awaited (`types.coroutine`).
    pub const ITERABLE_COROUTINE: u32 = 0x100;
    /// Makes an asynchronous generator.
    pub const ASYNC_GENERATOR: u32 = 0x200;
    /// Raises no monitoring events.
    pub const NO_MONITORING_EVENTS: u32 = 0x200_0000;
    /// The first constant is the docstring.
    pub const HAS_DOCSTRING: u32 = 0x400_0000;
    /// Was defined directly in a class.
    pub const METHOD: u32 = 0x800_0000;
}

/// Bits of [`Code::localspluskinds`].
pub mod fast_kind {
    /// Can be given by position.
    pub const ARG_POS: u8 = 0x02;
    /// Can be given by keyword.
    pub const ARG_KW: u8 = 0x04;
    /// Collects arguments.
    pub const ARG_VAR: u8 = 0x08;
    /// Belongs to an inlined comprehension and is not shown.
    pub const HIDDEN: u8 = 0x10;
    /// A local variable.
    pub const LOCAL: u8 = 0x20;
    /// A cell.
    pub const CELL: u8 = 0x40;
    /// A free variable.
    pub const FREE: u8 = 0x80;
}
