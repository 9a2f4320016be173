//! `#[native::methods]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{Ident, Item, ItemFn, ItemMod, LitStr, Meta, Path, Token, Type, Visibility};

use crate::default::option_of;
use crate::doc;
use crate::errors::Errors;
use crate::function::{Function, Kind};
use crate::inputs::{self, Inputs, Receiver};
use crate::{module, thunk};

/// The arguments of `#[native::methods]`.
struct Options {
    payload: Option<Path>,
    class: Option<String>,
}

impl Options {
    fn parse(arguments: TokenStream) -> syn::Result<Self> {
        let parser = |input: syn::parse::ParseStream<'_>| {
            let mut options = Self { payload: None, class: None };
            while !input.is_empty() {
                if input.peek(Ident) && input.peek2(Token![=]) {
                    let word: Ident = input.parse()?;
                    if word != "name" {
                        return Err(syn::Error::new_spanned(word, "methods have a payload and a `name`"));
                    }
                    input.parse::<Token![=]>()?;
                    options.class = Some(input.parse::<LitStr>()?.value());
                } else {
                    options.payload = Some(input.parse()?);
                }
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(options)
        };
        let mut options = parser.parse2(arguments)?;
        let last = options.payload.as_ref().and_then(|path| path.segments.last());
        let assumed = last.map(|last| last.ident.unraw().to_string().to_lowercase());
        options.class = options.class.or(assumed);
        Ok(options)
    }
}

/// An attribute that is computed.
struct GetSet {
    name: String,
    doc: String,
    get: TokenStream,
    set: Option<TokenStream>,
    conditions: Vec<syn::Attribute>,
}

/// What is made of the functions.
#[derive(Default)]
struct Tables {
    methods: Vec<TokenStream>,
    getsets: Vec<GetSet>,
    new: Option<Function>,
}

