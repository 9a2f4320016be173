//! Making native classes from their definitions.
//!
//! * INV-READY-1: there is memory for the built-in classes; without it the process ends at its start.
//! * INV-READY-2: classes are made by attached threads.
//! * INV-READY-3: a thread that finds a native class finds it complete, unless it is the one that is making it.

use memory::{Object, Value};
use threads::Context;
use threads::sync::atomic::Ordering;

use super::build::{add_subclass_of_native, set};
use super::{ClassDef, ClassFlags, Layout, Slots, Type, as_value, lookup, slot_table};
use crate::error::{Result, memory_error};
use crate::native::Kind;
use crate::object::cast;
use crate::types::{Dict, DictExt, Str, Tuple, descriptor, native_function};

/// A native class's namespace while it is being filled.
pub struct Namespace<'a> {
    /// The thread.
    pub thread: &'a Context,
    /// The class.
    pub class: &'a Object<Type>,
    dict: &'a Object<Dict>,
}

impl Namespace<'_> {
    /// Sets an attribute.
    pub fn set(&self, name: &str, value: Value) {
        let result =
            Str::interned(self.thread, name).and_then(|name| self.dict.set_str(self.thread, &name, value));
        result.expect("INV-READY-1: there is memory for the built-in classes");
    }
}

/// Classes are made by one thread at a time; a class may need others, so the lock is entered again by its holder.
static MAKING: threads::sync::atomic::AtomicU64 = threads::sync::atomic::AtomicU64::new(0);

struct Making(bool);

impl Making {
    fn begin(thread: &Context) -> Self {
        let me = thread.serial();
        if MAKING.load(Ordering::Relaxed) == me {
            return Self(false);
        }
        // Held for as long as it takes to fill a few dicts; nothing blocks meanwhile.
        while MAKING.compare_exchange(0, me, Ordering::Acquire, Ordering::Relaxed).is_err() {
            threads::sync::spin_loop();
        }
        Self(true)
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        if self.0 {
            MAKING.store(0, Ordering::Release);
        }
    }
}

