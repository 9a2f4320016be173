//! `traceback`: where an exception has come through.

use memory::{Object, Slot, Trace, Value, Visitor};
use threads::sync::atomic::{AtomicI32, AtomicI64, Ordering};
use threads::{Context, Thread};

use crate::class::ClassFlags;
use crate::error::Result;
use crate::interp::frame::Frame;
use crate::interp::frame_object;
use crate::object::cast;
use crate::types::exception;

/// The payload of a traceback entry.
pub struct Traceback {
    /// `tb_next`: towards where the exception was raised.
    pub next: Slot,
    /// `tb_frame`.
    pub frame: Slot,
    /// `tb_lasti`: the index of the instruction, in bytes.
    pub lasti: AtomicI64,
    /// `tb_lineno`; -1 if it is to be found from `lasti`.
    pub line: AtomicI32,
}

// SAFETY: each slot once.
unsafe impl Trace for Traceback {
    const NAME: &'static str = "traceback";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.next);
        visitor.slot(&self.frame);
    }
}

crate::class_def!(
    Traceback,
    "traceback",
    ClassFlags::NONE,
    with_doc("Create a new traceback object."),
    with_new(super::traceback_methods::new),
    with_methods(super::traceback_methods::METHODS),
    with_getsets(super::traceback_methods::GETSETS)
);

/// A traceback entry.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &Context, next: Option<Value>, frame: Value, lasti: i64, line: i32) -> Result<Value> {
    let payload = Traceback {
        next: Slot::new(next),
        frame: Slot::new(Some(frame)),
        lasti: AtomicI64::new(lasti),
        line: AtomicI32::new(line),
    };
    crate::object::new(thread, payload)
}

/// The exception comes through `frame`.
///
/// # Errors
/// MemoryError.
pub(crate) fn add_entry(thread: &mut Thread, frame: *mut Frame, exception: &Value) -> Result<()> {
    let object = frame_object::of(thread, frame)?;
    // SAFETY: the running frame is in use.
    let this = unsafe { &*frame };
    let instruction = this.instruction() as i64;
    let next = exception::traceback(thread, exception);
    let entry = new(thread, next, object, instruction * 2, -1)?;
    exception::set_traceback(thread, exception, Some(entry));
    Ok(())
}

/// The line of an entry, or -1. It is found when it is asked for: most tracebacks are never looked at.
pub fn line(entry: &Object<Traceback>) -> i32 {
    let known = entry.payload().line.load(Ordering::Relaxed);
    if known != -1 {
        return known;
    }
    let frame = entry.payload().frame.get(entry.header());
    let function =
        frame.as_ref().and_then(cast::<frame_object::FrameObject>).and_then(frame_object::function);
    let Some(function) = function.as_ref().and_then(cast::<crate::types::function::Function>) else {
        return -1;
    };
    let instruction = entry.payload().lasti.load(Ordering::Relaxed) / 2;
    crate::interp::positions::line_of(function.payload().code().payload(), instruction).unwrap_or(-1)
}

/// Prints an exception to the standard error stream without running Python: for when Python's own way is not to be had.
pub fn print_plain(thread: &mut Thread, heading: &str, exception: &Value) {
    let text = plain_text(thread, exception);
    eprint!("{heading}:\n{text}");
}

/// An exception and where it has come through, in lines, without the help of Python's `traceback` module.
pub fn plain_text(thread: &mut Thread, exception: &Value) -> String {
    use crate::class::{TypeExt, class_of};
    let mut lines = Vec::new();
    let mut at = exception::traceback(thread, exception);
    if at.is_some() {
        lines.push("Traceback (most recent call last):".to_owned());
    }
    while let Some(entry) = at.as_ref().and_then(cast::<Traceback>) {
        let frame = entry.payload().frame.get(entry.header());
        let code =
            frame.as_ref().and_then(cast::<frame_object::FrameObject>).and_then(frame_object::function);
        if let Some(function) = code.as_ref().and_then(cast::<crate::types::function::Function>) {
            use crate::types::StrExt;
            let code = function.payload().code().payload();
            let text = |value: &Value| {
                cast::<crate::types::Str>(value).map(|text| text.to_string_lossy()).unwrap_or_default()
            };
            lines.push(format!(
                "  File \"{}\", line {}, in {}",
                text(&code.filename),
                line(entry),
                text(&code.name)
            ));
        }
        let next = entry.payload().next.get(entry.header());
        at = next;
    }
    let name = class_of(exception).full_name(thread);
    let text =
        crate::ops::str_text(thread, exception).unwrap_or_else(|_| "<exception str() failed>".to_owned());
    lines.push(if text.is_empty() { name } else { format!("{name}: {text}") });
    lines.push(String::new());
    lines.join("\n")
}
