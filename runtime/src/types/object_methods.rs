//! Methods of `object`: pickling, formatting, listing attributes, hooks of subclassing, and `__class__`.

use memory::{Object, Value};
use threads::Thread;

use crate::class::lookup::{call_special, getattr, getattr_opt, getattr_or_none};
use crate::class::{ClassFlags, Type, TypeExt, as_value, class_of};
use crate::error::{ATTRIBUTE_ERROR, Result, runtime_error, type_error, value_error};
use crate::native::{GetSet, KwRest, NativeDef, Rest};
use crate::object::{cast, cast_exact};
use crate::types::descriptor::{MemberDescriptor, Place};
use crate::types::native_function::{MethodDescriptor, NativeFunction};
use crate::types::{Dict, DictExt, Instance, List, ListExt, Str, StrExt, Tuple, TupleExt};
use crate::{call, names, ops};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[methods::METHODS];
/// Computed attributes.
pub static GETSETS: &[&[GetSet]] = &[methods::GETSETS];

#[native::methods(name = "object")]
mod methods {
    use super::*;

    /// Support for pickle: what `copyreg` and `copy` call.
    pub fn __reduce_ex__(th: &mut Thread, this: &Value, protocol: i32) -> Result<Value> {
        if let Some(reduce) = getattr_or_none(th, this, names::__reduce__())? {
            let class = getattr(th, this, names::__class__())?;
            let of_class = getattr(th, &class, names::__reduce__())?;
            if !is_object_method(&of_class, "__reduce__") {
                return call::call_positional(th, &reduce, &[]);
            }
        }
        reduce(th, this, protocol.into())
    }

    /// Support for pickle, in its oldest protocol.
    pub fn __reduce__(th: &mut Thread, this: &Value) -> Result<Value> {
        reduce(th, this, 0)
    }

    /// The instance's state, for pickle.
    pub fn __getstate__(th: &mut Thread, this: &Value) -> Result<Value> {
        default_state(th, this, false)
    }

    /// The default formatter: str(self), unless there is a format specification.
    ///
    /// Return str(self) if format_spec is empty. Raise TypeError otherwise.
    pub fn __format__(th: &mut Thread, this: &Value, format_spec: &Object<Str>) -> Result<Value> {
        if !format_spec.is_empty() {
            return Err(type_error(format!(
                "unsupported format string passed to {}.__format__",
                class_of(this).name_lossy()
            )));
        }
        ops::str(th, this)
    }

    /// Size of object in memory, in bytes.
    pub fn __sizeof__(this: &Value) -> usize {
        size_of_value(this)
    }

    /// Default dir() implementation.
    pub fn __dir__(th: &mut Thread, this: &Value) -> Result<Value> {
        let own = getattr_or_none(th, this, names::__dict__())?;
        let all = match own.as_ref().and_then(cast::<Dict>) {
            Some(own) => own.copy(th)?,
            None => Dict::new(th)?,
        };
        if let Some(class) = getattr_or_none(th, this, names::__class__())? {
            merge_class_dict(th, &all, &class)?;
        }
        keys(th, &all)
    }

    /// This method is called when a class is subclassed.
    ///
    /// The default implementation does nothing. It may be
    /// overridden to extend subclasses.
    #[class_method]
    pub fn __init_subclass__(class: &Value, args: Rest<'_>, keywords: KwRest<'_>) -> Result<()> {
        let name = cast::<Type>(class).map(TypeExt::name_lossy).unwrap_or_default();
        if !keywords.is_empty() {
            return Err(type_error(format!("{name}.__init_subclass__() takes no keyword arguments")));
        }
        if !args.is_empty() {
            return Err(type_error(format!(
                "{name}.__init_subclass__() takes no arguments ({} given)",
                args.len()
            )));
        }
        Ok(())
    }

    /// Abstract classes can override this to customize issubclass().
    ///
    /// This is invoked early on by abc.ABCMeta.__subclasscheck__().
    /// It should return True, False or NotImplemented.  If it returns
    /// NotImplemented, the normal algorithm is used.  Otherwise, it
    /// overrides the normal algorithm (and the outcome is cached).
    #[class_method]
    pub fn __subclasshook__(_class: &Value, _object: &Value) -> Value {
        Value::not_implemented()
    }

    /// the object's class
    #[getter]
    pub fn __class__(this: &Value) -> Value {
        as_value(class_of(this))
    }

    /// Sets the class, of an instance whose layout allows it.
    #[setter("__class__")]
    pub fn set_class(th: &mut Thread, this: &Value, class: Option<&Value>) -> Result<()> {
        assign_class(th, this, class)
    }
}