/// The class of a native type, made at first use.
///
/// # Panics
/// If there is no memory for it, or the calling thread is not attached.
#[cold]
pub fn ready(def: &'static ClassDef) -> &'static Object<Type> {
    let thread = threads::current_context().expect("INV-READY-2: classes are made by attached threads");
    let _making = Making::begin(thread);
    // One that has been begun is this thread's: everybody else waits above.
    if !def.is_ready() && def.begun().is_none() {
        make_native(thread, def).expect("INV-READY-1: there is memory for the built-in classes");
    }
    if def.is_ready() { def.object() } else { def.begun().expect("INV-READY-3: its maker asks") }
}

/// Makes the class object and enters it in its definition as begun before anything else, because everything needs it: `type`
/// is an instance of itself, and names are strs.
fn make_native(thread: &Context, def: &'static ClassDef) -> Result<()> {
    let base = match def.base() {
        Some(base) => Some(base),
        None if std::ptr::eq(def, crate::types::Instance::def_static()) => None,
        None => Some(crate::types::Instance::def_static()),
    };
    if let Some(base) = base
        && !base.is_ready()
        && base.begun().is_none()
    {
        make_native(thread, base)?;
        if def.is_ready() || def.begun().is_some() {
            return Ok(());
        }
    }
    let flags = ClassFlags(
        def.flags.0 | base.map_or(0, |base| base.flags.0 & ClassFlags::INHERITED.0) | ClassFlags::IMMUTABLE.0,
    );
    let shape = &def.cell.shape;
    let layout = Layout { slot_count: shape.slot_count(), first_named: shape.first_named() };
    let meta_shape = &<Type as super::Payload>::def().cell.shape;
    // SAFETY: the shape of `type` describes `Type`.
    let class = unsafe { Object::allocate(thread, meta_shape.as_base(), 0, Type::new(def, flags, layout)) }
        .map_err(|_| memory_error())?;
    memory::make_immortal(&class);
    // SAFETY: made with this payload just now, and immortal.
    let class: &'static Object<Type> = unsafe { Object::of_unchecked(Box::leak(Box::new(class))) };
    def.begin(class);
    // Before anything that needs classes derived from this one: names are strs, and str is derived from object.
    let own = install_slots(class, def, base);
    fill_native(thread, class, def, base, &own)?;
    shape.set_class(class);
    def.set_object(class);
    Ok(())
}

/// Sets the slots of a native class; returns those that are its own.
fn install_slots(
    class: &'static Object<Type>,
    def: &'static ClassDef,
    base: Option<&'static ClassDef>,
) -> Slots {
    let payload = class.payload();
    let own = Slots::default();
    (def.slots)(&own);
    if let Some(new) = def.new {
        own.new.set(new);
    }
    payload.slots.inherit(&own);
    if let Some(base) = base {
        let of_base = &base.object().payload().slots;
        // Comparison and hash are inherited together or not at all.
        let (has_compare, has_hash) = (own.compare.get().is_some(), own.hash.get().is_some());
        payload.slots.inherit(of_base);
        if has_compare && !has_hash {
            payload.slots.hash.set(crate::ops::hash_not_implemented);
        }
        if def.new.is_none() && (def.flags.contains(ClassFlags::NO_NEW) || of_base.new.get().is_none()) {
            payload.slots.new.set_option(None);
        }
    }
    own
}

fn fill_native(
    thread: &Context,
    class: &'static Object<Type>,
    def: &'static ClassDef,
    base: Option<&'static ClassDef>,
    own: &Slots,
) -> Result<()> {
    let payload = class.payload();
    let dict = Dict::new(thread)?;
    set(thread, class, &payload.dict, dict.clone());
    let mut mro = vec![as_value(class)];
    let mut bases = Vec::new();
    if let Some(base_def) = base {
        let base = base_def.object();
        set(thread, class, &payload.base, as_value(base));
        bases.push(as_value(base));
        // From the definitions: while the first classes are made, a base's own order may not be there yet.
        let mut next = Some(base_def);
        while let Some(current) = next {
            mro.push(as_value(current.object()));
            let of_object = std::ptr::eq(current, crate::types::Instance::def_static());
            next =
                if of_object { None } else { current.base().or(Some(crate::types::Instance::def_static())) };
        }
    }
    set(thread, class, &payload.bases, Tuple::new(thread, bases)?);
    set(thread, class, &payload.mro, Tuple::new(thread, mro)?);
    let name = Str::interned(thread, def.name.rsplit('.').next().unwrap_or(def.name))?;
    set(thread, class, &payload.name, name.clone());
    set(thread, class, &payload.qualname, name);
    let Some(dict) = cast::<Dict>(&dict) else { return Ok(()) };
    let namespace = Namespace { thread, class, dict };
    slot_table::add_wrappers(thread, class, own, |name, value| namespace.set(name, value))?;
    let unhashable = Slots::default();
    unhashable.hash.set(crate::ops::hash_not_implemented);
    if payload.slots.hash.same(&unhashable.hash) && (own.hash.get().is_some() || own.compare.get().is_some())
    {
        namespace.set("__hash__", Value::none());
    }
    if def.new.is_some() && !def.flags.contains(ClassFlags::OBJECT_NEW) {
        namespace.set("__new__", native_function::new_for_class(thread, class)?);
    }
    for function in def.methods.iter().copied().flatten() {
        let method = native_function::method(thread, class, function)?;
        if function.kind == Kind::Method {
            // The class keeps it for good; nobody need count what is called all the time.
            memory::make_immortal(&method);
        }
        namespace.set(function.name, method);
    }
    for getset in def.getsets.iter().copied().flatten() {
        namespace.set(getset.name, descriptor::new_getset(thread, class, getset)?);
    }
    for member in def.cell.members {
        namespace.set(member.name, descriptor::new_member(thread, class, member)?);
    }
    if def.flags.contains(ClassFlags::HAS_DICT)
        && !base.is_some_and(|base| base.flags.contains(ClassFlags::HAS_DICT))
        && def.getsets.iter().copied().flatten().all(|getset| getset.name != "__dict__")
    {
        namespace.set("__dict__", descriptor::new_native_dict(thread, class)?);
    }
    // Where instances have such an attribute, the class's own is computed by `type`.
    let computes = |name: &str| def.getsets.iter().copied().flatten().any(|getset| getset.name == name);
    if !computes("__doc__") {
        namespace.set("__doc__", def.doc.map_or_else(|| Ok(Value::none()), |doc| Str::new(thread, doc))?);
    }
    if def.module != "builtins" && !computes("__module__") {
        namespace.set("__module__", Str::interned(thread, def.module)?);
    }
    if let Some(init) = def.init {
        init(&namespace);
    }
    payload.set_version(thread, class, lookup::fresh_version());
    // Last: whoever asks the base for its subclasses finds it.
    match base {
        Some(base) => add_subclass_of_native(thread, base.object(), class),
        None => Ok(()),
    }
}
