//! The methods of a socket.

use memory::{Object, Value};
use runtime::Thread;
use runtime::error::{Result, os_error, type_error, value_error};
use runtime::native::{self, Rest};
use runtime::object::to_value;
use runtime::ops;
use runtime::system::{numbers, socket as system};
use runtime::types::{Bytes, buffers, int};
use threads::sync::atomic::Ordering;

use super::wait::{self, Patience};
use super::{Socket, address, c_int, names, timed_out, timeout_argument, timeout_value};
use crate::support::{self, check_signals, raise, raise_number};

/// Bytes that are received with one call and copied to a buffer of Python's: a larger one is filled in part, as the system may
/// do anyway.
const MOST_AT_ONCE: usize = 1 << 24;

/// The argument that is an address, as the system takes it.
pub fn address_argument(
    thread: &mut Thread,
    socket: &Object<Socket>,
    caller: &str,
    value: &Value,
) -> Result<Vec<u8>> {
    let this = socket.payload();
    address::from_value(thread, caller, this.family(), this.protocol(), value)
}

fn audited(thread: &mut Thread, socket: &Object<Socket>, event: &str, address: &Value) -> Result<()> {
    names::audit(thread, event, |_| Ok(vec![to_value(socket), address.clone()]))
}

/// Connects; an error number where `raising` is false.
fn connect_to(
    thread: &mut Thread,
    socket: &Object<Socket>,
    address: &[u8],
) -> Result<std::result::Result<(), i32>> {
    let (fd, timeout) = (socket.payload().fd(), socket.payload().timeout());
    // The call's own patience begins with the call.
    let patience = Patience::new(timeout);
    let number = match thread.detached(|| system::connect(fd, address)) {
        Ok(()) => return Ok(Ok(())),
        Err(error) => error.raw_os_error().unwrap_or(libc::EIO),
    };
    let wait = if number == libc::EINTR {
        check_signals(thread)?;
        timeout != 0
    } else {
        timeout > 0 && number == libc::EINPROGRESS
    };
    if !wait {
        return Ok(Err(number));
    }
    if !wait::ready(thread, fd, (libc::POLLOUT | libc::POLLERR) as u16, patience)? {
        return Ok(Err(libc::EWOULDBLOCK));
    }
    Ok(match system::option_number(fd, libc::SOL_SOCKET, libc::SO_ERROR) {
        Ok(0 | libc::EISCONN) => Ok(()),
        Ok(number) => Err(number),
        Err(error) => Err(error.raw_os_error().unwrap_or(libc::EIO)),
    })
}

/// The bytes to send.
///
/// # Errors
/// TypeError.
pub fn data<'a>(thread: &mut Thread, value: &'a Value) -> Result<buffers::BytesLike<'a>> {
    buffers::bytes_of(thread, value)
}

fn refuse_readonly(function: &str, value: &Value) -> runtime::error::Raised {
    let got = support::class_name(value);
    type_error(format!("{function}() argument 1 must be read-write bytes-like object, not {got}"))
}

/// Lends a writable buffer to `fill`, which gets its length and gives the bytes for its beginning.
fn fill<T>(
    thread: &mut Thread,
    function: &str,
    buffer: &Value,
    fill: impl FnOnce(&mut Thread, usize) -> Result<(Vec<u8>, T)>,
) -> Result<(usize, T)> {
    if !buffers::is_buffer(buffer) {
        return Err(refuse_readonly(function, buffer));
    }
    let lent = buffers::lend(thread, buffer, true).map_err(|_| refuse_readonly(function, buffer))?;
    let filled = fill(thread, lent.len_bytes);
    if let Ok((bytes, _)) = &filled {
        lent.write(0, bytes);
    }
    buffers::give_back(thread, &lent);
    filled.map(|(bytes, rest)| (bytes.len(), rest))
}

