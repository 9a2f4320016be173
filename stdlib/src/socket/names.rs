//! The functions of the module: names of hosts, services, protocols and interfaces; numbers in the network's order.

use std::ffi::CString;

use memory::Value;
use runtime::Thread;
use runtime::class::Type;
use runtime::error::{OS_ERROR, Raised, Result, os_error, overflow_error, type_error, value_error};
use runtime::names::StaticValue;
use runtime::native;
use runtime::object::cast;
use runtime::system::network::{self, Unresolved, Wanted};
use runtime::system::{numbers, socket as system};
use runtime::types::{Bytes, Dict, DictExt, List, Str, Tuple, TupleExt, buffers, codecs, int};
use runtime::{call, ops};
use threads::sync::atomic::Ordering;

use super::constants::CONSTANTS;
use super::{DEFAULT_TIMEOUT, Socket, address, c_int, of_descriptor, timeout_argument, timeout_value};
use crate::support;
use crate::sys::audit as events;

/// `socket.gaierror` and `socket.herror`: made at the first import.
static GAI_ERROR: StaticValue = StaticValue::new();
static HOST_ERROR: StaticValue = StaticValue::new();

/// Raises an audit event, if anybody listens.
///
/// # Errors
/// What a hook raises.
pub fn audit(
    thread: &mut Thread,
    event: &str,
    args: impl FnOnce(&mut Thread) -> Result<Vec<Value>>,
) -> Result<()> {
    if !events::wanted() {
        return Ok(());
    }
    let args = args(thread)?;
    let name = Str::interned(thread, event)?;
    events::raise(thread, &name, &args)
}

fn numbered(thread: &mut Thread, class: &'static StaticValue, number: i32, text: &str) -> Raised {
    let made = match class.get() {
        None => Err(os_error(text)),
        Some(class) => int::from_i64(thread, number.into()).and_then(|number| {
            let text = Str::new(thread, text)?;
            call::call_positional(thread, class, &[number, text])
        }),
    };
    made.map_or_else(|raised| raised, Raised::new)
}

/// The error of a name that `getaddrinfo` does not find.
pub fn unresolved(thread: &mut Thread, error: &Unresolved) -> Raised {
    match error {
        Unresolved::System(number) => support::raise_number(thread, *number),
        Unresolved::Resolver(number, text) => numbered(thread, &GAI_ERROR, *number, text),
    }
}

fn host_unknown(thread: &mut Thread, error: &Unresolved) -> Raised {
    match error {
        Unresolved::System(number) => support::raise_number(thread, *number),
        Unresolved::Resolver(number, text) => numbered(thread, &HOST_ERROR, *number, text),
    }
}

fn exception_class(thread: &mut Thread, name: &str) -> Result<Value> {
    let name = Str::interned(thread, name)?;
    let bases = Tuple::of_array(thread, [OS_ERROR.value()])?;
    let namespace = Dict::new(thread)?;
    if let Some(namespace) = cast::<Dict>(&namespace) {
        let of = Str::interned(thread, "socket")?;
        namespace.set_str(thread, runtime::names::__module__(), of)?;
    }
    let class = <Type as runtime::class::Payload>::def().value();
    call::call_positional(thread, &class, &[name, bases, namespace])
}

/// A host given as the only argument of a function.
fn host_argument(thread: &mut Thread, function: &str, value: &Value) -> Result<CString> {
    if cast::<Str>(value).is_none() && buffers::exact_bytes(thread, value)?.is_none() {
        return Err(address::not_a_name(function, value));
    }
    address::host_name(thread, value)
}

fn text_argument(thread: &mut Thread, function: &str, position: usize, value: &Value) -> Result<CString> {
    let Some(text) = cast::<Str>(value) else {
        let got = support::class_name(value);
        return Err(type_error(format!("{function}() argument {position} must be str, not {got}")));
    };
    let bytes = buffers::utf8_of(thread, text)?;
    CString::new(bytes).map_err(|_| value_error("embedded null character"))
}

fn name_value(thread: &mut Thread, bytes: &[u8]) -> Result<Value> {
    codecs::fs_decode(thread, bytes)
}

