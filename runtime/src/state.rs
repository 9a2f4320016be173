//! What the runtime keeps: for the process, and for each thread.
//!
//! * INV-STATE-1: a thread that runs Python has a state, which only that thread touches, from `enter` to `leave`.
//! * INV-STATE-2: another thread touches it with the world stopped only.

use std::cell::Cell;
use std::collections::HashSet;

use memory::{StackRef, Value};
use threads::sync::{Mutex, OnceLock};
use threads::{Context, Requests, Thread};

use crate::class::lookup::{CACHE_ENTRIES, CacheEntry};
use crate::error::{Raised, Result, recursion_error, stop_iteration as stop_iteration_error};
use crate::names::StaticValue;

/// A thread's own state. Reached through its context; touched by that thread alone.
pub struct ThreadState {
    class_cache: Box<[Cell<CacheEntry>]>,
    /// The exceptions that are being handled.
    pub(crate) handled: Handled,
    /// The value of the StopIteration that an iterator written in Python raised last, until somebody asks.
    stop_value: Own<Option<Value>>,
    /// Frames and native calls that are active, for the recursion limit.
    pub(crate) depth: Cell<usize>,
    /// The lowest address that native recursion may reach.
    stack_floor: Cell<usize>,
    /// Objects whose `repr` is being made.
    pub(crate) repr_running: Own<Running>,
    /// The interpreter's frames.
    pub(crate) frames: crate::interp::frame::FrameStack,
    /// How many callbacks of tools the thread is in: they hear of nothing meanwhile.
    pub(crate) monitoring: Cell<u32>,
    /// The event that the innermost of them was told of; -1 if there is none.
    pub(crate) event: Cell<i32>,
    /// `sys.settrace`
    pub(crate) trace_function: Own<Option<Value>>,
    /// `sys.setprofile`
    pub(crate) profile_function: Own<Option<Value>>,
    /// What an instruction's handler returns to native code, counted, until the dispatch loop takes it.
    pub(crate) returned: Cell<StackRef>,
    /// What an instruction's handler raises, until the dispatch loop takes it.
    pub(crate) raising: Cell<Option<Raised>>,
    /// Whether the loop has just returned what a generator yielded.
    pub(crate) yielded: Cell<bool>,
    /// `sys.set_coroutine_origin_tracking_depth`
    pub(crate) origin_depth: Cell<usize>,
    /// The thread's serial number.
    serial: u64,
    /// The frame whose exception is being raised again, which has its traceback entry already.
    pub(crate) reraise: Cell<*mut crate::interp::frame::Frame>,
    /// The thread's own values by key: the profile function and so on.
    pub(crate) extras: Own<Vec<(&'static str, Value)>>,
    /// Those that are asked for often, by [`Place`].
    places: [Own<Option<Value>>; Place::COUNT],
    /// What the thread has noted for others to list.
    pub(crate) groups: crate::groups::Groups,
}

/// Where a thread keeps a value that is asked for often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The current context of context variables.
    Context,
    /// The event loop that is running.
    EventLoop,
    /// The task that the event loop is running.
    Task,
}

impl Place {
    const COUNT: usize = 3;
}

/// State of one thread that is changed in short steps, none of which begins another on the same state: what a step would
/// find then is the default.
#[derive(Default)]
pub struct Own<T>(Cell<T>);

impl<T: Default> Own<T> {
    fn new(value: T) -> Self {
        Self(Cell::new(value))
    }

    /// Takes one step.
    #[inline(always)]
    pub fn with<R>(&self, step: impl FnOnce(&mut T) -> R) -> R {
        let mut value = self.0.take();
        let result = step(&mut value);
        self.0.set(value);
        result
    }
}

/// The exceptions that a thread handles: one for each nested context, of which a generator's frame is one.
#[derive(Default)]
pub(crate) struct Handled {
    /// That of the innermost context.
    innermost: Own<Option<Value>>,
    /// Those of the others, the outermost first.
    outer: Own<Vec<Option<Value>>>,
    /// How many others there are.
    depth: Cell<usize>,
}

