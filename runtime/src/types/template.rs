//! Template strings (PEP 750): `string.templatelib.Template` and `Interpolation`.

use memory::{Slot, Trace, Value, Visitor};
use threads::Thread;
use threads::sync::atomic::{AtomicUsize, Ordering};

use super::{Str, StrExt, Tuple, TupleExt, sequence};
use crate::class::build::Namespace;
use crate::class::{ClassFlags, Slots, TypeExt, as_value, class_of};
use crate::error::{Result, type_error, value_error};
use crate::native::Args;
use crate::object::{cast, new_of};
use crate::types::generic_alias;

/// The payload of a template: one string more than interpolations, in turns.
pub struct Template {
    strings: Value,
    interpolations: Value,
}

// SAFETY: both once.
unsafe impl Trace for Template {
    const NAME: &'static str = "string.templatelib.Template";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.value(&self.strings);
        visitor.value(&self.interpolations);
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
    value: Value,
    expression: Value,
    conversion: Value,
    format_spec: Value,
}

// SAFETY: each once.
unsafe impl Trace for Interpolation {
    const NAME: &'static str = "string.templatelib.Interpolation";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        for value in [&self.value, &self.expression, &self.conversion, &self.format_spec] {
            visitor.value(value);
        }
    }
}

crate::class_def!(
    Interpolation,
    "Interpolation",
    ClassFlags::NONE,
    with_module("string.templatelib"),
    with_doc("Interpolation object"),
    with_slots(|slots: &Slots| slots.repr.set(repr_interpolation)),
    with_new(interpolation_methods::construct),
    with_init(describe),
    with_methods(&[interpolation_methods::METHODS]),
    with_getsets(&[interpolation_methods::GETSETS])
);

/// The payload of a template's iterator.
pub struct TemplateIter {
    template: Slot,
    /// Counts strings and interpolations.
    next: AtomicUsize,
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
        slots.next.set(next);
    })
);

fn template_slots(slots: &Slots) {
    slots.repr.set(repr_template);
    slots.iter.set(|thread, value| {
        let template = Slot::new(Some(value.clone()));
        crate::object::new(thread, TemplateIter { template, next: AtomicUsize::new(0) })
    });
    slots.concat.set(concat);
}

fn describe(namespace: &Namespace<'_>) {
    let names = ["value", "expression", "conversion", "format_spec"];
    let names: Result<Vec<Value>> = names.iter().map(|name| Str::interned(namespace.thread, name)).collect();
    if let Ok(names) = names.and_then(|names| Tuple::new(namespace.thread, names)) {
        namespace.set("__match_args__", names);
    }
}

fn parts(value: &Value) -> &[Value] {
    cast::<Tuple>(value).map_or(&[][..], |tuple| tuple.items())
}

/// A template of its strings and interpolations.
///
/// # Errors
/// MemoryError.
pub fn template(thread: &mut Thread, strings: Value, interpolations: Value) -> Result<Value> {
    crate::object::new(thread, Template { strings, interpolations })
}

/// An interpolation. `format_spec` is empty if there is none.
///
/// # Errors
/// MemoryError.
pub fn interpolation(
    thread: &mut Thread,
    value: Value,
    expression: Value,
    conversion: Value,
    format_spec: Value,
) -> Result<Value> {
    crate::object::new(thread, Interpolation { value, expression, conversion, format_spec })
}

fn new_template(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    if !args.names.is_empty() {
        return Err(type_error("Template.__new__ only accepts *args arguments"));
    }
    let (mut strings, mut interpolations): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for part in args.values {
        if cast::<Str>(part).is_some() {
            if strings.len() > interpolations.len() {
                let before = strings.pop().unwrap_or_else(Value::none);
                strings.push(joined(thread, &before, part)?);
            } else {
                strings.push(part.clone());
            }
        } else if cast::<Interpolation>(part).is_some() {
            if strings.len() == interpolations.len() {
                strings.push(Str::empty(thread)?);
            }
            interpolations.push(part.clone());
        } else {
            return Err(type_error(format!(
                "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                class_of(part).name_lossy()
            )));
        }
    }
    if strings.len() == interpolations.len() {
        strings.push(Str::empty(thread)?);
    }
    let (strings, interpolations) = (Tuple::new(thread, strings)?, Tuple::new(thread, interpolations)?);
    new_of(thread, sequence::class_for(class)?, Template { strings, interpolations })
}

