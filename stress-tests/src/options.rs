//! The command line.

use crate::plan::Limits;

/// What the user asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Rounds begin until this many seconds have passed.
    pub seconds: u64,
    /// Rounds' seeds are drawn from this one.
    pub seed: u64,
    /// Play only the round with this seed, until the time is over.
    pub round: Option<u64>,
    /// Where to write each thread's digest: a file's path, or `-`.
    pub trace: Option<String>,
    /// What holds in every round.
    pub limits: Limits,
}

/// How to call the program.
pub const USAGE: &str =
    "weft-stress [--seconds N] [--seed S] [--threads T] [--ops N] [--gil] [--trace FILE|-] [--round S]";

impl Options {
    /// Reads the arguments.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut options = Self { seconds: 10, seed: 1, ..Self::default() };
        let mut arguments = arguments.into_iter();
        while let Some(name) = arguments.next() {
            let mut text = || arguments.next().ok_or(format!("{name} needs a value\n{USAGE}"));
            let number =
                |text: String| text.parse::<u64>().map_err(|_| format!("{text} is no number\n{USAGE}"));
            match name.as_str() {
                "--seconds" => options.seconds = number(text()?)?,
                "--seed" => options.seed = number(text()?)?,
                "--round" => options.round = Some(number(text()?)?),
                "--threads" => options.limits.threads = Some(number(text()?)?.max(1) as usize),
                "--ops" => options.limits.operations = Some(number(text()?)? as usize),
                "--gil" => options.limits.gil = true,
                "--trace" => options.trace = Some(text()?),
                _ => return Err(format!("{name} is no option\n{USAGE}")),
            }
        }
        Ok(options)
    }

    /// The command that plays a round again, less the round's seed.
    pub fn replay(&self) -> String {
        let mut command = String::from("weft-stress --seconds 60");
        if let Some(threads) = self.limits.threads {
            command += &format!(" --threads {threads}");
        }
        if let Some(operations) = self.limits.operations {
            command += &format!(" --ops {operations}");
        }
        if self.limits.gil {
            command += " --gil";
        }
        command
    }
}
