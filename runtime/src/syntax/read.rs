//! Python's objects as a tree of the compiler's.
//!
//! The objects may be anything: nodes that lack fields, lists that change while they are read, nodes that contain
//! themselves. Every level checks the machine stack, so the last ends in RecursionError.

use compiler::Constant;
use compiler::ast::{Mod, Span};
use compiler::reflect::{FieldInfo, FieldType, GenericNode, GenericValue, NodeType, Quantity, ReflectError};
use memory::Value;
use threads::Thread;

use super::classes::{self, Table};
use super::node::Node;
use crate::class::lookup::getattr_or_none;
use crate::class::{Type, TypeExt, class_of};
use crate::error::{Raised, Result, overflow_error, recursion_error, runtime_error, type_error, value_error};
use crate::object::{cast, cast_exact};
use crate::ops;
use crate::types::{Bytes, BytesExt, List, ListExt, Str, StrExt, Tuple, TupleExt, complex, float, int, set};

/// Whether a value is a node: what `compile` takes for a tree.
pub fn is_node(value: &Value) -> bool {
    cast::<Node>(value).is_some()
}

/// Raises unless a tree is of the kind that a mode of compiling takes.
///
/// # Errors
/// TypeError.
pub fn check_mode(thread: &mut Thread, tree: &Value, mode: compiler::Mode) -> Result<()> {
    let expected = match mode {
        compiler::Mode::Exec => "Module",
        compiler::Mode::Eval => "Expression",
        compiler::Mode::Single => "Interactive",
        compiler::Mode::FuncType => "FunctionType",
    };
    let table = classes::table(thread)?;
    let class = classes::grammar().index(expected).and_then(|index| cast::<Type>(&table.classes[index]));
    if class.is_some_and(|class| crate::class::is_instance(tree, class)) {
        return Ok(());
    }
    let found = class_of(tree).name_lossy();
    let found = found.rsplit('.').next().unwrap_or_default();
    Err(type_error(format!("expected {expected} node, got {found}")))
}

/// The tree that a node is the root of.
///
/// # Errors
/// TypeError and ValueError as CPython's for what is no tree; what its attributes raise.
pub fn tree_of(thread: &mut Thread, root: &Value) -> Result<Mod> {
    let table = classes::table(thread)?;
    match read_category(thread, &table, "mod", root)? {
        GenericValue::Node(node) => Mod::from_generic(*node).map_err(refuse),
        _ => Err(type_error("expected some sort of mod, but got None")),
    }
}

fn refuse(error: ReflectError) -> Raised {
    match error {
        ReflectError::Mismatch { node, field } => {
            value_error(format!("field '{field}' is required for {node}"))
        }
        ReflectError::Category { expected, found } => {
            type_error(format!("expected some sort of {expected}, but got {found}"))
        }
        ReflectError::TooDeep => recursion_error("maximum recursion depth exceeded during compilation"),
    }
}

/// Whether all members of a category are without fields and place: operators and their like.
fn is_plain(category: &str) -> bool {
    matches!(category, "expr_context" | "boolop" | "operator" | "unaryop" | "cmpop")
}

fn read_category(
    thread: &mut Thread,
    table: &Table<'_>,
    category: &'static str,
    value: &Value,
) -> Result<GenericValue> {
    if crate::state::check_stack(thread, "").is_err() {
        return Err(recursion_error(format!(
            "maximum recursion depth exceeded while traversing '{category}' node"
        )));
    }
    if value.is_none() && !is_plain(category) {
        return Ok(GenericValue::None);
    }
    let grammar = classes::grammar();
    let alone = grammar.index(category);
    let first = alone.or_else(|| grammar.members(category).next().map(|(index, _)| index));
    let located = first.is_some_and(|index| grammar.types[index].located);
    // What a category's one member is has fields before its place, as CPython reads it; a sum begins with the place.
    let mut span = Span::default();
    if located && alone.is_none() {
        span = read_place(thread, category, value)?;
    }
    let index = match alone {
        Some(index) => Some(index),
        None => member(thread, table, category, value)?,
    };
    let Some(index) = index else {
        let shown = ops::repr_text(thread, value)?;
        return Err(type_error(format!("expected some sort of {category}, but got {shown}")));
    };
    let node = &grammar.types[index];
    let names = cast::<Tuple>(&table.fields[index]).map(|names| names.items()).unwrap_or_default();
    let mut fields = Vec::with_capacity(node.fields.len());
    for (field, name) in node.fields.iter().zip(names) {
        fields.push(read_field(thread, table, node, field, name, value)?);
    }
    if located && alone.is_some() {
        span = read_place(thread, category, value)?;
    }
    Ok(GenericValue::Node(Box::new(GenericNode { name: node.name, fields, span })))
}

