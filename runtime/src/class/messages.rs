//! What is said of a missing attribute: messages written in place from the strs that classes hold.
//!
//! Programs ask for attributes that may be missing, and catch the AttributeError that few of them look at. So no Rust string
//! is made on the way to it.

use memory::{Object, Value};
use text::{Text, View};
use threads::Context;

use super::{ClassFlags, Type, view};
use crate::error::{Raised, attribute_error};
use crate::object::cast;
use crate::types::str::{Kind, concat_views};
use crate::types::{Dict, DictExt, Str, StrExt};

/// A part of a message.
type Part<'a> = (Kind, View<'a>);

/// The parts of a class's name: a module, a dot, the name. The first two are empty where the module is not shown.
type NameParts<'a> = [Part<'a>; 3];

/// ASCII that the program itself contains.
const fn ascii(text: &'static str) -> Part<'static> {
    (Kind::Ascii, View::Latin1(text.as_bytes()))
}

const NOTHING: Part<'static> = ascii("");

fn text_of(text: &Object<Str>) -> Part<'_> {
    (Kind::of(text), text.view())
}

/// Calls `f` with the class's `__name__`, after the module if it is a native class outside of builtins: see
/// [`TypeExt::name_lossy`](super::TypeExt::name_lossy).
fn with_short_name<R>(thread: &Context, class: &Object<Type>, f: impl FnOnce(NameParts<'_>) -> R) -> R {
    let native = class.payload().native;
    if !class.payload().flags().contains(ClassFlags::HEAP) && native.module != "builtins" {
        return f([ascii(native.module), ascii("."), ascii(native.name)]);
    }
    let name = view(thread, class, &class.payload().name);
    let name = name.as_deref().and_then(cast::<Str>).map_or(ascii(native.name), text_of);
    f([NOTHING, NOTHING, name])
}

/// Calls `f` with the class's `__module__.__qualname__`, without `builtins` and `__main__`: see
/// [`TypeExt::shown_name`](super::TypeExt::shown_name).
fn with_shown_name<R>(thread: &Context, class: &Object<Type>, f: impl FnOnce(NameParts<'_>) -> R) -> R {
    let qualname = view(thread, class, &class.payload().qualname);
    let Some(qualname) = qualname.as_deref().and_then(cast::<Str>) else {
        return with_short_name(thread, class, f);
    };
    let dict = view(thread, class, &class.payload().dict);
    let dict = dict.as_deref().and_then(cast::<Dict>);
    let module = dict.and_then(|dict| dict.view_str(thread, crate::names::__module__()));
    match module.as_deref().and_then(cast::<Str>) {
        Some(module) if !matches!(module.as_ascii(), Some("builtins" | "__main__")) => {
            f([text_of(module), ascii("."), text_of(qualname)])
        }
        _ => f([NOTHING, NOTHING, text_of(qualname)]),
    }
}

/// AttributeError with the message that `parts` are.
#[cold]
fn raise(thread: &Context, parts: &[Part<'_>]) -> Raised {
    match concat_views(thread, parts) {
        Ok(message) => attribute_error(message),
        Err(raised) => raised,
    }
}

fn name_of(name: &Value) -> Part<'_> {
    cast::<Str>(name).map_or(NOTHING, text_of)
}

/// The AttributeError for an attribute that instances of `class` are without.
#[cold]
pub(super) fn no_attribute_of_instance(thread: &Context, class: &Object<Type>, name: &Value) -> Raised {
    with_short_name(thread, class, |[module, dot, class]| {
        raise(
            thread,
            &[
                ascii("'"),
                module,
                dot,
                class,
                ascii("' object has no attribute '"),
                name_of(name),
                ascii("'"),
            ],
        )
    })
}

/// The AttributeError for an attribute that `class` itself is without.
#[cold]
pub(super) fn no_attribute_of_class(thread: &Context, class: &Object<Type>, name: &Value) -> Raised {
    with_short_name(thread, class, |[module, dot, class]| {
        raise(
            thread,
            &[
                ascii("type object '"),
                module,
                dot,
                class,
                ascii("' has no attribute '"),
                name_of(name),
                ascii("'"),
            ],
        )
    })
}

/// The AttributeError for one of an instance's `__slots__` that is empty.
#[cold]
pub(crate) fn empty_slot(thread: &Context, class: &Object<Type>, name: &str) -> Raised {
    let wider;
    let name = if name.is_ascii() {
        (Kind::Ascii, View::Latin1(name.as_bytes()))
    } else {
        wider = Text::from(name);
        (Kind::of_view(wider.view()), wider.view())
    };
    with_shown_name(thread, class, |[module, dot, class]| {
        raise(
            thread,
            &[ascii("'"), module, dot, class, ascii("' object has no attribute '"), name, ascii("'")],
        )
    })
}
