//! Keeping a thread on one core.
//!
//! Rounds are shorter than the time in which a scheduler moves a thread to a core that is free: on a busy machine two
//! threads that wake each other stay on one core, and look as if they did not scale.

/// Keeps the calling thread on a core of its own until dropped, where the system lets it.
#[derive(Debug)]
pub struct Pin {
    #[cfg(target_os = "linux")]
    before: Option<libc::cpu_set_t>,
}

#[cfg(target_os = "linux")]
impl Pin {
    /// The `index`-th of the cores that the process may use, counted round.
    pub fn new(index: usize) -> Self {
        let before = allowed();
        if let Some(before) = &before {
            // SAFETY: the loop's indices are below the set's size.
            let is_in = |core: &usize| unsafe { libc::CPU_ISSET(*core, before) };
            let cores: Vec<usize> = (0..libc::CPU_SETSIZE as usize).filter(is_in).collect();
            let mut one = empty();
            if let Some(&core) = cores.get(index % cores.len().max(1)) {
                // SAFETY: as above.
                unsafe { libc::CPU_SET(core, &mut one) };
                set(&one);
            }
        }
        Self { before }
    }
}

#[cfg(target_os = "linux")]
impl Drop for Pin {
    fn drop(&mut self) {
        // Threads and processes that are started later inherit the set.
        self.before.as_ref().map(set);
    }
}

#[cfg(target_os = "linux")]
fn empty() -> libc::cpu_set_t {
    // SAFETY: a plain array of bits; no bit set is a valid set.
    unsafe { std::mem::zeroed() }
}

#[cfg(target_os = "linux")]
fn allowed() -> Option<libc::cpu_set_t> {
    let mut cores = empty();
    // SAFETY: 0 is the calling thread, and the set is as long as is said.
    let failed = unsafe { libc::sched_getaffinity(0, size_of_val(&cores), &raw mut cores) };
    (failed == 0).then_some(cores)
}

#[cfg(target_os = "linux")]
fn set(cores: &libc::cpu_set_t) {
    // SAFETY: as in `allowed`. If it fails, the thread runs where it did, and figures are less steady.
    let _ = unsafe { libc::sched_setaffinity(0, size_of_val(cores), cores) };
}

#[cfg(not(target_os = "linux"))]
impl Pin {
    /// Nothing, on this system.
    pub fn new(_index: usize) -> Self {
        Self {}
    }
}
