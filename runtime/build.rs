//! Finds out whether the compiler has the calling convention that handlers are best in (`native::handler`), and says so by
//! `cfg(preserve_none)`.
//!
//! `extern "rust-preserve-none"` is not stable: a nightly compiler has it, and one that `RUSTC_BOOTSTRAP` allows it to for this crate
//! (`.cargo/config.toml`). Any other compiler, or one that has changed what it is, compiles the handlers with Rust's own convention.

use std::io::Write;
use std::process::{Command, Stdio};
use std::{env, io};

/// The name of the crate that asks, by which the compiler knows what it is allowed.
const CRATE: &str = "runtime";

/// What the crate needs of it.
const PROBE: &str = r#"
#![no_std]
#![feature(rust_preserve_none_cc)]
pub type Handler = extern "rust-preserve-none" fn(&mut u8, *mut u8, *mut u8, *mut u8, *mut u8, u64) -> *mut u8;
pub extern "rust-preserve-none" fn go(a: &mut u8, b: *mut u8, c: *mut u8, d: *mut u8, e: *mut u8, unit: u64) -> *mut u8 {
    let next: Handler = go;
    next(a, b, c, d, e, unit)
}
"#;

fn main() {
    println!("cargo::rerun-if-env-changed=RUSTC_BOOTSTRAP");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(preserve_none)");
    if has_preserve_none().unwrap_or(false) {
        println!("cargo::rustc-cfg=preserve_none");
    }
}

/// Whether the compiler accepts it. On processors for which LLVM has no such convention, it would be C's.
fn has_preserve_none() -> io::Result<bool> {
    let variable = |name: &str| env::var(name).map_err(io::Error::other);
    if !matches!(variable("CARGO_CFG_TARGET_ARCH")?.as_str(), "x86_64" | "aarch64") {
        return Ok(false);
    }
    let mut compiler = Command::new(variable("RUSTC")?);
    compiler.args(["--crate-name", CRATE, "--crate-type", "lib", "--edition", "2024", "--emit", "metadata"]);
    compiler.args(["--target", &variable("TARGET")?, "--out-dir", &variable("OUT_DIR")?, "-"]);
    compiler.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut running = compiler.spawn()?;
    if let Some(mut input) = running.stdin.take() {
        input.write_all(PROBE.as_bytes())?;
    }
    Ok(running.wait()?.success())
}