fn receive(thread: &mut Thread, socket: &Object<Socket>, count: usize, flags: i32) -> Result<Vec<u8>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let this = socket.payload();
    let fd = this.fd();
    let mut room = support::zeroed(count)?;
    let received = wait::call(thread, fd, false, Patience::new(this.timeout()), || {
        system::receive(fd, &mut room, flags)
    })?;
    room.truncate(received);
    Ok(room)
}

fn receive_from(
    thread: &mut Thread,
    socket: &Object<Socket>,
    count: usize,
    flags: i32,
) -> Result<(Vec<u8>, Value)> {
    let this = socket.payload();
    let fd = this.fd();
    let mut room = support::zeroed(count)?;
    let (received, from) = wait::call(thread, fd, false, Patience::new(this.timeout()), || {
        system::receive_from(fd, &mut room, flags)
    })?;
    room.truncate(received);
    Ok((room, address::to_value(thread, this.protocol(), &from)?))
}

/// How many bytes of a buffer of `length` are to be filled.
fn wanted(function: &str, length: usize, asked: isize, too_small: &str) -> Result<usize> {
    match usize::try_from(asked) {
        Err(_) => Err(value_error(format!("negative buffersize in {function}"))),
        Ok(0) => Ok(length.min(MOST_AT_ONCE)),
        Ok(asked) if asked > length => Err(value_error(too_small)),
        Ok(asked) => Ok(asked.min(MOST_AT_ONCE)),
    }
}

#[native::methods(Socket, name = "socket")]
pub mod methods {
    use super::*;

    /// _accept() -> (integer, address info)
    ///
    /// Waits for a connection: its descriptor, and the address at the other end.
    pub fn _accept(th: &mut Thread, socket: &Object<Socket>) -> Result<(i32, Value)> {
        let this = socket.payload();
        let fd = this.fd();
        let (new, from) = wait::call(th, fd, false, Patience::new(this.timeout()), || system::accept(fd))?;
        match address::to_value(th, this.protocol(), &from) {
            Ok(from) => Ok((new, from)),
            Err(raised) => {
                let _ = numbers::close(new);
                Err(raised)
            }
        }
    }

    /// bind(address)
    ///
    /// Gives the socket an address of this host: (host, port) for IP.
    #[sig("($self, object, /)")]
    pub fn bind(th: &mut Thread, socket: &Object<Socket>, object: &Value) -> Result<()> {
        let address = address_argument(th, socket, "bind", object)?;
        audited(th, socket, "socket.bind", object)?;
        let fd = socket.payload().fd();
        th.detached(|| system::bind(fd, &address)).map_err(|error| raise(th, &error))
    }

    /// close()
    ///
    /// Closes the socket, which cannot be used any more.
    pub fn close(th: &mut Thread, socket: &Object<Socket>) -> Result<()> {
        let fd = socket.payload().fd.swap(-1, Ordering::AcqRel);
        if fd < 0 {
            return Ok(());
        }
        match th.detached(|| numbers::close(fd)) {
            // The other end has given up: the descriptor is closed all the same.
            Err(error) if error.raw_os_error() != Some(libc::ECONNRESET) => Err(raise(th, &error)),
            _ => Ok(()),
        }
    }

    /// connect(address)
    ///
    /// Connects the socket: to (host, port) for IP.
    #[sig("($self, object, /)")]
    pub fn connect(th: &mut Thread, socket: &Object<Socket>, object: &Value) -> Result<()> {
        let address = address_argument(th, socket, "connect", object)?;
        audited(th, socket, "socket.connect", object)?;
        let timed = socket.payload().timeout() > 0;
        match connect_to(th, socket, &address)? {
            Ok(()) => Ok(()),
            Err(libc::EWOULDBLOCK) if timed => Err(timed_out()),
            Err(number) => Err(raise_number(th, number)),
        }
    }

    /// connect_ex(address) -> errno
    ///
    /// Like connect(address), but answers the error number, 0 for none.
    #[sig("($self, object, /)")]
    pub fn connect_ex(th: &mut Thread, socket: &Object<Socket>, object: &Value) -> Result<i32> {
        let address = address_argument(th, socket, "connect_ex", object)?;
        audited(th, socket, "socket.connect", object)?;
        Ok(connect_to(th, socket, &address)?.err().unwrap_or(0))
    }

