//! How far it is, on standard error: a line that changes on a terminal, a line for each round elsewhere.

use std::io::{IsTerminal, Write};
use std::time::Instant;

/// What is shown where the terminal does not tell its width.
const WIDTH: usize = 80;

/// What there is to do, and how much of it is done.
#[derive(Debug)]
pub struct Progress {
    steps: usize,
    rounds: usize,
    begun_steps: usize,
    round: usize,
    begun: Instant,
    on_terminal: bool,
}

impl Progress {
    /// Nothing is done yet of so many steps, in so many rounds that count.
    pub fn new(steps: usize, rounds: usize) -> Self {
        let on_terminal = std::io::stderr().is_terminal();
        Self { steps, rounds, begun_steps: 0, round: 0, begun: Instant::now(), on_terminal }
    }

    /// A round begins; 0 is one that does not count.
    pub fn round(&mut self, round: usize) {
        self.round = round;
        if !self.on_terminal {
            say(&format!("{} ({} of {} runs done)\n", self.round_text(), self.begun_steps, self.steps));
        }
    }

    /// A step begins.
    pub fn step(&mut self, what: &str) {
        if self.on_terminal {
            let text = format!(
                "[{:3}%] {}{}: {what}",
                self.begun_steps * 100 / self.steps.max(1),
                self.round_text(),
                self.time_left(),
            );
            let shown: String = text.chars().take(width().saturating_sub(1)).collect();
            say(&format!("\r\x1b[K{shown}"));
        }
        self.begun_steps += 1;
    }

    /// Says something that stays.
    pub fn remark(&self, text: &str) {
        let clear = if self.on_terminal { "\r\x1b[K" } else { "" };
        say(&format!("{clear}weft bench: {text}\n"));
    }

    /// All is done.
    pub fn finish(&self) {
        if self.on_terminal {
            say("\r\x1b[K");
        }
    }

    fn round_text(&self) -> String {
        match self.round {
            0 => "warming up".to_owned(),
            round => format!("round {round} of {}", self.rounds),
        }
    }

    /// By what the steps so far took on average.
    fn time_left(&self) -> String {
        if self.begun_steps == 0 {
            return String::new();
        }
        let each = self.begun.elapsed().as_secs_f64() / self.begun_steps as f64;
        let seconds = each * self.steps.saturating_sub(self.begun_steps) as f64;
        if seconds < 90.0 {
            format!(", {seconds:.0} s left")
        } else {
            format!(", {:.0} min left", seconds / 60.0)
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        // Also where a signal ends it: what follows begins on a line of its own.
        self.finish();
    }
}

fn say(text: &str) {
    // Nobody reads it: no reason to fail.
    drop(std::io::stderr().write_all(text.as_bytes()));
}

fn width() -> usize {
    let size = rustix::termios::tcgetwinsize(std::io::stderr());
    size.map(|size| usize::from(size.ws_col)).ok().filter(|&width| width > 0).unwrap_or(WIDTH)
}
