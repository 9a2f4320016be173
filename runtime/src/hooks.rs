//! What the runtime asks of the layers above: reporting what nobody can catch, warnings.

use memory::Value;
use threads::Thread;
use threads::sync::OnceLock;

use crate::error::{ClassDefRef, Raised, Result};
use crate::native::Args;

crate::struct_sequence!(
    /// What `sys.unraisablehook` gets.
    pub static UNRAISABLE_HOOK_ARGS: "builtins" "UnraisableHookArgs" "UnraisableHookArgs\n\nType used to pass arguments to sys.unraisablehook." visible 5 unnamed 0 {
        "exc_type" "Exception type",
        "exc_value" "Exception value",
        "exc_traceback" "Exception traceback",
        "err_msg" "Error message",
        "object" "Object causing the exception",
    }
);

/// Reports an exception that nobody can catch (`sys.unraisablehook`).
pub fn unraisable(thread: &mut Thread, raised: Raised, message: Option<&str>, object: Option<&Value>) {
    if let Err(second) = try_unraisable(thread, &raised, message, object) {
        crate::types::traceback::print_plain(
            thread,
            "Exception ignored in sys.unraisablehook",
            second.value(),
        );
        crate::types::traceback::print_plain(thread, message.unwrap_or("Exception ignored"), raised.value());
    }
}

fn try_unraisable(
    thread: &mut Thread,
    raised: &Raised,
    message: Option<&str>,
    object: Option<&Value>,
) -> Result<()> {
    let hook = crate::interp::sys_attribute(thread, "unraisablehook");
    let Some(hook) = hook else {
        crate::types::traceback::print_plain(thread, message.unwrap_or("Exception ignored"), raised.value());
        return Ok(());
    };
    let none = Value::none();
    let message = match message {
        Some(message) => crate::types::Str::new(thread, message)?,
        None => none.clone(),
    };
    if crate::types::exception::traceback(thread, raised.value()).is_none() {
        // Raised by native code, which leaves no entry: the frame that it works for.
        crate::interp::add_current_entry(thread, raised.value())?;
    }
    let traceback = crate::types::exception::traceback(thread, raised.value()).unwrap_or_else(Value::none);
    let class = crate::class::as_value(crate::class::class_of(raised.value()));
    let items = vec![class, raised.value().clone(), traceback, message, object.cloned().unwrap_or(none)];
    let args = crate::types::struct_sequence::make(thread, &UNRAISABLE_HOOK_ARGS, items, Vec::new())?;
    crate::call::call(thread, &hook, Args::positional(&[args])).map(drop)
}

/// How warnings are issued: category, text, how many calls up.
pub type Warn = fn(&mut Thread, ClassDefRef, &str, i64) -> Result<()>;
/// How warnings about a place are issued: category, text, file, line.
pub type WarnAt = fn(&mut Thread, ClassDefRef, &str, &str, i64) -> Result<()>;

static WARN: OnceLock<(Warn, WarnAt)> = OnceLock::new();

/// Says who issues warnings, once.
pub fn set_warn(warn: Warn, warn_at: WarnAt) {
    // A second start in one process sets the same functions.
    let _ = WARN.set((warn, warn_at));
}

/// Issues a warning about a place in a file (`warnings.warn_explicit`).
///
/// # Errors
/// The warning, if the filters turn it into an exception.
pub fn warn_at(
    thread: &mut Thread,
    category: ClassDefRef,
    message: &str,
    filename: &str,
    line: i64,
) -> Result<()> {
    match WARN.get() {
        Some((_, warn_at)) => warn_at(thread, category, message, filename, line),
        None => Ok(()),
    }
}

/// Issues a warning (`warnings.warn`).
///
/// # Errors
/// The warning, if the filters turn it into an exception.
pub fn warn(thread: &mut Thread, category: ClassDefRef, message: &str, stack_level: i64) -> Result<()> {
    match WARN.get() {
        Some((warn, _)) => warn(thread, category, message, stack_level),
        None => Ok(()),
    }
}

/// Prints an exception to a stream of Python's, as an uncaught one is printed: with the help of `traceback`, or plainly where
/// that is not to be had.
///
/// # Errors
/// What writing raises.
pub fn display_exception(thread: &mut Thread, file: &Value, exception: &Value) -> Result<()> {
    let print = crate::interp::import::attribute_of(thread, "traceback", "_print_exception_bltin");
    let printed = print.and_then(|print| crate::call::call_one(thread, &print, exception));
    if printed.is_ok() {
        return Ok(());
    }
    let text = if exception.is_none() {
        "NoneType: None\n".to_owned()
    } else {
        crate::types::traceback::plain_text(thread, exception)
    };
    write(thread, file, &text)
}

/// `file.write(text)`.
///
/// # Errors
/// What writing raises.
pub fn write(thread: &mut Thread, file: &Value, text: &str) -> Result<()> {
    let name = crate::interned!(thread, "write")?;
    let text = crate::types::Str::new(thread, text)?;
    crate::call::call_method(thread, file, name, &[text]).map(drop)
}
