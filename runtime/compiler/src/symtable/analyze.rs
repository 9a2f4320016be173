//! The second pass: settles where every name lives.
//!
//! Walks from outer to inner blocks with the names bound outside (`bound`), declared global outside (`global`) and
//! those of them that are type parameters; comes back with the names that a block and its inner blocks leave free.
//! A comprehension that is not a generator is merged into its parent on the way back: it runs in the parent's frame.

use std::collections::HashSet;
use std::sync::Arc;

use indexmap::IndexMap;

use super::{BlockKind, ComprehensionKind, NameScope, ScopeId, Symbol, SymbolTable, flag};
use crate::SyntaxError;
use crate::depth::nested;

type Names = HashSet<Arc<str>>;
type Scopes = IndexMap<Arc<str>, NameScope>;

/// Names that a class block offers to the scopes inside it, beyond what it binds.
const CLASS_CELLS: [&str; 3] = ["__class__", "__classdict__", "__conditional_annotations__"];

/// Settles the scope of every name of `table`.
pub(super) fn analyze(table: &mut SymbolTable) -> Result<(), SyntaxError> {
    let top = table.top();
    let outside = Outside { bound: None, global: Names::new(), type_params: Names::new(), class: None };
    block(table, top, outside, 0)?;
    Ok(())
}

/// What a block sees of those around it.
#[derive(Clone)]
struct Outside {
    /// Names bound in enclosing functions; none for the module itself.
    bound: Option<Names>,
    global: Names,
    type_params: Names,
    /// The class that an annotation or type scope right inside it can see.
    class: Option<ScopeId>,
}

/// Analyzes one block and all inside; returns the names it leaves free.
fn block(
    table: &mut SymbolTable,
    id: ScopeId,
    mut outside: Outside,
    depth: usize,
) -> Result<Names, SyntaxError> {
    let kind = table.scopes[id.0].kind;
    let is_class = kind == BlockKind::Class;
    let mut local = Names::new();
    // Free in the block itself, and in the blocks inside it.
    let mut own_free = Names::new();
    let mut free = Names::new();
    let mut scopes = Scopes::new();
    // A class's own names are not visible inside, so what is passed down is taken before they are entered.
    let mut inner_global = if is_class { outside.global.clone() } else { Names::new() };
    let mut inner_bound = if is_class { outside.bound.clone().unwrap_or_default() } else { Names::new() };

    let symbols: Vec<(Arc<str>, u32)> =
        table.scopes[id.0].symbols.iter().map(|(name, symbol)| (name.clone(), symbol.0)).collect();
    for (name, flags) in symbols {
        let scope = settle(table, id, &name, flags, &mut outside, &mut local, &mut own_free)?;
        scopes.insert(name, scope);
    }

    if is_class {
        inner_bound.extend(CLASS_CELLS.iter().map(|&name| Arc::from(name)));
    } else {
        if kind.is_function_like() {
            inner_bound.extend(local.iter().cloned());
        }
        if let Some(bound) = &outside.bound {
            inner_bound.extend(bound.iter().cloned());
        }
        inner_global.extend(outside.global.iter().cloned());
    }

    let sees_class = table.scopes[id.0].can_see_class_scope;
    let mut inlined_cells = Names::new();
    let children = table.scopes[id.0].children.clone();
    for &child in &children {
        let class = match table.scopes[child.0].can_see_class_scope {
            true if is_class => Some(id),
            true => outside.class,
            false => None,
        };
        let inside = Outside {
            bound: Some(inner_bound.clone()),
            global: inner_global.clone(),
            type_params: outside.type_params.clone(),
            class,
        };
        let mut child_free = nested(depth, || block(table, child, inside, depth + 1))?;
        let inlined = !sees_class
            && matches!(table.scopes[child.0].comprehension, Some(kind) if kind != ComprehensionKind::Generator);
        if inlined {
            merge(table, id, child, &mut scopes, &mut child_free, &mut inlined_cells);
            table.scopes[child.0].comp_inlined = true;
        }
        free.extend(child_free);
    }
    // What is inside an inlined comprehension belongs to the block that runs it.
    let mut spliced = Vec::with_capacity(children.len());
    for child in children {
        if table.scopes[child.0].comp_inlined {
            spliced.extend_from_slice(&table.scopes[child.0].children);
        } else {
            spliced.push(child);
        }
    }
    table.scopes[id.0].children = spliced;

    if kind.is_function_like() {
        for (name, scope) in &mut scopes {
            if *scope == NameScope::Local && (free.contains(name) || inlined_cells.contains(name)) {
                *scope = NameScope::Cell;
                free.remove(name);
            }
        }
    } else if is_class {
        let class = &mut table.scopes[id.0];
        class.needs_class_closure |= free.remove("__class__");
        class.needs_classdict |= free.remove("__classdict__");
        class.has_conditional_annotations |= free.remove("__conditional_annotations__");
    }
    record(table, id, &scopes, outside.bound.as_ref(), &free, &inlined_cells);
    own_free.extend(free);
    Ok(own_free)
}

