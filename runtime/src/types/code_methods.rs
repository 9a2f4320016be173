//! Attributes of code objects, and code objects made of parts.

use compiler::fast_kind as kind;
use memory::{Object, Value};
use threads::Thread;

use super::code::{self, Code, Prepared, Trust, flag};
use super::{Bytes, BytesExt, List, Str, StrExt, Tuple, TupleExt, int};
use crate::class::{Comparison, TypeExt, class_of};
use crate::error::{Result, type_error, value_error};
use crate::interp::{positions, verify};
use crate::native::{Args, GetSet, KwRest, NativeDef};
use crate::object::{cast, cast_exact};
use crate::ops;

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[methods::METHODS];
/// Computed attributes.
pub static GETSETS: &[&[GetSet]] = &[methods::GETSETS];

/// The names of slots of which `wanted` says yes.
fn names_of(thread: &mut Thread, code: &Code, wanted: impl Fn(u8) -> bool) -> Result<Value> {
    let chosen = chosen_names(code, wanted);
    Tuple::new(thread, chosen)
}

fn chosen_names(code: &Code, wanted: impl Fn(u8) -> bool) -> Vec<Value> {
    let names = cast::<Tuple>(&code.localsplusnames).map_or(&[][..], |names| names.items());
    names
        .iter()
        .zip(&*code.localspluskinds)
        .filter(|(_, of)| wanted(**of))
        .map(|(name, _)| name.clone())
        .collect()
}

fn optional(thread: &mut Thread, number: Option<i32>) -> Result<Value> {
    number.map_or_else(|| Ok(Value::none()), |number| int::from_i64(thread, number.into()))
}

/// The flags as programs see them.
fn shown_flags(code: &Code) -> u32 {
    code.flags
}

#[native::methods(Code)]
mod methods {
    use super::*;

    /// Return a copy of the code object with new values for the specified fields.
    #[sig("($self, **changes)", hidden)]
    pub fn replace(th: &mut Thread, this: &Object<Code>, changes: KwRest<'_>) -> Result<Value> {
        replaced(th, this.payload(), &changes)
    }

    /// The same as replace().
    #[sig("($self, **changes)", hidden)]
    pub fn __replace__(th: &mut Thread, this: &Object<Code>, changes: KwRest<'_>) -> Result<Value> {
        replaced(th, this.payload(), &changes)
    }

    /// Return an iterator over byte ranges and the lines that they come from.
    pub fn co_lines(th: &mut Thread, this: &Object<Code>) -> Result<Value> {
        let mut ranges: Vec<(usize, usize, Option<i32>)> = Vec::new();
        let mut at = 0;
        for (units, position) in positions::entries(this.payload()) {
            let end = at + units * 2;
            match ranges.last_mut() {
                Some(last) if last.2 == position.line => last.1 = end,
                _ => ranges.push((at, end, position.line)),
            }
            at = end;
        }
        let mut items = Vec::with_capacity(ranges.len());
        for (start, end, line) in ranges {
            let parts = vec![
                int::from_i128(th, start as i128)?,
                int::from_i128(th, end as i128)?,
                optional(th, line)?,
            ];
            items.push(Tuple::new(th, parts)?);
        }
        let items = List::new(th, items)?;
        ops::iter(th, &items)
    }

