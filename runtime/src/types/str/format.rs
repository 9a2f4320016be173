//! `str.format`, `str.format_map` and `str.__format__`.

use std::ops::Range;

use memory::{Object, Value};
use text::format_spec::quick;
use text::str_format::{
    Access, Fields, First, MAX_NESTING, Numbering, split_name, too_deep, unknown_conversion,
};
use text::{Builder, Chars, View};
use threads::Thread;

use super::{Str, StrExt, ensure_room, subscript};
use crate::class::{TypeExt, class_of};
use crate::error::{Result, index_error, key_error, value_error};
use crate::native::{self, KwRest};
use crate::object::{cast, cast_exact};

/// Where fields find their values.
enum Source<'a> {
    /// The arguments of `format`.
    Arguments(&'a [Value], &'a KwRest<'a>),
    /// The mapping of `format_map`.
    Mapping(&'a Value),
}

impl Source<'_> {
    fn find(&self, thread: &mut Thread, text: &Object<Str>, first: First) -> Result<Value> {
        match (self, first) {
            (Self::Mapping(_), First::Index(_)) => {
                Err(value_error("Format string contains positional fields"))
            }
            (Self::Mapping(mapping), First::Name(range)) => {
                let key = subscript::part(thread, text, range)?;
                crate::ops::getitem(thread, mapping, &key)
            }
            (Self::Arguments(values, _), First::Index(index)) => {
                values.get(index).cloned().ok_or_else(|| {
                    index_error(format!("Replacement index {index} out of range for positional args tuple"))
                })
            }
            (Self::Arguments(_, keywords), First::Name(range)) => {
                let key = subscript::part(thread, text, range)?;
                let found = keywords.iter().find(|(name, _)| match (cast::<Str>(name), cast::<Str>(&key)) {
                    (Some(name), Some(key)) => name.equals(key),
                    _ => false,
                });
                found.map(|(_, value)| value.clone()).ok_or_else(|| key_error(&key))
            }
        }
    }
}

/// A format that is being filled in.
struct Filling<'a> {
    text: &'a Object<Str>,
    source: Source<'a>,
    numbering: Numbering,
}

impl Filling<'_> {
    /// Adds what `range` of the format becomes.
    fn fill(
        &mut self,
        thread: &mut Thread,
        out: &mut Builder,
        range: Range<usize>,
        depth: usize,
    ) -> Result<()> {
        if depth == 0 {
            return Err(too_deep().into());
        }
        let text = self.text;
        let view = text.view();
        for item in Fields::new(&view, range) {
            let item = item?;
            out.push_view(view.slice(item.literal));
            let Some(field) = item.field else { continue };
            let mut value = self.value(thread, field.name)?;
            if field.conversion.is_none() && !field.nested {
                let spec = view.slice(field.spec.clone());
                if spec.is_empty()
                    && let Some(text) = cast_exact::<Str>(&value)
                {
                    out.reserve_view(text.view())?;
                    out.push_view(text.view());
                    continue;
                }
                if spec.is_empty()
                    && let Some(small) = value.as_int()
                {
                    out.push_int(small);
                    continue;
                }
                if let Some(shown) = quickly(&value, spec) {
                    out.push_latin1(shown.bytes());
                    continue;
                }
            }
            if let Some(conversion) = field.conversion {
                value = converted(thread, &value, conversion)?;
            }
            let spec = if field.nested {
                let mut inner = Builder::new();
                self.fill(thread, &mut inner, field.spec, depth - 1)?;
                Str::from_text(thread, &inner.finish())?
            } else {
                subscript::part(thread, text, field.spec)?
            };
            let shown = crate::ops::format(thread, &value, &spec)?;
            if let Some(shown) = cast::<Str>(&shown) {
                out.reserve_view(shown.view())?;
                out.push_view(shown.view());
            }
        }
        Ok(())
    }

    fn value(&mut self, thread: &mut Thread, name: Range<usize>) -> Result<Value> {
        let text = self.text;
        let view = text.view();
        let (first, path) = split_name(&view, name, Some(&mut self.numbering))?;
        let mut value = self.source.find(thread, text, first)?;
        for step in path {
            value = match step? {
                Access::Attribute(range) => {
                    let name = subscript::part(thread, text, range)?;
                    crate::class::lookup::getattr(thread, &value, &name)?
                }
                Access::Index(index) => {
                    let index = crate::types::int::from_i64(thread, index as i64)?;
                    crate::ops::getitem(thread, &value, &index)?
                }
                Access::Key(range) => {
                    let key = subscript::part(thread, text, range)?;
                    crate::ops::getitem(thread, &value, &key)?
                }
            };
        }
        Ok(value)
    }
}

