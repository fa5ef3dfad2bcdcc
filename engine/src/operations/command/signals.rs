//! Telling processes to end.

use std::process::ExitStatus;

pub(super) use platform::{ProcessGroup, end_process, ending_signal};

#[cfg(unix)]
mod platform {
    use std::os::unix::process::ExitStatusExt;

    use nix::sys::signal::{Signal, kill, killpg};
    use nix::unistd::Pid;

    use super::ExitStatus;

    /// Is a command and everything it started that did not leave its group.
    ///
    /// Dropping it ends what is left, unless it was released.
    pub(in super::super) struct ProcessGroup {
        leader: Option<Pid>,
    }

    impl ProcessGroup {
        /// Holds the group of the process `leader`, which must have been made its leader.
        pub(in super::super) fn new(leader: Option<u32>) -> Self {
            Self {
                leader: leader.and_then(process_id),
            }
        }

        /// Lets whatever is left in the group live.
        pub(in super::super) fn release(&mut self) {
            self.leader = None;
        }

        /// Asks every process of the group to end.
        pub(in super::super) fn ask_to_end(&self) {
            self.send(Signal::SIGTERM);
            // One that is stopped hears nothing else before it goes on.
            self.send(Signal::SIGCONT);
        }

        /// Ends every process of the group.
        pub(in super::super) fn kill(&self) {
            self.send(Signal::SIGKILL);
        }

        /// Tells whether nothing in the group runs any more.
        ///
        /// Only means something once the leader was waited for; before, it counts itself.
        pub(in super::super) fn is_gone(&self) -> bool {
            self.leader
                .is_none_or(|leader| killpg(leader, None).is_err() || !has_living(leader))
        }

        /// Tells whether the leader was stopped because it wanted the terminal.
        pub(in super::super) fn waits_for_terminal(&self) -> bool {
            self.leader.is_some_and(waits_for_terminal)
        }

        fn send(&self, signal: Signal) {
            if let Some(leader) = self.leader {
                // What is already gone, or runs as somebody else, cannot be told to end.
                let _ = killpg(leader, signal);
            }
        }
    }

    impl Drop for ProcessGroup {
        fn drop(&mut self) {
            self.kill();
        }
    }

    /// Tells a group of dead processes, which whoever inherited them has yet to wait for,
    /// from one of living ones. In a container nobody may ever wait for them.
    #[cfg(target_os = "linux")]
    fn has_living(group: Pid) -> bool {
        let Ok(processes) = std::fs::read_dir("/proc") else {
            return true;
        };
        processes
            .filter_map(|process| std::fs::read_to_string(process.ok()?.path().join("stat")).ok())
            .any(|stat| is_living_member(&stat, group))
    }

    /// Reads the line the kernel writes about a process: its number, its name in brackets,
    /// its state, its parent, its group.
    #[cfg(target_os = "linux")]
    fn is_living_member(stat: &str, group: Pid) -> bool {
        let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let mut fields = after_name.split_whitespace();
        let is_living = !matches!(fields.next(), None | Some("Z" | "X"));
        is_living && fields.nth(1).and_then(|id| id.parse().ok()) == Some(group.as_raw())
    }

    #[cfg(not(target_os = "linux"))]
    fn has_living(_group: Pid) -> bool {
        true
    }

    #[cfg(target_os = "linux")]
    fn waits_for_terminal(leader: Pid) -> bool {
        use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
        // Looks without taking the state away from whoever waits for the process.
        let look = WaitPidFlag::WSTOPPED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        matches!(
            waitid(Id::Pid(leader), look),
            Ok(WaitStatus::Stopped(_, Signal::SIGTTIN | Signal::SIGTTOU))
        )
    }

    #[cfg(not(target_os = "linux"))]
    fn waits_for_terminal(_leader: Pid) -> bool {
        false
    }

    /// Asks a single process to end.
    pub(in super::super) fn end_process(id: Option<u32>) {
        if let Some(process) = id.and_then(process_id) {
            // It may have ended by itself in the meantime.
            let _ = kill(process, Signal::SIGTERM);
        }
    }

    /// Gives the number and name of the signal that ended a process.
    pub(in super::super) fn ending_signal(
        status: ExitStatus,
    ) -> Option<(i32, Option<&'static str>)> {
        let number = status.signal()?;
        let name = Signal::try_from(number).ok().map(Signal::as_str);
        Some((number, name))
    }

    /// Refuses 0 and 1, which stand for other groups than a command's.
    fn process_id(id: u32) -> Option<Pid> {
        i32::try_from(id)
            .ok()
            .filter(|id| *id > 1)
            .map(Pid::from_raw)
    }
}

#[cfg(not(unix))]
mod platform {
    use super::ExitStatus;

    /// Stands for a command; other systems end the process alone, by dropping it.
    pub(in super::super) struct ProcessGroup;

    impl ProcessGroup {
        pub(in super::super) fn new(_leader: Option<u32>) -> Self {
            Self
        }

        pub(in super::super) fn release(&mut self) {}

        pub(in super::super) fn ask_to_end(&self) {}

        pub(in super::super) fn kill(&self) {}

        pub(in super::super) fn is_gone(&self) -> bool {
            true
        }

        pub(in super::super) fn waits_for_terminal(&self) -> bool {
            false
        }
    }

    pub(in super::super) fn end_process(_id: Option<u32>) {}

    pub(in super::super) fn ending_signal(
        _status: ExitStatus,
    ) -> Option<(i32, Option<&'static str>)> {
        None
    }
}