/// Whether `value` is this method of `object`, unbound.
fn is_object_method(value: &Value, name: &str) -> bool {
    // By class and name: a table's rows need not have one address throughout the program.
    cast::<MethodDescriptor>(value).is_some_and(|method| {
        let class = method.payload().class.get(method.header());
        let of_object = class.as_ref().and_then(cast::<Type>);
        method.payload().def.name == name
            && of_object.is_some_and(|class| std::ptr::eq(class, Instance::def_static().object()))
    })
}

/// How many bytes the object takes, what it refers to aside.
pub(crate) fn size_of_value(value: &Value) -> usize {
    let Some(header) = value.header() else { return 16 };
    let shape = crate::class::Shape::of(header);
    shape.desc().size_bytes + (shape.class_tail())(header) + shape.slot_count() as usize * size_of::<Value>()
}

fn keys(thread: &mut Thread, dict: &Value) -> Result<Value> {
    let entries = cast::<Dict>(dict).map(|dict| dict.items(thread)).unwrap_or_default();
    List::new(thread, entries.into_iter().map(|(key, _)| key).collect())
}

/// Adds the names of a class's and its bases' attributes to `all`, as `dir()` gathers them.
///
/// # Errors
/// What asking for `__dict__` and `__bases__` raises.
pub(crate) fn merge_class_dict(thread: &mut Thread, all: &Value, class: &Value) -> Result<()> {
    crate::state::check_stack(thread, "")?;
    let Some(target) = cast::<Dict>(all) else { return Ok(()) };
    if let Some(class) = cast_exact::<Type>(class) {
        let namespace = class.namespace(thread);
        for (key, value) in cast::<Dict>(&namespace).map(|dict| dict.items(thread)).unwrap_or_default() {
            target.set(thread, &key, value)?;
        }
    } else if let Some(mapping) = getattr_or_none(thread, class, names::__dict__())? {
        merge_mapping(thread, target, &mapping)?;
    }
    let Some(bases) = getattr_or_none(thread, class, names::__bases__())? else { return Ok(()) };
    // As sequences are read: what shrinks meanwhile ends the walk.
    let Ok(count) = ops::len(thread, &bases) else { return Ok(()) };
    for index in 0..count {
        let index = super::int::from_i128(thread, index as i128)?;
        let base = ops::getitem(thread, &bases, &index)?;
        merge_class_dict(thread, all, &base)?;
    }
    Ok(())
}

fn merge_mapping(thread: &mut Thread, target: &Object<Dict>, mapping: &Value) -> Result<()> {
    if let Some(dict) = cast::<Dict>(mapping) {
        for (key, value) in dict.items(thread) {
            target.set(thread, &key, value)?;
        }
        return Ok(());
    }
    let keys = call::call_method(thread, mapping, names::keys(), &[])?;
    for key in ops::to_vec(thread, &keys)? {
        let value = ops::getitem(thread, mapping, &key)?;
        target.set(thread, &key, value)?;
    }
    Ok(())
}

// Pickling.

fn reduce(thread: &mut Thread, value: &Value, protocol: i64) -> Result<Value> {
    if protocol >= 2 {
        return reduce_new(thread, value);
    }
    let function = copyreg(thread, "_reduce_ex")?;
    let protocol = super::int::from_i64(thread, protocol)?;
    call::call_positional(thread, &function, &[value.clone(), protocol])
}

/// A function of the module that knows how to pickle.
fn copyreg(thread: &mut Thread, name: &str) -> Result<Value> {
    crate::interp::import::attribute_of(thread, "copyreg", name)
}

/// The arguments that `__new__` is to get again: positional ones, and those by name.
type NewArguments = (Option<Value>, Option<Value>);

fn new_arguments(thread: &mut Thread, value: &Value) -> Result<NewArguments> {
    if let Some(result) = call_special(thread, value, names::__getnewargs_ex__(), &[])? {
        let Some(pair) = cast::<Tuple>(&result) else {
            return Err(type_error(format!(
                "__getnewargs_ex__ should return a tuple, not '{}'",
                class_of(&result).name_lossy()
            )));
        };
        let [args, keywords] = pair.items() else {
            return Err(value_error(format!(
                "__getnewargs_ex__ should return a tuple of length 2, not {}",
                pair.len()
            )));
        };
        if cast::<Tuple>(args).is_none() {
            return Err(type_error(format!(
                "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{}'",
                class_of(args).name_lossy()
            )));
        }
        if cast::<Dict>(keywords).is_none() {
            return Err(type_error(format!(
                "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{}'",
                class_of(keywords).name_lossy()
            )));
        }
        return Ok((Some(args.clone()), Some(keywords.clone())));
    }
    match call_special(thread, value, names::__getnewargs__(), &[])? {
        Some(args) if cast::<Tuple>(&args).is_some() => Ok((Some(args), None)),
        Some(other) => Err(type_error(format!(
            "__getnewargs__ should return a tuple, not '{}'",
            class_of(&other).name_lossy()
        ))),
        None => Ok((None, None)),
    }
}

