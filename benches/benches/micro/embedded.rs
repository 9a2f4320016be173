//! An interpreter in the process that measures it: started once, asked for values and functions by their source.

use std::time::{Duration, Instant};

use criterion::Criterion;
use memory::{Memory, Value};
use runtime::error::Result;
use runtime::types::{Dict, DictExt, Str, module};
use threads::Thread;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: memory::heap::Allocator = memory::heap::Allocator;

/// What a thread of Python may need.
const STACK_BYTES: usize = 64 << 20;

/// Runs the benchmarks on a thread that runs Python.
pub fn run(benchmarks: impl FnOnce(&mut Criterion, &mut Embedded<'_>) + Send + 'static) {
    let world = Memory::new_world(false);
    let worker = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        let mut thread = world.register().expect("a first thread");
        runtime::state::enter(&mut thread, STACK_BYTES);
        runtime::start::start(&mut thread, &stdlib::sys::MODULE).map(drop).expect("the interpreter starts");
        // Enough to see a change of a few percent, and a minute for all of a file.
        let criterion = Criterion::default()
            .sample_size(20)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(1));
        let mut criterion = criterion.configure_from_args();
        benchmarks(&mut criterion, &mut Embedded { thread: &mut thread });
        criterion.final_summary();
        runtime::state::leave(&mut thread);
    });
    worker.expect("a thread").join().expect("no panic");
}

/// The interpreter, on this thread.
#[derive(Debug)]
pub struct Embedded<'a> {
    /// The thread that runs it.
    pub thread: &'a mut Thread,
}

impl Embedded<'_> {
    /// Runs a program in a namespace of its own, and returns what it calls `name`.
    pub fn define(&mut self, source: &str, name: &str) -> Value {
        let found = self.try_define(source, name).map_err(|raised| {
            runtime::types::traceback::print_plain(self.thread, "it raised", raised.value());
        });
        found.ok().flatten().unwrap_or_else(|| panic!("no {name} in\n{source}"))
    }

    fn try_define(&mut self, source: &str, name: &str) -> Result<Option<Value>> {
        let thread = &mut *self.thread;
        let module = module::new(thread, "__main__", None)?;
        let globals = module::dict(thread, &module)?;
        let code = runtime::compile::compile(thread, source, "<bench>", compiler::Mode::Exec, 0)?;
        runtime::interp::eval_code(thread, &code, &globals, None)?;
        let name = Str::interned(thread, name)?;
        Ok(runtime::object::cast::<Dict>(&globals).and_then(|globals| globals.get_str(thread, &name)))
    }

    /// The value of an expression.
    pub fn value(&mut self, expression: &str) -> Value {
        self.define(&format!("value = {expression}"), "value")
    }

    /// How long it takes to call `function` with the number of rounds that it is to make.
    pub fn time(&mut self, function: &Value, rounds: u64) -> Duration {
        let rounds = i64::try_from(rounds).ok().and_then(Value::from_int).expect("a small int");
        let begun = Instant::now();
        let result = runtime::call::call_one(self.thread, function, &rounds);
        let took = begun.elapsed();
        assert!(result.is_ok(), "the function raised");
        took
    }
}
