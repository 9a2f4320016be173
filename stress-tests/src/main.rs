//! `weft-stress`: see the library's page.

#[cfg(not(loom))]
fn main() -> std::process::ExitCode {
    stress_tests::cli::main()
}

/// Models have programs of their own.
#[cfg(loom)]
fn main() {}
