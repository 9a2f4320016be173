//! Addresses: between Python's tuples and the bytes that the system knows.

use std::ffi::CString;

use runtime::error::{Raised, Result, os_error, overflow_error, type_error, value_error};
use runtime::object::cast;
use runtime::system::network::{self, Wanted};
use runtime::types::{Bytes, BytesExt, Str, StrExt, Tuple, TupleExt, buffers, codecs, int};
use runtime::{Thread, Value, call, ops};

use super::names;
use crate::support::{self, class_name};

/// Bytes of a path in an address of the local host.
const PATH_BYTES: usize = 108;

/// Bytes that are put one behind the other as C lays out its structures.
struct Layout(Vec<u8>);

impl Layout {
    fn of(family: i32) -> Self {
        Self((family as u16).to_ne_bytes().to_vec())
    }

    fn u8(mut self, number: u8) -> Self {
        self.0.push(number);
        self
    }

    fn u16(mut self, number: u16) -> Self {
        self.0.extend_from_slice(&number.to_ne_bytes());
        self
    }

    fn u16_be(mut self, number: u16) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    fn u32(mut self, number: u32) -> Self {
        self.0.extend_from_slice(&number.to_ne_bytes());
        self
    }

    fn u64(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_ne_bytes());
        self
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn padded(mut self, length: usize) -> Self {
        self.0.resize(length.max(self.0.len()), 0);
        self
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).and_then(|bytes| bytes.try_into().ok()).map_or(0, u16::from_ne_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_ne_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_ne_bytes)
}

/// The family of an address.
pub fn family_of(address: &[u8]) -> i32 {
    u16_at(address, 0).into()
}

/// A number of an address.
fn number(thread: &mut Thread, value: &Value) -> Result<i64> {
    i64::try_from(ops::index_i128(thread, value)?)
        .map_err(|_| overflow_error("Python int too large to convert to C long"))
}

fn int32(thread: &mut Thread, value: &Value) -> Result<i32> {
    i32::try_from(number(thread, value)?)
        .map_err(|_| overflow_error("Python int too large to convert to C int"))
}

/// A number of which the system takes the lower bits.
fn lower(thread: &mut Thread, value: &Value) -> Result<u32> {
    Ok(number(thread, value)? as u32)
}

/// A host's name as the resolver gets it.
///
/// # Errors
/// TypeError, UnicodeError of the codec.
pub fn host_name(thread: &mut Thread, value: &Value) -> Result<CString> {
    let bytes = if let Some(text) = cast::<Str>(value) {
        match text.as_ascii() {
            Some(ascii) => ascii.as_bytes().to_vec(),
            None => idna(thread, value)?,
        }
    } else {
        match buffers::exact_bytes(thread, value)? {
            Some(bytes) => bytes.into_vec(),
            None => {
                return Err(type_error(format!(
                    "str, bytes or bytearray expected, not {}",
                    class_name(value)
                )));
            }
        }
    };
    CString::new(bytes).map_err(|_| type_error("host name must not contain null character"))
}

/// A str as names of hosts are spelled in ASCII.
///
/// # Errors
/// UnicodeError of the codec.
pub fn idna(thread: &mut Thread, value: &Value) -> Result<Vec<u8>> {
    let (name, codec) = (Str::interned(thread, "encode")?, Str::interned(thread, "idna")?);
    let encoded = call::call_method(thread, value, &name, &[codec])
        .map_err(|_| type_error("encoding of hostname failed"))?;
    match cast::<Bytes>(&encoded) {
        Some(bytes) => Ok(bytes.bytes().to_vec()),
        None => Err(type_error("encoding of hostname failed")),
    }
}

