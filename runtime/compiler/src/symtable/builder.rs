//! The first pass: walks the tree once and notes what each block binds, uses and declares.
//!
//! This file holds the walk's state and what every node does to it: entering and leaving blocks, adding definitions.
//! `statements` and `expressions` hold the walk itself.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;

use super::{BlockKind, Directive, Future, Role, Scope, ScopeId, Symbol, SymbolTable, flag};
use crate::ast::{ExprContext, ExprKind, Mod, Span, Stmt, StmtKind};
use crate::{Constant, Options, SyntaxError, future, parse_flag};

pub(super) type Walk = Result<(), SyntaxError>;

/// The state of the walk.
pub(super) struct Builder {
    pub(super) table: SymbolTable,
    pub(super) stack: Vec<ScopeId>,
    /// The class whose private names are mangled.
    pub(super) private: Option<Arc<str>>,
    pub(super) depth: usize,
    future_annotations: bool,
    top_level_await: bool,
}

/// Walks a whole tree.
pub(super) fn walk(module: &Mod, options: &Options<'_>, future: Future) -> Result<SymbolTable, SyntaxError> {
    let mut builder = Builder {
        table: SymbolTable {
            scopes: Vec::new(),
            by_node: HashMap::new(),
            mangled_sets: Vec::new(),
            future,
            warnings: Vec::new(),
        },
        stack: Vec::new(),
        private: None,
        depth: 0,
        future_annotations: future.features & future::ANNOTATIONS != 0,
        top_level_await: options.future_flags & parse_flag::ALLOW_TOP_LEVEL_AWAIT != 0,
    };
    builder.enter("top".into(), BlockKind::Module, Some((address(module), Role::Body)), Span::default())?;
    match module {
        Mod::Module { body, .. } => {
            builder.current().has_docstring = has_docstring(body);
            builder.statements(body)?;
        }
        Mod::Interactive { body } => builder.statements(body)?,
        Mod::Expression { body } => builder.expression(body)?,
        Mod::FunctionType { .. } => {
            return Err(SyntaxError::unplaced(
                crate::ErrorKind::SystemError,
                "this compiler does not handle FunctionTypes",
            ));
        }
    }
    builder.exit();
    Ok(builder.table)
}

/// The address by which a node is known.
pub(super) fn address<T>(node: &T) -> usize {
    std::ptr::from_ref(node) as usize
}

/// Whether a body begins with a str literal.
pub(crate) fn has_docstring(body: &[Stmt]) -> bool {
    matches!(body.first(), Some(Stmt { kind: StmtKind::Expr { value }, .. })
        if matches!(&value.kind, ExprKind::Constant { value: Constant::Str(_), .. }))
}

/// Reads the `__future__` imports at the head of a module.
pub(super) fn future_imports(module: &Mod, options: &Options<'_>) -> Result<Future, SyntaxError> {
    let mut found = Future { features: options.future_flags & future::MASK, span: Span::default() };
    let (Mod::Module { body, .. } | Mod::Interactive { body }) = module else { return Ok(found) };
    for statement in body.iter().skip(usize::from(has_docstring(body))) {
        let StmtKind::ImportFrom { module: Some(module), names, level } = &statement.kind else { break };
        if level.unwrap_or(0) != 0 || &**module != "__future__" {
            break;
        }
        for alias in names {
            found.features |= match &*alias.name {
                "nested_scopes" | "generators" | "division" | "absolute_import" | "with_statement"
                | "print_function" | "unicode_literals" | "generator_stop" => 0,
                "barry_as_FLUFL" => future::BARRY_AS_BDFL,
                "annotations" => future::ANNOTATIONS,
                "braces" => return Err(SyntaxError::at(alias.span, "not a chance")),
                name => {
                    let message = format!("future feature {name:.100} is not defined");
                    return Err(SyntaxError::at(alias.span, message));
                }
            };
        }
        found.span = statement.span;
    }
    Ok(found)
}

