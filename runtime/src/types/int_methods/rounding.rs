//! `round(int, digits)`

use memory::Value;
use num_bigint::BigInt;
use num_integer::Integer;
use threads::Thread;

use super::operand::{bit_length, exact, operand, to_bigint};
use crate::error::{Result, type_error};
use crate::types::int;

/// `round(value, digits)`: to a multiple of `10**-digits`, the even one of two that are equally near.
pub fn round(thread: &mut Thread, value: &Value, digits: Option<&Value>) -> Result<Value> {
    let Some(digits) = digits else { return exact(thread, value) };
    let digits = crate::ops::index(thread, digits)?;
    if !int::is_negative(&digits) {
        return exact(thread, value);
    }
    let number = operand(value).ok_or_else(|| type_error("an integer is required"))?;
    // Ten has more than three bits: with so many zeros even half of the unit is more than the number.
    let places = int::to_i64(&digits).map_or(u64::MAX, i64::unsigned_abs);
    if places > bit_length(number) / 3 + 2 {
        return int::from_i64(thread, 0);
    }
    let unit = BigInt::from(10).pow(places as u32);
    let number = to_bigint(number);
    let (quotient, remainder) = number.div_mod_floor(&unit);
    let twice: BigInt = &remainder << 1;
    let up = match twice.cmp(&unit) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => quotient.bit(0),
        std::cmp::Ordering::Greater => true,
    };
    let down = number - remainder;
    int::from_bigint(thread, if up { down + unit } else { down })
}
