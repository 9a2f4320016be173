//! Cyclic redundancy checks, eight bits at a time through tables that are computed at compile time.

const fn table32() -> [u32; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let mut crc = i as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[i] = crc;
        i += 1;
    }
    table
}

const fn table_hqx() -> [u16; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let mut crc = (i as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000 != 0 { crc << 1 ^ 0x1021 } else { crc << 1 };
            bit += 1;
        }
        table[i] = crc;
        i += 1;
    }
    table
}

static TABLE_32: [u32; 256] = table32();
static TABLE_HQX: [u16; 256] = table_hqx();

/// CRC-32, going on from `crc`.
pub(super) fn crc32(data: &[u8], crc: u32) -> u32 {
    !data.iter().fold(!crc, |crc, &byte| TABLE_32[usize::from(crc as u8 ^ byte)] ^ crc >> 8)
}

/// CRC-CCITT, going on from the low half of `crc`.
pub(super) fn crc_hqx(data: &[u8], crc: u32) -> u32 {
    data.iter()
        .fold(crc as u16, |crc, &byte| TABLE_HQX[usize::from((crc >> 8) as u8 ^ byte)] ^ crc << 8)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_the_known_ones() {
        assert_eq!(crc32(b"123456789", 0), 0xcbf4_3926);
        assert_eq!(crc32(b"6789", crc32(b"12345", 0)), 0xcbf4_3926);
        assert_eq!(crc_hqx(b"123456789", 0), 0x31c3);
    }
}
