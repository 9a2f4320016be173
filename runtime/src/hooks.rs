//! What the runtime asks of the layers above: reporting what nobody can catch, warnings.

use memory::Value;
use threads::Thread;

use crate::error::{ClassDefRef, Raised, Result};
use crate::names;
use crate::native::Args;

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
    let traceback = crate::types::exception::traceback(thread, raised.value()).unwrap_or_else(Value::none);
    let class = crate::class::as_value(crate::class::class_of(raised.value()));
    let fields = [
        (names::exc_type(), class),
        (names::exc_value(), raised.value().clone()),
        (names::exc_traceback(), traceback),
        (names::err_msg(), message),
        (names::object(), object.cloned().unwrap_or(none)),
    ];
    let args = crate::types::namespace::new(thread, &fields)?;
    crate::call::call(thread, &hook, Args::positional(&[args])).map(drop)
}

/// Issues a warning (`warnings.warn`).
///
/// # Errors
/// The warning, if the filters turn it into an exception.
pub fn warn(thread: &mut Thread, category: ClassDefRef, message: &str, stack_level: i64) -> Result<()> {
    let Some(warn) = crate::interp::warn_function(thread) else { return Ok(()) };
    let message = crate::types::Str::new(thread, message)?;
    let level = crate::types::int::from_i64(thread, stack_level)?;
    crate::call::call(thread, &warn, Args::positional(&[message, category.value(), level])).map(drop)
}
