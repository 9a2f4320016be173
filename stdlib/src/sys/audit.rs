//! Audit events (PEP 578): hooks that programs add, for good.

use runtime::error::{EXCEPTION, Result};
use runtime::types::{List, ListExt, Str, Tuple};
use runtime::names::StaticValue;
use runtime::object::cast;
use runtime::{Thread, Value, call};

/// A list of the hooks, once there is one.
static HOOKS: StaticValue = StaticValue::new();

/// Whether anybody listens: saves making the arguments.
pub fn wanted() -> bool {
    HOOKS.get().is_some()
}

/// Raises the event `name` with `args`.
///
/// # Errors
/// What a hook raises.
pub fn raise(thread: &mut Thread, name: &Value, args: &[Value]) -> Result<()> {
    let Some(hooks) = HOOKS.get().and_then(cast::<List>) else { return Ok(()) };
    let args = Tuple::from_slice(thread, args)?;
    let mut index = 0;
    while let Some(hook) = hooks.get(index) {
        call::call_positional(thread, &hook, &[name.clone(), args.clone()])?;
        index += 1;
    }
    Ok(())
}

/// Adds a hook. The hooks that are there are asked; an Exception that one of them raises means that they refuse.
///
/// # Errors
/// What a hook raises that is no Exception; MemoryError.
pub fn add(thread: &mut Thread, hook: &Value) -> Result<()> {
    if wanted() {
        let name = Str::interned(thread, "sys.addaudithook")?;
        match raise(thread, &name, &[]) {
            Err(raised) if raised.is(&EXCEPTION) => return Ok(()),
            result => result?,
        }
    } else {
        let list = List::new(thread, Vec::new())?;
        HOOKS.set(list);
    }
    match HOOKS.get().and_then(cast::<List>) {
        Some(hooks) => hooks.push(thread, hook.clone()),
        None => Ok(()),
    }
}
