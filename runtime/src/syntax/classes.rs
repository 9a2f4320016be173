//! The classes of nodes. They are made as programs make classes, from the compiler's own table of nodes, when they are
//! first needed.

use std::collections::HashMap;

use compiler::reflect::{FieldInfo, FieldType, NodeType, Quantity, node_types};
use memory::Value;
use threads::Thread;
use threads::sync::OnceLock;

use super::node::Node;
use crate::call;
use crate::class::lookup::setattr;
use crate::class::{ClassFlags, Payload, Type};
use crate::error::{Result, system_error};
use crate::names::StaticValue;
use crate::object::cast;
use crate::types::{Dict, DictExt, List, Str, Tuple, TupleExt, generic_alias, int, union};

/// The order in which the grammar lists the statements; the compiler's table groups them otherwise.
const STATEMENTS: &[&str] = &[
    "FunctionDef",
    "AsyncFunctionDef",
    "ClassDef",
    "Return",
    "Delete",
    "Assign",
    "TypeAlias",
    "AugAssign",
    "AnnAssign",
    "For",
    "AsyncFor",
    "While",
    "If",
    "With",
    "AsyncWith",
    "Match",
    "Raise",
    "Try",
    "TryStar",
    "Assert",
    "Import",
    "ImportFrom",
    "Global",
    "Nonlocal",
    "Expr",
    "Pass",
    "Break",
    "Continue",
];

/// The attributes of nodes that have a place.
pub const PLACE: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

/// What is known of nodes without objects.
pub struct Grammar {
    /// The types of nodes, in the grammar's order.
    pub types: Vec<NodeType>,
    by_name: HashMap<&'static str, usize>,
}

impl Grammar {
    /// Where a type of nodes stands in the table.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The members of a category, with their places in the table.
    pub fn members<'a>(&'a self, category: &'a str) -> impl Iterator<Item = (usize, &'a NodeType)> {
        self.types.iter().enumerate().filter(move |(_, node)| node.category == category)
    }
}

/// The types of nodes.
pub fn grammar() -> &'static Grammar {
    static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
    GRAMMAR.get_or_init(|| {
        let mut types = node_types();
        // Stable: other categories stay as they are.
        let first = types.iter().position(|node| node.category == "stmt").unwrap_or(0);
        let count = types.iter().filter(|node| node.category == "stmt").count();
        types[first..first + count]
            .sort_by_key(|node| STATEMENTS.iter().position(|name| *name == node.name).unwrap_or(usize::MAX));
        let by_name = types.iter().enumerate().map(|(index, node)| (node.name, index)).collect();
        Grammar { types, by_name }
    })
}

/// The classes, and what making nodes needs besides.
pub struct Table<'a> {
    /// The classes of nodes, in the order of [`Grammar::types`].
    pub classes: &'a [Value],
    /// The names of each type's fields.
    pub fields: &'a [Value],
    /// The one instance of each type that has neither fields nor a place; None for the others.
    pub singletons: &'a [Value],
    /// `lineno` and the like.
    pub place: &'a [Value],
    /// Classes of categories, with their names.
    pub categories: &'a [Value],
    /// The names of the categories.
    pub category_names: &'a [Value],
    /// `expr_context`.
    pub context: Value,
    /// `Load()`.
    pub load: Value,
}

static TABLE: StaticValue = StaticValue::new();

/// The classes of nodes, made if need be.
///
/// # Errors
/// MemoryError.
pub fn table(thread: &mut Thread) -> Result<Table<'static>> {
    if TABLE.get().is_none() {
        let made = make(thread)?;
        // Whoever comes first; classes that another thread has made meanwhile are garbage.
        TABLE.set_first(made);
    }
    let parts = TABLE.get().and_then(cast::<Tuple>).map(|table| table.items()).unwrap_or_default();
    let part = |index: usize| {
        parts
            .get(index)
            .and_then(cast::<Tuple>)
            .map(|tuple| tuple.items())
            .ok_or_else(|| system_error("the table of nodes is incomplete"))
    };
    let of = |index: usize| parts.get(index).cloned().unwrap_or_else(Value::none);
    Ok(Table {
        classes: part(0)?,
        fields: part(1)?,
        singletons: part(2)?,
        place: part(3)?,
        categories: part(4)?,
        category_names: part(5)?,
        context: of(6),
        load: of(7),
    })
}

