//! Exception instances: one payload for all classes.
//!
//! The fields that a class adds (`StopIteration.value`, `OSError.errno`) are slots behind the common ones, as many as the
//! class's table in `error::tree` names; `__dict__` is the first attribute slot behind the payload, as for every instance.

use memory::{Object, Slot, Trace, TypeDesc, Value, Visitor};
use threads::sync::atomic::{AtomicBool, Ordering};
use threads::{Context, Thread};

use crate::class::{ClassDef, ClassFlags, Type, class_of};
use crate::error::{
    ATTRIBUTE_ERROR, EXCEPTION_FLAGS, MEMORY_ERROR, Message, NAME_ERROR, Raised, Result, type_error,
};
use crate::names::StaticValue;
use crate::native::{Args, Member};
use crate::object::{Extended, cast};
use crate::types::{Str, Tuple};

/// The most fields a class has.
const MOST_FIELDS: usize = 9;

/// The payload of an exception.
pub struct BaseException {
    /// `args`.
    pub args: Slot,
    /// `__traceback__`.
    pub traceback: Slot,
    /// `__context__`.
    pub context: Slot,
    /// `__cause__`.
    pub cause: Slot,
    /// `__suppress_context__`.
    pub suppress_context: AtomicBool,
    /// Whether it has been raised: what it was raised beside is its `__context__`, unless a program says otherwise later.
    pub(crate) raised: AtomicBool,
    fields: Fields,
}

/// How many fields an exception has without memory of their own for them: as many as AttributeError needs.
const FEW_FIELDS: usize = 2;

/// The fields that a class adds.
struct Fields {
    few: [Slot; FEW_FIELDS],
    /// Those of the few classes that have more.
    more: Option<Box<[Slot; MOST_FIELDS - FEW_FIELDS]>>,
}

impl Fields {
    /// Room for `count` fields, all of them unset.
    #[inline]
    fn new(count: usize) -> Self {
        let more = (count > FEW_FIELDS).then(|| Box::new(std::array::from_fn(|_| Slot::new(None))));
        Self { few: std::array::from_fn(|_| Slot::new(None)), more }
    }

    #[inline]
    fn get(&self, index: usize) -> Option<&Slot> {
        match index.checked_sub(FEW_FIELDS) {
            None => self.few.get(index),
            Some(index) => self.more.as_ref()?.get(index),
        }
    }

    fn all(&self) -> impl Iterator<Item = &Slot> {
        self.few.iter().chain(self.more.iter().flat_map(|more| more.iter()))
    }
}

// SAFETY: each slot once.
unsafe impl Trace for BaseException {
    const NAME: &'static str = "BaseException";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        for slot in [&self.args, &self.traceback, &self.context, &self.cause] {
            visitor.slot(slot);
        }
        for slot in self.fields.all() {
            visitor.slot(slot);
        }
    }
}

static DESC: TypeDesc = TypeDesc::of::<BaseException>();
static EXTENDED: TypeDesc = Extended::<BaseException>::describe(&DESC);

impl crate::class::Payload for BaseException {
    #[inline(always)]
    fn def() -> &'static ClassDef {
        &crate::error::BASE_EXCEPTION
    }
}

/// The definition of BaseException.
pub(crate) const fn base_definition() -> ClassDef {
    crate::object::define::<BaseException>("BaseException", &DESC, &EXTENDED, EXCEPTION_FLAGS)
        .with_doc("Common base class for all exceptions.")
        .with_new(new)
        .with_slots(super::exception_methods::slots)
        .with_methods(super::exception_methods::METHODS)
        .with_getsets(super::exception_methods::GETSETS)
}

/// The members of every field name that some class has, with their positions: positions are fixed by class in
/// [`field_index`].
macro_rules! members {
    ($($set:ident: $($name:literal $index:literal $writable:literal),*;)*) => {
        $(static $set: &[Member] = &[$(Member { name: $name, doc: Some(concat!("exception ", $name)), index: $index, writable: $writable }),*];)*
        const SETS: &[&[Member]] = &[$($set),*];
    };
}

