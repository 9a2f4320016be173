//! `class`.

use super::unit::ScopeKind;
use super::{Compiler, Result};
use crate::Constant;
use crate::ast::{ClassDef, ExprContext, Span, Stmt};
use crate::flow::NO_LOCATION;
use crate::opcode::{Intrinsic1, Opcode};
use crate::symtable::Role;

impl<'a> Compiler<'a> {
    pub(super) fn class_def(&mut self, stmt: &'a Stmt, def: &'a ClassDef) -> Result {
        self.exprs(&def.decorator_list)?;
        let first_line = Self::definition_line(stmt, &def.decorator_list);
        let span = stmt.span;
        if def.type_params.is_empty() {
            self.class_body(stmt, def, first_line)?;
            self.call_with(span, 2, &def.bases, None, &def.keywords)?;
        } else {
            let scope = self.scope_of(stmt, Role::TypeParams)?;
            let name = format!("<generic parameters of {}>", def.name);
            self.enter(name.into(), ScopeKind::Annotations, scope, first_line, Some(def.name.clone()))?;
            self.type_params(&def.type_params)?;
            self.store_name(span, ".type_params")?;
            self.class_body(stmt, def, first_line)?;
            self.load_name(span, ".type_params")?;
            self.intrinsic(span, Intrinsic1::SubscriptGeneric);
            self.store_name(span, ".generic_base")?;
            self.call_with(span, 2, &def.bases, Some(".generic_base"), &def.keywords)?;
            let code = self.leave(false)?;
            self.make_function(span, code, 0);
            self.op(span, Opcode::PushNull);
            self.op_arg(span, Opcode::Call, 0);
        }
        self.apply_decorators(&def.decorator_list);
        self.name(span, &def.name, ExprContext::Store)
    }

    /// Pushes `__build_class__`, the function of the class body, and the name.
    fn class_body(&mut self, stmt: &'a Stmt, def: &'a ClassDef, first_line: i32) -> Result {
        let scope = self.scope_of(stmt, Role::Body)?;
        self.enter(def.name.clone(), ScopeKind::Class, scope, first_line, Some(def.name.clone()))?;
        let span = Span { lineno: first_line, end_lineno: first_line, col_offset: 0, end_col_offset: 0 };
        self.load_name(span, "__name__")?;
        self.store_name(span, "__module__")?;
        let qualname = self.unit_ref().qualname.clone();
        self.load_str(span, &qualname);
        self.store_name(span, "__qualname__")?;
        self.load_int(span, first_line.into());
        self.store_name(span, "__firstlineno__")?;
        if !def.type_params.is_empty() {
            self.load_name(span, ".type_params")?;
            self.store_name(span, "__type_params__")?;
        }
        let scope = self.scope();
        // These two cannot go through names, which in a class are stored in the namespace.
        if scope.needs_classdict {
            self.op(span, Opcode::LoadLocals);
            self.store_cell(span, "__classdict__");
        }
        if scope.has_conditional_annotations {
            self.op_arg(span, Opcode::BuildSet, 0);
            self.store_cell(span, "__conditional_annotations__");
        }
        self.body(span, &def.body)?;
        let attributes =
            self.unit_ref().static_attributes.iter().map(|name| Constant::Str((&**name).into())).collect();
        self.load_const(NO_LOCATION, Constant::Tuple(attributes));
        self.store_name(NO_LOCATION, "__static_attributes__")?;
        if scope.needs_classdict {
            self.load_closure("__classdict__");
            self.store_name(NO_LOCATION, "__classdictcell__")?;
        }
        if scope.needs_class_closure {
            self.load_closure("__class__");
            self.op_arg(NO_LOCATION, Opcode::Copy, 1);
            self.store_name(NO_LOCATION, "__classcell__")?;
        } else {
            self.load_none(NO_LOCATION);
        }
        self.op(NO_LOCATION, Opcode::ReturnValue);
        let code = self.leave(true)?;

        let span = stmt.span;
        self.op(span, Opcode::LoadBuildClass);
        self.op(span, Opcode::PushNull);
        self.make_function(span, code, 0);
        self.load_str(span, &def.name);
        Ok(())
    }

    fn store_cell(&mut self, span: Span, name: &str) {
        if let Some(index) = self.cell_index(name) {
            self.op_arg(span, Opcode::StoreDeref, index);
        }
    }

    fn load_closure(&mut self, name: &str) {
        if let Some(index) = self.cell_index(name) {
            self.op_arg(NO_LOCATION, Opcode::LoadClosure, index);
        }
    }
}