/// The bytes of an address of a host by name: an address with its port still zero.
///
/// # Errors
/// `gaierror`, OSError.
pub fn resolve(thread: &mut Thread, name: &CString, family: i32) -> Result<Vec<u8>> {
    if name.is_empty() {
        let wanted = Wanted { family, kind: libc::SOCK_DGRAM, flags: libc::AI_PASSIVE, ..Wanted::default() };
        let found = thread.detached(|| network::resolve(None, Some(c"0"), wanted));
        let mut found = found.map_err(|error| names::unresolved(thread, &error))?;
        if found.len() > 1 {
            return Err(os_error("wildcard resolved to multiple address"));
        }
        return found.pop().map(|found| found.address).ok_or_else(|| os_error("unsupported address family"));
    }
    let is_v4 = matches!(family, libc::AF_INET | libc::AF_UNSPEC);
    if name.as_bytes() == b"<broadcast>" || name.as_bytes() == b"255.255.255.255" {
        if !is_v4 {
            return Err(os_error("address family mismatched"));
        }
        return Ok(inet(&[255; 4], 0));
    }
    if is_v4 && let Ok(Some(bytes)) = network::address_of(libc::AF_INET, name) {
        return Ok(inet(&bytes, 0));
    }
    if matches!(family, libc::AF_INET6 | libc::AF_UNSPEC)
        && !name.as_bytes().contains(&b'%')
        && let Ok(Some(bytes)) = network::address_of(libc::AF_INET6, name)
    {
        return Ok(inet6(&bytes, 0, 0, 0));
    }
    let wanted = Wanted { family, ..Wanted::default() };
    let found = thread.detached(|| network::resolve(Some(name), None, wanted));
    let found = found.map_err(|error| names::unresolved(thread, &error))?;
    found.into_iter().next().map(|found| found.address).ok_or_else(|| os_error("unknown address family"))
}

fn inet(address: &[u8], port: u16) -> Vec<u8> {
    Layout::of(libc::AF_INET).u16_be(port).bytes(address).padded(16).0
}

fn inet6(address: &[u8], port: u16, flow: u32, scope: u32) -> Vec<u8> {
    let start = Layout::of(libc::AF_INET6).u16_be(port).bytes(&flow.to_be_bytes());
    start.bytes(address).u32(scope).0
}

fn port(thread: &mut Thread, caller: &str, value: &Value) -> Result<u16> {
    let number = ops::index_i128(thread, value)?;
    u16::try_from(number).map_err(|_| overflow_error(format!("{caller}(): port must be 0-65535.")))
}

fn flow_label(thread: &mut Thread, caller: &str, value: &Value) -> Result<u32> {
    let number = ops::index_i128(thread, value)?;
    u32::try_from(number)
        .ok()
        .filter(|&flow| flow <= 0xf_ffff)
        .ok_or_else(|| overflow_error(format!("{caller}(): flowinfo must be 0-1048575.")))
}

fn items_of(caller: &str, family: &str, value: &Value) -> Result<Vec<Value>> {
    match cast::<Tuple>(value) {
        Some(tuple) => Ok(tuple.items().to_vec()),
        None => {
            Err(type_error(format!("{caller}(): {family} address must be tuple, not {}", class_name(value))))
        }
    }
}

fn interface(thread: &mut Thread, value: &Value) -> Result<u32> {
    let name = match cast::<Str>(value) {
        Some(text) => codecs::fs_encode(thread, text)?,
        None => buffers::bytes_of(thread, value)?.into_vec(),
    };
    if name.is_empty() {
        return Ok(0);
    }
    let name = CString::new(name).map_err(|_| value_error("embedded null byte"))?;
    network::interface_number(&name).ok_or_else(|| support::raise_number(thread, libc::ENODEV))
}