members! {
    CODE: "code" 0 true;
    VALUE: "value" 0 true;
    GROUP: "message" 0 false, "exceptions" 1 false;
    ATTRIBUTE: "name" 0 true, "obj" 1 true;
    IMPORT: "msg" 0 true, "name" 1 true, "path" 2 true, "name_from" 3 true;
    NAME: "name" 0 true;
    OS: "errno" 0 true, "strerror" 1 true, "filename" 2 true, "filename2" 3 true;
    SYNTAX: "msg" 0 true, "filename" 1 true, "lineno" 2 true, "offset" 3 true, "text" 4 true, "end_lineno" 5 true, "end_offset" 6 true, "print_file_and_line" 7 true, "_metadata" 8 true;
    UNICODE: "encoding" 0 true, "object" 1 true, "start" 2 true, "end" 3 true, "reason" 4 true;
    TRANSLATE: "object" 0 true, "start" 1 true, "end" 2 true, "reason" 3 true;
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// The definition of an exception class with fields of its own.
pub(crate) const fn definition(
    name: &'static str,
    doc: &'static str,
    base: Option<&'static ClassDef>,
    fields: &'static [&'static str],
) -> ClassDef {
    let def = crate::object::define::<BaseException>(name, &DESC, &EXTENDED, EXCEPTION_FLAGS)
        .with_doc(doc)
        .with_new(new);
    let def = match base {
        Some(base) => def.with_base(base),
        None => def,
    };
    if fields.is_empty() {
        return def;
    }
    let mut i = 0;
    while i < SETS.len() {
        // A class's fields begin with a set's, and no two sets begin with the same two names.
        let set = SETS[i];
        let second = fields.len() < 2 || set.len() < 2 || same(set[1].name, fields[1]);
        let one = (fields.len() == 1) == (set.len() == 1);
        if same(set[0].name, fields[0]) && second && one {
            return def.with_members(set);
        }
        i += 1;
    }
    def
}

/// The slot that a member of an exception stands for.
pub(crate) fn member_slot<'a>(value: &'a Value, member: &Member) -> Option<&'a Slot> {
    cast::<BaseException>(value)?.payload().fields.get(member.index as usize)
}

/// The slot of a field by name.
fn field_slot<'a>(value: &'a Value, name: &str) -> Option<&'a Slot> {
    let object = cast::<BaseException>(value)?;
    let mut def = Some(class_of(value).payload().native);
    while let Some(current) = def {
        if let Some(member) = current.members().iter().find(|member| member.name == name) {
            return object.payload().fields.get(member.index as usize);
        }
        if name == "characters_written" && std::ptr::eq(current, &crate::error::OS_ERROR) {
            return object.payload().fields.get(4);
        }
        if name == super::exception_group::SHOWN && std::ptr::eq(current, &crate::error::BASE_EXCEPTION_GROUP)
        {
            return object.payload().fields.get(2);
        }
        def = current.base();
    }
    None
}

/// A field of an exception by name; `None` if it is unset.
pub fn field(_: &Context, value: &Value, name: &str) -> Option<Value> {
    field_slot(value, name)?.get(value.header()?)
}

/// Sets a field of an exception by name.
pub fn set_field(thread: &Context, value: &Value, name: &str, new: Value) {
    set_field_option(thread, value, name, Some(new));
}

/// Sets or unsets a field of an exception by name.
pub fn set_field_option(thread: &Context, value: &Value, name: &str, new: Option<Value>) {
    if let (Some(slot), Some(header)) = (field_slot(value, name), value.header()) {
        drop(slot.replace(thread, header, new));
    }
}

