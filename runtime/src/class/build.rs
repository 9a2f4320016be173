//! Making classes from name, bases and namespace; the shapes that a class keeps; its subclasses.

use std::collections::VecDeque;

use crate::types::DictExt;
use crate::types::StrExt;
use crate::types::TupleExt;
use compiler::opcode::Opcode;
use memory::{Exclusive, Object, Value};
use threads::sync::Mutex;
use threads::sync::atomic::Ordering;
use threads::{Context, Thread};

use super::bases::best_base;
use super::order::compute_mro;
use super::{ClassFlags, Layout, Shape, Type, TypeExt, as_value, class_of, lookup, slot_update};
use crate::error::{Result, memory_error, type_error};
use crate::native::Args;
use crate::object::{cast, cast_exact};
use crate::types::code::Code;
use crate::types::function::Function;
use crate::types::{Dict, Str, Tuple, descriptor, function, native_function, weakref};
use crate::{call, names};

pub(super) fn set(thread: &Context, holder: &Object<Type>, slot: &memory::Slot, value: Value) {
    drop(slot.replace(thread, holder.header(), Some(value)));
}

/// Classes that no longer exist keep their shapes here until objects of theirs that died with them are gone.
static BURIED: Mutex<VecDeque<(usize, SendShape)>> = Mutex::new(VecDeque::new());

struct SendShape(#[allow(dead_code, reason = "kept, not read")] Box<Shape>);
// SAFETY: a buried shape is only kept, and freed.
unsafe impl Send for SendShape {}

/// Keeps a dead class's shape until the collections after the next: instances that died in the same one still point to it.
pub(super) fn bury(shape: Box<Shape>) {
    let Some(thread) = threads::current_context() else {
        std::mem::forget(shape);
        return;
    };
    let now = crate::state::collections(thread);
    let mut buried = BURIED.lock();
    // In the order in which they came: a collection may bury thousands.
    while buried.front().is_some_and(|(when, _)| *when + 2 <= now) {
        buried.pop_front();
    }
    buried.push_back((now, SendShape(shape)));
}

impl Type {
    pub(super) fn set_version(&self, thread: &Context, class: &Object<Type>, version: u64) {
        let version = if self.flags().contains(ClassFlags::FOREIGN_ORDER) { 0 } else { version };
        self.version.store(version, Ordering::Release);
        let mut section = Exclusive::open_in(thread, class);
        // In the section, in which `make_room` exchanges it.
        self.root_shape().version.store(version, Ordering::Release);
        for shape in &section.get(|class| &class.kept).shapes {
            shape.version.store(version, Ordering::Release);
        }
    }

    /// Sets the root shape of a class made by a program.
    pub(crate) fn set_root(&self, shape: Box<Shape>) {
        self.root.store(Box::into_raw(shape), Ordering::Release);
    }
}

/// A shape of the class that `find` knows, or else the one that `make` makes.
fn shape_of(
    thread: &Context,
    class: &Object<Type>,
    name: Option<&Value>,
    find: impl Fn(&Shape) -> bool,
    make: impl FnOnce() -> Option<Shape>,
) -> Option<&'static Shape> {
    let known = |shapes: &[Box<Shape>]| {
        shapes.iter().find(|shape| find(shape)).map(|shape| {
            let shape: *const Shape = &raw const **shape;
            // SAFETY: a class's shapes are boxed and live as long as the class, which its instances keep alive.
            unsafe { &*shape }
        })
    };
    {
        let mut section = Exclusive::open_in(thread, class);
        if let Some(shape) = known(&section.get(|class| &class.kept).shapes) {
            return Some(shape);
        }
    }
    let made = Box::new(make()?);
    let mut section = Exclusive::open_in(thread, class);
    let name = name.map(|name| section.hold(name.clone()));
    let version = class.payload().version.load(Ordering::Acquire);
    let kept = section.get(|class| &class.kept);
    if known(&kept.shapes).is_none() {
        made.version.store(version, Ordering::Release);
        kept.shapes.push(made);
        kept.names.extend(name);
    }
    known(&kept.shapes)
}

