//! One native function: its Rust and its Python side brought together, and its row in the table.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, ItemFn, LitStr, Path, Token, Type};

use crate::doc;
use crate::inputs::{self, Input, Inputs, Receiver};
use crate::signature::{self, Declared, Passing};

/// What is made of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A function of a module.
    Function,
    /// A method of a type.
    Method,
    /// A method whose receiver is the class.
    ClassMethod,
    /// A function in a type.
    StaticMethod,
    /// A constructor.
    New,
}

impl Kind {
    /// Whether the first argument is something else than what was passed.
    pub fn has_receiver(self) -> bool {
        matches!(self, Self::Method | Self::ClassMethod | Self::New)
    }

    /// The receiver in the text signature. The constructor's signature is shown as its class's, which has none.
    fn receiver_name(self) -> Option<&'static str> {
        match self {
            Self::Function => Some("module"),
            Self::Method => Some("self"),
            Self::ClassMethod => Some("type"),
            Self::StaticMethod | Self::New => None,
        }
    }

    fn tokens(self) -> TokenStream {
        let variant = quote::format_ident!("{self:?}");
        quote!(::runtime::native::Kind::#variant)
    }
}

/// `#[sig("...")]` or `#[sig("...", hidden)]`.
struct Sig {
    text: LitStr,
    hidden: bool,
}

impl Parse for Sig {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let text = input.parse()?;
        if input.is_empty() {
            return Ok(Self { text, hidden: false });
        }
        input.parse::<Token![,]>()?;
        let word: Ident = input.parse()?;
        if word != "hidden" {
            return Err(syn::Error::new_spanned(word, "only `hidden` may follow the signature"));
        }
        Ok(Self { text, hidden: true })
    }
}

/// A parameter on both sides.
pub struct Parameter {
    /// In Rust.
    pub input: Input,
    /// In Python.
    pub declared: Declared,
}

/// A native function.
pub struct Function {
    /// The Rust function.
    pub ident: Ident,
    /// What it becomes.
    pub kind: Kind,
    /// The payload whose methods these are, if any.
    pub payload: Option<Path>,
    /// Whether it takes the thread.
    pub thread: bool,
    /// How it takes its receiver.
    pub receiver: Option<Receiver>,
    /// Its parameters, in order.
    pub parameters: Vec<Parameter>,
    /// What it returns; nothing if it returns `()` without saying so.
    pub output: Option<Type>,
    name: String,
    qualname: String,
    doc: String,
    text: Option<String>,
    inlined: Ident,
    conditions: Vec<Attribute>,
}

impl Function {
    /// Reads `function` and removes from it the attributes that only the macros understand.
    ///
    /// # Errors
    /// For what disagrees.
    pub fn read(
        function: &mut ItemFn,
        kind: Kind,
        payload: Option<&Path>,
        class: Option<&str>,
    ) -> syn::Result<Self> {
        let sig = doc::take(&mut function.attrs, "sig").map(|attribute| attribute.parse_args::<Sig>());
        let name = doc::take_name(&mut function.attrs)?;
        let inlined =
            doc::take(&mut function.attrs, "inlined").map(|attribute| attribute.parse_args::<Ident>());
        let inputs = Inputs::of(function, kind.has_receiver())?;
        check_receiver(function, kind, payload, inputs.receiver.as_ref())?;
        // The errors of a constructor speak of its class.
        let name = match (kind, class) {
            (Kind::New, Some(class)) => class.to_owned(),
            _ => name.unwrap_or_else(|| function.sig.ident.unraw().to_string()),
        };
        let Some(doc) = doc::doc(&function.attrs) else {
            let message = "a native function needs a doc comment: it is its `__doc__`";
            return Err(syn::Error::new_spanned(&function.sig.ident, message));
        };
        let (declared, hidden) = match sig.transpose()? {
            Some(sig) => (declared(&sig.text, &inputs.inputs)?, sig.hidden),
            None => (assumed(&inputs.inputs)?, false),
        };
        let text = (!hidden).then(|| signature::text(kind.receiver_name(), &declared));
        let together = inputs.inputs.into_iter().zip(declared);
        Ok(Self {
            ident: function.sig.ident.clone(),
            kind,
            payload: payload.cloned(),
            thread: inputs.thread,
            receiver: inputs.receiver,
            parameters: together.map(|(input, declared)| Parameter { input, declared }).collect(),
            output: match &function.sig.output {
                syn::ReturnType::Default => None,
                syn::ReturnType::Type(_, ty) => Some((**ty).clone()),
            },
            qualname: match class {
                Some(class) if kind != Kind::New => format!("{class}.{name}"),
                _ => name.clone(),
            },
            name,
            doc,
            text,
            inlined: inlined.transpose()?.unwrap_or_else(|| quote::format_ident!("No")),
            conditions: doc::conditions(&function.attrs),
        })
    }

    /// The conditions under which the function exists.
    pub fn conditions(&self) -> &[Attribute] {
        &self.conditions
    }

    /// The text signature, unless it is hidden.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// The parameters that a call can fill by position.
    pub fn positional(&self) -> impl Iterator<Item = &Parameter> {
        self.named().filter(|parameter| parameter.declared.passing != Passing::Keyword)
    }

    /// The parameters that have one argument: first those by position, then those by keyword only.
    pub fn named(&self) -> impl Iterator<Item = &Parameter> {
        let gathers = |passing| matches!(passing, Passing::Rest | Passing::Keywords);
        self.parameters.iter().filter(move |parameter| !gathers(parameter.declared.passing))
    }

