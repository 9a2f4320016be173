//! The databases of users and groups.

use std::ffi::{CStr, CString};
use std::io;
use std::mem::MaybeUninit;
use std::ptr;

use threads::sync::Mutex;

/// A user.
#[derive(Clone, Debug)]
pub struct User {
    /// Login name.
    pub name: CString,
    /// The password, or what stands for it.
    pub password: CString,
    /// Number.
    pub id: u32,
    /// The group's number.
    pub group: u32,
    /// Real name and the like.
    pub comment: CString,
    /// Home directory.
    pub home: CString,
    /// Login shell.
    pub shell: CString,
}

/// A group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Name.
    pub name: CString,
    /// The password, or what stands for it.
    pub password: CString,
    /// Number.
    pub id: u32,
    /// Names of users.
    pub members: Vec<CString>,
}

fn text(pointer: *const libc::c_char) -> CString {
    if pointer.is_null() {
        return CString::default();
    }
    // SAFETY: the library gives strings that end with a zero, in memory that lives until the caller has read it.
    unsafe { CStr::from_ptr(pointer) }.to_owned()
}

fn user(of: &libc::passwd) -> User {
    User {
        name: text(of.pw_name),
        password: text(of.pw_passwd),
        id: of.pw_uid,
        group: of.pw_gid,
        comment: text(of.pw_gecos),
        home: text(of.pw_dir),
        shell: text(of.pw_shell),
    }
}

fn group(of: &libc::group) -> Group {
    let mut members = Vec::new();
    let mut at = of.gr_mem;
    while !at.is_null() {
        // SAFETY: a list of pointers that ends with null.
        let member = unsafe { *at };
        if member.is_null() {
            break;
        }
        members.push(text(member));
        at = at.wrapping_add(1);
    }
    Group { name: text(of.gr_name), password: text(of.gr_passwd), id: of.gr_gid, members }
}

/// Calls a function that fills a record and asks for room, with more room until it has enough.
fn growing<T, R>(
    mut call: impl FnMut(*mut T, &mut [u8], *mut *mut T) -> i32,
    read: impl Fn(&T) -> R,
) -> io::Result<Option<R>> {
    let mut room = vec![0u8; 1024];
    loop {
        let mut record = MaybeUninit::<T>::zeroed();
        let mut found = ptr::null_mut();
        match call(record.as_mut_ptr(), &mut room, &raw mut found) {
            0 if found.is_null() => return Ok(None),
            // SAFETY: found, and so filled; its strings are in `room`.
            0 => return Ok(Some(read(unsafe { &*found }))),
            libc::ERANGE if room.len() < 1 << 24 => {
                let more = room.len() * 2;
                room.resize(more, 0);
            }
            libc::EINTR => {}
            // Some say so of what is not there.
            libc::ENOENT | libc::ESRCH | libc::EBADF | libc::EPERM => return Ok(None),
            number => return Err(io::Error::from_raw_os_error(number)),
        }
    }
}

/// The user with this number.
///
/// # Errors
/// The system's.
pub fn user_by_id(id: u32) -> io::Result<Option<User>> {
    // SAFETY: a record and room of the given size.
    growing(
        |record, room, found| unsafe {
            libc::getpwuid_r(id, record, room.as_mut_ptr().cast(), room.len(), found)
        },
        user,
    )
}

/// The user with this name.
///
/// # Errors
/// The system's.
pub fn user_by_name(name: &CStr) -> io::Result<Option<User>> {
    growing(
        |record, room, found| {
            // SAFETY: a name that ends with a zero, a record, and room of the given size.
            unsafe { libc::getpwnam_r(name.as_ptr(), record, room.as_mut_ptr().cast(), room.len(), found) }
        },
        user,
    )
}

/// The group with this number.
///
/// # Errors
/// The system's.
pub fn group_by_id(id: u32) -> io::Result<Option<Group>> {
    // SAFETY: a record and room of the given size.
    growing(
        |record, room, found| unsafe {
            libc::getgrgid_r(id, record, room.as_mut_ptr().cast(), room.len(), found)
        },
        group,
    )
}

/// The group with this name.
///
/// # Errors
/// The system's.
pub fn group_by_name(name: &CStr) -> io::Result<Option<Group>> {
    growing(
        |record, room, found| {
            // SAFETY: a name that ends with a zero, a record, and room of the given size.
            unsafe { libc::getgrnam_r(name.as_ptr(), record, room.as_mut_ptr().cast(), room.len(), found) }
        },
        group,
    )
}

/// The databases are read through one place of the library.
static READING: Mutex<()> = Mutex::new(());

/// All users.
pub fn users() -> Vec<User> {
    let _reading = READING.lock();
    let mut all = Vec::new();
    // SAFETY: no arguments, and nobody else reads meanwhile.
    unsafe { libc::setpwent() };
    loop {
        // SAFETY: as above.
        let next = unsafe { libc::getpwent() };
        // SAFETY: null, or valid until the next call.
        let Some(next) = (unsafe { next.as_ref() }) else { break };
        all.push(user(next));
    }
    // SAFETY: as above.
    unsafe { libc::endpwent() };
    all
}

/// All groups.
pub fn groups() -> Vec<Group> {
    let _reading = READING.lock();
    let mut all = Vec::new();
    // SAFETY: no arguments, and nobody else reads meanwhile.
    unsafe { libc::setgrent() };
    loop {
        // SAFETY: as above.
        let next = unsafe { libc::getgrent() };
        // SAFETY: null, or valid until the next call.
        let Some(next) = (unsafe { next.as_ref() }) else { break };
        all.push(group(next));
    }
    // SAFETY: as above.
    unsafe { libc::endgrent() };
    all
}
