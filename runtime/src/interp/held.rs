//! Attributes that classes hold, as the caches of `LOAD_ATTR` know them.
//!
//! What a class holds stays as long as the class has the version that it had when it was looked at, so it need not be counted
//! where it is remembered.

use memory::word::Word;
use memory::{Object, StackRef, Value};
use threads::sync::atomic::{AtomicU64, Ordering};
use threads::{Context, Thread};

use super::attributes::become_;
use super::cache_entry::{Cached, WAYS, latest_first, recall, remember};
use super::instr::Unit;
use super::run::stack_of;
use super::specialized::internal;
use super::top::{Top, exact, look};
use crate::class::{ClassFlags, Shape, Type, TypeExt, as_value, class_of, lookup, slots_of};
use crate::error::Result;
use crate::names;
use crate::object::{cast, cast_exact};
use crate::types::descriptor::{ClassMethod, SlotWrapper, StaticMethod};
use crate::types::function::Function;
use crate::types::native_function::MethodDescriptor;
use crate::types::property::Property;

/// What a class is known to hold: `None` if it would be QUICKLY and counting takes more than a plain addition.
#[inline(always)]
pub(super) fn held_by_class<const QUICKLY: bool>(thread: &Thread, bits: u64) -> Option<StackRef> {
    if QUICKLY {
        // SAFETY: the class has the version that it had when it held this, so it holds it; classes are shared.
        let held = unsafe { StackRef::borrow_shared_quickly(thread, Word::from_bits(bits)) };
        return (!held.is_empty()).then_some(held);
    }
    // SAFETY: as above.
    let held = unsafe { memory::view_of_bits(bits) }?;
    Some(hold(thread, &held))
}

/// For the stack, what a class holds at this moment. With several threads it is borrowed: a class is shared, so what it holds stays
/// until this thread's next refresh whatever becomes of the class.
#[inline(always)]
pub(crate) fn hold(thread: &Context, held: &Value) -> StackRef {
    if thread.is_solo() { StackRef::from_value(held.clone()) } else { StackRef::borrow_from(held) }
}

/// The special method of instances of `class`, for the stack, if it is a Python function; EMPTY if not.
#[inline]
pub(crate) fn special_function(thread: &Context, class: &Object<Type>, name: &Value) -> StackRef {
    match lookup::lookup_view(thread, class, name) {
        Some(found) if cast_exact::<Function>(&found).is_some() => hold(thread, &found),
        _ => StackRef::EMPTY,
    }
}

/// The Python function that `class` has as its `__new__`, for the stack; EMPTY if it has none, or its metaclass may have a say in it.
pub(crate) fn python_new(thread: &Context, class: &Value) -> StackRef {
    let (meta, name) = (class_of(class), names::__new__());
    let is_data = |found: &Value| slots_of(found).set.get().is_some();
    let Some(this) = cast::<Type>(class).filter(|_| lookup::is_plain_metaclass(meta)) else {
        return StackRef::EMPTY;
    };
    if lookup::lookup_view(thread, meta, name).is_some_and(|found| is_data(&found)) {
        return StackRef::EMPTY;
    }
    let Some(found) = lookup::lookup_view(thread, this, name) else { return StackRef::EMPTY };
    let Some(wrapper) = cast_exact::<StaticMethod>(&found) else { return StackRef::EMPTY };
    let function = wrapper.payload().callable.borrow(thread, wrapper.header());
    if exact::<Function>(function).is_none() {
        function.release();
        return StackRef::EMPTY;
    }
    function
}

/// The special method of instances of `class`, for the stack, if it is called with the instance before the other arguments; EMPTY
/// if there is none or something is to be made of it first.
#[inline]
pub(super) fn special_with_receiver(thread: &Context, class: &Object<Type>, name: &Value) -> StackRef {
    match lookup::lookup_view(thread, class, name) {
        Some(found) if crate::call::takes_receiver(&found) => hold(thread, &found),
        _ => StackRef::EMPTY,
    }
}

