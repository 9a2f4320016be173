//! A tree of the compiler's as Python's objects.

use compiler::ast::{Mod, Span};
use compiler::reflect::{GenericNode, GenericValue};
use memory::Value;
use threads::Thread;

use super::classes::{self, Table};
use super::node::Node;
use crate::class::Type;
use crate::class::instance::set_own_attribute;
use crate::error::{Result, system_error};
use crate::object::{cast, new_of};
use crate::types::{List, Str, Tuple, TupleExt, code, int};

/// The nodes of a tree.
///
/// # Errors
/// MemoryError; RecursionError for a tree that is too deep for the machine stack.
pub fn objects_of(thread: &mut Thread, tree: &Mod) -> Result<Value> {
    let table = classes::table(thread)?;
    let generic = tree.to_generic();
    let shown = node(thread, &table, &generic);
    generic.dismantle();
    shown
}

fn node(thread: &mut Thread, table: &Table<'_>, generic: &GenericNode) -> Result<Value> {
    crate::state::check_stack(thread, " during ast construction")?;
    let grammar = classes::grammar();
    let missing = || system_error(format!("no class of nodes is called {}", generic.name));
    let index = grammar.index(generic.name).ok_or_else(missing)?;
    let single = &table.singletons[index];
    if !single.is_none() {
        return Ok(single.clone());
    }
    let class = cast::<Type>(&table.classes[index]).ok_or_else(missing)?;
    let names = cast::<Tuple>(&table.fields[index]).map(|names| names.items()).unwrap_or_default();
    let made = new_of(thread, class, Node)?;
    for (name, field) in names.iter().zip(&generic.fields) {
        let shown = value(thread, table, field)?;
        set_own_attribute(thread, &made, name, shown)?;
    }
    if grammar.types[index].located {
        let Span { lineno, col_offset, end_lineno, end_col_offset } = generic.span;
        for (name, number) in table.place.iter().zip([lineno, col_offset, end_lineno, end_col_offset]) {
            let number = int::from_i64(thread, number.into())?;
            set_own_attribute(thread, &made, name, number)?;
        }
    }
    Ok(made)
}

fn value(thread: &mut Thread, table: &Table<'_>, generic: &GenericValue) -> Result<Value> {
    Ok(match generic {
        GenericValue::None => Value::none(),
        GenericValue::Str(text) => Str::interned(thread, text)?,
        GenericValue::Int(number) => int::from_i64(thread, *number)?,
        GenericValue::Constant(constant) => code::constant_value(thread, constant)?,
        GenericValue::Node(inner) => node(thread, table, inner)?,
        GenericValue::List(items) => {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                values.push(value(thread, table, item)?);
            }
            List::new(thread, values)?
        }
    })
}
