//! Frame objects: frames as programs see them.
//!
//! A frame object is made when somebody asks for it (a traceback, `sys._getframe`). Where its frame is changes:
//!
//! | the frame       | its variables are                        | found by                    |
//! |-----------------|------------------------------------------|-----------------------------|
//! | is active       | on the stack of the thread that runs it  | `frame`                     |
//! | is suspended    | in its generator                         | `generator`, a weak link    |
//! | has ended       | in the frame object, which took them over | neither                     |
//!
//! * INV-FOBJ-1: `frame` is null unless the frame is active: it is cleared before the frame is popped. Another thread's frame is
//!   looked at with the world stopped only.

use std::ptr::NonNull;

use memory::{Exclusive, Guarded, Held, Object, Slot, StackRef, Trace, Value, Visitor, WeakCell};
use threads::Thread;
use threads::sync::atomic::{AtomicBool, AtomicI64, AtomicPtr, Ordering};

use super::frame::Frame;
use super::top::{look, read, write};
use crate::class::ClassFlags;
use crate::error::Result;
use crate::object::cast;
use crate::state::ThreadState;
use crate::types::code::Code;
use crate::types::generator::{self, Generator, State};

/// The payload of a frame object.
pub struct FrameObject {
    /// The active frame, or null (INV-FOBJ-1).
    pub(crate) frame: AtomicPtr<Frame>,
    /// The generator whose frame this is.
    generator: WeakCell,
    /// The code; not counted, as functions do not count theirs.
    code: AtomicPtr<Object<Code>>,
    /// The function: globals and builtins.
    pub function: Slot,
    /// The index of the instruction at which the frame stood when it was suspended or ended.
    pub(crate) instruction: AtomicI64,
    /// The namespace of a class body or module.
    pub namespace: Slot,
    /// `f_back` once the frame has ended.
    pub back: Slot,
    /// `f_trace`.
    pub trace: Slot,
    /// Variables that programs have added through `f_locals`: a dict.
    pub extra: Slot,
    /// `f_trace_lines`.
    pub trace_lines: AtomicBool,
    /// `f_trace_opcodes`.
    pub trace_opcodes: AtomicBool,
    /// Locals, cells and free variables once the frame has ended.
    locals: Guarded<Vec<Option<Held>>>,
}

// SAFETY: each slot and each held value once, and the code as uncounted.
unsafe impl Trace for FrameObject {
    const NAME: &'static str = "frame";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        if let Some(code) = NonNull::new(self.code.load(Ordering::Relaxed)) {
            visitor.uncounted(code.cast());
        }
        for slot in [&self.function, &self.namespace, &self.back, &self.trace, &self.extra] {
            visitor.slot(slot);
        }
        // SAFETY: called from `trace`.
        for held in unsafe { self.locals.peek() }.iter().flatten() {
            visitor.value(held.value());
        }
        self.generator.trace(visitor);
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

impl FrameObject {
    /// The code.
    pub fn code(&self) -> &Object<Code> {
        let code = self.code.load(Ordering::Relaxed);
        // SAFETY: never null; the collector keeps what a frame object refers to.
        unsafe { &*code }
    }
}

fn make(
    thread: &Thread,
    code: &Object<Code>,
    function: Value,
    frame: *mut Frame,
    namespace: Option<Value>,
    instruction: i64,
    generator: Option<&Value>,
) -> Result<Value> {
    let payload = FrameObject {
        frame: AtomicPtr::new(frame),
        generator: WeakCell::new(),
        code: AtomicPtr::new((&raw const *code).cast_mut()),
        function: Slot::new(Some(function)),
        instruction: AtomicI64::new(instruction),
        namespace: Slot::new(namespace),
        back: Slot::new(None),
        trace: Slot::new(None),
        extra: Slot::new(None),
        trace_lines: AtomicBool::new(true),
        trace_opcodes: AtomicBool::new(false),
        locals: Guarded::new(Vec::new()),
    };
    let value = crate::object::new(thread, payload)?;
    if let (Some(generator), Some(object)) = (generator, cast::<FrameObject>(&value)) {
        // SAFETY: the object was just made around the cell, which has not been attached.
        unsafe { object.payload().generator.attach(thread, &value, generator, false) };
    }
    Ok(value)
}

