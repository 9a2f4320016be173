//! `_string`: formats taken apart, for `string.Formatter`.

use runtime::class::{Slots, TypeExt, class_of};
use runtime::error::{Result, type_error};
use runtime::memory::Guarded;
use runtime::native::Exclusive;
use runtime::object::cast;
use runtime::types::{Str, StrExt, Tuple, int};
use runtime::{Object, Thread, Value, native};
use text::str_format::{Access, Fields, First, Item, split_name};

use crate::support;

/// What `formatter_parser` yields.
#[native::class("formatteriterator", module = "builtins", doc = "", disallow_instantiation, slots = parser_slots)]
pub struct Parser {
    #[trace]
    text: Value,
    #[untraced]
    items: Guarded<Vec<std::result::Result<Item, text::Error>>>,
}

/// What `formatter_field_name_split` yields.
#[native::class("fieldnameiterator", module = "builtins", doc = "", disallow_instantiation, slots = path_slots)]
pub struct Steps {
    #[trace]
    text: Value,
    #[untraced]
    steps: Guarded<Vec<std::result::Result<Access, text::Error>>>,
}

fn parser_slots(slots: &Slots) {
    support::iterator(slots, next_item);
}

fn path_slots(slots: &Slots) {
    support::iterator(slots, next_step);
}

fn part(thread: &Thread, text: &Value, range: std::ops::Range<usize>) -> Result<Value> {
    match cast::<Str>(text) {
        Some(text) => Str::from_view(thread, text.view().slice(range)),
        None => Str::empty(thread),
    }
}

fn next_item(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(parser) = cast::<Parser>(value) else { return Ok(None) };
    let Some(item) = Exclusive::open(thread, parser).get(|parser| &parser.items).pop() else {
        return Ok(None);
    };
    let item = item?;
    let text = &parser.payload().text;
    let literal = part(thread, text, item.literal)?;
    let items = match item.field {
        None => vec![literal, Value::none(), Value::none(), Value::none()],
        Some(field) => {
            let conversion = match field.conversion {
                Some(code) => Str::from_char(thread, code)?,
                None => Value::none(),
            };
            vec![literal, part(thread, text, field.name)?, part(thread, text, field.spec)?, conversion]
        }
    };
    Tuple::new(thread, items).map(Some)
}

fn next_step(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(steps) = cast::<Steps>(value) else { return Ok(None) };
    let Some(step) = Exclusive::open(thread, steps).get(|steps| &steps.steps).pop() else { return Ok(None) };
    let text = &steps.payload().text;
    let (attribute, what) = match step? {
        Access::Attribute(range) => (true, part(thread, text, range)?),
        Access::Key(range) => (false, part(thread, text, range)?),
        Access::Index(index) => (false, int::from_i64(thread, index as i64)?),
    };
    Tuple::of_array(thread, [Value::from_bool(attribute), what]).map(Some)
}

fn require(value: &Value) -> Result<&Object<Str>> {
    cast::<Str>(value)
        .ok_or_else(|| type_error(format!("expected str, got {}", class_of(value).name_lossy())))
}

/// The module.
#[native::module("_string", doc = "string helper module")]
pub mod module {
    use super::*;

    /// parse the argument as a format string
    #[name("formatter_parser")]
    pub fn parser(th: &mut Thread, object: &Value) -> Result<Value> {
        let text = require(object)?;
        let view = text.view();
        let mut items: Vec<_> = Fields::new(&view, 0..text.len()).collect();
        items.reverse();
        runtime::object::new(th, Parser { text: object.clone(), items: Guarded::new(items) })
    }

    /// split the argument as a field name
    #[name("formatter_field_name_split")]
    pub fn field_name_split(th: &mut Thread, object: &Value) -> Result<Value> {
        let text = require(object)?;
        let view = text.view();
        let (first, path) = split_name(&view, 0..text.len(), None)?;
        let first = match first {
            First::Index(index) => int::from_i64(th, index as i64)?,
            First::Name(range) => part(th, object, range)?,
        };
        let mut steps: Vec<_> = path.collect();
        steps.reverse();
        let rest = runtime::object::new(th, Steps { text: object.clone(), steps: Guarded::new(steps) })?;
        Tuple::of_array(th, [first, rest])
    }
}
