//! The arguments of `weft bench`.

use std::path::PathBuf;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Parser, ValueEnum};

/// More threads than this are a mistake.
const MOST_THREADS: usize = 1024;

/// The suites that the program carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Suite {
    /// Threads that work on data of their own
    Parallel,
    /// Threads that read and write the same data; locks, queues, pools
    Sharing,
    /// Small functions that every thread runs, one thing of the language each
    Scaling,
    /// Programs of one thread
    Single,
}

impl Suite {
    /// Its name, which is its folder's too.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parallel => "parallel",
            Self::Sharing => "sharing",
            Self::Scaling => "scaling",
            Self::Single => "single",
        }
    }
}

/// What was asked for.
#[derive(Debug, Parser)]
#[command(
    name = "weft bench",
    bin_name = "weft bench",
    about = "Compare Python programs with the GIL and without, with one thread and with several",
    long_about = LONG_ABOUT,
    after_help = AFTER_HELP,
    after_long_help = AFTER_LONG_HELP,
    disable_version_flag = true
)]
pub struct Options {
    /// A Python file to measure, in place of a suite: each of its functions bench_*(threads), or, if it defines none, the
    /// whole script, run with --threads N
    #[arg(value_name = "FILE.py", conflicts_with = "suites")]
    pub file: Option<PathBuf>,

    /// A suite that Weft carries; may be given several times [default: parallel]
    #[arg(long = "suite", value_name = "NAME", value_enum, value_delimiter = ',')]
    pub suites: Vec<Suite>,

    /// Only workloads whose name, SUITE/NAME, contains this
    #[arg(long, value_name = "TEXT")]
    pub only: Option<String>,

    /// Numbers of threads [default: 1, 2, 4 and so on up to the number of cores]
    #[arg(long, value_name = "N,N...", value_delimiter = ',', value_parser = positive)]
    pub threads: Vec<usize>,

    /// Rounds: in each, every workload is run in every way once, each time in a new process
    #[arg(long, value_name = "N", default_value = "5", value_parser = positive)]
    pub runs: usize,

    /// Calls of a function that are measured in one process, at least; more if they are short
    #[arg(long, value_name = "N", default_value = "2", value_parser = positive)]
    pub calls: usize,

    /// Calls before those, or, for a script, processes before the first round
    #[arg(long, value_name = "N", default_value = "1")]
    pub warm_up: usize,

    /// Ways to run Weft, and other interpreters that have the choice: 0 is without the GIL
    #[arg(long, value_name = "0,1", value_delimiter = ',', default_value = "0,1", value_parser = zero_or_one)]
    pub gil: Vec<bool>,

    /// Other interpreters to compare with: names on the path, or paths. All words up to the next option belong to it
    #[arg(long, value_name = "PYTHON", value_delimiter = ',', num_args = 1..)]
    pub against: Vec<PathBuf>,

    /// Compare the shortest times, not the medians: better where other programs keep the machine busy
    #[arg(long)]
    pub best: bool,

    /// Wait for so many seconds altogether, at most, for moments in which nobody else slows the machine down, and measure again
    /// what was disturbed
    #[arg(long, value_name = "SECONDS", default_value = "0", value_parser = seconds_or_none)]
    pub quiet: Duration,

    /// Seconds after which a process is ended as hanging
    #[arg(long, value_name = "SECONDS", default_value = "300", value_parser = seconds)]
    pub limit: Duration,

    /// Write all that was measured to this file
    #[arg(long, value_name = "OUT")]
    pub json: Option<PathBuf>,

    /// Write a page with tables and plots to this file; it needs no other file and no network
    #[arg(long, value_name = "OUT")]
    pub html: Option<PathBuf>,

    /// List the workloads, and measure nothing
    #[arg(long)]
    pub list: bool,
}

const LONG_ABOUT: &str = "\
Compare Python programs with the GIL and without, with one thread and with several.

Each workload is run by Weft with the GIL (-X gil=1) and without (-X gil=0), and by any other interpreters, at each number of \
threads: in turns, so that what else the machine does meets all alike, and each time in a new process that warms up first. The \
results of all runs must agree.";

const AFTER_HELP: &str = "`weft bench --help` tells more. To run a file that is called bench: weft ./bench";

const AFTER_LONG_HELP: &str = "\
Your own programs:
  A file takes part by defining functions bench_NAME(threads). Each is a workload. It does the same work whatever `threads` is,
  split among that many threads, and returns a result that does not depend on `threads`. Files may `import team`, which starts
  threads together and raises what they raise:

      import team

      def bench_squares(threads):
          def portion(number):  # of 16, shared out among the threads
              return sum(n * n for n in range(number, 1_000_000, 16))
          return sum(team.run(threads, portion))

  A file without such functions is run as a script, with `--threads N`, and timed from its start to its end.

