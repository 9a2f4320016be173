//! What was measured, and the figures that follow from it: the model of which table, page and file are views.

use std::path::PathBuf;

use serde::Serialize;

use super::interpreter::Side;
use super::machine::Machine;
use super::statistics::{Sample, geometric_mean};

/// Everything that one run of the command came to.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Weft's version.
    pub weft: &'static str,
    /// The command line.
    pub command: String,
    /// When the run began, in UTC: RFC 3339.
    pub date: String,
    /// Where.
    pub machine: Machine,
    /// Which statistic ratios are made of: `median` or `best`.
    pub compared_by: &'static str,
    /// Rounds that were asked for.
    pub runs: usize,
    /// The ways to run the workloads.
    pub sides: Vec<Side>,
    /// The label of the side to which `speed` relates.
    pub reference: Option<String>,
    /// What was run.
    pub workloads: Vec<Measured>,
    /// Geometric means over the workloads that have the figure in question.
    pub summary: Vec<Summary>,
}

/// A workload and its runs.
#[derive(Debug, Serialize)]
pub struct Measured {
    /// The suite that it belongs to.
    pub suite: Option<&'static str>,
    /// Its name.
    pub name: String,
    /// Its file; that of a suite is named from the suites' folder.
    pub file: PathBuf,
    /// Whether it is a script, timed as a process.
    pub script: bool,
    /// Its runs: by side, then by number of threads.
    pub runs: Vec<Run>,
    /// That runs came to different results, in words.
    pub disagreement: Option<String>,
}

/// A workload run in one way with one number of threads.
#[derive(Debug, Default, Serialize)]
pub struct Run {
    /// The place of the side in the report.
    pub side: usize,
    /// The label of the side.
    pub label: String,
    /// The number of threads.
    pub threads: usize,
    /// What each call took, in seconds.
    pub times_s: Vec<f64>,
    /// What processors spent on each, in seconds.
    pub cpu_s: Vec<f64>,
    /// The most memory that was resident.
    pub peak_bytes: u64,
    /// What the calls came to.
    pub results: Vec<String>,
    /// Why it could not be measured.
    pub failure: Option<String>,
    /// What follows; None if nothing was measured.
    pub figures: Option<Figures>,
}

/// Figures of a run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figures {
    /// The middle of the times.
    pub median_s: f64,
    /// The shortest.
    pub best_s: f64,
    /// The distance of the quartiles, relative to the median.
    pub spread: f64,
    /// Of the same side's time with the fewest threads.
    pub speed_up: Option<f64>,
    /// `speed_up` for each thread.
    pub efficiency: Option<f64>,
    /// What it costs that there is no GIL, with the fewest threads: 0.03 is 3%.
    pub cost_of_no_gil: Option<f64>,
    /// The reference's time with the fewest threads, divided by this one.
    pub speed: Option<f64>,
}

/// Means over workloads, for a side and a number of threads.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// The suite, if there are several.
    pub suite: Option<&'static str>,
    /// The place of the side.
    pub side: usize,
    /// Its label.
    pub label: String,
    /// The number of threads.
    pub threads: usize,
    /// Over so many workloads.
    pub workloads: usize,
    /// Of speed-ups.
    pub speed_up: Option<f64>,
    /// The least of them.
    pub least_speed_up: Option<f64>,
    /// Of efficiencies.
    pub efficiency: Option<f64>,
    /// Of costs.
    pub cost_of_no_gil: Option<f64>,
    /// Of speeds.
    pub speed: Option<f64>,
}

impl Run {
    /// How it was run: side and threads.
    pub fn way(&self) -> String {
        format!("{}, {}", self.label, threads(self.threads))
    }
}

/// A number of threads, in words.
pub fn threads(count: usize) -> String {
    if count == 1 { "1 thread".to_owned() } else { format!("{count} threads") }
}

impl Measured {
    /// `SUITE/NAME`, or the name alone.
    pub fn full_name(&self) -> String {
        self.suite.map_or_else(|| self.name.clone(), |suite| format!("{suite}/{}", self.name))
    }

    /// The run of that side and number of threads.
    pub fn run(&self, side: usize, threads: usize) -> Option<&Run> {
        self.runs.iter().find(|run| run.side == side && run.threads == threads)
    }

