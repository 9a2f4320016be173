//! Exceptions as text, made without running the library: for when the `traceback` module is not to be had, and for
//! exceptions that nobody can catch.

use std::io::BufRead;

use runtime::class::{TypeExt, class_of};
use runtime::interp::frame_object::{self, FrameObject};
use runtime::object::cast;
use runtime::types::function::Function;
use runtime::types::traceback::{self, Traceback};
use runtime::types::{Str, StrExt, exception};
use runtime::{Thread, Value, ops};

/// How many equal entries in a row are shown.
const REPEATS_SHOWN: usize = 3;

/// One entry of a traceback.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    file: String,
    line: i32,
    name: String,
}

fn entries(thread: &Thread, exception: &Value) -> Vec<Entry> {
    entries_from(exception::traceback(thread, exception))
}

fn entries_from(first: Option<Value>) -> Vec<Entry> {
    let mut found = Vec::new();
    let mut at = first;
    while let Some(entry) = at.as_ref().and_then(cast::<Traceback>) {
        let frame = entry.payload().frame.get(entry.header());
        let function = frame.as_ref().and_then(cast::<FrameObject>).and_then(frame_object::function);
        if let Some(function) = function.as_ref().and_then(cast::<Function>) {
            let code = function.payload().code().payload();
            let text = |value: &Value| cast::<Str>(value).map(StrExt::to_string_lossy).unwrap_or_default();
            let line = traceback::line(entry);
            found.push(Entry { file: text(&code.filename), line, name: text(&code.name) });
        }
        let next = entry.payload().next.get(entry.header());
        at = next;
    }
    found
}

/// The line of a source file, without the spaces around it.
pub fn source_line(file: &str, line: i32) -> Option<String> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    if file.starts_with('<') {
        return None;
    }
    let reader = std::io::BufReader::new(std::fs::File::open(file).ok()?);
    let bytes = reader.split(b'\n').nth(index)?.ok()?;
    let text = String::from_utf8_lossy(&bytes).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// "Traceback (most recent call last):" and its entries; empty without any.
pub fn traceback_text(thread: &Thread, exception: &Value) -> String {
    describe(&entries(thread, exception))
}

/// As [`traceback_text`], of a traceback itself.
pub fn traceback_value_text(value: &Value) -> String {
    describe(&entries_from(Some(value.clone())))
}

fn describe(entries: &[Entry]) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let mut out = "Traceback (most recent call last):\n".to_owned();
    let mut index = 0;
    while index < entries.len() {
        let entry = &entries[index];
        let same = entries[index..].iter().take_while(|other| *other == entry).count();
        let text = source_line(&entry.file, entry.line);
        for _ in 0..same.min(REPEATS_SHOWN) {
            out += &format!("  File \"{}\", line {}, in {}\n", entry.file, entry.line, entry.name);
            if let Some(text) = &text {
                out += &format!("    {text}\n");
            }
        }
        if same > REPEATS_SHOWN {
            let more = same - REPEATS_SHOWN;
            let plural = if more == 1 { "" } else { "s" };
            out += &format!("  [Previous line repeated {more} more time{plural}]\n");
        }
        index += same;
    }
    out
}

/// The last line of a report: class and text.
pub fn summary(thread: &mut Thread, exception: &Value) -> String {
    let class = class_of(exception);
    let name = class.name_lossy();
    let module = runtime::class::lookup::getattr_or_none(
        thread,
        &runtime::class::as_value(class),
        runtime::names::__module__(),
    );
    let name = match module.ok().flatten().as_ref().and_then(cast::<Str>).map(StrExt::to_string_lossy) {
        Some(module) if module == "builtins" || module == "__main__" => name,
        Some(module) => format!("{module}.{name}"),
        None => format!("<unknown>.{name}"),
    };
    match ops::str_text(thread, exception) {
        Ok(text) if text.is_empty() => name,
        Ok(text) => format!("{name}: {text}"),
        Err(_) => format!("{name}: <exception str() failed>"),
    }
}

/// An exception with its traceback and those that came before it.
pub fn full_text(thread: &mut Thread, exception: &Value) -> String {
    let mut parts = Vec::new();
    let mut at = Some((exception.clone(), ""));
    // A chain may be a ring, or long.
    while let Some((exception, above)) = at.take().filter(|_| parts.len() < 100) {
        let text = traceback_text(thread, &exception) + &summary(thread, &exception) + "\n";
        parts.push(text + above);
        let cause = exception::cause(thread, &exception);
        let hidden = exception::suppresses_context(&exception);
        at = match cause.filter(|cause| !cause.is_none()) {
            Some(cause) => {
                Some((cause, "\nThe above exception was the direct cause of the following exception:\n\n"))
            }
            None => exception::context(thread, &exception).filter(|context| !hidden && !context.is_none()).map(
                |context| (context, "\nDuring handling of the above exception, another exception occurred:\n\n"),
            ),
        };
    }
    parts.reverse();
    parts.concat()
}
