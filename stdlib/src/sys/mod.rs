//! `sys`.
//!
//! | file           | concept                                                          |
//! |----------------|------------------------------------------------------------------|
//! | `functions`    | the module's functions                                           |
//! | `make`         | its attributes                                                   |
//! | `info`         | tuples with named items                                          |
//! | `hooks`        | what happens to results and to exceptions that nobody catches    |
//! | `report`       | exceptions as text, without the help of the library              |
//! | `audit`        | audit hooks                                                      |
//! | `jit`          | `sys._jit`                                                       |
//! | `monitoring`   | `sys.monitoring`                                                 |
//! | `module_names` | the names of the standard library's modules                      |

pub mod audit;
pub mod functions;
pub mod hooks;
pub mod info;
mod jit;
pub mod make;
mod module_names;
mod monitoring;
pub mod report;

pub use functions::functions::MODULE;
