//! Takes from the process of the expressions what they do not need: files, the network, other processes.
//!
//! Expressions cannot ask for these; who breaks out of the interpreter could. On Linux, two parts of the kernel refuse
//! then, and either is enough for files and the network: Landlock, and a filter of system calls (seccomp).

use serde::{Deserialize, Serialize};

/// How far a worker is confined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Confinement {
    /// By all means there are.
    Whole,
    /// By the filter of system calls alone: the kernel has no Landlock.
    SystemCalls,
    /// Not at all: nothing is known here that does it on this system.
    Nothing,
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod linux;

/// Confines the calling thread, and those it starts, for good.
///
/// # Errors
/// When the system has the means and they fail: nothing may run then.
pub(super) fn confine() -> Result<Confinement, String> {
    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
    return linux::confine();
    #[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
    return Ok(Confinement::Nothing);
}
