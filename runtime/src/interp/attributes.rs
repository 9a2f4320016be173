//! Attribute instructions and their caches.
//!
//! A cache word holds a shape's address in its low 48 bits and a slot's index above: one load compares the shape and knows
//! the slot. A method's cache is a pointer to an entry that never changes: shape, version of the class, method; the method
//! is not counted, because a class of that version holds it.

use memory::{Object, StackRef, Value};
use threads::Thread;
use threads::sync::atomic::{AtomicU64, Ordering};

use super::cache_entry::{Cached, WAYS, latest_first, recall, remember, word};
use super::frame::Frame;
use super::held::{held_by_class, specialize_class, specialize_held};
use super::instr::Unit;
use super::run::name;
use super::specialized::internal;
use super::top::{exact, header, look};
use crate::class::{ClassFlags, Shape, Type, TypeExt, as_value, class_of, instance, lookup};
use crate::error::Result;
use crate::native::GetSet;
use crate::object::{AttributeSlots, cast_exact};
use crate::types::descriptor;
use crate::types::module::Module;
use crate::types::{Dict, DictExt};

const ADDRESS_BITS: u32 = 48;
pub(super) const ATTEMPTS: u16 = 48;
/// The cache word that says where a module's dict has a variable.
const IN_MODULE: usize = 4;
/// The cache word with the bits of the name, for a module's variable. No other form of LOAD_ATTR uses it.
const NAME: usize = 7;

/// What a method's cache points to: for each of a few shapes, the one seen last first.
struct MethodEntry {
    ways: [MethodWay; WAYS],
}

/// The method that instances of a shape have, as long as their class has that version.
#[derive(Clone, Copy)]
struct MethodWay {
    shape: *const Shape,
    version: u64,
    method: u64,
    /// How many words from their beginning the instances have their `__dict__`, if it may have what comes first and so has to be
    /// none yet; 0 if they have no such.
    dict_at: u16,
}

// SAFETY: the pointers are compared, not followed, but for the method, which a class of that version holds.
unsafe impl Cached for MethodEntry {
    const WORD: usize = 2;
}

/// What the cache of an attribute in slots of several shapes points to, the one seen last first. `AT` is the cache word.
struct SlotEntry<const AT: usize> {
    ways: [SlotWay; WAYS],
}

/// The cache words of those of LOAD_ATTR and of STORE_ATTR.
const LOADED: usize = 6;
const STORED: usize = 3;

/// The slot in instances of a shape, as long as their class has that version.
#[derive(Clone, Copy)]
struct SlotWay {
    /// The address of the shape.
    shape: u64,
    version: u64,
    offset: u16,
}

// SAFETY: nothing in it is followed.
unsafe impl<const AT: usize> Cached for SlotEntry<AT> {
    const WORD: usize = AT;
}

/// Where instances of `shape` have the attribute, if the cache knows.
#[inline(always)]
fn known_offset<const AT: usize>(pc: *const AtomicU64, shape: &Shape) -> Option<usize> {
    let entry = recall::<SlotEntry<AT>>(pc)?;
    let address = (&raw const *shape).addr() as u64;
    let way = entry.ways.iter().find(|way| way.shape == address)?;
    (shape.version.load(Ordering::Acquire) == way.version).then_some(way.offset.into())
}

/// As [`known_offset`] while the cache knows one shape only.
#[inline(always)]
fn only_offset(pc: *const AtomicU64, shape: &Shape) -> Option<usize> {
    let cached = word(pc, 0).load(Ordering::Acquire);
    let same = (cached ^ (&raw const *shape).addr() as u64) << (64 - ADDRESS_BITS) == 0
        && shape.version.load(Ordering::Acquire) == word(pc, 1).load(Ordering::Relaxed);
    same.then_some((cached >> ADDRESS_BITS) as usize)
}

/// Remembers where instances of a shape have an attribute: false if there are others, so that the entry with several is to be used.
fn remember_slot<const AT: usize>(thread: &Thread, pc: *const AtomicU64, unit: Unit, way: SlotWay) -> bool {
    let only = word(pc, 0).load(Ordering::Acquire);
    if unit.counter() == 0 || only == 0 {
        word(pc, 1).store(way.version, Ordering::Release);
        word(pc, 0).store(way.shape | u64::from(way.offset) << ADDRESS_BITS, Ordering::Release);
        return true;
    }
    let same = |known: &SlotWay| known.shape == way.shape;
    let first = SlotWay {
        shape: only << (64 - ADDRESS_BITS) >> (64 - ADDRESS_BITS),
        version: word(pc, 1).load(Ordering::Acquire),
        offset: (only >> ADDRESS_BITS) as u16,
    };
    let ways = match recall::<SlotEntry<AT>>(pc) {
        Some(entry) => latest_first(way, Some(&entry.ways), same),
        None => latest_first(way, Some(&[first; WAYS]), same),
    };
    remember(thread, pc, SlotEntry::<AT> { ways });
    false
}

