//! Attributes and methods of code objects.

use memory::{Object, Value};
use threads::Thread;
use threads::sync::OnceLock;

use super::code::{Code, flag, kind};
use super::{Bytes, BytesExt, List, Str, StrExt, Tuple, TupleExt};
use crate::class::{Comparison, class_of};
use crate::error::{Result, type_error, value_error};
use crate::interp::positions;
use crate::native::{Args, GetSet, NativeDef};
use crate::object::cast;
use crate::ops;

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[methods::METHODS];
/// Computed attributes.
pub static GETSETS: &[&[GetSet]] = &[methods::GETSETS];

/// Names of the slots of some kinds.
fn names_of(thread: &mut Thread, code: &Object<Code>, wanted: impl Fn(u8) -> bool) -> Result<Value> {
    let payload = code.payload();
    let names = cast::<Tuple>(&payload.localsplusnames).map_or(&[][..], |names| names.items());
    let chosen: Vec<Value> = names
        .iter()
        .zip(&payload.localspluskinds)
        .filter(|(_, kind)| wanted(**kind))
        .map(|(name, _)| name.clone())
        .collect();
    Tuple::new(thread, chosen)
}

#[native::methods(Code)]
mod methods {
    use super::*;

    /// name
    #[getter]
    pub fn co_name(code: &Object<Code>) -> Value {
        code.payload().name.clone()
    }

    /// qualified name
    #[getter]
    pub fn co_qualname(code: &Object<Code>) -> Value {
        code.payload().qualname.clone()
    }

    /// file
    #[getter]
    pub fn co_filename(code: &Object<Code>) -> Value {
        code.payload().filename.clone()
    }

    /// first line
    #[getter]
    pub fn co_firstlineno(code: &Object<Code>) -> i32 {
        code.payload().first_line
    }

    /// number of positional parameters
    #[getter]
    pub fn co_argcount(code: &Object<Code>) -> u32 {
        code.payload().argcount
    }

    /// number of positional-only parameters
    #[getter]
    pub fn co_posonlyargcount(code: &Object<Code>) -> u32 {
        code.payload().posonlyargcount
    }

    /// number of keyword-only parameters
    #[getter]
    pub fn co_kwonlyargcount(code: &Object<Code>) -> u32 {
        code.payload().kwonlyargcount
    }

    /// number of local variables
    #[getter]
    pub fn co_nlocals(code: &Object<Code>) -> usize {
        code.payload().localspluskinds.iter().filter(|&&k| k & kind::LOCAL != 0).count()
    }

    /// depth of the evaluation stack
    #[getter]
    pub fn co_stacksize(code: &Object<Code>) -> u32 {
        code.payload().stacksize
    }

    /// flags
    #[getter]
    pub fn co_flags(code: &Object<Code>) -> u32 {
        code.payload().flags
    }

    /// constants
    #[getter]
    pub fn co_consts(code: &Object<Code>) -> Value {
        code.payload().consts.clone()
    }

    /// names
    #[getter]
    pub fn co_names(code: &Object<Code>) -> Value {
        code.payload().names.clone()
    }

    /// names of local variables
    #[getter]
    pub fn co_varnames(th: &mut Thread, code: &Object<Code>) -> Result<Value> {
        names_of(th, code, |k| k & kind::LOCAL != 0)
    }

    /// names of cells
    #[getter]
    pub fn co_cellvars(th: &mut Thread, code: &Object<Code>) -> Result<Value> {
        names_of(th, code, |k| k & kind::CELL != 0)
    }

    /// names of free variables
    #[getter]
    pub fn co_freevars(th: &mut Thread, code: &Object<Code>) -> Result<Value> {
        names_of(th, code, |k| k & kind::FREE != 0)
    }

    /// instructions
    #[getter]
    pub fn co_code(th: &mut Thread, code: &Object<Code>) -> Result<Value> {
        Bytes::new(th, &code.payload().code)
    }

    /// instructions as they are run; here the same as co_code
    #[getter]
    pub fn _co_code_adaptive(th: &mut Thread, code: &Object<Code>) -> Result<Value> {
        Bytes::new(th, &code.payload().code)
    }

    /// location table
    #[getter]
    pub fn co_linetable(th: &mut Thread, code: &Object<Code>) -> Result<Value> {
        Bytes::new(th, &code.payload().linetable)
    }

