//! Starting the interpreter: what has to be there before the first line of Python.

use memory::Value;
use threads::Thread;

use crate::error::Result;
use crate::native::ModuleDef;
use crate::object::cast;
use crate::state::Runtime;
use crate::types::{Dict, DictExt, Str, module};

/// The first modules.
pub struct Started {
    /// `sys`.
    pub sys: Value,
    /// `builtins`.
    pub builtins: Value,
    /// `sys.modules`.
    pub modules: Value,
}

/// Makes `builtins`, `sys` (which the layer above declares) and `sys.modules`.
///
/// # Errors
/// MemoryError.
pub fn start(thread: &mut Thread, sys: &'static ModuleDef) -> Result<Started> {
    let runtime = Runtime::get().ok_or_else(crate::error::memory_error)?;
    runtime.initialize(thread)?;
    let builtins = crate::builtins::make(thread)?;
    let sys_module = module::from_def(thread, sys)?;
    let modules = Dict::new(thread)?;
    memory::publish(&modules);
    module::set(thread, &sys_module, "modules", modules.clone())?;
    let builtins_dict = module::dict(thread, &builtins)?;
    let sys_dict = module::dict(thread, &sys_module)?;
    runtime.set_dicts(sys_dict, builtins_dict);
    if let Some(dict) = cast::<Dict>(&modules) {
        for (name, module) in [("sys", &sys_module), ("builtins", &builtins)] {
            let name = Str::interned(thread, name)?;
            dict.set_str(thread, &name, module.clone())?;
        }
    }
    Ok(Started { sys: sys_module, builtins, modules })
}