impl Builder {
    pub(super) fn current_id(&self) -> ScopeId {
        *self.stack.last().expect("INV-SYMTABLE-STACK: the walk is inside the module's block")
    }

    pub(super) fn current(&mut self) -> &mut Scope {
        let id = self.current_id();
        &mut self.table.scopes[id.0]
    }

    pub(super) fn scope(&self, id: ScopeId) -> &Scope {
        &self.table.scopes[id.0]
    }

    /// Makes a block as seen from the current one, without entering it.
    pub(super) fn new_block(
        &mut self,
        name: Arc<str>,
        kind: BlockKind,
        key: Option<(usize, Role)>,
        span: Span,
    ) -> ScopeId {
        let id = ScopeId(self.table.scopes.len());
        let parent = self.stack.last().copied();
        let outer = parent.map(|parent| self.scope(parent));
        let scope = Scope {
            name,
            kind,
            comprehension: None,
            parent,
            symbols: IndexMap::new(),
            varnames: Vec::new(),
            children: Vec::new(),
            annotation_block: None,
            nested: outer.is_some_and(|outer| outer.nested || outer.kind.is_function_like()),
            generator: false,
            coroutine: false,
            annotations_used: false,
            varargs: false,
            varkeywords: false,
            returns_value: false,
            needs_class_closure: false,
            needs_classdict: false,
            has_conditional_annotations: false,
            comp_inlined: false,
            can_see_class_scope: false,
            method: kind == BlockKind::Function && outer.is_some_and(|outer| outer.kind == BlockKind::Class),
            has_docstring: false,
            in_unevaluated_annotation: false,
            in_conditional_block: false,
            comp_iter_target: false,
            comp_iter_expr: 0,
            scope_info: None,
            directives: Vec::new(),
            mangled_names: None,
            span,
            lineno: span.lineno,
        };
        self.table.scopes.push(scope);
        if let Some(key) = key {
            self.table.by_node.insert(key, id);
        }
        id
    }

    /// Makes a block and enters it.
    pub(super) fn enter(
        &mut self,
        name: Arc<str>,
        kind: BlockKind,
        key: Option<(usize, Role)>,
        span: Span,
    ) -> Result<ScopeId, SyntaxError> {
        let id = self.new_block(name, kind, key, span);
        self.enter_existing(id, true);
        if matches!(kind, BlockKind::Annotation | BlockKind::TypeVariable | BlockKind::TypeAlias) {
            // These are functions of one parameter, the format wanted.
            self.define(".format", flag::DEF_PARAM, span)?;
            self.define(".format", flag::USE, span)?;
        }
        Ok(id)
    }

    /// Enters a block that exists.
    pub(super) fn enter_existing(&mut self, id: ScopeId, add_to_children: bool) {
        if let Some(&outer) = self.stack.last() {
            let (comp_iter_expr, mangled) =
                (self.scope(outer).comp_iter_expr, self.scope(outer).mangled_names);
            let scope = &mut self.table.scopes[id.0];
            // An assignment expression is an error anywhere inside the iterable of a comprehension.
            scope.comp_iter_expr = comp_iter_expr;
            // A class mangles everything; what is inside type parameters only what they name.
            if mangled.is_some() && scope.kind != BlockKind::Class {
                scope.mangled_names = mangled;
            }
            // Annotations that are only text have no part in the table.
            let unevaluated = self.future_annotations && scope.kind == BlockKind::Annotation;
            if add_to_children && !unevaluated {
                self.table.scopes[outer.0].children.push(id);
            }
        }
        self.stack.push(id);
    }

    pub(super) fn exit(&mut self) {
        self.stack.pop();
    }

    /// `name` as the current block knows it.
    pub(super) fn mangle(&self, name: &Arc<str>) -> Arc<str> {
        self.table.mangle(self.current_id(), self.private.as_deref(), name)
    }

