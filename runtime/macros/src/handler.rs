//! `#[native::handler]`: the calling convention of the interpreter's handlers.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemFn, parse_quote};

/// The function twice, of which one is compiled: with the convention that saves no registers where the compiler has it, else with Rust's.
pub fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match parsed(arguments, item) {
        Ok(plain) => {
            let mut preserving_none = plain.clone();
            preserving_none.sig.abi = Some(parse_quote!(extern "rust-preserve-none"));
            quote! {
                #[cfg(preserve_none)]
                #preserving_none
                #[cfg(not(preserve_none))]
                #plain
            }
        }
        Err(error) => error.into_compile_error(),
    }
}

fn parsed(arguments: TokenStream, item: TokenStream) -> syn::Result<ItemFn> {
    if !arguments.is_empty() {
        return Err(syn::Error::new_spanned(arguments, "handler takes no arguments"));
    }
    let function: ItemFn = syn::parse2(item)?;
    match &function.sig.abi {
        Some(abi) => Err(syn::Error::new_spanned(abi, "a handler's calling convention is not chosen here")),
        None => Ok(function),
    }
}
