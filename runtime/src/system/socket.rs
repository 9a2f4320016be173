//! Sockets.
//!
//! An address is the bytes that the system knows it by: its family first, then what the family wants. Whoever makes or
//! reads them needs no pointers.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;

/// The most bytes of an address.
pub const ADDRESS_BYTES: usize = size_of::<libc::sockaddr_storage>();

/// Bytes before the data of a control message.
const CONTROL_HEADER: usize = size_of::<libc::cmsghdr>();

/// An address in memory that is aligned as the system wants it.
struct Room {
    storage: libc::sockaddr_storage,
    length: libc::socklen_t,
}

impl Room {
    fn empty() -> Self {
        // SAFETY: numbers, for which zero is valid.
        let storage = unsafe { MaybeUninit::<libc::sockaddr_storage>::zeroed().assume_init() };
        Self { storage, length: ADDRESS_BYTES as libc::socklen_t }
    }

    fn of(address: &[u8]) -> io::Result<Self> {
        if address.len() > ADDRESS_BYTES {
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        let mut room = Self::empty();
        // SAFETY: it fits, as was seen above; the two do not overlap.
        unsafe { ptr::copy_nonoverlapping(address.as_ptr(), (&raw mut room.storage).cast(), address.len()) };
        room.length = address.len() as libc::socklen_t;
        Ok(room)
    }

    fn pointer(&self) -> *const libc::sockaddr {
        (&raw const self.storage).cast()
    }

    fn pointer_mut(&mut self) -> *mut libc::sockaddr {
        (&raw mut self.storage).cast()
    }

    fn bytes(&self) -> Vec<u8> {
        let length = (self.length as usize).min(ADDRESS_BYTES);
        // SAFETY: all bytes are initialised: they were zero, and the system has written some of them.
        unsafe { std::slice::from_raw_parts((&raw const self.storage).cast::<u8>(), length) }.to_vec()
    }
}

fn check(result: i32) -> io::Result<i32> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn count(result: isize) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

/// A new socket, which programs that are started do not get.
///
/// # Errors
/// The system's.
pub fn socket(family: i32, kind: i32, protocol: i32) -> io::Result<i32> {
    // SAFETY: numbers.
    check(unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, protocol) })
}

/// Two sockets that are connected to each other.
///
/// # Errors
/// The system's.
pub fn pair(family: i32, kind: i32, protocol: i32) -> io::Result<[i32; 2]> {
    let mut fds = [-1; 2];
    // SAFETY: room for two numbers.
    check(unsafe { libc::socketpair(family, kind | libc::SOCK_CLOEXEC, protocol, fds.as_mut_ptr()) })?;
    Ok(fds)
}

/// Gives a socket an address.
///
/// # Errors
/// The system's.
pub fn bind(fd: i32, address: &[u8]) -> io::Result<()> {
    let room = Room::of(address)?;
    // SAFETY: an address with its length.
    check(unsafe { libc::bind(fd, room.pointer(), room.length) }).map(drop)
}

/// Connects a socket.
///
/// # Errors
/// The system's.
pub fn connect(fd: i32, address: &[u8]) -> io::Result<()> {
    let room = Room::of(address)?;
    // SAFETY: an address with its length.
    check(unsafe { libc::connect(fd, room.pointer(), room.length) }).map(drop)
}

/// Lets a socket be connected to.
///
/// # Errors
/// The system's.
pub fn listen(fd: i32, backlog: i32) -> io::Result<()> {
    // SAFETY: numbers.
    check(unsafe { libc::listen(fd, backlog) }).map(drop)
}

/// Takes a connection: its socket, and who is at the other end.
///
/// # Errors
/// The system's.
pub fn accept(fd: i32) -> io::Result<(i32, Vec<u8>)> {
    let mut room = Room::empty();
    let address = room.pointer_mut();
    // SAFETY: room for an address of the length that is given.
    let new = check(unsafe { libc::accept4(fd, address, &raw mut room.length, libc::SOCK_CLOEXEC) })?;
    Ok((new, room.bytes()))
}

/// Ends one or both directions.
///
/// # Errors
/// The system's.
pub fn shutdown(fd: i32, how: i32) -> io::Result<()> {
    // SAFETY: numbers.
    check(unsafe { libc::shutdown(fd, how) }).map(drop)
}

/// The address of a socket.
///
/// # Errors
/// The system's.
pub fn name(fd: i32) -> io::Result<Vec<u8>> {
    let mut room = Room::empty();
    let address = room.pointer_mut();
    // SAFETY: room for an address of the length that is given.
    check(unsafe { libc::getsockname(fd, address, &raw mut room.length) })?;
    Ok(room.bytes())
}

/// The address of the other end.
///
/// # Errors
/// The system's.
pub fn peer(fd: i32) -> io::Result<Vec<u8>> {
    let mut room = Room::empty();
    let address = room.pointer_mut();
    // SAFETY: room for an address of the length that is given.
    check(unsafe { libc::getpeername(fd, address, &raw mut room.length) })?;
    Ok(room.bytes())
}

