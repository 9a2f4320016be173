//! Interning: of equal interned strs there is one, so names compare by address.
//!
//! The table counts its strs. Strs that nothing but the table counts are forgotten when it would grow (INV-INTERN-1: an
//! entry is removed only by a thread that is alone with it, under the table's lock and with the world stopped).

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use memory::{Object, Published, StackRef, Value};
use threads::Context;
use threads::sync::Mutex;

use super::{Str, StrExt, mark_interned};
use crate::error::Result;
use crate::names::StaticValue;
use crate::object::{cast, cast_exact};

/// Passes a hash on.
#[derive(Default)]
pub(crate) struct SameHash(u64);

impl Hasher for SameHash {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {}
    fn write_i64(&mut self, hash: i64) {
        self.0 = (hash as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

type Table = HashMap<i64, Vec<Published>, BuildHasherDefault<SameHash>>;
const SHARDS: usize = 16;
static TABLE: [Mutex<Option<Table>>; SHARDS] = [const { Mutex::new(None) }; SHARDS];

static EMPTY: StaticValue = StaticValue::new();
static CHARACTERS: [StaticValue; 256] = [const { StaticValue::new() }; 256];

/// The empty str.
pub(super) fn empty() -> Option<Value> {
    EMPTY.get().cloned()
}

/// The str of one character below 256.
pub(super) fn one_character(byte: u8) -> Option<Value> {
    CHARACTERS[usize::from(byte)].get().cloned()
}

/// The same, which nobody need count as it lives for ever; EMPTY before it is there.
#[inline(always)]
pub(crate) fn borrow_character(byte: u8) -> StackRef {
    CHARACTERS[usize::from(byte)].get().map_or(StackRef::EMPTY, StackRef::borrow_from)
}

/// Makes the strs that are always there.
pub(crate) fn initialize(thread: &Context) -> Result<()> {
    if EMPTY.get().is_some() {
        return Ok(());
    }
    for byte in 0..=255u8 {
        let value = Str::from_latin1(thread, &[byte])?;
        CHARACTERS[usize::from(byte)].set_and_intern(thread, value);
    }
    let value = Str::from_latin1(thread, b"")?;
    EMPTY.set_and_intern(thread, value);
    Ok(())
}

impl StaticValue {
    fn set_and_intern(&self, thread: &Context, value: Value) {
        // Immortal first: once it is in the table others may be counting it.
        memory::make_immortal(&value);
        let interned = intern(thread, &value);
        self.set_interned(interned);
    }
}

fn find(list: &[Published], text: &Object<Str>) -> Option<Value> {
    list.iter()
        .map(Published::value)
        .find(|&other| cast::<Str>(other).is_some_and(|o| o.equals(text)))
        .cloned()
}

/// The interned str that equals `value`: `value` itself if it is the first. Instances of subclasses and what is no str are
/// returned as they are.
pub fn intern(thread: &Context, value: &Value) -> Value {
    let Some(text) = cast_exact::<Str>(value) else {
        // Of an instance of a subclass, the str with the same characters.
        let exact = crate::object::cast::<Str>(value).map(|text| super::Str::from_view(thread, text.view()));
        return match exact {
            Some(Ok(exact)) => intern(thread, &exact),
            _ => value.clone(),
        };
    };
    if text.payload().is_interned(text) {
        return value.clone();
    }
    let hash = super::hash(text);
    let mut table = TABLE[hash as usize % SHARDS].lock();
    let list = table.get_or_insert_default().entry(hash).or_default();
    if let Some(found) = find(list, text) {
        return found;
    }
    // Under the table's lock, so that two threads never mark the same str; before others can find it here.
    mark_interned(text.header());
    list.push(Published::new(value.clone()));
    value.clone()
}

/// How many strs are interned.
pub fn interned_count() -> usize {
    TABLE
        .iter()
        .map(|shard| shard.lock().as_ref().map_or(0, |table| table.values().map(Vec::len).sum()))
        .sum()
}
