//! The locale that C's library keeps for the whole process.
//!
//! Nothing of Python depends on it but what `locale` shows. C's functions race with a thread that sets it, so all of them
//! are called one at a time.
//!
//! * INV-LOCALE-1: these functions are called under [`ONE`] alone.

use std::ffi::{CStr, CString, c_char, c_int};

use threads::sync::Mutex;

static ONE: Mutex<()> = Mutex::new(());

/// A copy of C's text; empty for none.
///
/// # Safety
/// The pointer is null or leads to text that ends with a zero and stays meanwhile.
unsafe fn copied(text: *const c_char) -> Vec<u8> {
    if text.is_null() {
        return Vec::new();
    }
    // SAFETY: the caller's.
    unsafe { CStr::from_ptr(text) }.to_bytes().to_vec()
}

/// Sets the locale of a category, or asks for it; `None` if C's library refuses.
pub fn set(category: i32, locale: Option<&CStr>) -> Option<Vec<u8>> {
    let _one = ONE.lock();
    let locale = locale.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: INV-LOCALE-1; the name ends with a zero.
    let answer = unsafe { libc::setlocale(category, locale) };
    if answer.is_null() {
        return None;
    }
    // SAFETY: INV-LOCALE-1: nobody sets the locale meanwhile.
    Some(unsafe { copied(answer) })
}

