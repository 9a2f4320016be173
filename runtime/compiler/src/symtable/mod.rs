//! The symbol table: which scope each name of a module belongs to.
//!
//! Two passes as the language reference has it: `builder` walks the tree once and notes for each block what is bound,
//! used, declared; `analyze` then settles, from the outside in for bindings and from the inside out for free
//! variables, whether a name is local, cell, free or global, and merges comprehensions into the blocks that run them.
//!
//! Blocks are found by the address of the node that opens them and the [`Role`] they play for it, so the tree must stay
//! where it is while its table is in use.

mod analyze;
mod builder;
mod expressions;
mod mangle;
mod statements;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;

use crate::ast::{self, Span};
use crate::{Options, SyntaxError, SyntaxWarning};

pub(crate) use builder::has_docstring;
pub use mangle::mangle;

/// Bits of a symbol: how its block binds and uses it.
pub mod flag {
    /// `global` statement.
    pub const DEF_GLOBAL: u32 = 1;
    /// Assigned in the block.
    pub const DEF_LOCAL: u32 = 2;
    /// A parameter.
    pub const DEF_PARAM: u32 = 2 << 1;
    /// `nonlocal` statement.
    pub const DEF_NONLOCAL: u32 = 2 << 2;
    /// Used.
    pub const USE: u32 = 2 << 3;
    /// Free in a class block, and also bound there or used from a method.
    pub const DEF_FREE_CLASS: u32 = 2 << 5;
    /// Bound by an import.
    pub const DEF_IMPORT: u32 = 2 << 6;
    /// Annotated.
    pub const DEF_ANNOT: u32 = 2 << 7;
    /// Target of a comprehension's `for`.
    pub const DEF_COMP_ITER: u32 = 2 << 8;
    /// A type parameter.
    pub const DEF_TYPE_PARAM: u32 = 2 << 9;
    /// A cell in an inlined comprehension.
    pub const DEF_COMP_CELL: u32 = 2 << 10;
    /// Bound in the block.
    pub const DEF_BOUND: u32 = DEF_LOCAL | DEF_PARAM | DEF_IMPORT | DEF_TYPE_PARAM;
    /// Where the scope stands among the bits.
    pub const SCOPE_OFFSET: u32 = 12;
    /// The bits of the definition proper.
    pub const SCOPE_MASK: u32 = DEF_GLOBAL | DEF_LOCAL | DEF_PARAM | DEF_NONLOCAL;
}

/// Where a name lives, seen from one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum NameScope {
    /// Not settled: only before analysis, or for a name that the block lacks.
    Unknown = 0,
    /// Local.
    Local = 1,
    /// Declared `global`.
    GlobalExplicit = 2,
    /// Global because nothing else binds it.
    GlobalImplicit = 3,
    /// Of an enclosing function.
    Free = 4,
    /// Local, and used by an inner function.
    Cell = 5,
}

/// A symbol: [`flag`] bits with the scope above them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Symbol(pub u32);

impl Symbol {
    /// The bits alone, as `_symtable` counts them: scope included.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Whether any of `flags` is set.
    pub fn has(self, flags: u32) -> bool {
        self.0 & flags != 0
    }

    /// Where it lives.
    pub fn scope(self) -> NameScope {
        match self.0 >> flag::SCOPE_OFFSET & 0xf {
            1 => NameScope::Local,
            2 => NameScope::GlobalExplicit,
            3 => NameScope::GlobalImplicit,
            4 => NameScope::Free,
            5 => NameScope::Cell,
            _ => NameScope::Unknown,
        }
    }
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum BlockKind {
    /// A function, lambda or comprehension.
    Function = 0,
    /// A class.
    Class = 1,
    /// The module.
    Module = 2,
    /// Annotations, evaluated on demand.
    Annotation = 3,
    /// The value of a `type` statement.
    TypeAlias = 4,
    /// The type parameters of a function, class or `type` statement.
    TypeParameters = 5,
    /// A bound, constraint or default of a type parameter.
    TypeVariable = 6,
}

impl BlockKind {
    /// Whether names of this block are visible to inner ones as a function's are.
    pub fn is_function_like(self) -> bool {
        !matches!(self, Self::Class | Self::Module)
    }
}

/// Which comprehension a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ComprehensionKind {
    /// A list.
    List,
    /// A dict.
    Dict,
    /// A set.
    Set,
    /// A generator expression.
    Generator,
}

/// For which purpose a node opens a block. The node is the `Stmt` (`def`, `class`, `type`), `Expr` (lambda,
/// comprehension), `TypeParam` or `Mod` itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The body: module, function, class, lambda, comprehension; the value of a `type` statement.
    Body,
    /// The type parameters of a function, class or `type` statement.
    TypeParams,
    /// The annotations: of a function's signature (the `Stmt`); of a module's or class's variables (`Mod`, class `Stmt`).
    Annotations,
    /// The bound or constraints of a type variable.
    Bound,
    /// The default of a type parameter.
    Default,
}

/// Names one scope of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(pub(crate) usize);

/// A `global` or `nonlocal` name, for the errors that come late.
#[derive(Clone, Debug)]
pub(crate) struct Directive {
    pub(crate) name: Arc<str>,
    pub(crate) span: Span,
}

