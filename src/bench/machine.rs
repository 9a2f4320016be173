//! Where a measurement was made: processor, cores, system, date.

use std::time::SystemTime;

use serde::Serialize;

/// What of the machine has to do with speed.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// The processor's name.
    pub processor: String,
    /// How many cores this process may use, as the system counts them.
    pub cores: usize,
    /// The machine's memory.
    pub memory_bytes: Option<u64>,
    /// The system and its version.
    pub system: String,
}

impl Machine {
    /// This machine.
    pub fn here() -> Self {
        let uname = rustix::system::uname();
        let text = |part: &std::ffi::CStr| part.to_string_lossy().into_owned();
        let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        Self {
            processor: processor(&information).unwrap_or_else(|| text(uname.machine())),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: memory_bytes(&memory),
            system: format!("{} {} {}", text(uname.sysname()), text(uname.release()), text(uname.machine())),
        }
    }

    /// In one line.
    pub fn line(&self) -> String {
        let memory = self.memory_bytes.map_or(String::new(), |bytes| format!(", {} GiB", bytes >> 30));
        format!("{}, {} cores{memory}, {}", self.processor, self.cores, self.system)
    }
}

/// The first processor's name.
fn processor(information: &str) -> Option<String> {
    let name =
        |line: &str| line.strip_prefix("model name")?.split_once(':').map(|(_, name)| name.trim().to_owned());
    information.lines().find_map(name)
}

fn memory_bytes(information: &str) -> Option<u64> {
    let line = information.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

/// The date and time, in UTC.
pub fn now() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_tells_is_understood() {
        let information =
            "processor\t: 0\nmodel name\t: Some Processor @ 2 GHz\nflags: x\nmodel name\t: Other\n";
        assert_eq!(processor(information).as_deref(), Some("Some Processor @ 2 GHz"));
        assert_eq!(memory_bytes("MemTotal:       2048 kB\n"), Some(2 << 20));
        assert_eq!((processor(""), memory_bytes("")), (None, None));
        assert!(Machine::here().cores > 0);
    }
}