    /// The fewest threads that it was run with.
    pub fn fewest(&self) -> usize {
        self.runs.iter().map(|run| run.threads).min().unwrap_or(1)
    }

    /// The most threads that it was run with.
    pub fn most(&self) -> usize {
        self.runs.iter().map(|run| run.threads).max().unwrap_or(1)
    }

    /// Derives every figure from the times, and looks whether the results agree.
    fn derive(&mut self, sides: &[Side], reference: Option<usize>, best: bool) {
        let fewest = self.fewest();
        let samples: Vec<Option<Sample>> = self
            .runs
            .iter()
            .map(|run| if run.failure.is_some() { None } else { Sample::of(&run.times_s) })
            .collect();
        let time = |sample: &Sample| if best { sample.best } else { sample.median };
        let base = |side: usize| {
            let place = self.runs.iter().position(|run| run.side == side && run.threads == fewest)?;
            samples[place].as_ref().map(time)
        };
        let with_gil = |side: &Side| {
            let same = |other: &Side| other.interpreter == side.interpreter && other.gil;
            let place = sides.iter().position(same).filter(|_| !side.gil)?;
            base(place)
        };
        let figures: Vec<Option<Figures>> = self
            .runs
            .iter()
            .zip(&samples)
            .map(|(run, sample)| {
                let sample = sample.as_ref()?;
                let own = time(sample);
                let speed_up = base(run.side).map(|base| base / own);
                let threads = run.threads as f64 / fewest as f64;
                let cost = with_gil(&sides[run.side]).filter(|_| run.threads == fewest);
                Some(Figures {
                    median_s: sample.median,
                    best_s: sample.best,
                    spread: sample.spread,
                    speed_up,
                    efficiency: speed_up.map(|speed_up| speed_up / threads),
                    cost_of_no_gil: cost.map(|with| own / with - 1.0),
                    speed: reference.and_then(base).map(|reference| reference / own),
                })
            })
            .collect();
        for (run, figures) in self.runs.iter_mut().zip(figures) {
            run.figures = figures;
        }
        self.disagreement = self.find_disagreement();
    }

    fn find_disagreement(&self) -> Option<String> {
        let mut seen: Vec<(&str, String)> = Vec::new();
        for run in &self.runs {
            for result in &run.results {
                if !seen.iter().any(|(known, _)| known == result) {
                    seen.push((result, run.way()));
                }
            }
        }
        let [(first, who), (second, other), ..] = seen.as_slice() else { return None };
        Some(format!("the results differ:\n  {who}: {first}\n  {other}: {second}"))
    }
}

impl Report {
    /// Derives every figure.
    pub fn derive(&mut self, best: bool) {
        let reference = reference(&self.sides);
        self.reference = reference.map(|side| self.sides[side].label.clone());
        for workload in &mut self.workloads {
            workload.derive(&self.sides, reference, best);
        }
        self.summary = summary(&self.workloads);
    }

    /// Whether something failed or disagreed.
    pub fn has_failures(&self) -> bool {
        self.workloads.iter().any(|workload| {
            workload.disagreement.is_some() || workload.runs.iter().any(|run| run.failure.is_some())
        })
    }
}

/// The side that others are compared with: the first of another interpreter, else Weft with the GIL if it is not alone.
fn reference(sides: &[Side]) -> Option<usize> {
    let other = sides.iter().position(|side| side.interpreter > 0);
    other.or_else(|| sides.iter().position(|side| side.gil).filter(|_| sides.len() > 1))
}

