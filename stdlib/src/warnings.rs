//! `_warnings`: issuing warnings before, and without, the library's `warnings` module.
//!
//! What programs may have replaced there (`filters`, `defaultaction`, `onceregistry`, `showwarning`) is asked of that module
//! once it has been imported.

use runtime::class::lookup::getattr_or_none;
use runtime::class::{TypeExt, as_value, class_of};
use runtime::config;
use runtime::error::{
    ClassDefRef, DEPRECATION_WARNING, IMPORT_WARNING, PENDING_DEPRECATION_WARNING, RESOURCE_WARNING, Raised,
    Result, USER_WARNING, WARNING, runtime_error, type_error, value_error,
};
use runtime::interp::{self, import};
use runtime::names::StaticValue;
use runtime::object::cast;
use runtime::types::{Dict, DictExt, List, ListExt, Str, StrExt, Tuple, TupleExt, int, module as modules};
use runtime::{Thread, Value, call, native, ops};
use threads::sync::Mutex;
use threads::sync::atomic::{AtomicI64, Ordering};

use crate::contextvars;
use crate::sys::functions::text_of;
use crate::sys::{hooks, report};

static FILTERS: StaticValue = StaticValue::new();
static ONCE: StaticValue = StaticValue::new();
static DEFAULT_ACTION: StaticValue = StaticValue::new();
static CONTEXT: StaticValue = StaticValue::new();

/// Grows with every change of the filters: registries of warnings seen are of one version.
static VERSION: AtomicI64 = AtomicI64::new(1);

/// Who holds the lock of the filters (a thread's serial number), and how often.
static LOCK: Mutex<(u64, u32)> = Mutex::new((0, 0));

fn acquire(thread: &mut Thread) -> Result<()> {
    let me = thread.serial();
    loop {
        {
            let mut lock = LOCK.lock();
            if lock.1 == 0 || lock.0 == me {
                *lock = (me, lock.1 + 1);
                return Ok(());
            }
        }
        thread.detached(runtime::yield_now);
        ops::memory_poll(thread)?;
    }
}

fn release(thread: &mut Thread) -> Result<()> {
    let me = thread.serial();
    let mut lock = LOCK.lock();
    if lock.1 == 0 || lock.0 != me {
        return Err(runtime_error("cannot release un-acquired lock"));
    }
    lock.1 -= 1;
    Ok(())
}

/// An attribute of the `warnings` module, if that has been imported.
fn of_library(thread: &mut Thread, name: &str) -> Result<Option<Value>> {
    let module = runtime::interned!(thread, "warnings")?;
    let Some(module) = import::loaded(thread, module)? else { return Ok(None) };
    let name = Str::interned(thread, name)?;
    getattr_or_none(thread, &module, &name)
}

fn default_filters(thread: &mut Thread) -> Result<Value> {
    let zero = int::from_i64(thread, 0)?;
    let main = runtime::interned!(thread, "__main__")?;
    let mut filters = Vec::new();
    let mut add = |thread: &Thread, action: &str, category: ClassDefRef, module: Value| -> Result<()> {
        let action = Str::interned(thread, action)?;
        let items = vec![action, Value::none(), category.value(), module, zero.clone()];
        filters.push(Tuple::new(thread, items)?);
        Ok(())
    };
    add(thread, "default", &DEPRECATION_WARNING, main.clone())?;
    for category in [&DEPRECATION_WARNING, &PENDING_DEPRECATION_WARNING, &IMPORT_WARNING, &RESOURCE_WARNING] {
        add(thread, "ignore", category, Value::none())?;
    }
    List::new(thread, filters)
}

/// The filters in force: of the context, if it has its own, else of the module.
fn filters(thread: &mut Thread) -> Result<Value> {
    if config::get().context_aware_warnings
        && let Some(variable) = CONTEXT.get()
        && let Some(context) = contextvars::get(thread, variable)?
    {
        let name = runtime::interned!(thread, "_filters")?;
        let filters = runtime::class::lookup::getattr(thread, &context, name)?;
        if cast::<List>(&filters).is_none() {
            return Err(value_error("warnings._filters must be a list"));
        }
        return Ok(filters);
    }
    match of_library(thread, "filters")? {
        Some(filters) if cast::<List>(&filters).is_some() => Ok(filters),
        Some(_) => Err(value_error("_warnings.filters must be a list")),
        None => Ok(FILTERS.get().cloned().unwrap_or_else(Value::none)),
    }
}

