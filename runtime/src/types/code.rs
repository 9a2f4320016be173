//! `code`: what the compiler makes of a function, class body or module.
//!
//! The bytes of `co_code` are kept as they are; the interpreter runs its own copy with wider units, made when the code first
//! runs (`interp::instr`). Code objects are shared from birth and freed by the collector alone: functions and frames refer
//! to them without counting.
//!
//! * INV-CODE-1: `consts`, `names` and `localsplusnames` are tuples.

use compiler::Constant;
use memory::{Object, Trace, Value, Visitor};
use threads::sync::OnceLock;
use threads::{Context, Thread};

use crate::class::{ClassFlags, Slots};
use crate::error::{Result, overflow_error};
use crate::interp::instr::Instructions;
use crate::object::cast;
use crate::types::{Bytes, Str, Tuple, TupleExt, int};

pub use compiler::code_flag as flag;
pub use compiler::fast_kind as kind;

/// The payload of a code object. What it refers to never changes.
pub struct Code {
    /// `co_name`.
    pub name: Value,
    /// `co_qualname`.
    pub qualname: Value,
    /// `co_filename`.
    pub filename: Value,
    /// `co_firstlineno`.
    pub first_line: i32,
    /// `co_argcount`.
    pub argcount: u32,
    /// `co_posonlyargcount`.
    pub posonlyargcount: u32,
    /// `co_kwonlyargcount`.
    pub kwonlyargcount: u32,
    /// `co_stacksize`.
    pub stacksize: u32,
    /// `co_flags`.
    pub flags: u32,
    /// `co_code`.
    pub code: Box<[u8]>,
    /// `co_consts`.
    pub consts: Value,
    /// `co_names`: interned strs.
    pub names: Value,
    /// Names of locals, cells and free variables, in slot order: interned strs.
    pub localsplusnames: Value,
    /// What each slot is: bits of [`kind`].
    pub localspluskinds: Box<[u8]>,
    /// `co_linetable`.
    pub linetable: Box<[u8]>,
    /// `co_exceptiontable`.
    pub exceptiontable: Box<[u8]>,
    /// What the interpreter runs; made when the code first runs.
    pub instructions: Prepared,
    /// What the interpreter may assume of the instructions.
    pub trust: Trust,
}

/// What the interpreter has made of the instructions, once it has run them.
#[derive(Default)]
pub struct Prepared(pub(crate) OnceLock<Instructions>);

/// How far the instructions of a code object can be trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// The compiler has made them.
    #[default]
    Full,
    /// They have been checked, but borrowed slots might outlive what they borrow from: nothing is borrowed.
    NoBorrowing,
    /// They cannot be run, and this is why.
    Refused(Box<str>),
}

// SAFETY: each value once.
unsafe impl Trace for Code {
    const NAME: &'static str = "code";
    const TRACED_ONLY: bool = true;
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        for value in
            [&self.name, &self.qualname, &self.filename, &self.consts, &self.names, &self.localsplusnames]
        {
            visitor.value(value);
        }
    }
}

crate::class_def!(
    Code,
    "code",
    ClassFlags::HAS_WEAKREF.union(ClassFlags::IMMUTABLE),
    with_doc("Create a code object.  Not for mere mortals."),
    with_slots(slots),
    with_new(super::code_methods::new),
    with_methods(super::code_methods::METHODS),
    with_getsets(super::code_methods::GETSETS)
);

fn slots(slots: &Slots) {
    slots.repr.set(super::code_methods::repr);
    slots.compare.set(super::code_methods::compare);
    slots.hash.set(super::code_methods::hash);
}

impl Code {
    /// How many slots hold locals, cells and free variables.
    #[inline(always)]
    pub fn nlocalsplus(&self) -> usize {
        self.localspluskinds.len()
    }

    /// How many parameters there are, `*args` and `**kwargs` included.
    pub fn parameter_count(&self) -> usize {
        self.argcount as usize
            + self.kwonlyargcount as usize
            + usize::from(self.flags & flag::VARARGS != 0)
            + usize::from(self.flags & flag::VARKEYWORDS != 0)
    }

