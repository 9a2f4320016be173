//! `_symtable`: the compiler's table of names, for the `symtable` module.

use compiler::symtable::{BlockKind, NameScope, SymbolTable, flag};
use compiler::{Mode, Options};
use runtime::builtins::evaluate;
use runtime::class::Slots;
use runtime::error::{Result, value_error};
use runtime::native::Object;
use runtime::object::cast;
use runtime::types::{Dict, DictExt, List, Str, StrExt, int};
use runtime::{Thread, Value, compile, native};
use threads::sync::atomic::{AtomicI64, Ordering};

/// One block of a table. Nothing in it changes.
#[native::class(
    "symtable entry",
    disallow_instantiation,
    methods(methods),
    slots = slots
)]
pub struct Entry {
    id: i64,
    kind: u32,
    lineno: i32,
    nested: bool,
    #[trace]
    name: Value,
    #[trace]
    symbols: Value,
    #[trace]
    varnames: Value,
    #[trace]
    children: Value,
}

fn slots(slots: &Slots) {
    slots.repr.set(|thread, value| {
        let Some(entry) = cast::<Entry>(value) else { return Ok(Value::none()) };
        let Entry { id, lineno, name, .. } = entry.payload();
        let name = cast::<Str>(name).map(StrExt::to_string_lossy).unwrap_or_default();
        Str::new(thread, &format!("<symtable entry {name}({id}), line {lineno}>"))
    });
}

/// Attributes.
#[native::methods(Entry, name = "symtable entry")]
pub mod methods {
    use super::*;

    /// What tells the block from all others.
    #[getter]
    pub fn id(entry: &Object<Entry>) -> i64 {
        entry.payload().id
    }

    /// The name.
    #[getter]
    pub fn name(entry: &Object<Entry>) -> Value {
        entry.payload().name.clone()
    }

    /// The flags of each name.
    #[getter]
    pub fn symbols(entry: &Object<Entry>) -> Value {
        entry.payload().symbols.clone()
    }

    /// The parameters.
    #[getter]
    pub fn varnames(entry: &Object<Entry>) -> Value {
        entry.payload().varnames.clone()
    }

    /// The blocks inside.
    #[getter]
    pub fn children(entry: &Object<Entry>) -> Value {
        entry.payload().children.clone()
    }

    /// Whether the block stands inside a function.
    #[getter]
    pub fn nested(entry: &Object<Entry>) -> i64 {
        i64::from(entry.payload().nested)
    }

    /// What kind of block it is.
    #[name("type")]
    #[getter]
    pub fn kind(entry: &Object<Entry>) -> i64 {
        i64::from(entry.payload().kind)
    }

    /// The line.
    #[getter]
    pub fn lineno(entry: &Object<Entry>) -> i64 {
        i64::from(entry.payload().lineno)
    }
}

static NEXT_ID: AtomicI64 = AtomicI64::new(1);

/// The entry of the whole module. Blocks inside come after the ones around them in the table, so they are made first.
fn entries(thread: &mut Thread, table: &SymbolTable) -> Result<Value> {
    let scopes: Vec<_> = table.scopes().collect();
    let mut made: Vec<Value> = vec![Value::none(); scopes.len()];
    for (index, (id, scope)) in scopes.iter().enumerate().rev() {
        let mut children = Vec::with_capacity(scope.children.len());
        for child in &scope.children {
            let place = scopes.iter().position(|(other, _)| other == child);
            children.extend(place.and_then(|place| made.get(place)).cloned());
        }
        let symbols = Dict::new(thread)?;
        for (name, symbol) in &scope.symbols {
            let (name, bits) = (Str::interned(thread, name)?, int::from_i64(thread, symbol.bits().into())?);
            if let Some(symbols) = cast::<Dict>(&symbols) {
                symbols.set_str(thread, &name, bits)?;
            }
        }
        let varnames: Result<Vec<Value>> =
            scope.varnames.iter().map(|name| Str::interned(thread, name)).collect();
        let payload = Entry {
            // Relaxed: only the number matters.
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            kind: scope.kind as u32,
            lineno: if *id == table.top() { 0 } else { scope.lineno },
            nested: scope.nested,
            name: Str::interned(thread, &scope.name)?,
            symbols,
            varnames: List::new(thread, varnames?)?,
            children: List::new(thread, children)?,
        };
        made[index] = runtime::object::new(thread, payload)?;
    }
    Ok(made.into_iter().next().unwrap_or_else(Value::none))
}

