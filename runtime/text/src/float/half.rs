//! Half precision (IEEE 754 binary16), which `struct` and `memoryview` call `e`.

/// The value of a half.
pub fn half_to_f64(bits: u16) -> f64 {
    let negative = bits >> 15 == 1;
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = u64::from(bits & 0x3ff);
    let magnitude = match exponent {
        // The fraction moves to the top of a double's, so that the payload of a NaN stays.
        0x1f => f64::from_bits(0x7ff << 52 | fraction << 42),
        0 => fraction as f64 * 2f64.powi(-24),
        _ => (fraction + 0x400) as f64 * 2f64.powi(exponent - 25),
    };
    if negative { -magnitude } else { magnitude }
}

/// The nearest half, the even one of two that are equally near; `None` if the value is too large.
pub fn f64_to_half(value: f64) -> Option<u16> {
    let sign = ((value.to_bits() >> 63) as u16) << 15;
    if value.is_nan() {
        let payload = (value.to_bits() >> 42 & 0x3ff) as u16;
        return Some(sign | 0x7c00 | if payload == 0 { 0x200 } else { payload });
    }
    let magnitude = value.abs();
    if magnitude.is_infinite() {
        return Some(sign | 0x7c00);
    }
    if magnitude < 2f64.powi(-14) {
        // Subnormal, or rounded up to the smallest normal, whose bits follow.
        let units = super::round_half_even(magnitude * 2f64.powi(24)) as u16;
        return Some(sign | units);
    }
    let exponent = (magnitude.to_bits() >> 52) as i32 - 1023;
    if exponent > 15 {
        return None;
    }
    let units = super::round_half_even(magnitude * 2f64.powi(10 - exponent)) as u32; // 1024 to 2048
    let bits = ((exponent + 14) as u32) * 0x400 + units;
    if bits >= 0x7c00 { None } else { Some(sign | bits as u16) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_come_back() {
        for bits in 0..=u16::MAX {
            let value = half_to_f64(bits);
            if value.is_nan() {
                assert!(half_to_f64(f64_to_half(value).expect("a NaN fits")).is_nan());
            } else {
                assert_eq!(f64_to_half(value), Some(bits));
            }
        }
    }

    #[test]
    fn values_are_rounded_to_even() {
        assert_eq!(f64_to_half(65519.0), Some(0x7bff));
        assert_eq!(f64_to_half(65520.0), None);
        assert_eq!(f64_to_half(2f64.powi(-25)), Some(0));
        assert_eq!(f64_to_half(2f64.powi(-25) * 1.5), Some(1));
        assert_eq!(f64_to_half(1.0 + 2f64.powi(-11)), Some(0x3c00));
        assert_eq!(f64_to_half(1.0 + 3.0 * 2f64.powi(-11)), Some(0x3c02));
    }
}
