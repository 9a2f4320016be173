//! `_imp`: what `importlib` needs of the interpreter.

use runtime::class::{TypeExt, class_of};
use runtime::config;
use runtime::error::{Raised, Result, import_error, runtime_error, type_error};
use runtime::interp::import;
use runtime::native::ModuleDef;
use runtime::object::cast;
use runtime::types::code::Code;
use runtime::types::{Bytes, BytesExt, List, Str, StrExt, Tuple, buffers, exception, int, module as modules};
use runtime::{Thread, Value, native};
use threads::sync::Mutex;

use crate::{boot, sys::functions::required};

/// Who holds the import lock (a thread's serial number), and how often.
static LOCK: Mutex<(u64, u32)> = Mutex::new((0, 0));

/// Takes the import lock for `thread` if it is free, or this thread's already.
fn try_lock(thread: &Thread) -> bool {
    let me = thread.serial();
    let mut lock = LOCK.lock();
    let free = lock.1 == 0 || lock.0 == me;
    if free {
        *lock = (me, lock.1 + 1);
    }
    free
}

/// Waits until no other thread is in the middle of an import that it has locked: before a fork, whose child could not go on
/// with it. [`unlock`] follows, in the child as well.
pub fn lock_for_fork(thread: &mut Thread) {
    while !try_lock(thread) {
        thread.detached(runtime::yield_now);
    }
}

/// Gives the import lock back once; whether this thread held it.
pub fn unlock(thread: &Thread) -> bool {
    let mut lock = LOCK.lock();
    let held = lock.1 > 0 && lock.0 == thread.serial();
    if held {
        lock.1 -= 1;
    }
    held
}

/// The number at the start of our `.pyc` files: CPython's is another, for the instructions that theirs hold are not run here.
pub const MAGIC: u32 = u32::from_le_bytes([0x57, 0x0e, b'\r', b'\n']);

/// The native module of this name.
pub fn find(name: &str) -> Option<&'static ModuleDef> {
    crate::MODULES.iter().copied().find(|module| module.name == name)
}

fn text(value: &Value, what: &str) -> Result<String> {
    cast::<Str>(value).map(StrExt::to_string_lossy).ok_or_else(|| {
        type_error(format!("{what} argument 1 must be str, not {}", class_of(value).name_lossy()))
    })
}

fn no_frozen(thread: &mut Thread, name: &Value) -> Result<Raised> {
    let shown = runtime::ops::repr_text(thread, name)?;
    let raised = import_error(format!("No such frozen object named {shown}"));
    exception::set_field(thread, raised.value(), "name", name.clone());
    Ok(raised)
}