/// One block.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The name that `symtable` shows.
    pub name: Arc<str>,
    /// What it is.
    pub kind: BlockKind,
    /// Which comprehension it is.
    pub comprehension: Option<ComprehensionKind>,
    /// The block around it.
    pub parent: Option<ScopeId>,
    /// The symbols by mangled name, in the order of first mention.
    pub symbols: IndexMap<Arc<str>, Symbol>,
    /// The parameters in order.
    pub varnames: Vec<Arc<str>>,
    /// Blocks inside, in order; annotations of functions and inlined comprehensions' inner blocks among them.
    pub children: Vec<ScopeId>,
    /// The block of this one's annotations.
    pub annotation_block: Option<ScopeId>,
    /// Inside a function, directly or not.
    pub nested: bool,
    /// Has `yield`, or is a generator expression.
    pub generator: bool,
    /// `async def`, or uses `await` at the top level or in a comprehension.
    pub coroutine: bool,
    /// Has annotations that something evaluates (decides whether the block gets an `__annotate__`).
    pub annotations_used: bool,
    /// Has `*args`.
    pub varargs: bool,
    /// Has `**kwargs`.
    pub varkeywords: bool,
    /// Has `return` with a value.
    pub returns_value: bool,
    /// A class whose methods use `__class__` or zero-argument `super()`.
    pub needs_class_closure: bool,
    /// A class whose inner type scopes look names up in its namespace.
    pub needs_classdict: bool,
    /// A class or module some annotations of which are inside `if`, loops and the like.
    pub has_conditional_annotations: bool,
    /// A comprehension that runs within its parent's frame.
    pub comp_inlined: bool,
    /// A type or annotation scope right inside a class.
    pub can_see_class_scope: bool,
    /// A function defined in a class.
    pub method: bool,
    /// The body begins with a docstring.
    pub has_docstring: bool,
    /// `from __future__ import annotations` or unevaluated annotations are being walked: bookkeeping of the builder.
    pub(crate) in_unevaluated_annotation: bool,
    pub(crate) in_conditional_block: bool,
    pub(crate) comp_iter_target: bool,
    pub(crate) comp_iter_expr: u32,
    /// What `type` scope this is, for error messages: `a TypeVar bound` and its like.
    pub(crate) scope_info: Option<&'static str>,
    pub(crate) directives: Vec<Directive>,
    /// Within the type parameters of a class: which of the table's sets holds the only names to mangle.
    pub(crate) mangled_names: Option<usize>,
    /// Place of the node that opens it.
    pub span: Span,
    /// Line that `symtable` shows.
    pub lineno: i32,
}

impl Scope {
    /// The symbol of a mangled name.
    pub fn symbol(&self, mangled: &str) -> Symbol {
        self.symbols.get(mangled).copied().unwrap_or_default()
    }

    /// Where a mangled name lives.
    pub fn scope_of(&self, mangled: &str) -> NameScope {
        self.symbol(mangled).scope()
    }
}

/// The `__future__` imports of a module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Future {
    /// [`crate::future`] bits, those of the options included.
    pub features: u32,
    /// Where the last of the imports stands.
    pub span: Span,
}

/// The scopes of one tree.
#[derive(Clone, Debug)]
pub struct SymbolTable {
    pub(crate) scopes: Vec<Scope>,
    pub(crate) by_node: HashMap<(usize, Role), ScopeId>,
    pub(crate) mangled_sets: Vec<HashSet<Arc<str>>>,
    /// The `__future__` imports.
    pub future: Future,
    /// What the walk has to warn of.
    pub warnings: Vec<SyntaxWarning>,
}

impl SymbolTable {
    /// The scope of the module.
    pub fn top(&self) -> ScopeId {
        ScopeId(0)
    }

    /// One scope.
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0]
    }

    /// All scopes, outer ones first.
    pub fn scopes(&self) -> impl Iterator<Item = (ScopeId, &Scope)> {
        self.scopes.iter().enumerate().map(|(index, scope)| (ScopeId(index), scope))
    }

    /// `name` as the code of scope `id` knows it, inside class `private`: as [`mangle`] has it, but within the type
    /// parameters of a class only their own names are mangled.
    pub fn mangle(&self, id: ScopeId, private: Option<&str>, name: &Arc<str>) -> Arc<str> {
        if let Some(set) = self.scopes[id.0].mangled_names
            && !self.mangled_sets[set].contains(name)
        {
            return name.clone();
        }
        mangle(private, name)
    }

    /// The scope that `node` opens for `role`.
    pub fn lookup<T>(&self, node: &T, role: Role) -> Option<ScopeId> {
        self.by_node.get(&(std::ptr::from_ref(node) as usize, role)).copied()
    }
}

/// Reads the `__future__` imports at the head of a module.
pub fn future_imports(module: &ast::Mod, options: &Options<'_>) -> Result<Future, SyntaxError> {
    builder::future_imports(module, options).map_err(bare)
}

fn bare(error: SyntaxError) -> SyntaxError {
    SyntaxError { bare: true, ..error }
}

/// Makes the symbol table of a tree.
pub fn build(module: &ast::Mod, options: &Options<'_>) -> Result<SymbolTable, SyntaxError> {
    let make = || {
        let future = builder::future_imports(module, options)?;
        let mut table = builder::walk(module, options, future)?;
        analyze::analyze(&mut table)?;
        Ok(table)
    };
    make().map_err(bare)
}
