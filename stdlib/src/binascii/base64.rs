//! Base64 (RFC 4648), strict or as lenient as mail programs are.

use runtime::error::Result;

use super::error;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const NONE: u8 = 0xff;

const fn values() -> [u8; 256] {
    let mut table = [NONE; 256];
    let mut i = 0;
    while i < 64 {
        table[ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    table
}

static VALUES: [u8; 256] = values();

/// Encodes, with a newline at the end if that is asked.
pub(super) fn encode(data: &[u8], newline: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len().div_ceil(3) * 4 + 1);
    let letter = |bits: u32| ALPHABET[(bits & 63) as usize];
    for group in data.chunks(3) {
        let byte = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        out.push(letter(bits >> 18));
        out.push(letter(bits >> 12));
        out.push(if group.len() > 1 { letter(bits >> 6) } else { b'=' });
        out.push(if group.len() > 2 { letter(bits) } else { b'=' });
    }
    if newline {
        out.push(b'\n');
    }
    out
}

/// Decodes. What is no letter is passed over unless `strict`.
pub(super) fn decode(data: &[u8], strict: bool) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(data.len() / 4 * 3 + 3);
    if strict && data.first() == Some(&b'=') {
        return Err(error("Leading padding not allowed"));
    }
    let (mut place, mut left, mut pads) = (0u32, 0u8, 0usize);
    let mut padding_started = false;
    for (i, &c) in data.iter().enumerate() {
        if c == b'=' {
            padding_started = true;
            pads += usize::from(place >= 2);
            if place >= 2 && place as usize + pads >= 4 {
                // A whole group with its padding ends the data.
                if strict && i + 1 < data.len() {
                    return Err(error("Excess data after padding"));
                }
                return Ok(out);
            }
            if strict && place == 0 {
                return Err(error(if pads == 0 && !out.is_empty() {
                    "Excess data after padding"
                } else {
                    "Discontinuous padding not allowed"
                }));
            }
            continue;
        }
        let value = VALUES[usize::from(c)];
        if value == NONE {
            if strict {
                return Err(error("Only base64 data is allowed"));
            }
            continue;
        }
        if strict && padding_started {
            return Err(error("Discontinuous padding not allowed"));
        }
        pads = 0;
        match place {
            0 => left = value,
            1 => {
                out.push(left << 2 | value >> 4);
                left = value & 0x0f;
            }
            2 => {
                out.push(left << 4 | value >> 2);
                left = value & 0x03;
            }
            _ => out.push(left << 6 | value),
        }
        place = (place + 1) % 4;
    }
    match place {
        0 => Ok(out),
        1 => Err(error(format!(
            "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
            out.len() / 3 * 4 + 1
        ))),
        _ => Err(error("Incorrect padding")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_comes_back() {
        for n in 0..40u8 {
            let data: Vec<u8> = (0..n).map(|i| i.wrapping_mul(37)).collect();
            let text = encode(&data, n % 2 == 0);
            assert_eq!(decode(&text, false).ok(), Some(data));
        }
    }
}
