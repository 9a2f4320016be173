//! Hashes of numbers, which agree wherever numbers are equal, and of strings, which a key makes unpredictable.
//!
//! Every rational number is hashed to its value modulo the prime 2**61 - 1 (`sys.hash_info`), so that ints, floats,
//! fractions and decimals agree. -1 is not a hash: it is what C functions return for an error.

use num_bigint::{BigInt, Sign};

/// `sys.hash_info.width` less three: hashes of numbers have so many bits.
pub const BITS: u32 = 61;
/// `sys.hash_info.modulus`
pub const MODULUS: u64 = (1 << BITS) - 1;
/// `sys.hash_info.inf`
pub const INF: i64 = 314_159;
/// `sys.hash_info.imag`
pub const IMAG: u64 = 1_000_003;

fn finished(hash: i64) -> i64 {
    if hash == -1 { -2 } else { hash }
}

fn signed(negative: bool, magnitude: u64) -> i64 {
    let hash = magnitude as i64;
    finished(if negative { -hash } else { hash })
}

/// The hash of a small int.
#[inline]
pub fn hash_i64(value: i64) -> i64 {
    signed(value < 0, value.unsigned_abs() % MODULUS)
}

/// The hash of any int.
pub fn hash_bigint(value: &BigInt) -> i64 {
    // The modulus being 2**61 - 1, digits of 61 bits could be added up; 64 bits at a time weigh 8 times the place before.
    let digits: Vec<u64> = value.iter_u64_digits().collect();
    let magnitude = digits.iter().rev().fold(0u64, |sum, &digit| {
        let wide = u128::from(sum) << 64 | u128::from(digit);
        (wide % u128::from(MODULUS)) as u64
    });
    signed(value.sign() == Sign::Minus, magnitude)
}

/// The hash of a float; a NaN has none of its own, so that it hashes as the object it is: `None`.
pub fn hash_f64(value: f64) -> Option<i64> {
    if value.is_nan() {
        return None;
    }
    if value.is_infinite() {
        return Some(if value > 0.0 { INF } else { -INF });
    }
    let bits = value.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7ff) as i64, bits & ((1 << 52) - 1));
    let (mantissa, exponent) =
        if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    // Multiplying by a power of two turns the 61 bits round.
    let turn = exponent.rem_euclid(BITS.into()) as u32;
    let turned = if turn == 0 { mantissa } else { (mantissa << turn & MODULUS) | mantissa >> (BITS - turn) };
    Some(signed(value.is_sign_negative(), if turned == MODULUS { 0 } else { turned }))
}

/// The hash of a complex number from those of its parts.
pub fn hash_complex(real: i64, imag: i64) -> i64 {
    finished((real as u64).wrapping_add(IMAG.wrapping_mul(imag as u64)) as i64)
}

/// The key of string hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(u64, u64);

impl Key {
    /// The key of `PYTHONHASHSEED=0`: nothing is unpredictable.
    pub const ZERO: Key = Key(0, 0);

    /// The key of `PYTHONHASHSEED=seed`.
    pub fn from_seed(seed: u32) -> Key {
        if seed == 0 {
            return Key::ZERO;
        }
        let mut state = seed;
        let mut bytes = [0; 16];
        for byte in &mut bytes {
            state = state.wrapping_mul(214_013).wrapping_add(2_531_011);
            *byte = (state >> 16) as u8;
        }
        Key::from_bytes(bytes)
    }

    /// A key of random bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Key {
        let whole = u128::from_le_bytes(bytes);
        Key(whole as u64, (whole >> 64) as u64)
    }

    /// The hash of bytes: those of a bytes object, or of a string's characters as they are stored, in one, two or four bytes.
    pub fn hash(self, bytes: &[u8]) -> i64 {
        let (words, tail) = bytes.as_chunks::<8>();
        let last = tail.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
        self.hash_words(words.iter().map(|word| u64::from_le_bytes(*word)), last, bytes.len())
    }

    fn hash_words(self, words: impl Iterator<Item = u64>, last: u64, len: usize) -> i64 {
        if len == 0 {
            return 0;
        }
        finished(siphash13(self, words, last | (len as u64) << 56) as i64)
    }

    /// The hash of a string's characters of two bytes.
    pub fn hash_wide(self, units: &[u16]) -> i64 {
        let (words, tail) = units.as_chunks::<4>();
        let word = |w: &[u16; 4]| w.iter().rev().fold(0, |word, &unit| word << 16 | u64::from(unit));
        let last = tail.iter().rev().fold(0, |word, &unit| word << 16 | u64::from(unit));
        self.hash_words(words.iter().map(word), last, 2 * units.len())
    }

    /// The hash of a string's characters of four bytes.
    pub fn hash_full(self, units: &[u32]) -> i64 {
        let (words, tail) = units.as_chunks::<2>();
        let word = |w: &[u32; 2]| u64::from(w[1]) << 32 | u64::from(w[0]);
        self.hash_words(words.iter().map(word), tail.first().copied().unwrap_or(0).into(), 4 * units.len())
    }
}

/// SipHash with one round a word and three at the end (Aumasson and Bernstein, 2012).
fn siphash13(key: Key, words: impl Iterator<Item = u64>, last: u64) -> u64 {
    let mut v = [
        key.0 ^ 0x736f_6d65_7073_6575,
        key.1 ^ 0x646f_7261_6e64_6f6d,
        key.0 ^ 0x6c79_6765_6e65_7261,
        key.1 ^ 0x7465_6462_7974_6573,
    ];
    words.for_each(|word| absorb(&mut v, word));
    absorb(&mut v, last);
    v[2] ^= 0xff;
    (0..3).for_each(|_| round(&mut v));
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

#[inline]
fn absorb(v: &mut [u64; 4], word: u64) {
    v[3] ^= word;
    round(v);
    v[0] ^= word;
}

#[inline]
fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[2] = v[2].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[1]);
    v[0] = v[0].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].rotate_left(32);
}
