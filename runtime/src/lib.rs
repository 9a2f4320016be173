//! The Python layer: shapes and types, built-in types, compiler, code objects, interpreter.
//!
//! Nothing of it exists yet. The crate holds its place in the layering: it may use `memory` and `threads`, and
//! knows no modules of the standard library.
