//! Names and numbers of hosts, services, protocols and interfaces.

use std::ffi::{CStr, CString};
use std::io;
use std::mem::MaybeUninit;
use std::ptr;

/// Why a name was not found: a number, and the system's words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// An error of the system.
    System(i32),
    /// An error of the resolver.
    Resolver(i32, String),
}

unsafe extern "C" {
    fn inet_aton(text: *const libc::c_char, to: *mut libc::in_addr) -> libc::c_int;
    fn inet_pton(family: libc::c_int, text: *const libc::c_char, to: *mut libc::c_void) -> libc::c_int;
    fn inet_ntop(
        family: libc::c_int,
        from: *const libc::c_void,
        to: *mut libc::c_char,
        length: libc::socklen_t,
    ) -> *const libc::c_char;
    fn hstrerror(number: libc::c_int) -> *const libc::c_char;
    fn sethostname(name: *const libc::c_char, length: usize) -> libc::c_int;
    fn gethostbyname_r(
        name: *const libc::c_char,
        result: *mut libc::hostent,
        room: *mut libc::c_char,
        length: usize,
        found: *mut *mut libc::hostent,
        error: *mut libc::c_int,
    ) -> libc::c_int;
    fn gethostbyaddr_r(
        address: *const libc::c_void,
        bytes: libc::socklen_t,
        family: libc::c_int,
        result: *mut libc::hostent,
        room: *mut libc::c_char,
        length: usize,
        found: *mut *mut libc::hostent,
        error: *mut libc::c_int,
    ) -> libc::c_int;
    fn getservbyname_r(
        name: *const libc::c_char,
        protocol: *const libc::c_char,
        result: *mut libc::servent,
        room: *mut libc::c_char,
        length: usize,
        found: *mut *mut libc::servent,
    ) -> libc::c_int;
    fn getservbyport_r(
        port: libc::c_int,
        protocol: *const libc::c_char,
        result: *mut libc::servent,
        room: *mut libc::c_char,
        length: usize,
        found: *mut *mut libc::servent,
    ) -> libc::c_int;
    fn getprotobyname_r(
        name: *const libc::c_char,
        result: *mut libc::protoent,
        room: *mut libc::c_char,
        length: usize,
        found: *mut *mut libc::protoent,
    ) -> libc::c_int;
}

/// # Safety
/// `pointer` is null or points to a string that ends with a zero.
unsafe fn text(pointer: *const libc::c_char) -> Vec<u8> {
    if pointer.is_null() {
        return Vec::new();
    }
    // SAFETY: as this function's callers promise.
    unsafe { CStr::from_ptr(pointer) }.to_bytes().to_vec()
}

/// An error of `getaddrinfo` and `getnameinfo`.
fn resolver_error(number: i32) -> Unresolved {
    if number == libc::EAI_SYSTEM {
        return Unresolved::System(io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO));
    }
    // SAFETY: any number; the strings are constants.
    let pointer = unsafe { libc::gai_strerror(number) };
    // SAFETY: a constant of the library.
    let words = unsafe { text(pointer) };
    Unresolved::Resolver(number, String::from_utf8_lossy(&words).into_owned())
}

fn host_error(number: i32) -> Unresolved {
    // SAFETY: any number; the strings are constants.
    let pointer = unsafe { hstrerror(number) };
    // SAFETY: a constant of the library.
    let words = unsafe { text(pointer) };
    Unresolved::Resolver(number, String::from_utf8_lossy(&words).into_owned())
}

/// One answer of [`resolve`].
#[derive(Clone, Debug)]
pub struct Found {
    /// Family of addresses.
    pub family: i32,
    /// Type of socket.
    pub kind: i32,
    /// Protocol.
    pub protocol: i32,
    /// The host's proper name, if it was asked for.
    pub name: Vec<u8>,
    /// The address.
    pub address: Vec<u8>,
}

/// What addresses are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Family of addresses; 0 for any.
    pub family: i32,
    /// Type of socket; 0 for any.
    pub kind: i32,
    /// Protocol; 0 for any.
    pub protocol: i32,
    /// Flags of the resolver.
    pub flags: i32,
}