    /// Whether there is a parameter to which arguments are passed in this way.
    pub fn has(&self, passing: Passing) -> bool {
        self.parameters.iter().any(|parameter| parameter.declared.passing == passing)
    }

    /// How many arguments by position a call must pass.
    pub fn required(&self) -> usize {
        self.positional().filter(|parameter| parameter.declared.is_required()).count()
    }

    /// Which parameters by keyword only a call must pass, as bits.
    pub fn required_keywords(&self) -> u32 {
        let keywords = self.named().filter(|parameter| parameter.declared.passing == Passing::Keyword);
        keywords.enumerate().fold(0, |bits, (place, keyword)| {
            bits | (u32::from(keyword.declared.is_required()) << (place % 32))
        })
    }

    /// The `NativeDef`.
    pub fn definition(&self) -> TokenStream {
        let Self { name, qualname, doc, .. } = self;
        let signature = match &self.text {
            Some(text) => quote!(::core::option::Option::Some(#text)),
            None => quote!(::core::option::Option::None),
        };
        let kind = self.kind.tokens();
        let posonly = self.positional().filter(|p| p.declared.passing == Passing::Positional).count();
        let positional = self.positional().count();
        let required = self.required();
        let names = self.named().map(|parameter| &parameter.declared.name);
        let kwonly_required = self.required_keywords();
        let var_positional = self.has(Passing::Rest);
        let var_keyword = self.has(Passing::Keywords);
        let call = self.thunk();
        let inlined = &self.inlined;
        quote! {
            ::runtime::native::NativeDef {
                name: #name,
                qualname: #qualname,
                doc: #doc,
                signature: #signature,
                kind: #kind,
                params: &::runtime::native::Params {
                    posonly: #posonly,
                    positional: #positional,
                    required: #required,
                    names: &[#(#names),*],
                    kwonly_required: #kwonly_required,
                    var_positional: #var_positional,
                    var_keyword: #var_keyword,
                },
                call: { #call call },
                inlined: ::runtime::native::Inlined::#inlined,
            }
        }
    }
}

fn check_receiver(
    function: &ItemFn,
    kind: Kind,
    payload: Option<&Path>,
    receiver: Option<&Receiver>,
) -> syn::Result<()> {
    let message = match (kind, receiver) {
        (Kind::ClassMethod | Kind::New, Some(receiver)) if !matches!(receiver, Receiver::Value) => {
            "the class comes first, as `class: &Value`"
        }
        (_, Some(Receiver::Exclusive | Receiver::Object)) if payload.is_none() => {
            "such a receiver needs the payload: `#[native::methods(Payload)]`"
        }
        _ => return Ok(()),
    };
    Err(syn::Error::new_spanned(&function.sig.inputs, message))
}

/// Python's parameters as `#[sig]` declares them.
fn declared(text: &LitStr, inputs: &[Input]) -> syn::Result<Vec<Declared>> {
    let declared = signature::parse(&text.value()).map_err(|error| syn::Error::new(text.span(), error))?;
    if declared.len() != inputs.len() {
        let message =
            format!("the signature has {} parameters, the function {}", declared.len(), inputs.len());
        return Err(syn::Error::new(text.span(), message));
    }
    for (declared, input) in declared.iter().zip(inputs) {
        let name = &declared.name;
        // An unused parameter starts with an underscore, one called as a keyword of Rust may end in one.
        if *name != input.name && *name != input.name.trim_start_matches('_').trim_end_matches('_') {
            let message = format!("the signature has `{name}` in place of `{}`", input.name);
            return Err(syn::Error::new(input.span, message));
        }
        let message = match declared.passing {
            Passing::Rest if !inputs::is_rest(&input.ty) => {
                format!("`*{name}` is a `Rest<'_>` or a `&[Value]`")
            }
            Passing::Keywords if !inputs::is_keywords(&input.ty) => format!("`**{name}` is a `KwRest<'_>`"),
            Passing::Positional | Passing::Either | Passing::Keyword
                if inputs::is_rest(&input.ty) || inputs::is_keywords(&input.ty) =>
            {
                format!("the signature needs a star before `{name}`")
            }
            _ => continue,
        };
        return Err(syn::Error::new_spanned(&input.ty, message));
    }
    if declared.iter().filter(|declared| declared.passing == Passing::Keyword).count() > 32 {
        return Err(syn::Error::new(text.span(), "there are at most 32 parameters by keyword only"));
    }
    Ok(declared)
}

/// Python's parameters without `#[sig]`: all required, by position only.
fn assumed(inputs: &[Input]) -> syn::Result<Vec<Declared>> {
    let mut result: Vec<Declared> = Vec::new();
    for input in inputs {
        let passing = match () {
            () if inputs::is_rest(&input.ty) => Passing::Rest,
            () if inputs::is_keywords(&input.ty) => Passing::Keywords,
            () => Passing::Positional,
        };
        let before = result.last().map_or(Passing::Positional, |last| last.passing);
        if before == Passing::Keywords || (before == Passing::Rest && passing != Passing::Keywords) {
            return Err(syn::Error::new(input.span, "a parameter after the rest needs a `#[sig]`"));
        }
        let name = input.name.trim_start_matches('_').to_owned();
        result.push(Declared { name, passing, default: None });
    }
    Ok(result)
}
