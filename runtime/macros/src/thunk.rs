//! The thunk: from the arguments of a Python call to those of a Rust function, and back with the result.
//!
//! It names the function by a path, `self::f`, so its own local names never stand in the way.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Path, Type};

use crate::default::{self, Default};
use crate::function::{Function, Kind, Parameter};
use crate::inputs::Receiver;
use crate::signature::Passing;

/// A place in the source, for errors.
fn at(spanned: &impl Spanned) -> Span {
    Span::call_site().located_at(spanned.span())
}

impl Function {
    /// The function `call` of the `NativeDef`.
    pub fn thunk(&self) -> TokenStream {
        if self.kind == Kind::New {
            return delegate();
        }
        let exact = self.parameters.iter().all(|parameter| {
            parameter.declared.passing == Passing::Positional && parameter.declared.is_required()
        });
        let split = if self.kind.has_receiver() {
            quote! {
                let [receiver, given @ ..] = args else {
                    return ::core::result::Result::Err(::runtime::native::wrong_arguments(th, def, args, names));
                };
            }
        } else {
            quote!(let given = args;)
        };
        let arguments = if exact { self.match_exactly() } else { self.match_generally(&split) };
        let body = self.body(&arguments, exact);
        quote! {
            fn call(
                th: &mut ::runtime::native::Thread,
                def: &'static ::runtime::native::NativeDef,
                args: &[::runtime::native::Value],
                names: ::core::option::Option<&::runtime::native::KwNames>,
            ) -> ::runtime::native::Result<::runtime::native::Value> {
                #body
            }
        }
    }

    /// The function `construct`: a constructor as the table of a type has it.
    pub fn constructor(&self) -> TokenStream {
        let split = quote! {
            let (def, args, names) = (&NEW, arguments.values, arguments.kw_names());
            let given = args;
        };
        let body = self.body(&self.match_generally(&split), false);
        quote! {
            /// The constructor, as the table of a type has it.
            ///
            /// # Errors
            /// What it raises.
            pub fn construct(
                th: &mut ::runtime::native::Thread,
                receiver: &::runtime::native::Value,
                arguments: ::runtime::native::Args<'_>,
            ) -> ::runtime::native::Result<::runtime::native::Value> {
                #body
            }
        }
    }