The table:
  median      of the times of all calls (scripts: of all processes)
  spread      between the first and the third quarter of the times, relative to the median
  speed-up    time with the fewest threads / time with this many, of the same interpreter
  efficiency  speed-up / threads
  no GIL      what a thread alone pays for there being no GIL: time without it / time with it, less 1
  speed       time of the first interpreter of --against with the fewest threads (else of Weft with the GIL) / time
  memory      the most that was resident during warm-up and the first call

Exit codes:
  0  everything was measured
  1  a workload failed, took too long, or came to different results
  2  the arguments are wrong, or an interpreter is missing

Examples:
  weft bench
  weft bench --suite sharing --threads 1,2,4 --html sharing.html
  weft bench program.py --against python3.14 pypy3 --json program.json
To run a file that is called bench: weft ./bench";

/// What the arguments come to.
pub enum Parsed {
    /// To measure.
    Run(Box<Options>),
    /// To print this on standard output, and end well.
    Print(String),
    /// To print this on standard error, and end with code 2.
    Complain(String),
}

/// Reads the arguments after `weft bench`.
pub fn parse(arguments: impl Iterator<Item = std::ffi::OsString>) -> Parsed {
    let words = std::iter::once("weft bench".into()).chain(arguments);
    match Options::try_parse_from(words) {
        Ok(mut options) => {
            tidy(&mut options.threads);
            tidy(&mut options.gil);
            tidy(&mut options.suites);
            Parsed::Run(Box::new(options))
        }
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            Parsed::Print(error.to_string())
        }
        Err(error) => Parsed::Complain(error.to_string()),
    }
}

/// Each once, in order.
fn tidy<T: Ord>(values: &mut Vec<T>) {
    values.sort();
    values.dedup();
}

fn positive(text: &str) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(0) => Err("at least 1 is needed".to_owned()),
        Ok(number) if number > MOST_THREADS => Err(format!("at most {MOST_THREADS}")),
        Ok(number) => Ok(number),
        Err(_) => Err("that is no whole number".to_owned()),
    }
}

fn zero_or_one(text: &str) -> Result<bool, String> {
    match text.trim() {
        "0" => Ok(false),
        "1" => Ok(true),
        _ => Err("0 is without the GIL, 1 with it".to_owned()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.parse::<f64>().ok().filter(|&number| number > 0.0);
    let duration = number.and_then(|number| Duration::try_from_secs_f64(number).ok());
    duration.ok_or_else(|| "that is no number of seconds".to_owned())
}

fn seconds_or_none(text: &str) -> Result<Duration, String> {
    if text.trim() == "0" { Ok(Duration::ZERO) } else { seconds(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Options, String> {
        match parse(line.split_whitespace().map(Into::into)) {
            Parsed::Run(options) => Ok(*options),
            Parsed::Print(text) | Parsed::Complain(text) => Err(text),
        }
    }

    #[test]
    fn arguments_come_in_any_order() {
        let options = parsed("a.py --threads 4,1,2,1 --against python3 pypy3 --runs 3").expect("good");
        assert_eq!(options.threads, [1, 2, 4]);
        assert_eq!((options.against.len(), options.runs), (2, 3));
        assert_eq!(options.gil, [false, true]);
        let options = parsed("--suite single,sharing --suite single --gil 0").expect("good");
        assert_eq!(options.suites, [Suite::Sharing, Suite::Single]);
        assert_eq!(options.gil, [false]);
    }

    #[test]
    fn mistakes_are_named() {
        for (line, word) in [
            ("a.py b.py", "b.py"),
            ("a.py --suite single", "cannot be used with"),
            ("--suite nothing", "nothing"),
            ("--threads 0", "at least 1"),
            ("--threads 1,x", "no whole number"),
            ("--runs", "--runs"),
            ("--gil 2", "without the GIL"),
            ("--limit 0", "no number of seconds"),
            ("--quiet x", "no number of seconds"),
            ("--what", "--what"),
        ] {
            let text = parsed(line).expect_err(line);
            assert!(text.contains(word), "{line}: {text}");
        }
    }

    #[test]
    fn help_tells_every_option() {
        let text = parsed("--help").expect_err("help");
        for option in [
            "--suite",
            "--only",
            "--threads",
            "--runs",
            "--calls",
            "--warm-up",
            "--gil",
            "--against",
            "--best",
            "--quiet",
            "--limit",
            "--json",
            "--html",
            "--list",
            "Exit codes",
        ] {
            assert!(text.contains(option), "{option}");
        }
    }
}
