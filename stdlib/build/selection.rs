//! Which of the published files are packed.

/// Folders and files that are left out, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("README.md", "says what that package is"),
    ("_dummy_os.py", "stands in for natives that are always there"),
    ("_dummy_thread.py", "stands in for natives that are always there"),
    ("dummy_threading.py", "stands in for natives that are always there"),
    ("_pycodecs.py", "stands in for natives that are always there"),
    ("idlelib/", "needs Tk"),
    ("tkinter/", "needs Tk"),
    ("turtle.py", "needs Tk"),
    ("turtledemo/", "needs Tk"),
    ("ctypes/macholib/fetch_macholib", "a tool of CPython's developers"),
    ("ctypes/macholib/fetch_macholib.bat", "a tool of CPython's developers"),
    ("_pyrepl/mypy.ini", "a tool of CPython's developers"),
    ("tomllib/mypy.ini", "a tool of CPython's developers"),
    ("email/architecture.rst", "documents CPython's sources"),
];

/// Whether the file at `path` is packed.
pub fn keeps(path: &str) -> bool {
    let is_test = path.split('/').any(|part| matches!(part, "test" | "tests" | "idle_test"));
    !is_test && !LEFT_OUT.iter().any(|(out, _)| path == *out || (out.ends_with('/') && path.starts_with(out)))
}
