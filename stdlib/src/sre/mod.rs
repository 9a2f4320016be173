//! `_sre`: the engine behind `re`.
//!
//! `re._compiler` makes the program of a pattern, a list of words. `program` checks it, for nothing else stands between a
//! list that a program made up and the matcher; `matcher` is the seam to `engine`, which runs it with `opcode`'s numbers and
//! `classes` of characters and what `firsts` and `heads` know about places and about how matches begin; `text` is what is searched.
//! The Python classes are in `pattern`, `found` and `scanner`, and what `sub` puts in place of matches in `template`.

mod classes;
mod engine;
mod firsts;
mod found;
mod heads;
mod matcher;
mod opcode;
mod pattern;
mod pattern_methods;
mod program;
mod scanner;
mod template;
mod text;

pub use functions::MODULE;

/// `_sre`.
#[runtime::native::module("_sre", doc = "")]
pub mod functions {
    use runtime::Object;
    use runtime::error::{Result, overflow_error, type_error};
    use runtime::types::{Dict, List, ListExt, Tuple, int, module};
    use runtime::{Thread, Value, ops};

    use super::program::{Program, invalid};
    use super::{matcher, pattern, template};
    use crate::support;

    /// Sets the constants.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        support::constants(
            th,
            module,
            &[
                ("MAGIC", matcher::MAGIC),
                ("CODESIZE", matcher::CODE_BYTES),
                ("MAXREPEAT", matcher::MAX_REPEAT),
                ("MAXGROUPS", matcher::MAX_GROUPS),
            ],
        )?;
        let text = runtime::types::Str::new(th, " SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB ")?;
        module::set(th, module, "copyright", text)
    }

    /// How many bytes a word of a program has.
    pub fn getcodesize() -> i64 {
        matcher::CODE_BYTES
    }

    /// Whether a character has another case.
    pub fn unicode_iscased(character: i32) -> bool {
        let code = character as u32;
        // Some characters have several as their upper case.
        let full = char::from_u32(code).is_some_and(|code| !code.to_uppercase().eq([code]));
        matcher::lower(code) != code || matcher::upper(code) != code || full
    }

    /// Whether a character is a letter of ASCII.
    pub fn ascii_iscased(character: i32) -> bool {
        u8::try_from(character).is_ok_and(|byte| byte.is_ascii_alphabetic())
    }

    /// The lower case of a character.
    pub fn unicode_tolower(character: i32) -> i32 {
        matcher::lower(character as u32) as i32
    }

    /// The lower case of a letter of ASCII; any other character as it is.
    pub fn ascii_tolower(character: i32) -> i32 {
        match u8::try_from(character) {
            Ok(byte) => i32::from(byte.to_ascii_lowercase()),
            Err(_) => character,
        }
    }

    /// The pattern with this program.
    #[sig("(pattern, flags, code, groups, groupindex, indexgroup)")]
    pub fn compile(
        th: &mut Thread,
        pattern: &Value,
        flags: i32,
        code: &Object<List>,
        groups: isize,
        groupindex: &Object<Dict>,
        indexgroup: &Object<Tuple>,
    ) -> Result<Value> {
        let items = code.to_vec(th)?;
        let mut words = support::vector(items.len())?;
        for item in &items {
            if !int::is_int(item) {
                return Err(type_error("an integer is required"));
            }
            if int::is_negative(item) {
                return Err(overflow_error("can't convert negative value to unsigned int"));
            }
            let word = int::to_i64(item)
                .and_then(|word| u32::try_from(word).ok())
                .ok_or_else(|| overflow_error("regular expression code size limit exceeded"))?;
            words.push(word);
        }
        let groups = usize::try_from(groups).map_err(|_| invalid())?;
        let program = Program::check(words, groups)?;
        pattern::new(th, pattern, flags, program, (groupindex, indexgroup))
    }

    /// The replacement that `re._parser.parse_template` has taken apart.
    ///
    ///   template
    ///     A list containing interleaved literal strings (str or bytes) and group
    ///     indices (int), as returned by re._parser.parse_template():
    ///         [literal1, group1, ..., literalN, groupN]
    pub fn template(th: &mut Thread, pattern: &Value, template: &Object<List>) -> Result<Value> {
        let _ = pattern;
        let items = template.to_vec(th)?;
        template::new(th, &items, |th, item| {
            if !int::is_int(item) {
                return Err(type_error("an integer is required"));
            }
            ops::index_isize_or(th, item, |_| overflow_error("Python int too large to convert to C ssize_t"))
        })
    }
}
