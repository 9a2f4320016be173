//! Messages: bytes gathered from and scattered to several buffers, with control messages beside them.

use memory::{Object, Value};
use runtime::Thread;
use runtime::error::{Raised, Result, os_error, type_error, value_error};
use runtime::native;
use runtime::object::cast;
use runtime::ops;
use runtime::system::numbers;
use runtime::system::socket::{self as system, Control, Message};
use runtime::types::{Bytes, List, Tuple, TupleExt, buffers, int};

use super::methods::{address_argument, data};
use super::wait::{self, Patience};
use super::{Socket, address, c_int, names};
use crate::support;

/// Buffers of one message.
const MOST_PARTS: usize = 1024;

fn receive(
    thread: &mut Thread,
    socket: &Object<Socket>,
    parts: &mut [Vec<u8>],
    controls: isize,
    flags: i32,
) -> Result<Message> {
    let controls = usize::try_from(controls)
        .ok()
        .filter(|&controls| controls <= i32::MAX as usize)
        .ok_or_else(|| value_error("invalid ancillary data buffer length"))?;
    let this = socket.payload();
    let fd = this.fd();
    wait::call(thread, fd, false, Patience::new(this.timeout()), || {
        system::receive_message(fd, parts, controls, flags)
    })
}

/// Control messages, flags and sender as Python gets them. If that fails, descriptors that have come along are closed.
fn rest_of(thread: &mut Thread, socket: &Object<Socket>, message: &Message) -> Result<(Value, i32, Value)> {
    let made = rest_values(thread, socket, message);
    if made.is_err() {
        for (level, kind, bytes) in &message.controls {
            if (*level, *kind) == (libc::SOL_SOCKET, libc::SCM_RIGHTS) {
                for fd in bytes.chunks_exact(4) {
                    let mut number = [0; 4];
                    number.copy_from_slice(fd);
                    let _ = numbers::close(i32::from_ne_bytes(number));
                }
            }
        }
    }
    made
}

fn rest_values(
    thread: &mut Thread,
    socket: &Object<Socket>,
    message: &Message,
) -> Result<(Value, i32, Value)> {
    let mut controls = Vec::new();
    for (level, kind, bytes) in &message.controls {
        let items = vec![
            int::from_i64(thread, (*level).into())?,
            int::from_i64(thread, (*kind).into())?,
            Bytes::new(thread, bytes)?,
        ];
        controls.push(Tuple::new(thread, items)?);
    }
    let controls = List::new(thread, controls)?;
    let from = address::to_value(thread, socket.payload().protocol(), &message.address)?;
    Ok((controls, message.flags, from))
}

fn iterable(thread: &mut Thread, value: &Value, message: &str) -> Result<Vec<Value>> {
    if !runtime::types::sequence::is_iterable(value) {
        return Err(type_error(message));
    }
    ops::to_vec(thread, value)
}

/// The bytes of the buffers to send.
fn parts_of(thread: &mut Thread, value: &Value, message: &str) -> Result<Vec<Vec<u8>>> {
    let mut parts = Vec::new();
    for item in iterable(thread, value, message)? {
        parts.push(data(thread, &item)?.into_vec());
    }
    Ok(parts)
}

fn controls_of(thread: &mut Thread, value: &Value) -> Result<Vec<Control>> {
    const WHAT: &str = "[sendmsg() ancillary data items]() argument must be";
    let mut controls = Vec::new();
    for item in iterable(thread, value, "sendmsg() argument 2 must be an iterable")? {
        let Some(tuple) = cast::<Tuple>(&item) else {
            return Err(type_error(format!("{WHAT} 3-item tuple, not {}", support::class_name(&item))));
        };
        let [level, kind, bytes] = tuple.items() else {
            let count = tuple.items().len();
            return Err(type_error(format!("{WHAT} tuple of length 3, not {count}")));
        };
        controls.push((c_int(thread, level)?, c_int(thread, kind)?, data(thread, bytes)?.into_vec()));
    }
    Ok(controls)
}

fn send(
    thread: &mut Thread,
    socket: &Object<Socket>,
    parts: &[Vec<u8>],
    controls: &[Control],
    flags: i32,
    to: Option<&[u8]>,
) -> Result<usize> {
    if controls.iter().any(|(_, _, data)| system::control_space(data.len()).is_none()) {
        return Err(os_error("ancillary data item too large"));
    }
    let this = socket.payload();
    let fd = this.fd();
    wait::call(thread, fd, true, Patience::new(this.timeout()), || {
        system::send_message(fd, parts, controls, flags, to)
    })
}

fn too_many() -> Raised {
    os_error("sendmsg() argument 1 is too long")
}

#[native::methods(Socket, name = "socket")]
pub mod methods {
    use super::*;

    /// recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)
    ///
    /// Receives at most bufsize bytes, with control messages of at most ancbufsize bytes together. These are given as
    /// tuples (level, type, data).
    #[sig("($self, bufsize, ancbufsize=0, flags=0, /)")]
    pub fn recvmsg(
        th: &mut Thread,
        socket: &Object<Socket>,
        bufsize: isize,
        ancbufsize: isize,
        flags: i32,
    ) -> Result<(Value, Value, i32, Value)> {
        let count = usize::try_from(bufsize).map_err(|_| value_error("negative buffer size in recvmsg()"))?;
        let mut parts = [support::zeroed(count)?];
        let message = receive(th, socket, &mut parts, ancbufsize, flags)?;
        let (controls, flags, from) = rest_of(th, socket, &message)?;
        let [mut bytes] = parts;
        bytes.truncate(message.count);
        Ok((Bytes::new(th, &bytes)?, controls, flags, from))
    }