    /// Return an iterator over the places in the source of each code unit.
    pub fn co_positions(th: &mut Thread, this: &Object<Code>) -> Result<Value> {
        let mut items = Vec::new();
        for (units, place) in positions::entries(this.payload()) {
            let parts = vec![
                optional(th, place.line)?,
                optional(th, place.end_line)?,
                optional(th, place.column)?,
                optional(th, place.end_column)?,
            ];
            let place = Tuple::new(th, parts)?;
            items.extend(std::iter::repeat_n(place, units));
        }
        let items = List::new(th, items)?;
        ops::iter(th, &items)
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
                )
            );
            if branches {
                // The way that is not taken goes on at the NOT_TAKEN behind the jump.
                let triple = (at, next + 2, next + 2 * argument);
                items.push(crate::native::IntoResult::into_result(triple, th)?);
            }
            if opcode == Some(Opcode::ForIter) {
                // A loop ends behind its END_FOR and POP_ITER.
                let triple = (at, next, next + 2 * argument + 4);
                items.push(crate::native::IntoResult::into_result(triple, th)?);
            }
            if opcode == Some(Opcode::EndAsyncFor) {
                // The loop goes on behind the END_SEND, and ends here.
                let from = next.saturating_sub(2 * argument);
                items.push(crate::native::IntoResult::into_result((from, from + 4, next), th)?);
            }
            at = next;
        }
        let list = List::new(th, items)?;
        ops::iter(th, &list)
    }

    /// Return the name of a local variable's slot.
    pub fn _varname_from_oparg(this: &Object<Code>, oparg: usize) -> Result<Value> {
        this.payload()
            .local_name(oparg)
            .cloned()
            .ok_or_else(|| crate::error::index_error("tuple index out of range"))
    }

    /// Size of object in memory, in bytes.
    pub fn __sizeof__(this: &Object<Code>) -> usize {
        let code = this.payload();
        super::super::object_methods::size_of_value(&crate::object::to_value(this))
            + code.code.len()
            + code.linetable.len()
            + code.exceptiontable.len()
    }

    /// the table of lines as it was before Python 3.10
    #[getter]
    pub fn co_lnotab(th: &mut Thread, this: &Object<Code>) -> Result<Value> {
        let message = "co_lnotab is deprecated, use co_lines instead.";
        crate::hooks::warn(th, &crate::error::DEPRECATION_WARNING, message, 1)?;
        Bytes::new(th, &old_lines(this.payload()))
    }

    /// the number of positional parameters
    #[getter]
    pub fn co_argcount(this: &Object<Code>) -> u32 {
        this.payload().argcount
    }

    /// the number of positional-only parameters
    #[getter]
    pub fn co_posonlyargcount(this: &Object<Code>) -> u32 {
        this.payload().posonlyargcount
    }

    /// the number of keyword-only parameters
    #[getter]
    pub fn co_kwonlyargcount(this: &Object<Code>) -> u32 {
        this.payload().kwonlyargcount
    }

    /// how deep the evaluation stack becomes
    #[getter]
    pub fn co_stacksize(this: &Object<Code>) -> u32 {
        this.payload().stacksize
    }

    /// properties, as bits
    #[getter]
    pub fn co_flags(this: &Object<Code>) -> u32 {
        shown_flags(this.payload())
    }

    /// the number of local variables
    #[getter]
    pub fn co_nlocals(this: &Object<Code>) -> usize {
        this.payload().localspluskinds.iter().filter(|&&of| of & kind::LOCAL != 0).count()
    }

    /// names of global variables and attributes
    #[getter]
    pub fn co_names(this: &Object<Code>) -> Value {
        this.payload().names.clone()
    }

    /// names of local variables
    #[getter]
    pub fn co_varnames(th: &mut Thread, this: &Object<Code>) -> Result<Value> {
        names_of(th, this.payload(), |of| of & kind::LOCAL != 0)
    }

    /// names of local variables that inner functions use
    #[getter]
    pub fn co_cellvars(th: &mut Thread, this: &Object<Code>) -> Result<Value> {
        names_of(th, this.payload(), |of| of & kind::CELL != 0)
    }

    /// names of outer functions' variables
    #[getter]
    pub fn co_freevars(th: &mut Thread, this: &Object<Code>) -> Result<Value> {
        names_of(th, this.payload(), |of| of & kind::FREE != 0)
    }

    /// constants
    #[getter]
    pub fn co_consts(this: &Object<Code>) -> Value {
        this.payload().consts.clone()
    }

    /// the instructions
    #[getter]
    pub fn co_code(th: &mut Thread, this: &Object<Code>) -> Result<Value> {
        Bytes::new(th, &this.payload().code)
    }

    /// the instructions as they are run
    #[getter]
    pub fn _co_code_adaptive(th: &mut Thread, this: &Object<Code>) -> Result<Value> {
        Bytes::new(th, &this.payload().code)
    }

    /// the table of locations
    #[getter]
    pub fn co_linetable(th: &mut Thread, this: &Object<Code>) -> Result<Value> {
        Bytes::new(th, &this.payload().linetable)
    }

    /// the table of exception handlers
    #[getter]
    pub fn co_exceptiontable(th: &mut Thread, this: &Object<Code>) -> Result<Value> {
        Bytes::new(th, &this.payload().exceptiontable)
    }

    /// the name of the file
    #[getter]
    pub fn co_filename(this: &Object<Code>) -> Value {
        this.payload().filename.clone()
    }

    /// the name
    #[getter]
    pub fn co_name(this: &Object<Code>) -> Value {
        this.payload().name.clone()
    }

    /// the name with what the code is defined in before it
    #[getter]
    pub fn co_qualname(this: &Object<Code>) -> Value {
        this.payload().qualname.clone()
    }

    /// the first line
    #[getter]
    pub fn co_firstlineno(this: &Object<Code>) -> i32 {
        this.payload().first_line
    }
}