    /// exception table
    #[getter]
    pub fn co_exceptiontable(th: &mut Thread, code: &Object<Code>) -> Result<Value> {
        Bytes::new(th, &code.payload().exceptiontable)
    }

    /// Iterate over tuples of start, end and line of the code's ranges.
    pub fn co_lines(th: &mut Thread, code: &Object<Code>) -> Result<Value> {
        let mut ranges: Vec<(usize, usize, Option<i32>)> = Vec::new();
        let mut at = 0;
        for (units, position) in positions::entries(code.payload()) {
            let end = at + units * 2;
            match ranges.last_mut() {
                Some(last) if last.2 == position.line => last.1 = end,
                _ => ranges.push((at, end, position.line)),
            }
            at = end;
        }
        let mut items = Vec::new();
        for (start, end, line) in ranges {
            items.push(crate::native::IntoResult::into_result((start, end, line), th)?);
        }
        let list = List::new(th, items)?;
        ops::iter(th, &list)
    }

    /// Iterate over tuples of start line, end line, start column and end column of each instruction.
    pub fn co_positions(th: &mut Thread, code: &Object<Code>) -> Result<Value> {
        let mut items = Vec::new();
        for (units, p) in positions::entries(code.payload()) {
            let tuple = crate::native::IntoResult::into_result((p.line, p.end_line, p.column, p.end_column), th)?;
            items.extend(std::iter::repeat_n(tuple, units));
        }
        let list = List::new(th, items)?;
        ops::iter(th, &list)
    }

    /// Iterate over tuples of source, left and right target of branches.
    pub fn co_branches(th: &mut Thread, code: &Object<Code>) -> Result<Value> {
        use compiler::opcode::Opcode;
        let bytes = &code.payload().code;
        let (mut items, mut at, mut extended) = (Vec::new(), 0, 0usize);
        while at + 1 < bytes.len() {
            let argument = extended << 8 | usize::from(bytes[at + 1]);
            let opcode = Opcode::from_number(bytes[at].into());
            extended = if opcode == Some(Opcode::ExtendedArg) { argument } else { 0 };
            let next = at + 2 + 2 * opcode.map_or(0, Opcode::caches);
            let branches = matches!(
                opcode,
                Some(
                    Opcode::PopJumpIfFalse
                        | Opcode::PopJumpIfTrue
                        | Opcode::PopJumpIfNone
                        | Opcode::PopJumpIfNotNone
                        | Opcode::ForIter
                )
            );
            if branches {
                // The way that is not taken goes on at the NOT_TAKEN behind the jump.
                let triple = (at, next + 2, next + 2 * argument);
                items.push(crate::native::IntoResult::into_result(triple, th)?);
            }
            at = next;
        }
        let list = List::new(th, items)?;
        ops::iter(th, &list)
    }

    /// Return the name of the local variable with this index, cells and free variables included.
    pub fn _varname_from_oparg(code: &Object<Code>, oparg: usize) -> Result<Value> {
        code.payload()
            .local_name(oparg)
            .cloned()
            .ok_or_else(|| crate::error::index_error("tuple index out of range"))
    }

    /// Return a copy of the code object with new values for the specified fields.
    #[sig("($self, /, **changes)")]
    pub fn replace(th: &mut Thread, code: &Object<Code>, changes: crate::native::KwRest<'_>) -> Result<Value> {
        let mut parts = Parts::of(th, code)?;
        for (name, value) in changes.iter() {
            let text = cast::<Str>(name).map(|name| name.to_string_lossy()).unwrap_or_default();
            parts.set(th, &text, value)?;
        }
        parts.build(th)
    }

    /// Return a copy of the code object with new values for the specified fields.
    #[name("__replace__")]
    #[sig("($self, /, **changes)")]
    pub fn replace_too(th: &mut Thread, code: &Object<Code>, changes: crate::native::KwRest<'_>) -> Result<Value> {
        replace(th, code, changes)
    }
}

/// The fields of a code object, to be changed.
struct Parts {
    payload: Code,
    varnames: Value,
    cellvars: Value,
    freevars: Value,
    renamed: bool,
}