/// `format(value, spec)` of a plain value in a short field.
pub fn quickly(value: &Value, spec: View<'_>) -> Option<quick::Field> {
    let View::Latin1(spec) = spec else { return None };
    if spec.is_empty() {
        return None;
    }
    if let Some(small) = value.as_int() {
        return quick::int(small, spec);
    }
    if let Some(float) = value.word().as_float() {
        return quick::float(float, spec);
    }
    match cast_exact::<Str>(value)?.view() {
        View::Latin1(text) => quick::latin1(text, spec),
        _ => None,
    }
}

/// `format(value, spec)` where no class need be asked.
pub fn plainly(thread: &mut Thread, value: &Value, spec: &Value) -> Option<Result<Value>> {
    let spec = cast::<Str>(spec)?.view();
    if !spec.is_empty() {
        return quickly(value, spec).map(|shown| Str::from_latin1(thread, shown.bytes()));
    }
    if cast_exact::<Str>(value).is_some() {
        return Some(Ok(value.clone()));
    }
    value.as_int().is_some().then(|| crate::ops::str(thread, value))
}

/// The value after `!r`, `!s` or `!a`.
fn converted(thread: &mut Thread, value: &Value, conversion: u32) -> Result<Value> {
    match char::from_u32(conversion) {
        Some('r') => crate::ops::repr(thread, value),
        Some('s') => crate::ops::str(thread, value),
        Some('a') => ascii_of(thread, value),
        _ => Err(unknown_conversion(conversion).into()),
    }
}

/// `ascii(value)`
///
/// # Errors
/// What `__repr__` raises.
pub fn ascii_of(thread: &mut Thread, value: &Value) -> Result<Value> {
    let shown = crate::ops::repr(thread, value)?;
    match cast::<Str>(&shown) {
        Some(text) if !text.is_ascii() => {
            // The representation is text already: only what is beyond ASCII is escaped.
            let mut out = Builder::with_capacity(text.len());
            for code in text.view().iter_chars() {
                if code < 128 { out.push(code) } else { text::repr::push_numeric_escape(&mut out, code) }
            }
            Str::from_text(thread, &out.finish())
        }
        _ => Ok(shown),
    }
}

fn fill(thread: &mut Thread, text: &Object<Str>, source: Source<'_>) -> Result<Value> {
    let mut filling = Filling { text, source, numbering: Numbering::default() };
    let mut out = Builder::with_capacity(text.len());
    filling.fill(thread, &mut out, 0..text.len(), MAX_NESTING)?;
    Str::from_text(thread, &out.finish())
}

/// Raises if a specification asks for a field that no memory can hold; wrong specifications are told later.
///
/// # Errors
/// MemoryError.
pub fn check_width(spec: View<'_>) -> Result<()> {
    let digits = spec.iter_chars().filter(|&c| (0x30..0x3a).contains(&c) || c > 127).count();
    if digits < 7 {
        return Ok(());
    }
    let Ok(spec) = text::format_spec::parse(&spec, text::format_spec::Defaults::STR, "") else {
        return Ok(());
    };
    let most = spec.width.unwrap_or(0).max(spec.precision.unwrap_or(0).min(1 << 31));
    ensure_room(most.saturating_mul(4))
}

#[native::methods(Str, name = "str")]
pub(in crate::types) mod methods {
    use super::*;

    /// Return a formatted version of the string, using substitutions from args and kwargs.
    ///
    /// The substitutions are identified by braces ('{' and '}').
    #[sig("($self, /, *args, **kwargs)")]
    pub fn format(th: &mut Thread, text: &Object<Str>, args: &[Value], kwargs: KwRest<'_>) -> Result<Value> {
        fill(th, text, Source::Arguments(args, &kwargs))
    }

    /// Return a formatted version of the string, using substitutions from mapping.
    ///
    /// The substitutions are identified by braces ('{' and '}').
    pub fn format_map(th: &mut Thread, text: &Object<Str>, mapping: &Value) -> Result<Value> {
        fill(th, text, Source::Mapping(mapping))
    }

    /// Return a formatted version of the string as described by format_spec.
    pub fn __format__(th: &mut Thread, text: &Object<Str>, format_spec: &Object<Str>) -> Result<Value> {
        if format_spec.is_empty() {
            return crate::ops::str(th, &crate::object::to_value(text));
        }
        check_width(format_spec.view())?;
        let type_name = class_of(&crate::object::to_value(text)).name_lossy();
        let context = text::format_spec::Context {
            locale: &text::format_spec::C_LOCALE,
            max_str_digits: 0,
            type_name: &type_name,
        };
        let shown = text::format_spec::format_str(text.view(), &format_spec.view(), &context)?;
        Str::from_text(th, &shown)
    }
}