/// The shape that follows `shape` when an instance gets attribute `name`; none if there is no slot left.
pub(super) fn successor(
    thread: &Context,
    class: &Object<Type>,
    shape: &Shape,
    name: &Value,
) -> Option<&'static Shape> {
    // More shapes than this mean that instances differ at random: a dict serves them better.
    const MOST_SHAPES: usize = 256;
    debug_assert!(
        cast::<Str>(name).is_some_and(|name| name.payload().is_interned(name)),
        "shapes keep addresses of names"
    );
    if let Some(known) = shape.known_follower(name) {
        return Some(known);
    }
    {
        let mut section = Exclusive::open_in(thread, class);
        if section.get(|class| &class.kept).shapes.len() > MOST_SHAPES {
            return None;
        }
    }
    let found = shape_of(
        thread,
        class,
        Some(name),
        |other| shape.is_followed_by(other, name),
        || shape.with_name(name),
    )?;
    shape.remember_follower(found);
    Some(found)
}

/// An instance has run out of slots: those that are made from now on get twice as many, up to a bound, like
/// [`named_slots`] for attributes that no method of the class assigns (INV-SHAPE-3).
pub(super) fn make_room(thread: &Context, class: &Object<Type>, full: &Shape) {
    let (slots, first) = (full.slot_count(), full.first_named());
    widen(thread, class, slots, first + (2 * (slots - first)).min(MOST_NAMED_SLOTS));
}

/// A class gets another `__init__`: the instances that are made from now on get slots for what it assigns, as if it had been there when
/// the class was made (INV-SHAPE-3).
pub(super) fn make_room_for_init(thread: &Context, class: &Object<Type>, init: &Value) {
    let Some(function) = cast_exact::<Function>(init) else { return };
    let root = class.payload().root_shape();
    if !root.dict_mode {
        let assigned = attributes_assigned(function.payload().code().payload());
        let named = (assigned + SPARE).min(MOST_NAMED_SLOTS as usize) as u32;
        widen(thread, class, root.slot_count(), root.first_named() + named);
    }
}

/// How many attributes code assigns, of whatever object; at least as many as it has parameters but the first, for `__init__` methods of
/// immutable objects store theirs by calls.
fn attributes_assigned(code: &Code) -> usize {
    let mut names: Vec<u8> = code
        .code
        .chunks_exact(2)
        .filter(|unit| unit[0] == Opcode::StoreAttr as u8)
        .map(|unit| unit[1])
        .collect();
    names.sort_unstable();
    names.dedup();
    names.len().max((code.argcount + code.kwonlyargcount).saturating_sub(1) as usize)
}

/// Instances that are made from now on get `more` slots, if they get `slots` now.
fn widen(thread: &Context, class: &Object<Type>, slots: u32, more: u32) {
    let payload = class.payload();
    if !payload.flags().contains(ClassFlags::HEAP) || more <= slots {
        return;
    }
    let mut section = Exclusive::open_in(thread, class);
    let root = payload.root_shape();
    if root.dict_mode || root.slot_count() != slots {
        return; // it has happened already
    }
    let wider = root.widened(more);
    wider.version.store(payload.version.load(Ordering::Acquire), Ordering::Release);
    let before = payload.root.swap(Box::into_raw(Box::new(wider)), Ordering::AcqRel);
    if !before.is_null() {
        // SAFETY: made by `set_root` or here; the class, which keeps it, is the only one that ever frees it.
        section.get(|class| &class.kept).shapes.push(unsafe { Box::from_raw(before) });
    }
}

/// The shape of instances in dictionary mode that have this many attribute slots: those of a class that was assigned have
/// as many as their first class gave them.
pub(super) fn shape_with_dict(
    thread: &Context,
    class: &Object<Type>,
    slot_count: u32,
) -> Option<&'static Shape> {
    let root = class.payload().root_shape();
    if root.dict_mode && root.slot_count() == slot_count {
        return Some(root);
    }
    let find = |shape: &Shape| shape.dict_mode && shape.slot_count() == slot_count;
    shape_of(thread, class, None, find, || Some(root.adopting(slot_count)))
}

