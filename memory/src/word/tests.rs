//! Tests of the encoding: exhaustive over exponents and boundaries, random over the rest.

use super::*;
use proptest::prelude::*;

/// What each predicate says, as one set; exactly one may be set.
fn classes(word: Word) -> Vec<Class> {
    let answers = [
        (word.is_empty(), Class::Empty),
        (word.is_pointer(), Class::Pointer),
        (word.is_int(), Class::Int),
        (word.is_float(), Class::Float),
        (word.is_singleton(), Class::Singleton),
        (word.is_sentinel(), Class::Sentinel),
    ];
    answers.into_iter().filter_map(|(yes, class)| yes.then_some(class)).collect()
}

fn assert_one_class(word: Word, class: Class) {
    assert_eq!(classes(word), [class], "{:#x}", word.bits());
    assert_eq!(word.class(), class);
    assert_eq!(word.as_int().is_some(), class == Class::Int);
    assert_eq!(word.as_float().is_some(), class == Class::Float);
}

const MANTISSA_BITS: u32 = 52;
const MANTISSA_MASK: u64 = (1 << MANTISSA_BITS) - 1;

/// Mantissas with every bit at either value, and the corners that carry.
fn mantissas() -> impl Iterator<Item = u64> {
    let corners =
        [0, 1, 2, 7, 8, 15, MANTISSA_MASK, MANTISSA_MASK - 1, 0x5_5555_5555_5555, 0xA_AAAA_AAAA_AAAA];
    corners.into_iter().chain((0..MANTISSA_BITS).map(|bit| 1 << bit))
}

fn doubles() -> impl Iterator<Item = (u64, f64)> {
    (0..2048_u64).flat_map(|exponent| {
        [0, 1].into_iter().flat_map(move |sign: u64| {
            mantissas().map(move |m| (exponent, f64::from_bits(sign << 63 | exponent << MANTISSA_BITS | m)))
        })
    })
}

#[test]
fn word_2_every_exponent_and_sign_round_trips_or_needs_the_heap() {
    for (exponent, value) in doubles() {
        let inline = matches!(exponent >> 8, 0b000 | 0b011 | 0b100);
        match Word::from_float(value) {
            Some(word) => {
                assert!(inline, "{value:e} was encoded");
                assert_one_class(word, Class::Float);
                assert_eq!(word.as_float().map(f64::to_bits), Some(value.to_bits()));
            }
            None => assert!(!inline, "{value:e} was not encoded"),
        }
    }
}

#[test]
fn word_2_zeros_keep_their_sign() {
    for zero in [0.0_f64, -0.0] {
        let word = Word::from_float(zero).expect("zero is inline");
        assert_eq!(word.float_payload().to_bits(), zero.to_bits());
    }
    assert_ne!(Word::from_float(0.0), Word::from_float(-0.0));
    assert_ne!(Word::from_float(0.0), Some(Word::EMPTY));
}

#[test]
fn word_2_float_range_is_the_documented_one() {
    let inline = [2f64.powi(-255), 1.0, -1.0, 2f64.powi(256), 2f64.powi(257).next_down(), f64::from_bits(1)];
    let heap = [2f64.powi(-255).next_down(), 2f64.powi(257), f64::MAX, f64::INFINITY, f64::NEG_INFINITY];
    for value in inline {
        assert!(Word::from_float(value).is_some(), "{value:e}");
        assert!(Word::from_float(-value).is_some(), "-{value:e}");
    }
    for value in heap {
        assert!(Word::from_float(value).is_none(), "{value:e}");
        assert!(Word::from_float(-value).is_none(), "-{value:e}");
    }
}

#[test]
fn word_2_no_nan_is_inline() {
    for payload in mantissas().filter(|&m| m != 0) {
        for sign in [0, 1_u64 << 63] {
            let nan = f64::from_bits(sign | 0x7FF << MANTISSA_BITS | payload);
            assert!(nan.is_nan() && Word::from_float(nan).is_none());
        }
    }
}

#[test]
fn word_2_int_boundaries() {
    assert_eq!((INT_MIN, INT_MAX), (-(1 << 61), (1 << 61) - 1));
    for value in [INT_MIN, INT_MIN + 1, -2, -1, 0, 1, 2, INT_MAX - 1, INT_MAX] {
        let word = Word::from_int(value).expect("fits");
        assert_one_class(word, Class::Int);
        assert_eq!(word.as_int(), Some(value));
    }
    for value in [INT_MIN - 1, INT_MAX + 1, i64::MIN, i64::MAX] {
        assert_eq!(Word::from_int(value), None);
    }
}

#[test]
fn word_2_singletons_and_sentinels_round_trip() {
    for &singleton in Singleton::ALL {
        let word = Word::from_singleton(singleton);
        assert_one_class(word, Class::Singleton);
        assert_eq!(word.as_singleton(), Some(singleton));
        assert_eq!(word.as_sentinel(), None);
    }
    for index in [0, 1, 77, u32::MAX] {
        let word = Word::from_sentinel(index);
        assert_one_class(word, Class::Sentinel);
        assert_eq!(word.as_sentinel(), Some(index));
        assert_eq!(word.as_singleton(), None);
    }
    assert_eq!(Word::from_bool(true), Word::TRUE);
    assert_eq!(Word::from_bool(false), Word::FALSE);
    assert_eq!(Word::default(), Word::EMPTY);
}

#[test]
fn word_1_a_singleton_index_past_the_table_is_none_of_them() {
    let word = Word::from_bits((Singleton::ALL.len() as u64) << TAG_BITS | SINGLETON_TAG);
    assert_one_class(word, Class::Singleton);
    assert_eq!(word.as_singleton(), None);
}

