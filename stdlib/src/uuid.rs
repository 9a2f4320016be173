//! `_uuid`: identifiers from the time and the machine, version 1 of RFC 4122.
//!
//! An identifier is a time in units of 100 ns, a clock sequence, and a node: the number of a network card, or a random
//! one that no card can have. Within a process no two are alike, whatever threads ask for them and whatever happens to the clock: the
//! times that are handed out only ever grow, and where the clock has been set back, the clock sequence is another. A process that has
//! been forked draws a new sequence, for it would go on from where its parent does. Processes that run at the same time
//! are kept apart by their random sequences alone, so the answer never claims to be safe among them.

use std::fs;

use runtime::error::{Result, os_error};
use runtime::types::{Bytes, Tuple, int};
use runtime::{Thread, Value, native};
use rustix::time::{ClockId, clock_gettime};
use threads::sync::Mutex;

/// From the beginning of the Gregorian calendar, from which the times count, to that of Unix time, in units of 100 ns.
const GREGORIAN: i64 = 0x01B2_1DD2_1381_4000;
/// As far as this the times run ahead of a clock that does not advance between two calls (a second); what lies further ahead was
/// handed out before the clock was set back.
const AHEAD: u64 = 10_000_000;
/// There is no one who has seen to it that no other process has made the same identifier.
const UNSAFE: i64 = -1;

/// What the next identifier depends on.
struct Clock {
    process: u32,
    node: [u8; 6],
    sequence: u16,
    last: u64,
}

static CLOCK: Mutex<Option<Clock>> = Mutex::new(None);

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    let mut filled = 0;
    while filled < N {
        match rustix::rand::getrandom(&mut bytes[filled..], rustix::rand::GetRandomFlags::empty()) {
            Ok(count) => filled += count,
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(os_error(std::io::Error::from(error).to_string())),
        }
    }
    Ok(bytes)
}

/// The number in a text like `02:fc:00:00:00:01`, unless it is zero, as the loop-back's is.
fn card_number(text: &str) -> Option<[u8; 6]> {
    let mut number = [0; 6];
    let mut parts = text.trim_end().split(':');
    for byte in &mut number {
        *byte = u8::from_str_radix(parts.next()?, 16).ok()?;
    }
    (parts.next().is_none() && number != [0; 6]).then_some(number)
}

/// The number of the machine's first network card that has one.
fn card() -> Option<[u8; 6]> {
    let interfaces = fs::read_dir("/sys/class/net").ok()?;
    let numbered = interfaces.flatten().filter_map(|interface| {
        let read = |name| fs::read_to_string(interface.path().join(name)).ok();
        let number = card_number(&read("address")?)?;
        Some((read("ifindex")?.trim_end().parse::<u32>().ok()?, number))
    });
    numbered.min().map(|(_, number)| number)
}

impl Clock {
    fn new(process: u32) -> Result<Self> {
        let node = match card() {
            Some(number) => number,
            None => {
                let mut number = random()?;
                number[0] |= 1; // an address of many, which is no card's
                number
            }
        };
        let mut clock = Self { process, node, sequence: 0, last: 0 };
        clock.draw_sequence()?;
        Ok(clock)
    }

    /// Draws a sequence that is not the present one.
    fn draw_sequence(&mut self) -> Result<()> {
        let step = u16::from_be_bytes(random()?) % 0x3fff + 1;
        self.sequence = (self.sequence + step) & 0x3fff;
        Ok(())
    }

    /// The next identifier at time `now`.
    fn next(&mut self, now: u64) -> [u8; 16] {
        if now > self.last {
            self.last = now;
        } else if self.last - now < AHEAD {
            self.last += 1;
        } else {
            self.last = now;
            self.sequence = (self.sequence + 1) & 0x3fff;
        }
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&(self.last as u32).to_be_bytes());
        bytes[4..6].copy_from_slice(&((self.last >> 32) as u16).to_be_bytes());
        bytes[6..8].copy_from_slice(&((self.last >> 48) as u16 & 0x0fff | 0x1000).to_be_bytes());
        bytes[8..10].copy_from_slice(&(self.sequence | 0x8000).to_be_bytes());
        bytes[10..].copy_from_slice(&self.node);
        bytes
    }
}

/// The time in the identifiers' units.
fn now() -> u64 {
    let time = clock_gettime(ClockId::Realtime);
    let units = time.tv_sec.wrapping_mul(10_000_000).wrapping_add(time.tv_nsec / 100);
    units.wrapping_add(GREGORIAN) as u64
}

#[native::module("_uuid")]
#[allow(non_upper_case_globals, reason = "named as Python names them")]
pub mod module {
    use super::*;

    /// Whether `generate_time_safe` is there.
    pub const has_uuid_generate_time_safe: i64 = 1;
    /// Whether the node of an identifier is always the same machine's.
    pub const has_stable_extractable_node: i64 = 0;

    /// Return an identifier of version 1, and whether it is certain to be the only one of its kind.
    pub fn generate_time_safe(th: &mut Thread) -> Result<Value> {
        let process = std::process::id();
        let bytes = {
            let mut clock = CLOCK.lock();
            let known = match clock.take() {
                Some(mut known) if known.process != process => {
                    known.process = process;
                    known.draw_sequence()?;
                    known
                }
                Some(known) => known,
                None => Clock::new(process)?,
            };
            clock.insert(known).next(now())
        };
        let bytes = Bytes::new(th, &bytes)?;
        let safety = int::from_i64(th, UNSAFE)?;
        Tuple::of_array(th, [bytes, safety])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> Clock {
        Clock { process: 1, node: [1, 2, 3, 4, 5, 6], sequence: 0x3fff, last: 0 }
    }

    #[test]
    fn an_identifier_has_its_time_in_three_parts() {
        let bytes = clock().next(0x0123_4567_89ab_cdef);
        let expected = [0x89, 0xab, 0xcd, 0xef, 0x45, 0x67, 0x11, 0x23, 0xbf, 0xff, 1, 2, 3, 4, 5, 6];
        assert_eq!(bytes, expected);
    }

    #[test]
    fn a_clock_that_stands_still_is_run_ahead_of() {
        let mut clock = clock();
        assert_eq!(clock.next(5)[3], 5);
        assert_eq!(clock.next(5)[3], 6);
        assert_eq!(clock.next(4)[3], 7);
        assert_eq!(clock.sequence, 0x3fff);
    }

    #[test]
    fn a_clock_that_was_set_back_has_another_sequence() {
        let mut clock = clock();
        clock.next(AHEAD * 3);
        assert_eq!(clock.next(7)[3], 7);
        assert_eq!(clock.sequence, 0);
    }

    #[test]
    fn a_card_has_six_bytes_that_are_not_all_zero() {
        assert_eq!(card_number("02:fc:00:00:00:01\n"), Some([2, 0xfc, 0, 0, 0, 1]));
        assert_eq!(card_number("00:00:00:00:00:00\n"), None);
        assert_eq!(card_number("02:fc:00:00:00"), None);
        assert_eq!(card_number("02:fc:00:00:00:01:02"), None);
        assert_eq!(card_number(""), None);
    }
}
