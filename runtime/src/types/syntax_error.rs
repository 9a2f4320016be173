//! SyntaxError: where in which file.

use memory::Value;
use threads::Thread;

use super::exception::{self, field};
use super::exception_methods::{init as base_init, push_text};
use crate::class::Slots;
use crate::error::{Result, type_error};
use crate::native::Args;
use crate::object::cast;
use crate::ops;
use crate::types::{Str, StrExt, int};

/// Slots of SyntaxError.
pub fn syntax_error_slots(slots: &Slots) {
    slots.init.set(init);
    slots.str.set(str);
}

/// The fields of the second argument, in its order.
const PLACE: [&str; 7] = ["filename", "lineno", "offset", "text", "end_lineno", "end_offset", "_metadata"];

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    base_init(thread, value, args)?;
    let given = args.positionals();
    if let Some(message) = given.first() {
        exception::set_field(thread, value, "msg", message.clone());
    }
    let [_, place] = given else { return Ok(()) };
    let place = ops::to_vec(thread, place)?;
    if place.len() < 4 {
        return Err(type_error(format!("function takes at least 4 arguments ({} given)", place.len())));
    }
    if place.len() > PLACE.len() {
        return Err(type_error(format!("function takes at most 7 arguments ({} given)", place.len())));
    }
    for (index, name) in PLACE.iter().enumerate() {
        exception::set_field_option(thread, value, name, place.get(index).cloned());
    }
    if place.len() == 5 {
        return Err(type_error("end_offset must be provided when end_lineno is provided"));
    }
    Ok(())
}

/// The message, and behind it the file's own name and the line.
fn str(thread: &mut Thread, value: &Value) -> Result<Value> {
    let message = field(thread, value, "msg").unwrap_or_else(Value::none);
    let filename = field(thread, value, "filename");
    let filename = filename.as_ref().and_then(cast::<Str>);
    let line =
        field(thread, value, "lineno").filter(int::is_exact).map(|line| int::to_i64(&line).unwrap_or(-1));
    if filename.is_none() && line.is_none() {
        return ops::str(thread, &message);
    }
    let mut text = text::Builder::new();
    push_text(thread, &mut text, &message)?;
    text.push_str(" (");
    if let Some(filename) = filename {
        use text::Chars;
        let view = filename.view();
        let start = view.iter_chars().enumerate().rfind(|(_, c)| *c == u32::from(b'/'));
        let start = start.map_or(0, |(index, _)| index + 1);
        text.push_view(view.slice(start..filename.len()));
        if line.is_some() {
            text.push_str(", ");
        }
    }
    if let Some(line) = line {
        text.push_str(&format!("line {line}"));
    }
    text.push_str(")");
    Str::from_text(thread, &text.finish())
}
