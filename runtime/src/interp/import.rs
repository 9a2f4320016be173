//! `import` as the interpreter does it: cached modules at once, the rest through `importlib`.

use memory::Value;
use threads::Thread;

use crate::class::lookup;
use crate::error::{Result, import_error, key_error, type_error, value_error};
use crate::names::StaticValue;
use crate::native::Args;
use crate::object::cast;
use crate::types::{Dict, DictExt, Str, StrExt, Tuple, TupleExt, exception};
use crate::{call, names, ops};

/// `sys.modules`.
pub fn modules(thread: &mut Thread) -> Option<Value> {
    super::sys_attribute(thread, "modules")
}

/// The module `name` of `sys.modules`.
pub fn loaded(thread: &mut Thread, name: &Value) -> Result<Option<Value>> {
    let Some(modules) = modules(thread) else { return Ok(None) };
    let found = match cast::<Dict>(&modules) {
        Some(dict) => dict.get(thread, name)?,
        None => match ops::getitem(thread, &modules, name) {
            Ok(found) => Some(found),
            Err(raised) if raised.is(&crate::error::KEY_ERROR) => None,
            Err(raised) => return Err(raised),
        },
    };
    Ok(found.filter(|found| !found.is_none()))
}

/// Whether a module is still being imported by some thread.
fn is_initializing(thread: &mut Thread, module: &Value) -> Result<bool> {
    let Some(spec) = lookup::getattr_or_none(thread, module, names::__spec__())? else { return Ok(false) };
    if spec.is_none() {
        return Ok(false);
    }
    match lookup::getattr_or_none(thread, &spec, names::_initializing())? {
        Some(value) => ops::is_true(thread, &value),
        None => Ok(false),
    }
}

/// `__import__(name, globals, None, from, level)`.
///
/// # Errors
/// ImportError, or what importing raises.
pub fn import(thread: &mut Thread, name: &Value, globals: &Value, from: &Value, level: i64) -> Result<Value> {
    let Some(text) = cast::<Str>(name) else { return Err(type_error("module name must be a string")) };
    if level < 0 {
        return Err(value_error("level must be >= 0"));
    }
    let absolute = if level > 0 {
        resolve(thread, name, globals, level)?
    } else {
        if text.is_empty() {
            return Err(value_error("Empty module name"));
        }
        name.clone()
    };
    let module = match loaded(thread, &absolute)? {
        Some(module) => {
            if is_initializing(thread, &module)? {
                bootstrap_call(thread, "_lock_unlock_module", std::slice::from_ref(&absolute))?;
            }
            module
        }
        None => find_and_load(thread, &absolute)?,
    };
    let has_from = !from.is_none() && ops::is_true(thread, from)?;
    if has_from {
        if lookup::getattr_or_none(thread, &module, names::__path__())?.is_some() {
            let import = attribute_of(thread, "_frozen_importlib", "_gcd_import")?;
            return bootstrap_call(thread, "_handle_fromlist", &[module, from.clone(), import]);
        }
        return Ok(module);
    }
    // Without a list of names: the first package of the dotted name.
    let text = text.to_string_lossy();
    let Some(first) = text.split('.').next().filter(|first| first.len() < text.len()) else {
        return Ok(module);
    };
    if level == 0 {
        let first = Str::interned(thread, first)?;
        return match loaded(thread, &first)? {
            Some(module) => Ok(module),
            None => find_and_load(thread, &first),
        };
    }
    if text.is_empty() {
        return Ok(module);
    }
    let full = cast::<Str>(&absolute).map(|full| full.to_string_lossy()).unwrap_or_default();
    let cut = text.len() - first.len();
    let to_return = Str::interned(thread, &full[..full.len().saturating_sub(cut)])?;
    match loaded(thread, &to_return)? {
        Some(module) => Ok(module),
        None => {
            Err(key_error(format!("{} not in sys.modules as expected", ops::repr_text(thread, &to_return)?)))
        }
    }
}

/// The absolute name of a relative import.
fn resolve(thread: &mut Thread, name: &Value, globals: &Value, level: i64) -> Result<Value> {
    let package = bootstrap_call_in(thread, "_calc___package__", std::slice::from_ref(globals))?;
    let Some(package) = cast::<Str>(&package).map(|package| package.to_string_lossy()) else {
        return Err(type_error("package must be a string"));
    };
    if package.is_empty() {
        return Err(import_error("attempted relative import with no known parent package"));
    }
    let mut base = package.as_str();
    for _ in 1..level {
        match base.rfind('.') {
            Some(dot) => base = &base[..dot],
            None => return Err(import_error("attempted relative import beyond top-level package")),
        }
    }
    let text = cast::<Str>(name).map(|name| name.to_string_lossy()).unwrap_or_default();
    let full = if text.is_empty() { base.to_owned() } else { format!("{base}.{text}") };
    Str::interned(thread, &full)
}

fn find_and_load(thread: &mut Thread, name: &Value) -> Result<Value> {
    let import = attribute_of(thread, "_frozen_importlib", "_gcd_import")?;
    match bootstrap_call(thread, "_find_and_load", &[name.clone(), import]) {
        Err(raised) => {
            trim_traceback(thread, raised.value());
            Err(raised)
        }
        found => {
            if found.is_ok() && cast::<Str>(name).is_some_and(|name| name.to_string_lossy() == "linecache") {
                // Whoever shows lines of the command has them from now on; without them tracebacks are shorter.
                drop(register_command(thread));
            }
            found
        }
    }
}

/// Code, text and file name of the program that stands on the command line, as `linecache` wants them.
static COMMAND: StaticValue = StaticValue::new();