/// Says what an AttributeError is about, unless it says something already: a traceback suggests other names then.
pub(crate) fn set_attribute_context(thread: &Context, value: &Value, name: &Value, owner: &Value) {
    let Some(object) = cast::<BaseException>(value) else { return };
    let native = class_of(value).payload().native;
    if !std::ptr::eq(native, &ATTRIBUTE_ERROR) && !native.is_or_extends(&ATTRIBUTE_ERROR) {
        return;
    }
    // In the order in which the members are declared.
    let [name_slot, owner_slot] = &object.payload().fields.few;
    let known = |slot: &Slot| slot.get(object.header()).is_some_and(|field| !field.is_none());
    if known(name_slot) || known(owner_slot) {
        return;
    }
    drop(name_slot.replace(thread, object.header(), Some(name.clone())));
    drop(owner_slot.replace(thread, object.header(), Some(owner.clone())));
}

/// Whether a field is set.
pub(crate) fn has_fields(value: &Value) -> bool {
    cast::<BaseException>(value)
        .is_some_and(|object| object.payload().fields.all().any(|slot| !slot.is_empty()))
}

/// A new exception of `class` with these `args`, before `__init__`.
///
/// # Errors
/// MemoryError.
pub fn allocate(thread: &Context, class: &Object<Type>, args: Value) -> Result<Value> {
    let fields = Fields::new(field_count(class.payload().native));
    let payload = BaseException {
        args: Slot::new(Some(args)),
        traceback: Slot::new(None),
        context: Slot::new(None),
        cause: Slot::new(None),
        suppress_context: AtomicBool::new(false),
        raised: AtomicBool::new(false),
        fields,
    };
    crate::object::new_of(thread, class, payload)
}

/// An instance of a class that makes its instances as `BaseException` does; `None` for another.
pub(crate) fn instantiate_plainly(
    thread: &Context,
    class: &Object<Type>,
    args: &[Value],
) -> Option<Result<Value>> {
    let slots = &class.payload().slots;
    // Without keywords, what `__init__` of these two has to do is to leave their fields unset.
    let init_of = |def: &'static ClassDef| &def.object().payload().slots.init;
    let plain = slots.new.get().map(|f| f as usize) == Some(new as *const () as usize)
        && std::ptr::eq(class_of_class(class), super::class_object::type_class())
        && (slots.init.get().map(|f| f as usize)
            == Some(super::exception_methods::init as *const () as usize)
            && field_count(class.payload().native) == 0
            || slots.init.same(init_of(&ATTRIBUTE_ERROR))
            || slots.init.same(init_of(&NAME_ERROR)));
    plain.then(|| allocate(thread, class, Tuple::from_slice(thread, args)?))
}

fn class_of_class(class: &Object<Type>) -> &Object<Type> {
    crate::class::Shape::of(class.header()).class()
}

/// How many fields instances of an exception class have.
fn field_count(class: &'static ClassDef) -> usize {
    let mut fields = 0;
    let mut def = Some(class);
    while let Some(current) = def {
        // Most exceptions are of these, or not far from them.
        if std::ptr::eq(current, &crate::error::EXCEPTION)
            || std::ptr::eq(current, &crate::error::BASE_EXCEPTION)
        {
            break;
        }
        fields = fields.max(current.members().iter().map(|m| m.index as usize + 1).max().unwrap_or(0));
        def = current.base();
    }
    if fields == 4 {
        fields = 5; // OSError's characters_written is no member
    }
    if class.is_or_extends(&crate::error::BASE_EXCEPTION_GROUP) {
        fields = 3; // nor is how a group's sequence is shown
    }
    fields.min(MOST_FIELDS)
}

/// `__new__` of the exception classes: keeps the positional arguments. OSError and the groups choose a class, too.
pub(crate) fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else {
        return Err(type_error("BaseException.__new__(X): X is not a type"));
    };
    let native = class.payload().native;
    if native.is_or_extends(&crate::error::OS_ERROR) {
        return super::os_error::new(thread, class, args);
    }
    if native.is_or_extends(&crate::error::BASE_EXCEPTION_GROUP) {
        return super::exception_group::new(thread, class, args);
    }
    let tuple = Tuple::from_slice(thread, args.positionals())?;
    let value = allocate(thread, class, tuple)?;
    if native.is_or_extends(&crate::error::UNICODE_ERROR) {
        super::unicode_error::start_at_zero(thread, &value)?;
    }
    Ok(value)
}

