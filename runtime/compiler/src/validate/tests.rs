//! Trees that no parser makes are refused.

use super::validate;
use crate::ast::{Expr, ExprContext, ExprKind, Mod, Span, StmtKind};
use crate::{ErrorKind, Options, SyntaxError, parse};

fn tree(source: &str) -> Mod {
    parse(source, &Options::default()).map(|parsed| parsed.module).expect("valid")
}

fn first(module: &mut Mod) -> &mut StmtKind {
    match module {
        Mod::Module { body, .. } => &mut body[0].kind,
        _ => panic!("a module"),
    }
}

fn refused(module: &Mod) -> SyntaxError {
    validate(module).expect_err("malformed")
}

#[test]
fn parsed_trees_are_valid() {
    for source in
        ["match x:\n case [-1, *_, {'a': 1+2j, **r}] | A.b(c=None): pass", "x: int = (yield)", "del a, [b]"]
    {
        assert_eq!(validate(&tree(source)), Ok(()), "{source}");
    }
}

#[test]
fn empty_parts_are_refused() {
    let mut module = tree("def f(): pass");
    if let StmtKind::FunctionDef(def) = first(&mut module) {
        def.body.clear();
    }
    let error = refused(&module);
    assert_eq!((error.kind, &*error.message), (ErrorKind::ValueError, "empty body on FunctionDef"));
}

#[test]
fn contexts_are_checked() {
    let mut module = tree("x = 1");
    if let StmtKind::Assign { targets, .. } = first(&mut module) {
        let kind = ExprKind::Name { id: "x".into(), ctx: ExprContext::Load };
        targets[0] = Expr { kind, span: Span::default() };
    }
    assert_eq!(refused(&module).message, "expression must have Store context but has Load instead");
}

#[test]
fn places_are_checked() {
    let mut module = tree("x");
    if let StmtKind::Expr { value } = first(&mut module) {
        value.span.col_offset = 5;
    }
    assert_eq!(refused(&module).message, "line 1, column 5-1 is not a valid range");
}
