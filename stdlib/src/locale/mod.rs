//! `_locale`: the locale that C's library keeps.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod messages;

pub use functions::MODULE;

use std::ffi::CString;

use runtime::class::ClassDef;
use runtime::error::{EXCEPTION, Raised, Result, raise, value_error};
use runtime::types::{Str, codecs, exception};
use runtime::{Object, Thread, Value};

/// `locale.Error`
pub static ERROR: ClassDef = exception::declare("Error", "locale", "", &EXCEPTION);

#[cold]
fn error(message: &str) -> Raised {
    raise(&ERROR, message.to_owned())
}

/// A text for C's library.
fn c_text(thread: &mut Thread, text: &Object<Str>) -> Result<CString> {
    let bytes = codecs::fs_encode(thread, text)?;
    CString::new(bytes).map_err(|_| value_error("embedded null character"))
}

/// A text of C's library.
fn text_of(thread: &mut Thread, bytes: &[u8]) -> Result<Value> {
    codecs::fs_decode(thread, bytes)
}

macro_rules! items {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

/// What `nl_langinfo` knows.
static ITEMS: &[(&str, i64)] = items! {
    CODESET D_T_FMT D_FMT T_FMT T_FMT_AMPM AM_STR PM_STR RADIXCHAR THOUSEP YESEXPR NOEXPR CRNCYSTR
    DAY_1 DAY_2 DAY_3 DAY_4 DAY_5 DAY_6 DAY_7 ABDAY_1 ABDAY_2 ABDAY_3 ABDAY_4 ABDAY_5 ABDAY_6 ABDAY_7
    MON_1 MON_2 MON_3 MON_4 MON_5 MON_6 MON_7 MON_8 MON_9 MON_10 MON_11 MON_12
    ABMON_1 ABMON_2 ABMON_3 ABMON_4 ABMON_5 ABMON_6 ABMON_7 ABMON_8 ABMON_9 ABMON_10 ABMON_11 ABMON_12
    ERA ERA_D_FMT ERA_D_T_FMT ERA_T_FMT ALT_DIGITS
};

/// Support for POSIX locales.
#[runtime::native::module("_locale")]
pub mod functions {
    use runtime::error::{Result, value_error};
    use runtime::object::cast;
    use runtime::system::locale as system;
    use runtime::types::{Dict, DictExt, List, Str, int, module};
    use runtime::{Object, Thread, Value};

    use super::{ITEMS, c_text, error, text_of};
    use crate::support;

    /// Sets the constants.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        system::start();
        module::set(th, module, "Error", super::ERROR.value())?;
        support::constants(
            th,
            module,
            &[
                ("LC_CTYPE", libc::LC_CTYPE.into()),
                ("LC_NUMERIC", libc::LC_NUMERIC.into()),
                ("LC_TIME", libc::LC_TIME.into()),
                ("LC_COLLATE", libc::LC_COLLATE.into()),
                ("LC_MONETARY", libc::LC_MONETARY.into()),
                ("LC_MESSAGES", libc::LC_MESSAGES.into()),
                ("LC_ALL", libc::LC_ALL.into()),
                ("CHAR_MAX", std::ffi::c_char::MAX.into()),
            ],
        )?;
        support::constants(th, module, ITEMS)?;
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        support::add_parts(th, module, &[&super::messages::functions::MODULE])?;
        Ok(())
    }

    /// Activates/queries locale processing.
    #[sig("(category, locale=None, /)")]
    pub fn setlocale(th: &mut Thread, category: i32, locale: Option<&Object<Str>>) -> Result<Value> {
        let name = match locale {
            Some(locale) => Some(c_text(th, locale)?),
            None => None,
        };
        let answer = system::set(category, name.as_deref()).ok_or_else(|| {
            error(if name.is_some() { "unsupported locale setting" } else { "locale query failed" })
        })?;
        text_of(th, &answer)
    }

    /// Returns numeric and monetary locale-specific parameters.
    pub fn localeconv(th: &mut Thread) -> Result<Value> {
        let found = system::conventions();
        let result = Dict::new(th)?;
        let set = |th: &mut Thread, name: &str, value: Value| {
            let name = Str::interned(th, name)?;
            match cast::<Dict>(&result) {
                Some(result) => result.set_str(th, &name, value),
                None => Ok(()),
            }
        };
        for (name, text) in found.texts {
            let text = text_of(th, &text)?;
            set(th, name, text)?;
        }
        for (name, number) in found.numbers {
            let number = int::from_i64(th, number)?;
            set(th, name, number)?;
        }
        for (name, mut sizes) in found.groups {
            // The zero that ends them repeats the last size, and belongs to them; a list that says nothing is empty.
            if !sizes.is_empty() && sizes.last() != Some(&i64::from(std::ffi::c_char::MAX)) {
                sizes.push(0);
            }
            let sizes = sizes.into_iter().map(|size| int::from_i64(th, size)).collect::<Result<_>>()?;
            let sizes = List::new(th, sizes)?;
            set(th, name, sizes)?;
        }
        Ok(result)
    }

    /// Return the value for the locale information associated with key.
    pub fn nl_langinfo(th: &mut Thread, key: i32) -> Result<Value> {
        if !ITEMS.iter().any(|(_, item)| *item == i64::from(key)) {
            return Err(value_error("unsupported langinfo constant"));
        }
        text_of(th, &system::language_info(key))
    }

    /// Compares two strings according to the locale.
    pub fn strcoll(th: &mut Thread, os1: &Object<Str>, os2: &Object<Str>) -> Result<i32> {
        let (a, b) = (c_text(th, os1)?, c_text(th, os2)?);
        Ok(system::collate(&a, &b))
    }

    /// Return a string that can be used as a key for locale-aware comparisons.
    pub fn strxfrm(th: &mut Thread, string: &Object<Str>) -> Result<Value> {
        let text = c_text(th, string)?;
        text_of(th, &system::transform(&text))
    }

    /// Get the current locale encoding.
    pub fn getencoding(th: &mut Thread) -> Result<Value> {
        text_of(th, &system::language_info(libc::CODESET))
    }
}
