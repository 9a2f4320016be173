//! `errno`: names of the system's error numbers.

use runtime::error::Result;
use runtime::object::cast;
use runtime::types::{Dict, DictExt, Str, int, module as modules};
use runtime::{Thread, Value, native};

macro_rules! numbers {
    ($($(#[$meta:meta])* $name:ident)*) => { &[$($(#[$meta])* (stringify!($name), libc::$name)),*] };
}

/// Names and numbers. Of two names for one number, `errorcode` has the one that comes last.
#[cfg(target_os = "linux")]
static NUMBERS: &[(&str, i32)] = numbers! {
    ENODEV ENOCSI EHOSTUNREACH ENOMSG EUCLEAN EL2NSYNC EL2HLT ENODATA ENOTBLK ENOSYS EPIPE EINVAL EOVERFLOW EADV
    EINTR EUSERS ENOTEMPTY ENOBUFS EPROTO EREMOTE ENAVAIL ECHILD ELOOP EXDEV E2BIG ESRCH EMSGSIZE EAFNOSUPPORT EBADR
    EHOSTDOWN EPFNOSUPPORT ENOPROTOOPT EBUSY EWOULDBLOCK EAGAIN EBADFD EDOTDOT EISCONN ENOANO ESHUTDOWN ECHRNG ELIBBAD
    ENONET EBADE EBADF EMULTIHOP EIO EUNATCH EPROTOTYPE ENOSPC ENOEXEC EALREADY ENETDOWN ENOTNAM EACCES ELNRNG EILSEQ
    ENOTDIR ENOTUNIQ EPERM EDOM EXFULL ECONNREFUSED EISDIR EPROTONOSUPPORT EROFS EADDRNOTAVAIL EIDRM ECOMM ESRMNT
    EREMOTEIO EL3RST EBADMSG ENFILE ELIBMAX ESPIPE ENOLINK ENETRESET ETIMEDOUT ENOENT EEXIST EDQUOT ENOSTR EBADSLT
    EBADRQC ELIBACC EFAULT EFBIG EDEADLK EDEADLOCK ENOTCONN EDESTADDRREQ ELIBSCN ENOLCK EISNAM ECONNABORTED
    ENETUNREACH ESTALE ENOSR ENOMEM ENOTSOCK ESTRPIPE EMLINK ERANGE ELIBEXEC EL3HLT ECONNRESET EADDRINUSE EOPNOTSUPP
    ENOTSUP EREMCHG ENAMETOOLONG ENOTTY ERESTART ESOCKTNOSUPPORT ETIME EBFONT ETOOMANYREFS EMFILE ETXTBSY EINPROGRESS
    ENXIO ENOPKG ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EHWPOISON EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD
    ENOTRECOVERABLE ERFKILL
};

/// Names and numbers. Of two names for one number, `errorcode` has the one that comes last.
#[cfg(not(target_os = "linux"))]
static NUMBERS: &[(&str, i32)] = numbers! {
    ENODEV EHOSTUNREACH ENOMSG ENODATA ENOTBLK ENOSYS EPIPE EINVAL EOVERFLOW EINTR EUSERS ENOTEMPTY ENOBUFS EPROTO EREMOTE
    ECHILD ELOOP EXDEV E2BIG ESRCH EMSGSIZE EAFNOSUPPORT EHOSTDOWN EPFNOSUPPORT ENOPROTOOPT EBUSY EWOULDBLOCK EAGAIN
    EISCONN ESHUTDOWN EBADF EIO EPROTOTYPE ENOSPC ENOEXEC EALREADY ENETDOWN EACCES EILSEQ ENOTDIR EPERM EDOM
    ECONNREFUSED EISDIR EPROTONOSUPPORT EROFS EADDRNOTAVAIL EIDRM EBADMSG ENFILE ESPIPE ENOLINK ENETRESET ETIMEDOUT
    ENOENT EEXIST EDQUOT ENOSTR EFAULT EFBIG EDEADLK ENOTCONN EDESTADDRREQ ENOLCK ECONNABORTED ENETUNREACH ESTALE ENOSR
    ENOMEM ENOTSOCK EMLINK ERANGE ECONNRESET EADDRINUSE EOPNOTSUPP ENOTSUP ENAMETOOLONG ENOTTY ESOCKTNOSUPPORT ETIME
    ETOOMANYREFS EMFILE ETXTBSY EINPROGRESS ENXIO ECANCELED EOWNERDEAD ENOTRECOVERABLE
};

/// The module.
#[native::module(
    "errno",
    doc = "This module makes available standard errno system symbols.\n\nThe value of each symbol is the corresponding integer value,\ne.g., on most systems, errno.ENOENT equals the integer 2.\n\nThe dictionary errno.errorcode maps numeric codes to symbol names,\ne.g., errno.errorcode[2] could be the string 'ENOENT'.\n\nSymbols that are not relevant to the underlying system are not defined.\n\nTo map error codes to error messages, use the function os.strerror(),\ne.g. os.strerror(2) could return 'No such file or directory'."
)]
pub mod module {
    use super::*;

    #[init]
    fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        let codes = Dict::new(th)?;
        if let Some(dict) = cast::<Dict>(&codes) {
            for (name, number) in NUMBERS {
                let number = int::from_i64(th, i64::from(*number))?;
                modules::set(th, module, name, number.clone())?;
                let name = Str::interned(th, name)?;
                dict.set(th, &number, name)?;
            }
        }
        modules::set(th, module, "errorcode", codes)
    }
}