/// Pairs of bytes: how far to the next instruction whose line is known, and how many lines further it is.
fn old_lines(code: &Code) -> Vec<u8> {
    let (mut table, mut at, mut line, mut shown_at, mut last) = (Vec::new(), 0, code.first_line, 0, None);
    for (units, position) in positions::entries(code) {
        if let Some(next) = position.line.filter(|&next| Some(next) != last && next != line) {
            let (mut bytes, mut lines): (usize, i32) = (at - shown_at, next - line);
            while bytes > 255 {
                table.extend([255, 0]);
                bytes -= 255;
            }
            while !(-128..=127).contains(&lines) {
                let part = if lines < 0 { -128 } else { 127 };
                table.extend([bytes as u8, part as i8 as u8]);
                bytes = 0;
                lines -= part;
            }
            table.extend([bytes as u8, lines as i8 as u8]);
            (line, shown_at) = (next, at);
        }
        last = position.line;
        at += units * 2;
    }
    table
}

/// What a code object is made of.
struct Parts {
    counts: [u32; 3],
    stacksize: u32,
    flags: u32,
    code: Value,
    consts: Value,
    names: Value,
    varnames: Value,
    freevars: Value,
    cellvars: Value,
    filename: Value,
    name: Value,
    qualname: Value,
    first_line: i32,
    linetable: Value,
    exceptiontable: Value,
}

fn strs(value: &Value) -> Option<&[Value]> {
    let items = cast::<Tuple>(value)?.items();
    items.iter().all(|item| cast::<Str>(item).is_some()).then_some(items)
}

fn bytes(value: &Value) -> Box<[u8]> {
    cast::<Bytes>(value).map(|bytes| bytes.bytes().into()).unwrap_or_default()
}

impl Parts {
    fn of(thread: &mut Thread, code: &Code) -> Result<Self> {
        Ok(Self {
            counts: [code.argcount, code.posonlyargcount, code.kwonlyargcount],
            stacksize: code.stacksize,
            flags: code.flags,
            code: Bytes::new(thread, &code.code)?,
            consts: code.consts.clone(),
            names: code.names.clone(),
            varnames: names_of(thread, code, |of| of & kind::LOCAL != 0)?,
            freevars: names_of(thread, code, |of| of & kind::FREE != 0)?,
            cellvars: names_of(thread, code, |of| of & kind::CELL != 0)?,
            filename: code.filename.clone(),
            name: code.name.clone(),
            qualname: code.qualname.clone(),
            first_line: code.first_line,
            linetable: Bytes::new(thread, &code.linetable)?,
            exceptiontable: Bytes::new(thread, &code.exceptiontable)?,
        })
    }

    /// What a parameter's slot says of how it is passed.
    fn parameter_bits(&self, index: usize) -> u8 {
        let [args, posonly, kwonly] = self.counts.map(|count| count as usize);
        let (varargs, varkw) = (self.flags & flag::VARARGS != 0, self.flags & flag::VARKEYWORDS != 0);
        if index < posonly {
            kind::ARG_POS
        } else if index < args {
            kind::ARG_POS | kind::ARG_KW
        } else if index < args + kwonly {
            kind::ARG_KW
        } else if varargs && index == args + kwonly {
            kind::ARG_VAR | kind::ARG_POS
        } else if varkw && index == args + kwonly + usize::from(varargs) {
            kind::ARG_VAR | kind::ARG_KW
        } else {
            0
        }
    }

