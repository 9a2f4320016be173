//! What a seed promises, and a few short rounds of each kind.
#![cfg(not(loom))]

use std::time::Duration;

use stress_tests::{Limits, Options, litmus, run};

#[test]
fn the_same_seed_replays_the_same_operations_of_each_thread() {
    let limits = Limits { threads: Some(3), operations: Some(2_000), gil: false };
    let (first, second) = (run(7, &limits), run(7, &limits));
    assert!(first.digests.len() >= 3);
    assert_eq!(first.digests, second.digests);
    let other = run(8, &limits);
    assert_ne!(first.digests, other.digests);
}

#[test]
fn rounds_pass_with_and_without_the_gil() {
    for gil in [false, true] {
        for seed in 0..4 {
            let report = run(seed, &Limits { threads: Some(4), operations: Some(1_500), gil });
            assert!(report.nodes > 0);
        }
    }
}

#[test]
fn forbidden_outcomes_do_not_occur() {
    let tried = litmus::run(1, Duration::from_millis(200));
    assert!(tried.starts_with("SB "), "{tried}");
}

#[test]
fn options_are_read_and_wrong_ones_named() {
    let parse = |line: &str| Options::parse(line.split_whitespace().map(str::to_owned));
    let options = parse("--seconds 3 --seed 9 --threads 2 --ops 10 --gil --trace -").expect("good options");
    assert_eq!((options.seconds, options.seed), (3, 9));
    assert_eq!(options.replay(), "weft-stress --seconds 60 --threads 2 --ops 10 --gil");
    assert!(parse("--seconds").is_err() && parse("--seed x").is_err() && parse("--what").is_err());
}
