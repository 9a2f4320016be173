//! Starting the interpreter.

use memory::Value;
use threads::Thread;

use crate::error::Result;
use crate::object::cast;
use crate::state::Runtime;
use crate::types::{Dict, DictExt, Str, module};

/// Makes builtins and sys, and what they need.
///
/// # Errors
/// MemoryError.
pub fn start(thread: &mut Thread) -> Result<()> {
    let Some(runtime) = Runtime::get() else { return Ok(()) };
    runtime.initialize(thread)?;
    let builtins = crate::builtins::make(thread)?;
    let sys = module::new(thread, "sys", Some("System-specific parameters and functions."))?;
    let builtins = module::dict(thread, &builtins)?;
    let sys = module::dict(thread, &sys)?;
    runtime.set_dicts(sys, builtins);
    Ok(())
}

/// Runs source text as the main module.
///
/// # Errors
/// What it raises.
pub fn run_source(thread: &mut Thread, source: &str, filename: &str) -> Result<()> {
    let main = module::new(thread, "__main__", None)?;
    let globals = module::dict(thread, &main)?;
    if let Some(dict) = cast::<Dict>(&globals) {
        let file = Str::new(thread, filename)?;
        dict.set_str(thread, crate::names::__file__(), file)?;
    }
    let code = crate::compile::compile(thread, source, filename, compiler::Mode::Exec, 0)?;
    let result: Value = crate::interp::eval_code(thread, &code, &globals, None)?;
    drop(result);
    Ok(())
}
