//! The command line and the environment: what CPython's options and `PYTHON*` variables say, as a [`Config`].

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use runtime::config::Config;
use stdlib::boot::run::Program;

/// What the command line asks for.
#[derive(Debug)]
pub enum Request {
    /// To run a program.
    Run(Box<Start>),
    /// To print this and exit with this code.
    Print(String, i32),
    /// To complain and exit with 2.
    Complain(String),
}

/// How to start.
#[derive(Debug)]
pub struct Start {
    /// What `sys` will say.
    pub config: Config,
    /// What to run.
    pub program: Program,
    /// `-x`.
    pub skip_first_line: bool,
    /// `-i`: an interactive session follows.
    pub inspect_after: bool,
    /// `-X stdlib`.
    pub library: Option<OsString>,
    /// The key of text hashes, if it is given.
    pub hash_seed: Option<u32>,
    /// `PYTHONPATH`.
    pub search_path: Vec<OsString>,
}

/// The locale of characters; the C library reads these variables whatever the options say.
fn locale() -> Option<String> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set)?;
    Some(locale.to_string_lossy().into_owned())
}

/// The variables that Python reads, or none of them with `-E`.
struct Environment {
    ignored: bool,
}

impl Environment {
    fn text(&self, name: &str) -> Option<OsString> {
        if self.ignored { None } else { std::env::var_os(name).filter(|value| !value.is_empty()) }
    }

    fn is_set(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    /// A flag that may be a number: anything else counts as 1.
    fn level(&self, name: &str) -> u32 {
        match self.text(name) {
            Some(text) => text.to_str().and_then(|text| text.trim().parse::<u32>().ok()).unwrap_or(1),
            None => 0,
        }
    }
}

/// What is gathered from the options before the environment is read.
#[derive(Default)]
struct Given {
    bytes_warning: u32,
    dont_write: bool,
    debug: u32,
    ignore: bool,
    inspect: bool,
    isolated: bool,
    optimize: u32,
    safe_path: bool,
    quiet: bool,
    no_user_site: bool,
    no_site: bool,
    unbuffered: bool,
    verbose: u32,
    versions: u32,
    skip_first_line: bool,
    warnings: Vec<String>,
    xoptions: Vec<(String, Option<String>)>,
    check_hash: Option<&'static str>,
    help: Option<Help>,
}

#[derive(Clone, Copy)]
enum Help {
    Options,
    Environment,
    XOptions,
    All,
}

fn complain(text: impl Into<String>) -> Request {
    Request::Complain(text.into())
}

/// Reads the command line.
pub fn parse(arguments: Vec<OsString>) -> Request {
    let mut given = Given::default();
    let mut rest = arguments.iter().skip(1);
    let program_name = arguments.first().cloned().unwrap_or_default();
    let mut program = None;
    let mut argv: Vec<OsString> = Vec::new();
    while let Some(argument) = rest.next() {
        let bytes = argument.as_bytes();
        if bytes == b"-" || !bytes.starts_with(b"-") {
            program =
                Some(if bytes == b"-" { Program::Input } else { Program::File(PathBuf::from(argument)) });
            argv.push(argument.clone());
            break;
        }
        if bytes == b"--" {
            if let Some(argument) = rest.next() {
                program = Some(if argument == "-" { Program::Input } else { Program::File(argument.into()) });
                argv.push(argument.clone());
            }
            break;
        }
        if let Some(long) = argument.to_str().and_then(|text| text.strip_prefix("--")) {
            match long {
                "help" => given.help = Some(Help::Options),
                "help-env" => given.help = Some(Help::Environment),
                "help-xoptions" => given.help = Some(Help::XOptions),
                "help-all" => given.help = Some(Help::All),
                "version" => given.versions += 1,
                "check-hash-based-pycs" => {
                    let mode = rest.next().and_then(|mode| mode.to_str());
                    given.check_hash = match mode {
                        Some("always") => Some("always"),
                        Some("never") => Some("never"),
                        Some("default") => Some("default"),
                        _ => {
                            return complain(
                                "--check-hash-based-pycs must be one of 'default', 'always', or 'never'\n",
                            );
                        }
                    };
                }
                other => {
                    return complain(format!("unknown option --{other}\n{}", short_usage(&program_name)));
                }
            }
            continue;
        }
        let mut at = 1;
        while at < bytes.len() {
            let letter = bytes[at];
            at += 1;
            let takes_value = matches!(letter, b'c' | b'm' | b'W' | b'X');
            if !takes_value {
                if let Some(request) = flag(&mut given, letter, &program_name) {
                    return request;
                }
                continue;
            }
            let value = if at < bytes.len() {
                OsString::from_vec(bytes[at..].to_vec())
            } else {
                match rest.next() {
                    Some(value) => value.clone(),
                    None => {
                        let letter = char::from(letter);
                        return complain(format!(
                            "Argument expected for the -{letter} option\n{}",
                            short_usage(&program_name)
                        ));
                    }
                }
            };
            match letter {
                b'c' => program = Some(Program::Command(value)),
                b'm' => program = Some(Program::Module(value)),
                b'W' => given.warnings.push(value.to_string_lossy().into_owned()),
                _ => given.xoptions.push(x_option(&value)),
            }
            break;
        }
        match program {
            Some(Program::Command(_)) => argv.push("-c".into()),
            Some(Program::Module(_)) => argv.push("-m".into()),
            _ => continue,
        }
        break;
    }
    argv.extend(rest.cloned());
    if let Some(help) = given.help {
        return Request::Print(help_text(help, &program_name), 0);
    }
    if given.versions > 0 {
        return Request::Print(version_text(given.versions), 0);
    }
    build(given, program, argv, arguments)
}

/// An option of one letter without a value.
fn flag(given: &mut Given, letter: u8, program: &OsStr) -> Option<Request> {
    match letter {
        b'b' => given.bytes_warning += 1,
        b'B' => given.dont_write = true,
        b'd' => given.debug += 1,
        b'E' => given.ignore = true,
        b'h' | b'?' => given.help = Some(Help::Options),
        b'i' => given.inspect = true,
        b'I' => given.isolated = true,
        b'O' => given.optimize += 1,
        b'P' => given.safe_path = true,
        b'q' => given.quiet = true,
        b'R' => {} // hashes are random unless the environment says otherwise
        b's' => given.no_user_site = true,
        b'S' => given.no_site = true,
        b'u' => given.unbuffered = true,
        b'v' => given.verbose += 1,
        b'V' => given.versions += 1,
        b'x' => given.skip_first_line = true,
        other => {
            return Some(complain(format!(
                "Unknown option: -{}\n{}",
                char::from(other),
                short_usage(program)
            )));
        }
    }
    None
}

fn x_option(value: &OsStr) -> (String, Option<String>) {
    let text = value.to_string_lossy();
    match text.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (text.into_owned(), None),
    }
}

