//! What `sys` says of the interpreter: tuples with named items.

use runtime::config::Config;
use runtime::error::Result;
use runtime::types::{Str, float, int, namespace, struct_sequence};
use runtime::{Thread, Value, struct_sequence};

/// The version that programs see.
pub const VERSION: (i64, i64, i64, &str, i64) = (3, 14, 0, "final", 0);

/// `sys.hexversion`: the release level is its second-lowest digit.
pub const HEX_VERSION: i64 = VERSION.0 << 24 | VERSION.1 << 16 | VERSION.2 << 8 | 0xf0 | VERSION.4;

struct_sequence!(
    /// `sys.flags`.
    pub static FLAGS: "sys" "flags" "sys.flags\n\nFlags provided through command line arguments or environment vars." visible 18 unnamed 0 {
        "debug" "-d",
        "inspect" "-i",
        "interactive" "-i",
        "optimize" "-O or -OO",
        "dont_write_bytecode" "-B",
        "no_user_site" "-s",
        "no_site" "-S",
        "ignore_environment" "-E",
        "verbose" "-v",
        "bytes_warning" "-b",
        "quiet" "-q",
        "hash_randomization" "-R",
        "isolated" "-I",
        "dev_mode" "-X dev",
        "utf8_mode" "-X utf8",
        "warn_default_encoding" "-X warn_default_encoding",
        "safe_path" "-P",
        "int_max_str_digits" "-X int_max_str_digits",
        "gil" "-X gil",
        "thread_inherit_context" "-X thread_inherit_context",
        "context_aware_warnings" "-X context_aware_warnings",
    }
);

struct_sequence!(
    /// `sys.version_info`.
    pub static VERSION_INFO: "sys" "version_info" "sys.version_info\n\nVersion information as a named tuple." visible 5 unnamed 0 {
        "major" "Major release number",
        "minor" "Minor release number",
        "micro" "Patch release number",
        "releaselevel" "'alpha', 'beta', 'candidate', or 'final'",
        "serial" "Serial release number",
    }
);

struct_sequence!(
    /// `sys.float_info`.
    pub static FLOAT_INFO: "sys" "float_info" "sys.float_info\n\nA named tuple holding information about the float type. It contains low level\ninformation about the precision and internal representation. Please study\nyour system's :file:`float.h` for more information." visible 11 unnamed 0 {
        "max" "DBL_MAX -- maximum representable finite float",
        "max_exp" "DBL_MAX_EXP -- maximum int e such that radix**(e-1) is representable",
        "max_10_exp" "DBL_MAX_10_EXP -- maximum int e such that 10**e is representable",
        "min" "DBL_MIN -- Minimum positive normalized float",
        "min_exp" "DBL_MIN_EXP -- minimum int e such that radix**(e-1) is a normalized float",
        "min_10_exp" "DBL_MIN_10_EXP -- minimum int e such that 10**e is a normalized float",
        "dig" "DBL_DIG -- maximum number of decimal digits that can be faithfully represented in a float",
        "mant_dig" "DBL_MANT_DIG -- mantissa digits",
        "epsilon" "DBL_EPSILON -- Difference between 1 and the next representable float",
        "radix" "FLT_RADIX -- radix of exponent",
        "rounds" "FLT_ROUNDS -- rounding mode used for arithmetic operations",
    }
);

struct_sequence!(
    /// `sys.int_info`.
    pub static INT_INFO: "sys" "int_info" "sys.int_info\n\nA named tuple that holds information about Python's\ninternal representation of integers.  The attributes are read only." visible 4 unnamed 0 {
        "bits_per_digit" "size of a digit in bits",
        "sizeof_digit" "size in bytes of the C type used to represent a digit",
        "default_max_str_digits" "maximum string conversion digits limitation",
        "str_digits_check_threshold" "minimum positive value for int_max_str_digits",
    }
);

struct_sequence!(
    /// `sys.hash_info`.
    pub static HASH_INFO: "sys" "hash_info" "hash_info\n\nA named tuple providing parameters used for computing\nhashes. The attributes are read only." visible 9 unnamed 0 {
        "width" "width of the type used for hashing, in bits",
        "modulus" "prime number giving the modulus on which the hash function is based",
        "inf" "value to be used for hash of a positive infinity",
        "nan" "value to be used for hash of a nan",
        "imag" "multiplier used for the imaginary part of a complex number",
        "algorithm" "name of the algorithm for hashing of str, bytes and memoryviews",
        "hash_bits" "internal output size of hash algorithm",
        "seed_bits" "seed size of hash algorithm",
        "cutoff" "small string optimization cutoff",
    }
);

struct_sequence!(
    /// `sys.thread_info`.
    pub static THREAD_INFO: "sys" "thread_info" "sys.thread_info\n\nA named tuple holding information about the thread implementation." visible 3 unnamed 0 {
        "name" "name of the thread implementation",
        "lock" "name of the lock implementation",
        "version" "name and version of the thread library",
    }
);

struct_sequence!(
    /// What `sys.get_asyncgen_hooks()` answers.
    pub static ASYNCGEN_HOOKS: "builtins" "asyncgen_hooks" "asyncgen_hooks\n\nA named tuple providing information about asynchronous\ngenerators hooks.  The attributes are read only." visible 2 unnamed 0 {
        "firstiter" "Hook to intercept first iteration",
        "finalizer" "Hook to intercept finalization",
    }
);