impl Table<'_> {
    /// The class of a category, or of its one member.
    pub fn category(&self, name: &str) -> Option<&Value> {
        let index = self.category_names.iter().position(|other| text_is(other, name));
        index.and_then(|index| self.categories.get(index))
    }
}

fn text_is(value: &Value, text: &str) -> bool {
    use crate::types::StrExt;
    cast::<Str>(value).and_then(StrExt::as_ascii) == Some(text)
}

/// A field as the grammar writes it: `expr* targets`.
fn field_text(field: &FieldInfo) -> String {
    let quantity = match field.quantity {
        Quantity::One => "",
        Quantity::Optional => "?",
        Quantity::Sequence => "*",
        Quantity::OptionalSequence => "?*",
    };
    let type_name = match field.field_type {
        FieldType::Identifier => "identifier",
        FieldType::String => "string",
        FieldType::Int => "int",
        FieldType::Constant => "constant",
        FieldType::Node(category) => category,
    };
    format!("{type_name}{quantity} {}", field.name)
}

/// A node as the grammar writes it: `Return(expr? value)`.
fn node_text(node: &NodeType) -> String {
    if node.fields.is_empty() {
        return node.name.to_owned();
    }
    let fields: Vec<String> = node.fields.iter().map(field_text).collect();
    format!("{}({})", node.name, fields.join(", "))
}

/// A category as the grammar writes it.
fn category_text(category: &str) -> String {
    let members: Vec<&NodeType> = grammar().members(category).map(|(_, node)| node).collect();
    let texts: Vec<String> = members.iter().map(|node| node_text(node)).collect();
    let plain = members.iter().all(|node| node.fields.is_empty());
    let separator = if plain { " | ".to_owned() } else { format!("\n{}| ", " ".repeat(category.len() + 1)) };
    format!("{category} = {}", texts.join(&separator))
}

/// Whether the end of a node's place may be left out.
fn end_is_optional(category: &str) -> bool {
    !matches!(category, "pattern" | "type_param")
}

fn strings(thread: &mut Thread, names: &[&str]) -> Result<Value> {
    let names: Result<Vec<Value>> = names.iter().map(|name| Str::interned(thread, name)).collect();
    Tuple::new(thread, names?)
}

struct ClassRecipe<'a> {
    name: &'a str,
    base: &'a Value,
    doc: String,
    fields: Value,
    /// The place, for categories and their like.
    attributes: Option<Value>,
    /// Attributes that are None for all instances that have none.
    optional: Vec<&'a str>,
}

fn make_class(thread: &mut Thread, recipe: ClassRecipe<'_>) -> Result<Value> {
    let namespace = Dict::new(thread)?;
    let mut entries = vec![
        ("_fields", recipe.fields.clone()),
        ("__match_args__", recipe.fields),
        ("__module__", Str::interned(thread, "ast")?),
        ("__doc__", Str::new(thread, &recipe.doc)?),
    ];
    entries.extend(recipe.attributes.map(|attributes| ("_attributes", attributes)));
    entries.extend(recipe.optional.into_iter().map(|name| (name, Value::none())));
    if let Some(dict) = cast::<Dict>(&namespace) {
        for (name, value) in entries {
            let name = Str::interned(thread, name)?;
            dict.set_str(thread, &name, value)?;
        }
    }
    let name = Str::interned(thread, recipe.name)?;
    let bases = Tuple::of_array(thread, [recipe.base.clone()])?;
    call::call_positional(thread, &<Type as Payload>::def().value(), &[name, bases, namespace])
}