/// Reads an option of at most so many bytes.
///
/// # Errors
/// The system's.
pub fn option(fd: i32, level: i32, option: i32, most: usize) -> io::Result<Vec<u8>> {
    let mut room = vec![0u8; most];
    let mut length = most as libc::socklen_t;
    // SAFETY: room of the length that is given.
    check(unsafe { libc::getsockopt(fd, level, option, room.as_mut_ptr().cast(), &raw mut length) })?;
    room.truncate(length as usize);
    Ok(room)
}

/// Reads an option that is a number.
///
/// # Errors
/// The system's.
pub fn option_number(fd: i32, level: i32, which: i32) -> io::Result<i32> {
    let bytes = option(fd, level, which, size_of::<i32>())?;
    let mut number = [0; size_of::<i32>()];
    number[..bytes.len()].copy_from_slice(&bytes);
    Ok(i32::from_ne_bytes(number))
}

/// Sets an option.
///
/// # Errors
/// The system's.
pub fn set_option(fd: i32, level: i32, option: i32, value: &[u8]) -> io::Result<()> {
    // SAFETY: as many bytes.
    check(unsafe {
        libc::setsockopt(fd, level, option, value.as_ptr().cast(), value.len() as libc::socklen_t)
    })
    .map(drop)
}

/// Sets an option without a value, but with a length.
///
/// # Errors
/// The system's.
pub fn set_option_length(fd: i32, level: i32, option: i32, length: u32) -> io::Result<()> {
    // SAFETY: no bytes, and numbers: the system looks at nothing, or says EFAULT.
    check(unsafe { libc::setsockopt(fd, level, option, ptr::null(), length) }).map(drop)
}

/// Sets whether calls wait.
///
/// # Errors
/// The system's.
pub fn set_blocking(fd: i32, blocking: bool) -> io::Result<()> {
    let mut other = i32::from(!blocking);
    // SAFETY: points to a number of this function.
    check(unsafe { libc::ioctl(fd, libc::FIONBIO, &raw mut other) }).map(drop)
}

/// Receives bytes.
///
/// # Errors
/// The system's.
pub fn receive(fd: i32, into: &mut [u8], flags: i32) -> io::Result<usize> {
    // SAFETY: the slice has as many bytes.
    count(unsafe { libc::recv(fd, into.as_mut_ptr().cast(), into.len(), flags) })
}

/// Receives bytes, and who has sent them.
///
/// # Errors
/// The system's.
pub fn receive_from(fd: i32, into: &mut [u8], flags: i32) -> io::Result<(usize, Vec<u8>)> {
    let mut room = Room::empty();
    let address = room.pointer_mut();
    // SAFETY: the slice has as many bytes; room for an address of the length that is given.
    let received = count(unsafe {
        libc::recvfrom(fd, into.as_mut_ptr().cast(), into.len(), flags, address, &raw mut room.length)
    })?;
    Ok((received, room.bytes()))
}

/// Sends bytes; how many.
///
/// # Errors
/// The system's.
pub fn send(fd: i32, bytes: &[u8], flags: i32) -> io::Result<usize> {
    // SAFETY: the slice has as many bytes.
    count(unsafe { libc::send(fd, bytes.as_ptr().cast(), bytes.len(), flags) })
}

/// Sends bytes to an address; how many.
///
/// # Errors
/// The system's.
pub fn send_to(fd: i32, bytes: &[u8], flags: i32, address: &[u8]) -> io::Result<usize> {
    let room = Room::of(address)?;
    // SAFETY: the slice has as many bytes; an address with its length.
    count(unsafe { libc::sendto(fd, bytes.as_ptr().cast(), bytes.len(), flags, room.pointer(), room.length) })
}

/// A control message: level, type, data.
pub type Control = (i32, i32, Vec<u8>);

/// What a message that was received brought along.
#[derive(Debug)]
pub struct Message {
    /// Bytes received.
    pub count: usize,
    /// Control messages.
    pub controls: Vec<Control>,
    /// Flags.
    pub flags: i32,
    /// Who has sent it.
    pub address: Vec<u8>,
}

/// Bytes of a control message with so much data, without what aligns the next.
pub fn control_length(data: usize) -> Option<usize> {
    data.checked_add(CONTROL_HEADER).filter(|&length| length <= i32::MAX as usize)
}

/// Bytes of a control message with so much data.
pub fn control_space(data: usize) -> Option<usize> {
    let align = size_of::<usize>();
    control_length(data)?.checked_next_multiple_of(align).filter(|&length| length <= i32::MAX as usize)
}

fn word(bytes: &[u8], at: usize) -> Option<[u8; 4]> {
    bytes.get(at..at + 4)?.try_into().ok()
}