fn joined(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let mut builder = text::Builder::new();
    for part in [a, b] {
        if let Some(part) = cast::<Str>(part) {
            builder.push_view(part.view());
        }
    }
    Str::from_text(thread, &builder.finish())
}

fn concat(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let name = "string.templatelib.Template";
    let (Some(x), Some(y)) = (cast::<Template>(a), cast::<Template>(b)) else {
        let found = class_of(if cast::<Template>(a).is_some() { b } else { a }).name_lossy();
        return Err(type_error(format!("can only concatenate {name} (not \"{found}\") to {name}")));
    };
    let (first, second) = (parts(&x.payload().strings), parts(&y.payload().strings));
    let mut strings: Vec<Value> = first.to_vec();
    let last = strings.pop().unwrap_or_else(Value::none);
    if let Some((head, rest)) = second.split_first() {
        strings.push(joined(thread, &last, head)?);
        strings.extend_from_slice(rest);
    }
    let mut interpolations = parts(&x.payload().interpolations).to_vec();
    interpolations.extend_from_slice(parts(&y.payload().interpolations));
    let (strings, interpolations) = (Tuple::new(thread, strings)?, Tuple::new(thread, interpolations)?);
    template(thread, strings, interpolations)
}

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(iterator) = cast::<TemplateIter>(value) else { return Ok(None) };
    let Some(template) = iterator.payload().template.get(iterator.header()) else { return Ok(None) };
    let Some(template) = cast::<Template>(&template) else { return Ok(None) };
    let (strings, interpolations) =
        (parts(&template.payload().strings), parts(&template.payload().interpolations));
    loop {
        // Relaxed: whoever takes a number gets the part with that number.
        let index = iterator.payload().next.fetch_add(1, Ordering::Relaxed);
        let part = if index % 2 == 0 { strings.get(index / 2) } else { interpolations.get(index / 2) };
        let Some(part) = part else {
            iterator.payload().next.fetch_sub(1, Ordering::Relaxed);
            drop(iterator.payload().template.replace(thread, iterator.header(), None));
            return Ok(None);
        };
        if cast::<Str>(part).is_none_or(|text| !text.is_empty()) {
            return Ok(Some(part.clone()));
        }
    }
}

fn repr_template(thread: &mut Thread, value: &Value) -> Result<Value> {
    crate::state::check_stack(thread, " while getting the repr of an object")?;
    let Some(this) = cast::<Template>(value) else { return Ok(Value::none()) };
    let mut out = text::Builder::new();
    out.push_str("Template(strings=");
    sequence::push_repr(thread, &mut out, &this.payload().strings)?;
    out.push_str(", interpolations=");
    sequence::push_repr(thread, &mut out, &this.payload().interpolations)?;
    out.push_str(")");
    Str::from_text(thread, &out.finish())
}

fn repr_interpolation(thread: &mut Thread, value: &Value) -> Result<Value> {
    crate::state::check_stack(thread, " while getting the repr of an object")?;
    let Some(this) = cast::<Interpolation>(value) else { return Ok(Value::none()) };
    let Interpolation { value, expression, conversion, format_spec } = this.payload();
    let mut out = text::Builder::new();
    out.push_str("Interpolation(");
    for (index, part) in [value, expression, conversion, format_spec].into_iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        sequence::push_repr(thread, &mut out, part)?;
    }
    out.push_str(")");
    Str::from_text(thread, &out.finish())
}

