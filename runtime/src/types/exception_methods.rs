//! BaseException: its methods, attributes and slots, and those of the classes that add little to it.

use memory::{Object, Slot, Value};
use threads::sync::atomic::Ordering;
use threads::{Context, Thread};

use super::exception::{self, BaseException};
use crate::class::lookup::{getattr_or_none, setattr};
use crate::class::{Shape, Slots, TypeExt, as_value, class_of, instance};
use crate::error::{Result, type_error};
use crate::native::{Args, GetSet, NativeDef};
use crate::object::{AttributeSlots, cast};
use crate::types::{Dict, DictExt, List, ListExt, Str, StrExt, Tuple, TupleExt, int};
use crate::{names, ops};

pub use super::exception_group::group_slots;
pub use super::os_error::os_error_slots;
pub use super::syntax_error::syntax_error_slots;
pub use super::unicode_error::{
    require_utf8, unicode_decode_slots, unicode_encode_slots, unicode_translate_slots,
};

/// Methods of BaseException.
pub static METHODS: &[&[NativeDef]] = &[methods::METHODS];
/// Computed attributes of BaseException.
pub static GETSETS: &[&[GetSet]] = &[methods::GETSETS];
/// Methods of ImportError.
pub static IMPORT_METHODS: &[&[NativeDef]] = &[import_methods::METHODS];
/// Methods of AttributeError.
pub static ATTRIBUTE_METHODS: &[&[NativeDef]] = &[attribute_methods::METHODS];

/// Slots of BaseException.
pub fn slots(slots: &Slots) {
    slots.init.set(init);
    slots.str.set(str);
    slots.repr.set(repr);
}

/// `args`.
pub(crate) fn args_of(value: &Value) -> Option<Value> {
    let object = cast::<BaseException>(value)?;
    object.payload().args.get(object.header())
}

/// The items of `args`.
pub(crate) fn arg_items(value: &Value) -> Vec<Value> {
    args_of(value).as_ref().and_then(cast::<Tuple>).map(|args| args.items().to_vec()).unwrap_or_default()
}

/// Sets `args`.
pub(crate) fn set_args(thread: &Context, value: &Value, args: Value) {
    if let Some(object) = cast::<BaseException>(value) {
        drop(object.payload().args.replace(thread, object.header(), Some(args)));
    }
}

/// `BaseException.__init__`: positional arguments alone.
pub(crate) fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    if !args.names.is_empty() {
        return Err(type_error(format!("{}() takes no keyword arguments", class_of(value).name_lossy())));
    }
    init_args(thread, value, args)
}

/// Keeps the positional arguments, which `__new__` has kept too unless somebody passed it others.
pub(crate) fn init_args(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let given = args.positionals();
    let same = args_of(value).as_ref().and_then(cast::<Tuple>).is_some_and(|kept| {
        kept.len() == given.len() && kept.items().iter().zip(given).all(|(a, b)| a.is(b))
    });
    if !same {
        let tuple = Tuple::from_slice(thread, given)?;
        set_args(thread, value, tuple);
    }
    Ok(())
}

/// `BaseException.__str__`.
pub(crate) fn str(thread: &mut Thread, value: &Value) -> Result<Value> {
    match args_of(value) {
        Some(args) => match cast::<Tuple>(&args).map_or(&[][..], |args| args.items()) {
            [] => Str::new(thread, ""),
            [only] => ops::str(thread, only),
            _ => ops::str(thread, &args),
        },
        None => Str::new(thread, ""),
    }
}

/// `Name(args)`.
fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let mut text = text::Builder::new();
    text.push_str(&short_name(value));
    let args = args_of(value).unwrap_or_else(Value::none);
    match cast::<Tuple>(&args).map_or(&[][..], |args| args.items()) {
        [only] => {
            text.push_str("(");
            push_repr(thread, &mut text, only)?;
            text.push_str(")");
        }
        _ => push_repr(thread, &mut text, &args)?,
    }
    Str::from_text(thread, &text.finish())
}

/// The class's name without its module.
pub(crate) fn short_name(value: &Value) -> String {
    let name = class_of(value).name_lossy();
    name.rsplit('.').next().map(str::to_owned).unwrap_or_default()
}

/// Appends `repr(value)`.
pub(crate) fn push_repr(thread: &mut Thread, text: &mut text::Builder, value: &Value) -> Result<()> {
    let shown = ops::repr(thread, value)?;
    if let Some(shown) = cast::<Str>(&shown) {
        text.push_view(shown.view());
    }
    Ok(())
}

