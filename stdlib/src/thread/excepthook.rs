//! `_excepthook`: what is printed for an exception that `Thread.run` has let through.

use runtime::class::lookup;
use runtime::error::{Result, SYSTEM_EXIT, type_error};
use runtime::object::cast;
use runtime::types::{Tuple, TupleExt, exception};
use runtime::{Thread, Value, call, hooks, interp, ops};

runtime::struct_sequence! {
    /// `_thread._ExceptHookArgs`.
    pub static EXCEPT_HOOK_ARGS: "_thread" "_ExceptHookArgs" "ExceptHookArgs\n\nWhat threading.excepthook is called with."
    visible 4 unnamed 0 {
        "exc_type" "Exception type",
        "exc_value" "Exception value",
        "exc_traceback" "Exception traceback",
        "thread" "Thread",
    }
}

/// `threading.excepthook(args)`.
///
/// # Errors
/// TypeError for other arguments; what writing raises.
pub fn excepthook(thread: &mut Thread, args: &Value) -> Result<()> {
    let items =
        cast::<Tuple>(args).filter(|_| EXCEPT_HOOK_ARGS.is_exact(args)).map(|args| args.items().to_vec());
    let Some([class, value, traceback, of]) = items.as_deref() else {
        return Err(type_error("_thread.excepthook argument type must be ExceptHookArgs"));
    };
    if class.is(&SYSTEM_EXIT.value()) {
        return Ok(());
    }
    let file = match interp::sys_attribute(thread, "stderr").filter(|file| !file.is_none()) {
        Some(file) => file,
        None if of.is_none() => return Ok(()),
        None => {
            // What `sys.stderr` was when the thread was made.
            let name = runtime::interned!(thread, "_stderr")?;
            match lookup::getattr(thread, of, name)? {
                file if file.is_none() => return Ok(()),
                file => file,
            }
        }
    };
    let name = match of.is_none() {
        true => None,
        false => lookup::getattr_or_none(thread, of, runtime::names::name())?,
    };
    let name = match name {
        Some(name) => ops::str_text(thread, &name)?,
        None => thread.serial().to_string(),
    };
    hooks::write(thread, &file, &format!("Exception in thread {name}:\n"))?;
    if exception::is_exception(value) && exception::traceback(thread, value).is_none() && !traceback.is_none()
    {
        exception::set_traceback(thread, value, Some(traceback.clone()));
    }
    hooks::display_exception(thread, &file, value)?;
    call::call_method(thread, &file, runtime::names::flush(), &[]).map(drop)
}