/// A filter's test of text: None, text that must be equal, or a compiled pattern.
fn matches(thread: &mut Thread, test: &Value, text: &Value) -> Result<bool> {
    if test.is_none() {
        return Ok(true);
    }
    if cast::<Str>(test).is_some() {
        return ops::is_or_equals(thread, test, text);
    }
    let name = runtime::interned!(thread, "match")?;
    let result = call::call_method(thread, test, name, std::slice::from_ref(text))?;
    ops::is_true(thread, &result)
}

/// The action that the filters order, and the filter.
fn action_for(
    thread: &mut Thread,
    category: &Value,
    text: &Value,
    line: i64,
    module: &Value,
) -> Result<(Value, Value)> {
    let filters = filters(thread)?;
    if let Some(list) = cast::<List>(&filters) {
        let mut index = 0;
        while let Some(filter) = list.get(index) {
            let parts = cast::<Tuple>(&filter).map(TupleExt::items).filter(|items| items.len() == 5);
            let Some([action, message, of, place, number]) = parts else {
                return Err(value_error(format!("warnings.filters item {index} isn't a 5-tuple")));
            };
            if cast::<Str>(action).is_none() {
                let class = class_of(action).name_lossy();
                return Err(type_error(format!("action must be a string, not '{class}'")));
            }
            let wanted = ops::index_isize(thread, number)? as i64;
            if ops::is_subclass(thread, category, of)?
                && (wanted == 0 || wanted == line)
                && matches(thread, message, text)?
                && matches(thread, place, module)?
            {
                return Ok((action.clone(), filter.clone()));
            }
            index += 1;
        }
    }
    let action = match of_library(thread, "defaultaction")? {
        Some(action) if cast::<Str>(&action).is_some() => action,
        Some(action) => {
            let class = class_of(&action).name_lossy();
            return Err(type_error(format!("_warnings.defaultaction must be a string, not '{class}'")));
        }
        None => DEFAULT_ACTION.get().cloned().unwrap_or_else(Value::none),
    };
    Ok((action, Value::none()))
}

/// Whether a registry has seen the warning `key`; with `add`, it has from now on.
fn already_warned(thread: &mut Thread, registry: &Value, key: &Value, add: bool) -> Result<bool> {
    let Some(dict) = cast::<Dict>(registry) else { return Ok(false) };
    let version_key = runtime::interned!(thread, "version")?;
    let version = VERSION.load(Ordering::Acquire);
    let seen = dict.get(thread, version_key)?.as_ref().and_then(int::to_i64);
    if seen != Some(version) {
        dict.clear(thread);
        let version = int::from_i64(thread, version)?;
        dict.set(thread, version_key, version)?;
    } else if let Some(found) = dict.get(thread, key)?
        && ops::is_true(thread, &found)?
    {
        return Ok(true);
    }
    if add {
        dict.set(thread, key, Value::from_bool(true))?;
    }
    Ok(false)
}

/// What a warning is about and where it comes from.
struct Warning<'a> {
    category: &'a Value,
    message: &'a Value,
    filename: &'a Value,
    line: i64,
    module: &'a Value,
    registry: Option<&'a Value>,
    source: Option<&'a Value>,
    source_line: Option<Value>,
}

fn issue(thread: &mut Thread, warning: &Warning<'_>) -> Result<()> {
    if warning.module.is_none() {
        return Ok(());
    }
    let registry = warning.registry.filter(|registry| !registry.is_none());
    if let Some(registry) = registry
        && cast::<Dict>(registry).is_none()
    {
        return Err(type_error("'registry' must be a dict or None"));
    }
    let (text, message, category);
    if ops::is_instance(thread, warning.message, &WARNING.value())? {
        text = ops::str(thread, warning.message)?;
        message = warning.message.clone();
        category = as_value(class_of(warning.message));
    } else {
        text = warning.message.clone();
        category = warning.category.clone();
        message = call::call_one(thread, &category, warning.message)?;
    }
    let line = int::from_i64(thread, warning.line)?;
    let key = Tuple::of_array(thread, [text.clone(), category.clone(), line])?;
    if let Some(registry) = registry
        && already_warned(thread, registry, &key, false)?
    {
        return Ok(());
    }
    let (action, filter) = action_for(thread, &category, &text, warning.line, warning.module)?;
    let action = text_of(&action).unwrap_or_default();
    match action.as_str() {
        "error" => return Err(raise(thread, message)),
        "ignore" => return Ok(()),
        "always" | "all" => {}
        "once" | "module" | "default" => {
            if let Some(registry) = registry
                && let Some(dict) = cast::<Dict>(registry)
            {
                dict.set(thread, &key, Value::from_bool(true))?;
            }
            let already = match action.as_str() {
                "once" => {
                    let once = match of_library(thread, "onceregistry")? {
                        Some(once) => once,
                        None => ONCE.get().cloned().unwrap_or_else(Value::none),
                    };
                    if cast::<Dict>(&once).is_none() {
                        return Err(type_error("_warnings.onceregistry must be a dict"));
                    }
                    let key = Tuple::of_array(thread, [text.clone(), category.clone()])?;
                    already_warned(thread, &once, &key, true)?
                }
                "module" => match registry {
                    Some(registry) => {
                        let zero = int::from_i64(thread, 0)?;
                        let key = Tuple::of_array(thread, [text.clone(), category.clone(), zero])?;
                        already_warned(thread, registry, &key, true)?
                    }
                    None => false,
                },
                _ => false,
            };
            if already {
                return Ok(());
            }
        }
        other => {
            let shown = ops::repr_text(thread, &filter)?;
            return Err(runtime_error(format!(
                "Unrecognized action ({other}) in warnings.filters:\n {shown}"
            )));
        }
    }
    show(thread, warning, &text, &message, &category)
}