    /// recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)
    ///
    /// Like recvmsg, with the bytes in buffers that are filled one after the other.
    #[sig("($self, buffers, ancbufsize=0, flags=0, /)")]
    pub fn recvmsg_into(
        th: &mut Thread,
        socket: &Object<Socket>,
        buffers: &Value,
        ancbufsize: isize,
        flags: i32,
    ) -> Result<(usize, Value, i32, Value)> {
        let items = iterable(th, buffers, "recvmsg_into() argument 1 must be an iterable")?;
        if items.len() > MOST_PARTS {
            return Err(os_error("recvmsg_into() argument 1 is too long"));
        }
        let mut lent = Vec::new();
        let result = receive_into(th, socket, &items, &mut lent, ancbufsize, flags);
        for loan in &lent {
            super::buffers::give_back(th, loan);
        }
        let message = result?;
        let (controls, flags, from) = rest_of(th, socket, &message)?;
        Ok((message.count, controls, flags, from))
    }

    /// sendmsg(buffers[, ancdata[, flags[, address]]]) -> count
    ///
    /// Sends buffers one after the other as one message, with control messages that are given as tuples (level, type,
    /// data), to an address if there is one.
    #[sig("($self, buffers, ancdata=None, flags=0, address=None, /)")]
    pub fn sendmsg(
        th: &mut Thread,
        socket: &Object<Socket>,
        buffers: &Value,
        ancdata: Option<&Value>,
        flags: i32,
        address: Option<&Value>,
    ) -> Result<usize> {
        let parts = parts_of(th, buffers, "sendmsg() argument 1 must be an iterable")?;
        if parts.len() > MOST_PARTS {
            return Err(too_many());
        }
        let to = match address {
            Some(address) => {
                let to = address_argument(th, socket, "sendmsg", address)?;
                names::audit(th, "socket.sendmsg", |_| {
                    Ok(vec![runtime::object::to_value(socket), address.clone()])
                })?;
                Some(to)
            }
            None => None,
        };
        let controls = match ancdata {
            Some(controls) => controls_of(th, controls)?,
            None => Vec::new(),
        };
        send(th, socket, &parts, &controls, flags, to.as_deref())
    }

    /// sendmsg_afalg([msg], *, op[, iv[, assoclen[, flags=MSG_MORE]]])
    ///
    /// Says what a socket of the family AF_ALG is to do: the operation, the initial vector, the length of associated data.
    #[sig("($self, msg=None, *, op=None, iv=None, assoclen=None, flags=0)")]
    pub fn sendmsg_afalg(
        th: &mut Thread,
        socket: &Object<Socket>,
        msg: Option<&Value>,
        op: Option<&Value>,
        iv: Option<&Value>,
        assoclen: Option<&Value>,
        flags: i32,
    ) -> Result<usize> {
        if socket.payload().family() != libc::AF_ALG {
            return Err(os_error("algset is only supported for AF_ALG"));
        }
        let Some(op) = op else {
            return Err(type_error("Invalid or missing argument 'op'"));
        };
        let op = u32::try_from(ops::index_i128(th, op)?)
            .map_err(|_| type_error("Invalid or missing argument 'op'"))?;
        let mut controls = vec![(libc::SOL_ALG, libc::ALG_SET_OP, op.to_ne_bytes().to_vec())];
        if let Some(iv) = iv {
            let bytes = data(th, iv)?;
            let mut with_length = (bytes.len() as u32).to_ne_bytes().to_vec();
            with_length.extend_from_slice(&bytes);
            controls.push((libc::SOL_ALG, libc::ALG_SET_IV, with_length));
        }
        if let Some(length) = assoclen {
            let length = u32::try_from(ops::index_i128(th, length)?)
                .map_err(|_| type_error("assoclen must be positive"))?;
            controls.push((libc::SOL_ALG, libc::ALG_SET_AEAD_ASSOCLEN, length.to_ne_bytes().to_vec()));
        }
        let parts = match msg {
            Some(msg) => parts_of(th, msg, "sendmsg_afalg() argument 1 must be an iterable")?,
            None => Vec::new(),
        };
        send(th, socket, &parts, &controls, flags, None)
    }
}

fn receive_into(
    thread: &mut Thread,
    socket: &Object<Socket>,
    items: &[Value],
    lent: &mut Vec<runtime::native::buffer::Buffer>,
    controls: isize,
    flags: i32,
) -> Result<Message> {
    let mut parts = Vec::new();
    for item in items {
        let loan = buffers::lend(thread, item, true).map_err(|_| {
            type_error("recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers")
        })?;
        parts.push(support::zeroed(loan.len_bytes)?);
        lent.push(loan);
    }
    let message = receive(thread, socket, &mut parts, controls, flags)?;
    let mut left = message.count;
    for (part, loan) in parts.iter().zip(lent.iter()) {
        let here = left.min(part.len());
        loan.write(0, &part[..here]);
        left -= here;
    }
    Ok(message)
}
