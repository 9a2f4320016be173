//! What buffered streams ask of the raw stream below them: quickly if it is a `FileIO`, by its methods otherwise.

use memory::Value;
use runtime::Thread;
use runtime::error::{Result, os_error, type_error};
use runtime::ops;
use runtime::types::{Bytes, buffers, bytearray, int};

use super::{file, method};

/// Reads at most `most` bytes to the end of `into`; `None` if that would block.
///
/// # Errors
/// What the raw stream raises; OSError if it answers nonsense.
pub fn read(thread: &mut Thread, raw: &Value, into: &mut Vec<u8>, most: usize) -> Result<Option<usize>> {
    if let Some(file) = file::exact(raw) {
        return file::read_to(thread, file, into, most);
    }
    let buffer = bytearray::new(thread, crate::support::zeroed(most)?)?;
    let count = loop {
        match method(thread, raw, "readinto", std::slice::from_ref(&buffer)) {
            Err(raised) if raised.is(&runtime::error::INTERRUPTED_ERROR) => {
                crate::support::check_signals(thread)?
            }
            result => break result?,
        }
    };
    if count.is_none() {
        return Ok(None);
    }
    let number = match ops::index_isize(thread, &count) {
        Ok(number) => number,
        Err(cause) => {
            let raised = os_error("raw readinto() failed");
            runtime::types::exception::set_cause(thread, raised.value(), Some(cause.into_value()));
            return Err(raised);
        }
    };
    let bytes = buffers::exact_bytes(thread, &buffer)?;
    match (usize::try_from(number), bytes) {
        (Ok(number), Some(bytes)) if number <= most && number <= bytes.len() => {
            into.extend_from_slice(&bytes[..number]);
            Ok(Some(number))
        }
        _ => Err(os_error(format!(
            "raw readinto() returned invalid length {number} (should have been between 0 and {most})"
        ))),
    }
}

/// Writes bytes; how many, or `None` if that would block.
///
/// # Errors
/// What the raw stream raises; OSError if it answers nonsense.
pub fn write(thread: &mut Thread, raw: &Value, bytes: &[u8]) -> Result<Option<usize>> {
    if let Some(file) = file::exact(raw) {
        return file::write(thread, file, bytes);
    }
    let value = Bytes::new(thread, bytes)?;
    let count = loop {
        match method(thread, raw, "write", std::slice::from_ref(&value)) {
            Err(raised) if raised.is(&runtime::error::INTERRUPTED_ERROR) => {
                crate::support::check_signals(thread)?
            }
            result => break result?,
        }
    };
    if count.is_none() {
        return Ok(None);
    }
    let number = ops::index_isize(thread, &count)?;
    match usize::try_from(number) {
        Ok(number) if number <= bytes.len() => Ok(Some(number)),
        _ => Err(os_error(format!(
            "raw write() returned invalid length {number} (should have been between 0 and {})",
            bytes.len()
        ))),
    }
}

/// Reads to the end: what `readall` of the raw stream does, if it has that. `None`: it would block at once.
///
/// # Errors
/// What the raw stream raises; TypeError if it answers nonsense.
pub fn read_all(thread: &mut Thread, raw: &Value, into: &mut Vec<u8>) -> Result<Option<usize>> {
    if let Some(file) = file::exact(raw) {
        return file::read_all(thread, file, into);
    }
    let before = into.len();
    let name = runtime::interned!(thread, "readall")?;
    if let Some(read_all) = runtime::class::lookup::getattr_or_none(thread, raw, name)? {
        let data = runtime::call::call_positional(thread, &read_all, &[])?;
        if data.is_none() {
            return Ok(None);
        }
        let Some(bytes) = runtime::object::cast::<Bytes>(&data) else {
            return Err(type_error("readall() should return bytes"));
        };
        into.extend_from_slice(runtime::types::BytesExt::bytes(bytes));
        return Ok(Some(into.len() - before));
    }
    loop {
        let data = method(thread, raw, "read", &[])?;
        if data.is_none() {
            return Ok(if into.len() == before { None } else { Some(into.len() - before) });
        }
        let Some(bytes) = runtime::object::cast::<Bytes>(&data) else {
            return Err(type_error("read() should return bytes"));
        };
        let bytes = runtime::types::BytesExt::bytes(bytes);
        if bytes.is_empty() {
            return Ok(Some(into.len() - before));
        }
        into.extend_from_slice(bytes);
    }
}

/// The position.
///
/// # Errors
/// What the raw stream raises; OSError if it answers nonsense.
pub fn tell(thread: &mut Thread, raw: &Value) -> Result<i64> {
    if let Some(file) = file::exact(raw) {
        return file::seek(thread, file, 0, libc::SEEK_CUR);
    }
    let position = method(thread, raw, "tell", &[])?;
    checked_position(thread, &position)
}

/// Moves the position.
///
/// # Errors
/// What the raw stream raises; OSError if it answers nonsense.
pub fn seek(thread: &mut Thread, raw: &Value, target: i64, whence: i32) -> Result<i64> {
    if let Some(file) = file::exact(raw) {
        return file::seek(thread, file, target, whence);
    }
    let args = [int::from_i64(thread, target)?, int::from_i64(thread, whence.into())?];
    let position = method(thread, raw, "seek", &args)?;
    checked_position(thread, &position)
}

fn checked_position(thread: &mut Thread, position: &Value) -> Result<i64> {
    let number = ops::index_i128(thread, position)?;
    if number < 0 {
        return Err(os_error(format!("Raw stream returned invalid position {number}")));
    }
    i64::try_from(number)
        .map_err(|_| runtime::error::overflow_error("Python int too large to convert to C long"))
}
