//! Python programs, each run in a process of its own, as a user would run it, so that a crash or a hang is seen for what it is.
//!
//! * `language/`: the language and its built-in types, compared with what CPython answers.
//! * `modules/`: native modules, held to their invariants (a test carries the names of those that it is about), and the library.
//! * `robustness/`: programs that ask for too much: recursion and nesting without end, sizes beyond memory, objects that change
//!   under those who use them, threads at every moment of a program's life, signals, forks.
//!
//! A program asserts what it is about, says nothing and ends with code 0, unless the comments with which it begins tell
//! otherwise. What they ask for is CPython's answer wherever CPython has one:
//!
//! ```text
//! # options: -W ignore  how to start it
//! # exit: 7             the exit code
//! # stdout: text        the whole output, a line each
//! # stdout-any:         any output will do
//! # stderr: text        what the errors must contain
//! # stderr-not: text    what they must not contain
//! # stderr-any:         anything may be there
//! ```

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Far more than any of them takes, on a busy machine in a debug build too.
const LIMIT: Duration = Duration::from_secs(400);
/// So much of the errors is shown, from their end.
const SHOWN: usize = 4000;

/// What a program must come to.
#[derive(Default)]
struct Expected<'a> {
    options: Vec<&'a str>,
    exit: i32,
    output: Vec<&'a str>,
    any_output: bool,
    errors: Vec<&'a str>,
    no_errors: Vec<&'a str>,
    any_errors: bool,
}