/// What the cache of an attribute that a class holds, of its instances or of itself, points to: for each of a few owners, the
/// one seen last first.
struct HeldEntry {
    ways: [HeldWay; WAYS],
}

/// A bit that is zero in addresses. One instruction may meet owners whose classes hold a value and others whose classes hold a property:
/// the form for values must not take the one for the other.
const PLAIN: u64 = 1;

/// What a class holds as long as it has that version.
#[derive(Clone, Copy)]
struct HeldWay {
    /// The instance's shape, or the class; with the bit [`PLAIN`] if what is held is the attribute itself.
    owner: u64,
    /// The version of the class.
    version: u64,
    /// That of the class's class, if it is about the class itself.
    meta_version: u64,
    /// What the class holds: the value, or a property.
    held: u64,
}

// SAFETY: nothing in it is followed but what a class of that version holds.
unsafe impl Cached for HeldEntry {
    const WORD: usize = 5;
}

/// Remembers one owner more.
fn remember_held(thread: &Thread, pc: *const AtomicU64, way: HeldWay) {
    let known = recall::<HeldEntry>(pc).map(|entry| &entry.ways);
    let ways = latest_first(way, known, |known| known.owner & !PLAIN == way.owner & !PLAIN);
    remember(thread, pc, HeldEntry { ways });
}

/// What the cache knows about an owner; only where the attribute is what is held, if it is to be `PLAINLY` so.
#[inline(always)]
fn recall_held<'a, const PLAINLY: bool>(pc: *const AtomicU64, owner: u64) -> Option<&'a HeldWay> {
    let ways = &recall::<HeldEntry>(pc)?.ways;
    if PLAINLY {
        ways.iter().find(|way| way.owner == owner | PLAIN)
    } else {
        ways.iter().find(|way| way.owner & !PLAIN == owner)
    }
}

/// The form for an owner that wants `opcode`, at an instruction that may have another already: the one for descriptors takes all.
fn form_for(unit: Unit, opcode: u8) -> u8 {
    let is_other = |form: u8| unit.opcode() == form && form != opcode;
    let forms = [
        internal::LOAD_ATTR_HELD,
        internal::LOAD_ATTR_PROPERTY,
        internal::LOAD_ATTR_CLASS,
        internal::LOAD_ATTR_BOUND,
    ];
    if forms.into_iter().any(is_other) { internal::LOAD_ATTR_BOUND } else { opcode }
}

/// Whether the value is what attribute lookup finds: no descriptor, and none that its class could make of it.
fn is_plain(value: &Value) -> bool {
    let class = class_of(value).payload();
    class.flags().contains(ClassFlags::IMMUTABLE) && class.slots.get.get().is_none()
}

/// Remembers what instances of a shape find in their class; false for what is to be remembered otherwise, or not at all.
pub(super) fn specialize_held(
    thread: &Thread,
    pc: *const AtomicU64,
    unit: Unit,
    (shape, version): (&Shape, u64),
    found: &Value,
    wants_method: bool,
    may_have_own: bool,
) -> bool {
    let opcode = if cast_exact::<Property>(found).is_some() {
        internal::LOAD_ATTR_PROPERTY
    } else if may_have_own || wants_method && crate::call::takes_receiver(found) {
        return false;
    } else if is_plain(found) {
        internal::LOAD_ATTR_HELD
    } else {
        internal::LOAD_ATTR_BOUND
    };
    let plain = if opcode == internal::LOAD_ATTR_HELD { PLAIN } else { 0 };
    let owner = (&raw const *shape).addr() as u64 | plain;
    remember_held(thread, pc, HeldWay { owner, version, meta_version: 0, held: found.word().bits() });
    become_(pc, unit, form_for(unit, opcode), internal::LOAD_ATTR_GENERIC);
    true
}

