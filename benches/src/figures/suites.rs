//! Runs `weft bench` over the suites, and reads the file that it writes.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use super::Plan;
use crate::Failure;
use crate::measure::geometric_mean;

/// What is asked of a suite.
struct Ask {
    name: &'static str,
    /// So many rounds fit the time that a whole run may take.
    rounds: usize,
    /// So many calls are measured in each process, at least. What keeps all cores busy is disturbed more often than what leaves some to the
    /// rest of the machine: of few calls none is undisturbed. What makes and drops much takes a fifth more or less from call to call.
    calls: usize,
    /// Whether Weft is run with the GIL too.
    with_gil: bool,
    /// What a quick run looks at.
    quick: &'static str,
}

const SUITES: &[Ask] = &[
    Ask { name: "single", rounds: 2, calls: 3, with_gil: true, quick: "single/nbody" },
    Ask { name: "parallel", rounds: 4, calls: 4, with_gil: false, quick: "parallel/calls" },
    Ask { name: "scaling", rounds: 2, calls: 10, with_gil: false, quick: "scaling/closure" },
    Ask { name: "sharing", rounds: 2, calls: 4, with_gil: false, quick: "sharing/read_dict" },
];

/// What `weft bench` wrote about one suite.
#[derive(Debug, Deserialize)]
pub struct Suite {
    /// Weft's version.
    pub weft: String,
    /// The date of its run.
    pub date: String,
    /// Where it was run.
    pub machine: Machine,
    /// The ways in which workloads were run.
    pub sides: Vec<Side>,
    /// What was run.
    pub workloads: Vec<Workload>,
}

/// A machine.
#[derive(Debug, Deserialize)]
pub struct Machine {
    /// Its processor's name.
    pub processor: String,
    /// Its number of cores.
    pub cores: usize,
    /// Its system.
    pub system: String,
}

/// A way to run.
#[derive(Debug, Deserialize)]
pub struct Side {
    /// `Weft`, `CPython`, `PyPy`.
    pub implementation: String,
    /// The version of Python.
    pub version: String,
    /// Whether threads take turns.
    pub gil: bool,
}

/// A workload.
#[derive(Debug, Deserialize)]
pub struct Workload {
    /// Its name.
    pub name: String,
    /// Its file, from the suites' folder.
    pub file: String,
    /// Its runs.
    pub runs: Vec<Run>,
    /// That results differ.
    pub disagreement: Option<String>,
}

/// A run in one way.
#[derive(Debug, Deserialize)]
pub struct Run {
    /// The way.
    pub side: usize,
    /// How it is called.
    pub label: String,
    /// With so many threads.
    pub threads: usize,
    /// Why there are no figures.
    pub failure: Option<String>,
    /// The figures.
    pub figures: Option<Figures>,
}

/// Figures of a run.
#[derive(Debug, Deserialize)]
pub struct Figures {
    /// The shortest time.
    pub best_s: f64,
    /// Against the fewest threads.
    pub speed_up: Option<f64>,
    /// 0.03 is 3%.
    pub cost_of_no_gil: Option<f64>,
    /// Against CPython with one thread.
    pub speed: Option<f64>,
}

/// A column: whose figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Weft without the GIL.
    Weft,
    /// CPython.
    CPython,
    /// PyPy.
    PyPy,
}

impl Who {
    /// All of them, in the columns' order.
    pub const ALL: [Self; 3] = [Self::Weft, Self::CPython, Self::PyPy];

    /// What the column is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Weft => "Weft",
            Self::CPython => "CPython",
            Self::PyPy => "PyPy",
        }
    }
}

impl Suite {
    /// The place of the way in which figures are told.
    pub fn side(&self, who: Who) -> Option<usize> {
        let wanted = |side: &Side| side.implementation == who.name() && (who != Who::Weft || !side.gil);
        self.sides.iter().position(wanted)
    }

    /// A workload's figures.
    pub fn figures<'a>(&self, workload: &'a Workload, who: Who, threads: usize) -> Option<&'a Figures> {
        let side = self.side(who)?;
        let run = workload.runs.iter().find(|run| run.side == side && run.threads == threads);
        run?.figures.as_ref()
    }

    /// The geometric mean of speeds relative to CPython with one thread.
    pub fn speed(&self, who: Who, threads: usize) -> Option<f64> {
        let speed = |workload| self.figures(workload, who, threads)?.speed;
        geometric_mean(&self.workloads.iter().filter_map(speed).collect::<Vec<f64>>())
    }
}

/// All suites.
#[derive(Debug)]
pub struct Suites(Vec<(&'static str, Suite)>);

impl Suites {
    /// Those that were measured.
    pub fn new(suites: Vec<(&'static str, Suite)>) -> Self {
        Self(suites)
    }

    /// Each with its name.
    pub fn all(&self) -> &[(&'static str, Suite)] {
        &self.0
    }

    /// The suite of that name; all are there.
    pub fn get(&self, name: &str) -> Option<&Suite> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, suite)| suite)
    }

    /// What failed, a text each.
    pub fn failures(&self) -> Vec<String> {
        let mut failures = Vec::new();
        for (name, suite) in &self.0 {
            for workload in &suite.workloads {
                let full = format!("{name}/{}", workload.name);
                for run in &workload.runs {
                    if let Some(failure) = &run.failure {
                        failures.push(format!("{full}, {}, threads {}: {failure}", run.label, run.threads));
                    }
                }
                failures.extend(workload.disagreement.iter().map(|text| format!("{full}: {text}")));
            }
        }
        failures
    }
}

/// Measures every suite.
///
/// # Errors
/// That `weft bench` could not be run. That workloads failed is told by [`Suites::failures`].
pub fn measure(plan: &Plan) -> Result<Suites, Failure> {
    let folder = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
    let mut suites = Vec::new();
    for ask in SUITES {
        eprintln!("suite {}", ask.name);
        suites.push((ask.name, suite(plan, ask, &folder.path().join("suite.json"))?));
    }
    Ok(Suites::new(suites))
}

fn suite(plan: &Plan, ask: &Ask, out: &Path) -> Result<Suite, Failure> {
    let quick = plan.quick;
    let rounds = plan.rounds.unwrap_or(if quick { 1 } else { ask.rounds });
    let threads: Vec<String> = plan.threads.iter().map(usize::to_string).collect();
    let mut command = Command::new(&plan.weft);
    let calls = if quick { 1 } else { ask.calls };
    command.args(["bench", "--best", "--suite", ask.name, "--json"]).arg(out);
    command.args([
        "--runs",
        &rounds.to_string(),
        "--calls",
        &calls.to_string(),
        "--threads",
        &threads.join(","),
    ]);
    command.args(["--quiet", &plan.quiet.to_string()]);
    command.args(["--gil", if ask.with_gil { "0,1" } else { "0" }]);
    if quick {
        command.args(["--only", ask.quick]);
    }
    for other in plan.interpreters().into_iter().skip(1).flatten() {
        command.arg("--against").arg(other);
    }
    // Its table is not ours; its progress is.
    command.stdout(std::process::Stdio::null());
    let status = command.status().map_err(|error| format!("{}: {error}", plan.weft.display()))?;
    let text = std::fs::read_to_string(out);
    // Code 1 says that a workload failed, which the file tells in full.
    if !matches!(status.code(), Some(0 | 1)) || text.is_err() {
        return Err(format!("weft bench --suite {}: {status}", ask.name));
    }
    let text = text.map_err(|error| error.to_string())?;
    std::fs::remove_file(out).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| format!("weft bench --suite {}: {error}", ask.name))
}
