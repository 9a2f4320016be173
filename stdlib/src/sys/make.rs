//! The attributes of `sys`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use runtime::config;
use runtime::error::Result;
use runtime::interp::calls;
use runtime::object::cast;
use runtime::types::{Dict, DictExt, List, Str, Tuple, codecs, int, int_methods, module, set};
use runtime::{Thread, Value};

use super::{info, module_names};

const COPYRIGHT: &str = "Copyright (c) the authors of Weft.\nAll Rights Reserved.";

/// `sys.version`, in the form that `platform` takes apart.
pub fn version() -> String {
    let (major, minor, micro, ..) = info::VERSION;
    format!(
        "{major}.{minor}.{micro} free-threading build (Weft {}, Jan  1 2026, 00:00:00) [Rust]",
        env!("CARGO_PKG_VERSION")
    )
}

/// Text for what the system calls by bytes.
///
/// # Errors
/// MemoryError.
pub fn os_text(thread: &mut Thread, text: &OsStr) -> Result<Value> {
    codecs::fs_decode(thread, text.as_bytes())
}

fn os_list<'a>(thread: &mut Thread, items: impl Iterator<Item = &'a OsStr>) -> Result<Value> {
    let mut values = Vec::new();
    for item in items {
        values.push(os_text(thread, item)?);
    }
    List::new(thread, values)
}

fn empty_list(thread: &Thread) -> Result<Value> {
    List::new(thread, Vec::new())
}

/// Fills the module.
///
/// # Errors
/// MemoryError.
pub fn fill(thread: &mut Thread, module: &Value) -> Result<()> {
    let config = config::get();
    int_methods::text::set_max_str_digits(config.int_max_str_digits)?;
    calls::set_recursion_limit(1000);
    let mut attributes: Vec<(&str, Value)> = vec![
        ("abiflags", Str::interned(thread, "t")?),
        ("api_version", int::from_i64(thread, 1013)?),
        ("argv", os_list(thread, config.argv.iter().map(|item| &**item))?),
        ("base_exec_prefix", os_text(thread, config.base_prefix.as_os_str())?),
        ("base_prefix", os_text(thread, config.base_prefix.as_os_str())?),
        ("builtin_module_names", builtin_names(thread)?),
        ("byteorder", Str::interned(thread, if cfg!(target_endian = "big") { "big" } else { "little" })?),
        ("copyright", Str::new(thread, COPYRIGHT)?),
        ("dont_write_bytecode", Value::from_bool(config.dont_write_bytecode)),
        ("exec_prefix", os_text(thread, config.prefix.as_os_str())?),
        ("executable", os_text(thread, config.executable.as_os_str())?),
        ("flags", info::flags(thread, config)?),
        ("float_info", info::float_info(thread)?),
        ("float_repr_style", Str::interned(thread, "short")?),
        ("hash_info", info::hash_info(thread)?),
        ("hexversion", int::from_i64(thread, info::HEX_VERSION)?),
        ("implementation", info::implementation(thread)?),
        ("int_info", info::int_info(thread)?),
        ("maxsize", int::from_i64(thread, i64::MAX)?),
        ("maxunicode", int::from_i64(thread, 0x10_ffff)?),
        ("meta_path", empty_list(thread)?),
        ("orig_argv", os_list(thread, config.orig_argv.iter().map(|item| &**item))?),
        ("path", os_list(thread, config.module_search_paths.iter().map(|item| &**item))?),
        ("path_hooks", empty_list(thread)?),
        ("path_importer_cache", Dict::new(thread)?),
        ("platform", Str::interned(thread, if cfg!(target_os = "macos") { "darwin" } else { "linux" })?),
        ("platlibdir", Str::interned(thread, "lib")?),
        ("prefix", os_text(thread, config.prefix.as_os_str())?),
        (
            "pycache_prefix",
            match &config.pycache_prefix {
                Some(prefix) => os_text(thread, prefix)?,
                None => Value::none(),
            },
        ),
        ("thread_info", info::thread_info(thread)?),
        ("version", Str::new(thread, &version())?),
        ("version_info", info::version_info(thread)?),
        ("warnoptions", List::new(thread, Vec::new())?),
        ("_base_executable", os_text(thread, config.base_executable.as_os_str())?),
        ("_framework", Str::empty(thread)?),
        ("_home", Value::none()),
        ("_stdlib_dir", os_text(thread, config.library.as_os_str())?),
        ("_xoptions", xoptions(thread)?),
    ];
    let git =
        ["Weft", "", ""].iter().map(|part| Str::interned(thread, part)).collect::<Result<Vec<Value>>>()?;
    attributes.push(("_git", Tuple::new(thread, git)?));
    let warnoptions =
        config.warnoptions.iter().map(|option| Str::new(thread, option)).collect::<Result<Vec<Value>>>()?;
    attributes.push(("warnoptions", List::new(thread, warnoptions)?));
    let names = module_names::NAMES.split_whitespace().map(|name| Str::interned(thread, name));
    let names = names.collect::<Result<Vec<Value>>>()?;
    attributes.push(("stdlib_module_names", set::frozenset_of_constants(thread, names)?));
    attributes.push(("monitoring", super::monitoring::make(thread)?));
    attributes.push(("_jit", super::jit::make(thread)?));
    for (name, value) in attributes {
        module::set(thread, module, name, value)?;
    }
    let dict = module::dict(thread, module)?;
    let Some(dict) = cast::<Dict>(&dict) else { return Ok(()) };
    for name in ["displayhook", "excepthook", "breakpointhook", "unraisablehook"] {
        let key = Str::interned(thread, name)?;
        if let Some(hook) = dict.get_str(thread, &key) {
            module::set(thread, module, &format!("__{name}__"), hook)?;
        }
    }
    Ok(())
}

fn builtin_names(thread: &Thread) -> Result<Value> {
    let mut names: Vec<&str> = crate::MODULES.iter().map(|module| module.name).collect();
    names.push("builtins");
    names.sort_unstable();
    names.dedup();
    let names = names.iter().map(|name| Str::interned(thread, name)).collect::<Result<Vec<Value>>>()?;
    Tuple::new(thread, names)
}

fn xoptions(thread: &mut Thread) -> Result<Value> {
    let dict = Dict::new(thread)?;
    if let Some(object) = cast::<Dict>(&dict) {
        for (name, value) in &config::get().xoptions {
            let key = Str::new(thread, name)?;
            let value = match value {
                Some(value) => Str::new(thread, value)?,
                None => Value::from_bool(true),
            };
            object.set(thread, &key, value)?;
        }
    }
    Ok(dict)
}
