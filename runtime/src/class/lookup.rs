//! Attribute lookup on classes: the method resolution order, versions, and the cache of what was found.
//!
//! Every thread has a cache of its own, so that looking up writes nothing that others read. An entry is right as long as
//! the class has the version that it had when the entry was made (INV-CLASS-2).

use crate::types::DictExt;
use crate::types::StrExt;
use memory::{Object, Value, View};
use threads::sync::atomic::{AtomicU64, Ordering};
use threads::{Context, Thread};

use super::{Type, TypeExt, class_of, slots_of};
use crate::error::{Raised, Result, attribute_error, type_error};
use crate::native::Args;
use crate::object::cast;
use crate::types::{Dict, Str};

static NEXT_VERSION: AtomicU64 = AtomicU64::new(1);

/// A version that no class has had.
pub(super) fn fresh_version() -> u64 {
    NEXT_VERSION.fetch_add(1, Ordering::Relaxed) // uniqueness is all that is asked
}

/// An entry of a thread's cache.
#[derive(Clone, Copy, Default)]
pub(crate) struct CacheEntry {
    version: u64,
    name: u64,
    /// The word of what was found; 0 if nothing was. Not counted: the class of that version holds it.
    found: u64,
}

/// Entries of a thread's cache; a power of two.
pub(crate) const CACHE_ENTRIES: usize = 1024;

#[inline(always)]
fn slot_for(version: u64, name: u64) -> usize {
    ((version ^ name >> 4) as usize) & (CACHE_ENTRIES - 1)
}

/// What `class` or the first of its bases that has it holds under `name`, counted.
pub(super) fn lookup(thread: &Context, class: &Object<Type>, name: &Value) -> Option<Value> {
    lookup_view(thread, class, name).map(|found| (*found).clone())
}

/// [`lookup`] without counting.
#[inline]
pub fn lookup_view<'a>(thread: &'a Context, class: &Object<Type>, name: &Value) -> Option<View<'a>> {
    let version = class.payload().version();
    let word = name.word().bits();
    let cache = crate::state::class_cache(thread);
    let index = slot_for(version, word);
    let entry = cache[index].get();
    if entry.version == version && entry.name == word && version != 0 {
        // SAFETY: the class has had this version since the entry was made, so it holds the value; the view lasts no
        // longer than until a safepoint.
        return unsafe { memory::view_of_bits(entry.found) };
    }
    let found = find(thread, class, name);
    // Only interned names: their addresses are not given to another string while a class holds them.
    if version != 0 && cast::<Str>(name).is_some_and(|name| name.payload().is_interned(name)) {
        let found = found.as_ref().map_or(0, |found| found.word().bits());
        // A change that came in between has given the class another version, which no entry of this one matches.
        cache[index].set(CacheEntry { version, name: word, found });
    }
    found
}

/// What `ask` answers about instances of `class` and the class `other`, as long as `class` has its version; it is remembered where it
/// is an answer. One question is asked so: whether they are instances of it.
#[inline]
pub(crate) fn remembered_answer(
    thread: &Context,
    class: &Object<Type>,
    other: &Object<Type>,
    ask: impl FnOnce() -> Option<bool>,
) -> Option<bool> {
    let version = class.payload().version();
    // No name has such a word. Where another class comes to the same address, the answer is still right: while it is yes `class` keeps
    // what it is about, and no class becomes a base of `class` without a new version.
    let word = (&raw const *other).addr() as u64 | 1;
    let cache = crate::state::class_cache(thread);
    let index = slot_for(version, word);
    let entry = cache[index].get();
    if entry.version == version && entry.name == word && version != 0 {
        return Some(entry.found != 0);
    }
    let answer = ask();
    if version != 0
        && let Some(answer) = answer
    {
        cache[index].set(CacheEntry { version, name: word, found: answer.into() });
    }
    answer
}

fn find<'a>(thread: &'a Context, class: &Object<Type>, name: &Value) -> Option<View<'a>> {
    class.find_in_mro(thread, |_, dict| dict.view_str(thread, name))
}

/// The special method `name` of `value`'s class, bound to `value`: what `len(x)` and friends call. `None` if the class has
/// none.
///
/// # Errors
/// What a descriptor's `__get__` raises.
pub fn lookup_special(thread: &mut Thread, value: &Value, name: &Value) -> Result<Option<Value>> {
    let Some(found) = class_of(value).lookup(thread, name) else { return Ok(None) };
    bind(thread, found, value).map(Some)
}