impl Parts {
    fn of(thread: &mut Thread, code: &Object<Code>) -> Result<Self> {
        let p = code.payload();
        Ok(Self {
            payload: Code {
                name: p.name.clone(),
                qualname: p.qualname.clone(),
                filename: p.filename.clone(),
                first_line: p.first_line,
                argcount: p.argcount,
                posonlyargcount: p.posonlyargcount,
                kwonlyargcount: p.kwonlyargcount,
                stacksize: p.stacksize,
                flags: p.flags,
                code: p.code.clone(),
                consts: p.consts.clone(),
                names: p.names.clone(),
                localsplusnames: p.localsplusnames.clone(),
                localspluskinds: p.localspluskinds.clone(),
                linetable: p.linetable.clone(),
                exceptiontable: p.exceptiontable.clone(),
                instructions: OnceLock::new(),
            },
            varnames: names_of(thread, code, |k| k & kind::LOCAL != 0)?,
            cellvars: names_of(thread, code, |k| k & kind::CELL != 0)?,
            freevars: names_of(thread, code, |k| k & kind::FREE != 0)?,
            renamed: false,
        })
    }

    fn set(&mut self, thread: &mut Thread, name: &str, value: &Value) -> Result<()> {
        let text = |what: &Value| -> Result<Value> {
            if cast::<Str>(what).is_some() {
                Ok(crate::types::str::intern(threads_context(), what))
            } else {
                Err(type_error(format!(
                    "replace() argument '{name}' must be str, not {}",
                    crate::class::TypeExt::name_lossy(class_of(what))
                )))
            }
        };
        let tuple = |what: &Value| -> Result<Value> {
            if cast::<Tuple>(what).is_some() {
                Ok(what.clone())
            } else {
                Err(type_error(format!(
                    "replace() argument '{name}' must be tuple, not {}",
                    crate::class::TypeExt::name_lossy(class_of(what))
                )))
            }
        };
        let bytes = |what: &Value| -> Result<Box<[u8]>> {
            match cast::<Bytes>(what) {
                Some(bytes) => Ok(bytes.bytes().into()),
                None => Err(type_error(format!(
                    "replace() argument '{name}' must be bytes, not {}",
                    crate::class::TypeExt::name_lossy(class_of(what))
                ))),
            }
        };
        let mut count = |what: &Value| -> Result<u32> {
            u32::try_from(ops::index_i128(thread, what)?)
                .map_err(|_| value_error("code: argument out of range"))
        };
        match name {
            "co_name" => self.payload.name = text(value)?,
            "co_qualname" => self.payload.qualname = text(value)?,
            "co_filename" => self.payload.filename = text(value)?,
            "co_firstlineno" => self.payload.first_line = count(value)? as i32,
            "co_argcount" => self.payload.argcount = count(value)?,
            "co_posonlyargcount" => self.payload.posonlyargcount = count(value)?,
            "co_kwonlyargcount" => self.payload.kwonlyargcount = count(value)?,
            "co_stacksize" => self.payload.stacksize = count(value)?,
            "co_flags" => self.payload.flags = count(value)?,
            "co_nlocals" => {
                count(value)?;
            }
            "co_code" => {
                // Instructions that the compiler did not make could make the interpreter leave its stack.
                if bytes(value)? != self.payload.code {
                    return Err(crate::error::not_implemented_error("code.replace(co_code=...)"));
                }
            }
            "co_consts" => {
                let new = tuple(value)?;
                let len = |tuple: &Value| cast::<Tuple>(tuple).map_or(0, |tuple| tuple.len());
                if len(&new) < len(&self.payload.consts) {
                    return Err(value_error("code: co_consts is too small"));
                }
                self.payload.consts = new;
            }
            "co_names" => {
                let new = tuple(value)?;
                let len = |tuple: &Value| cast::<Tuple>(tuple).map_or(0, |tuple| tuple.len());
                if len(&new) < len(&self.payload.names) {
                    return Err(value_error("code: co_names is too small"));
                }
                self.payload.names = new;
            }
            "co_linetable" => self.payload.linetable = bytes(value)?,
            "co_exceptiontable" => {
                if bytes(value)? != self.payload.exceptiontable {
                    return Err(crate::error::not_implemented_error("code.replace(co_exceptiontable=...)"));
                }
            }
            "co_varnames" => (self.varnames, self.renamed) = (tuple(value)?, true),
            "co_cellvars" => (self.cellvars, self.renamed) = (tuple(value)?, true),
            "co_freevars" => (self.freevars, self.renamed) = (tuple(value)?, true),
            other => {
                return Err(type_error(format!("replace() got an unexpected keyword argument '{other}'")));
            }
        }
        Ok(())
    }

