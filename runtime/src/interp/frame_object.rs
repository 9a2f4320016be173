//! Frame objects: frames as programs see them.
//!
//! A frame object is made when somebody asks for it (a traceback, `sys._getframe`). While its frame is active it looks there;
//! when the frame ends it takes over what the frame held.

use memory::{Exclusive, Guarded, Held, Object, Slot, Trace, Value, Visitor};
use threads::Thread;
use threads::sync::atomic::{AtomicI64, AtomicPtr, Ordering};

use super::frame::Frame;
use super::top::read;
use crate::class::ClassFlags;
use crate::error::Result;
use crate::object::cast;
use crate::state::ThreadState;
use crate::types::function::Function;

/// The payload of a frame object.
pub struct FrameObject {
    /// The active frame, or null once it has ended.
    pub(crate) frame: AtomicPtr<Frame>,
    /// The function: code, globals and builtins.
    pub function: Slot,
    /// The index of the instruction at which the frame stood when it ended.
    pub(crate) instruction: AtomicI64,
    /// The namespace of a class body or module.
    pub namespace: Slot,
    /// `f_back` once the frame has ended.
    pub back: Slot,
    /// `f_trace`.
    pub trace: Slot,
    /// Locals, cells and free variables once the frame has ended.
    pub(crate) locals: Guarded<Vec<Option<Held>>>,
}

// SAFETY: each slot and each held value once.
unsafe impl Trace for FrameObject {
    const NAME: &'static str = "frame";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        for slot in [&self.function, &self.namespace, &self.back, &self.trace] {
            visitor.slot(slot);
        }
        // SAFETY: called from `trace`.
        for held in unsafe { self.locals.peek() }.iter().flatten() {
            visitor.value(held.value());
        }
    }
}

crate::class_def!(
    FrameObject,
    "frame",
    ClassFlags::NO_NEW,
    with_slots(crate::types::frame_methods::slots),
    with_methods(crate::types::frame_methods::METHODS),
    with_getsets(crate::types::frame_methods::GETSETS)
);

/// The frame object of an active frame, made if need be.
///
/// # Errors
/// MemoryError.
pub(crate) fn of(thread: &Thread, frame: *mut Frame) -> Result<Value> {
    // SAFETY: an active frame of this thread.
    let this = unsafe { &mut *frame };
    if let Some(object) = &this.object {
        return Ok(object.clone());
    }
    let function = crate::object::to_value(this.function());
    let object = crate::object::new(
        thread,
        FrameObject {
            frame: AtomicPtr::new(frame),
            function: Slot::new(Some(function)),
            instruction: AtomicI64::new(-1),
            namespace: Slot::new(this.namespace.clone()),
            back: Slot::new(None),
            trace: Slot::new(None),
            locals: Guarded::new(Vec::new()),
        },
    )?;
    this.object = Some(object.clone());
    Ok(object)
}

/// The frame ends: its object takes over what is left of it, if anybody else has the object.
pub(super) fn detach(thread: &mut Thread, frame: &mut Frame) {
    let Some(value) = frame.object.take() else { return };
    let Some(object) = cast::<FrameObject>(&value) else { return };
    let payload = object.payload();
    payload.instruction.store(frame.instruction() as i64, Ordering::Release);
    let back = {
        let state = ThreadState::of(thread);
        let below = state.frames.below(frame);
        if below.is_null() { None } else { of(thread, below).ok() }
    };
    drop(payload.back.replace(thread, object.header(), back));
    let n = frame.nlocalsplus();
    let taken: Vec<Option<Value>> = (0..n).map(|i| read(frame.locals.wrapping_add(i)).to_value()).collect();
    let mut section = Exclusive::open(thread, object);
    let held = taken.into_iter().map(|value| value.map(|value| section.hold(value))).collect();
    let before = std::mem::replace(section.get(|object| &object.locals), held);
    drop(section);
    drop(before);
    payload.frame.store(std::ptr::null_mut(), Ordering::Release);
}

/// The function of a frame object.
pub fn function(object: &Object<FrameObject>) -> Option<Value> {
    object.payload().function.get(object.header())
}

/// The index of the instruction at which a frame stands.
pub fn instruction(object: &Object<FrameObject>) -> i64 {
    let frame = object.payload().frame.load(Ordering::Acquire);
    if frame.is_null() {
        return object.payload().instruction.load(Ordering::Acquire);
    }
    // SAFETY: an active frame: its object is detached before it ends. (Another thread's is read with the world stopped.)
    unsafe { &*frame }.instruction() as i64
}

/// The line at which a frame stands.
pub fn line(object: &Object<FrameObject>) -> Option<i32> {
    let function = function(object)?;
    let function = cast::<Function>(&function)?;
    super::positions::line_of(function.payload().code().payload(), instruction(object))
}
