//! Arguments of calls, and how they meet parameters.

use std::borrow::Cow;

use crate::types::StrExt;
use memory::Value;
use threads::Thread;

use super::NativeDef;
use crate::error::{Raised, Result, type_error};
use crate::object::cast;
use crate::types::Str;

/// The arguments of a call: positional values, then the values of the names.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    /// Positional values, then those of the names.
    pub values: &'a [Value],
    /// The names of the last values: strs.
    pub names: &'a [Value],
}

impl<'a> Args<'a> {
    /// Positional arguments only.
    #[inline(always)]
    pub fn positional(values: &'a [Value]) -> Self {
        Self { values, names: &[] }
    }

    /// No arguments.
    pub fn none() -> Self {
        Self { values: &[], names: &[] }
    }

    /// The positional values.
    #[inline]
    pub fn positionals(&self) -> &'a [Value] {
        &self.values[..self.values.len() - self.names.len()]
    }

    /// Names and values of the keyword arguments.
    pub fn keywords(&self) -> impl Iterator<Item = (&'a Value, &'a Value)> {
        self.names.iter().zip(&self.values[self.values.len() - self.names.len()..])
    }

    /// Whether there is no argument at all.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The names as natives get them.
    #[inline(always)]
    pub fn kw_names(&self) -> Option<&'a KwNames> {
        if self.names.is_empty() { None } else { Some(KwNames::of(self.names)) }
    }

    /// Raises unless there are no keyword arguments.
    ///
    /// # Errors
    /// TypeError "NAME() takes no keyword arguments".
    pub fn no_keywords(&self, name: &str) -> Result<&'a [Value]> {
        if self.names.is_empty() {
            Ok(self.values)
        } else {
            Err(type_error(format!("{name}() takes no keyword arguments")))
        }
    }
}

/// The names of keyword arguments: strs, whose values end the values of the call.
#[repr(transparent)]
pub struct KwNames([Value]);

impl KwNames {
    /// The names in `names`.
    #[inline(always)]
    pub fn of(names: &[Value]) -> &Self {
        let names: *const [Value] = names;
        // SAFETY: transparent.
        unsafe { &*(names as *const Self) }
    }

    /// The names.
    pub fn names(&self) -> &[Value] {
        &self.0
    }
}

/// The parameters of a native function, the receiver aside.
#[derive(Debug)]
pub struct Params {
    /// How many are positional-only.
    pub posonly: usize,
    /// How many may be given by position.
    pub positional: usize,
    /// How many of those must be given.
    pub required: usize,
    /// All names in order, keyword-only ones last.
    pub names: &'static [&'static str],
    /// Which keyword-only ones must be given, by bit.
    pub kwonly_required: u32,
    /// Whether there is `*args`.
    pub var_positional: bool,
    /// Whether there is `**kwargs`.
    pub var_keyword: bool,
}

/// What [`bind`] found: `None` where an argument is missing.
pub struct Bound<'a, const N: usize> {
    /// By parameter.
    pub values: [Option<&'a Value>; N],
    /// `*args`.
    pub rest: &'a [Value],
    /// `**kwargs`.
    pub keywords: KwRest<'a>,
}

/// Keyword arguments that no parameter took.
#[derive(Default)]
pub struct KwRest<'a>(Vec<(&'a Value, &'a Value)>);

impl<'a> KwRest<'a> {
    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&'a Value, &'a Value)> + '_ {
        self.0.iter().copied()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The number of receivers that stand before the arguments.
fn receivers(def: &NativeDef) -> usize {
    match def.kind {
        super::Kind::Function | super::Kind::StaticMethod => 0,
        _ => 1,
    }
}

