//! Code generation: from the tree and its symbol table to a sequence of instructions for each block.
//!
//! [`Compiler`] holds a stack of [`unit::Unit`]s, one for each block that is being compiled. A visitor in one of the
//! files here emits the instructions of one kind of node; what belongs together is in one file: `statements`,
//! `exceptions` (with `with` and the unwinding at `break` and `return`), `functions`, `classes`, `annotations`,
//! `type_params`, `expressions`, `calls`, `strings`, `comprehensions`, `patterns`. When a block ends, its sequence goes
//! through the flow graph and the assembler, and the code object becomes a constant of the block around it.

mod annotations;
mod calls;
mod classes;
mod comprehensions;
mod emit;
mod exceptions;
mod expressions;
mod functions;
mod names;
mod patterns;
mod statements;
mod strings;
mod type_params;
mod unit;
mod warnings;

use std::sync::Arc;

use crate::ast::{Mod, Span};
use crate::depth::nested;
use crate::flow::NO_LOCATION;
use crate::opcode::Opcode;
use crate::symtable::{Role, ScopeId, SymbolTable};
use crate::{Code, Constant, ErrorKind, Options, SyntaxError, SyntaxWarning};
use unit::{ScopeKind, Unit};

type Result<T = ()> = std::result::Result<T, SyntaxError>;

/// Collections and calls with more parts than this are built step by step, so that the stack stays small.
const STACK_USE_GUIDELINE: usize = 30;

/// What compiles one tree.
pub(crate) struct Compiler<'a> {
    table: &'a SymbolTable,
    options: &'a Options<'a>,
    filename: Arc<str>,
    /// [`crate::future`] bits in force.
    future: u32,
    /// Whether the tree is an interactive statement.
    interactive: bool,
    /// The blocks being compiled, the innermost last.
    units: Vec<Unit<'a>>,
    /// Nesting of nodes being visited.
    depth: usize,
    warnings: Vec<SyntaxWarning>,
}

/// Compiles a tree whose symbol table is known.
pub(crate) fn generate(
    module: &Mod,
    table: &SymbolTable,
    options: &Options<'_>,
) -> Result<(Code, Vec<SyntaxWarning>)> {
    let mut compiler = Compiler {
        table,
        options,
        filename: options.filename.into(),
        future: table.future.features,
        interactive: matches!(module, Mod::Interactive { .. }),
        units: Vec::new(),
        depth: 0,
        warnings: Vec::new(),
    };
    let code = compiler.module(module)?;
    Ok((code, compiler.warnings))
}

impl<'a> Compiler<'a> {
    fn module(&mut self, module: &'a Mod) -> Result<Code> {
        let scope = self.scope_of(module, Role::Body)?;
        self.enter("<module>".into(), ScopeKind::Module, scope, 1, None)?;
        let mut returns_none = true;
        match module {
            Mod::Module { body, .. } | Mod::Interactive { body } => {
                let start = Span { lineno: 1, end_lineno: 1, ..Span::default() };
                let start = body.first().map_or(start, |first| first.span);
                self.body(start, body)?;
            }
            Mod::Expression { body } => {
                returns_none = false;
                self.expr(body)?;
            }
            Mod::FunctionType { .. } => {
                return Err(SyntaxError::unplaced(
                    ErrorKind::SystemError,
                    "module kind 4 should not be possible",
                ));
            }
        }
        self.leave(returns_none)
    }

    /// Runs one level of the recursion over the tree.
    fn nested<T>(&mut self, body: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.depth += 1;
        let depth = self.depth;
        let result = nested(depth, || body(self));
        self.depth -= 1;
        result
    }

    /// The scope that a node opens.
    fn scope_of<T>(&self, node: &T, role: Role) -> Result<ScopeId> {
        let missing =
            || SyntaxError::unplaced(ErrorKind::SystemError, "a node has no scope in the symbol table");
        self.table.lookup(node, role).ok_or_else(missing)
    }

    fn error<T>(&self, span: Span, message: impl Into<String>) -> Result<T> {
        Err(SyntaxError::at(span, message))
    }

    /// Ends the block with a `return`, of None or of what is on the stack.
    fn return_at_end(&mut self, none: bool) {
        if none {
            self.load_const(NO_LOCATION, Constant::None);
        }
        self.op(NO_LOCATION, Opcode::ReturnValue);
    }
}
