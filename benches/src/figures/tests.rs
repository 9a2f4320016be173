//! Figures, details and picture, from a file as `weft bench` writes it.

use super::processes::{Measured, Processes};
use super::suites::{Suite, Suites};
use super::{details, picture, promises, table};

/// A file about workloads: name, file, and what each side takes with one thread and with two, in seconds.
fn suite(workloads: &[(&str, &str, [[f64; 2]; 4])]) -> Suite {
    let side = |implementation: &str, gil: bool| serde_json::json!({"implementation": implementation, "version": "3", "gil": gil, "label": "x"});
    let sides = [side("Weft", false), side("Weft", true), side("CPython", true), side("PyPy", true)];
    let of = |&(name, file, times): &(&str, &str, [[f64; 2]; 4])| {
        let runs = times.iter().enumerate().flat_map(|(side, times)| {
            times.iter().zip([1, 2]).map(move |(time, threads)| {
                let cost = (side == 0 && threads == 1).then(|| time / 1.0 - 1.0);
                serde_json::json!({"side": side, "label": "x", "threads": threads, "failure": null, "figures": {
                    "best_s": time, "speed_up": times[0] / time, "cost_of_no_gil": cost, "speed": 2.0 / time,
                }})
            })
        });
        serde_json::json!({
            "name": name, "file": file, "disagreement": null, "runs": runs.collect::<Vec<_>>(),
        })
    };
    let file = serde_json::json!({
        "weft": "0", "date": "today", "machine": {"processor": "p", "cores": 2, "system": "s"},
        "sides": sides, "workloads": workloads.iter().map(of).collect::<Vec<_>>(),
    });
    serde_json::from_value(file).expect("as it is written")
}

fn suites() -> Suites {
    let gil = [1.0, 1.0];
    Suites::new(vec![
        (
            "single",
            suite(&[
                ("a", "single/a.py", [[1.0, 1.0], gil, [2.0, 2.0], [0.5, 0.5]]),
                ("b", "single/b.py", [[1.1, 1.1], gil, [2.0, 2.0], [0.5, 0.5]]),
            ]),
        ),
        ("parallel", suite(&[("c", "parallel/c.py", [[1.0, 0.5], gil, [2.0, 2.5], [0.5, 0.5]])])),
        ("scaling", suite(&[("d", "scaling/d.py", [[1.0, 0.8], gil, [2.0, 2.0], [0.5, 0.5]])])),
        (
            "sharing",
            suite(&[
                ("write_dict", "sharing/writes.py", [[1.0, 1.0], gil, [2.0, 2.0], [0.5, 0.5]]),
                ("lock", "sharing/locks.py", [[1.0, 4.0], gil, [2.0, 2.0], [0.5, 0.5]]),
            ]),
        ),
    ])
}

#[test]
fn promises_are_judged_by_what_was_measured() {
    let start = Measured { name: "start".to_owned(), values: [Some(0.02), Some(0.01), None] };
    let processes = Processes { starts: vec![start], memory: Vec::new() };
    let text = table::markdown(&promises::rows(&suites(), &processes));
    for line in [
        "| single: speed, geometric mean | 1.91x | 1.00x | 4.00x | ≥ 1.25x | met |",
        "| single: speed, least (b) | 1.82x | 1.00x | 4.00x | ≥ 0.70x | met |",
        "| single: cost of no GIL, greatest (b) | +10.0% |  |  | ≤ 8.0% | missed |",
        "| parallel: speed-up, 2 threads, least (c) | 2.00x | 0.80x | 1.00x | ≥ 1.80x | met |",
        "| scaling: speed-up, 2 threads, least (d) | 1.25x | 1.00x | 1.00x | ≥ 1.85x | missed |",
        "| sharing, one dict written: speed-up, 2 threads, least (write_dict) | 1.00x | 1.00x | 1.00x | ≥ 0.80x | met |",
        "| sharing, lock hand-over: throughput, 2 threads, least (lock) | 0.50x | 1.00x | 4.00x | ≥ 1.00x | missed |",
        "| start | 20.0 ms | 10.0 ms |  | ≤ 1.50x CPython's | 2.00x, missed |",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn every_workload_is_in_the_details() {
    let text = details::markdown(&suites(), &[1, 2]);
    assert!(text.contains("| b | 1100.0 | 2000.0 | 500.0 | 1.82 | 4.00 | +10.0% |"), "{text}");
    assert!(text.contains("| c | 1000.0 | 2000.0 | 500.0 | 2.00 | 4.00 |"), "{text}");
    assert_eq!(text.matches("## ").count(), 4);
}

#[test]
fn the_picture_has_every_suite_and_both_palettes() {
    let text = picture::svg(&suites(), 2);
    for word in ["single", "parallel", "scaling", "sharing", "Weft, 2 threads", "prefers-color-scheme:dark"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert_eq!((text.matches("<svg").count(), text.matches("</svg>").count()), (1, 1));
    assert_eq!(picture::svg(&Suites::new(Vec::new()), 2), "");
}