/// Raises a new instance, as natives do: without running Python.
#[cold]
pub(crate) fn raise_new(class: &Object<Type>, message: Message<'_>) -> Raised {
    let Some(thread) = threads::current_context() else { return spare_memory_error() };
    match try_new(thread, class, message) {
        Ok(value) => Raised::new(value),
        Err(raised) => raised,
    }
}

fn try_new(thread: &Context, class: &Object<Type>, message: Message<'_>) -> Result<Value> {
    let arg = match message {
        Message::Text(text) => Some(Str::new(thread, &text)?),
        Message::Value(value) => Some(value),
        Message::None => None,
    };
    let args = Tuple::from_exact(thread, arg.clone().into_iter())?;
    let value = allocate(thread, class, args)?;
    if let Some(arg) = arg
        && keeps_argument(class.payload().native)
        && let Some(object) = cast::<BaseException>(&value)
        && let Some(field) = object.payload().fields.get(0)
    {
        drop(field.replace(thread, object.header(), Some(arg)));
    }
    Ok(value)
}

/// Whether what `__init__` of an exception class does with one argument is to keep it as the first field.
fn keeps_argument(class: &'static ClassDef) -> bool {
    use crate::error::{IMPORT_ERROR, STOP_ITERATION, SYNTAX_ERROR, SYSTEM_EXIT};
    let mut def = Some(class);
    while let Some(current) = def {
        if std::ptr::eq(current, &crate::error::EXCEPTION) {
            return false;
        }
        if [&STOP_ITERATION, &SYSTEM_EXIT, &IMPORT_ERROR, &SYNTAX_ERROR]
            .into_iter()
            .any(|keeper| std::ptr::eq(current, keeper))
        {
            return true;
        }
        def = current.base();
    }
    false
}

static SPARE: StaticValue = StaticValue::new();

/// Makes the MemoryError that is raised when there is no memory for one.
pub(crate) fn initialize(thread: &Context) -> Result<()> {
    if SPARE.get().is_none() {
        let args = Tuple::new(thread, Vec::new())?;
        SPARE.set(allocate(thread, MEMORY_ERROR.object(), args)?);
    }
    Ok(())
}

/// A MemoryError: a new one if there is memory for it, or the spare one.
#[cold]
pub(crate) fn spare_memory_error() -> Raised {
    let fresh = threads::current_context().and_then(|thread| {
        let args = Tuple::new(thread, Vec::new()).ok()?;
        let payload = BaseException {
            args: Slot::new(Some(args)),
            traceback: Slot::new(None),
            context: Slot::new(None),
            cause: Slot::new(None),
            suppress_context: AtomicBool::new(false),
            raised: AtomicBool::new(false),
            fields: Fields::new(0),
        };
        memory_error_object(thread, payload)
    });
    Raised::new(fresh.unwrap_or_else(|| SPARE.value().clone()))
}

fn memory_error_object(thread: &Context, payload: BaseException) -> Option<Value> {
    // Not through `new_of`, which would come back here when there is no memory.
    crate::object::try_new_of(thread, MEMORY_ERROR.object(), payload)
}

/// `__traceback__`.
pub fn traceback(_: &Context, value: &Value) -> Option<Value> {
    let object = cast::<BaseException>(value)?;
    object.payload().traceback.get(object.header())
}

/// Sets `__traceback__`.
pub fn set_traceback(thread: &Context, value: &Value, traceback: Option<Value>) {
    if let Some(object) = cast::<BaseException>(value) {
        drop(object.payload().traceback.replace(thread, object.header(), traceback));
    }
}

