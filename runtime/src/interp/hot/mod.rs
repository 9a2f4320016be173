//! Instructions in their most frequent forms.
//!
//! Each is a function of its own, a [`Handler`], which takes what the interpreter keeps in registers as arguments and ends by
//! calling the next instruction's handler in tail position ([`go`]): with optimisation that is a jump, and the hot state never
//! leaves its registers. Without optimisation it returns to the driver (`run`) instead, which calls the next one.
//!
//! * INV-HOT-1: a handler either does all of its instruction and goes on behind it, or changes nothing and leaves the instruction
//!   to `step`, which knows each in full ([`slow`]).
//! * INV-HOT-2: a handler that ends in [`go`] takes no address of a local variable: the call would then be no jump, and the machine
//!   stack would grow with every instruction. What needs one is in a function of its own that is not inlined, or returns to the
//!   driver ([`Next::at`]). Nor does it pass on more than its own six arguments. `cargo xtask handlers` looks for calls in the machine code,
//!   and `tests/language/dispatch.py` runs the handlers many times on a small stack.
//! * INV-HOT-3: a handler whose jump depends on a value branches on it (`memory::word::keep_apart`): after a conditional move the fetch of every
//!   further instruction waits for the value, which a branch guesses.
//!
//! Before anything that can reach a safepoint the top and the next instruction are saved ([`sync`], INV-FRAME-3).
//! Operands stay on the stack while an operation looks at them, so they stay alive, and are popped afterwards: a refresh may
//! have made them counted.

mod attributes;
mod building;
mod calls;
mod computed;
mod containment;
mod exceptions;
mod generators;
mod iteration;
mod jumps;
mod locals;
mod names;
mod native_calls;
mod number_pairs;
mod operator_calls;
mod operators;
mod pairs;
mod sequences;
mod strings;
mod subscripts;
mod unpacking;

use memory::StackRef;
use threads::sync::atomic::AtomicU64;
use threads::{Control, Thread};

use super::frame::Frame;
use super::instr::Unit;
use super::run::{fetch, number, save_pc, stack_of, state_of};
use super::specialized::internal;
use super::top::Top;
use crate::error::Raised;

/// Where an instruction is.
pub(super) type Pc = *const AtomicU64;

/// A handler takes the running frame, its instruction's place, the top of the evaluation stack, the first local and the
/// instruction. [`native::handler`] declares it.
///
/// In this convention who is called saves no registers. Handlers return to the driver alone, which keeps little, and call one another all
/// the time; four of the arguments lie in registers that whatever they call by C's convention preserves. (So does CPython's interpreter of
/// tail calls: <https://github.com/python/cpython/issues/128563>.)
#[cfg(preserve_none)]
pub(super) type Handler =
    extern "rust-preserve-none" fn(&mut Thread, *mut Frame, Pc, Top, *mut StackRef, Unit) -> Next;
/// The same, for compilers that have no such convention.
#[cfg(not(preserve_none))]
pub(super) type Handler = fn(&mut Thread, *mut Frame, Pc, Top, *mut StackRef, Unit) -> Next;

/// How the driver goes on: at a place, after what is to be done first. The top of the stack is saved meanwhile.
///
/// One word: of two, the compiler would make calls of some handlers' jumps (INV-HOT-2).
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Next {
    /// The low bits, which are zero in the address of an instruction, say what is to be done.
    place: Pc,
}

/// What the driver is asked to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Request {
    /// Go on.
    Go,
    /// Execute the instruction in full.
    Step,
    /// Answer what others have asked of this thread, then go on.
    Poll,
    /// Raise what [`raise`] has put into the thread's state.
    Raise,
    /// Return what [`Next::leave`] has put into the thread's state to native code.
    Return,
}

impl Next {
    const BITS: usize = 7;

    /// Go on at `pc` in the current frame.
    #[inline(always)]
    pub fn at(thread: &Thread, pc: Pc, top: Top) -> Self {
        Self::with(thread, pc, top, Request::Go)
    }

    #[inline(always)]
    fn with(thread: &Thread, pc: Pc, top: Top, request: Request) -> Self {
        stack_of(thread).set_top(top.0);
        Self { place: pc.map_addr(|address| address | request as usize) }
    }

