//! One block in the making, and the stack of them.
//!
//! * INV-CODEGEN-1: a unit is open while nodes are visited.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use super::{Compiler, Result};
use crate::assemble::assemble;
use crate::ast::{Span, Stmt};
use crate::code::{code_flag, fast_kind};
use crate::flow::{Consts, Graph, Label, Sequence, Variables};
use crate::opcode::{Opcode, resume};
use crate::symtable::{NameScope, Scope, ScopeId, Symbol, flag};
use crate::{Code, ErrorKind, SyntaxError, future, parse_flag};

/// What a block is to the code generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    Comprehension,
    /// Annotations, type parameters, bounds and aliases.
    Annotations,
}

/// What is being executed within, and so must be left by `break`, `continue` and `return`.
#[derive(Clone, Copy, Debug)]
pub(super) enum FrameBlock<'a> {
    WhileLoop,
    ForLoop,
    AsyncForLoop,
    TryExcept,
    /// The protected part of `try … finally`, with the statements of `finally`.
    FinallyTry(&'a [Stmt]),
    /// A `finally` that an exception has entered.
    FinallyEnd,
    With,
    AsyncWith,
    /// An `except` body, with the name that is unbound at its end.
    HandlerCleanup(Option<&'a Arc<str>>),
    /// A value that is on the stack while a `finally` runs.
    PopValue,
    ExceptionHandler,
    ExceptionGroupHandler,
    AsyncComprehensionGenerator,
    StopIteration,
}

/// An entry of the stack of [`FrameBlock`]s.
#[derive(Clone, Copy, Debug)]
pub(super) struct FrameBlockInfo<'a> {
    pub(super) kind: FrameBlock<'a>,
    /// Where `continue` goes.
    pub(super) start: Option<Label>,
    /// Where `break` goes.
    pub(super) exit: Option<Label>,
    pub(super) span: Span,
}

/// Most blocks that can be nested statically.
const MAX_FRAME_BLOCKS: usize = 40;

/// A variable annotation to be evaluated by `__annotate__`.
#[derive(Clone, Copy, Debug)]
pub(super) struct DeferredAnnotation<'a> {
    pub(super) stmt: &'a Stmt,
    /// Its number among the conditional ones.
    pub(super) index: Option<u32>,
}

/// One block in the making.
pub(super) struct Unit<'a> {
    pub(super) scope: ScopeId,
    pub(super) kind: ScopeKind,
    pub(super) name: Arc<str>,
    pub(super) qualname: Arc<str>,
    /// The class whose private names are mangled here.
    pub(super) private: Option<Arc<str>>,
    pub(super) first_line: i32,
    pub(super) argcount: u32,
    pub(super) posonlyargcount: u32,
    pub(super) kwonlyargcount: u32,
    pub(super) seq: Sequence,
    pub(super) consts: Consts,
    pub(super) names: IndexSet<Arc<str>>,
    pub(super) varnames: IndexSet<Arc<str>>,
    pub(super) cellvars: IndexSet<Arc<str>>,
    pub(super) freevars: IndexSet<Arc<str>>,
    /// Names that an inlined comprehension makes fast locals of a class or module; true while it runs.
    pub(super) fast_hidden: IndexMap<Arc<str>, bool>,
    /// Symbols as an inlined comprehension that is being compiled has them.
    pub(super) symbols: HashMap<Arc<str>, Symbol>,
    pub(super) frame_blocks: Vec<FrameBlockInfo<'a>>,
    pub(super) inlined_comprehensions: u32,
    pub(super) static_attributes: BTreeSet<Arc<str>>,
    pub(super) deferred_annotations: Vec<DeferredAnnotation<'a>>,
    pub(super) conditional_annotations: u32,
    pub(super) in_conditional_block: bool,
}

/// Numbers of parameters.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ArgCounts {
    pub(super) args: u32,
    pub(super) posonly: u32,
    pub(super) kwonly: u32,
}

