//! The interpreters that are compared, and the ways in which each can be run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::child::{self, Stopped};

/// More than any interpreter takes to say who it is.
const LIMIT: Duration = Duration::from_secs(60);

/// Makes an interpreter say who it is. Python of any version must be able to run it.
const QUESTION: &str = "
import json, platform, sys, sysconfig
with_gil = getattr(sys, '_is_gil_enabled', lambda: True)()
weft = sys.implementation.name == 'weft'
print(json.dumps({
    'implementation': 'Weft' if weft else platform.python_implementation(),
    'version': platform.python_version(),
    'has_gil': with_gil,
    'has_choice': weft or bool(sysconfig.get_config_var('Py_GIL_DISABLED')),
}))
";

/// What an interpreter says of itself.
#[derive(Deserialize)]
struct Answer {
    implementation: String,
    version: String,
    has_gil: bool,
    has_choice: bool,
}

/// One way to run an interpreter.
#[derive(Clone, Debug, Serialize)]
pub struct Side {
    /// How it is called in tables.
    pub label: String,
    /// The interpreter.
    pub program: PathBuf,
    /// What it says that it is: `CPython`.
    pub implementation: String,
    /// The version of Python that it says it has.
    pub version: String,
    /// Whether its threads take turns.
    pub gil: bool,
    /// Whether it has to be told so.
    #[serde(skip)]
    pub has_choice: bool,
    /// The number of the interpreter; two ways to run one have the same.
    #[serde(skip)]
    pub interpreter: usize,
}

impl Side {
    /// The interpreter with its options; the program to run follows.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        if self.has_choice {
            command.args(["-X", if self.gil { "gil=1" } else { "gil=0" }]);
        }
        // The same order of sets in every process, so that results can be compared.
        command.env("PYTHONHASHSEED", "0");
        // Options of the one who started this process are for it, not for what is measured.
        for variable in ["PYTHON_GIL", "PYTHONOPTIMIZE", "PYTHONINSPECT", "PYTHONVERBOSE", "PYTHONSTARTUP"] {
            command.env_remove(variable);
        }
        command
    }
}

/// The ways to run all of them: Weft first, then those of `against` in their order.
///
/// # Errors
/// In words: an interpreter that is missing, or is none. Or a signal.
pub fn sides(against: &[PathBuf], gil: &[bool], folder: &Path) -> Result<Vec<Side>, Problem> {
    let own = std::env::current_exe()
        .map_err(|error| Problem::Words(format!("cannot find the program that is running: {error}")))?;
    let mut sides = Vec::new();
    for (number, name) in std::iter::once(&own).chain(against).enumerate() {
        let program = if number == 0 { own.clone() } else { find(name)? };
        let answer = ask(&program, name, folder)?;
        let mut choices = gil.to_vec();
        if !answer.has_choice {
            choices = vec![answer.has_gil];
        }
        for gil in choices {
            let label = label(&answer, gil, number == 0);
            sides.push(Side {
                label,
                program: program.clone(),
                implementation: answer.implementation.clone(),
                version: answer.version.clone(),
                gil,
                has_choice: answer.has_choice,
                interpreter: number,
            });
        }
    }
    tell_apart(&mut sides);
    Ok(sides)
}

/// Why an interpreter cannot be had.
#[derive(Debug)]
pub enum Problem {
    /// For the user.
    Words(String),
    /// This process got the signal of this number.
    Signal(i32),
}

fn label(answer: &Answer, gil: bool, own: bool) -> String {
    let name = if own { "Weft".to_owned() } else { format!("{} {}", answer.implementation, answer.version) };
    match (answer.has_choice, gil) {
        (false, _) => name,
        (true, true) => format!("{name}, GIL"),
        (true, false) => format!("{name}, no GIL"),
    }
}

/// Gives a number to interpreters whose labels would be the same.
fn tell_apart(sides: &mut [Side]) {
    let labels: Vec<String> = sides.iter().map(|side| side.label.clone()).collect();
    for (index, side) in sides.iter_mut().enumerate() {
        let earlier = labels[..index].iter().filter(|label| **label == side.label).count();
        if earlier > 0 {
            side.label = format!("{} ({})", side.label, earlier + 1);
        }
    }
}

/// The program of that name: as a path if it looks like one, else on the path.
fn find(name: &Path) -> Result<PathBuf, Problem> {
    let found = if name.components().count() > 1 {
        Some(name.to_owned()).filter(|file| file.is_file())
    } else {
        let search = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&search).map(|folder| folder.join(name)).find(|file| file.is_file())
    };
    let absolute = found.and_then(|file| std::path::absolute(file).ok());
    absolute.ok_or_else(|| {
        let hint = if name.extension().is_some_and(|extension| extension == "py") {
            "; the file to measure goes before --against"
        } else {
            ""
        };
        Problem::Words(format!("--against {}: there is no such interpreter{hint}", name.display()))
    })
}

fn ask(program: &Path, name: &Path, folder: &Path) -> Result<Answer, Problem> {
    let mut command = Command::new(program);
    command.args(["-c", QUESTION]);
    let problem = |text: String| {
        Problem::Words(format!("{} does not run as a Python interpreter: {text}", name.display()))
    };
    match child::run(command, folder, LIMIT) {
        Ok(ended) => {
            if let Some(failure) = ended.failure {
                return Err(problem(format!("{failure}\n{}", ended.errors)));
            }
            serde_json::from_str(&ended.output)
                .map_err(|_| problem("it does not say which Python it is".to_owned()))
        }
        Err(Stopped::BySignal(signal)) => Err(Problem::Signal(signal)),
        Err(Stopped::NotStarted(error)) => Err(problem(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(label: &str) -> Side {
        Side {
            label: label.to_owned(),
            program: PathBuf::new(),
            implementation: String::new(),
            version: String::new(),
            gil: false,
            has_choice: false,
            interpreter: 0,
        }
    }

    #[test]
    fn equal_labels_get_numbers() {
        let mut sides = [side("a"), side("b"), side("a")];
        tell_apart(&mut sides);
        assert_eq!(sides.map(|side| side.label), ["a", "b", "a (2)"]);
    }

    #[test]
    fn a_missing_interpreter_is_named() {
        let Err(Problem::Words(text)) = find(Path::new("no-such-python")) else { panic!("it was found") };
        assert!(text.contains("no-such-python"));
        let Err(Problem::Words(text)) = find(Path::new("./program.py")) else { panic!("it was found") };
        assert!(text.contains("before --against"));
    }
}
