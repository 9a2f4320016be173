//! `#[native::class]`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ItemStruct, LitStr, Member, Meta, Path, Token, Type};

use crate::doc;
use crate::errors::Errors;
use crate::module::{paths, string};

/// Types that are, or hold, references to objects.
const REFERENCES: [&str; 7] = ["Value", "Slot", "Held", "Guarded", "StackRef", "WeakCell", "Py"];

/// The arguments of `#[native::class]`.
struct Options {
    name: LitStr,
    module: String,
    doc: Option<String>,
    base: Option<Expr>,
    basetype: bool,
    disallow_instantiation: bool,
    dict: bool,
    weakref: bool,
    sequence: bool,
    mapping: bool,
    traced_only: bool,
    /// Modules declared with `#[native::methods]`.
    modules: Vec<Path>,
    /// Tables of methods alone.
    tables: Vec<Path>,
    new: Option<Expr>,
    slots: Vec<Path>,
    finalizer: Option<Expr>,
}

impl Options {
    fn parse(arguments: TokenStream) -> syn::Result<Self> {
        let parser = |input: syn::parse::ParseStream<'_>| {
            let name: LitStr = input.parse().map_err(|error| {
                syn::Error::new(error.span(), "the type's name comes first: `#[native::class(\"name\")]`")
            })?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
            let mut options = Self::new(name);
            for meta in Punctuated::<Meta, Token![,]>::parse_terminated(input)? {
                options.add(&meta)?;
            }
            Ok(options)
        };
        let options = parser.parse2(arguments)?;
        if options.disallow_instantiation && options.new.is_some() {
            return Err(syn::Error::new(options.name.span(), "a type with `new` can be instantiated"));
        }
        Ok(options)
    }

    fn new(name: LitStr) -> Self {
        Self {
            name,
            module: "builtins".to_owned(),
            doc: None,
            base: None,
            basetype: false,
            disallow_instantiation: false,
            dict: false,
            weakref: false,
            sequence: false,
            mapping: false,
            traced_only: false,
            modules: Vec::new(),
            tables: Vec::new(),
            new: None,
            slots: Vec::new(),
            finalizer: None,
        }
    }

    fn add(&mut self, meta: &Meta) -> syn::Result<()> {
        let name = meta.path().get_ident().map(|name| name.unraw().to_string()).unwrap_or_default();
        match (meta, name.as_str()) {
            (Meta::NameValue(pair), "module") => self.module = string(&pair.value)?,
            (Meta::NameValue(pair), "doc") => self.doc = Some(string(&pair.value)?),
            (Meta::NameValue(pair), "base") => self.base = Some(pair.value.clone()),
            (Meta::NameValue(pair), "new") => self.new = Some(pair.value.clone()),
            (Meta::NameValue(pair), "finalizer") => self.finalizer = Some(pair.value.clone()),
            (Meta::Path(_), "final") => self.basetype = false,
            (Meta::Path(_), "basetype") => self.basetype = true,
            (Meta::Path(_), "disallow_instantiation") => self.disallow_instantiation = true,
            (Meta::Path(_), "dict") => self.dict = true,
            (Meta::Path(_), "weakref") => self.weakref = true,
            (Meta::Path(_), "sequence") => self.sequence = true,
            (Meta::Path(_), "mapping") => self.mapping = true,
            (Meta::Path(_), "traced_only") => self.traced_only = true,
            (Meta::Path(_), "methods") => self.modules.push(syn::parse_quote!(methods)),
            (Meta::List(list), "slots") => self.slots = paths(list)?,
            (Meta::List(list), "methods") => {
                let is_table = |path: &Path| {
                    path.segments.last().is_some_and(|last| last.ident.to_string().ends_with("METHODS"))
                };
                (self.tables, self.modules) = paths(list)?.into_iter().partition(is_table);
            }
            _ => return Err(syn::Error::new_spanned(meta, "a type has no such option")),
        }
        Ok(())
    }

    /// The first constructor there is.
    fn constructor(&self) -> TokenStream {
        match &self.new {
            Some(new) => quote!(::core::option::Option::Some(&#new)),
            None => self.modules.iter().rev().fold(quote!(::core::option::Option::None), |others, module| {
                if others.to_string().ends_with("None") {
                    quote!(#module::CONSTRUCTOR)
                } else {
                    quote! {
                        match #module::CONSTRUCTOR {
                            ::core::option::Option::Some(new) => ::core::option::Option::Some(new),
                            ::core::option::Option::None => #others,
                        }
                    }
                }
            }),
        }
    }

    /// The `ClassDef`.
    fn definition(&self, payload: &Ident, doc: &str) -> TokenStream {
        let Self { name, module, basetype, disallow_instantiation, dict, weakref, sequence, mapping, .. } =
            self;
        let Self { modules, tables, slots, .. } = self;
        let base = match &self.base {
            Some(base) => quote_spanned! {base.span()=>
                ::core::option::Option::Some(<#base as ::runtime::native::Payload>::class_def)
            },
            None => quote!(::core::option::Option::None),
        };
        let new = self.constructor();
        let install = slots.iter().map(|slot| {
            quote_spanned!(slot.span()=> <#payload as ::runtime::native::slots::#slot>::install(slots);)
        });
        let nothing = slots.is_empty().then(|| quote!(let _ = slots;));
        quote! {
            ::runtime::native::ClassDef {
                name: #name,
                module: #module,
                doc: #doc,
                base: #base,
                flags: ::runtime::native::ClassFlags {
                    basetype: #basetype,
                    disallow_instantiation: #disallow_instantiation,
                    dict: #dict,
                    weakref: #weakref,
                    sequence: #sequence,
                    mapping: #mapping,
                },
                methods: &[#(#modules::METHODS,)* #(#tables,)*],
                getsets: &[#(#modules::GETSETS,)*],
                new: #new,
                slots: |slots: &mut ::runtime::native::Slots| { #nothing #(#install)* },
            }
        }
    }
}

/// Expands `#[native::class]`.
pub fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = errors.take(Options::parse(arguments));
    let Some(mut item) = errors.take(syn::parse2::<ItemStruct>(item)) else {
        return errors.into_tokens();
    };
    if !item.generics.params.is_empty() {
        errors.push(syn::Error::new_spanned(&item.generics, "a payload cannot be generic"));
    }
    let traced = traced(&mut item, &mut errors);
    let payload = &item.ident;
    let emitted = options.map(|options| {
        let doc = options.doc.clone().or_else(|| doc::doc(&item.attrs)).unwrap_or_default();
        let definition = options.definition(payload, &doc);
        let tracing = tracing(payload, &options, &traced);
        // Bytes, for patterns of strings cannot be matched in constants.
        let name = syn::LitByteStr::new(options.name.value().as_bytes(), options.name.span());
        let checks = options.modules.iter().map(|module| {
            quote_spanned! {module.span()=>
                const _: () = assert!(matches!(#module::CLASS.as_bytes(), #name), "the methods are declared for another name");
            }
        });
        quote! {
            impl ::runtime::native::Payload for #payload {
                fn class_def() -> &'static ::runtime::native::ClassDef {
                    static DEF: ::runtime::native::ClassDef = #definition;
                    &DEF
                }
            }
            #tracing
            #(#checks)*
        }
    });
    let errors = errors.into_tokens();
    quote!(#item #emitted #errors)
}

/// The fields that hold references.
fn traced(item: &mut ItemStruct, errors: &mut Errors) -> Vec<Member> {
    let mut traced = Vec::new();
    for (place, field) in item.fields.iter_mut().enumerate() {
        let marked = errors.take(doc::take_mark(&mut field.attrs, "trace")).unwrap_or_default();
        let excused = errors.take(doc::take_mark(&mut field.attrs, "untraced")).unwrap_or_default();
        match (marked, excused) {
            (true, true) => errors.push(syn::Error::new_spanned(field, "it is either traced or not")),
            (true, false) => traced.push(match &field.ident {
                Some(name) => Member::Named(name.clone()),
                None => Member::Unnamed(place.into()),
            }),
            (false, false) if names_reference(&field.ty) => {
                let message =
                    "this may hold a reference: mark it `#[trace]`, or `#[untraced]` if it never does";
                errors.push(syn::Error::new_spanned(&field.ty, message));
            }
            _ => {}
        }
    }
    traced
}

fn names_reference(ty: &Type) -> bool {
    fn search(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(name) => REFERENCES.iter().any(|reference| name == reference),
            TokenTree::Group(group) => search(group.stream()),
            _ => false,
        })
    }
    search(ty.to_token_stream())
}

fn tracing(payload: &Ident, options: &Options, traced: &[Member]) -> TokenStream {
    let name = &options.name;
    let tracked = !traced.is_empty();
    let only = options.traced_only.then(|| {
        quote!(
            const TRACED_ONLY: bool = true;
        )
    });
    let finalizer = options.finalizer.as_ref().map(|finalizer| {
        quote! {
            const FINALIZER: ::core::option::Option<::runtime::native::Finalizer> =
                ::core::option::Option::Some(#finalizer);
        }
    });
    let visitor = if tracked { format_ident!("visitor") } else { format_ident!("_visitor") };
    quote! {
        impl ::runtime::native::TraceFields for #payload {
            const NAME: &'static str = #name;
            const TRACKED: bool = #tracked;
            #only
            #finalizer
            fn trace_fields<V: ::runtime::native::Visitor>(&self, #visitor: &mut V) {
                #(::runtime::native::TraceField::trace(&self.#traced, visitor);)*
            }
        }
    }
}