    /// detach()
    ///
    /// Gives up the descriptor without closing it, and returns it.
    pub fn detach(socket: &Object<Socket>) -> i32 {
        socket.payload().fd.swap(-1, Ordering::AcqRel)
    }

    /// fileno() -> integer
    ///
    /// The descriptor; -1 for a socket that is closed.
    pub fn fileno(socket: &Object<Socket>) -> i32 {
        socket.payload().fd()
    }

    /// getblocking()
    ///
    /// Whether calls may wait.
    pub fn getblocking(socket: &Object<Socket>) -> bool {
        socket.payload().timeout() != 0
    }

    /// getpeername() -> address info
    ///
    /// The address at the other end.
    pub fn getpeername(th: &mut Thread, socket: &Object<Socket>) -> Result<Value> {
        let fd = socket.payload().fd();
        let address = th.detached(|| system::peer(fd)).map_err(|error| raise(th, &error))?;
        address::to_value(th, socket.payload().protocol(), &address)
    }

    /// getsockname() -> address info
    ///
    /// The address at this end.
    pub fn getsockname(th: &mut Thread, socket: &Object<Socket>) -> Result<Value> {
        let fd = socket.payload().fd();
        let address = th.detached(|| system::name(fd)).map_err(|error| raise(th, &error))?;
        address::to_value(th, socket.payload().protocol(), &address)
    }

    /// getsockopt(level, option[, buffersize]) -> value
    ///
    /// An option: an integer, or bytes if a size is given.
    #[sig("($self, level, option, buffersize=0, /)")]
    pub fn getsockopt(
        th: &mut Thread,
        socket: &Object<Socket>,
        level: i32,
        option: i32,
        buffersize: i32,
    ) -> Result<Value> {
        let this = socket.payload();
        let fd = this.fd();
        if buffersize == 0 {
            if this.family() == libc::AF_VSOCK {
                let bytes = system::option(fd, level, option, 8).map_err(|error| raise(th, &error))?;
                let mut number = [0; 8];
                number[..bytes.len()].copy_from_slice(&bytes);
                return int::from_i128(th, u64::from_ne_bytes(number).into());
            }
            let number = system::option_number(fd, level, option).map_err(|error| raise(th, &error))?;
            return int::from_i64(th, number.into());
        }
        let Some(most) = usize::try_from(buffersize).ok().filter(|&most| most <= 1024) else {
            return Err(os_error("getsockopt buflen out of range"));
        };
        let bytes = system::option(fd, level, option, most).map_err(|error| raise(th, &error))?;
        Bytes::new(th, &bytes)
    }

    /// gettimeout() -> timeout
    ///
    /// The timeout in seconds; None if calls wait for ever.
    pub fn gettimeout(th: &mut Thread, socket: &Object<Socket>) -> Result<Value> {
        timeout_value(th, socket.payload().timeout())
    }

    /// listen([backlog])
    ///
    /// Lets the socket be connected to. At most so many connections wait to be accepted.
    #[sig("($self, backlog=128, /)")]
    pub fn listen(th: &mut Thread, socket: &Object<Socket>, backlog: i32) -> Result<()> {
        let fd = socket.payload().fd();
        th.detached(|| system::listen(fd, backlog.max(0))).map_err(|error| raise(th, &error))
    }

    /// recv(buffersize[, flags]) -> data
    ///
    /// Receives at most so many bytes; none when the other end is closed.
    #[sig("($self, buffersize, flags=0, /)")]
    pub fn recv(th: &mut Thread, socket: &Object<Socket>, buffersize: isize, flags: i32) -> Result<Value> {
        let count = usize::try_from(buffersize).map_err(|_| value_error("negative buffersize in recv"))?;
        let bytes = receive(th, socket, count, flags)?;
        Bytes::new(th, &bytes)
    }

