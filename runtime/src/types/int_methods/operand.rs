//! Ints as the operators take them: a machine word or a borrowed big integer, whatever object they are in.

use memory::Value;
use num_bigint::BigInt;
use threads::Thread;
use threads::sync::OnceLock;

pub use text::int::IntRef;

use crate::error::{Result, memory_error};
use crate::types::int;

/// The int in `value`: an int, a bool or an instance of a subclass. What fits a machine word is [`IntRef::Small`].
#[inline]
pub fn operand(value: &Value) -> Option<IntRef<'_>> {
    match int::to_i64(value) {
        Some(small) => Some(IntRef::Small(small)),
        None => int::heap_value(value).map(IntRef::Big),
    }
}

/// Both operands, if both are ints.
#[inline]
pub fn operands<'a>(a: &'a Value, b: &'a Value) -> Option<(IntRef<'a>, IntRef<'a>)> {
    Some((operand(a)?, operand(b)?))
}

/// A big integer of either size of int.
pub fn to_bigint(value: IntRef<'_>) -> BigInt {
    match value {
        IntRef::Small(small) => small.into(),
        IntRef::Big(big) => big.clone(),
    }
}

/// The exact int with the same value.
///
/// # Errors
/// MemoryError.
pub fn exact(thread: &mut Thread, value: &Value) -> Result<Value> {
    if int::is_exact(value) {
        return Ok(value.clone());
    }
    match operand(value) {
        Some(IntRef::Small(small)) => int::from_i64(thread, small),
        Some(IntRef::Big(big)) => int::from_bigint(thread, big.clone()),
        None => Err(crate::error::type_error("an integer is required")),
    }
}

/// How many bits a number has.
pub fn bit_length(value: IntRef<'_>) -> u64 {
    match value {
        IntRef::Small(small) => u64::from(u64::BITS - small.unsigned_abs().leading_zeros()),
        IntRef::Big(big) => big.bits(),
    }
}

/// From how many bits on it is worth asking first whether there is memory.
const LARGE_BITS: u64 = 1 << 28;

/// Raises MemoryError if a number of so many bits could not be held: big integers are made by a library that would end
/// the process.
///
/// # Errors
/// MemoryError.
#[inline]
pub fn check_room(bits: u64) -> Result<()> {
    if bits < LARGE_BITS { Ok(()) } else { check_room_slow(bits) }
}

#[cold]
fn check_room_slow(bits: u64) -> Result<()> {
    // The result and what its computation needs meanwhile.
    let bytes = usize::try_from(bits / 8 + 8)
        .ok()
        .and_then(|bytes| bytes.checked_mul(2))
        .filter(|&bytes| bytes <= memory_of_the_machine())
        .ok_or_else(memory_error)?;
    let mut room: Vec<u8> = Vec::new();
    room.try_reserve_exact(bytes).map_err(|_| memory_error())
}

/// How many bytes of memory there are: an allocator that does not reserve what it promises cannot tell.
fn memory_of_the_machine() -> usize {
    static BYTES: OnceLock<usize> = OnceLock::new();
    *BYTES.get_or_init(|| {
        let known = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
            let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
            line.trim().strip_suffix(" kB")?.parse::<usize>().ok()
        });
        known.and_then(|kibibytes| kibibytes.checked_mul(1024)).unwrap_or(1 << 40)
    })
}
