//! Which of CPython's test modules are run.

/// A test module, as a name in CPython's package `test`.
pub struct Module {
    /// Its name.
    pub name: &'static str,
    /// Tests whose name contains one of these are left out: they are about something else.
    pub without: &'static [&'static str],
}

/// The modules, in the order in which they are shown.
pub const MODULES: &[Module] = &[
    // Syntax.
    all("test_grammar"),
    all("test_scope"),
    all("test_named_expressions"),
    all("test_patma"),
    all("test_fstring"),
    all("test_string_literals"),
    all("test_unpack"),
    all("test_unpack_ex"),
    all("test_extcall"),
    all("test_keywordonlyarg"),
    all("test_positional_only_arg"),
    // Functions that suspend.
    all("test_generators"),
    all("test_genexps"),
    all("test_listcomps"),
    all("test_dictcomps"),
    all("test_setcomps"),
    all("test_yield_from"),
    all("test_coroutines"),
    all("test_asyncgen"),
    // Event loops.
    all("test_asyncio.test_futures"),
    all("test_asyncio.test_futures2"),
    all("test_asyncio.test_tasks"),
    all("test_asyncio.test_eager_task_factory"),
    all("test_asyncio.test_free_threading"),
    all("test_asyncio.test_taskgroups"),
    all("test_asyncio.test_timeouts"),
    all("test_asyncio.test_waitfor"),
    all("test_asyncio.test_locks"),
    all("test_asyncio.test_queues"),
    all("test_asyncio.test_runners"),
    all("test_asyncio.test_staggered"),
    all("test_asyncio.test_pep492"),
    all("test_asyncio.test_context"),
    all("test_asyncio.test_threads"),
    // Statements and exceptions.
    all("test_with"),
    all("test_raise"),
    all("test_exceptions"),
    all("test_baseexception"),
    all("test_except_star"),
    all("test_exception_group"),
    // Classes.
    all("test_class"),
    all("test_descr"),
    all("test_super"),
    all("test_metaclass"),
    all("test_subclassinit"),
    all("test_property"),
    all("test_decorators"),
    all("test_funcattrs"),
    // Operators and built-in types.
    all("test_richcmp"),
    all("test_binop"),
    all("test_augassign"),
    all("test_bool"),
    all("test_int"),
    all("test_long"),
    all("test_float"),
    all("test_complex"),
    all("test_str"),
    all("test_bytes"),
    all("test_list"),
    all("test_tuple"),
    all("test_dict"),
    all("test_dictviews"),
    all("test_set"),
    all("test_range"),
    all("test_slice"),
    // Iteration and built-in functions.
    all("test_iter"),
    all("test_enumerate"),
    all("test_builtin"),
    // Types.
    all("test_isinstance"),
    all("test_types"),
    all("test_type_params"),
    all("test_type_annotations"),
    // The library, in Python mostly.
    all("test_dataclasses"),
    all("test_enum"),
    all("test_contextlib"),
    all("test_functools"),
    all("test_itertools"),
    all("test_collections"),
    all("test_deque"),
    all("test_ordered_dict"),
    all("test_heapq"),
    all("test_bisect"),
    all("test_operator"),
    all("test_math"),
    all("test_random"),
    all("test_re"),
    all("test_struct"),
    all("test_json"),
    all("test_string"),
    all("test_textwrap"),
    all("test_copy"),
    // Memory.
    all("test_weakref"),
    all("test_gc"),
    // Threads.
    all("test_thread"),
    all("test_threading"),
    all("test_threading_local"),
    all("test_queue"),
    Module { name: "test_concurrent_futures", without: &["Process", "Interpreter"] }, // the part with threads
    all("test_context"),
    all("test_sched"),
    // Files and the system.
    all("test_time"),
    all("test_io"),
    all("test_fileio"),
    all("test_memoryio"),
    all("test_os"),
    all("test_pathlib"),
    all("test_argparse"),
    all("test_logging"),
];

const fn all(name: &'static str) -> Module {
    Module { name, without: &[] }
}
