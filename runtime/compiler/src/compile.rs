//! The whole path: text or tree to code.

use crate::ast::Mod;
use crate::validate::validate;
use crate::{Code, Options, SyntaxError, SyntaxWarning, codegen, parse, preprocess, symtable};

/// A code object and what compiling it gave to warn of.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    /// The code of the module, interactive statement or expression.
    pub code: Code,
    /// Warnings, in the order in which they are issued.
    pub warnings: Vec<SyntaxWarning>,
}

/// Compiles a text.
pub fn compile(source: &str, options: &Options<'_>) -> Result<Compiled, SyntaxError> {
    let parsed = parse(source, options)?;
    compile_owned(parsed.module, options, parsed.warnings)
}

/// Compiles a tree, after checking that it is one that a parser could have made.
pub fn compile_ast(module: &Mod, options: &Options<'_>) -> Result<Compiled, SyntaxError> {
    validate(module)?;
    compile_owned(module.clone(), options, Vec::new())
}

fn compile_owned(
    mut module: Mod,
    options: &Options<'_>,
    mut warnings: Vec<SyntaxWarning>,
) -> Result<Compiled, SyntaxError> {
    let future = symtable::future_imports(&module, options)?;
    warnings.extend(preprocess(&mut module, options, future.features)?);
    let table = symtable::build(&module, options)?;
    warnings.extend(table.warnings.iter().cloned());
    let (code, generated) = codegen::generate(&module, &table, options)?;
    warnings.extend(generated);
    Ok(Compiled { code, warnings })
}
