//! Python programs: the language, compared with what CPython answers, and native modules, held to their invariants (a test
//! carries the names of those that it is about).
//!
//! Each program runs in a process of its own, as a user would run it. It succeeds by ending with code 0 and saying
//! nothing.

use std::path::Path;
use std::process::{Command, Stdio};

/// Runs a program of this folder.
fn run(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests").join(name);
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
    ints_of_every_size: "language/numbers/int.py";
    floats: "language/numbers/float.py";
    complex_numbers: "language/numbers/complex.py";
    statements_of_every_kind: "language/statements.py";
    calls_that_do_not_fit: "language/calls.py";
    classes: "language/classes.py";
    exceptions: "language/exceptions.py";
    bases_and_places_of_classes: "language/bases.py";
    builtins: "language/builtins.py";
    attributes_of_functions_and_descriptors: "language/functions.py";
    generic_aliases_unions_and_type_parameters: "language/generics.py";
    gen_2_generators_and_coroutines: "language/generators.py";
    asynchronous_generators: "language/async_generators.py";
    changed_while_in_use: "language/in_use.py";
    sessions_and_files: "language/session.py";
    forms_of_typing: "language/typing_forms.py";
    fobj_1_frames_and_their_variables: "language/frames.py";
    hot_1_hot_2_instructions_in_frequent_forms: "language/dispatch.py";
    tracing_and_profiling: "language/tracing.py";
    mon_1_mon_2_monitoring: "language/monitoring.py";

    array_1_lent_bytes_stay: "modules/array_lent.py";
    code_1_code_is_made_of_what_it_needs: "modules/code.py";
    fault_1_faults_are_reported: "modules/fault.py";
    gc_2_garbage_is_found_by_nobody: "modules/collecting.py";
    heaps_and_deques_of_several_threads: "modules/heaps_and_deques.py";
    locale_1_one_thread_at_a_time: "modules/locale_threads.py";
    mapping_1_mapped_memory_outlives_its_views: "modules/mapping_threads.py";
    semaphore_1_semaphores_serve_every_thread: "modules/semaphores.py";
    sre_1_programs_are_checked: "modules/sre_hostile.py";
    state_2_frames_of_other_threads: "modules/current_frames.py";
    zlib_1_streams_stay_whole: "modules/zlib_threads.py";
    buffered_1_buffered_2_threads_take_turns: "modules/buffered_threads.py";
    perthread_1_perthread_2_every_thread_has_its_own: "modules/thread_local.py";
    rlock_3_interrupting_and_forking: "modules/interrupting.py";
    queue_1_who_has_a_unit_finds_an_item: "modules/simple_queue.py";
    signal_1_handlers_interrupt_any_code: "modules/signals.py";
    subprocess_1_children_start_while_threads_work: "modules/subprocess_threads.py";
    text_1_pieces_stay_whole: "modules/text_threads.py";
}