/// The frame object of an active frame of this thread, made if need be.
///
/// # Errors
/// MemoryError.
pub(crate) fn of(thread: &Thread, frame: *mut Frame) -> Result<Value> {
    // SAFETY: an active frame of this thread (or of another one, with the world stopped).
    let this = unsafe { &mut *frame };
    if let Some(object) = &this.object {
        return Ok(object.clone());
    }
    let function = crate::object::to_value(this.function());
    // SAFETY: the slot at `ret` keeps the generator.
    let generator = unsafe { this.generator.as_ref() }.map(crate::object::to_value);
    let object = make(thread, this.code(), function, frame, this.namespace.clone(), -1, generator.as_ref())?;
    this.object = Some(object.clone());
    this.ends_plainly = false;
    Ok(object)
}

/// The frame object of a generator; None if it has ended.
///
/// # Errors
/// MemoryError.
pub(crate) fn of_generator(thread: &mut Thread, object: &Object<Generator>) -> Result<Value> {
    let payload = object.payload();
    if let Some(frame) = payload.frame.get(object.header()) {
        return Ok(frame);
    }
    let next = generator::next_of(thread, object);
    match generator::state_of(thread, object) {
        State::Finished => return Ok(Value::none()),
        State::Running => {
            let state = ThreadState::of(thread);
            // SAFETY: active frames of this thread.
            let own =
                state.frames.active().find(|&frame| std::ptr::eq(unsafe { (*frame).generator }, object));
            return match own {
                Some(frame) => of(thread, frame),
                // It delegates, or another thread runs it, and shows it when it stands.
                None => of_resting(thread, object, next),
            };
        }
        State::Created | State::Suspended => {}
    }
    of_resting(thread, object, next)
}

fn of_resting(thread: &mut Thread, object: &Object<Generator>, next: usize) -> Result<Value> {
    let payload = object.payload();
    let function = payload.function.get(object.header()).unwrap_or_else(Value::none);
    let code = payload.code();
    let at = next as i64;
    let value = crate::object::to_value(object);
    let made = make(thread, code, function, std::ptr::null_mut(), None, at, Some(&value))?;
    drop(payload.frame.replace(thread, object.header(), Some(made.clone())));
    generator::watched(thread, object);
    Ok(made)
}

/// The frame ends: its object takes over what is left of it.
pub(super) fn detach(thread: &mut Thread, frame: &mut Frame) {
    let Some(value) = frame.object.take() else { return };
    let Some(object) = cast::<FrameObject>(&value) else { return };
    if object.header().is_sole() {
        return; // nobody has it any more, as where an exception has been handled
    }
    let payload = object.payload();
    payload.instruction.store(frame.instruction() as i64, Ordering::Release);
    let back = {
        let state = ThreadState::of(thread);
        let below = state.frames.below(frame);
        // Whoever drove a generator last has no more to do with it.
        if below.is_null() || !frame.generator.is_null() { None } else { of(thread, below).ok() }
    };
    drop(payload.back.replace(thread, object.header(), back));
    let n = frame.nlocalsplus();
    let mut held = Vec::with_capacity(n);
    let section = Exclusive::open(thread, object);
    // SAFETY: the frame's slots (INV-FRAME-1), which are EMPTY from here on.
    unsafe { section.hold_all(frame.locals, n, held.as_mut_ptr()) };
    // SAFETY: all have been written.
    unsafe { held.set_len(n) };
    for i in 0..n {
        write(frame.locals.wrapping_add(i), StackRef::EMPTY);
    }
    keep(section, held);
    payload.frame.store(std::ptr::null_mut(), Ordering::Release); // INV-FOBJ-1
}

/// Whether the frame that has this object can do without it from now on: nobody else has it, and it knows nothing of its own.
pub(crate) fn is_forgotten(object: &Object<FrameObject>) -> bool {
    let payload = object.payload();
    object.header().is_sole()
        && payload.trace.is_empty()
        && payload.extra.is_empty()
        // Relaxed: nobody else sees it.
        && payload.trace_lines.load(Ordering::Relaxed)
        && !payload.trace_opcodes.load(Ordering::Relaxed)
}