#[native::methods(Template)]
mod template_methods {
    use super::*;
    use crate::native::Object;

    /// Support for pickle.
    pub fn __reduce__(th: &mut Thread, this: &Object<Template>) -> Result<Value> {
        let function = crate::interp::import::attribute_of(th, "string.templatelib", "_template_unpickle")?;
        let args =
            Tuple::new(th, vec![this.payload().strings.clone(), this.payload().interpolations.clone()])?;
        Tuple::new(th, vec![function, args])
    }

    /// Template supports [] for generic usage
    #[class_method]
    pub fn __class_getitem__(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        generic_alias::new(th, class, object)
    }

    /// Strings
    #[getter]
    pub fn strings(this: &Object<Template>) -> Value {
        this.payload().strings.clone()
    }

    /// Interpolations
    #[getter]
    pub fn interpolations(this: &Object<Template>) -> Value {
        this.payload().interpolations.clone()
    }

    /// Values of interpolations
    #[getter]
    pub fn values(th: &mut Thread, this: &Object<Template>) -> Result<Value> {
        let interpolations = parts(&this.payload().interpolations).iter();
        let values = interpolations
            .filter_map(cast::<Interpolation>)
            .map(|interpolation| interpolation.payload().value.clone())
            .collect();
        Tuple::new(th, values)
    }
}

#[native::methods(Interpolation)]
mod interpolation_methods {
    use super::*;
    use crate::native::Object;

    /// A new interpolation.
    #[new]
    #[sig("(value, expression='', conversion=None, format_spec='')", hidden)]
    pub fn new(
        th: &mut Thread,
        class: &Value,
        value: Value,
        expression: Option<Value>,
        conversion: Option<Value>,
        format_spec: Option<Value>,
    ) -> Result<Value> {
        let mut text = |name: &str, given: Option<Value>| match given {
            None => Str::empty(th),
            Some(given) if cast::<Str>(&given).is_some() => Ok(given),
            Some(given) => Err(type_error(format!(
                "Interpolation() argument '{name}' must be str, not {}",
                class_of(&given).name_lossy()
            ))),
        };
        let expression = text("expression", expression)?;
        let conversion = match conversion {
            Some(given) => {
                let given = text("conversion", Some(given))?;
                let letter = cast::<Str>(&given).and_then(StrExt::as_ascii);
                if !matches!(letter, Some("s" | "a" | "r")) {
                    return Err(value_error(
                        "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'",
                    ));
                }
                given
            }
            None => Value::none(),
        };
        let format_spec = text("format_spec", format_spec)?;
        let payload = Interpolation { value, expression, conversion, format_spec };
        new_of(th, sequence::class_for(class)?, payload)
    }

    /// __reduce__() -> (cls, state)
    pub fn __reduce__(th: &mut Thread, this: &Object<Interpolation>) -> Result<Value> {
        let Interpolation { value, expression, conversion, format_spec } = this.payload();
        let state = vec![value.clone(), expression.clone(), conversion.clone(), format_spec.clone()];
        let class = as_value(class_of(&crate::object::to_value(this)));
        let state = Tuple::new(th, state)?;
        Tuple::new(th, vec![class, state])
    }

    /// Interpolations are generic over the types of their values
    #[class_method]
    pub fn __class_getitem__(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        generic_alias::new(th, class, object)
    }

    /// Value
    #[getter]
    pub fn value(this: &Object<Interpolation>) -> Value {
        this.payload().value.clone()
    }

    /// Expression
    #[getter]
    pub fn expression(this: &Object<Interpolation>) -> Value {
        this.payload().expression.clone()
    }

    /// Conversion
    #[getter]
    pub fn conversion(this: &Object<Interpolation>) -> Value {
        this.payload().conversion.clone()
    }

    /// Format specifier
    #[getter]
    pub fn format_spec(this: &Object<Interpolation>) -> Value {
        this.payload().format_spec.clone()
    }
}
