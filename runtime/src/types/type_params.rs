//! What generic aliases, unions and type aliases share: finding type parameters in arguments, putting other types in their
//! place, and showing types.

use memory::Value;
use threads::Thread;

use super::exception_methods::push_repr;
use crate::class::lookup::getattr_or_none;
use crate::class::{Type, TypeExt, class_of, slots_of};
use crate::error::{Result, type_error};
use crate::object::cast;
use crate::types::{List, ListExt, Str, StrExt, Tuple, TupleExt};
use crate::{call, names, ops};

/// An attribute of what is no class: a class would answer with what it has for its instances.
fn attribute(thread: &mut Thread, value: &Value, name: &Value) -> Result<Option<Value>> {
    if cast::<Type>(value).is_some() {
        return Ok(None);
    }
    getattr_or_none(thread, value, name)
}

/// The items of a tuple or list.
fn nested(thread: &mut Thread, value: &Value) -> Result<Option<Vec<Value>>> {
    if let Some(tuple) = cast::<Tuple>(value) {
        return Ok(Some(tuple.items().to_vec()));
    }
    match cast::<List>(value) {
        Some(list) => list.to_vec(thread).map(Some),
        None => Ok(None),
    }
}

fn add_unique(all: &mut Vec<Value>, value: Value) {
    if !all.iter().any(|other| other.is(&value)) {
        all.push(value);
    }
}

/// The type parameters among `args` and in what they are made of, each once, in order.
///
/// # Errors
/// What asking for attributes raises; RecursionError.
pub(crate) fn parameters(thread: &mut Thread, args: &[Value]) -> Result<Vec<Value>> {
    crate::state::check_stack(thread, "")?;
    let mut all = Vec::new();
    for arg in args {
        if cast::<Type>(arg).is_some() {
            continue;
        }
        if let Some(inner) = nested(thread, arg)? {
            for parameter in parameters(thread, &inner)? {
                add_unique(&mut all, parameter);
            }
        } else if attribute(thread, arg, names::__typing_subst__())?.is_some() {
            add_unique(&mut all, arg.clone());
        } else if let Some(inner) = attribute(thread, arg, names::__parameters__())?
            && let Some(inner) = cast::<Tuple>(&inner)
        {
            for parameter in inner.items() {
                add_unique(&mut all, parameter.clone());
            }
        }
    }
    Ok(all)
}

/// Spreads out unpacked tuples (`*tuple[int, str]`) in what a subscript was given.
fn unpack(thread: &mut Thread, item: &Value) -> Result<Value> {
    let given = match cast::<Tuple>(item) {
        Some(tuple) => tuple.items().to_vec(),
        None => vec![item.clone()],
    };
    let mut all = Vec::with_capacity(given.len());
    let mut changed = false;
    for value in given {
        let inner = attribute(thread, &value, names::__typing_unpacked_tuple_args__())?;
        match inner.as_ref().and_then(cast::<Tuple>) {
            // `*tuple[int, ...]` has no end, and stays.
            Some(inner) if !inner.items().last().is_some_and(|last| last.is(&Value::ellipsis())) => {
                all.extend_from_slice(inner.items());
                changed = true;
            }
            _ => all.push(value),
        }
    }
    if changed || cast::<Tuple>(item).is_some() { Tuple::new(thread, all) } else { Ok(item.clone()) }
}

/// `args` with `item`, what a subscript was given, in place of the type parameters; `whole` is named in errors.
///
/// # Errors
/// TypeError if there are no parameters or not as many as items, or what the parameters' methods raise.
pub(crate) fn substitute(
    thread: &mut Thread,
    whole: &Value,
    args: &[Value],
    parameters: &[Value],
    item: &Value,
) -> Result<Vec<Value>> {
    if parameters.is_empty() {
        let shown = ops::repr_text(thread, whole)?;
        return Err(type_error(format!("{shown} is not a generic class")));
    }
    let mut item = unpack(thread, item)?;
    for parameter in parameters {
        let prepare = attribute(thread, parameter, names::__typing_prepare_subst__())?;
        if let Some(prepare) = prepare.filter(|prepare| !prepare.is_none()) {
            let as_tuple =
                if cast::<Tuple>(&item).is_some() { item } else { Tuple::of_array(thread, [item])? };
            item = call::call_positional(thread, &prepare, &[whole.clone(), as_tuple])?;
        }
    }
    let given = match cast::<Tuple>(&item) {
        Some(tuple) => tuple.items().to_vec(),
        None => vec![item.clone()],
    };
    if given.len() != parameters.len() {
        let shown = ops::repr_text(thread, whole)?;
        let word = if given.len() > parameters.len() { "many" } else { "few" };
        return Err(type_error(format!(
            "Too {word} arguments for {shown}; actual {}, expected {}",
            given.len(),
            parameters.len()
        )));
    }
    replace_all(thread, args, parameters, &given)
}

