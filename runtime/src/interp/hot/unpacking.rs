//! `UNPACK_EX`: some items, the list of the rest, some items more.

use containers::list::Filling;
use memory::{Object, StackRef, Value};
use threads::Thread;

use super::{Next, Pc, raise, release_and_go, slow, sync};
use crate::error::{Result, memory_error};
use crate::interp::frame::Frame;
use crate::interp::instr::Unit;
use crate::interp::top::{Top, exact, read, write};
use crate::types::{List, ListExt, Tuple, TupleExt};

/// How many targets stand before the starred one, and how many behind it.
#[derive(Clone, Copy)]
struct Targets {
    before: usize,
    after: usize,
}

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
    } else {
        Ok(false)
    };
    match spread {
        Ok(true) => {}
        Ok(false) => return slow(thread, frame, pc, top, locals, unit),
        Err(raised) => return raise(thread, behind, top, raised),
    }
    let (first, n) = (top.place(1), targets.before + 1 + targets.after);
    for i in 0..n {
        write(first.wrapping_add(i), read(first.wrapping_add(i + 1)));
    }
    top.0 = first.wrapping_add(n);
    release_and_go(whole, thread, frame, behind, top, locals)
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

/// As [`spread_tuple`], of a list as it is at one moment.
#[inline(never)]
fn spread_list(
    thread: &mut Thread,
    list: &Object<List>,
    place: *mut StackRef,
    targets: Targets,
) -> Result<bool> {
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