/// What a frame held is its object's from now on.
pub(crate) fn take_over(thread: &mut Thread, object: &Object<FrameObject>, taken: Vec<Option<Value>>) {
    let section = Exclusive::open(thread, object);
    let held = taken.into_iter().map(|value| value.map(|value| section.hold(value))).collect();
    keep(section, held);
}

/// Puts what a frame held into its object.
fn keep(mut section: Exclusive<'_, FrameObject>, held: Vec<Option<Held>>) {
    let before = std::mem::replace(section.get(|object| &object.locals), held);
    drop(section);
    drop(before);
}

/// Lets go of what an ended frame held.
pub(crate) fn clear_locals(thread: &mut Thread, object: &Object<FrameObject>) {
    keep(Exclusive::open(thread, object), Vec::new());
    let payload = object.payload();
    drop(payload.extra.replace(thread, object.header(), None));
    drop(payload.trace.replace(thread, object.header(), None));
}

/// Where a frame is.
pub(crate) enum Place {
    /// On this thread's stack.
    Active(*mut Frame),
    /// On the stack of another thread.
    Foreign,
    /// In its generator, which does not run.
    Suspended(Value),
    /// It has ended.
    Ended,
}

/// Where a frame is now.
pub(crate) fn place(thread: &Thread, object: &Object<FrameObject>) -> Place {
    let payload = object.payload();
    let frame = payload.frame.load(Ordering::Acquire);
    if !frame.is_null() {
        return if ThreadState::of(thread).frames.contains(frame) {
            Place::Active(frame)
        } else {
            Place::Foreign
        };
    }
    match generator_of(thread, object) {
        Some(generator) => Place::Suspended(generator),
        None => Place::Ended,
    }
}

/// The generator whose frame this is, until the frame ends.
pub(crate) fn generator_of(thread: &Thread, object: &Object<FrameObject>) -> Option<Value> {
    let value = object.payload().generator.upgrade(thread, object.header())?;
    let generator = cast::<Generator>(&value)?;
    if !object.payload().frame.load(Ordering::Acquire).is_null() {
        return Some(value);
    }
    // Once it has ended, a generator does not know its frame any more.
    let frame = generator.payload().frame.get(generator.header())?;
    let same = cast::<FrameObject>(&frame).is_some_and(|frame| std::ptr::eq(frame, object));
    same.then_some(value)
}

/// Looks at a frame that another thread runs, with the world stopped; `None` if it has ended meanwhile.
fn with_foreign<R>(
    thread: &mut Thread,
    object: &Object<FrameObject>,
    look: impl FnOnce(&threads::Context, &Frame) -> R,
) -> Option<R> {
    let stopped = thread.stop_the_world();
    let frame = object.payload().frame.load(Ordering::Acquire);
    // SAFETY: INV-FOBJ-1: an active frame, whose thread stands.
    unsafe { frame.as_ref() }.map(|frame| look(stopped.context(), frame))
}

/// The value of slot `index`.
pub(crate) fn slot(thread: &mut Thread, object: &Object<FrameObject>, index: usize) -> Option<Value> {
    match place(thread, object) {
        // SAFETY: an active frame of this thread.
        Place::Active(frame) => read(unsafe { &*frame }.locals.wrapping_add(index)).to_value(),
        Place::Foreign => with_foreign(thread, object, |context, frame| {
            let reference = read(frame.locals.wrapping_add(index));
            if reference.is_empty() {
                return None;
            }
            memory::publish_foreign(context, &look(reference)); // this thread gets a reference to what may be the other one's alone
            reference.to_value()
        })
        .flatten(),
        Place::Suspended(generator) => generator::slot(thread, cast::<Generator>(&generator)?, index),
        Place::Ended => {
            let mut section = Exclusive::open(thread, object);
            section.get(|object| &object.locals).get(index)?.as_ref().map(|held| held.value().clone())
        }
    }
}

