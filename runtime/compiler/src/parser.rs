//! Text to tree.

use ruff_ast as r;
use ruff_parser::{Mode as RuffMode, ParseOptions, parse_unchecked};

use crate::ast::{self, Expr, Mod};
use crate::from_ruff::Converter;
use crate::lines::Lines;
use crate::{ErrorKind, Mode, Options, SyntaxError, SyntaxWarning};

/// A tree and what the text made it warn of.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The tree.
    pub module: Mod,
    /// Warnings in the order of the text.
    pub warnings: Vec<SyntaxWarning>,
}

/// How much stack the parser of a deeply nested text may need.
const DEEP_STACK_BYTES: usize = 256 * 1024 * 1024;

/// Parses a text. Lines may end in any of the three ways.
pub fn parse(source: &str, options: &Options<'_>) -> Result<Parsed, SyntaxError> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    if source.contains('\0') {
        let message = "source code string cannot contain null bytes";
        return Err(SyntaxError::unplaced(ErrorKind::SyntaxError, message));
    }
    if source.contains('\r') {
        let unified = source.replace("\r\n", "\n").replace('\r', "\n");
        return parse_unified(&unified, options);
    }
    parse_unified(source, options)
}

fn parse_unified(source: &str, options: &Options<'_>) -> Result<Parsed, SyntaxError> {
    stacker::grow(DEEP_STACK_BYTES, || parse_with_stack(source, options))
}

fn parse_with_stack(source: &str, options: &Options<'_>) -> Result<Parsed, SyntaxError> {
    let lines = Lines::new(source);
    let mode = if options.mode == Mode::Eval { RuffMode::Expression } else { RuffMode::Module };
    let parsed = parse_unchecked(
        source,
        ParseOptions::from(mode)
            .with_target_version(r::PythonVersion { major: 3, minor: options.feature_version.clamp(7, 14) }),
    );
    if let Some(error) = parsed.errors().first() {
        return Err(lines.error(
            error.location.start().to_usize(),
            error.location.end().to_usize(),
            "invalid syntax",
        ));
    }
    let mut converter = Converter::new(source, &lines);
    let module = match parsed.syntax() {
        r::Mod::Module(module) => {
            let body = converter.module(&module.body)?;
            match options.mode {
                Mode::Single => Mod::Interactive { body },
                _ => Mod::Module { body, type_ignores: Vec::new() },
            }
        }
        r::Mod::Expression(expression) => {
            let body: Box<Expr> = Box::new(converter.expression(&expression.body)?);
            Mod::Expression { body }
        }
    };
    let _: &ast::Mod = &module;
    Ok(Parsed { module, warnings: converter.warnings })
}
