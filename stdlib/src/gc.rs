//! `gc`: the collector of reference cycles.
//!
//! There are no generations: thresholds are kept for programs that set and read them, and collection is ordered by how much
//! the heap has grown. Cycles with finalizers are collected like others, so nothing is ever uncollectable.

use std::fmt::Write as _;
use std::time::Instant;

use runtime::class::{TypeExt, class_of};
use runtime::error::{Result, type_error, value_error};
use runtime::memory::collector::{self, Turn, Wishes};
use runtime::names::StaticValue;
use runtime::native::Rest;
use runtime::object::cast;
use runtime::types::{Dict, DictExt, List, ListExt, Str, Tuple, int, module as modules};
use runtime::{Thread, Value, call, memory, native};
use threads::sync::atomic::{AtomicI64, Ordering};

use crate::sys::hooks::write_error;

static DEBUG: AtomicI64 = AtomicI64::new(0);
static THRESHOLDS: [AtomicI64; 3] = [AtomicI64::new(2000), AtomicI64::new(10), AtomicI64::new(0)];
/// For each generation that was asked for, how many objects were collected, and how often.
static COLLECTED: [AtomicI64; 3] = [const { AtomicI64::new(0) }; 3];
static COLLECTIONS: [AtomicI64; 3] = [const { AtomicI64::new(0) }; 3];
static GARBAGE: StaticValue = StaticValue::new();
static CALLBACKS: StaticValue = StaticValue::new();

/// Tells `gc.callbacks` that a collection begins or is over.
fn tell(thread: &mut Thread, phase: &str, generation: i64, collected: i64) -> Result<()> {
    let Some(list) = CALLBACKS.get().and_then(cast::<List>).filter(|list| list.len() > 0) else {
        return Ok(());
    };
    let info = Dict::new(thread)?;
    if let Some(dict) = cast::<Dict>(&info) {
        for (name, number) in [("generation", generation), ("collected", collected), ("uncollectable", 0)] {
            let name = Str::interned(thread, name)?;
            let number = int::from_i64(thread, number)?;
            dict.set(thread, &name, number)?;
        }
    }
    let phase = Str::interned(thread, phase)?;
    for callback in list.to_vec(thread)? {
        if let Err(raised) = call::call_positional(thread, &callback, &[phase.clone(), info.clone()]) {
            runtime::hooks::unraisable(thread, raised, None, Some(&callback));
        }
    }
    Ok(())
}

/// Collects now; how many objects were found unreachable. None, if a collection is under way: one of those that `gc.callbacks` has
/// called asks for another, or another thread collects.
///
/// # Errors
/// MemoryError.
pub fn run(thread: &mut Thread, generation: i64) -> Result<i64> {
    let Some(turn) = Turn::take(thread) else { return Ok(0) };
    tell(thread, "start", generation, 0)?;
    let debug = DEBUG.load(Ordering::Relaxed);
    let begun = Instant::now();
    if debug & module::DEBUG_STATS != 0 {
        write_error(thread, &format!("gc: collecting generation {generation}...\n"));
    }
    let mut kept = Vec::new();
    let mut shown = String::new();
    let mut show = |object: &Value| {
        let address = object.object().map_or(0, |object| object.addr().get());
        let _ = writeln!(shown, "gc: collectable <{} {address:#x}>", class_of(object).name_lossy());
    };
    let wishes = Wishes {
        kept: (debug & module::DEBUG_SAVEALL != 0).then_some(&mut kept),
        show: (debug & module::DEBUG_COLLECTABLE != 0).then_some(&mut show),
    };
    let collected = turn.collect(thread, wishes).freed as i64;
    if !shown.is_empty() {
        write_error(thread, &shown);
    }
    if let Some(list) = GARBAGE.get().and_then(cast::<List>)
        && !kept.is_empty()
    {
        list.extend(thread, kept)?;
    }
    if debug & module::DEBUG_STATS != 0 {
        let seconds = begun.elapsed().as_secs_f64();
        let text = format!("gc: done, {collected} unreachable, 0 uncollectable, {seconds:.4}s elapsed\n");
        write_error(thread, &text);
    }
    let place = usize::try_from(generation).unwrap_or(0).min(2);
    COLLECTED[place].fetch_add(collected, Ordering::Relaxed);
    COLLECTIONS[place].fetch_add(1, Ordering::Relaxed);
    tell(thread, "stop", generation, collected)?;
    Ok(collected)
}

/// From now on collections that begin by themselves are counted, and told to programs, as those that these ask for. They are of the
/// first generation, as CPython's.
pub fn install(thread: &Thread) {
    fn collect(thread: &mut Thread) {
        if let Err(raised) = run(thread, 0) {
            runtime::hooks::unraisable(thread, raised, Some("Exception ignored in garbage collection"), None);
        }
    }
    collector::set_automatic(thread, collect);
}