/// Addresses of a host and a service.
///
/// # Errors
/// What the resolver says.
pub fn resolve(
    host: Option<&CStr>,
    service: Option<&CStr>,
    wanted: Wanted,
) -> Result<Vec<Found>, Unresolved> {
    // SAFETY: numbers and pointers, for which zero is valid.
    let mut hints = unsafe { MaybeUninit::<libc::addrinfo>::zeroed().assume_init() };
    hints.ai_family = wanted.family;
    hints.ai_socktype = wanted.kind;
    hints.ai_protocol = wanted.protocol;
    hints.ai_flags = wanted.flags;
    let mut list: *mut libc::addrinfo = ptr::null_mut();
    let pointer = |name: Option<&CStr>| name.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: strings that end with a zero, or null; values of this function.
    let error =
        unsafe { libc::getaddrinfo(pointer(host), pointer(service), &raw const hints, &raw mut list) };
    if error != 0 {
        return Err(resolver_error(error));
    }
    let mut found = Vec::new();
    let mut next = list;
    // SAFETY: an item of the list that the call has made, or null at its end.
    while let Some(item) = unsafe { next.as_ref() } {
        let address = if item.ai_addr.is_null() {
            Vec::new()
        } else {
            // SAFETY: as many bytes, says the item.
            unsafe { std::slice::from_raw_parts(item.ai_addr.cast::<u8>(), item.ai_addrlen as usize) }
                .to_vec()
        };
        found.push(Found {
            family: item.ai_family,
            kind: item.ai_socktype,
            protocol: item.ai_protocol,
            // SAFETY: a string that ends with a zero, or null.
            name: unsafe { text(item.ai_canonname) },
            address,
        });
        next = item.ai_next;
    }
    // SAFETY: the list that the call has made; nothing points into it any more.
    unsafe { libc::freeaddrinfo(list) };
    Ok(found)
}

/// Host and service that an address belongs to.
///
/// # Errors
/// What the resolver says.
pub fn names_of(address: &[u8], flags: i32) -> Result<(Vec<u8>, Vec<u8>), Unresolved> {
    let mut host = [0 as libc::c_char; 1025];
    let mut service = [0 as libc::c_char; 32];
    // Words, so that it is aligned.
    let mut aligned = [0u64; super::socket::ADDRESS_BYTES / 8];
    let length = address.len().min(super::socket::ADDRESS_BYTES);
    for (word, chunk) in aligned.iter_mut().zip(address.chunks(8)) {
        let mut bytes = [0; 8];
        bytes[..chunk.len()].copy_from_slice(chunk);
        *word = u64::from_ne_bytes(bytes);
    }
    // SAFETY: an address, and room of the lengths that are given.
    let error = unsafe {
        libc::getnameinfo(
            aligned.as_ptr().cast(),
            length as libc::socklen_t,
            host.as_mut_ptr(),
            host.len() as libc::socklen_t,
            service.as_mut_ptr(),
            service.len() as libc::socklen_t,
            flags,
        )
    };
    if error != 0 {
        return Err(resolver_error(error));
    }
    // SAFETY: the call has ended it with a zero.
    let host = unsafe { text(host.as_ptr()) };
    // SAFETY: as above.
    Ok((host, unsafe { text(service.as_ptr()) }))
}

/// A host of the database of hosts.
#[derive(Clone, Debug)]
pub struct Host {
    /// Its name.
    pub name: Vec<u8>,
    /// Its other names.
    pub aliases: Vec<Vec<u8>>,
    /// The family of its addresses.
    pub family: i32,
    /// Its addresses.
    pub addresses: Vec<Vec<u8>>,
}

/// # Safety
/// `list` is null, or an array of pointers that ends with null and lives as long as `'a`.
unsafe fn pointers<'a>(list: *mut *mut libc::c_char) -> &'a [*mut libc::c_char] {
    if list.is_null() {
        return &[];
    }
    let mut count = 0;
    // SAFETY: not past the null that ends it.
    while !unsafe { list.wrapping_add(count).read() }.is_null() {
        count += 1;
    }
    // SAFETY: as many were counted.
    unsafe { std::slice::from_raw_parts(list, count) }
}

/// # Safety
/// Everything in `host` is as the resolver has filled it.
unsafe fn host_of(host: &libc::hostent) -> Host {
    // SAFETY: an array that ends with null.
    let aliases = unsafe { pointers(host.h_aliases) };
    // SAFETY: an array that ends with null.
    let addresses = unsafe { pointers(host.h_addr_list) };
    let bytes = usize::try_from(host.h_length).unwrap_or(0);
    Host {
        // SAFETY: a string.
        name: unsafe { text(host.h_name) },
        aliases: aliases
            .iter()
            .map(|&alias| {
                // SAFETY: a string.
                unsafe { text(alias) }
            })
            .collect(),
        family: host.h_addrtype,
        addresses: addresses
            .iter()
            .map(|&address| {
                // SAFETY: as many bytes.
                unsafe { std::slice::from_raw_parts(address.cast::<u8>(), bytes) }.to_vec()
            })
            .collect(),
    }
}

