//! Starting the interpreter, running a program, going down.
//!
//! | file      | concept                                                         |
//! |-----------|-----------------------------------------------------------------|
//! | `frozen`  | the three modules that are there before any can be imported     |
//! | `streams` | `sys.stdin`, `sys.stdout`, `sys.stderr`                         |
//! | `lines`   | an interactive session without a terminal                       |
//! | `run`     | a command, a module, a file, standard input as `__main__`       |
//! | `finish`  | exit functions, the last flush, modules taken apart             |

pub mod finish;
pub mod frozen;
pub mod lines;
pub mod run;
pub mod streams;

use runtime::class::lookup::getattr;
use runtime::config::{self, Config};
use runtime::error::{IMPORT_ERROR, Result};
use runtime::interp::{import_module, sys_attribute};
use runtime::object::cast;
use runtime::types::{Dict, DictExt, Str, module};
use runtime::{Thread, Value, call, names, ops};

pub use frozen::{FROZEN, frozen, frozen_code};

/// Starts the interpreter: after this, Python can import and print.
///
/// # Errors
/// What the library's start-up code raises.
pub fn start(thread: &mut Thread, config: Config) -> Result<()> {
    config::set(config);
    runtime::hooks::set_warn(crate::warnings::warn_native, crate::warnings::warn_native_at);
    let started = runtime::start::start(thread, &crate::sys::MODULE)?;
    install_import(thread, &started.sys, &started.modules)?;
    crate::signal::install(thread)?;
    crate::gc::install(thread);
    streams::open(thread)?;
    make_main(thread)?;
    Ok(())
}

/// The second half of the start, for what runs Python of the user's already.
///
/// # Errors
/// What `site` raises.
pub fn start_site(thread: &mut Thread) -> Result<()> {
    if !config::get().warnoptions.is_empty() {
        // Options are checked by the library, which complains of wrong ones.
        drop(import_module(thread, "warnings"));
    }
    if wants_faults_reported() {
        let faulthandler = import_module(thread, "faulthandler")?;
        let enable = Str::interned(thread, "enable")?;
        call::call_method(thread, &faulthandler, &enable, &[])?;
    }
    if !config::get().no_site {
        let site = import_module(thread, "site")?;
        let main = Str::interned(thread, "main")?;
        call::call_method(thread, &site, &main, &[])?;
    }
    Ok(())
}

fn set_item(thread: &mut Thread, dict: &Value, name: &str, value: Value) -> Result<()> {
    let name = Str::interned(thread, name)?;
    match cast::<Dict>(dict) {
        Some(dict) => dict.set_str(thread, &name, value),
        None => Ok(()),
    }
}

/// Runs the bootstrap of the import system and installs its importers.
fn install_import(thread: &mut Thread, sys: &Value, modules: &Value) -> Result<()> {
    let imp = module::from_def(thread, &crate::imp::module::MODULE)?;
    set_item(thread, modules, "_imp", imp.clone())?;
    let bootstrap = &FROZEN[0];
    let module = module::new(thread, bootstrap.name, None)?;
    let origin = Str::interned(thread, bootstrap.origin)?;
    module::set(thread, &module, "__origname__", origin)?;
    set_item(thread, modules, bootstrap.name, module.clone())?;
    let code = frozen_code(thread, bootstrap)?;
    let globals = module::dict(thread, &module)?;
    let builtins = import_builtins(thread, modules)?;
    set_item(thread, &globals, "__builtins__", builtins)?;
    runtime::interp::eval_code(thread, &code, &globals, None)?;
    let install = Str::interned(thread, "_install")?;
    call::call_method(thread, &module, &install, &[sys.clone(), imp])?;
    let install = Str::interned(thread, "_install_external_importers")?;
    call::call_method(thread, &module, &install, &[])?;
    // Zip archives on the path: `zipimport` goes before the finder of files.
    match import_module(thread, "zipimport") {
        Ok(zipimport) => {
            let name = Str::interned(thread, "zipimporter")?;
            let importer = getattr(thread, &zipimport, &name)?;
            if let Some(hooks) = sys_attribute(thread, "path_hooks") {
                let zero = runtime::types::int::from_i64(thread, 0)?;
                call::call_method(thread, &hooks, names::insert(), &[zero, importer])?;
            }
            Ok(())
        }
        Err(raised) if raised.is(&IMPORT_ERROR) => Ok(()),
        Err(raised) => Err(raised),
    }
}

fn import_builtins(thread: &mut Thread, modules: &Value) -> Result<Value> {
    let name = Str::interned(thread, "builtins")?;
    ops::getitem(thread, modules, &name)
}

/// Makes `__main__`.
fn make_main(thread: &mut Thread) -> Result<()> {
    let main = module::new(thread, "__main__", None)?;
    let Some(modules) = sys_attribute(thread, "modules") else { return Ok(()) };
    set_item(thread, &modules, "__main__", main.clone())?;
    let globals = module::dict(thread, &main)?;
    let builtins = import_builtins(thread, &modules)?;
    set_item(thread, &globals, "__builtins__", builtins)?;
    let name = Str::interned(thread, "_frozen_importlib")?;
    let bootstrap = ops::getitem(thread, &modules, &name)?;
    let name = Str::interned(thread, "BuiltinImporter")?;
    let loader = getattr(thread, &bootstrap, &name)?;
    set_item(thread, &globals, "__loader__", loader)
}

/// `__main__`'s dict.
///
/// # Errors
/// What importing raises.
pub fn main_globals(thread: &mut Thread) -> Result<Value> {
    let main = import_module(thread, "__main__")?;
    module::dict(thread, &main)
}

/// Whether `-X faulthandler`, `-X dev` or `PYTHONFAULTHANDLER` asks for a traceback when the process dies of a fault.
fn wants_faults_reported() -> bool {
    let config = config::get();
    let named = !config.ignore_environment
        && std::env::var_os("PYTHONFAULTHANDLER").is_some_and(|text| !text.is_empty());
    named || config.dev_mode || config.xoptions.iter().any(|(name, _)| name == "faulthandler")
}
