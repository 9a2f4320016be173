//! BaseExceptionGroup and ExceptionGroup: exceptions that are raised together; splitting, and what `except*` needs.

use memory::{Object, Value};
use threads::Thread;
use threads::sync::atomic::Ordering;

use super::exception::{self, BaseException, field};
use super::exception_methods::{arg_items, push_repr, push_text, short_name};
use crate::class::build::{Recipe, new_class};
use crate::class::lookup::{getattr_or_none, setattr};
use crate::class::{ClassFlags, Slots, Type, TypeExt, class_of, is_instance};
use crate::error::{BASE_EXCEPTION_GROUP, EXCEPTION, Result, type_error, value_error};
use crate::names::StaticValue;
use crate::native::{Args, NativeDef};
use crate::object::cast;
use crate::types::{Dict, DictExt, List, Str, Tuple, TupleExt};
use crate::{call, names, ops};

/// Methods of BaseExceptionGroup.
pub static METHODS: &[&[NativeDef]] = &[methods::METHODS];

/// The field, hidden from Python, with the `repr` of a sequence that is no list and no tuple, as it was given.
pub(super) const SHOWN: &str = "(shown)";

static EXCEPTION_GROUP: StaticValue = StaticValue::new();

/// `ExceptionGroup`: the one built-in class with two bases, so it is made as programs make classes.
///
/// # Errors
/// MemoryError.
pub(crate) fn initialize(thread: &mut Thread) -> Result<()> {
    if EXCEPTION_GROUP.get().is_some() {
        return Ok(());
    }
    let namespace = Dict::new(thread)?;
    if let Some(dict) = cast::<Dict>(&namespace) {
        dict.set_str(thread, names::__module__(), names::builtins().clone())?;
        let doc = Str::new(thread, "A combination of multiple unrelated exceptions.")?;
        dict.set_str(thread, names::__doc__(), doc)?;
    }
    let recipe = Recipe {
        meta: super::class_object::type_class(),
        name: Str::interned(thread, "ExceptionGroup")?,
        bases: vec![BASE_EXCEPTION_GROUP.value(), EXCEPTION.value()],
        given_bases: None,
        namespace: &namespace,
        keywords: Args::none(),
    };
    let class = new_class(thread, recipe)?;
    EXCEPTION_GROUP.set(class);
    Ok(())
}

/// The class ExceptionGroup.
pub fn exception_group() -> &'static Value {
    EXCEPTION_GROUP.value()
}

/// Whether `value` is an exception group.
pub fn is_group(value: &Value) -> bool {
    is_instance(value, BASE_EXCEPTION_GROUP.object())
}

/// Whether `value` has items by index.
fn is_sequence(value: &Value) -> bool {
    let class = class_of(value).payload();
    class.slots.getitem.get().is_some() && !class.flags().contains(ClassFlags::DICT)
}

/// Slots of BaseExceptionGroup.
pub fn group_slots(slots: &Slots) {
    slots.str.set(str);
    slots.repr.set(repr);
}

/// The exceptions of a group.
pub fn exceptions(thread: &Thread, group: &Value) -> Vec<Value> {
    let found = field(thread, group, "exceptions");
    found.as_ref().and_then(cast::<Tuple>).map(|found| found.items().to_vec()).unwrap_or_default()
}