/// Calls `ask` with more and more room until it suffices. It gets room and says its result, whether it found something, and
/// the resolver's error.
fn with_room<T>(mut ask: impl FnMut(&mut [libc::c_char]) -> (i32, Option<T>, i32)) -> Result<T, i32> {
    let mut room = vec![0 as libc::c_char; 4096];
    loop {
        let (result, found, error) = ask(&mut room);
        if result == libc::ERANGE && room.len() < 1 << 22 {
            let more = room.len() * 4;
            room.resize(more, 0);
            continue;
        }
        return found.ok_or(error);
    }
}

/// A host by name: IPv4.
///
/// # Errors
/// What the resolver says.
pub fn host_by_name(name: &CStr) -> Result<Host, Unresolved> {
    with_room(|room| {
        let mut host = MaybeUninit::<libc::hostent>::zeroed();
        let (mut found, mut error) = (ptr::null_mut::<libc::hostent>(), 0);
        // SAFETY: a string, room of the length that is given, and values of this function.
        let result = unsafe {
            gethostbyname_r(
                name.as_ptr(),
                host.as_mut_ptr(),
                room.as_mut_ptr(),
                room.len(),
                &raw mut found,
                &raw mut error,
            )
        };
        // SAFETY: null, or the value above, which is filled then.
        let found = unsafe { found.as_ref() };
        // SAFETY: the resolver has filled it.
        (result, found.map(|host| unsafe { host_of(host) }), error)
    })
    .map_err(host_error)
}

/// A host by address.
///
/// # Errors
/// What the resolver says.
pub fn host_by_address(address: &[u8], family: i32) -> Result<Host, Unresolved> {
    with_room(|room| {
        let mut host = MaybeUninit::<libc::hostent>::zeroed();
        let (mut found, mut error) = (ptr::null_mut::<libc::hostent>(), 0);
        // SAFETY: as many bytes, room of the length that is given, and values of this function.
        let result = unsafe {
            gethostbyaddr_r(
                address.as_ptr().cast(),
                address.len() as libc::socklen_t,
                family,
                host.as_mut_ptr(),
                room.as_mut_ptr(),
                room.len(),
                &raw mut found,
                &raw mut error,
            )
        };
        // SAFETY: null, or the value above, which is filled then.
        let found = unsafe { found.as_ref() };
        // SAFETY: the resolver has filled it.
        (result, found.map(|host| unsafe { host_of(host) }), error)
    })
    .map_err(host_error)
}

/// The port of a service.
pub fn service_by_name(name: &CStr, protocol: Option<&CStr>) -> Option<u16> {
    with_room(|room| {
        let mut service = MaybeUninit::<libc::servent>::zeroed();
        let mut found = ptr::null_mut::<libc::servent>();
        // SAFETY: strings, room of the length that is given, and values of this function.
        let result = unsafe {
            getservbyname_r(
                name.as_ptr(),
                protocol.map_or(ptr::null(), CStr::as_ptr),
                service.as_mut_ptr(),
                room.as_mut_ptr(),
                room.len(),
                &raw mut found,
            )
        };
        // SAFETY: null, or the value above, which is filled then.
        (result, unsafe { found.as_ref() }.map(|service| u16::from_be(service.s_port as u16)), 0)
    })
    .ok()
}

/// The service at a port.
pub fn service_by_port(port: u16, protocol: Option<&CStr>) -> Option<Vec<u8>> {
    with_room(|room| {
        let mut service = MaybeUninit::<libc::servent>::zeroed();
        let mut found = ptr::null_mut::<libc::servent>();
        // SAFETY: a string, room of the length that is given, and values of this function.
        let result = unsafe {
            getservbyport_r(
                port.to_be().into(),
                protocol.map_or(ptr::null(), CStr::as_ptr),
                service.as_mut_ptr(),
                room.as_mut_ptr(),
                room.len(),
                &raw mut found,
            )
        };
        // SAFETY: null, or the value above, which is filled then.
        let found = unsafe { found.as_ref() };
        // SAFETY: a string.
        (result, found.map(|service| unsafe { text(service.s_name) }), 0)
    })
    .ok()
}

