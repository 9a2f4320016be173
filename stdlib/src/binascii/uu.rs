//! Lines of uuencode.

use runtime::error::Result;

use super::error;

/// Decodes a line: the first character says how many bytes there are.
pub(super) fn decode(line: &[u8]) -> Result<Vec<u8>> {
    let Some((&first, rest)) = line.split_first() else { return Ok(vec![0; 32]) };
    let len = usize::from(first.wrapping_sub(b' ') & 0x3f);
    let mut out = Vec::with_capacity(len);
    let (mut bits, mut held) = (0u32, 0u32);
    let mut rest = rest.iter();
    while out.len() < len {
        // What is missing at the end of a line counts as spaces that were stripped.
        let value = match rest.next() {
            None | Some(b'\n' | b'\r') => {
                rest = [].iter();
                0
            }
            Some(&c) if !(b' '..=b' ' + 64).contains(&c) => return Err(error("Illegal char")),
            Some(&c) => u32::from(c - b' ') & 0x3f,
        };
        bits = bits << 6 | value;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    for &c in rest {
        if !matches!(c, b' ' | b'`' | b'\n' | b'\r') {
            return Err(error("Trailing garbage"));
        }
    }
    Ok(out)
}

/// Encodes up to 45 bytes as a line.
pub(super) fn encode(data: &[u8], backtick: bool) -> Result<Vec<u8>> {
    if data.len() > 45 {
        return Err(error("At most 45 bytes at once"));
    }
    let letter = |value: u32| match (value & 63) as u8 {
        0 if backtick => b'`',
        value => value + b' ',
    };
    let mut out = vec![letter(data.len() as u32)];
    for group in data.chunks(3) {
        let byte = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        out.extend([18, 12, 6, 0].map(|shift| letter(bits >> shift)));
    }
    out.push(b'\n');
    Ok(out)
}
