//! Arguments that name files: paths, descriptors, directories to begin at.

use std::ffi::{CStr, CString};

use runtime::class::{TypeExt, class_of, slots_of};
use runtime::error::{Raised, Result, overflow_error, type_error, value_error};
use runtime::native::{FromArg, NativeDef};
use runtime::object::cast;
use runtime::types::{Bytes, Str, int, os_error};
use runtime::{Thread, Value, ops};

use crate::support::{self, SystemError};

/// A file named by a path or, where that is allowed, by a descriptor.
#[derive(Debug)]
pub struct Path {
    /// The path; `.` where none was given.
    pub name: CString,
    /// The descriptor.
    pub fd: Option<i32>,
    /// What was given.
    pub given: Value,
    /// Whether it was bytes.
    pub is_bytes: bool,
}

/// What a path argument may be besides a path.
#[derive(Clone, Copy, Debug, Default)]
pub struct Allow {
    /// A descriptor.
    pub fd: bool,
    /// None, for the current directory.
    pub none: bool,
}

/// Only a path.
pub const PATH: Allow = Allow { fd: false, none: false };
/// A path or a descriptor.
pub const PATH_OR_FD: Allow = Allow { fd: true, none: false };

impl Path {
    /// The path that `value` is, an argument of `function` called `argument`.
    ///
    /// # Errors
    /// TypeError, ValueError for a zero character, OverflowError for a descriptor.
    pub fn of(
        thread: &mut Thread,
        function: &str,
        argument: &str,
        value: &Value,
        allow: Allow,
    ) -> Result<Self> {
        if value.is_none() && allow.none {
            return Ok(Self { name: c".".to_owned(), fd: None, given: Value::none(), is_bytes: false });
        }
        let is_index = slots_of(value).index.get().is_some();
        let mut path = value.clone();
        let mut is_text = cast::<Str>(value).is_some();
        if !is_text && cast::<Bytes>(value).is_none() {
            if allow.fd && is_index {
                let fd = number(thread, value)?;
                return Ok(Self {
                    name: CString::default(),
                    fd: Some(fd),
                    given: value.clone(),
                    is_bytes: false,
                });
            }
            let fspath = runtime::interned!(thread, "__fspath__")?;
            if class_of(value).lookup(thread, fspath).is_none_or(|method| method.is_none()) {
                return Err(refuse(function, argument, value, allow));
            }
            path = support::fspath(thread, value)?;
            is_text = cast::<Str>(&path).is_some();
        }
        let name = support::name_of(thread, &path)?;
        let Ok(text) = CString::new(name.bytes) else {
            return Err(value_error(format!("{function}: embedded null character in {argument}")));
        };
        Ok(Self { name: text, fd: None, given: path, is_bytes: !is_text })
    }

    /// The path's bytes.
    pub fn bytes(&self) -> &[u8] {
        self.name.as_bytes()
    }

    /// The OSError for a failed call with this path.
    pub fn raise(&self, thread: &mut Thread, error: &impl SystemError) -> Raised {
        let shown = Some(&self.given).filter(|given| !given.is_none());
        os_error::from_errno(thread, error.number(), shown, None)
    }

    /// The OSError for a failed call with two paths.
    pub fn raise_with(&self, thread: &mut Thread, error: &impl SystemError, other: &Path) -> Raised {
        os_error::from_errno(thread, error.number(), Some(&self.given), Some(&other.given))
    }

    /// The path as C has it.
    pub fn c(&self) -> &CStr {
        &self.name
    }
}

fn refuse(function: &str, argument: &str, value: &Value, allow: Allow) -> Raised {
    let kinds = match (allow.fd, allow.none) {
        (true, true) => "string, bytes, os.PathLike, integer or None",
        (true, false) => "string, bytes, os.PathLike or integer",
        (false, true) => "string, bytes, os.PathLike or None",
        (false, false) => "string, bytes or os.PathLike",
    };
    type_error(format!("{function}: {argument} should be {kinds}, not {}", class_of(value).name_lossy()))
}

/// A descriptor given as a number.
fn number(thread: &mut Thread, value: &Value) -> Result<i32> {
    if int::as_bool(value).is_some() {
        let warning = &runtime::error::RUNTIME_WARNING;
        runtime::hooks::warn(thread, warning, "bool is used as a file descriptor", 1)?;
    }
    let index = ops::index(thread, value)?;
    match int::to_i64(&index) {
        Some(wide) if wide > i64::from(i32::MAX) => Err(overflow_error("fd is greater than maximum")),
        Some(wide) if wide < i64::from(i32::MIN) => Err(overflow_error("fd is less than minimum")),
        Some(wide) => Ok(wide as i32),
        None if int::is_negative(&index) => Err(overflow_error("fd is less than minimum")),
        None => Err(overflow_error("fd is greater than maximum")),
    }
}

/// The directory at which a relative path begins.
#[derive(Clone, Copy, Debug)]
pub struct DirFd(pub i32);

impl DirFd {
    /// The current directory, unless another is given.
    pub fn or_current(given: Option<Self>) -> i32 {
        given.map_or(libc::AT_FDCWD, |dir| dir.0)
    }
}

impl<'a> FromArg<'a> for DirFd {
    fn from_arg(thread: &mut Thread, _: &NativeDef, _: &'static str, value: &'a Value) -> Result<Self> {
        if slots_of(value).index.get().is_none() {
            return Err(type_error(format!(
                "argument should be integer or None, not {}",
                class_of(value).name_lossy()
            )));
        }
        number(thread, value).map(Self)
    }
}

/// A process's, user's or group's number, of which -1 means "leave it".
#[derive(Clone, Copy, Debug)]
pub struct Id(pub u32);

impl<'a> FromArg<'a> for Id {
    fn from_arg(thread: &mut Thread, _: &NativeDef, name: &'static str, value: &'a Value) -> Result<Self> {
        let kind = if name.contains("gid") || name.contains("egid") || name.contains("group") {
            "gid"
        } else {
            "uid"
        };
        if slots_of(value).index.get().is_none() {
            return Err(type_error(format!(
                "{kind} should be integer, not {}",
                class_of(value).name_lossy()
            )));
        }
        let index = ops::index(thread, value)?;
        match int::to_i64(&index) {
            Some(-1) => Ok(Self(u32::MAX)),
            Some(wide) if wide < 0 => Err(overflow_error(format!("{kind} is less than minimum"))),
            Some(wide) if wide < i64::from(u32::MAX) => Ok(Self(wide as u32)),
            None if int::is_negative(&index) => Err(overflow_error(format!("{kind} is less than minimum"))),
            _ => Err(overflow_error(format!("{kind} is greater than maximum"))),
        }
    }
}
