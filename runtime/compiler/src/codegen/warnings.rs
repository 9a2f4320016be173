//! What is suspicious though valid: comparisons of literals by identity, calls and subscripts of literals, assertions
//! that always hold.

use super::Compiler;
use crate::ast::{CmpOp, Expr, ExprKind, Span};
use crate::{Constant, SyntaxWarning, WarningCategory};

impl Compiler<'_> {
    fn warn(&mut self, span: Span, message: String) {
        let warning = SyntaxWarning {
            category: WarningCategory::Syntax,
            message,
            lineno: span.lineno,
            offset: span.col_offset + 1,
            end_lineno: span.end_lineno,
            end_offset: span.end_col_offset + 1,
        };
        // The statements of a `finally` are compiled more than once.
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    pub(super) fn warn_of_compare(&mut self, span: Span, left: &Expr, ops: &[CmpOp], comparators: &[Expr]) {
        let mut left = left;
        for (op, right) in ops.iter().zip(comparators) {
            let words = match op {
                CmpOp::Is => Some(("is", "==")),
                CmpOp::IsNot => Some(("is not", "!=")),
                _ => None,
            };
            let literal = [left, right].into_iter().find(|operand| !has_identity(operand));
            if let (Some((word, instead)), Some(literal)) = (words, literal) {
                let typ = inferred_type(literal).unwrap_or("object");
                self.warn(span, format!("\"{word}\" with '{typ}' literal. Did you mean \"{instead}\"?"));
                return;
            }
            left = right;
        }
    }

    pub(super) fn warn_of_caller(&mut self, func: &Expr) {
        let suspicious = !matches!(func.kind, ExprKind::Lambda { .. });
        if let (true, Some(typ)) = (suspicious, inferred_type(func)) {
            self.warn(func.span, format!("'{typ}' object is not callable; perhaps you missed a comma?"));
        }
    }

    pub(super) fn warn_of_subscript(&mut self, value: &Expr, index: &Expr) {
        let Some(typ) = inferred_type(value) else { return };
        match &value.kind {
            ExprKind::Constant { value: constant, .. } => match constant {
                Constant::Str(_) | Constant::Bytes(_) | Constant::Tuple(_) => {}
                Constant::Bool(_) => return self.warn_not_subscriptable(value.span, typ),
                _ => return self.warn_not_subscriptable(value.span, typ),
            },
            ExprKind::Set { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::GeneratorExp { .. }
            | ExprKind::TemplateStr { .. }
            | ExprKind::Interpolation { .. }
            | ExprKind::Lambda { .. } => return self.warn_not_subscriptable(value.span, typ),
            ExprKind::Tuple { .. }
            | ExprKind::List { .. }
            | ExprKind::ListComp { .. }
            | ExprKind::JoinedStr { .. }
            | ExprKind::FormattedValue { .. } => {}
            _ => return,
        }
        let Some(index_type) = inferred_type(index) else { return };
        if !matches!(index_type, "int" | "bool" | "slice") {
            let message = format!(
                "{typ} indices must be integers or slices, not {index_type}; perhaps you missed a comma?"
            );
            self.warn(value.span, message);
        }
    }

    fn warn_not_subscriptable(&mut self, span: Span, typ: &str) {
        self.warn(span, format!("'{typ}' object is not subscriptable; perhaps you missed a comma?"));
    }

    pub(super) fn warn_of_assert(&mut self, span: Span, test: &Expr) {
        let always = match &test.kind {
            ExprKind::Tuple { elts, .. } => !elts.is_empty(),
            ExprKind::Constant { value: Constant::Tuple(items), .. } => !items.is_empty(),
            _ => false,
        };
        if always {
            self.warn(span, "assertion is always true, perhaps remove parentheses?".to_owned());
        }
    }
}

/// Whether comparing the expression by identity can make sense.
fn has_identity(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Constant { value, .. } => {
            matches!(value, Constant::None | Constant::Bool(_) | Constant::Ellipsis)
        }
        ExprKind::Tuple { elts, .. } => !elts.iter().all(|elt| matches!(elt.kind, ExprKind::Constant { .. })),
        _ => true,
    }
}

/// The name of the type that an expression surely has.
fn inferred_type(expr: &Expr) -> Option<&'static str> {
    Some(match &expr.kind {
        ExprKind::Tuple { .. } => "tuple",
        ExprKind::List { .. } | ExprKind::ListComp { .. } => "list",
        ExprKind::Dict { .. } | ExprKind::DictComp { .. } => "dict",
        ExprKind::Set { .. } | ExprKind::SetComp { .. } => "set",
        ExprKind::GeneratorExp { .. } => "generator",
        ExprKind::Lambda { .. } => "function",
        ExprKind::TemplateStr { .. } => "string.templatelib.Template",
        ExprKind::Interpolation { .. } => "string.templatelib.Interpolation",
        ExprKind::JoinedStr { .. } | ExprKind::FormattedValue { .. } => "str",
        ExprKind::Constant { value, .. } => match value {
            Constant::None => "NoneType",
            Constant::Bool(_) => "bool",
            Constant::Ellipsis => "ellipsis",
            Constant::Int(_) | Constant::BigInt(_) => "int",
            Constant::Float(_) => "float",
            Constant::Complex(..) => "complex",
            Constant::Str(_) => "str",
            Constant::Bytes(_) => "bytes",
            Constant::Tuple(_) => "tuple",
            Constant::FrozenSet(_) => "frozenset",
            Constant::Slice(_) => "slice",
            Constant::Code(_) => "code",
        },
        _ => return None,
    })
}