fn replace_all(
    thread: &mut Thread,
    args: &[Value],
    parameters: &[Value],
    given: &[Value],
) -> Result<Vec<Value>> {
    crate::state::check_stack(thread, "")?;
    let mut all = Vec::with_capacity(args.len());
    for arg in args {
        if cast::<Type>(arg).is_some() {
            all.push(arg.clone());
            continue;
        }
        if let Some(inner) = nested(thread, arg)? {
            let inner = replace_all(thread, &inner, parameters, given)?;
            let is_list = cast::<List>(arg).is_some();
            all.push(if is_list { List::new(thread, inner)? } else { Tuple::new(thread, inner)? });
            continue;
        }
        let spread = match attribute(thread, arg, names::__typing_is_unpacked_typevartuple__())? {
            Some(answer) => ops::is_true(thread, &answer)?,
            None => false,
        };
        let replaced = match attribute(thread, arg, names::__typing_subst__())? {
            Some(method) => match parameters.iter().position(|parameter| parameter.is(arg)) {
                Some(index) => call::call_one(thread, &method, &given[index])?,
                None => arg.clone(),
            },
            None => replace_inside(thread, arg, parameters, given)?,
        };
        match cast::<Tuple>(&replaced) {
            Some(several) if spread => all.extend_from_slice(several.items()),
            _ if spread => {
                let (arg, got) = (ops::repr_text(thread, arg)?, class_of(&replaced).name_lossy());
                return Err(type_error(format!(
                    "expected __typing_subst__ of {arg} objects to return a tuple, not {got}"
                )));
            }
            _ => all.push(replaced),
        }
    }
    Ok(all)
}

/// An argument that has type parameters of its own is subscripted with what stands for them.
fn replace_inside(thread: &mut Thread, arg: &Value, parameters: &[Value], given: &[Value]) -> Result<Value> {
    let Some(own) = attribute(thread, arg, names::__parameters__())? else { return Ok(arg.clone()) };
    let Some(own) = cast::<Tuple>(&own).filter(|own| !own.is_empty()) else { return Ok(arg.clone()) };
    let mut items = Vec::with_capacity(own.len());
    for parameter in own.items() {
        match parameters.iter().position(|other| other.is(parameter)) {
            Some(index) => match cast::<Tuple>(&given[index]) {
                // What stands for a TypeVarTuple is spread out.
                Some(several) if slots_of(parameter).iter.get().is_some() => {
                    items.extend_from_slice(several.items())
                }
                _ => items.push(given[index].clone()),
            },
            None => items.push(parameter.clone()),
        }
    }
    let items = Tuple::new(thread, items)?;
    ops::getitem(thread, arg, &items)
}

/// Appends a type as annotations write it.
///
/// # Errors
/// What `repr` and asking for attributes raise.
pub(crate) fn push_type(thread: &mut Thread, text: &mut text::Builder, value: &Value) -> Result<()> {
    if value.is(&Value::ellipsis()) {
        text.push_str("...");
        return Ok(());
    }
    if getattr_or_none(thread, value, names::__origin__())?.is_some()
        && getattr_or_none(thread, value, names::__args__())?.is_some()
    {
        return push_repr(thread, text, value); // a generic alias
    }
    if cast::<Type>(value).is_some_and(|class| std::ptr::eq(class, class_of(&Value::none()))) {
        text.push_str("None");
        return Ok(());
    }
    let qualname = getattr_or_none(thread, value, names::__qualname__())?;
    let module = getattr_or_none(thread, value, names::__module__())?.filter(|module| !module.is_none());
    let (Some(qualname), Some(module)) = (qualname, module) else { return push_repr(thread, text, value) };
    let is_builtin = cast::<Str>(&module).and_then(|module| module.as_ascii()) == Some("builtins");
    if !is_builtin {
        super::exception_methods::push_text(thread, text, &module)?;
        text.push_str(".");
    }
    super::exception_methods::push_text(thread, text, &qualname)
}

/// Appends the arguments of a generic alias, without the brackets.
///
/// # Errors
/// As [`push_type`].
pub(crate) fn push_arguments(thread: &mut Thread, text: &mut text::Builder, args: &[Value]) -> Result<()> {
    for (index, arg) in args.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        match cast::<List>(arg) {
            Some(list) => {
                let inner = list.to_vec(thread)?;
                text.push_str("[");
                for (index, arg) in inner.iter().enumerate() {
                    if index > 0 {
                        text.push_str(", ");
                    }
                    push_type(thread, text, arg)?;
                }
                text.push_str("]");
            }
            None => push_type(thread, text, arg)?,
        }
    }
    if args.is_empty() {
        text.push_str("()");
    }
    Ok(())
}