fn host_value(thread: &mut Thread, host: &network::Host) -> Result<Value> {
    let mut aliases = Vec::new();
    for alias in &host.aliases {
        aliases.push(name_value(thread, alias)?);
    }
    let mut addresses = Vec::new();
    for address in &host.addresses {
        let text = network::notation(host.family, address).unwrap_or_default();
        addresses.push(Str::new(thread, &String::from_utf8_lossy(&text))?);
    }
    let items =
        vec![name_value(thread, &host.name)?, List::new(thread, aliases)?, List::new(thread, addresses)?];
    Tuple::new(thread, items)
}

fn ip_of(address: &[u8]) -> &[u8] {
    match address::family_of(address) {
        libc::AF_INET => address.get(4..8).unwrap_or_default(),
        _ => address.get(8..24).unwrap_or_default(),
    }
}

fn unsigned(thread: &mut Thread, value: &Value, bits: u32) -> Result<u32> {
    let number = ops::index(thread, value)?;
    if int::is_negative(&number) {
        return Err(value_error("Cannot convert negative int"));
    }
    int::to_i64(&number)
        .filter(|&number| number < 1 << bits)
        .and_then(|number| u32::try_from(number).ok())
        .ok_or_else(|| overflow_error(format!("Python int too large for C uint{bits}_t")))
}

fn control_size(name: &str, length: isize, size: fn(usize) -> Option<usize>) -> Result<usize> {
    usize::try_from(length)
        .ok()
        .and_then(size)
        .ok_or_else(|| overflow_error(format!("{name}() argument out of range")))
}

/// `getaddrinfo`'s arguments for the resolver.
fn service_argument(thread: &mut Thread, port: &Value) -> Result<Option<CString>> {
    let bytes = if port.is_none() {
        return Ok(None);
    } else if int::is_int(port) {
        ops::index_bigint(thread, port)?.to_string().into_bytes()
    } else if let Some(text) = cast::<Str>(port) {
        buffers::utf8_of(thread, text)?
    } else if let Some(bytes) = cast::<Bytes>(port) {
        runtime::types::BytesExt::bytes(bytes).to_vec()
    } else {
        return Err(os_error("Int or String expected"));
    };
    // What stands behind a zero the resolver would not see.
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    CString::new(&bytes[..end]).map(Some).map_err(|_| value_error("embedded null byte"))
}