/// `BaseExceptionGroup.__new__`.
pub(crate) fn new(thread: &mut Thread, class: &Object<Type>, args: Args<'_>) -> Result<Value> {
    let given = args.positionals();
    let [message, sequence] = given else {
        return Err(type_error(format!(
            "BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)",
            given.len()
        )));
    };
    if cast::<Str>(message).is_none() {
        return Err(type_error(format!(
            "BaseExceptionGroup.__new__() argument 1 must be str, not {}",
            class_of(message).name_lossy()
        )));
    }
    if !is_sequence(sequence) {
        return Err(type_error("second argument (exceptions) must be a sequence"));
    }
    let items = ops::to_vec(thread, sequence)?;
    if items.is_empty() {
        return Err(value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    if let Some(index) = items.iter().position(|item| !exception::is_exception(item)) {
        return Err(value_error(format!("Item {index} of second argument (exceptions) is not an exception")));
    }
    let any_base = items.iter().any(|item| !is_instance(item, EXCEPTION.object()));
    let plain = exception_group();
    let plain_class = cast::<Type>(plain);
    let mut class = class;
    if std::ptr::eq(class, BASE_EXCEPTION_GROUP.object()) {
        if !any_base && let Some(plain_class) = plain_class {
            class = plain_class;
        }
    } else if any_base && plain_class.is_some_and(|plain_class| std::ptr::eq(plain_class, class)) {
        return Err(type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
    } else if any_base && class.is_subclass_of(EXCEPTION.object()) {
        return Err(type_error(format!("Cannot nest BaseExceptions in '{}'", class.name_lossy())));
    }
    let own_kind = cast::<List>(sequence).is_none() && cast::<Tuple>(sequence).is_none();
    let shown = if own_kind { Some(ops::repr(thread, sequence)?) } else { None };
    let tuple = Tuple::from_slice(thread, given)?;
    let exceptions = Tuple::new(thread, items)?;
    let value = exception::allocate(thread, class, tuple)?;
    exception::set_field(thread, &value, "message", message.clone());
    exception::set_field(thread, &value, "exceptions", exceptions);
    if let Some(shown) = shown {
        exception::set_field(thread, &value, SHOWN, shown);
    }
    Ok(value)
}

fn str(thread: &mut Thread, value: &Value) -> Result<Value> {
    let mut text = text::Builder::new();
    let message = field(thread, value, "message").unwrap_or_else(Value::none);
    push_text(thread, &mut text, &message)?;
    let count = exceptions(thread, value).len();
    text.push_str(&format!(" ({count} sub-exception{})", if count == 1 { "" } else { "s" }));
    Str::from_text(thread, &text.finish())
}

/// The exceptions are shown in the kind of sequence that they were given in.
fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let mut text = text::Builder::new();
    text.push_str(&short_name(value));
    text.push_str("(");
    let message = field(thread, value, "message").unwrap_or_else(Value::none);
    push_repr(thread, &mut text, &message)?;
    text.push_str(", ");
    match field(thread, value, SHOWN) {
        Some(shown) => push_text(thread, &mut text, &shown)?,
        None => {
            let given = arg_items(value).into_iter().nth(1);
            let items = exceptions(thread, value);
            let shown = match given {
                Some(given) if cast::<List>(&given).is_some() => List::new(thread, items)?,
                _ => Tuple::new(thread, items)?,
            };
            push_repr(thread, &mut text, &shown)?;
        }
    }
    text.push_str(")");
    Str::from_text(thread, &text.finish())
}

#[native::methods(BaseException, name = "BaseExceptionGroup")]
mod methods {
    use super::*;

    /// Return a group of the same kind around other exceptions.
    pub fn derive(th: &mut Thread, this: &Object<BaseException>, excs: &Value) -> Result<Value> {
        let message = field(th, &crate::object::to_value(this), "message").unwrap_or_else(Value::none);
        call::call_positional(th, &BASE_EXCEPTION_GROUP.value(), &[message, excs.clone()])
    }

    /// Return the part that matches the condition and the rest, each with the structure of the group, or None.
    pub fn split(
        th: &mut Thread,
        this: &Object<BaseException>,
        matcher_value: &Value,
    ) -> Result<(Value, Value)> {
        let condition = Condition::of(matcher_value)?;
        let parts = split_by(th, &crate::object::to_value(this), &condition, true)?;
        Ok((parts.matching.unwrap_or_else(Value::none), parts.rest.unwrap_or_else(Value::none)))
    }

    /// Return the part that matches the condition, with the structure of the group, or None.
    pub fn subgroup(th: &mut Thread, this: &Object<BaseException>, matcher_value: &Value) -> Result<Value> {
        let condition = Condition::of(matcher_value)?;
        let parts = split_by(th, &crate::object::to_value(this), &condition, false)?;
        Ok(parts.matching.unwrap_or_else(Value::none))
    }

    /// See PEP 585
    #[class_method]
    pub fn __class_getitem__(th: &mut Thread, class: &Value, item: &Value) -> Result<Value> {
        super::super::generic_alias::new(th, class, item)
    }
}

/// What is looked for in a group.
enum Condition<'a> {
    /// Instances of a class or of one of a tuple of classes.
    Class(&'a Value),
    /// What a function says yes to.
    Function(&'a Value),
    /// These very exceptions.
    Instances(&'a [Value]),
}

impl<'a> Condition<'a> {
    fn of(value: &'a Value) -> Result<Self> {
        if cast::<Type>(value).is_none() && call::is_callable(value) {
            return Ok(Self::Function(value));
        }
        let classes = match cast::<Tuple>(value) {
            Some(classes) => classes.items().iter().all(exception::is_exception_class),
            None => exception::is_exception_class(value),
        };
        if classes {
            return Ok(Self::Class(value));
        }
        Err(type_error(
            "expected an exception type, a tuple of exception types, or a callable (other than a class)",
        ))
    }

    fn holds(&self, thread: &mut Thread, value: &Value) -> Result<bool> {
        match self {
            Self::Class(classes) => Ok(matches(value, classes)),
            Self::Function(function) => {
                let answer = call::call_one(thread, function, value)?;
                ops::is_true(thread, &answer)
            }
            Self::Instances(all) => Ok(!is_group(value) && all.iter().any(|other| other.is(value))),
        }
    }
}

/// Whether an exception is an instance of a class or of one of a tuple of classes: how `except` decides, without hooks.
pub fn matches(value: &Value, classes: &Value) -> bool {
    match cast::<Tuple>(classes) {
        Some(classes) => classes.items().iter().any(|class| matches(value, class)),
        None => cast::<Type>(classes).is_some_and(|class| is_instance(value, class)),
    }
}

#[derive(Default)]
struct Parts {
    matching: Option<Value>,
    rest: Option<Value>,
}

fn split_by(
    thread: &mut Thread,
    value: &Value,
    condition: &Condition<'_>,
    wants_rest: bool,
) -> Result<Parts> {
    crate::state::check_stack(thread, " in exceptiongroup_split_recursive")?;
    if condition.holds(thread, value)? {
        return Ok(Parts { matching: Some(value.clone()), rest: None });
    }
    if !is_group(value) {
        return Ok(Parts { matching: None, rest: wants_rest.then(|| value.clone()) });
    }
    let (mut matching, mut rest) = (Vec::new(), Vec::new());
    for inner in exceptions(thread, value) {
        let parts = split_by(thread, &inner, condition, wants_rest)?;
        matching.extend(parts.matching);
        rest.extend(parts.rest);
    }
    Ok(Parts { matching: subset(thread, value, matching)?, rest: subset(thread, value, rest)? })
}

/// A group with what `group` tells, around some of its exceptions.
fn subset(thread: &mut Thread, group: &Value, items: Vec<Value>) -> Result<Option<Value>> {
    if items.is_empty() {
        return Ok(None);
    }
    let items = List::new(thread, items)?;
    let name = crate::interned!(thread, "derive")?;
    let derived = call::call_method(thread, group, name, &[items])?;
    if !is_group(&derived) {
        return Err(type_error("derive must return an instance of BaseExceptionGroup"));
    }
    exception::set_traceback(thread, &derived, exception::traceback(thread, group));
    if let (Some(from), Some(to)) = (cast::<BaseException>(group), cast::<BaseException>(&derived)) {
        let context = from.payload().context.get(from.header());
        drop(to.payload().context.replace(thread, to.header(), context));
        let cause = from.payload().cause.get(from.header());
        drop(to.payload().cause.replace(thread, to.header(), cause));
        let suppressed = from.payload().suppress_context.load(Ordering::Acquire);
        to.payload().suppress_context.store(suppressed, Ordering::Release);
    }
    if let Some(notes) = getattr_or_none(thread, group, names::__notes__())?
        && is_sequence(&notes)
    {
        let copy = ops::to_vec(thread, &notes)?;
        let copy = List::new(thread, copy)?;
        setattr(thread, &derived, names::__notes__(), Some(&copy))?;
    }
    Ok(Some(derived))
}

/// `except* classes`: the part of `value` that matches, as a group, and the rest.
///
/// # Errors
/// What splitting raises.
pub fn match_star(
    thread: &mut Thread,
    value: &Value,
    classes: &Value,
) -> Result<(Option<Value>, Option<Value>)> {
    if value.is_none() {
        return Ok((None, None));
    }
    if matches(value, classes) {
        if is_group(value) {
            return Ok((Some(value.clone()), None));
        }
        let group = group_around(thread, vec![value.clone()])?;
        exception::set_traceback(thread, &group, exception::traceback(thread, value));
        return Ok((Some(group), None));
    }
    if is_group(value) {
        let name = crate::interned!(thread, "split")?;
        let pair = call::call_method(thread, value, name, std::slice::from_ref(classes))?;
        let Some(pair) = cast::<Tuple>(&pair) else {
            return Err(type_error(format!(
                "{}.split must return a tuple, not {}",
                class_of(value).name_lossy(),
                class_of(&pair).name_lossy()
            )));
        };
        let [matching, rest, ..] = pair.items() else {
            return Err(type_error(format!(
                "{}.split must return a 2-tuple, got tuple of size {}",
                class_of(value).name_lossy(),
                pair.len()
            )));
        };
        let some = |part: &Value| Some(part.clone()).filter(|part| !part.is_none());
        return Ok((some(matching), some(rest)));
    }
    Ok((None, Some(value.clone())))
}

fn group_around(thread: &mut Thread, items: Vec<Value>) -> Result<Value> {
    let message = Str::new(thread, "")?;
    let items = List::new(thread, items)?;
    call::call_positional(thread, &BASE_EXCEPTION_GROUP.value(), &[message, items])
}

/// What is raised after all `except*` clauses of a statement have run: `raised` holds what they raised, raised again, and
/// what nobody caught; `original` is what came in. `None` if nothing is left.
///
/// # Errors
/// What splitting raises.
pub fn reraise_star(thread: &mut Thread, original: &Value, raised: &[Value]) -> Result<Option<Value>> {
    let raised: Vec<Value> = raised.iter().filter(|value| !value.is_none()).cloned().collect();
    if raised.is_empty() {
        return Ok(None);
    }
    if !is_group(original) {
        // A bare exception was wrapped for its clause; one clause at most can have run.
        return Ok(raised.into_iter().next());
    }
    let (mut fresh, mut again) = (Vec::new(), Vec::new());
    for value in raised {
        if same_metadata(thread, &value, original)? { again.push(value) } else { fresh.push(value) }
    }
    let mut leaves = Vec::new();
    for value in &again {
        collect_leaves(thread, value, &mut leaves)?;
    }
    let again = if leaves.is_empty() {
        None
    } else {
        split_by(thread, original, &Condition::Instances(&leaves), false)?.matching
    };
    if fresh.is_empty() {
        return Ok(again);
    }
    fresh.extend(again);
    if fresh.len() == 1 {
        return Ok(fresh.pop());
    }
    group_around(thread, fresh).map(Some)
}

fn collect_leaves(thread: &mut Thread, value: &Value, leaves: &mut Vec<Value>) -> Result<()> {
    crate::state::check_stack(thread, " in collect_exception_group_leaf_ids")?;
    if !is_group(value) {
        leaves.push(value.clone());
        return Ok(());
    }
    for inner in exceptions(thread, value) {
        collect_leaves(thread, &inner, leaves)?;
    }
    Ok(())
}

/// Whether an exception is a part of the original that was raised again: notes, traceback, cause and context are the same.
fn same_metadata(thread: &mut Thread, a: &Value, b: &Value) -> Result<bool> {
    let same = |a: Option<Value>, b: Option<Value>| match (a, b) {
        (Some(a), Some(b)) => a.is(&b),
        (a, b) => a.is_none() && b.is_none(),
    };
    let notes = same_notes(thread, a, b)?;
    Ok(notes
        && same(exception::traceback(thread, a), exception::traceback(thread, b))
        && same(exception::cause(thread, a), exception::cause(thread, b))
        && same(exception::context(thread, a), exception::context(thread, b)))
}

/// Splitting copies the list of notes, so lists with the same notes count as the same.
fn same_notes(thread: &mut Thread, a: &Value, b: &Value) -> Result<bool> {
    let a = getattr_or_none(thread, a, names::__notes__())?;
    let b = getattr_or_none(thread, b, names::__notes__())?;
    match (a, b) {
        (Some(a), Some(b)) if is_sequence(&a) && is_sequence(&b) => {
            let (a, b) = (ops::to_vec(thread, &a)?, ops::to_vec(thread, &b)?);
            Ok(a.len() == b.len() && a.iter().zip(&b).all(|(x, y)| x.is(y)))
        }
        (Some(a), Some(b)) => Ok(a.is(&b)),
        (a, b) => Ok(a.is_none() && b.is_none()),
    }
}
