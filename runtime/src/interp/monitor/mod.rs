//! Watching programs: `sys.monitoring` (PEP 669), and `sys.settrace` and `sys.setprofile` on top of it.
//!
//! Code that nobody watches pays nothing: what is watched is in the code's own instructions. A watched instruction's opcode is
//! INSTRUMENTED, with the original beside it in the same unit; the loop then calls [`before`](fire::before), which tells
//! the tools, and goes on with the original. Which instructions are watched depends on the tools' events; when these
//! change, a version changes, which RESUME compares with the one in its own unit: code that begins to run is
//! marked anew ([`code::renew`]), and so is, at once, the code of every active frame of every thread.
//!
//! | file     | concept                                                          |
//! |----------|------------------------------------------------------------------|
//! | `code`   | what is watched in one code object                               |
//! | `fire`   | telling the tools what happens                                   |
//! | `calls`  | calls that are watched                                           |
//! | `legacy` | trace and profile functions: the tools 7 and 6                   |
//!
//! * INV-MON-1: a unit is marked and unmarked by compare-exchange, and specialization replaces a unit only as it has read it: a
//!   mark is never overwritten.
//! * INV-MON-2: no tool hears of what a tool does: `ThreadState::monitoring` counts the callbacks that a thread is in.

pub(crate) mod calls;
pub mod code;
pub(crate) mod fire;
pub mod legacy;

use memory::{Published, Value};
use threads::Thread;
use threads::sync::Mutex;
use threads::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};

use crate::class::Payload;
use crate::error::{Result, overflow_error};
use crate::names::StaticValue;
use crate::state::ThreadState;

pub use code::CodeMonitor;

