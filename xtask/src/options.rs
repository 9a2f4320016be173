//! Reading `--name value` pairs and `--name` flags.

use crate::Failure;
use std::str::FromStr;

/// What a recipe was given; each option is taken out, and what is left over at the end is a mistake.
pub struct Options(Vec<String>);

impl Options {
    /// The options in `arguments`.
    pub fn new(arguments: &[String]) -> Self {
        Self(arguments.to_vec())
    }

    /// Takes out the flag `name`; whether it was there.
    pub fn flag(&mut self, name: &str) -> bool {
        let place = self.0.iter().position(|word| word == name);
        place.map(|index| self.0.remove(index)).is_some()
    }

    /// Takes out the option `name` and its value, if given.
    pub fn value<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, Failure> {
        let Some(index) = self.0.iter().position(|word| word == name) else { return Ok(None) };
        self.0.remove(index);
        if index == self.0.len() {
            return Err(format!("{name} needs a value"));
        }
        let word = self.0.remove(index);
        word.parse().map(Some).map_err(|_| format!("{name} {word}: that is not a value for it"))
    }

    /// Complains about what no call has taken out.
    pub fn finish(self) -> Result<(), Failure> {
        if self.0.is_empty() { Ok(()) } else { Err(format!("what is {}?", self.0.join(" "))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(text: &str) -> Options {
        Options(text.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn options_are_taken_in_any_order() {
        let mut given = options("--seed 7 --long --only gate");
        assert_eq!(given.value("--only"), Ok(Some("gate".to_owned())));
        assert_eq!(given.value("--seed"), Ok(Some(7_u64)));
        assert_eq!(given.value::<u64>("--bound"), Ok(None));
        assert!(given.flag("--long") && !given.flag("--long"));
        assert_eq!(given.finish(), Ok(()));
    }

    #[test]
    fn mistakes_are_named() {
        assert!(options("--seed").value::<u64>("--seed").is_err());
        assert!(options("--seed x").value::<u64>("--seed").is_err());
        assert_eq!(options("--what").finish(), Err("what is --what?".to_owned()));
    }
}
