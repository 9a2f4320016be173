//! `string.templatelib.Template` and `Interpolation`: what template strings (`t"..."`) make.
//!
//! A template has its literal parts and its interpolations in two tuples; there is one more literal, and it may be empty.

use memory::{Object, Slot, Trace, Value, Visitor};
use threads::sync::atomic::{AtomicUsize, Ordering};
use threads::{Context, Thread};

use super::str::split;
use super::{Str, StrExt, Tuple, TupleExt};
use crate::class::{BinaryOp, ClassFlags, Payload, Slots, Type, TypeExt, class_of};
use crate::error::{Result, type_error, value_error};
use crate::native::Args;
use crate::object::{cast, new_of};
use crate::ops;

/// The payload of a template.
pub struct Template {
    /// A tuple of strs.
    strings: Slot,
    /// A tuple of interpolations.
    interpolations: Slot,
}

// SAFETY: each slot once.
unsafe impl Trace for Template {
    const NAME: &'static str = "string.templatelib.Template";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.strings);
        visitor.slot(&self.interpolations);
    }
}

crate::class_def!(
    Template,
    "Template",
    ClassFlags::NONE,
    with_module("string.templatelib"),
    with_doc("Template object"),
    with_slots(template_slots),
    with_new(new_template),
    with_methods(&[template_methods::METHODS]),
    with_getsets(&[template_methods::GETSETS])
);

/// The payload of an interpolation.
pub struct Interpolation {
    value: Slot,
    expression: Slot,
    /// None, or one letter.
    conversion: Slot,
    format_spec: Slot,
}

// SAFETY: each slot once.
unsafe impl Trace for Interpolation {
    const NAME: &'static str = "string.templatelib.Interpolation";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.value);
        visitor.slot(&self.expression);
        visitor.slot(&self.conversion);
        visitor.slot(&self.format_spec);
    }
}

crate::class_def!(
    Interpolation,
    "Interpolation",
    ClassFlags::NONE,
    with_module("string.templatelib"),
    with_doc("Interpolation object"),
    with_slots(|slots: &Slots| slots.repr.set(interpolation_repr)),
    with_new(interpolation_methods::construct),
    with_methods(&[interpolation_methods::METHODS]),
    with_getsets(&[interpolation_methods::GETSETS]),
    with_init(|namespace: &crate::class::Namespace<'_>| {
        let names = ["value", "expression", "conversion", "format_spec"];
        let names = names.iter().map(|name| Str::interned(namespace.thread, name)).collect::<Result<_>>();
        if let Ok(names) = names.and_then(|names| Tuple::new(namespace.thread, names)) {
            namespace.set("__match_args__", names);
        }
    })
);

/// The payload of a template's iterator: literals that are not empty and interpolations, in turns.
pub struct TemplateIter {
    template: Slot,
    /// Twice the index of the next part, plus one if that is an interpolation.
    at: AtomicUsize,
}

// SAFETY: the slot once.
unsafe impl Trace for TemplateIter {
    const NAME: &'static str = "string.templatelib.TemplateIter";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.template);
    }
}

crate::class_def!(
    TemplateIter,
    "TemplateIter",
    ClassFlags::NO_NEW,
    with_module("string.templatelib"),
    with_doc("Template iterator object"),
    with_slots(|slots: &Slots| {
        slots.iter.set(|_, value| Ok(value.clone()));
        slots.next.set(next_part);
    })
);

fn get<T: Payload>(object: &Object<T>, slot: fn(&T) -> &Slot) -> Value {
    slot(object.payload()).get(object.header()).unwrap_or_else(Value::none)
}

fn strings_of(template: &Object<Template>) -> Value {
    get(template, |template| &template.strings)
}

fn interpolations_of(template: &Object<Template>) -> Value {
    get(template, |template| &template.interpolations)
}

/// What `t"..."` makes of its literals and its interpolations, both tuples.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &Context, strings: Value, interpolations: Value) -> Result<Value> {
    let payload =
        Template { strings: Slot::new(Some(strings)), interpolations: Slot::new(Some(interpolations)) };
    crate::object::new(thread, payload)
}

/// What a replacement field of `t"..."` makes.
///
/// # Errors
/// MemoryError.
pub fn new_interpolation(
    thread: &Context,
    [value, expression, conversion, format_spec]: [Value; 4],
) -> Result<Value> {
    crate::object::new(thread, interpolation([value, expression, conversion, format_spec]))
}

fn interpolation(parts: [Value; 4]) -> Interpolation {
    let [value, expression, conversion, format_spec] = parts.map(|part| Slot::new(Some(part)));
    Interpolation { value, expression, conversion, format_spec }
}