fn expected(source: &str) -> Expected<'_> {
    let mut expected = Expected::default();
    for comment in source.lines().map_while(|line| line.strip_prefix("# ")) {
        let Some((key, value)) = comment.split_once(':') else { continue };
        let value = value.strip_prefix(' ').unwrap_or(value);
        match key {
            "options" => expected.options = value.split(' ').collect(),
            "exit" => expected.exit = value.parse().expect("a number"),
            "stdout" => expected.output.push(value),
            "stdout-any" => expected.any_output = true,
            "stderr" => expected.errors.push(value),
            "stderr-any" => expected.any_errors = true,
            "stderr-not" => expected.no_errors.push(value),
            _ => {}
        }
    }
    expected
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// Reads all that comes through a pipe, while others do something else.
fn reader(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("what it says");
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn run(name: &str, options: &[&str]) {
    let path = folder().join(name);
    let source = std::fs::read_to_string(&path).expect("the program");
    let expected = expected(&source);
    let mut child = Command::new(env!("CARGO_BIN_EXE_weft"))
        .args(&expected.options)
        .args(options)
        .arg(&path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let output = reader(child.stdout.take().expect("a pipe"));
    let errors = reader(child.stderr.take().expect("a pipe"));
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a status") {
            break status;
        }
        if begun.elapsed() > LIMIT {
            child.kill().expect("it ends");
            panic!("{name}: no end after {LIMIT:?}");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let output = output.join().expect("no panic");
    let errors = errors.join().expect("no panic");
    let start = (errors.len().saturating_sub(SHOWN)..).find(|&at| errors.is_char_boundary(at));
    let last = &errors[start.unwrap_or(0)..];
    assert_eq!(status.code(), Some(expected.exit), "{name}: {status}\n{output}{last}");
    assert!(!errors.contains("panicked at"), "{name}\n{last}");
    if !expected.any_output {
        assert_eq!(output.lines().collect::<Vec<_>>(), expected.output, "{name}\n{last}");
    }
    if expected.errors.is_empty() && !expected.any_errors {
        assert!(errors.is_empty(), "{name}\n{last}");
    }
    for text in expected.errors {
        assert!(errors.contains(text), "{name}: no {text:?} in\n{last}");
    }
    for text in expected.no_errors {
        assert!(!errors.contains(text), "{name}: {text:?} in\n{last}");
    }
}

macro_rules! programs {
    ($($name:ident: $file:literal;)*) => {
        const PROGRAMS: &[&str] = &[$($file),*];
        $(
            #[test]
            fn $name() {
                run($file, &[]);
            }
        )*
    };
}

programs! {
    ints_of_every_size: "language/numbers/int.py";
    floats: "language/numbers/float.py";
    complex_numbers: "language/numbers/complex.py";
    long_division: "language/numbers/long_division.py";
    statements_of_every_kind: "language/statements.py";
    calls_that_do_not_fit: "language/calls.py";
    methods_called_with_tuples: "language/methods_with_tuples.py";
    what_is_formatted_at_once: "language/formatted_at_once.py";
    matches_and_their_marks: "language/matches.py";
    classes: "language/classes.py";
    exceptions: "language/exceptions.py";
    missing_attributes: "language/missing_attributes.py";
    bases_and_places_of_classes: "language/bases.py";
    builtins: "language/builtins.py";
    attributes_of_functions_and_descriptors: "language/functions.py";
    generic_aliases_unions_and_type_parameters: "language/generics.py";
    gen_2_generators_and_coroutines: "language/generators.py";
    asynchronous_generators: "language/async_generators.py";
    gen_3_what_generators_keep: "language/generator_slots.py";
    gen_1_turns_of_generators: "language/generator_turns.py";
    dicts_of_keywords: "language/keyword_dicts.py";
    contexts_of_exceptions: "language/exception_contexts.py";
    changed_while_in_use: "language/in_use.py";
    sessions_and_files: "language/session.py";
    forms_of_typing: "language/typing_forms.py";
    fobj_1_frames_and_their_variables: "language/frames.py";
    slots_2_slots_of_new_classes: "language/inherited_slots.py";
    shape_3_instances_with_more_slots: "language/wide_instances.py";
    iterator_1_loops_of_every_form: "language/loop_forms.py";
    calls_of_every_form: "language/call_forms.py";
    quick_ways_to_objects_change_nothing: "language/object_paths.py";
    calls_keep_their_answers_in_every_form: "language/mixed_callables.py";
    lists_take_what_is_stored: "language/list_stores.py";
    values_that_dicts_are_asked_for: "language/dict_gets.py";
    functions_that_calls_need_not_count: "language/held_functions.py";
    calls_with_tuples_and_dicts: "language/spread_calls.py";
    hot_1_hot_2_instructions_in_frequent_forms: "language/dispatch.py";
    caches_of_attributes_and_variables: "language/caches.py";
    dict_6_globals_and_builtins_that_come_and_go: "language/global_places.py";
    dict_7_values_exchanged_without_the_lock: "language/dict_values_exchanged.py";
    tracing_and_profiling: "language/tracing.py";
    mon_1_mon_2_monitoring: "language/monitoring.py";
    weak_references: "language/weak_references.py";
    whole_copies: "language/whole_copies.py";
    slices_of_lists: "language/list_slices.py";
    heaps_of_items: "language/heaps.py";
    operators_that_programs_define: "language/operator_methods.py";
    hot_3_instr_2_pairs_conditions_and_constants: "language/pairs_and_conditions.py";
    pair_1_instructions_two_at_a_time: "language/instruction_pairs.py";
    subscripts_take_forms: "language/subscript_forms.py";
    shape_3_slots_for_what_is_foreseen: "language/shapes_foreseen.py";
    equality_without_classes: "language/native_equality.py";
    answers_of_natives: "language/native_answers.py";
    rests_of_what_is_unpacked: "language/unpacking_rests.py";
    slices_of_lists_and_keys_of_sets: "language/slices_and_sets.py";
    operators_of_sequences_that_need_no_class: "language/native_operators.py";

    array_1_lent_bytes_stay: "modules/array_lent.py";
    asynchronous: "modules/asynchronous.py";
    future_1_futures_end_once: "modules/asyncio_futures.py";
    tasks: "modules/asyncio_tasks.py";
    group_1_group_2_tasks_of_several_threads: "modules/asyncio_threads.py";
    buffered_1_buffered_2_threads_take_turns: "modules/buffered_threads.py";
    code_1_code_is_made_of_what_it_needs: "modules/code.py";
    every_module_of_the_library_is_imported: "modules/imports.py";
    gc_2_garbage_is_found_by_nobody: "modules/collecting.py";
    heaps_and_deques_of_several_threads: "modules/heaps_and_deques.py";
    streams_in_memory_of_several_widths: "modules/string_io.py";
    rlock_3_interrupting_and_forking: "modules/interrupting.py";
    expressions: "modules/expressions.py";
    fault_1_faults_are_reported: "modules/fault.py";
    formats: "modules/formats.py";
    hashes: "modules/hashes.py";
    iterables_gone_through_whole: "modules/whole_iterables.py";
    locale_1_one_thread_at_a_time: "modules/locale_threads.py";
    mapped: "modules/mapped.py";
    mapping_1_mapped_memory_outlives_its_views: "modules/mapping_threads.py";
    uuids: "modules/uuids.py";
    perthread_1_perthread_2_every_thread_has_its_own: "modules/thread_local.py";
    processes: "modules/processes.py";
    queue_1_queue_2_who_is_woken_finds_an_item_and_order_is_kept: "modules/simple_queue.py";
    semaphore_1_semaphores_serve_every_thread: "modules/semaphores.py";
    signal_1_handlers_interrupt_any_code: "modules/signals.py";
    sockets: "modules/sockets.py";
    sre_1_programs_are_checked: "modules/sre_hostile.py";
    sre_searches: "modules/sre_searches.py";
    state_2_frames_of_other_threads: "modules/current_frames.py";
    subprocess_1_children_start_while_threads_work: "modules/subprocess_threads.py";
    shared_counts: "modules/shared_counts.py";
    text_1_pieces_stay_whole: "modules/text_threads.py";
    zlib_1_streams_stay_whole: "modules/zlib_threads.py";

    deep_freeing: "robustness/deep_freeing.py";
    deep_iterators: "robustness/deep_iterators.py";
    deep_limit: "robustness/deep_limit.py";
    deep_modules: "robustness/deep_modules.py";
    deep_source: "robustness/deep_source.py";
    exit_codes: "robustness/exit_codes.py";
    exit_daemons: "robustness/exit_daemons.py";
    exit_finalizers: "robustness/exit_finalizers.py";
    exit_printing_daemons: "robustness/exit_printing_daemons.py";
    ready_3_first_use_of_natives: "robustness/first_use.py";
    forking: "robustness/forking.py";
    hostile_buffers: "robustness/hostile_buffers.py";
    hostile_lists: "robustness/hostile_lists.py";
    hostile_natives: "robustness/hostile_natives.py";
    hostile_streams: "robustness/hostile_streams.py";
    hostile_tables: "robustness/hostile_tables.py";
    little_memory: "robustness/little_memory.py";
    recursion_in_natives: "robustness/recursion_in_natives.py";
    recursion_in_python: "robustness/recursion_in_python.py";
    shared_by_threads: "robustness/shared_by_threads.py";
    signals: "robustness/signals.py";
    sizes: "robustness/sizes.py";
    threads_and_exceptions: "robustness/threads_and_exceptions.py";
}

/// Debug builds count writes to what threads share; this program holds reads to none.
const SHARED_READS: &str = "modules/shared_reads.py";

#[cfg(debug_assertions)]
#[test]
fn shared_reads_write_nothing() {
    run(SHARED_READS, &[]);
}

/// The same where threads take turns.
mod with_gil {
    use super::run;

    #[test]
    fn signals() {
        run("robustness/signals.py", &["-X", "gil=1"]);
    }

    #[test]
    fn exit_daemons() {
        run("robustness/exit_daemons.py", &["-X", "gil=1"]);
    }

    #[test]
    fn shared_by_threads() {
        run("robustness/shared_by_threads.py", &["-X", "gil=1"]);
    }

    #[test]
    fn forking() {
        run("robustness/forking.py", &["-X", "gil=1"]);
    }
}

/// A program that nobody lists would never be run.
#[test]
fn every_program_is_listed() {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder()];
    while let Some(path) = folders.pop() {
        for entry in std::fs::read_dir(&path).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "py") {
                let inside = path.strip_prefix(folder()).expect("a path below");
                found.insert(inside.to_str().expect("a plain name").to_owned());
            }
        }
    }
    let listed = PROGRAMS.iter().copied().chain([SHARED_READS]);
    assert_eq!(found, listed.map(str::to_owned).collect());
}
