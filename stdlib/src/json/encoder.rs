//! `make_encoder`: writes a value as JSON.

use runtime::error::{Raised, Result, type_error, value_error};
use runtime::native::{self, Args, Slots};
use runtime::object::{cast, cast_exact};
use runtime::types::{Dict, DictExt, List, ListExt, Str, StrExt, Tuple, TupleExt, exception, float, int};
use runtime::types::{native_function, sort};
use runtime::{Object, Thread, Value, call, ops, state};
use text::Builder;

use super::strings;
use crate::support;

/// Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)
#[native::class("Encoder", module = "_json", methods(methods), new, slots = slots)]
pub struct Encoder {
    #[trace]
    markers: Value,
    #[trace]
    default: Value,
    #[trace]
    encoder: Value,
    #[trace]
    indent: Value,
    #[trace]
    key_separator: Value,
    #[trace]
    item_separator: Value,
    sort_keys: bool,
    skip_keys: bool,
    allow_nan: bool,
    /// Whether `encoder` is one of this module, and whether that is the one that leaves nothing but ASCII.
    #[untraced]
    fast: Option<bool>,
}

fn slots(slots: &Slots) {
    slots.call.set(iterencode);
}

/// The attributes that say how to write, and the constructor.
#[native::methods(Encoder, name = "Encoder")]
pub mod methods {
    use super::*;

    /// An encoder.
    #[new]
    #[sig(
        "(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)"
    )]
    #[allow(clippy::too_many_arguments, reason = "json.encoder passes as many")]
    pub fn new(
        th: &mut Thread,
        class: &Value,
        markers: &Value,
        default: &Value,
        encoder: &Value,
        indent: &Value,
        key_separator: &Object<Str>,
        item_separator: &Object<Str>,
        sort_keys: bool,
        skipkeys: bool,
        allow_nan: bool,
    ) -> Result<Value> {
        if !markers.is_none() && cast::<Dict>(markers).is_none() {
            return Err(type_error(format!(
                "make_encoder() argument 1 must be dict or None, not {}",
                support::class_name(markers)
            )));
        }
        let fast = if native_function::is_named(encoder, "encode_basestring_ascii") {
            Some(true)
        } else {
            native_function::is_named(encoder, "encode_basestring").then_some(false)
        };
        let encoder = Encoder {
            markers: markers.clone(),
            default: default.clone(),
            encoder: encoder.clone(),
            indent: indent.clone(),
            key_separator: runtime::object::to_value(key_separator),
            item_separator: runtime::object::to_value(item_separator),
            sort_keys,
            skip_keys: skipkeys,
            allow_nan,
            fast,
        };
        support::make(th, class, encoder)
    }

    /// markers
    #[getter]
    pub fn markers(this: &Object<Encoder>) -> Value {
        this.payload().markers.clone()
    }

    /// default
    #[getter]
    pub fn default(this: &Object<Encoder>) -> Value {
        this.payload().default.clone()
    }

    /// encoder
    #[getter]
    pub fn encoder(this: &Object<Encoder>) -> Value {
        this.payload().encoder.clone()
    }

    /// indent
    #[getter]
    pub fn indent(this: &Object<Encoder>) -> Value {
        this.payload().indent.clone()
    }

    /// key_separator
    #[getter]
    pub fn key_separator(this: &Object<Encoder>) -> Value {
        this.payload().key_separator.clone()
    }

    /// item_separator
    #[getter]
    pub fn item_separator(this: &Object<Encoder>) -> Value {
        this.payload().item_separator.clone()
    }

    /// sort_keys
    #[getter]
    pub fn sort_keys(this: &Object<Encoder>) -> bool {
        this.payload().sort_keys
    }

    /// skipkeys
    #[getter]
    pub fn skipkeys(this: &Object<Encoder>) -> bool {
        this.payload().skip_keys
    }
}

/// `_iterencode(obj, _current_indent_level)`: a tuple of the whole text.
fn iterencode(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<Value> {
    let Some(encoder) = cast::<Encoder>(value) else { return Ok(Value::none()) };
    let [object, level] = super::two_arguments(args, "_iterencode", ["obj", "_current_indent_level"])?;
    let level = usize::try_from(ops::index_isize(thread, level)?).unwrap_or(0);
    let mut writing = Writing { encoder: encoder.payload(), out: Builder::new() };
    writing.value(thread, object, level)?;
    let text = Str::from_text(thread, &writing.out.finish())?;
    Tuple::of_array(thread, [text])
}

/// Writing one value.
struct Writing<'a> {
    encoder: &'a Encoder,
    out: Builder,
}