const CONSTANTS: &[(&str, u32)] = &[
    ("CELL", NameScope::Cell as u32),
    ("DEF_ANNOT", flag::DEF_ANNOT),
    ("DEF_BOUND", flag::DEF_LOCAL | flag::DEF_PARAM | flag::DEF_IMPORT),
    ("DEF_COMP_CELL", flag::DEF_COMP_CELL),
    ("DEF_COMP_ITER", flag::DEF_COMP_ITER),
    ("DEF_FREE_CLASS", flag::DEF_FREE_CLASS),
    ("DEF_GLOBAL", flag::DEF_GLOBAL),
    ("DEF_IMPORT", flag::DEF_IMPORT),
    ("DEF_LOCAL", flag::DEF_LOCAL),
    ("DEF_NONLOCAL", flag::DEF_NONLOCAL),
    ("DEF_PARAM", flag::DEF_PARAM),
    ("DEF_TYPE_PARAM", flag::DEF_TYPE_PARAM),
    ("FREE", NameScope::Free as u32),
    ("GLOBAL_EXPLICIT", NameScope::GlobalExplicit as u32),
    ("GLOBAL_IMPLICIT", NameScope::GlobalImplicit as u32),
    ("LOCAL", NameScope::Local as u32),
    ("SCOPE_MASK", flag::SCOPE_MASK),
    ("SCOPE_OFF", flag::SCOPE_OFFSET),
    ("TYPE_ANNOTATION", BlockKind::Annotation as u32),
    ("TYPE_CLASS", BlockKind::Class as u32),
    ("TYPE_FUNCTION", BlockKind::Function as u32),
    ("TYPE_MODULE", BlockKind::Module as u32),
    ("TYPE_TYPE_ALIAS", BlockKind::TypeAlias as u32),
    ("TYPE_TYPE_PARAMETERS", BlockKind::TypeParameters as u32),
    ("TYPE_TYPE_VARIABLE", BlockKind::TypeVariable as u32),
    ("USE", flag::USE),
];

/// The module.
#[native::module("_symtable")]
pub mod module {
    use super::*;

    /// Adds the names of flags and kinds.
    #[init]
    pub fn exec(th: &mut Thread, this: &Value) -> Result<()> {
        let table: Vec<(&str, i64)> =
            CONSTANTS.iter().map(|(name, value)| (*name, i64::from(*value))).collect();
        crate::support::constants(th, this, &table)
    }

    /// Return symbol and scope dictionaries used internally by compiler.
    #[sig("(source, filename, startstr, /)")]
    pub fn symtable(th: &mut Thread, source: &Value, filename: &Value, startstr: &Value) -> Result<Value> {
        let filename = evaluate::filename_text(th, filename)?;
        let start = cast::<Str>(startstr).map(StrExt::to_string_lossy);
        let mode = match start.as_deref() {
            Some("exec") => Mode::Exec,
            Some("eval") => Mode::Eval,
            Some("single") => Mode::Single,
            Some(_) => return Err(value_error("symtable() arg 3 must be 'exec' or 'eval' or 'single'")),
            None => {
                return Err(runtime::error::type_error(format!(
                    "symtable() argument 3 must be str, not {}",
                    crate::support::class_name(startstr)
                )));
            }
        };
        let text = evaluate::source_text(th, source, "symtable", "string or bytes", &filename)?;
        let options = Options { filename: &filename, mode, ..Options::default() };
        let table = compile::symbols_of(th, &text, &options)?;
        entries(th, &table)
    }
}
