//! Default values of parameters: a Python literal, and the Rust expression that a thunk uses for it.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, Type};

/// A default value, as far as it matters here.
#[derive(Debug, PartialEq)]
pub enum Default {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string.
    Str(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Anything else, for which only an `Option` will do.
    Other,
}

impl Default {
    /// Reads the text after the `=` in a signature.
    pub fn parse(text: &str) -> Self {
        let digits = text.strip_prefix('-').unwrap_or(text);
        match text {
            "None" => Self::None,
            "True" => Self::Bool(true),
            "False" => Self::Bool(false),
            "sys.maxsize" => Self::Int(i64::MAX),
            _ if digits.starts_with(|first: char| first.is_ascii_digit()) => number(text),
            _ => match text.strip_prefix('b') {
                Some(bytes) => match quoted(bytes) {
                    Some(text) if text.chars().all(|c| u32::from(c) < 256) => {
                        Self::Bytes(text.chars().map(|c| c as u8).collect())
                    }
                    _ => Self::Other,
                },
                None => quoted(text).map_or(Self::Other, Self::Str),
            },
        }
    }

    /// The Rust expression of type `ty`, which is no `Option`.
    pub fn expression(&self, ty: &Type, text: &str) -> syn::Result<TokenStream> {
        let name = match ty {
            Type::Path(path) => {
                path.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default()
            }
            Type::Reference(_) => "&".to_owned(),
            _ => String::new(),
        };
        let float = matches!(name.as_str(), "f64" | "f32");
        let value = match self {
            Self::None | Self::Other => {
                let message = format!("the default `{text}` needs an `Option` type");
                return Err(syn::Error::new_spanned(ty, message));
            }
            Self::Bool(value) => quote!(#value),
            Self::Int(value) if float => {
                negatable(*value < 0, Literal::f64_unsuffixed(value.unsigned_abs() as f64))
            }
            Self::Int(value) if is_integer(&name) => {
                negatable(*value < 0, Literal::u64_unsuffixed(value.unsigned_abs()))
            }
            Self::Int(value) => negatable(*value < 0, Literal::u64_unsuffixed(value.unsigned_abs())),
            Self::Float(value) => negatable(value.is_sign_negative(), Literal::f64_unsuffixed(value.abs())),
            Self::Str(value) => quote!(#value),
            Self::Bytes(value) => {
                let bytes = Literal::byte_string(value);
                quote!(&#bytes[..])
            }
        };
        let direct = match self {
            Self::Int(_) => float || is_integer(&name),
            Self::Float(_) => float,
            Self::Bool(_) => name == "bool",
            _ => name == "&",
        };
        if direct {
            return Ok(value);
        }
        let from = match self {
            Self::Int(_) => quote!(i64),
            Self::Float(_) => quote!(f64),
            Self::Bool(_) => quote!(bool),
            Self::Str(_) => quote!(&str),
            _ => quote!(&[u8]),
        };
        Ok(quote_spanned!(ty.span()=> <#ty as ::core::convert::From<#from>>::from(#value)))
    }
}

fn is_integer(name: &str) -> bool {
    matches!(
        name,
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64" | "u128" | "usize"
    )
}

fn negatable(negative: bool, literal: Literal) -> TokenStream {
    if negative { quote!(-#literal) } else { quote!(#literal) }
}

fn number(text: &str) -> Default {
    let plain = text.replace('_', "");
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |digits| ("-", digits));
    let radix = match digits.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => 16,
        Some("0o") => 8,
        Some("0b") => 2,
        _ => 10,
    };
    let digits = if radix == 10 { digits } else { &digits[2..] };
    if let Ok(value) = i64::from_str_radix(&format!("{sign}{digits}"), radix) {
        return Default::Int(value);
    }
    plain.parse().map_or(Default::Other, Default::Float)
}

/// The contents of a quoted string without a prefix, with the usual escapes.
fn quoted(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut result = String::new();
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        if c == quote {
            return None;
        }
        if c != '\\' {
            result.push(c);
            continue;
        }
        result.push(match rest.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '0' => '\0',
            'x' => code_point(&mut rest, 2)?,
            'u' => code_point(&mut rest, 4)?,
            c @ ('\\' | '\'' | '"') => c,
            _ => return None,
        });
    }
    Some(result)
}

fn code_point(rest: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let text: String = rest.by_ref().take(digits).collect();
    char::from_u32(u32::from_str_radix(&text, 16).ok()?)
}

/// `T` of the type `Option<T>`.
pub fn option_of(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    })
}
