//! What the command line and the environment have said: set once before the interpreter starts, read by whoever needs it
//! and shown as `sys.flags` and its like.

use std::ffi::OsString;
use std::path::PathBuf;

use threads::sync::OnceLock;

/// How the interpreter was started.
#[derive(Clone, Debug)]
pub struct Config {
    /// `-d`.
    pub debug: u32,
    /// `-i`.
    pub inspect: bool,
    /// Neither command nor script, or `-i`.
    pub interactive: bool,
    /// `-O`, `-OO`.
    pub optimize: u8,
    /// `-B`.
    pub dont_write_bytecode: bool,
    /// `-s`.
    pub no_user_site: bool,
    /// `-S`.
    pub no_site: bool,
    /// `-E`.
    pub ignore_environment: bool,
    /// `-v`.
    pub verbose: u32,
    /// `-b`, `-bb`.
    pub bytes_warning: u32,
    /// `-q`.
    pub quiet: bool,
    /// Hashes of text differ from run to run.
    pub hash_randomization: bool,
    /// `-I`.
    pub isolated: bool,
    /// `-X dev`.
    pub dev_mode: bool,
    /// `-X utf8`, or a locale that calls for it.
    pub utf8_mode: bool,
    /// `-X warn_default_encoding`.
    pub warn_default_encoding: bool,
    /// `-P`.
    pub safe_path: bool,
    /// `-X int_max_str_digits`.
    pub int_max_str_digits: i64,
    /// `-X gil`.
    pub gil: Option<bool>,
    /// `-X thread_inherit_context`.
    pub thread_inherit_context: bool,
    /// `-X context_aware_warnings`.
    pub context_aware_warnings: bool,
    /// `-u`.
    pub unbuffered: bool,
    /// Every `-X`, in order, with its value.
    pub xoptions: Vec<(String, Option<String>)>,
    /// `-W` and `PYTHONWARNINGS`, in order.
    pub warnoptions: Vec<String>,
    /// `sys.argv`.
    pub argv: Vec<OsString>,
    /// `sys.orig_argv`.
    pub orig_argv: Vec<OsString>,
    /// `sys.executable`.
    pub executable: PathBuf,
    /// The program without the links of a virtual environment.
    pub base_executable: PathBuf,
    /// `sys.prefix`.
    pub prefix: PathBuf,
    /// `sys.base_prefix`.
    pub base_prefix: PathBuf,
    /// The folder of the library.
    pub library: PathBuf,
    /// `sys.path` before `site` adds to it.
    pub module_search_paths: Vec<OsString>,
    /// `-X pycache_prefix`.
    pub pycache_prefix: Option<OsString>,
    /// `--check-hash-based-pycs`.
    pub check_hash_pycs: &'static str,
    /// `-X cpu_count`.
    pub cpu_count: i64,
    /// `PYTHONIOENCODING`: encoding and error handler.
    pub stdio_encoding: (Option<String>, Option<String>),
}

impl Default for Config {
    fn default() -> Self {
        Self {
            debug: 0,
            inspect: false,
            interactive: false,
            optimize: 0,
            dont_write_bytecode: false,
            no_user_site: false,
            no_site: false,
            ignore_environment: false,
            verbose: 0,
            bytes_warning: 0,
            quiet: false,
            hash_randomization: true,
            isolated: false,
            dev_mode: false,
            utf8_mode: false,
            warn_default_encoding: false,
            safe_path: false,
            int_max_str_digits: 4300,
            gil: None,
            thread_inherit_context: true,
            context_aware_warnings: true,
            unbuffered: false,
            xoptions: Vec::new(),
            warnoptions: Vec::new(),
            argv: Vec::new(),
            orig_argv: Vec::new(),
            executable: PathBuf::new(),
            base_executable: PathBuf::new(),
            prefix: PathBuf::new(),
            base_prefix: PathBuf::new(),
            library: PathBuf::new(),
            module_search_paths: Vec::new(),
            pycache_prefix: None,
            check_hash_pycs: "default",
            cpu_count: -1,
            stdio_encoding: (None, None),
        }
    }
}

static CONFIG: OnceLock<Config> = OnceLock::new();

/// Says how the interpreter is started, once.
pub fn set(config: Config) {
    // A second start in one process keeps the first.
    let _ = CONFIG.set(config);
}

/// How the interpreter was started.
pub fn get() -> &'static Config {
    CONFIG.get_or_init(Config::default)
}