fn stats(thread: &mut Thread, collections: i64, collected: i64) -> Result<Value> {
    let dict = Dict::new(thread)?;
    if let Some(object) = cast::<Dict>(&dict) {
        for (name, number) in [("collections", collections), ("collected", collected), ("uncollectable", 0)] {
            let name = Str::interned(thread, name)?;
            let number = int::from_i64(thread, number)?;
            object.set(thread, &name, number)?;
        }
    }
    Ok(dict)
}

/// The module.
#[native::module(
    "gc",
    doc = "This module provides access to the garbage collector for reference cycles.\n\nenable() -- Enable automatic garbage collection.\ndisable() -- Disable automatic garbage collection.\nisenabled() -- Returns true if automatic collection is enabled.\ncollect() -- Do a full collection right now.\nget_count() -- Return the current collection counts.\nget_stats() -- Return list of dictionaries containing per-generation stats.\nset_debug() -- Set debugging flags.\nget_debug() -- Get debugging flags.\nset_threshold() -- Set the collection thresholds.\nget_threshold() -- Return the current collection thresholds.\nget_objects() -- Return a list of all objects tracked by the collector.\nis_tracked() -- Returns true if a given object is tracked.\nis_finalized() -- Returns true if a given object has been already finalized.\nget_referrers() -- Return the list of objects that refer to an object.\nget_referents() -- Return the list of objects that an object refers to.\nfreeze() -- Freeze all tracked objects and ignore them for future collections.\nunfreeze() -- Unfreeze all objects in the permanent generation.\nget_freeze_count() -- Return the number of objects in the permanent generation.\n"
)]
pub mod module {
    use super::*;