/// Appends `str(value)`.
pub(crate) fn push_text(thread: &mut Thread, text: &mut text::Builder, value: &Value) -> Result<()> {
    let shown = ops::str(thread, value)?;
    if let Some(shown) = cast::<Str>(&shown) {
        text.push_view(shown.view());
    }
    Ok(())
}

/// The instance's `__dict__`, if there is anything in it or somebody has asked for it.
///
/// # Errors
/// MemoryError.
pub(crate) fn existing_dict(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(header) = value.header() else { return Ok(None) };
    if instance::dict_slot(value).is_none() {
        return Ok(None);
    }
    let shape = Shape::of(header);
    if !shape.dict_mode {
        if shape.named_count() == 0 {
            return Ok(None);
        }
        return instance::instance_dict(thread, value).map(Some);
    }
    Ok(AttributeSlots::of(value).get(0).and_then(|slot| slot.get(header)))
}

/// What `__reduce__` answers: class, arguments and, if there are attributes, those.
pub(crate) fn reduce(thread: &mut Thread, value: &Value, args: Value, state: Option<Value>) -> Result<Value> {
    let mut parts = vec![as_value(class_of(value)), args];
    parts.extend(state);
    Tuple::new(thread, parts)
}

/// Appends to `__notes__`.
///
/// # Errors
/// TypeError if `__notes__` is no list, or what getting and setting it raises.
pub fn add_note(thread: &mut Thread, value: &Value, note: &Value) -> Result<()> {
    let name = names::__notes__();
    let notes = match getattr_or_none(thread, value, name)? {
        Some(notes) => notes,
        None => {
            let notes = List::new(thread, Vec::new())?;
            setattr(thread, value, name, Some(&notes))?;
            notes
        }
    };
    match cast::<List>(&notes) {
        Some(list) => list.push(thread, note.clone()),
        None => Err(type_error("Cannot add note: __notes__ is not a list")),
    }
}

fn is_traceback(value: &Value) -> bool {
    class_of(value).payload().native.name == "traceback"
}

/// Replaces one of the slots that hold another exception.
fn set_exception(
    thread: &mut Thread,
    value: &Value,
    new: Option<&Value>,
    what: &str,
    slot: fn(&BaseException) -> &Slot,
) -> Result<()> {
    let Some(new) = new else { return Err(type_error(format!("__{what}__ may not be deleted"))) };
    if !new.is_none() && !exception::is_exception(new) {
        return Err(type_error(format!("exception {what} must be None or derive from BaseException")));
    }
    if let Some(object) = cast::<BaseException>(value) {
        let new = Some(new.clone()).filter(|new| !new.is_none());
        drop(slot(object.payload()).replace(thread, object.header(), new));
    }
    Ok(())
}

#[native::methods(BaseException, name = "BaseException")]
mod methods {
    use super::*;

    /// Support for pickle.
    pub fn __reduce__(th: &mut Thread, this: &Object<BaseException>) -> Result<Value> {
        let value = crate::object::to_value(this);
        let args = args_of(&value).unwrap_or_else(Value::none);
        let dict = existing_dict(th, &value)?;
        reduce(th, &value, args, dict)
    }

    /// Set the attributes that a pickle or a copy brings.
    pub fn __setstate__(th: &mut Thread, this: &Object<BaseException>, state: &Value) -> Result<()> {
        if state.is_none() {
            return Ok(());
        }
        let Some(state) = cast::<Dict>(state) else { return Err(type_error("state is not a dictionary")) };
        let value = crate::object::to_value(this);
        for (name, attribute) in state.items(th) {
            setattr(th, &value, &name, Some(&attribute))?;
        }
        Ok(())
    }

    /// Set self.__traceback__ to tb and return self.
    pub fn with_traceback(th: &mut Thread, this: &Object<BaseException>, tb: &Value) -> Result<Value> {
        let value = crate::object::to_value(this);
        assign_traceback(th, &value, tb)?;
        Ok(value)
    }

    /// Add a note to the exception.
    #[name("add_note")]
    pub fn note(th: &mut Thread, this: &Object<BaseException>, note: &Object<Str>) -> Result<()> {
        add_note(th, &crate::object::to_value(this), &crate::object::to_value(note))
    }