/// Replaces the value of slot `index`.
pub(crate) fn set_slot(
    thread: &mut Thread,
    object: &Object<FrameObject>,
    index: usize,
    value: Option<Value>,
) {
    match place(thread, object) {
        Place::Active(frame) => {
            // What the slot holds may be borrowed from it further up the stack.
            memory::refresh(thread);
            // SAFETY: an active frame of this thread.
            let place = unsafe { &*frame }.locals.wrapping_add(index);
            let before = read(place);
            write(place, value.map_or(StackRef::EMPTY, StackRef::from_value));
            before.release();
        }
        Place::Foreign => {
            if let Some(value) = &value {
                memory::publish(value);
            }
            let before = with_foreign(thread, object, |context, frame| {
                let place = frame.locals.wrapping_add(index);
                let before = read(place);
                if !before.is_empty() {
                    memory::publish_foreign(context, &look(before));
                }
                write(place, value.map_or(StackRef::EMPTY, StackRef::from_value));
                before
            });
            if let Some(before) = before {
                before.release();
            }
        }
        Place::Suspended(generator) => {
            if let Some(generator) = cast::<Generator>(&generator) {
                generator::set_slot(thread, generator, index, value);
            }
        }
        Place::Ended => {
            let mut section = Exclusive::open(thread, object);
            let held = value.map(|value| section.hold(value));
            let locals = section.get(|object| &object.locals);
            let before = locals.get_mut(index).and_then(|slot| std::mem::replace(slot, held));
            drop(section);
            drop(before);
        }
    }
}

/// The function of a frame object.
pub fn function(object: &Object<FrameObject>) -> Option<Value> {
    object.payload().function.get(object.header())
}

/// `f_back` of a frame that another thread runs.
pub(crate) fn foreign_back(thread: &mut Thread, object: &Object<FrameObject>) -> Result<Value> {
    let mut stopped = thread.stop_the_world();
    let frame = object.payload().frame.load(Ordering::Acquire);
    let mut found = None;
    super::each_state(|state| {
        if !frame.is_null() && state.frames.contains(frame) {
            found = Some(state.frames.below(frame)).filter(|below| !below.is_null());
        }
    });
    match found {
        Some(below) => of_foreign(stopped.requester(), below),
        None => Ok(Value::none()),
    }
}

/// The frame object of an active frame of another thread, while the world is stopped.
///
/// # Errors
/// MemoryError.
pub(crate) fn of_foreign(thread: &mut Thread, frame: *mut Frame) -> Result<Value> {
    // SAFETY: an active frame, whose thread stands.
    let this = unsafe { &*frame };
    match &this.object {
        Some(object) => memory::publish_foreign(thread, object),
        None => {
            if let Some(function) = crate::object::view_of(this.function()) {
                memory::publish_foreign(thread, &function);
            }
        }
    }
    // What else the frame object is going to refer to.
    if let Some(namespace) = &this.namespace {
        memory::publish_foreign(thread, namespace);
    }
    // SAFETY: the slot at `ret` keeps the generator.
    if let Some(generator) = unsafe { this.generator.as_ref() }.and_then(crate::object::view_of) {
        memory::publish_foreign(thread, &generator);
    }
    let object = of(thread, frame)?;
    memory::publish(&object);
    Ok(object)
}

/// The index of the instruction at which a frame stands.
pub fn instruction(thread: &mut Thread, object: &Object<FrameObject>) -> i64 {
    let at = match place(thread, object) {
        // SAFETY: an active frame of this thread.
        Place::Active(frame) => Some(unsafe { &*frame }.instruction() as i64),
        Place::Foreign => with_foreign(thread, object, |_, frame| frame.instruction() as i64),
        Place::Suspended(_) | Place::Ended => None,
    };
    at.unwrap_or_else(|| object.payload().instruction.load(Ordering::Acquire))
}

/// The line at which a frame stands.
pub fn line(thread: &mut Thread, object: &Object<FrameObject>) -> Option<i32> {
    let at = instruction(thread, object);
    super::positions::line_of(object.payload().code().payload(), at)
}