fn summary(workloads: &[Measured]) -> Vec<Summary> {
    let mut suites: Vec<Option<&'static str>> = workloads.iter().map(|workload| workload.suite).collect();
    suites.dedup();
    let mut rows = Vec::new();
    for suite in suites {
        let of_suite: Vec<&Measured> = workloads.iter().filter(|workload| workload.suite == suite).collect();
        if of_suite.len() < 2 {
            continue; // it is its own mean
        }
        let mut ways: Vec<(usize, usize, &str)> = Vec::new();
        for run in of_suite.iter().flat_map(|workload| &workload.runs) {
            let way = (run.side, run.threads, run.label.as_str());
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
        for (side, threads, label) in ways {
            let figures: Vec<&Figures> = of_suite
                .iter()
                .filter_map(|workload| workload.run(side, threads)?.figures.as_ref())
                .collect();
            let mean = |pick: fn(&Figures) -> Option<f64>| {
                let values: Vec<f64> = figures.iter().filter_map(|figures| pick(figures)).collect();
                geometric_mean(&values)
            };
            let factor = |figures: &Figures| figures.cost_of_no_gil.map(|cost| 1.0 + cost);
            rows.push(Summary {
                suite,
                side,
                label: label.to_owned(),
                threads,
                workloads: figures.len(),
                speed_up: mean(|figures| figures.speed_up),
                least_speed_up: figures.iter().filter_map(|figures| figures.speed_up).reduce(f64::min),
                efficiency: mean(|figures| figures.efficiency),
                cost_of_no_gil: mean(factor).map(|factor| factor - 1.0),
                speed: mean(|figures| figures.speed),
            });
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(label: &str, interpreter: usize, gil: bool) -> Side {
        Side {
            label: label.to_owned(),
            program: PathBuf::new(),
            implementation: String::new(),
            version: String::new(),
            gil,
            has_choice: false,
            interpreter,
        }
    }

    fn run(side: usize, threads: usize, time: f64, result: &str) -> Run {
        Run { side, threads, times_s: vec![time], results: vec![result.to_owned()], ..Run::default() }
    }

    fn measured(runs: Vec<Run>) -> Measured {
        Measured {
            suite: None,
            name: String::new(),
            file: PathBuf::new(),
            script: false,
            runs,
            disagreement: None,
        }
    }

    #[test]
    fn figures_follow_from_times() {
        let sides = [side("no GIL", 0, false), side("GIL", 0, true), side("other", 1, true)];
        assert_eq!(reference(&sides), Some(2));
        assert_eq!(reference(&sides[..2]), Some(1));
        assert_eq!(reference(&sides[..1]), None);
        let mut workload = measured(vec![
            run(0, 1, 1.1, "x"),
            run(0, 2, 0.55, "x"),
            run(1, 1, 1.0, "x"),
            run(2, 1, 2.2, "x"),
        ]);
        workload.derive(&sides, Some(2), false);
        let figures = |place: usize| workload.runs[place].figures.clone().expect("measured");
        let near = |value: Option<f64>, wanted: f64| (value.expect("a figure") - wanted).abs() < 1e-9;
        assert!(near(figures(0).cost_of_no_gil, 0.1) && near(figures(0).speed, 2.0));
        assert!(near(figures(1).speed_up, 2.0) && near(figures(1).efficiency, 1.0));
        assert!(near(figures(1).speed, 4.0) && figures(1).cost_of_no_gil.is_none());
        assert!(figures(2).cost_of_no_gil.is_none() && near(figures(3).speed, 1.0));
        assert_eq!(workload.disagreement, None);
    }

    #[test]
    fn results_that_differ_are_told_with_their_runs() {
        let mut workload = measured(vec![run(0, 1, 1.0, "x"), run(0, 2, 1.0, "y")]);
        workload.derive(&[side("no GIL", 0, false)], None, false);
        let text = workload.disagreement.expect("they differ");
        assert!(text.contains("1 thread: x") && text.contains("2 threads: y"), "{text}");
    }

    #[test]
    fn what_failed_has_no_figures_and_spoils_no_mean() {
        let mut good = measured(vec![run(0, 1, 1.0, "x"), run(0, 2, 0.5, "x")]);
        let mut bad = measured(vec![run(0, 1, 1.0, "x"), run(0, 2, 0.5, "x")]);
        bad.runs[1].failure = Some("exit code 1".to_owned());
        good.derive(&[side("a", 0, false)], None, true);
        bad.derive(&[side("a", 0, false)], None, true);
        assert!(bad.runs[1].figures.is_none());
        let rows = summary(&[good, bad]);
        assert_eq!((rows[1].threads, rows[1].workloads, rows[1].speed_up), (2, 1, Some(2.0)));
    }
}
