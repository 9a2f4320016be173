//! Messages in other languages, as C's library has them.

/// The functions.
#[runtime::native::module("_locale", doc = "")]
pub mod functions {
    use runtime::error::Result;
    use runtime::system::locale::messages as system;
    use runtime::types::{Str, StrExt};
    use runtime::{Object, Thread, Value};

    use crate::locale::{c_text, error, text_of};

    fn optional(thread: &mut Thread, text: Option<&Object<Str>>) -> Result<Option<std::ffi::CString>> {
        text.map(|text| c_text(thread, text)).transpose()
    }

    /// gettext(msg) -> string
    ///
    /// Return translation of msg.
    pub fn gettext(th: &mut Thread, msg: &Object<Str>) -> Result<Value> {
        let message = c_text(th, msg)?;
        text_of(th, &system::translate(None, &message, libc::LC_MESSAGES))
    }

    /// dgettext(domain, msg) -> string
    ///
    /// Return translation of msg in domain.
    #[sig("(domain, msg, /)")]
    pub fn dgettext(th: &mut Thread, domain: Option<&Object<Str>>, msg: &Object<Str>) -> Result<Value> {
        dcgettext(th, domain, msg, libc::LC_MESSAGES)
    }

    /// Return translation of msg in domain and category.
    #[sig("(domain, msg, category, /)")]
    pub fn dcgettext(
        th: &mut Thread,
        domain: Option<&Object<Str>>,
        msg: &Object<Str>,
        category: i32,
    ) -> Result<Value> {
        let (domain, message) = (optional(th, domain)?, c_text(th, msg)?);
        text_of(th, &system::translate(domain.as_deref(), &message, category))
    }

    /// Set the C library's textdmain to domain, returning the new domain.
    #[sig("(domain, /)")]
    pub fn textdomain(th: &mut Thread, domain: Option<&Object<Str>>) -> Result<Value> {
        let domain = optional(th, domain)?;
        let answer = system::domain(domain.as_deref()).ok_or_else(|| error("the domain was refused"))?;
        text_of(th, &answer)
    }

    /// Bind the C library's domain to dir.
    #[sig("(domain, dir, /)")]
    pub fn bindtextdomain(th: &mut Thread, domain: &Object<Str>, dir: Option<&Object<Str>>) -> Result<Value> {
        if domain.is_empty() {
            return Err(error("domain must be a non-empty string"));
        }
        let (domain, folder) = (c_text(th, domain)?, optional(th, dir)?);
        let answer =
            system::bind(&domain, folder.as_deref()).ok_or_else(|| error("the folder was refused"))?;
        text_of(th, &answer)
    }

    /// Bind the C library's domain to codeset.
    #[sig("(domain, codeset, /)")]
    pub fn bind_textdomain_codeset(
        th: &mut Thread,
        domain: &Object<Str>,
        codeset: Option<&Object<Str>>,
    ) -> Result<Value> {
        let (domain, codeset) = (c_text(th, domain)?, optional(th, codeset)?);
        match system::bind_codeset(&domain, codeset.as_deref()) {
            Some(answer) => text_of(th, &answer),
            None => Ok(Value::none()),
        }
    }
}
