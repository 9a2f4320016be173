//! `_random`: the Mersenne Twister as a class.

use num_bigint::{BigInt, BigUint};
use runtime::class::{Payload, Slots, Type, slots_of};
use runtime::error::{Result, memory_error, os_error, overflow_error, type_error, value_error};
use runtime::memory::Guarded;
use runtime::native::{self, Args};
use runtime::object::{cast, cast_exact};
use runtime::types::{Tuple, TupleExt, int, int_methods};
use runtime::{Exclusive, Object, Thread, Value, ops};
use text::mersenne::Twister;

/// Random() -> create a random number generator with its own internal state.
#[native::class("Random", module = "_random", basetype, methods, new = new, slots = slots)]
pub struct Random {
    #[untraced]
    twister: Guarded<Twister>,
}

fn slots(slots: &Slots) {
    slots.init.set(init);
}

/// `Random.__new__`: a generator in the zero state; `__init__` seeds it.
fn new(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else {
        return Err(type_error("Random.__new__(X): X is not a type object"));
    };
    let twister = Twister::from_state(&[0; 624], 0)?;
    runtime::object::new_of(thread, class, Random { twister: Guarded::new(twister) })
}

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let Some(random) = cast::<Random>(value) else { return Err(type_error("a Random is required")) };
    let own = &Random::def().object().payload().slots.init;
    if !args.names.is_empty() && (cast_exact::<Random>(value).is_some() || slots_of(value).init.same(own)) {
        return Err(type_error("Random() takes no keyword arguments"));
    }
    let seed = match args.positionals() {
        [] => None,
        [seed] => Some(seed),
        more => return Err(type_error(format!("Random expected at most 1 argument, got {}", more.len()))),
    };
    seed_with(thread, random, seed)
}

fn set(thread: &mut Thread, random: &Object<Random>, twister: Twister) {
    *Exclusive::open(thread, random).get(|random| &random.twister) = twister;
}

fn seed_with(thread: &mut Thread, random: &Object<Random>, seed: Option<&Value>) -> Result<()> {
    let twister = match seed {
        None => Twister::from_words(&random_words()?),
        Some(seed) if int::is_int(seed) => Twister::from_int(&int::to_bigint(seed).unwrap_or_default()),
        Some(other) => {
            let hash = ops::hash(thread, other)?;
            Twister::from_int(&BigInt::from(hash as u64))
        }
    };
    set(thread, random, twister);
    Ok(())
}

/// As many words as the state has, from the system.
fn random_words() -> Result<Vec<u32>> {
    let mut bytes = [0u8; 624 * 4];
    let mut filled = 0;
    while filled < bytes.len() {
        match rustix::rand::getrandom(&mut bytes[filled..], rustix::rand::GetRandomFlags::empty()) {
            Ok(count) => filled += count,
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(os_error(std::io::Error::from(error).to_string())),
        }
    }
    Ok(bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect())
}

/// How many words are made under one lock.
const WORDS_A_SECTION: u64 = 1024;

/// A word of the state, from Python.
fn word(thread: &mut Thread, value: &Value) -> Result<u32> {
    if !int::is_int(value) {
        return Err(type_error("an integer is required"));
    }
    let wide = ops::index_i128(thread, value)?;
    if wide < 0 {
        return Err(overflow_error("can't convert negative value to unsigned int"));
    }
    match u64::try_from(wide) {
        Ok(wide) => Ok(wide as u32), // the upper half is cut off, as C does
        Err(_) => Err(overflow_error("Python int too large to convert to C unsigned long")),
    }
}

/// Methods.
#[native::methods(Random, name = "Random")]
pub mod methods {
    use super::*;

    /// random() -> x in the interval [0, 1).
    pub fn random(mut this: Exclusive<'_, Random>) -> f64 {
        this.get(|random| &random.twister).random()
    }

    /// seed([n]) -> None.
    ///
    /// Defaults to use urandom and falls back to a combination
    /// of the current time and the process identifier.
    #[sig("($self, n=None, /)")]
    pub fn seed(th: &mut Thread, this: &Object<Random>, n: Option<&Value>) -> Result<()> {
        seed_with(th, this, n)
    }

    /// getstate() -> tuple containing the current state.
    pub fn getstate(th: &mut Thread, this: &Object<Random>) -> Result<Value> {
        let words: Vec<u32> = Exclusive::open(th, this).get(|random| &random.twister).state().collect();
        let mut items = Vec::with_capacity(words.len());
        for word in words {
            items.push(int::from_i64(th, word.into())?);
        }
        Tuple::new(th, items)
    }

    /// setstate(state) -> None.  Restores generator state.
    pub fn setstate(th: &mut Thread, this: &Object<Random>, state: &Value) -> Result<()> {
        let Some(state) = cast::<Tuple>(state) else {
            return Err(type_error("state vector must be a tuple"));
        };
        let items = state.items();
        let Some((last, words)) = items.split_last().filter(|_| items.len() == 625) else {
            return Err(value_error("state vector is the wrong size"));
        };
        let mut state = Vec::with_capacity(words.len());
        for item in words {
            state.push(word(th, item)?);
        }
        if !int::is_int(last) {
            return Err(type_error("an integer is required"));
        }
        let Some(index) = int::to_i64(last) else {
            return Err(overflow_error("Python int too large to convert to C long"));
        };
        let twister = Twister::from_state(&state, index)?;
        set(th, this, twister);
        Ok(())
    }

    /// getrandbits(k) -> x.  Generates an int with k random bits.
    pub fn getrandbits(th: &mut Thread, this: &Object<Random>, k: &Value) -> Result<Value> {
        let count = ops::index_i128(th, k)?;
        if count < 0 {
            return Err(value_error("Cannot convert negative int"));
        }
        let Ok(count) = u64::try_from(count) else {
            return Err(overflow_error("Python int too large for C uint64_t"));
        };
        if count <= 64 {
            let bits = Exclusive::open(th, this).get(|random| &random.twister).small_bits(count as u32);
            return int::from_i128(th, bits.into());
        }
        if count > (isize::MAX as u64) / 2 {
            return Err(memory_error());
        }
        int_methods::operand::check_room(count)?;
        let mut words = Vec::with_capacity(count.div_ceil(32) as usize);
        // In sections of bounded length: others may wait for the generator, or for this thread.
        let mut left = count;
        while left > 0 {
            let part = left.min(32 * WORDS_A_SECTION);
            words.extend(Exclusive::open(th, this).get(|random| &random.twister).words(part));
            left -= part;
            ops::memory_poll(th)?;
        }
        int::from_bigint(th, BigUint::new(words).into())
    }
}

/// The module.
#[native::module(
    "_random",
    doc = "Module implements the Mersenne Twister random number generator.",
    classes(super::Random)
)]
pub mod module {}