/// What the cache of an attribute that a native computes points to: for each of a few shapes, the one seen last first.
struct ComputedEntry {
    ways: [ComputedWay; WAYS],
}

/// What computes the attribute of objects of a shape, as long as their class has that version.
#[derive(Clone, Copy)]
struct ComputedWay {
    shape: *const Shape,
    version: u64,
    data: &'static GetSet,
}

// SAFETY: the shape is compared, not followed.
unsafe impl Cached for ComputedEntry {
    const WORD: usize = 3;
}

/// What the cache of a new attribute points to: for each of a few shapes, the one seen last first.
struct TransitionEntry {
    ways: [TransitionWay; WAYS],
}

/// The shape that follows a shape with a new attribute, and where it is, as long as the class has that version.
#[derive(Clone, Copy)]
struct TransitionWay {
    before: *const Shape,
    version: u64,
    after: *const Shape,
    offset: u16,
}

// SAFETY: its shapes belong to a class that an instance of the first keeps alive.
unsafe impl Cached for TransitionEntry {
    const WORD: usize = 2;
}

pub(super) fn become_(pc: *const AtomicU64, unit: Unit, opcode: u8, generic: u8) {
    let counter = unit.counter() + 1;
    let opcode = if counter > ATTEMPTS { generic } else { opcode };
    super::instr::replace(pc, unit, unit.with_opcode(opcode).with_counter(counter));
}

fn is_generic(class: &Object<Type>) -> bool {
    let generic = instance::generic_getattr as *const () as usize;
    class.payload().slots.getattr.get().map(|f| f as usize) == Some(generic)
}

/// Loads `owner.name`: the value, and whether it is a function to be called with the owner first (asked for by the lowest bit of
/// the argument).
///
/// # Errors
/// AttributeError, or what descriptors raise.
pub(super) fn load(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: *const AtomicU64,
    unit: Unit,
    owner: &Value,
) -> Result<(Value, bool)> {
    let name = name(frame, unit.oparg() as usize >> 1);
    let wants_method = unit.oparg() & 1 != 0;
    let class = class_of(owner);
    if let Some(module) = cast_exact::<Module>(owner) {
        if unit.opcode() != internal::LOAD_ATTR_GENERIC {
            specialize_module(thread, pc, unit, module, class, name);
        }
    } else if class.payload().flags().contains(ClassFlags::TYPE) {
        if unit.opcode() != internal::LOAD_ATTR_GENERIC {
            match computed_of_class(thread, owner, class, name) {
                Some(way) => specialize_computed(thread, pc, unit, way),
                None => specialize_class(thread, pc, unit, owner, name),
            }
        }
    } else if is_generic(class) {
        if unit.opcode() != internal::LOAD_ATTR_GENERIC {
            specialize_load(thread, pc, unit, owner, class, name, wants_method);
        }
        if wants_method
            && let Some(found) = class.lookup(thread, name)
            && crate::call::takes_receiver(&found)
            && instance::own_attribute(thread, owner, name).is_none()
        {
            return Ok((found, true));
        }
    }
    let found = lookup::getattr(thread, owner, name)?;
    Ok((found, false))
}

/// Remembers where a module has a variable.
fn specialize_module(
    thread: &mut Thread,
    pc: *const AtomicU64,
    unit: Unit,
    module: &Object<Module>,
    class: &Object<Type>,
    name: &Value,
) {
    let found = module_dict(thread, module)
        .filter(|_| class.lookup(thread, name).is_none())
        .and_then(|dict| dict.find_str(thread, name));
    match found {
        Some(at) => {
            word(pc, NAME).store(name.word().bits(), Ordering::Relaxed);
            word(pc, IN_MODULE).store(at.position() as u64, Ordering::Release);
            become_(pc, unit, internal::LOAD_ATTR_MODULE, internal::LOAD_ATTR_GENERIC);
        }
        None => become_(pc, unit, unit.opcode(), internal::LOAD_ATTR_GENERIC),
    }
}