/// The number of a protocol.
pub fn protocol_by_name(name: &CStr) -> Option<i32> {
    with_room(|room| {
        let mut protocol = MaybeUninit::<libc::protoent>::zeroed();
        let mut found = ptr::null_mut::<libc::protoent>();
        // SAFETY: a string, room of the length that is given, and values of this function.
        let result = unsafe {
            getprotobyname_r(
                name.as_ptr(),
                protocol.as_mut_ptr(),
                room.as_mut_ptr(),
                room.len(),
                &raw mut found,
            )
        };
        // SAFETY: null, or the value above, which is filled then.
        (result, unsafe { found.as_ref() }.map(|protocol| protocol.p_proto), 0)
    })
    .ok()
}

/// An IPv4 address in any of the notations that C knows.
pub fn ipv4_of(name: &CStr) -> Option<[u8; 4]> {
    let mut address = libc::in_addr { s_addr: 0 };
    // SAFETY: a string, and a value of this function.
    let good = unsafe { inet_aton(name.as_ptr(), &raw mut address) };
    (good != 0).then(|| address.s_addr.to_ne_bytes())
}

fn address_bytes(family: i32) -> Option<usize> {
    match family {
        libc::AF_INET => Some(4),
        libc::AF_INET6 => Some(16),
        _ => None,
    }
}

/// The bytes of an address in its usual notation; `None` for one that is none.
///
/// # Errors
/// EAFNOSUPPORT for a family without a notation.
pub fn address_of(family: i32, name: &CStr) -> io::Result<Option<Vec<u8>>> {
    let bytes = address_bytes(family).ok_or_else(|| io::Error::from_raw_os_error(libc::EAFNOSUPPORT))?;
    let mut room = [0u8; 16];
    // SAFETY: a string, and room for the longest address.
    let good = unsafe { inet_pton(family, name.as_ptr(), room.as_mut_ptr().cast()) };
    Ok((good == 1).then(|| room[..bytes].to_vec()))
}

/// The usual notation of an address; `None` if the family has none, or the bytes are not as many as it wants.
pub fn notation(family: i32, address: &[u8]) -> Option<Vec<u8>> {
    if address_bytes(family)? != address.len() {
        return None;
    }
    let mut room = [0 as libc::c_char; 64];
    // SAFETY: as many bytes as the family wants, and room of the length that is given.
    let pointer = unsafe { inet_ntop(family, address.as_ptr().cast(), room.as_mut_ptr(), room.len() as u32) };
    // SAFETY: null, or the room, which the call has ended with a zero.
    (!pointer.is_null()).then(|| unsafe { text(pointer) })
}

/// The name of this host.
///
/// # Errors
/// The system's.
pub fn host_name() -> io::Result<Vec<u8>> {
    let mut room = [0 as libc::c_char; 1024];
    // SAFETY: room of the length that is given, less a zero at the end.
    if unsafe { libc::gethostname(room.as_mut_ptr(), room.len() - 1) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: ends with a zero.
    Ok(unsafe { text(room.as_ptr()) })
}

/// Names this host.
///
/// # Errors
/// The system's.
pub fn set_host_name(name: &[u8]) -> io::Result<()> {
    // SAFETY: as many bytes.
    if unsafe { sethostname(name.as_ptr().cast(), name.len()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// The interfaces of this host.
///
/// # Errors
/// The system's.
pub fn interfaces() -> io::Result<Vec<(u32, Vec<u8>)>> {
    // SAFETY: no arguments.
    let list = unsafe { libc::if_nameindex() };
    if list.is_null() {
        return Err(io::Error::last_os_error());
    }
    let mut found = Vec::new();
    let mut at = list;
    loop {
        // SAFETY: not past the entry of zeros that ends the list.
        let entry = unsafe { at.read() };
        if entry.if_index == 0 && entry.if_name.is_null() {
            break;
        }
        // SAFETY: a string.
        found.push((entry.if_index, unsafe { text(entry.if_name) }));
        at = at.wrapping_add(1);
    }
    // SAFETY: the list that the call above has made.
    unsafe { libc::if_freenameindex(list) };
    Ok(found)
}

/// The number of an interface.
pub fn interface_number(name: &CStr) -> Option<u32> {
    // SAFETY: a string.
    let number = unsafe { libc::if_nametoindex(name.as_ptr()) };
    (number != 0).then_some(number)
}

/// The name of an interface.
///
/// # Errors
/// The system's.
pub fn interface_name(number: u32) -> io::Result<CString> {
    let mut room = [0 as libc::c_char; 32];
    // SAFETY: room for more than the longest name.
    let pointer = unsafe { libc::if_indextoname(number, room.as_mut_ptr()) };
    if pointer.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: ends with a zero.
    Ok(unsafe { CStr::from_ptr(pointer) }.to_owned())
}