fn template_slots(slots: &Slots) {
    slots.repr.set(|thread, value| {
        let Some(template) = cast::<Template>(value) else { return Str::empty(thread) };
        let strings = ops::repr_text(thread, &strings_of(template))?;
        let interpolations = ops::repr(thread, &interpolations_of(template))?;
        let mut out = text::Builder::new();
        out.push_str(&format!(
            "{}(strings=",
            class_of(value).name_lossy().replace("string.templatelib.", "")
        ));
        out.push_str(&strings);
        out.push_str(", interpolations=");
        if let Some(interpolations) = cast::<Str>(&interpolations) {
            out.push_view(interpolations.view());
        }
        out.push_str(")");
        Str::from_text(thread, &out.finish())
    });
    slots.iter.set(|thread, value| {
        crate::object::new(
            thread,
            TemplateIter { template: Slot::new(Some(value.clone())), at: AtomicUsize::new(0) },
        )
    });
    slots.concat.set(concat);
    slots.binary[BinaryOp::Add as usize].set(|_, _, _| Ok(Value::not_implemented()));
}

fn new_template(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    if !args.names.is_empty() {
        return Err(type_error("Template.__new__ only accepts *args arguments"));
    }
    let (mut strings, mut interpolations) = (Vec::new(), Vec::new());
    // Literals with nothing between them are one.
    let mut literal: Option<Value> = None;
    for part in args.values {
        if cast::<Interpolation>(part).is_some() {
            let before = match literal.take() {
                Some(literal) => literal,
                None => Str::empty(thread)?,
            };
            strings.push(before);
            interpolations.push(part.clone());
        } else if cast::<Str>(part).is_some() {
            literal = Some(match literal {
                Some(before) => joined(thread, before, part.clone())?,
                None => part.clone(),
            });
        } else {
            return Err(type_error(format!(
                "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                class_of(part).name_lossy()
            )));
        }
    }
    strings.push(match literal {
        Some(literal) => literal,
        None => Str::empty(thread)?,
    });
    let payload = Template {
        strings: Slot::new(Some(Tuple::new(thread, strings)?)),
        interpolations: Slot::new(Some(Tuple::new(thread, interpolations)?)),
    };
    let Some(class) = cast::<Type>(class) else { return Err(type_error("X is not a type")) };
    new_of(thread, class, payload)
}

fn joined(thread: &Context, a: Value, b: Value) -> Result<Value> {
    let empty = Str::empty(thread)?;
    match cast::<Str>(&empty) {
        Some(separator) => split::join(thread, separator, &[a, b]),
        None => Ok(b),
    }
}

fn concat(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let (Some(left), Some(right)) = (cast::<Template>(a), cast::<Template>(b)) else {
        let (left, right) = (class_of(a).name_lossy(), class_of(b).name_lossy());
        return Err(type_error(format!("can only concatenate {left} (not \"{right}\") to {left}")));
    };
    let items = |value: Value| cast::<Tuple>(&value).map(|tuple| tuple.items().to_vec()).unwrap_or_default();
    let (mut strings, more) = (items(strings_of(left)), items(strings_of(right)));
    let mut more = more.into_iter();
    if let (Some(last), Some(first)) = (strings.pop(), more.next()) {
        strings.push(joined(thread, last, first)?);
    }
    strings.extend(more);
    let mut interpolations = items(interpolations_of(left));
    interpolations.extend(items(interpolations_of(right)));
    let (strings, interpolations) = (Tuple::new(thread, strings)?, Tuple::new(thread, interpolations)?);
    new(thread, strings, interpolations)
}

fn next_part(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let _ = thread;
    let Some(iterator) = cast::<TemplateIter>(value) else { return Ok(None) };
    let template = get(iterator, |iterator| &iterator.template);
    let Some(template) = cast::<Template>(&template) else { return Ok(None) };
    let (strings, interpolations) = (strings_of(template), interpolations_of(template));
    let item = |tuple: &Value, index: usize| {
        cast::<Tuple>(tuple).and_then(|tuple| tuple.items().get(index).cloned())
    };
    loop {
        // Relaxed: threads that share an iterator get different parts, which need no order.
        let at = iterator.payload().at.fetch_add(1, Ordering::Relaxed);
        let part = if at % 2 == 0 { item(&strings, at / 2) } else { item(&interpolations, at / 2) };
        match part {
            Some(part) if cast::<Str>(&part).is_some_and(|text| text.is_empty()) && at % 2 == 0 => {}
            Some(part) => return Ok(Some(part)),
            None => {
                // Relaxed, as above; it stays where it is at the end.
                iterator.payload().at.fetch_sub(1, Ordering::Relaxed);
                return Ok(None);
            }
        }
    }
}