/// The variables of a module, if they are in a dict and no more.
#[inline(always)]
fn module_dict<'a>(thread: &Thread, module: &'a Object<Module>) -> Option<&'a Object<Dict>> {
    let slot = AttributeSlots::first_of(module)?;
    // SAFETY: a module keeps its dict for as long as it lives (`descriptor::KEPT_DICT`), and the caller holds the module.
    let dict = unsafe { slot.view(thread, module.header()) }?;
    let dict: *const Object<Dict> = cast_exact::<Dict>(&dict)?;
    // SAFETY: as above.
    Some(unsafe { &*dict })
}

/// The variable where the cache says that the module has it; EMPTY as for [`load_at`].
#[inline(always)]
pub(super) fn cached_in_module<const QUICKLY: bool>(
    thread: &Thread,
    pc: *const AtomicU64,
    module: StackRef,
) -> StackRef {
    let Some(module) = exact::<Module>(module) else { return StackRef::EMPTY };
    let Some(dict) = module_dict(thread, module) else { return StackRef::EMPTY };
    // Acquire: pairs with the release of whoever filled it.
    let position = word(pc, IN_MODULE).load(Ordering::Acquire) as u32;
    // A name of the code is immortal, or counted by it: its bits stay its own.
    let key_bits = || word(pc, NAME).load(Ordering::Relaxed);
    let table = &dict.payload().table;
    table.borrow_at::<QUICKLY>(thread, dict.header(), position, key_bits)
}

fn specialize_load(
    thread: &mut Thread,
    pc: *const AtomicU64,
    unit: Unit,
    owner: &Value,
    class: &Object<Type>,
    name: &Value,
    wants_method: bool,
) {
    // Looked at before the class is: what is cached about an older version is not used.
    let version = class.payload().version();
    if version == 0 {
        return;
    }
    let in_class = class.lookup(thread, name);
    let Some(header) = owner.header() else {
        let shape = class.payload().root_shape();
        let method = in_class.as_ref().filter(|_| wants_method);
        return specialize_method(thread, pc, unit, (shape, version), method, 0);
    };
    let shape = Shape::of(header);
    let has_slots = matches!(
        unit.opcode(),
        internal::LOAD_ATTR_SLOT | internal::LOAD_ATTR_SLOT_CALLED | internal::LOAD_ATTR_SLOTS
    );
    if shape.dict_mode && has_slots {
        return; // other instances go on having it in a slot
    }
    let slot = match &in_class {
        // An attribute of the instance comes before what is no data descriptor.
        Some(found) if crate::class::slots_of(found).set.get().is_some() => {
            descriptor::slot_index(found, owner)
        }
        _ if shape.dict_mode => None,
        _ => shape.slot_of(name),
    };
    if let Some(index) = slot
        && let Some(index) = AttributeSlots::word_offset(header, index)
    {
        // A data descriptor that the class gets later takes precedence: the class is then of another version, and its shapes
        // too, which the cached word does not see. So the version that the class had when it was looked at is part of the guard.
        let way = SlotWay { shape: (&raw const *shape).addr() as u64, version, offset: index };
        let only = remember_slot::<LOADED>(thread, pc, unit, way);
        let opcode = match (only, wants_method) {
            (true, false) => internal::LOAD_ATTR_SLOT,
            (true, true) => internal::LOAD_ATTR_SLOT_CALLED,
            (false, _) => internal::LOAD_ATTR_SLOTS,
        };
        become_(pc, unit, opcode, internal::LOAD_ATTR_GENERIC);
        return;
    }
    if let Some(data) = in_class.as_ref().and_then(|found| descriptor::getset_of(found, owner)) {
        // It comes before whatever the instance has.
        return specialize_computed(thread, pc, unit, ComputedWay { shape, version, data });
    }
    let may_have_own = shape.dict_mode && class.payload().flags().contains(ClassFlags::HAS_DICT);
    let mut dict_at = 0;
    if may_have_own {
        let own = instance::dict_slot(owner).is_none_or(|slot| slot.is_empty());
        let place = AttributeSlots::word_offset(header, 0);
        let Some(place) = place.filter(|_| own) else {
            return become_(pc, unit, unit.opcode(), internal::LOAD_ATTR_GENERIC);
        };
        dict_at = place;
    }
    // An attribute of the instance's own comes first, also where its place is none that a word could hold.
    if let Some(found) = &in_class
        && slot.is_none()
        && class.payload().version() == version
        && shape.version.load(Ordering::Acquire) == version
        && specialize_held(thread, pc, unit, (shape, version), found, wants_method, may_have_own)
    {
        return;
    }
    let method = in_class.as_ref().filter(|_| wants_method && shape.slot_of(name).is_none());
    specialize_method(thread, pc, unit, (shape, version), method, dict_at);
}

