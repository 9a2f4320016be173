//! `atexit`: functions to call when the interpreter goes down.

use runtime::error::{Raised, Result, type_error};
use runtime::names::StaticValue;
use runtime::native::{Args, KwRest, Rest};
use runtime::object::cast;
use runtime::types::{List, ListExt, Tuple, TupleExt};
use runtime::{Thread, Value, call, native, ops};

/// A list of tuples: the function, a tuple of its arguments, a tuple of their last ones' names.
static CALLBACKS: StaticValue = StaticValue::new();

fn callbacks() -> Option<&'static runtime::Object<List>> {
    CALLBACKS.get().and_then(cast::<List>)
}

/// Calls what is registered, last first. What is raised is reported, and the last of it returned.
pub fn run(thread: &mut Thread) -> Option<Raised> {
    let list = callbacks()?;
    while let Ok(items) = list.to_vec(thread) {
        let Some(last) = items.last().cloned() else { break };
        let rest = items[..items.len() - 1].to_vec();
        replace(thread, rest);
        let Some([function, values, names]) = cast::<Tuple>(&last).map(TupleExt::items) else { continue };
        let values = cast::<Tuple>(values).map(TupleExt::items).unwrap_or_default();
        let names = cast::<Tuple>(names).map(TupleExt::items).unwrap_or_default();
        if let Err(raised) = call::call(thread, function, Args { values, names }) {
            let message = "Exception ignored in atexit callback";
            runtime::hooks::unraisable(thread, raised, Some(message), Some(function));
        }
    }
    None
}

fn replace(thread: &mut Thread, items: Vec<Value>) {
    if let (Some(list), Some(value)) = (callbacks(), CALLBACKS.get()) {
        let _ = list;
        let slice = runtime::types::slice::new(thread, Value::none(), Value::none(), Value::none());
        let new = List::new(thread, items);
        if let (Ok(slice), Ok(new)) = (slice, new) {
            drop(ops::setitem(thread, value, &slice, Some(&new)));
        }
    }
}

/// The module.
#[native::module(
    "atexit",
    doc = "allow programmer to define multiple exit functions to be executed\nupon normal program termination.\n\nTwo public functions, register and unregister, are defined.\n"
)]
pub mod module {
    use super::*;

    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        let _ = module;
        if CALLBACKS.get().is_none() {
            let list = List::new(th, Vec::new())?;
            CALLBACKS.set(list);
        }
        Ok(())
    }

    /// Register a function to be executed upon normal program termination
    ///
    ///     func - function to be called at exit
    ///     args - optional arguments to pass to func
    ///     kwargs - optional keyword arguments to pass to func
    ///
    ///     func is returned to facilitate usage as a decorator.
    #[sig("(func, /, *args, **kwargs)")]
    pub fn register(th: &mut Thread, func: &Value, args: Rest<'_>, kwargs: KwRest<'_>) -> Result<Value> {
        if !call::is_callable(func) {
            return Err(type_error("the first argument must be callable"));
        }
        let mut values = args.to_vec();
        let mut names = Vec::new();
        for (name, value) in kwargs.iter() {
            names.push(name.clone());
            values.push(value.clone());
        }
        let values = Tuple::new(th, values)?;
        let names = Tuple::new(th, names)?;
        let entry = Tuple::of_array(th, [func.clone(), values, names])?;
        if let Some(list) = callbacks() {
            list.push(th, entry)?;
        }
        Ok(func.clone())
    }

    /// Unregister an exit function which was previously registered using
    /// atexit.register
    ///
    ///     func - function to be unregistered
    pub fn unregister(th: &mut Thread, func: &Value) -> Result<()> {
        let Some(list) = callbacks() else { return Ok(()) };
        let mut kept = Vec::new();
        for entry in list.to_vec(th)? {
            let function = cast::<Tuple>(&entry).and_then(|entry| entry.items().first().cloned());
            let same = match function {
                Some(function) => ops::is_or_equals(th, &function, func)?,
                None => false,
            };
            if !same {
                kept.push(entry);
            }
        }
        super::replace(th, kept);
        Ok(())
    }

    /// Clear the list of previously registered exit functions.
    pub fn _clear(th: &mut Thread) {
        super::replace(th, Vec::new());
    }

    /// Run all registered exit functions.
    ///
    /// If a callback raises an exception, it is logged with sys.unraisablehook.
    pub fn _run_exitfuncs(th: &mut Thread) {
        drop(super::run(th));
    }

    /// Return the number of registered exit functions.
    pub fn _ncallbacks() -> usize {
        callbacks().map_or(0, ListExt::len)
    }
}
