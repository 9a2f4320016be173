//! Type parameters and the `type` statement.

use super::unit::ScopeKind;
use super::{Compiler, Result};
use crate::Constant;
use crate::ast::{Expr, ExprContext, ExprKind, Stmt, TypeParam, TypeParamKind};
use crate::opcode::{Intrinsic1, Intrinsic2, Opcode, function_attribute};
use crate::symtable::{Role, ScopeId};

impl<'a> Compiler<'a> {
    /// Binds the type parameters and pushes the tuple of them.
    pub(super) fn type_params(&mut self, params: &'a [TypeParam]) -> Result {
        let mut seen_default = false;
        for param in params {
            let span = param.span;
            let (name, default) = match &param.kind {
                TypeParamKind::TypeVar { name, bound, default_value } => {
                    self.load_str(span, name);
                    match bound {
                        Some(bound) => {
                            let scope = self.scope_of(param, Role::Bound)?;
                            self.deferred_value(bound, name, scope, false)?;
                            let constraints = matches!(bound.kind, ExprKind::Tuple { .. });
                            let intrinsic = match constraints {
                                true => Intrinsic2::TypeVarWithConstraints,
                                false => Intrinsic2::TypeVarWithBound,
                            };
                            self.op_arg(span, Opcode::CallIntrinsic2, intrinsic as u32);
                        }
                        None => self.intrinsic(span, Intrinsic1::TypeVar),
                    }
                    (name, default_value)
                }
                TypeParamKind::ParamSpec { name, default_value } => {
                    self.load_str(span, name);
                    self.intrinsic(span, Intrinsic1::ParamSpec);
                    (name, default_value)
                }
                TypeParamKind::TypeVarTuple { name, default_value } => {
                    self.load_str(span, name);
                    self.intrinsic(span, Intrinsic1::TypeVarTuple);
                    (name, default_value)
                }
            };
            if let Some(default) = default {
                seen_default = true;
                let scope = self.scope_of(param, Role::Default)?;
                let allow_starred = matches!(param.kind, TypeParamKind::TypeVarTuple { .. });
                self.deferred_value(default, name, scope, allow_starred)?;
                self.op_arg(span, Opcode::CallIntrinsic2, Intrinsic2::SetTypeParamDefault as u32);
            } else if seen_default {
                let message = format!("non-default type parameter '{name}' follows default type parameter");
                return self.error(span, message);
            }
            self.op_arg(span, Opcode::Copy, 1);
            self.name(span, name, ExprContext::Store)?;
        }
        let span = params.first().map_or_else(Default::default, |first| first.span);
        self.op_count(span, Opcode::BuildTuple, params.len());
        Ok(())
    }

    /// Pushes a function that evaluates a bound or default.
    fn deferred_value(&mut self, value: &'a Expr, name: &str, scope: ScopeId, allow_starred: bool) -> Result {
        let span = value.span;
        self.load_const(span, Constant::Tuple(vec![Constant::Int(1)]));
        self.enter_annotations(span, scope, name)?;
        match &value.kind {
            ExprKind::Starred { value, .. } if allow_starred => {
                self.expr(value)?;
                self.op_arg(span, Opcode::UnpackSequence, 1);
            }
            _ => self.expr(value)?,
        }
        self.op(span, Opcode::ReturnValue);
        let code = self.leave(true)?;
        self.make_function(span, code, function_attribute::DEFAULTS);
        Ok(())
    }

    pub(super) fn type_alias(
        &mut self,
        stmt: &'a Stmt,
        name: &'a Expr,
        type_params: &'a [TypeParam],
        value: &'a Expr,
    ) -> Result {
        let span = stmt.span;
        let ExprKind::Name { id, .. } = &name.kind else {
            return Err(crate::SyntaxError::unplaced(
                crate::ErrorKind::TypeError,
                "TypeAlias with non-Name name",
            ));
        };
        let generic = !type_params.is_empty();
        if generic {
            let scope = self.scope_of(stmt, Role::TypeParams)?;
            let name = format!("<generic parameters of {id}>");
            self.enter(name.into(), ScopeKind::Annotations, scope, span.lineno, None)?;
            self.load_str(span, id);
            self.type_params(type_params)?;
        } else {
            self.load_str(span, id);
            self.load_none(span);
        }
        self.load_const(span, Constant::Tuple(vec![Constant::Int(1)]));
        let scope = self.scope_of(stmt, Role::Body)?;
        self.enter_annotations(span, scope, id)?;
        self.expr(value)?;
        self.op(span, Opcode::ReturnValue);
        let code = self.leave(false)?;
        self.make_function(span, code, function_attribute::DEFAULTS);
        self.op_arg(span, Opcode::BuildTuple, 3);
        self.intrinsic(span, Intrinsic1::TypeAlias);
        if generic {
            let code = self.leave(false)?;
            self.make_function(span, code, 0);
            self.op(span, Opcode::PushNull);
            self.op_arg(span, Opcode::Call, 0);
        }
        self.name(span, id, ExprContext::Store)
    }
}