    /// Print collection statistics.
    pub const DEBUG_STATS: i64 = 1;
    /// Print what is collectable.
    pub const DEBUG_COLLECTABLE: i64 = 2;
    /// Print what is not.
    pub const DEBUG_UNCOLLECTABLE: i64 = 4;
    /// Keep what is collected.
    pub const DEBUG_SAVEALL: i64 = 32;
    /// All that helps to find leaks.
    pub const DEBUG_LEAK: i64 = 38;

    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        let garbage = List::new(th, Vec::new())?;
        modules::set(th, module, "garbage", garbage.clone())?;
        let callbacks = List::new(th, Vec::new())?;
        modules::set(th, module, "callbacks", callbacks.clone())?;
        if CALLBACKS.get().is_none() {
            CALLBACKS.set(callbacks);
            GARBAGE.set(garbage);
        }
        Ok(())
    }

    /// Enable automatic garbage collection.
    pub fn enable(th: &mut Thread) {
        collector::set_enabled(th, true);
    }

    /// Disable automatic garbage collection.
    pub fn disable(th: &mut Thread) {
        collector::set_enabled(th, false);
    }

    /// Returns true if automatic garbage collection is enabled.
    pub fn isenabled(th: &mut Thread) -> bool {
        collector::is_enabled(th)
    }

    /// Run the garbage collector.
    ///
    /// With no arguments, run a full collection.  The optional argument
    /// may be an integer specifying which generation to collect.  A ValueError
    /// is raised if the generation number is invalid.
    ///
    /// The number of unreachable objects is returned.
    #[sig("(generation=2)")]
    pub fn collect(th: &mut Thread, generation: i32) -> Result<i64> {
        if !(0..=2).contains(&generation) {
            return Err(value_error("invalid generation"));
        }
        run(th, generation.into())
    }

    /// Set the garbage collection debugging flags.
    ///
    ///   flags
    ///     An integer that can have the following bits turned on:
    ///       DEBUG_STATS - Print statistics during collection.
    ///       DEBUG_COLLECTABLE - Print collectable objects found.
    ///       DEBUG_UNCOLLECTABLE - Print unreachable but uncollectable objects
    ///         found.
    ///       DEBUG_SAVEALL - Save objects to gc.garbage rather than freeing them.
    ///       DEBUG_LEAK - Debug leaking programs (everything but STATS).
    ///
    /// Debugging information is written to sys.stderr.
    pub fn set_debug(flags: i32) {
        DEBUG.store(flags.into(), Ordering::Relaxed);
    }

    /// Get the garbage collection debugging flags.
    pub fn get_debug() -> i64 {
        DEBUG.load(Ordering::Relaxed)
    }

    /// set_threshold(threshold0, [threshold1, [threshold2]])
    /// Set the collection thresholds (the collection frequency).
    ///
    /// Setting 'threshold0' to zero disables collection.
    #[sig("(threshold0, threshold1=<unrepresentable>, threshold2=<unrepresentable>, /)", hidden)]
    pub fn set_threshold(th: &mut Thread, threshold0: i32, threshold1: Option<i32>, threshold2: Option<i32>) {
        THRESHOLDS[0].store(threshold0.into(), Ordering::Relaxed);
        for (place, given) in THRESHOLDS[1..].iter().zip([threshold1, threshold2]) {
            if let Some(given) = given {
                place.store(given.into(), Ordering::Relaxed);
            }
        }
        // As in CPython without the GIL, a second threshold of zero says not to mind how much lives.
        let grows = THRESHOLDS[1].load(Ordering::Relaxed) != 0;
        collector::set_pace(th, usize::try_from(threshold0).unwrap_or(0), grows);
    }

    /// Return the current collection thresholds.
    pub fn get_threshold() -> (i64, i64, i64) {
        let [a, b, c] = THRESHOLDS.each_ref().map(|place| place.load(Ordering::Relaxed));
        (a, b, c)
    }

    /// Return a three-tuple of the current collection counts.
    pub fn get_count() -> (i64, i64, i64) {
        (0, 0, 0)
    }

    /// Return a list of dictionaries containing per-generation statistics.
    pub fn get_stats(th: &mut Thread) -> Result<Value> {
        let generation = |place: usize| {
            let load = |numbers: &[AtomicI64; 3]| numbers[place].load(Ordering::Relaxed);
            stats(th, load(&COLLECTIONS), load(&COLLECTED))
        };
        let generations = (0..3).map(generation).collect::<Result<Vec<_>>>()?;
        List::new(th, generations)
    }

    /// Return a list of objects tracked by the collector (excluding the list returned).
    ///
    ///   generation
    ///     Generation to extract the objects from.
    ///
    /// If generation is not None, return only the objects tracked by the
    /// collector that are in that generation.
    #[sig("(generation=None)")]
    pub fn get_objects(th: &mut Thread, generation: Option<&Value>) -> Result<Value> {
        let mut only = None;
        if let Some(generation) = generation {
            if !int::is_int(generation) {
                let class = class_of(generation).name_lossy();
                return Err(type_error(format!("argument should be integer or None, not {class}")));
            }
            let number = int::to_i64(generation).unwrap_or(i64::MAX);
            if number >= 3 {
                return Err(value_error(
                    "generation parameter must be less than the number of available generations (3)",
                ));
            }
            if number < 0 {
                return Err(value_error("generation parameter cannot be negative"));
            }
            only = Some(number);
        }
        let objects = match only {
            Some(0 | 1) => Vec::new(),
            _ => collector::objects(&mut th.stop_the_world()),
        };
        List::new(th, objects)
    }

    /// Return the list of objects that directly refer to any of 'objs'.
    #[sig("(*objs)")]
    pub fn get_referrers(th: &mut Thread, objs: Rest<'_>) -> Result<Value> {
        let found = collector::referrers(&mut th.stop_the_world(), objs);
        List::new(th, found)
    }

    /// Return the list of objects that are directly referred to by 'objs'.
    #[sig("(*objs)")]
    pub fn get_referents(th: &mut Thread, objs: Rest<'_>) -> Result<Value> {
        let mut found = Vec::new();
        for object in objs {
            found.extend(collector::referents(&mut th.stop_the_world(), object));
        }
        List::new(th, found)
    }

    /// Returns true if the object is tracked by the garbage collector.
    ///
    /// Simple atomic objects will return false.
    pub fn is_tracked(obj: &Value) -> bool {
        let flags = obj.header().map(|header| header.flags());
        flags.is_some_and(|f| f.contains(memory::Flags::TRACKED) && !f.contains(memory::Flags::IMMORTAL))
    }

    /// Returns true if the object has been already finalized by the GC.
    pub fn is_finalized(obj: &Value) -> bool {
        obj.header().is_some_and(|header| header.flags().contains(memory::Flags::FINALIZED))
    }

    /// Freeze all current tracked objects and ignore them for future collections.
    ///
    /// This can be used before a POSIX fork() call to make the gc copy-on-write friendly.
    /// Note: collection before a POSIX fork() call may free pages for future allocation
    /// which can cause copy-on-write.
    pub fn freeze(th: &mut Thread) {
        collector::freeze(th);
    }

    /// Unfreeze all objects in the permanent generation.
    ///
    /// Put all objects in the permanent generation back into oldest generation.
    pub fn unfreeze(th: &mut Thread) {
        collector::unfreeze(th);
    }

    /// Return the number of objects in the permanent generation.
    pub fn get_freeze_count(th: &mut Thread) -> usize {
        collector::frozen_count(th)
    }
}

/// The tuple of two counts, for who shows them.
///
/// # Errors
/// MemoryError.
pub fn totals(thread: &Thread) -> Result<Value> {
    let sum = |numbers: &[AtomicI64; 3]| numbers.iter().map(|number| number.load(Ordering::Relaxed)).sum();
    let collections = int::from_i64(thread, sum(&COLLECTIONS))?;
    let collected = int::from_i64(thread, sum(&COLLECTED))?;
    Tuple::of_array(thread, [collections, collected])
}