    fn build(mut self, thread: &mut Thread) -> Result<Value> {
        if self.renamed {
            // The same slots under other names.
            let items = |tuple: &Value| cast::<Tuple>(tuple).map(|t| t.items().to_vec()).unwrap_or_default();
            let (mut vars, mut cells, mut frees) = (
                items(&self.varnames).into_iter(),
                items(&self.cellvars).into_iter(),
                items(&self.freevars).into_iter(),
            );
            let mut names = Vec::new();
            for &k in &self.payload.localspluskinds {
                let of_var = if k & kind::LOCAL != 0 { vars.next() } else { None };
                let of_cell = if k & kind::CELL != 0 { cells.next() } else { None };
                let of_free = if k & kind::FREE != 0 { frees.next() } else { None };
                match of_var.or(of_cell).or(of_free) {
                    Some(name) => names.push(name),
                    None => return Err(value_error("code: varnames is too small")),
                }
            }
            if vars.next().is_some() || cells.next().is_some() || frees.next().is_some() {
                return Err(crate::error::not_implemented_error("code.replace() with other variables"));
            }
            self.payload.localsplusnames = Tuple::new(thread, names)?;
        }
        super::code::new(thread, self.payload)
    }
}

/// The calling thread's context.
fn threads_context() -> &'static threads::Context {
    threads::current_context().expect("INV-THREAD-2: natives run attached")
}

/// `code(...)`.
///
/// # Errors
/// NotImplementedError: code objects come from the compiler, `marshal` and `replace`.
pub fn new(_: &mut Thread, _: &Value, _: Args<'_>) -> Result<Value> {
    Err(crate::error::not_implemented_error("code objects made from their parts"))
}

/// `repr()` of a code object.
///
/// # Errors
/// MemoryError.
pub fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(code) = cast::<Code>(value) else { return super::instance::default_repr(thread, value) };
    let text = |value: &Value| cast::<Str>(value).map(|text| text.to_string_lossy()).unwrap_or_default();
    let payload = code.payload();
    Str::new(
        thread,
        &format!(
            "<code object {} at {:#x}, file \"{}\", line {}>",
            text(&payload.name),
            value.word().bits(),
            text(&payload.filename),
            payload.first_line
        ),
    )
}

/// Comparison of code objects: equal if they would do the same.
///
/// # Errors
/// What comparing constants raises.
pub fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some(x), Some(y)) = (cast::<Code>(a), cast::<Code>(b)) else { return Ok(Value::not_implemented()) };
    let equal = match op {
        Comparison::Eq | Comparison::Ne => same(thread, x.payload(), y.payload())?,
        _ => return Ok(Value::not_implemented()),
    };
    Ok(Value::from_bool(equal == (op == Comparison::Eq)))
}

fn same(thread: &mut Thread, a: &Code, b: &Code) -> Result<bool> {
    let plain = a.argcount == b.argcount
        && a.posonlyargcount == b.posonlyargcount
        && a.kwonlyargcount == b.kwonlyargcount
        && a.flags == b.flags
        && a.first_line == b.first_line
        && a.code == b.code
        && a.localspluskinds == b.localspluskinds
        && a.linetable == b.linetable
        && a.exceptiontable == b.exceptiontable;
    if !plain {
        return Ok(false);
    }
    for (x, y) in [(&a.name, &b.name), (&a.names, &b.names), (&a.localsplusnames, &b.localsplusnames)] {
        if !ops::is_or_equals(thread, x, y)? {
            return Ok(false);
        }
    }
    let (x, y) = (cast::<Tuple>(&a.consts), cast::<Tuple>(&b.consts));
    let (Some(x), Some(y)) = (x, y) else { return Ok(false) };
    if x.len() != y.len() {
        return Ok(false);
    }
    for (x, y) in x.items().iter().zip(y.items()) {
        // 1, 1.0 and True are different constants.
        if !std::ptr::eq(class_of(x), class_of(y)) || !ops::is_or_equals(thread, x, y)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The hash of a code object.
///
/// # Errors
/// What hashing its name raises.
pub fn hash(thread: &mut Thread, value: &Value) -> Result<i64> {
    let Some(code) = cast::<Code>(value) else { return Ok(0) };
    let payload = code.payload();
    let mut hash = ops::hash(thread, &payload.name)?;
    hash ^= super::hashing::hash_bytes(&payload.code);
    hash ^= i64::from(payload.first_line).rotate_left(20) ^ i64::from(payload.flags & !flag::NESTED).rotate_left(40);
    Ok(if hash == -1 { -2 } else { hash })
}