fn view_into(out: &mut Builder, value: &Value) {
    if let Some(text) = cast::<Str>(value) {
        out.push_view(text.view());
    }
}

/// What is being written when something raises is said in a note.
fn noted(thread: &mut Thread, raised: Raised, note: &Value) -> Raised {
    match runtime::types::exception_methods::add_note(thread, raised.value(), note) {
        Ok(()) => raised,
        Err(raised) => raised,
    }
}

impl Writing<'_> {
    fn value(&mut self, thread: &mut Thread, value: &Value, level: usize) -> Result<()> {
        if let Some(word) = constant(value) {
            self.out.push_str(word);
            return Ok(());
        }
        if let Some(text) = cast::<Str>(value) {
            return self.string(thread, text, value);
        }
        if int::is_int(value) {
            let text = int_text(thread, value)?;
            view_into(&mut self.out, &text);
            return Ok(());
        }
        if let Some(number) = float::to_f64(value) {
            let text = self.float_text(thread, number, value)?;
            self.out.push_str(&text);
            return Ok(());
        }
        if cast::<List>(value).is_some() || cast::<Tuple>(value).is_some() {
            state::check_stack(thread, " while encoding a JSON object")?;
            return self.marked(thread, value, |this, thread| this.list(thread, value, level));
        }
        if let Some(dict) = cast::<Dict>(value) {
            state::check_stack(thread, " while encoding a JSON object")?;
            return self.marked(thread, value, |this, thread| this.dict(thread, dict, value, level));
        }
        state::check_stack(thread, " while encoding a JSON object")?;
        self.marked(thread, value, |this, thread| {
            let default = this.encoder.default.clone();
            let other = call::call_one(thread, &default, value)?;
            this.value(thread, &other, level).map_err(|raised| {
                let note = format!("when serializing {} object", support::class_name(value));
                match exception::add_note(thread, raised.value(), &note) {
                    Ok(()) => raised,
                    Err(raised) => raised,
                }
            })
        })
    }

    /// Runs `write` with `value` among the values that are being written, of which it must not be one already.
    fn marked(
        &mut self,
        thread: &mut Thread,
        value: &Value,
        write: impl FnOnce(&mut Self, &mut Thread) -> Result<()>,
    ) -> Result<()> {
        let markers = self.encoder.markers.clone();
        let Some(markers) = cast::<Dict>(&markers) else { return write(self, thread) };
        let empty = match (cast::<List>(value), cast::<Tuple>(value), cast::<Dict>(value)) {
            (Some(list), ..) => list.is_empty(),
            (_, Some(tuple), _) => tuple.is_empty(),
            (.., Some(dict)) => dict.is_empty(),
            _ => false,
        };
        if empty {
            return write(self, thread);
        }
        let id = int::id(thread, value)?;
        if markers.contains(thread, &id)? {
            return Err(value_error("Circular reference detected"));
        }
        markers.set(thread, &id, value.clone())?;
        write(self, thread)?;
        markers.remove(thread, &id).map(drop)
    }

    fn string(&mut self, thread: &mut Thread, text: &Object<Str>, value: &Value) -> Result<()> {
        if let Some(ascii) = self.encoder.fast {
            strings::push_encoded(&mut self.out, text.view(), ascii);
            return Ok(());
        }
        let encoded = call::call_one(thread, &self.encoder.encoder, value)?;
        match cast::<Str>(&encoded) {
            Some(encoded) => self.out.push_view(encoded.view()),
            None => {
                return Err(type_error(format!(
                    "encoder() must return a string, not {}",
                    support::class_name(&encoded)
                )));
            }
        }
        Ok(())
    }

    fn float_text(&self, thread: &mut Thread, number: f64, value: &Value) -> Result<String> {
        if number.is_finite() {
            return Ok(text::float::repr(number));
        }
        if !self.encoder.allow_nan {
            let shown = ops::repr_text(thread, value)?;
            return Err(value_error(format!("Out of range float values are not JSON compliant: {shown}")));
        }
        let word = if number.is_nan() {
            "NaN"
        } else if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        Ok(word.to_owned())
    }

    /// A new line, if values stand on lines of their own.
    fn line(&mut self, level: usize) -> Result<()> {
        if self.encoder.indent.is_none() {
            return Ok(());
        }
        self.out.push_str("\n");
        if level == 0 {
            return Ok(());
        }
        let Some(indent) = cast::<Str>(&self.encoder.indent) else {
            return Err(type_error(format!(
                "can only concatenate str (not \"{}\") to str",
                support::class_name(&self.encoder.indent)
            )));
        };
        for _ in 0..level {
            self.out.push_view(indent.view());
        }
        Ok(())
    }

    fn list(&mut self, thread: &mut Thread, value: &Value, level: usize) -> Result<()> {
        // A list may change while its items are encoded: what is there at each step counts.
        let item_at = |index: usize| match (cast::<List>(value), cast::<Tuple>(value)) {
            (Some(list), _) => list.get(index),
            (None, Some(tuple)) => tuple.items().get(index).cloned(),
            (None, None) => None,
        };
        let Some(mut item) = item_at(0) else {
            self.out.push_str("[]");
            return Ok(());
        };
        self.out.push_str("[");
        for i in 0.. {
            if i > 0 {
                let Some(next) = item_at(i) else { break };
                item = next;
                view_into(&mut self.out, &self.encoder.item_separator);
            }
            self.line(level + 1)?;
            if let Err(raised) = self.value(thread, &item, level + 1) {
                let note = format!("when serializing {} item {i}", support::class_name(value));
                exception::add_note(thread, raised.value(), &note)?;
                return Err(raised);
            }
            support::poll(thread)?;
        }
        self.line(level)?;
        self.out.push_str("]");
        Ok(())
    }

    fn dict(&mut self, thread: &mut Thread, dict: &Object<Dict>, value: &Value, level: usize) -> Result<()> {
        let exact = cast_exact::<Dict>(value).is_some();
        if dict.is_empty() && exact {
            self.out.push_str("{}");
            return Ok(());
        }
        let items = if self.encoder.sort_keys || !exact {
            sorted_items(thread, value, self.encoder.sort_keys)?
        } else {
            dict.items(thread)
        };
        if items.is_empty() && dict.is_empty() {
            self.out.push_str("{}");
            return Ok(());
        }
        self.out.push_str("{");
        let mut first = true;
        for (key, item) in items {
            let Some(name) = self.key(thread, &key)? else { continue };
            if !first {
                view_into(&mut self.out, &self.encoder.item_separator);
            }
            first = false;
            self.line(level + 1)?;
            if let Some(text) = cast::<Str>(&name) {
                self.string(thread, text, &name)?;
            }
            view_into(&mut self.out, &self.encoder.key_separator);
            if let Err(raised) = self.value(thread, &item, level + 1) {
                let mut note = runtime::types::sequence::Builder::new();
                note.push_str(&format!("when serializing {} item ", support::class_name(value)));
                runtime::types::sequence::push_repr(thread, &mut note, &key)?;
                let note = Str::from_text(thread, &note.finish())?;
                return Err(noted(thread, raised, &note));
            }
            support::poll(thread)?;
        }
        if !first {
            self.line(level)?;
        }
        self.out.push_str("}");
        Ok(())
    }

    /// The text of a key; `None` for one that is left out.
    fn key(&self, thread: &mut Thread, key: &Value) -> Result<Option<Value>> {
        if cast::<Str>(key).is_some() {
            return Ok(Some(key.clone()));
        }
        if let Some(number) = float::to_f64(key) {
            let text = self.float_text(thread, number, key)?;
            return Str::new(thread, &text).map(Some);
        }
        if let Some(word) = constant(key) {
            return Str::new(thread, word).map(Some);
        }
        if int::is_int(key) {
            return int_text(thread, key).map(Some);
        }
        if self.encoder.skip_keys {
            return Ok(None);
        }
        Err(type_error(format!(
            "keys must be str, int, float, bool or None, not {}",
            support::class_name(key)
        )))
    }
}

/// `items()` of a mapping, sorted if that is asked.
fn sorted_items(thread: &mut Thread, value: &Value, sort: bool) -> Result<Vec<(Value, Value)>> {
    let name = runtime::interned!(thread, "items")?;
    let items = call::call_method(thread, value, name, &[])?;
    let items = if sort { sort::sorted(thread, &items, None, false)? } else { items };
    ops::to_vec(thread, &items)?
        .iter()
        .map(|item| match cast::<Tuple>(item).map(TupleExt::items) {
            Some([key, value]) => Ok((key.clone(), value.clone())),
            _ => Err(value_error("items must return 2-tuples")),
        })
        .collect()
}

fn constant(value: &Value) -> Option<&'static str> {
    if value.is_none() {
        return Some("null");
    }
    int::as_bool(value).map(|value| if value { "true" } else { "false" })
}

/// The digits of an int, whatever its class says.
fn int_text(thread: &mut Thread, value: &Value) -> Result<Value> {
    if int::is_exact(value) {
        return ops::repr(thread, value);
    }
    let plain = match int::to_bigint(value) {
        Some(number) => int::from_bigint(thread, number)?,
        None => value.clone(),
    };
    ops::repr(thread, &plain)
}