fn ints(thread: &Thread, numbers: &[i64]) -> Result<Vec<Value>> {
    numbers.iter().map(|&number| int::from_i64(thread, number)).collect()
}

/// `sys.flags`.
///
/// # Errors
/// MemoryError.
pub fn flags(thread: &Thread, config: &Config) -> Result<Value> {
    let mut items = ints(
        thread,
        &[
            config.debug.into(),
            config.inspect.into(),
            config.interactive.into(),
            config.optimize.into(),
            config.dont_write_bytecode.into(),
            config.no_user_site.into(),
            config.no_site.into(),
            config.ignore_environment.into(),
            config.verbose.into(),
            config.bytes_warning.into(),
            config.quiet.into(),
            config.hash_randomization.into(),
            config.isolated.into(),
        ],
    )?;
    items.push(Value::from_bool(config.dev_mode));
    items.extend(ints(thread, &[config.utf8_mode.into(), config.warn_default_encoding.into()])?);
    items.push(Value::from_bool(config.safe_path));
    items.extend(ints(thread, &[config.int_max_str_digits])?);
    let gil = match config.gil {
        None => Value::none(),
        Some(gil) => int::from_i64(thread, gil.into())?,
    };
    let mut beyond = vec![gil];
    beyond.extend(ints(
        thread,
        &[config.thread_inherit_context.into(), config.context_aware_warnings.into()],
    )?);
    struct_sequence::make(thread, &FLAGS, items, beyond)
}

/// `sys.version_info`.
///
/// # Errors
/// MemoryError.
pub fn version_info(thread: &Thread) -> Result<Value> {
    let mut items = ints(thread, &[VERSION.0, VERSION.1, VERSION.2])?;
    items.push(Str::interned(thread, VERSION.3)?);
    items.push(int::from_i64(thread, VERSION.4)?);
    struct_sequence::make(thread, &VERSION_INFO, items, Vec::new())
}

/// `sys.float_info`.
///
/// # Errors
/// MemoryError.
pub fn float_info(thread: &Thread) -> Result<Value> {
    let items = vec![
        float::new(thread, f64::MAX)?,
        int::from_i64(thread, f64::MAX_EXP.into())?,
        int::from_i64(thread, f64::MAX_10_EXP.into())?,
        float::new(thread, f64::MIN_POSITIVE)?,
        int::from_i64(thread, f64::MIN_EXP.into())?,
        int::from_i64(thread, f64::MIN_10_EXP.into())?,
        int::from_i64(thread, f64::DIGITS.into())?,
        int::from_i64(thread, f64::MANTISSA_DIGITS.into())?,
        float::new(thread, f64::EPSILON)?,
        int::from_i64(thread, f64::RADIX.into())?,
        int::from_i64(thread, 1)?,
    ];
    struct_sequence::make(thread, &FLOAT_INFO, items, Vec::new())
}

/// `sys.int_info`.
///
/// # Errors
/// MemoryError.
pub fn int_info(thread: &Thread) -> Result<Value> {
    let items = ints(thread, &[30, 4, 4300, 640])?;
    struct_sequence::make(thread, &INT_INFO, items, Vec::new())
}

/// `sys.hash_info`.
///
/// # Errors
/// MemoryError.
pub fn hash_info(thread: &Thread) -> Result<Value> {
    let mut items = ints(thread, &[64, (1 << 61) - 1, 314_159, 0, 1_000_003])?;
    items.push(Str::new(thread, "siphash13")?);
    items.extend(ints(thread, &[64, 128, 0])?);
    struct_sequence::make(thread, &HASH_INFO, items, Vec::new())
}

/// `sys.thread_info`.
///
/// # Errors
/// MemoryError.
pub fn thread_info(thread: &Thread) -> Result<Value> {
    let items = vec![Str::new(thread, "pthread")?, Str::new(thread, "parking_lot")?, Value::none()];
    struct_sequence::make(thread, &THREAD_INFO, items, Vec::new())
}

/// The platform's triple, as `sysconfig` knows it.
pub fn multiarch() -> &'static str {
    if cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu")) {
        "x86_64-linux-gnu"
    } else if cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "musl")) {
        "x86_64-linux-musl"
    } else if cfg!(all(target_os = "linux", target_arch = "aarch64", target_env = "gnu")) {
        "aarch64-linux-gnu"
    } else if cfg!(all(target_os = "linux", target_arch = "aarch64", target_env = "musl")) {
        "aarch64-linux-musl"
    } else if cfg!(target_os = "macos") {
        "darwin"
    } else {
        ""
    }
}

/// `sys.implementation`.
///
/// # Errors
/// MemoryError.
pub fn implementation(thread: &mut Thread) -> Result<Value> {
    let name = Str::interned(thread, "weft")?;
    let tag = Str::interned(thread, "weft-314")?;
    let version = version_info(thread)?;
    let hex = int::from_i64(thread, HEX_VERSION)?;
    let multiarch = Str::interned(thread, multiarch())?;
    let names = ["name", "cache_tag", "version", "hexversion", "_multiarch", "supports_isolated_interpreters"];
    let names = names.iter().map(|name| Str::interned(thread, name)).collect::<Result<Vec<Value>>>()?;
    let values = [name, tag, version, hex, multiarch, Value::from_bool(false)];
    let fields: Vec<(&Value, Value)> = names.iter().zip(values).collect();
    namespace::new(thread, &fields)
}