impl<'a> Compiler<'a> {
    /// The innermost block.
    pub(super) fn unit(&mut self) -> &mut Unit<'a> {
        self.units.last_mut().expect("INV-CODEGEN-1: a unit is open while nodes are visited")
    }

    /// The innermost block, to read.
    pub(super) fn unit_ref(&self) -> &Unit<'a> {
        self.units.last().expect("INV-CODEGEN-1: a unit is open while nodes are visited")
    }

    /// The innermost block's entry in the symbol table.
    pub(super) fn scope(&self) -> &'a Scope {
        self.table.scope(self.unit_ref().scope)
    }

    /// The symbol of a mangled name in the innermost block, as an inlined comprehension sees it if one is open.
    pub(super) fn symbol(&self, mangled: &str) -> Symbol {
        let unit = self.unit_ref();
        unit.symbols.get(mangled).copied().unwrap_or_else(|| self.table.scope(unit.scope).symbol(mangled))
    }

    pub(super) fn is_function_like(&self) -> bool {
        self.scope().kind.is_function_like()
    }

    /// Opens a block.
    pub(super) fn enter(
        &mut self,
        name: Arc<str>,
        kind: ScopeKind,
        scope: ScopeId,
        first_line: i32,
        private: Option<Arc<str>>,
    ) -> Result {
        self.enter_with(name, kind, scope, first_line, private, ArgCounts::default())
    }

    /// Opens a block with parameters.
    pub(super) fn enter_with(
        &mut self,
        name: Arc<str>,
        kind: ScopeKind,
        scope: ScopeId,
        first_line: i32,
        private: Option<Arc<str>>,
        counts: ArgCounts,
    ) -> Result {
        let entry = self.table.scope(scope);
        let mut cellvars = sorted(entry, NameScope::Cell, flag::DEF_COMP_CELL);
        for (needed, cell) in [
            (entry.needs_class_closure, "__class__"),
            (entry.needs_classdict, "__classdict__"),
            (entry.has_conditional_annotations, "__conditional_annotations__"),
        ] {
            if needed {
                cellvars.insert(cell.into());
            }
        }
        let qualname = self.qualname(kind, &name);
        let private = private.or_else(|| self.units.last().and_then(|unit| unit.private.clone()));
        self.units.push(Unit {
            scope,
            kind,
            name,
            qualname,
            private,
            first_line,
            argcount: counts.args,
            posonlyargcount: counts.posonly,
            kwonlyargcount: counts.kwonly,
            seq: Sequence::default(),
            consts: Consts::default(),
            names: IndexSet::new(),
            varnames: entry.varnames.iter().cloned().collect(),
            cellvars,
            freevars: sorted(entry, NameScope::Free, flag::DEF_FREE_CLASS),
            fast_hidden: IndexMap::new(),
            symbols: HashMap::new(),
            frame_blocks: Vec::new(),
            inlined_comprehensions: 0,
            static_attributes: BTreeSet::new(),
            deferred_annotations: Vec::new(),
            conditional_annotations: 0,
            in_conditional_block: false,
        });
        let module = kind == ScopeKind::Module;
        let line = if module { 0 } else { first_line };
        let span = Span { lineno: line, end_lineno: first_line, col_offset: 0, end_col_offset: 0 };
        self.op_arg(span, Opcode::Resume, resume::AT_FUNC_START);
        if module {
            self.op(span, Opcode::AnnotationsPlaceholder);
        }
        Ok(())
    }

    /// The qualified name of a block that is about to be opened in the innermost one.
    fn qualname(&self, kind: ScopeKind, name: &Arc<str>) -> Arc<str> {
        let mut outer = &self.units[..];
        if outer.len() < 2 {
            return name.clone();
        }
        // Scopes of type parameters are not part of the name.
        if outer[outer.len() - 1].kind == ScopeKind::Annotations {
            outer = &outer[..outer.len() - 1];
            if outer.len() < 2 {
                return name.clone();
            }
        }
        let parent = &outer[outer.len() - 1];
        if matches!(kind, ScopeKind::Function | ScopeKind::AsyncFunction | ScopeKind::Class) {
            let mangled = crate::symtable::mangle(parent.private.as_deref(), name);
            if self.table.scope(parent.scope).scope_of(&mangled) == NameScope::GlobalExplicit {
                return name.clone();
            }
        }
        match parent.kind {
            ScopeKind::Function | ScopeKind::AsyncFunction | ScopeKind::Lambda => {
                format!("{}.<locals>.{name}", parent.qualname).into()
            }
            _ => format!("{}.{name}", parent.qualname).into(),
        }
    }

    /// Ends the innermost block with a `return`, of None or of what is on the stack, and makes its code object.
    pub(super) fn leave(&mut self, returns_none: bool) -> Result<Code> {
        self.return_at_end(returns_none);
        let flags = self.code_flags();
        let unit = self.units.pop().expect("INV-CODEGEN-1: a unit is open while nodes are visited");
        let scope = self.table.scope(unit.scope);
        finish(unit, flags, scope.varnames.len(), self.filename.clone())
    }

    fn code_flags(&self) -> u32 {
        let scope = self.scope();
        let top_level_await = self.options.future_flags & parse_flag::ALLOW_TOP_LEVEL_AWAIT != 0;
        let mut flags = self.future & future::MASK;
        if self.is_function_like() {
            flags |= code_flag::NEWLOCALS | code_flag::OPTIMIZED;
            let kind = match (scope.generator, scope.coroutine) {
                (true, true) => code_flag::ASYNC_GENERATOR,
                (true, false) => code_flag::GENERATOR,
                (false, true) => code_flag::COROUTINE,
                (false, false) => 0,
            };
            flags |= kind;
            for (holds, bit) in [
                (scope.nested, code_flag::NESTED),
                (scope.varargs, code_flag::VARARGS),
                (scope.varkeywords, code_flag::VARKEYWORDS),
                (scope.has_docstring, code_flag::HAS_DOCSTRING),
                (scope.method, code_flag::METHOD),
            ] {
                if holds {
                    flags |= bit;
                }
            }
        }
        if top_level_await && scope.coroutine && !scope.generator {
            flags |= code_flag::COROUTINE;
        }
        flags
    }

    /// Opens a frame block.
    pub(super) fn push_frame_block(&mut self, info: FrameBlockInfo<'a>) -> Result {
        if self.unit_ref().frame_blocks.len() >= MAX_FRAME_BLOCKS {
            return self.error(info.span, "too many statically nested blocks");
        }
        self.unit().frame_blocks.push(info);
        Ok(())
    }

    /// Opens a frame block that nothing jumps to.
    pub(super) fn push_plain_block(&mut self, kind: FrameBlock<'a>, span: Span) -> Result {
        self.push_frame_block(FrameBlockInfo { kind, start: None, exit: None, span })
    }

    pub(super) fn pop_frame_block(&mut self) {
        self.unit().frame_blocks.pop();
    }
}