    /// Execute the instruction at `pc` in full.
    #[inline(always)]
    fn step(thread: &Thread, pc: Pc, top: Top) -> Self {
        Self::with(thread, pc, top, Request::Step)
    }

    /// Go on at `pc`, behind an instruction that may have left something to be done.
    #[inline(always)]
    fn polling(thread: &Thread, pc: Pc, top: Top) -> Self {
        if is_quiet(thread) { Self::at(thread, pc, top) } else { Self::with(thread, pc, top, Request::Poll) }
    }

    /// Return `value`, which is counted, to the native code that has run the frame that has just ended.
    #[inline(always)]
    fn leave(thread: &Thread, top: Top, value: StackRef) -> Self {
        state_of(thread).returned.set(value);
        Self::with(thread, std::ptr::null(), top, Request::Return)
    }

    /// Go on in the frame that has just been pushed.
    #[inline(always)]
    fn current(thread: &Thread) -> Self {
        let (pc, top, _) = super::run::load(state_of(thread).frames.current.get());
        Self::at(thread, pc, top)
    }

    /// The instruction.
    #[inline(always)]
    pub fn pc(self) -> Pc {
        self.place.map_addr(|address| address & !Self::BITS)
    }

    /// What is to be done.
    #[inline(always)]
    pub fn request(self) -> Request {
        match self.place.addr() & Self::BITS {
            0 => Request::Go,
            1 => Request::Step,
            2 => Request::Poll,
            3 => Request::Raise,
            _ => Request::Return,
        }
    }
}

/// Goes on at `pc`.
#[inline(always)]
pub(super) fn go(thread: &mut Thread, frame: *mut Frame, pc: Pc, top: Top, locals: *mut StackRef) -> Next {
    if cfg!(debug_assertions) {
        return Next::at(thread, pc, top); // tail calls may not be jumps
    }
    let unit = fetch(pc);
    HANDLERS[unit.opcode() as usize](thread, frame, pc, top, locals, unit)
}

/// Goes on at a place where mostly one of a few instructions stands, at most three.
///
/// A jump through the table that has gone to several places waits for the slower of the processor's predictors, by which a turn of a small
/// loop takes up to half as long again; comparisons and branches do not (`docs/performance.md`).
macro_rules! go_to_likely {
    ([$($opcode:path => $handler:path),+], $thread:ident, $frame:ident, $pc:expr, $top:ident, $locals:ident) => {{
        let pc = $pc;
        if cfg!(debug_assertions) {
            return $crate::interp::hot::Next::at($thread, pc, $top); // tail calls may not be jumps
        }
        let unit = $crate::interp::run::fetch(pc);
        match unit.opcode() {
            $($opcode => $handler($thread, $frame, pc, $top, $locals, unit),)+
            other => $crate::interp::hot::HANDLERS[other as usize]($thread, $frame, pc, $top, $locals, unit),
        }
    }};
}
use go_to_likely;

/// Goes on at `pc`, behind an instruction that may have left something to be done.
#[inline(always)]
fn go_polling(thread: &mut Thread, frame: *mut Frame, pc: Pc, top: Top, locals: *mut StackRef) -> Next {
    if is_quiet(thread) {
        go(thread, frame, pc, top, locals)
    } else {
        Next::with(thread, pc, top, Request::Poll)
    }
}

/// Releases `reference` and goes on at `pc`.
#[inline(always)]
fn release_and_go(
    reference: StackRef,
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
) -> Next {
    if reference.release_own(thread) {
        return go(thread, frame, pc, top, locals);
    }
    release_slowly_and_go(thread, frame, pc, top, locals, reference)
}

/// Out of line, for the sake of the registers.
#[inline(never)]
#[native::handler]
fn release_slowly_and_go(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    reference: StackRef,
) -> Next {
    reference.release_in_full(thread);
    go_polling(thread, frame, pc, top, locals)
}