/// Protocol 2 and later: `copyreg.__newobj__` or `__newobj_ex__`, its arguments, state, items.
fn reduce_new(thread: &mut Thread, value: &Value) -> Result<Value> {
    let class = class_of(value);
    if class.payload().slots.new.get().is_none() {
        return Err(type_error(format!("cannot pickle '{}' object", class.name_lossy())));
    }
    let (args, keywords) = new_arguments(thread, value)?;
    let has_args = args.is_some();
    let has_keywords = keywords.as_ref().and_then(cast::<Dict>).is_some_and(|keywords| !keywords.is_empty());
    let class = as_value(class);
    let (function, new_args) = match (args, keywords) {
        (Some(args), Some(keywords)) if has_keywords => {
            let function = copyreg(thread, "__newobj_ex__")?;
            (function, Tuple::of_array(thread, [class, args, keywords])?)
        }
        (args, _) => {
            let function = copyreg(thread, "__newobj__")?;
            let mut all = vec![class];
            all.extend_from_slice(args.as_ref().and_then(cast::<Tuple>).map_or(&[], |args| args.items()));
            (function, Tuple::new(thread, all)?)
        }
    };
    let is_list = cast::<List>(value).is_some();
    let is_dict = cast::<Dict>(value).is_some();
    let state = state(thread, value, !(has_args || is_list || is_dict))?;
    let list_items = if is_list { ops::iter(thread, value)? } else { Value::none() };
    let dict_items = if is_dict {
        let items = call::call_method(thread, value, names::items(), &[])?;
        ops::iter(thread, &items)?
    } else {
        Value::none()
    };
    Tuple::of_array(thread, [function, new_args, state, list_items, dict_items])
}

/// `value.__getstate__()`; object's own also checks, if `required`, that nothing of the state is out of its sight.
fn state(thread: &mut Thread, value: &Value, required: bool) -> Result<Value> {
    let method = getattr(thread, value, names::__getstate__())?;
    let in_class = class_of(value).lookup(thread, names::__getstate__());
    if in_class.is_some_and(|in_class| is_object_method(&in_class, "__getstate__"))
        && let Some(function) = cast::<NativeFunction>(&method)
        && function.payload().def.name == "__getstate__"
        && function.payload().receiver.get(function.header()).is_some_and(|receiver| receiver.is(value))
    {
        return default_state(thread, value, required);
    }
    call::call_positional(thread, &method, &[])
}

/// Native types whose instances have a variable size: CPython words their refusal differently.
const VARIABLE_SIZED: &[&str] = &["memoryview", "code", "frame", "type"];

fn default_state(thread: &mut Thread, value: &Value, required: bool) -> Result<Value> {
    let class = class_of(value);
    let native = class.payload().native;
    if required && VARIABLE_SIZED.contains(&native.name) {
        return Err(type_error(format!("cannot pickle {} objects", class.name_lossy())));
    }
    let mut state = match getattr_or_none(thread, value, names::__dict__())? {
        Some(dict) if cast::<Dict>(&dict).is_none_or(|dict| !dict.is_empty()) => dict,
        _ => Value::none(),
    };
    let names = slot_names(thread, class)?;
    if required && !std::ptr::eq(native, Instance::def_static()) {
        return Err(type_error(format!("cannot pickle '{}' object", class.name_lossy())));
    }
    let Some(names) = names.as_ref().and_then(cast::<List>) else { return Ok(state) };
    let slots = Dict::new(thread)?;
    let Some(found) = cast::<Dict>(&slots) else { return Ok(state) };
    let count = names.len();
    for index in 0..count {
        let Some(name) = names.get(index) else { break };
        match getattr_opt(thread, value, &name) {
            Ok(Some(attribute)) => found.set(thread, &name, attribute)?,
            Ok(None) => {}
            Err(raised) if raised.is(&ATTRIBUTE_ERROR) => {}
            Err(raised) => return Err(raised),
        }
        if names.len() != count {
            return Err(runtime_error("__slotsname__ changed size during iteration"));
        }
    }
    if !found.is_empty() {
        state = Tuple::of_array(thread, [state, slots])?;
    }
    Ok(state)
}

/// The list of `__slots__` of a class and its bases, as `copyreg` gathers and keeps it.
fn slot_names(thread: &mut Thread, class: &Object<Type>) -> Result<Option<Value>> {
    let namespace = class.namespace(thread);
    if let Some(kept) = cast::<Dict>(&namespace).and_then(|dict| dict.get_str(thread, names::__slotnames__()))
    {
        if kept.is_none() {
            return Ok(None);
        }
        if cast::<List>(&kept).is_none() {
            return Err(type_error(format!(
                "{}.__slotnames__ should be a list or None, not {}",
                class.name_lossy(),
                class_of(&kept).name_lossy()
            )));
        }
        return Ok(Some(kept));
    }
    let function = copyreg(thread, "_slotnames")?;
    let found = call::call_one(thread, &function, &as_value(class))?;
    if !found.is_none() && cast::<List>(&found).is_none() {
        return Err(type_error("copyreg._slotnames didn't return a list or None"));
    }
    Ok(Some(found).filter(|found| !found.is_none()))
}

