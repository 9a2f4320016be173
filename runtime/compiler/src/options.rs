//! How to compile.

/// What the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A module: `"exec"`.
    Exec,
    /// One expression: `"eval"`.
    Eval,
    /// One interactive statement: `"single"`.
    Single,
    /// A signature in a type comment: `"func_type"`.
    FuncType,
}

/// The options of `compile()`.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// `co_filename`.
    pub filename: &'a str,
    /// What the text is.
    pub mode: Mode,
    /// 0, 1 (no asserts, `__debug__` false) or 2 (no docstrings either).
    pub optimize: u8,
    /// `CO_FUTURE_*` bits of [`future`] that hold from the start, and [`parse_flag`] bits.
    pub future_flags: u32,
    /// The minor version whose grammar to accept: 14.
    pub feature_version: u8,
    /// The most decimal digits of an int literal; zero for no limit.
    pub max_int_digits: usize,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            filename: "<string>",
            mode: Mode::Exec,
            optimize: 0,
            future_flags: 0,
            feature_version: 14,
            max_int_digits: 4300,
        }
    }
}

/// The compiler flags of `__future__`, which are `co_flags` bits too.
pub mod future {
    /// `division`.
    pub const DIVISION: u32 = 0x20000;
    /// `absolute_import`.
    pub const ABSOLUTE_IMPORT: u32 = 0x40000;
    /// `with_statement`.
    pub const WITH_STATEMENT: u32 = 0x80000;
    /// `print_function`.
    pub const PRINT_FUNCTION: u32 = 0x100000;
    /// `unicode_literals`.
    pub const UNICODE_LITERALS: u32 = 0x200000;
    /// `barry_as_FLUFL`.
    pub const BARRY_AS_BDFL: u32 = 0x400000;
    /// `generator_stop`.
    pub const GENERATOR_STOP: u32 = 0x800000;
    /// `annotations`.
    pub const ANNOTATIONS: u32 = 0x1000000;
    /// All of them.
    pub const MASK: u32 = 0x1fe0000;
}

/// The other flags of `compile()`: the `PyCF_*` bits.
pub mod parse_flag {
    /// The text is UTF-8 whatever a coding comment says.
    pub const SOURCE_IS_UTF8: u32 = 0x0100;
    /// An interactive block ends only with a blank line.
    pub const DONT_IMPLY_DEDENT: u32 = 0x0200;
    /// Make a tree, not code.
    pub const ONLY_AST: u32 = 0x0400;
    /// Ignore a coding comment.
    pub const IGNORE_COOKIE: u32 = 0x0800;
    /// Keep type comments.
    pub const TYPE_COMMENTS: u32 = 0x1000;
    /// `await` may stand outside functions.
    pub const ALLOW_TOP_LEVEL_AWAIT: u32 = 0x2000;
    /// Text that could be completed is `_IncompleteInputError`.
    pub const ALLOW_INCOMPLETE_INPUT: u32 = 0x4000;
    /// Make a tree as optimization would leave it.
    pub const OPTIMIZED_AST: u32 = 0x8000 | ONLY_AST;
}