/// Releases the `n` slots below `top`, and returns where the top is then.
#[inline(always)]
fn release_down(thread: &Thread, top: *mut StackRef, n: usize) -> *mut StackRef {
    let mut at = top;
    for _ in 0..n {
        at = at.wrapping_sub(1);
        let reference = super::top::read(at);
        if !reference.release_own(thread) {
            release_in_full(thread, reference);
        }
    }
    at
}

/// Releases the `N` slots below `top`, at most four, by plain subtractions; false where one takes more, and those above it are EMPTY
/// then. Written out, for of a loop the compiler makes one, with a call in its midst.
#[inline(always)]
fn release_several<const N: usize>(thread: &Thread, top: Top) -> bool {
    const { assert!(N <= 4) };
    let releases = |i: usize| top.peek(i).release_own(thread);
    let empty = |i: usize| top.set(i, StackRef::EMPTY);
    if N >= 1 && !releases(1) {
        return false;
    }
    if N >= 2 && !releases(2) {
        empty(1);
        return false;
    }
    if N >= 3 && !releases(3) {
        empty(1);
        empty(2);
        return false;
    }
    if N >= 4 && !releases(4) {
        empty(1);
        empty(2);
        empty(3);
        return false;
    }
    true
}

/// Releases the `N` slots below `top`, puts `result` in their place, which owns its count or needs none (EMPTY: nothing), and goes on at
/// `pc`, polling: the instruction may have made something.
#[inline(always)]
fn replace_and_go<const N: usize>(
    result: StackRef,
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
) -> Next {
    if !release_several::<N>(thread, top) {
        return replace_slowly_and_go::<N>(thread, frame, pc, top, locals, result);
    }
    top.0 = top.place(N);
    if !result.is_empty() {
        top.push(result);
    }
    go_polling(thread, frame, pc, top, locals)
}

/// Out of line, for the sake of the registers: a call in the middle of a handler makes all of it save them.
#[inline(never)]
#[native::handler]
fn replace_slowly_and_go<const N: usize>(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    result: StackRef,
) -> Next {
    top.0 = release_down(thread, top.0, N);
    if !result.is_empty() {
        top.push(result);
    }
    go_polling(thread, frame, pc, top, locals)
}

/// Out of line, for the sake of the registers.
#[inline(never)]
fn release(reference: StackRef) {
    reference.release();
}

/// Gives up a count that `release_own` has not taken. Out of line, for the sake of the registers.
#[inline(never)]
fn release_in_full(thread: &Thread, reference: StackRef) {
    reference.release_in_full(thread);
}

/// Whether nobody has asked anything of this thread.
#[inline(always)]
fn is_quiet(thread: &Thread) -> bool {
    thread.control().poll() == Control::QUIET
}

/// Saves where the frame is: `pc` is behind the instruction that is being executed.
#[inline(always)]
fn sync(thread: &Thread, frame: *mut Frame, pc: Pc, top: Top) {
    stack_of(thread).set_top(top.0);
    save_pc(frame, pc);
}

/// Leaves the instruction to `step`.
#[native::handler]
fn slow(thread: &mut Thread, _: *mut Frame, pc: Pc, top: Top, _: *mut StackRef, _: Unit) -> Next {
    Next::step(thread, pc, top)
}

/// Raises: `pc` is behind the instruction.
#[cold]
#[inline(never)]
#[native::handler]
fn raise(thread: &Thread, pc: Pc, top: Top, raised: Raised) -> Next {
    state_of(thread).raising.set(Some(raised));
    Next::with(thread, pc, top, Request::Raise)
}

