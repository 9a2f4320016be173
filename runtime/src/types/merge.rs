//! A stable, adaptive merge sort whose comparison may fail: Timsort's runs and galloping (Tim Peters, 2002) with the merge
//! order of Powersort (Munro and Wild 2018).
//!
//! It sorts indices, which are moved freely; whatever happens they stay a permutation of what they were.

use crate::error::Result;

/// Arrays below this length are sorted by insertion alone.
const SHORT: usize = 64;
/// How often one side must win in a row before galloping pays.
const MIN_GALLOP: usize = 7;

/// A sorted stretch, and the power of the boundary behind it.
struct Run {
    start: usize,
    len: usize,
    power: u32,
}

struct Sorter<'a, F> {
    order: &'a mut [usize],
    less: F,
    runs: Vec<Run>,
    spare: Vec<usize>,
    min_gallop: usize,
}

/// Sorts `order` so that no item is `less` than one before it; items of which neither is less keep their order.
///
/// # Errors
/// What `less` raises; `order` is then a permutation of what it was.
pub fn merge_sort(order: &mut [usize], less: impl FnMut(usize, usize) -> Result<bool>) -> Result<()> {
    let len = order.len();
    if len < 2 {
        return Ok(());
    }
    let least = least_run(len);
    let mut sorter = Sorter { order, less, runs: Vec::new(), spare: Vec::new(), min_gallop: MIN_GALLOP };
    let mut start = 0;
    while start < len {
        let mut run = sorter.natural_run(start)?;
        if run < least {
            let forced = least.min(len - start);
            sorter.insert_from(start, run, forced)?;
            run = forced;
        }
        sorter.push(start, run)?;
        start += run;
    }
    while sorter.runs.len() > 1 {
        sorter.merge_last_two()?;
    }
    Ok(())
}

/// A length between 32 and 64 such that `len` is about a power of two times it.
fn least_run(mut len: usize) -> usize {
    let mut odd = 0;
    while len >= SHORT {
        odd |= len & 1;
        len >>= 1;
    }
    len + odd
}

/// How deep in a perfectly balanced tree the boundary between two neighbouring runs would stand.
fn power(start: usize, left: usize, right: usize, len: usize) -> u32 {
    let mut a = 2 * start + left;
    let mut b = a + left + right;
    let mut power = 0;
    loop {
        power += 1;
        if a >= len {
            a -= len;
            b -= len;
        } else if b >= len {
            return power;
        }
        a <<= 1;
        b <<= 1;
    }
}