    /// The symbol of `name` in block `id`.
    pub(super) fn lookup_in(&self, id: ScopeId, name: &Arc<str>) -> Symbol {
        self.scope(id).symbol(&self.mangle(name))
    }

    /// The symbol of `name` in the current block.
    pub(super) fn lookup(&self, name: &Arc<str>) -> Symbol {
        self.lookup_in(self.current_id(), name)
    }

    /// Adds a name of the language's own to the current block.
    pub(super) fn define(&mut self, name: &str, flags: u32, span: Span) -> Walk {
        self.add(&Arc::from(name), flags, span)
    }

    /// Adds a definition or use to the current block.
    pub(super) fn add(&mut self, name: &Arc<str>, flags: u32, span: Span) -> Walk {
        self.add_with(name, flags, span, ExprContext::Store)
    }

    pub(super) fn add_with(&mut self, name: &Arc<str>, flags: u32, span: Span, ctx: ExprContext) -> Walk {
        if flags & (flag::DEF_PARAM | flag::DEF_LOCAL | flag::DEF_IMPORT) != 0 {
            check_name(name, span, ctx)?;
        }
        let id = self.current_id();
        if flags & flag::DEF_TYPE_PARAM != 0
            && let Some(set) = self.scope(id).mangled_names
        {
            self.table.mangled_sets[set].insert(name.clone());
        }
        self.add_to(id, name, flags, span)
    }

    /// Adds a definition or use to block `id`.
    pub(super) fn add_to(&mut self, id: ScopeId, name: &Arc<str>, flags: u32, span: Span) -> Walk {
        let mangled = self.mangle(name);
        let scope = &mut self.table.scopes[id.0];
        let known = scope.symbols.get(&mangled).map_or(0, |symbol| symbol.0);
        if flags & known & flag::DEF_PARAM != 0 {
            let message = format!("duplicate argument '{name}' in function definition");
            return Err(SyntaxError::at(span, message));
        }
        if flags & known & flag::DEF_TYPE_PARAM != 0 {
            return Err(SyntaxError::at(span, format!("duplicate type parameter '{name}'")));
        }
        let mut all = known | flags;
        if scope.comp_iter_target {
            if all & (flag::DEF_GLOBAL | flag::DEF_NONLOCAL) != 0 {
                let message =
                    format!("comprehension inner loop cannot rebind assignment expression target '{name}'");
                return Err(SyntaxError::at(span, message));
            }
            all |= flag::DEF_COMP_ITER;
        }
        scope.symbols.insert(mangled.clone(), Symbol(all));
        if flags & flag::DEF_PARAM != 0 {
            scope.varnames.push(mangled);
        } else if flags & flag::DEF_GLOBAL != 0 {
            self.table.scopes[0].symbols.entry(mangled).or_default().0 |= flags;
        }
        Ok(())
    }

    /// Remembers where a `global` or `nonlocal` names `name`.
    pub(super) fn record_directive(&mut self, name: &Arc<str>, span: Span) {
        let name = self.mangle(name);
        self.current().directives.push(Directive { name, span });
    }

    /// Begins the set of names that the type parameters of a class mangle.
    pub(super) fn begin_mangled_names(&mut self) {
        let set = self.table.mangled_sets.len();
        self.table.mangled_sets.push(HashSet::new());
        self.current().mangled_names = Some(set);
    }

    pub(super) fn allows_top_level_await(&self) -> bool {
        self.top_level_await && self.scope(self.current_id()).kind == BlockKind::Module
    }
}

/// Refuses to bind `__debug__`.
pub(super) fn check_name(name: &str, span: Span, ctx: ExprContext) -> Walk {
    match ctx {
        ExprContext::Store if name == "__debug__" => Err(SyntaxError::at(span, "cannot assign to __debug__")),
        ExprContext::Del if name == "__debug__" => Err(SyntaxError::at(span, "cannot delete __debug__")),
        _ => Ok(()),
    }
}