/// The module.
#[native::module("_imp", doc = "(Extremely) low-level import machinery bits as used by importlib.")]
pub mod module {
    use super::*;

    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        let magic = int::from_i64(th, MAGIC.into())?;
        modules::set(th, module, "pyc_magic_number_token", magic)?;
        let check = Str::interned(th, config::get().check_hash_pycs)?;
        modules::set(th, module, "check_hash_based_pycs", check)
    }

    /// Return True if the import lock is currently held, else False.
    ///
    /// On platforms without threads, return False.
    pub fn lock_held() -> bool {
        LOCK.lock().1 > 0
    }

    /// Acquires the interpreter's import lock for the current thread.
    ///
    /// This lock should be used by import hooks to ensure thread-safety when
    /// importing modules. On platforms without threads, this function does nothing.
    pub fn acquire_lock(th: &mut Thread) -> Result<()> {
        while !super::try_lock(th) {
            // Held for a few instructions: who waits lets the holder run.
            th.detached(runtime::yield_now);
            runtime::ops::memory_poll(th)?;
        }
        Ok(())
    }

    /// Release the interpreter's import lock.
    ///
    /// On platforms without threads, this function does nothing.
    pub fn release_lock(th: &mut Thread) -> Result<()> {
        if super::unlock(th) { Ok(()) } else { Err(runtime_error("not holding the import lock")) }
    }

    /// Returns the list of file suffixes used to identify extension modules.
    pub fn extension_suffixes(th: &mut Thread) -> Result<Value> {
        List::new(th, Vec::new())
    }

    /// Returns True if the module name corresponds to a built-in module.
    pub fn is_builtin(name: &Value) -> Result<i64> {
        let name = text(name, "is_builtin()")?;
        Ok(match name.as_str() {
            "sys" | "builtins" => -1, // these cannot be made a second time
            name => find(name).is_some().into(),
        })
    }

    /// Create an extension module.
    pub fn create_builtin(th: &mut Thread, spec: &Value) -> Result<Value> {
        let name = required(th, spec, "name")?;
        let text = text(&name, "create_builtin()")?;
        if matches!(text.as_str(), "sys" | "builtins") {
            return match import::loaded(th, &name)? {
                Some(module) => Ok(module),
                None => Err(import_error(format!("no built-in module named {text}"))),
            };
        }
        match find(&text) {
            Some(def) => modules::from_def(th, def),
            None => Ok(Value::none()),
        }
    }

    /// Initialize a built-in module.
    pub fn exec_builtin(r#mod: &Value) -> i64 {
        let _ = r#mod; // `create_builtin` has done it
        0
    }

    /// Changes code.co_filename to specify the passed-in file path.
    ///
    ///   code
    ///     Code object to change.
    ///   path
    ///     File path to use.
    pub fn _fix_co_filename(th: &mut Thread, code: &Value, path: &Value) -> Result<()> {
        let Some(object) = cast::<Code>(code) else {
            let class = class_of(code).name_lossy();
            return Err(type_error(format!("_fix_co_filename() argument 1 must be code, not {class}")));
        };
        if cast::<Str>(path).is_none() {
            let class = class_of(path).name_lossy();
            return Err(type_error(format!("_fix_co_filename() argument 2 must be str, not {class}")));
        }
        {
            // Code objects never change; tracebacks show the name under which the code was compiled.
            let _ = (th, object);
            Ok(())
        }
    }

    /// Return info about the corresponding frozen module (if there is one) or None.
    ///
    /// The returned info (a 3-tuple):
    ///
    ///  * data         the raw marshalled bytes
    ///  * is_package   whether or not it is a package
    ///  * origname     the originally frozen module's name, or None if not
    ///                 a stdlib module (this will usually be the same as
    ///                 the module's current name)
    #[sig("(name, /, *, withdata=False)")]
    pub fn find_frozen(th: &mut Thread, name: &Value, withdata: bool) -> Result<Value> {
        let name = text(name, "find_frozen()")?;
        let Some(frozen) = boot::frozen(&name) else { return Ok(Value::none()) };
        let data = if withdata {
            let code = boot::frozen_code(th, frozen)?;
            let bytes = crate::marshal::write(th, &code, crate::marshal::VERSION, true)?;
            Bytes::new(th, &bytes)?
        } else {
            Value::none()
        };
        let origin = Str::interned(th, frozen.origin)?;
        Tuple::of_array(th, [data, Value::from_bool(false), origin])
    }

    /// Create a code object for a frozen module.
    #[sig("(name, data=None, /)")]
    pub fn get_frozen_object(th: &mut Thread, name: &Value, data: Option<&Value>) -> Result<Value> {
        let shown = text(name, "get_frozen_object()")?;
        if let Some(data) = data {
            let bytes = buffers::bytes_of(th, data)?;
            return crate::marshal::read(th, &bytes, true);
        }
        match boot::frozen(&shown) {
            Some(frozen) => boot::frozen_code(th, frozen),
            None => Err(no_frozen(th, name)?),
        }
    }

    /// Initializes a frozen module.
    pub fn init_frozen(name: &Value) -> Result<()> {
        text(name, "init_frozen()").map(drop)
    }

    /// Returns True if the module name corresponds to a frozen module.
    pub fn is_frozen(name: &Value) -> Result<bool> {
        Ok(boot::frozen(&text(name, "is_frozen()")?).is_some())
    }

    /// Returns True if the module name is of a frozen package.
    pub fn is_frozen_package(th: &mut Thread, name: &Value) -> Result<bool> {
        let shown = text(name, "is_frozen_package()")?;
        if boot::frozen(&shown).is_some() { Ok(false) } else { Err(no_frozen(th, name)?) }
    }

    /// Returns the list of available frozen modules.
    pub fn _frozen_module_names(th: &mut Thread) -> Result<Value> {
        let names = boot::FROZEN.iter().map(|frozen| Str::interned(th, frozen.name));
        let names = names.collect::<Result<Vec<Value>>>()?;
        List::new(th, names)
    }

    /// (internal-only) Override PyConfig.use_frozen_modules.
    ///
    /// (-1: "off", 1: "on", 0: no override)
    /// See frozen_modules() in Lib/test/support/import_helper.py.
    pub fn _override_frozen_modules_for_tests(r#override: i32) {
        let _ = r#override;
    }

    /// (internal-only) Override PyInterpreterConfig.check_multi_interp_extensions.
    ///
    /// (-1: "never", 1: "always", 0: no override)
    pub fn _override_multi_interp_extensions_check(r#override: i32) -> i64 {
        let _ = r#override;
        0
    }

    /// The hash of a source file, for `.pyc` files that are checked by it.
    #[sig("(key, source)", hidden)]
    pub fn source_hash(th: &mut Thread, key: i64, source: &Value) -> Result<Value> {
        let bytes = buffers::bytes_of(th, source)?;
        let hash = runtime::types::hashing::siphash13(key as u64, 0, &bytes);
        Bytes::new(th, &hash.to_le_bytes())
    }
}

/// The bytes of a bytes object.
pub fn bytes_of(value: &Value) -> Option<&[u8]> {
    cast::<Bytes>(value).map(BytesExt::bytes)
}
