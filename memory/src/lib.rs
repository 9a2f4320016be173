//! What threads share.
//!
//! This crate knows objects but no Python: values, headers, reference counts, publication, grace periods, the heap,
//! weak references and the cycle collector. It meets objects through one small trait, so that a mock language can
//! drive it in tests, models and benchmarks.

pub mod heap;
