//! `_local`: an object whose attributes each thread has for itself.
//!
//! The object owns a dict for each thread that has used it, so that the collector sees what they refer to. A thread knows
//! the objects in which it has a dict by weak references, and takes its dicts away when it exits.

use runtime::class::{TypeExt, class_of, instance};
use runtime::error::{Result, attribute_error, type_error};
use runtime::memory::PerThread;
use runtime::native::{self, Args, Slots};
use runtime::object::cast;
use runtime::types::{Dict, Instance, List, ListExt, Str, StrExt, Tuple, TupleExt, weakref};
use runtime::{Context, Thread, Value, names, state};

use crate::support;

/// Thread-local data
#[native::class(
    "_local",
    module = "_thread",
    weakref,
    basetype,
    new = new_local,
    slots = local_slots
)]
pub struct LocalObject {
    #[trace]
    dicts: PerThread,
    /// The arguments with which it was made, for `__init__` in each thread.
    #[trace]
    values: Value,
    /// The names of the last ones.
    #[trace]
    names: Value,
}

/// Where a thread keeps weak references to the objects in which it has a dict.
const KNOWN: &str = "_thread._local";

fn local_slots(slots: &Slots) {
    slots.getattr.set(getattr);
    slots.setattr.set(setattr);
}

/// Whether `__init__` of the value's class is its own business.
fn has_init(value: &Value) -> bool {
    !class_of(value).payload().slots.init.same(&Instance::def_static().object().payload().slots.init)
}

fn new_local(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let values = Tuple::from_slice(thread, args.values)?;
    let names = Tuple::from_slice(thread, args.names)?;
    let value = support::make(thread, class, LocalObject { dicts: PerThread::new(), values, names })?;
    if !args.is_empty() && !has_init(&value) {
        return Err(type_error("Initialization arguments are not supported"));
    }
    // `__init__` is called for this thread by who called the class.
    make_dict(thread, &value)?;
    Ok(value)
}

fn make_dict(thread: &mut Thread, value: &Value) -> Result<Value> {
    let dict = Dict::new(thread)?;
    remember(thread, value)?;
    if let Some(local) = cast::<LocalObject>(value) {
        drop(local.payload().dicts.replace(thread, local.header(), Some(dict.clone())));
    }
    Ok(dict)
}

/// The calling thread's dict; made, and `__init__` called, if this is the first that the thread sees of the object.
fn dict_of(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(local) = cast::<LocalObject>(value) else {
        return Err(type_error("a thread-local object is required"));
    };
    if let Some(dict) = local.payload().dicts.get(thread, local.header()) {
        return Ok(dict);
    }
    let dict = make_dict(thread, value)?;
    if has_init(value)
        && let Some(init) = class_of(value).payload().slots.init.get()
    {
        let this = local.payload();
        let items = |value: &Value| cast::<Tuple>(value).map_or_else(Vec::new, |tuple| tuple.items().to_vec());
        let (values, names) = (items(&this.values), items(&this.names));
        if let Err(raised) = init(thread, value, Args { values: &values, names: &names }) {
            drop(this.dicts.replace(thread, local.header(), None));
            return Err(raised);
        }
    }
    Ok(dict)
}

/// Notes that the calling thread has a dict in `value`; forgets about the objects that are gone when the list has doubled.
fn remember(thread: &mut Thread, value: &Value) -> Result<()> {
    const FEW: usize = 16;
    let reference = weakref::new_plain(thread, value)?;
    let known = match state::extra(thread, KNOWN) {
        Some(known) => known,
        None => {
            let known = List::new(thread, Vec::new())?;
            state::set_extra(thread, KNOWN, Some(known.clone()));
            known
        }
    };
    let Some(list) = cast::<List>(&known) else { return Ok(()) };
    let len = list.len();
    if len >= FEW && len.is_power_of_two() {
        let mut alive = list.to_vec(thread)?;
        alive.retain(|reference| !weakref::is_dead(reference));
        alive.push(reference);
        let known = List::new(thread, alive)?;
        state::set_extra(thread, KNOWN, Some(known));
        return Ok(());
    }
    list.push(thread, reference)
}

/// Takes the calling thread's dicts away: it is about to exit.
pub fn forget_thread(thread: &Context) {
    // What dies here may use thread-local objects again, in `__del__`.
    while let Some(known) = state::extra(thread, KNOWN) {
        state::set_extra(thread, KNOWN, None);
        let references = cast::<List>(&known).and_then(|list| list.to_vec(thread).ok()).unwrap_or_default();
        for reference in references {
            if let Some(value) = weakref::upgrade(thread, &reference)
                && let Some(local) = cast::<LocalObject>(&value)
            {
                drop(local.payload().dicts.replace(thread, local.header(), None));
            }
        }
    }
}

fn is_dict_name(name: &Value) -> bool {
    let dict = names::__dict__();
    name.is(dict) || cast::<Str>(name).is_some_and(|name| name.to_string_lossy() == "__dict__")
}

fn getattr(thread: &mut Thread, value: &Value, name: &Value) -> Result<Option<Value>> {
    let dict = dict_of(thread, value)?;
    if is_dict_name(name) {
        return Ok(Some(dict));
    }
    match cast::<Dict>(&dict) {
        Some(dict) => instance::getattr_with_dict(thread, value, name, dict),
        None => Ok(None),
    }
}

fn setattr(thread: &mut Thread, value: &Value, name: &Value, new: Option<&Value>) -> Result<()> {
    let dict = dict_of(thread, value)?;
    if is_dict_name(name) {
        let class = class_of(value).name_lossy();
        let raised = attribute_error(format!("'{class}' object attribute '__dict__' is read-only"));
        return Err(raised);
    }
    match cast::<Dict>(&dict) {
        Some(dict) => instance::setattr_with_dict(thread, value, name, new, dict),
        None => Ok(()),
    }
}
