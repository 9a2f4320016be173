//! Neighbours of doubles: counted as their bits are, with the sign turned into an order.

use runtime::error::{Result, value_error};
use runtime::types::int;
use runtime::{Thread, Value, ops};

/// The distance to the next double away from zero.
pub(super) fn ulp(x: f64) -> f64 {
    if !x.is_finite() {
        return x.abs();
    }
    let x = x.abs();
    let above = x.next_up();
    // The largest double has no finite neighbour above; its unit is that of the one below.
    if above.is_infinite() { x - x.next_down() } else { above - x }
}

/// The double that stands `steps` (one by default) after `x` on the way to `y`, at most `y`.
pub(super) fn steps_towards(thread: &mut Thread, x: f64, y: f64, steps: Option<&Value>) -> Result<f64> {
    let steps = match steps {
        None => None,
        Some(steps) => {
            let steps = ops::index(thread, steps)?;
            if int::is_negative(&steps) {
                return Err(value_error("steps must be a non-negative integer"));
            }
            Some(int::to_i128(&steps).map_or(u64::MAX, |steps| u64::try_from(steps).unwrap_or(u64::MAX)))
        }
    };
    if steps == Some(0) || x.is_nan() {
        return Ok(x);
    }
    if y.is_nan() {
        return Ok(y);
    }
    if x == y {
        return Ok(y);
    }
    let (from, to) = (place(x), place(y));
    let distance = from.abs_diff(to);
    if steps.is_some_and(|steps| u128::from(steps) >= distance) {
        return Ok(y);
    }
    let steps = steps.unwrap_or(1);
    let there = if from < to { from + i128::from(steps) } else { from - i128::from(steps) };
    Ok(at(there, x))
}

/// The number of a double among all of them; both zeros are number 0.
fn place(x: f64) -> i128 {
    let magnitude = i128::from(x.abs().to_bits());
    if x.is_sign_negative() { -magnitude } else { magnitude }
}

/// The double of that number; of the two zeros that with the sign of where the way began.
fn at(place: i128, origin: f64) -> f64 {
    let magnitude = f64::from_bits(place.unsigned_abs() as u64);
    match place {
        0 => 0f64.copysign(origin),
        _ if place < 0 => -magnitude,
        _ => magnitude,
    }
}