/// The direct subclasses that are alive.
pub(crate) fn subclasses(thread: &Context, class: &Object<Type>) -> Vec<Value> {
    let mut found = Vec::new();
    each_subclass(thread, class, |subclass| found.push(subclass));
    found
}

/// Calls `visit` with each of the [`subclasses`]. Most classes have none or a few.
pub(super) fn each_subclass(thread: &Context, class: &Object<Type>, mut visit: impl FnMut(Value)) {
    const FEW: usize = 4;
    let mut few = [const { None }; FEW];
    let mut more = Vec::new();
    {
        let mut section = Exclusive::open_in(thread, class);
        let subclasses = &section.get(|class| &class.kept).subclasses;
        if subclasses.is_empty() {
            return;
        }
        for (i, held) in subclasses.iter().enumerate() {
            match few.get_mut(i) {
                Some(place) => *place = Some(held.value().clone()),
                None => more.push(held.value().clone()),
            }
        }
    }
    for reference in few.into_iter().flatten().chain(more) {
        if let Some(subclass) = weakref::upgrade(thread, &reference) {
            visit(subclass);
        }
    }
}

pub(super) fn add_subclass_of_native(
    thread: &Context,
    base: &Object<Type>,
    class: &Object<Type>,
) -> Result<()> {
    // Native classes are never dropped, so their base may simply hold them.
    add_subclass_value(thread, base, as_value(class));
    Ok(())
}

pub(super) fn add_subclass_value(thread: &Context, base: &Object<Type>, entry: Value) {
    let mut section = Exclusive::open_in(thread, base);
    let held = section.hold(entry);
    let dead: Vec<memory::Held> = {
        let list = &mut section.get(|class| &class.kept).subclasses;
        // Now and then, for it looks at all of them: `object` may have very many.
        let (alive, dead) = if list.len().is_power_of_two() {
            std::mem::take(list).into_iter().partition(|held| !weakref::is_dead(held.value()))
        } else {
            (std::mem::take(list), Vec::new())
        };
        *list = alive;
        list.push(held);
        dead
    };
    drop(section);
    drop(dead);
}

pub(super) fn remove_subclass(thread: &Context, base: &Object<Type>, class: &Object<Type>) {
    let mut section = Exclusive::open_in(thread, base);
    let gone: Vec<memory::Held> = {
        let list = &mut section.get(|class| &class.kept).subclasses;
        let (gone, kept) = std::mem::take(list).into_iter().partition(|held| {
            weakref::upgrade(thread, held.value())
                .and_then(|value| value.object())
                .is_some_and(|object| std::ptr::eq(object.as_ptr().cast(), class))
        });
        *list = kept;
        gone
    };
    drop(section);
    drop(gone);
}

impl Layout {
    /// How many slots `__slots__` made.
    pub(crate) fn own_slots(self, flags: ClassFlags) -> u32 {
        self.first_named - u32::from(flags.contains(ClassFlags::HAS_DICT) && self.first_named > 0)
    }
}

/// What `type.__new__` makes a class from.
pub struct Recipe<'a> {
    /// The metaclass.
    pub meta: &'a Object<Type>,
    /// `__name__`.
    pub name: Value,
    /// The bases; `object` if there are none.
    pub bases: Vec<Value>,
    /// The tuple that they came in, to be shown as `__bases__`.
    pub given_bases: Option<Value>,
    /// The class body's namespace, which is copied.
    pub namespace: &'a Value,
    /// Keyword arguments of the class statement, for `__init_subclass__`.
    pub keywords: Args<'a>,
}

