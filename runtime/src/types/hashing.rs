//! Hashes of text and numbers.
//!
//! Text is hashed with SipHash-1-3 under a key that `PYTHONHASHSEED` decides; numbers modulo the prime 2^61 - 1, so that equal
//! numbers of different types have equal hashes.

use text::View;
use threads::sync::OnceLock;

static KEY: OnceLock<(u64, u64)> = OnceLock::new();

/// Sets the key, once, before the first hash: two words.
pub fn set_key(key: (u64, u64)) {
    // A second call comes from a second start in one process, which keeps the first key.
    let _ = KEY.set(key);
}

fn key() -> (u64, u64) {
    *KEY.get_or_init(random_key)
}

/// A key from the system's random source.
pub fn random_key() -> (u64, u64) {
    use std::hash::{BuildHasher, Hasher};
    // The standard library seeds its hashers from the system's random source.
    let word = || std::collections::hash_map::RandomState::new().build_hasher().finish();
    (word(), word())
}

/// The hash of bytes.
pub fn hash_bytes(bytes: &[u8]) -> i64 {
    if bytes.is_empty() {
        return 0;
    }
    let (k0, k1) = key();
    finish(siphash13(k0, k1, bytes))
}

/// The hash of text: of its characters in the narrowest width.
pub fn hash_view(view: View<'_>) -> i64 {
    match view {
        View::Latin1(bytes) => hash_bytes(bytes),
        View::Wide(units) => {
            hash_bytes(&units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<u8>>())
        }
        View::Full(units) => {
            hash_bytes(&units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<u8>>())
        }
    }
}

fn finish(hash: u64) -> i64 {
    match hash as i64 {
        -1 => -2,
        0 => 1, // 0 means that a str's hash is not known yet
        hash => hash,
    }
}

/// SipHash with one compression and three finalization rounds (Aumasson and Bernstein 2012).
pub fn siphash13(k0: u64, k1: u64, bytes: &[u8]) -> u64 {
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    fn round(v: &mut [u64; 4]) {
        v[0] = v[0].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(13) ^ v[0];
        v[0] = v[0].rotate_left(32);
        v[2] = v[2].wrapping_add(v[3]);
        v[3] = v[3].rotate_left(16) ^ v[2];
        v[0] = v[0].wrapping_add(v[3]);
        v[3] = v[3].rotate_left(21) ^ v[0];
        v[2] = v[2].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(17) ^ v[2];
        v[2] = v[2].rotate_left(32);
    }
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = chunk.iter().rev().fold(0u64, |word, &byte| word << 8 | u64::from(byte));
        v[3] ^= word;
        round(&mut v);
        v[0] ^= word;
    }
    let tail = chunks.remainder().iter().rev().fold(0u64, |word, &byte| word << 8 | u64::from(byte));
    let last = (bytes.len() as u64) << 56 | tail;
    v[3] ^= last;
    round(&mut v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for _ in 0..3 {
        round(&mut v);
    }
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

/// The modulus of numeric hashes.
pub const MODULUS: u64 = (1 << 61) - 1;

/// The hash of an int that fits a machine word.
#[inline]
pub fn hash_i64(value: i64) -> i64 {
    let magnitude = (value.unsigned_abs() % MODULUS) as i64;
    let hash = if value < 0 { -magnitude } else { magnitude };
    if hash == -1 { -2 } else { hash }
}

/// The hash of a big int.
pub fn hash_bigint(value: &num_bigint::BigInt) -> i64 {
    let mut magnitude: u64 = 0;
    for digit in value.magnitude().iter_u32_digits().rev() {
        magnitude = ((u128::from(magnitude) << 32 | u128::from(digit)) % u128::from(MODULUS)) as u64;
    }
    let hash = if value.sign() == num_bigint::Sign::Minus { -(magnitude as i64) } else { magnitude as i64 };
    if hash == -1 { -2 } else { hash }
}

/// The hash of a float that is a number (`nan` hashes by identity).
pub fn hash_f64(value: f64) -> i64 {
    if value.is_infinite() {
        return if value > 0.0 { 314_159 } else { -314_159 };
    }
    if value == value.trunc() && value.abs() < 1e18 {
        return hash_i64(value as i64);
    }
    // mantissa * 2^exponent modulo the prime: powers of two rotate its 61 bits.
    let bits = value.to_bits();
    let raw = (bits >> 52 & 0x7ff) as i64;
    let mantissa = if raw == 0 { (bits & ((1 << 52) - 1)) << 1 } else { bits & ((1 << 52) - 1) | 1 << 52 };
    let exponent = (raw - 1075).rem_euclid(61) as u32;
    let reduced = mantissa % MODULUS;
    let rotated = (u128::from(reduced) << exponent) % u128::from(MODULUS);
    let hash = if value < 0.0 { -(rotated as i64) } else { rotated as i64 };
    if hash == -1 { -2 } else { hash }
}