/// Declares the events: name, number.
macro_rules! events {
    ($($name:ident = $number:literal;)*) => {
        /// The events by number.
        pub mod event {
            $(#[doc = concat!("`", stringify!($name), "`.")] pub const $name: usize = $number;)*
            /// Every event with its name, in order.
            pub const NAMES: &[&str] = &[$(stringify!($name)),*];
        }
    };
}

events! {
    PY_START = 0;
    PY_RESUME = 1;
    PY_RETURN = 2;
    PY_YIELD = 3;
    CALL = 4;
    LINE = 5;
    INSTRUCTION = 6;
    JUMP = 7;
    BRANCH_LEFT = 8;
    BRANCH_RIGHT = 9;
    STOP_ITERATION = 10;
    RAISE = 11;
    EXCEPTION_HANDLED = 12;
    PY_UNWIND = 13;
    PY_THROW = 14;
    RERAISE = 15;
    C_RETURN = 16;
    C_RAISE = 17;
    BRANCH = 18;
}

/// Events that belong to instructions, and can be asked for one code object alone.
pub const LOCAL_EVENTS: usize = 11;
/// Events that are asked for by themselves: those after them come with others.
pub const UNGROUPED_EVENTS: usize = 16;
/// All events.
pub const EVENTS: usize = 19;
/// Tools that programs may use; the next two are profile and trace functions.
pub const TOOLS: usize = 6;
/// The tool of `sys.setprofile`.
pub const PROFILE: usize = 6;
/// The tool of `sys.settrace`.
pub const TRACE: usize = 7;

/// Which tools want each event of all code, by bit.
static GLOBAL: [AtomicU8; UNGROUPED_EVENTS] = [const { AtomicU8::new(0) }; UNGROUPED_EVENTS];

/// Whether any tool wants one of the events that exceptions cause: every frame that one leaves asks.
static EXCEPTIONS: AtomicBool = AtomicBool::new(false);

/// What RESUME compares: changes whenever what is watched changes.
static VERSION: AtomicU32 = AtomicU32::new(0);

/// How often `sys.monitoring.restart_events` has been called.
static RESTARTS: AtomicU64 = AtomicU64::new(0);

/// A version has as many bits as RESUME has to spare.
const VERSIONS: u32 = 1 << 24;

/// Names and callbacks of the tools.
struct Tools {
    names: [Option<Published>; TOOLS],
    callbacks: [[Option<Published>; EVENTS]; TOOLS],
}

static TOOL_TABLE: Mutex<Tools> = Mutex::new(Tools {
    names: [const { None }; TOOLS],
    callbacks: [const { [const { None }; EVENTS] }; TOOLS],
});

/// Held by who changes what is watched.
static CHANGE: Mutex<()> = Mutex::new(());

/// The version that RESUME compares.
#[inline(always)]
pub(crate) fn version() -> u64 {
    u64::from(VERSION.load(Ordering::Relaxed)) // the marks themselves are published by compare-exchange
}

/// The tools that want an event of all code.
#[inline(always)]
pub(crate) fn global_tools(event: usize) -> u8 {
    GLOBAL[event].load(Ordering::Relaxed)
}

/// Whether anybody hears of any of the events that exceptions cause.
#[inline(always)]
pub(crate) fn exceptions_watched() -> bool {
    EXCEPTIONS.load(Ordering::Relaxed) // as `global_tools`
}

fn object_once(thread: &mut Thread, place: &'static StaticValue) -> Result<Value> {
    if let Some(value) = place.get() {
        return Ok(value.clone());
    }
    let value = crate::types::instance::allocate(thread, crate::types::Instance::def().object())?;
    let guard = CHANGE.lock();
    if place.get().is_none() {
        place.set(value);
    }
    drop(guard);
    Ok(place.value().clone())
}

static DISABLE_OBJECT: StaticValue = StaticValue::new();
static MISSING_OBJECT: StaticValue = StaticValue::new();

/// `sys.monitoring.DISABLE`
///
/// # Errors
/// MemoryError.
pub fn disable(thread: &mut Thread) -> Result<Value> {
    object_once(thread, &DISABLE_OBJECT)
}

/// `sys.monitoring.MISSING`
///
/// # Errors
/// MemoryError.
pub fn missing(thread: &mut Thread) -> Result<Value> {
    object_once(thread, &MISSING_OBJECT)
}

fn is_disable(value: &Value) -> bool {
    DISABLE_OBJECT.get().is_some_and(|disable| disable.is(value))
}

/// A tool's name, if it is in use.
pub fn tool_name(tool: usize) -> Option<Value> {
    TOOL_TABLE.lock().names.get(tool)?.as_ref().map(|name| name.value().clone())
}

/// Puts a tool to use; false if it is in use already.
pub fn use_tool(tool: usize, name: &Value) -> bool {
    let name = Published::new(name.clone());
    let mut table = TOOL_TABLE.lock();
    match table.names.get_mut(tool) {
        Some(place) if place.is_none() => {
            *place = Some(name);
            true
        }
        _ => {
            drop(table);
            drop(name);
            false
        }
    }
}

/// Takes a tool out of use, or only forgets what it wants.
///
/// # Errors
/// OverflowError if events have been set too often.
pub fn clear_tool(thread: &mut Thread, tool: usize, free: bool) -> Result<()> {
    if tool_name(tool).is_none() {
        return Ok(());
    }
    set_events(thread, tool, 0)?;
    code::forget_local(thread, tool)?;
    let mut table = TOOL_TABLE.lock();
    let callbacks = std::mem::replace(&mut table.callbacks[tool], [const { None }; EVENTS]);
    let name = if free { table.names[tool].take() } else { None };
    drop(table);
    drop((callbacks, name));
    Ok(())
}

/// Sets what a tool calls at an event; returns what it called before.
pub fn set_callback(tool: usize, event: usize, callback: Option<&Value>) -> Option<Value> {
    let callback = callback.map(|callback| Published::new(callback.clone()));
    let mut table = TOOL_TABLE.lock();
    let before = std::mem::replace(&mut table.callbacks[tool][event], callback);
    drop(table);
    before.map(Published::into_value)
}

/// What a tool calls at an event, and whether it is told of branches both ways: by the older event, where nobody has asked
/// for the one.
pub(crate) fn callback(tool: usize, event: usize) -> Option<(Value, bool)> {
    let table = TOOL_TABLE.lock();
    let callbacks = &table.callbacks[tool];
    let found = callbacks[event].as_ref().map(|callback| (callback, false)).or_else(|| match event {
        event::BRANCH_LEFT | event::BRANCH_RIGHT => {
            callbacks[event::BRANCH].as_ref().map(|callback| (callback, true))
        }
        _ => None,
    });
    found.map(|(callback, both)| (callback.value().clone(), both))
}

/// The events that a tool wants of all code, by bit.
pub fn events(tool: usize) -> u32 {
    (0..UNGROUPED_EVENTS).fold(0, |set, event| set | u32::from(global_tools(event) >> tool & 1) << event)
}

/// Every event that is wanted of all code, with the tools that want it.
pub fn all_events() -> Vec<(&'static str, u8)> {
    (0..UNGROUPED_EVENTS)
        .map(|event| (event::NAMES[event], global_tools(event)))
        .filter(|&(_, tools)| tools != 0)
        .collect()
}

/// Sets the events that a tool wants of all code.
///
/// # Errors
/// OverflowError if events have been set too often.
pub fn set_events(thread: &mut Thread, tool: usize, set: u32) -> Result<()> {
    if events(tool) == set {
        return Ok(());
    }
    {
        let _guard = CHANGE.lock();
        for (event, tools) in GLOBAL.iter().enumerate() {
            if set >> event & 1 != 0 {
                tools.fetch_or(1 << tool, Ordering::AcqRel);
            } else {
                tools.fetch_and(!(1 << tool), Ordering::AcqRel);
            }
        }
        let watched = (event::RAISE..=event::RERAISE).any(|event| global_tools(event) != 0);
        EXCEPTIONS.store(watched, Ordering::Release);
    }
    changed(thread)
}

/// Makes what was disabled be heard of again.
///
/// # Errors
/// OverflowError if this was done too often.
pub fn restart_events(thread: &mut Thread) -> Result<()> {
    RESTARTS.fetch_add(1, Ordering::AcqRel);
    changed(thread)
}

/// What is watched has changed: code is marked anew before it runs on.
fn changed(thread: &mut Thread) -> Result<()> {
    {
        let _guard = CHANGE.lock();
        let version = VERSION.load(Ordering::Relaxed);
        if version + 1 == VERSIONS {
            return Err(overflow_error("events set too many times"));
        }
        VERSION.store(version + 1, Ordering::Release);
    }
    crate::state::with_all_threads(thread, mark_active);
    Ok(())
}

/// Marks the code of a thread's active frames anew.
fn mark_active(state: &ThreadState) {
    for frame in state.frames.active() {
        // SAFETY: an active frame of this thread, or of one that stands.
        let frame = unsafe { &mut *frame };
        code::renew(frame.code());
        frame.previous = frame.instruction() as u32;
    }
}