impl Handled {
    /// The exception that is being handled: the innermost context's that handles one.
    pub(crate) fn current(&self) -> Option<Value> {
        let innermost = self.innermost.with(|handled| handled.clone());
        if innermost.is_some() || self.depth.get() == 0 {
            return innermost;
        }
        self.outer.with(|outer| outer.iter().rev().find_map(Clone::clone))
    }

    /// What the innermost context itself handles.
    pub(crate) fn innermost(&self) -> Option<Value> {
        self.innermost.with(|handled| handled.clone())
    }

    /// As [`current`](Self::current), which `visit` sees before it is counted.
    fn visit(&self, visit: impl Fn(&Value)) -> Option<Value> {
        let look = |handled: &Option<Value>| {
            handled.as_ref().map(|value| {
                visit(value);
                value.clone()
            })
        };
        let innermost = self.innermost.with(|handled| look(handled));
        innermost.or_else(|| self.outer.with(|outer| outer.iter().rev().find_map(look)))
    }

    /// Replaces what the innermost context handles.
    pub(crate) fn replace(&self, new: Option<Value>) -> Option<Value> {
        self.innermost.with(|handled| std::mem::replace(handled, new))
    }

    /// Enters a context, which handles `handled`.
    pub(crate) fn enter(&self, handled: Option<Value>) {
        let before = self.replace(handled);
        self.outer.with(|outer| outer.push(before));
        self.depth.set(self.depth.get() + 1);
    }

    /// Leaves the innermost context, and returns what it handles.
    pub(crate) fn leave(&self) -> Option<Value> {
        let outer = self.outer.with(Vec::pop)?;
        self.depth.set(self.depth.get() - 1);
        self.replace(outer)
    }

    /// Everything, which is no longer handled.
    fn take(&self) -> Vec<Option<Value>> {
        self.depth.set(0);
        let mut all = self.outer.with(std::mem::take);
        all.push(self.replace(None));
        all
    }
}

/// Objects with which something is being done, by their words. Few are looked through; from [`Self::FEW`] on, deep ones have
/// an index, else a deeply nested list would cost the square of its depth.
#[derive(Default)]
pub(crate) struct Running {
    few: Vec<u64>,
    more: HashSet<u64>,
}

impl Running {
    const FEW: usize = 16;

    /// Whether this is the beginning: nothing is being done with the object yet.
    pub(crate) fn begin(&mut self, bits: u64) -> bool {
        if self.few.contains(&bits) {
            return false;
        }
        if self.few.len() < Self::FEW {
            self.few.push(bits);
            return true;
        }
        self.more.insert(bits)
    }

    /// What has begun is over.
    pub(crate) fn end(&mut self, bits: u64) {
        if !self.more.remove(&bits) {
            self.few.retain(|&other| other != bits);
        }
    }
}

/// The machine stack of a thread for which no size was asked, the main one too: addresses, of which the system gives memory as
/// they are touched. Python code that recurses through natives passes a recursion limit of 20,000 before it ends, in debug
/// builds too; data nested without end raises RecursionError while the touched memory is still small.
pub const DEFAULT_STACK_BYTES: usize = 64 << 20;

/// How many native frames deep the machine stack must still reach where Python code or a recursive native begins, in bytes.
const STACK_RESERVE_BYTES: usize = 256 << 10;

impl ThreadState {
    fn new(stack_bytes: usize, serial: u64) -> Self {
        let here = approximate_stack_pointer();
        Self {
            class_cache: vec![Cell::new(CacheEntry::default()); CACHE_ENTRIES].into_boxed_slice(),
            handled: Handled::default(),
            stop_value: Own::new(None),
            depth: Cell::new(0),
            stack_floor: Cell::new(here.saturating_sub(stack_bytes).saturating_add(STACK_RESERVE_BYTES)),
            repr_running: Own::new(Running::default()),
            frames: crate::interp::frame::FrameStack::new(),
            monitoring: Cell::new(0),
            event: Cell::new(-1),
            trace_function: Own::new(None),
            profile_function: Own::new(None),
            returned: Cell::new(StackRef::EMPTY),
            raising: Cell::new(None),
            yielded: Cell::new(false),
            origin_depth: Cell::new(0),
            serial,
            reraise: Cell::new(std::ptr::null_mut()),
            extras: Own::new(Vec::new()),
            places: std::array::from_fn(|_| Own::new(None)),
            groups: crate::groups::Groups::default(),
        }
    }