/// Raises an exception instance, or what stands in its place if it is none.
fn raise(thread: &mut Thread, message: Value) -> Raised {
    let _ = thread;
    if runtime::types::exception::is_exception(&message) {
        Raised::new(message)
    } else {
        type_error("exceptions must derive from BaseException")
    }
}

/// Hands a warning to the library if it has been imported (or can be, for a source), or prints it.
fn show(
    thread: &mut Thread,
    warning: &Warning<'_>,
    text: &Value,
    message: &Value,
    category: &Value,
) -> Result<()> {
    let source = warning.source.filter(|source| !source.is_none());
    let show = match of_library(thread, "_showwarnmsg")? {
        Some(show) => Some(show),
        // A resource's origin is worth importing the library for, unless the interpreter is going down.
        None if source.is_some() && !crate::sys::functions::is_finalizing() => {
            import::attribute_of(thread, "warnings", "_showwarnmsg").ok()
        }
        None => None,
    };
    let line = int::from_i64(thread, warning.line)?;
    let Some(show) = show else {
        let name = category_name(category);
        let text = ops::str_text(thread, text)?;
        let filename = ops::str_text(thread, warning.filename)?;
        let mut out = format!("{filename}:{}: {name}: {text}\n", warning.line);
        let source_line = match &warning.source_line {
            Some(line) => text_of(line).map(|line| line.trim().to_owned()),
            None => report::source_line(&filename, warning.line as i32),
        };
        if let Some(source_line) = source_line.filter(|line| !line.is_empty()) {
            out += &format!("  {source_line}\n");
        }
        hooks::write_error(thread, &out);
        return Ok(());
    };
    if !call::is_callable(&show) {
        return Err(type_error("warnings._showwarnmsg() must be set to a callable"));
    }
    let Some(class) = of_library(thread, "WarningMessage")? else {
        return Err(runtime_error("unable to get warnings.WarningMessage"));
    };
    let args = [
        message.clone(),
        category.clone(),
        warning.filename.clone(),
        line,
        Value::none(),
        Value::none(),
        source.cloned().unwrap_or_else(Value::none),
    ];
    let described = call::call_positional(thread, &class, &args)?;
    call::call_one(thread, &show, &described).map(drop)
}

fn category_name(category: &Value) -> String {
    cast::<runtime::class::Type>(category).map(TypeExt::name_lossy).unwrap_or_default()
}

fn is_internal(filename: &str) -> bool {
    filename.contains("importlib") && filename.contains("_bootstrap")
}

/// Where a warning is said to come from: globals (None for none), file, line.
fn place(thread: &mut Thread, level: i64, skipped: &[String]) -> Option<(Value, Value, i32)> {
    let name = |place: &(Value, Value, i32)| text_of(&place.1).unwrap_or_default();
    let first = interp::place_of_frame(thread, 0)?;
    if level <= 0 || is_internal(&name(&first)) {
        let depth = usize::try_from(level - 1).unwrap_or(0);
        return interp::place_of_frame(thread, depth);
    }
    let (mut depth, mut left) = (0, level);
    loop {
        left -= 1;
        if left <= 0 {
            return interp::place_of_frame(thread, depth);
        }
        loop {
            depth += 1;
            let at = interp::place_of_frame(thread, depth)?;
            let name = name(&at);
            if !is_internal(&name) && !skipped.iter().any(|prefix| name.starts_with(prefix)) {
                break;
            }
        }
    }
}