/// The names of a scope, in order, that live in `kind` or have a flag.
fn sorted(entry: &Scope, kind: NameScope, flags: u32) -> IndexSet<Arc<str>> {
    let mut names: Vec<&Arc<str>> = entry
        .symbols
        .iter()
        .filter(|(_, symbol)| symbol.scope() == kind || symbol.has(flags))
        .map(|(name, _)| name)
        .collect();
    names.sort();
    names.into_iter().cloned().collect()
}

/// From a finished sequence to a code object.
fn finish(unit: Unit<'_>, flags: u32, params: usize, filename: Arc<str>) -> Result<Code> {
    let Unit { mut consts, .. } = unit;
    let mut graph = Graph::build(&unit.seq)?;
    graph.optimize(&mut consts, unit.varnames.len(), params)?;
    let names = |set: &IndexSet<Arc<str>>| set.iter().cloned().collect::<Vec<_>>();
    let variables = Variables {
        locals: names(&unit.varnames),
        cells: names(&unit.cellvars),
        free: names(&unit.freevars),
    };
    let generator = flags & (code_flag::GENERATOR | code_flag::COROUTINE | code_flag::ASYNC_GENERATOR) != 0;
    let (lines, slots, stacksize) = graph.finish(&variables, generator, unit.first_line)?;
    let assembled = assemble(lines, unit.first_line);

    let counts = [unit.argcount, unit.posonlyargcount, unit.kwonlyargcount];
    let mut localsplusnames: Vec<Arc<str>> = vec!["".into(); slots.count];
    let mut localspluskinds = vec![0u8; slots.count];
    for (index, name) in variables.locals.iter().enumerate() {
        localsplusnames[index] = name.clone();
        let hidden = if unit.fast_hidden.contains_key(name) { fast_kind::HIDDEN } else { 0 };
        localspluskinds[index] = fast_kind::LOCAL | hidden | parameter_kind(index as u32, counts, flags);
    }
    let cells = variables.cells.iter().map(|name| (name, fast_kind::CELL));
    let free = variables.free.iter().map(|name| (name, fast_kind::FREE));
    for ((name, kind), &slot) in cells.chain(free).zip(&slots.slots) {
        let slot = slot as usize;
        if slot >= slots.count {
            return Err(SyntaxError::unplaced(ErrorKind::SystemError, "a cell has no slot"));
        }
        localsplusnames[slot] = name.clone();
        localspluskinds[slot] |= kind;
    }
    Ok(Code {
        name: unit.name,
        qualname: unit.qualname,
        filename,
        first_line: unit.first_line,
        argcount: unit.argcount + unit.posonlyargcount,
        posonlyargcount: unit.posonlyargcount,
        kwonlyargcount: unit.kwonlyargcount,
        stacksize: stacksize.max(1),
        flags,
        code: assembled.code,
        consts: consts.into_list(),
        names: unit.names.into_iter().collect(),
        localsplusnames,
        localspluskinds,
        linetable: assembled.linetable,
        exceptiontable: assembled.exceptiontable,
    })
}

/// How the parameter in a slot can be given.
fn parameter_kind(slot: u32, [args, posonly, kwonly]: [u32; 3], flags: u32) -> u8 {
    let positional = posonly + args;
    let named = positional + kwonly;
    let varargs = u32::from(flags & code_flag::VARARGS != 0);
    let varkeywords = u32::from(flags & code_flag::VARKEYWORDS != 0);
    match slot {
        slot if slot < posonly => fast_kind::ARG_POS,
        slot if slot < positional => fast_kind::ARG_POS | fast_kind::ARG_KW,
        slot if slot < named => fast_kind::ARG_KW,
        slot if slot < named + varargs => fast_kind::ARG_VAR | fast_kind::ARG_POS,
        slot if slot < named + varargs + varkeywords => fast_kind::ARG_VAR | fast_kind::ARG_KW,
        _ => 0,
    }
}