    /// The state of the calling thread.
    #[inline(always)]
    pub fn of(thread: &Context) -> &ThreadState {
        let state: *const ThreadState = thread.language().cast();
        debug_assert!(!state.is_null(), "INV-STATE-1: the thread runs Python");
        // SAFETY: INV-STATE-1: set by `enter` for as long as the thread runs Python, and only this thread asks.
        unsafe { &*state }
    }
}

/// Where a thread's state is.
struct StateAt(*mut ThreadState);

// SAFETY: INV-STATE-2: another thread looks at a state with the world stopped only.
unsafe impl Send for StateAt {}

/// The states of all threads that run Python (INV-STATE-2).
static STATES: Mutex<Vec<StateAt>> = Mutex::new(Vec::new());

/// Calls `visit` with every thread's state; the caller has stopped the world.
pub(crate) fn each_state(mut visit: impl FnMut(&ThreadState)) {
    let states: Vec<*mut ThreadState> = STATES.lock().iter().map(|at| at.0).collect();
    for state in states {
        // SAFETY: INV-STATE-2: a thread that stands does not leave.
        visit(unsafe { &*state });
    }
}

/// Calls `visit` with every thread's state, while all stand.
pub(crate) fn with_all_threads(thread: &mut Thread, visit: impl FnMut(&ThreadState)) {
    let _stopped = thread.stop_the_world();
    each_state(visit);
}

/// In the child of a fork there is one thread.
pub fn after_fork(thread: &Thread) {
    let own: *const ThreadState = ThreadState::of(thread);
    // The others' states stay where they are: what they hold is not to be released by this thread.
    STATES.lock().retain(|at| std::ptr::eq(at.0, own));
    // The event loop runs on in the parent.
    drop((keep(thread, Place::EventLoop, None), keep(thread, Place::Task, None)));
}

/// How many calls a coroutine notes as where it was made.
pub fn origin_depth(thread: &Context) -> usize {
    ThreadState::of(thread).origin_depth.get()
}

/// Sets how many calls coroutines note.
pub fn set_origin_depth(thread: &Context, depth: usize) {
    ThreadState::of(thread).origin_depth.set(depth);
}

/// The running frame of every thread that runs Python, by serial number; made under a stop.
///
/// # Errors
/// MemoryError.
pub fn current_frames(thread: &mut Thread) -> Result<Vec<(u64, Value)>> {
    let own = thread.serial();
    let mut stopped = thread.stop_the_world();
    let mut running = Vec::new();
    each_state(|state| {
        let frame = state.frames.current.get();
        if !frame.is_null() {
            running.push((state.serial, frame));
        }
    });
    let thread = stopped.requester();
    let mut frames = Vec::new();
    for (serial, frame) in running {
        let object = if serial == own {
            crate::interp::frame_object::of(thread, frame)?
        } else {
            crate::interp::frame_object::of_foreign(thread, frame)?
        };
        frames.push((serial, object));
    }
    Ok(frames)
}

/// The exception that every thread that runs Python handles, by serial number; made under a stop.
pub fn current_exceptions(thread: &mut Thread) -> Vec<(u64, Option<Value>)> {
    let own = thread.serial();
    let stopped = thread.stop_the_world();
    let mut found = Vec::new();
    each_state(|state| {
        let handled = state.handled.visit(|value| {
            if state.serial != own {
                memory::publish_foreign(stopped.context(), value);
            }
        });
        found.push((state.serial, handled));
    });
    found
}

/// Gives the calling thread what it needs to run Python; `stack_bytes` is how much machine stack it has from here on.
pub fn enter(thread: &mut Thread, stack_bytes: usize) {
    crate::system::signal::register_thread(thread.serial());
    let state = Box::into_raw(Box::new(ThreadState::new(stack_bytes, thread.serial())));
    STATES.lock().push(StateAt(state));
    thread.set_language(state.cast());
}