#[test]
fn word_1_every_low_byte_has_one_class() {
    for high in [0, 1 << 8, 1 << 63, u64::MAX << 8, 0x1234_5678_9ABC_DE00] {
        for low in 0..=255 {
            assert_eq!(classes(Word::from_bits(high | low)).len(), 1);
        }
    }
    assert_one_class(Word::EMPTY, Class::Empty);
}

#[test]
fn word_3_pointers_round_trip_with_and_without_the_borrowed_bit() {
    #[repr(align(16))]
    struct Cell([u8; 16]);
    let mut cell = Cell([7; 16]);
    let pointer = NonNull::from(&mut cell.0).cast::<u8>();
    let word = Word::from_pointer(pointer);
    assert_one_class(word, Class::Pointer);
    assert!(!word.is_borrowed());
    assert_eq!(word.as_pointer(), Some(pointer));
    let borrowed = word.with_borrowed();
    assert_one_class(borrowed, Class::Pointer);
    assert!(borrowed.is_borrowed());
    assert_eq!(borrowed.as_pointer(), Some(pointer));
    assert_eq!(borrowed.with_borrowed(), borrowed);
    assert_eq!(borrowed.without_borrowed(), word);
    assert_eq!(word.without_borrowed(), word);
    // SAFETY: INV-WORD-3; the word decodes to the address of `cell`, which is alive and not otherwise in use.
    assert_eq!(unsafe { *word.pointer_payload() }, 7);
}

#[test]
fn word_3_only_pointers_are_borrowed() {
    let others = [Word::EMPTY, Word::from_int_wrapping(2), Word::NONE, Word::FALSE, Word::from_sentinel(1)];
    for word in others.into_iter().chain(Word::from_float(-0.0)) {
        assert!(!word.is_borrowed(), "{word:?}");
        assert_eq!(word.as_pointer(), None);
    }
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "INV-WORD-3")]
fn word_3_a_misaligned_pointer_is_refused() {
    let _ = Word::from_pointer(NonNull::dangling());
}

#[test]
fn word_4_arithmetic_at_the_boundaries() {
    let edge =
        [INT_MIN, INT_MIN + 1, -3, -2, -1, 0, 1, 2, 3, INT_MAX - 1, INT_MAX, 1 << 30, 1 << 31, -(1 << 31)];
    for a in edge {
        for b in edge {
            assert_arithmetic(a, b);
        }
    }
}

fn assert_arithmetic(a: i64, b: i64) {
    let (x, y) = (Word::from_int_wrapping(a), Word::from_int_wrapping(b));
    assert!(Word::both_ints(x, y));
    let exact = |value: Option<i64>| value.and_then(Word::from_int);
    assert_eq!(x.checked_add_ints(y), exact(a.checked_add(b)), "{a} + {b}");
    assert_eq!(x.checked_sub_ints(y), exact(a.checked_sub(b)), "{a} - {b}");
    assert_eq!(x.checked_mul_ints(y), exact(a.checked_mul(b)), "{a} * {b}");
}

#[test]
fn word_debug_names_the_class() {
    let shown = [Word::EMPTY, Word::TRUE, Word::from_int_wrapping(-5), Word::from_sentinel(3)];
    let texts = shown.map(|word| format!("{word:?}"));
    assert_eq!(texts, ["Empty", "True", "Int(-5)", "Sentinel(0x3)"]);
    assert_eq!(Word::from_float(-0.5).map(|w| format!("{w:?}")).as_deref(), Some("Float(-0.5)"));
}

proptest! {
    #[test]
    fn word_1_any_bits_have_one_class(bits: u64) {
        let word = Word::from_bits(bits);
        prop_assert_eq!(classes(word), [word.class()]);
    }

    #[test]
    fn word_2_any_double_round_trips(bits: u64) {
        if let Some(word) = Word::from_float(f64::from_bits(bits)) {
            prop_assert_eq!(word.class(), Class::Float);
            prop_assert_eq!(word.float_payload().to_bits(), bits);
        }
    }

    #[test]
    fn word_2_any_float_word_is_some_double(bits: u64) {
        let word = Word::from_bits(bits);
        if let Some(value) = word.as_float() {
            prop_assert_eq!(Word::from_float(value), Some(word));
        }
    }

    #[test]
    fn word_2_any_int_round_trips(value: i64) {
        let fits = (INT_MIN..=INT_MAX).contains(&value);
        prop_assert_eq!(Word::from_int(value).map(Word::int_payload), fits.then_some(value));
        prop_assert_eq!(Word::from_int_wrapping(value).int_payload(), value << 2 >> 2);
    }

    #[test]
    fn word_4_any_arithmetic_is_exact(a in INT_MIN..=INT_MAX, b in INT_MIN..=INT_MAX, s in 0u32..62, t in 0u32..62) {
        assert_arithmetic(a, b);
        // Shifted down, so that products and sums of mixed sizes fit about as often as not.
        assert_arithmetic(a >> s, b >> t);
    }

    #[test]
    fn word_4_both_ints_is_both(a: u64, b: u64) {
        let (a, b) = (Word::from_bits(a), Word::from_bits(b));
        prop_assert_eq!(Word::both_ints(a, b), a.is_int() && b.is_int());
    }

    #[test]
    fn word_3_any_aligned_address_round_trips(address in 1..(u64::MAX >> 4)) {
        let word = Word::from_bits(address << 4);
        prop_assert_eq!(word.class(), Class::Pointer);
        let pointer = word.as_pointer();
        prop_assert_eq!(pointer.map(Word::from_pointer), Some(word));
        prop_assert_eq!(word.with_borrowed().as_pointer(), pointer);
    }
}