    /// recv_into(buffer, [nbytes[, flags]]) -> nbytes_read
    ///
    /// Receives bytes into a buffer: as many as fit, or at most nbytes.
    #[sig("($self, buffer, nbytes=0, flags=0)")]
    pub fn recv_into(
        th: &mut Thread,
        socket: &Object<Socket>,
        buffer: &Value,
        nbytes: isize,
        flags: i32,
    ) -> Result<usize> {
        let filled = fill(th, "recv_into", buffer, |th, length| {
            let count = wanted("recv_into", length, nbytes, "buffer too small for requested bytes")?;
            Ok((receive(th, socket, count, flags)?, ()))
        })?;
        Ok(filled.0)
    }

    /// recvfrom(buffersize[, flags]) -> (data, address info)
    ///
    /// Like recv(buffersize, flags), with the address of who has sent the bytes.
    #[sig("($self, buffersize, flags=0, /)")]
    pub fn recvfrom(
        th: &mut Thread,
        socket: &Object<Socket>,
        buffersize: isize,
        flags: i32,
    ) -> Result<(Value, Value)> {
        let count =
            usize::try_from(buffersize).map_err(|_| value_error("negative buffersize in recvfrom"))?;
        let (bytes, from) = receive_from(th, socket, count, flags)?;
        Ok((Bytes::new(th, &bytes)?, from))
    }

    /// recvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, address info)
    ///
    /// Like recv_into(buffer[, nbytes[, flags]]), with the address of who has sent the bytes.
    #[sig("($self, buffer, nbytes=0, flags=0)")]
    pub fn recvfrom_into(
        th: &mut Thread,
        socket: &Object<Socket>,
        buffer: &Value,
        nbytes: isize,
        flags: i32,
    ) -> Result<(usize, Value)> {
        fill(th, "recvfrom_into", buffer, |th, length| {
            let too_small = "nbytes is greater than the length of the buffer";
            let count = wanted("recvfrom_into", length, nbytes, too_small)?;
            receive_from(th, socket, count, flags)
        })
    }

    /// send(data[, flags]) -> count
    ///
    /// Sends bytes; how many, which may be fewer than were given.
    #[sig("($self, data, flags=0, /)")]
    pub fn send(th: &mut Thread, socket: &Object<Socket>, data: &Value, flags: i32) -> Result<usize> {
        let bytes = super::data(th, data)?;
        let this = socket.payload();
        let fd = this.fd();
        wait::call(th, fd, true, Patience::new(this.timeout()), || system::send(fd, &bytes, flags))
    }

    /// sendall(data[, flags])
    ///
    /// Sends bytes, all of them. After an error nobody knows how many were sent.
    #[sig("($self, data, flags=0, /)")]
    pub fn sendall(th: &mut Thread, socket: &Object<Socket>, data: &Value, flags: i32) -> Result<()> {
        let bytes = super::data(th, data)?;
        let this = socket.payload();
        let fd = this.fd();
        let patience = Patience::new(this.timeout());
        let mut rest: &[u8] = &bytes;
        while !rest.is_empty() {
            let count = wait::call(th, fd, true, patience, || system::send(fd, rest, flags))?;
            rest = rest.get(count..).unwrap_or_default();
            check_signals(th)?;
        }
        Ok(())
    }

    /// sendto(data[, flags], address) -> count
    ///
    /// Like send(data, flags), to an address.
    #[sig("($self, *args)", hidden)]
    pub fn sendto(th: &mut Thread, socket: &Object<Socket>, args: Rest<'_>) -> Result<usize> {
        let (data, flags, to) = match args {
            [data, to] => (data, None, to),
            [data, flags, to] => (data, Some(flags), to),
            _ => {
                let count = args.len();
                return Err(type_error(format!("sendto() takes 2 or 3 arguments ({count} given)")));
            }
        };
        let bytes = super::data(th, data)?;
        let flags = match flags {
            Some(flags) => c_int(th, flags)?,
            None => 0,
        };
        let address = address_argument(th, socket, "sendto", to)?;
        audited(th, socket, "socket.sendto", to)?;
        let this = socket.payload();
        let fd = this.fd();
        wait::call(th, fd, true, Patience::new(this.timeout()), || {
            system::send_to(fd, &bytes, flags, &address)
        })
    }

