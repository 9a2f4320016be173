//! Going down.

use runtime::interp::{import, sys_attribute};
use runtime::object::cast;
use runtime::types::{Dict, DictExt, Str, module, weakref};
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
    functions::begin_finalizing();
    // Daemon threads hang from here on: nothing that they use may be taken apart under them.
    thread.begin_shutdown();
    crate::signal::finish(thread);
    if !flush_streams(thread) && code == 0 {
        code = FLUSH_FAILED;
    }
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
                runtime::hooks::unraisable(
                    thread,
                    raised,
                    Some("Exception ignored while flushing sys.stdout"),
                    None,
                );
                good = false;
            } else {
                drop(raised);
            }
        }
    }
    good
}

/// What of `sys` leads to the program's objects.
const FORGOTTEN: [&str; 12] = [
    "path",
    "argv",
    "ps1",
    "ps2",
    "last_exc",
    "last_type",
    "last_value",
    "last_traceback",
    "path_hooks",
    "path_importer_cache",
    "meta_path",
    "__interactivehook__",
];

/// Lets go of the modules, so that their objects' finalizers run: those that are garbage then still find their globals. What
/// holds on to `__main__` nevertheless loses its names.
fn release_program(thread: &mut Thread) {
    let Some(modules) = sys_attribute(thread, "modules") else { return };
    let main = forget_modules(thread, &modules);
    if let Some(dict) = runtime::state::Runtime::get().and_then(runtime::state::Runtime::sys_dict)
        && let Some(dict) = cast::<Dict>(dict)
    {
        for name in FORGOTTEN {
            if let Ok(key) = Str::interned(thread, name)
                && dict.get_str(thread, &key).is_some()
            {
                drop(dict.set_str(thread, &key, Value::none()));
            }
        }
    }
    collect(thread);
    if let Some(main) = main.and_then(|main| weakref::upgrade(thread, &main)) {
        clear(thread, &main);
        collect(thread);
    }
}

fn collect(thread: &mut Thread) {
    runtime::memory::run_pending(thread);
    let _ = runtime::memory::collector::collect(thread);
    runtime::memory::run_pending(thread);
}

/// Empties `sys.modules`, but for what the interpreter itself needs. A weak reference to `__main__`.
fn forget_modules(thread: &mut Thread, modules: &Value) -> Option<Value> {
    let dict = cast::<Dict>(modules)?;
    let main = dict.get_str(thread, names::__main__());
    let main = main.and_then(|main| weakref::new_plain(thread, &main).ok());
    for (key, _) in dict.items(thread) {
        let needed = functions::text_of(&key).is_some_and(|name| matches!(&*name, "sys" | "builtins"));
        if !needed {
            drop(dict.remove(thread, &key));
        }
    }
    main
}

/// Sets a module's names to None: those with one underscore first, as in CPython; `__builtins__` stays to the end.
fn clear(thread: &mut Thread, module: &Value) {
    let Ok(globals) = module::dict(thread, module) else { return };
    let Some(globals) = cast::<Dict>(&globals) else { return };
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
}
