//! Names: which instruction reads, binds or unbinds one, by where it lives.

use std::sync::Arc;

use super::unit::ScopeKind;
use super::{Compiler, Result};
use crate::ast::{Expr, ExprContext, ExprKind, Span};
use crate::opcode::Opcode;
use crate::symtable::{BlockKind, NameScope};

/// Where a name is found at run time.
enum Place {
    Fast,
    Deref(u32),
    Global,
    Name,
}

impl Compiler<'_> {
    /// A name as the innermost block knows it.
    pub(super) fn mangle(&self, name: &Arc<str>) -> Arc<str> {
        let unit = self.unit_ref();
        self.table.mangle(unit.scope, unit.private.as_deref(), name)
    }

    /// `__debug__` can be neither bound nor unbound.
    pub(super) fn check_forbidden(&self, span: Span, name: &str, ctx: ExprContext) -> Result {
        match ctx {
            ExprContext::Store if name == "__debug__" => self.error(span, "cannot assign to __debug__"),
            ExprContext::Del if name == "__debug__" => self.error(span, "cannot delete __debug__"),
            _ => Ok(()),
        }
    }

    /// Whether code of the innermost block looks names up in the class around it.
    fn sees_class_scope(&self) -> bool {
        self.scope().can_see_class_scope
    }

    fn in_class_block(&self) -> bool {
        self.scope().kind == BlockKind::Class
    }

    /// The index of a cell among cells and free variables.
    pub(super) fn cell_index(&self, name: &str) -> Option<u32> {
        self.unit_ref().cellvars.get_index_of(name).map(|index| index as u32)
    }

    /// The index of a free variable among cells and free variables.
    pub(super) fn free_index(&self, name: &str) -> Option<u32> {
        let unit = self.unit_ref();
        unit.freevars.get_index_of(name).map(|index| (unit.cellvars.len() + index) as u32)
    }

    fn place(&mut self, mangled: &Arc<str>, scope: NameScope) -> Place {
        let function_like = self.is_function_like();
        match scope {
            NameScope::Free => {
                let unit = self.unit();
                let index = unit.freevars.insert_full(mangled.clone()).0;
                Place::Deref((unit.cellvars.len() + index) as u32)
            }
            NameScope::Cell => Place::Deref(self.unit().cellvars.insert_full(mangled.clone()).0 as u32),
            NameScope::Local if function_like => Place::Fast,
            NameScope::Local if self.unit_ref().fast_hidden.get(mangled) == Some(&true) => Place::Fast,
            NameScope::GlobalImplicit if function_like => Place::Global,
            NameScope::GlobalExplicit => Place::Global,
            _ => Place::Name,
        }
    }

    /// Reads, binds or unbinds a name.
    pub(super) fn name(&mut self, span: Span, name: &Arc<str>, ctx: ExprContext) -> Result {
        self.check_forbidden(span, name, ctx)?;
        let mangled = self.mangle(name);
        let scope = self.symbol(&mangled).scope();
        let inlined = self.unit_ref().inlined_comprehensions > 0;
        match self.place(&mangled, scope) {
            Place::Deref(index) => {
                let op = match ctx {
                    ExprContext::Load if self.in_class_block() && !inlined => {
                        self.op(span, Opcode::LoadLocals);
                        Opcode::LoadFromDictOrDeref
                    }
                    ExprContext::Load if self.sees_class_scope() => {
                        self.load_classdict(span);
                        Opcode::LoadFromDictOrDeref
                    }
                    ExprContext::Load => Opcode::LoadDeref,
                    ExprContext::Store => Opcode::StoreDeref,
                    ExprContext::Del => Opcode::DeleteDeref,
                };
                self.op_arg(span, op, index);
            }
            Place::Fast => {
                let op = match ctx {
                    ExprContext::Load => Opcode::LoadFast,
                    ExprContext::Store => Opcode::StoreFast,
                    ExprContext::Del => Opcode::DeleteFast,
                };
                self.op_local(span, op, &mangled);
            }
            Place::Global => {
                let op = match ctx {
                    ExprContext::Load if self.sees_class_scope() && scope == NameScope::GlobalImplicit => {
                        self.load_classdict(span);
                        Opcode::LoadFromDictOrGlobals
                    }
                    ExprContext::Load => Opcode::LoadGlobal,
                    ExprContext::Store => Opcode::StoreGlobal,
                    ExprContext::Del => Opcode::DeleteGlobal,
                };
                self.op_mangled_name(span, op, mangled);
            }
            Place::Name => {
                let op = match ctx {
                    ExprContext::Load if self.in_class_block() && inlined => Opcode::LoadGlobal,
                    ExprContext::Load => Opcode::LoadName,
                    ExprContext::Store => Opcode::StoreName,
                    ExprContext::Del => Opcode::DeleteName,
                };
                self.op_mangled_name(span, op, mangled);
            }
        }
        Ok(())
    }

    fn load_classdict(&mut self, span: Span) {
        if let Some(index) = self.free_index("__classdict__") {
            self.op_arg(span, Opcode::LoadDeref, index);
        }
    }

    fn op_mangled_name(&mut self, span: Span, op: Opcode, mangled: Arc<str>) {
        let index = self.unit().names.insert_full(mangled).0 as u32;
        self.op_arg(span, op, if op == Opcode::LoadGlobal { index << 1 } else { index });
    }

    /// An instruction on a fast local, made if it is new.
    pub(super) fn op_local(&mut self, span: Span, op: Opcode, mangled: &Arc<str>) {
        let index = self.unit().varnames.insert_full(mangled.clone()).0 as u32;
        self.op_arg(span, op, index);
    }

    pub(super) fn load_name(&mut self, span: Span, name: &str) -> Result {
        self.name(span, &name.into(), ExprContext::Load)
    }

    pub(super) fn store_name(&mut self, span: Span, name: &str) -> Result {
        self.name(span, &name.into(), ExprContext::Store)
    }

    /// Whether a name that an inner block has free is a cell here (and not free here as well).
    pub(super) fn is_cell_here(&self, name: &str) -> bool {
        let implicit = matches!(name, "__class__" | "__classdict__" | "__conditional_annotations__");
        if implicit && self.unit_ref().kind == ScopeKind::Class {
            return true;
        }
        self.symbol(name).scope() == NameScope::Cell
    }

    /// Notes `self.name = …` for the class around the innermost function.
    pub(super) fn note_static_attribute(&mut self, value: &Expr, attr: &Arc<str>, ctx: ExprContext) {
        let on_self = matches!(&value.kind, ExprKind::Name { id, .. } if &**id == "self");
        if ctx != ExprContext::Store || !on_self {
            return;
        }
        let outer = self.units.len() - 1;
        if let Some(class) = self.units[..outer].iter_mut().rev().find(|unit| unit.kind == ScopeKind::Class) {
            class.static_attributes.insert(attr.clone());
        }
    }
}
