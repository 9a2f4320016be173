//! Frames: what the interpreter knows of each active call.
//!
//! Frames stand one behind the other in an array that never moves; their slots (locals, cells, evaluation stack) stand on the
//! thread's `EvalStack`. A callee's locals begin where the caller has put the arguments, so calling moves nothing.
//!
//! ```text
//! caller's stack:  ... | callable | self or NULL | argument ... |
//! callee:              ^ ret                     ^ locals ... more locals, cells | stack ...
//! ```
//!
//! * INV-FRAME-1: between `locals` and the top are the frame's own slots: the compiler's stack depth bounds them.
//! * INV-FRAME-2: a frame's function is alive as long as the frame: the slot at `ret` holds it, or what holds it.
//! * INV-FRAME-3: `EvalStack::top` and the running frame's `pc` are saved before anything that can reach a safepoint.

use std::alloc::{self, Layout};
use std::cell::Cell;
use std::ptr::NonNull;

use memory::{Object, StackRef, Value};
use threads::sync::atomic::AtomicU64;

use crate::types::code::Code;
use crate::types::function::Function;
use crate::types::generator::Generator;

/// Who goes on when a frame ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Native code that called the interpreter.
    Native,
    /// The frame below, with the result on its stack.
    Frame,
    /// The frame below, which makes an instance: `__init__` must return None, and the instance is the result.
    Init,
    /// The frame below, whose FOR_ITER resumed this generator: what it returns is dropped, and the loop is left.
    Next,
    /// The frame below, whose SEND resumed this generator or coroutine: what it returns is the result of the `await`.
    Send,
    /// The frame below, whose SEND drives this asynchronous generator through one of its awaitables, which stands below the value
    /// that was sent: what it yields is the result of the `await`, and its end is StopAsyncIteration.
    Anext,
}

/// One active call.
#[repr(C)]
pub struct Frame {
    /// The next instruction.
    pub pc: *const AtomicU64,
    /// The first local.
    pub locals: *mut StackRef,
    /// Where the result goes; the callable stands there meanwhile.
    pub ret: *mut StackRef,
    /// The code.
    pub code: *const Object<Code>,
    /// The function.
    pub function: *const Object<Function>,
    /// The mapping of names in a class body or module; not for functions.
    pub namespace: Option<Value>,
    /// The frame object, once somebody has asked for it.
    pub object: Option<Value>,
    /// The generator whose frame this is, or null.
    pub generator: *const Object<Generator>,
    /// The top of the evaluation stack while another frame runs above.
    pub saved_top: *mut StackRef,
    /// Who goes on.
    pub caller: Caller,
    /// Whether the frame below goes on with the result, and nothing else is to be done at the end: there is no generator, no namespace and
    /// no frame object. False where that is not known.
    pub ends_plainly: bool,
    /// Whether the thread's list of handled exceptions has an entry for this frame, a generator's, which handles one or has
    /// (`unwind`).
    pub handles: bool,
    /// The index of the instruction that was executed last, while the code is being watched (`interp::monitor`).
    pub previous: u32,
}

impl Frame {
    /// What a frame that begins is like, apart from where it is and what it runs.
    pub(crate) const FRESH: Self = Self {
        pc: std::ptr::null(),
        locals: std::ptr::null_mut(),
        ret: std::ptr::null_mut(),
        code: std::ptr::null(),
        function: std::ptr::null(),
        namespace: None,
        object: None,
        generator: std::ptr::null(),
        saved_top: std::ptr::null_mut(),
        caller: Caller::Frame,
        ends_plainly: true,
        handles: false,
        previous: 0,
    };

    /// What [`ends_plainly`](Self::ends_plainly) is by the other fields.
    #[inline(always)]
    pub(crate) fn is_plain(&self) -> bool {
        self.caller == Caller::Frame
            && self.generator.is_null()
            && self.namespace.is_none()
            && self.object.is_none()
    }

    /// The code.
    #[inline(always)]
    pub fn code(&self) -> &Object<Code> {
        // SAFETY: INV-FRAME-2: the function keeps its code.
        unsafe { &*self.code }
    }

    /// The function.
    #[inline(always)]
    pub fn function(&self) -> &Object<Function> {
        // SAFETY: INV-FRAME-2.
        unsafe { &*self.function }
    }

    /// The index of the instruction that is being executed.
    pub fn instruction(&self) -> usize {
        let first = super::instr::of(self.code()).first();
        let next = (self.pc.addr() - first.addr()) / size_of::<AtomicU64>();
        super::instr::start_of(self.code().payload(), next.saturating_sub(1))
    }

    /// How many slots hold locals, cells and free variables.
    pub fn nlocalsplus(&self) -> usize {
        self.code().payload().nlocalsplus()
    }
}

/// Frames in all: addresses, of which the system gives memory as they are touched.
pub(super) const FRAMES: usize = 1 << 17;

/// A thread's frames.
pub struct FrameStack {
    first: NonNull<Frame>,
    /// The running frame; null if none is.
    pub(crate) current: Cell<*mut Frame>,
}

impl FrameStack {
    pub(crate) fn new() -> Self {
        let layout = Self::layout();
        // SAFETY: the layout is not empty. A frame is written as a whole when it begins: nothing need be cleared.
        let Some(first) = NonNull::new(unsafe { alloc::alloc(layout) }) else {
            alloc::handle_alloc_error(layout)
        };
        Self { first: first.cast(), current: Cell::new(std::ptr::null_mut()) }
    }

    fn layout() -> Layout {
        Layout::array::<Frame>(FRAMES).expect("INV-FRAME-1: the size is a small constant")
    }

    /// The place of the next frame, or `None` if all are in use.
    #[inline(always)]
    pub(crate) fn next(&self) -> Option<*mut Frame> {
        let current = self.current.get();
        if current.is_null() {
            return Some(self.first.as_ptr());
        }
        let next = current.wrapping_add(1);
        (next < self.first.as_ptr().wrapping_add(FRAMES)).then_some(next)
    }

    /// The frame below `frame`.
    #[inline(always)]
    pub(crate) fn below(&self, frame: *mut Frame) -> *mut Frame {
        if frame == self.first.as_ptr() { std::ptr::null_mut() } else { frame.wrapping_sub(1) }
    }

    /// Whether `frame` is a place of this stack.
    pub(crate) fn contains(&self, frame: *mut Frame) -> bool {
        let first = self.first.as_ptr();
        frame >= first && frame < first.wrapping_add(FRAMES)
    }

    /// The active frames, the running one first.
    pub(crate) fn active(&self) -> impl Iterator<Item = *mut Frame> + '_ {
        let mut at = self.current.get();
        std::iter::from_fn(move || {
            let frame = at;
            if frame.is_null() {
                return None;
            }
            at = self.below(frame);
            Some(frame)
        })
    }
}

impl Drop for FrameStack {
    fn drop(&mut self) {
        // SAFETY: allocated by `new` with this layout. Active frames there are none: the thread has left Python.
        unsafe { alloc::dealloc(self.first.as_ptr().cast(), Self::layout()) };
    }
}
