//! What the module refers to elsewhere: names of attributes, and what the Python part of asyncio defines.

use runtime::error::{Raised, Result};
use runtime::interp::import::attribute_of;
use runtime::names::StaticValue;
use runtime::types::Str;
use runtime::{Thread, Value, call};

macro_rules! names {
    ($($name:ident)*) => {$(
        #[doc = concat!("The str `", stringify!($name), "`.")]
        ///
        /// # Errors
        /// MemoryError.
        #[inline]
        pub fn $name(thread: &Thread) -> Result<&'static Value> {
            static NAME: StaticValue = StaticValue::new();
            match NAME.get() {
                Some(name) => Ok(name),
                None => {
                    NAME.set_first(Str::interned(thread, stringify!($name))?);
                    Ok(NAME.value())
                }
            }
        }
    )*};
}

names! {
    call_soon context call_exception_handler get_debug is_running cancel result done get_loop get_event_loop add discard
    add_done_callback _loop _asyncio_future_blocking
}

/// An instance of a class of `asyncio.exceptions`, raised.
#[cold]
fn raise(thread: &mut Thread, class: &str, args: &[Value]) -> Raised {
    let made = attribute_of(thread, "asyncio.exceptions", class)
        .and_then(|class| call::call_positional(thread, &class, args));
    match made {
        Ok(exception) => runtime::types::exception::raise_again(thread, &exception),
        Err(raised) => raised,
    }
}

/// "InvalidStateError: message".
#[cold]
pub fn invalid_state(thread: &mut Thread, message: &str) -> Raised {
    match Str::new(thread, message) {
        Ok(message) => raise(thread, "InvalidStateError", &[message]),
        Err(raised) => raised,
    }
}

/// `asyncio.exceptions.CancelledError`.
///
/// # Errors
/// What importing raises.
pub fn cancelled_error(thread: &mut Thread) -> Result<Value> {
    attribute_of(thread, "asyncio.exceptions", "CancelledError")
}

/// Calls a function of the Python part.
///
/// # Errors
/// What importing or the function raises.
pub fn call_library(thread: &mut Thread, module: &str, function: &str, args: &[Value]) -> Result<Value> {
    let function = attribute_of(thread, module, function)?;
    call::call_positional(thread, &function, args)
}
