//! `#[native::module]`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Item, ItemConst, ItemMod, LitStr, Meta, Path, Token, Type, Visibility};

use crate::doc;
use crate::errors::Errors;
use crate::function::{Function, Kind};
use crate::inputs;

/// The arguments of `#[native::module]`.
struct Options {
    name: LitStr,
    doc: Option<String>,
    classes: Vec<Path>,
}

impl Options {
    fn parse(arguments: TokenStream) -> syn::Result<Self> {
        let parser = |input: syn::parse::ParseStream<'_>| {
            let name: LitStr = input.parse().map_err(|error| {
                syn::Error::new(error.span(), "the module's name comes first: `#[native::module(\"name\")]`")
            })?;
            let mut options = Self { name, doc: None, classes: Vec::new() };
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
            for meta in Punctuated::<Meta, Token![,]>::parse_terminated(input)? {
                match &meta {
                    Meta::NameValue(pair) if pair.path.is_ident("doc") => {
                        options.doc = Some(string(&pair.value)?)
                    }
                    Meta::List(list) if list.path.is_ident("classes") => options.classes = paths(list)?,
                    _ => return Err(syn::Error::new_spanned(meta, "a module has `doc` and `classes(...)`")),
                }
            }
            Ok(options)
        };
        parser.parse2(arguments)
    }
}

/// The string that `expression` is.
pub fn string(expression: &syn::Expr) -> syn::Result<String> {
    syn::parse2::<LitStr>(expression.to_token_stream()).map(|text| text.value())
}

/// The paths in `name(a, b)`.
pub fn paths(list: &syn::MetaList) -> syn::Result<Vec<Path>> {
    let paths = list.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)?;
    Ok(paths.into_iter().collect())
}

/// The items of a module written in place.
pub fn contents(module: &mut ItemMod) -> syn::Result<Vec<Item>> {
    match module.content.take() {
        Some((_, items)) => Ok(items),
        None => {
            Err(syn::Error::new_spanned(module, "the module must be written out: `pub mod name { ... }`"))
        }
    }
}

/// Expands `#[native::module]`.
pub fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = errors.take(Options::parse(arguments));
    let Some(mut module) = errors.take(syn::parse2::<ItemMod>(item.clone())) else {
        return errors.into_tokens();
    };
    let Some(mut items) = errors.take(contents(&mut module)) else {
        return errors.into_tokens();
    };
    // Errors name the module before the function, except that of what is built in.
    let prefix = options.as_ref().map(|options| options.name.value()).filter(|name| name != "builtins");
    let mut functions = Vec::new();
    let mut constants = Vec::new();
    let mut init = None;
    for item in &mut items {
        match item {
            Item::Fn(function) if matches!(function.vis, Visibility::Public(_)) => {
                if errors.take(doc::take_mark(&mut function.attrs, "init")) == Some(true) {
                    if init.replace(function.sig.ident.clone()).is_some() {
                        errors
                            .push(syn::Error::new_spanned(&function.sig.ident, "there is another `#[init]`"));
                    }
                } else if let Some(read) =
                    errors.take(Function::read(function, Kind::Function, None, prefix.as_deref()))
                {
                    let conditions = read.conditions();
                    let definition = read.definition();
                    functions.push(quote!(#(#conditions)* #definition));
                }
            }
            Item::Const(constant) if matches!(constant.vis, Visibility::Public(_)) => {
                // A constant's name is Python's, and says what there is to say.
                constant.attrs.push(syn::parse_quote!(#[allow(missing_docs)]));
                constants.extend(errors.take(self::constant(constant)));
            }
            _ => {}
        }
    }
    let table = options.map(|options| {
        let Options { name, classes, .. } = options;
        let doc = options.doc.or_else(|| doc::doc(&module.attrs)).unwrap_or_default();
        let init = match init {
            Some(function) => quote_spanned!(function.span()=> ::core::option::Option::Some(self::#function)),
            None => quote!(::core::option::Option::None),
        };
        quote! {
            /// The Python module.
            pub static MODULE: ::runtime::native::ModuleDef = ::runtime::native::ModuleDef {
                name: #name,
                doc: #doc,
                functions: &[#(#functions),*],
                constants: &[#(#constants),*],
                classes: &[#(<#classes as ::runtime::native::Payload>::def),*],
                init: #init,
            };
        }
    });
    module.attrs.push(syn::parse_quote!(#[allow(missing_docs)]));
    finish(&module, &items, table, errors)
}

/// The module with its items and what was made of them.
pub fn finish(module: &ItemMod, items: &[Item], tables: Option<TokenStream>, errors: Errors) -> TokenStream {
    let ItemMod { attrs, vis, mod_token, ident, .. } = module;
    let errors = errors.into_tokens();
    quote! {
        #(#attrs)* #vis #mod_token #ident { #(#items)* #tables }
        #errors
    }
}

/// The row of a constant.
fn constant(constant: &mut ItemConst) -> syn::Result<TokenStream> {
    let name = doc::take_name(&mut constant.attrs)?.unwrap_or_else(|| constant.ident.unraw().to_string());
    let ident = &constant.ident;
    let value = match &*constant.ty {
        Type::Reference(to) if inputs::last_name(&to.elem).is_some_and(|name| name == "str") => {
            quote!(Str(#ident))
        }
        ty => match inputs::last_name(ty).as_deref() {
            Some("i64") => quote!(Int(#ident)),
            Some("i8" | "i16" | "i32" | "u8" | "u16" | "u32" | "c_int" | "c_uint" | "c_short" | "c_long") => {
                quote!(Int(#ident as i64))
            }
            Some("f64") => quote!(Float(#ident)),
            Some("bool") => quote!(Bool(#ident)),
            _ => {
                let message = "a constant is an `i64` or smaller, an `f64`, a `bool` or a `&str`";
                return Err(syn::Error::new(ty.span(), message));
            }
        },
    };
    let conditions = doc::conditions(&constant.attrs);
    Ok(quote! {
        #(#conditions)*
        (#name, ::runtime::native::Constant::#value)
    })
}