    /// `before` is the code object of which these are changed parts.
    fn build(self, thread: &mut Thread, before: Option<&Code>) -> Result<Value> {
        let tuple = |value: &Value| match strs(value) {
            Some(items) => Ok(items.to_vec()),
            None => Err(type_error(format!(
                "name tuples must contain only strings, not '{}'",
                class_of(value).name_lossy()
            ))),
        };
        let (varnames, cellvars, freevars) =
            (tuple(&self.varnames)?, tuple(&self.cellvars)?, tuple(&self.freevars)?);
        tuple(&self.names)?;
        let total = self.counts[0] as usize
            + self.counts[2] as usize
            + usize::from(self.flags & flag::VARARGS != 0)
            + usize::from(self.flags & flag::VARKEYWORDS != 0);
        if self.counts[1] > self.counts[0] || total > varnames.len() {
            return Err(value_error("code: varnames is too small"));
        }
        let text = |name: &Value| cast::<Str>(name).map(|name| name.to_string_lossy());
        let intern = |thread: &Thread, name: &Value| super::str::intern(thread, name);
        let (mut all, mut kinds) = (Vec::new(), Vec::new());
        for (index, name) in varnames.iter().enumerate() {
            let is_cell = cellvars.iter().any(|cell| text(cell) == text(name));
            let of = kind::LOCAL | self.parameter_bits(index) | if is_cell { kind::CELL } else { 0 };
            all.push(intern(thread, name));
            kinds.push(of);
        }
        for name in &cellvars {
            if !varnames.iter().any(|local| text(local) == text(name)) {
                all.push(intern(thread, name));
                kinds.push(kind::CELL);
            }
        }
        for name in &freevars {
            all.push(intern(thread, name));
            kinds.push(kind::FREE);
        }
        let names: Vec<Value> =
            strs(&self.names).unwrap_or_default().iter().map(|name| intern(thread, name)).collect();
        let mut payload = Code {
            name: intern(thread, &self.name),
            qualname: intern(thread, &self.qualname),
            filename: self.filename,
            first_line: self.first_line,
            argcount: self.counts[0],
            posonlyargcount: self.counts[1],
            kwonlyargcount: self.counts[2],
            stacksize: self.stacksize,
            flags: self.flags,
            code: bytes(&self.code),
            consts: self.consts,
            names: Tuple::new(thread, names)?,
            localsplusnames: Tuple::new(thread, all)?,
            localspluskinds: kinds.into_boxed_slice(),
            linetable: bytes(&self.linetable),
            exceptiontable: bytes(&self.exceptiontable),
            instructions: Prepared::default(),
            trust: Trust::Full,
        };
        check(&mut payload, before)?;
        code::new(thread, payload)
    }
}

/// How far new code can be trusted. What makes it run as `before` does is trusted as that is.
fn check(new: &mut Code, before: Option<&Code>) -> Result<()> {
    let items = |value: &Value| cast::<Tuple>(value).map_or(0, |items| items.len());
    let kinds = flag::GENERATOR | flag::COROUTINE | flag::ASYNC_GENERATOR;
    if let Some(before) = before
        && new.code == before.code
        && new.exceptiontable == before.exceptiontable
        && new.localspluskinds.len() == before.localspluskinds.len()
        && items(&new.names) == items(&before.names)
        && new.consts.is(&before.consts)
        && (new.flags & kinds != 0 || before.flags & kinds == 0)
    {
        new.trust = before.trust.clone();
        new.stacksize = new.stacksize.max(before.stacksize);
        return Ok(());
    }
    let free = new.localspluskinds.iter().filter(|&&of| of & kind::FREE != 0).count();
    let checked = verify::verify(verify::Surroundings {
        code: &new.code,
        handlers: &new.exceptiontable,
        consts: cast::<Tuple>(&new.consts).map_or(&[][..], |consts| consts.items()),
        names: items(&new.names),
        locals: new.localspluskinds.len(),
        free,
        flags: new.flags,
    });
    match checked {
        Ok(verified) => {
            let height = u32::try_from(verified.height).unwrap_or(u32::MAX);
            new.stacksize = new.stacksize.max(height);
            new.trust = if verified.borrows_safely { Trust::Full } else { Trust::NoBorrowing };
        }
        Err(_) if !new.code.len().is_multiple_of(2) => {
            return Err(value_error("code: co_code is malformed"));
        }
        Err(reason) => new.trust = Trust::Refused(reason.into()),
    }
    Ok(())
}

fn wrong(function: &str, what: &str, expected: &str, value: &Value) -> crate::error::Raised {
    type_error(format!(
        "{function}() argument {what} must be {expected}, not {}",
        class_of(value).name_lossy()
    ))
}

/// A number that is not below zero.
fn count(thread: &mut Thread, name: &str, value: &Value) -> Result<u32> {
    let number = ops::index_i128(thread, value)?;
    u32::try_from(number)
        .ok()
        .filter(|&number| number <= i32::MAX as u32)
        .ok_or_else(|| value_error(format!("code: {name} must not be negative")))
}