    /// setblocking(flag)
    ///
    /// Whether calls wait: a timeout of None or of zero.
    #[sig("($self, object, /)")]
    pub fn setblocking(th: &mut Thread, socket: &Object<Socket>, object: &Value) -> Result<()> {
        let wait = ops::is_true(th, object)?;
        socket.payload().timeout.store(if wait { -1 } else { 0 }, Ordering::Relaxed);
        let fd = socket.payload().fd();
        th.detached(|| system::set_blocking(fd, wait)).map_err(|error| raise(th, &error))
    }

    /// settimeout(timeout)
    ///
    /// How long calls may wait, in seconds; None for ever.
    #[sig("($self, object, /)")]
    pub fn settimeout(th: &mut Thread, socket: &Object<Socket>, object: &Value) -> Result<()> {
        let ns = timeout_argument(th, object)?;
        socket.payload().timeout.store(ns, Ordering::Relaxed);
        let fd = socket.payload().fd();
        th.detached(|| system::set_blocking(fd, ns < 0)).map_err(|error| raise(th, &error))
    }

    /// setsockopt(level, option, value: int)
    /// setsockopt(level, option, value: buffer)
    /// setsockopt(level, option, None, optlen: int)
    ///
    /// Sets an option to a number, to bytes, or to nothing of a length.
    #[sig("($self, *args)", hidden)]
    pub fn setsockopt(th: &mut Thread, socket: &Object<Socket>, args: Rest<'_>) -> Result<()> {
        let fd = socket.payload().fd();
        let (level, option, value) = match args {
            [level, option, value] => (level, option, value),
            [level, option, value, length] if value.is_none() => {
                let (level, option) = (c_int(th, level)?, c_int(th, option)?);
                let length = ops::index_i128(th, length)? as u32;
                return system::set_option_length(fd, level, option, length)
                    .map_err(|error| raise(th, &error));
            }
            _ => {
                let count = args.len();
                return Err(type_error(format!("setsockopt() takes exactly 3 arguments ({count} given)")));
            }
        };
        let (level, option) = (c_int(th, level)?, c_int(th, option)?);
        let bytes = if int::is_int(value) || runtime::class::slots_of(value).index.get().is_some() {
            let number = ops::index_i128(th, value)?;
            if socket.payload().family() == libc::AF_VSOCK {
                (number as u64).to_ne_bytes().to_vec()
            } else {
                match i32::try_from(number) {
                    Ok(number) => number.to_ne_bytes().to_vec(),
                    Err(_) => return Err(type_error("a bytes-like object is required, not 'int'")),
                }
            }
        } else {
            data(th, value)?.into_vec()
        };
        system::set_option(fd, level, option, &bytes).map_err(|error| raise(th, &error))
    }

    /// shutdown(flag)
    ///
    /// Ends reading (SHUT_RD), writing (SHUT_WR) or both (SHUT_RDWR).
    #[sig("($self, object, /)")]
    pub fn shutdown(th: &mut Thread, socket: &Object<Socket>, object: &Value) -> Result<()> {
        let how = c_int(th, object)?;
        let fd = socket.payload().fd();
        th.detached(|| system::shutdown(fd, how)).map_err(|error| raise(th, &error))
    }

    /// the socket family
    #[getter]
    pub fn family(socket: &Object<Socket>) -> i32 {
        socket.payload().family()
    }

    /// the socket type
    #[getter]
    pub fn r#type(socket: &Object<Socket>) -> i32 {
        socket.payload().kind.load(Ordering::Relaxed)
    }

    /// the socket protocol
    #[getter]
    pub fn proto(socket: &Object<Socket>) -> i32 {
        socket.payload().protocol()
    }

    /// the socket timeout
    #[getter]
    pub fn timeout(th: &mut Thread, socket: &Object<Socket>) -> Result<Value> {
        timeout_value(th, socket.payload().timeout())
    }
}
