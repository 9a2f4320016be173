//! What earlier versions of the grammar do not have: `compile(..., _feature_version=8)` refuses it.

use crate::SyntaxError;
use crate::ast::{Mod, Span};
use crate::lines::Lines;
use crate::reflect::{GenericNode, GenericValue};

/// A complaint: what is not supported, and since when it is.
type Missing = (&'static str, u8);

/// Refuses what a version (the minor number) does not have. Of several such things the first is named.
pub(crate) fn check(module: &Mod, lines: &Lines<'_>, version: u8) -> Result<(), SyntaxError> {
    let tree = module.to_generic();
    let mut found: Option<(Span, Missing)> = None;
    let mut pending: Vec<(&GenericNode, Span)> = vec![(&tree, Span::default())];
    while let Some((node, outer)) = pending.pop() {
        let span = if node.span == Span::default() { outer } else { node.span };
        for missing in needs(node, lines).into_iter().filter(|(_, since)| *since > version) {
            let place = |span: Span| (span.lineno, span.col_offset);
            if found.is_none_or(|(first, _)| place(span) < place(first)) {
                found = Some((span, missing));
            }
        }
        for value in &node.fields {
            match value {
                GenericValue::Node(inner) => pending.push((inner, span)),
                GenericValue::List(items) => pending.extend(items.iter().filter_map(|item| match item {
                    GenericValue::Node(inner) => Some((&**inner, span)),
                    _ => None,
                })),
                _ => {}
            }
        }
    }
    drop(pending);
    let found = found.map(|(span, (what, since))| {
        let message = format!("{what} only supported in Python 3.{since} and greater");
        let line = usize::try_from(span.lineno - 1).unwrap_or(0);
        SyntaxError { text: Some(lines.line(line).to_owned()), ..SyntaxError::at(span, message) }
    });
    tree.dismantle();
    found.map_or(Ok(()), Err)
}

fn is_empty(value: Option<&GenericValue>) -> bool {
    match value {
        None | Some(GenericValue::None) => true,
        Some(GenericValue::List(items)) => items.is_empty(),
        Some(_) => false,
    }
}

/// What a node alone needs.
fn needs(node: &GenericNode, lines: &Lines<'_>) -> Vec<Missing> {
    let field = |index: usize| node.fields.get(index);
    let mut needs = Vec::new();
    match node.name {
        "MatMult" => needs.push(("The '@' operator is", 5)),
        "Await" => needs.push(("Await expressions are", 5)),
        "AsyncFor" => needs.push(("Async for loops are", 5)),
        "AsyncWith" => needs.push(("Async with statements are", 5)),
        "AsyncFunctionDef" => needs.push(("Async functions are", 5)),
        "AnnAssign" => needs.push(("Variable annotation syntax is", 6)),
        "comprehension" if field(3) == Some(&GenericValue::Int(1)) => {
            needs.push(("Async comprehensions are", 6));
        }
        "NamedExpr" => needs.push(("Assignment expressions are", 8)),
        "arguments" if !is_empty(field(0)) => needs.push(("Positional-only parameters are", 8)),
        "Match" => needs.push(("Pattern matching is", 10)),
        "TryStar" => needs.push(("Exception groups are", 11)),
        "TypeAlias" => needs.push(("Type statement is", 12)),
        "ParamSpec" | "TypeVarTuple" if !is_empty(field(1)) => {
            needs.push(("Type parameter defaults are", 13))
        }
        "TypeVar" if !is_empty(field(2)) => needs.push(("Type parameter defaults are", 13)),
        "TemplateStr" => needs.push(("t-strings are", 14)),
        _ => {}
    }
    let type_params = match node.name {
        "FunctionDef" | "AsyncFunctionDef" => 6,
        "ClassDef" => 5,
        "TypeAlias" => 1,
        _ => usize::MAX,
    };
    if !is_empty(field(type_params)) {
        needs.push(("Type parameter lists are", 12));
    }
    if node.name == "ExceptHandler"
        && let Some(GenericValue::Node(class)) = field(0)
        && class.name == "Tuple"
    {
        let line = lines.line(usize::try_from(class.span.lineno - 1).unwrap_or(0));
        let column = usize::try_from(class.span.col_offset).unwrap_or(0);
        if !line.get(column..).unwrap_or_default().starts_with('(') {
            needs.push(("except expressions without parentheses are", 14));
        }
    }
    needs
}
