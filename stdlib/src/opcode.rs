//! `_opcode`: what `dis` and `opcode` ask about instructions. The answers are the compiler's own table.

use compiler::opcode::{
    BINARY_OP_NAMES, BinaryOp, Intrinsic1, Intrinsic2, Opcode, SPECIALIZED, SpecialMethod,
};
use runtime::error::{Result, type_error, value_error};
use runtime::object::cast;
use runtime::types::code::Code;
use runtime::{Thread, Value, native};

use crate::support;

/// The instruction of a number; of a specialized one, that which it stands for.
fn known(number: i32) -> Option<Opcode> {
    plain(number).or_else(|| {
        SPECIALIZED.iter().find(|(_, special, _)| i32::from(*special) == number).map(|(_, _, plain)| *plain)
    })
}

/// The instruction of a number that is no specialized one's.
fn plain(number: i32) -> Option<Opcode> {
    u16::try_from(number).ok().and_then(Opcode::from_number)
}

fn has(number: i32, property: fn(Opcode) -> bool) -> bool {
    known(number).is_some_and(property)
}

fn strings<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    texts.map(str::to_owned).collect()
}

fn list(thread: &mut Thread, texts: Vec<String>) -> Result<Value> {
    use runtime::native::IntoResult;
    let values: Result<Vec<Value>> = texts.into_iter().map(|text| text.into_result(thread)).collect();
    values?.into_result(thread)
}

/// Opcode support module.
#[native::module("_opcode")]
pub mod module {
    use super::*;

    /// Whether code objects show specialized instructions: the interpreter's own copy has them, which nobody sees.
    pub const ENABLE_SPECIALIZATION: i64 = 0;
    /// Likewise.
    pub const ENABLE_SPECIALIZATION_FT: i64 = 0;

    /// Compute the stack effect of the opcode.
    #[sig("(opcode, oparg=None, /, *, jump=None)")]
    pub fn stack_effect(
        th: &mut Thread,
        opcode: i32,
        oparg: Option<&Value>,
        jump: Option<&Value>,
    ) -> Result<i32> {
        let oparg = match oparg {
            Some(oparg) => i32::try_from(runtime::ops::index_i128(th, oparg)?)
                .map_err(|_| runtime::error::overflow_error("Python int too large to convert to C int"))?,
            None => 0,
        };
        let jump = match jump {
            None => None,
            Some(jump) => Some(
                runtime::types::int::as_bool(jump)
                    .ok_or_else(|| value_error("stack_effect: jump must be False, True or None"))?,
            ),
        };
        let invalid = || value_error("invalid opcode or oparg");
        let instruction = plain(opcode).ok_or_else(invalid)?;
        let oparg = oparg as u32;
        if instruction.popped(oparg) < 0 || instruction.pushed(oparg) < 0 {
            return Err(invalid());
        }
        let effect = |jump| instruction.stack_effect(oparg, jump);
        let effect = match jump {
            Some(jump) => effect(jump),
            None => effect(false).max(effect(true)),
        };
        Ok(effect)
    }

    /// Return True if opcode is valid, False otherwise.
    #[sig("(opcode)")]
    pub fn is_valid(opcode: i32) -> bool {
        known(opcode).is_some()
    }

    /// Return True if the opcode uses its oparg, False otherwise.
    #[sig("(opcode)")]
    pub fn has_arg(opcode: i32) -> bool {
        has(opcode, Opcode::has_arg)
    }

    /// Return True if the opcode accesses a constant, False otherwise.
    #[sig("(opcode)")]
    pub fn has_const(opcode: i32) -> bool {
        has(opcode, Opcode::has_const)
    }

    /// Return True if the opcode accesses an attribute by name, False otherwise.
    #[sig("(opcode)")]
    pub fn has_name(opcode: i32) -> bool {
        has(opcode, Opcode::has_name)
    }

    /// Return True if the opcode has a jump target, False otherwise.
    #[sig("(opcode)")]
    pub fn has_jump(opcode: i32) -> bool {
        has(opcode, Opcode::has_jump)
    }

    /// Return True if the opcode accesses a free variable, False otherwise.
    ///
    /// Note that 'free' in this context refers to names in the current scope
    /// that are referenced by inner scopes or names in outer scopes that are
    /// referenced from this scope. It does not include references to global
    /// or builtin scopes.
    #[sig("(opcode)")]
    pub fn has_free(opcode: i32) -> bool {
        has(opcode, Opcode::has_free)
    }

    /// Return True if the opcode accesses a local variable, False otherwise.
    #[sig("(opcode)")]
    pub fn has_local(opcode: i32) -> bool {
        has(opcode, Opcode::has_local)
    }

    /// Return True if the opcode sets an exception handler, False otherwise.
    #[sig("(opcode)")]
    pub fn has_exc(opcode: i32) -> bool {
        has(opcode, Opcode::has_exc)
    }

    /// Return the specialization stats
    pub fn get_specialization_stats() {}

    /// Return array of symbols of binary ops.
    ///
    /// Indexed by the BINARY_OP oparg value.
    pub fn get_nb_ops(th: &mut Thread) -> Result<Vec<Value>> {
        use runtime::native::IntoResult;
        let pairs = BINARY_OP_NAMES.iter().zip(BinaryOp::ALL);
        pairs.map(|(name, op)| (*name, op.text()).into_result(th)).collect()
    }

    /// Return a list of names of the unary intrinsics.
    pub fn get_intrinsic1_descs(th: &mut Thread) -> Result<Value> {
        list(th, strings(Intrinsic1::ALL.iter().map(|op| op.text())))
    }

    /// Return a list of names of the binary intrinsics.
    pub fn get_intrinsic2_descs(th: &mut Thread) -> Result<Value> {
        list(th, strings(Intrinsic2::ALL.iter().map(|op| op.text())))
    }

    /// Return a list of special method names.
    pub fn get_special_method_names(th: &mut Thread) -> Result<Value> {
        list(th, strings(SpecialMethod::ALL.iter().map(|op| op.text())))
    }

    /// Return the executor object at offset in code if exists, None otherwise.
    #[sig("(code, offset)")]
    pub fn get_executor(code: &Value, _offset: i32) -> Result<()> {
        if cast::<Code>(code).is_none() {
            return Err(type_error(format!("expected a code object, not '{}'", support::class_name(code))));
        }
        Err(value_error("no executor at given byte offset"))
    }
}
