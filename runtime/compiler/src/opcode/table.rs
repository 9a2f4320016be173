//! The table of instructions: one row each, read by whoever passes the name of a macro.
//!
//! A row is `number Variant NAME (popped => pushed) cache units [flags];`. `popped` and `pushed` count values on the
//! stack and may use the instruction's argument `n`. Numbers, names, effects and cache sizes are CPython 3.14's, so
//! that code objects, `dis` and tools built on them mean the same thing here.

/// Calls the macro `$reader` with the table of instructions: first the identifier `n` that stands for the argument in
/// the effects, then the rows.
#[macro_export]
macro_rules! opcode_table {
    ($reader:ident) => {
        $reader! {
        n;
        /// One code unit of inline cache; never executed.
        0 Cache CACHE (0 => 0) cache 0 [];
        /// Push `container[start:stop]`.
        1 BinarySlice BINARY_SLICE (3 => 1) cache 0 [];
        /// Push a template string of a tuple of strings and a tuple of interpolations.
        2 BuildTemplate BUILD_TEMPLATE (2 => 1) cache 0 [];
        /// Call `function` (null or self, argument tuple, keyword dict or null) with unpacked arguments.
        4 CallFunctionEx CALL_FUNCTION_EX (4 => 1) cache 0 [EVAL_BREAK];
        /// Split an exception group by a class: push the rest and the match.
        5 CheckEgMatch CHECK_EG_MATCH (2 => 2) cache 0 [];
        /// Keep the exception; replace the class by whether the exception matches it.
        6 CheckExcMatch CHECK_EXC_MATCH (2 => 2) cache 0 [];
        /// After a `throw` into a delegation: take the value out of a StopIteration, else reraise.
        7 CleanupThrow CLEANUP_THROW (3 => 2) cache 0 [];
        /// `del container[key]`.
        8 DeleteSubscr DELETE_SUBSCR (2 => 0) cache 0 [];
        /// Pop the value a finished generator returned to a `for` loop.
        9 EndFor END_FOR (1 => 0) cache 0 [];
        /// Drop the receiver below the top of the stack.
        10 EndSend END_SEND (2 => 1) cache 0 [];
        /// Raise TypeError unless `__init__` returned None.
        11 ExitInitCheck EXIT_INIT_CHECK (1 => 0) cache 0 [];
        /// `format(value, '')`.
        12 FormatSimple FORMAT_SIMPLE (1 => 1) cache 0 [];
        /// `format(value, spec)`.
        13 FormatWithSpec FORMAT_WITH_SPEC (2 => 1) cache 0 [];
        /// Push `type(value).__aiter__(value)`.
        14 GetAiter GET_AITER (1 => 1) cache 0 [];
        /// Push an awaitable of the asynchronous iterator's next value.
        15 GetAnext GET_ANEXT (1 => 2) cache 0 [];
        /// `iter(value)`.
        16 GetIter GET_ITER (1 => 1) cache 0 [];
        /// Holds the number 17, which code on disk relies on.
        17 Reserved RESERVED (0 => 0) cache 0 [];
        /// Push `len(value)` above the value.
        18 GetLen GET_LEN (1 => 2) cache 0 [];
        /// `iter(value)`, but a generator or a coroutine stays itself.
        19 GetYieldFromIter GET_YIELD_FROM_ITER (1 => 1) cache 0 [];
        /// Return from the interpreter's entry frame.
        20 InterpreterExit INTERPRETER_EXIT (1 => 0) cache 0 [];
        /// Push `builtins.__build_class__`.
        21 LoadBuildClass LOAD_BUILD_CLASS (0 => 1) cache 0 [];
        /// Push the frame's mapping of local names.
        22 LoadLocals LOAD_LOCALS (0 => 1) cache 0 [];
        /// Make a function of a code object.
        23 MakeFunction MAKE_FUNCTION (1 => 1) cache 0 [];
        /// Push the tuple of the subject's values for a tuple of keys, or None.
        24 MatchKeys MATCH_KEYS (2 => 3) cache 0 [];
        /// Push whether the subject is a mapping to patterns.
        25 MatchMapping MATCH_MAPPING (1 => 2) cache 0 [];
        /// Push whether the subject is a sequence to patterns.
        26 MatchSequence MATCH_SEQUENCE (1 => 2) cache 0 [];
        /// Nothing; carries a line for tracing.
        27 Nop NOP (0 => 0) cache 0 [];
        /// Nothing; marks the branch that was not taken, for monitoring.
        28 NotTaken NOT_TAKEN (0 => 0) cache 0 [];
        /// Restore the exception state that PUSH_EXC_INFO saved.
        29 PopExcept POP_EXCEPT (1 => 0) cache 0 [];
        /// Pop the iterator of a finished `for` loop.
        30 PopIter POP_ITER (1 => 0) cache 0 [];
        /// Pop a value.
        31 PopTop POP_TOP (1 => 0) cache 0 [];
        /// Save the handled exception below the new one, which becomes the handled one.
        32 PushExcInfo PUSH_EXC_INFO (1 => 2) cache 0 [];
        /// Push the null word.
        33 PushNull PUSH_NULL (0 => 1) cache 0 [];
        /// Move the frame into a new generator, coroutine or asynchronous generator and return it.
        34 ReturnGenerator RETURN_GENERATOR (0 => 1) cache 0 [];
        /// Return the value to the caller's stack.
        35 ReturnValue RETURN_VALUE (1 => 1) cache 0 [];
        /// Make sure that `__annotations__` exists among the local names.
        36 SetupAnnotations SETUP_ANNOTATIONS (0 => 0) cache 0 [];
        /// `container[start:stop] = value`.
        37 StoreSlice STORE_SLICE (4 => 0) cache 0 [];
        /// `container[key] = value`.
        38 StoreSubscr STORE_SUBSCR (3 => 0) cache 1 [];
        /// `bool(value)`.
        39 ToBool TO_BOOL (1 => 1) cache 3 [];
        /// `~value`.
        40 UnaryInvert UNARY_INVERT (1 => 1) cache 0 [];
        /// `-value`.
        41 UnaryNegative UNARY_NEGATIVE (1 => 1) cache 0 [];
        /// `not value` of a bool.
        42 UnaryNot UNARY_NOT (1 => 1) cache 0 [];
        /// Call the exit method of a `with` statement with the exception being handled.
        43 WithExceptStart WITH_EXCEPT_START (5 => 6) cache 0 [];
        /// `left op right`; the argument is a `BinaryOp`.
        44 BinaryOp BINARY_OP (2 => 1) cache 5 [ARG];
        /// Push an interpolation of a value, its source and (bit 0) a format; bits 2 and up: conversion.
        45 BuildInterpolation BUILD_INTERPOLATION (2 + (n & 1) => 1) cache 0 [ARG];
        /// Push a list of the top `n` values.
        46 BuildList BUILD_LIST (n => 1) cache 0 [ARG];
        /// Push a dict of the top `n` pairs.
        47 BuildMap BUILD_MAP (2 * n => 1) cache 0 [ARG];
        /// Push a set of the top `n` values.
        48 BuildSet BUILD_SET (n => 1) cache 0 [ARG];
        /// Push a slice of two or three values.
        49 BuildSlice BUILD_SLICE (n => 1) cache 0 [ARG];
        /// Push the concatenation of `n` strings.
        50 BuildString BUILD_STRING (n => 1) cache 0 [ARG];
        /// Push a tuple of the top `n` values.
        51 BuildTuple BUILD_TUPLE (n => 1) cache 0 [ARG];
        /// Call with `n` positional arguments (callable, self or null, arguments).
        52 Call CALL (2 + n => 1) cache 3 [ARG EVAL_BREAK];
        /// Replace the top by a function of it; the argument is an `Intrinsic1`.
        53 CallIntrinsic1 CALL_INTRINSIC_1 (1 => 1) cache 0 [ARG];
        /// Replace the top two by a function of them; the argument is an `Intrinsic2`.
        54 CallIntrinsic2 CALL_INTRINSIC_2 (2 => 1) cache 0 [ARG];
        /// Call with `n` arguments of which the last are named by the tuple on top.
        55 CallKw CALL_KW (3 + n => 1) cache 3 [ARG EVAL_BREAK];
        /// `left op right`; see `CompareOp::oparg`.
        56 CompareOp COMPARE_OP (2 => 1) cache 1 [ARG];
        /// `left in right`, or `not in` if the argument is 1.
        57 ContainsOp CONTAINS_OP (2 => 1) cache 1 [ARG];
        /// `str` (1), `repr` (2) or `ascii` (3) of the value.
        58 ConvertValue CONVERT_VALUE (1 => 1) cache 0 [ARG];
        /// Push the value at depth `n` (1 is the top).
        59 Copy COPY (n => n + 1) cache 0 [ARG];
        /// Copy `n` cells from the function's closure to the frame.
        60 CopyFreeVars COPY_FREE_VARS (0 => 0) cache 0 [ARG];
        /// `del value.name`.
        61 DeleteAttr DELETE_ATTR (1 => 0) cache 0 [ARG NAME];
        /// Empty a cell.
        62 DeleteDeref DELETE_DEREF (0 => 0) cache 0 [ARG FREE];
        /// Unbind a local variable.
        63 DeleteFast DELETE_FAST (0 => 0) cache 0 [ARG LOCAL];
        /// Unbind a global name.
        64 DeleteGlobal DELETE_GLOBAL (0 => 0) cache 0 [ARG NAME];
        /// Unbind a local name.
        65 DeleteName DELETE_NAME (0 => 0) cache 0 [ARG NAME];
        /// Update the dict at depth `n` for a call: a repeated key raises TypeError.
        66 DictMerge DICT_MERGE (4 + n => 3 + n) cache 0 [ARG];
        /// Update the dict at depth `n`.
        67 DictUpdate DICT_UPDATE (1 + n => n) cache 0 [ARG];
        /// End an `async for` on StopAsyncIteration, else reraise; the jump tells monitoring where it began.
        68 EndAsyncFor END_ASYNC_FOR (2 => 0) cache 0 [ARG JUMP];
        /// The next instruction's argument gets these eight bits above its own.
        69 ExtendedArg EXTENDED_ARG (0 => 0) cache 0 [ARG];
        /// Push the iterator's next value, or jump when it has none.
        70 ForIter FOR_ITER (1 => 2) cache 1 [ARG JUMP];
        /// Push the awaitable's iterator; the argument words the error (1 `__aenter__`, 2 `__aexit__`).
        71 GetAwaitable GET_AWAITABLE (1 => 1) cache 0 [ARG];
        /// Push an attribute or submodule of the module on top.
        72 ImportFrom IMPORT_FROM (1 => 2) cache 0 [ARG NAME];
        /// Import a module (level, names).
        73 ImportName IMPORT_NAME (2 => 1) cache 0 [ARG NAME];
        /// `left is right`, or `is not` if the argument is 1.
        74 IsOp IS_OP (2 => 1) cache 0 [ARG];
        /// Jump back, and poll.
        75 JumpBackward JUMP_BACKWARD (0 => 0) cache 1 [ARG JUMP EVAL_BREAK];
        /// Jump back without polling.
        76 JumpBackwardNoInterrupt JUMP_BACKWARD_NO_INTERRUPT (0 => 0) cache 0 [ARG JUMP];
        /// Jump forward.
        77 JumpForward JUMP_FORWARD (0 => 0) cache 0 [ARG JUMP];
        /// Append to the list at depth `n`.
        78 ListAppend LIST_APPEND (1 + n => n) cache 0 [ARG];
        /// Extend the list at depth `n`.
        79 ListExtend LIST_EXTEND (1 + n => n) cache 0 [ARG];
        /// `value.name` (argument over 2); bit 0: push callable and self or null, for a call.
        80 LoadAttr LOAD_ATTR (1 => 1 + (n & 1)) cache 9 [ARG NAME];
        /// Push one of `COMMON_CONSTANTS`.
        81 LoadCommonConstant LOAD_COMMON_CONSTANT (0 => 1) cache 0 [ARG];
        /// Push a constant.
        82 LoadConst LOAD_CONST (0 => 1) cache 0 [ARG CONST];
        /// Push what a cell holds.
        83 LoadDeref LOAD_DEREF (0 => 1) cache 0 [ARG LOCAL];
        /// Push a local variable that is surely bound.
        84 LoadFast LOAD_FAST (0 => 1) cache 0 [ARG LOCAL];
        /// Push a local variable, or null, and unbind it.
        85 LoadFastAndClear LOAD_FAST_AND_CLEAR (0 => 1) cache 0 [ARG LOCAL];
        /// LOAD_FAST where the variable outlives the value on the stack.
        86 LoadFastBorrow LOAD_FAST_BORROW (0 => 1) cache 0 [ARG LOCAL];
        /// Two borrows: variables `n >> 4` and `n & 15`.
        87 LoadFastBorrowLoadFastBorrow LOAD_FAST_BORROW_LOAD_FAST_BORROW (0 => 2) cache 0 [ARG LOCAL];
        /// Push a local variable; raise UnboundLocalError.
        88 LoadFastCheck LOAD_FAST_CHECK (0 => 1) cache 0 [ARG LOCAL];
        /// Push variables `n >> 4` and `n & 15`.
        89 LoadFastLoadFast LOAD_FAST_LOAD_FAST (0 => 2) cache 0 [ARG LOCAL];
        /// Replace a mapping by its value for the cell's name, else by what the cell holds.
        90 LoadFromDictOrDeref LOAD_FROM_DICT_OR_DEREF (1 => 1) cache 0 [ARG FREE];
        /// Replace a mapping by its value for a name, else by the global.
        91 LoadFromDictOrGlobals LOAD_FROM_DICT_OR_GLOBALS (1 => 1) cache 0 [ARG NAME];
        /// Push a global or builtin (argument over 2); bit 0: and null above it.
        92 LoadGlobal LOAD_GLOBAL (0 => 1 + (n & 1)) cache 4 [ARG NAME];
        /// Push a local, global or builtin name.
        93 LoadName LOAD_NAME (0 => 1) cache 0 [ARG NAME];
        /// Push the int `n`.
        94 LoadSmallInt LOAD_SMALL_INT (0 => 1) cache 0 [ARG];
        /// Push one of `SPECIAL_METHODS` of the value and self or null.
        95 LoadSpecial LOAD_SPECIAL (1 => 2) cache 0 [ARG];
        /// `super(class, self).name` (argument over 4); bit 0: for a call; bit 1: two arguments were given.
        96 LoadSuperAttr LOAD_SUPER_ATTR (3 => 1 + (n & 1)) cache 1 [ARG NAME];
        /// Put a local variable in a new cell.
        97 MakeCell MAKE_CELL (0 => 0) cache 0 [ARG FREE];
        /// Add a pair to the dict at depth `n`.
        98 MapAdd MAP_ADD (2 + n => n) cache 0 [ARG];
        /// Push the tuple of attributes of a class pattern with `n` positional parts, or None.
        99 MatchClass MATCH_CLASS (3 => 1) cache 0 [ARG];
        /// Jump if the bool is False.
        100 PopJumpIfFalse POP_JUMP_IF_FALSE (1 => 0) cache 1 [ARG JUMP];
        /// Jump if the value is None.
        101 PopJumpIfNone POP_JUMP_IF_NONE (1 => 0) cache 1 [ARG JUMP];
        /// Jump if the value is not None.
        102 PopJumpIfNotNone POP_JUMP_IF_NOT_NONE (1 => 0) cache 1 [ARG JUMP];
        /// Jump if the bool is True.
        103 PopJumpIfTrue POP_JUMP_IF_TRUE (1 => 0) cache 1 [ARG JUMP];
        /// `raise`, `raise exception`, `raise exception from cause`.
        104 RaiseVarargs RAISE_VARARGS (n => 0) cache 0 [ARG];
        /// Raise the exception again; with 1, the instruction offset below it becomes the frame's.
        105 Reraise RERAISE (1 + n => n) cache 0 [ARG];
        /// Send a value to the receiver below it; jump when the receiver has returned.
        106 Send SEND (2 => 2) cache 1 [ARG JUMP];
        /// Add to the set at depth `n`.
        107 SetAdd SET_ADD (1 + n => n) cache 0 [ARG];
        /// Set a function's defaults, annotations or closure; see `function_attribute`.
        108 SetFunctionAttribute SET_FUNCTION_ATTRIBUTE (2 => 1) cache 0 [ARG];
        /// Update the set at depth `n`.
        109 SetUpdate SET_UPDATE (1 + n => n) cache 0 [ARG];
        /// `owner.name = value`.
        110 StoreAttr STORE_ATTR (2 => 0) cache 4 [ARG NAME];
        /// Fill a cell.
        111 StoreDeref STORE_DEREF (1 => 0) cache 0 [ARG FREE];
        /// Bind a local variable.
        112 StoreFast STORE_FAST (1 => 0) cache 0 [ARG LOCAL];
        /// Bind variable `n >> 4`, push variable `n & 15`.
        113 StoreFastLoadFast STORE_FAST_LOAD_FAST (1 => 1) cache 0 [ARG LOCAL];
        /// Bind variables `n >> 4` and `n & 15`.
        114 StoreFastStoreFast STORE_FAST_STORE_FAST (2 => 0) cache 0 [ARG LOCAL];
        /// Bind a global name.
        115 StoreGlobal STORE_GLOBAL (1 => 0) cache 0 [ARG NAME];
        /// Bind a local name.
        116 StoreName STORE_NAME (1 => 0) cache 0 [ARG NAME];
        /// Exchange the top with the value at depth `n`.
        117 Swap SWAP (n => n) cache 0 [ARG];
        /// Push the items of an iterable: `n & 255` before a list, `n >> 8` after it, the first on top.
        118 UnpackEx UNPACK_EX (1 => 1 + (n & 0xff) + (n >> 8)) cache 0 [ARG];
        /// Push the `n` items of an iterable, the first on top.
        119 UnpackSequence UNPACK_SEQUENCE (1 => n) cache 1 [ARG];
        /// Yield; the argument is 1 where a delegation (`await`, `yield from`) yields.
        120 YieldValue YIELD_VALUE (1 => 1) cache 0 [ARG];
        /// Where a frame starts or goes on, see `resume`; polls.
        128 Resume RESUME (0 => 0) cache 0 [ARG EVAL_BREAK];
        /// END_FOR under monitoring.
        234 InstrumentedEndFor INSTRUMENTED_END_FOR (1 => 0) cache 0 [];
        /// POP_ITER under monitoring.
        235 InstrumentedPopIter INSTRUMENTED_POP_ITER (1 => 0) cache 0 [];
        /// END_SEND under monitoring.
        236 InstrumentedEndSend INSTRUMENTED_END_SEND (2 => 1) cache 0 [];
        /// FOR_ITER under monitoring.
        237 InstrumentedForIter INSTRUMENTED_FOR_ITER (1 => 2) cache 1 [ARG JUMP];
        /// Any instruction whose execution is monitored.
        238 InstrumentedInstruction INSTRUMENTED_INSTRUCTION (0 => 0) cache 0 [];
        /// JUMP_FORWARD under monitoring.
        239 InstrumentedJumpForward INSTRUMENTED_JUMP_FORWARD (0 => 0) cache 0 [ARG];
        /// NOT_TAKEN under monitoring.
        240 InstrumentedNotTaken INSTRUMENTED_NOT_TAKEN (0 => 0) cache 0 [];
        /// POP_JUMP_IF_TRUE under monitoring.
        241 InstrumentedPopJumpIfTrue INSTRUMENTED_POP_JUMP_IF_TRUE (1 => 0) cache 1 [ARG];
        /// POP_JUMP_IF_FALSE under monitoring.
        242 InstrumentedPopJumpIfFalse INSTRUMENTED_POP_JUMP_IF_FALSE (1 => 0) cache 1 [ARG];
        /// POP_JUMP_IF_NONE under monitoring.
        243 InstrumentedPopJumpIfNone INSTRUMENTED_POP_JUMP_IF_NONE (1 => 0) cache 1 [ARG];
        /// POP_JUMP_IF_NOT_NONE under monitoring.
        244 InstrumentedPopJumpIfNotNone INSTRUMENTED_POP_JUMP_IF_NOT_NONE (1 => 0) cache 1 [ARG];
        /// RESUME under monitoring.
        245 InstrumentedResume INSTRUMENTED_RESUME (0 => 0) cache 0 [ARG];
        /// RETURN_VALUE under monitoring.
        246 InstrumentedReturnValue INSTRUMENTED_RETURN_VALUE (1 => 1) cache 0 [];
        /// YIELD_VALUE under monitoring.
        247 InstrumentedYieldValue INSTRUMENTED_YIELD_VALUE (1 => 1) cache 0 [ARG];
        /// END_ASYNC_FOR under monitoring.
        248 InstrumentedEndAsyncFor INSTRUMENTED_END_ASYNC_FOR (2 => 0) cache 0 [ARG JUMP];
        /// LOAD_SUPER_ATTR under monitoring.
        249 InstrumentedLoadSuperAttr INSTRUMENTED_LOAD_SUPER_ATTR (3 => 1 + (n & 1)) cache 1 [ARG NAME];
        /// CALL under monitoring.
        250 InstrumentedCall INSTRUMENTED_CALL (2 + n => 1) cache 3 [ARG];
        /// CALL_KW under monitoring.
        251 InstrumentedCallKw INSTRUMENTED_CALL_KW (3 + n => 1) cache 3 [ARG];
        /// CALL_FUNCTION_EX under monitoring.
        252 InstrumentedCallFunctionEx INSTRUMENTED_CALL_FUNCTION_EX (4 => 1) cache 0 [];
        /// JUMP_BACKWARD under monitoring.
        253 InstrumentedJumpBackward INSTRUMENTED_JUMP_BACKWARD (0 => 0) cache 1 [ARG];
        /// The first instruction of a line that is monitored.
        254 InstrumentedLine INSTRUMENTED_LINE (0 => 0) cache 0 [];
        /// Enter compiled machine code.
        255 EnterExecutor ENTER_EXECUTOR (0 => 0) cache 0 [ARG];
        /// Where the code that sets up a module's or class's annotations goes.
        256 AnnotationsPlaceholder ANNOTATIONS_PLACEHOLDER (0 => 0) cache 0 [PSEUDO];
        /// Jump; becomes JUMP_FORWARD or JUMP_BACKWARD.
        257 Jump JUMP (0 => 0) cache 0 [ARG JUMP EVAL_BREAK PSEUDO];
        /// Jump if the top is false, keeping it; becomes COPY, TO_BOOL, POP_JUMP_IF_FALSE.
        258 JumpIfFalse JUMP_IF_FALSE (1 => 1) cache 0 [ARG JUMP PSEUDO];
        /// Jump if the top is true, keeping it; becomes COPY, TO_BOOL, POP_JUMP_IF_TRUE.
        259 JumpIfTrue JUMP_IF_TRUE (1 => 1) cache 0 [ARG JUMP PSEUDO];
        /// Jump without polling; becomes JUMP_FORWARD or JUMP_BACKWARD_NO_INTERRUPT.
        260 JumpNoInterrupt JUMP_NO_INTERRUPT (0 => 0) cache 0 [ARG JUMP PSEUDO];
        /// Push a cell itself; becomes LOAD_FAST.
        261 LoadClosure LOAD_CLOSURE (0 => 1) cache 0 [ARG LOCAL PSEUDO];
        /// End of what the last SETUP_… protects.
        262 PopBlock POP_BLOCK (0 => 0) cache 0 [PSEUDO];
        /// What follows is protected by a handler that gets the instruction offset and the exception.
        263 SetupCleanup SETUP_CLEANUP (0 => 0) cache 0 [ARG EXC PSEUDO];
        /// What follows is protected by a handler that gets the exception.
        264 SetupFinally SETUP_FINALLY (0 => 0) cache 0 [ARG EXC PSEUDO];
        /// SETUP_CLEANUP whose stack keeps one value less, the result of entering.
        265 SetupWith SETUP_WITH (0 => 0) cache 0 [ARG EXC PSEUDO];
        /// STORE_FAST of what LOAD_FAST_AND_CLEAR pushed.
        266 StoreFastMaybeNull STORE_FAST_MAYBE_NULL (1 => 0) cache 0 [ARG LOCAL PSEUDO];
            }
    };
}