    /// the arguments that the exception was made with
    #[getter]
    pub fn args(this: &Object<BaseException>) -> Value {
        this.payload().args.get(this.header()).unwrap_or_else(Value::none)
    }

    /// Sets the arguments.
    #[setter("args")]
    pub fn assign_args(th: &mut Thread, this: &Object<BaseException>, new: Option<&Value>) -> Result<()> {
        let Some(new) = new else { return Err(type_error("args may not be deleted")) };
        let items = ops::to_vec(th, new)?;
        let tuple = Tuple::new(th, items)?;
        drop(this.payload().args.replace(th, this.header(), Some(tuple)));
        Ok(())
    }

    /// where the exception was raised
    #[getter]
    pub fn __traceback__(this: &Object<BaseException>) -> Value {
        this.payload().traceback.get(this.header()).unwrap_or_else(Value::none)
    }

    /// Sets the traceback.
    #[setter("__traceback__")]
    pub fn set_traceback(th: &mut Thread, this: &Object<BaseException>, new: Option<&Value>) -> Result<()> {
        let Some(new) = new else { return Err(type_error("__traceback__ may not be deleted")) };
        assign_traceback(th, &crate::object::to_value(this), new)
    }

    /// exception context
    #[getter]
    pub fn __context__(this: &Object<BaseException>) -> Value {
        this.payload().context.get(this.header()).unwrap_or_else(Value::none)
    }

    /// Sets the context.
    #[setter("__context__")]
    pub fn set_context(th: &mut Thread, this: &Object<BaseException>, new: Option<&Value>) -> Result<()> {
        set_exception(th, &crate::object::to_value(this), new, "context", |payload| &payload.context)
    }

    /// exception cause
    #[getter]
    pub fn __cause__(this: &Object<BaseException>) -> Value {
        this.payload().cause.get(this.header()).unwrap_or_else(Value::none)
    }

    /// Sets the cause.
    #[setter("__cause__")]
    pub fn set_cause(th: &mut Thread, this: &Object<BaseException>, new: Option<&Value>) -> Result<()> {
        set_exception(th, &crate::object::to_value(this), new, "cause", |payload| &payload.cause)?;
        this.payload().suppress_context.store(true, Ordering::Release);
        Ok(())
    }

    /// whether the context is not shown
    #[getter]
    pub fn __suppress_context__(this: &Object<BaseException>) -> bool {
        this.payload().suppress_context.load(Ordering::Acquire)
    }

    /// Sets whether the context is shown.
    #[setter("__suppress_context__")]
    pub fn set_suppress(this: &Object<BaseException>, new: Option<&Value>) -> Result<()> {
        let Some(new) = new else { return Err(type_error("can't delete numeric/char attribute")) };
        let Some(new) = int::as_bool(new) else {
            return Err(type_error("attribute value type must be bool"));
        };
        this.payload().suppress_context.store(new, Ordering::Release);
        Ok(())
    }
}

fn assign_traceback(thread: &mut Thread, value: &Value, new: &Value) -> Result<()> {
    if new.is_none() {
        exception::set_traceback(thread, value, None);
    } else if is_traceback(new) {
        exception::set_traceback(thread, value, Some(new.clone()));
    } else {
        return Err(type_error("__traceback__ must be a traceback or None"));
    }
    Ok(())
}

/// Slots of StopIteration.
pub fn stop_iteration_slots(slots: &Slots) {
    slots.init.set(|thread, value, args| {
        init(thread, value, args)?;
        let first = args.positionals().first().cloned().unwrap_or_else(Value::none);
        exception::set_field(thread, value, "value", first);
        Ok(())
    });
}

/// Slots of SystemExit.
pub fn system_exit_slots(slots: &Slots) {
    slots.init.set(|thread, value, args| {
        init(thread, value, args)?;
        match args.positionals() {
            [] => {}
            [code] => exception::set_field(thread, value, "code", code.clone()),
            several => {
                let several = Tuple::from_slice(thread, several)?;
                exception::set_field(thread, value, "code", several);
            }
        }
        Ok(())
    });
}

/// Slots of KeyError.
pub fn key_error_slots(slots: &Slots) {
    slots.str.set(|thread, value| match arg_items(value).as_slice() {
        [key] => ops::repr(thread, key),
        _ => str(thread, value),
    });
}

