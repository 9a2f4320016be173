//! Snapshots of the output, and what must not compile.