/// Takes away what [`enter`] gave: the thread is about to exit.
pub fn leave(thread: &mut Thread) {
    let state: *mut ThreadState = thread.language().cast();
    if state.is_null() {
        return;
    }
    // What the state holds may run finalizers as it goes, which need a state: it is emptied first.
    {
        let state = ThreadState::of(thread);
        let handled = state.handled.take();
        let extras = state.extras.with(std::mem::take);
        let stop = state.stop_value.with(Option::take);
        let functions = crate::interp::monitor::legacy::forget(state);
        let places = state.places.each_ref().map(|place| place.with(Option::take));
        drop((handled, extras, stop, functions, places));
    }
    memory::run_pending(thread);
    crate::groups::leave(ThreadState::of(thread));
    crate::system::signal::forget_thread(thread.serial());
    STATES.lock().retain(|at| at.0 != state);
    thread.set_language(std::ptr::null_mut());
    // SAFETY: made by `enter` with `Box::into_raw`; nobody finds it any more.
    drop(unsafe { Box::from_raw(state) });
}

#[inline(always)]
pub(crate) fn class_cache(thread: &Context) -> &[Cell<CacheEntry>] {
    &ThreadState::of(thread).class_cache
}

#[inline(always)]
fn approximate_stack_pointer() -> usize {
    let here = 0u8;
    (&raw const here).addr()
}

/// Raises RecursionError if the machine stack nears its end. Whatever may recurse in native code calls this once a level.
///
/// # Errors
/// RecursionError.
#[inline]
pub fn check_stack(thread: &Context, doing: &str) -> Result<()> {
    if is_stack_short(thread) {
        return Err(stack_exhausted(doing));
    }
    Ok(())
}

/// Whether the machine stack nears its end.
#[inline]
pub(crate) fn is_stack_short(thread: &Context) -> bool {
    approximate_stack_pointer() < ThreadState::of(thread).stack_floor.get()
}

#[cold]
fn stack_exhausted(doing: &str) -> Raised {
    recursion_error(format!("maximum recursion depth exceeded{doing}"))
}

/// The StopIteration that ends `next()`, with the value that was noted.
pub fn stop_iteration(thread: &mut Thread) -> Raised {
    match take_stop_value(thread) {
        Some(value) => stop_iteration_error(value),
        None => stop_iteration_error(()),
    }
}

/// Notes the value of a StopIteration that turns into "no more items".
pub(crate) fn note_stop_value(thread: &Thread, raised: &Raised) {
    let value =
        crate::types::exception::field(thread, raised.value(), "value").filter(|value| !value.is_none());
    set_stop_value(thread, value);
}

/// Notes the value with which an iterator ended.
pub fn set_stop_value(thread: &Thread, value: Option<Value>) {
    let before = ThreadState::of(thread).stop_value.with(|stop| std::mem::replace(stop, value));
    drop(before);
}

/// The value with which the last iterator ended, if it had one.
pub fn take_stop_value(thread: &Thread) -> Option<Value> {
    ThreadState::of(thread).stop_value.with(Option::take)
}

/// How many collections there have been.
pub(crate) fn collections(thread: &Context) -> usize {
    memory::collector::collections_in(thread)
}

/// The exception that is being handled, if there is one (`sys.exception()`).
pub fn handled_exception(thread: &Context) -> Option<Value> {
    ThreadState::of(thread).handled.current()
}

/// How many frames are active.
pub fn depth(thread: &Context) -> usize {
    ThreadState::of(thread).depth.get()
}

/// A value that the thread keeps under `key`.
pub fn extra(thread: &Context, key: &'static str) -> Option<Value> {
    ThreadState::of(thread)
        .extras
        .with(|extras| extras.iter().find(|(k, _)| *k == key).map(|(_, value)| value.clone()))
}