/// Which member of a category a value is an instance of.
fn member(thread: &mut Thread, table: &Table<'_>, category: &str, value: &Value) -> Result<Option<usize>> {
    let grammar = classes::grammar();
    let class = crate::class::as_value(class_of(value));
    if let Some(index) = table.classes.iter().position(|other| other.is(&class)) {
        return Ok((grammar.types[index].category == category).then_some(index));
    }
    for (index, _) in grammar.members(category) {
        if ops::is_instance(thread, value, &table.classes[index])? {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

fn read_place(thread: &mut Thread, category: &str, value: &Value) -> Result<Span> {
    let mut numbers = [None; 4];
    for (index, name) in classes::PLACE.iter().enumerate() {
        let key = Str::interned(thread, name)?;
        let found = getattr_or_none(thread, value, &key)?;
        let optional = index >= 2 && !matches!(category, "pattern" | "type_param");
        numbers[index] = match found {
            None if optional => None,
            Some(found) if optional && found.is_none() => None,
            None => {
                return Err(type_error(format!("required field \"{name}\" missing from {category}")));
            }
            Some(found) => Some(read_int(thread, &found)?),
        };
    }
    let [lineno, col_offset, end_lineno, end_col_offset] = numbers;
    let (lineno, col_offset) = (lineno.unwrap_or(0), col_offset.unwrap_or(0));
    Ok(Span {
        lineno,
        col_offset,
        end_lineno: end_lineno.unwrap_or(lineno),
        end_col_offset: end_col_offset.unwrap_or(col_offset),
    })
}

fn read_int(thread: &mut Thread, value: &Value) -> Result<i32> {
    if !int::is_int(value) {
        return Err(value_error(format!("invalid integer value: {}", ops::repr_text(thread, value)?)));
    }
    int::to_i64(value)
        .and_then(|number| i32::try_from(number).ok())
        .ok_or_else(|| overflow_error("Python int too large to convert to C int"))
}

fn read_field(
    thread: &mut Thread,
    table: &Table<'_>,
    node: &NodeType,
    field: &FieldInfo,
    name: &Value,
    holder: &Value,
) -> Result<GenericValue> {
    let found = getattr_or_none(thread, holder, name)?;
    match field.quantity {
        Quantity::Sequence | Quantity::OptionalSequence => {
            let Some(found) = found else { return Ok(GenericValue::List(Vec::new())) };
            read_list(thread, table, node, field, &found)
        }
        Quantity::Optional => match found {
            None => Ok(GenericValue::None),
            Some(found) if found.is_none() => Ok(GenericValue::None),
            Some(found) => read_item(thread, table, field, &found),
        },
        Quantity::One => match found {
            None => Err(type_error(format!("required field \"{}\" missing from {}", field.name, node.name))),
            Some(found) => read_item(thread, table, field, &found),
        },
    }
}

fn read_list(
    thread: &mut Thread,
    table: &Table<'_>,
    node: &NodeType,
    field: &FieldInfo,
    found: &Value,
) -> Result<GenericValue> {
    let Some(list) = cast::<List>(found) else {
        let class = class_of(found).name_lossy();
        return Err(type_error(format!(
            "{} field \"{}\" must be a list, not a {class}",
            node.name, field.name
        )));
    };
    let len = list.len();
    let mut items = Vec::with_capacity(len);
    for index in 0..len {
        let item = list.get(index).unwrap_or_else(Value::none);
        let read = read_item(thread, table, field, &item)?;
        if list.len() != len {
            return Err(runtime_error(format!(
                "{} field \"{}\" changed size during iteration",
                node.name, field.name
            )));
        }
        if matches!(read, GenericValue::None) && field.quantity == Quantity::Sequence {
            let what = match field.field_type {
                FieldType::Node("stmt") => "statement",
                FieldType::Node("expr") => "expression",
                FieldType::Node(category) => category,
                _ => "identifier",
            };
            return Err(value_error(format!("None disallowed in {what} list")));
        }
        items.push(read);
    }
    Ok(GenericValue::List(items))
}

fn read_item(
    thread: &mut Thread,
    table: &Table<'_>,
    field: &FieldInfo,
    value: &Value,
) -> Result<GenericValue> {
    match field.field_type {
        FieldType::Node(category) => read_category(thread, table, category, value),
        FieldType::Int => Ok(GenericValue::Int(read_int(thread, value)?.into())),
        FieldType::Constant => Ok(GenericValue::Constant(read_constant(thread, value)?)),
        FieldType::Identifier | FieldType::String if value.is_none() => Ok(GenericValue::None),
        FieldType::Identifier | FieldType::String => {
            let Some(text) = cast_exact::<Str>(value) else {
                let what = if field.field_type == FieldType::String { "string" } else { "identifier" };
                return Err(type_error(format!("AST {what} must be of type str")));
            };
            crate::types::exception_methods::require_utf8(thread, value)?;
            Ok(GenericValue::Str(text.to_string_lossy().into()))
        }
    }
}

/// A constant that a program has put in a tree.
fn read_constant(thread: &mut Thread, value: &Value) -> Result<Constant> {
    crate::state::check_stack(thread, " during compilation")?;
    if value.is_none() {
        return Ok(Constant::None);
    }
    if value.is(&Value::ellipsis()) {
        return Ok(Constant::Ellipsis);
    }
    if let Some(truth) = int::as_bool(value) {
        return Ok(Constant::Bool(truth));
    }
    if int::is_exact(value) {
        return Ok(match (int::to_i64(value), int::to_bigint(value)) {
            (Some(small), _) => Constant::Int(small),
            (None, Some(large)) => Constant::BigInt(large),
            (None, None) => Constant::Int(0),
        });
    }
    if let Some(number) = float::to_f64_exact(value) {
        return Ok(Constant::Float(number));
    }
    if let Some(text) = cast_exact::<Str>(value) {
        return Ok(Constant::Str(wide_text(text)));
    }
    if let Some(bytes) = cast_exact::<Bytes>(value) {
        return Ok(Constant::Bytes(bytes.bytes().to_vec()));
    }
    if let Some(tuple) = cast_exact::<Tuple>(value) {
        let items: Result<Vec<Constant>> =
            tuple.items().iter().map(|item| read_constant(thread, item)).collect();
        return items.map(Constant::Tuple);
    }
    if let Some(parts) = cast_exact::<complex::Complex>(value).and_then(|_| complex::to_parts(value)) {
        return Ok(Constant::Complex(parts.0, parts.1));
    }
    if cast_exact::<set::FrozenSet>(value).is_some()
        && let Some(keys) = set::keys(value)
    {
        let items = keys.to_vec(thread);
        let items: Result<Vec<Constant>> =
            items.iter().map(|(_, item)| read_constant(thread, item)).collect();
        return items.map(Constant::FrozenSet);
    }
    let class = class_of(value).name_lossy();
    Err(type_error(format!("got an invalid type in Constant: {class}")))
}

/// The characters of a str, lone surrogates among them.
fn wide_text(text: &crate::Object<Str>) -> compiler::Wtf8Buf {
    use ::text::Chars;
    if let Some(plain) = text.to_utf8() {
        return plain.into();
    }
    let mut wide = compiler::Wtf8Buf::new();
    for code in text.view().iter_chars() {
        if let Some(code) = compiler::CodePoint::from_u32(code) {
            wide.push(code);
        }
    }
    wide
}