fn replaced(thread: &mut Thread, code: &Code, changes: &KwRest<'_>) -> Result<Value> {
    let mut parts = Parts::of(thread, code)?;
    for (key, value) in changes.iter() {
        let key = cast::<Str>(key).map(|key| key.to_string_lossy()).unwrap_or_default();
        let place = match &*key {
            "co_argcount" => {
                parts.counts[0] = count(thread, "argcount", value)?;
                continue;
            }
            "co_posonlyargcount" => {
                parts.counts[1] = count(thread, "posonlyargcount", value)?;
                continue;
            }
            "co_kwonlyargcount" => {
                parts.counts[2] = count(thread, "kwonlyargcount", value)?;
                continue;
            }
            "co_nlocals" => {
                let given = count(thread, "nlocals", value)? as usize;
                if given != cast::<Tuple>(&parts.varnames).map_or(0, |names| names.len()) {
                    return Err(value_error("code: co_nlocals != len(co_varnames)"));
                }
                continue;
            }
            "co_stacksize" => {
                parts.stacksize = count(thread, "stacksize", value)?;
                continue;
            }
            "co_flags" => {
                parts.flags = count(thread, "flags", value)?;
                continue;
            }
            "co_firstlineno" => {
                let line = ops::index_i128(thread, value)?;
                parts.first_line = i32::try_from(line)
                    .map_err(|_| crate::error::overflow_error("Python int too large to convert to C int"))?;
                continue;
            }
            "co_code" => (&mut parts.code, "bytes"),
            "co_linetable" => (&mut parts.linetable, "bytes"),
            "co_exceptiontable" => (&mut parts.exceptiontable, "bytes"),
            "co_consts" => (&mut parts.consts, "tuple"),
            "co_names" => (&mut parts.names, "tuple"),
            "co_varnames" => (&mut parts.varnames, "tuple"),
            "co_freevars" => (&mut parts.freevars, "tuple"),
            "co_cellvars" => (&mut parts.cellvars, "tuple"),
            "co_filename" => (&mut parts.filename, "str"),
            "co_name" => (&mut parts.name, "str"),
            "co_qualname" => (&mut parts.qualname, "str"),
            _ => return Err(type_error(format!("replace() got an unexpected keyword argument '{key}'"))),
        };
        let (place, expected) = place;
        if !is_a(value, expected) {
            return Err(wrong("replace", &format!("'{key}'"), expected, value));
        }
        *place = value.clone();
    }
    parts.build(thread, Some(code))
}

fn is_a(value: &Value, expected: &str) -> bool {
    match expected {
        "bytes" => cast::<Bytes>(value).is_some(),
        "tuple" => cast::<Tuple>(value).is_some(),
        _ => cast::<Str>(value).is_some(),
    }
}

/// `code(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames,
/// filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=())`.
///
/// # Errors
/// TypeError and ValueError for what makes no code.
pub fn new(thread: &mut Thread, _: &Value, args: Args<'_>) -> Result<Value> {
    let given = args.no_keywords("code")?;
    if !(16..=18).contains(&given.len()) {
        let (word, number) = if given.len() < 16 { ("at least", 16) } else { ("at most", 18) };
        return Err(type_error(format!("code expected {word} {number} arguments, got {}", given.len())));
    }
    let expected = [
        (6, "bytes"),
        (7, "tuple"),
        (8, "tuple"),
        (9, "tuple"),
        (10, "str"),
        (11, "str"),
        (12, "str"),
        (14, "bytes"),
        (15, "bytes"),
        (16, "tuple"),
        (17, "tuple"),
    ];
    for (index, what) in expected {
        if let Some(value) = given.get(index)
            && !is_a(value, what)
        {
            return Err(wrong("code", &(index + 1).to_string(), what, value));
        }
    }
    let empty = Tuple::new(thread, Vec::new())?;
    let nlocals = count(thread, "nlocals", &given[3])? as usize;
    let line = ops::index_i128(thread, &given[13])?;
    let parts = Parts {
        counts: [
            count(thread, "argcount", &given[0])?,
            count(thread, "posonlyargcount", &given[1])?,
            count(thread, "kwonlyargcount", &given[2])?,
        ],
        stacksize: count(thread, "stacksize", &given[4])?,
        flags: count(thread, "flags", &given[5])?,
        code: given[6].clone(),
        consts: given[7].clone(),
        names: given[8].clone(),
        varnames: given[9].clone(),
        filename: given[10].clone(),
        name: given[11].clone(),
        qualname: given[12].clone(),
        first_line: i32::try_from(line)
            .map_err(|_| crate::error::overflow_error("Python int too large to convert to C int"))?,
        linetable: given[14].clone(),
        exceptiontable: given[15].clone(),
        freevars: given.get(16).unwrap_or(&empty).clone(),
        cellvars: given.get(17).unwrap_or(&empty).clone(),
    };
    if cast::<Tuple>(&parts.varnames).map_or(0, |names| names.len()) != nlocals {
        return Err(value_error("code: co_nlocals != len(co_varnames)"));
    }
    parts.build(thread, None)
}