/// Issues a warning for the code that is `level` calls up.
///
/// # Errors
/// The warning itself, if a filter says so; what the filters and hooks raise.
pub fn warn(
    thread: &mut Thread,
    message: &Value,
    category: Option<&Value>,
    level: i64,
    source: Option<&Value>,
    skipped: &[String],
) -> Result<()> {
    let category = if ops::is_instance(thread, message, &WARNING.value())? {
        as_value(class_of(message))
    } else {
        category.cloned().unwrap_or_else(|| USER_WARNING.value())
    };
    let is_warning =
        cast::<runtime::class::Type>(&category).is_some_and(|class| class.is_subclass_of(WARNING.object()));
    if !is_warning {
        let class = class_of(&category).name_lossy();
        return Err(type_error(format!("category must be a Warning subclass, not '{class}'")));
    }
    let level = if skipped.is_empty() { level } else { level.max(2) };
    let (globals, filename, line) = match place(thread, level, skipped) {
        Some((globals, filename, line)) => (globals, filename, i64::from(line)),
        None => {
            let Some(dict) = runtime::state::Runtime::get().and_then(runtime::state::Runtime::sys_dict)
            else {
                return Ok(());
            };
            (dict.clone(), Str::interned(thread, "<sys>")?, 0)
        }
    };
    let Some(dict) = cast::<Dict>(&globals) else { return Ok(()) };
    let key = runtime::names::__warningregistry__();
    let registry = match dict.get_str(thread, key) {
        Some(registry) => registry,
        None => {
            let registry = Dict::new(thread)?;
            dict.set_str(thread, key, registry.clone())?;
            registry
        }
    };
    let module = match dict.get_str(thread, runtime::names::__name__()) {
        Some(name) if name.is_none() || cast::<Str>(&name).is_some() => name,
        _ => Str::interned(thread, "<string>")?,
    };
    locked(thread, |thread| {
        issue(
            thread,
            &Warning {
                category: &category,
                message,
                filename: &filename,
                line,
                module: &module,
                registry: Some(&registry),
                source,
                source_line: None,
            },
        )
    })
}

fn locked(thread: &mut Thread, action: impl FnOnce(&mut Thread) -> Result<()>) -> Result<()> {
    acquire(thread)?;
    let result = action(thread);
    release(thread)?;
    result
}

/// The module that a file's name stands for.
fn module_of(thread: &Thread, filename: &Value) -> Result<Value> {
    let Some(name) = text_of(filename) else { return Ok(Value::none()) };
    if name.is_empty() {
        return Str::interned(thread, "<unknown>");
    }
    Str::new(thread, name.strip_suffix(".py").unwrap_or(&name))
}

/// The line of a source that a module's loader has.
fn loaded_line(thread: &mut Thread, globals: &Value, line: i64) -> Result<Option<Value>> {
    let Some(dict) = cast::<Dict>(globals) else {
        let class = class_of(globals).name_lossy();
        return Err(type_error(format!("module_globals must be a dict, not '{class}'")));
    };
    let loader = import::attribute_of(thread, "_frozen_importlib_external", "_bless_my_loader")
        .and_then(|bless| call::call_one(thread, &bless, globals));
    let Ok(loader) = loader else { return Ok(None) };
    let Some(name) = dict.get_str(thread, runtime::names::__name__()) else { return Ok(None) };
    let get_source = runtime::interned!(thread, "get_source")?;
    let Some(method) = getattr_or_none(thread, &loader, get_source)? else { return Ok(None) };
    let source = call::call_one(thread, &method, &name)?;
    let Some(text) = text_of(&source) else { return Ok(None) };
    let line = usize::try_from(line - 1).ok().and_then(|index| text.lines().nth(index).map(str::to_owned));
    match line {
        Some(line) => Str::new(thread, &line).map(Some),
        None => Ok(None),
    }
}

