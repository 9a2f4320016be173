//! The format mini-language: what `format(value, spec)` reads in `spec` and makes of numbers and strings.

mod apply;
mod number;
pub mod quick;
mod spec;

pub use apply::{format_complex, format_float, format_int, format_str};
pub use number::{C_LOCALE, Locale};
pub use spec::{Align, Defaults, Grouping, Spec, parse};

/// What formatting depends on besides the value and the specification.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// For the type `n`.
    pub locale: &'a Locale,
    /// `sys.get_int_max_str_digits()`
    pub max_str_digits: usize,
    /// The name of the value's type, for messages.
    pub type_name: &'a str,
}
