//! `_functools`: what `functools` is built on.
//!
//! | file         | concept                                                  |
//! |--------------|----------------------------------------------------------|
//! | `partial`    | functions with some arguments filled in; the placeholder |
//! | `cmp_to_key` | keys that compare by an old-style function               |
//! | `lru_cache`  | memory of results, the oldest forgotten first            |

mod cmp_to_key;
mod lru_cache;
mod partial;

pub use module::MODULE;

/// Tools that operate on functions.
#[runtime::native::module(
    "_functools",
    classes(super::partial::Partial, super::partial::PlaceholderType, super::lru_cache::LruCache)
)]
pub mod module {
    use runtime::error::{Result, TYPE_ERROR, type_error};
    use runtime::iterate::Iteration;
    use runtime::object::cast;
    use runtime::types::{Dict, DictExt, Str, module};
    use runtime::{Thread, Value, call};

    use crate::support;

    /// Adds the placeholder.
    #[init]
    pub fn exec(th: &mut Thread, this: &Value) -> Result<()> {
        let placeholder = super::partial::placeholder(th)?;
        let namespace = module::dict(th, this)?;
        if let Some(dict) = cast::<Dict>(&namespace) {
            let name = Str::interned(th, "Placeholder")?;
            dict.set_str(th, &name, placeholder)?;
        }
        Ok(())
    }

    /// Apply a function of two arguments cumulatively to the items of an iterable, from left to right.
    ///
    /// This effectively reduces the iterable to a single value.  If initial is present,
    /// it is placed before the items of the iterable in the calculation, and serves as
    /// a default when the iterable is empty.
    ///
    /// For example, reduce(lambda x, y: x+y, [1, 2, 3, 4, 5])
    /// calculates ((((1 + 2) + 3) + 4) + 5).
    #[sig("(function, iterable, /, initial=<unrepresentable>)")]
    pub fn reduce(
        th: &mut Thread,
        function: &Value,
        iterable: &Value,
        initial: Option<&Value>,
    ) -> Result<Value> {
        let mut items = match Iteration::over(th, iterable) {
            Err(raised) if raised.is(&TYPE_ERROR) => {
                return Err(type_error("reduce() arg 2 must support iteration"));
            }
            other => other?,
        };
        let mut total = initial.cloned();
        while let Some(item) = items.next(th)? {
            total = Some(match total {
                Some(total) => call::call_positional(th, function, &[total, item])?,
                None => item,
            });
            support::poll(th)?;
        }
        total.ok_or_else(|| type_error("reduce() of empty iterable with no initial value"))
    }

    /// Convert a cmp= function into a key= function.
    ///
    ///   mycmp
    ///     Function that compares two objects.
    #[sig("(mycmp)")]
    pub fn cmp_to_key(th: &mut Thread, mycmp: &Value) -> Result<Value> {
        super::cmp_to_key::new(th, mycmp)
    }
}