/// The module.
#[native::module(
    "_warnings",
    doc = "_warnings provides basic warning filtering support.\nIt is a helper module to speed up interpreter start-up."
)]
pub mod module {
    use super::*;

    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        if FILTERS.get().is_none() {
            let filters = default_filters(th)?;
            FILTERS.set(filters);
            ONCE.set(Dict::new(th)?);
            DEFAULT_ACTION.set(Str::interned(th, "default")?);
            CONTEXT.set(contextvars::make_variable(th, "_warnings_context")?);
        }
        let attributes = [
            ("filters", &FILTERS),
            ("_onceregistry", &ONCE),
            ("_defaultaction", &DEFAULT_ACTION),
            ("_warnings_context", &CONTEXT),
        ];
        for (name, place) in attributes {
            modules::set(th, module, name, place.value().clone())?;
        }
        Ok(())
    }

    /// Issue a warning, or maybe ignore it or raise an exception.
    ///
    ///   message
    ///     Text of the warning message.
    ///   category
    ///     The Warning category subclass. Defaults to UserWarning.
    ///   stacklevel
    ///     How far up the call stack to make this warning appear. A value of 2 for
    ///     example attributes the warning to the caller of the code calling warn().
    ///   source
    ///     If supplied, the destroyed object which emitted a ResourceWarning
    ///   skip_file_prefixes
    ///     An optional tuple of module filename prefixes indicating frames to skip
    ///     during stacklevel computations for stack frame attribution.
    #[sig("(message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=<unrepresentable>)")]
    pub fn warn(
        th: &mut Thread,
        message: &Value,
        category: Option<&Value>,
        stacklevel: isize,
        source: Option<&Value>,
        skip_file_prefixes: Option<&Value>,
    ) -> Result<()> {
        let mut skipped = Vec::new();
        if let Some(prefixes) = skip_file_prefixes {
            let Some(tuple) = cast::<Tuple>(prefixes) else {
                let class = class_of(prefixes).name_lossy();
                return Err(type_error(format!(
                    "warn() argument 'skip_file_prefixes' must be tuple, not {class}"
                )));
            };
            for prefix in tuple.items() {
                match cast::<Str>(prefix) {
                    Some(prefix) => skipped.push(prefix.to_string_lossy()),
                    None => {
                        let class = class_of(prefix).name_lossy();
                        return Err(type_error(format!("Found non-str '{class}' in skip_file_prefixes.")));
                    }
                }
            }
        }
        super::warn(th, message, category, stacklevel as i64, source, &skipped)
    }

    /// Issue a warning, or maybe ignore it or raise an exception.
    #[sig(
        "(message, category, filename, lineno, module=<unrepresentable>, registry=None, module_globals=None, source=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "Python's own signature")]
    pub fn warn_explicit(
        th: &mut Thread,
        message: &Value,
        category: &Value,
        filename: &Value,
        lineno: i32,
        module: Option<&Value>,
        registry: Option<&Value>,
        module_globals: Option<&Value>,
        source: Option<&Value>,
    ) -> Result<()> {
        if cast::<Str>(filename).is_none() {
            let class = class_of(filename).name_lossy();
            return Err(type_error(format!("warn_explicit() argument 'filename' must be str, not {class}")));
        }
        let source_line = match module_globals {
            Some(globals) => loaded_line(th, globals, lineno.into())?,
            None => None,
        };
        let module = match module {
            Some(module) => module.clone(),
            None => module_of(th, filename)?,
        };
        locked(th, |th| {
            issue(
                th,
                &Warning {
                    category,
                    message,
                    filename,
                    line: lineno.into(),
                    module: &module,
                    registry,
                    source,
                    source_line,
                },
            )
        })
    }

    /// The filters have changed: what was seen under the old ones no longer counts.
    #[sig("()", hidden)]
    pub fn _filters_mutated_lock_held(th: &mut Thread) -> Result<()> {
        {
            let lock = LOCK.lock();
            if lock.1 == 0 || lock.0 != th.serial() {
                return Err(runtime_error("warnings._filters_mutated_lock_held() called without lock held"));
            }
        }
        VERSION.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }

    /// Takes the lock of the filters.
    #[sig("()", hidden)]
    pub fn _acquire_lock(th: &mut Thread) -> Result<()> {
        acquire(th)
    }

    /// Gives the lock of the filters back.
    #[sig("()", hidden)]
    pub fn _release_lock(th: &mut Thread) -> Result<()> {
        release(th)
    }
}

/// How native code issues a warning.
///
/// # Errors
/// As [`warn`].
pub fn warn_native(thread: &mut Thread, category: ClassDefRef, message: &str, level: i64) -> Result<()> {
    if FILTERS.get().is_none() {
        return Ok(()); // too early
    }
    let message = Str::new(thread, message)?;
    warn(thread, &message, Some(&category.value()), level, None, &[])
}

/// How native code issues a warning about a place in a file: what the compiler has to warn of.
///
/// # Errors
/// As [`warn`].
pub fn warn_native_at(
    thread: &mut Thread,
    category: ClassDefRef,
    message: &str,
    filename: &str,
    line: i64,
) -> Result<()> {
    if FILTERS.get().is_none() {
        return Ok(()); // too early
    }
    let message = Str::new(thread, message)?;
    let filename = Str::new(thread, filename)?;
    let module = module_of(thread, &filename)?;
    let category = category.value();
    locked(thread, |thread| {
        issue(
            thread,
            &Warning {
                category: &category,
                message: &message,
                filename: &filename,
                line,
                module: &module,
                registry: None,
                source: None,
                source_line: None,
            },
        )
    })
}
