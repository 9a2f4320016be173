//! `#[native::class]` and `#[native::payload]`.

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
const REFERENCES: [&str; 8] = ["Value", "Slot", "Held", "Guarded", "StackRef", "Object", "Items", "Dict"];

/// Types that hold none, in whatever way they are put together.
const PLAIN: &str = "bool char i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 \
                     str static String Vec Option Box BigInt PathBuf Duration";

/// Options that are the names of properties.
const FLAGS: [(&str, &str); 6] = [
    ("basetype", "BASETYPE"),
    ("disallow_instantiation", "NO_NEW"),
    ("dict", "HAS_DICT"),
    ("weakref", "HAS_WEAKREF"),
    ("sequence", "SEQUENCE"),
    ("mapping", "MAPPING"),
];

/// The arguments of `#[native::class]`.
struct Options {
    name: LitStr,
    doc: Option<String>,
    signature: Option<TokenStream>,
    flags: Vec<Ident>,
    traced_only: bool,
    /// Modules declared with `#[native::methods]`.
    modules: Vec<Path>,
    /// Tables of methods alone.
    tables: Vec<Path>,
    /// Traits of slots.
    slots: Vec<Path>,
    finalizer: Option<Expr>,
    tail: Option<Expr>,
    /// What is handed on as it is: the function of `ClassDef` and its argument.
    with: Vec<(Ident, TokenStream)>,
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
        parser.parse2(arguments)
    }

    fn new(name: LitStr) -> Self {
        Self {
            name,
            doc: None,
            signature: None,
            flags: Vec::new(),
            traced_only: false,
            modules: Vec::new(),
            tables: Vec::new(),
            slots: Vec::new(),
            finalizer: None,
            tail: None,
            with: Vec::new(),
        }
    }

    fn add(&mut self, meta: &Meta) -> syn::Result<()> {
        let name = meta.path().get_ident().map(|name| name.unraw().to_string()).unwrap_or_default();
        let mut with = |value: TokenStream| self.with.push((format_ident!("with_{name}"), value));
        match (meta, name.as_str()) {
            (Meta::NameValue(pair), "module") => with(string(&pair.value)?.into_token_stream()),
            (Meta::NameValue(pair), "base") => {
                let base = &pair.value;
                with(quote!(&#base));
            }
            (Meta::NameValue(pair), "new" | "object_new" | "slots" | "members" | "init") => {
                with(pair.value.to_token_stream())
            }
            (Meta::Path(_), "new") => {
                with(quote!(methods::construct));
                self.signature.get_or_insert(quote!(methods::SIGNATURE));
            }
            (Meta::NameValue(pair), "signature") => {
                self.signature = Some(string(&pair.value)?.into_token_stream())
            }
            (Meta::NameValue(pair), "doc") => self.doc = Some(string(&pair.value)?),
            (Meta::NameValue(pair), "tail") => self.tail = Some(pair.value.clone()),
            (Meta::NameValue(pair), "finalizer") => self.finalizer = Some(pair.value.clone()),
            (Meta::Path(_), "final") => self.flags.retain(|flag| flag != "BASETYPE"),
            (Meta::Path(_), "ends") => {
                self.finalizer = Some(syn::parse_quote!(::runtime::native::finalizer_of::<Self>()));
            }
            (Meta::Path(_), "traced_only") => self.traced_only = true,
            (Meta::Path(_), "methods") => self.modules.push(syn::parse_quote!(methods)),
            (Meta::List(list), "slots") => self.slots = paths(list)?,
            (Meta::List(list), "flags") => {
                self.flags.extend(list.parse_args_with(Punctuated::<Ident, Token![,]>::parse_terminated)?);
            }
            (Meta::List(list), "methods") => {
                let is_table = |path: &Path| {
                    path.segments.last().is_some_and(|last| last.ident.to_string().ends_with("METHODS"))
                };
                (self.tables, self.modules) = paths(list)?.into_iter().partition(is_table);
            }
            (Meta::Path(path), _) => match FLAGS.iter().find(|(option, _)| *option == name) {
                Some((_, flag)) => self.flags.push(Ident::new(flag, path.span())),
                None => return Err(syn::Error::new_spanned(meta, "a type has no such option")),
            },
            _ => return Err(syn::Error::new_spanned(meta, "a type has no such option")),
        }
        Ok(())
    }

    /// The `Payload` with its `ClassDef`.
    fn definition(&self, payload: &Ident, doc: Option<&str>) -> TokenStream {
        let Self { name, flags, modules, tables, slots, with, .. } = self;
        let flags = flags.iter().fold(
            quote!(::runtime::native::ClassFlags::NONE),
            |others, flag| quote_spanned!(flag.span()=> #others.union(::runtime::native::ClassFlags::#flag)),
        );
        let tail = self.tail.as_ref().map(|tail| quote!(, tail = #tail));
        let with = with.iter().map(|(function, value)| quote!(, #function(#value)));
        let doc = doc.map(|doc| quote!(, with_doc(#doc)));
        let signature = self.signature.as_ref().map(|signature| quote!(, with_signature(#signature)));
        let has_methods = !modules.is_empty() || !tables.is_empty();
        let methods = has_methods.then(|| quote!(, with_methods(&[#(#modules::METHODS,)* #(#tables,)*])));
        let getsets = (!modules.is_empty()).then(|| quote!(, with_getsets(&[#(#modules::GETSETS),*])));
        let install = slots.iter().map(|slot| {
            quote_spanned!(slot.span()=> <#payload as ::runtime::native::slots::#slot>::install(slots);)
        });
        let slots = (!slots.is_empty())
            .then(|| quote!(, with_slots(|slots: &::runtime::native::Slots| { #(#install)* })));
        quote! {
            ::runtime::class_def! {
                #payload, #name, #flags #tail #doc #(#with)* #signature #methods #getsets #slots
            }
        }
    }
}

/// Expands `#[native::class]`.
pub fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    emit(arguments, item, true)
}

/// Expands `#[native::payload]`.
pub fn expand_payload(arguments: TokenStream, item: TokenStream) -> TokenStream {
    emit(arguments, item, false)
}

/// The tracing of a payload, and its `ClassDef` too if it is `defined` here.
fn emit(arguments: TokenStream, item: TokenStream, defined: bool) -> TokenStream {
    let mut errors = Errors::default();
    let options = errors.take(Options::parse(arguments));
    let Some(mut item) = errors.take(syn::parse2::<ItemStruct>(item)) else {
        return errors.into_tokens();
    };
    if !item.generics.params.is_empty() {
        errors.push(syn::Error::new_spanned(&item.generics, "a payload cannot be generic"));
    }
    let (traced, unmarked) = traced(&mut item, &mut errors);
    let payload = &item.ident;
    let emitted = options.map(|options| {
        let doc = options.doc.clone().or_else(|| doc::doc(&item.attrs));
        let definition = defined.then(|| options.definition(payload, doc.as_deref()));
        let tracing = tracing(payload, &options, &traced);
        // Bytes, for patterns of strings cannot be matched in constants.
        let name = syn::LitByteStr::new(options.name.value().as_bytes(), options.name.span());
        let checks = options.modules.iter().map(|module| {
            quote_spanned! {module.span()=>
                const _: () = assert!(matches!(#module::CLASS.as_bytes(), #name), "the methods are declared for another name");
            }
        });
        quote! {
            #definition
            #tracing
            #(#checks)*
            #(#unmarked)*
        }
    });
    let errors = errors.into_tokens();
    quote!(#item #emitted #errors)
}

/// The fields that hold references, and checks of the others that cannot be made here: what has nothing to drop
/// owns no reference.
fn traced(item: &mut ItemStruct, errors: &mut Errors) -> (Vec<Member>, Vec<TokenStream>) {
    let mut traced = Vec::new();
    let mut unmarked = Vec::new();
    for (place, field) in item.fields.iter_mut().enumerate() {
        let marked = errors.take(doc::take_mark(&mut field.attrs, "trace")).unwrap_or_default();
        let excused = errors.take(doc::take_mark(&mut field.attrs, "untraced")).unwrap_or_default();
        match (marked, excused) {
            (true, true) => errors.push(syn::Error::new_spanned(field, "it is either traced or not")),
            (true, false) => traced.push(match &field.ident {
                Some(name) => Member::Named(name.clone()),
                None => Member::Unnamed(place.into()),
            }),
            (false, false) if names_any(&field.ty, |name| REFERENCES.contains(&name)) => {
                errors.push(syn::Error::new_spanned(&field.ty, UNMARKED));
            }
            (false, false) if names_any(&field.ty, |name| !PLAIN.split(' ').any(|plain| plain == name)) => {
                let ty = &field.ty;
                unmarked.push(quote_spanned! {ty.span()=>
                    const _: () = assert!(!::core::mem::needs_drop::<#ty>(), #UNMARKED);
                });
            }
            _ => {}
        }
    }
    (traced, unmarked)
}

/// Said of fields that are not known to hold no reference.
const UNMARKED: &str = "this may hold a reference: mark it `#[trace]`, or `#[untraced]` if it never does";

/// Whether any name in the type is `wanted`.
fn names_any(ty: &Type, wanted: fn(&str) -> bool) -> bool {
    fn search(tokens: TokenStream, wanted: fn(&str) -> bool) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(name) => wanted(&name.to_string()),
            TokenTree::Group(group) => search(group.stream(), wanted),
            _ => false,
        })
    }
    search(ty.to_token_stream(), wanted)
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
