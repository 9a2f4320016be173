//! The program.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Python's own recursion is bounded by its limit; native recursion by this stack.
    const STACK_BYTES: usize = 512 << 20;
    let worker = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(|| run(STACK_BYTES));
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        Ok(Err(_)) => ExitCode::from(134),
        Err(error) => {
            eprintln!("weft: cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(stack_bytes: usize) -> ExitCode {
    let file = std::env::args().nth(1).unwrap_or_default();
    let source = match std::fs::read_to_string(&file) {
        Ok(source) => source,
        Err(error) => {
            eprintln!("weft: can't open file '{file}': {error}");
            return ExitCode::from(2);
        }
    };
    let world = memory::Memory::new_world(false);
    let Ok(mut thread) = world.register() else { return ExitCode::FAILURE };
    let thread = &mut thread;
    runtime::state::enter(thread, stack_bytes);
    let result =
        runtime::start::start(thread).and_then(|()| runtime::start::run_source(thread, &source, &file));
    let code = match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(raised) => {
            runtime::types::traceback::print_plain(thread, "Error", raised.value());
            ExitCode::FAILURE
        }
    };
    runtime::state::leave(thread);
    code
}
