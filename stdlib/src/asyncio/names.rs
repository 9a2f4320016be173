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
            runtime::interned!(thread, stringify!($name))
        }
    )*};
}

names! {
    call_soon context call_exception_handler get_debug is_running cancel result done get_loop get_event_loop add discard
    add_done_callback _loop _asyncio_future_blocking
}

/// Something that the Python part defines: found once, so that it is at hand when the import system has gone.
pub struct Defined {
    module: &'static str,
    name: &'static str,
    place: StaticValue,
}

macro_rules! library {
    ($($constant:ident $module:literal $name:literal;)*) => {
        $(
            #[doc = concat!("`", $module, ".", $name, "`.")]
            pub static $constant: Defined = Defined { module: $module, name: $name, place: StaticValue::new() };
        )*
        static LIBRARY: &[&Defined] = &[$(&$constant),*];
    };
}

library! {
    CANCELLED_ERROR "asyncio.exceptions" "CancelledError";
    INVALID_STATE_ERROR "asyncio.exceptions" "InvalidStateError";
    FUTURE_REPR "asyncio.base_futures" "_future_repr";
    TASK_REPR "asyncio.base_tasks" "_task_repr";
    TASK_GET_STACK "asyncio.base_tasks" "_task_get_stack";
    TASK_PRINT_STACK "asyncio.base_tasks" "_task_print_stack";
    IS_COROUTINE "asyncio.coroutines" "iscoroutine";
    EXTRACT_STACK "traceback" "extract_stack";
    WEAK_SET "weakref" "WeakSet";
    // The last: once it is there all are.
    GET_POLICY "asyncio.events" "_get_event_loop_policy";
}

impl Defined {
    /// The thing.
    ///
    /// # Errors
    /// What importing raises.
    pub fn get(&'static self, thread: &mut Thread) -> Result<&'static Value> {
        if self.place.get().is_none() {
            self.place.set_first(attribute_of(thread, self.module, self.name)?);
        }
        Ok(self.place.value())
    }

    /// Calls it.
    ///
    /// # Errors
    /// What importing or the call raises.
    pub fn call(&'static self, thread: &mut Thread, args: &[Value]) -> Result<Value> {
        let function = self.get(thread)?;
        call::call_positional(thread, function, args)
    }
}

/// Finds everything that the Python part defines.
///
/// # Errors
/// What importing raises.
#[inline]
pub fn load(thread: &mut Thread) -> Result<()> {
    if GET_POLICY.place.get().is_none() {
        for defined in LIBRARY {
            defined.get(thread)?;
        }
    }
    Ok(())
}

/// "InvalidStateError: message".
#[cold]
pub fn invalid_state(thread: &mut Thread, message: &str) -> Raised {
    let made = Str::new(thread, message).and_then(|message| INVALID_STATE_ERROR.call(thread, &[message]));
    match made {
        Ok(exception) => runtime::types::exception::raise_again(thread, &exception),
        Err(raised) => raised,
    }
}
