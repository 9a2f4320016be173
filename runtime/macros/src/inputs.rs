//! The parameters of a Rust function: the thread, the receiver, and what Python passes.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{FnArg, ItemFn, Pat, Type};

/// How a function takes its receiver.
#[derive(Clone)]
pub enum Receiver {
    /// `&Value`: as it is.
    Value,
    /// `&Object<T>`: the object with the payload.
    Object,
    /// `Exclusive<'_, T>`: with its section open.
    Exclusive,
    /// Any other type, converted as an argument is.
    Converted(Box<Type>),
}

/// A parameter to which Python passes something.
pub struct Input {
    /// Its name, without `r#`.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Where it is.
    pub span: Span,
}

/// All parameters of a function.
pub struct Inputs {
    /// Whether the first one is the thread.
    pub thread: bool,
    /// The receiver, if the function has one.
    pub receiver: Option<Receiver>,
    /// The others.
    pub inputs: Vec<Input>,
}

impl Inputs {
    /// Looks at `function`, which has a receiver or not.
    ///
    /// # Errors
    /// For what a native function cannot be or take.
    pub fn of(function: &ItemFn, has_receiver: bool) -> syn::Result<Self> {
        let signature = &function.sig;
        if !signature.generics.params.is_empty() {
            return Err(syn::Error::new_spanned(&signature.generics, "a native function cannot be generic"));
        }
        let odd = [
            signature.asyncness.map(|t| t.span()),
            signature.unsafety.map(|t| t.span()),
            signature.abi.as_ref().map(|t| t.span()),
            signature.variadic.as_ref().map(|t| t.span()),
        ];
        if let Some(span) = odd.into_iter().flatten().next() {
            return Err(syn::Error::new(span, "a native function is an ordinary Rust function"));
        }
        let mut inputs = Vec::new();
        for argument in &signature.inputs {
            inputs.push(input(argument)?);
        }
        let thread = inputs.first().is_some_and(|first| is_thread(&first.ty));
        if thread {
            inputs.remove(0);
        }
        let mut receiver = None;
        if has_receiver {
            if inputs.is_empty() {
                let message = "a receiver is missing: the first parameter after the thread";
                return Err(syn::Error::new_spanned(&signature.ident, message));
            }
            receiver = Some(receiver_of(inputs.remove(0).ty));
        }
        if let Some(second) = inputs.iter().find(|input| is_thread(&input.ty)) {
            return Err(syn::Error::new(second.span, "the thread is the first parameter"));
        }
        if thread && matches!(receiver, Some(Receiver::Exclusive)) {
            let message = "an `Exclusive` receiver borrows the thread: there is no parameter for it";
            return Err(syn::Error::new_spanned(&signature.inputs[0], message));
        }
        Ok(Self { thread, receiver, inputs })
    }
}

fn input(argument: &FnArg) -> syn::Result<Input> {
    let FnArg::Typed(typed) = argument else {
        return Err(syn::Error::new_spanned(argument, "a native function has no `self`: name the receiver"));
    };
    let Pat::Ident(name) = &*typed.pat else {
        return Err(syn::Error::new_spanned(&typed.pat, "a parameter of a native function needs a name"));
    };
    if let Type::ImplTrait(ty) = &*typed.ty {
        return Err(syn::Error::new_spanned(ty, "a parameter of a native function has a known type"));
    }
    Ok(Input { name: name.ident.unraw().to_string(), ty: (*typed.ty).clone(), span: argument.span() })
}

/// The last name of a path type.
pub fn last_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

fn is_thread(ty: &Type) -> bool {
    matches!(ty, Type::Reference(to) if to.mutability.is_some() && last_name(&to.elem).is_some_and(|n| n == "Thread"))
}

fn receiver_of(ty: Type) -> Receiver {
    let shared = match &ty {
        Type::Reference(to) if to.mutability.is_none() => last_name(&to.elem),
        _ => None,
    };
    match (shared.as_deref(), last_name(&ty).as_deref()) {
        (Some("Value"), _) => Receiver::Value,
        (Some("Object"), _) => Receiver::Object,
        (_, Some("Exclusive")) => Receiver::Exclusive,
        _ => Receiver::Converted(Box::new(ty)),
    }
}

/// Whether `ty` takes what no other positional parameter takes.
pub fn is_rest(ty: &Type) -> bool {
    match ty {
        Type::Reference(to) => {
            matches!(&*to.elem, Type::Slice(of) if last_name(&of.elem).is_some_and(|n| n == "Value"))
        }
        _ => last_name(ty).is_some_and(|name| name == "Rest"),
    }
}

/// Whether `ty` takes what no other keyword parameter takes.
pub fn is_keywords(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| name == "KwRest")
}