/// Sets the fields that the keyword arguments of a class name, and clears the others.
fn init_with_fields(
    thread: &mut Thread,
    value: &Value,
    args: Args<'_>,
    class: &str,
    fields: &[&'static str],
) -> Result<()> {
    if args.names.is_empty() && !exception::has_fields(value) {
        return init_args(thread, value, args);
    }
    let mut given: Vec<Option<Value>> = vec![None; fields.len()];
    for (name, new) in args.keywords() {
        let name = cast::<Str>(name).map(|name| name.to_string_lossy()).unwrap_or_default();
        let Some(index) = fields.iter().position(|field| *field == name) else {
            return Err(type_error(format!("{class}() got an unexpected keyword argument '{name}'")));
        };
        given[index] = Some(new.clone());
    }
    init_args(thread, value, args)?;
    for (field, new) in fields.iter().zip(given) {
        exception::set_field_option(thread, value, field, new);
    }
    Ok(())
}

/// Slots of AttributeError.
pub fn attribute_error_slots(slots: &Slots) {
    slots
        .init
        .set(|thread, value, args| init_with_fields(thread, value, args, "AttributeError", &["name", "obj"]));
}

/// Slots of NameError.
pub fn name_error_slots(slots: &Slots) {
    slots.init.set(|thread, value, args| init_with_fields(thread, value, args, "NameError", &["name"]));
}

/// Slots of ImportError.
pub fn import_error_slots(slots: &Slots) {
    slots.init.set(|thread, value, args| {
        init_with_fields(thread, value, args, "ImportError", &["name", "path", "name_from"])?;
        let message = match args.positionals() {
            [message] => Some(message.clone()),
            _ => None,
        };
        exception::set_field_option(thread, value, "msg", message);
        Ok(())
    });
    slots.str.set(|thread, value| match exception::field(thread, value, "msg") {
        Some(message)
            if class_of(&message).is_subclass_of(<Str as crate::class::Payload>::def().object()) =>
        {
            Ok(message)
        }
        _ => str(thread, value),
    });
}

/// A copy of the instance's dict with these fields added, those that are unset aside; `None` if that leaves nothing.
fn state_with(thread: &mut Thread, value: &Value, fields: &[&'static str]) -> Result<Option<Value>> {
    let dict = existing_dict(thread, value)?;
    let set: Vec<(&str, Value)> = fields
        .iter()
        .filter_map(|&field| exception::field(thread, value, field).map(|found| (field, found)))
        .collect();
    if set.is_empty() {
        return Ok(dict);
    }
    let state = match dict.as_ref().and_then(cast::<Dict>) {
        Some(dict) => dict.copy(thread)?,
        None => Dict::new(thread)?,
    };
    if let Some(state) = cast::<Dict>(&state) {
        for (field, found) in set {
            let name = Str::interned(thread, field)?;
            state.set_str(thread, &name, found)?;
        }
    }
    Ok(Some(state))
}

#[native::methods(BaseException, name = "ImportError")]
mod import_methods {
    use super::*;

    /// Support for pickle.
    pub fn __reduce__(th: &mut Thread, this: &Object<BaseException>) -> Result<Value> {
        let value = crate::object::to_value(this);
        let args = args_of(&value).unwrap_or_else(Value::none);
        let state = state_with(th, &value, &["name", "path", "name_from"])?;
        reduce(th, &value, args, state)
    }
}

#[native::methods(BaseException, name = "AttributeError")]
mod attribute_methods {
    use super::*;

    /// The state without obj, which may be impossible to pickle.
    pub fn __getstate__(th: &mut Thread, this: &Object<BaseException>) -> Result<Value> {
        attribute_state(th, &crate::object::to_value(this))
    }

    /// Support for pickle.
    pub fn __reduce__(th: &mut Thread, this: &Object<BaseException>) -> Result<Value> {
        let value = crate::object::to_value(this);
        let args = args_of(&value).unwrap_or_else(Value::none);
        let state = attribute_state(th, &value)?;
        reduce(th, &value, args, Some(state))
    }
}

fn attribute_state(thread: &mut Thread, value: &Value) -> Result<Value> {
    let state = match existing_dict(thread, value)?.as_ref().and_then(cast::<Dict>) {
        Some(dict) => dict.copy(thread)?,
        None => Dict::new(thread)?,
    };
    if let Some(state) = cast::<Dict>(&state) {
        if let Some(name) = exception::field(thread, value, "name") {
            state.set_str(thread, names::name(), name)?;
        }
        if let Some(args) = args_of(value) {
            state.set_str(thread, names::args(), args)?;
        }
    }
    Ok(state)
}