/// `type.__new__`.
///
/// # Errors
/// TypeError and ValueError as CPython's, and what `mro`, `__set_name__` and `__init_subclass__` raise.
pub fn new_class(thread: &mut Thread, recipe: Recipe<'_>) -> Result<Value> {
    let Recipe { meta, name, mut bases, given_bases, namespace, keywords } = recipe;
    if bases.is_empty() {
        bases.push(crate::types::Instance::def_static().value());
    }
    let base = best_base(&bases)?;
    let Some(base_class) = cast::<Type>(&base) else { return Err(type_error("bases must be types")) };
    let dict = match cast::<Dict>(namespace) {
        Some(namespace) => namespace.copy(thread)?,
        None => return Err(type_error("type.__new__() argument 3 must be dict")),
    };
    let Some(ns) = cast::<Dict>(&dict) else { return Err(memory_error()) };
    crate::types::exception_methods::require_utf8(thread, &name)?;
    let text = cast::<Str>(&name).map(|name| name.to_string_lossy()).unwrap_or_default();
    if text.contains('\0') {
        return Err(crate::error::value_error("type name must not contain null characters"));
    }
    let slot_names = slots::declared(thread, ns, &text, base_class, &bases)?;
    let collection = ClassFlags::SEQUENCE.union(ClassFlags::MAPPING);
    let inherited = ClassFlags::INHERITED.0 & !collection.0;
    let mut flags = ClassFlags(base_class.payload().flags().0 & inherited)
        .union(ClassFlags::HEAP)
        .union(ClassFlags::BASETYPE);
    for other in bases.iter().filter_map(cast::<Type>) {
        let of_base = other.payload().flags().0;
        flags = flags.union(ClassFlags(of_base & ClassFlags::HAS_WEAKREF.0));
        // What patterns take instances for, the first base that is either says.
        if !flags.contains(collection) {
            flags = flags.union(ClassFlags(of_base & collection.0));
        }
    }
    let base_layout = base_class.payload().layout;
    let base_has_dict = base_class.payload().flags().contains(ClassFlags::HAS_DICT);
    let dict_elsewhere =
        bases.iter().filter_map(cast::<Type>).any(|b| b.payload().flags().contains(ClassFlags::HAS_DICT));
    let wants_dict = base_has_dict || dict_elsewhere || slot_names.dict;
    let adds_dict = wants_dict && !base_has_dict;
    if wants_dict {
        flags = flags.union(ClassFlags::HAS_DICT);
    }
    if slot_names.weakref {
        flags = flags.union(ClassFlags::HAS_WEAKREF);
    }
    // The dict stands first; slots of bases without one keep their order behind it.
    let first_named = base_layout.first_named + u32::from(adds_dict) + slot_names.names.len() as u32;
    let is_type = flags.contains(ClassFlags::TYPE);
    let spare = if wants_dict && !is_type { named_slots(thread, ns, base_class, adds_dict) } else { 0 };
    let layout =
        if is_type { Layout::default() } else { Layout { slot_count: first_named + spare, first_named } };
    let native = base_class.payload().native;
    let desc = if is_type { native.desc } else { native.extended };
    let payload = Type::new(native, flags, layout);
    let class_value = crate::object::new_of(thread, meta, payload)?;
    let Some(class) = cast::<Type>(&class_value) else { return Err(memory_error()) };
    let payload = class.payload();
    payload.set_root(Box::new(Shape::root(&native.cell.shape, desc, class, layout)));
    set(thread, class, &payload.name, name.clone());
    set(thread, class, &payload.base, base.clone());
    let shown_bases =
        match given_bases.filter(|given| cast::<Tuple>(given).is_some_and(|given| !given.is_empty())) {
            Some(given) => given,
            None => Tuple::new(thread, bases.clone())?,
        };
    set(thread, class, &payload.bases, shown_bases);
    set(thread, class, &payload.dict, dict.clone());
    let qualname = match ns.remove_str(thread, names::__qualname__()) {
        Some(qualname) if cast::<Str>(&qualname).is_some() => qualname,
        Some(other) => {
            return Err(type_error(format!(
                "type __qualname__ must be a str, not {}",
                class_of(&other).name_lossy()
            )));
        }
        None => name.clone(),
    };
    set(thread, class, &payload.qualname, qualname);
    if ns.get_str(thread, names::__module__()).is_none()
        && let Some(module) = crate::interp::current_module_name(thread)
    {
        ns.set_str(thread, names::__module__(), module)?;
    }
    match ns.get_str(thread, names::__doc__()) {
        Some(doc) if cast::<Str>(&doc).is_some() => {
            crate::types::exception_methods::require_utf8(thread, &doc)?
        }
        Some(_) => {}
        None => ns.set_str(thread, names::__doc__(), Value::none())?,
    }
    // Functions that are static or class methods without a decorator.
    if let Some(new) = ns.get_str(thread, names::__new__())
        && function::is_function(&new)
    {
        let wrapped = descriptor::new_static_method(thread, new)?;
        ns.set_str(thread, names::__new__(), wrapped)?;
    }
    for special in [names::__init_subclass__(), names::__class_getitem__()] {
        if let Some(method) = ns.get_str(thread, special)
            && function::is_function(&method)
        {
            let wrapped = descriptor::new_class_method(thread, method)?;
            ns.set_str(thread, special, wrapped)?;
        }
    }
    let cell = ns.remove_str(thread, names::__classcell__());
    if let Some(cell) = &cell
        && !crate::types::cell::is_cell(cell)
    {
        return Err(type_error(format!(
            "type.__new__: __classcell__ must be a nonlocal cell, not {}",
            crate::types::quoted_class(cell)
        )));
    }
    let dict_cell = ns.remove_str(thread, names::__classdictcell__());
    if let Some(dict_cell) = &dict_cell {
        crate::types::cell::set(thread, dict_cell, Some(dict.clone()));
    }
    // Before any code of the program runs, which may look at the class already.
    if let Some(cell) = cell {
        crate::types::cell::set(thread, &cell, Some(class_value.clone()));
    }
    let inherited_slots = base_layout.own_slots(base_class.payload().flags());
    for (slot_name, index) in slot_names.names.iter().zip(inherited_slots..) {
        let member = descriptor::new_slot_member(thread, class, slot_name, index)?;
        ns.set_str(thread, slot_name, member)?;
    }
    if adds_dict && !is_type {
        let getset = descriptor::new_getset(thread, class, &descriptor::DICT)?;
        set_default(thread, ns, names::__dict__(), getset)?;
    }
    if slot_names.weakref && !base_class.payload().flags().contains(ClassFlags::HAS_WEAKREF) && !is_type {
        let getset = descriptor::new_getset(thread, class, &descriptor::WEAKREF)?;
        set_default(thread, ns, names::__weakref__(), getset)?;
    }
    compute_mro(thread, class)?;
    let entries = ns.items(thread);
    let plan = slot_update::plan(thread, class, base_class, &entries);
    let references =
        bases.iter().map(|_| weakref::new_plain(thread, &class_value)).collect::<Result<Vec<_>>>()?;
    {
        let _turn = slot_update::turn();
        payload.slots.inherit(&base_class.payload().slots);
        slot_update::complete(thread, class, &plan);
        payload.set_version(thread, class, lookup::fresh_version());
        for (base, reference) in bases.iter().zip(references) {
            if let Some(base) = cast::<Type>(base) {
                add_subclass_value(thread, base, reference);
            }
        }
    }
    if ns.get_str(thread, names::__eq__()).is_some() && ns.get_str(thread, names::__hash__()).is_none() {
        ns.set_str(thread, names::__hash__(), Value::none())?;
        payload.slots.hash.set(crate::ops::hash_not_implemented);
    }
    if entries.iter().any(|(key, _)| cast::<Str>(key).is_none()) {
        let message = format!("non-string key in the __dict__ of class {}", class.name_lossy());
        crate::hooks::warn(thread, &crate::error::RUNTIME_WARNING, &message, 1)?;
    }
    set_names(thread, &class_value, &entries)?;
    drop(entries);
    init_subclass(thread, &class_value, keywords)?;
    Ok(class_value)
}