/// `repr()` of a code object.
///
/// # Errors
/// MemoryError.
pub fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(object) = cast::<Code>(value) else { return super::instance::default_repr(thread, value) };
    let code = object.payload();
    let mut text = text::Builder::new();
    text.push_str("<code object ");
    super::exception_methods::push_text(thread, &mut text, &code.name)?;
    text.push_str(&format!(" at {:#x}, file \"", value.word().bits()));
    super::exception_methods::push_text(thread, &mut text, &code.filename)?;
    text.push_str(&format!("\", line {}>", if code.first_line == 0 { -1 } else { code.first_line }));
    Str::from_text(thread, &text.finish())
}

/// Whether two constants are equal and of the same kind: `1`, `1.0` and `True` are different constants, and so are `0.0`
/// and `-0.0`.
fn same_constant(thread: &mut Thread, a: &Value, b: &Value) -> Result<bool> {
    crate::state::check_stack(thread, " in comparison")?;
    if a.is(b) {
        return Ok(true);
    }
    if !std::ptr::eq(class_of(a), class_of(b)) {
        return Ok(false);
    }
    if let (Some(x), Some(y)) = (super::float::to_f64_exact(a), super::float::to_f64_exact(b)) {
        return Ok(x.to_bits() == y.to_bits());
    }
    if let (Some(x), Some(y)) = (cast_exact::<Tuple>(a), cast_exact::<Tuple>(b)) {
        if x.len() != y.len() {
            return Ok(false);
        }
        for (x, y) in x.items().iter().zip(y.items()) {
            if !same_constant(thread, x, y)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    ops::is_or_equals(thread, a, b)
}

fn equal(thread: &mut Thread, a: &Code, b: &Code) -> Result<bool> {
    let same_numbers = a.argcount == b.argcount
        && a.posonlyargcount == b.posonlyargcount
        && a.kwonlyargcount == b.kwonlyargcount
        && a.flags == b.flags
        && a.first_line == b.first_line
        && a.code == b.code
        && a.localspluskinds == b.localspluskinds
        && a.linetable == b.linetable
        && a.exceptiontable == b.exceptiontable;
    if !same_numbers || !same_constant(thread, &a.consts, &b.consts)? {
        return Ok(false);
    }
    for (x, y) in [(&a.name, &b.name), (&a.names, &b.names), (&a.localsplusnames, &b.localsplusnames)] {
        if !ops::is_or_equals(thread, x, y)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Code objects are equal if they do the same and come from the same lines.
///
/// # Errors
/// What comparing constants raises.
pub fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some(x), Some(y)) = (cast::<Code>(a), cast::<Code>(b)) else { return Ok(Value::not_implemented()) };
    if !matches!(op, Comparison::Eq | Comparison::Ne) {
        return Ok(Value::not_implemented());
    }
    let same = std::ptr::eq(x, y) || equal(thread, x.payload(), y.payload())?;
    Ok(Value::from_bool(same == (op == Comparison::Eq)))
}

/// The hash of a code object.
///
/// # Errors
/// What hashing constants raises.
pub fn hash(thread: &mut Thread, value: &Value) -> Result<i64> {
    let Some(object) = cast::<Code>(value) else { return Ok(0) };
    let code = object.payload();
    let mut hash = ops::hash(thread, &code.name)?;
    for part in [&code.consts, &code.names, &code.localsplusnames] {
        hash = hash.rotate_left(20).wrapping_mul(0x9E37_79B9).wrapping_add(ops::hash(thread, part)?);
    }
    for bytes in [&code.code, &code.linetable, &code.exceptiontable] {
        for &byte in bytes.iter() {
            hash = hash.wrapping_mul(0x0100_0000_01b3) ^ i64::from(byte);
        }
    }
    for number in [code.posonlyargcount as i64, code.kwonlyargcount as i64, i64::from(code.flags)] {
        hash = hash.wrapping_mul(0x0100_0000_01b3) ^ number;
    }
    hash ^= i64::from(code.first_line) << 24 ^ i64::from(code.argcount) << 12 ^ code.code.len() as i64;
    Ok(if hash == -1 { -2 } else { hash })
}