/// The system's form of an address for a socket of `family`. `caller` is the method that it is given to.
///
/// # Errors
/// TypeError, OverflowError, OSError; what resolving a name raises.
pub fn from_value(
    thread: &mut Thread,
    caller: &str,
    family: i32,
    protocol: i32,
    value: &Value,
) -> Result<Vec<u8>> {
    match family {
        libc::AF_UNIX => unix(thread, value),
        libc::AF_INET => {
            let items = items_of(caller, "AF_INET", value)?;
            let [host, port_value] = items.as_slice() else {
                return Err(type_error("AF_INET address must be a pair (host, port)"));
            };
            let name = host_name(thread, host)?;
            let mut address = resolve(thread, &name, libc::AF_INET)?;
            let port = port(thread, caller, port_value)?;
            if let Some(place) = address.get_mut(2..4) {
                place.copy_from_slice(&port.to_be_bytes());
            }
            Ok(address)
        }
        libc::AF_INET6 => {
            let items = items_of(caller, "AF_INET6", value)?;
            if !(2..=4).contains(&items.len()) {
                return Err(type_error(
                    "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])",
                ));
            }
            let name = host_name(thread, &items[0])?;
            let port_number = ops::index_i128(thread, &items[1])?;
            let scope = match items.get(3) {
                Some(scope) => Some(lower(thread, scope)?),
                None => None,
            };
            let address = resolve(thread, &name, libc::AF_INET6)?;
            let port = u16::try_from(port_number)
                .map_err(|_| overflow_error(format!("{caller}(): port must be 0-65535.")))?;
            let flow = match items.get(2) {
                Some(flow) => flow_label(thread, caller, flow)?,
                None => 0,
            };
            // A name may carry a scope of its own ("%eth0"), which a number that is given replaces.
            let scope = scope.unwrap_or_else(|| u32_at(&address, 24));
            Ok(inet6(address.get(8..24).unwrap_or(&[0; 16]), port, flow, scope))
        }
        libc::AF_NETLINK => {
            let items = items_of(caller, "AF_NETLINK", value)?;
            let [pid, groups] = items.as_slice() else {
                return Err(type_error("AF_NETLINK address must be a pair (pid, groups)"));
            };
            let (pid, groups) = (lower(thread, pid)?, lower(thread, groups)?);
            Ok(Layout::of(family).u16(0).u32(pid).u32(groups).0)
        }
        libc::AF_PACKET => packet(thread, caller, value),
        libc::AF_VSOCK => {
            let items = items_of(caller, "AF_VSOCK", value)?;
            let [cid, port] = items.as_slice() else {
                return Err(type_error("AF_VSOCK address must be a pair (CID, port)"));
            };
            let (cid, port) = (lower(thread, cid)?, lower(thread, port)?);
            Ok(Layout::of(family).u16(0).u32(port).u32(cid).padded(16).0)
        }
        AF_QIPCRTR => {
            let items = items_of(caller, "AF_QIPCRTR", value)?;
            let [node, port] = items.as_slice() else {
                return Err(type_error("AF_QIPCRTR address must be a pair (node, port)"));
            };
            let (node, port) = (lower(thread, node)?, lower(thread, port)?);
            Ok(Layout::of(family).u16(0).u32(node).u32(port).0)
        }
        libc::AF_TIPC => tipc(thread, caller, value),
        libc::AF_ALG => algorithm(thread, caller, value),
        libc::AF_CAN => can(thread, caller, protocol, value),
        _ => Err(os_error(format!("{caller}(): bad family"))),
    }
}

/// Qualcomm's router, which libc has no name for here.
const AF_QIPCRTR: i32 = 42;

fn unix(thread: &mut Thread, value: &Value) -> Result<Vec<u8>> {
    let path = match cast::<Str>(value) {
        Some(text) => codecs::fs_encode(thread, text)?,
        None => buffers::bytes_of(thread, value)?.into_vec(),
    };
    let is_abstract = path.first() == Some(&0);
    let most = if is_abstract { PATH_BYTES } else { PATH_BYTES - 1 };
    if path.len() > most {
        return Err(os_error("AF_UNIX path too long"));
    }
    let address = Layout::of(libc::AF_UNIX).bytes(&path);
    // No bytes at all: the system chooses a name. A name that begins with zero has no end but its length.
    Ok(if is_abstract || path.is_empty() { address.0 } else { address.u8(0).0 })
}

fn packet(thread: &mut Thread, caller: &str, value: &Value) -> Result<Vec<u8>> {
    const WRONG: &str = "AF_PACKET address must be a tuple of two to five elements";
    let items = items_of(caller, "AF_PACKET", value)?;
    if !(2..=5).contains(&items.len()) {
        return Err(type_error(WRONG));
    }
    let index = interface(thread, &items[0])?;
    let protocol = number(thread, &items[1])?;
    let kind = if let Some(kind) = items.get(2) { int32(thread, kind)? } else { 0 };
    let hardware = if let Some(hardware) = items.get(3) { int32(thread, hardware)? } else { 0 };
    let physical = match items.get(4) {
        Some(bytes) => buffers::bytes_of(thread, bytes)?.into_vec(),
        None => Vec::new(),
    };
    if physical.len() > 8 {
        return Err(value_error("Hardware address must be 8 bytes or less"));
    }
    let protocol =
        u16::try_from(protocol).map_err(|_| overflow_error(format!("{caller}(): proto must be 0-65535.")))?;
    let start = Layout::of(libc::AF_PACKET).u16_be(protocol).u32(index).u16(hardware as u16).u8(kind as u8);
    Ok(start.u8(physical.len() as u8).bytes(&physical).padded(20).0)
}