    /// What follows once `arguments` has matched the arguments.
    fn body(&self, arguments: &TokenStream, exact: bool) -> TokenStream {
        let wrong = quote!(::core::result::Result::Err(::runtime::native::wrong_receiver(th, def, receiver)));
        let receiver = self.receiver.as_ref().map(|how| open_receiver(how, self.payload.as_ref(), &wrong));
        let parameters = self.parameters.iter().enumerate();
        let conversions = parameters.map(|(place, parameter)| convert(place, parameter, exact));
        let values = (0..self.parameters.len()).map(value);
        let call = call(&self.ident, self.thread, self.receiver.as_ref(), values, self.output.as_ref());
        quote!(#arguments #receiver #(#conversions)* #call)
    }

    /// The fast way for a fixed number of arguments by position: one test, and no binding.
    fn match_exactly(&self) -> TokenStream {
        let receiver = self.kind.has_receiver().then(|| quote!(receiver,));
        let values = self.parameters.iter().enumerate().map(|(place, _)| value(place));
        quote! {
            let (::core::option::Option::None, [#receiver #(#values),*]) = (names, args) else {
                return ::core::result::Result::Err(::runtime::native::wrong_arguments(th, def, args, names));
            };
        }
    }

    /// Any other parameters. Arguments by position alone are bound here, as long as their number is right.
    fn match_generally(&self, split: &TokenStream) -> TokenStream {
        let rest = self.place_of(Passing::Rest);
        let keywords = self.place_of(Passing::Keywords);
        let named = self.named().count();
        let positional = self.positional().count();
        let required = self.required();
        let bind = quote!(::runtime::native::bind::<#named>(th, def, given, names)?);
        let tuple = |values: TokenStream, rest_of: TokenStream, keywords_of: Option<TokenStream>| {
            let rest_of = rest.as_ref().map(|_| rest_of);
            quote!((#values, #rest_of #keywords_of))
        };
        let bound = tuple(
            quote!(bound.values),
            quote!(bound.rest,),
            keywords.as_ref().map(|_| quote!(bound.keywords)),
        );
        let source = if keywords.is_some() || self.required_keywords() != 0 {
            quote!({ let bound = #bind; #bound })
        } else {
            let fits = match (rest.is_some(), required) {
                (true, 0) => quote!(true),
                (true, _) => quote!(given.len() >= #required),
                (false, _) => quote!((#required..=#positional).contains(&given.len())),
            };
            let got = (0..named).map(|place| match place {
                _ if place >= positional => quote!(::core::option::Option::None),
                0 => quote!(given.first()),
                _ => quote!(given.get(#place)),
            });
            let others = if positional == 0 {
                quote!(given,)
            } else {
                quote!(given.get(#positional..).unwrap_or_default(),)
            };
            let direct = tuple(quote!([#(#got),*]), others, None);
            quote!(if names.is_none() && #fits { #direct } else { let bound = #bind; #bound })
        };
        let values = self.parameters.iter().enumerate();
        let values = values.filter(|(_, p)| !matches!(p.declared.passing, Passing::Rest | Passing::Keywords));
        let values = values.map(|(place, _)| value(place));
        let rest = rest.map(|place| quote!(#place,));
        quote! {
            #split
            let ([#(#values),*], #rest #keywords) = #source;
        }
    }

    fn place_of(&self, passing: Passing) -> Option<Ident> {
        self.parameters.iter().position(|parameter| parameter.declared.passing == passing).map(value)
    }
}

/// The `call` of a constructor, whose class is the first argument.
fn delegate() -> TokenStream {
    quote! {
        fn call(
            th: &mut ::runtime::native::Thread,
            def: &'static ::runtime::native::NativeDef,
            args: &[::runtime::native::Value],
            names: ::core::option::Option<&::runtime::native::KwNames>,
        ) -> ::runtime::native::Result<::runtime::native::Value> {
            let [receiver, values @ ..] = args else {
                return ::core::result::Result::Err(::runtime::native::wrong_arguments(th, def, args, names));
            };
            let names = names.map(::runtime::native::KwNames::names).unwrap_or_default();
            construct(th, receiver, ::runtime::native::Args { values, names })
        }
    }
}

/// The local name of a parameter's value, before and after it is converted.
fn value(place: usize) -> Ident {
    format_ident!("a{place}")
}

/// The conversion of one argument; it is there already in an exact match and may be missing otherwise.
fn convert(place: usize, parameter: &Parameter, exact: bool) -> TokenStream {
    let value = value(place);
    let name = &parameter.declared.name;
    let ty = &parameter.input.ty;
    let from = |ty: &Type| quote_spanned!(at(ty)=> <#ty as ::runtime::native::FromArg>::from_arg(th, def, #name, #value)?);
    let converted = match (parameter.declared.passing, &parameter.declared.default) {
        (Passing::Keywords, _) => return TokenStream::new(),
        (Passing::Rest, _) if matches!(ty, Type::Reference(_)) => return TokenStream::new(),
        (Passing::Rest, _) => quote_spanned!(at(ty)=> <#ty as ::core::convert::From<_>>::from(#value)),
        (_, None) if exact => from(ty),
        (_, None) => {
            let from = from(ty);
            quote! {{
                let ::core::option::Option::Some(#value) = #value else {
                    return ::core::result::Result::Err(::runtime::native::wrong_arguments(th, def, args, names));
                };
                #from
            }}
        }
        (_, Some((default, text))) => {
            let (given, omitted) = match default::option_of(ty) {
                Some(_) if *default == Default::None => (from(ty), quote!(::core::option::Option::None)),
                Some(inner) => {
                    let given = from(inner);
                    (quote!(::core::option::Option::Some(#given)), quote!(::core::option::Option::None))
                }
                None => match default.expression(ty, text) {
                    Ok(omitted) => (from(ty), omitted),
                    Err(error) => (from(ty), error.into_compile_error()),
                },
            };
            quote! {
                match #value {
                    ::core::option::Option::Some(#value) => #given,
                    ::core::option::Option::None => #omitted,
                }
            }
        }
    };
    quote!(let #value = #converted;)
}

/// Makes of the value `receiver` what the function takes, except that a section is opened later.
pub fn open_receiver(how: &Receiver, payload: Option<&Path>, wrong: &TokenStream) -> TokenStream {
    match how {
        Receiver::Value => TokenStream::new(),
        Receiver::Object | Receiver::Exclusive => quote! {
            let ::core::option::Option::Some(receiver) = ::runtime::native::receiver::<#payload>(receiver) else {
                return #wrong;
            };
        },
        Receiver::Converted(ty) => {
            let from = quote_spanned!(at(ty)=> <#ty as ::runtime::native::FromArg>::from_arg);
            quote!(let receiver = #from(th, def, "self", receiver)?;)
        }
    }
}

/// Calls `function` and converts what it returns.
pub fn call(
    function: &Ident,
    thread: bool,
    receiver: Option<&Receiver>,
    values: impl Iterator<Item = Ident>,
    output: Option<&Type>,
) -> TokenStream {
    let thread = thread.then(|| quote!(th,));
    let receiver = receiver.map(|how| match how {
        Receiver::Exclusive => quote!(::runtime::native::Exclusive::open(th, receiver),),
        _ => quote!(receiver,),
    });
    let call = quote!(self::#function(#thread #receiver #(#values),*));
    match output {
        None => quote!(#call; ::runtime::native::IntoResult::into_result((), th)),
        Some(ty) => {
            let into = quote_spanned!(at(ty)=> ::runtime::native::IntoResult::into_result);
            quote!(let result = #call; #into(result, th))
        }
    }
}