fn short_usage(program: &OsStr) -> String {
    let program = program.to_string_lossy();
    format!(
        "usage: {program} [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `python -h' for more information.\n"
    )
}

/// The last `-X name`, with its value.
fn find<'a>(given: &'a Given, name: &str) -> Option<Option<&'a str>> {
    given.xoptions.iter().rev().find(|(option, _)| option == name).map(|(_, value)| value.as_deref())
}

fn init_error(text: &str) -> Request {
    Request::Complain(format!(
        "Fatal Python error: config_read: {text}\nPython runtime state: preinitialized\n"
    ))
}

/// A switch that `-X name=0|1` or a variable sets.
fn switch(
    given: &Given,
    environment: &Environment,
    name: &str,
    variable: &str,
    default: bool,
) -> Result<bool, Request> {
    let (value, complaint) = match find(given, name) {
        Some(value) => (
            value.map(str::to_owned),
            format!("-X {name}=n: {name} is missing or invalid: n should be 0 or 1"),
        ),
        None => match environment.text(variable) {
            Some(value) => {
                let value = value.to_string_lossy().into_owned();
                (Some(value), format!("{variable}=N: N is missing or invalid"))
            }
            None => return Ok(default),
        },
    };
    match value.as_deref() {
        Some("0") => Ok(false),
        Some("1") => Ok(true),
        _ => Err(init_error(&complaint)),
    }
}