#[native::module(
    "_socket",
    doc = "Sockets of the system; the socket module is made of these.",
    classes(super::Socket)
)]
pub mod module {
    use super::*;
    use runtime::types::module;

    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        support::constants(th, module, CONSTANTS)?;
        for (name, class) in [("gaierror", &GAI_ERROR), ("herror", &HOST_ERROR)] {
            if class.get().is_none() {
                let made = exception_class(th, name)?;
                if class.get().is_none() {
                    class.set(made);
                }
            }
            module::set(th, module, name, class.get().cloned().unwrap_or_else(Value::none))?;
        }
        module::set(th, module, "error", OS_ERROR.value())?;
        module::set(th, module, "timeout", runtime::error::TIMEOUT_ERROR.value())?;
        module::set(th, module, "has_ipv6", Value::from_bool(true))?;
        let any = Str::interned(th, "00:00:00:00:00:00")?;
        module::set(th, module, "BDADDR_ANY", any)?;
        let local = Str::interned(th, "00:00:00:FF:FF:FF")?;
        module::set(th, module, "BDADDR_LOCAL", local)?;
        module::set(th, module, "SocketType", <Socket as runtime::class::Payload>::def().value())
    }

    /// CMSG_LEN(length) -> control message length
    ///
    /// Bytes of a control message with so much data, without what aligns the next one.
    #[sig("(length, /)")]
    pub fn CMSG_LEN(length: isize) -> Result<usize> {
        control_size("CMSG_LEN", length, system::control_length)
    }

    /// CMSG_SPACE(length) -> buffer size
    ///
    /// Bytes that a control message with so much data takes up in a buffer.
    #[sig("(length, /)")]
    pub fn CMSG_SPACE(length: isize) -> Result<usize> {
        control_size("CMSG_SPACE", length, system::control_space)
    }

    /// close(integer) -> None
    ///
    /// Closes the descriptor of a socket.
    #[sig("(object, /)")]
    pub fn close(th: &mut Thread, object: &Value) -> Result<()> {
        let fd = c_int(th, object)?;
        match th.detached(|| numbers::close(fd)) {
            Err(error) if error.raw_os_error() != Some(libc::ECONNRESET) => Err(support::raise(th, &error)),
            _ => Ok(()),
        }
    }

    /// dup(integer) -> integer
    ///
    /// Another descriptor of the same socket.
    #[sig("(object, /)")]
    pub fn dup(th: &mut Thread, object: &Value) -> Result<i32> {
        let fd = c_int(th, object)?;
        runtime::system::files::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0)
            .map_err(|error| support::raise(th, &error))
    }

    /// getaddrinfo(host, port [, family, type, proto, flags])
    ///     -> list of (family, type, proto, canonname, sockaddr)
    ///
    /// The addresses of a host and a service.
    #[sig("(host, port, family=0, type=0, proto=0, flags=0)")]
    pub fn getaddrinfo(
        th: &mut Thread,
        host: &Value,
        port: &Value,
        family: i32,
        r#type: i32,
        proto: i32,
        flags: i32,
    ) -> Result<Value> {
        let name = if host.is_none() {
            None
        } else if cast::<Str>(host).is_some() {
            let bytes = address::idna(th, host)?;
            let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
            Some(CString::new(&bytes[..end]).map_err(|_| value_error("embedded null byte"))?)
        } else if let Some(bytes) = cast::<Bytes>(host) {
            let bytes = runtime::types::BytesExt::bytes(bytes);
            let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
            Some(CString::new(&bytes[..end]).map_err(|_| value_error("embedded null byte"))?)
        } else {
            return Err(type_error("getaddrinfo() argument 1 must be string or None"));
        };
        let service = service_argument(th, port)?;
        audit(th, "socket.getaddrinfo", |th| {
            let mut items = vec![host.clone(), port.clone()];
            for number in [family, r#type, proto, flags] {
                items.push(int::from_i64(th, number.into())?);
            }
            Ok(items)
        })?;
        let wanted = Wanted { family, kind: r#type, protocol: proto, flags };
        let found = th.detached(|| network::resolve(name.as_deref(), service.as_deref(), wanted));
        let found = found.map_err(|error| unresolved(th, &error))?;
        let mut all = Vec::new();
        for one in &found {
            let items = vec![
                int::from_i64(th, one.family.into())?,
                int::from_i64(th, one.kind.into())?,
                int::from_i64(th, one.protocol.into())?,
                Str::new(th, &String::from_utf8_lossy(&one.name))?,
                address::to_value(th, one.protocol, &one.address)?,
            ];
            all.push(Tuple::new(th, items)?);
        }
        List::new(th, all)
    }

    /// getdefaulttimeout() -> timeout
    ///
    /// The timeout in seconds that new sockets have; None if their calls wait for ever.
    #[sig("()")]
    pub fn getdefaulttimeout(th: &mut Thread) -> Result<Value> {
        timeout_value(th, DEFAULT_TIMEOUT.load(Ordering::Relaxed))
    }

    /// setdefaulttimeout(timeout)
    ///
    /// Sets the timeout in seconds that new sockets have; None: their calls wait for ever.
    #[sig("(object, /)")]
    pub fn setdefaulttimeout(th: &mut Thread, object: &Value) -> Result<()> {
        let ns = timeout_argument(th, object)?;
        DEFAULT_TIMEOUT.store(ns, Ordering::Relaxed);
        Ok(())
    }

    /// gethostbyaddr(host) -> (name, aliaslist, addresslist)
    ///
    /// The proper name, other names and addresses of a host by its address.
    #[sig("(host, /)")]
    pub fn gethostbyaddr(th: &mut Thread, host: &Value) -> Result<Value> {
        let name = host_argument(th, "gethostbyaddr", host)?;
        audit(th, "socket.gethostbyaddr", |_| Ok(vec![host.clone()]))?;
        let address = address::resolve(th, &name, libc::AF_UNSPEC)?;
        let family = address::family_of(&address);
        let found = th.detached(|| network::host_by_address(ip_of(&address), family));
        let found = found.map_err(|error| host_unknown(th, &error))?;
        host_value(th, &found)
    }

    /// gethostbyname(host) -> address
    ///
    /// The IPv4 address of a host, as a string.
    #[sig("(host, /)")]
    pub fn gethostbyname(th: &mut Thread, host: &Value) -> Result<String> {
        let name = host_argument(th, "gethostbyname", host)?;
        audit(th, "socket.gethostbyname", |_| Ok(vec![host.clone()]))?;
        let address = address::resolve(th, &name, libc::AF_INET)?;
        let text = network::notation(libc::AF_INET, ip_of(&address)).unwrap_or_default();
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// gethostbyname_ex(host) -> (name, aliaslist, addresslist)
    ///
    /// The proper name, other names and IPv4 addresses of a host.
    #[sig("(host, /)")]
    pub fn gethostbyname_ex(th: &mut Thread, host: &Value) -> Result<Value> {
        let name = host_argument(th, "gethostbyname_ex", host)?;
        audit(th, "socket.gethostbyname", |_| Ok(vec![host.clone()]))?;
        address::resolve(th, &name, libc::AF_INET)?;
        let found = th.detached(|| network::host_by_name(&name));
        let found = found.map_err(|error| host_unknown(th, &error))?;
        host_value(th, &found)
    }

    /// gethostname() -> string
    ///
    /// The name of this host.
    #[sig("()")]
    pub fn gethostname(th: &mut Thread) -> Result<Value> {
        audit(th, "socket.gethostname", |_| Ok(Vec::new()))?;
        let name = th.detached(network::host_name).map_err(|error| support::raise(th, &error))?;
        name_value(th, &name)
    }

    /// sethostname(name)
    ///
    /// Names this host.
    #[sig("(name, /)")]
    pub fn sethostname(th: &mut Thread, name: &Value) -> Result<()> {
        let bytes = match cast::<Str>(name) {
            Some(text) => codecs::fs_encode(th, text)?,
            None => buffers::bytes_of(th, name)?.into_vec(),
        };
        audit(th, "socket.sethostname", |_| Ok(vec![name.clone()]))?;
        th.detached(|| network::set_host_name(&bytes)).map_err(|error| support::raise(th, &error))
    }

    /// getnameinfo(sockaddr, flags) --> (host, port)
    ///
    /// The host and the service that an address belongs to.
    #[sig("(sockaddr, flags, /)")]
    pub fn getnameinfo(th: &mut Thread, sockaddr: &Value, flags: i32) -> Result<(Value, Value)> {
        let Some(tuple) = cast::<Tuple>(sockaddr) else {
            return Err(type_error("getnameinfo() argument 1 must be a tuple"));
        };
        let items = tuple.items();
        if !(2..=4).contains(&items.len()) {
            return Err(type_error("getnameinfo(): illegal sockaddr argument"));
        }
        let host = text_argument(th, "getnameinfo(): illegal sockaddr argument", 1, &items[0])?;
        let port = c_int(th, &items[1])?;
        let mut further = [0u32; 2];
        for (number, item) in further.iter_mut().zip(&items[2..]) {
            *number = ops::index_i128(th, item)? as u32;
        }
        if further[0] > 0xf_ffff {
            return Err(overflow_error("getnameinfo(): flowinfo must be 0-1048575."));
        }
        audit(th, "socket.getnameinfo", |_| Ok(vec![sockaddr.clone()]))?;
        let service = CString::new(port.to_string()).map_err(|_| value_error("embedded null byte"))?;
        let wanted = Wanted { kind: libc::SOCK_DGRAM, flags: libc::AI_NUMERICHOST, ..Wanted::default() };
        let found = th.detached(|| network::resolve(Some(&host), Some(&service), wanted));
        let found = found.map_err(|error| unresolved(th, &error))?;
        let [one] = found.as_slice() else {
            return Err(os_error("sockaddr resolved to multiple addresses"));
        };
        let mut address = one.address.clone();
        if one.family == libc::AF_INET && items.len() != 2 {
            return Err(os_error("IPv4 sockaddr must be 2 tuple"));
        }
        if one.family == libc::AF_INET6 && address.len() >= 28 {
            address[4..8].copy_from_slice(&further[0].to_be_bytes());
            address[24..28].copy_from_slice(&further[1].to_ne_bytes());
        }
        let names = th.detached(|| network::names_of(&address, flags));
        let (host, service) = names.map_err(|error| unresolved(th, &error))?;
        Ok((name_value(th, &host)?, name_value(th, &service)?))
    }

    /// getprotobyname(name) -> integer
    ///
    /// The number of a protocol.
    #[sig("(name, /)")]
    pub fn getprotobyname(th: &mut Thread, name: &Value) -> Result<i32> {
        let name = text_argument(th, "getprotobyname", 1, name)?;
        th.detached(|| network::protocol_by_name(&name)).ok_or_else(|| os_error("protocol not found"))
    }

    /// getservbyname(servicename[, protocolname]) -> integer
    ///
    /// The port of a service, with a protocol ('tcp', 'udp') if it is given.
    #[sig("(servicename, protocolname=None, /)")]
    pub fn getservbyname(th: &mut Thread, servicename: &Value, protocolname: Option<&Value>) -> Result<u16> {
        let name = text_argument(th, "getservbyname", 1, servicename)?;
        let protocol = match protocolname {
            Some(protocol) => Some(text_argument(th, "getservbyname", 2, protocol)?),
            None => None,
        };
        audit(th, "socket.getservbyname", |_| {
            Ok(vec![servicename.clone(), protocolname.cloned().unwrap_or_else(Value::none)])
        })?;
        th.detached(|| network::service_by_name(&name, protocol.as_deref()))
            .ok_or_else(|| os_error("service/proto not found"))
    }

    /// getservbyport(port[, protocolname]) -> string
    ///
    /// The service at a port, with a protocol ('tcp', 'udp') if it is given.
    #[sig("(port, protocolname=None, /)")]
    pub fn getservbyport(th: &mut Thread, port: i32, protocolname: Option<&Value>) -> Result<Value> {
        let protocol = match protocolname {
            Some(protocol) => Some(text_argument(th, "getservbyport", 2, protocol)?),
            None => None,
        };
        let number =
            u16::try_from(port).map_err(|_| overflow_error("getservbyport: port must be 0-65535."))?;
        audit(th, "socket.getservbyport", |th| {
            Ok(vec![int::from_i64(th, port.into())?, protocolname.cloned().unwrap_or_else(Value::none)])
        })?;
        let found = th.detached(|| network::service_by_port(number, protocol.as_deref()));
        let name = found.ok_or_else(|| os_error("port/proto not found"))?;
        name_value(th, &name)
    }

    /// Convert a 32-bit unsigned integer from host to network byte order.
    #[sig("(integer, /)")]
    pub fn htonl(th: &mut Thread, integer: &Value) -> Result<u32> {
        unsigned(th, integer, 32).map(u32::to_be)
    }

    /// Convert a 16-bit unsigned integer from host to network byte order.
    #[sig("(integer, /)")]
    pub fn htons(th: &mut Thread, integer: &Value) -> Result<u16> {
        unsigned(th, integer, 16).map(|number| (number as u16).to_be())
    }

    /// Convert a 32-bit unsigned integer from network to host byte order.
    #[sig("(integer, /)")]
    pub fn ntohl(th: &mut Thread, integer: &Value) -> Result<u32> {
        unsigned(th, integer, 32).map(u32::from_be)
    }

    /// Convert a 16-bit unsigned integer from network to host byte order.
    #[sig("(integer, /)")]
    pub fn ntohs(th: &mut Thread, integer: &Value) -> Result<u16> {
        unsigned(th, integer, 16).map(|number| u16::from_be(number as u16))
    }

    /// The name of the interface with this number.
    #[sig("(if_index, /)")]
    pub fn if_indextoname(th: &mut Thread, if_index: &Value) -> Result<Value> {
        let number = ops::index(th, if_index)?;
        if int::is_negative(&number) {
            return Err(value_error("Cannot convert negative int"));
        }
        let number = int::to_i64(&number)
            .and_then(|number| u32::try_from(number).ok())
            .ok_or_else(|| overflow_error("Python int too large to convert to C int"))?;
        let name = network::interface_name(number).map_err(|error| support::raise(th, &error))?;
        name_value(th, name.to_bytes())
    }

    /// if_nameindex()
    ///
    /// The interfaces of this host: tuples of number and name.
    #[sig("()")]
    pub fn if_nameindex(th: &mut Thread) -> Result<Value> {
        let found = th.detached(network::interfaces).map_err(|error| support::raise(th, &error))?;
        let mut all = Vec::new();
        for (number, name) in &found {
            let items = vec![int::from_i64(th, (*number).into())?, name_value(th, name)?];
            all.push(Tuple::new(th, items)?);
        }
        List::new(th, all)
    }

    /// The number of the interface with this name.
    #[sig("(oname, /)")]
    pub fn if_nametoindex(th: &mut Thread, oname: &Value) -> Result<u32> {
        let bytes = match cast::<Str>(oname) {
            Some(text) => codecs::fs_encode(th, text)?,
            None => buffers::bytes_of(th, oname)?.into_vec(),
        };
        let name = CString::new(bytes).map_err(|_| value_error("embedded null byte"))?;
        network::interface_number(&name).ok_or_else(|| support::raise_number(th, libc::ENODEV))
    }

    /// The four bytes of an IPv4 address (123.45.67.89).
    #[sig("(ip_addr, /)")]
    pub fn inet_aton(th: &mut Thread, ip_addr: &Value) -> Result<Value> {
        let name = text_argument(th, "inet_aton", 1, ip_addr)?;
        match network::ipv4_of(&name) {
            Some(bytes) => Bytes::new(th, &bytes),
            None => Err(os_error("illegal IP address string passed to inet_aton")),
        }
    }

    /// The usual notation of four bytes that are an IPv4 address.
    #[sig("(packed_ip, /)")]
    pub fn inet_ntoa(th: &mut Thread, packed_ip: &Value) -> Result<String> {
        let bytes = buffers::bytes_of(th, packed_ip)?;
        match network::notation(libc::AF_INET, &bytes) {
            Some(text) => Ok(String::from_utf8_lossy(&text).into_owned()),
            None => Err(os_error("packed IP wrong length for inet_ntoa")),
        }
    }

    /// inet_ntop(af, packed_ip) -> string formatted IP address
    ///
    /// The usual notation of an address of this family.
    #[sig("(af, packed_ip, /)")]
    pub fn inet_ntop(th: &mut Thread, af: i32, packed_ip: &Value) -> Result<String> {
        let bytes = buffers::bytes_of(th, packed_ip)?;
        if !matches!(af, libc::AF_INET | libc::AF_INET6) {
            return Err(value_error(format!("unknown address family {af}")));
        }
        match network::notation(af, &bytes) {
            Some(text) => Ok(String::from_utf8_lossy(&text).into_owned()),
            None => Err(value_error("invalid length of packed IP address string")),
        }
    }

    /// inet_pton(af, ip) -> packed IP address string
    ///
    /// The bytes of an address of this family.
    #[sig("(af, ip, /)")]
    pub fn inet_pton(th: &mut Thread, af: i32, ip: &Value) -> Result<Value> {
        let name = text_argument(th, "inet_pton", 2, ip)?;
        match network::address_of(af, &name).map_err(|error| support::raise(th, &error))? {
            Some(bytes) => Bytes::new(th, &bytes),
            None => Err(os_error("illegal IP address string passed to inet_pton")),
        }
    }

    /// socketpair([family[, type [, proto]]]) -> (socket object, socket object)
    ///
    /// Two sockets that are connected to each other: of AF_UNIX, if no family is given.
    #[sig("(family=1, type=1, proto=0, /)")]
    pub fn socketpair(th: &mut Thread, family: i32, r#type: i32, proto: i32) -> Result<(Value, Value)> {
        let [a, b] = th
            .detached(|| system::pair(family, r#type, proto))
            .map_err(|error| support::raise(th, &error))?;
        let first = of_descriptor(th, a, family, r#type, proto);
        let second = first.and_then(|first| Ok((first, of_descriptor(th, b, family, r#type, proto)?)));
        second.inspect_err(|_| {
            let _ = numbers::close(b);
        })
    }
}