/// Where the block's own mention of `name` puts it.
fn settle(
    table: &SymbolTable,
    id: ScopeId,
    name: &Arc<str>,
    flags: u32,
    outside: &mut Outside,
    local: &mut Names,
    free: &mut Names,
) -> Result<NameScope, SyntaxError> {
    let error = |message: String| Err(directive_error(table, id, name, message));
    if flags & flag::DEF_GLOBAL != 0 {
        if flags & flag::DEF_NONLOCAL != 0 {
            return error(format!("name '{name}' is nonlocal and global"));
        }
        outside.global.insert(name.clone());
        if let Some(bound) = &mut outside.bound {
            bound.remove(name);
        }
        return Ok(NameScope::GlobalExplicit);
    }
    if flags & flag::DEF_NONLOCAL != 0 {
        let Some(bound) = &outside.bound else {
            return error("nonlocal declaration not allowed at module level".to_owned());
        };
        if !bound.contains(name) {
            return error(format!("no binding for nonlocal '{name}' found"));
        }
        if outside.type_params.contains(name) {
            return error(format!("nonlocal binding not allowed for type parameter '{name}'"));
        }
        free.insert(name.clone());
        return Ok(NameScope::Free);
    }
    if flags & flag::DEF_BOUND != 0 {
        local.insert(name.clone());
        outside.global.remove(name);
        if flags & flag::DEF_TYPE_PARAM != 0 {
            outside.type_params.insert(name.clone());
        } else {
            outside.type_params.remove(name);
        }
        return Ok(NameScope::Local);
    }
    // A name of the class around a type scope is looked up in the class's namespace first and then among the globals,
    // never in functions further out.
    if let Some(class) = outside.class
        && &**name != "__classdict__"
    {
        let seen = table.scopes[class.0].symbol(name);
        if seen.has(flag::DEF_GLOBAL) {
            return Ok(NameScope::GlobalExplicit);
        }
        if seen.has(flag::DEF_BOUND) && !seen.has(flag::DEF_NONLOCAL) {
            return Ok(NameScope::GlobalImplicit);
        }
    }
    if outside.bound.as_ref().is_some_and(|bound| bound.contains(name)) {
        free.insert(name.clone());
        return Ok(NameScope::Free);
    }
    Ok(NameScope::GlobalImplicit)
}

/// Merges the symbols of the comprehension `comp` into the block that runs it.
fn merge(
    table: &mut SymbolTable,
    id: ScopeId,
    comp: ScopeId,
    scopes: &mut Scopes,
    comp_free: &mut Names,
    inlined_cells: &mut Names,
) {
    let in_class = table.scopes[id.0].kind == BlockKind::Class;
    let symbols: Vec<(Arc<str>, Symbol)> =
        table.scopes[comp.0].symbols.iter().map(|(name, symbol)| (name.clone(), *symbol)).collect();
    for (name, symbol) in symbols {
        if symbol.has(flag::DEF_PARAM) {
            continue;
        }
        let mut scope = symbol.scope();
        let flags = symbol.0 & ((1 << flag::SCOPE_OFFSET) - 1);
        if scope == NameScope::Cell || flags & flag::DEF_COMP_CELL != 0 {
            inlined_cells.insert(name.clone());
        }
        // The comprehension runs in the class body itself, which has no such cells of its own.
        if scope == NameScope::Free && in_class && CLASS_CELLS.contains(&&*name) {
            scope = NameScope::GlobalImplicit;
            if !free_in_child(table, comp, &name) {
                comp_free.remove(&name);
            }
            table.scopes[comp.0].symbols.shift_remove(&name);
        }
        match table.scopes[id.0].symbols.get(&name).copied() {
            None => {
                table.scopes[id.0].symbols.insert(name.clone(), Symbol(flags));
                scopes.insert(name, scope);
            }
            // What the comprehension took from its parent is now simply there, unless something further in closes over
            // it, or the parent is a class.
            Some(outer) => {
                if scope == NameScope::Free && !in_class {
                    table.scopes[id.0].symbols.insert(name.clone(), Symbol(outer.0 | flags & flag::USE));
                }
                if outer.has(flag::DEF_BOUND) && !in_class && !free_in_child(table, comp, &name) {
                    comp_free.remove(&name);
                }
            }
        }
    }
}

fn free_in_child(table: &SymbolTable, id: ScopeId, name: &str) -> bool {
    table.scopes[id.0].children.iter().any(|child| table.scopes[child.0].scope_of(name) == NameScope::Free)
}

/// Writes the results into the block's symbols.
fn record(
    table: &mut SymbolTable,
    id: ScopeId,
    scopes: &Scopes,
    bound: Option<&Names>,
    free: &Names,
    inlined_cells: &Names,
) {
    let block = &mut table.scopes[id.0];
    let class_like = block.kind == BlockKind::Class || block.can_see_class_scope;
    for (name, symbol) in &mut block.symbols {
        if inlined_cells.contains(name) {
            symbol.0 |= flag::DEF_COMP_CELL;
        }
        let scope = scopes.get(name).copied().unwrap_or(NameScope::Unknown);
        symbol.0 |= (scope as u32) << flag::SCOPE_OFFSET;
    }
    // Sorted, so that equal sources make equal tables.
    let mut free: Vec<&Arc<str>> = free.iter().collect();
    free.sort();
    for name in free {
        if let Some(symbol) = block.symbols.get_mut(name) {
            if class_like {
                symbol.0 |= flag::DEF_FREE_CLASS;
            }
        } else if bound.is_none_or(|bound| bound.contains(name)) {
            block.symbols.insert(name.clone(), Symbol((NameScope::Free as u32) << flag::SCOPE_OFFSET));
        }
    }
}

/// An error about a `global` or `nonlocal` name, placed at the statement.
fn directive_error(table: &SymbolTable, id: ScopeId, name: &str, message: String) -> SyntaxError {
    let found = table.scopes[id.0].directives.iter().find(|directive| &*directive.name == name);
    SyntaxError::at(found.map_or(table.scopes[id.0].span, |directive| directive.span), message)
}
