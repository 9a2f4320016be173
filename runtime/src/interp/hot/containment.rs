//! `in` and `not in`.

use memory::word::Word;
use memory::{Object, StackRef};
use text::View;
use threads::Thread;

use super::jumps::branch;
use super::operators::release_and_branch;
use super::{Next, Pc, go_polling, is_quiet, raise, release_down, sync};
use crate::error::Result;
use crate::interp::frame::Frame;
use crate::interp::instr::Unit;
use crate::interp::top::{Top, exact, look};
use crate::ops::{self, equals_natively};
use crate::types::{
    Dict, DictExt, FrozenSet, List, Set, SetExt, Str, StrExt, Tuple, TupleExt, list_methods, set, set_methods,
};

/// How many units a CONTAINS_OP takes.
const CONTAINS_OP: usize = 2;

/// Where it can be told without asking a class; anything else is left to [`contains_op_in_full`].
#[native::handler]
pub(super) fn contains_op(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let found = is_among(thread, top.peek(1), top.peek(2));
    let Some(found) = found.filter(|_| top.peek(1).release_own(thread)) else {
        return contains_op_in_full(thread, frame, pc, top, locals, unit);
    };
    top.0 = top.place(1);
    let truth = found != (unit.oparg() != 0);
    release_and_branch(truth, thread, frame, pc.wrapping_add(CONTAINS_OP), top, locals)
}

/// Whether one of a container's items is or equals `item`, as far as that can be told without asking a class.
#[inline(never)]
fn is_among(thread: &Thread, container: StackRef, item: StackRef) -> Option<bool> {
    let item = look(item);
    if let Some(dict) = exact::<Dict>(container) {
        return dict.contains_natively(thread, &item, set::known_hash(&item)?);
    }
    if let Some(text) = exact::<Str>(container) {
        return contains_part(text, crate::object::cast_exact::<Str>(&item)?);
    }
    if let Some(tuple) = exact::<Tuple>(container) {
        for candidate in tuple.items() {
            if equals_natively(candidate, &item)? {
                return Some(true);
            }
        }
        return Some(false);
    }
    if let Some(list) = exact::<List>(container) {
        return list_methods::contains_natively(thread, list, &item);
    }
    keys_of(container)?.contains_natively(thread, &item, set::known_hash(&item)?)
}

/// Whether `part` is in `text`: most often it is a character.
fn contains_part(text: &Object<Str>, part: &Object<Str>) -> Option<bool> {
    let (text, part) = (text.view(), part.view());
    Some(match (&text, &part) {
        (View::Latin1(text), View::Latin1([character])) => text.contains(character),
        _ => text::search::contains(text, part),
    })
}

/// The keys of a set or a frozenset itself.
#[inline(always)]
fn keys_of<'a>(container: StackRef) -> Option<set::Keys<'a>> {
    let set = exact::<Set>(container).map(SetExt::keys);
    set.or_else(|| exact::<FrozenSet>(container).map(SetExt::keys))
}

/// As [`contains_op`] of anything.
#[inline(never)]
#[native::handler]
fn contains_op_in_full(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let behind = pc.wrapping_add(CONTAINS_OP);
    sync(thread, frame, behind, top);
    match contained(thread, top, unit) {
        Ok(truth) => {
            top.0 = release_down(thread, top.0, 2);
            if is_quiet(thread) {
                return branch(truth, thread, frame, behind, top, locals);
            }
            top.push(StackRef::immediate(Word::from_bool(truth)));
            go_polling(thread, frame, behind, top, locals)
        }
        Err(raised) => raise(thread, behind, top, raised),
    }
}

#[inline(never)]
fn contained(thread: &mut Thread, top: Top, unit: Unit) -> Result<bool> {
    let (container, item) = (top.peek(1), top.look(2));
    let found = if let Some(dict) = exact::<Dict>(container) {
        dict.contains(thread, &item)?
    } else if let Some(keys) = keys_of(container) {
        match set::known_hash(&item) {
            Some(hash) => keys.contains(thread, &item, hash)?,
            None => set_methods::is_in(thread, keys, &item)?,
        }
    } else if let (Some(text), Some(part)) = (exact::<Str>(container), exact::<Str>(top.peek(2))) {
        text::search::contains(text.view(), part.view())
    } else {
        ops::contains(thread, &look(container), &item)?
    };
    Ok(found != (unit.oparg() != 0))
}