// Assigning `__class__`.

fn assign_class(thread: &mut Thread, value: &Value, new: Option<&Value>) -> Result<()> {
    let Some(new) = new else { return Err(type_error("can't delete __class__ attribute")) };
    let Some(to) = cast::<Type>(new) else {
        return Err(type_error(format!(
            "__class__ must be set to a class, not '{}' object",
            class_of(new).name_lossy()
        )));
    };
    let from = class_of(value);
    if std::ptr::eq(from, to) {
        return Ok(());
    }
    let heap = |class: &Object<Type>| class.payload().flags().contains(ClassFlags::HEAP);
    let module = |class: &Object<Type>| class.payload().native.name == "module";
    if !(module(from) && module(to) || heap(from) && heap(to)) {
        return Err(type_error(
            "__class__ assignment only supported for mutable types or ModuleType subclasses",
        ));
    }
    check_layouts(thread, from, to, "__class__")?;
    crate::class::instance::change_class(thread, value, to)
}

/// Raises unless instances of `from` can be used as instances of `to`.
///
/// # Errors
/// TypeError.
pub(crate) fn check_layouts(
    thread: &mut Thread,
    from: &Object<Type>,
    to: &Object<Type>,
    attribute: &str,
) -> Result<()> {
    if !std::ptr::eq(from.payload().native, to.payload().native) {
        // CPython compares the functions that free instances first; all classes that programs make share one.
        let made = |class: &Object<Type>| class.payload().flags().contains(ClassFlags::HEAP);
        let what = if made(from) && made(to) { "object layout" } else { "deallocator" };
        return Err(type_error(format!(
            "{attribute} assignment: '{}' {what} differs from '{}'",
            to.name_lossy(),
            from.name_lossy()
        )));
    }
    // Slots of the same names are at the same places, but they count as the same only from one base on.
    let (base_from, base_to) = (last_extension(from), last_extension(to));
    let parents_differ = |a: &Value, b: &Value| match (parent(a), parent(b)) {
        (Some(a), Some(b)) => !a.is(&b),
        (None, None) => false,
        _ => true,
    };
    let areas = ClassFlags::HAS_DICT.union(ClassFlags::HAS_WEAKREF);
    let areas_of = |class: &Object<Type>| class.payload().flags().0 & areas.0;
    if areas_of(from) != areas_of(to)
        || !base_from.is(&base_to) && parents_differ(&base_from, &base_to)
        || declared_slots(thread, from) != declared_slots(thread, to)
    {
        return Err(type_error(format!(
            "{attribute} assignment: '{}' object layout differs from '{}'",
            to.name_lossy(),
            from.name_lossy()
        )));
    }
    Ok(())
}

fn parent(class: &Value) -> Option<Value> {
    let class = cast::<Type>(class)?;
    class.payload().base.get(class.header())
}

/// The class, or the nearest of its bases, whose instances have more places than those of its base.
fn last_extension(class: &Object<Type>) -> Value {
    let areas = ClassFlags::HAS_DICT.union(ClassFlags::HAS_WEAKREF);
    let places = |class: &Object<Type>| {
        let flags = class.payload().flags();
        (
            std::ptr::from_ref(class.payload().native),
            flags.0 & areas.0,
            class.payload().layout.own_slots(flags),
        )
    };
    let mut at = as_value(class);
    while let Some(base) = parent(&at)
        && let (Some(class), Some(base_class)) = (cast::<Type>(&at), cast::<Type>(&base))
        && places(class) == places(base_class)
    {
        at = base;
    }
    at
}

/// The attributes of `__slots__` and where they are, in order of their places.
fn declared_slots(thread: &mut Thread, class: &Object<Type>) -> Vec<(u32, String)> {
    let order = class.mro_tuple(thread);
    let mut slots = Vec::new();
    for class in cast::<Tuple>(&order).map_or(&[][..], |order| order.items()).iter().filter_map(cast::<Type>)
    {
        let namespace = class.namespace(thread);
        let Some(namespace) = cast::<Dict>(&namespace) else { continue };
        for (_, value) in namespace.items(thread) {
            if let Some(member) = cast::<MemberDescriptor>(&value)
                && let Place::Slot(name, index) = &member.payload().data
                && MemberDescriptor::class_of(member).is_some_and(|of| of.is(&as_value(class)))
            {
                slots.push((*index, name.clone()));
            }
        }
    }
    slots.sort();
    slots.dedup();
    slots
}