/// Keeps a value under `key`, or forgets it.
pub fn set_extra(thread: &Context, key: &'static str, value: Option<Value>) {
    let before = ThreadState::of(thread).extras.with(|extras| {
        let before = extras.iter().position(|(k, _)| *k == key).map(|i| extras.swap_remove(i));
        if let Some(value) = value {
            extras.push((key, value));
        }
        before
    });
    drop(before);
}

/// The value that the thread keeps at `place`.
#[inline]
pub fn kept(thread: &Context, place: Place) -> Option<Value> {
    ThreadState::of(thread).places[place as usize].with(|kept| kept.clone())
}

/// Whether the thread keeps this very value at `place`.
#[inline]
pub fn keeps(thread: &Context, place: Place, value: &Value) -> bool {
    ThreadState::of(thread).places[place as usize]
        .with(|kept| kept.as_ref().is_some_and(|kept| kept.is(value)))
}

/// Keeps a value at `place`, or none, and returns what was there.
#[inline]
pub fn keep(thread: &Context, place: Place, value: Option<Value>) -> Option<Value> {
    ThreadState::of(thread).places[place as usize].with(|kept| std::mem::replace(kept, value))
}

/// What the thread keeps at `wanted` that keeps `value` at `place`, whichever thread that is; found under a stop.
pub fn kept_beside(thread: &mut Thread, place: Place, value: &Value, wanted: Place) -> Option<Value> {
    let own: *const ThreadState = ThreadState::of(thread);
    let mut found = None;
    let stopped = thread.stop_the_world();
    each_state(|state| {
        let here = state.places[place as usize].with(|kept| kept.as_ref().is_some_and(|kept| kept.is(value)));
        if here && found.is_none() {
            found = state.places[wanted as usize].with(|kept| {
                if let Some(kept) = kept.as_ref().filter(|_| !std::ptr::eq(state, own)) {
                    memory::publish_foreign(stopped.context(), kept);
                }
                kept.clone()
            });
        }
    });
    found
}

/// What a safepoint leaves to the language: pending calls, signals, asynchronous exceptions.
///
/// # Errors
/// What a signal handler or an asynchronous exception raises.
pub(crate) fn answer(thread: &mut Thread, requests: Requests) -> Result<()> {
    match PENDING.get() {
        Some(answer) => answer(thread, requests),
        None => {
            thread.control().take(requests);
            Ok(())
        }
    }
}

/// Who answers signals and the like: the layer above, if there is one.
static PENDING: OnceLock<fn(&mut Thread, Requests) -> Result<()>> = OnceLock::new();

/// Sets who answers signals and asynchronous exceptions; once.
pub fn set_pending(answer: fn(&mut Thread, Requests) -> Result<()>) {
    // A second start in one process sets the same function.
    let _ = PENDING.set(answer);
}

/// What the process has of Python: one interpreter.
pub struct Runtime {
    sys: StaticValue,
    builtins: StaticValue,
}

static RUNTIME: Runtime = Runtime { sys: StaticValue::new(), builtins: StaticValue::new() };

impl Runtime {
    /// The interpreter.
    pub fn get() -> Option<&'static Self> {
        Some(&RUNTIME)
    }

    /// The dict of the `sys` module.
    pub fn sys_dict(&'static self) -> Option<&'static Value> {
        self.sys.get()
    }

    /// The dict of the `builtins` module.
    pub fn builtins_dict(&'static self) -> Option<&'static Value> {
        self.builtins.get()
    }

    /// Says which dicts these are, once.
    pub fn set_dicts(&'static self, sys: Value, builtins: Value) {
        // Counted for good.
        self.sys.set_interned(sys);
        self.builtins.set_interned(builtins);
    }

    /// Makes what everything else needs: names, the smallest strs, the empty tuple. To be called once a process, on a thread
    /// that has entered.
    ///
    /// # Errors
    /// MemoryError.
    pub fn initialize(&'static self, thread: &mut Thread) -> Result<()> {
        crate::types::str::intern::initialize(thread)?;
        crate::names::initialize(thread)?;
        crate::types::tuple::initialize(thread)?;
        crate::types::exception::initialize(thread)
    }
}