/// The control messages in a buffer; what is cut off is given as far as it is there.
fn controls_in(buffer: &[u8]) -> Vec<Control> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(header) = buffer.get(at..at + CONTROL_HEADER) {
        let Some(length) =
            header.get(..8).and_then(|length| length.try_into().ok()).map(usize::from_ne_bytes)
        else {
            break;
        };
        let (Some(level), Some(kind)) = (word(header, 8), word(header, 12)) else { break };
        if length < CONTROL_HEADER {
            break;
        }
        let end = at.saturating_add(length).min(buffer.len());
        found.push((
            i32::from_ne_bytes(level),
            i32::from_ne_bytes(kind),
            buffer[at + CONTROL_HEADER..end].to_vec(),
        ));
        let Some(next) = length.checked_next_multiple_of(size_of::<usize>()) else { break };
        at = at.saturating_add(next);
    }
    found
}

fn buffer_of(controls: &[Control]) -> io::Result<Vec<u64>> {
    let too_much = || io::Error::from_raw_os_error(libc::EMSGSIZE);
    let mut bytes = Vec::new();
    for (level, kind, data) in controls {
        let length = control_length(data.len()).ok_or_else(too_much)?;
        bytes.extend_from_slice(&length.to_ne_bytes());
        bytes.extend_from_slice(&level.to_ne_bytes());
        bytes.extend_from_slice(&kind.to_ne_bytes());
        bytes.extend_from_slice(data);
        bytes.resize(bytes.len().next_multiple_of(size_of::<usize>()), 0);
    }
    // Words, so that the headers are aligned.
    Ok(bytes
        .chunks(8)
        .map(|chunk| {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            u64::from_ne_bytes(word)
        })
        .collect())
}

fn empty_message() -> libc::msghdr {
    // SAFETY: numbers and pointers, for which zero is valid.
    unsafe { MaybeUninit::<libc::msghdr>::zeroed().assume_init() }
}

/// Receives a message into several buffers, with at most so many bytes of control messages.
///
/// # Errors
/// The system's.
pub fn receive_message(fd: i32, into: &mut [Vec<u8>], controls: usize, flags: i32) -> io::Result<Message> {
    let mut parts: Vec<libc::iovec> = into
        .iter_mut()
        .map(|part| libc::iovec { iov_base: part.as_mut_ptr().cast(), iov_len: part.len() })
        .collect();
    let mut room = Room::empty();
    let mut control = vec![0u64; controls.div_ceil(8)];
    let mut message = empty_message();
    message.msg_name = room.pointer_mut().cast();
    message.msg_namelen = room.length;
    message.msg_iov = parts.as_mut_ptr();
    message.msg_iovlen = parts.len();
    if controls > 0 {
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = controls;
    }
    // SAFETY: everything that the message names is a value of this function with the length that is given, or a slice of
    // the caller's.
    let received = count(unsafe { libc::recvmsg(fd, &raw mut message, flags | libc::MSG_CMSG_CLOEXEC) })?;
    room.length = message.msg_namelen;
    let mut bytes: Vec<u8> = control.iter().flat_map(|word| word.to_ne_bytes()).collect();
    bytes.truncate(if controls > 0 { message.msg_controllen } else { 0 });
    Ok(Message {
        count: received,
        controls: controls_in(&bytes),
        flags: message.msg_flags & !libc::MSG_CMSG_CLOEXEC,
        address: room.bytes(),
    })
}

/// Sends buffers as one message with control messages; how many bytes.
///
/// # Errors
/// The system's.
pub fn send_message(
    fd: i32,
    parts: &[Vec<u8>],
    controls: &[Control],
    flags: i32,
    address: Option<&[u8]>,
) -> io::Result<usize> {
    let mut parts: Vec<libc::iovec> = parts
        .iter()
        .map(|part| libc::iovec { iov_base: part.as_ptr().cast_mut().cast(), iov_len: part.len() })
        .collect();
    let mut room = address.map(Room::of).transpose()?;
    let mut control = buffer_of(controls)?;
    let mut message = empty_message();
    if let Some(room) = &mut room {
        message.msg_name = room.pointer_mut().cast();
        message.msg_namelen = room.length;
    }
    message.msg_iov = parts.as_mut_ptr();
    message.msg_iovlen = parts.len();
    if !control.is_empty() {
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = control.len() * 8;
    }
    // SAFETY: everything that the message names is a value of this function with the length that is given, or a slice of
    // the caller's, which is only read.
    count(unsafe { libc::sendmsg(fd, &raw const message, flags) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_messages_survive_the_way_there_and_back() {
        let all = vec![(1, 2, vec![1, 2, 3]), (3, 4, Vec::new()), (5, 6, vec![9; 8])];
        let words = buffer_of(&all).expect("small");
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        assert_eq!(controls_in(&bytes), all);
        assert_eq!(controls_in(&bytes[..18]), vec![(1, 2, vec![1, 2])]);
        assert_eq!(control_length(usize::MAX), None);
        assert_eq!(control_space(1), Some(24));
    }
}
