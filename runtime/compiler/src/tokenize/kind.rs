//! The numbers of tokens, which are those of Python's `token` module.

/// The end of the text.
pub const END: u8 = 0;
/// A name or keyword.
pub const NAME: u8 = 1;
/// A number.
pub const NUMBER: u8 = 2;
/// A plain string.
pub const STRING: u8 = 3;
/// The end of a statement.
pub const NEWLINE: u8 = 4;
/// A block begins.
pub const INDENT: u8 = 5;
/// A block ends.
pub const DEDENT: u8 = 6;
/// Any operator, or a character that is none.
pub const OP: u8 = 55;
/// The beginning of an f-string; text in it and its end have the next two numbers.
pub const FSTRING_START: u8 = 59;
/// The beginning of a t-string, likewise.
pub const TSTRING_START: u8 = 62;
/// A comment.
pub const COMMENT: u8 = 65;
/// A newline that ends no statement.
pub const NL: u8 = 66;

/// The operators, with their numbers: longer ones before those that they begin with.
const OPERATORS: &[(&str, u8)] = &[
    ("**=", 46),
    ("//=", 48),
    (">>=", 45),
    ("<<=", 44),
    ("...", 52),
    ("!=", 28),
    ("%=", 40),
    ("&=", 41),
    ("**", 35),
    ("*=", 38),
    ("+=", 36),
    ("-=", 37),
    ("->", 51),
    ("//", 47),
    ("/=", 39),
    (":=", 53),
    ("<<", 33),
    ("<=", 29),
    ("==", 27),
    (">=", 30),
    (">>", 34),
    ("@=", 50),
    ("^=", 43),
    ("|=", 42),
    ("!", 54),
    ("%", 24),
    ("&", 19),
    ("(", 7),
    (")", 8),
    ("*", 16),
    ("+", 14),
    (",", 12),
    ("-", 15),
    (".", 23),
    ("/", 17),
    (":", 11),
    (";", 13),
    ("<", 20),
    ("=", 22),
    (">", 21),
    ("@", 49),
    ("[", 9),
    ("]", 10),
    ("^", 32),
    ("{", 25),
    ("|", 18),
    ("}", 26),
    ("~", 31),
];

/// The operator that a text begins with: its length and number. Other characters count as operators without a number of
/// their own.
pub(super) fn operator(rest: &[u8]) -> (usize, u8) {
    OPERATORS
        .iter()
        .find(|(text, _)| rest.starts_with(text.as_bytes()))
        .map_or((1, OP), |(text, number)| (text.len(), *number))
}

/// Whether a number is that of a particular operator.
pub(super) fn is_exact_operator(number: u8) -> bool {
    number > DEDENT && number < OP
}

/// Whether a token is a string or a part of one, which may reach over several lines.
pub(super) fn is_string(number: u8) -> bool {
    number == STRING || (FSTRING_START..COMMENT).contains(&number)
}