impl<F: FnMut(usize, usize) -> Result<bool>> Sorter<'_, F> {
    fn less(&mut self, a: usize, b: usize) -> Result<bool> {
        (self.less)(a, b)
    }

    /// The length of the run that begins at `start`; a strictly descending one is turned round.
    fn natural_run(&mut self, start: usize) -> Result<usize> {
        let len = self.order.len();
        let mut end = start + 1;
        if end == len {
            return Ok(1);
        }
        let descending = self.less(self.order[end], self.order[end - 1])?;
        end += 1;
        while end < len && self.less(self.order[end], self.order[end - 1])? == descending {
            end += 1;
        }
        if descending {
            self.order[start..end].reverse();
        }
        Ok(end - start)
    }

    /// Sorts `len` items from `start` on, of which the first `sorted` are in order.
    fn insert_from(&mut self, start: usize, sorted: usize, len: usize) -> Result<()> {
        for next in start + sorted..start + len {
            let pivot = self.order[next];
            let (mut low, mut high) = (start, next);
            while low < high {
                let middle = low + (high - low) / 2;
                if self.less(pivot, self.order[middle])? {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            self.order[low..=next].rotate_right(1);
        }
        Ok(())
    }

    fn push(&mut self, start: usize, len: usize) -> Result<()> {
        if let Some(last) = self.runs.last() {
            let power = power(last.start, last.len, len, self.order.len());
            while self.runs.len() > 1 && self.runs[self.runs.len() - 2].power > power {
                self.merge_last_two()?;
            }
            if let Some(last) = self.runs.last_mut() {
                last.power = power;
            }
        }
        self.runs.push(Run { start, len, power: 0 });
        Ok(())
    }

    fn merge_last_two(&mut self) -> Result<()> {
        let (Some(right), Some(left)) = (self.runs.pop(), self.runs.pop()) else { return Ok(()) };
        let result = self.merge(left.start, left.len, right.len);
        self.runs.push(Run { start: left.start, len: left.len + right.len, power: right.power });
        result
    }

    /// Merges two neighbouring runs.
    fn merge(&mut self, start: usize, left: usize, right: usize) -> Result<()> {
        let middle = start + left;
        // What is in place already is left alone: the beginning of the left run and the end of the right one.
        let first = self.order[middle];
        let skipped = self.gallop(start, middle, |sorter, at| Ok(!sorter.less(first, at)?))?;
        let start = start + skipped;
        if start == middle {
            return Ok(());
        }
        let last = self.order[middle - 1];
        let end = middle + self.gallop(middle, middle + right, |sorter, at| sorter.less(at, last))?;
        if end == middle {
            return Ok(());
        }
        let mut spare = std::mem::take(&mut self.spare);
        spare.clear();
        if spare.try_reserve(middle - start).is_err() {
            return Err(crate::error::memory_error());
        }
        spare.extend_from_slice(&self.order[start..middle]);
        let mut state = Merging { to: start, left: 0, right: middle, end };
        let result = self.merge_into(&spare, &mut state);
        // Whatever has been left over of the left run belongs here.
        let rest = &spare[state.left..];
        self.order[state.to..state.to + rest.len()].copy_from_slice(rest);
        self.spare = spare;
        result
    }

    fn merge_into(&mut self, left: &[usize], state: &mut Merging) -> Result<()> {
        loop {
            let (mut left_won, mut right_won) = (0, 0);
            while left_won < self.min_gallop && right_won < self.min_gallop {
                if self.less(self.order[state.right], left[state.left])? {
                    self.take_right(state, 1);
                    (left_won, right_won) = (0, right_won + 1);
                } else {
                    self.take_left(left, state, 1);
                    (left_won, right_won) = (left_won + 1, 0);
                }
                if state.is_done(left) {
                    return Ok(());
                }
            }
            loop {
                self.min_gallop = self.min_gallop.saturating_sub(1).max(1);
                let right_first = self.order[state.right];
                let rest = &left[state.left..];
                let left_won = gallop(rest.len(), |i| Ok(!self.less(right_first, rest[i])?))?;
                self.take_left(left, state, left_won);
                if state.is_done(left) {
                    return Ok(());
                }
                let left_first = left[state.left];
                let (from, end) = (state.right, state.end);
                let right_won = gallop(end - from, |i| {
                    let at = self.order[from + i];
                    self.less(at, left_first)
                })?;
                self.take_right(state, right_won);
                if state.is_done(left) {
                    return Ok(());
                }
                if left_won < MIN_GALLOP && right_won < MIN_GALLOP {
                    break;
                }
            }
            self.min_gallop += 2; // a penalty for leaving
        }
    }

    fn take_left(&mut self, left: &[usize], state: &mut Merging, count: usize) {
        self.order[state.to..state.to + count].copy_from_slice(&left[state.left..state.left + count]);
        state.to += count;
        state.left += count;
    }

    fn take_right(&mut self, state: &mut Merging, count: usize) {
        self.order.copy_within(state.right..state.right + count, state.to);
        state.to += count;
        state.right += count;
    }

    /// How many items from `from` on, at most up to `to`, satisfy `holds`, which no item does behind one that does not.
    fn gallop(
        &mut self,
        from: usize,
        to: usize,
        mut holds: impl FnMut(&mut Self, usize) -> Result<bool>,
    ) -> Result<usize> {
        gallop(to - from, |i| {
            let at = self.order[from + i];
            holds(self, at)
        })
    }
}

struct Merging {
    to: usize,
    left: usize,
    right: usize,
    end: usize,
}

impl Merging {
    fn is_done(&self, left: &[usize]) -> bool {
        self.left == left.len() || self.right == self.end
    }
}

/// How many of `len` items satisfy `holds`, which none does behind one that does not: steps of doubling length, and then
/// halving.
fn gallop(len: usize, mut holds: impl FnMut(usize) -> Result<bool>) -> Result<usize> {
    let mut low = 0;
    let mut step = 1;
    let mut high = len;
    while low + step <= len {
        if !holds(low + step - 1)? {
            high = low + step - 1;
            break;
        }
        low += step;
        step <<= 1;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(keys: &[u32]) {
        let mut order: Vec<usize> = (0..keys.len()).collect();
        merge_sort(&mut order, |a, b| Ok(keys[a] < keys[b])).expect("comparing does not fail");
        let mut expected: Vec<usize> = (0..keys.len()).collect();
        expected.sort_by_key(|&i| keys[i]);
        assert_eq!(order, expected);
    }

    #[test]
    fn sorts_stably() {
        let mut seed = 1u32;
        let mut random = move || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed >> 16
        };
        for len in [0, 1, 2, 3, 31, 32, 63, 64, 65, 100, 1000, 5000] {
            check(&(0..len).map(|_| random()).collect::<Vec<_>>());
            check(&(0..len).map(|_| random() % 4).collect::<Vec<_>>());
            check(&(0..len).collect::<Vec<_>>());
            check(&(0..len).rev().collect::<Vec<_>>());
            check(&(0..len).map(|i| i % 700).collect::<Vec<_>>());
            check(&(0..len).map(|i| if i % 50 == 0 { random() } else { i }).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_error_loses_nothing() {
        let keys: Vec<u32> = (0..999u32).map(|i| i.wrapping_mul(2_654_435_761) >> 7).collect();
        for limit in [0, 1, 50, 1000, 4000, 8000] {
            let mut left = limit;
            let mut order: Vec<usize> = (0..keys.len()).collect();
            let _ = merge_sort(&mut order, |a, b| {
                left -= 1;
                if left < 0 { Ok(a % 2 == 0) } else { Ok(keys[a] < keys[b]) }
            });
            order.sort_unstable();
            assert!(order.iter().copied().eq(0..keys.len()));
        }
    }
}
