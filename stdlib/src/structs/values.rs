//! Values to bytes and back.

use num_bigint::{BigInt, Sign};
use runtime::class::slots_of;
use runtime::error::{Result, memory_error, overflow_error};
use runtime::object::cast;
use runtime::types::{Bytes, BytesExt, Tuple, buffers, complex, float, int};
use runtime::{Thread, Value, ops};
use smallvec::SmallVec;
use text::float::{f64_to_half, half_to_f64};

use super::error;
use super::plan::{Item, Plan};

/// An argument as an int.
fn integer(thread: &mut Thread, value: &Value) -> Result<Value> {
    if int::is_int(value) {
        return Ok(value.clone());
    }
    if slots_of(value).index.get().is_none() {
        return Err(error("required argument is not an integer"));
    }
    ops::index(thread, value)
}

fn is_signed(code: u8) -> bool {
    code.is_ascii_lowercase()
}

/// Puts `number` into `place`, least significant byte first.
fn put_number(code: u8, number: &Value, place: &mut [u8]) -> Result<()> {
    let bits = 8 * place.len() as u32;
    let (least, most) = match (code, is_signed(code)) {
        (b'P', _) => (i128::from(i64::MIN), i128::from(u64::MAX)),
        (_, true) => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
        (_, false) => (0, (1i128 << bits) - 1),
    };
    match int::to_i128(number).filter(|number| (least..=most).contains(number)) {
        Some(number) => {
            place.copy_from_slice(&number.to_le_bytes()[..place.len()]);
            Ok(())
        }
        None if code == b'P' => Err(error("int too large to convert")),
        None => Err(error(format!("'{}' format requires {least} <= number <= {most}", char::from(code)))),
    }
}

/// Whether a small int fits so many bytes. (What does not, or is rarely packed, is looked at once more.)
#[inline]
fn fits(code: u8, number: i64, len: usize) -> bool {
    let bits = 8 * len as u32;
    if code == b'P' || len > 8 {
        false
    } else if is_signed(code) {
        len == 8 || (-(1i64 << (bits - 1))..1i64 << (bits - 1)).contains(&number)
    } else {
        number >= 0 && (len == 8 || number < 1i64 << bits)
    }
}

fn put_float(code: u8, number: f64, place: &mut [u8]) -> Result<()> {
    match code {
        b'e' => {
            let half = f64_to_half(number);
            let half = half.ok_or_else(|| overflow_error("float too large to pack with e format"))?;
            place.copy_from_slice(&half.to_le_bytes());
        }
        b'f' => {
            let single = number as f32;
            if single.is_infinite() && number.is_finite() {
                return Err(overflow_error("float too large to pack with f format"));
            }
            place.copy_from_slice(&single.to_le_bytes());
        }
        _ => place.copy_from_slice(&number.to_le_bytes()),
    }
    Ok(())
}

/// Puts one value into its place.
fn put(thread: &mut Thread, plan: &Plan, item: &Item, value: &Value, place: &mut [u8]) -> Result<()> {
    match item.code {
        b's' | b'p' => {
            let Some(bytes) = buffers::exact_bytes(thread, value)? else {
                return Err(error(format!(
                    "argument for '{}' must be a bytes object",
                    char::from(item.code)
                )));
            };
            let prefix = usize::from(item.code == b'p' && !place.is_empty());
            let room = if item.code == b'p' && place.is_empty() { 0 } else { place.len() - prefix };
            let n = bytes.len().min(room);
            place[prefix..prefix + n].copy_from_slice(&bytes[..n]);
            if prefix == 1 {
                place[0] = n.min(255) as u8;
            }
            return Ok(()); // strings have no byte order
        }
        b'c' => match cast::<Bytes>(value).map(|bytes| bytes.bytes()) {
            Some(&[byte]) => place[0] = byte,
            _ => return Err(error("char format requires a bytes object of length 1")),
        },
        b'?' => place[0] = ops::is_true(thread, value)?.into(),
        b'e' | b'f' | b'd' => {
            let number =
                float::as_f64(thread, value).map_err(|_| error("required argument is not a float"))?;
            put_float(item.code, number, place)?;
        }
        b'F' | b'D' => {
            let parts = complex::as_complex(thread, value)
                .map_err(|_| error("required argument is not a complex"))?;
            let (code, half) = (if item.code == b'F' { b'f' } else { b'd' }, place.len() / 2);
            let (real, imaginary) = place.split_at_mut(half);
            put_float(code, parts.0, real)?;
            put_float(code, parts.1, imaginary)?;
            if plan.big {
                real.reverse();
                imaginary.reverse();
            }
            return Ok(());
        }
        code => match value.as_int().filter(|&number| fits(code, number, place.len())) {
            Some(number) => place.copy_from_slice(&number.to_le_bytes()[..place.len()]),
            None => {
                let number = integer(thread, value)?;
                put_number(code, &number, place)?;
            }
        },
    }
    if plan.big {
        place.reverse();
    }
    Ok(())
}

