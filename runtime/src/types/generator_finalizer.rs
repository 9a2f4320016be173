//! What happens to generators that nobody refers to any more.

use memory::{Object, ObjectPtr, Value};
use threads::Thread;

use super::async_generator;
use super::generator::{COROUTINE, Generator, State, async_flag, is_async, is_coroutine, state_of};
use super::generator_methods::{close, flag, qualname_text};
use crate::error::{RUNTIME_WARNING, Raised, Result};
use crate::object::cast;
use crate::{call, interp, ops};

/// Whether a generator's end needs more than its memory back.
pub(super) fn wants(object: ObjectPtr) -> bool {
    // SAFETY: called with a live object of this type that is about to die, which nobody else has.
    let generator = unsafe { object.cast::<Object<Generator>>().as_ref() };
    // SAFETY: as above: nobody is changing it.
    let inner = unsafe { generator.payload().inner.peek() };
    let native = crate::class::Shape::of(generator.header()).class().payload().native;
    match inner.state {
        State::Suspended => true,
        // One that has not begun has nothing to clean up, but somebody may be looking at its frame.
        State::Created => std::ptr::eq(native, &COROUTINE) || !generator.payload().frame.is_empty(),
        State::Running | State::Finished => false,
    }
}

/// Closes a generator, leaves an asynchronous one to its hook, or warns of a coroutine that was never awaited.
pub(super) fn run(thread: &mut Thread, value: &Value) {
    let Some(object) = cast::<Generator>(value) else { return };
    if is_async(value)
        && !flag(object, async_flag::CLOSED)
        && let Some(finalizer) = async_generator::finalizer(object)
    {
        if let Err(raised) = call::call_one(thread, &finalizer, value) {
            let text = ops::repr_text(thread, &finalizer).unwrap_or_default();
            let message = format!("Exception ignored while calling asynchronous generator finalizer {text}");
            crate::hooks::unraisable(thread, raised, Some(&message), None);
        }
        return;
    }
    if is_coroutine(value) && state_of(thread, object) == State::Created {
        if let Err(raised) = warn_unawaited(thread, value) {
            ignored(thread, raised, value);
        }
        super::generator::end(thread, object);
        return;
    }
    if let Err(raised) = close(thread, value) {
        let text = ops::repr_text(thread, value).unwrap_or_default();
        let message = format!("Exception ignored while closing generator {text}");
        crate::hooks::unraisable(thread, raised, Some(&message), None);
    }
}

fn ignored(thread: &mut Thread, raised: Raised, value: &Value) {
    let text = ops::repr_text(thread, value).unwrap_or_default();
    let message = format!("Exception ignored while finalizing coroutine {text}");
    crate::hooks::unraisable(thread, raised, Some(&message), None);
}

/// Lets `warnings` say that a coroutine was never awaited, and where it was made.
fn warn_unawaited(thread: &mut Thread, value: &Value) -> Result<()> {
    if let Ok(function) = interp::import::attribute_of(thread, "warnings", "_warn_unawaited_coroutine") {
        match call::call_one(thread, &function, value) {
            Ok(_) => return Ok(()),
            Err(raised) if raised.is(&RUNTIME_WARNING) => return Err(raised),
            Err(raised) => ignored(thread, raised, value),
        }
    }
    let message = format!("coroutine '{}' was never awaited", qualname_text(value));
    crate::hooks::warn(thread, &RUNTIME_WARNING, &message, 1)
}