/// Notes that the exception has been raised. True if that was not so before and nobody has given it a `__context__`: then what is
/// being handled is to be its context.
pub(crate) fn first_raised(value: &Value) -> bool {
    let Some(object) = cast::<BaseException>(value) else { return false };
    // Relaxed: it tells of nothing else; an exception that two threads raise at once gets one context or the other.
    if object.payload().raised.load(Ordering::Relaxed) {
        return false;
    }
    object.payload().raised.store(true, Ordering::Relaxed);
    object.payload().context.is_empty()
}

/// Raises an exception that was there before: what is being handled becomes its context.
pub fn raise_again(thread: &Context, value: &Value) -> Raised {
    first_raised(value);
    if let Some(handled) = crate::state::handled_exception(thread) {
        set_context(thread, value, Some(handled));
    }
    Raised::new(value.clone())
}

/// `__context__`.
pub fn context(_: &Context, value: &Value) -> Option<Value> {
    let object = cast::<BaseException>(value)?;
    object.payload().context.get(object.header())
}

/// Sets `__context__` to what was being handled, without making a cycle of contexts.
pub fn set_context(thread: &Context, value: &Value, handled: Option<Value>) {
    let Some(object) = cast::<BaseException>(value) else { return };
    let Some(handled) = handled.filter(|handled| !handled.is(value)) else { return };
    // If the raised exception is among the contexts of the handled one, the chain is cut there.
    let mut at = handled.clone();
    let mut slow = handled.clone();
    let mut step = false;
    while let Some(next) = context(thread, &at) {
        if next.is(value) {
            if let Some(holder) = cast::<BaseException>(&at) {
                drop(holder.payload().context.replace(thread, holder.header(), None));
            }
            break;
        }
        at = next;
        if step {
            slow = context(thread, &slow).unwrap_or(slow);
            if slow.is(&at) {
                break; // a cycle that somebody else made
            }
        }
        step = !step;
    }
    drop(object.payload().context.replace(thread, object.header(), Some(handled)));
}

/// `__cause__`.
pub fn cause(_: &Context, value: &Value) -> Option<Value> {
    let object = cast::<BaseException>(value)?;
    object.payload().cause.get(object.header())
}

/// `__suppress_context__`.
pub fn suppresses_context(value: &Value) -> bool {
    cast::<BaseException>(value)
        .is_some_and(|object| object.payload().suppress_context.load(Ordering::Acquire))
}

/// Sets `__cause__`, and with it `__suppress_context__`.
pub fn set_cause(thread: &Context, value: &Value, cause: Option<Value>) {
    if let Some(object) = cast::<BaseException>(value) {
        object.payload().suppress_context.store(true, Ordering::Release);
        drop(object.payload().cause.replace(thread, object.header(), cause));
    }
}

/// Adds a note (`add_note`).
///
/// # Errors
/// What setting `__notes__` raises.
pub fn add_note(thread: &mut Thread, value: &Value, note: &str) -> Result<()> {
    let note = Str::new(thread, note)?;
    super::exception_methods::add_note(thread, value, &note)
}

/// Whether `value` is an exception instance.
pub fn is_exception(value: &Value) -> bool {
    class_of(value).payload().flags().contains(ClassFlags::EXCEPTION)
}

/// Whether `value` is an exception class.
pub fn is_exception_class(value: &Value) -> bool {
    cast::<Type>(value).is_some_and(|class| class.payload().flags().contains(ClassFlags::EXCEPTION))
}

pub use super::exception_methods::{
    attribute_error_slots, group_slots, import_error_slots, key_error_slots, name_error_slots,
    os_error_slots, stop_iteration_slots, syntax_error_slots, system_exit_slots, unicode_decode_slots,
    unicode_encode_slots, unicode_translate_slots,
};

/// The definition of a module's exception class, to be kept in a static: `struct.error` and its like.
pub const fn declare(
    name: &'static str,
    module: &'static str,
    doc: &'static str,
    base: &'static ClassDef,
) -> ClassDef {
    definition(name, doc, Some(base), &[]).with_module(module)
}