/// Remembers what computes an attribute.
fn specialize_computed(thread: &Thread, pc: *const AtomicU64, unit: Unit, way: ComputedWay) {
    let known = recall::<ComputedEntry>(pc).map(|entry| &entry.ways);
    let ways = latest_first(way, known, |known| std::ptr::eq(known.shape, way.shape));
    remember(thread, pc, ComputedEntry { ways });
    // Nobody but `object` computes it.
    let opcode = if way.data.name == "__class__" {
        internal::LOAD_ATTR_CLASS_OF
    } else {
        internal::LOAD_ATTR_COMPUTED
    };
    become_(pc, unit, opcode, internal::LOAD_ATTR_GENERIC);
}

/// What computes an attribute of a class, if its own class has a data descriptor for that.
fn computed_of_class(
    thread: &Thread,
    owner: &Value,
    meta: &Object<Type>,
    name: &Value,
) -> Option<ComputedWay> {
    let shape = Shape::of(owner.header()?);
    let version = meta.payload().version();
    let found = meta.lookup(thread, name)?;
    let data = descriptor::getset_of(&found, owner)?;
    (lookup::is_plain_metaclass(meta) && version != 0).then_some(ComputedWay { shape, version, data })
}

/// Remembers the method that instances of a shape have, if their class, of `version`, has `found`. `dict_at` as in [`MethodWay`].
fn specialize_method(
    thread: &Thread,
    pc: *const AtomicU64,
    unit: Unit,
    (shape, version): (&Shape, u64),
    found: Option<&Value>,
    dict_at: u16,
) {
    let found = found.filter(|found| {
        version != 0 && crate::call::takes_receiver(found) && shape.version.load(Ordering::Acquire) == version
    });
    let Some(found) = found else {
        return become_(pc, unit, unit.opcode(), internal::LOAD_ATTR_GENERIC);
    };
    let way = MethodWay { shape, version, method: found.word().bits(), dict_at };
    let known = recall::<MethodEntry>(pc).map(|entry| &entry.ways);
    let ways = latest_first(way, known, |known| std::ptr::eq(known.shape, shape));
    remember(thread, pc, MethodEntry { ways });
    become_(pc, unit, internal::LOAD_ATTR_METHOD, internal::LOAD_ATTR_GENERIC);
}

/// The attribute in the slot where `offset_in` says that instances of the owner's shape have it; EMPTY if it does not say, or if it would
/// be QUICKLY and counting takes more than a plain addition.
#[inline(always)]
fn load_at<const QUICKLY: bool>(
    thread: &Thread,
    owner: StackRef,
    offset_in: impl FnOnce(&Shape) -> Option<usize>,
) -> StackRef {
    let Some(header) = header(owner) else { return StackRef::EMPTY };
    let Some(offset) = offset_in(Shape::of(header)) else { return StackRef::EMPTY };
    // SAFETY: the shape is one for which the offset was found.
    let slot = unsafe { AttributeSlots::at_offset(header, offset) };
    if QUICKLY { slot.borrow_quickly(thread, header) } else { slot.borrow(thread, header) }
}

/// The attribute in the cached slot; EMPTY as for [`load_at`].
#[inline(always)]
pub(super) fn cached_slot<const QUICKLY: bool>(
    thread: &Thread,
    pc: *const AtomicU64,
    owner: StackRef,
) -> StackRef {
    load_at::<QUICKLY>(thread, owner, |shape| only_offset(pc, shape))
}

/// As [`cached_slot`] where the cache knows several shapes.
#[inline(always)]
pub(super) fn cached_in_ways<const QUICKLY: bool>(
    thread: &Thread,
    pc: *const AtomicU64,
    owner: StackRef,
) -> StackRef {
    load_at::<QUICKLY>(thread, owner, |shape| known_offset::<LOADED>(pc, shape))
}

/// Whether the cache knows where the owner has the attribute, a member of `__slots__`, and it has none there.
pub(super) fn knows_empty_slot(pc: *const AtomicU64, unit: Unit, owner: &Value) -> bool {
    let Some(header) = owner.header() else { return false };
    let shape = Shape::of(header);
    let offset = match unit.opcode() {
        internal::LOAD_ATTR_SLOT | internal::LOAD_ATTR_SLOT_CALLED => only_offset(pc, shape),
        internal::LOAD_ATTR_SLOTS => known_offset::<LOADED>(pc, shape),
        _ => None,
    };
    // SAFETY: the shape is one for which the offset was found.
    offset.is_some_and(|offset| unsafe { AttributeSlots::at_offset(header, offset) }.is_empty())
}