/// `found`, an attribute of `value`'s class, as it looks through `value`.
///
/// # Errors
/// What a descriptor's `__get__` raises.
pub fn bind(thread: &mut Thread, found: Value, value: &Value) -> Result<Value> {
    match slots_of(&found).get.get() {
        Some(get) => get(thread, &found, Some(value), Some(&super::as_value(class_of(value)))),
        None => Ok(found),
    }
}

/// Calls the special method `name` of `value`'s class with `args`; `None` if the class has none.
///
/// # Errors
/// What the method raises.
pub fn call_special(
    thread: &mut Thread,
    value: &Value,
    name: &Value,
    args: &[&Value],
) -> Result<Option<Value>> {
    if let Some(result) = call_special_function(thread, value, name, args) {
        return result.map(Some);
    }
    let Some(method) = class_of(value).lookup(thread, name) else { return Ok(None) };
    if crate::call::takes_receiver(&method) {
        let call = |all: &[Value]| crate::call::call(thread, &method, Args::positional(all));
        return crate::call::with_receiver(value, args, call).map(Some);
    }
    let bound = bind(thread, method, value)?;
    let all: Vec<Value> = args.iter().map(|&arg| arg.clone()).collect();
    crate::call::call(thread, &bound, Args::positional(&all)).map(Some)
}

/// As [`call_special`], where the method is a Python function; `None` where it is none.
#[inline]
pub(super) fn call_special_function(
    thread: &mut Thread,
    value: &Value,
    name: &Value,
    args: &[&Value],
) -> Option<Result<Value>> {
    let function = crate::interp::held::special_function(thread, class_of(value), name);
    if function.is_empty() {
        return None;
    }
    Some(crate::interp::calls::call_held_with_receiver(thread, function, value, args.iter().copied()))
}

/// As [`call_special_function`], for arguments as they were given.
#[inline]
pub(super) fn call_special_function_with(
    thread: &mut Thread,
    value: &Value,
    name: &Value,
    args: Args<'_>,
) -> Option<Result<Value>> {
    let function = crate::interp::held::special_function(thread, class_of(value), name);
    if function.is_empty() {
        return None;
    }
    let call = |values: &[Value]| {
        let args = Args { values, names: args.names };
        crate::interp::calls::call_held(thread, function, args, None)
    };
    Some(crate::call::with_first(value, args.values, call))
}

/// Runs `__del__` of an object that is about to die; what it raises is reported, not raised.
pub fn run_finalizer(thread: &mut Thread, value: &Value) {
    let Some(method) = class_of(value).lookup(thread, crate::names::__del__()) else { return };
    let result =
        bind(thread, method.clone(), value).and_then(|bound| crate::call::call(thread, &bound, Args::none()));
    if let Err(raised) = result {
        let message = match crate::ops::repr_text(thread, &method) {
            Ok(text) => format!("Exception ignored while calling deallocator {text}"),
            Err(_) => "Exception ignored while calling deallocator".to_owned(),
        };
        crate::hooks::unraisable(thread, raised, Some(&message), None);
    }
}

/// `__module__.__qualname__` of a class, or its bare name if it is a built-in.
pub(super) fn full_name(thread: &Context, class: &Object<Type>) -> String {
    let qualname = class.payload().qualname.get(class.header());
    let qualname = match qualname.as_ref().and_then(cast::<Str>) {
        Some(qualname) => qualname.to_string_lossy(),
        None => class.name_lossy(),
    };
    match module_name(thread, class) {
        Some(module) if module != "builtins" => format!("{module}.{qualname}"),
        _ => qualname,
    }
}

/// `__module__` of a class, if it is a str.
pub(crate) fn module_name(thread: &Context, class: &Object<Type>) -> Option<String> {
    let dict = class.namespace(thread);
    let module = cast::<Dict>(&dict)?.get_str(thread, crate::names::__module__())?;
    cast::<Str>(&module).map(|module| module.to_string_lossy())
}

