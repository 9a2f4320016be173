//! `_md5`, `_sha1`, `_sha2`, `_sha3`, `_blake2`: hashes of bytes.
//!
//! | file     | concept                                                                      |
//! |----------|------------------------------------------------------------------------------|
//! | `engine` | the algorithms, as one type                                                  |
//! | `blake2` | BLAKE2 with all of its parameters                                            |
//! | `object` | the Python objects around them                                               |

mod blake2;
mod blake2_module;
mod engine;
mod object;

pub use blake2_module::functions as blake2_functions;
pub(crate) use object::{md5, sha1, sha2, sha3};
