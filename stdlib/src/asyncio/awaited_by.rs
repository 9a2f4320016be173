//! Who waits for a future: for the call graphs of `asyncio.graph`.

use runtime::error::Result;
use runtime::native::Object;
use runtime::object::cast;
use runtime::types::{Dict, DictExt, set};
use runtime::{Thread, Value};

use super::future::Future;
use crate::support;

/// Notes that `waiter` waits for `future`, if both are futures.
///
/// # Errors
/// What hashing raises.
pub fn add(thread: &mut Thread, future: &Value, waiter: &Value) -> Result<()> {
    let (Some(this), Some(_)) = (cast::<Future>(future), cast::<Future>(waiter)) else { return Ok(()) };
    let Some(before) = support::get(this, |future| &future.awaited_by) else {
        support::set(thread, this, |future| &future.awaited_by, Some(waiter.clone()));
        return Ok(());
    };
    if before.is(waiter) {
        return Ok(());
    }
    if let Some(dict) = cast::<Dict>(&before) {
        return dict.set(thread, waiter, Value::none());
    }
    let both = Dict::new(thread)?;
    if let Some(dict) = cast::<Dict>(&both) {
        dict.set(thread, &before, Value::none())?;
        dict.set(thread, waiter, Value::none())?;
    }
    support::set(thread, this, |future| &future.awaited_by, Some(both));
    Ok(())
}

/// Notes that `waiter` waits for `future` no longer.
///
/// # Errors
/// What hashing raises.
pub fn discard(thread: &mut Thread, future: &Value, waiter: &Value) -> Result<()> {
    let (Some(this), Some(_)) = (cast::<Future>(future), cast::<Future>(waiter)) else { return Ok(()) };
    let Some(before) = support::get(this, |future| &future.awaited_by) else { return Ok(()) };
    if before.is(waiter) {
        support::set(thread, this, |future| &future.awaited_by, None);
    } else if let Some(dict) = cast::<Dict>(&before) {
        drop(dict.remove(thread, waiter)?);
    }
    Ok(())
}

/// Those that wait, as a frozenset; `None` if nobody ever did.
///
/// # Errors
/// What hashing raises; MemoryError.
pub fn all(thread: &mut Thread, this: &Object<Future>) -> Result<Option<Value>> {
    match support::get(this, |future| &future.awaited_by) {
        None => Ok(None),
        Some(dict) if cast::<Dict>(&dict).is_some() => set::new_frozen_from(thread, &dict).map(Some),
        Some(waiter) => {
            let one = support::tuple(thread, vec![waiter])?;
            set::new_frozen_from(thread, &one).map(Some)
        }
    }
}