/// The usual AttributeError for `value.name`.
#[cold]
pub fn no_attribute(thread: &mut Thread, value: &Value, name: &Value) -> Raised {
    let raised = if let Some(class) = cast::<Type>(value) {
        super::messages::no_attribute_of_class(thread, class, name)
    } else if crate::types::module::of(value).is_some() {
        let text = cast::<Str>(name).map(|name| name.to_string_lossy()).unwrap_or_default();
        attribute_error(crate::types::module::missing_attribute(thread, value, &text).unwrap_or_default())
    } else {
        super::messages::no_attribute_of_instance(thread, class_of(value), name)
    };
    crate::types::exception::set_attribute_context(thread, raised.value(), name, value);
    raised
}

/// `value.name`.
///
/// # Errors
/// AttributeError, or what the lookup raises.
#[inline]
pub fn getattr(thread: &mut Thread, value: &Value, name: &Value) -> Result<Value> {
    match getattr_opt(thread, value, name) {
        Ok(Some(found)) => Ok(found),
        Ok(None) => Err(no_attribute(thread, value, name)),
        Err(raised) => Err(with_context(thread, raised, value, name)),
    }
}

/// An AttributeError that says nothing of where it comes from learns it, so that a traceback can suggest other names.
#[cold]
fn with_context(thread: &mut Thread, raised: Raised, value: &Value, name: &Value) -> Raised {
    crate::types::exception::set_attribute_context(thread, raised.value(), name, value);
    raised
}

/// `value.name`; `None` for what would be the usual AttributeError. An AttributeError that Python code raises is an error.
///
/// # Errors
/// What the lookup raises.
#[inline]
pub fn getattr_opt(thread: &mut Thread, value: &Value, name: &Value) -> Result<Option<Value>> {
    match slots_of(value).getattr.get() {
        Some(getattr) => {
            crate::state::check_stack(thread, "")?;
            getattr(thread, value, name)
        }
        None => Ok(None),
    }
}

/// `value.name`; `None` for any AttributeError (`getattr` with a default, `hasattr`).
///
/// # Errors
/// What the lookup raises, AttributeError aside.
pub fn getattr_or_none(thread: &mut Thread, value: &Value, name: &Value) -> Result<Option<Value>> {
    match getattr_opt(thread, value, name) {
        Err(raised) if raised.is(&crate::error::ATTRIBUTE_ERROR) => Ok(None),
        other => other,
    }
}

/// The complaint about the name of an attribute that is no str.
#[cold]
pub(crate) fn name_error(name: &Value) -> Raised {
    type_error(format!("attribute name must be string, not '{}'", class_of(name).name_lossy()))
}

/// `value.name = new`, or `del value.name`.
///
/// # Errors
/// AttributeError, TypeError, or what a descriptor raises.
pub fn setattr(thread: &mut Thread, value: &Value, name: &Value, new: Option<&Value>) -> Result<()> {
    if cast::<Str>(name).is_none() {
        return Err(name_error(name));
    }
    match slots_of(value).setattr.get() {
        Some(setattr) => {
            crate::state::check_stack(thread, "")?;
            setattr(thread, value, name, new)
        }
        None => Err(no_attribute(thread, value, name)),
    }
}

/// `type.__getattribute__`: the metaclass's data descriptors, then the class and its bases, then the metaclass.
///
/// # Errors
/// What descriptors raise.
pub fn type_getattr(thread: &mut Thread, value: &Value, name: &Value) -> Result<Option<Value>> {
    let meta = class_of(value);
    let in_meta = meta.lookup(thread, name);
    if let Some(descriptor) = &in_meta
        && slots_of(descriptor).set.get().is_some()
        && let Some(get) = slots_of(descriptor).get.get()
    {
        return get(thread, descriptor, Some(value), Some(&super::as_value(meta))).map(Some);
    }
    if let Some(class) = cast::<Type>(value)
        && let Some(found) = class.lookup(thread, name)
    {
        return match slots_of(&found).get.get() {
            Some(get) => get(thread, &found, None, Some(value)).map(Some),
            None => Ok(Some(found)),
        };
    }
    match in_meta {
        Some(found) => bind(thread, found, value).map(Some),
        None => Ok(None),
    }
}

/// Whether attributes of its instances, which are classes, are looked up by [`type_getattr`].
pub fn is_plain_metaclass(meta: &Object<Type>) -> bool {
    meta.payload().slots.getattr.get().map(|f| f as usize) == Some(type_getattr as *const () as usize)
}

