//! Programs that use the system through the natives of the standard library: sockets, processes, mapped memory, hashes. Each
//! runs in a process of its own and asserts what CPython does; it must end well and in time.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Far more than any of them takes, on a busy machine in a debug build too.
const LIMIT: Duration = Duration::from_secs(300);

fn run(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/modules").join(format!("{name}.py"));
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_weft"))
        .arg(&path)
        .stdin(Stdio::null())
        .spawn()
        .expect("the program starts");
    loop {
        if let Some(status) = child.try_wait().expect("our own child") {
            assert!(status.success(), "{name}: {status}");
            return;
        }
        if started.elapsed() > LIMIT {
            let _ = child.kill();
            panic!("{name}: no end after {LIMIT:?}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

macro_rules! programs {
    ($($name:ident;)*) => {$(
        #[test]
        fn $name() {
            run(stringify!($name));
        }
    )*};
}

programs! {
    asynchronous;
    expressions;
    formats;
    hashes;
    mapped;
    processes;
    sockets;
}
