//! The words of compiled patterns, as `re._constants` numbers them.

macro_rules! numbers {
    ($($name:ident)*) => { numbers!(@from 0; $($name)*); };
    (@from $n:expr; $name:ident $($rest:ident)*) => {
        #[allow(missing_docs, dead_code, reason = "all that re._constants names, which says it")]
        pub const $name: u32 = $n;
        numbers!(@from $n + 1; $($rest)*);
    };
    (@from $n:expr;) => {};
}

/// What `re._constants.MAGIC` must be.
pub const MAGIC: i64 = 20_230_612;

numbers! {
    FAILURE SUCCESS ANY ANY_ALL ASSERT ASSERT_NOT AT BRANCH CATEGORY CHARSET BIGCHARSET GROUPREF GROUPREF_EXISTS IN INFO JUMP
    LITERAL MARK MAX_UNTIL MIN_UNTIL NOT_LITERAL NEGATE RANGE REPEAT REPEAT_ONE SUBPATTERN MIN_REPEAT_ONE ATOMIC_GROUP
    POSSESSIVE_REPEAT POSSESSIVE_REPEAT_ONE GROUPREF_IGNORE IN_IGNORE LITERAL_IGNORE NOT_LITERAL_IGNORE GROUPREF_LOC_IGNORE
    IN_LOC_IGNORE LITERAL_LOC_IGNORE NOT_LITERAL_LOC_IGNORE GROUPREF_UNI_IGNORE IN_UNI_IGNORE LITERAL_UNI_IGNORE
    NOT_LITERAL_UNI_IGNORE RANGE_UNI_IGNORE
}

/// INFO's flag: literal text follows that every match begins with.
pub const INFO_PREFIX: u32 = 1;
/// INFO's flags: a match is that text.
pub const INFO_LITERAL_PREFIX: u32 = 3;
/// INFO's flag: a set follows that has the first character of every match.
pub const INFO_CHARSET: u32 = 4;

/// Places are below this.
pub const AT_CODES: u32 = at::UNI_NON_BOUNDARY + 1;
/// Categories are below this.
pub const CATEGORY_CODES: u32 = category::UNI_NOT_LINEBREAK + 1;

/// Places.
#[allow(missing_docs, reason = "named as in re._constants")]
pub mod at {
    numbers! {
        BEGINNING BEGINNING_LINE BEGINNING_STRING BOUNDARY NON_BOUNDARY END END_LINE END_STRING LOC_BOUNDARY
        LOC_NON_BOUNDARY UNI_BOUNDARY UNI_NON_BOUNDARY
    }
}

/// Categories of characters.
#[allow(missing_docs, reason = "named as in re._constants")]
pub mod category {
    numbers! {
        DIGIT NOT_DIGIT SPACE NOT_SPACE WORD NOT_WORD LINEBREAK NOT_LINEBREAK LOC_WORD LOC_NOT_WORD UNI_DIGIT
        UNI_NOT_DIGIT UNI_SPACE UNI_NOT_SPACE UNI_WORD UNI_NOT_WORD UNI_LINEBREAK UNI_NOT_LINEBREAK
    }
}