fn build(
    given: Given,
    program: Option<Program>,
    mut argv: Vec<OsString>,
    orig_argv: Vec<OsString>,
) -> Request {
    let isolated = given.isolated;
    let environment = Environment { ignored: given.ignore || isolated };
    let mut config = Config::default();
    let on_terminal = rustix_terminal();
    let session = program.is_none() && (on_terminal || given.inspect);
    let program = program.unwrap_or(if session { Program::Session } else { Program::Input });
    if argv.is_empty() {
        argv.push(OsString::new());
    }
    let inspect = given.inspect || environment.is_set("PYTHONINSPECT");
    config.debug = given.debug.max(environment.level("PYTHONDEBUG"));
    config.inspect = inspect;
    config.interactive = given.inspect;
    config.optimize = given.optimize.max(environment.level("PYTHONOPTIMIZE")).min(2) as u8;
    config.dont_write_bytecode = given.dont_write || environment.is_set("PYTHONDONTWRITEBYTECODE");
    config.no_user_site = given.no_user_site || isolated || environment.is_set("PYTHONNOUSERSITE");
    config.no_site = given.no_site;
    config.ignore_environment = environment.ignored;
    config.verbose = given.verbose.max(environment.level("PYTHONVERBOSE"));
    config.bytes_warning = given.bytes_warning;
    config.quiet = given.quiet;
    config.isolated = isolated;
    config.dev_mode = find(&given, "dev").is_some() || environment.is_set("PYTHONDEVMODE");
    config.safe_path = given.safe_path || isolated || environment.is_set("PYTHONSAFEPATH");
    config.unbuffered = given.unbuffered || environment.is_set("PYTHONUNBUFFERED");
    config.warn_default_encoding =
        find(&given, "warn_default_encoding").is_some() || environment.is_set("PYTHONWARNDEFAULTENCODING");
    config.check_hash_pycs = given.check_hash.unwrap_or("default");
    let utf8 = match find(&given, "utf8") {
        Some(None | Some("1")) => true,
        Some(Some("0")) => false,
        Some(Some(_)) => {
            return Request::Complain(
                "Fatal Python error: preconfig_init_utf8_mode: invalid -X utf8 option value\nPython runtime state: not initialized\n"
                    .to_owned(),
            );
        }
        None => match environment.text("PYTHONUTF8") {
            Some(value) => value == "1",
            None => matches!(locale().as_deref(), None | Some("C" | "POSIX")),
        },
    };
    config.utf8_mode = utf8;
    for (name, variable, default, place) in [
        ("thread_inherit_context", "PYTHON_THREAD_INHERIT_CONTEXT", true, &mut config.thread_inherit_context),
        ("context_aware_warnings", "PYTHON_CONTEXT_AWARE_WARNINGS", true, &mut config.context_aware_warnings),
    ] {
        match switch(&given, &environment, name, variable, default) {
            Ok(on) => *place = on,
            Err(request) => return request,
        }
    }
    config.gil = match (find(&given, "gil"), environment.text("PYTHON_GIL")) {
        (Some(Some("0")), _) => Some(false),
        (Some(Some("1")), _) => Some(true),
        (Some(_), _) => return init_error("PYTHON_GIL / -X gil must be \"0\" or \"1\""),
        (None, Some(value)) if value == "0" => Some(false),
        (None, Some(value)) if value == "1" => Some(true),
        (None, Some(_)) => return init_error("PYTHON_GIL / -X gil must be \"0\" or \"1\""),
        (None, None) => None,
    };
    let digits = match find(&given, "int_max_str_digits") {
        Some(value) => Some((
            value.map(str::to_owned),
            "-X int_max_str_digits: invalid limit; must be >= 640 or 0 for unlimited.",
        )),
        None => environment.text("PYTHONINTMAXSTRDIGITS").map(|value| {
            let value = value.to_string_lossy().into_owned();
            (Some(value), "PYTHONINTMAXSTRDIGITS: invalid limit; must be >= 640 or 0 for unlimited.")
        }),
    };
    if let Some((value, complaint)) = digits {
        let limit = value.and_then(|value| value.parse::<i64>().ok());
        match limit.filter(|&limit| limit == 0 || (640..=i64::from(i32::MAX)).contains(&limit)) {
            Some(limit) => config.int_max_str_digits = limit,
            None => return init_error(complaint),
        }
    }
    let count = find(&given, "cpu_count")
        .map(|value| value.unwrap_or_default().to_owned())
        .or_else(|| environment.text("PYTHON_CPU_COUNT").map(|value| value.to_string_lossy().into_owned()));
    if let Some(count) = count {
        match count.as_str() {
            "default" => {}
            number => match number.parse::<i64>().ok().filter(|&number| number >= 1) {
                Some(number) => config.cpu_count = number,
                None => {
                    return init_error(
                        "-X cpu_count=n option: n is missing or an invalid number, n must be greater than 0",
                    );
                }
            },
        }
    }
    config.pycache_prefix = match find(&given, "pycache_prefix") {
        Some(Some(prefix)) => Some(OsString::from(prefix)).filter(|prefix| !prefix.is_empty()),
        Some(None) => None,
        None => environment.text("PYTHONPYCACHEPREFIX"),
    };
    let seed = environment.text("PYTHONHASHSEED").filter(|seed| seed != "random");
    let hash_seed = match seed {
        Some(seed) => match seed.to_str().and_then(|seed| seed.parse::<u32>().ok()) {
            Some(seed) => Some(seed),
            None => {
                return Request::Complain(
                    "Fatal Python error: config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]\nPython runtime state: preinitialized\n"
                        .to_owned(),
                );
            }
        },
        None => None,
    };
    config.hash_randomization = hash_seed != Some(0);
    if let Some(text) = environment.text("PYTHONIOENCODING") {
        let text = text.to_string_lossy().into_owned();
        let (encoding, errors) = text.split_once(':').unwrap_or((&text, ""));
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        config.stdio_encoding = (some(encoding), some(errors));
    }
    // Where the locale says little, what is no UTF-8 goes through the streams as it is.
    let says_little = ["C", "POSIX", "C.UTF-8", "C.utf8", "UTF-8"];
    if config.stdio_encoding == (None, None)
        && (utf8 || locale().is_none_or(|locale| says_little.contains(&locale.as_str())))
    {
        config.stdio_encoding.1 = Some("surrogateescape".to_owned());
    }
    config.warnoptions = warn_options(&given, &environment, &config);
    let search_path = environment
        .text("PYTHONPATH")
        .map(|path| {
            path.as_bytes()
                .split(|&byte| byte == b':')
                .map(|part| OsStr::from_bytes(part).to_owned())
                .collect()
        })
        .unwrap_or_default();
    let library = find(&given, "stdlib").flatten().map(OsString::from);
    config.xoptions = given.xoptions;
    config.argv = argv;
    config.orig_argv = orig_argv;
    Request::Run(Box::new(Start {
        config,
        program,
        skip_first_line: given.skip_first_line,
        inspect_after: inspect,
        library,
        hash_seed,
        search_path,
    }))
}

