//! What keeps a process from doing anything but compute and answer.
//!
//! Three walls, each of which holds by itself most of what the others do: limits of the process
//! (no file or socket can be opened, memory and time are bounded), Landlock (no path is reached),
//! seccomp (no system call but those that computing needs). A kernel or a container may lack the
//! last two; then the first is left, and the report says so.

mod limits;
#[cfg(target_os = "linux")]
mod path_rules;
#[cfg(target_os = "linux")]
mod system_calls;

use serde::{Deserialize, Serialize};

pub(super) use self::limits::make_room_on_the_stack;

/// What holds a confined evaluation on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Confinement {
    /// The limits of the process: no file, no socket, bounded memory and time.
    pub limits: Wall,
    /// Landlock: no path can be reached.
    pub landlock: Wall,
    /// seccomp: no system call but those that computing needs.
    pub seccomp: Wall,
}

/// Whether one of the walls stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Wall {
    /// It holds.
    Standing,
    /// It holds in part: the kernel does not know all of it.
    Partial,
    /// It does not hold, for this reason.
    Missing(String),
}

impl Confinement {
    /// Returns whether something keeps the process from the system besides its limits.
    #[must_use]
    pub fn is_held_by_the_kernel(&self) -> bool {
        self.seccomp == Wall::Standing || self.landlock == Wall::Standing
    }
}

impl Wall {
    fn of<E: ToString>(result: Result<(), E>) -> Self {
        match result {
            Ok(()) => Self::Standing,
            Err(error) => Self::Missing(error.to_string()),
        }
    }
}

/// What a confined process may use of the machine.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowance {
    /// Memory of the language in bytes; the engine's own work on it may take as much again.
    pub(super) memory: usize,
    /// Processor time in whole seconds.
    pub(super) cpu_seconds: u64,
}

/// Gives up everything that computing does not need. To be called on the first thread, before
/// there are others: two of the walls stand around the calling thread and what it starts.
pub(super) fn confine(allowance: Allowance) -> Confinement {
    limits::close_inherited_files();
    // Before the limits: both need a descriptor of their own for a moment.
    let landlock = landlock();
    let limits = Wall::of(limits::set(allowance));
    Confinement {
        limits,
        landlock,
        seccomp: seccomp(),
    }
}

#[cfg(target_os = "linux")]
fn landlock() -> Wall {
    path_rules::forbid_all()
}

#[cfg(target_os = "linux")]
fn seccomp() -> Wall {
    Wall::of(system_calls::allow_computing())
}

#[cfg(not(target_os = "linux"))]
fn landlock() -> Wall {
    Wall::Missing("only Linux has it".to_owned())
}

#[cfg(not(target_os = "linux"))]
fn seccomp() -> Wall {
    Wall::Missing("only Linux has it".to_owned())
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
