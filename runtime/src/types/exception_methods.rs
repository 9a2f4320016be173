//! Methods and slots of the exception classes.

use memory::Value;
use threads::Thread;

use crate::class::Slots;
use crate::error::Result;
use crate::native::{GetSet, NativeDef};

/// Methods of BaseException.
pub static METHODS: &[&[NativeDef]] = &[];
/// Computed attributes of BaseException.
pub static GETSETS: &[&[GetSet]] = &[];

/// Slots of BaseException.
pub fn slots(_: &Slots) {}

/// Appends to `__notes__`.
///
/// # Errors
/// What setting `__notes__` raises.
pub fn add_note(_: &mut Thread, _: &Value, _: &Value) -> Result<()> {
    Ok(())
}

macro_rules! nothing_yet {
    ($($name:ident)*) => {$(
        /// Slots of the class.
        pub fn $name(_: &Slots) {}
    )*};
}
nothing_yet! {
    attribute_error_slots group_slots import_error_slots key_error_slots name_error_slots os_error_slots
    stop_iteration_slots syntax_error_slots system_exit_slots unicode_decode_slots unicode_encode_slots
    unicode_translate_slots
}
