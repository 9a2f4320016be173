//! Going down.

use runtime::interp::{import, sys_attribute};
use runtime::object::cast;
use runtime::types::{Dict, DictExt, Str, module};
use runtime::{Thread, Value, call, names};

use crate::sys::{functions, hooks};

/// The exit code of a program whose output could not be flushed.
const FLUSH_FAILED: i32 = 120;

/// Ends the interpreter: waits for threads, calls exit functions, flushes, lets go of the program's objects. Answers the exit
/// code.
pub fn finish(thread: &mut Thread, code: i32) -> i32 {
    let mut code = code;
    wait_for_threads(thread);
    drop(crate::atexit::run(thread));
    if !flush_streams(thread) && code == 0 {
        code = FLUSH_FAILED;
    }
    functions::begin_finalizing();
    release_program(thread);
    if !flush_streams(thread) && code == 0 {
        code = FLUSH_FAILED;
    }
    code
}

/// Threads that are no daemons end first.
fn wait_for_threads(thread: &mut Thread) {
    let Ok(name) = Str::interned(thread, "threading") else { return };
    let Ok(Some(threading)) = import::loaded(thread, &name) else { return };
    let Ok(shutdown) = Str::interned(thread, "_shutdown") else { return };
    if let Err(raised) = call::call_method(thread, &threading, &shutdown, &[]) {
        let message = "Exception ignored on threading shutdown";
        runtime::hooks::unraisable(thread, raised, Some(message), Some(&threading));
    }
}

/// Whether the standard streams could be flushed.
fn flush_streams(thread: &mut Thread) -> bool {
    let mut good = true;
    for name in ["stdout", "stderr"] {
        let Some(stream) = hooks::stream(thread, name) else { continue };
        let closed = match functions::field(thread, &stream, "closed") {
            Ok(Some(closed)) => runtime::ops::is_true(thread, &closed).unwrap_or(false),
            _ => false,
        };
        if closed {
            continue;
        }
        if let Err(raised) = call::call_method(thread, &stream, names::flush(), &[]) {
            if name == "stdout" {
                runtime::hooks::unraisable(thread, raised, Some("Exception ignored while flushing sys.stdout"), None);
                good = false;
            } else {
                drop(raised);
            }
        }
    }
    good
}

/// Takes the program's modules apart, so that its objects' finalizers run: `__main__` first, then what is left in cycles.
fn release_program(thread: &mut Thread) {
    let Some(modules) = sys_attribute(thread, "modules") else { return };
    for name in ["ps1", "ps2", "last_exc", "last_type", "last_value", "last_traceback"] {
        if let Ok(key) = Str::interned(thread, name)
            && let Some(dict) = runtime::state::Runtime::get().and_then(runtime::state::Runtime::sys_dict)
            && let Some(dict) = cast::<Dict>(dict)
        {
            drop(dict.remove_str(thread, &key));
        }
    }
    let Some(dict) = cast::<Dict>(&modules) else { return };
    let Some(main) = dict.get_str(thread, names::__main__()) else { return };
    let Ok(globals) = module::dict(thread, &main) else { return };
    let Some(globals) = cast::<Dict>(&globals) else { return };
    // Names that begin with one underscore go first, as in CPython; `__builtins__` stays to the end.
    let items = globals.items(thread);
    for hidden in [true, false] {
        for (key, _) in &items {
            let Some(name) = functions::text_of(key) else { continue };
            let is_hidden = name.starts_with('_') && !name.starts_with("__");
            if name != "__builtins__" && is_hidden == hidden && globals.get_str(thread, key).is_some() {
                drop(globals.set_str(thread, key, Value::none()));
            }
        }
    }
    drop(items);
    runtime::memory::run_pending(thread);
    drop(runtime::memory::collector::collect(thread));
    runtime::memory::run_pending(thread);
}
