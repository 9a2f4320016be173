//! What the macros emit, called against a stand-in for the runtime.
// Nothing here is documentation, and the stand-in is only as complete as the tests need.
#![allow(missing_docs)]

extern crate self as runtime;

mod calls;
mod declarations;
#[path = "fake.rs"]
pub mod native;
mod sequence;
