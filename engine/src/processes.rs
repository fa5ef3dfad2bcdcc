//! What the system says of processes: whose child each is, what each holds open.

use std::io;
use std::path::Path;

use nix::unistd::{Pid, getsid};

/// A process as the system describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Process {
    /// Its number.
    pub(crate) pid: u32,
    /// The number of its parent.
    pub(crate) parent: u32,
    /// What tells it from another process of the same number, at another time or in another container.
    pub(crate) start: String,
}

impl Process {
    /// Returns this process.
    pub(crate) fn this() -> Option<Self> {
        Self::of(std::process::id())
    }

    /// Returns the process of a number; nothing where there is none.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        platform::process(pid)
    }

    /// Returns whether it began a session, which is to outlive its parent.
    pub(crate) fn leads_session(&self) -> bool {
        let pid = i32::try_from(self.pid).ok().map(Pid::from_raw);
        pid.is_some_and(|pid| getsid(Some(pid)) == Ok(pid))
    }
}

/// Returns this process, its parent, and so on.
pub(crate) fn line_of_descent() -> impl Iterator<Item = Process> {
    /// More than a line of descent has; a parent that changes meanwhile makes no circle of it.
    const MOST: usize = 1000;
    let parent = |process: &Process| Process::of(process.parent);
    std::iter::successors(Process::this(), parent).take(MOST)
}

/// A process that holds something open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenIn {
    /// Its number.
    pub(crate) pid: u32,
    /// Its name, as the system shortens it.
    pub(crate) name: String,
}

/// Returns the other processes that have a pipe open, as far as this one may know.
pub(crate) fn holders_of_pipes(inodes: &[u64]) -> Vec<OpenIn> {
    platform::holders_of_pipes(inodes).unwrap_or_default()
}

#[cfg(target_os = "linux")]
#[expect(
    clippy::disallowed_methods,
    reason = "the files are the kernel's, and no repository has a say in them"
)]
mod platform {
    use std::fs;

    use super::{OpenIn, Path, Process, io};

    /// Where the parent is among the fields behind the name.
    const PARENT: usize = 1;
    /// Where the time of the start is, counted since the machine was.
    const START: usize = 19;

    pub(super) fn process(pid: u32) -> Option<Process> {
        let fields = fields(pid)?;
        let namespace = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
        Some(Process {
            pid,
            parent: fields.get(PARENT)?.parse().ok()?,
            start: format!("{} {}", namespace.display(), fields.get(START)?),
        })
    }

    /// Reads the line that the kernel writes about a process: its number, its name in brackets, and
    /// fields without blanks.
    fn fields(pid: u32) -> Option<Vec<String>> {
        let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
        let stat = String::from_utf8_lossy(&stat);
        let (_, fields) = stat.rsplit_once(')')?;
        Some(fields.split_whitespace().map(str::to_owned).collect())
    }

    pub(super) fn holders_of_pipes(inodes: &[u64]) -> io::Result<Vec<OpenIn>> {
        let pipes: Vec<String> = inodes
            .iter()
            .map(|inode| format!("pipe:[{inode}]"))
            .collect();
        let pids = fs::read_dir("/proc")?
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter(|pid| *pid != std::process::id());
        let mut holders: Vec<OpenIn> = pids
            .filter(|pid| holds(*pid, &pipes))
            .map(|pid| OpenIn {
                pid,
                name: name(pid),
            })
            .collect();
        holders.sort_by_key(|holder| holder.pid);
        Ok(holders)
    }

    fn holds(pid: u32, pipes: &[String]) -> bool {
        let Ok(open) = fs::read_dir(format!("/proc/{pid}/fd")) else {
            // It is gone, or somebody else's.
            return false;
        };
        open.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
            .any(|target| pipes.iter().any(|pipe| target == Path::new(pipe)))
    }

    fn name(pid: u32) -> String {
        let name = fs::read(format!("/proc/{pid}/comm")).unwrap_or_default();
        String::from_utf8_lossy(&name).trim_end().to_owned()
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use std::process::Command;

    use super::{OpenIn, Path, Process, io};

    pub(super) fn process(pid: u32) -> Option<Process> {
        let output = Command::new("ps")
            .args(["-o", "ppid=", "-o", "lstart=", "-p", &pid.to_string()])
            .output();
        let line = String::from_utf8(output.ok()?.stdout).ok()?;
        let (parent, start) = line.trim().split_once(' ')?;
        Some(Process {
            pid,
            parent: parent.parse().ok()?,
            start: start.trim().to_owned(),
        })
    }

    pub(super) fn holders_of_pipes(_inodes: &[u64]) -> io::Result<Vec<OpenIn>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::os::unix::fs::MetadataExt;
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_line_of_descent_begins_here_and_ends_at_the_first_process() {
        let line: Vec<Process> = line_of_descent().collect();
        assert_eq!(line[0].pid, std::process::id());
        assert_eq!(line[1].pid, std::os::unix::process::parent_id());
        assert_eq!(line.last().unwrap().parent, 0);
        assert_eq!(Process::of(u32::MAX), None);
    }

    #[test]
    fn what_holds_a_pipe_open_is_named() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 1000 & exec sleep 1000"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let pipe = format!(
            "/proc/self/fd/{}",
            std::os::fd::AsRawFd::as_raw_fd(child.stdout.as_ref().unwrap())
        );
        let inode = std::fs::metadata(pipe).unwrap().ino();
        let both = loop {
            let holders = holders_of_pipes(&[inode]);
            if holders.len() == 2 && holders.iter().all(|holder| holder.name == "sleep") {
                break holders;
            }
        };
        assert!(both.iter().any(|holder| holder.pid == child.id()));
        for holder in &both {
            let pid = Pid::from_raw(i32::try_from(holder.pid).unwrap());
            nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
        }
        child.wait().unwrap();
        assert!(holders_of_pipes(&[inode]).is_empty());
    }
}
