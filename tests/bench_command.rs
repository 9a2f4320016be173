//! `weft bench`, as its users run it: what it writes, what it says of mistakes, and that it leaves nothing behind.
//!
//! Every run has a folder of its own for temporary files, which must be empty afterwards, whatever happened.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// Far more than anything here takes, on a busy machine too.
const LIMIT: Duration = Duration::from_secs(300);

/// A folder for a test: programs and results in it, temporary files in another below it.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().expect("a folder"));
        fs::create_dir(place.temporary()).expect("a folder");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn temporary(&self) -> PathBuf {
        self.path("temporary")
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("written");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("it was written")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_weft"));
        command.arg("bench").args(arguments).current_dir(self.0.path());
        command.env("TMPDIR", self.temporary()).stdin(Stdio::null());
        command
    }

    /// Runs the command; its exit code, and what it said on both outputs.
    fn bench(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let Output { status, stdout, stderr } = self.command(arguments).output().expect("it starts");
        self.check_empty();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (status.code(), text(stdout), text(stderr))
    }

    fn check_empty(&self) {
        let left: Vec<_> = fs::read_dir(self.temporary()).expect("the folder").collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

const TINY: &str = "
import team

def bench_squares(threads):
    print('this is not part of the answer')
    return sum(team.run(threads, lambda portion: sum(n * n for n in range(portion, 1000, 16))))

if True:
    def bench_names(threads):
        return {f'name {n}' for n in range(20)}

def helper(threads):
    raise AssertionError('this is no workload')
";

#[test]
fn functions_are_measured_in_every_way() {
    let place = Place::new();
    place.write("tiny.py", TINY);
    let (code, output, errors) = place.bench(&[
        "tiny.py",
        "--threads",
        "2,1",
        "--runs",
        "2",
        "--calls",
        "1",
        "--json",
        "out.json",
        "--html",
        "out.html",
    ]);
    assert_eq!(code, Some(0), "{output}{errors}");
    for word in
        ["squares", "names", "Weft, no GIL", "Weft, GIL", "median", "speed-up", "efficiency", "memory"]
    {
        assert!(output.contains(word), "{word}: {output}");
    }
    assert!(errors.contains("round 1 of 2") && !errors.contains("part of the answer"), "{errors}");
    check_file(&serde_json::from_str(&place.read("out.json")).expect("JSON"));
    check_page(&place.read("out.html"));
    let names: Vec<_> =
        fs::read_dir(place.0.path()).expect("it").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(names.len(), 4, "something was left beside the program: {names:?}");
}

fn check_file(report: &Value) {
    assert!(report["command"].as_str().expect("text").starts_with("weft bench tiny.py --threads 2,1"));
    assert!(report["machine"]["cores"].as_u64().expect("a number") > 0);
    let workloads = report["workloads"].as_array().expect("a list");
    assert_eq!(workloads.iter().map(|workload| &workload["name"]).collect::<Vec<_>>(), ["squares", "names"]);
    for workload in workloads {
        let runs = workload["runs"].as_array().expect("a list");
        let ways: Vec<_> = runs.iter().map(|run| (run["side"].as_u64(), run["threads"].as_u64())).collect();
        assert_eq!(ways, [(0, 1), (0, 2), (1, 1), (1, 2)].map(|(side, threads)| (Some(side), Some(threads))));
        for run in runs {
            // One call a process was asked for, but these are short.
            assert!(run["times_s"].as_array().expect("a list").len() >= 2);
            assert!(run["peak_bytes"].as_u64().expect("a number") > 1 << 20);
            assert!(run["figures"]["median_s"].as_f64().expect("a number") > 0.0);
            assert_eq!(run["results"].as_array().expect("a list").len(), 1);
            assert!(run["failure"].is_null());
        }
        assert!(runs[0]["figures"]["cost_of_no_gil"].is_f64() && runs[1]["figures"]["speed_up"].is_f64());
    }
    assert_eq!(workloads[0]["runs"][0]["results"][0], "332833500");
}

fn check_page(page: &str) {
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    // Two plots of lines, and bars for speed-ups and speeds.
    assert_eq!(page.matches("<svg").count(), 4);
    assert_eq!(page.matches("</svg>").count(), 4);
    assert!(page.contains("prefers-color-scheme: dark") && page.contains("var(--side-1)"));
    // It needs nothing else: the only address is the name of a format.
    let rest = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for word in ["http", "<script", "<link", "<img", "url(", "@import"] {
        assert!(!rest.contains(word), "{word}");
    }
}

#[test]
fn scripts_are_measured_as_processes() {
    let place = Place::new();
    place.write(
        "script.py",
        "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--threads', type=int)\n\
         print('with', parser.parse_args().threads)\n",
    );
    let (code, output, errors) =
        place.bench(&["script.py", "--threads", "1,2", "--runs", "1", "--json", "out.json"]);
    assert_eq!(code, Some(0), "{output}{errors}");
    assert!(errors.contains("warming up") && !output.contains("with 1"), "{output}{errors}");
    let report: Value = serde_json::from_str(&place.read("out.json")).expect("JSON");
    let workload = &report["workloads"][0];
    assert_eq!((&workload["name"], &workload["script"]), (&"script.py".into(), &true.into()));
    assert_eq!(workload["runs"][0]["times_s"].as_array().expect("a list").len(), 1);
}

#[test]
fn what_fails_is_shown_and_the_rest_is_measured() {
    let place = Place::new();
    place.write(
        "mixed.py",
        "import os, sys\n\
         def bench_good(threads): return 1\n\
         def bench_raises(threads): return {}['no such key']\n\
         def bench_leaves(threads): os._exit(0)\n\
         def bench_differs(threads): return threads * 10\n",
    );
    let (code, output, _) =
        place.bench(&["mixed.py", "--threads", "1,2", "--runs", "1", "--gil", "0", "--html", "out.html"]);
    assert_eq!(code, Some(1), "{output}");
    for text in [
        "raises, Weft, no GIL, 1 thread, failed: exit code 1",
        "KeyError: 'no such key'",
        "in bench_raises",
        "leaves, Weft, no GIL, 2 threads, failed: it ended before it was measured",
        "differs: the results differ",
        "Weft, no GIL, 1 thread: 10",
        "Weft, no GIL, 2 threads: 20",
    ] {
        assert!(output.contains(text), "{text}: {output}");
    }
    assert!(!output.contains("good, Weft"), "{output}");
    assert!(place.read("out.html").contains("What went wrong"));

    place.write("script.py", "import sys\nsys.exit('no ' + sys.argv[1])\n");
    let (code, output, _) = place.bench(&["script.py", "--threads", "1", "--runs", "1", "--gil", "1"]);
    assert_eq!(code, Some(1), "{output}");
    assert!(output.contains("no --threads") && output.contains("defines no functions bench_"), "{output}");

    place.write("broken.py", "def bench_nothing(threads:\n");
    let (code, _, errors) = place.bench(&["broken.py"]);
    assert_eq!(code, Some(1), "{errors}");
    assert!(errors.contains("cannot be read as Python") && errors.contains("SyntaxError"), "{errors}");
}

#[test]
fn what_hangs_is_ended() {
    let place = Place::new();
    place.write("hangs.py", "import time\ndef bench_hangs(threads):\n    while True: time.sleep(1)\n");
    let (code, output, _) =
        place.bench(&["hangs.py", "--threads", "1", "--runs", "1", "--gil", "0", "--limit", "0.5"]);
    assert_eq!(code, Some(1), "{output}");
    assert!(output.contains("no end after 0.5 s (--limit)"), "{output}");
}

#[test]
fn mistakes_in_arguments_are_told_with_code_2() {
    let place = Place::new();
    place.write("tiny.py", TINY);
    place.write("no-python", "");
    for (arguments, text) in [
        (&["no-such-file.py"][..], "no-such-file.py: No such file"),
        (&["temporary"], "is a folder"),
        (&["tiny.py", "--suite", "single"], "cannot be used with"),
        (&["--suite", "no-such-suite"], "possible values: parallel, sharing, scaling, single"),
        (&["--suite", "sharing", "--threads", "3"], "1, 2, 4, 8 or 16 threads"),
        (&["tiny.py", "--threads", "0"], "at least 1"),
        (&["tiny.py", "--threads", "two"], "no whole number"),
        (&["tiny.py", "--runs", "0"], "at least 1"),
        (&["tiny.py", "--gil", "no"], "0 is without the GIL"),
        (&["tiny.py", "--limit", "0"], "no number of seconds"),
        (&["tiny.py", "--only", "cubes"], "no workload has that in its name"),
        (&["tiny.py", "--no-such-option"], "--no-such-option"),
        (&["tiny.py", "--against", "no-such-python"], "no-such-python: there is no such interpreter"),
        (&["--against", "./missing.py"], "goes before --against"),
        (&["tiny.py", "--against", "/bin/true"], "does not run as a Python interpreter"),
        (&["tiny.py", "--against", "./no-python"], "does not run as a Python interpreter"),
        (&["tiny.py", "--json", "no-such-folder/out.json"], "there is no such folder"),
        (&["tiny.py", "--html", "temporary"], "is a folder"),
    ] {
        let (code, output, errors) = place.bench(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {output}{errors}");
        assert!(errors.contains(text) && output.is_empty(), "{arguments:?}: {output}{errors}");
    }
}

#[test]
fn help_and_lists_are_told_without_measuring() {
    let place = Place::new();
    let (code, output, _) = place.bench(&["--help"]);
    assert_eq!(code, Some(0));
    assert!(output.contains("--against") && output.contains("Exit codes") && output.contains("weft ./bench"));
    let (code, output, _) = place.bench(&["--list", "--suite", "parallel,sharing,scaling,single"]);
    assert_eq!(code, Some(0));
    for suite in ["parallel/", "sharing/", "scaling/", "single/"] {
        assert!(output.lines().any(|line| line.starts_with(suite)), "{suite}: {output}");
    }
    assert!(output.lines().filter(|line| line.starts_with("single/")).count() >= 25, "{output}");
}

#[test]
fn a_file_called_bench_is_run_by_its_path() {
    let place = Place::new();
    place.write("bench", "print('a program of its own')\n");
    let mut command = Command::new(env!("CARGO_BIN_EXE_weft"));
    let output = command.arg("./bench").current_dir(place.0.path()).output().expect("it starts");
    assert_eq!(output.stdout, b"a program of its own\n");
}

#[test]
fn an_interrupt_leaves_no_process_and_no_folder() {
    for signal in [Signal::INT, Signal::TERM] {
        let place = Place::new();
        place.write(
            "waits.py",
            "import os, time\ndef bench_waits(threads):\n    with open('begun', 'w') as file:\n        \
             file.write(f'{os.getpid()}\\n')\n    while True: time.sleep(1)\n",
        );
        let mut child = place.command(&["waits.py"]).stderr(Stdio::null()).spawn().expect("it starts");
        let inner = wait_for_number(&place.path("begun"));
        kill_process(Pid::from_child(&child), signal).expect("it runs");
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().expect("a status") {
                break status;
            }
            if begun.elapsed() > LIMIT {
                child.kill().expect("it runs");
                panic!("it does not end");
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        assert_eq!(status.code(), Some(128 + signal.as_raw()));
        assert!(test_kill_process(inner).is_err(), "the measured process still runs");
        place.check_empty();
    }
}

/// The number of a process that is written to the file, a line.
fn wait_for_number(path: &Path) -> Pid {
    let begun = Instant::now();
    loop {
        let text = fs::read_to_string(path).unwrap_or_default();
        if let Some(number) = text.strip_suffix('\n') {
            return number.parse().ok().and_then(Pid::from_raw).expect("a number");
        }
        assert!(begun.elapsed() < LIMIT, "the workload does not begin");
        std::thread::sleep(Duration::from_millis(20));
    }
}