/// What a locale says of numbers and money.
#[derive(Clone, Debug)]
pub struct Conventions {
    /// Texts by name.
    pub texts: Vec<(&'static str, Vec<u8>)>,
    /// Small numbers by name; the largest `c_char` says nothing.
    pub numbers: Vec<(&'static str, i64)>,
    /// Sizes of groups of digits by name, up to the zero.
    pub groups: Vec<(&'static str, Vec<i64>)>,
}

/// The conventions of the current locale.
pub fn conventions() -> Conventions {
    let _one = ONE.lock();
    // SAFETY: INV-LOCALE-1.
    let found = unsafe { libc::localeconv() };
    // SAFETY: C's library answers with a structure of its own, which stays until the next call.
    let found = unsafe { &*found };
    // SAFETY: its texts end with zeros.
    let text = |text: *mut c_char| unsafe { copied(text) };
    let group = |sizes: *mut c_char| text(sizes).into_iter().map(|size| i64::from(size as c_char)).collect();
    Conventions {
        texts: vec![
            ("int_curr_symbol", text(found.int_curr_symbol)),
            ("currency_symbol", text(found.currency_symbol)),
            ("mon_decimal_point", text(found.mon_decimal_point)),
            ("mon_thousands_sep", text(found.mon_thousands_sep)),
            ("positive_sign", text(found.positive_sign)),
            ("negative_sign", text(found.negative_sign)),
            ("decimal_point", text(found.decimal_point)),
            ("thousands_sep", text(found.thousands_sep)),
        ],
        numbers: vec![
            ("int_frac_digits", found.int_frac_digits.into()),
            ("frac_digits", found.frac_digits.into()),
            ("p_cs_precedes", found.p_cs_precedes.into()),
            ("p_sep_by_space", found.p_sep_by_space.into()),
            ("n_cs_precedes", found.n_cs_precedes.into()),
            ("n_sep_by_space", found.n_sep_by_space.into()),
            ("p_sign_posn", found.p_sign_posn.into()),
            ("n_sign_posn", found.n_sign_posn.into()),
        ],
        groups: vec![("mon_grouping", group(found.mon_grouping)), ("grouping", group(found.grouping))],
    }
}

/// A text of the current locale.
pub fn language_info(item: i32) -> Vec<u8> {
    let _one = ONE.lock();
    // SAFETY: INV-LOCALE-1; items that are unknown have no text.
    let text = unsafe { libc::nl_langinfo(item) };
    // SAFETY: INV-LOCALE-1: the text stays until the locale is set.
    unsafe { copied(text) }
}

/// The order of two texts in the current locale.
pub fn collate(a: &CStr, b: &CStr) -> c_int {
    let _one = ONE.lock();
    // SAFETY: INV-LOCALE-1; both end with zeros.
    unsafe { libc::strcoll(a.as_ptr(), b.as_ptr()) }
}

/// A text whose bytes are ordered as `text` is in the current locale.
pub fn transform(text: &CStr) -> Vec<u8> {
    let _one = ONE.lock();
    // SAFETY: INV-LOCALE-1; nothing is written to a place of no length.
    let len = unsafe { libc::strxfrm(std::ptr::null_mut(), text.as_ptr(), 0) };
    let mut bytes = vec![0_u8; len + 1];
    // SAFETY: INV-LOCALE-1; there is room for that many bytes and the zero.
    let len = unsafe { libc::strxfrm(bytes.as_mut_ptr().cast(), text.as_ptr(), bytes.len()) };
    bytes.truncate(len.min(bytes.len() - 1));
    bytes
}

/// Takes the locale's encoding from the environment, as a program in C does first of all; one that can only say ASCII is
/// replaced by one that can say everything.
pub fn start() {
    let empty = CString::default();
    let named = set(libc::LC_CTYPE, Some(&empty));
    let plain = named.is_none_or(|name| matches!(&*name, b"C" | b"POSIX"));
    if plain && std::env::var_os("LC_ALL").is_none_or(|value| value.is_empty()) {
        let _ =
            [c"C.UTF-8", c"C.utf8", c"UTF-8"].into_iter().find_map(|name| set(libc::LC_CTYPE, Some(name)));
    }
}

/// Messages in other languages, as C's library of GNU has them.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub mod messages {
    use super::{CStr, ONE, c_char, c_int, copied};

    unsafe extern "C" {
        fn dcgettext(domain: *const c_char, message: *const c_char, category: c_int) -> *mut c_char;
        fn textdomain(domain: *const c_char) -> *mut c_char;
        fn bindtextdomain(domain: *const c_char, folder: *const c_char) -> *mut c_char;
        fn bind_textdomain_codeset(domain: *const c_char, codeset: *const c_char) -> *mut c_char;
    }

    fn pointer(text: Option<&CStr>) -> *const c_char {
        text.map_or(std::ptr::null(), CStr::as_ptr)
    }

    fn answered(text: *const c_char) -> Option<Vec<u8>> {
        // SAFETY: INV-LOCALE-1: what C's library answers with stays meanwhile.
        (!text.is_null()).then(|| unsafe { copied(text) })
    }

    /// The translation of a message.
    pub fn translate(domain: Option<&CStr>, message: &CStr, category: i32) -> Vec<u8> {
        let _one = ONE.lock();
        // SAFETY: INV-LOCALE-1; the texts end with zeros.
        let text = unsafe { dcgettext(pointer(domain), message.as_ptr(), category) };
        answered(text).unwrap_or_default()
    }

    /// Sets or asks for the domain.
    pub fn domain(domain: Option<&CStr>) -> Option<Vec<u8>> {
        let _one = ONE.lock();
        // SAFETY: as above.
        answered(unsafe { textdomain(pointer(domain)) })
    }

    /// Sets or asks for the folder of a domain.
    pub fn bind(domain: &CStr, folder: Option<&CStr>) -> Option<Vec<u8>> {
        let _one = ONE.lock();
        // SAFETY: as above.
        answered(unsafe { bindtextdomain(domain.as_ptr(), pointer(folder)) })
    }

    /// Sets or asks for the encoding of a domain's messages.
    pub fn bind_codeset(domain: &CStr, codeset: Option<&CStr>) -> Option<Vec<u8>> {
        let _one = ONE.lock();
        // SAFETY: as above.
        answered(unsafe { bind_textdomain_codeset(domain.as_ptr(), pointer(codeset)) })
    }
}