/// Makes all classes: a tuple with the parts of [`Table`].
fn make(thread: &mut Thread) -> Result<Value> {
    let grammar = grammar();
    let root = Node::def();
    // Programs may set attributes of the classes of nodes, and of their base.
    root.object().payload().set_flag(ClassFlags::IMMUTABLE, false);
    let root = root.value();
    let place = strings(thread, &PLACE)?;
    let nothing = Tuple::new(thread, Vec::new())?;
    let mut categories: Vec<(&'static str, Value)> = Vec::new();
    let mut classes: Vec<Value> = Vec::new();
    let mut fields = Vec::new();
    let mut singletons = Vec::new();
    for node in &grammar.types {
        let end = ["end_lineno", "end_col_offset"];
        let placed = |category: &str| {
            let attributes = if node.located { place.clone() } else { nothing.clone() };
            let optional = if node.located && end_is_optional(category) { end.to_vec() } else { Vec::new() };
            (attributes, optional)
        };
        let alone = node.category == node.name;
        let known =
            categories.iter().find(|(name, _)| *name == node.category).map(|(_, class)| class.clone());
        let base = match known {
            _ if alone => root.clone(),
            Some(base) => base,
            None => {
                let (attributes, optional) = placed(node.category);
                let recipe = ClassRecipe {
                    name: node.category,
                    base: &root,
                    doc: category_text(node.category),
                    fields: nothing.clone(),
                    attributes: Some(attributes),
                    optional,
                };
                let class = make_class(thread, recipe)?;
                categories.push((node.category, class.clone()));
                class
            }
        };
        let names: Vec<&str> = node.fields.iter().map(|field| field.name).collect();
        let names = strings(thread, &names)?;
        fields.push(names.clone());
        let mut optional: Vec<&str> = node
            .fields
            .iter()
            .filter(|field| field.quantity == Quantity::Optional)
            .map(|field| field.name)
            .collect();
        let mut attributes = None;
        if alone {
            let (own, end) = placed(node.category);
            attributes = Some(own);
            optional.extend(end);
        }
        let recipe = ClassRecipe {
            name: node.name,
            base: &base,
            doc: node_text(node),
            fields: names,
            attributes,
            optional,
        };
        let class = make_class(thread, recipe)?;
        if alone {
            categories.push((node.category, class.clone()));
        }
        let single = node.fields.is_empty() && !node.located;
        singletons.push(match cast::<Type>(&class) {
            Some(class) if single => crate::object::new_of(thread, class, Node)?,
            _ => Value::none(),
        });
        classes.push(class);
    }
    for (node, class) in grammar.types.iter().zip(&classes) {
        let types = field_types(thread, node, &categories)?;
        for name in ["_field_types", "__annotations__"] {
            let name = Str::interned(thread, name)?;
            setattr(thread, class, &name, Some(&types))?;
        }
    }
    let context = categories.iter().find(|(name, _)| *name == "expr_context").map(|(_, class)| class.clone());
    let load = grammar.index("Load").and_then(|index| singletons.get(index).cloned());
    let names: Vec<&str> = categories.iter().map(|(name, _)| *name).collect();
    let names = strings(thread, &names)?;
    let parts = vec![
        Tuple::new(thread, classes)?,
        Tuple::new(thread, fields)?,
        Tuple::new(thread, singletons)?,
        place,
        Tuple::new(thread, categories.into_iter().map(|(_, class)| class).collect())?,
        names,
        context.unwrap_or_else(Value::none),
        load.unwrap_or_else(Value::none),
    ];
    Tuple::new(thread, parts)
}

/// The types of a node's fields, for `_field_types`.
fn field_types(thread: &mut Thread, node: &NodeType, categories: &[(&str, Value)]) -> Result<Value> {
    let types = Dict::new(thread)?;
    for field in &node.fields {
        let item = match field.field_type {
            FieldType::Identifier | FieldType::String => <Str as Payload>::def().value(),
            FieldType::Int => <int::Int as Payload>::def().value(),
            FieldType::Constant => crate::types::Instance::def_static().value(),
            FieldType::Node(category) => categories
                .iter()
                .find(|(name, _)| *name == category)
                .map(|(_, class)| class.clone())
                .ok_or_else(|| system_error("a field of an unknown category"))?,
        };
        let whole = match field.quantity {
            Quantity::One => item,
            Quantity::Optional => union::or(thread, &item, &Value::none())?,
            Quantity::Sequence | Quantity::OptionalSequence => {
                generic_alias::new(thread, &<List as Payload>::def().value(), &item)?
            }
        };
        if let Some(types) = cast::<Dict>(&types) {
            let name = Str::interned(thread, field.name)?;
            types.set_str(thread, &name, whole)?;
        }
    }
    Ok(types)
}