/// What the class of an instance of a known shape holds.
#[inline(always)]
fn held_for<const PLAINLY: bool>(pc: *const AtomicU64, owner: &Value) -> Option<u64> {
    let shape = Shape::of(owner.header()?);
    let way = recall_held::<PLAINLY>(pc, (&raw const *shape).addr() as u64)?;
    (shape.version.load(Ordering::Acquire) == way.version).then_some(way.held)
}

/// The value that the class of a known instance holds; EMPTY as for [`cached_slot`].
#[inline(always)]
pub(super) fn cached_held<const QUICKLY: bool>(
    thread: &Thread,
    pc: *const AtomicU64,
    owner: StackRef,
) -> StackRef {
    let owner = look(owner);
    match held_for::<true>(pc, &owner) {
        Some(held) => held_value::<QUICKLY>(thread, class_of(&owner), held),
        None => StackRef::EMPTY,
    }
}

/// The getter of the cached property, if it is a Python function; EMPTY as for [`cached_slot`].
#[inline(always)]
pub(super) fn cached_getter(thread: &Thread, pc: *const AtomicU64, owner: StackRef) -> StackRef {
    let owner = look(owner);
    let Some(held) = held_for::<false>(pc, &owner) else { return StackRef::EMPTY };
    // SAFETY: the class has the version that it had when it held this, so it holds it.
    match unsafe { memory::view_of_bits(held) }.as_deref().and_then(cast_exact::<Property>) {
        Some(property) => property.payload().borrow_getter(thread, property.header()),
        None => StackRef::EMPTY,
    }
}

/// Whether the cache knows the property that the class of `owner` holds.
pub(super) fn knows_property(pc: *const AtomicU64, unit: Unit, owner: &Value) -> bool {
    if unit.opcode() != internal::LOAD_ATTR_PROPERTY {
        return false;
    }
    let Some(held) = held_for::<false>(pc, owner) else { return false };
    // SAFETY: as in `cached_getter`.
    let held = unsafe { memory::view_of_bits(held) };
    held.is_some_and(|held| cast_exact::<Property>(&held).is_some())
}

/// The value that the class which the cache knows holds, `owner` being that class; EMPTY as for [`cached_slot`].
#[inline(always)]
pub(super) fn cached_of_class<const QUICKLY: bool>(
    thread: &Thread,
    pc: *const AtomicU64,
    owner: StackRef,
) -> StackRef {
    let owner = look(owner);
    match held_in::<true>(pc, &owner) {
        Some((class, held)) => held_value::<QUICKLY>(thread, class, held),
        None => StackRef::EMPTY,
    }
}

/// The class that `owner` is and what it holds, if the cache knows.
#[inline(always)]
fn held_in<const PLAINLY: bool>(pc: *const AtomicU64, owner: &Value) -> Option<(&Object<Type>, u64)> {
    let way = recall_held::<PLAINLY>(pc, owner.word().bits())?;
    let class = cast::<Type>(owner)?;
    let known =
        class.payload().version() == way.version && class_of(owner).payload().version() == way.meta_version;
    known.then_some((class, way.held))
}

