//! The `shared` word of a header: a signed count over six bits.
//!
//! Every transition of it is one exchange of the whole word; who makes which is in `count`, `merge` and `park`.

/// What the `shared` word says about who merges and frees the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CountState {
    /// The owner counts in `local`, the others here.
    Biased = 0,
    /// As biased, and the owner's merge queue holds one reference.
    Queued = 1,
    /// Everybody counts here.
    Merged = 2,
    /// Being freed: releases are ignored.
    Dead = 3,
}

/// The `shared` word: a signed count over six bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SharedWord(pub(crate) u32);

impl SharedWord {
    /// One reference.
    pub(crate) const UNIT: u32 = 1 << 6;
    const STATE: u32 = 0b11;
    /// The object is on a list of parked objects.
    pub(crate) const PARKED: u32 = 1 << 2;
    /// While parked, the count has risen and fallen to zero again.
    pub(crate) const REZEROED: u32 = 1 << 3;
    /// Somebody may have borrowed the object through another slot than the one that holds it now.
    pub(crate) const LENT: u32 = 1 << 4;
    /// A parking thread is about to clear LENT; whoever sets LENT clears this.
    pub(crate) const CLEARING: u32 = 1 << 5;
    /// Past this count (either sign) an object becomes immortal. Far from overflow, so that threads which pass it at
    /// the same time do not overflow either.
    pub(crate) const SATURATION: i32 = 1 << 24;

    pub(crate) const fn new(state: CountState, count: i32) -> Self {
        Self((count << 6) as u32 | state as u32)
    }

    #[inline(always)]
    pub(crate) fn state(self) -> CountState {
        match self.0 & Self::STATE {
            0 => CountState::Biased,
            1 => CountState::Queued,
            2 => CountState::Merged,
            _ => CountState::Dead,
        }
    }

    #[inline(always)]
    pub(crate) fn count(self) -> i32 {
        (self.0 as i32) >> 6
    }

    #[inline(always)]
    pub(crate) fn has(self, bit: u32) -> bool {
        self.0 & bit != 0
    }

    #[inline(always)]
    pub(crate) fn with(self, bits: u32) -> Self {
        Self(self.0 | bits)
    }

    #[inline(always)]
    pub(crate) fn without(self, bits: u32) -> Self {
        Self(self.0 & !bits)
    }

    #[inline(always)]
    pub(crate) fn minus_one(self) -> Self {
        Self(self.0.wrapping_sub(Self::UNIT))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn shared_word_keeps_sign_and_bits_apart() {
        for count in [0, 1, -1, 7, -7, SharedWord::SATURATION, -SharedWord::SATURATION] {
            for state in [CountState::Biased, CountState::Queued, CountState::Merged, CountState::Dead] {
                let word = SharedWord::new(state, count);
                let all = SharedWord::PARKED | SharedWord::REZEROED | SharedWord::LENT | SharedWord::CLEARING;
                assert_eq!((word.with(all).count(), word.with(all).state()), (count, state));
                assert_eq!(word.with(all).without(all), word);
                assert_eq!(word.minus_one().count(), count - 1);
            }
        }
    }
}
