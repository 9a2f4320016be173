//! `UNPACK_EX`: some items, the list of the rest, some items more. And strs, which are taken apart by either instruction.

use containers::list::Filling;
use memory::{Object, StackRef, Value};
use text::View;
use threads::Thread;

use super::building::UNPACK_SEQUENCE;
use super::{Next, Pc, raise, release_and_go, slow, sync};
use crate::error::{Result, memory_error};
use crate::interp::frame::Frame;
use crate::interp::instr::Unit;
use crate::interp::top::{Top, exact, read, write};
use crate::types::str::borrow_character;
use crate::types::{List, ListExt, Str, StrExt, Tuple, TupleExt};

/// How many targets stand before the starred one, and how many behind it.
#[derive(Clone, Copy)]
struct Targets {
    before: usize,
    after: usize,
}

#[native::handler]
pub(super) fn unpack_ex(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let oparg = unit.oparg() as usize;
    let targets = Targets { before: oparg & 0xff, after: oparg >> 8 };
    let whole = top.peek(1);
    let behind = pc.wrapping_add(1);
    sync(thread, frame, behind, top);
    // One place up, so that what is unpacked stays where it is if this fails.
    let spread = if let Some(tuple) = exact::<Tuple>(whole) {
        spread_tuple(thread, tuple, top.0, targets)
    } else if let Some(list) = exact::<List>(whole) {
        spread_list(thread, list, top.0, targets)
    } else if let Some(text) = exact::<Str>(whole) {
        spread_text(thread, text, top.0, targets)
    } else {
        Ok(false)
    };
    match spread {
        Ok(true) => {}
        Ok(false) => return slow(thread, frame, pc, top, locals, unit),
        Err(raised) => return raise(thread, behind, top, raised),
    }
    top = moved_down(top, targets.before + 1 + targets.after);
    release_and_go(whole, thread, frame, behind, top, locals)
}

/// Moves `n` values from the place above what was unpacked to its own; returns where the top is then.
#[inline(always)]
fn moved_down(top: Top, n: usize) -> Top {
    let first = top.place(1);
    for i in 0..n {
        write(first.wrapping_add(i), read(first.wrapping_add(i + 1)));
    }
    Top(first.wrapping_add(n))
}

/// `UNPACK_SEQUENCE` of what is neither a list nor a tuple of that length.
#[native::handler]
pub(super) fn unpack_text(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let n = unit.oparg() as usize;
    let whole = top.peek(1);
    if !exact::<Str>(whole).is_some_and(|text| write_characters(text, top.0, n)) {
        return slow(thread, frame, pc, top, locals, unit);
    }
    top = moved_down(top, n);
    release_and_go(whole, thread, frame, pc.wrapping_add(UNPACK_SEQUENCE), top, locals)
}

/// The characters of a str that have strs which are always there: all of them, or it has none here.
#[inline(always)]
fn narrow(text: &Object<Str>) -> Option<&[u8]> {
    match text.view() {
        View::Latin1(bytes) => Some(bytes),
        _ => None,
    }
}

/// Writes the `n` characters of a str, the first one on top; false, and nothing written, if it has another length or others.
#[inline(never)]
fn write_characters(text: &Object<Str>, place: *mut StackRef, n: usize) -> bool {
    let Some(bytes) = narrow(text).filter(|bytes| bytes.len() == n) else { return false };
    for (i, &byte) in bytes.iter().rev().enumerate() {
        write(place.wrapping_add(i), borrow_character(byte));
    }
    true
}

/// As [`spread_tuple`], of the characters of a str.
#[inline(never)]
fn spread_text(
    thread: &mut Thread,
    text: &Object<Str>,
    place: *mut StackRef,
    targets: Targets,
) -> Result<bool> {
    let Some(bytes) = narrow(text) else { return Ok(false) };
    let Some(rest) = bytes.len().checked_sub(targets.before + targets.after) else { return Ok(false) };
    // None is missing: they have been made before any code runs.
    let character = |byte: u8| borrow_character(byte).into_value().unwrap_or_else(Value::none);
    let middle = &bytes[targets.before..targets.before + rest];
    let list = List::from_exact(thread, rest, middle.iter().map(|&byte| character(byte)))?;
    write_around(place, bytes.len(), list, targets, |index| character(bytes[index]));
    Ok(true)
}

/// Writes what a tuple is unpacked to, the first item on top; false, and nothing written, if it has too few items. Apart from the
/// handler for INV-HOT-2, as is [`spread_list`].
#[inline(never)]
fn spread_tuple(
    thread: &mut Thread,
    tuple: &Object<Tuple>,
    place: *mut StackRef,
    targets: Targets,
) -> Result<bool> {
    let items = tuple.items();
    let Some(rest) = items.len().checked_sub(targets.before + targets.after) else { return Ok(false) };
    let middle = &items[targets.before..targets.before + rest];
    let list = List::from_exact(thread, rest, middle.iter().cloned())?;
    write_around(place, items.len(), list, targets, |index| items[index].clone());
    Ok(true)
}

/// As [`spread_tuple`], of a list as it is at one moment. One that others may change is left to who reads it item by item, for its lock
/// is written to.
#[inline(never)]
fn spread_list(
    thread: &mut Thread,
    list: &Object<List>,
    place: *mut StackRef,
    targets: Targets,
) -> Result<bool> {
    if list.header().is_shared() && !thread.is_solo() {
        return Ok(false);
    }
    list.edit(thread, |items| {
        let len = items.len();
        let Some(rest) = len.checked_sub(targets.before + targets.after) else { return Ok(false) };
        let mut middle = Filling::with_capacity(rest).map_err(|_| memory_error())?;
        items.copy_to(targets.before..targets.before + rest, &mut middle).map_err(|_| memory_error())?;
        let made = List::from_filling(thread, middle)?;
        // None is missing: nobody else changes the list now.
        write_around(place, len, made, targets, |index| items.get(index).unwrap_or_else(Value::none));
        Ok(true)
    })
}

/// Writes the last items of `len`, the list of the rest, and the first items, each in reverse order.
#[inline(always)]
fn write_around(
    place: *mut StackRef,
    len: usize,
    rest: Value,
    targets: Targets,
    item: impl Fn(usize) -> Value,
) {
    let mut top = Top(place);
    for i in 0..targets.after {
        top.push_value(item(len - 1 - i));
    }
    top.push_value(rest);
    for i in (0..targets.before).rev() {
        top.push_value(item(i));
    }
}
