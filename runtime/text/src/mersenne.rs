//! The Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998), as `_random.Random` seeds and reads it.

use crate::error::{Error, Result};
use num_bigint::{BigInt, BigUint};

const N: usize = 624;
const M: usize = 397;

/// A generator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twister {
    state: [u32; N],
    /// How many words of the state have been read.
    index: usize,
}

impl Twister {
    fn from_word(seed: u32) -> Twister {
        let mut state = [seed; N];
        for i in 1..N {
            let before = state[i - 1];
            state[i] = (before ^ before >> 30).wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        Twister { state, index: N }
    }

    /// A generator seeded with words, of which there must be one at least.
    pub fn from_words(key: &[u32]) -> Twister {
        let key = if key.is_empty() { &[0][..] } else { key };
        let mut twister = Twister::from_word(19_650_218);
        let state = &mut twister.state;
        let mixed = |state: &[u32; N], i: usize, factor: u32| {
            let before = state[i - 1];
            state[i] ^ (before ^ before >> 30).wrapping_mul(factor)
        };
        let (mut i, mut j) = (1, 0);
        for _ in 0..N.max(key.len()) {
            state[i] = mixed(state, i, 1_664_525).wrapping_add(key[j]).wrapping_add(j as u32);
            i += 1;
            j = (j + 1) % key.len();
            if i == N {
                state[0] = state[N - 1];
                i = 1;
            }
        }
        for _ in 0..N - 1 {
            state[i] = mixed(state, i, 1_566_083_941).wrapping_sub(i as u32);
            i += 1;
            if i == N {
                state[0] = state[N - 1];
                i = 1;
            }
        }
        state[0] = 1 << 31;
        twister
    }

    /// A generator seeded with an int, of which the sign does not matter.
    pub fn from_int(seed: &BigInt) -> Twister {
        Twister::from_words(&seed.magnitude().to_u32_digits())
    }

    /// Thirty-two random bits.
    pub fn next_u32(&mut self) -> u32 {
        if self.index >= N {
            self.twist();
        }
        let mut word = self.state[self.index];
        self.index += 1;
        word ^= word >> 11;
        word ^= word << 7 & 0x9d2c_5680;
        word ^= word << 15 & 0xefc6_0000;
        word ^ word >> 18
    }

    fn twist(&mut self) {
        for i in 0..N {
            let y = (self.state[i] & 1 << 31) | (self.state[(i + 1) % N] & !(1 << 31));
            let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[i] = self.state[(i + M) % N] ^ y >> 1 ^ odd;
        }
        self.index = 0;
    }

    /// A float from 0 to 1, 1 excluded, of 53 random bits.
    pub fn random(&mut self) -> f64 {
        let (high, low) = (u64::from(self.next_u32() >> 5), u64::from(self.next_u32() >> 6));
        (high << 26 | low) as f64 / (1u64 << 53) as f64
    }

    /// An int of `count` random bits.
    pub fn bits(&mut self, count: u64) -> BigUint {
        BigUint::new(self.words(count))
    }

    /// `count` random bits in words, the lowest first.
    pub fn words(&mut self, count: u64) -> Vec<u32> {
        let words = count.div_ceil(32);
        let word = |i| {
            let left = count - 32 * i;
            let word = self.next_u32();
            if left < 32 { word >> (32 - left) } else { word }
        };
        (0..words).map(word).collect()
    }

    /// An int of `count` random bits, at most 64.
    pub fn small_bits(&mut self, count: u32) -> u64 {
        let mut value = 0;
        let mut done = 0;
        while done < count.min(64) {
            let (left, word) = (count.min(64) - done, self.next_u32());
            value |= u64::from(if left < 32 { word >> (32 - left) } else { word }) << done;
            done += 32;
        }
        value
    }

    /// The words of the state and how many of them have been read: 625 numbers.
    pub fn state(&self) -> impl Iterator<Item = u32> + '_ {
        self.state.iter().copied().chain([self.index as u32])
    }

    /// A generator in a state that was read from another.
    pub fn from_state(words: &[u32], index: i64) -> Result<Twister> {
        let state: [u32; N] = words.try_into().map_err(|_| Error::value("state vector is the wrong size"))?;
        match usize::try_from(index) {
            Ok(index) if index <= N => Ok(Twister { state, index }),
            _ => Err(Error::value("invalid state")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_must_be_one() {
        let words = [1; N];
        assert_eq!(Twister::from_state(&words, 625).unwrap_err().message, "invalid state");
        assert_eq!(Twister::from_state(&words, -1).unwrap_err().message, "invalid state");
        assert_eq!(
            Twister::from_state(&words[1..], 0).unwrap_err().message,
            "state vector is the wrong size"
        );
        assert!(Twister::from_state(&words, 624).is_ok());
    }
}
