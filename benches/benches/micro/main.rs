//! Criterion's statistics of small things: `cargo xtask bench micro`, or `cargo bench -p weft-benches`.
//!
//! * `natives`: natives of the built-in types, called from Rust.
//! * `interpreter`: one thing of the language each, in a loop.
//!
//! Both are measured on one thread of an interpreter that is started in this process. A text as argument picks the rows that
//! contain it.

mod embedded;
mod interpreter;
mod natives;

fn main() {
    embedded::run(|criterion, embedded| {
        natives::benchmarks(criterion, embedded);
        interpreter::benchmarks(criterion, embedded);
    });
}