/// Sets an attribute that the class body may have set already.
fn set_default(thread: &Context, ns: &Object<Dict>, name: &Value, value: Value) -> Result<()> {
    if ns.get_str(thread, name).is_some() {
        return Ok(());
    }
    ns.set_str(thread, name, value)
}

/// The most slots that instances get for attributes without a declaration.
const MOST_NAMED_SLOTS: u32 = 30;

/// How many slots for attributes there are beyond those that are foreseen.
const SPARE: usize = 2;

/// How many slots for attributes without a declaration: what the compiler saw methods assign to `self`, here and in the
/// bases, and a few more.
fn named_slots(thread: &Context, ns: &Object<Dict>, base: &Object<Type>, adds_dict: bool) -> u32 {
    let seen = ns
        .get_str(thread, names::__static_attributes__())
        .and_then(|names| cast::<Tuple>(&names).map(|names| names.items().len()))
        .unwrap_or(0);
    // The base may have found since that it needs more than it was made with.
    let of_base = base.payload().layout;
    let slots = of_base.slot_count.max(base.payload().root_shape().slot_count());
    let inherited = if adds_dict { 0 } else { (slots - of_base.first_named) as usize };
    (seen.max(2) + inherited.saturating_sub(SPARE) + SPARE).min(MOST_NAMED_SLOTS as usize) as u32
}