fn tipc(thread: &mut Thread, caller: &str, value: &Value) -> Result<Vec<u8>> {
    let items = items_of(caller, "AF_TIPC", value)?;
    if !(4..=5).contains(&items.len()) {
        return Err(type_error("AF_TIPC address must be a tuple (addr_type, v1, v2, v3[, scope])"));
    }
    let kind = lower(thread, &items[0])?;
    let mut words = [0; 3];
    for (word, item) in words.iter_mut().zip(&items[1..]) {
        *word = lower(thread, item)?;
    }
    const CLUSTER: u32 = 2;
    let scope = if let Some(scope) = items.get(4) { lower(thread, scope)? } else { CLUSTER };
    let start = Layout::of(libc::AF_TIPC).u8(kind as u8).u8(scope as u8);
    match kind {
        1 => Ok(start.u32(words[0]).u32(words[1]).u32(words[2]).0),
        2 | 3 => Ok(start.u32(words[0]).u32(words[1]).padded(16).0),
        _ => Err(type_error("Invalid address type")),
    }
}

fn algorithm(thread: &mut Thread, caller: &str, value: &Value) -> Result<Vec<u8>> {
    let items = items_of(caller, "AF_ALG", value)?;
    if !(2..=4).contains(&items.len()) {
        return Err(type_error("AF_ALG address must be a tuple (type, name[, feat[, mask]])"));
    }
    let mut texts = Vec::new();
    for item in &items[..2] {
        let Some(text) = cast::<Str>(item) else {
            return Err(type_error("AF_ALG address must be a tuple (type, name[, feat[, mask]])"));
        };
        texts.push(buffers::utf8_of(thread, text)?);
    }
    let features = if let Some(features) = items.get(2) { lower(thread, features)? } else { 0 };
    let mask = if let Some(mask) = items.get(3) { lower(thread, mask)? } else { 0 };
    if texts[0].len() >= 14 {
        return Err(value_error("AF_ALG type too long."));
    }
    if texts[1].len() >= 64 {
        return Err(value_error("AF_ALG name too long."));
    }
    let start = Layout::of(libc::AF_ALG).bytes(&texts[0]).padded(16).u32(features).u32(mask);
    Ok(start.bytes(&texts[1]).padded(88).0)
}

fn can(thread: &mut Thread, caller: &str, protocol: i32, value: &Value) -> Result<Vec<u8>> {
    const ISOTP: i32 = 6;
    const J1939: i32 = 7;
    let items = items_of(caller, "AF_CAN", value)?;
    let wanted: &[usize] = match protocol {
        ISOTP => &[3],
        J1939 => &[4],
        _ => &[1],
    };
    if !wanted.contains(&items.len()) {
        return Err(type_error(match protocol {
            ISOTP => "AF_CAN address must be a tuple (interface, rx_addr, tx_addr)",
            J1939 => "AF_CAN address must be a tuple (interface, name, pgn, addr)",
            _ => "AF_CAN address must be a tuple (interface, )",
        }));
    }
    let index = interface(thread, &items[0])?;
    let start = Layout::of(libc::AF_CAN).u16(0).u32(index);
    let address = match protocol {
        ISOTP => {
            let (rx, tx) = (lower(thread, &items[1])?, lower(thread, &items[2])?);
            start.u32(rx).u32(tx)
        }
        J1939 => {
            let name = ops::index_i128(thread, &items[1])? as u64;
            let (group, address) = (lower(thread, &items[2])?, lower(thread, &items[3])?);
            start.u64(name).u32(group).u8(address as u8)
        }
        _ => start,
    };
    Ok(address.padded(24).0)
}

fn tuple(thread: &mut Thread, items: &[i64]) -> Result<Value> {
    let items = items.iter().map(|&item| int::from_i64(thread, item)).collect::<Result<Vec<_>>>()?;
    Tuple::new(thread, items)
}