/// The shape of what is no object. Out of line, because asking for the class takes the address of the value (INV-HOT-2).
#[inline(never)]
fn shape_of_immediate(value: StackRef) -> &'static Shape {
    class_of(&look(value)).payload().root_shape()
}

/// Whether an object has a `__dict__` already, that many words from its beginning.
#[inline(always)]
fn has_dict(owner: StackRef, dict_at: u16) -> bool {
    // SAFETY: the object's shape is the one for which the place was found.
    header(owner)
        .is_none_or(|header| !unsafe { AttributeSlots::at_offset(header, dict_at.into()) }.is_empty())
}

/// The cached method; EMPTY as for [`load_at`].
#[inline(always)]
pub(super) fn cached_method(thread: &Thread, pc: *const AtomicU64, owner: StackRef) -> StackRef {
    match header(owner) {
        Some(header) => cached_method_of::<false>(thread, pc, owner, Shape::of(header)),
        None => cached_method_of::<false>(thread, pc, owner, shape_of_immediate(owner)),
    }
}

/// The cached method of an owner of this shape.
#[inline(always)]
pub(super) fn cached_method_of<const QUICKLY: bool>(
    thread: &Thread,
    pc: *const AtomicU64,
    owner: StackRef,
    shape: &Shape,
) -> StackRef {
    let Some(entry) = recall::<MethodEntry>(pc) else { return StackRef::EMPTY };
    let Some(way) = entry.ways.iter().find(|way| std::ptr::eq(shape, way.shape)) else {
        return StackRef::EMPTY;
    };
    if shape.version.load(Ordering::Acquire) != way.version
        || (way.dict_at != 0 && has_dict(owner, way.dict_at))
    {
        return StackRef::EMPTY;
    }
    held_by_class::<QUICKLY>(thread, way.method).unwrap_or(StackRef::EMPTY)
}

/// What computes the cached attribute; `None` if the cache is about something else.
#[inline(always)]
pub(super) fn cached_computed(pc: *const AtomicU64, owner: &Value) -> Option<&'static GetSet> {
    let shape = Shape::of(owner.header()?);
    let way = recall::<ComputedEntry>(pc)?.ways.iter().find(|way| std::ptr::eq(shape, way.shape))?;
    (shape.version.load(Ordering::Acquire) == way.version).then_some(way.data)
}

/// Stores `owner.name = value`.
///
/// # Errors
/// AttributeError, or what descriptors raise.
pub(super) fn store(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: *const AtomicU64,
    unit: Unit,
    owner: &Value,
    value: &Value,
) -> Result<()> {
    let name = name(frame, unit.oparg() as usize);
    if unit.opcode() == internal::STORE_ATTR_GENERIC {
        return lookup::setattr(thread, owner, name, Some(value));
    }
    let class = class_of(owner);
    // Held, so that its shapes stay whatever becomes of the owner.
    let held = as_value(class);
    let before = owner.header().map(|header| std::ptr::from_ref(Shape::of(header)));
    lookup::setattr(thread, owner, name, Some(value))?;
    if !std::ptr::eq(class, class_of(owner)) {
        return Ok(());
    }
    // Looked at before the class is: what is cached about an older version is not used.
    let version = class.payload().version();
    let generic = class.payload().slots.setattr.get().map(|f| f as usize)
        == Some(instance::generic_setattr as *const () as usize);
    let slot = |shape: &Shape| match class.lookup(thread, name) {
        Some(found) if crate::class::slots_of(&found).set.get().is_some() => {
            descriptor::slot_index(&found, owner)
        }
        _ if shape.dict_mode => None,
        _ => shape.slot_of(name),
    };
    if let Some(header) = owner.header()
        && generic
        && version != 0
        && let shape = Shape::of(header)
        && let Some(index) = slot(shape)
        && let Some(index) = AttributeSlots::word_offset(header, index)
    {
        if let Some(before) = before
            && !std::ptr::eq(before, shape)
        {
            // SAFETY: a shape of the class that is held.
            if !unsafe { &*before }.is_followed_by(shape, name) {
                return Ok(()); // another thread changed the shape as well
            }
            let way = TransitionWay { before, version, after: shape, offset: index };
            let known = recall::<TransitionEntry>(pc).map(|entry| &entry.ways);
            let ways = latest_first(way, known, |known| std::ptr::eq(known.before, before));
            remember(thread, pc, TransitionEntry { ways });
            become_(pc, unit, internal::STORE_ATTR_NEW, internal::STORE_ATTR_GENERIC);
            return Ok(());
        }
        let way = SlotWay { shape: (&raw const *shape).addr() as u64, version, offset: index };
        let only = remember_slot::<STORED>(thread, pc, unit, way);
        let opcode = if only { internal::STORE_ATTR_SLOT } else { internal::STORE_ATTR_SLOTS };
        become_(pc, unit, opcode, internal::STORE_ATTR_GENERIC);
        return Ok(());
    }
    let has_slots = matches!(
        unit.opcode(),
        internal::STORE_ATTR_SLOT | internal::STORE_ATTR_SLOTS | internal::STORE_ATTR_NEW
    );
    if !(has_slots && owner.header().is_some_and(|header| Shape::of(header).dict_mode)) {
        become_(pc, unit, unit.opcode(), internal::STORE_ATTR_GENERIC);
    }
    drop(held);
    Ok(())
}

