//! The program: options, paths, start, run, exit code.

mod bench;
mod options;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use options::{Request, Start};
use runtime::state::DEFAULT_STACK_BYTES;
use runtime::system::signal;
use stdlib::boot::{self, run::Program};
use stdlib::sys::hooks;
use threads::World;

#[global_allocator]
static ALLOCATOR: memory::heap::Allocator = memory::heap::Allocator;

fn main() -> ExitCode {
    memory::heap::begin_with_small_pages();
    // Only where the name of a program to run could stand, and before any option: `weft ./bench` is a file.
    if std::env::args_os().nth(1).is_some_and(|word| word == bench::NAME) {
        return exit(bench::run(&std::env::args_os().skip(2).collect::<Vec<_>>()));
    }
    let start = match options::parse(std::env::args_os().collect()) {
        Request::Run(start) => start,
        Request::Print(text, code) => {
            // Nobody reads it: no reason to fail.
            drop(std::io::stdout().write_all(text.as_bytes()));
            return exit(code);
        }
        Request::Complain(text) => {
            eprint!("{text}");
            return exit(if text.starts_with("Fatal") { 1 } else { 2 });
        }
    };
    // Made while the process has one thread: to register for expedited barriers (`membarrier`), which reclamation does, a
    // process with more threads waits milliseconds for the kernel's grace period.
    let world = memory::Memory::new_world(start.config.gil == Some(true));
    // Python's main thread is the one below: what the process is sent is for that thread, and there before `kill` returns.
    let held_back = signal::hold_back_all();
    let worker = std::thread::Builder::new().stack_size(DEFAULT_STACK_BYTES).spawn(move || {
        signal::hold_back_only(&held_back);
        run(&world, *start)
    });
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => exit(code),
        Ok(Err(_)) => exit(134),
        Err(error) => {
            eprintln!("weft: cannot start: {error}");
            exit(1)
        }
    }
}

/// The lowest byte of a code is what the system keeps.
fn exit(code: i32) -> ExitCode {
    ExitCode::from(code as u8)
}

fn run(world: &Arc<World>, mut start: Start) -> i32 {
    if let Err(error) = paths(&mut start) {
        eprintln!("weft: {error}");
        return 1;
    }
    if let Some(seed) = start.hash_seed {
        runtime::types::hashing::set_key(hash_key(seed));
    }
    let Ok(mut thread) = world.register() else {
        eprintln!("weft: cannot start: too many threads");
        return 1;
    };
    let thread = &mut thread;
    runtime::state::enter(thread, DEFAULT_STACK_BYTES);
    let code = run_program(thread, start);
    let code = boot::finish::finish(thread, code);
    hooks::die_if_interrupted();
    // The process ends: what is left goes with it.
    std::process::exit(code & 0xff)
}

fn run_program(thread: &mut threads::Thread, start: Start) -> i32 {
    let Start { config, program, skip_first_line, inspect_after, .. } = start;
    let interactive = matches!(program, Program::Session);
    if let Err(raised) = boot::start(thread, config) {
        runtime::types::traceback::print_plain(thread, "Fatal Python error: cannot start", raised.value());
        return 1;
    }
    let result = boot::start_site(thread).and_then(|()| {
        if interactive && !runtime::config::get().quiet {
            eprintln!("Python {} on {}", stdlib::sys::make::version(), std::env::consts::OS);
            eprintln!("Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.");
        }
        boot::run::run(thread, &program, skip_first_line)
    });
    let mut code = match result {
        Ok(()) => 0,
        Err(raised) => hooks::uncaught(thread, raised),
    };
    if inspect_after && !interactive {
        code = match boot::run::interact(thread) {
            Ok(()) => 0,
            Err(raised) => hooks::uncaught(thread, raised),
        };
    }
    code
}

/// The key that a seed stands for; 0 is the key of zeros.
fn hash_key(seed: u32) -> (u64, u64) {
    if seed == 0 {
        return (0, 0);
    }
    // The linear congruential generator that CPython uses here: the hashes of a seed are the same in both.
    let mut state = seed;
    let mut byte = || {
        state = state.wrapping_mul(214_013).wrapping_add(2_531_011);
        (state >> 16) as u8
    };
    let mut word = || u64::from_le_bytes(std::array::from_fn(|_| byte()));
    (word(), word())
}

/// Finds the program, the library, and what `sys.path` begins with.
fn paths(start: &mut Start) -> std::io::Result<()> {
    let library = stdlib::pack::locate(start.library.as_deref())?;
    let config = &mut start.config;
    let name = config.orig_argv.first().cloned().unwrap_or_default();
    config.executable = find_program(&name);
    config.base_executable = config.executable.clone();
    config.library.clone_from(&library.folder);
    let prefix = library.prefix.clone().unwrap_or_else(|| library.folder.clone());
    config.base_prefix.clone_from(&prefix);
    config.prefix = prefix.clone();
    let mut search: Vec<OsString> = start.search_path.clone();
    search.push(prefix.join("lib/python314.zip").into_os_string());
    search.push(library.folder.clone().into_os_string());
    search.push(library.folder.join("lib-dynload").into_os_string());
    config.module_search_paths = search;
    if let Some(home) = virtual_environment(&config.executable) {
        config.prefix = home.folder;
        if let Some(base) = home.base {
            config.base_executable = base;
        }
    }
    Ok(())
}

/// The absolute path of the program.
fn find_program(name: &std::ffi::OsStr) -> PathBuf {
    let path = Path::new(name);
    if path.components().count() > 1 || path.is_absolute() {
        return std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    }
    let found = std::env::var_os("PATH").and_then(|search| {
        std::env::split_paths(&search).map(|folder| folder.join(path)).find(|file| file.is_file())
    });
    match found {
        Some(file) => std::path::absolute(&file).unwrap_or(file),
        None => std::env::current_exe().unwrap_or_default(),
    }
}

/// A virtual environment: its folder, and the program that it was made from.
struct Home {
    folder: PathBuf,
    base: Option<PathBuf>,
}

/// The virtual environment that the program is started from: `pyvenv.cfg` beside it or one folder up.
fn virtual_environment(executable: &Path) -> Option<Home> {
    let folder = executable.parent()?;
    let (folder, text) = [Some(folder), folder.parent()].into_iter().flatten().find_map(|folder| {
        let text = std::fs::read_to_string(folder.join("pyvenv.cfg")).ok()?;
        Some((folder.to_owned(), text))
    })?;
    let setting = |wanted: &str| {
        text.lines().find_map(|line| {
            let (key, value) = line.split_once('=')?;
            key.trim().eq_ignore_ascii_case(wanted).then(|| PathBuf::from(value.trim()))
        })
    };
    let home = setting("home")?;
    let base = setting("executable").or_else(|| executable.file_name().map(|name| home.join(name)));
    Some(Home { folder, base })
}