/// `sys.warnoptions`: those of modes, of the environment, of the command line.
fn warn_options(given: &Given, environment: &Environment, config: &Config) -> Vec<String> {
    let mut options = Vec::new();
    if config.dev_mode {
        options.push("default".to_owned());
    }
    if let Some(variable) = environment.text("PYTHONWARNINGS") {
        options.extend(variable.to_string_lossy().split(',').map(str::to_owned));
    }
    options.extend(given.warnings.iter().cloned());
    match config.bytes_warning {
        0 => {}
        1 => options.push("default::BytesWarning".to_owned()),
        _ => options.push("error::BytesWarning".to_owned()),
    }
    options
}

fn rustix_terminal() -> bool {
    use std::io::IsTerminal;
    std::io::stdin().is_terminal()
}

fn version_text(count: u32) -> String {
    if count > 1 {
        return format!("Python {}\n", stdlib::sys::make::version());
    }
    let (major, minor, micro, ..) = stdlib::sys::info::VERSION;
    format!("Python {major}.{minor}.{micro}\n")
}

fn help_text(help: Help, program: &OsStr) -> String {
    let program = program.to_string_lossy();
    let options = format!(
        "usage: {program} [option] ... [-c cmd | -m mod | file | -] [arg] ...\n{OPTIONS}\nArguments:\n{ARGUMENTS}"
    );
    match help {
        Help::Options => options,
        Help::Environment => ENVIRONMENT.to_owned(),
        Help::XOptions => X_OPTIONS.to_owned(),
        Help::All => format!("{options}\n{ENVIRONMENT}\n{X_OPTIONS}"),
    }
}