fn ip_and_port(thread: &mut Thread, family: i32, address: &[u8]) -> Result<Vec<Value>> {
    let bytes = if family == libc::AF_INET { address.get(4..8) } else { address.get(8..24) };
    let text = bytes.and_then(|bytes| network::notation(family, bytes)).unwrap_or_default();
    let host = Str::new(thread, &String::from_utf8_lossy(&text))?;
    Ok(vec![host, int::from_i64(thread, u16::from_be(u16_at(address, 2)).into())?])
}

/// The Python form of an address that the system has given.
///
/// # Errors
/// MemoryError.
pub fn to_value(thread: &mut Thread, protocol: i32, address: &[u8]) -> Result<Value> {
    if address.len() < 2 {
        return Ok(Value::none());
    }
    let family = family_of(address);
    match family {
        libc::AF_INET => {
            let items = ip_and_port(thread, family, address)?;
            Tuple::new(thread, items)
        }
        libc::AF_INET6 => {
            let mut items = ip_and_port(thread, family, address)?;
            items.push(int::from_i64(thread, u32::from_be(u32_at(address, 4)).into())?);
            items.push(int::from_i64(thread, u32_at(address, 24).into())?);
            Tuple::new(thread, items)
        }
        libc::AF_UNIX => {
            let path = &address[2..];
            if path.first() == Some(&0) && path.len() > 1 {
                return Bytes::new(thread, path);
            }
            let end = path.iter().position(|&byte| byte == 0).unwrap_or(path.len());
            codecs::fs_decode(thread, &path[..end])
        }
        libc::AF_NETLINK => tuple(thread, &[u32_at(address, 4).into(), u32_at(address, 8).into()]),
        libc::AF_VSOCK => tuple(thread, &[u32_at(address, 8).into(), u32_at(address, 4).into()]),
        AF_QIPCRTR => tuple(thread, &[u32_at(address, 4).into(), u32_at(address, 8).into()]),
        libc::AF_PACKET => {
            let index = u32_at(address, 4);
            let name = if index == 0 { None } else { network::interface_name(index).ok() };
            let length = usize::from(address.get(11).copied().unwrap_or(0)).min(8);
            let items = vec![
                codecs::fs_decode(thread, name.as_ref().map_or(&b""[..], |name| name.to_bytes()))?,
                int::from_i64(thread, u16::from_be(u16_at(address, 2)).into())?,
                int::from_i64(thread, address.get(10).copied().unwrap_or(0).into())?,
                int::from_i64(thread, u16_at(address, 8).into())?,
                Bytes::new(thread, address.get(12..12 + length).unwrap_or_default())?,
            ];
            Tuple::new(thread, items)
        }
        libc::AF_TIPC => {
            let word = |at| i64::from(u32_at(address, at));
            let (kind, scope) = (i64::from(address[2]), i64::from(address.get(3).copied().unwrap_or(0)));
            match kind {
                1 => tuple(thread, &[kind, word(4), word(8), word(12), scope]),
                2 | 3 => tuple(thread, &[kind, word(4), word(8), 0, scope]),
                _ => Err(type_error("Invalid address type")),
            }
        }
        libc::AF_CAN => can_to_value(thread, protocol, address),
        _ => {
            let items = vec![int::from_i64(thread, family.into())?, Bytes::new(thread, &address[2..])?];
            Tuple::new(thread, items)
        }
    }
}

fn can_to_value(thread: &mut Thread, protocol: i32, address: &[u8]) -> Result<Value> {
    let index = u32_at(address, 4);
    let name = if index == 0 { None } else { network::interface_name(index).ok() };
    let mut items = vec![codecs::fs_decode(thread, name.as_ref().map_or(&b""[..], |name| name.to_bytes()))?];
    match protocol {
        6 => {
            items.push(int::from_i64(thread, u32_at(address, 8).into())?);
            items.push(int::from_i64(thread, u32_at(address, 12).into())?);
        }
        7 => {
            items.push(int::from_i128(thread, u64_at(address, 8).into())?);
            items.push(int::from_i64(thread, u32_at(address, 16).into())?);
            items.push(int::from_i64(thread, address.get(20).copied().unwrap_or(0).into())?);
        }
        _ => {}
    }
    Tuple::new(thread, items)
}

/// The error for a call on a family that the argument does not fit.
pub fn not_a_name(function: &str, value: &Value) -> Raised {
    type_error(format!("{function}() argument 1 must be str, bytes or bytearray, not {}", class_name(value)))
}