/// Expands `#[native::methods]`.
pub fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = errors.take(Options::parse(arguments)).unwrap_or(Options { payload: None, class: None });
    let Some(mut module) = errors.take(syn::parse2::<ItemMod>(item)) else {
        return errors.into_tokens();
    };
    let Some(mut items) = errors.take(module::contents(&mut module)) else {
        return errors.into_tokens();
    };
    let mut tables = Tables::default();
    for item in &mut items {
        if let Item::Fn(function) = item
            && matches!(function.vis, Visibility::Public(_))
        {
            errors.take(add(&mut tables, function, &options));
        }
    }
    let Tables { methods, getsets, new } = tables;
    let getsets = getsets.into_iter().map(GetSet::into_row);
    let class = options.class.unwrap_or_default();
    let new = new.map(|new| {
        let (definition, constructor) = (new.definition(), new.constructor());
        let signature = new.text().map(|text| {
            quote! {
                /// The text signature of the type.
                pub const SIGNATURE: &str = #text;
            }
        });
        quote! {
            /// The constructor's parameters.
            pub static NEW: ::runtime::native::NativeDef = #definition;
            #constructor
            #signature
        }
    });
    let tables = quote! {
        /// The methods.
        pub static METHODS: &[::runtime::native::NativeDef] = &[#(#methods),*];
        /// The attributes that are computed.
        pub static GETSETS: &[::runtime::native::GetSet] = &[#(#getsets),*];
        #new
        /// The name of the type in Python.
        pub const CLASS: &str = #class;
    };
    module::finish(&module, &items, Some(tables), errors)
}

fn add(tables: &mut Tables, function: &mut ItemFn, options: &Options) -> syn::Result<()> {
    let payload = options.payload.as_ref();
    if doc::take_mark(&mut function.attrs, "getter")? {
        tables.getsets.push(getter(function, options)?);
        return Ok(());
    }
    if let Some(attribute) = doc::take(&mut function.attrs, "setter") {
        let name = match &attribute.meta {
            Meta::Path(_) => {
                let own = function.sig.ident.unraw().to_string();
                own.strip_prefix("set_").map(str::to_owned).ok_or_else(|| {
                    let message =
                        "a setter is called `set_` and the attribute's name, or names it: `#[setter(\"x\")]`";
                    syn::Error::new_spanned(&function.sig.ident, message)
                })?
            }
            _ => attribute.parse_args::<LitStr>()?.value(),
        };
        let set = setter(function, options, &name)?;
        let Some(getset) = tables.getsets.iter_mut().find(|getset| getset.name == name) else {
            let message = format!("there is no getter of `{name}` before it");
            return Err(syn::Error::new_spanned(&function.sig.ident, message));
        };
        getset.set = Some(set);
        return Ok(());
    }
    let marks =
        [("class_method", Kind::ClassMethod), ("static_method", Kind::StaticMethod), ("new", Kind::New)];
    let mut kind = Kind::Method;
    for (mark, other) in marks {
        if doc::take_mark(&mut function.attrs, mark)? {
            kind = other;
        }
    }
    let read = Function::read(function, kind, payload, options.class.as_deref())?;
    if kind == Kind::New {
        if tables.new.replace(read).is_some() {
            return Err(syn::Error::new_spanned(&function.sig.ident, "there is another `#[new]`"));
        }
        return Ok(());
    }
    let (definition, conditions) = (read.definition(), read.conditions());
    tables.methods.push(quote!(#(#conditions)* #definition));
    Ok(())
}

fn getter(function: &mut ItemFn, options: &Options) -> syn::Result<GetSet> {
    let name = doc::take_name(&mut function.attrs)?.unwrap_or_else(|| function.sig.ident.unraw().to_string());
    let inputs = attribute_inputs(function, options.payload.as_ref(), 0)?;
    let ident = &function.sig.ident;
    let doc = doc::doc(&function.attrs)
        .ok_or_else(|| syn::Error::new_spanned(ident, "a getter needs a doc comment: it is its `__doc__`"))?;
    let receiver = open(&inputs, options, &name);
    let output = match &function.sig.output {
        syn::ReturnType::Default => None,
        syn::ReturnType::Type(_, ty) => Some(&**ty),
    };
    let call = thunk::call(ident, inputs.thread, inputs.receiver.as_ref(), std::iter::empty(), output);
    let get = quote! {
        fn get(
            th: &mut ::runtime::native::Thread,
            receiver: &::runtime::native::Value,
        ) -> ::runtime::native::Result<::runtime::native::Value> {
            #receiver
            #call
        }
    };
    Ok(GetSet { name, doc, get, set: None, conditions: doc::conditions(&function.attrs) })
}

fn setter(function: &ItemFn, options: &Options, name: &str) -> syn::Result<TokenStream> {
    let inputs = attribute_inputs(function, options.payload.as_ref(), 1)?;
    let value = &inputs.inputs[0];
    let is_value = |ty: &Type| matches!(ty, Type::Reference(to) if inputs::last_name(&to.elem).is_some_and(|name| name == "Value"));
    let deletes = option_of(&value.ty).is_some_and(is_value);
    if !deletes && !is_value(&value.ty) {
        let message = "a setter takes a `&Value`, or an `Option<&Value>` if the attribute can be deleted";
        return Err(syn::Error::new_spanned(&value.ty, message));
    }
    let check = (!deletes).then(|| {
        quote! {
            let ::core::option::Option::Some(value) = value else {
                return ::core::result::Result::Err(::runtime::native::cannot_delete(th, #name, receiver));
            };
        }
    });
    let receiver = open(&inputs, options, name);
    let ident = &function.sig.ident;
    let thread = inputs.thread.then(|| quote!(th,));
    let opened = match inputs.receiver {
        Some(Receiver::Exclusive) => quote!(::runtime::native::Exclusive::open(th, receiver)),
        _ => quote!(receiver),
    };
    let output = match &function.sig.output {
        syn::ReturnType::Default => quote!(; ::core::result::Result::Ok(())),
        syn::ReturnType::Type(..) => TokenStream::new(),
    };
    Ok(quote! {
        fn set(
            th: &mut ::runtime::native::Thread,
            receiver: &::runtime::native::Value,
            value: ::core::option::Option<&::runtime::native::Value>,
        ) -> ::runtime::native::Result<()> {
            #check
            #receiver
            self::#ident(#thread #opened, value) #output
        }
    })
}

/// The parameters of a getter or a setter, which has `count` of them after its receiver.
fn attribute_inputs(function: &ItemFn, payload: Option<&Path>, count: usize) -> syn::Result<Inputs> {
    let inputs = Inputs::of(function, true)?;
    let message = match &inputs.receiver {
        Some(Receiver::Object | Receiver::Exclusive) if payload.is_none() => {
            "such a receiver needs the payload: `#[native::methods(Payload)]`"
        }
        Some(Receiver::Converted(_)) => {
            "the receiver of an attribute is `&Value`, `&Object<T>` or `Exclusive<'_, T>`"
        }
        _ if inputs.inputs.len() != count => match count {
            0 => "a getter takes the receiver alone",
            _ => "a setter takes the receiver and the value",
        },
        _ => return Ok(inputs),
    };
    Err(syn::Error::new(function.sig.inputs.span(), message))
}

fn open(inputs: &Inputs, options: &Options, name: &str) -> Option<TokenStream> {
    let error = quote!(::runtime::native::wrong_getset_receiver(th, CLASS, #name, receiver));
    let wrong = quote!(::core::result::Result::Err(#error));
    inputs.receiver.as_ref().map(|how| thunk::open_receiver(how, options.payload.as_ref(), &wrong))
}

impl GetSet {
    fn into_row(self) -> TokenStream {
        let Self { name, doc, get, set, conditions } = self;
        let set = match set {
            Some(set) => quote!({ #set ::core::option::Option::Some(set) }),
            None => quote!(::core::option::Option::None),
        };
        quote! {
            #(#conditions)*
            ::runtime::native::GetSet { name: #name, doc: ::core::option::Option::Some(#doc), get: { #get get }, set: #set }
        }
    }
}