/// Puts what a class holds, or what that makes of the owner if it is a descriptor, in the place of the owner; returns where the
/// top is then. Null, and nothing done, where the cache does not know the owner. If it `is_called` next, a method may be left unbound,
/// with the owner behind it.
///
/// # Errors
/// What the descriptor raises.
#[inline(never)]
pub(super) fn load_bound(
    thread: &mut Thread,
    pc: *const AtomicU64,
    mut top: Top,
    wants_method: bool,
    is_called: bool,
) -> Result<Top> {
    let place = top.peek(1);
    let owner = look(place);
    let of_class = held_in::<false>(pc, &owner);
    let is_class = of_class.is_some();
    let Some(held) = of_class.map(|(_, held)| held).or_else(|| held_for::<false>(pc, &owner)) else {
        return Ok(Top(std::ptr::null_mut()));
    };
    // SAFETY: the class has the version that it had when it held this, so it holds it.
    let Some(held) = (unsafe { memory::view_of_bits(held) }) else { return Ok(Top(std::ptr::null_mut())) };
    if wants_method
        && let Some(method) = cast_exact::<ClassMethod>(&held)
        && let Some(callable) = method.payload().callable.get(method.header())
        && cast_exact::<Function>(&callable).is_some()
    {
        // The function and the class that it is called with, without a bound method.
        if !is_class {
            top.set(1, StackRef::from_value(as_value(class_of(&owner))));
            place.release();
        }
        let class = top.peek(1);
        top.set(1, StackRef::from_value(callable));
        top.push(class);
        return Ok(top);
    }
    let kept = hold(thread, &held);
    if is_called && !is_class && crate::call::takes_receiver(&held) {
        top.set(1, kept);
        top.push(place);
        return Ok(top);
    }
    let found = match slots_of(&held).get.get() {
        None => kept,
        Some(get) => {
            // Making something of it may run Python: meanwhile it stands on the stack, as does the class, which needs no count
            // until a refresh gives it one: a collection alone frees it.
            let mut above = top;
            above.push(kept);
            above.push(StackRef::borrow_to(class_of(&owner)));
            stack_of(thread).set_top(above.0);
            let (held, class) = (above.look(2), above.look(1));
            let found = if is_class {
                get(thread, &held, None, Some(&owner))
            } else {
                get(thread, &held, Some(&owner), Some(&class))
            };
            above.drop_many(2);
            stack_of(thread).set_top(top.0);
            StackRef::from_value(found?)
        }
    };
    let place = top.peek(1); // counted by now, perhaps
    top.set(1, found);
    place.release();
    if wants_method {
        top.push(StackRef::EMPTY);
    }
    Ok(top)
}

/// As [`held_by_class`], for what need not be a method.
#[inline(always)]
fn held_value<const QUICKLY: bool>(thread: &Thread, class: &Object<Type>, bits: u64) -> StackRef {
    // SAFETY: as there.
    let Some(held) = (unsafe { memory::view_of_bits(bits) }) else { return StackRef::EMPTY };
    if QUICKLY {
        StackRef::borrow_held_quickly(thread, class.header(), &held)
    } else {
        StackRef::borrow_held(thread, class.header(), &held)
    }
}

/// Remembers what a class holds itself.
pub(super) fn specialize_class(
    thread: &Thread,
    pc: *const AtomicU64,
    unit: Unit,
    owner: &Value,
    name: &Value,
) {
    let known = || {
        let (class, meta) = (cast::<Type>(owner)?, class_of(owner));
        let (version, meta_version) = (class.payload().version(), meta.payload().version());
        // Of what the class's own class holds, a data descriptor alone comes first.
        let comes_first = |found: &Value| slots_of(found).set.get().is_some();
        let in_meta = meta.lookup(thread, name);
        if version == 0
            || meta_version == 0
            || !lookup::is_plain_metaclass(meta)
            || in_meta.as_ref().is_some_and(comes_first)
        {
            return None;
        }
        let held = class.lookup(thread, name)?;
        // Functions and methods are what they are, looked at through a class.
        let function = cast_exact::<Function>(&held).is_some()
            || cast_exact::<MethodDescriptor>(&held).is_some()
            || cast_exact::<SlotWrapper>(&held).is_some();
        let plain = function || is_plain(&held);
        let opcode = if plain { internal::LOAD_ATTR_CLASS } else { internal::LOAD_ATTR_BOUND };
        let bits = owner.word().bits() | if plain { PLAIN } else { 0 };
        Some((opcode, HeldWay { owner: bits, version, meta_version, held: held.word().bits() }))
    };
    match known() {
        Some((opcode, way)) => {
            remember_held(thread, pc, way);
            become_(pc, unit, form_for(unit, opcode), internal::LOAD_ATTR_GENERIC);
        }
        None => become_(pc, unit, unit.opcode(), internal::LOAD_ATTR_GENERIC),
    }
}