/// The handler of each opcode.
pub(super) static HANDLERS: [Handler; 256] = {
    let mut table = [slow as Handler; 256];
    macro_rules! handlers {
        ($($opcode:expr => $handler:path;)*) => { $(table[$opcode as usize] = $handler;)* };
    }
    handlers! {
        number::Resume => jumps::resume;
        number::Nop => jumps::nop;
        number::Cache => jumps::nop;
        number::NotTaken => jumps::nop;
        number::ExtendedArg => jumps::nop;
        number::LoadFast => locals::load_fast;
        number::LoadFastCheck => locals::load_fast_check;
        number::LoadFastLoadFast => locals::load_fast_load_fast;
        number::LoadFastBorrow => locals::load_fast_borrow;
        number::LoadFastBorrowLoadFastBorrow => locals::load_fast_borrow_load_fast_borrow;
        internal::LOAD_FAST_BORROW_ATTR => pairs::load_fast_borrow_attr;
        internal::LOAD_FAST_BORROW_ATTR_SLOT => pairs::load_fast_borrow_attr_slot;
        internal::LOAD_FAST_BORROW_ATTR_METHOD => pairs::load_fast_borrow_attr_method;
        internal::LOAD_FAST_BORROW_SUBSCRIPT => pairs::load_fast_borrow_subscript;
        internal::LOAD_FAST_BORROW_ADD => number_pairs::load_fast_borrow_add;
        internal::LOAD_FAST_BORROW_SUBTRACT => number_pairs::load_fast_borrow_subtract;
        internal::LOAD_FAST_BORROW_MULTIPLY => number_pairs::load_fast_borrow_multiply;
        internal::LOAD_FAST_BORROW_IF_NONE => pairs::load_fast_borrow_if_none;
        internal::LOAD_FAST_BORROW_IF_NOT_NONE => pairs::load_fast_borrow_if_not_none;
        internal::LOAD_FAST_BORROW_SUBSCRIPT_TUPLE => pairs::load_fast_borrow_subscript_tuple;
        internal::LOAD_FAST_BORROW_LOAD_FAST_BORROW_SUBSCRIPT_TUPLE =>
            pairs::load_fast_borrow_load_fast_borrow_subscript_tuple;
        internal::LOAD_FAST_BORROW_LOAD_FAST_BORROW_SUBSCRIPT => pairs::load_fast_borrow_load_fast_borrow_subscript;
        internal::LOAD_SMALL_INT_ADD => number_pairs::load_small_int_add;
        internal::LOAD_SMALL_INT_SUBTRACT => number_pairs::load_small_int_subtract;
        internal::LOAD_SMALL_INT_COMPARE => number_pairs::load_small_int_compare;
        internal::LOAD_CONST_ADD => number_pairs::load_const_add;
        internal::LOAD_CONST_SUBTRACT => number_pairs::load_const_subtract;
        internal::LOAD_CONST_MULTIPLY => number_pairs::load_const_multiply;
        internal::LOAD_CONST_BINARY_OP => number_pairs::load_const_binary_op;
        internal::LOAD_FAST_BORROW_LOAD_FAST_BORROW_ADD => number_pairs::load_fast_borrow_load_fast_borrow_add;
        internal::LOAD_FAST_BORROW_LOAD_FAST_BORROW_SUBTRACT => number_pairs::load_fast_borrow_load_fast_borrow_subtract;
        internal::LOAD_FAST_BORROW_LOAD_FAST_BORROW_MULTIPLY => number_pairs::load_fast_borrow_load_fast_borrow_multiply;
        internal::LOAD_FAST_BORROW_LOAD_FAST_BORROW_COMPARE => number_pairs::load_fast_borrow_load_fast_borrow_compare;
        internal::LOAD_FAST_BORROW_LOAD_FAST_BORROW_BINARY_OP => number_pairs::load_fast_borrow_load_fast_borrow_binary_op;
        internal::LOAD_FAST_BORROW_LOAD_SMALL_INT_ADD => number_pairs::load_fast_borrow_load_small_int_add;
        internal::LOAD_FAST_BORROW_LOAD_SMALL_INT_SUBTRACT => number_pairs::load_fast_borrow_load_small_int_subtract;
        internal::LOAD_FAST_BORROW_LOAD_SMALL_INT_COMPARE => number_pairs::load_fast_borrow_load_small_int_compare;
        internal::LOAD_SMALL_INT_BINARY_OP => number_pairs::load_small_int_binary_op;
        internal::LOAD_CONST_RETURN_VALUE => pairs::load_const_return_value;
        internal::LOAD_FAST_BORROW_RETURN_VALUE => pairs::load_fast_borrow_return_value;
        internal::STORE_FAST_LOAD_GLOBAL => pairs::store_fast_load_global;
        internal::COPY_COPY => pairs::copy_copy;
        internal::SWAP_SWAP => pairs::swap_swap;
        internal::STORE_FAST_LOAD_FAST_BORROW => pairs::store_fast_load_fast_borrow;
        internal::STORE_FAST_LOAD_FAST_BORROW_LOAD_FAST_BORROW => pairs::store_fast_load_fast_borrow_load_fast_borrow;
        internal::STORE_FAST_JUMP_BACKWARD => pairs::store_fast_jump_backward;
        number::LoadFastAndClear => locals::load_fast_and_clear;
        number::StoreFast => locals::store_fast;
        number::StoreFastLoadFast => locals::store_fast_load_fast;
        number::StoreFastStoreFast => locals::store_fast_store_fast;
        number::DeleteFast => locals::delete_fast;
        number::LoadConst => locals::load_const;
        number::LoadSmallInt => locals::load_small_int;
        number::PopTop => locals::pop_top;
        number::PopIter => locals::pop_top;
        number::EndFor => locals::pop_top;
        number::PushNull => locals::push_null;
        number::Copy => locals::copy;
        number::Swap => locals::swap;
        number::UnaryNot => operators::unary_not;
        number::ToBool => operators::to_bool;
        number::BinaryOp => operators::binary_op;
        internal::BINARY_OP_ADD => operators::add;
        internal::BINARY_OP_SUBTRACT => operators::subtract;
        internal::BINARY_OP_MULTIPLY => operators::multiply;
        internal::BINARY_OP_SUBSCRIPT => subscripts::subscript;
        internal::SUBSCRIPT_TUPLE => subscripts::subscript_tuple;
        internal::SUBSCRIPT_DICT => subscripts::subscript_dict;
        internal::SUBSCRIPT_TEXT => subscripts::subscript_text;
        internal::SUBSCRIPT_SLICE => subscripts::subscript_slice;
        internal::SUBSCRIPT_METHOD => subscripts::subscript_method;
        internal::SUBSCRIPT_ANY => subscripts::subscript_any;
        number::CompareOp => operators::compare_op;
        internal::FINISH_BINARY_OP => operator_calls::finish_binary_op;
        internal::FINISH_COMPARE_OP => operator_calls::finish_compare_op;
        number::IsOp => operators::is_op;
        number::ContainsOp => containment::contains_op;
        number::StoreSubscr => operators::store_subscr;
        number::DeleteSubscr => computed::delete_subscr;
        number::BinarySlice => computed::binary_slice;
        number::StoreSlice => computed::store_slice;
        number::UnaryNegative => operators::unary_negative;
        number::UnaryInvert => computed::unary_invert;
        number::ConvertValue => computed::convert_value;
        number::FormatWithSpec => computed::format_with_spec;
        number::ListExtend => computed::list_extend;
        number::SetUpdate => computed::set_update;
        number::DictUpdate => computed::dict_update;
        number::BuildSet => computed::build_set;
        number::BuildSlice => computed::build_slice;
        number::MakeFunction => computed::make_function;
        number::SetFunctionAttribute => computed::set_function_attribute;
        number::LoadCommonConstant => computed::load_common_constant;
        number::CopyFreeVars => computed::copy_free_vars;
        number::StoreDeref => computed::store_deref;
        number::JumpForward => jumps::jump_forward;
        number::JumpBackward => jumps::jump_backward;
        number::JumpBackwardNoInterrupt => jumps::jump_backward_no_interrupt;
        number::PopJumpIfFalse => jumps::pop_jump_if_false;
        number::PopJumpIfTrue => jumps::pop_jump_if_true;
        number::PopJumpIfNone => jumps::pop_jump_if_none;
        number::PopJumpIfNotNone => jumps::pop_jump_if_not_none;
        number::GetIter => iteration::get_iter;
        number::ForIter => iteration::for_iter;
        internal::FOR_ITER_LIST => iteration::for_iter_list;
        internal::FOR_ITER_TUPLE => iteration::for_iter_tuple;
        internal::FOR_ITER_TEXT => iteration::for_iter_text;
        internal::FOR_ITER_GENERATOR => iteration::for_iter_generator;
        internal::FOR_ITER_DICT => iteration::for_iter_dict;
        internal::FOR_ITER_PAIR => iteration::for_iter_pair;
        internal::FOR_ITER_NATIVE => iteration::for_iter_native;
        number::YieldValue => generators::yield_value;
        number::Send => generators::send;
        number::ReturnGenerator => generators::return_generator;
        number::EndSend => locals::end_send;
        number::GetAwaitable => generators::get_awaitable;
        number::GetYieldFromIter => computed::get_yield_from_iter;
        number::GetAiter => computed::get_aiter;
        number::GetAnext => computed::get_anext;
        number::CallIntrinsic1 => generators::call_intrinsic_1;
        number::DictMerge => computed::dict_merge;
        number::MakeCell => computed::make_cell;
        number::CallFunctionEx => calls::call_function_ex;
        number::BuildTuple => building::build_tuple;
        number::UnpackSequence => building::unpack_sequence;
        number::UnpackEx => unpacking::unpack_ex;
        number::ListAppend => building::list_append;
        number::SetAdd => building::set_add;
        number::MapAdd => building::map_add;
        internal::LOAD_GLOBAL_MODULE => names::load_global_module;
        internal::LOAD_GLOBAL_BUILTIN => names::load_global_builtin;
        number::LoadDeref => names::load_deref::<true>;
        number::LoadAttr => attributes::load_attr;
        internal::LOAD_ATTR_GENERIC => attributes::load_attr;
        internal::LOAD_ATTR_SLOT => attributes::load_attr_slot::<true>;
        internal::LOAD_ATTR_SLOT_CALLED => attributes::load_attr_slot_called::<true>;
        internal::LOAD_ATTR_SLOTS => attributes::load_attr_slots::<true>;
        internal::STORE_ATTR_SLOTS => attributes::store_attr_slots;
        internal::LOAD_ATTR_METHOD => attributes::load_attr_method::<true>;
        internal::LOAD_ATTR_MODULE => attributes::load_attr_module::<true>;
        internal::LOAD_ATTR_COMPUTED => attributes::load_attr_computed;
        internal::LOAD_ATTR_CLASS_OF => attributes::load_attr_class_of;
        internal::LOAD_ATTR_PROPERTY => attributes::load_attr_property;
        internal::LOAD_ATTR_BOUND => attributes::load_attr_bound;
        internal::LOAD_ATTR_HELD => attributes::load_attr_held::<true>;
        internal::LOAD_ATTR_CLASS => attributes::load_attr_class::<true>;
        number::LoadSuperAttr => attributes::load_super_attr;
        number::LoadSpecial => attributes::load_special;
        internal::STORE_ATTR_GENERIC => computed::store_attr_generic;
        internal::STORE_ATTR_SLOT => attributes::store_attr_slot;
        internal::STORE_ATTR_NEW => attributes::store_attr_new;
        number::BuildList => building::build_list;
        number::BuildMap => building::build_map;
        number::FormatSimple => strings::format_simple;
        number::BuildString => strings::build_string;
        number::PushExcInfo => exceptions::push_exc_info;
        number::PopExcept => exceptions::pop_except;
        number::CheckExcMatch => exceptions::check_exc_match;
        number::RaiseVarargs => exceptions::raise_varargs;
        number::Reraise => exceptions::reraise;
        number::Call => calls::call;
        internal::CALL_NATIVE => native_calls::call_native;
        internal::CALL_METHOD => native_calls::call_method;
        internal::CALL_BOUND => native_calls::call_bound;
        internal::CALL_BOUND_FUNCTION => calls::call_bound_function;
        internal::CALL_CLASS => calls::call_class;
        internal::CALL_WITH_DEFAULTS => calls::call_with_defaults;
        internal::CALL_TYPE => calls::call_type;
        internal::CALL_LEN => native_calls::call_len;
        internal::CALL_ISINSTANCE => native_calls::call_isinstance;
        internal::CALL_LIST_APPEND => native_calls::call_list_append;
        internal::CALL_DICT_GET => native_calls::call_dict_get;
        internal::CALL_BY_SLOT => native_calls::call_by_slot;
        internal::CALL_ANY => calls::call_any;
        number::CallKw => calls::call_kw;
        number::ReturnValue => calls::return_value;
    }
    table
};