/// The `new` slot of a class made by a program: a base's native one, or the trampoline if there is a `__new__` in Python.
pub(super) fn update_new(thread: &mut Thread, class: &Object<Type>) {
    let Some(found) = class.lookup(thread, names::__new__()) else { return };
    match native_function::new_of(&found) {
        Some(native)
            if std::ptr::eq(native, crate::types::Instance::def_static().object())
                && class.payload().native.has_object_new() =>
        {
            class.payload().slots.new.set_option(class.payload().native.object().payload().slots.new.get());
        }
        Some(native) => class.payload().slots.new.set_option(native.payload().slots.new.get()),
        None => class.payload().slots.new.set(new_trampoline),
    }
}

fn new_trampoline(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let function = crate::interp::held::python_new(thread, class);
    if !function.is_empty() {
        let call = |values: &[Value]| {
            crate::interp::calls::call_held(thread, function, Args { values, names: args.names }, None)
        };
        return call::with_first(class, args.values, call);
    }
    let function = lookup::getattr(thread, class, names::__new__())?;
    let call = |values: &[Value]| call::call(thread, &function, Args { values, names: args.names });
    call::with_first(class, args.values, call)
}

/// Calls `__set_name__` of everything in the namespace.
fn set_names(thread: &mut Thread, class: &Value, entries: &[(Value, Value)]) -> Result<()> {
    for (name, value) in entries {
        if lookup::lookup_view(thread, class_of(value), names::__set_name__()).is_none() {
            continue;
        }
        if let Err(raised) = lookup::call_special(thread, value, names::__set_name__(), &[class, name]) {
            let note = format!(
                "Error calling __set_name__ on '{}' instance {} in '{}'",
                class_of(value).name_lossy(),
                crate::ops::repr_text(thread, name)?,
                cast::<Type>(class).map(TypeExt::name_lossy).unwrap_or_default()
            );
            crate::types::exception::add_note(thread, raised.value(), &note)?;
            return Err(raised);
        }
    }
    Ok(())
}

/// Calls `super(class, class).__init_subclass__(**keywords)`.
fn init_subclass(thread: &mut Thread, class: &Value, keywords: Args<'_>) -> Result<()> {
    let Some(this) = cast::<Type>(class) else { return Ok(()) };
    let mut found = None;
    let order = this.mro_tuple(thread);
    if !cast::<Tuple>(&order).is_some_and(|order| order.items().iter().any(|base| base.is(class))) {
        return Err(type_error(format!(
            "super(type, obj): obj (type {0}) is not an instance or subtype of type ({0}).",
            this.name_lossy()
        )));
    }
    for base in cast::<Tuple>(&order).map(|order| order.items().to_vec()).unwrap_or_default().iter().skip(1) {
        let Some(base) = cast::<Type>(base) else { continue };
        let dict = base.namespace(thread);
        if let Some(method) =
            cast::<Dict>(&dict).and_then(|dict| dict.get_str(thread, names::__init_subclass__()))
        {
            found = Some(method);
            break;
        }
    }
    let Some(method) = found else { return Ok(()) };
    let bound = match super::slots_of(&method).get.get() {
        Some(get) => get(thread, &method, None, Some(class))?,
        None => method,
    };
    call::call(thread, &bound, keywords).map(drop)
}

