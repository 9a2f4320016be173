//! Source text or syntax tree to [`Code`]: parser, symbol table and compiler of Python 3.14, as pure data.
//!
//! The crate knows nothing of objects, threads or the interpreter: what goes in is text or an [`ast::Mod`], and what
//! comes out is [`Code`], whose instructions, tables, constants and names are those that CPython 3.14 makes.
//!
//! The path of one module: [`parse`] (text to [`ast`]), preprocessing (docstrings, `-O`, format folding), [`symtable`]
//! (scopes), code generation, flow graph, assembler.

#![forbid(unsafe_code)]

mod assemble;
pub mod ast;
mod code;
mod codegen;
mod compile;
mod constant;
mod depth;
mod diagnose;
mod error;
mod flow;
mod from_ruff;
mod lines;
pub mod opcode;
mod options;
mod parser;
mod preprocess;
pub mod reflect;
mod scan;
pub mod symtable;
pub mod tokenize;
mod unparse;
mod validate;
mod versions;

pub use code::{Code, code_flag, fast_kind};
pub use compile::{Compiled, compile, compile_ast};
pub use constant::Constant;
pub use error::{ErrorKind, SyntaxError, SyntaxWarning, WarningCategory};
pub use options::{Mode, Options, future, parse_flag};
pub use parser::{Parsed, parse};
pub use preprocess::{check_jumps, preprocess};
pub use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};
pub use unparse::unparse;