/// Stores into the cached slot, whose reference is taken over on success; false if the cache is about something else.
#[inline(never)]
pub(super) fn store_cached(thread: &Thread, pc: *const AtomicU64, owner: StackRef, value: StackRef) -> bool {
    store_at::<false>(thread, owner, value, |shape| only_offset(pc, shape))
}

/// As [`store_cached`] where it takes no more than plain additions and stores.
#[inline(always)]
pub(super) fn store_quickly(thread: &Thread, pc: *const AtomicU64, owner: StackRef, value: StackRef) -> bool {
    store_at::<true>(thread, owner, value, |shape| only_offset(pc, shape))
}

/// As [`store_cached`] where the cache knows several shapes.
#[inline(never)]
pub(super) fn store_in_ways(thread: &Thread, pc: *const AtomicU64, owner: StackRef, value: StackRef) -> bool {
    store_at::<false>(thread, owner, value, |shape| known_offset::<STORED>(pc, shape))
}

/// Stores where `offset_in` says that instances of the owner's shape have the attribute; false, and nothing done, also where it would be
/// QUICKLY and takes more than plain additions.
#[inline(always)]
fn store_at<const QUICKLY: bool>(
    thread: &Thread,
    owner: StackRef,
    value: StackRef,
    offset_in: impl Fn(&Shape) -> Option<usize>,
) -> bool {
    let Some(header) = header(owner) else { return false };
    let Some(offset) = offset_in(Shape::of(header)) else { return false };
    // SAFETY: the shape is one for which the offset was found.
    let slot = unsafe { AttributeSlots::at_offset(header, offset) };
    if QUICKLY {
        return slot.exchange_quickly(thread, header, value);
    }
    if header.is_shared() && !thread.is_solo() {
        // What is there already is not written.
        if slot.holds(look(value).word()) {
            value.release();
            return true;
        }
        // INV-INST-1: under the lock, where the shape is looked at again.
        header.lock.lock();
        let same = offset_in(Shape::of(header)) == Some(offset);
        let displaced = same.then(|| slot.replace(thread, header, value.into_value()));
        // SAFETY: locked just above.
        unsafe { header.lock.unlock() };
        return displaced.is_some();
    }
    drop(slot.replace(thread, header, value.into_value()));
    true
}

/// Stores a new attribute as the cache says, for instances that no other thread can be changing; the reference is taken over
/// on success.
#[inline(never)]
pub(super) fn store_new(thread: &Thread, pc: *const AtomicU64, owner: StackRef, value: StackRef) -> bool {
    let Some(header) = header(owner) else { return false };
    if header.is_shared() && !thread.is_solo() {
        return false;
    }
    let Some(entry) = recall::<TransitionEntry>(pc) else { return false };
    let shape = Shape::of(header);
    let Some(way) = entry.ways.iter().find(|way| std::ptr::eq(shape, way.before)) else { return false };
    if shape.version.load(Ordering::Acquire) != way.version {
        return false;
    }
    // SAFETY: the shapes are of one class, for which the offset was found.
    let slot = unsafe { AttributeSlots::at_offset(header, way.offset.into()) };
    drop(slot.replace(thread, header, value.into_value()));
    // SAFETY: the shape that follows belongs to the same class, which the instance keeps alive.
    header.set_shape(unsafe { &*way.after }.as_base());
    true
}