/// `__slots__`.
mod slots {
    use super::*;

    /// What a class body's `__slots__` asks for.
    pub struct Declared {
        /// The names, mangled and in order of their slots.
        pub names: Vec<Value>,
        /// Whether instances get a `__dict__`.
        pub dict: bool,
        /// Whether they may be referred to weakly.
        pub weakref: bool,
    }

    pub fn declared(
        thread: &mut Thread,
        ns: &Object<Dict>,
        class_name: &str,
        base: &Object<Type>,
        bases: &[Value],
    ) -> Result<Declared> {
        let is_type = base.payload().flags().contains(ClassFlags::TYPE);
        let Some(slots) = ns.get_str(thread, names::__slots__()) else {
            return Ok(Declared { names: Vec::new(), dict: !is_type, weakref: true });
        };
        let listed = match cast::<Str>(&slots) {
            Some(_) => vec![slots.clone()],
            None => crate::ops::to_vec(thread, &slots)?,
        };
        let flags = base.payload().flags();
        let var_sized = flags.contains(
            ClassFlags::INT.union(ClassFlags::BYTES).union(ClassFlags::TUPLE).union(ClassFlags::TYPE),
        );
        if !listed.is_empty() && var_sized {
            return Err(type_error(format!(
                "nonempty __slots__ not supported for subtype of '{}'",
                base.name_lossy()
            )));
        }
        let mut declared = Declared { names: Vec::new(), dict: false, weakref: false };
        let mut texts: Vec<(String, Value)> = Vec::new();
        for name in &listed {
            let Some(text) = cast::<Str>(name) else {
                return Err(type_error(format!(
                    "__slots__ items must be strings, not '{}'",
                    class_of(name).name_lossy()
                )));
            };
            if !crate::types::str::is_identifier(text) {
                return Err(type_error("__slots__ must be identifiers"));
            }
            match &*text.to_string_lossy() {
                "__dict__" => {
                    if declared.dict || flags.contains(ClassFlags::HAS_DICT) {
                        return Err(type_error("__dict__ slot disallowed: we already got one"));
                    }
                    declared.dict = true;
                }
                "__weakref__" => {
                    if declared.weakref || flags.contains(ClassFlags::HAS_WEAKREF) {
                        return Err(type_error("__weakref__ slot disallowed: we already got one"));
                    }
                    declared.weakref = true;
                }
                text => {
                    let mangled = mangle(class_name, text);
                    let mangled_name = Str::interned(thread, &mangled)?;
                    let body_sets = ns.get_str(thread, &mangled_name).is_some();
                    if body_sets && !matches!(text, "__qualname__" | "__classcell__" | "__classdictcell__") {
                        return Err(crate::error::value_error(format!(
                            "{} in __slots__ conflicts with class variable",
                            crate::ops::repr_text(thread, &mangled_name)?
                        )));
                    }
                    texts.push((mangled, mangled_name));
                }
            }
        }
        texts.sort_by(|a, b| a.0.cmp(&b.0));
        texts.dedup_by(|a, b| a.0 == b.0);
        declared.names = texts.into_iter().map(|(_, name)| name).collect();
        // A dict or weak references that another base brings along.
        for other in bases.iter().filter_map(cast::<Type>) {
            declared.dict |= other.payload().flags().contains(ClassFlags::HAS_DICT)
                && !flags.contains(ClassFlags::HAS_DICT);
            declared.weakref |= other.payload().flags().contains(ClassFlags::HAS_WEAKREF);
        }
        Ok(declared)
    }

    /// `__name` in class `Class` is `_Class__name`.
    pub fn mangle(class_name: &str, name: &str) -> String {
        if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
            return name.to_owned();
        }
        match class_name.trim_start_matches('_') {
            "" => name.to_owned(),
            stripped => format!("_{stripped}{name}"),
        }
    }
}
