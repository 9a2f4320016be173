//! `syslog`: the system's log.

use std::ffi::CString;

use memory::Value;
use runtime::Thread;
use runtime::error::{Result, type_error, value_error};
use runtime::native::{self, Rest};
use runtime::object::cast;
use runtime::ops;
use runtime::system::log;
use runtime::types::{Str, buffers};

use crate::support;

const CONSTANTS: &[(&str, i64)] = &[
    ("LOG_ALERT", 1),
    ("LOG_AUTH", 32),
    ("LOG_AUTHPRIV", 80),
    ("LOG_CONS", 2),
    ("LOG_CRIT", 2),
    ("LOG_CRON", 72),
    ("LOG_DAEMON", 24),
    ("LOG_DEBUG", 7),
    ("LOG_EMERG", 0),
    ("LOG_ERR", 3),
    ("LOG_FTP", 88),
    ("LOG_INFO", 6),
    ("LOG_KERN", 0),
    ("LOG_LOCAL0", 128),
    ("LOG_LOCAL1", 136),
    ("LOG_LOCAL2", 144),
    ("LOG_LOCAL3", 152),
    ("LOG_LOCAL4", 160),
    ("LOG_LOCAL5", 168),
    ("LOG_LOCAL6", 176),
    ("LOG_LOCAL7", 184),
    ("LOG_LPR", 48),
    ("LOG_MAIL", 16),
    ("LOG_NDELAY", 8),
    ("LOG_NEWS", 56),
    ("LOG_NOTICE", 5),
    ("LOG_NOWAIT", 16),
    ("LOG_ODELAY", 4),
    ("LOG_PERROR", 32),
    ("LOG_PID", 1),
    ("LOG_SYSLOG", 40),
    ("LOG_USER", 8),
    ("LOG_UUCP", 64),
    ("LOG_WARNING", 4),
];

fn text(thread: &mut Thread, function: &str, value: &Value) -> Result<CString> {
    let Some(text) = cast::<Str>(value) else {
        let got = support::class_name(value);
        return Err(type_error(format!("{function}() argument must be str, not {got}")));
    };
    let bytes = buffers::utf8_of(thread, text)?;
    CString::new(bytes).map_err(|_| value_error("embedded null character"))
}

#[native::module("syslog", doc = "")]
pub mod module {
    use super::*;

    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        support::constants(th, module, CONSTANTS)
    }

    /// Set what later calls of syslog() say of themselves.
    #[sig("(ident=None, logoption=0, facility=8)")]
    pub fn openlog(th: &mut Thread, ident: Option<&Value>, logoption: i64, facility: i64) -> Result<()> {
        let ident = match ident {
            Some(ident) => text(th, "openlog", ident)?,
            None => log::program_name(),
        };
        log::open(ident, logoption as i32, facility as i32);
        Ok(())
    }

    /// syslog([priority=LOG_INFO,] string)
    ///
    /// Send the string to the system's log.
    #[sig("(*args)", hidden)]
    pub fn syslog(th: &mut Thread, args: Rest<'_>) -> Result<()> {
        let (priority, message) = match args {
            [message] => (6, message),
            [priority, message] => (ops::index_i128(th, priority)? as i32, message),
            _ => return Err(type_error("syslog.syslog requires 1 to 2 arguments")),
        };
        let message = text(th, "syslog", message)?;
        th.detached(|| log::write(priority, &message));
        Ok(())
    }

    /// Reset what openlog() has set.
    #[sig("()")]
    pub fn closelog(th: &mut Thread) {
        th.detached(log::close);
    }

    /// Set the priority mask to maskpri and return the previous mask value.
    #[sig("(maskpri, /)")]
    pub fn setlogmask(maskpri: i64) -> i32 {
        log::set_mask(maskpri as i32)
    }

    /// Calculates the mask for the individual priority pri.
    #[sig("(pri, /)")]
    pub fn LOG_MASK(pri: i64) -> i64 {
        1i64.checked_shl(pri as u32 & 31).unwrap_or(0)
    }

    /// Calculates the mask for all priorities up to and including pri.
    #[sig("(pri, /)")]
    pub fn LOG_UPTO(pri: i64) -> i64 {
        (1i64 << ((pri as u32 & 31) + 1)) - 1
    }
}