/// `type.__setattr__`.
///
/// # Errors
/// TypeError for a class that cannot be changed, AttributeError for what is not there.
pub fn type_setattr(thread: &mut Thread, value: &Value, name: &Value, new: Option<&Value>) -> Result<()> {
    let Some(class) = cast::<Type>(value) else { return Err(no_attribute(thread, value, name)) };
    if class.payload().flags().contains(super::ClassFlags::IMMUTABLE) {
        let text = cast::<Str>(name).map(|name| name.to_string_lossy()).unwrap_or_default();
        return Err(crate::error::type_error(format!(
            "cannot set '{text}' attribute of immutable type '{}'",
            class.name_lossy()
        )));
    }
    let name = &crate::types::str::intern(thread, name);
    if let Some(descriptor) = class_of(value).lookup(thread, name)
        && let Some(set) = slots_of(&descriptor).set.get()
    {
        return set(thread, &descriptor, value, new);
    }
    let dict = class.namespace(thread);
    let Some(dict) = cast::<Dict>(&dict) else { return Err(no_attribute(thread, value, name)) };
    let displaced;
    {
        begin_entry(thread, class);
        displaced = match new {
            Some(new) => {
                let result = dict.set_str(thread, name, new.clone());
                if let Err(error) = result {
                    end_entry(thread, class, name);
                    return Err(error);
                }
                true
            }
            None => dict.remove_str(thread, name).is_some(),
        };
        end_entry(thread, class, name);
    }
    if let Some(new) = new
        && name.is(crate::names::__init__())
    {
        super::build::make_room_for_init(thread, class, new);
    }
    if displaced { Ok(()) } else { Err(no_attribute(thread, value, name)) }
}

/// Removes an entry of a class's namespace, whatever the metaclass has under that name; whether there was one.
pub fn remove_entry(thread: &mut Thread, class: &Object<Type>, name: &Value) -> bool {
    let name = &crate::types::str::intern(thread, name);
    let dict = class.namespace(thread);
    let Some(dict) = cast::<Dict>(&dict) else { return false };
    begin_entry(thread, class);
    let removed = dict.remove_str(thread, name);
    end_entry(thread, class, name);
    removed.is_some()
}

/// Nothing about `class` or its subclasses may be cached from here on.
pub(crate) fn begin_change(thread: &Thread, class: &Object<Type>) {
    set_versions(thread, class, false, 0);
}

/// `class`'s attribute `name` has been changed: slots and versions follow.
pub(crate) fn end_change(thread: &mut Thread, class: &Object<Type>, name: &Value) {
    let _turn = super::slot_update::turn();
    super::slot_update::update(thread, class, Some(name));
    set_versions(thread, class, true, 0);
}

/// As [`begin_change`] for an entry of the namespace that is replaced or removed without running Python: a thread that is alone
/// looks nothing up in between.
fn begin_entry(thread: &Thread, class: &Object<Type>) {
    set_versions(thread, class, thread.is_solo(), 0);
}

/// The end of what [`begin_entry`] began.
fn end_entry(thread: &mut Thread, class: &Object<Type>, name: &Value) {
    if !thread.is_solo() || class.payload().version() == 0 {
        return end_change(thread, class, name);
    }
    super::slot_update::update(thread, class, Some(name));
}

/// How deep hierarchies are followed before the rest is left to be looked at without caches.
const DEEPEST: usize = 10_000;

fn set_versions(thread: &Thread, class: &Object<Type>, valid: bool, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    class.payload().set_version(thread, class, if valid { fresh_version() } else { 0 });
    super::build::each_subclass(thread, class, |subclass| {
        if let Some(subclass) = cast::<Type>(&subclass) {
            set_versions(thread, subclass, valid, depth + 1);
        }
    });
}

/// The keyword of a class statement's `metaclass`, or the most derived of the bases' classes.
///
/// # Errors
/// TypeError on a conflict.
pub fn winning_metaclass(first: &Object<Type>, bases: &[Value]) -> Result<Value> {
    let mut winner = super::as_value(first);
    for base in bases {
        let meta = class_of(base);
        let current = cast::<Type>(&winner).map_or(first, |class| class);
        if current.is_subclass_of(meta) {
            continue;
        }
        if meta.is_subclass_of(current) {
            winner = super::as_value(meta);
            continue;
        }
        return Err(crate::error::type_error(
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
        ));
    }
    Ok(winner)
}