/// Binds the arguments of a call to the parameters of `def`. `args` begins after the receiver.
///
/// # Errors
/// TypeError, worded as CPython's Argument Clinic does.
pub fn bind<'a, const N: usize>(
    _thread: &mut Thread,
    def: &NativeDef,
    args: &'a [Value],
    names: Option<&'a KwNames>,
) -> Result<Bound<'a, N>> {
    let params = def.params;
    debug_assert_eq!(params.names.len(), N, "{}", def.qualname);
    let names = names.map_or(&[][..], KwNames::names);
    let given = args.len() - names.len();
    let mut bound = Bound { values: [None; N], rest: &[], keywords: KwRest::default() };
    if given > params.positional && !params.var_positional {
        return Err(too_many(def, given, names.len()));
    }
    for (slot, value) in bound.values.iter_mut().zip(&args[..given.min(params.positional)]) {
        *slot = Some(value);
    }
    if given > params.positional {
        bound.rest = &args[params.positional..given];
    }
    for (name, value) in names.iter().zip(&args[given..]) {
        let text = cast::<Str>(name).map_or(Cow::Borrowed(""), |name| match name.as_ascii() {
            Some(ascii) => Cow::Borrowed(ascii),
            None => Cow::Owned(name.to_string_lossy()),
        });
        let index = params.names.iter().position(|&p| p == text).filter(|&i| i >= params.posonly);
        match index {
            Some(index) if bound.values[index].is_some() => {
                return Err(type_error(format!(
                    "argument for {}() given by name ('{text}') and position ({})",
                    def.name,
                    index + 1
                )));
            }
            Some(index) => bound.values[index] = Some(value),
            None if params.var_keyword => bound.keywords.0.push((name, value)),
            None if params.names.len() == params.posonly => {
                return Err(type_error(format!("{}() takes no keyword arguments", def.qualname)));
            }
            None => {
                return Err(type_error(format!(
                    "{}() got an unexpected keyword argument '{text}'",
                    def.name
                )));
            }
        }
    }
    for (index, value) in bound.values.iter().enumerate() {
        if value.is_some() {
            continue;
        }
        if index < params.required {
            if params.posonly == params.names.len() {
                return Err(too_few(def, given));
            }
            if index < params.posonly {
                let least = params.required.min(params.posonly);
                let word =
                    if least < params.positional || params.var_positional { "at least" } else { "exactly" };
                return Err(type_error(format!(
                    "{}() takes {word} {} ({given} given)",
                    def.name,
                    count(least, "positional argument")
                )));
            }
            return Err(type_error(format!(
                "{}() missing required argument '{}' (pos {})",
                def.name,
                params.names[index],
                index + 1
            )));
        }
        if index >= params.positional && params.kwonly_required >> (index - params.positional) & 1 != 0 {
            return Err(type_error(format!(
                "{}() missing required keyword-only argument '{}'",
                def.name, params.names[index]
            )));
        }
    }
    Ok(bound)
}

fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn too_many(def: &NativeDef, given: usize, keywords: usize) -> Raised {
    let params = def.params;
    if params.posonly == params.names.len() && params.names.len() == params.positional {
        return wrong_count(def, given);
    }
    let most = params.names.len();
    let bound =
        if params.required == params.positional && most == params.positional { "exactly" } else { "at most" };
    if most == params.positional {
        return type_error(format!(
            "{}() takes {bound} {} ({} given)",
            def.name,
            count(most, "argument"),
            given + keywords
        ));
    }
    if params.positional == 0 {
        return type_error(format!("{}() takes no positional arguments", def.name));
    }
    type_error(format!(
        "{}() takes {bound} {} ({given} given)",
        def.name,
        count(params.positional, "positional argument")
    ))
}

fn too_few(def: &NativeDef, given: usize) -> Raised {
    let params = def.params;
    if params.posonly < params.names.len() {
        // Others may be given by name: only those that may not are counted.
        let least = params.posonly.min(params.required);
        return type_error(format!(
            "{}() takes at least {} ({given} given)",
            def.name,
            count(least, "positional argument")
        ));
    }
    wrong_count(def, given)
}

/// The wording for functions whose parameters are positional-only.
fn wrong_count(def: &NativeDef, given: usize) -> Raised {
    let (least, most) = (def.params.required, def.params.positional);
    let name = def.qualname;
    if least == most {
        return type_error(match most {
            0 => format!("{name}() takes no arguments ({given} given)"),
            1 if def.kind == super::Kind::New => format!("{name} expected 1 argument, got {given}"),
            1 => format!("{name}() takes exactly one argument ({given} given)"),
            _ => format!("{} expected {}, got {given}", def.name, count(most, "argument")),
        });
    }
    let (word, n) =
        if given < least || def.params.var_positional { ("at least", least) } else { ("at most", most) };
    type_error(format!("{} expected {word} {}, got {given}", def.name, count(n, "argument")))
}

/// The error for a call that a thunk's short way did not take: what [`bind`] says of it.
#[cold]
pub fn wrong_arguments(
    thread: &mut Thread,
    def: &NativeDef,
    args: &[Value],
    names: Option<&KwNames>,
) -> Raised {
    if def.kind == super::Kind::Method
        && let (Some(receiver), Some((class, _))) = (args.first(), def.qualname.split_once('.'))
        && !is_of(receiver, class)
    {
        return super::wrong_receiver(thread, def, receiver);
    }
    let args = args.get(receivers(def)..).unwrap_or_default();
    if let Some(names) = names
        && !names.names().is_empty()
    {
        return type_error(format!("{}() takes no keyword arguments", def.qualname));
    }
    wrong_count(def, args.len())
}

/// Whether a class of this name is among those of `value`.
fn is_of(value: &Value, name: &str) -> bool {
    use crate::class::{Type, TypeExt, class_of};
    use crate::types::{Tuple, TupleExt};
    let Some(thread) = threads::current_context() else { return true };
    let order = class_of(value).mro_tuple(thread);
    let classes = cast::<Tuple>(&order).map_or(&[][..], |order| order.items());
    // Definitions of methods name their class with or without its module.
    let last = |name: &str| name.rsplit('.').next().map(str::to_owned);
    classes.is_empty()
        || name == "object"
        || name == "descriptor"
        || classes.iter().filter_map(cast::<Type>).any(|class| last(&class.name_lossy()) == last(name))
}
