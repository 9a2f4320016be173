//! Python programs that hold native modules to their invariants: each test carries the names of those that it is about.
//!
//! Each program runs in a process of its own, as a user would run it. It succeeds by ending with code 0 and saying
//! nothing.

use std::path::Path;
use std::process::{Command, Stdio};

/// Runs a program of the folder `modules`.
fn run(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/modules").join(name);
    let mut command = Command::new(env!("CARGO_BIN_EXE_weft"));
    let output =
        command.args(["-W", "ignore"]).arg(path).stdin(Stdio::null()).output().expect("the program starts");
    let said =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(output.status.success() && said.is_empty(), "{name}: {}\n{said}", output.status);
}

macro_rules! programs {
    ($($name:ident: $file:literal;)*) => {$(
        #[test]
        fn $name() {
            run($file);
        }
    )*};
}

programs! {
    array_1_lent_bytes_stay: "array_lent.py";
    buffered_1_buffered_2_threads_take_turns: "buffered_threads.py";
    perthread_1_perthread_2_every_thread_has_its_own: "thread_local.py";
    queue_1_who_has_a_unit_finds_an_item: "simple_queue.py";
    signal_1_handlers_interrupt_any_code: "signals.py";
    text_1_pieces_stay_whole: "text_threads.py";
}