fn interpolation_repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(this) = cast::<Interpolation>(value) else { return Str::empty(thread) };
    let mut out = text::Builder::new();
    out.push_str("Interpolation(");
    let parts: [fn(&Interpolation) -> &Slot; 4] =
        [|i| &i.value, |i| &i.expression, |i| &i.conversion, |i| &i.format_spec];
    for (i, part) in parts.into_iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        let part = ops::repr(thread, &get(this, part))?;
        if let Some(part) = cast::<Str>(&part) {
            out.push_view(part.view());
        }
    }
    out.push_str(")");
    Str::from_text(thread, &out.finish())
}

#[native::methods(Template, name = "Template")]
mod template_methods {
    use super::*;

    /// How pickle makes it again.
    pub fn __reduce__(th: &mut Thread, template: &Object<Template>) -> Result<Value> {
        let unpickle = crate::interp::import::attribute_of(th, "string.templatelib", "_template_unpickle")?;
        let state = Tuple::of_array(th, [strings_of(template), interpolations_of(template)])?;
        Tuple::of_array(th, [unpickle, state])
    }

    /// Template supports [] for generic usage
    #[class_method]
    pub fn __class_getitem__(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        crate::types::generic_alias::new(th, class, object)
    }

    /// Strings
    #[getter]
    pub fn strings(template: &Object<Template>) -> Value {
        strings_of(template)
    }

    /// Interpolations
    #[getter]
    pub fn interpolations(template: &Object<Template>) -> Value {
        interpolations_of(template)
    }

    /// Values of interpolations
    #[getter]
    pub fn values(th: &mut Thread, template: &Object<Template>) -> Result<Value> {
        let interpolations = interpolations_of(template);
        let values = cast::<Tuple>(&interpolations).map(|tuple| {
            let items = tuple.items().iter();
            items.map(|item| {
                cast::<Interpolation>(item).map_or_else(Value::none, |item| get(item, |i| &i.value))
            })
        });
        Tuple::new(th, values.map(Iterator::collect).unwrap_or_default())
    }
}

#[native::methods(Interpolation, name = "Interpolation")]
mod interpolation_methods {
    use super::*;

    /// An interpolation.
    #[new]
    #[sig("(value, expression='', conversion=None, format_spec='')")]
    pub fn new(
        th: &mut Thread,
        class: &Value,
        value: &Value,
        expression: Option<&Object<Str>>,
        conversion: Option<&Object<Str>>,
        format_spec: Option<&Object<Str>>,
    ) -> Result<Value> {
        let conversion = match conversion {
            None => Value::none(),
            Some(text) if matches!(text.as_ascii(), Some("s" | "a" | "r")) => crate::object::to_value(text),
            Some(_) => {
                return Err(value_error(
                    "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'",
                ));
            }
        };
        let text = |th: &Thread, text: Option<&Object<Str>>| match text {
            Some(text) => Ok(crate::object::to_value(text)),
            None => Str::empty(th),
        };
        let payload =
            interpolation([value.clone(), text(th, expression)?, conversion, text(th, format_spec)?]);
        let Some(class) = cast::<Type>(class) else { return Err(type_error("X is not a type")) };
        new_of(th, class, payload)
    }

    /// __reduce__() -> (cls, state)
    pub fn __reduce__(th: &mut Thread, this: &Object<Interpolation>) -> Result<Value> {
        let state = vec![value(this), expression(this), conversion(this), format_spec(this)];
        let state = Tuple::new(th, state)?;
        let class = crate::class::as_value(class_of(&crate::object::to_value(this)));
        Tuple::of_array(th, [class, state])
    }

    /// Interpolations are generic over the types of their values
    #[class_method]
    pub fn __class_getitem__(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        crate::types::generic_alias::new(th, class, object)
    }

    /// Value
    #[getter]
    pub fn value(this: &Object<Interpolation>) -> Value {
        get(this, |i| &i.value)
    }

    /// Expression
    #[getter]
    pub fn expression(this: &Object<Interpolation>) -> Value {
        get(this, |i| &i.expression)
    }

    /// Conversion
    #[getter]
    pub fn conversion(this: &Object<Interpolation>) -> Value {
        get(this, |i| &i.conversion)
    }

    /// Format specifier
    #[getter]
    pub fn format_spec(this: &Object<Interpolation>) -> Value {
        get(this, |i| &i.format_spec)
    }
}