/// Lets tracebacks show the lines of a program that is in no file (`-c`). It is told to `linecache` when that is imported: most
/// programs never show a traceback.
///
/// # Errors
/// MemoryError.
pub fn show_command(thread: &mut Thread, code: &Value, text: &Value, filename: &Value) -> Result<()> {
    COMMAND.set_first(Tuple::of_array(thread, [code.clone(), text.clone(), filename.clone()])?);
    let name = crate::interned!(thread, "linecache")?;
    match loaded(thread, name)? {
        Some(_) => register_command(thread),
        None => Ok(()),
    }
}

fn register_command(thread: &mut Thread) -> Result<()> {
    let Some(command) = COMMAND.get().and_then(cast::<Tuple>) else { return Ok(()) };
    let register = attribute_of(thread, "linecache", "_register_code")?;
    call::call_positional(thread, &register, command.items()).map(drop)
}

/// Frames of the import system itself are no help to who reads a traceback.
fn trim_traceback(thread: &mut Thread, exception: &Value) {
    use crate::interp::frame_object::{self, FrameObject};
    use crate::types::function::Function;
    use crate::types::traceback::Traceback;
    let always = crate::class::is_instance(exception, crate::error::IMPORT_ERROR.object());
    let mut kept: Vec<Value> = Vec::new();
    let mut chunk: Vec<Value> = Vec::new();
    let mut at = exception::traceback(thread, exception);
    while let Some(value) = at {
        let Some(entry) = cast::<Traceback>(&value) else { break };
        let frame = entry.payload().frame.get(entry.header());
        let function = frame.as_ref().and_then(cast::<FrameObject>).and_then(frame_object::function);
        let (file, name) = match function.as_ref().and_then(cast::<Function>) {
            Some(function) => {
                let code = function.payload().code().payload();
                let text =
                    |value: &Value| cast::<Str>(value).map(|t| t.to_string_lossy()).unwrap_or_default();
                (text(&code.filename), text(&code.name))
            }
            None => (String::new(), String::new()),
        };
        let internal = matches!(
            file.as_str(),
            "<frozen importlib._bootstrap>" | "<frozen importlib._bootstrap_external>"
        );
        at = entry.payload().next.get(entry.header());
        if internal {
            chunk.push(value);
            if always || name == "_call_with_frames_removed" {
                chunk.clear();
            }
        } else {
            kept.append(&mut chunk);
            kept.push(value);
        }
    }
    kept.append(&mut chunk);
    let mut next = None;
    for value in kept.into_iter().rev() {
        if let Some(entry) = cast::<Traceback>(&value) {
            drop(entry.payload().next.replace(thread, entry.header(), next));
        }
        next = Some(value);
    }
    exception::set_traceback(thread, exception, next);
}

fn bootstrap_call(thread: &mut Thread, function: &str, args: &[Value]) -> Result<Value> {
    let function = attribute_of(thread, "_frozen_importlib", function)?;
    call::call(thread, &function, Args::positional(args))
}

fn bootstrap_call_in(thread: &mut Thread, function: &str, args: &[Value]) -> Result<Value> {
    bootstrap_call(thread, function, args)
}

/// An attribute of a module that is imported if need be.
///
/// # Errors
/// What importing raises; AttributeError.
pub fn attribute_of(thread: &mut Thread, module: &str, attribute: &str) -> Result<Value> {
    let name = Str::interned(thread, module)?;
    let module = match loaded(thread, &name)? {
        Some(module) => module,
        None if module == "_frozen_importlib" => {
            return Err(import_error("the import system is not there yet"));
        }
        None => find_and_load(thread, &name)?,
    };
    let attribute = Str::interned(thread, attribute)?;
    lookup::getattr(thread, &module, &attribute)
}

/// `from module import name` where the module has no such attribute: a submodule, perhaps.
///
/// # Errors
/// ImportError "cannot import name".
pub(super) fn import_from_missing(thread: &mut Thread, module: &Value, name: &Value) -> Result<Value> {
    let module_name = lookup::getattr_or_none(thread, module, names::__name__())?;
    let name_text = cast::<Str>(name).map(|name| name.to_string_lossy()).unwrap_or_default();
    let package = module_name.as_ref().and_then(cast::<Str>).map(|package| package.to_string_lossy());
    if let Some(package) = &package {
        let full = Str::interned(thread, &format!("{package}.{name_text}"))?;
        if let Some(found) = loaded(thread, &full)? {
            return Ok(found);
        }
    }
    let file = lookup::getattr_or_none(thread, module, names::__file__())?
        .filter(|file| cast::<Str>(file).is_some());
    let shown = package.clone().unwrap_or_else(|| "<unknown module name>".to_owned());
    let place = match &file {
        Some(file) => ops::str_text(thread, file)?,
        None => "unknown location".to_owned(),
    };
    let partially = is_initializing(thread, module)?;
    let message = if partially && file.is_some() {
        format!(
            "cannot import name '{name_text}' from partially initialized module '{shown}' (most likely due to a circular import) ({place})"
        )
    } else {
        format!("cannot import name '{name_text}' from '{shown}' ({place})")
    };
    let raised = import_error(message);
    if let Some(module_name) = module_name {
        exception::set_field(thread, raised.value(), "name", module_name);
    }
    if let Some(file) = file {
        exception::set_field(thread, raised.value(), "path", file);
    }
    exception::set_field(thread, raised.value(), "name_from", name.clone());
    Err(raised)
}

/// The module of this absolute name, imported if need be.
///
/// # Errors
/// What importing raises.
pub fn module_named(thread: &mut Thread, name: &str) -> Result<Value> {
    let name = Str::interned(thread, name)?;
    match loaded(thread, &name)? {
        Some(module) => Ok(module),
        None => find_and_load(thread, &name),
    }
}