const OPTIONS: &str = "\
Options (and corresponding environment variables):
-b     : warn where bytes are compared with str or int, or made text (-bb: raise)
-B     : write no .pyc files; also PYTHONDONTWRITEBYTECODE=x
-c cmd : run this text (ends the options)
-d     : accepted for compatibility; also PYTHONDEBUG=x
-E     : ignore PYTHON* environment variables
-h     : print this help and exit (also -? or --help)
-i     : interactive session after the program; also PYTHONINSPECT=x
-I     : isolated from the user's environment (implies -E, -P and -s)
-m mod : run a module of the library as a script (ends the options)
-O     : remove assert statements and code for __debug__; also PYTHONOPTIMIZE=x
-OO    : as -O, and remove docstrings
-P     : prepend no potentially unsafe path to sys.path; also PYTHONSAFEPATH
-q     : no version message in an interactive session
-s     : no user's site directory on sys.path; also PYTHONNOUSERSITE=x
-S     : do not import 'site'
-u     : unbuffered stdout and stderr; also PYTHONUNBUFFERED=x
-v     : trace import statements; also PYTHONVERBOSE=x
-V     : print the version and exit (also --version); twice: more of it
-W arg : warning control (action:message:category:module:lineno);
         also PYTHONWARNINGS=arg
-x     : skip the first line of the source
-X opt : an option of the implementation (--help-xoptions)
--check-hash-based-pycs always|default|never:
         how .pyc files that name their source's hash are checked
--help-env      : print help about environment variables and exit
--help-xoptions : print help about -X options and exit
--help-all      : print all help and exit
";

const ARGUMENTS: &str = "\
file   : the program is this file, or in this directory or archive
bench  : compare programs with the GIL and without: bench --help
-      : the program is read from standard input
arg ...: passed to the program in sys.argv[1:]
";

const ENVIRONMENT: &str = "\
Environment variables:
PYTHONPATH      : directories that come first in sys.path, separated by ':'
PYTHONSTARTUP   : a file to run before an interactive session
PYTHONHASHSEED  : 'random', or the seed of text hashes in [0,4294967295]
PYTHONIOENCODING: encoding[:errors] of stdin, stdout and stderr
PYTHONBREAKPOINT: what breakpoint() calls; 0: nothing
PYTHON_GIL      : 1 lets one thread run at a time (-X gil)
PYTHON_CPU_COUNT: what os.cpu_count() answers (-X cpu_count)
PYTHONINTMAXSTRDIGITS: limit of digits between int and str
PYTHONPYCACHEPREFIX: directory for .pyc files
WEFT_STDLIB     : a library to use instead of the packed one (-X stdlib)
";

const X_OPTIONS: &str = "\
Options of the implementation:
-X gil=[0|1]: 1 lets one thread run at a time; also PYTHON_GIL
-X dev: development mode: more warnings; also PYTHONDEVMODE
-X utf8[=0|1]: UTF-8 mode; also PYTHONUTF8
-X cpu_count=N: what os.cpu_count() answers; also PYTHON_CPU_COUNT
-X int_max_str_digits=N: limit of digits between int and str, 0 for none;
         also PYTHONINTMAXSTRDIGITS
-X pycache_prefix=PATH: directory for .pyc files; also PYTHONPYCACHEPREFIX
-X thread_inherit_context=[0|1]: threads begin with a copy of their starter's
         context; also PYTHON_THREAD_INHERIT_CONTEXT
-X context_aware_warnings=[0|1]: warning filters may belong to a context;
         also PYTHON_CONTEXT_AWARE_WARNINGS
-X warn_default_encoding: warn where encoding=None; also
         PYTHONWARNDEFAULTENCODING
-X stdlib=PATH: a library to use instead of the packed one; also WEFT_STDLIB
";