    /// The name of a slot.
    pub fn local_name(&self, index: usize) -> Option<&Value> {
        cast::<Tuple>(&self.localsplusnames)?.items().get(index)
    }
}

/// A code object of what the compiler made.
///
/// # Errors
/// MemoryError.
pub fn from_compiled(thread: &mut Thread, code: &compiler::Code) -> Result<Value> {
    let strs = |thread: &Thread, names: &[std::sync::Arc<str>]| -> Result<Value> {
        let names: Result<Vec<Value>> = names.iter().map(|name| Str::interned(thread, name)).collect();
        Tuple::new(thread, names?)
    };
    let consts: Result<Vec<Value>> =
        code.consts.iter().map(|constant| constant_value(thread, constant)).collect();
    let payload = Code {
        name: Str::interned(thread, &code.name)?,
        qualname: Str::interned(thread, &code.qualname)?,
        filename: Str::interned(thread, &code.filename)?,
        first_line: code.first_line,
        argcount: code.argcount,
        posonlyargcount: code.posonlyargcount,
        kwonlyargcount: code.kwonlyargcount,
        stacksize: code.stacksize,
        flags: code.flags,
        code: code.code.clone().into_boxed_slice(),
        consts: Tuple::new(thread, consts?)?,
        names: strs(thread, &code.names)?,
        localsplusnames: strs(thread, &code.localsplusnames)?,
        localspluskinds: code.localspluskinds.clone().into_boxed_slice(),
        linetable: code.linetable.clone().into_boxed_slice(),
        exceptiontable: code.exceptiontable.clone().into_boxed_slice(),
        instructions: Prepared::default(),
        trust: Trust::Full,
    };
    new(thread, payload)
}

/// A code object.
///
/// # Errors
/// MemoryError; OverflowError if it is too long to run.
pub fn new(thread: &Context, payload: Code) -> Result<Value> {
    if payload.code.len() > 1 << 30 {
        return Err(overflow_error("code object is too large"));
    }
    crate::object::new(thread, payload)
}

/// The value of a constant.
///
/// # Errors
/// MemoryError.
pub fn constant_value(thread: &mut Thread, constant: &Constant) -> Result<Value> {
    Ok(match constant {
        Constant::None => Value::none(),
        Constant::Bool(value) => Value::from_bool(*value),
        Constant::Ellipsis => Value::ellipsis(),
        Constant::Int(value) => int::from_i64(thread, *value)?,
        Constant::BigInt(value) => int::from_bigint(thread, value.clone())?,
        Constant::Float(value) => super::float::new(thread, *value)?,
        Constant::Complex(real, imaginary) => super::complex::new(thread, *real, *imaginary)?,
        Constant::Str(text) => {
            let mut builder = text::Builder::with_capacity(text.len());
            for code in text.code_points() {
                builder.push(code.to_u32());
            }
            let value = Str::from_text(thread, &builder.finish())?;
            // CPython interns what looks like a name; programs see it by `is`.
            if text.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
                super::str::intern(thread, &value)
            } else {
                value
            }
        }
        Constant::Bytes(bytes) => Bytes::new(thread, bytes)?,
        Constant::Tuple(items) => {
            let items: Result<Vec<Value>> = items.iter().map(|item| constant_value(thread, item)).collect();
            Tuple::new(thread, items?)?
        }
        Constant::FrozenSet(items) => {
            let items: Result<Vec<Value>> = items.iter().map(|item| constant_value(thread, item)).collect();
            super::set::frozenset_of_constants(thread, items?)?
        }
        Constant::Slice(parts) => {
            let [start, stop, step] = &**parts;
            let (start, stop, step) = (
                constant_value(thread, start)?,
                constant_value(thread, stop)?,
                constant_value(thread, step)?,
            );
            super::slice::new(thread, start, stop, step)?
        }
        Constant::Code(code) => from_compiled(thread, code)?,
    })
}

/// The code object behind a value.
pub fn of(value: &Value) -> Option<&Object<Code>> {
    cast::<Code>(value)
}
