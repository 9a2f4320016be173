//! `_ast`: the classes of nodes, and the flags of `compile` that have to do with them.

use compiler::parse_flag;
use memory::Value;
use threads::Thread;

use super::classes;
use super::node::Node;
use crate::class::Payload;
use crate::error::Result;
use crate::object::cast;
use crate::types::{Str, StrExt, int, module};

/// The module.
#[native::module("_ast")]
pub mod functions {
    use super::*;

    /// Adds the classes.
    #[init]
    pub fn exec(th: &mut Thread, this: &Value) -> Result<()> {
        module::set(th, this, "AST", Node::def().value())?;
        for (name, flag) in [
            ("PyCF_ALLOW_TOP_LEVEL_AWAIT", parse_flag::ALLOW_TOP_LEVEL_AWAIT),
            ("PyCF_ONLY_AST", parse_flag::ONLY_AST),
            ("PyCF_TYPE_COMMENTS", parse_flag::TYPE_COMMENTS),
            ("PyCF_OPTIMIZED_AST", parse_flag::OPTIMIZED_AST),
        ] {
            let flag = int::from_i64(th, flag.into())?;
            module::set(th, this, name, flag)?;
        }
        let table = classes::table(th)?;
        for (name, class) in table.category_names.iter().zip(table.categories) {
            let name = cast::<Str>(name).map(StrExt::to_string_lossy).unwrap_or_default();
            module::set(th, this, &name, class.clone())?;
        }
        for (node, class) in classes::grammar().types.iter().zip(table.classes) {
            module::set(th, this, node.name, class.clone())?;
        }
        Ok(())
    }
}