/// The bytes of all values.
///
/// # Errors
/// `struct.error`, OverflowError, MemoryError, or what a conversion raises.
pub(super) fn pack(thread: &mut Thread, plan: &Plan, values: &[Value]) -> Result<SmallVec<[u8; 64]>> {
    let mut out = SmallVec::new();
    out.try_reserve_exact(plan.size).map_err(|_| memory_error())?;
    out.resize(plan.size, 0);
    let mut values = values.iter();
    for item in &plan.items {
        for i in 0..item.count {
            let start = item.offset + i * item.size;
            if let Some(value) = values.next() {
                put(thread, plan, item, value, &mut out[start..start + item.size])?;
            }
        }
    }
    Ok(out)
}

/// Bytes as a number, most significant byte last.
fn unsigned(bytes: &[u8], big: bool) -> u64 {
    let step = |number: u64, &byte: &u8| number << 8 | u64::from(byte);
    if big { bytes.iter().fold(0, step) } else { bytes.iter().rev().fold(0, step) }
}

fn get_float(bytes: &[u8], big: bool) -> f64 {
    let bits = unsigned(bytes, big);
    match bytes.len() {
        2 => half_to_f64(bits as u16),
        4 => f32::from_bits(bits as u32).into(),
        _ => f64::from_bits(bits),
    }
}

/// Reads one value.
fn get(thread: &mut Thread, plan: &Plan, item: &Item, bytes: &[u8]) -> Result<Value> {
    match item.code {
        b's' | b'c' => Bytes::new(thread, bytes),
        b'p' => {
            let rest = bytes.get(1..).unwrap_or_default();
            let n = bytes.first().map_or(0, |&n| usize::from(n)).min(rest.len());
            Bytes::new(thread, &rest[..n])
        }
        b'?' => Ok(Value::from_bool(bytes[0] != 0)),
        b'e' | b'f' | b'd' => float::new(thread, get_float(bytes, plan.big)),
        b'F' | b'D' => {
            let (real, imaginary) = bytes.split_at(bytes.len() / 2);
            complex::new(thread, get_float(real, plan.big), get_float(imaginary, plan.big))
        }
        code => {
            let number = unsigned(bytes, plan.big);
            if is_signed(code) {
                let shift = 64 - 8 * bytes.len() as u32;
                return int::from_i64(thread, (number << shift) as i64 >> shift);
            }
            match i64::try_from(number) {
                Ok(small) => int::from_i64(thread, small),
                Err(_) => int::from_bigint(thread, BigInt::from_bytes_le(Sign::Plus, &number.to_le_bytes())),
            }
        }
    }
}

/// The values in `bytes`, as many as the plan's size.
///
/// # Errors
/// MemoryError.
pub(super) fn unpack(thread: &mut Thread, plan: &Plan, bytes: &[u8]) -> Result<Value> {
    let mut values: SmallVec<[Value; 4]> = SmallVec::new();
    values.try_reserve_exact(plan.values).map_err(|_| memory_error())?;
    for item in &plan.items {
        for i in 0..item.count {
            let start = item.offset + i * item.size;
            values.push(get(thread, plan, item, &bytes[start..start + item.size])?);
        }
    }
    Tuple::from_exact(thread, values.into_iter())
}
